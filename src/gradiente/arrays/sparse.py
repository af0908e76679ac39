"""Sparse arrays in coordinates: what is stored of them, sums, and the two products of sparse matrices.

Note [Rows of one length together]
----------------------------------
`sparse_product` needs, for each row of a matrix, the sum of some rows of another one, each times a number. NumPy's
`reduceat` is slow for that. But the rows that have equally many elements make one batch of small products of matrices,
for which BLAS does the work; so rows are sorted by their number of elements, once for each `Pattern`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .numpy_adding import add_at

Array = Any

_BLOCK = 1 << 18
"""So many numbers are gathered at a time."""

_RUN = 64
"""Runs of so many ascending numbers on average are merged."""

_MANY = 64
"""So many numbers are worth another way of sorting them."""


class Pattern:
    """Where the stored elements of a matrix of `shape` lie: in `rows` and `columns`, in any order, also repeated."""

    __slots__ = ("_found", "_side", "columns", "rows", "shape")

    def __init__(self, rows: Array, columns: Array, shape: tuple[int, int], found: Any = None, side: int = 0) -> None:
        self.rows: Array = rows
        self.columns: Array = columns
        self.shape: tuple[int, int] = shape
        self._found: list[Any] = [None, None] if found is None else found
        self._side: int = side

    @property
    def T(self) -> Pattern:
        """The pattern of the transposed matrix; the two share what was found out by sorting."""
        n, m = self.shape
        return Pattern(self.columns, self.rows, (m, n), self._found, 1 - self._side)

    def __repr__(self) -> str:
        return f"Pattern({len(self.rows)} of {self.shape[0]}x{self.shape[1]})"

    def sorted(self) -> _Sorted:
        """The elements by rows, sorted when this is first asked for."""
        found = self._found[self._side]
        if found is None:
            found = self._found[self._side] = _Sorted(self.rows, self.columns, self.shape[0])
        return found


class _Sorted:
    """The elements of a pattern by rows: `order` sorts them; `rows` that have any begin at `starts`."""

    __slots__ = ("_batches", "columns", "order", "rows", "starts", "total")

    def __init__(self, rows: Array, columns: Array, size: int) -> None:
        ordered = bool((rows[1:] >= rows[:-1]).all())
        self.order: Array = None if ordered else stable_order(rows)
        by_rows = rows if ordered else rows[self.order]
        self.columns: Array = columns if ordered else columns[self.order]
        self.total: int = len(rows)
        self.starts: Array = (
            np.flatnonzero(np.concatenate(([True], by_rows[1:] != by_rows[:-1]))) if len(rows) else rows
        )
        self.rows: Array = by_rows[self.starts]
        self._batches: list[tuple[Array, Array]] | None = None

    def batches(self) -> list[tuple[Array, Array]]:
        """For each number of elements that rows have: these rows, and where their elements stand, a row for each."""
        if self._batches is None:
            counts = np.diff(self.starts, append=self.total)
            order = np.argsort(counts, kind="stable")
            lengths, firsts = np.unique(counts[order], return_index=True)
            self._batches = [
                (self.rows[which], self.starts[which][:, None] + np.arange(n))
                for n, which in zip(lengths.tolist(), np.split(order, firsts[1:]), strict=True)
            ]
        return self._batches


def sparse_product(v: Array, b: Array, pattern: Pattern) -> Array:
    """The product of the sparse matrix that has the values `v` at the pattern with a matrix or vector `b`.

    out[i] = Σ v[k] · b[columns[k]], over the k with rows[k] = i.
    """
    dtype = np.result_type(v, b)
    if dtype == np.float16:
        return sparse_product(v.astype(np.float32), b.astype(np.float32), pattern).astype(dtype)
    out = np.zeros((pattern.shape[0], *b.shape[1:]), dtype)
    if not len(v) or not out.size:
        return out
    found = pattern.sorted()
    values = v if found.order is None else v[found.order]
    if b.ndim == 1 or b.shape[1] == 1:
        products = b.reshape(-1).take(found.columns)
        products = products * values
        out.reshape(-1)[found.rows] = np.add.reduceat(products, found.starts)
        return out
    for rows, places in found.batches():
        step = max(1, _BLOCK // (places.shape[1] * b.shape[1]))
        for i in range(0, len(rows), step):
            part = places[i : i + step]
            picked = b.take(found.columns[part], axis=0)
            out[rows[i : i + step]] = np.matmul(values[part][:, None, :], picked)[:, 0]
    return out


def sampled_product(a: Array, b: Array, pattern: Pattern) -> Array:
    """The elements at the pattern of the product of `a` with the transpose of `b`: Σⱼ a[rows[k], j] · b[columns[k], j].

    Of vectors `a` and `b`, a[rows[k]] · b[columns[k]].
    """
    rows, columns = pattern.rows, pattern.columns
    if a.ndim == 1:
        return a[rows] * b[columns]
    out = np.empty(len(rows), np.result_type(a, b))
    step = max(1, _BLOCK // max(1, a.shape[1]))
    for i in range(0, len(rows), step):
        part = slice(i, i + step)
        np.einsum("kj,kj->k", a.take(rows[part], axis=0), b.take(columns[part], axis=0), out=out[part])
    return out


class _Flags:
    """Nobody writes into a sparse array: sums are new ones."""

    writeable: bool = False
    c_contiguous: bool = False


class SparseArray(NDArrayOperatorsMixin):
    """An array of which only some elements are stored: `values[k]` at `indices[:, k]`; at repeated places their sum.

    `indices` (sparse_dim, nnz), int64; `values` (nnz, *dense dimensions). Immutable, as far as it is concerned itself.
    `coalesced`: places are sorted, and none is repeated. `repeats`: it is a cotangent in which a repeated place has its
    value each time, and not a part of it; `settled` leaves one of them.
    """

    __slots__ = ("_pattern", "coalesced", "indices", "repeats", "shape", "values")
    base = strides = None
    flags = _Flags

    def __init__(
        self, indices: Array, values: Array, shape: tuple[int, ...], coalesced: bool, pattern: Pattern | None = None
    ) -> None:
        self.indices: Array = indices
        self.values: Array = values
        self.shape: tuple[int, ...] = shape
        self.coalesced: bool = coalesced
        self.repeats: bool = False
        self._pattern: Pattern | None = pattern

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self.values.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements, stored or not."""
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return self.values.itemsize

    @property
    def nbytes(self) -> int:
        """The memory of values and indices."""
        return self.values.nbytes + self.indices.nbytes

    @property
    def sparse_dim(self) -> int:
        """How many of the dimensions are stored as indices."""
        return self.indices.shape[0]

    @property
    def pattern(self) -> Pattern:
        """The pattern of a matrix."""
        if self._pattern is None:
            rows, columns = self.indices
            self._pattern = Pattern(rows, columns, (self.shape[0], self.shape[1]))
        return self._pattern

    def like(self, values: Array) -> SparseArray:
        """The array that has other values at the same places."""
        out = SparseArray(self.indices, values, self.shape, self.coalesced, self._pattern)
        out.repeats = self.repeats
        return out

    def cotangent(self, values: Array) -> SparseArray:
        """The cotangent of this array if `values` is that of its values: that of a place is that of each part there."""
        out = self.like(values)
        out.repeats = not self.coalesced
        return out

    def settled(self) -> SparseArray:
        """The same array without `repeats`."""
        if not self.repeats:
            return self
        groups, places = grouped(self.keys())
        if len(groups) == len(places):
            return SparseArray(self.indices, self.values, self.shape, self.coalesced, self._pattern)
        return SparseArray(self.indices[:, places], self.values[places], self.shape, True)

    def copy(self) -> SparseArray:
        """The array with memory of its own."""
        x = self.settled()
        return SparseArray(x.indices.copy(), x.values.copy(), self.shape, x.coalesced)

    def astype(self, dtype: Any) -> SparseArray:
        """The array with elements of another type."""
        return self.like(self.values.astype(dtype))

    def dense(self) -> Array:
        """All elements."""
        out = np.zeros(self.shape, self.dtype)
        self.add_to(out)
        return out

    def add_to(self, out: Array) -> None:
        """Add the elements to those of an array of the same shape, in place."""
        x = self.settled()
        if x.coalesced:
            out[tuple(x.indices)] += x.values
        else:
            add_at(out, tuple(x.indices), x.values)

    def keys(self) -> Array:
        """A number for each place: that of the place if all sparse dimensions were one."""
        return keys_of(self.indices, self.shape)

    def plus(self, other: SparseArray) -> SparseArray:
        """The sum with another sparse array: with each place once if both are sorted, else all elements of both."""
        if self.indices is other.indices and self.repeats is other.repeats:
            return self.like(self.values + other.values)
        if self.repeats or other.repeats:
            return self.settled().plus(other.settled())
        if self.coalesced and other.coalesced and np.array_equal(self.indices, other.indices):
            return self.like(self.values + other.values)
        indices = np.concatenate((self.indices, other.indices), 1)
        values = np.concatenate((self.values, other.values))
        joined = SparseArray(indices, values, self.shape, False)
        if not (ascending(self.keys()) and ascending(other.keys())):
            return joined
        groups, places = grouped(joined.keys())
        total = np.zeros((places.size, *values.shape[1:]), values.dtype)
        add_at(total, groups, values)
        return SparseArray(indices[:, places], total, self.shape, self.coalesced and other.coalesced)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **keywords: Any) -> Any:
        """Cotangents are added up, with arrays also in place, and scaled; for all else every element is needed."""
        if method == "__call__" and not keywords:
            found = self._combined(ufunc, inputs, out)
            if found is not None:
                return found
        given = [x.dense() if x.__class__ is SparseArray else x for x in inputs]
        return getattr(ufunc, method)(*given, **({} if out is None else {"out": out}), **keywords)

    def _combined(self, ufunc: Any, inputs: tuple[Any, ...], out: Any) -> Any:
        """A sum or a scaled array, computed of what is stored; None for all else."""
        if len(inputs) == 1:
            return self.like(-self.values) if ufunc is np.negative and out is None else None
        a, b = inputs
        if ufunc is np.add:
            if a.__class__ is b.__class__ and a.shape == b.shape and a.sparse_dim == b.sparse_dim:
                return a.plus(b)
            if out is not None and out[0] is a and b is self:
                b.add_to(a)
                return a
        elif out is None and ufunc in (np.multiply, np.divide):
            if a is self and np.ndim(b) == 0:
                return self.like(ufunc(self.values, b))
            if ufunc is np.multiply and np.ndim(a) == 0:
                return self.like(a * self.values)
        return None

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return self.dense() if dtype is None else self.dense().astype(dtype)

    def __getitem__(self, index: Any) -> Array:
        return self.dense()[index]

    def __getattr__(self, name: str) -> Any:
        """What rules ask of a cotangent beside sums: of the array of all elements."""
        if name.startswith("_"):
            raise AttributeError(f"'SparseArray' object has no attribute {name!r}")
        return getattr(self.dense(), name)


