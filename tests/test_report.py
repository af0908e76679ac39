"""graph_report: what a graph keeps alive, and who holds its root."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.autograd import graph
from gradiente.autograd.report import UNKNOWN_LINE, Usage

KEPT_HERE: list[Any] = []


def leaf(n: int = 1000) -> Any:
    return torch.ones(n, requires_grad=True)


def test_bytes_by_operator() -> None:
    x = leaf()
    h = x * 2
    y = (h.exp() * h).sum()
    report = torch.graph_report(y)
    assert (report.nodes, report.leaves, report.arrays, report.bytes) == (4, 1, 2, 8000)
    assert (report.shared, report.leaf_bytes, report.freed, report.packed, report.hooks) == (1, 4000, 0, 0, 0)
    assert report.by_operator == {
        "MulBackward0": Usage(2, 1, 4000),
        "ExpBackward0": Usage(1, 1, 4000),
        "SumBackward0": Usage(1, 0, 0),
    }
    assert report.by_line == {UNKNOWN_LINE: Usage(4, 2, 8000)}
    assert report.holders is None


def test_arrays_are_counted_once() -> None:
    x = leaf()
    h = x * 2
    assert torch.graph_report(h * h).bytes == 4000
    assert torch.graph_report(x * x).bytes == 0  # the leaf's own values
    whole = torch.ones(10, 100)
    y = x[:100] * whole[0] * whole[1]
    report = torch.graph_report(y)
    assert (report.bytes, report.arrays, report.shared) == (4000, 1, 1)  # each row keeps the whole


def test_all_that_a_node_keeps() -> None:
    class Kept(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(None, x)
            ctx.array, ctx.others = np.zeros(10), [torch.zeros(5), 3]
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    x = leaf(2)
    assert torch.graph_report(Kept.apply(x)).bytes == 80 + 20
    index = torch.tensor([0, 1, 1])
    assert torch.graph_report(x[index]).bytes == 24
    with graph.saved_tensors_hooks(lambda t: t.numpy().copy(), torch.from_numpy):
        y = x.exp()
    with graph.saved_tensors_hooks(lambda t: "nothing", lambda s: torch.ones(2)):
        z = y.exp()
    report = torch.graph_report(z)
    assert (report.bytes, report.packed) == (8, 1)
    assert "values packed by hooks, of unknown size: 1" in str(report)


def test_by_line() -> None:
    x = leaf()
    with torch.autograd.set_detect_anomaly(True):
        y = x.exp()
        z = (y * 2).sin()
    report = torch.graph_report(z)
    first, second = sorted(report.by_line)
    assert first.endswith("y = x.exp()")
    assert second.endswith("z = (y * 2).sin()")
    assert [report.by_line[line] for line in (first, second)] == [Usage(1, 1, 4000), Usage(2, 1, 4000)]
    assert "z = (y * 2).sin()" in str(report)


def test_the_table() -> None:
    x = leaf()
    y = x.exp().sum()
    y.register_hook(lambda g: None)
    assert str(torch.graph_report(y)) == (
        "2 nodes, 1 leaf; 3.9 KiB in 1 array (0 shared by several nodes), beside 3.9 KiB of the leaves\n"
        "nodes with hooks: 1\n"
        "\n"
        "operator      nodes  arrays    bytes\n"
        "ExpBackward0      1       1  3.9 KiB\n"
        "SumBackward0      1       0      0 B"
    )
    assert "by_operator" not in repr(torch.graph_report(y))
    y.backward()
    report = torch.graph_report(y)
    assert (report.bytes, report.freed) == (0, 1)
    assert "nodes whose saved values were freed: 1" in str(report)


def test_roots_of_all_kinds() -> None:
    x = leaf(3)
    y = (x * 2).exp()
    for root in (y, graph.get_gradient_edge(y), y.grad_fn):
        assert torch.graph_report(root).nodes == 2
    assert (torch.graph_report(x).nodes, torch.graph_report(x).leaves) == (0, 1)
    report = torch.graph_report(torch.ones(3))
    assert (report.nodes, report.leaves, report.bytes) == (0, 0, 0)
    assert torch.graph_report(x.unbind(0)[1] * 2).nodes == 2
    with pytest.raises(TypeError, match=r"graph_report\(\): argument 'x' \(position 1\) must be Tensor, not int"):
        torch.graph_report(3)


def test_long_graphs() -> None:
    y = leaf(1)
    for _ in range(20000):
        y = y * 1.0
    assert torch.graph_report(y).nodes == 20000


# -- who holds the root


class Trainer:
    pass


class Slotted:
    __slots__ = ("best",)


def names(x: Any) -> str:
    found = torch.graph_report(x, holders=True).holders
    assert found is not None
    return "\n".join(found)


def test_holders_are_named() -> None:
    y = leaf(2) * 2
    assert "local variable 'y' of test_holders_are_named (" in names(y)
    KEPT_HERE.append(y)
    text = names(y)
    KEPT_HERE.clear()
    assert f"global variable 'KEPT_HERE' of module {__name__}, list[0]" in text or "'KEPT_HERE'" in text
    trainer, slotted = Trainer(), Slotted()
    trainer.loss, slotted.best = y, y  # type: ignore[attr-defined]
    assert "attribute 'loss' of <Trainer object>" in names(y)
    assert "attribute 'best' of <Slotted object>" in names(y)
    trainer.history = {"losses": [0, y]}  # type: ignore[attr-defined]
    assert "attribute 'history' of <Trainer object>, dict['losses'], list[1]" in names(y)


def test_holders_of_other_kinds() -> None:
    y = leaf(2) * 2

    def closure() -> Any:
        return y

    assert "variable 'y' of the closure test_holders_of_other_kinds.<locals>.closure" in names(y)
    z = y.exp() * y
    assert "the graph: MulBackward0" in names(y)
    view = y[0]
    assert "a view of it" in names(y)

    def generator() -> Any:
        inside = y
        yield
        del inside

    running = generator()
    next(running)
    assert "generator" in names(y)
    assert z is not view
    assert closure() is y


def test_holders_are_looked_for_on_request_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "get_referrers", lambda *objects: 1 / 0)
    assert torch.graph_report(leaf(2) * 2).holders is None


def test_a_report_keeps_nothing() -> None:
    gc.collect()
    gc.disable()
    try:
        y = (leaf(2) * 2).exp()
        node = weakref.ref(y.grad_fn)
        report = torch.graph_report(y, holders=True)
        assert report.holders
        del y
        assert node() is None
        assert "held by:\n  local variable 'y'" in str(report)
    finally:
        gc.enable()
