"""Sparse tensors: tensors whose array is a `SparseArray`, and the nodes that lead to and from their values.

Note [Sparse tensors in the graph]
----------------------------------
A sparse tensor is a tensor like others: it has a node or none, a gradient, hooks. What is computed of sparse tensors
is computed of their values, which are ordinary tensors, by the primitives of the table. Between a sparse tensor and its
values there are nodes that move elements and compute nothing: `values_of` and `with_values`, each of them the adjoint
of the other one, and `dense_of`. Cotangents of sparse tensors are sparse arrays, or arrays where nothing says which
elements are zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays.numpy_adding import add_at
from ..arrays.sparse import Pattern, SparseArray, grouped, looked_up
from ..graph import Kind, Node, Plan, current, moment
from ..rules import Primitive
from .core import Tensor, new
from .introspect import ShownNode
from .overriding import enable, installers


class SparseTensor(Tensor):
    """A tensor of which only some elements are stored; `gradiente.sparse` attaches its methods."""

    __slots__ = ()


SparseTensor.__name__ = SparseTensor.__qualname__ = "Tensor"  # what type(x) shows, as in torch


def sparse(array: SparseArray) -> SparseTensor:
    """A sparse tensor of these values, sharing their memory, without a history."""
    if installers:
        enable()  # functions ask from now on whether a tensor is sparse
    out: Any = new(SparseTensor)
    out._array = array
    out._node = out._history = out._view = out._meta = None
    return out


def _plain(array: Any) -> Tensor:
    out = new(Tensor)
    out._array = array
    out._node = out._history = out._view = out._meta = None
    return out


_BRIDGE = Primitive("sparse_bridge", operands=("x",))
"""What nodes here say they executed: nothing of the table."""

Step = Callable[[Node, Any], Any]


def record(x: Tensor, out: Tensor, name: str, raw: Step, taped: Step) -> Any:
    """`out`, with a node called `name` between it and `x`, if gradients flow."""
    mode = current()
    if mode.transforms or (mode.levels and x._meta is not None and x._meta.tangents):
        what = "vmap" if mode.transforms else "forward AD"
        raise NotImplementedError(
            f"Trying to use {what} with {name.rpartition('Backward')[0]} of a sparse tensor that does not support it "
            "because it has not been implemented yet (convert the tensor with .to_dense() before)"
        )
    if mode.grad and x._node is not None and x._array.dtype.kind in "fcV":
        node = Node()
        node.seq, node.edges, node.tensors = moment(), x._node, ()
        node.plan = Plan(raw, taped, (True,), Kind(_BRIDGE, name, ShownNode), single=True)
        node.facts = ({}, (x._array.shape,), (x._array.dtype,))
        node.hooks = node.place = None
        out._node = node
    if mode.inference:
        from .inference import mark_inference

        mark_inference(out)
    return out


def values_of(x: Tensor, name: str = "ValuesBackward0") -> Tensor:
    """The values of a sparse tensor, (nnz, *dense dimensions); they share its memory."""
    array: SparseArray = x._array

    def raw(node: Node, g: Any) -> Any:
        return array.cotangent(np.asarray(g))

    def taped(node: Node, g: Any) -> Any:
        return recorded_cotangent(g, array)

    return record(x, _plain(array.values), name, raw, taped)


def with_values(v: Tensor, like: SparseArray, name: str = "SparseCooTensorWithDimsAndTensorsBackward0") -> SparseTensor:
    """The sparse tensor with the values `v` at the places of `like`."""
    out = sparse(like.like(v._array))

    def raw(node: Node, g: Any) -> Any:
        return at_places(g, like)

    def taped(node: Node, g: Any) -> Any:
        return recorded_at_places(g, like)

    return record(v, out, name, raw, taped)


def coalesced_of(x: Tensor, name: str = "CoalesceBackward0") -> SparseTensor:
    """The same tensor with sorted places, each of them once; its cotangent is that of the tensor."""

    def same(node: Node, g: Any) -> Any:
        return g

    return record(x, sparse(coalesced_array(x._array)), name, same, same)


def dense_of(x: Tensor, name: str, masked: bool) -> Tensor:
    """All elements of a sparse tensor, as an ordinary one; with `masked` only those stored have gradients."""
    array: SparseArray = x._array

    def raw(node: Node, g: Any) -> Any:
        return array.cotangent(at_places(g, array)) if masked else g

    def taped(node: Node, g: Any) -> Any:
        return recorded_cotangent(recorded_at_places(g, array), array) if masked else g

    return record(x, _plain(array.dense()), name, raw, taped)


def stored_of(x: Tensor, like: SparseArray, name: str) -> SparseTensor:
    """The elements of the ordinary tensor `x` at the places of `like`; other elements have the gradient 0."""
    out = sparse(like.like(x._array[tuple(like.indices)]))

    def raw(node: Node, g: Any) -> Any:
        return g.dense() if g.__class__ is SparseArray else g

    def taped(node: Node, g: Any) -> Any:
        return dense_of(g, "ToDenseBackward0", False) if g._array.__class__ is SparseArray else g

    return record(x, out, name, raw, taped)


def rows_of(x: Tensor, rows: Any, skipped: int, name: str = "EmbeddingBackward0") -> Tensor:
    """The rows x[rows] of a matrix, whose gradient is sparse: of the rows alone that are named, except `skipped`."""
    shape = x._array.shape
    out = _plain(x._array.take(rows, axis=0))
    flat = rows.reshape(-1)
    kept = None if skipped < 0 else np.flatnonzero(flat != skipped)
    places = (flat if kept is None else flat[kept]).astype(np.int64)[None, :]

    def raw(node: Node, g: Any) -> Any:
        values = g.reshape(len(flat), *shape[1:])
        return SparseArray(places, values if kept is None else values[kept], shape, False)

    def taped(node: Node, g: Any) -> Any:
        values = g.reshape(len(flat), *shape[1:])
        like = SparseArray(places, np.empty(0), shape, False)
        return with_values(values if kept is None else values[_plain(kept)], like)

    return record(x, out, name, raw, taped)


def recorded_cotangent(g: Tensor, like: SparseArray) -> SparseTensor:
    """The cotangent of a sparse tensor if `g` is that of its values, recorded; see `SparseArray.cotangent`."""
    groups, places = grouped(like.keys())
    if len(groups) == len(places):
        return with_values(g, like)
    return with_values(g[_plain(places)], SparseArray(like.indices[:, places], like.values[places], like.shape, True))


def at_places(g: Any, like: SparseArray) -> Any:
    """The elements of the cotangent `g`, an array or a sparse one, at the places of `like`."""
    if g.__class__ is not SparseArray:
        return g[tuple(like.indices)]
    if g.indices is like.indices and (g.repeats or g.coalesced):
        return g.values
    if g.sparse_dim != like.sparse_dim:
        return g.dense()[tuple(like.indices)]
    g = coalesced_array(g.settled())
    places, there = looked_up(g.keys(), like.keys())
    if not len(g.values):
        return np.zeros((len(places), *g.values.shape[1:]), g.dtype)
    found = g.values[places]
    found[~there] = 0
    return found


def recorded_at_places(g: Any, like: SparseArray) -> Tensor:
    """`at_places` for a cotangent that is a tensor, recorded."""
    if g._array.__class__ is not SparseArray:
        return g[tuple([_plain(row) for row in like.indices])]
    if g._array.indices is like.indices and g._array.coalesced:
        return values_of(g)
    return recorded_at_places(dense_of(g, "ToDenseBackward0", False), like)


def coalesced_array(array: SparseArray) -> SparseArray:
    """The same array with sorted places, each of them once."""
    if array.coalesced:
        return array
    groups, places = grouped(array.keys())
    if len(places) == len(groups) and bool((groups == np.arange(len(groups))).all()):
        return SparseArray(array.indices, array.values, array.shape, True, array._pattern)
    if len(places) == len(groups):
        return SparseArray(array.indices.take(places, 1), array.values[places], array.shape, True)
    values = np.zeros((len(places), *array.values.shape[1:]), array.dtype)
    add_at(values, groups, array.values)
    return SparseArray(array.indices.take(places, 1), values, array.shape, True)


__all__ = [
    "Pattern",
    "SparseArray",
    "SparseTensor",
    "at_places",
    "coalesced_array",
    "coalesced_of",
    "dense_of",
    "record",
    "recorded_at_places",
    "rows_of",
    "sparse",
    "stored_of",
    "values_of",
    "with_values",
]
