"""Where a derivative does not exist, or the textbook formula gives NaN: ties, kinks, 0⁰, infinities; torch's choice.

The table is what PyTorch 2.13 answers. Each case is tested in both modes, which must choose alike.
"""

from __future__ import annotations

from math import inf, log, nan
from typing import Any

import numpy as np
import pytest

from gradiente.rules import table
from gradiente.tensor.core import wrap
from gradiente.tensor.dispatch import bind

from .harness import Call

T3 = 1 / 3
ALL = {"axis": None, "keepdims": False}

# (primitive, static parameters, operands, gradients of the sum of the results)
KINKS: list[tuple[str, dict[str, Any], list[list[float]], list[list[float]]]] = [
    ("abs", {}, [[0.0, -0.0, -2.0]], [[0, 0, -1]]),
    ("sign", {}, [[0.0]], [[0]]),
    ("angle", {}, [[0.0, -1.0]], [[0, 0]]),
    ("sqrt", {}, [[0.0]], [[inf]]),
    ("rsqrt", {}, [[0.0]], [[-inf]]),
    ("log", {}, [[0.0]], [[inf]]),
    ("asin", {}, [[1.0]], [[inf]]),
    ("acosh", {}, [[1.0]], [[inf]]),
    # powers: 0⁰ is constant in both operands
    ("power_scalar", {"exponent": 0}, [[0.0, 2.0, nan]], [[0, 0, 0]]),
    ("power_scalar", {"exponent": 1}, [[0.0]], [[1]]),
    ("power_scalar", {"exponent": 2}, [[0.0]], [[0]]),
    ("power_scalar", {"exponent": 0.5}, [[0.0]], [[inf]]),
    ("power_base", {"base": 0.0}, [[0.0, 2.0, -1.0]], [[0, 0, -inf]]),
    ("power_base", {"base": 2.0}, [[0.0]], [[log(2)]]),
    (
        "pow",
        {},
        [[0.0, 0.0, 0.0, 2.0, -2.0], [0.0, 2.0, 1.0, 0.0, 0.0]],
        [[0, 0, 1, 0, 0], [0, 0, 0, log(2), nan]],
    ),
    ("xlogy", {}, [[0.0, 0.0, 2.0], [0.0, 2.0, 0.0]], [[0, log(2), -inf], [nan, 0, inf]]),
    ("atan2", {}, [[0.0], [0.0]], [[0], [0]]),
    ("hypot", {}, [[0.0], [0.0]], [[nan], [nan]]),
    ("logaddexp", {}, [[-inf, 1.0, inf], [0.0, 1.0, 1.0]], [[0, 0.5, 1], [1, 0.5, 0]]),
    ("remainder", {}, [[4.0], [2.0]], [[1], [-2]]),
    # choices: ties are shared by maximum, go to the first in fmax and clamp
    ("maximum", {}, [[1.0, 0.0], [1.0, -0.0]], [[0.5, 0.5], [0.5, 0.5]]),
    ("minimum", {}, [[1.0, 0.0], [1.0, -0.0]], [[0.5, 0.5], [0.5, 0.5]]),
    ("fmax", {}, [[1.0, nan, 2.0], [1.0, 2.0, nan]], [[1, 0, 1], [0, 1, 0]]),
    ("fmin", {}, [[1.0, nan, 2.0], [1.0, 2.0, nan]], [[1, 0, 1], [0, 1, 0]]),
    ("clamp", {"min": -1.0, "max": 1.0}, [[-1.0, 1.0, 0.0, 2.0]], [[1, 1, 1, 0]]),
    ("clamp_min", {}, [[1.0], [1.0]], [[1], [0]]),
    ("clamp_tensors", {}, [[1.0, 1.0], [1.0, 0.0], [2.0, 1.0]], [[1, 1], [0, 0], [0, 0]]),
    ("copysign", {}, [[0.0, -0.0, 1.0], [1.0, 1.0, 0.0]], [[0, 0, 1], [0, 0, 0]]),
    ("nan_to_num", {"nan": 0.0, "posinf": 1.0, "neginf": -1.0}, [[nan, inf, -inf, 1.0]], [[0, 0, 0, 1]]),
    ("nextafter", {}, [[1.0], [2.0]], [[1], [0]]),
    # special functions: poles, ends of their domains, 0·log 0
    ("sinc", {"order": 0}, [[0.0]], [[0]]),
    ("bessel_i", {"order": 0}, [[0.0]], [[0]]),
    ("bessel_i", {"order": 1}, [[0.0]], [[0.5]]),
    ("scaled_bessel_i", {"order": 0}, [[0.0]], [[0]]),
    ("scaled_bessel_i", {"order": 1}, [[0.0]], [[0.5]]),
    ("entr", {}, [[0.0, 1.0]], [[inf, -1]]),
    ("xlog1py", {}, [[0.0, 0.0, 2.0], [-1.0, 1.0, -1.0]], [[0, log(2), -inf], [nan, 0, inf]]),
    ("erfinv", {}, [[1.0, 0.0, 2.0]], [[inf, np.sqrt(np.pi) / 2, nan]]),
    ("ndtri", {}, [[0.0, 1.0, 0.5]], [[inf, inf, np.sqrt(2 * np.pi)]]),
    ("lgamma", {}, [[0.0, -1.0]], [[-inf, nan]]),
    ("digamma", {}, [[0.0]], [[inf]]),
    ("polygamma", {"n": 2}, [[0.0]], [[inf]]),
    ("logit", {"eps": None}, [[0.0, 0.5, 1.0]], [[inf, 4, inf]]),
    # activations
    ("relu", {}, [[0.0, -0.0, inf]], [[0, 0, 1]]),
    ("leaky_relu", {"slope": 0.1}, [[0.0]], [[0.1]]),
    ("elu", {"alpha": 1.5}, [[0.0]], [[1.5]]),
    ("selu", {}, [[0.0]], [[1.7580993408473766]]),
    ("celu", {"alpha": 1.5}, [[0.0]], [[1]]),
    ("softplus", {"beta": 1.0, "threshold": 20.0}, [[20.0, 1000.0, -1000.0]], [[1 / (1 + np.exp(-20)), 1, 0]]),
    ("log_sigmoid", {}, [[0.0, 1000.0, -1000.0]], [[0.5, 0, 1]]),
    ("hardtanh", {"low": -1.0, "high": 1.0}, [[-1.0, 1.0, 0.0]], [[0, 0, 1]]),
    ("hardsigmoid", {}, [[-3.0, 3.0]], [[0, 0]]),
    ("hardswish", {}, [[-3.0, 3.0]], [[0, 1]]),
    ("hardshrink", {"lambd": 0.5}, [[-0.5, 0.5]], [[0, 0]]),
    ("softshrink", {"lambd": 0.5}, [[-0.5, 0.5]], [[0, 0]]),
    ("threshold", {"threshold": 1.0, "value": 7.0}, [[1.0]], [[0]]),
    # reductions
    ("max", ALL, [[1.0, 3.0, 3.0]], [[0, 0.5, 0.5]]),
    ("min", ALL, [[1.0, 1.0, 3.0, 1.0]], [[T3, T3, 0, T3]]),
    ("median", ALL, [[1.0, 2.0, 2.0, 2.0, 3.0]], [[0, T3, T3, T3, 0]]),
    ("nanmedian", ALL, [[nan, 2.0, 2.0, 1.0]], [[0, 0.5, 0.5, 0]]),
    ("logcumsumexp", {"axis": 0}, [[-inf, 0.0, 0.0]], [[0, 1.5, 0.5]]),
    ("prod", ALL, [[0.0, 2.0, 3.0]], [[6, 0, 0]]),
    ("prod", ALL, [[0.0, 0.0, 3.0]], [[0, 0, 0]]),
    ("cumulative_prod", {"axis": 0}, [[2.0, 0.0, 3.0]], [[1, 8, 0]]),
    ("nansum", ALL, [[nan, 1.0]], [[0, 1]]),
    ("logsumexp", ALL, [[-inf, 0.0, 0.0]], [[0, 0.5, 0.5]]),
    ("vector_norm", {"ord": 2, **ALL}, [[0.0, 0.0]], [[0, 0]]),
    ("vector_norm", {"ord": 1, **ALL}, [[0.0, -2.0]], [[0, -1]]),
    ("vector_norm", {"ord": 3, **ALL}, [[0.0, 0.0]], [[0, 0]]),
    ("vector_norm", {"ord": 3, **ALL}, [[0.0, 2.0]], [[0, 1]]),
    ("vector_norm", {"ord": 1.5, **ALL}, [[0.0, 2.0]], [[0, 1]]),
    ("vector_norm", {"ord": 0.5, **ALL}, [[0.0, 2.0]], [[0, 1]]),
    ("vector_norm", {"ord": inf, **ALL}, [[2.0, -2.0, 1.0]], [[0.5, -0.5, 0]]),
    ("vector_norm", {"ord": inf, **ALL}, [[0.0, 0.0]], [[0, 0]]),
    ("std", {"correction": 0, **ALL}, [[2.0, 2.0]], [[0, 0]]),
    ("var", {"correction": 0, **ALL}, [[2.0, 2.0]], [[0, 0]]),
    ("softmax", {"axis": 0}, [[1000.0, -1000.0]], [[0, 0]]),
    # losses
    ("huber_loss", {"reduction": "sum", "delta": 1.0}, [[1.0, -1.0], [0.0, 0.0]], [[1, -1], [-1, 1]]),
    ("smooth_l1_loss", {"reduction": "sum", "beta": 1.0}, [[1.0, -1.0], [0.0, 0.0]], [[1, -1], [-1, 1]]),
]


