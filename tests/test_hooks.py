"""Hooks of tensors and nodes: what they see, in which order, what they may return."""

from __future__ import annotations

import gc
import re
import weakref
from typing import Any

import pytest

import gradiente as torch
from gradiente.autograd import graph


def values(tensors: Any) -> list[Any]:
    return [None if t is None else t.tolist() for t in tensors]


def chain() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, list[Any]]:
    """x -> m = 2 x -> y = sum 3 m, with every kind of hook, which log what they see and scale it."""
    x = torch.ones(2, requires_grad=True)
    m = x * 2
    y = (m * 3).sum()
    log: list[Any] = []
    m.register_hook(lambda g: (log.append(("tensor", g.tolist())), g * 10)[1])
    m.retain_grad()
    node = m.grad_fn
    assert node is not None
    node.register_prehook(lambda g: (log.append(("pre", g[0].tolist())), (g[0] * 100,))[1])
    node.register_hook(lambda gi, go: log.append(("post", values(gi), go[0].tolist())))
    x.register_hook(lambda g: log.append(("leaf", g.tolist())))
    end = node.next_functions[0][0]
    assert end is not None
    end.register_prehook(lambda g: log.append(("leaf pre", g[0].tolist())))
    end.register_hook(lambda gi, go: log.append(("leaf post", gi, go[0].tolist())))
    x.register_post_accumulate_grad_hook(lambda t: log.append(("accumulated", t.grad.tolist())))
    return x, m, y, log


THROUGH = [
    ("tensor", [3.0, 3.0]),
    ("pre", [30.0, 30.0]),
    ("post", [[6000.0, 6000.0], None], [3000.0, 3000.0]),
    ("leaf", [6000.0, 6000.0]),
]
ACCUMULATED = [
    ("leaf pre", [6000.0, 6000.0]),
    ("accumulated", [6000.0, 6000.0]),
    ("leaf post", (), [6000.0, 6000.0]),
]


def test_order_in_backward() -> None:
    x, m, y, log = chain()
    y.backward()
    assert log == THROUGH + ACCUMULATED
    assert m.grad.tolist() == [30.0, 30.0]
    assert x.grad.tolist() == [6000.0, 6000.0]


def test_order_in_grad_of_a_non_leaf() -> None:
    _, m, y, log = chain()
    (g,) = torch.autograd.grad(y, m)
    assert log == THROUGH[:1]
    assert g.tolist() == m.grad.tolist() == [30.0, 30.0]


def test_order_in_grad_of_both() -> None:
    x, m, y, log = chain()
    gm, gx = torch.autograd.grad(y, [m, x])
    assert log == THROUGH
    assert (gm.tolist(), gx.tolist()) == ([3.0, 3.0], [6000.0, 6000.0])
    assert x.grad is None


def test_order_in_backward_to_a_non_leaf() -> None:
    x, m, y, log = chain()
    y.backward(inputs=[m])
    assert log == [*THROUGH[:2], ("post", [None, None], [3000.0, 3000.0])]
    assert m.grad.tolist() == [30.0, 30.0]
    assert x.grad is None


def test_order_in_backward_to_a_leaf() -> None:
    x, _, y, log = chain()
    y.backward(inputs=[x])
    assert log == THROUGH + ACCUMULATED


def run(hook: Any) -> Any:
    x = torch.ones(2, requires_grad=True)
    x.register_hook(hook)
    (x * 2).sum().backward()
    return x.grad


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (3, TypeError, "expected Variable, but hook returned 'int'"),
        (torch.ones(3), RuntimeError, "hook '<lambda>' has changed the size of value"),
        (
            torch.ones(2, dtype=torch.float64),
            RuntimeError,
            "hook '<lambda>' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)",
        ),
    ],
)
def test_wrong_returns_of_tensor_hooks(answer: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        run(lambda g: answer)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (3, TypeError, "expected tuple, but hook returned 'int'"),
        ((None,), RuntimeError, "hook '<lambda>' has returned an incorrect number of values (got 1, but expected 2)"),
        ((3, None), TypeError, "expected Variable, but hook returned 'int'"),
        ((torch.ones(3), None), RuntimeError, "hook '<lambda>' has changed the size of value"),
    ],
)
def test_wrong_returns_of_node_hooks(answer: Any, error: type[Exception], text: str) -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.grad_fn.register_hook(lambda gi, go: answer)
    with pytest.raises(error, match=re.escape(text)):
        y.sum().backward()
    assert x.grad is None
    assert torch.is_grad_enabled()


