"""Custom functions: what forward and backward see, what they may return, what stays alive."""

from __future__ import annotations

import gc
import re
import weakref
from typing import Any

import pytest

import gradiente as torch
from gradiente.autograd import Function
from gradiente.autograd.function import once_differentiable


def make(forward: Any, backward: Any = None, name: str = "MyFn") -> Any:
    members = {"forward": staticmethod(forward)}
    if backward is not None:
        members["backward"] = staticmethod(backward)
    return type(Function)(name, (Function,), members)


def leaf() -> torch.Tensor:
    return torch.ones(2, requires_grad=True)


class Cube(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        ctx.note = 7
        return x * x * x

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grad * 3 * x * x


class Product(Function):
    @staticmethod
    def forward(a: Any, b: Any, scale: float = 1.0) -> Any:
        assert not torch.is_grad_enabled()
        return a * b * scale

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        a, b, ctx.scale = inputs
        ctx.save_for_backward(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        a, b = ctx.saved_tensors
        return grad * b * ctx.scale, grad * a * ctx.scale, None


def test_the_node_is_the_context() -> None:
    x = leaf()
    y = Cube.apply(x)
    node = y.grad_fn
    assert (node.name(), node.note, node.needs_input_grad) == ("CubeBackward", 7, (True,))
    assert repr(y) == "tensor([1., 1.], grad_fn=<CubeBackward>)"
    assert isinstance(node, torch.autograd.graph.Node)
    assert node.next_functions[0][0].variable is x
    assert node.saved_tensors[0] is x


def test_derivatives_of_any_order() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = Cube.apply(x)
    for expected in (12.0, 12.0, 6.0):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
        assert y.item() == expected


def test_setup_context_with_defaults_and_keywords() -> None:
    a, b = leaf(), leaf()
    Product.apply(a, b, scale=3.0).sum().backward()
    assert a.grad.tolist() == b.grad.tolist() == [3.0, 3.0]
    a.grad = None
    Product.apply(a, 2 * torch.ones(2)).sum().backward()
    assert a.grad.tolist() == [2.0, 2.0]


def test_backward_is_recorded_only_on_demand() -> None:
    seen = []

    def backward(ctx: Any, g: Any) -> Any:
        seen.append(torch.is_grad_enabled())
        return g * 2

    f = make(lambda ctx, x: x * 2, backward)
    f.apply(leaf()).sum().backward()
    torch.autograd.grad(f.apply(x := leaf()).sum(), x, create_graph=True)
    assert seen == [False, True]


def test_nothing_is_recorded_in_no_grad() -> None:
    with torch.no_grad():
        assert not Cube.apply(leaf()).requires_grad
    assert not Cube.apply(torch.ones(2)).requires_grad


def test_other_values_pass_through() -> None:
    f = make(lambda ctx, x: (x * 1, 3, None, "q"), lambda ctx, *gs: gs[0])
    y, *rest = f.apply(x := leaf())
    assert rest == [3, None, "q"]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert make(lambda ctx, x: [x * 1]).apply(leaf())[0].requires_grad is False


def test_unused_outputs_get_zeros_or_none() -> None:
    seen: list[Any] = []

    def forward(ctx: Any, x: Any, materialize: bool) -> Any:
        ctx.set_materialize_grads(materialize)
        return x * 2, x * 3

    def backward(ctx: Any, a: Any, b: Any) -> Any:
        seen.append(b if b is None else b.tolist())
        return a * 2, None

    f = make(forward, backward)
    for materialize in (True, False):
        f.apply(leaf(), materialize)[0].sum().backward()
    assert seen == [[0.0, 0.0], None]


def test_non_differentiable_outputs() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        y, z = x * 2, x * 3
        ctx.mark_non_differentiable(z)
        return y, z

    y, z = make(forward, lambda ctx, g, h: g * 2).apply(x := leaf())
    assert y.requires_grad
    assert not z.requires_grad
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def dirty(ctx: Any, x: Any) -> Any:
    x.add_(1)
    ctx.mark_dirty(x)
    return x


def test_in_place_functions() -> None:
    f = make(dirty, lambda ctx, g: g * 5)
    x = leaf()
    y = x.clone()
    assert f.apply(y) is y
    assert y.grad_fn.name() == "MyFnBackward"
    y.sum().backward()
    assert x.grad.tolist() == [5.0, 5.0]


def test_an_in_place_function_on_a_view_changes_the_base() -> None:
    f = make(dirty, lambda ctx, g: g * 5)
    x = leaf()
    base = x.clone()
    f.apply(base[:1])
    base.sum().backward()
    assert base.tolist() == [2.0, 1.0]
    assert x.grad.tolist() == [5.0, 1.0]


def test_in_place_functions_refuse() -> None:
    f = make(dirty, lambda ctx, g: g)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        f.apply(leaf())

    def lost(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x * 2

    with pytest.raises(RuntimeError, match="Some elements marked as dirty during the forward method were not returned"):
        make(lost).apply(leaf().clone())

    def two(ctx: Any, x: Any) -> Any:
        x.add_(1)
        ctx.mark_dirty(x)
        return x, x * 2

    with pytest.raises(RuntimeError, match="your Function cannot return more than one Tensor"):
        make(two).apply(leaf().clone()[:1])


def test_an_input_returned_as_it_is_becomes_a_view() -> None:
    x = leaf()
    y = make(lambda ctx, x: x, lambda ctx, g: g * 4).apply(x)
    assert y is not x
    assert y.grad_fn.name() == "MyFnBackward"
    y.sum().backward()
    assert x.grad.tolist() == [4.0, 4.0]


@pytest.mark.parametrize("forward", [lambda ctx, x: x, lambda ctx, x: x.view(2)])
def test_views_from_functions_refuse_changes(forward: Any) -> None:
    y = make(forward, lambda ctx, g: g).apply(leaf().clone())
    with pytest.raises(RuntimeError, match="Output 0 of MyFn is a view and is being modified inplace"):
        y.add_(1)


def test_a_change_of_what_was_saved_is_found() -> None:
    x = leaf().clone()
    y = Cube.apply(x)
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation") as error:
        y.sum().backward()
    assert "CubeBackward saved it" in str(error.value)
    assert "x.add_(1)" in str(error.value)


def test_saved_outputs_do_not_make_cycles() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        y = x * 2
        ctx.save_for_backward(y)
        return y

    gc.disable()
    try:
        x = leaf()
        y = make(forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(x)
        (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        refs = [weakref.ref(y), weakref.ref(y.grad_fn), weakref.ref(g), weakref.ref(g.grad_fn)]
        (g2,) = torch.autograd.grad(g.sum(), x)
        assert g2.tolist() == [2.0, 2.0]
        del y, g, g2
        assert [ref() for ref in refs] == [None] * 4
    finally:
        gc.enable()


def test_freed_once() -> None:
    y = Cube.apply(leaf())
    z = y.sum()
    z.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        z.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        _ = y.grad_fn.saved_tensors


def test_without_saved_tensors_backward_runs_again() -> None:
    x = leaf()
    z = make(lambda ctx, x: x * 2, lambda ctx, g: g * 2).apply(x).sum()
    z.backward()
    z.backward()
    assert x.grad.tolist() == [4.0, 4.0]


WRONG = [
    (lambda ctx, g: (g, g), "function MyFnBackward returned an incorrect number of gradients (expected 1, got 2)"),
    (lambda ctx, g: 3, "expected Variable or None (got int)"),
    (lambda ctx, g: [g], "expected Variable or None (got list)"),
    (
        lambda ctx, g: torch.ones(3),
        "Function MyFnBackward returned an invalid gradient at index 0 - got [3] but expected shape compatible with "
        "[2]",
    ),
]


@pytest.mark.parametrize(("backward", "text"), WRONG)
def test_wrong_gradients(backward: Any, text: str) -> None:
    x = leaf()
    with pytest.raises(RuntimeError, match=re.escape(text)):
        make(lambda ctx, x: x * 1, backward).apply(x).sum().backward()
    assert x.grad is None
    (x * 2).sum().backward()  # the engine is usable


def test_a_gradient_for_what_is_no_tensor() -> None:
    f = make(lambda ctx, x, k: x * k, lambda ctx, g: (g, g))
    with pytest.raises(
        RuntimeError, match="returned a gradient different than None at position 2, but the corresponding"
    ):
        f.apply(leaf(), 3).sum().backward()


def test_gradients_are_reduced_and_cast() -> None:
    x = leaf()
    make(lambda ctx, x: x * 1, lambda ctx, g: torch.ones(3, 2, dtype=torch.float64)).apply(x).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    assert x.grad.dtype is torch.float32


def test_missing_methods() -> None:
    with pytest.raises(NotImplementedError, match="You must implement the forward function"):
        type(Function)("F", (Function,), {}).apply(leaf())
    with pytest.raises(NotImplementedError, match="You must implement either the backward or vjp method"):
        make(lambda ctx, x: x * 1).apply(leaf()).sum().backward()


def test_vjp_is_another_name_and_both_are_refused() -> None:
    members: dict[str, Any] = {"forward": staticmethod(lambda ctx, x: x * 1), "vjp": staticmethod(lambda ctx, g: g * 2)}
    x = leaf()
    type(Function)("V", (Function,), dict(members)).apply(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    members["backward"] = staticmethod(lambda ctx, g: g)
    with pytest.raises(RuntimeError, match="Implementing both 'backward' and 'vjp'"):
        type(Function)("V", (Function,), members).apply(x).sum().backward()


def test_instances_are_refused() -> None:
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        function = Cube()
    with pytest.raises(RuntimeError, match="Legacy autograd function with non-static forward method is deprecated"):
        function(leaf())


def test_what_cannot_be_saved() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x, 3)
        return x * 1

    with pytest.raises(TypeError, match="save_for_backward can only save variables, but argument 1 is of type int"):
        make(forward).apply(leaf())


ENGINES = (
    "edges",
    "facts",
    "hooks",
    "name",
    "needs_input_grad",
    "place",
    "plan",
    "register_hook",
    "seq",
    "show",
    "tensors",
)


def test_a_context_takes_any_attribute() -> None:
    class Square(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            for name in ENGINES:
                setattr(ctx, name, f"my {name}")
            assert [getattr(ctx, name) for name in ENGINES] == [f"my {name}" for name in ENGINES]
            del ctx.place
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            assert (ctx.edges, ctx.tensors, ctx.name) == ("my edges", "my tensors", "my name")
            (x,) = ctx.saved_tensors
            return g * 2 * x

    x = leaf()
    y = Square.apply(x)
    assert (repr(y.grad_fn)[:39], y.grad_fn.plan) == ("<torch.autograd.function.SquareBackward", "my plan")
    assert y.grad_fn.next_functions[0][0].variable is x
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x)
    assert (g.tolist(), h.tolist()) == ([2.0, 2.0], [2.0, 2.0])
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        (y.sum().backward(), y.sum().backward())
    gc.disable()
    try:
        y = Square.apply(x)
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_attributes_of_contexts_that_are_fixed() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        for name in ("metadata", "next_functions", "requires_grad", "_input_metadata"):
            with pytest.raises(AttributeError, match=f"attribute '{name}' of .* objects is not writable"):
                setattr(ctx, name, 3)
        with pytest.raises(AttributeError, match="has no attribute 'edges'"):
            del ctx.edges
        with pytest.raises(AttributeError):
            del ctx.anything
        return x * 1

    assert make(forward).apply(leaf()).tolist() == [1.0, 1.0]


def test_once_differentiable() -> None:
    class Twice(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, g: Any) -> Any:
            assert not torch.is_grad_enabled()
            return g * 2

    x, v = leaf(), leaf()
    (g,) = torch.autograd.grad(Twice.apply(x), x, v, create_graph=True)
    assert g.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="trying to differentiate twice a function that was marked with @once_diff"):
        g.sum().backward()
    (g,) = torch.autograd.grad(Twice.apply(x).sum(), x, create_graph=True)
    assert not g.requires_grad


def test_exceptions_leave_the_modes_alone() -> None:
    def boom(ctx: Any, x: Any) -> Any:
        raise KeyError("boo")

    with pytest.raises(KeyError):
        make(boom).apply(leaf())
    with pytest.raises(KeyError):
        make(lambda ctx, x: x * 1, boom).apply(leaf()).sum().backward()
    assert torch.is_grad_enabled()


def test_a_tensor_saved_through_hooks() -> None:
    packed: list[Any] = []

    def pack(t: Any) -> int:
        packed.append(t)
        return len(packed) - 1

    x = leaf()
    with torch.autograd.graph.saved_tensors_hooks(pack, packed.__getitem__):
        y = Cube.apply(x)
    y.sum().backward()
    assert len(packed) == 1
    assert x.grad.tolist() == [3.0, 3.0]
