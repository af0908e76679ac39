"""torch.autograd's modules have the names that torch's have, and what is rarely used behaves as there."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import pytest

import gradiente

torch = pytest.importorskip("torch")

MODULES = (
    "autograd",
    "autograd.anomaly_mode",
    "autograd.forward_ad",
    "autograd.function",
    "autograd.functional",
    "autograd.grad_mode",
    "autograd.gradcheck",
    "autograd.graph",
)
ABSENT = {
    "get_numerical_jacobian_wrt_specific_input": "a part of gradcheck's own",
}


@pytest.mark.parametrize("module", MODULES)
def test_public_names(module: str) -> None:
    theirs, ours = (importlib.import_module(f"{library}.{module}") for library in ("torch", "gradiente"))
    missing = {name for name in theirs.__all__ if not hasattr(ours, name)}
    assert missing <= set(ABSENT)


def mutate(t: Any, change: Any, power: int = 2) -> Any:
    with t.autograd.graph.allow_mutation_on_saved_tensors() as context:
        a = t.ones(2, 3, requires_grad=True)
        b = a.clone()
        out = (b**power).sum()
        change(b)
        count = len(context.cloned)
        out.backward()
        return a.grad, count, len(context.cloned)


def outside(t: Any) -> Any:
    with t.autograd.graph.allow_mutation_on_saved_tensors():
        a = t.ones(2, requires_grad=True)
        out = (a.clone() ** 2).sum()
    out.backward()


def nested(t: Any) -> Any:
    with t.autograd.graph.allow_mutation_on_saved_tensors(), t.autograd.graph.allow_mutation_on_saved_tensors():
        pass


def disabled(t: Any) -> Any:
    with t.autograd.graph.disable_saved_tensors_hooks("no"), t.autograd.graph.allow_mutation_on_saved_tensors():
        pass


def twice(t: Any) -> Any:
    with t.autograd.graph.allow_mutation_on_saved_tensors() as context:
        a = t.ones(2, requires_grad=True)
        b = a.clone()
        out = (b**2).sum()
        b.sin_()
        second = (b**2).sum()
        b.mul_(3)
        (out + second).backward()
        return a.grad, len(context.cloned)


def saved(t: Any) -> Any:
    with t.autograd.graph.allow_mutation_on_saved_tensors():
        b = t.ones(2, requires_grad=True).clone()
        out = (b**2).sum()
        b.sin_()
        return out.grad_fn.next_functions[0][0]._saved_self


def nested_io(t: Any, **members: Any) -> Any:
    cls = type(t.autograd.Function)("N", (t.autograd.function.NestedIOFunction,), members)
    x = t.ones(2, requires_grad=True)
    y = cls.apply(x)
    y.sum().backward()
    return y, x.grad


def context(t: Any, name: str) -> Any:
    """Set an attribute on a context, and read it in forward, in backward and on the node."""
    seen: list[Any] = []

    def forward(ctx: Any, x: Any) -> Any:
        setattr(ctx, name, 7)
        seen.append(getattr(ctx, name))
        return x * 2

    def backward(ctx: Any, g: Any) -> Any:
        seen.append(getattr(ctx, name))
        return g * 2

    cls = type(t.autograd.Function)(
        "F", (t.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    )
    x = t.ones(2, requires_grad=True)
    y = cls.apply(x)
    seen.append(getattr(y.grad_fn, name))
    y.sum().backward()
    return seen, x.grad


def layout(t: Any, on: Any) -> Any:
    """The strides of gradients of leaves that lie otherwise than what arrives."""
    found = []
    policy = t.autograd.enforce_grad_layout_policy
    for use in (lambda p: (p.contiguous() * 2).sum().backward(), lambda p: (p * 2).sum().backward()):
        p = t.ones(2, 3, 4).permute(2, 0, 1).requires_grad_()
        with policy(on):
            use(p)
        found.append(p.grad.stride())
    decorated = policy(on)(lambda: None)
    return found, decorated(), policy(True).prev, policy().prev


ATTRIBUTES = "edges facts hooks metadata name needs_input_grad next_functions place plan register_hook requires_grad"
ATTRIBUTES += " saved_tensors seq shown show tensors _input_metadata anything"

SCENARIOS: dict[str, Any] = {
    **{f"ctx.{name}": lambda t, n=name: context(t, n) for name in ATTRIBUTES.split()},
    "layout": lambda t: layout(t, True),
    "no layout": lambda t: layout(t, False),
    "layout 3": lambda t: layout(t, 3),
    "sin": lambda t: mutate(t, lambda b: b.sin_()),
    "no_grad": lambda t: mutate(t, lambda b: t.no_grad()(b.zero_)()),
    "setitem": lambda t: mutate(t, lambda b: b.__setitem__(0, 5)),
    "view": lambda t: mutate(t, lambda b: b[0].mul_(3), 3),
    "data": lambda t: mutate(t, lambda b: b.data.mul_(3)),
    "numpy": lambda t: mutate(t, lambda b: b.detach().numpy().fill(3)),
    "nothing": lambda t: mutate(t, lambda b: b.sin()),
    "outside": outside,
    "nested": nested,
    "disabled": disabled,
    "twice": twice,
    "saved": saved,
    "nested io": nested_io,
    "nested io overridden": lambda t: nested_io(
        t, forward=staticmethod(lambda ctx, x: x * 2), backward=staticmethod(lambda ctx, g: g * 2)
    ),
    "nested io extended": lambda t: t.autograd.function.NestedIOFunction.forward_extended(None),
    "stream": lambda t: t.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(True),
    "stream int": lambda t: t.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(1),
    "capture none": lambda t: t.autograd.graph.set_override_stale_capture_stream(None),
    "budget": lambda t: t.autograd.graph.region_activation_memory_budget(0.5),
    "budget 2": lambda t: t.autograd.graph.region_activation_memory_budget(2),
    "budget text": lambda t: t.autograd.graph.region_activation_memory_budget("a"),
    "budget bool": lambda t: t.autograd.graph.region_activation_memory_budget(True),
}


def outcome(scenario: Any, library: Any) -> tuple[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "value", repr(scenario(library))
        except Exception as error:
            return type(error).__name__, str(error)


@pytest.mark.parametrize("name", SCENARIOS)
def test_as_torch(name: str) -> None:
    (kind, ours), (want, theirs) = (outcome(SCENARIOS[name], library) for library in (gradiente, torch))
    assert kind == want, (ours, theirs)
    if not name.startswith("ctx.") or kind == "value":
        assert ours.startswith(theirs), (ours, theirs)
