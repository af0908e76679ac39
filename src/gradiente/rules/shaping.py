"""Rules of shape and order: views, permutations, joining, indexing."""

from __future__ import annotations

from typing import Any

from .kinds import Linear as linear
from .kinds import sum_to_shape

reshape = linear(
    "reshape", lambda g, x_shape, xp: xp.reshape(g, x_shape), forward=lambda x, shape, xp: xp.reshape(x, shape)
)
view = linear(
    "view",
    lambda g, x_shape, xp: xp.reshape(g, x_shape),
    forward=lambda x, shape, xp: xp.reshape(x, shape),
)
squeeze = linear("squeeze", lambda g, x_shape, xp: xp.reshape(g, x_shape), node="SqueezeBackward0")
expand_dims = linear("expand_dims", lambda g, x_shape, xp: xp.reshape(g, x_shape), node="UnsqueezeBackward0")
permute_dims = linear(
    "permute_dims",
    lambda g, axes, xp: xp.permute_dims(g, _inverse(axes)),
    forward=lambda x, axes, xp: xp.permute_dims(x, axes),
    node="PermuteBackward0",
)
matrix_transpose = linear("matrix_transpose", lambda g, xp: xp.matrix_transpose(g), node="TransposeBackward0")
broadcast_to = linear(
    "broadcast_to",
    lambda g, x_shape, xp: sum_to_shape(g, x_shape, xp),
    forward=lambda x, shape, xp: xp.broadcast_to(x, shape),
    node="ExpandBackward0",
)
flip = linear("flip", lambda g, axis, xp: xp.flip(g, axis=axis))
roll = linear(
    "roll",
    lambda g, shift, axis, xp: xp.roll(g, _negated(shift), axis=axis),
    forward=lambda x, shift, axis, xp: xp.roll(x, shift, axis=axis),
)
concat = linear(
    "concat",
    lambda g, i, shapes, axis: g[_part(i, shapes, axis)],
    forward=lambda *arrays, axis, xp: xp.concat(arrays, axis=axis),
    variadic=True,
    node="CatBackward0",
)
stack = linear(
    "stack",
    lambda g, i, axis: g[_nth(i, axis, len(g.shape))],
    forward=lambda *arrays, axis, xp: xp.stack(arrays, axis=axis),
    variadic=True,
)
getitem = linear(
    "getitem",
    lambda g, index, x_shape, extras: extras.embed(g, index, x_shape),
    forward=lambda x, index: x[index],
    node="IndexBackward0",
)
embed = linear(
    "embed",
    lambda g, index: g[index],
    forward=lambda x, index, shape, extras: extras.embed(x, index, shape),
    node="IndexPutBackward0",
)
take_along_axis = linear(
    "take_along_axis",
    lambda g, indices, axis, x_shape, extras: extras.scatter_along_axis(g, indices, axis, x_shape),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, axis, xp: xp.take_along_axis(x, indices, axis=axis),
    node="GatherBackward0",
)
scatter_along_axis = linear(
    "scatter_along_axis",
    lambda g, indices, axis, xp: xp.take_along_axis(g, indices, axis=axis),
    None,
    operands=("x", "indices"),
    forward=lambda x, indices, axis, shape, extras: extras.scatter_along_axis(x, indices, axis, shape),
    node="ScatterAddBackward0",
)
put_view = linear(
    "put_view",
    lambda g, view, extras: extras.clear_view(g, view),
    lambda g, view: view(g),
    forward=lambda a, b, view, extras: extras.put_view(a, b, view),
    node="CopySlices",
)
clear_view = linear(
    "clear_view",
    lambda g, view, extras: extras.clear_view(g, view),
    forward=lambda x, view, extras: extras.clear_view(x, view),
    node="CopySlices",
)
tril = linear("tril", lambda g, k, xp: xp.tril(g, k=k), forward=lambda x, k, xp: xp.tril(x, k=k))
triu = linear("triu", lambda g, k, xp: xp.triu(g, k=k), forward=lambda x, k, xp: xp.triu(x, k=k))


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    """The permutation that undoes `axes`."""
    inverse = [0] * len(axes)
    for i, axis in enumerate(axes):
        inverse[axis] = i
    return tuple(inverse)


def _negated(shift: Any) -> Any:
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift


def _part(i: int, shapes: tuple[tuple[int, ...], ...], axis: int) -> tuple[Any, ...]:
    """The index of operand i within the concatenation along `axis`."""
    axis %= len(shapes[i])
    start = sum(shape[axis] for shape in shapes[:i])
    return (*(slice(None),) * axis, slice(start, start + shapes[i][axis]))


def _nth(i: int, axis: int, ndim: int) -> tuple[Any, ...]:
    """The index of operand i within the stack along `axis`, of `ndim` axes."""
    return (*(slice(None),) * (axis % ndim), i)
