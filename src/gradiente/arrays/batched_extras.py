"""The extras of the array vocabulary on batched arrays. Their meaning stands with those for NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import alignments, batched_indexing, batched_windows, normalizing, numpy_extras, pairs, recurrences, recurrent
from .batched import Array, Batched, elementwise, flat, full, levels_of, namespace, not_batchable, spread
from .batched_each import each_example
from .meta import META
from .numpy_softmax import slope_of_log_softmax, slope_of_softmax


def _of_matrices(name: str) -> Any:
    """A function of matrices, or of what belongs to each, in the last axes; all axes before them are a batch."""
    function = getattr(numpy_extras, name)
    count = {"solve": 2, "solve_triangular": 2, "row_distances": 2, "row_distance_slopes": 4}.get(name, 1)

    def call(*arguments: Any, **static: Any) -> Any:
        operands, rest = arguments[:count], arguments[count:]
        levels = levels_of(operands)
        if not levels:
            return function(*arguments, **static)
        ndim = max(x.ndim for x in operands)
        found = function(*[spread(x, levels, ndim) for x in operands], *rest, **static)
        return tuple([Batched(f, levels) for f in found]) if isinstance(found, tuple) else Batched(found, levels)

    return staticmethod(call)


def _along_axes(name: str) -> Any:
    """A function that works along some axes."""
    function = getattr(numpy_extras, name)

    def call(x: Any, axes: tuple[int, ...], *static: Any) -> Any:
        if x.__class__ is not Batched:
            return function(x, axes, *static)
        lead, ndim = len(x.levels), x.ndim
        return Batched(function(x.values, tuple([a % ndim + lead for a in axes]), *static), x.levels)

    return staticmethod(call)


_pinv = _of_matrices("pinv").__func__


class BatchedExtras:
    """The extras, for batched arrays and for plain ones, which are the same for all examples."""

    add_at: Any = None
    embed: Any = staticmethod(batched_indexing.embed)
    gather_along_axis: Any = staticmethod(batched_indexing.gather_along_axis)
    pick: Any = staticmethod(batched_indexing.pick)
    put_along_axis: Any = staticmethod(batched_indexing.put_along_axis)
    put_index: Any = staticmethod(batched_indexing.put_index)
    scatter_along_axis: Any = staticmethod(batched_indexing.scatter_along_axis)

    argmax_places: Any = staticmethod(batched_windows.argmax_places)
    argmax_windows: Any = staticmethod(batched_windows.argmax_windows)
    blend: Any = staticmethod(batched_windows.blend)
    unblend: Any = staticmethod(batched_windows.unblend)
    convolve: Any = staticmethod(batched_windows.convolve)
    convolve_input: Any = staticmethod(batched_windows.convolve_input)
    convolve_weight: Any = staticmethod(batched_windows.convolve_weight)
    fold_image: Any = staticmethod(batched_windows.fold_image)
    unfold_image: Any = staticmethod(batched_windows.unfold_image)
    put_places: Any = staticmethod(batched_windows.put_places)
    sample_points: Any = staticmethod(batched_windows.sample_points)
    spread_points: Any = staticmethod(batched_windows.spread_points)
    spread_windows: Any = staticmethod(batched_windows.spread_windows)
    sum_windows: Any = staticmethod(batched_windows.sum_windows)
    take_places: Any = staticmethod(batched_windows.take_places)
    weigh_points: Any = staticmethod(batched_windows.weigh_points)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(numpy_extras, name):
            raise AttributeError(f"the extras of batched arrays have no {name}")
        function = getattr(numpy_extras, name)
        if name in numpy_extras.SPECIAL:
            return lambda *operands, **static: elementwise(function, *operands, **static)

        def unknown(*operands: Any, **static: Any) -> Any:
            if levels_of(operands) or levels_of(static.values()):
                raise not_batchable(name)
            return function(*operands, **static)

        return unknown

    # -- linear algebra: NumPy's functions take batches of matrices ----------------------------------------------------

    cholesky: Any = _of_matrices("cholesky")
    cofactor: Any = _of_matrices("cofactor")
    det: Any = _of_matrices("det")
    eig: Any = _of_matrices("eig")
    eigh: Any = _of_matrices("eigh")
    svd: Any = _of_matrices("svd")
    qr: Any = _of_matrices("qr")
    inv: Any = _of_matrices("inv")
    matrix_exp: Any = _of_matrices("matrix_exp")
    slogdet: Any = _of_matrices("slogdet")
    lu_factor: Any = _of_matrices("lu_factor")
    solve: Any = _of_matrices("solve")
    solve_triangular: Any = _of_matrices("solve_triangular")
    need_phase: Any = _of_matrices("need_phase")
    row_distances: Any = _of_matrices("row_distances")
    row_distance_slopes: Any = _of_matrices("row_distance_slopes")
    permutation: Any = _of_matrices("permutation")
    fft_c2c: Any = _along_axes("fft_c2c")
    fft_r2c: Any = _along_axes("fft_r2c")
    fft_c2r: Any = _along_axes("fft_c2r")

    def pinv(self, x: Any, atol: Any = 0.0, rtol: Any = None, hermitian: bool = False) -> Any:
        levels = levels_of((atol, rtol))
        if levels and levels[0] == META:  # the shapes do not depend on what counts as zero
            return _pinv(x, 0.0, None, hermitian)
        if levels:
            return each_example(numpy_extras.pinv, x, atol, rtol, hermitian=hermitian)
        return _pinv(x, atol, rtol, hermitian)

    # -- elementwise ---------------------------------------------------------------------------------------------------

    def exp2(self, x: Any) -> Any:
        return elementwise(np.exp2, x)

    def expit(self, x: Any) -> Any:
        return elementwise(numpy_extras.expit, x)

    def fmod(self, a: Any, b: Any) -> Any:
        return elementwise(np.fmod, a, b)

    def mantissa(self, x: Any) -> Any:
        return elementwise(numpy_extras.mantissa, x)

    def exponent(self, x: Any) -> Any:
        return elementwise(numpy_extras.exponent, x)

    def complex_of(self, a: Any, b: Any) -> Any:
        return elementwise(numpy_extras.complex_of, a, b)

    def safe_divide(self, a: Any, b: Any) -> Any:
        return elementwise(numpy_extras.safe_divide, a, b)

    # -- shapes --------------------------------------------------------------------------------------------------------

    def alias(self, x: Any) -> Any:
        return x.view()

    def as_real(self, x: Any) -> Any:
        return _of_values(numpy_extras.as_real, x)

    def as_complex(self, x: Any) -> Any:
        return _of_values(numpy_extras.as_complex, x)

    def dense_copy(self, x: Any) -> Any:
        return _of_values(numpy_extras.dense_copy, x)

    def contiguous_copy(self, x: Any) -> Any:
        return x.copy(order="C")

    def broadcast_view(self, x: Any, shape: tuple[int, ...]) -> Any:
        if x.__class__ is not Batched:
            return numpy_extras.broadcast_view(x, shape)
        values = spread(x, x.levels, len(shape))
        return Batched(numpy_extras.broadcast_view(values, (*values.shape[: len(x.levels)], *shape)), x.levels)

    def expand(self, x: Any, shape: tuple[int, ...]) -> Any:
        if x.__class__ is not Batched:
            return numpy_extras.expand(x, shape)
        return Batched(np.broadcast_to(x.values, (*x.values.shape[: len(x.levels)], *shape)), x.levels)

    def diagonal(self, x: Any, offset: int, axis1: int, axis2: int) -> Any:
        if x.__class__ is not Batched:
            return numpy_extras.diagonal(x, offset, axis1, axis2)
        k, n = len(x.levels), x.ndim
        return Batched(numpy_extras.diagonal(x.values, offset, axis1 % n + k, axis2 % n + k), x.levels)

    def rot90(self, x: Any, k: int, axes: tuple[int, int]) -> Any:
        if x.__class__ is not Batched:
            return numpy_extras.rot90(x, k, axes)
        lead, n = len(x.levels), x.ndim
        return Batched(numpy_extras.rot90(x.values, k, (axes[0] % n + lead, axes[1] % n + lead)), x.levels)

    def unbind(self, x: Any, axis: int) -> tuple[Any, ...]:
        if x.__class__ is not Batched:
            return numpy_extras.unbind(x, axis)
        return tuple([Batched(p, x.levels) for p in numpy_extras.unbind(x.values, axis % x.ndim + len(x.levels))])

    def split(self, x: Any, sizes: tuple[int, ...], axis: int) -> tuple[Any, ...]:
        if x.__class__ is not Batched:
            return numpy_extras.split(x, sizes, axis)
        parts = numpy_extras.split(x.values, sizes, axis % x.ndim + len(x.levels))
        return tuple([Batched(p, x.levels) for p in parts])

    def windows(self, x: Any, axis: int, size: int, step: int) -> Any:
        if x.__class__ is not Batched:
            return numpy_extras.windows(x, axis, size, step)
        if x.ndim == 0:
            return Batched(x.values[..., None], x.levels)
        return Batched(numpy_extras.windows(x.values, axis % x.ndim + len(x.levels), size, step), x.levels)

    def fold_windows(self, g: Any, axis: int, size: int, step: int, shape: tuple[int, ...]) -> Any:
        if g.__class__ is not Batched:
            return numpy_extras.fold_windows(g, axis, size, step, shape)
        k = len(g.levels)
        if not shape:
            return Batched(g.values.sum(-1), g.levels)
        lead = g.values.shape[:k]
        return Batched(
            numpy_extras.fold_windows(g.values, axis % len(shape) + k, size, step, (*lead, *shape)), g.levels
        )

    def strided(self, x: Any, layout: Any) -> Any:
        if x.__class__ is not Batched:
            return numpy_extras.strided(x, layout)
        places = layout.places(x.shape)
        if places.size and places.max() >= x.size:
            raise not_batchable("as_strided beyond the elements of one example")
        values = x.values.reshape((*x.values.shape[: len(x.levels)], x.size))
        picked = values[..., places]
        picked.flags.writeable = False  # a copy: a change of it would not reach x
        return Batched(picked, x.levels)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def put_view(self, x: Any, value: Any, view: Any) -> Any:
        if not levels_of((x, value)):
            return numpy_extras.put_view(x, value, view)
        if getattr(view, "layout", None) is not None:
            raise not_batchable("in-place changes of a strided view")
        (values, *_), levels = full((x, value) if value.__class__ is Batched else (x,))
        out = Batched(np.array(values, order="C"), levels)
        view(out)[...] = value
        return out

    def clear_view(self, x: Any, view: Any) -> Any:
        return self.put_view(x, 0, view)

    def embed_view(self, g: Any, view: Any, shape: tuple[int, ...]) -> Any:
        if g.__class__ is not Batched:
            return numpy_extras.embed_view(g, view, shape)
        out = Batched(np.zeros((*g.values.shape[: len(g.levels)], *shape), g.dtype), g.levels)
        view(out)[...] = g
        return out

    def take_class(self, x: Any, index: Any) -> Any:
        if not levels_of((x, index)):
            return numpy_extras.take_class(x, index)
        (values, at), again = flat((x, index))
        if x.ndim == 1:
            return again(numpy_extras.take_class(values, at))
        out = numpy_extras.take_class(_merged(values), _merged(at))
        return again(out.reshape(at.shape))

    def put_class(self, g: Any, index: Any, shape: tuple[int, ...]) -> Any:
        if not levels_of((g, index)):
            return numpy_extras.put_class(g, index, shape)
        if g.ndim < index.ndim:  # one value for all samples
            g = elementwise(np.add, g, np.zeros(index.shape, g.dtype))
        (values, at), again = flat((g, index))
        count = values.shape[0]
        if len(shape) == 1:
            return again(numpy_extras.put_class(values, at, (count, *shape)))
        out = numpy_extras.put_class(_merged(values), _merged(at), (count * shape[0], *shape[1:]))
        return again(out.reshape((count, *shape)))

    def take_rows(self, x: Any, rows: Any) -> Any:
        if x.__class__ is not Batched:
            return _of_values(lambda at: x.take(at, axis=0), rows)
        (values, at), again = flat((x, rows))
        return again(numpy_extras.take_rows(_merged(values), _offset(at, values.shape[1])))

    def put_rows(self, g: Any, rows: Any, shape: tuple[int, ...]) -> Any:
        if not levels_of((g, rows)):
            return numpy_extras.put_rows(g, rows, shape)
        (values, at), again = flat((g, rows))
        count = values.shape[0]
        out = numpy_extras.put_rows(values, _offset(at, shape[0]), (count * shape[0], *shape[1:]))
        return again(out.reshape((count, *shape)))

    def sparse_product(self, v: Any, b: Any, pattern: Any) -> Any:
        return each_example(numpy_extras.sparse_product, v, b, pattern=pattern)

    def sampled_product(self, a: Any, b: Any, pattern: Any) -> Any:
        return each_example(numpy_extras.sampled_product, a, b, pattern=pattern)

    def standardize(self, x: Any, axis: tuple[int, ...], eps: float) -> Any:
        return normalizing.units(x, axis, eps, namespace())[0]

    def standardize_slope(self, t: Any, x: Any, axis: tuple[int, ...], eps: float, weight: Any = None) -> Any:
        return normalizing.units_slope(t, x, axis, eps, namespace(), weight)

    def clipped(self, x: Any, bound: float) -> Any:
        where = namespace().where
        return where(x <= -bound, -bound, where(x >= bound, bound, x))

    def align(self, x: Any, start: Any, skips: Any, counts: Any) -> Any:
        return alignments.aligned(x, start, skips, counts, namespace())

    def align_slopes(self, g: Any, start: Any, skips: Any, counts: Any, out: Any) -> Any:
        return alignments.alignment_slopes(g, start, skips, counts, out, namespace())

    def pair_distances(self, x: Any) -> Any:
        d = pairs.differences(x, self)
        return namespace().sqrt(namespace().sum(d * d, axis=1))

    def pair_slopes(self, g: Any, x: Any, out: Any) -> Any:
        return pairs.slopes(g, x, out, namespace(), self)

    def softmax_slope(self, g: Any, out: Any, axis: int | None) -> Any:
        return slope_of_softmax(g, out, axis, namespace())

    def log_softmax_slope(self, g: Any, out: Any, axis: int | None) -> Any:
        return slope_of_log_softmax(g, out, axis, namespace())

    def units_product_sums(self, g: Any, x: Any, axis: tuple[int, ...], eps: float, axes: tuple[int, ...]) -> Any:
        products = g * normalizing.units(x, axis, eps, namespace())[0]
        return namespace().sum(products, axis=axes, keepdims=True) if axes else products

    # -- along an axis, products ---------------------------------------------------------------------------------------

    def exclusive_product(self, x: Any, axis: int) -> Any:
        return _along(numpy_extras.exclusive_product, x, axis)

    def cumulative_prod_slope(self, g: Any, x: Any, out: Any, axis: int) -> Any:
        return recurrences.running_product_slope(g, x, out, axis, namespace())

    def long_short_slope(self, g: Any, x: Any, out: Any, sizes: recurrent.Sizes) -> Any:
        return recurrent.long_slope(g, x, out, sizes, namespace(), self)

    def running_argmax(self, x: Any, axis: int) -> Any:
        if x.__class__ is not Batched:
            return numpy_extras.running_argmax(x, axis)
        if not x.ndim:
            return Batched(np.zeros(x.values.shape, np.int64), x.levels)
        return Batched(numpy_extras.running_argmax(x.values, axis % x.ndim + len(x.levels)), x.levels)

    def scatter_extreme(self, x: Any, indices: Any, c: Any, axis: int, largest: bool, include_self: bool) -> Any:
        if not levels_of((x, indices, c)):
            return numpy_extras.scatter_extreme(x, indices, c, axis, largest, include_self)
        (values, places, news), levels = full((x, indices, c))
        axis = axis % x.ndim + len(levels)
        return Batched(numpy_extras.scatter_extreme(values, places, news, axis, largest, include_self), levels)

    def running_logsumexp(self, x: Any, axis: int) -> Any:
        return _along(numpy_extras.running_logsumexp, x, axis)

    def mode_places(self, x: Any, axis: int) -> Any:
        return _along(numpy_extras.mode_places, x, axis)

    def identity_times(self, g: Any, shape: tuple[int, int]) -> Any:
        if g.__class__ is not Batched:
            return numpy_extras.identity_times(g, shape)
        return Batched(np.eye(*shape, dtype=g.dtype) * g.values[..., None, None], g.levels)

    def einsum(self, subscripts: str, *operands: Any) -> Any:
        levels = levels_of(operands)
        if not levels:
            return numpy_extras.einsum(subscripts, *operands)
        free = [c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in subscripts]
        letter = dict(zip(levels, free, strict=False))
        inputs, output = subscripts.split("->")
        terms = [
            "".join(letter[level] for level in (x.levels if x.__class__ is Batched else ())) + term
            for x, term in zip(operands, inputs.split(","), strict=True)
        ]
        values = [x.values if x.__class__ is Batched else x for x in operands]
        text = ",".join(terms) + "->" + "".join(letter[level] for level in levels) + output
        return Batched(numpy_extras.einsum(text, *values), levels)


def _merged(values: Array) -> Array:
    """The batch and the first axis of an example as one axis."""
    return values.reshape((values.shape[0] * values.shape[1], *values.shape[2:]))


def _offset(rows: Array, size: int) -> Array:
    """Numbers of rows of each example, counted in the rows of all examples."""
    return rows + (np.arange(rows.shape[0]) * size).reshape((-1, *(1,) * (rows.ndim - 1)))


def _along(function: Callable[[Array, int], Array], x: Any, axis: int) -> Any:
    """A function along one axis of the examples."""
    if x.__class__ is not Batched:
        return function(x, axis)
    return Batched(function(x.values, axis % x.ndim + len(x.levels)), x.levels)


def _of_values(function: Callable[[Array], Array], x: Any) -> Any:
    return Batched(function(x.values), x.levels) if x.__class__ is Batched else function(x)


extras = BatchedExtras()

__all__ = ["BatchedExtras", "extras"]
