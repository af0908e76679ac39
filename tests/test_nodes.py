"""What users see of nodes: saved values as they are kept, shapes, operands, names; and that looking keeps nothing."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

import gradiente as torch
from gradiente.autograd import graph


def leaf(*shape: int) -> Any:
    return torch.ones(*(shape or (2, 3)), requires_grad=True)


class Pair(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any, number: float, y: Any) -> Any:
        out = x * number
        ctx.save_for_backward(x, None, out)
        return out, y.sum()

    @staticmethod
    def backward(ctx: Any, g: Any, h: Any) -> Any:
        x, nothing, out = ctx.saved_tensors
        assert nothing is None
        return g * out / x, None, h * torch.ones(1)


def shapes(node: Any) -> list[Any]:
    return [(tuple(m.shape), m.dtype, m.device.type) for m in node._input_metadata]


def test_input_metadata_is_told_from_above() -> None:
    x, w = leaf(2, 3), leaf(3)
    y = ((x * w).exp() + 1).sum(0).double()
    node, seen = y.grad_fn, []
    while node.next_functions:
        seen.append((type(node).__name__, shapes(node)))
        node = node.next_functions[0][0]
    assert seen == [
        ("ToCopyBackward0", [((3,), torch.float64, "cpu")]),
        ("SumBackward1", [((3,), torch.float32, "cpu")]),
        ("AddBackward0", [((2, 3), torch.float32, "cpu")]),
        ("ExpBackward0", [((2, 3), torch.float32, "cpu")]),
        ("MulBackward0", [((2, 3), torch.float32, "cpu")]),
    ]
    assert shapes(node) == [((2, 3), torch.float32, "cpu")]
    assert repr(node._input_metadata[0]) == "InputMetadata(shape=[2, 3], dtype=torch.float32, device=cpu)"


def test_input_metadata_of_several_results() -> None:
    parts = leaf(2, 3).split([1, 2], 1)
    assert shapes(parts[1].grad_fn) == [((2, 1), torch.float32, "cpu"), ((2, 2), torch.float32, "cpu")]
    first, second = Pair.apply(leaf(2), 3.0, leaf(4))
    node = second.grad_fn
    assert shapes(node) == [((2,), torch.float32, "cpu"), ((), torch.float32, "cpu")]
    assert [shapes(n) for n, _ in node.next_functions] == [
        [((2,), torch.float32, "cpu")],
        [((4,), torch.float32, "cpu")],
    ]
    assert first.grad_fn is second.grad_fn


def test_edges_know_shapes_without_the_tensor() -> None:
    x = leaf(2)
    edge = graph.get_gradient_edge((x * 2).sum())
    assert edge.ownership_token is None
    torch.autograd.backward(edge)
    assert x.grad.tolist() == [2.0, 2.0]
    below = graph.GradientEdge(edge.node.next_functions[0][0], 0)
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        torch.autograd.backward(below)


def test_saved_tensors_of_a_function() -> None:
    x = leaf(2)
    out, _ = Pair.apply(x, 3.0, leaf(1))
    raw = out.grad_fn._raw_saved_tensors
    assert [type(r) for r in raw] == [torch.autograd.SavedTensor] * 3
    assert raw[0].data is x
    assert raw[1].data is None
    assert raw[1].unpack() is None
    assert raw[2].data.grad_fn is None
    assert raw[2].unpack().grad_fn is out.grad_fn
    raw[2].register_hooks(lambda t: t.tolist(), lambda values: torch.tensor(values))
    assert raw[2].data == [3.0, 3.0]
    (out.sum() * 2).backward()
    assert x.grad.tolist() == [6.0, 6.0]
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        _ = out.grad_fn._raw_saved_tensors
    with pytest.raises(RuntimeError, match="Calling register_hooks on a saved tensor after it has been freed"):
        raw[0].register_hooks(id, id)


def test_hooks_of_one_saved_tensor() -> None:
    x, w = leaf(2), leaf(2)
    y = x * w
    raw = y.grad_fn._raw_saved_self
    assert raw is y.grad_fn._raw_saved_self
    assert (raw.data, raw.unpack_hook) == (x, None)
    log: list[Any] = []
    raw.register_hooks(lambda t: log.append(t) or 7, lambda packed: log.append(packed) or torch.full((2,), 5.0))
    assert raw.data == 7
    assert y.grad_fn._saved_self.tolist() == [5.0, 5.0]
    y.sum().backward()
    assert w.grad.tolist() == [5.0, 5.0]
    assert log == [x, 7, 7]
    with pytest.raises(RuntimeError, match="forbidden"):
        torch.autograd.SavedTensor()


def test_hooks_of_one_saved_tensor_refuse() -> None:
    y = leaf(2) * leaf(2)
    raw = y.grad_fn._raw_saved_other
    with pytest.raises(TypeError, match=r"register_hooks\(\): incompatible function arguments"):
        raw.register_hooks(3, lambda t: t)
    with pytest.raises(ZeroDivisionError):
        raw.register_hooks(lambda t: 1 / 0, lambda t: t)
    with pytest.raises(RuntimeError, match="A saved tensor pack hook is modifying its input in place"):
        y.exp().grad_fn._raw_saved_result.register_hooks(lambda t: t.add_(1), lambda t: t)
    assert raw.data.tolist() == [1.0, 1.0]  # as it was
    raw.register_hooks(lambda t: t, lambda t: t)
    with pytest.raises(RuntimeError, match=r"whose hooks have already been set\. Hint: only one pair of hooks"):
        raw.register_hooks(lambda t: t, lambda t: t)
    with pytest.raises(RuntimeError, match="on a saved tensor with value None is forbidden"):
        (leaf(2) * 2).grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t)


def test_nodes_are_called() -> None:
    x = leaf(2)
    node = (x * 3).grad_fn
    assert [g if g is None else g.tolist() for g in node(torch.ones(2))] == [[3.0, 3.0], None]
    with pytest.raises(TypeError, match="expected 1 arguments, got 2 instead"):
        node(torch.ones(2), torch.ones(2))
    with pytest.raises(TypeError, match="argument 0 is not a Variable"):
        node(3)
    assert node.next_functions[0][0](torch.ones(2)) == ()
    assert x.grad.tolist() == [1.0, 1.0]


def test_operands_that_users_do_not_count() -> None:
    x = leaf(2, 3)
    picked = x.gather(1, torch.tensor([[0], [1]]))
    assert len(picked.grad_fn.next_functions) == 1
    assert len((3 - x).grad_fn.next_functions) == 1
    assert len((x * 3).grad_fn.next_functions) == 2
    seen: list[Any] = []
    picked.grad_fn.register_hook(lambda inputs, outputs: seen.append(len(inputs)))
    picked.sum().backward()
    assert seen == [1]


def test_names_and_order() -> None:
    x = leaf(2)
    y = x.clone()
    y[0].mul_(2)
    assert (y.grad_fn.name(), repr(y)) == (
        "torch::autograd::CopySlices",
        "tensor([2., 1.], grad_fn=<CopySlices>)",
    )
    sink = y.grad_fn.next_functions[0][0].next_functions[0][0]
    assert (sink.name(), sink._sequence_nr()) == ("torch::autograd::AccumulateGrad", 2**64 - 1)
    assert repr(sink).startswith("<AccumulateGrad object at 0x")
    assert sink.requires_grad


def test_nodes_that_refuse_have_a_name_and_shapes() -> None:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2

    x, c = leaf(2), leaf(2)
    (g,) = torch.autograd.grad(Once.apply(x), x, c, create_graph=True)
    node = (g * 3).grad_fn.next_functions[0][0]
    assert (node.name(), repr(node)[:6]) == ("torch::autograd::Error", "<Error")
    assert shapes(node) == [((2,), torch.float32, "cpu")]
    with pytest.raises(RuntimeError, match="marked with @once_differentiable"):
        torch.autograd.backward(graph.get_gradient_edge(g), torch.ones(2))


def test_what_looked_at_a_graph_keeps_nothing() -> None:
    gc.collect()
    gc.disable()
    try:
        x = leaf(2)
        y = (x * x).exp()
        node = y.grad_fn
        _ = [node._saved_result, node._raw_saved_result, node._input_metadata, node.next_functions, node.metadata]
        edge = graph.get_gradient_edge(y)
        raw = node._raw_saved_result
        raw.register_hooks(lambda t: t, lambda t: t)
        alive = [weakref.ref(o) for o in (node, node.next_functions[0][0], y, raw)]
        del y, node, edge, raw, _
        assert [r() for r in alive] == [None] * 4
        out, _ = Pair.apply(x, 3.0, leaf(1))
        node = out.grad_fn
        alive = [weakref.ref(o) for o in (node, node._raw_saved_tensors[2])]
        del out, node, _
        assert [r() for r in alive] == [None] * 2
    finally:
        gc.enable()


@pytest.mark.parametrize("parts", [lambda x: x.chunk(4, 1), lambda x: x.split([1, 5], 1), lambda x: x.unbind(0)])
def test_parts_follow_from_the_whole(parts: Any) -> None:
    x = torch.arange(12.0, dtype=torch.float64).reshape(2, 6).requires_grad_()
    found = parts(x)
    assert shapes(found[0].grad_fn) == [(tuple(p.shape), torch.float64, "cpu") for p in found]
    (found[1] * 2).sum().backward()
    wanted = torch.zeros(2, 6, dtype=torch.float64)
    parts(wanted)[1].data.fill_(2)
    assert torch.equal(x.grad, wanted)


def test_dead_parts_are_forgotten() -> None:
    x = torch.zeros(4, 2)
    for _ in range(100):
        x.chunk(3)
    assert len(x._history.views) < 40
    x[0], kept = 1, x.chunk(4)
    assert kept[0].tolist() == [[1, 1]]
    assert len(x._history.living_views()) >= 4
