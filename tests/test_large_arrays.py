"""Large arrays take other ways through NumPy than small ones: the values have to be the same."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import normalizing, numpy_adding, numpy_extras, numpy_large, numpy_ordering, numpy_pooling, pairs
from gradiente.arrays.numpy_fast import xp

HARD = [0.0, -0.0, math.inf, -math.inf, math.nan, 1e-40, -1e-40, 1.0, -1.0, 3e38]


def hard(rng: np.random.Generator, size: int, dtype: str) -> np.ndarray:
    """Random numbers, with special ones among them."""
    x = rng.standard_normal(size).astype(dtype)
    x[: 10 * len(HARD)] = np.repeat(np.array(HARD, np.float64), 10).astype(dtype)
    return x


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_choice_by_bits(dtype, rng):
    with np.errstate(over="ignore"):
        a, b = hard(rng, 9000, dtype), rng.permutation(hard(rng, 9000, dtype))
    mask = rng.random(9000) < 0.5
    for one, other in ((a, b), (a, 0), (0, b), (a, 0.1), (-2, b), (a, math.nan), (a, -math.inf)):
        found, expected = numpy_large.where(mask, one, other), np.where(mask, one, other)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found.view(f"i{found.itemsize}"), expected.view(f"i{found.itemsize}"))


def test_choice_of_other_shapes_and_types_is_numpys(rng):
    a, mask = rng.standard_normal((100, 100)), rng.random((100, 1)) < 0.5
    np.testing.assert_array_equal(xp.where(mask, a, 1), np.where(mask, a, 1))
    np.testing.assert_array_equal(xp.where(a > 0, a, a[0]), np.where(a > 0, a, a[0]))
    assert xp.where(a > 0, a.astype("f4"), a).dtype == np.float64
    assert xp.where(a > 0, 1, 2).dtype == np.int64


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logaddexp(dtype, rng):
    a, b = 30 * hard(rng, 2000, dtype) if dtype == "float64" else hard(rng, 2000, dtype), hard(rng, 2000, dtype)
    b = rng.permutation(b)
    a[-20:-10], b[-20:-10] = math.inf, math.inf
    a[-10:], b[-10:] = -math.inf, -math.inf
    with np.errstate(all="ignore"):
        found, expected = numpy_large.logaddexp(a, b), np.logaddexp(a, b)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=4 * np.finfo(dtype).eps, atol=np.finfo(dtype).eps)


def test_erf_of_float32_to_two_units(rng):
    x = np.concatenate([np.linspace(-6, 6, 200001), np.logspace(-38, 0, 5000), [0.0, -0.0, math.inf, -math.inf]])
    x = x.astype(np.float32)
    found, exact = numpy_large.erf(x).astype(np.float64), np.array([math.erf(v) for v in x.tolist()])
    assert np.max(np.abs(found - exact) / np.maximum(np.abs(exact), 1e-300)) < 2.5 * np.finfo(np.float32).eps
    assert np.isnan(numpy_large.erf(np.full(300, np.nan, np.float32))).all()
    assert np.signbit(numpy_large.erf(x)[-3])


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
def test_topk_has_the_places_of_the_sorted(dtype, axis, largest, rng):
    x = torch.from_numpy(rng.permuted(np.arange(200 * 200).reshape(200, 200), axis=axis).astype(dtype))
    found = x.topk(7, axis, largest)
    order = x.argsort(axis, descending=largest, stable=True)
    assert torch.equal(found.indices, order.narrow(axis, 0, 7))
    assert torch.equal(found.values, x.gather(axis, found.indices))


@pytest.mark.parametrize("special", [1.0, math.nan, -math.inf])
def test_equal_elements_and_nan_keep_the_stable_order(special, rng):
    array = rng.standard_normal((3, 100))
    array[1, ::7] = special
    x = torch.from_numpy(array)
    order = x.argsort(1, stable=True)
    for k in (1, 5, 50):
        assert torch.equal(x.kthvalue(k, 1).indices, order[:, k - 1])
        assert torch.equal(x.topk(k, 1, False).indices, order[:, :k])
        assert torch.equal(x.topk(k, 1).indices, x.argsort(1, descending=True, stable=True)[:, :k])
    assert torch.equal(x[::2].median(1).indices, order[::2, 49])


@pytest.mark.parametrize("function", [np.add, np.multiply, np.maximum])
@pytest.mark.parametrize("shape", [(5, 200), (3, 40, 150), (2, 3), (0, 200), (1, 300)])
def test_running_results(function, shape, rng):
    x = rng.standard_normal(shape)
    for axis in range(len(shape)):
        found = numpy_ordering.accumulate(function, x, axis)
        np.testing.assert_array_equal(found, function.accumulate(x, axis=axis))
    turned = np.asfortranarray(x)
    np.testing.assert_array_equal(numpy_ordering.accumulate(function, turned, 0), function.accumulate(x, axis=0))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_picking_along_an_axis_and_its_adjoint(axis, rng):
    x = rng.standard_normal((8, 9, 10))
    shape = tuple(6 if k == axis else n - 1 for k, n in enumerate(x.shape))
    places = rng.integers(-x.shape[axis], x.shape[axis], shape)
    part = x[tuple(slice(n) if k != axis else slice(None) for k, n in enumerate(shape))]
    expected = np.take_along_axis(part, places, axis=axis)
    np.testing.assert_array_equal(numpy_extras.gather_along_axis(x, places, axis), expected)
    g = rng.standard_normal(shape)
    back = numpy_extras.scatter_along_axis(g, places, axis, x.shape)
    assert np.sum(back * x) == pytest.approx(np.sum(g * expected))


@pytest.mark.parametrize("count", [400, 2000])
@pytest.mark.parametrize("width", [1, 3, 64, 65])
def test_added_rows(width, count, rng):
    rows, values = rng.integers(-50, 50, count), rng.standard_normal((count, width))
    rows = np.sort(rows % 50) if width == 3 else rows
    out, expected = np.zeros((50, width)), np.zeros((50, width))
    numpy_extras.add_at(out, rows, values)
    np.add.at(expected, rows, values)
    np.testing.assert_allclose(out, expected, atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 20, 30), (40, 50), (2, 2, 20, 30)])
def test_open_meshes(shape, rng):
    x = rng.standard_normal(shape)
    rows, columns = rng.integers(-shape[-2], shape[-2], 37), rng.integers(-shape[-1], shape[-1], 45)
    index = (*(slice(None),) * (len(shape) - 2), rows[:, None], columns)
    np.testing.assert_array_equal(numpy_extras.pick(x, index), x[index])
    g = rng.standard_normal(x[index].shape)
    found, expected = np.zeros(shape), np.zeros(shape)
    numpy_extras.add_at(found, index, g)
    np.add.at(expected, index, g)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    numpy_extras.add_at(found, index, 1.0)
    np.add.at(expected, index, 1.0)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    crossed = (*(slice(None),) * (len(shape) - 2), rows, columns[:37])
    np.testing.assert_array_equal(numpy_extras.pick(x, crossed), x[crossed])


def test_what_is_added_to_shared_elements_stays() -> None:
    """Rows that lie in the same memory: adding to one adds to all."""
    base = np.ones(3)
    out = np.lib.stride_tricks.as_strided(base, (2, 3), (0, 8))
    numpy_extras.add_at(out, np.array([0]), np.ones(3))
    np.testing.assert_array_equal(base, [2.0, 2.0, 2.0])


_FAULTS = """
import resource
import gradiente as torch

