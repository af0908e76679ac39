"""Rules of shape and order: views, permutations, joining, splitting, diagonals."""

from __future__ import annotations

from typing import Any

from .kinds import Elementwise as elementwise
from .kinds import Linear as linear
from .kinds import Primitive, sum_to_shape

reshape: Primitive = linear(
    "reshape", lambda g, x_shape, xp: xp.reshape(g, x_shape), forward=lambda x, shape, xp: xp.reshape(x, shape)
)
view: Primitive = linear(
    "view",
    lambda g, x_shape, xp: xp.reshape(g, x_shape),
    forward=lambda x, shape, xp: xp.reshape(x, shape),
)
squeeze: Primitive = linear("squeeze", lambda g, x_shape, xp: xp.reshape(g, x_shape), node="SqueezeBackward0")
expand_dims: Primitive = linear("expand_dims", lambda g, x_shape, xp: xp.reshape(g, x_shape), node="UnsqueezeBackward0")
permute_dims: Primitive = linear(
    "permute_dims",
    lambda g, axes, xp: xp.permute_dims(g, _inverse(axes)),
    forward=lambda x, axes, xp: xp.permute_dims(x, axes),
    node="PermuteBackward0",
)
matrix_transpose: Primitive = linear(
    "matrix_transpose", lambda g, xp: xp.matrix_transpose(g), node="TransposeBackward0"
)
broadcast_to: Primitive = linear(
    "broadcast_to",
    lambda g, x_shape, xp: sum_to_shape(g, x_shape, xp),
    forward=lambda x, shape, extras: extras.broadcast_view(x, shape),
    node="ExpandBackward0",
)
flip: Primitive = linear("flip", lambda g, axis, xp: xp.flip(g, axis=axis))
roll: Primitive = linear(
    "roll",
    lambda g, shift, axis, xp: xp.roll(g, _negated(shift), axis=axis),
    forward=lambda x, shift, axis, xp: xp.roll(x, shift, axis=axis),
)
rot90: Primitive = linear(
    "rot90",
    lambda g, k, axes, extras: extras.rot90(g, -k, axes),
    forward=lambda x, k, axes, extras: extras.rot90(x, k, axes),
    node="Rot90Backward0",
)
concat: Primitive = linear(
    "concat",
    lambda g, i, shapes, axis: g[_part(i, shapes, axis)],
    forward=lambda *arrays, axis, xp: xp.concat(arrays, axis=axis),
    variadic=True,
    node="CatBackward0",
)
stack: Primitive = linear(
    "stack",
    lambda g, i, axis: g[_nth(i, axis, len(g.shape))],
    forward=lambda *arrays, axis, xp: xp.stack(arrays, axis=axis),
    variadic=True,
)
tril: Primitive = linear("tril", lambda g, k, xp: xp.tril(g, k=k), forward=lambda x, k, xp: xp.tril(x, k=k))
triu: Primitive = linear("triu", lambda g, k, xp: xp.triu(g, k=k), forward=lambda x, k, xp: xp.triu(x, k=k))

diagonal: Primitive = linear(
    "diagonal",
    lambda g, x_shape, plane, extras: extras.embed_view(g, plane, x_shape),
    forward=lambda x, plane: plane(x),
)
trace: Primitive = linear("trace", lambda g, x_shape, extras: extras.identity_times(g, x_shape))
identity_times: Primitive = linear(
    "identity_times", lambda g, xp: xp.trace(g), forward=lambda x, shape, extras: extras.identity_times(x, shape)
)
repeat: Primitive = linear(
    "repeat",
    lambda g, x_shape, times, xp: _summed_copies(g, x_shape, times, xp),
    forward=lambda x, times, xp: xp.tile(x, times),
)
contiguous: Primitive = linear(
    "contiguous", lambda g: g, forward=lambda x, extras: extras.contiguous_copy(x), node="CloneBackward0"
)
arranged: Primitive = linear(
    "arranged",
    lambda g: g,
    forward=lambda x, order, xp, extras: xp.permute_dims(
        extras.contiguous_copy(xp.permute_dims(x, order)), tuple(map(order.index, range(len(order))))
    ),
    node="CloneBackward0",
)
fill: Primitive = elementwise(
    "fill", lambda g, xp: xp.zeros_like(g), forward=lambda x, value, xp: xp.full_like(x, value)
)
copy: Primitive = linear(
    "copy", lambda g, xp: xp.zeros_like(g), lambda g: g, forward=lambda a, b, xp: b, node="CopyBackwards"
)
alias: Primitive = linear("alias", lambda g: g, forward=lambda x, extras: extras.alias(x))
unbind: Primitive = linear(
    "unbind",
    lambda g, axis, xp: xp.stack(g, axis=axis),
    forward=lambda x, axis, extras: extras.unbind(x, axis),
    outputs=0,
)
split: Primitive = linear(
    "split",
    lambda g, axis, xp: xp.concat(g, axis=axis),
    forward=lambda x, sizes, axis, extras: extras.split(x, sizes, axis),
    outputs=0,
)


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
    return (*(slice(None),) * axis, slice(start, start + shapes[i][axis]), ...)


def _nth(i: int, axis: int, ndim: int) -> tuple[Any, ...]:
    """The index of operand i within the stack along `axis`, of `ndim` axes."""
    return (*(slice(None),) * (axis % ndim), i, ...)


def _summed_copies(g: Any, shape: tuple[int, ...], times: tuple[int, ...], xp: Any) -> Any:
    """The sum of the copies that `repeat` made: each axis of `g` is (copies, elements)."""
    shape = (1,) * (len(times) - len(shape)) + shape
    pairs = tuple([size for pair in zip(times, shape, strict=True) for size in pair])
    return xp.sum(xp.reshape(g, pairs), axis=tuple(range(0, 2 * len(times), 2)))