def test_a_post_hook_replaces_what_flows_on() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.grad_fn.register_hook(lambda gi, go: (gi[0] * 5, None))
    y.sum().backward()
    assert x.grad.tolist() == [10.0, 10.0]


def test_a_prehook_that_returns_none_for_the_gradient_stops_it() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.grad_fn.register_prehook(lambda go: (None,))
    y.sum().backward()
    assert x.grad is None


def test_registering_refuses() -> None:
    x = torch.ones(2)
    with pytest.raises(RuntimeError, match="cannot register a hook on a tensor that doesn't require gradient"):
        x.register_hook(print)
    with pytest.raises(RuntimeError, match="cannot register a hook on a tensor that doesn't require gradient"):
        x.register_post_accumulate_grad_hook(print)
    with pytest.raises(RuntimeError, match="post accumulate grad hooks cannot be registered on non-leaf tensors"):
        (x.requires_grad_() * 2).register_post_accumulate_grad_hook(print)
    with pytest.raises(RuntimeError, match="can't retain_grad on Tensor that has requires_grad=False"):
        torch.ones(2).retain_grad()


def test_handles_remove_their_hook_only() -> None:
    x = torch.ones(2, requires_grad=True)
    first, second = x.register_hook(lambda g: g * 2), x.register_hook(lambda g: g * 3)
    first.remove()
    first.remove()
    x.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    with second:
        pass
    x.grad = None
    x.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_an_exception_in_a_hook_leaves_the_engine_usable() -> None:
    x = torch.ones(2, requires_grad=True)
    handle = x.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        x.sum().backward()
    handle.remove()
    x.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_gradient_kept_by_a_hook_does_not_change_later() -> None:
    kept = []
    x = torch.ones(2, requires_grad=True)
    x.register_hook(kept.append)
    for _ in range(2):
        (x * 2).sum().backward()
    assert [g.tolist() for g in kept] == [[2.0, 2.0]] * 2
    assert x.grad.tolist() == [4.0, 4.0]


def test_backward_inside_a_hook() -> None:
    x = torch.ones(2, requires_grad=True)
    w = torch.ones(2, requires_grad=True)

    def hook(g: torch.Tensor) -> None:
        assert not torch.is_grad_enabled()
        with torch.enable_grad():
            (w * 3).sum().backward()

    x.register_hook(hook)
    (x * 2).sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]
    assert x.grad.tolist() == [2.0, 2.0]


def three() -> tuple[torch.Tensor, ...]:
    return tuple(torch.ones(2, requires_grad=True) for _ in range(3))


def test_multi_grad_hook_for_all() -> None:
    a, b, c = three()
    log: list[Any] = []
    handle = graph.register_multi_grad_hook((a, b, c), lambda gs: log.append(values(gs)))
    (a * 2 + b * 3).sum().backward()
    (a * 2 + b * 3 + c).sum().backward()
    handle.remove()
    (a + b + c).sum().backward()
    assert log == [[[2.0, 2.0], [3.0, 3.0], None], [[2.0, 2.0], [3.0, 3.0], [1.0, 1.0]]]


def test_multi_grad_hook_for_any_is_called_once_per_pass() -> None:
    a, b, _ = three()
    log: list[Any] = []
    graph.register_multi_grad_hook((a, b), lambda g: log.append(g.tolist()), mode="any")
    for _ in range(2):
        (a * 2 + b * 3).sum().backward()
    assert len(log) == 2


def test_multi_grad_hook_after_a_pass_that_failed() -> None:
    a, b, _ = three()
    log: list[Any] = []
    bomb = b.register_hook(lambda g: 1 / 0)
    graph.register_multi_grad_hook((a, b), lambda gs: log.append(len(gs)))
    with pytest.raises(ZeroDivisionError):
        (a * b).sum().backward()
    bomb.remove()
    (a * b).sum().backward()
    assert log == [2]


def test_multi_grad_hook_refuses_other_modes() -> None:
    with pytest.raises(ValueError, match=re.escape("Expects mode to be one of ('all', 'any') but got x")):
        graph.register_multi_grad_hook(three(), print, mode="x")  # type: ignore[arg-type]


def test_hooks_do_not_keep_graphs_alive() -> None:
    gc.disable()
    try:
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y.register_hook(lambda g: g * 2)
        y.retain_grad()
        y.grad_fn.register_hook(lambda gi, go: None)
        z = y.sum()
        z.backward()
        refs = [weakref.ref(y), weakref.ref(y.grad_fn), weakref.ref(z.grad_fn)]
        del y, z
        assert [ref() for ref in refs] == [None] * 3
    finally:
        gc.enable()
