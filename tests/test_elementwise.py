"""Elementwise functions without torch at hand: in-place forms, what is saved, kinks, types, warnings."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import gradiente as torch
from gradiente.ops import activations

inf = float("inf")


def leaf(*values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def gradient(function, *inputs):
    return [g.tolist() for g in torch.autograd.grad(function(*inputs).sum(), inputs)]


@pytest.mark.parametrize("name", ["floor_divide", "heaviside", "remainder"])
def test_no_derivative_refuses_to_run_backwards(name):
    x = leaf(1.0, 2.0)
    y = {"floor_divide": x // 2, "heaviside": torch.heaviside(x, x), "remainder": 7 % x}[name]
    assert "grad_fn=<NotImplemented>" in repr(y)
    with pytest.raises(RuntimeError, match=f"derivative for aten::{name} is not implemented.*detach"):
        (y + x).sum().backward()
    assert x.grad is None


def test_augmented_assignment_changes_the_tensor_itself():
    x = torch.tensor([6.0, 8.0])
    kept = x
    x += 2
    x -= torch.tensor([1.0, 1.0])
    x *= 2
    x /= 7
    x **= 2
    assert kept is x
    np.testing.assert_allclose(x.numpy(), [4.0, (18 / 7) ** 2], rtol=1e-6)
    n = torch.tensor([13, 6])
    kept = n
    n //= 2
    n %= 4
    n <<= 3
    n >>= 1
    n |= 1
    n &= 9
    n ^= 3
    assert kept is n
    assert n.tolist() == [(((6 % 4) << 3 >> 1 | 1) & 9) ^ 3, (((3 % 4) << 3 >> 1 | 1) & 9) ^ 3]


def test_augmented_assignment_with_a_stranger():
    x = torch.ones(2)
    with pytest.raises(TypeError, match="unsupported operand type"):
        x += "a"
    assert x.tolist() == [1.0, 1.0]


def test_in_place_with_itself():
    x = torch.tensor([1.0, 2.0, 3.0])
    assert x.add_(x).tolist() == [2.0, 4.0, 6.0]
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        x.mul_(x[0])
    assert x.mul_(x[0].clone()).tolist() == [4.0, 8.0, 12.0]


# What torch does not save may change in place before backward: the function, how often it saves its input and result
NOT_SAVED = {
    "add": lambda x: x + 1,
    "sub": lambda x: 1 - x,
    "neg": lambda x: -x,
    "mul": lambda x: x * 3,
    "floor": torch.floor,
    "exp": torch.exp,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "sqrt": torch.sqrt,
    "reciprocal": torch.reciprocal,
    "relu": torch.relu,
    "remainder": lambda x: x % 2,
    "where": lambda x: torch.where(torch.tensor([True, False]), x, 0.0),
    "lerp": lambda x: torch.lerp(x, x, 0.5),
}
SAVED = {
    "pow": lambda x: x**3,
    "square": lambda x: x**2,
    "mul": lambda x: x * x,
    "sin": torch.sin,
    "log": torch.log,
    "abs": torch.abs,
    "clamp": lambda x: x.clamp(0, 1),
    "maximum": lambda x: torch.maximum(x, torch.ones(2, dtype=torch.float64)),
}


@pytest.mark.parametrize("name", NOT_SAVED)
def test_the_input_may_change_where_it_is_not_saved(name):
    first = leaf(0.3, 0.7)
    x = first * 1
    expected = gradient(lambda v: NOT_SAVED[name](v * 1), first)
    y = NOT_SAVED[name](x)
    x.add_(5)
    assert [g.tolist() for g in torch.autograd.grad(y.sum(), [first])] == expected


@pytest.mark.parametrize("name", SAVED)
def test_the_input_may_not_change_where_it_is_saved(name):
    x = leaf(0.3, 0.7) * 1
    y = SAVED[name](x)
    x.add_(5)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_results_that_are_saved_may_not_change():
    for function in (torch.exp, torch.sigmoid, torch.tanh, torch.sqrt, torch.relu):
        y = function(leaf(0.3, 0.7))
        y.mul_(2)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x.clone().zero_() + x, [1.0, 1.0]),
        (lambda x: x.clone().fill_(3) * x, [3.0, 3.0]),
        (lambda x: x.clone().fill_(x[0]), [2.0, 0.0]),
        (lambda x: x.clone().lt_(0.5) * x, [1.0, 0.0]),
        (lambda x: x.clone().add_(x, alpha=3), [4.0, 4.0]),
        (lambda x: x.clone().mul_(x), [0.6, 1.4]),
        (lambda x: x.clone().clamp_(max=0.5), [1.0, 0.0]),
    ],
)
def test_gradients_through_in_place_changes(function, expected):
    np.testing.assert_allclose(gradient(function, leaf(0.3, 0.7))[0], expected, rtol=1e-12)


# No NaN and no infinity may leak from the branch that was not taken, in the first and the second derivative.
SAFE = {
    "where": (lambda x: torch.where(x > 0, torch.log(torch.where(x > 0, x, 1.0)), 0.0), [0.0, 2.0]),
    "pow at 0": (lambda x: torch.pow(x, torch.tensor([2.0, 2.0], dtype=torch.float64)), [0.0, 2.0]),
    "0 to the x": (lambda x: 0.0**x, [1.0, 2.0]),
    "atan2 at 0": (lambda x: torch.atan2(x, x * 0), [0.0, 0.0]),
    "copysign": (lambda x: torch.copysign(x, -1.0), [0.0, 2.0]),
    "elu far out": (activations.elu, [-1000.0, 1000.0]),
    "selu far out": (torch.selu, [-1000.0, 1000.0]),
    "softplus far out": (activations.softplus, [-1000.0, 1000.0]),
    "logsigmoid far out": (activations.logsigmoid, [-1000.0, 1000.0]),
    "sigmoid far out": (torch.sigmoid, [-1000.0, 1000.0]),
    "mish far out": (activations.mish, [-1000.0, 1000.0]),
    "logaddexp far out": (lambda x: torch.logaddexp(x, -x), [-1000.0, 1000.0]),
    "xlogy at 0": (lambda x: torch.xlogy(x, 0.0), [0.0, 0.0]),
    "abs at 0": (torch.abs, [0.0, -0.0]),
}


@pytest.mark.parametrize("name", SAFE)
def test_no_nan_from_branches_not_taken(name):
    function, values = SAFE[name]
    x = leaf(*values)
    (first,) = torch.autograd.grad(function(x).sum(), [x], create_graph=True)
    assert torch.isfinite(first).all(), first
    if first.requires_grad:
        (second,) = torch.autograd.grad(first.sum(), [x], allow_unused=True)
        assert second is None or torch.isfinite(second).all(), second


def test_sgn_and_angle_at_zero():
    z = torch.tensor([0j, 3 + 4j], dtype=torch.complex128, requires_grad=True)
    for function in (torch.sgn, torch.angle, torch.abs):
        (g,) = torch.autograd.grad(torch.real(function(z)).sum(), [z])
        assert g[0].item() == 0, function


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.log(torch.tensor([0.0, -1.0])),
        lambda: torch.tensor([1.0]) / 0,
        lambda: torch.tensor([1, 2]) / 0,
        lambda: torch.exp(torch.tensor([1000.0])),
        lambda: torch.tensor([3e38]) * 10,
        lambda: torch.tensor([60000.0], dtype=torch.float16) * 1e10,
        lambda: torch.xlogy(torch.tensor([0.0]), torch.tensor([0.0])),
        lambda: torch.tensor([1e200], dtype=torch.float64).float(),
        lambda: torch.tensor([120], dtype=torch.int8) * 2,
        lambda: torch.tensor([inf]) - torch.tensor([inf]),
        lambda: torch.sqrt(leaf(0.0)).sum().backward(),
        lambda: torch.tensor([1.0]) // 0,
        lambda: torch.tensor([1.0]) % 0,
    ],
)
@pytest.mark.parametrize("setting", ["error", "always"])
def test_no_warning_escapes(call, setting):
    """Whether a program turns warnings into errors (where the operation is done again in silence) or not."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter(setting)
        if setting == "always":  # as `import gradiente` sets it, on top of whatever there is
            warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"gradiente\.")
        call()
    assert not seen


