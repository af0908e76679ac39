"""Forward mode: levels, duals, in-place changes and views, both modes together, memory."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente as torch
import gradiente.autograd.forward_ad as fwAD
from gradiente.graph import PLAIN, current
from gradiente.tensor import tangents

Tensor = torch.Tensor


def tangent(x: Tensor) -> Any:
    return fwAD.unpack_dual(x).tangent


def dual(values: list[float], t: list[float]) -> Tensor:
    return fwAD.make_dual(torch.tensor(values), torch.tensor(t))


# --- levels


def test_outside_a_level_nothing_is_left() -> None:
    with fwAD.dual_level():
        kept = dual([1.0], [2.0]) * 3
    assert current() is PLAIN
    assert fwAD.unpack_dual(kept).tangent is None
    assert fwAD.unpack_dual(kept).primal is kept
    with fwAD.dual_level():
        assert tangent(kept) is None


def test_level_is_left_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), fwAD.dual_level():
        1 / 0  # noqa: B018
    assert current() is PLAIN


def test_nested_levels_are_refused_and_the_outer_one_stays() -> None:
    with fwAD.dual_level():
        x = dual([1.0], [2.0])
        with pytest.raises(RuntimeError, match="Nested forward mode AD is not supported at the moment"):
            fwAD.enter_dual_level()
        assert tangent(x * 2).tolist() == [4.0]


def test_level_decorates() -> None:
    @fwAD.dual_level()
    def slope() -> float:
        return tangent(dual([3.0], [1.0]) ** 2).item()

    assert slope() == 6.0


def test_level_belongs_to_its_task() -> None:
    async def inside(seen: list[Any]) -> None:
        with fwAD.dual_level():
            x = dual([1.0], [1.0])
            await asyncio.sleep(0)
            seen.append(tangent(x * 2).item())

    async def both() -> list[Any]:
        seen: list[Any] = []
        await asyncio.gather(inside(seen), inside(seen))
        return seen

    assert asyncio.run(both()) == [2.0, 2.0]


def test_inner_and_outer_levels_are_not_confused() -> None:
    """d/dx (x · d/dy (x + y)) = 1, not 2: the classical confusion of perturbations."""
    outer = tangents.enter()
    x = torch.tensor(3.0)
    x_dual = fwAD.make_dual(x, torch.tensor(1.0))
    inner = tangents.enter()
    y = fwAD.make_dual(torch.tensor(5.0), torch.tensor(1.0))
    slope = tangents.tangent_of(x_dual + y, inner)
    assert slope is not None
    tangents.leave(inner)
    out = x_dual * slope
    found = tangents.tangent_of(out, outer)
    tangents.leave(outer)
    assert found is not None
    assert found.item() == 1.0


def test_levels_inside_each_other_give_second_derivatives() -> None:
    outer = tangents.enter()
    x = fwAD.make_dual(torch.tensor(2.0), torch.tensor(1.0))
    inner = tangents.enter()
    y = fwAD.make_dual(x, torch.tensor(1.0), level=1).exp() ** 3
    slope = tangents.tangent_of(y, inner)
    assert slope is not None
    second = tangents.tangent_of(slope, outer)
    tangents.leave(inner)
    tangents.leave(outer)
    assert second is not None
    np.testing.assert_allclose(slope.item(), 3 * np.exp(6.0), rtol=1e-6)
    np.testing.assert_allclose(second.item(), 9 * np.exp(6.0), rtol=1e-6)


# --- modes


def test_no_grad_keeps_tangents_and_inference_drops_them() -> None:
    with fwAD.dual_level():
        x = dual([1.0], [2.0])
        with torch.no_grad():
            assert tangent(x * 2).tolist() == [4.0]
        with torch.inference_mode():
            assert not fwAD._is_fwd_grad_enabled()
            assert tangent(x * 2) is None
        assert tangent(x * 2).tolist() == [4.0]


def test_forward_mode_can_be_switched_off() -> None:
    with fwAD.dual_level():
        x = dual([1.0], [2.0])
        with fwAD._set_fwd_grad_enabled(False):
            assert tangent(x) is None
            y = x * 2
            made = fwAD.make_dual(torch.ones(2), torch.ones(2))
            view = made[1:]
            assert tangent(made) is None
            with pytest.raises(RuntimeError, match="different size than that of the original Tensor"):
                fwAD.make_dual(torch.ones(2), torch.ones(3))
        assert tangent(y) is None
        assert tangent(made).tolist() == [1.0, 1.0]  # kept, though it did not propagate
        assert tangent(view).tolist() == [1.0]
        with pytest.raises(RuntimeError, match="Invalid level given to _fw_primal"):
            fwAD.unpack_dual(x, level=1)
        with torch.inference_mode():
            made = fwAD.make_dual(torch.ones(2), torch.ones(3))
        assert tangent(made) is None
        assert tangent(x).tolist() == [2.0]

        @fwAD._set_fwd_grad_enabled(False)
        def off() -> Any:
            return tangent(x * 2)

        assert off() is None
        assert fwAD._is_fwd_grad_enabled()


# --- changes in place


def test_a_change_reaches_the_tangent_that_was_given() -> None:
    with fwAD.dual_level():
        x, t = torch.ones(3), torch.tensor([0.0, 1.0, 2.0])
        d = fwAD.make_dual(x, t)
        assert d.mul_(3) is d
        assert t.tolist() == [0.0, 3.0, 6.0]
        assert tangent(d) is t
        assert tangent(x) is None


def test_a_view_of_a_dual_shares_its_tangent() -> None:
    with fwAD.dual_level():
        d = dual([1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 2.0, 3.0])
        part, first = d[1:3], d.split(2)[0]
        part.mul_(2)
        assert tangent(d).tolist() == [0.0, 2.0, 4.0, 3.0]
        assert tangent(first).tolist() == [0.0, 2.0]
        d.add_(d)
        assert tangent(part).tolist() == [4.0, 8.0]


def test_a_dual_written_into_a_view_of_a_plain_tensor() -> None:
    with fwAD.dual_level():
        x = torch.ones(4)
        early, other = x[:2], x[1:3]
        early.copy_(dual([1.0, 1.0], [5.0, 7.0]))
        assert tangent(x).tolist() == [5.0, 7.0, 0.0, 0.0]
        assert tangent(other).tolist() == [7.0, 0.0]


def test_a_tensor_multiplied_in_place_by_itself() -> None:
    with fwAD.dual_level():
        d = dual([3.0], [1.0])
        assert tangent(d.mul_(d)).tolist() == [6.0]


def test_results_share_no_tangent() -> None:
    with fwAD.dual_level():
        d = dual([1.0, 2.0], [1.0, 1.0])
        y = d + 1
        y.mul_(10)
        assert tangent(d).tolist() == [1.0, 1.0]


def test_what_is_overwritten_has_the_tangent_zero() -> None:
    changes: list[Callable[[Tensor], Any]] = [
        lambda d: d.zero_(),
        lambda d: d.fill_(2),
        lambda d: d.copy_(torch.ones(2)),
        lambda d: d.normal_(),
        lambda d: d.__setitem__(slice(None), 3.0),
    ]
    with fwAD.dual_level():
        for change in changes:
            d = dual([1.0, 2.0], [1.0, 1.0])
            change(d)
            assert tangent(d).tolist() == [0.0, 0.0]


def test_a_refused_change_changes_nothing() -> None:
    with fwAD.dual_level():
        t = torch.ones(2, requires_grad=True)
        d = fwAD.make_dual(torch.ones(2), t)
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
            d.mul_(2)
        assert d.tolist() == [1.0, 1.0]


def test_a_tangent_lies_in_memory_as_its_tensor() -> None:
    with fwAD.dual_level():
        x, t = torch.ones(3, 2).t(), torch.arange(6.0).reshape(2, 3)
        d = fwAD.make_dual(x, t)
        assert tangent(d).stride() == x.stride()
        d.t().view(-1).mul_(2)
        assert tangent(d).tolist() == [[0.0, 2.0, 4.0], [6.0, 8.0, 10.0]]
        assert t.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_out_is_refused() -> None:
    with fwAD.dual_level():
        d = dual([1.0, 2.0], [1.0, 1.0])
        with pytest.raises(
            NotImplementedError, match="Trying to use forward AD with aten::zeros that does not support it"
        ):
            torch.zeros(2, out=d)


# --- with reverse mode


def test_backward_in_a_level_accumulates_tangents_from_the_second_time() -> None:
    """As in torch: the first gradient is stored without its tangent, later ones are added in place."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with fwAD.dual_level():
        for _ in range(2):
            (fwAD.make_dual(x, torch.ones(2)) ** 3).sum().backward()
        assert x.grad is not None
        assert x.grad.tolist() == [6.0, 24.0]
        assert tangent(x.grad).tolist() == [6.0, 12.0]
        assert not x.grad.requires_grad


