"""Rules of the products of matrices and vectors."""

from __future__ import annotations

from typing import Any

from .kinds import Bilinear as bilinear
from .kinds import General as general

matmul = bilinear("matmul", lambda g, b: g @ b.mT, lambda g, a: a.mT @ g, node="MmBackward0")
vecdot = bilinear("dot", lambda g, b: g * b, lambda g, a: g * a, forward=lambda a, b: a @ b)
mv = bilinear("mv", lambda g, b, xp: xp.expand_dims(g, axis=-1) * b, lambda g, a: a.mT @ g, forward=lambda a, b: a @ b)
vecmat = bilinear(
    "vecmat",
    lambda g, b: b @ g,
    lambda g, a, xp: xp.expand_dims(a, axis=-1) * g,
    forward=lambda a, b: a @ b,
    node="SqueezeBackward4",
)
linear = general(
    "linear",
    lambda g, b: g @ b,
    lambda g, a, xp: _rows(g, xp).mT @ _rows(a, xp),
    lambda g: g,
    forward=lambda a, b, c: a @ b.mT + c,
    operands=("a", "b", "c"),
    jvp=lambda t, i, a, b: t @ b.mT if i == 0 else a @ t.mT if i == 1 else t,
    node="AddmmBackward0",
)
einsum = general(
    "einsum",
    lambda g, i, operands, subscripts, xp, extras: _einsum_slope(g, i, operands, subscripts, xp, extras),
    forward=lambda *arrays, subscripts, extras: extras.einsum(subscripts, *arrays),
    jvp=lambda t, i, operands, subscripts, extras: extras.einsum(
        subscripts, *(t if j == i else x for j, x in enumerate(operands))
    ),
    variadic=True,
)


def _rows(x: Any, xp: Any) -> Any:
    """The matrix whose rows are the vectors along the last axis of `x`."""
    return x if len(x.shape) == 2 else xp.reshape(x, (-1, x.shape[-1]))


def _einsum_slope(g: Any, i: int, operands: tuple[Any, ...], subscripts: str, xp: Any, extras: Any) -> Any:
    """The cotangent of operand i: the same contraction with the operand and the result exchanged."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    others = [j for j in range(len(terms)) if j != i]
    known = set(output).union(*(terms[j] for j in others))
    target = terms[i]
    found = "".join(c for c in target if c in known)  # a letter of this operand alone was summed: spread g over it
    part = extras.einsum(",".join([output, *(terms[j] for j in others)]) + "->" + found, g, *(operands[j] for j in others))
    shape = operands[i].shape
    if found != target:
        sizes = tuple(n if c in known else 1 for c, n in zip(target, shape, strict=True))
        part = xp.broadcast_to(xp.reshape(part, sizes), shape)
    return part