def keys_of(indices: Array, shape: tuple[int, ...]) -> Array:
    """A number for each column of `indices`: that of the place in an array of `shape`, as far as they reach, flat."""
    total = np.zeros(indices.shape[1], np.int64)
    for row, n in zip(indices, shape, strict=False):
        total = total * n + row
    return total


def ascending(keys: Array) -> bool:
    """Whether each key is larger than the one before it."""
    return bool((keys[1:] > keys[:-1]).all())


def grouped(keys: Array) -> tuple[Array, Array]:
    """Which of the different keys, in ascending order, each key is; and where each of them stands first."""
    if ascending(keys):
        return np.arange(len(keys)), np.arange(len(keys))
    order = stable_order(keys)
    ordered = keys[order]
    new = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    groups = np.empty(len(keys), np.int64)
    groups[order] = np.cumsum(new) - 1
    return groups, order[new]


def stable_order(keys: Array) -> Array:
    """What sorts integers that are not negative, equal ones in their order.

    NumPy sorts numbers several times as fast as it finds their order, so the places ride along in the low bits.
    """
    falls = int((keys[1:] < keys[:-1]).sum())
    if not falls:
        return np.arange(len(keys))
    bits = max(1, (len(keys) - 1).bit_length())
    if len(keys) < _MANY or keys.max() >= 1 << (62 - bits):
        return np.argsort(keys, kind="stable")
    mixed = (keys << bits) | np.arange(len(keys))
    mixed.sort(kind="stable" if falls * _RUN < len(keys) else "quicksort")
    return mixed & ((1 << bits) - 1)


def looked_up(keys: Array, wanted: Array) -> tuple[Array, Array]:
    """Where in ascending `keys` the `wanted` ones stand, and whether they are there."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return places, keys[places] == wanted


__all__ = [
    "Pattern",
    "SparseArray",
    "ascending",
    "grouped",
    "keys_of",
    "looked_up",
    "sampled_product",
    "sparse_product",
    "stable_order",
]
