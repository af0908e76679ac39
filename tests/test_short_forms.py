"""The short forms of operations record what the general ones do, and numbers of no dimensions what arrays do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.ops import matrix_products
from gradiente.ops.matrix_products import _dot, _mm, _mv, _vecmat

SHAPES = {"matmul": ((2, 3), (3, 4)), "mv": ((2, 3), (3,)), "dot": ((3,), (3,)), "vecmat": ((3,), (3, 4))}
PRODUCTS: dict[str, Any] = {"matmul": _mm, "mv": _mv, "dot": _dot, "vecmat": _vecmat}
TRACKED = [(True, True), (True, False), (False, True), (False, False)]


def operands(name: str, tracked: tuple[bool, bool], rng: np.random.Generator, dtype: Any = "float32") -> list[Any]:
    return [
        torch.from_numpy(rng.standard_normal(shape).astype(dtype)).requires_grad_(t)
        for shape, t in zip(SHAPES[name], tracked, strict=True)
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("tracked", TRACKED)
@pytest.mark.parametrize("name", PRODUCTS)
def test_products(name: str, tracked: tuple[bool, bool], dtype: str, rng: np.random.Generator) -> None:
    short, general = PRODUCTS[name], PRODUCTS[name].general
    a, b = operands(name, tracked, rng, dtype)
    ours, expected = short(a, b), general(a, b)
    torch.testing.assert_close(ours, expected)
    assert ours.shape == expected.shape
    assert (ours.grad_fn is None) == (expected.grad_fn is None) == (not any(tracked))
    if not any(tracked):
        return
    assert type(ours.grad_fn).__name__ == type(expected.grad_fn).__name__
    assert [f is None for f, _ in ours.grad_fn.next_functions] == [
        f is None for f, _ in expected.grad_fn.next_functions
    ]
    inputs = [x for x in (a, b) if x.requires_grad]
    g = torch.from_numpy(rng.standard_normal(ours.shape).astype(dtype)).requires_grad_()
    for create_graph in (False, True):
        found = torch.autograd.grad(short(a, b), inputs, g, create_graph=create_graph)
        wanted = torch.autograd.grad(general(a, b), inputs, g, create_graph=create_graph)
        for x, y, operand in zip(found, wanted, inputs, strict=True):
            torch.testing.assert_close(x, y)
            assert x.shape == operand.shape
    second = torch.autograd.grad(sum((x * x).sum() for x in found), [*inputs, g], allow_unused=True)
    wanted = torch.autograd.grad(sum((x * x).sum() for x in wanted), [*inputs, g], allow_unused=True)
    for x, y in zip(second, wanted, strict=True):
        torch.testing.assert_close(x, y)


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_keep_what_they_save(name: str, rng: np.random.Generator) -> None:
    a, b = operands(name, (True, True), rng)
    out = PRODUCTS[name](a, b)
    with torch.no_grad():
        b.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()
    out = PRODUCTS[name](a, b).sum()
    out.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        out.backward()


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_refuse_to_save_inference_tensors(name: str, rng: np.random.Generator) -> None:
    for i in range(2):
        with torch.inference_mode():
            pair = operands(name, (False, False), rng)
        made = pair[i]
        pair[1 - i] = pair[1 - i].clone().requires_grad_()
        with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
            PRODUCTS[name](*pair)
        with torch.no_grad():
            assert PRODUCTS[name](*pair).grad_fn is None
        assert not made.requires_grad


def test_what_products_hand_to_the_general_form(rng: np.random.Generator) -> None:
    whole = torch.arange(6).view(2, 3)
    assert (whole @ whole.t()).tolist() == [[5, 14], [14, 50]]
    z = torch.tensor([[1j, 2.0]], requires_grad=True)
    (z @ z.mH).real.sum().backward()
    assert z.grad.tolist() == [[2j, 4 + 0j]]
    batch = torch.vmap(lambda a, b: a @ b)(torch.ones(5, 2, 3), torch.ones(5, 3))
    assert batch.shape == (5, 2)
    endless = torch.tensor([[0.0, float("inf")]], requires_grad=True)  # no warning escapes
    (endless @ torch.tensor([[float("inf")], [0.0]])).backward()
    assert endless.grad.tolist() == [[float("inf"), 0.0]]
    with pytest.raises(RuntimeError, match="same dtype"):
        matrix_products.matmul(torch.ones(2, 2), torch.ones(2, 2, dtype=torch.float64))


NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "product": lambda x, y: x * y,
    "quotient": lambda x, y: x / y,
    "difference": lambda x, y: x - y * x,
    "power": lambda x, y: x**3 + y**-1.5 + x**2 + y**0.5,
    "power of both": lambda x, y: x**y,
    "constants": lambda x, y: (x * 3 + 2.5) / 7 + 2 / y - 3 * x * 1e-3,
    "exponentials": lambda x, y: torch.exp(x) * torch.log(y) + torch.sqrt(y * y + 1) + torch.log1p(x * x),
    "circular": lambda x, y: torch.sin(x) * torch.cos(y) + torch.tanh(x) / torch.atan(y) + torch.sigmoid(x - y),
    "choices": lambda x, y: (
        torch.maximum(x, y) * torch.relu(x) + torch.where(x > y, x * x, y * x) + x.abs() * y.clamp(0, 1)
    ),
    "activations": lambda x, y: torch.nn.functional.softplus(x) * torch.nn.functional.gelu(y) + torch.erf(x) * y,
    "atan2": lambda x, y: torch.atan2(x, y) + torch.hypot(x, y) + torch.logaddexp(x, y),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_have_the_gradients_of_arrays(name: str, dtype: Any) -> None:
    """Note [Numbers meet numbers]."""
    function, tolerance = NUMBERS[name], {torch.float32: 3e-7, torch.float64: 1e-15}[dtype]

    def results(shape: tuple[int, ...]) -> list[Any]:
        x = torch.full(shape, 0.7, dtype=dtype, requires_grad=True)
        y = torch.full(shape, 1.3, dtype=dtype, requires_grad=True)
        out = function(x, y)
        first = torch.autograd.grad(out * out, (x, y), torch.ones_like(out), retain_graph=True)
        taped = torch.autograd.grad(out * out, (x, y), torch.ones_like(out), create_graph=True)
        second = torch.autograd.grad(taped[0] * taped[1], (x, y), torch.ones_like(out), allow_unused=True)
        for g in (*first, *taped):
            assert g.dtype == dtype
            assert g.shape == shape
        return [None if g is None else g.reshape(()) for g in (out, *first, *taped, *second)]

    for number, array in zip(results(()), results((1,)), strict=True):
        assert (number is None) == (array is None)
        if number is not None:
            torch.testing.assert_close(number, array, rtol=tolerance, atol=tolerance)


def test_numbers_that_overflow() -> None:
    """Silently, although warnings are errors in the tests."""
    x = torch.tensor(3e38, requires_grad=True)
    (x * x * 1e30).backward()
    assert x.grad.item() == float("inf")
    y = torch.tensor(0.0, requires_grad=True)
    (1 / y / y).backward()
    assert not np.isfinite(y.grad.item())
    z = torch.tensor(1e38, requires_grad=True)
    (((z * 1e-38) ** 3) * z / 1e-7).backward()
    assert z.grad.item() == float("inf")


@pytest.mark.parametrize("slope", [0.01, 0.5, 1.0, 0.0, -0.2, 2.0])
@pytest.mark.parametrize("size", [1, 20_000])
def test_leaky_relu_for_every_slope(slope, size, rng):
    """Where 0 < slope ≤ 1 it is a maximum; the values are those of the choice, also for infinities and NaN."""
    x = rng.standard_normal((size, 7)).astype(np.float32)
    x[0] = [-np.inf, np.inf, np.nan, -0.0, 0.0, -3.0, 3.0]
    with np.errstate(invalid="ignore"):
        want = np.where(x > 0, x, x * np.float32(slope))
    found = torch.nn.functional.leaky_relu(torch.from_numpy(x), slope).numpy()
    assert np.array_equal(found, want, equal_nan=True)
    assert np.array_equal(np.signbit(found), np.signbit(want))


def test_silu_of_every_size(rng):
    """x / (1 + e^-x), in one buffer for arrays, as numbers for tensors of no dimensions."""
    x = 10 * rng.standard_normal(50)
    kept = x.copy()
    want = x / (1 + np.exp(-x))
    assert np.allclose(torch.nn.functional.silu(torch.from_numpy(x)).numpy(), want, rtol=1e-14)
    assert np.isclose(torch.nn.functional.silu(torch.tensor(x[0])).item(), want[0], rtol=1e-6)
    assert np.array_equal(x, kept)
