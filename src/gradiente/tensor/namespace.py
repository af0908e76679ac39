"""The Tensor interpreter: the array vocabulary on Tensors, so that rules record a graph of their own.

Each primitive of the table, applied to Tensors, is the function of the vocabulary with its name. What the vocabulary
has beyond the table (zeros_like, isdtype, …) stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import alignments, extras_of, namespace_of, normalizing, pairs, recurrences, recurrent
from ..arrays.numpy_softmax import slope_of_log_softmax, slope_of_softmax
from ..arrays.numpy_special import NAMES as SPECIAL
from ..rules import table
from .core import Tensor, box, wrap
from .dispatch import bind
from .views import make_view

_DEFAULTS: dict[str, dict[str, Any]] = {
    "sum": {"axis": None, "keepdims": False},
    "mean": {"axis": None, "keepdims": False},
    "prod": {"axis": None, "keepdims": False},
    "max": {"axis": None, "keepdims": False},
    "min": {"axis": None, "keepdims": False},
    "any": {"axis": None, "keepdims": False},
    "all": {"axis": None, "keepdims": False},
    "flip": {"axis": None},
}
_POSITIONAL: dict[str, tuple[str, ...]] = {
    "reshape": ("shape",),
    "broadcast_to": ("shape",),
    "permute_dims": ("axes",),
    "astype": ("dtype",),
    "roll": ("shift",),
    "embed": ("index", "shape"),
    "clear_view": ("view",),
}


class _Calls(dict[str, Callable[..., Any]]):
    """The primitives on Tensors, by name, with the vocabulary's parameters; each is bound when first asked for."""

    def __missing__(self, name: str) -> Callable[..., Any]:
        call = self[name] = _vocabulary(name, bind(table[name]))
        return call


_EXTRA = {
    "exp2": "exp2",
    "expit": "sigmoid",
    "fmod": "fmod",
    "complex_of": "complex_of",
    "as_real": "view_as_real",
    "as_complex": "view_as_complex",
    **{name: name for name in SPECIAL},
}
"""Extras that are primitives, by name."""


