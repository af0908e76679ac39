"""Sparse matrices that are stored row by row, and the nodes between them and the same matrices in coordinates."""

from __future__ import annotations

from typing import Any

from ..arrays.compressed import CompressedArray
from ..arrays.sparse import SparseArray
from ..graph import Node
from .core import Tensor, new, wrap
from .overriding import enable, installers
from .sparse import SparseTensor, at_places, dense_of, record, recorded_at_places, sparse, with_values


class CompressedTensor(Tensor):
    """A matrix whose stored elements follow each other row by row; `gradiente.sparse` attaches its methods."""

    __slots__ = ()


CompressedTensor.__name__ = CompressedTensor.__qualname__ = "Tensor"  # what type(x) shows, as in torch


def compressed_tensor(array: CompressedArray) -> CompressedTensor:
    """A tensor of these values, sharing their memory, without a history."""
    if installers:
        enable()
    out: Any = new(CompressedTensor)
    out._array = array
    out._node = out._history = out._view = out._meta = None
    return out


def _bare(g: Any) -> Any:
    """A cotangent in coordinates, or with all elements."""
    return g.coordinates if g.__class__ is CompressedArray else g


def coordinates_of(x: Tensor, name: str = "ToSparseBackward0") -> SparseTensor:
    """The same matrix in coordinates, in the same order."""
    array: CompressedArray = x._array

    def raw(node: Node, g: Any) -> Any:
        return array.like(at_places(_bare(g), array.coordinates))

    def taped(node: Node, g: Any) -> Any:
        return compressed_of(with_values(recorded_at_places(g, array.coordinates), array.coordinates), array)

    return record(x, sparse(array.coordinates), name, raw, taped)


def compressed_of(x: Tensor, like: CompressedArray, name: str = "ToSparseCsrBackward0") -> CompressedTensor:
    """A matrix in coordinates, whose elements stand in the order of `like`, row by row as that."""
    array: SparseArray = x._array
    out = compressed_tensor(like.like(array.values))

    def raw(node: Node, g: Any) -> Any:
        return array.like(at_places(_bare(g), array))

    def taped(node: Node, g: Any) -> Any:
        if g._array.__class__ is CompressedArray:
            g = coordinates_of(g)
        return with_values(recorded_at_places(g, array), array)

    return record(x, out, name, raw, taped)


def all_of(x: Tensor, name: str, masked: bool) -> Tensor:
    """All elements; with `masked` only those stored have gradients."""
    array: CompressedArray = x._array
    if masked:
        return dense_of(coordinates_of(x), name, True)

    def same(node: Node, g: Any) -> Any:
        return g

    return record(x, wrap(array.coordinates.dense()), name, same, same)


__all__ = [
    "CompressedTensor",
    "all_of",
    "compressed_of",
    "compressed_tensor",
    "coordinates_of",
]
