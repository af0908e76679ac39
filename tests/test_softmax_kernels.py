"""softmax and logsumexp of NumPy arrays: with and without a shift the values are the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradiente.arrays import numpy_softmax
from gradiente.rules.reductions import logsumexp as table_logsumexp

LOGITS = {
    "usual": lambda x: x * 3,
    "high": lambda x: x + 200,
    "just too high": lambda x: x + 59,
    "low": lambda x: x - 30,
    "very low": lambda x: x - 500,
    "far apart": lambda x: x * 40,
    "a low row": lambda x: np.where(np.arange(len(x))[:, None, None] == 1, x - 80, x),
    "masked": lambda x: np.where(x > 0.3, -math.inf, x),
    "a row masked": lambda x: np.where(np.arange(len(x))[:, None, None] == 1, -math.inf, x),
    "infinite": lambda x: np.where(np.arange(len(x))[:, None, None] == 1, math.inf, x),
    "nan": lambda x: np.where(x > 2, math.nan, x),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("axis", [0, 2])
@pytest.mark.parametrize("logits", list(LOGITS))
def test_softmax_without_a_shift_where_there_need_be_none(logits, axis, dtype, rng):
    x = LOGITS[logits](rng.standard_normal((9, 40, 50)).astype(dtype)).astype(dtype)
    wide = x.astype(np.longdouble)
    with np.errstate(all="ignore"):
        terms = np.exp(wide - wide.max(axis, keepdims=True))
        expected = terms / terms.sum(axis, keepdims=True)
        top = wide.max(axis, keepdims=True)
        top[~np.isfinite(top)] = 0
        total = np.log(np.exp(wide - top).sum(axis, keepdims=True)) + top
        found = numpy_softmax.softmax(x, axis)
        log_sum = numpy_softmax.logsumexp(x, axis, True)
        np.testing.assert_array_equal(numpy_softmax.logsumexp(x, (axis,), False), log_sum.squeeze(axis))
    eps = np.finfo(dtype).eps
    tiny = np.finfo(dtype).tiny
    distance = 4 if logits != "far apart" else 150  # |x - max| units, from the difference in this type
    np.testing.assert_allclose(found, expected, rtol=distance * eps, atol=tiny)
    np.testing.assert_allclose(log_sum, total, rtol=3 * eps, atol=4 * eps)
    assert found.dtype == log_sum.dtype == dtype


@pytest.mark.parametrize("shape", [(), (0, 3), (3, 0), (4, 5), (70, 80)])
def test_logsumexp_is_that_of_the_table(shape, rng):
    forward = table_logsumexp.forward
    for x in (rng.standard_normal(shape), rng.standard_normal(shape) + 1j * rng.standard_normal(shape)):
        for axis in (None, *range(len(shape)), tuple(range(len(shape)))):
            for keepdims in (False, True):
                with np.errstate(divide="ignore"):
                    expected = forward(x, axis, keepdims, np)
                    found = numpy_softmax.logsumexp(x, axis, keepdims)
                assert found.shape == np.shape(expected)
                np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "axis"), [((3, 4), 0), ((3, 4), 1), ((1100, 1000), 1), ((1100, 1000), 0)])
def test_slopes_are_the_formulas(shape, axis, dtype, rng):
    g, out = (
        rng.standard_normal(shape).astype(dtype),
        numpy_softmax.softmax(rng.standard_normal(shape).astype(dtype), axis),
    )
    close = {"rtol": 1e-4 if dtype == "float32" else 1e-12, "atol": 20 * np.finfo(dtype).eps}
    for cotangent in (g, g.T.copy().T, np.broadcast_to(g[:1, :1], shape)):
        for fast, formula, value in (
            (numpy_softmax.softmax_slope, numpy_softmax.slope_of_softmax, out),
            (numpy_softmax.log_softmax_slope, numpy_softmax.slope_of_log_softmax, np.log(out)),
        ):
            before = cotangent.copy(), value.copy()
            found = fast(cotangent, value, axis)
            np.testing.assert_allclose(found, formula(cotangent, value, axis, np), **close)
            assert found.dtype == dtype
            np.testing.assert_array_equal(before[0], cotangent)
            np.testing.assert_array_equal(before[1], value)