class Extras:
    """The extras of the vocabulary, on Tensors."""

    def __init__(self, call: _Calls) -> None:
        self._call = call
        self._svd: Any = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in _EXTRA:
            raise AttributeError(f"the extras of the array vocabulary have no {name!r}")
        call = self._call[_EXTRA[name]]
        setattr(self, name, call)  # asked for once
        return call

    def embed(self, g: Tensor, index: Any, shape: tuple[int, ...]) -> Tensor:
        return self._call["embed"](g, index=index, shape=shape)

    def broadcast_view(self, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        return self._call["broadcast_to"](x, shape=shape)

    def put_index(self, x: Tensor, values: Any, index: Any, accumulate: bool = False) -> Tensor:
        return self._call["put_index"](x, values, index=index, accumulate=accumulate)

    def gather_along_axis(self, x: Tensor, indices: Tensor, axis: int) -> Tensor:
        return self._call["gather_along_axis"](x, indices, axis=axis)

    def put_along_axis(self, x: Tensor, indices: Tensor, values: Any, axis: int) -> Tensor:
        return self._call["put_along_axis"](x, indices, values, axis=axis)

    def embed_view(self, g: Tensor, view: Any, shape: tuple[int, ...]) -> Tensor:
        return self._call["embed_view"](g, view=view, shape=shape)

    def rot90(self, x: Tensor, k: int, axes: tuple[int, int]) -> Tensor:
        return self._call["rot90"](x, k=k, axes=axes)

    def contiguous_copy(self, x: Tensor) -> Tensor:
        return self._call["contiguous"](x)

    def pick(self, x: Tensor, index: Any) -> Tensor:
        return self._call["index"](x, index=index)

    def identity_times(self, g: Tensor, shape: tuple[int, int]) -> Tensor:
        return self._call["identity_times"](g, shape=shape)

    def alias(self, x: Tensor) -> Tensor:
        return self._call["alias"](x)

    def dense_copy(self, x: Tensor) -> Tensor:
        return self._call["clone"](x)

    def strided(self, x: Tensor, layout: Any) -> Tensor:
        return self._call["strided"](x, layout=layout)

    def windows(self, x: Tensor, axis: int, size: int, step: int) -> Tensor:
        return self._call["windows"](x, axis=axis, size=size, step=step)

    def fold_windows(self, g: Tensor, axis: int, size: int, step: int, shape: tuple[int, ...]) -> Tensor:
        return self._call["fold_windows"](g, axis=axis, size=size, step=step, shape=shape)

    def expand(self, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        return self._call["broadcast_to"](x, shape=shape)

    def scatter_along_axis(self, g: Tensor, indices: Any, axis: int, shape: tuple[int, ...]) -> Tensor:
        return self._call["scatter_along_axis"](g, indices, axis=axis, shape=shape)

    def take_class(self, x: Tensor, index: Tensor) -> Tensor:
        return self._call["take_class"](x, index)

    def convolve(self, x: Tensor, w: Tensor, grid: Any, groups: int) -> Tensor:
        return self._call["convolution"](x, w, None, grid=grid, groups=groups)

    def convolve_input(self, g: Tensor, w: Tensor, shape: tuple[int, ...], grid: Any, groups: int) -> Tensor:
        return self._call["transposed_convolution"](g, w, None, shape=shape, grid=grid, groups=groups)

    def convolve_weight(self, g: Tensor, x: Tensor, shape: tuple[int, ...], grid: Any, groups: int) -> Tensor:
        return self._call["convolve_weight"](g, x, shape=shape, grid=grid, groups=groups)

    def sum_windows(self, x: Tensor, grid: Any) -> Tensor:
        return self._call["sum_windows"](x, grid=grid, divisor=1)

    def spread_windows(self, g: Tensor, shape: tuple[int, ...], grid: Any) -> Tensor:
        return self._call["spread_windows"](g, shape=shape, grid=grid)

    def unfold_image(self, x: Tensor, grid: Any) -> Tensor:
        return self._call["unfold_image"](x, grid=grid)

    def fold_image(self, g: Tensor, shape: tuple[int, ...], grid: Any) -> Tensor:
        return self._call["fold_image"](g, shape=shape, grid=grid)

    def take_places(self, x: Tensor, indices: Tensor, axes: int) -> Tensor:
        return self._call["take_places"](x, indices, axes=axes)

    def put_places(self, g: Tensor, indices: Tensor, shape: tuple[int, ...], axes: int) -> Tensor:
        return self._call["put_places"](g, indices, shape=shape, axes=axes)

    def sample_points(self, x: Tensor, w: Tensor, index: Tensor) -> Tensor:
        return self._call["sample_points"](x, w, index)

    def weigh_points(self, g: Tensor, x: Tensor, index: Tensor) -> Tensor:
        return self._call["weigh_points"](g, x, index)

    def spread_points(self, g: Tensor, w: Tensor, index: Tensor, shape: tuple[int, ...]) -> Tensor:
        return self._call["spread_points"](g, w, index, shape=shape)

    def take_rows(self, x: Tensor, rows: Tensor) -> Tensor:
        return self._call["embedding"](x, rows, padding=-1, by_frequency=False)

    def put_rows(self, g: Tensor, rows: Tensor, shape: tuple[int, ...]) -> Tensor:
        return self._call["put_rows"](g, rows, shape=shape)

    def sparse_product(self, v: Tensor, b: Tensor, pattern: Any) -> Tensor:
        return self._call["sparse_product"](v, b, pattern=pattern)

    def sampled_product(self, a: Tensor, b: Tensor, pattern: Any) -> Tensor:
        return self._call["sampled_product"](a, b, pattern=pattern)

    def blend(self, x: Tensor, taps: Any, axis: int) -> Tensor:
        return self._call["blend"](x, taps=taps, axis=axis)

    def unblend(self, g: Tensor, taps: Any, axis: int, size: int) -> Tensor:
        return self._call["unblend"](g, taps=taps, axis=axis, size=size)

    def standardize(self, x: Tensor, axis: tuple[int, ...], eps: float) -> Tensor:
        return normalizing.units(x, axis, eps, namespace)[0]

    def standardize_slope(
        self, t: Tensor, x: Tensor, axis: tuple[int, ...], eps: float, weight: Tensor | None = None
    ) -> Tensor:
        return normalizing.units_slope(t, x, axis, eps, namespace, weight)

    def clipped(self, x: Tensor, bound: float) -> Tensor:
        where: Any = self._call["where"]
        return where(x <= -bound, -bound, where(x >= bound, bound, x))

    def align(self, x: Tensor, start: Tensor, skips: Tensor, counts: Tensor) -> Tensor:
        return self._call["align"](x, start, skips, counts)

    def align_slopes(self, g: Tensor, start: Tensor, skips: Tensor, counts: Tensor, out: Tensor) -> Tensor:
        return alignments.alignment_slopes(g, start, skips, counts, out, namespace)

    def pair_distances(self, x: Tensor) -> Tensor:
        return self._call["pair_distances"](x)

    def row_distances(self, a: Tensor, b: Tensor, p: float) -> Tensor:
        return self._call["row_distances"](a, b, p=p)

    def row_distance_slopes(self, g: Tensor, a: Tensor, b: Tensor, out: Tensor, p: float) -> Tensor:
        return pairs.row_slopes(g, a, b, out, p, namespace)

    def pair_slopes(self, g: Tensor, x: Tensor, out: Tensor) -> Tensor:
        return pairs.slopes(g, x, out, namespace, self)

    def softmax_slope(self, g: Tensor, out: Tensor, axis: int | None) -> Tensor:
        return slope_of_softmax(g, out, axis, namespace)

    def log_softmax_slope(self, g: Tensor, out: Tensor, axis: int | None) -> Tensor:
        return slope_of_log_softmax(g, out, axis, namespace)

    def units_product_sums(
        self, g: Tensor, x: Tensor, axis: tuple[int, ...], eps: float, axes: tuple[int, ...]
    ) -> Tensor:
        products = g * normalizing.units(x, axis, eps, namespace)[0]
        return namespace.sum(products, axis=axes, keepdims=True) if axes else products  # pyright: ignore

    def put_class(self, g: Tensor, index: Tensor, shape: tuple[int, ...]) -> Tensor:
        return self._call["put_class"](g, index, shape=shape)

    def put_view(self, x: Tensor, value: Tensor, view: Any) -> Tensor:
        return self._call["put_view"](x, value, view=view)

    def clear_view(self, x: Tensor, view: Any) -> Tensor:
        return self._call["clear_view"](x, view=view)

    def einsum(self, subscripts: str, *operands: Tensor) -> Tensor:
        return self._call["einsum"](*operands, subscripts=subscripts)

    def exclusive_product(self, x: Tensor, axis: int) -> Tensor:
        return recurrences.others_product(x, axis, namespace)

    def cumulative_prod_slope(self, g: Tensor, x: Tensor, out: Tensor, axis: int) -> Tensor:
        return recurrences.running_product_slope(g, x, out, axis, namespace)

    def long_short_slope(self, g: Tensor, x: Tensor, out: Tensor, sizes: recurrent.Sizes) -> Tensor:
        return recurrent.long_slope(g, x, out, sizes, namespace, self)

    def running_argmax(self, x: Tensor, axis: int) -> Tensor:
        return self._call["argcummax"](x, axis=axis)

    # -- linear algebra ------------------------------------------------------------------------------------------------

    def inv(self, x: Tensor) -> Tensor:
        return self._call["inv"](x)

    def solve(self, a: Tensor, b: Tensor) -> Tensor:
        return self._call["solve"](a, b)

    def solve_triangular(self, a: Tensor, b: Tensor, upper: bool = False, unitriangular: bool = False) -> Tensor:
        return self._call["solve_triangular"](a, b, upper=upper, unitriangular=unitriangular)

    def det(self, x: Tensor) -> Tensor:
        return self._call["det"](x)

    def cofactor(self, x: Tensor) -> Tensor:
        return self._call["cofactor"](x)

    def svd(self, x: Tensor) -> tuple[Tensor, ...]:
        from .multiple import bind_many  # which imports this module

        if self._svd is None:
            self._svd = bind_many(table["svd"])
        return self._svd(x)

    def matrix_exp(self, x: Tensor) -> Tensor:
        return self._call["matrix_exp"](x)

    def fft_c2c(self, x: Tensor, axes: tuple[int, ...], norm: str, inverse: bool) -> Tensor:
        return self._call["fft_c2c"](x, axes=axes, norm=norm, inverse=inverse)

    def fft_r2c(self, x: Tensor, axes: tuple[int, ...], norm: str, onesided: bool) -> Tensor:
        return self._call["fft_r2c"](x, axes=axes, norm=norm, onesided=onesided)

    def fft_c2r(self, x: Tensor, axes: tuple[int, ...], norm: str, size: int) -> Tensor:
        return self._call["fft_c2r"](x, axes=axes, norm=norm, size=size)

    def need_phase(self, x: Tensor, function: str) -> Tensor:
        extras_of(namespace_of(x._array)).need_phase(x._array, function)
        return x

    def safe_divide(self, a: Any, b: Tensor) -> Tensor:
        zero = wrap(box(b._array == 0))
        where = self._call["where"]
        return where(zero, 0, a / where(zero, 1, b))


_COMPLEX = {"abs": "abs_complex", "sign": "sgn"}
"""Functions whose derivative is another one for complex numbers, which the table therefore has twice."""


class TensorNamespace:
    """`xp` for Tensors."""

    def __init__(self) -> None:
        self._call = _Calls()
        self.extras: Extras = Extras(self._call)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in table:
            raise AttributeError(f"the array vocabulary has no {name!r}")
        call = self._call[name]
        if name in _COMPLEX:
            call = _by_type(call, self._call[_COMPLEX[name]])
        setattr(self, name, call)  # asked for once
        return call

    def concat(self, arrays: tuple[Tensor, ...], axis: int = 0) -> Tensor:
        return self._call["concat"](*arrays, axis=axis)

    def stack(self, arrays: tuple[Tensor, ...], axis: int = 0) -> Tensor:
        return self._call["stack"](*arrays, axis=axis)

    def matmul(self, a: Tensor, b: Tensor) -> Tensor:
        return a @ b  # which primitive multiplies them depends on their ranks

    def tile(self, x: Tensor, times: tuple[int, ...]) -> Tensor:
        return self._call["repeat"](x, times=times)

    def zeros_like(self, x: Tensor) -> Tensor:
        return wrap(np.zeros_like(x._array))

    def ones_like(self, x: Tensor) -> Tensor:
        return wrap(np.ones_like(x._array))

    def isdtype(self, dtype: Any, kind: Any) -> bool:
        return bool(np.isdtype(getattr(dtype, "numpy", dtype), kind))

    def asarray(self, x: Any, copy: bool | None = None) -> Tensor:
        if not isinstance(x, Tensor):
            x = wrap(x)
        return self._call["clone"](x) if copy else x


def _by_type(real: Callable[..., Tensor], complex: Callable[..., Tensor]) -> Callable[[Tensor], Tensor]:
    """The function that is `real` for real tensors and `complex` for complex ones."""
    return lambda x: (complex if x._array.dtype.kind == "c" else real)(x)


def _vocabulary(name: str, call: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The primitive with the vocabulary's default and positional parameters."""
    defaults, positional = _DEFAULTS.get(name), _POSITIONAL.get(name)
    if positional is not None:
        count = len(call.primitive.operands)  # pyright: ignore[reportFunctionMemberAccess]

        def with_positional(*arguments: Any, **static: Any) -> Tensor:
            operands, rest = arguments[:count], arguments[count:]
            return call(*operands, **dict(zip(positional, rest, strict=False)), **static)

        return with_positional
    if defaults is not None:
        return lambda *operands, **static: call(*operands, **{**defaults, **static})
    return call


namespace: TensorNamespace = TensorNamespace()


def _array_namespace(self: Tensor, api_version: str | None = None) -> TensorNamespace:
    return namespace


def _matrix_transpose(self: Tensor) -> Tensor:
    return make_view(_transposed, self)


_transposed = bind(table["matrix_transpose"])
Tensor.mT = property(_matrix_transpose, doc="The transpose of the last two dimensions, a view.")  # pyright: ignore
Tensor.__array_namespace__ = _array_namespace  # pyright: ignore[reportAttributeAccessIssue]
