"""Forward mode of a Function: its `jvp`."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

import gradiente as torch
import gradiente.autograd.forward_ad as fwAD
from gradiente.autograd import Function

Tensor = torch.Tensor


def tangent(x: Tensor) -> Any:
    return fwAD.unpack_dual(x).tangent


def dual(values: list[float], t: list[float]) -> Tensor:
    return fwAD.make_dual(torch.tensor(values), torch.tensor(t))


def function(jvp: Any = None, forward: Any = None) -> Any:
    """A Function of (x, y, k), k·x·y unless another forward is given."""

    def product(ctx: Any, x: Tensor, y: Tensor, k: float) -> Tensor:
        ctx.save_for_forward(x, y)
        return x * y * k

    body: dict[str, Any] = {"forward": staticmethod(forward or product)}
    if jvp is not None:
        body["jvp"] = staticmethod(jvp)
    return type("Mine", (Function,), body)


def apply(mine: Any) -> Any:
    return mine.apply(dual([1.0, 2.0], [1.0, 10.0]), torch.tensor([3.0, 4.0]), 2.0)


def test_jvp_receives_tangents_and_what_was_saved() -> None:
    seen: list[Any] = []

    def jvp(ctx: Any, *given: Any) -> Any:
        seen.append((given, fwAD._is_fwd_grad_enabled()))
        x, y = ctx.saved_tensors
        return (given[0] * y + x * given[1]) * 2

    with fwAD.dual_level():
        assert tangent(apply(function(jvp))).tolist() == [6.0, 80.0]
    ((tx, ty, none), enabled) = seen[0]
    assert (tx.tolist(), ty.tolist(), none, enabled) == ([1.0, 10.0], [0.0, 0.0], None, False)


def test_jvp_without_materialized_tangents() -> None:
    def forward(ctx: Any, x: Tensor, y: Tensor, k: float) -> Tensor:
        ctx.set_materialize_grads(False)
        return x * 1

    def jvp(ctx: Any, *given: Any) -> Any:
        assert given[1] is None
        return given[0]

    with fwAD.dual_level():
        assert tangent(apply(function(jvp, forward))).tolist() == [1.0, 10.0]


def test_jvp_is_called_for_duals_only() -> None:
    def jvp(ctx: Any, *given: Any) -> Any:
        raise AssertionError

    mine = function(jvp)
    assert mine.apply(torch.ones(1), torch.ones(1), 1.0).tolist() == [1.0]
    with fwAD.dual_level():
        assert tangent(mine.apply(torch.ones(1), torch.ones(1), 1.0)) is None


def _two(ctx: Any, x: Tensor, y: Tensor, k: float) -> Any:
    return x * 1, y * 2


def _marked(ctx: Any, x: Tensor, y: Tensor, k: float) -> Any:
    other = x * 2
    ctx.mark_non_differentiable(other)
    return x * 1, other


def _dirty(ctx: Any, x: Tensor, y: Tensor, k: float) -> Tensor:
    ctx.mark_dirty(x)
    return x.mul_(2)


@pytest.mark.parametrize(
    ("jvp", "forward", "kind", "text"),
    [
        (None, None, NotImplementedError, "You must implement the jvp function for custom autograd.Function"),
        (
            lambda ctx, *g: (g[0], g[0]),
            None,
            RuntimeError,
            r"invalid number of forward gradients \(expected 1 but got 2\)",
        ),
        (lambda ctx, *g: g[0], _two, RuntimeError, r"invalid number of forward gradients \(expected 2 but got 1\)"),
        (lambda ctx, *g: None, None, RuntimeError, "Expected both tensor and its forward grad to be floating point"),
        (lambda ctx, *g: 3.0, None, RuntimeError, r"expected Variable or None \(got float\) for grad output 0"),
        (
            lambda ctx, *g: torch.ones(3),
            None,
            RuntimeError,
            "Trying to set a forward gradient that has a different size",
        ),
        (
            lambda ctx, *g: (g[0], g[0]),
            _marked,
            RuntimeError,
            "Function's jvp returned a gradient at position 1, but  the",
        ),
        (lambda ctx, *g: g[0], lambda ctx, x, y, k: x, RuntimeError, "but the jvp is not returning a view"),
        (lambda ctx, *g: g[0] * 2, _dirty, RuntimeError, "not modifying the forward mode gradients inplace"),
        (lambda ctx, *g: None, _dirty, RuntimeError, "not modifying the forward mode gradients inplace"),
    ],
)
def test_errors_of_jvp(jvp: Any, forward: Any, kind: Any, text: str) -> None:
    with fwAD.dual_level(), pytest.raises(kind, match=text):
        apply(function(jvp, forward))


def test_jvp_of_views_dirty_inputs_and_unmarked_outputs() -> None:
    with fwAD.dual_level():
        view = apply(function(lambda ctx, *g: g[0].view_as(g[0]), lambda ctx, x, y, k: x))
        assert tangent(view).tolist() == [1.0, 10.0]
        assert tangent(apply(function(lambda ctx, *g: g[0].mul_(2), _dirty))).tolist() == [2.0, 20.0]
        first, second = apply(function(lambda ctx, *g: (g[0], None), _marked))
        assert tangent(first).tolist() == [1.0, 10.0]
        assert tangent(second) is None


class Product(Function):
    """k·x·y, in the style with setup_context."""

    @staticmethod
    def forward(x: Tensor, y: Tensor, k: float) -> Tensor:  # type: ignore[override]
        return x * y * k

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        x, y, ctx.k = inputs
        ctx.save_for_forward(x, y)
        ctx.save_for_backward(x, y)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:  # type: ignore[override]
        x, y = ctx.saved_tensors
        return g * y * ctx.k, g * x * ctx.k, None

    @staticmethod
    def jvp(ctx: Any, tx: Tensor, ty: Tensor, _: None) -> Tensor:  # type: ignore[override]
        x, y = ctx.saved_tensors
        return (tx * y + x * ty) * ctx.k


def test_function_in_both_modes_at_once() -> None:
    x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
    with fwAD.dual_level():
        out = Product.apply(fwAD.make_dual(x, torch.tensor([1.0, 10.0])), y, 2.0)
        gx, gy = torch.autograd.grad(out.sum(), (x, y), retain_graph=True)
        assert tangent(gx) is None
        assert tangent(gy).tolist() == [2.0, 20.0]
        (mixed,) = torch.autograd.grad(tangent(out).sum(), y)
        assert mixed.tolist() == [2.0, 20.0]


class Exp(Function):
    """exp, which saves its result."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # type: ignore[override]
        y = x.exp()
        ctx.save_for_backward(y)
        ctx.save_for_forward(y)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:  # type: ignore[override]
        return g * ctx.saved_tensors[0]

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Tensor:  # type: ignore[override]
        return t * ctx.saved_tensors[0]


@pytest.mark.parametrize("hooked", [False, True])
def test_a_saved_result_has_its_tangent_in_backward(hooked: bool) -> None:
    hooks = torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    x = torch.tensor(1.0, requires_grad=True)
    with fwAD.dual_level():
        d = fwAD.make_dual(x, torch.tensor(2.0))
        with hooks if hooked else contextlib.nullcontext():
            y = Exp.apply(d)
        (g,) = torch.autograd.grad(y, x)
        assert tangent(g).item() == 2 * g.item()
