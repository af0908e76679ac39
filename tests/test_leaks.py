"""What a program lets go of is freed at once, without the collector: nodes, tensors, hooks and what these hold."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import gradiente as torch
from gradiente.autograd import graph


class Holder:
    """Something that a closure or a context holds."""


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        out = x**3
        ctx.save_for_backward(x, out)
        ctx.holder = Holder()
        return out

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, _ = ctx.saved_tensors
        return 3 * x * x * g


class Apart(torch.autograd.Function):
    @staticmethod
    def forward(x: Any) -> Any:
        return x * 2, x.detach() + 1

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs, output[0])
        ctx.edges = Holder()

    @staticmethod
    def backward(ctx: Any, g: Any, _: Any) -> Any:
        return ctx.saved_tensors[1] * g


def leaf() -> Any:
    return torch.ones(2, requires_grad=True)


def tensor_hooks() -> list[Any]:
    holder, x = Holder(), leaf()
    y = x * 2
    handle = y.register_hook(lambda g, holder=holder: g)
    x.register_post_accumulate_grad_hook(lambda p, holder=holder: None)
    y.retain_grad()
    y.sum().backward()
    return [holder, y, y.grad_fn, handle, x]


def node_hooks() -> list[Any]:
    holder, x = Holder(), leaf()
    y = (x * 2).exp()
    node = y.grad_fn
    node.register_hook(lambda i, o, holder=holder: None)
    node.next_functions[0][0].register_prehook(lambda o, holder=holder: None)
    node.metadata["holder"] = holder
    y.sum().backward()
    return [holder, y, node, node.next_functions[0][0]]


def multi_hooks() -> list[Any]:
    holder, x, w = Holder(), leaf(), leaf()
    y = x * w
    handle = graph.register_multi_grad_hook((x, y), lambda grads, holder=holder: None)
    other = graph.register_multi_grad_hook((x, w), lambda grad, holder=holder: None, mode="any")
    y.sum().backward()
    return [holder, y, x, handle, other]


def edges() -> list[Any]:
    x = leaf()
    y = x * x
    edge = graph.get_gradient_edge(y)
    z = (y * 2).sum()
    torch.autograd.grad(z, edge, retain_graph=True)
    torch.autograd.backward(graph.get_gradient_edge(z), inputs=[edge])
    return [x, y, z, edge.node]


def saved_hooks() -> list[Any]:
    holder, x = Holder(), leaf()
    with graph.saved_tensors_hooks(lambda t: (t.detach(), holder), lambda packed: packed[0]):
        y = x.exp() * x
    with graph.save_on_cpu():
        z = y.sin()
    raw = y.grad_fn._raw_saved_self
    z.sum().backward(retain_graph=True)
    return [holder, y, y.grad_fn, z.grad_fn, raw]


def raw_hooks() -> list[Any]:
    holder, x = Holder(), leaf()
    y = x.exp()
    y.grad_fn._raw_saved_result.register_hooks(lambda t: (t.detach(), holder), lambda packed: packed[0])
    y.sum().backward(retain_graph=True)
    return [holder, y, y.grad_fn, y.grad_fn._saved_result]


def functions() -> list[Any]:
    x = leaf()
    y = Cube.apply(x)
    z, w = Apart.apply(y)
    (g,) = torch.autograd.grad(z.sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x, retain_graph=True)
    return [x, y, z, w, g, h, y.grad_fn, z.grad_fn, y.grad_fn.holder, z.grad_fn.edges]


def failing() -> list[Any]:
    holder, x = Holder(), leaf()
    y = (x * 2).exp()

    def refuse(g: Any, holder: Any = holder) -> Any:
        raise KeyError

    y.register_hook(refuse)
    with pytest.raises(KeyError):
        y.sum().backward()
    return [holder, y, y.grad_fn]


def anomalies() -> list[Any]:
    x = leaf()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.autograd.detect_anomaly():
            y = x.exp()
            (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
            g.sum().backward()
    why = torch.why_no_grad(y, x)
    assert why.connected
    return [y, g, y.grad_fn, g.grad_fn, x]


def diagnosed() -> list[Any]:
    x = leaf()
    y = (x * 2).exp()
    made: list[Any] = []

    def compute() -> Any:
        made.append(y.detach() * x)
        return made[-1]

    answers = [torch.why_no_grad(compute, y), torch.why_no_grad(y.detach(), x), torch.why_no_grad(y.long())]
    report = torch.graph_report(made[0], holders=True)
    assert report.holders
    return [x, y, y.grad_fn, made[0], made[0].grad_fn, answers[0].endings[0]]


def mutated() -> list[Any]:
    with graph.allow_mutation_on_saved_tensors() as context:
        x = leaf()
        y = x.clone()
        z = (y * y).sum()
        y.mul_(2)
        y[0] = 3.0
        z.backward()
        return [x, y, z, z.grad_fn, context]


def views() -> list[Any]:
    x = leaf()
    base = x * 1
    view = base[:1]
    view.mul_(3)
    base.add_(view.sum())
    return [base, view, base.grad_fn, view.grad_fn, x]


def reentrant() -> list[Any]:
    class Inner(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            with torch.enable_grad():
                ctx.x = x.detach().requires_grad_()
                ctx.y = ctx.x * ctx.x
            return ctx.y.detach()

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            ctx.y.backward(g)
            return ctx.x.grad

    x = leaf()
    y = Inner.apply(x)
    node = y.grad_fn
    y.sum().backward()
    return [y, node, node.x, node.y]


SCENARIOS: list[Callable[[], list[Any]]] = [
    tensor_hooks,
    node_hooks,
    multi_hooks,
    edges,
    saved_hooks,
    raw_hooks,
    functions,
    failing,
    anomalies,
    diagnosed,
    mutated,
    views,
    reentrant,
]


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_all_is_freed(scenario: Callable[[], list[Any]]) -> None:
    alive = [weakref.ref(o) for o in scenario()]
    assert [type(o()).__name__ for o in alive if o() is not None] == []
