"""The extras of the array vocabulary, for NumPy arrays: what rules need and the array API standard lacks.

Each interpreter (NumPy here, Tensor, later batched and traced arrays) implements these names with this meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from . import numpy_fft, numpy_linalg
from .alignments import align as align
from .alignments import align_slopes as align_slopes
from .normalizing import standardize as standardize
from .normalizing import standardize_slope as standardize_slope
from .normalizing import units_product_sums as units_product_sums
from .numpy_activations import expit as expit
from .numpy_adding import add_along_axis as add_along_axis
from .numpy_adding import add_at as add_at
from .numpy_adding import flat_along
from .numpy_along import gather_along_axis as gather_along_axis
from .numpy_along import put_along_axis as put_along_axis
from .numpy_along import scatter_along_axis as scatter_along_axis
from .numpy_columns import fold_image as fold_image
from .numpy_columns import unfold_image as unfold_image
from .numpy_distances import row_distance_slopes as row_distance_slopes
from .numpy_distances import row_distances as row_distances
from .numpy_einsum import einsum as einsum
from .numpy_fft import fft_c2c as fft_c2c
from .numpy_fft import fft_c2r as fft_c2r
from .numpy_fft import fft_r2c as fft_r2c
from .numpy_indexing import alias as alias
from .numpy_indexing import as_complex as as_complex
from .numpy_indexing import as_real as as_real
from .numpy_indexing import broadcast_view as broadcast_view
from .numpy_indexing import clear_view as clear_view
from .numpy_indexing import contiguous_copy as contiguous_copy
from .numpy_indexing import dense_copy as dense_copy
from .numpy_indexing import diagonal as diagonal
from .numpy_indexing import embed as embed
from .numpy_indexing import embed_view as embed_view
from .numpy_indexing import fold_windows as fold_windows
from .numpy_indexing import identity_times as identity_times
from .numpy_indexing import pick as pick
from .numpy_indexing import put_index as put_index
from .numpy_indexing import put_rows as put_rows
from .numpy_indexing import put_view as put_view
from .numpy_indexing import rot90 as rot90
from .numpy_indexing import split as split
from .numpy_indexing import strided as strided
from .numpy_indexing import take_rows as take_rows
from .numpy_indexing import unbind as unbind
from .numpy_indexing import windows as windows
from .numpy_large import clipped as clipped
from .numpy_linalg import cholesky as cholesky
from .numpy_linalg import cofactor as cofactor
from .numpy_linalg import det as det
from .numpy_linalg import eig as eig
from .numpy_linalg import eigh as eigh
from .numpy_linalg import inv as inv
from .numpy_linalg import lu_factor as lu_factor
from .numpy_linalg import matrix_exp as matrix_exp
from .numpy_linalg import need_phase as need_phase
from .numpy_linalg import permutation as permutation
from .numpy_linalg import pinv as pinv
from .numpy_linalg import qr as qr
from .numpy_linalg import slogdet as slogdet
from .numpy_linalg import solve as solve
from .numpy_linalg import solve_triangular as solve_triangular
from .numpy_linalg import svd as svd
from .numpy_mesh import along_axis as along_axis
from .numpy_ordering import accumulate
from .numpy_points import sample_points as sample_points
from .numpy_points import spread_points as spread_points
from .numpy_points import weigh_points as weigh_points
from .numpy_pooling import argmax_places as argmax_places
from .numpy_pooling import argmax_windows as argmax_windows
from .numpy_pooling import blend as blend
from .numpy_pooling import put_places as put_places
from .numpy_pooling import spread_windows as spread_windows
from .numpy_pooling import sum_windows as sum_windows
from .numpy_pooling import take_places as take_places
from .numpy_pooling import unblend as unblend
from .numpy_recurrent import long_short_slope as long_short_slope
from .numpy_softmax import log_softmax_slope as log_softmax_slope
from .numpy_softmax import softmax_slope as softmax_slope
from .numpy_special import NAMES as SPECIAL
from .numpy_special import bessel_i as bessel_i
from .numpy_special import bessel_other as bessel_other
from .numpy_special import digamma as digamma
from .numpy_special import erf as erf
from .numpy_special import erfc as erfc
from .numpy_special import erfcx as erfcx
from .numpy_special import erfinv as erfinv
from .numpy_special import gammainc as gammainc
from .numpy_special import gammaincc as gammaincc
from .numpy_special import lgamma as lgamma
from .numpy_special import log_ndtr as log_ndtr
from .numpy_special import ndtr as ndtr
from .numpy_special import ndtri as ndtri
from .numpy_special import orthogonal as orthogonal
from .numpy_special import polygamma as polygamma
from .numpy_special import scaled_bessel_i as scaled_bessel_i
from .numpy_special import sinc as sinc
from .numpy_special import zeta as zeta
from .numpy_windows import convolve as convolve
from .numpy_windows import convolve_input as convolve_input
from .numpy_windows import convolve_weight as convolve_weight
from .pairs import pair_distances as pair_distances
from .pairs import pair_slopes as pair_slopes
from .recurrences import cumulative_prod_slope as cumulative_prod_slope
from .recurrences import exclusive_product as exclusive_product
from .sparse import sampled_product as sampled_product
from .sparse import sparse_product as sparse_product

Array = Any
"""A NumPy array, or the NumPy scalar that stands for a 0-d result."""

NAMES = (
    "alias",
    "align",
    "align_slopes",
    "argmax_places",
    "argmax_windows",
    "as_complex",
    "as_real",
    "blend",
    "broadcast_view",
    "clear_view",
    "complex_of",
    "contiguous_copy",
    "cumulative_prod_slope",
    "convolve",
    "clipped",
    "convolve_input",
    "convolve_weight",
    "dense_copy",
    "diagonal",
    "einsum",
    "embed",
    "embed_view",
    "exclusive_product",
    "exp2",
    "exponent",
    "expand",
    "expit",
    "fmod",
    "fold_image",
    "fold_windows",
    "gather_along_axis",
    "identity_times",
    "log_softmax_slope",
    "long_short_slope",
    "pair_distances",
    "pair_slopes",
    "pick",
    "put_along_axis",
    "put_class",
    "put_index",
    "put_places",
    "put_rows",
    "put_view",
    "rot90",
    "mantissa",
    "mode_places",
    "row_distance_slopes",
    "row_distances",
    "running_argmax",
    "running_logsumexp",
    "safe_divide",
    "sample_points",
    "sampled_product",
    "scatter_along_axis",
    "scatter_extreme",
    "softmax_slope",
    "sparse_product",
    "split",
    "spread_points",
    "spread_windows",
    "standardize",
    "standardize_slope",
    "strided",
    "sum_windows",
    "take_class",
    "take_places",
    "take_rows",
    "unbind",
    "unblend",
    "unfold_image",
    "units_product_sums",
    "weigh_points",
    "windows",
    *SPECIAL,
    *numpy_fft.NAMES,
    *numpy_linalg.NAMES,
)

exp2: Callable[..., Any] = np.exp2
fmod: Callable[..., Any] = np.fmod


def complex_of(a: Array, b: Array) -> Array:
    """a + ib; infinite parts stay what they are."""
    out = np.empty(np.broadcast_shapes(a.shape, b.shape), np.result_type(a, b, np.complex64))
    out.real, out.imag = a, b
    return out


def mantissa(x: Array) -> Array:
    """Each element as a fraction, 0 or of a size from 1/2 up to 1, by a power of two."""
    return np.frexp(x)[0]


def exponent(x: Array) -> Array:
    """What power of two the `mantissa` is to be multiplied by, int32."""
    return np.frexp(x)[1].astype(np.int32, copy=False)


def safe_divide(a: Array, b: Array) -> Array:
    """a / b, and 0 where b is 0."""
    zero = b == 0
    return np.where(zero, 0, a / np.where(zero, 1, b))


@lru_cache(8)
def _numbers(n: int) -> Array:
    """0 to n - 1, read only: batches of one size come again and again."""
    numbers = np.arange(n)
    numbers.flags.writeable = False
    return numbers


def _class_index(index: Array, ndim: int) -> Any:
    """The index that picks, of each sample's classes along axis 1 (axis 0 of a vector), the one that `index` names."""
    if ndim == 1:
        return index
    if ndim == 2:
        return _numbers(index.shape[0]), index
    first, *rest = np.ogrid[tuple([slice(n) for n in index.shape])]
    return (first, index, *rest)


