"""allow_mutation_on_saved_tensors, hooks that see values before an in-place change, and the rest of torch's names."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

import gradiente as torch
from gradiente.autograd import graph


def start(n: int = 2) -> Any:
    a = torch.ones(n, requires_grad=True)
    return a, a.clone()


def test_saved_tensors_may_change() -> None:
    with graph.allow_mutation_on_saved_tensors() as context:
        a, b = start()
        out = (b**2).sum()
        b.sin_()
        assert len(context.cloned) == 1
        second = (b**2).sum()
        b.mul_(3)
        (out + second).backward()
        assert a.grad.tolist() == pytest.approx([2.909297] * 2)
        assert len(context.cloned) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.zero_(),
        lambda b: b[0].fill_(7),
        lambda b: b.__setitem__(0, 5.0),
        lambda b: b.detach().mul_(3),
        lambda b: b.data.mul_(3),
        lambda b: b.copy_(torch.zeros(2)),
        lambda b: b.requires_grad_(False) if b.is_leaf else b.uniform_(),
        lambda b: b.index_fill_(0, torch.tensor([0]), 9.0),
        lambda b: b.t_().mul_(2),
    ],
)
def test_all_kinds_of_changes(change: Any) -> None:
    with graph.allow_mutation_on_saved_tensors():
        a, b = start()
        out = (b * b).sum()
        change(b)
        out.backward()
        assert a.grad.tolist() == [2.0, 2.0]


def test_views_results_leaves_and_optimizers() -> None:
    with graph.allow_mutation_on_saved_tensors():
        a, b = start()
        v = b[:1]
        out = (v * v).sum()
        b.mul_(3)  # the base of what was saved
        out.backward()
        assert a.grad.tolist() == [2.0, 0.0]
        a, _ = start()
        e = a.exp()
        out = (e * 1).sum()
        e.mul_(0)  # a saved result
        out.backward()
        assert a.grad.tolist() == pytest.approx([2.718281828] * 2)
        w = torch.ones(2, requires_grad=True)
        out = (w * w).sum()
        out.backward(retain_graph=True)
        torch.optim.SGD([w], lr=0.5).step()
        assert w.tolist() == [0.0, 0.0]
        w.grad = None
        out.backward()
        assert w.grad.tolist() == [2.0, 2.0]
        c = torch.zeros(2)  # untracked
        out = (a * c).sum()
        c[0] = 5.0
        a.grad = None
        out.backward()
        assert a.grad.tolist() == [0.0, 0.0]


def test_only_what_changes_is_copied_once() -> None:
    with graph.allow_mutation_on_saved_tensors() as context:
        _, b = start()
        y, z = b * b, b * torch.ones(2)
        other = torch.ones(2).requires_grad_() * b.detach().clone()
        before = len(context.original)
        b.mul_(2)
        assert len(context.cloned) == 2
        assert len({id(copy._array) for copy in context.cloned.values()}) == 1
        assert len(context.original) == before - 2
        assert y is not z is not other
    assert (len(context.cloned), len(context.original)) == (0, 0)


def test_higher_orders_functions_and_hooks_inside() -> None:
    class Keep(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * ctx.saved_tensors[0]

    with graph.allow_mutation_on_saved_tensors():
        a, b = start()
        out = (b**3).sum()
        b.mul_(5)
        (g,) = torch.autograd.grad(out, a, create_graph=True)
        assert torch.autograd.grad(g.sum(), a)[0].tolist() == [6.0, 6.0]
        a, b = start()
        out = Keep.apply(b).sum()
        b.mul_(5)
        out.backward()
        assert a.grad.tolist() == [1.0, 1.0]
        a, b = start()
        with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            out = (b**2).sum()
        b.mul_(5)
        out.backward()
        assert a.grad.tolist() == [10.0, 10.0]  # the innermost hooks are used


def test_refusals() -> None:
    with graph.allow_mutation_on_saved_tensors():
        a, b = start()
        out = (b**2).sum()
    with pytest.raises(AssertionError, match="Trying to backward outside of the 'allow_mutation_on_saved_tensors'"):
        out.backward()
    with (
        graph.allow_mutation_on_saved_tensors(),
        pytest.raises(RuntimeError, match="allow_mutation_on_saved_tensors contexts cannot be nested"),
        graph.allow_mutation_on_saved_tensors(),
    ):
        pass
    with (
        graph.disable_saved_tensors_hooks("not here"),
        pytest.raises(RuntimeError, match=r"^not here$"),
        graph.allow_mutation_on_saved_tensors(),
    ):
        pass
    with pytest.raises(ZeroDivisionError), graph.allow_mutation_on_saved_tensors():
        _ = 1 / 0
    b = b.detach().requires_grad_() * 1
    out = (b**2).sum()
    b.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):  # outside, all is as usual
        out.backward()
    assert a.grad is None


def test_nothing_is_kept() -> None:
    gc.collect()
    gc.disable()
    try:
        with graph.allow_mutation_on_saved_tensors() as context:
            _, b = start()
            out = (b**2).sum()
            b.mul_(2)
            alive = [weakref.ref(o) for o in (b, out, out.grad_fn)]
            del b, out, _
            assert [r() for r in alive] == [None] * 3
            assert (len(context.cloned), len(context.original)) == (0, 0)
    finally:
        gc.enable()


def test_pack_hooks_see_values_from_before_a_change() -> None:
    a, b = start()
    with graph.saved_tensors_hooks(lambda t: t.detach().numpy(), torch.from_numpy):
        b.sin_()
    b.sum().backward()
    assert a.grad.tolist() == pytest.approx([0.5403023] * 2)


# -- names that programs import


def test_legacy_functions() -> None:
    class Plain(torch.autograd.function.NestedIOFunction):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2

    class Empty(torch.autograd.function.NestedIOFunction):
        pass

    x = torch.ones(2, requires_grad=True)
    Plain.apply(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(AttributeError, match="'EmptyBackward' object has no attribute '_nested_input'"):
        Empty.apply(x)
    with pytest.raises(AttributeError, match="has no attribute '_nested_output'"):
        Empty.backward(None, x)
    for method in (Empty.forward_extended, Empty.backward_extended):
        with pytest.raises(NotImplementedError):
            method(None, x)
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        made = torch.autograd.function.InplaceFunction(True)
    assert made.inplace


def test_settings_of_other_devices() -> None:
    for setting in (graph.set_warn_on_accumulate_grad_stream_mismatch, graph.set_override_stale_capture_stream):
        assert setting(True) is None
        with pytest.raises(RuntimeError, match="enabled must be a bool, but got int"):
            setting(1)  # type: ignore[arg-type]
    budget: Any = graph.region_activation_memory_budget
    with pytest.raises(RuntimeError, match=r"can only be used inside a torch\.compile region"):
        budget(0.5)
    with pytest.raises(ValueError, match=r"must be in \[0, 1\], got 2"):
        budget(2)
    for wrong in (True, "a", None):
        with pytest.raises(TypeError, match="expects a float, got"):
            budget(wrong)


def test_gradients_lie_as_their_leaves() -> None:
    def strides() -> Any:
        p = torch.ones(2, 3, 4).permute(2, 0, 1).requires_grad_()
        (p.contiguous() * 2).sum().backward()
        return p.grad.stride()

    policy = torch.autograd.enforce_grad_layout_policy
    assert strides() == (1, 12, 4)
    with policy(False):
        assert strides() == (6, 3, 1)
        with policy(True):
            assert strides() == (1, 12, 4)
    assert policy(False)(strides)() == (6, 3, 1)
    assert strides() == (1, 12, 4)
    policy(False)
    assert strides() == (6, 3, 1)
    policy(True)
    assert strides() == (1, 12, 4)
    with pytest.raises(TypeError, match=r"argument 'enabled' \(position 1\) must be bool, not int"):
        policy(3)  # type: ignore[arg-type]
    assert strides() == (1, 12, 4)


def test_other_names() -> None:
    assert torch.autograd.anomaly_mode.detect_anomaly is torch.autograd.detect_anomaly
    assert type(torch.autograd.Variable) is torch.autograd.variable.VariableMeta
