"""Small arrays take shorter ways than large ones: the values have to be the same."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import (
    normalizing,
    numpy_adding,
    numpy_along,
    numpy_columns,
    numpy_extras,
    numpy_pooling,
    numpy_windows,
)
from gradiente.arrays.normalizing_few import Few
from gradiente.arrays.numpy_fast import FORMS, xp
from gradiente.arrays.numpy_windows import Grid
from gradiente.nn.functional._resampling import cubic, linear, smooth
from gradiente.nn.utils import clip_grad
from gradiente.ops import ranges
from gradiente.ops.gathering import within
from gradiente.rules import table

F = torch.nn.functional


@pytest.mark.parametrize(
    "grid",
    [
        Grid((2, 2), (2, 2), (0, 0), (0, 0), (1, 1)),
        Grid((3, 2), (1, 2), (1, 1), (1, 0), (1, 1)),
        Grid((2, 3), (2, 1), (1, 1), (1, 1), (2, 1)),
        Grid((4, 4), (4, 4), (2, 2), (2, 2), (1, 1)),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
def test_windows_of_small_images_have_the_maxima_of_large_ones(grid, dtype, rng, monkeypatch):
    images = [rng.integers(0, 4, (2, 3, 8, 9)).astype(dtype)]  # many are equal
    if dtype.startswith("float"):
        images.append(np.full((2, 8, 9), -np.inf, dtype))
        images.append(images[0].copy())
        images[-1][0, 1, 2:4] = np.nan
    for x in images:
        found = numpy_pooling.argmax_windows(x, grid)
        with monkeypatch.context() as patched:
            patched.setattr(numpy_pooling, "_small_argmax", lambda *_: None)
            expected = numpy_pooling.argmax_windows(x, grid)
        assert found.dtype == expected.dtype == np.int64
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "complex64"])
@pytest.mark.parametrize("size", [(2, 3), (4, 1)])
@pytest.mark.parametrize("shape", [(2, 8, 9), (8, 9), (0, 8, 9)])
def test_windows_side_by_side(dtype, size, shape, rng, monkeypatch):
    grid = Grid(size, size, (0, 0), (0, 0), (1, 1))
    x = rng.integers(-9, 9, shape).astype(dtype)[..., ::-1, :]
    sums = numpy_pooling.sum_windows(x, grid)
    spread = numpy_pooling.spread_windows(sums[..., ::-1], shape, grid)
    monkeypatch.setattr(numpy_pooling, "tiles_of", lambda *_: None)
    for found, wanted in (
        (sums, numpy_pooling.sum_windows(x, grid)),
        (spread, numpy_pooling.spread_windows(sums[..., ::-1], shape, grid)),
    ):
        np.testing.assert_array_equal(found, wanted)
        assert found.dtype == wanted.dtype == dtype
        assert found.flags.c_contiguous


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64"])
@pytest.mark.parametrize("layout", ["dense", "transposed", "gaps"])
def test_few_values_are_added_as_many_are(dtype, layout, rng, monkeypatch):
    places, numbers = rng.integers(-4, 4, (5, 3)), rng.standard_normal((5, 3, 6)) * 8
    make = {
        "dense": lambda: np.zeros((4, 6), dtype),
        "transposed": lambda: np.zeros((6, 4), dtype).T,
        "gaps": lambda: np.zeros((8, 6), dtype)[::-2],
    }[layout]
    for index, values in [
        (places, numbers),
        ((places[:, :1], np.arange(6)), numbers[:, 0]),
        ((slice(1, 3), places[0]), numbers[0, :2, :3]),
        ((..., places[0]), numbers[0, :1, :3]),
        (places[0], numbers[0, 0]),
    ]:
        found, wanted = make(), make()
        numpy_adding.add_at(found, index, values.astype(dtype))
        with monkeypatch.context() as patched:
            patched.setattr(numpy_adding, "_MANY", 0)
            numpy_adding.add_at(wanted, index, values.astype(dtype))
        np.testing.assert_allclose(found, wanted, rtol=1e-2 if dtype == "float16" else 1e-5, atol=1e-4)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_single_places_along_an_axis(axis, rng):
    g = rng.standard_normal((3, 4, 5))
    places = rng.integers(0, 9, [1 if k == axis else n - 1 for k, n in enumerate(g.shape)])
    shape = [9 if k == axis else n for k, n in enumerate(g.shape)]
    found = numpy_along.scatter_along_axis(g, places, axis, tuple(shape))
    wanted = np.zeros(shape)
    part = g[tuple([slice(n) for n in places.shape])]
    np.put_along_axis(
        wanted[tuple([slice(9 if k == axis else n) for k, n in enumerate(places.shape)])], places, part, axis
    )
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("make", [linear, cubic, lambda n, m, *rest: smooth(n, m, *rest, "bicubic")])
def test_resampling_as_one_product(make, axis, rng, monkeypatch):
    x = rng.standard_normal((5, 6, 7))
    taps = make(x.shape[axis], 9, None, False)
    found = numpy_pooling.blend(x, taps, axis)
    g = rng.standard_normal(found.shape)
    back = numpy_pooling.unblend(g, taps, axis, x.shape[axis])
    broken = x.copy()
    broken[2, 3, 4] = np.inf
    with np.errstate(invalid="ignore"):
        hurt = numpy_pooling.blend(broken, taps, axis)
        monkeypatch.setattr(numpy_pooling, "_product", lambda *_: None)
        np.testing.assert_array_equal(hurt, numpy_pooling.blend(broken, taps, axis))
    assert np.isfinite(hurt).sum() > 0.8 * hurt.size
    np.testing.assert_allclose(found, numpy_pooling.blend(x, taps, axis), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(back, numpy_pooling.unblend(g, taps, axis, x.shape[axis]), rtol=1e-13, atol=1e-13)
    assert np.sum(back * x) == pytest.approx(np.sum(g * found))


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (0, 3)])
def test_rolled_and_stacked(shape, rng):
    x = rng.standard_normal(shape)
    for axis in (None, *range(-len(shape), len(shape))):
        for shift in (0, 1, -2, 7):
            np.testing.assert_array_equal(xp.roll(x, shift, axis=axis), np.roll(x, shift, axis=axis))
            given = x if axis is None else np.moveaxis(x, 0, axis)
            assert not np.shares_memory(xp.roll(given, shift, axis=axis), given)
    axes = tuple(range(len(shape)))
    np.testing.assert_array_equal(xp.roll(x, (2,) * len(axes), axis=axes), np.roll(x, (2,) * len(axes), axis=axes))
    for axis in range(-len(shape) - 1, len(shape) + 1):
        np.testing.assert_array_equal(xp.stack((x, -x, x), axis=axis), np.stack((x, -x, x), axis=axis))
    with pytest.raises(ValueError, match="same shape"):
        xp.stack((x, x[None]))


@pytest.mark.parametrize("shape", [(3, 4), (2, 5, 5), (0, 3), (1, 1), (40, 40)])
@pytest.mark.parametrize("k", [-2, -1, 0, 1, 3])
def test_triangles(shape, k, rng):
    for x in (rng.standard_normal(shape), rng.integers(0, 9, shape), rng.random(shape) < 0.5):
        for name in ("tril", "triu"):
            found, expected = getattr(xp, name)(x, k=k), getattr(np, name)(x, k)
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, expected)


WHOLE = [-(2**63), 2**63 - 1, -3, -1, 0, 1, 2, 3]


@pytest.mark.parametrize("function", ["add", "sub", "rsub", "mul", "eq", "ne", "lt", "le", "gt", "ge"])
def test_whole_numbers_as_in_the_general_form(function):
    x = torch.tensor(WHOLE)
    call = getattr(torch, function)
    small = x.to(torch.int32)  # takes the general form
    for other in (x.flip(0), x[:, None], x[3], 3, -1, 0, *(() if "sub" in function else (True,))):
        found = call(x, other)
        assert found.dtype == (torch.int64 if function in ("add", "sub", "rsub", "mul") else torch.bool)
        a, b = x.numpy(), other.numpy() if isinstance(other, torch.Tensor) else int(other)
        expected = {"rsub": lambda a, b: b - a, "sub": np.subtract, "mul": np.multiply, "add": np.add}.get(
            function, {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal}.get(function)
        ) or {"gt": np.greater, "ge": np.greater_equal}[function]
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(found.numpy(), expected(a, b))
        if not isinstance(other, torch.Tensor):
            assert torch.equal(call(small, other)[2:], found[2:].to(call(small, other).dtype))
    with pytest.raises(RuntimeError, match="must match the size of tensor b"):
        call(x, x[:3])
    assert call(x, 0.5).dtype == (torch.float32 if function in ("add", "sub", "rsub", "mul") else torch.bool)


@pytest.mark.parametrize("divisor", [1, 3, 2**63 - 1, -1, -3, True, 2.0])
def test_quotients_of_whole_numbers(divisor):
    x = torch.tensor(WHOLE[1:])
    expected = [v // divisor for v in WHOLE[1:]], [v % divisor for v in WHOLE[1:]]
    for found, values in zip((x // divisor, x % divisor), expected, strict=True):
        assert found.dtype == (torch.float32 if divisor.__class__ is float else torch.int64)
        if divisor.__class__ is not float:
            assert found.tolist() == values
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        x // 0


def test_truth_values_as_in_the_general_form():
    m = torch.tensor([False, False, True, True])
    n = torch.tensor([False, True, False, True])
    assert (m & n).tolist() == [False, False, False, True]
    assert (m | n).tolist() == [False, True, True, True]
    assert (m ^ n).tolist() == (m != n).tolist() == [False, True, True, False]
    assert (m == n).dtype == (m & True).dtype == torch.bool
    with pytest.raises(RuntimeError, match="Subtraction, the `-` operator, with two bool tensors is not supported"):
        m - n
    assert torch.equal(m, m.clone())
    assert not torch.equal(m, n)
    assert not torch.equal(m, m[:3])


@pytest.mark.parametrize("shape", [(6, 4), (3, 4, 5), (300, 4, 5)])
def test_running_statistics_of_batches_of_any_size(shape, rng):
    x = torch.from_numpy(rng.standard_normal(shape) + 3)
    mean, var = torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    F.batch_norm(x, mean, var, training=True, momentum=0.25)
    axis = tuple(k for k in range(len(shape)) if k != 1)
    np.testing.assert_allclose(mean.numpy(), 0.25 * x.numpy().mean(axis), rtol=1e-12)
    np.testing.assert_allclose(var.numpy(), 0.75 + 0.25 * x.numpy().var(axis, ddof=1), rtol=1e-12)
    assert mean._version == 1


def test_statistics_that_may_not_be_written_to_are_refused():
    fixed = np.zeros(3, np.float32)
    fixed.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable"):
        mean = torch.from_numpy(fixed)
    with pytest.raises(RuntimeError, match="the tensor's memory is read-only"):
        F.batch_norm(torch.ones(2, 3), mean, torch.ones(3), training=True)
    assert not fixed.any()


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.kthvalue(2).indices,
        lambda x: x.median(0).indices,
        lambda x: x.nanmedian(0).indices,
        lambda x: x.mode(0).indices,
        lambda x: x.max(0).indices,
        lambda x: torch.bernoulli(x[0] * 0 + 0.5),
    ],
)
def test_single_numbers_are_arrays_of_no_dimensions(call):
    found = call(torch.tensor([1.0, 2.0, 2.0, 1.0]))
    assert found.shape == ()
    assert isinstance(found._array, np.ndarray)
    assert "meta" not in repr(found)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("shape", "axis"), [((5, 7), (1,)), ((5, 7), (0,)), ((2, 3, 4), (1, 2)), ((2, 3, 4), (0, 1, 2)), ((6,), (0,))]
)
def test_standard_units_of_few_numbers(shape, axis, dtype, rng, monkeypatch):
    x, t = (rng.standard_normal(shape).astype(dtype) * 3 + 1 for _ in "xt")
    broken = x.copy()
    broken.reshape(-1)[3] = np.nan
    given = [(x, t), (broken, t), (np.asfortranarray(x), t[..., ::-1]), (x * 0, t)]
    assert Few.of(x, axis, 1e-5, t) is not None
    found = [
        (normalizing.standardize(x, axis, 1e-5), normalizing.standardize_slope(t, x, axis, 1e-5)) for x, t in given
    ]
    monkeypatch.setattr(Few, "of", lambda *_: None)
    for (x, t), (units, slope) in zip(given, found, strict=True):
        tolerance = 1e-5 if dtype == "float32" else 1e-13
        np.testing.assert_allclose(units, normalizing.standardize(x, axis, 1e-5), rtol=tolerance, atol=tolerance)
        wanted = normalizing.standardize_slope(t, x, axis, 1e-5)
        np.testing.assert_allclose(
            slope, wanted, rtol=tolerance, atol=tolerance * 100 * np.abs(np.nan_to_num(wanted)).max()
        )
        assert units.dtype == slope.dtype == dtype


@pytest.mark.parametrize("name", ["argsort", "pick", "scatter_add"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_short_forms_along_an_axis(name, axis, rng):
    x = rng.integers(0, 4, (3, 4, 5)).astype(float)  # many are equal
    x[1, 2, 1:3] = np.nan
    one = [n for k, n in enumerate(x.shape) if k != axis]
    calls = {
        "argsort": [((x[::-1],), {"axis": axis, "descending": flag}) for flag in (False, True)],
        "pick": [
            ((x, rng.integers(0, 3, one)), {"axis": axis, "keepdims": False}),
            (
                (x, rng.integers(0, 3, [2 if k == axis else n for k, n in enumerate(x.shape)])),
                {"axis": axis, "keepdims": True},
            ),
            ((rng.standard_normal((30, 30, 3)), rng.integers(0, 3, (30, 30))), {"axis": 2, "keepdims": False}),
        ],
        "scatter_add": [((x, rng.integers(0, 3, (2, 2, 2)), rng.standard_normal((2, 3, 4))), {"axis": axis})],
    }[name]
    for operands, static in calls:
        wanted = table[name].run(np, numpy_extras, operands, static)
        np.testing.assert_allclose(FORMS[name](*operands, **static), wanted, rtol=1e-14)
        assert FORMS[name](*operands, **static).dtype == wanted.dtype


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_integers_within_bounds(dtype):
    assert within(np.array([[0, 2], [1, 2]], dtype)[:, ::-1], 3)
    assert not within(np.array([0, 3], dtype), 3)
    assert not within(np.array([2, -1], dtype), 3)
    assert within(np.zeros(0, dtype), 0)
    assert within(np.array(0, dtype), 1)


@pytest.mark.parametrize("layout", ["dense", "transposed", "expanded"])
def test_copies_that_are_added_to(layout, rng):
    """scatter_add and index_add are what their in-place methods make of a clone, also in memory."""
    x = torch.from_numpy(rng.standard_normal((4, 4)))
    x = {"dense": x, "transposed": x.T, "expanded": x[:, :1].expand(4, 4)}[layout]
    c, rows = torch.from_numpy(rng.standard_normal((4, 4))), torch.tensor([1, 1, 0, 3])
    index = rows[:, None].expand(4, 4)
    for found, wanted in (
        (x.scatter_add(0, index, c), x.clone().scatter_add_(0, index, c)),
        (x.index_add(0, rows, c, alpha=2), x.clone().index_add_(0, rows, c, alpha=2)),
    ):
        torch.testing.assert_close(found, wanted, rtol=0, atol=0)
        assert found.stride() == wanted.stride()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 101])
@pytest.mark.parametrize(
    "ends", [(0, 1), (-1.5, 7), (3, 3), (5, -2.25), (1e30, -1e38), (float("inf"), 0), (0.1, 2**60)]
)
def test_few_numbers_in_equal_steps(n, ends, monkeypatch):
    found = torch.linspace(*ends, n).numpy()
    monkeypatch.setattr(ranges, "_FEW", 0)
    np.testing.assert_array_equal(found, torch.linspace(*ends, n).numpy())
    assert found.dtype == np.float32


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scale", [0.01, 1.0, float("inf"), float("nan")])
def test_gradients_of_few_numbers_are_clipped_as_those_of_many(dtype, scale, rng, monkeypatch):
    given = [rng.standard_normal(shape).astype(dtype) * scale for shape in ((3, 4), (), (5,))]

    def clipped():
        parameters = [torch.zeros(g.shape, dtype=getattr(torch, dtype)) for g in given]
        for p, g in zip(parameters, given, strict=True):
            p.grad = torch.tensor(g)
        total = torch.nn.utils.clip_grad_norm_(parameters, 0.5)
        return [total.numpy(), *[p.grad.numpy() for p in parameters]]

    found = clipped()
    monkeypatch.setattr(clip_grad, "_euclidean", lambda *_: None)
    for a, b in zip(found, clipped(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6 if dtype == "float32" else 1e-14)
        assert a.dtype == b.dtype == dtype


def test_copies_where_memory_is_shared():
    x = torch.arange(6.0)
    with pytest.raises(RuntimeError, match="single memory location"):
        x[1:].copy_(x[:-1])
    x[:3].copy_(x[3:])
    assert x.tolist() == [3, 4, 5, 3, 4, 5]
    x.copy_(x)
    w, version = torch.zeros(6, requires_grad=True), x._version
    with torch.no_grad():
        w.copy_(x)
    assert w.tolist() == x.tolist()
    assert (w._version, x._version) == (1, version)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        w.copy_(x)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        w[:2].copy_(x[:2])


def test_types_that_met_before_are_refused_again():
    ones, flags, whole = torch.ones(2), torch.tensor([True, False]), torch.tensor([1, 2])
    for _ in range(2):
        assert (whole * ones).dtype == (ones * flags).dtype == torch.float32
        assert (torch.tensor(2.0, dtype=torch.float64) * ones).dtype == torch.float32
        assert (torch.tensor(2.0, dtype=torch.float64) * whole).dtype == torch.float64
        assert (whole < ones).dtype == torch.bool
        with pytest.raises(RuntimeError, match="bool tensor is not supported"):
            ones - flags
        with pytest.raises(NotImplementedError):
            whole & ones


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "int64"])
@pytest.mark.parametrize("shape", [(2, 3, 7, 6), (2, 7, 6), (1, 0, 3, 7, 6)])
@pytest.mark.parametrize(
    "grid",
    [
        Grid((3, 2), (1, 1), (0, 0), (0, 0), (1, 1)),
        Grid((1, 1), (1, 1), (0, 0), (0, 0), (1, 1)),
        Grid((2, 2), (2, 3), (1, 0), (1, 0), (2, 1)),
    ],
)
def test_windows_as_columns(grid, shape, dtype, rng, monkeypatch):
    x = rng.integers(-9, 9, shape).astype(dtype)[..., ::-1]
    found = numpy_columns.unfold_image(x, grid)
    counts, padded = grid.counts(shape[-2:]), numpy_windows.pad(x, grid)
    columns = found.reshape(*shape[:-2], *grid.size, *counts)
    for place, part in grid.offsets(counts):
        np.testing.assert_array_equal(columns[(..., *place, slice(None), slice(None))], padded[(..., *part)])
    assert not np.may_share_memory(found, x)
    g = rng.integers(-9, 9, found.shape).astype(dtype)
    back = numpy_columns.fold_image(g, shape, grid)
    assert np.sum(back * x) == np.sum(g * found)
    monkeypatch.setattr(numpy_columns, "_FEW", 0)
    np.testing.assert_array_equal(back, numpy_columns.fold_image(g, shape, grid))
    assert found.dtype == back.dtype == dtype


@pytest.mark.parametrize("count", [4, 2000])
@pytest.mark.parametrize("axis", [0, 1])
def test_vector_products_of_few_and_many(count, axis, rng):
    a, b, g = (np.moveaxis(rng.standard_normal((count, 3)), 1, axis) for _ in "abg")
    x, y = (torch.from_numpy(v.copy()).requires_grad_() for v in (a, b))
    out = torch.linalg.cross(x, y, dim=axis)
    np.testing.assert_allclose(out.detach().numpy(), np.cross(a, b, axis=axis), rtol=1e-12, atol=1e-14)
    found = torch.autograd.grad(out, (x, y), torch.from_numpy(g.copy()))
    for slope, wanted in zip(found, (np.cross(b, g, axis=axis), np.cross(g, a, axis=axis)), strict=True):
        np.testing.assert_allclose(slope.numpy(), wanted, rtol=1e-12, atol=1e-14)