def take_class(x: Array, index: Array) -> Array:
    """Of `x` (N, C, …), or (C,), the class that `index` (N, …), or (), names for each sample: x[n, index[n, …], …]."""
    return x[_class_index(index, x.ndim)]


def put_class(g: Array, index: Array, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` (N, C, …) with `g` at the classes that `index` names: the adjoint of take_class."""
    out = np.zeros(shape, g.dtype)
    out[_class_index(index, len(shape))] = g
    return out


def expand(x: Array, shape: tuple[int, ...]) -> Array:
    """`x`, whose sizes are those of `shape` or 1, as a read-only view of `shape`."""
    strides = tuple([0 if n == 1 else s for n, s in zip(x.shape, x.strides, strict=True)])
    try:
        out = np.ndarray(shape, x.dtype, np.asarray(x), 0, strides)
    except ValueError:  # a buffer has to be contiguous; this way is the slower one
        return np.broadcast_to(x, shape)
    out.flags.writeable = False
    return out


def running_argmax(x: Array, axis: int) -> Array:
    """The index along `axis` of the largest element so far, the last of equal ones; NaN counts as the largest."""
    if not x.shape:
        return np.zeros((), dtype=np.int64)
    place = np.expand_dims(np.arange(x.shape[axis]), axis=tuple(a for a in range(x.ndim) if a != axis))
    attained = x == accumulate(np.maximum, x, axis)
    if x.dtype.kind == "f":
        attained |= np.isnan(x)
    if x.shape[axis] < 2**31:
        place = place.astype(np.int32)
    return accumulate(np.maximum, np.multiply(attained, place), axis).astype(np.int64)


def running_logsumexp(x: Array, axis: int) -> Array:
    """The logarithms of the sums of e^x up to each element along `axis`."""
    if not x.shape:
        return x.copy()
    wide = x.astype(np.float32) if x.dtype.itemsize == 2 else x
    if x.dtype.kind != "c":
        with np.errstate(all="ignore"):
            return np.logaddexp.accumulate(wide, axis=axis).astype(x.dtype, copy=False)
    out = np.moveaxis(x.copy(), axis, 0)
    for k in range(1, len(out)):
        first = out[k - 1].real >= out[k].real
        top, low = np.where(first, out[k - 1], out[k]), np.where(first, out[k], out[k - 1])
        out[k] = top + np.log1p(np.exp(low - top))
    return np.moveaxis(out, 0, axis)


def scatter_extreme(x: Array, indices: Array, c: Array, axis: int, largest: bool, include_self: bool) -> Array:
    """`x`, whose elements at the indices along `axis` are the extremes of themselves, if included, and all of `c`."""
    function: Any = np.maximum if largest else np.minimum
    if include_self and indices.size >= 1024 and c.shape == indices.shape and x.dtype is c.dtype:
        flat = np.array(x, order="C").reshape(-1)
        function.at(flat, flat_along(indices, axis, x.shape).reshape(-1), c.reshape(-1))
        return flat.reshape(x.shape)
    out, where = np.array(x, copy=True), along_axis(indices, axis)
    if not include_self:
        out[where] = c  # one of those that go there
    function.at(out, where, c)
    return out


def mode_places(x: Array, axis: int) -> Array:
    """The index along `axis` of the most frequent element, the smallest of several, where it is last."""
    order = np.argsort(x, axis=axis, stable=True)
    ordered = np.moveaxis(np.take_along_axis(x, order, axis=axis), axis, -1)
    new = np.concatenate([np.ones_like(ordered[..., :1], dtype=bool), ordered[..., 1:] != ordered[..., :-1]], -1)
    place: Any = np.arange(ordered.shape[-1])
    longest = np.argmax(place - np.maximum.accumulate(np.where(new, place, 0), axis=-1), axis=-1)
    return np.take_along_axis(np.moveaxis(order, axis, -1), longest[..., None], axis=-1)[..., 0]