def step():
    x.grad = None
    (torch.tanh(x) * x + torch.exp(-x * x)).sum().backward()

x = torch.ones(1_000_000, requires_grad=True)
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(4):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what other C libraries do with freed memory is theirs")
def test_large_arrays_get_memory_that_is_there():
    # Without Note [Freed memory is kept] there were 5,800 page faults in each step. The environment is emptied because
    # a user's thresholds hold.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run([sys.executable, "-c", _FAULTS], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 4 * 300, f"{done.stdout} page faults in four steps"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "axis"), [((700, 500), (1,)), ((20, 30, 25, 31), (2, 3)), ((3, 500, 17, 20), (3,))])
def test_standard_units_in_blocks(shape, axis, dtype, rng):
    x, t = (rng.standard_normal(shape).astype(dtype) * 3 + 1 for _ in range(2))
    features = shape[axis[0] :]
    b, c = (rng.standard_normal(features).astype(dtype) for _ in range(2))
    close = {"rtol": 2e-5 if dtype == "float32" else 1e-12, "atol": 2e-5 if dtype == "float32" else 1e-12}
    wide, tangent = x.astype(np.float64), t.astype(np.float64)
    units, _ = normalizing.units(wide, axis, 1e-5, np)
    slope = normalizing.units_slope(tangent, wide, axis, 1e-5, np)
    for turned in (x, np.asfortranarray(x)):
        np.testing.assert_allclose(normalizing.standardize(turned, axis, 1e-5), units, **close)
        np.testing.assert_allclose(normalizing.standardize_slope(t, turned, axis, 1e-5), slope, **close)
        for one, other in ((b, c), (None, c), (b, None)):
            found = normalizing.normalization(turned, one, other, axis, 1e-5, None, features)
            expected = units * (1 if one is None else one) + (0 if other is None else other)
            np.testing.assert_allclose(found, expected, **close)
            assert found.dtype == dtype


