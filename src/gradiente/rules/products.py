"""Rules of the products of matrices and vectors."""

from __future__ import annotations

import math
from typing import Any

from .kinds import Bilinear as bilinear
from .kinds import Elementwise as elementwise
from .kinds import General as general
from .kinds import Primitive

matmul: Primitive = bilinear("matmul", lambda g, b: g @ b.mT, lambda g, a: a.mT @ g, node="MmBackward0")
dot: Primitive = bilinear("dot", lambda g, b: g * b, lambda g, a: g * a, forward=lambda a, b: a @ b)
vdot: Primitive = general(
    "vdot",
    lambda g, b, xp: xp.conj(g * b),
    lambda g, a, xp: g * xp.conj(a),
    forward=lambda a, b, xp: xp.conj(a) @ b,
    jvp=lambda t, i, a, b, xp: xp.conj(t) @ b if i == 0 else xp.conj(a) @ t,
)
cross: Primitive = bilinear(
    "cross",
    lambda g, b, axis, xp: _cross(b, g, axis, xp),
    lambda g, a, axis, xp: _cross(g, a, axis, xp),
    forward=lambda a, b, axis, xp: _cross(a, b, axis, xp),
    node="LinalgCrossBackward0",
)
rows_matmul: Primitive = bilinear(
    "rows_matmul",
    lambda g, b, xp: _apply(g, b.mT, xp),
    lambda g, a, xp: xp.matmul(_rows(a, xp).mT, _rows(g, xp)),
    forward=lambda a, b, xp: _apply(a, b, xp),
    node="UnsafeViewBackward0",
)
mv: Primitive = bilinear("mv", lambda g, b: g[:, None] @ b[None, :], lambda g, a: a.mT @ g, forward=lambda a, b: a @ b)
rows_mv: Primitive = bilinear(
    "rows_mv",
    lambda g, b: g[..., None] * b,
    lambda g, a, xp: xp.matmul(_rows(a, xp).mT, xp.reshape(g, (math.prod(g.shape),))),
    forward=lambda a, b: a @ b,
    node="UnsafeViewBackward0",
)
vecmat: Primitive = bilinear(
    "vecmat",
    lambda g, b: b @ g,
    lambda g, a: a[:, None] @ g[None, :],
    forward=lambda a, b: a @ b,
    node="SqueezeBackward4",
)
linear: Primitive = general(
    "linear",
    lambda g, b, xp: _apply(g, b, xp),
    lambda g, a, xp: xp.matmul(_rows(g, xp).mT, _rows(a, xp)),
    lambda g: g,
    forward=lambda a, b, c, xp: _apply(a, b.mT, xp) + c,
    jvp=lambda t, i, a, b, xp: _apply(t, b.mT, xp) if i == 0 else _apply(a, t.mT, xp) if i == 1 else t,
    node="AddmmBackward0",
)
linear_map: Primitive = bilinear(
    "linear_map",
    lambda g, b, xp: _apply(g, b, xp),
    lambda g, a, xp: xp.matmul(_rows(g, xp).mT, _rows(a, xp)),
    forward=lambda a, b, xp: _apply(a, b.mT, xp),
    node="MmBackward0",
)
sparse_product: Primitive = bilinear(
    "sparse_product",
    lambda g, b, pattern, extras: extras.sampled_product(g, b, pattern),
    lambda g, a, pattern, extras: extras.sparse_product(a, g, pattern.T),
    forward=lambda a, b, pattern, extras: extras.sparse_product(a, b, pattern),
    node="SparseAddmmBackward0",
)
sampled_product: Primitive = bilinear(
    "sampled_product",
    lambda g, b, pattern, extras: extras.sparse_product(g, b, pattern),
    lambda g, a, pattern, extras: extras.sparse_product(g, a, pattern.T),
    forward=lambda a, b, pattern, extras: extras.sampled_product(a, b, pattern),
    node="SparseSampledAddmmBackward0",
)
scaled_add: Primitive = elementwise(
    "scaled_add",
    lambda g, beta: g * beta,
    lambda g, alpha: g * alpha,
    forward=lambda a, b, beta, alpha, xp: _scaled_add(a, b, beta, alpha, xp),
    node="AddmmBackward0",
)
einsum: Primitive = general(
    "einsum",
    lambda g, i, operands, subscripts, xp, extras: _einsum_slope(g, i, operands, subscripts, xp, extras),
    forward=lambda *arrays, subscripts, extras: extras.einsum(subscripts, *arrays),
    jvp=lambda t, i, operands, subscripts, extras: extras.einsum(
        subscripts, *(t if j == i else x for j, x in enumerate(operands))
    ),
    variadic=True,
)


_FEW = 4096


def _cross(a: Any, b: Any, axis: int, xp: Any) -> Any:
    """The vector product along `axis`: (a₁b₂ - a₂b₁, a₂b₀ - a₀b₂, a₀b₁ - a₁b₀)."""
    lead = (slice(None),) * axis
    if math.prod(a.shape) > _FEW or math.prod(b.shape) > _FEW:  # slices of three elements would be slow
        (a0, a1, a2), (b0, b1, b2) = [[x[(*lead, i, ...)] for i in range(3)] for x in (a, b)]
        return xp.stack((a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0), axis=axis)
    first, second = (*lead, slice(1, 4), ...), (*lead, slice(2, 5), ...)
    a, b = xp.concat((a, a), axis=axis), xp.concat((b, b), axis=axis)
    return a[first] * b[second] - a[second] * b[first]


def _scaled_add(a: Any, b: Any, beta: Any, alpha: Any, xp: Any) -> Any:
    """β·a + α·b; of an `a` or `b` whose factor is 0 not even a NaN comes through, as in BLAS."""
    if alpha == 0:
        b = xp.zeros_like(b)
    elif alpha != 1:
        b = b * alpha
    if beta == 0:
        return b
    return (a if beta == 1 else a * beta) + b


def _rows(x: Any, xp: Any) -> Any:
    """The matrix whose rows are the vectors along the last axis of `x`."""
    return x if len(x.shape) == 2 else xp.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def _apply(x: Any, b: Any, xp: Any) -> Any:
    """x @ b, as one product of matrices: NumPy would call BLAS once for each matrix of a batch `x`."""
    if len(x.shape) <= 2:
        return xp.matmul(x, b)
    return xp.reshape(xp.matmul(_rows(x, xp), b), (*x.shape[:-1], b.shape[-1]))


def _einsum_slope(g: Any, i: int, operands: tuple[Any, ...], subscripts: str, xp: Any, extras: Any) -> Any:
    """The cotangent of operand i: the same contraction with the operand and the result exchanged."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    others = [j for j in range(len(terms)) if j != i]
    known = set(output).union(*(terms[j] for j in others))
    target = terms[i]
    found = "".join(c for c in target if c in known)  # a letter of this operand alone was summed: spread g over it
    part = extras.einsum(
        ",".join([output, *(terms[j] for j in others)]) + "->" + found, g, *(operands[j] for j in others)
    )
    shape = operands[i].shape
    if found != target:
        sizes = tuple(n if c in known else 1 for c, n in zip(target, shape, strict=True))
        part = xp.broadcast_to(xp.reshape(part, sizes), shape)
    return part
