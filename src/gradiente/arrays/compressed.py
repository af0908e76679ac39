"""Sparse matrices whose elements are stored row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from .sparse import SparseArray

Array = Any


class _Flags:
    """Nobody writes into a sparse array: sums are new ones."""

    writeable: bool = False
    c_contiguous: bool = False


class CompressedArray:
    """A matrix of which only some elements are stored: those of row i from `starts[i]` to `starts[i + 1]`.

    `columns` (nnz,) says where in their rows they stand. `coordinates` is the same matrix as a `SparseArray`.
    """

    __slots__ = ("columns", "coordinates", "starts")
    base = strides = None
    flags = _Flags
    repeats = False

    def __init__(self, starts: Array, columns: Array, coordinates: SparseArray) -> None:
        self.starts: Array = starts
        self.columns: Array = columns
        self.coordinates: SparseArray = coordinates

    @classmethod
    def of(cls, starts: Array, columns: Array, values: Array, shape: tuple[int, int]) -> CompressedArray:
        """The array of its parts."""
        rows = np.repeat(np.arange(shape[0]), np.diff(starts))
        places = np.stack((rows, np.asarray(columns, np.int64)))
        ascending = bool((np.diff(places[0] * shape[1] + places[1]) > 0).all())
        return cls(starts, columns, SparseArray(places, values, shape, ascending))

    @property
    def values(self) -> Array:
        """The stored elements."""
        return self.coordinates.values

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return self.coordinates.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the dimensions."""
        return self.coordinates.shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return 2

    @property
    def size(self) -> int:
        """The number of elements, stored or not."""
        return self.coordinates.size

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return self.values.itemsize

    @property
    def nbytes(self) -> int:
        """The memory of values and places."""
        return self.values.nbytes + self.starts.nbytes + self.columns.nbytes

    def like(self, values: Array) -> CompressedArray:
        """The matrix that has other values at the same places."""
        return CompressedArray(self.starts, self.columns, self.coordinates.like(values))

    def copy(self) -> CompressedArray:
        """The matrix with values of its own."""
        return self.like(self.values.copy())

    def astype(self, dtype: Any) -> CompressedArray:
        """The matrix with elements of another type."""
        return self.like(self.values.astype(dtype))

    def settled(self) -> CompressedArray:
        """Itself; see `SparseArray.settled`."""
        return self

    def __add__(self, other: Any) -> Any:
        """The sum: of cotangents of one matrix of the same form, else with all elements."""
        if other.__class__ is CompressedArray and other.columns is self.columns:
            return self.like(self.values + other.values)
        return self.coordinates.dense() + (other.coordinates.dense() if other.__class__ is CompressedArray else other)

    __radd__ = __add__
    __array_ufunc__ = None


def compressed(array: SparseArray) -> CompressedArray:
    """A coalesced matrix in coordinates, row by row."""
    rows, columns = array.indices
    starts = np.searchsorted(rows, np.arange(array.shape[0] + 1)).astype(np.int64)
    return CompressedArray(starts, columns, array)


__all__ = ["CompressedArray", "compressed"]