@pytest.mark.parametrize("width", [3, 16, 17, 100])
def test_rows_that_are_named_many_times(width, rng):
    rows, values = rng.integers(0, 7, 900), rng.standard_normal((900, width)).astype(np.float32)
    expected = np.zeros((9, width))
    np.add.at(expected, rows, values)
    for order in (np.arange(900), np.argsort(rows)):
        out = np.zeros((9, width), np.float32)
        numpy_adding.add_at(out, rows[order], values[order])
        np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("shape", [(3, 40, 5), (40, 7, 90), (2, 50, 100)])
def test_slices_that_a_vector_names_along_any_axis(shape, axis, rng):
    places = rng.integers(-shape[axis], shape[axis], 70)
    values = rng.standard_normal((*shape[:axis], 70, *shape[axis + 1 :]))
    index = (*(slice(None),) * axis, places)
    expected = np.ones(shape)
    np.add.at(expected, index, values)
    for out in (np.ones(shape), np.ones(shape[::-1]).T):
        numpy_adding.add_at(out, index, values)
        np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("axis", [0, 1])
def test_sums_along_an_axis_at_one_vector_for_all_or_at_places_of_each(axis, rng):
    vector = rng.integers(0, 40, 60).reshape((60, 1) if axis == 0 else (1, 60))
    repeated = np.broadcast_to(vector, (60, 30) if axis == 0 else (30, 60))
    for indices in (repeated, repeated.copy(), rng.integers(-40, 40, repeated.shape)):
        g = rng.standard_normal(indices.shape)
        expected = np.zeros((40, 40))
        np.add.at(expected, numpy_extras.along_axis(indices, axis), g)
        found = numpy_extras.scatter_along_axis(g, indices, axis, (40, 40))
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
        picked = numpy_extras.gather_along_axis(expected, indices, axis)
        np.testing.assert_array_equal(picked, expected[numpy_extras.along_axis(indices, axis)])