@pytest.mark.parametrize(
    ("name", "static", "operands", "wanted"), KINKS, ids=[f"{i}-{case[0]}" for i, case in enumerate(KINKS)]
)
def test_kink(name: str, static: dict[str, Any], operands: list[list[float]], wanted: list[list[float]]) -> None:
    call = Call(table[name], tuple(np.array(x) for x in operands), static)
    leaves = [wrap(x.copy()).requires_grad_() for x in call.operands]
    out = bind(table[name])(*leaves, **static)
    out.backward(wrap(np.ones_like(out._array)))
    for i, (leaf, gradient) in enumerate(zip(leaves, wanted, strict=True)):
        np.testing.assert_allclose(call.pull(i, np.ones_like(call.out)), gradient, rtol=1e-12, err_msg="the rule")
        assert leaf.grad is not None
        np.testing.assert_allclose(leaf.grad._array, gradient, rtol=1e-12, err_msg="the engine")
        columns = [call.push_one(i, column) for column in np.eye(leaf._array.size)]
        sums = [np.sum(np.nan_to_num(column, nan=0.0, posinf=1e300, neginf=-1e300)) for column in columns]
        expected = np.nan_to_num(np.array(gradient, dtype=float), nan=0.0, posinf=1e300, neginf=-1e300)
        finite = np.abs(expected) < 1e300
        np.testing.assert_allclose(np.array(sums)[finite], expected[finite], rtol=1e-12, err_msg="forward mode")


def test_masks_stop_infinities() -> None:
    """0 · ∞ is NaN, so a mask chooses and never multiplies."""
    condition = np.array([True, False])
    call = Call(table["where"], (condition, np.array([inf, 1.0]), np.array([nan, 2.0])), {})
    assert call.pull(1, np.array([3.0, inf])).tolist() == [3.0, 0.0]
    assert call.pull(2, np.array([inf, 5.0])).tolist() == [0.0, 5.0]
    relu = Call(table["relu"], (np.array([-1.0, 1.0]),), {})
    assert relu.pull(0, np.array([inf, 2.0])).tolist() == [0.0, 2.0]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("abs_complex", [0, 0.6 + 0.8j]), ("sgn", [0, 0.128 - 0.096j]), ("angle_complex", [0, -0.16 + 0.12j])],
)
def test_complex_zero(name: str, wanted: list[complex]) -> None:
    call = Call(table[name], (np.array([0j, 3 + 4j]),), {})
    np.testing.assert_allclose(call.pull(0, np.ones_like(call.out)), wanted, rtol=1e-12)
    assert np.all(np.isfinite(call.push_one(0, np.array([1j, 1.0]))))