def test_saved_tensor_hooks_keep_tangents() -> None:
    """Hooks see values only; what they give back has the tangents of what was saved, operand or result."""
    point = [1.0, 2.0]
    x = torch.tensor(point, requires_grad=True)
    hooks = torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().numpy(), torch.from_numpy)
    with fwAD.dual_level():
        with hooks:
            d = fwAD.make_dual(x, torch.ones(2))
            y = (d.sin() + d.exp() + fwAD.make_dual(torch.tensor(point), torch.ones(2)) * d).sum()
        (g,) = torch.autograd.grad(y, x)
        found = tangent(g)
    np.testing.assert_allclose(g.tolist(), np.cos(point) + np.exp(point) + point, rtol=1e-6)
    np.testing.assert_allclose(found.tolist(), np.exp(point) - np.sin(point) + 1, rtol=1e-6)


def test_no_cycle_survives_the_level() -> None:
    gc.disable()
    try:
        with fwAD.dual_level():
            x = torch.ones(3, requires_grad=True)
            y = fwAD.make_dual(x, torch.ones(3, requires_grad=True)).exp().softmax(0).cumprod(0)
            seen = weakref.ref(tangent(y))
        node = weakref.ref(y.grad_fn)
        del y
        assert seen() is None
        assert node() is None
    finally:
        gc.enable()