def test_importing_silences_numpys_floating_point_warnings():
    import subprocess
    import sys

    code = "import gradiente as t; t.log(t.zeros(1)); t.ones(1) / 0"
    done = subprocess.run([sys.executable, "-W", "default", "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_integers_wrap_around():
    byte = torch.tensor([200, 255], dtype=torch.uint8)
    assert (byte + 100).tolist() == [44, 99]
    assert (byte * 2).tolist() == [144, 254]
    assert (byte == -1).tolist() == [False, True]
    assert (torch.tensor([2**62]) * 4).tolist() == [0]
    assert (torch.tensor([-128], dtype=torch.int8).abs()).tolist() == [-128]


def test_numbers_and_0d_tensors_are_weak_within_their_category():
    half, whole = torch.ones(2, dtype=torch.float16), torch.ones(2, dtype=torch.int32)
    wide = torch.tensor(1.0, dtype=torch.float64)
    assert (half * 2.5).dtype is (half * wide).dtype is (half + 1).dtype is torch.float16
    assert (whole * 2.5).dtype is torch.float32
    assert (whole * wide).dtype is torch.float64
    assert (whole + torch.tensor(1)).dtype is torch.int32
    assert (torch.tensor([True]) + 1).dtype is torch.int64
    assert torch.sqrt(whole).dtype is torch.float32
    assert (wide + 1j).dtype is torch.complex128
    assert (torch.ones(2) + torch.tensor(1j, dtype=torch.complex128)).dtype is torch.complex64


def test_default_dtype_decides_for_integers():
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.sqrt(torch.tensor([2])).dtype is torch.float64
        assert (torch.tensor([1]) / 2).dtype is torch.float64
        assert (torch.tensor([1]) * 2.5).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_keywords_are_torchs():
    x = torch.tensor([1.0, 2.0])
    assert torch.sin(input=x).tolist() == x.sin().tolist()
    assert torch.add(input=x, other=x, alpha=2).tolist() == [3.0, 6.0]
    assert torch.mul(input=x, other=2).tolist() == [2.0, 4.0]
    assert torch.pow(input=x, exponent=2).tolist() == [1.0, 4.0]
    assert torch.maximum(input=x, other=x).tolist() == [1.0, 2.0]
    assert torch.clamp(input=x, min=1.5, max=3).tolist() == [1.5, 2.0]
    assert torch.where(condition=x > 1, input=x, other=0).tolist() == [0.0, 2.0]
    assert torch.lerp(input=x, end=x, weight=0.5).tolist() == [1.0, 2.0]
    assert torch.bitwise_and(input=x.long(), other=1).tolist() == [1, 0]


def test_numpy_numbers_count_as_numbers():
    x = torch.tensor([1.0, 2.0])
    for result in (x * np.float64(2), np.float64(2) * x, np.int64(2) * x, x * np.float32(2), np.float32(2) * x):
        assert isinstance(result, torch.Tensor)
        assert result.dtype is torch.float32
        assert result.tolist() == [2.0, 4.0]


def test_equality_with_strangers_is_identity():
    x = torch.tensor([1.0])
    assert (x == None) is False  # noqa: E711
    assert (x != "a") is True
    assert x in [x]


def test_where_with_one_argument():
    rows, columns = torch.where(torch.tensor([[0, 1], [2, 0]]))
    assert rows.tolist() == [0, 1]
    assert columns.tolist() == [1, 0]
    assert [i.tolist() for i in torch.where(torch.tensor(5))] == [[0]]


def test_where_warns_of_uint8_conditions():
    with pytest.warns(UserWarning, match="uint8 condition"):
        assert torch.where(torch.tensor([1, 0], dtype=torch.uint8), 1, 2).tolist() == [1, 2]


def test_real_and_imaginary_part_are_views():
    z = torch.tensor([1 + 2j, 3 + 4j])
    z.real.zero_()
    z.imag = torch.tensor([7.0, 8.0])
    assert z.tolist() == [7j, 8j]


def test_erf_against_the_standard_library():
    import math

    x = torch.linspace(-6, 6, 241, dtype=torch.float64)
    np.testing.assert_allclose(torch.erf(x).numpy(), [math.erf(v) for v in x.tolist()], rtol=4e-16, atol=0)
    # SciPy's erfc is less exact in the tail, where the exponential of -x² rounds
    np.testing.assert_allclose(torch.erfc(x).numpy(), [math.erfc(v) for v in x.tolist()], rtol=5e-15, atol=0)
    assert torch.erf(torch.tensor(0.5, dtype=torch.float16)).dtype is torch.float16


def test_without_scipy_erf_is_the_same(monkeypatch):
    import sys

    from gradiente.arrays import numpy_extras, numpy_special

    x = np.linspace(-3, 3, 31)
    with_scipy = numpy_extras.erf(x)
    monkeypatch.setitem(sys.modules, "scipy", None)
    numpy_special.scipy_function.cache_clear()
    numpy_special._either.cache_clear()
    try:
        np.testing.assert_allclose(numpy_extras.erf(x), with_scipy, rtol=4e-16)
    finally:
        numpy_special.scipy_function.cache_clear()
        numpy_special._either.cache_clear()


def test_in_place_forms_stand_at_the_top_level_too():
    x = torch.tensor([4.0, 9.0])
    assert torch.sqrt_(x) is x
    assert torch.clamp_(x, max=2.5).tolist() == [2.0, 2.5]
    assert torch.zero_(x).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", ["exp", "sin", "sqrt", "tanh", "sigmoid", "erf", "reciprocal", "logit"])
def test_bfloat16_is_computed_in_float32_and_rounded_once(name):
    pytest.importorskip("ml_dtypes")
    x = torch.tensor([0.25, 0.75], dtype=torch.bfloat16)
    found = getattr(torch, name)(x)
    assert found.dtype is torch.bfloat16
    assert found.tolist() == getattr(torch, name)(x.float()).bfloat16().tolist()