MESHES = {
    "reflected": [2, 1, *range(20), 18, 17],
    "repeated": [*[0] * 5, *range(20), *[19] * 7],
    "around": [*range(15, 20), *range(20), 0, 1],
    "each twice": np.repeat(np.arange(20), 2).tolist(),
    "backwards": [*range(19, -1, -1)],
    "from the end": [-1, -2, *range(20)],
    "one": [3],
    "very often": [4] * 30,
}


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("name", [*MESHES, "random"])
def test_sums_at_a_mesh(name, axis, rng):
    rows = rng.integers(0, 20, 50) if name == "random" else np.array(MESHES[name])
    columns = rng.integers(0, 20, 25)
    mesh = (rows[:, None], columns) if axis == 1 else (columns[:, None], rows)
    values = rng.standard_normal((10, *np.broadcast_shapes(*[part.shape for part in mesh])))
    expected = np.zeros((10, 20, 20))
    np.add.at(expected, (slice(None), *mesh), values)
    out = np.zeros((10, 20, 20))
    numpy_adding.add_at(out, (slice(None), *mesh), values)
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("shape", "axis", "features"),
    [
        ((900, 300), (1,), (300,)),
        ((30, 6, 4, 250), (2, 3), (6, 4, 1)),  # groups of channels
        ((7, 3, 11, 300), (3,), (3, 11, 1)),
        ((3, 65537), (1,), (65537,)),  # a prime: no part of the row has few elements
        ((40, 10, 50), (1, 2), (10, 50)),
        ((900, 300), (0,), (300,)),
        ((30, 20, 15, 16), (0, 2, 3), (20, 1, 1)),
        ((500, 5, 6), (0,), (5, 6)),
    ],
)
@pytest.mark.parametrize("mean", [0.5, 30.0])  # variances come from mean squares where that is exact enough
def test_derivatives_of_standard_units_with_weights(shape, axis, features, mean, dtype, rng):
    x, t = (rng.standard_normal(shape).astype(dtype) + k for k in (mean, 2))
    if mean > 1 and axis[0]:
        x[::2] -= 30
    weight = rng.standard_normal(features).astype(dtype)
    wide, tangent = x.astype(np.float64), t.astype(np.float64)
    tolerance = 1e-5 * (2 + mean) if dtype == "float32" else 1e-12 * (1 + mean)
    close = {"rtol": tolerance, "atol": tolerance}
    lead = len(shape) - len(features)
    axes = (*range(lead), *[k + lead for k, n in enumerate(features) if n == 1])
    units = normalizing.units(wide, axis, 1e-5, np)[0]
    slope = normalizing.units_slope(tangent, wide, axis, 1e-5, np, weight.astype(np.float64))
    products = np.sum(tangent * units, axis=axes, keepdims=True)
    spread = np.broadcast_to(t[:1], shape)  # as a sum's cotangent is
    of_spread = np.sum(spread * units, axis=axes, keepdims=True)
    groups = None if features[-1] > 1 or len(shape) < 4 or shape[1:3] != features[:2] else shape
    for turned in (x, np.asfortranarray(x)):
        if groups is not None or axes == axis or features == shape[axis[0] :]:
            arguments = (axis, 1e-5, groups, features if groups is None else (math.prod(features), 1))
            found = normalizing.normalization(turned, weight.reshape(-1), weight.reshape(-1), *arguments)
            np.testing.assert_allclose(found, units * weight + weight, **close)
        np.testing.assert_allclose(normalizing.standardize_slope(t, turned, axis, 1e-5, weight), slope, **close)
        size = np.sum(np.abs(tangent * units), axis=axes, keepdims=True)
        found = normalizing.units_product_sums(t, turned, axis, 1e-5, axes)
        np.testing.assert_allclose(found / size, products / size, **close)
        found = normalizing.units_product_sums(spread, turned, axis, 1e-5, axes)
        np.testing.assert_allclose(found / size, of_spread / size, **close)
        assert found.dtype == dtype


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", ["spread", "near", "far away", "many alike", "infinite"])
@pytest.mark.parametrize("n", [12, 40])
def test_distances_of_pairs(case, dtype, n, rng):
    x = rng.standard_normal((n, 6)).astype(dtype)
    if case == "near":
        x[3], x[10] = x[7], x[11] * (1 + 8 * np.finfo(dtype).eps)
    elif case == "far away":
        x += 1000
    elif case == "many alike":
        x[5:] = x[5]
    elif case == "infinite":
        x[2, 3] = math.inf
    wide, g = x.astype(np.float64), rng.standard_normal(n * (n - 1) // 2).astype(dtype)
    d = pairs.differences(wide, numpy_extras)
    with np.errstate(invalid="ignore"):
        expected = np.sqrt(np.sum(d * d, axis=1))
        found = numpy_extras.pair_distances(x)
        np.testing.assert_allclose(found, expected, rtol=8 * np.finfo(dtype).eps)
        slopes = pairs.slopes(g.astype(np.float64), wide, expected, np, numpy_extras)
        tolerance = 100 * np.finfo(dtype).eps
        np.testing.assert_allclose(numpy_extras.pair_slopes(g, x, found), slopes, rtol=tolerance, atol=tolerance)
    assert found.dtype == dtype
    assert found[np.flatnonzero(expected == 0)].tolist() == [0] * int(np.sum(expected == 0))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_distances_of_few_rows(n):
    x = torch.ones(n, 3, requires_grad=True)
    out = torch.nn.functional.pdist(x)
    assert out.shape == (n * (n - 1) // 2,)
    out.sum().backward()
    assert x.grad.tolist() == [[0.0] * 3] * n


@pytest.mark.parametrize(
    "subscripts", ["ni,oij,nj->no", "ij,jk,kl->il", "ij,jk,kl->", "abi,bcj,acij->abc", "i,j,k->kji", "ij,kj,j,lk->il"]
)
def test_contractions_of_many_operands(subscripts, rng):
    sizes = dict(zip("abcijklno", (3, 4, 5, 6, 7, 8, 9, 2, 10), strict=True))
    operands = [rng.standard_normal([sizes[c] for c in term]) for term in subscripts.partition("->")[0].split(",")]
    expected = np.einsum(subscripts, *operands)
    np.testing.assert_allclose(numpy_extras.einsum(subscripts, *operands), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("axis", [0, 1])
def test_extremes_at_places_along_an_axis(axis, largest, rng):
    x, c, indices = rng.standard_normal((50, 50)), rng.standard_normal((40, 50)), rng.integers(0, 50, (40, 50))
    expected = x.copy()
    (np.maximum if largest else np.minimum).at(expected, numpy_extras.along_axis(indices, axis), c)
    for turned in (x, np.asfortranarray(x)):
        found = numpy_extras.scatter_extreme(turned, indices, c, axis, largest, True)
        np.testing.assert_array_equal(found, expected)


def test_sums_at_pairs_of_places(rng):
    first, second = rng.integers(-50, 50, 3000), rng.integers(-60, 60, 3000)
    values, expected = rng.standard_normal(3000), np.zeros((50, 60))
    np.add.at(expected, (first, second), values)
    for out in (np.zeros((50, 60)), np.zeros((60, 50)).T):
        numpy_adding.add_at(out, (first, second), values)
        np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("count", [(1, 1), (7, 5), (3, 12)])
def test_means_of_parts_of_an_image_and_their_adjoint(count, rng):
    x = torch.from_numpy(rng.standard_normal((3, 2, 12, 12))).requires_grad_()
    g = torch.from_numpy(rng.standard_normal((3, 2, *count)))
    out = torch.nn.functional.adaptive_avg_pool2d(x, count)
    out.backward(g)
    starts = [[i * 12 // m for i in range(m)] for m in count]
    ends = [[-(-(i + 1) * 12 // m) for i in range(m)] for m in count]
    expected, slope = np.zeros((3, 2, *count)), np.zeros((3, 2, 12, 12))
    for i, (top, bottom) in enumerate(zip(starts[0], ends[0], strict=True)):
        for j, (left, right) in enumerate(zip(starts[1], ends[1], strict=True)):
            part = (..., slice(top, bottom), slice(left, right))
            expected[..., i, j] = x.detach().numpy()[part].mean(axis=(-2, -1))
            slope[part] += g.numpy()[..., i : i + 1, j : j + 1] / ((bottom - top) * (right - left))
    np.testing.assert_allclose(out.detach().numpy(), expected, rtol=1e-12)
    np.testing.assert_allclose(x.grad.numpy(), slope, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("shape", [(0,), (), (7, 3), (300, 300)])
def test_hubers_loss(shape, reduction, rng):
    a, b = (2 * rng.standard_normal(shape) for _ in range(2))
    d = np.abs(a - b)
    loss = np.where(d < 0.7, d * d / 2, 0.7 * (d - 0.35))
    with np.errstate(invalid="ignore"):
        expected = loss if reduction == "none" else loss.sum() / (loss.size or math.nan if reduction == "mean" else 1)
    for one, other in ((a, b), (a.T, b.T)):
        found = numpy_large.huber_loss(one, other, reduction, 0.7)
        np.testing.assert_allclose(found.T if reduction == "none" and one is not a else found, expected, rtol=1e-12)
        found = numpy_large.smooth_l1_loss(one, other, "sum", 0.7)
        np.testing.assert_allclose(found, loss.sum() / 0.7, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("bins", "low", "high"), [(1, 0, 0), (7, -1, 2), (100, 0, 0), (999, 0.1, 0.7)])
def test_histograms_of_many_points_on_and_beside_the_edges(bins, low, high, dtype, rng):
    x = rng.standard_normal(5000).astype(dtype)
    first, last = (x.min(), x.max()) if low == high else (low, high)
    edges = np.linspace(first, last, bins + 1).astype(dtype)
    x[:3000] = rng.choice(
        np.concatenate([edges, *(np.nextafter(edges, edges.dtype.type(9 * k)) for k in (-1, 1))]), 3000
    )
    x[-1] = math.nan if low != high else x[-1]
    lower, upper = (float(x.min()), float(x.max())) if low == high else (low, high)
    edges = np.linspace(lower, upper, bins + 1).astype(dtype)
    kept = x[(x >= edges[0]) & (x <= edges[-1])]
    places = np.minimum(np.searchsorted(edges, kept, side="right") - 1, bins - 1)
    found = torch.histc(torch.from_numpy(x), bins, low, high)
    assert found.tolist() == np.bincount(places, minlength=bins).tolist()


@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min", "prod"])
def test_segments_of_long_rows(reduce, rng):
    x = torch.from_numpy(rng.standard_normal((60, 90))).requires_grad_()
    sizes = [10, 0, 25, 24, 1]
    out = torch.segment_reduce(x, reduce, lengths=torch.tensor(sizes), initial=1.0)
    start = 0
    for row, size in zip(out.detach().numpy(), sizes, strict=True):
        part = np.concatenate([np.ones((1, 90)), x.detach().numpy()[start : start + size]])
        expected = part.sum(axis=0) / max(size, 1) if reduce == "mean" else getattr(part, reduce)(axis=0)
        np.testing.assert_allclose(row, expected, rtol=1e-10, atol=1e-12)
        start += size
    if reduce == "sum":
        out.sum().backward()
        assert (x.grad == 1).all()


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("size", [7, 20, 40])
def test_resampling_and_its_adjoint(axis, size, rng):
    places = np.clip(np.linspace(-1, 20, size)[:, None].astype(int) + np.arange(2), 0, 19)
    taps = numpy_pooling.Taps(places, rng.standard_normal((size, 2)))
    matrix = np.zeros((size, 20))
    for k in range(2):
        np.add.at(matrix, (np.arange(size), places[:, k]), taps.weights[:, k])
    x, letters = rng.standard_normal((15, 20, 20)), ("ij,njm->nim", "ij,nmj->nmi")[axis - 1]
    g = np.einsum(letters, matrix, x)
    np.testing.assert_allclose(numpy_extras.blend(x, taps, axis), g, rtol=1e-12, atol=1e-12)
    slope = np.einsum(letters, matrix.T, g)
    np.testing.assert_allclose(numpy_extras.unblend(g, taps, axis, 20), slope, rtol=1e-12, atol=1e-12)
