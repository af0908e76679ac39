"""Similarity, distance, division by a norm, and the bilinear map."""

from __future__ import annotations

from math import inf

import numpy as np

from ...ops._arguments import need_tensor, wrap_dim
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import add, div, mul, sub
from ...ops.choices import clamp_min
from ...ops.distances import length
from ...ops.einsum import einsum
from ...ops.reductions import sum
from ...ops.spreads import norm
from ...tensor.core import Tensor
from ...tensor.promotion import result_type
from .reductions import broadcast_shape

_distance = primitive("vector_norm", "NormBackward1")
_rows = primitive("index")
_pdist = primitive("vector_norm", "PdistBackward0")
_of_rows, _picked = primitive("row_distances"), primitive("index", "PdistBackward0")
_pairs = primitive("pair_distances")


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """The input divided by its p-norm along `dim`: x / max(‖x‖ₚ, eps).

    Args:
        input: any shape, floating-point or complex dtype.
        p: which norm.
        dim: the dimension.
        eps: the least divisor.
        out: where to put the result.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        IndexError: there is no such dimension.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.normalize(torch.tensor([[3.0, 4.0]]))
        tensor([[0.6000, 0.8000]])
    """
    x = need_tensor(input, "normalize")
    size = clamp_min(norm(x, p, dim, keepdim=True), eps)
    result = div(x, size.expand_as(x))
    if out is None:
        return result
    if result.requires_grad or out.requires_grad:
        raise RuntimeError(
            "div(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad. (Leave out `out`, or detach the input.)"
        )
    if out._array.shape != result._array.shape:
        out.resize_(result.shape)
    return out.copy_(result)


def _floored(size: Tensor, least: float) -> Tensor:
    """max(size, least), with the gradient of `size`: as torch has it, the floor does not stop it."""
    given = size.detach()
    return add(size, sub(clamp_min(given, least), given))


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors: x1·x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)).

    Args:
        x1: vectors along `dim`, floating-point dtype.
        x2: vectors of a shape that can be broadcast with that of x1.
        dim: the dimension of the vectors.
        eps: the least norm.

    Returns:
        The cosines, without `dim`.

    Raises:
        RuntimeError: the shapes cannot be broadcast, or the dtypes are integer.
        IndexError: there is no such dimension.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.cosine_similarity(torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 1.0]]))
        tensor([0.7071])
    """
    a, b = need_tensor(x1, "cosine_similarity", "x1"), need_tensor(x2, "cosine_similarity", "x2", 2)
    common = result_type(a, b)
    if not common.is_floating_point and not common.is_complex:
        raise RuntimeError(
            f"expected common dtype to be floating point, yet common dtype is {scalar_name(a)} (convert the operands, "
            "for instance with .float())"
        )
    a, b = (x if x.dtype == common else x.to(common) for x in (a, b))
    rank = max(a._array.ndim, b._array.ndim)
    axis = wrap_dim(dim, rank)
    if a._array.shape != b._array.shape:
        both = broadcast_shape(a, b)
        a, b = a.expand(both), b.expand(both)
    units = [div(x, _floored(norm(x, 2, axis, keepdim=True), eps)) for x in (a, b)]
    return sum(mul(*units), axis)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of the differences along the last dimension: ‖x1 - x2 + eps‖ₚ.

    Args:
        x1: (..., D), floating-point dtype.
        x2: what can be broadcast with it.
        p: which norm.
        eps: what is added to each difference, so that the norm has a gradient.
        keepdim: keep the last dimension, with size 1.

    Returns:
        The distances, (...).

    Raises:
        RuntimeError: the shapes cannot be broadcast.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.pairwise_distance(torch.tensor([[1.0, 1.0]]), torch.tensor([[4.0, 5.0]]))
        tensor([5.0000])
    """
    need_tensor(x1, "pairwise_distance", "x1")
    need_tensor(x2, "pairwise_distance", "x2", 2)
    difference = add(sub(x1, x2), eps)
    array = difference._array
    if array.dtype.kind not in "fV" or array.itemsize == 2 or array.ndim == 0:
        return norm(difference, p, -1, keepdim)
    return _distance(difference, ord=p, axis=array.ndim - 1, keepdims=keepdim)


def pdist(input: Tensor, p: float = 2) -> Tensor:
    """The p-norm distances of all pairs of rows, the first row with all others first.

    Args:
        input: (N, M), floating-point dtype.
        p: which norm, not negative.

    Returns:
        (N·(N - 1)/2,).

    Raises:
        RuntimeError: another rank, an integer dtype, or a negative p.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.pdist(torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
        tensor([5.0000, 1.0000, 4.2426])
    """
    array = need_tensor(input, "pdist")._array
    if array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {array.ndim}D")
    if array.dtype.kind not in "fV":
        raise RuntimeError(f"pdist only supports floating-point dtypes (`input` has dtype {input.dtype!r})")
    if p < 0:
        raise RuntimeError(f"pdist only supports non-negative p values (p={p})")
    if p == 2 and array.shape[1]:
        return _pairs(input)
    first, second = np.triu_indices(array.shape[0], 1)
    if p in (1, inf) and array.size * len(array) >= 4096:
        return _picked(_of_rows(input, input, p=float(p)), index=(first, second))
    difference = sub(_rows(input, index=(first,)), _rows(input, index=(second,)))
    return length(difference, p, _pdist)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The bilinear map of two inputs: out[o] = Σ input1[i] · weight[o, i, j] · input2[j] + bias[o].

    Args:
        input1: (..., in1).
        input2: (..., in2), with the same leading sizes.
        weight: (out, in1, in2).
        bias: (out,); none by default.

    Returns:
        (..., out).

    Raises:
        RuntimeError: the sizes do not fit.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.bilinear(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]]), torch.tensor([[[1.0], [10.0]]]))
        tensor([[63.]])
    """
    operands = (("input1", input1), ("input2", input2), ("weight", weight))
    s, t, w = (need_tensor(x, "bilinear", name, i)._array.shape for i, (name, x) in enumerate(operands, 1))
    if len(s) != len(t):
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {len(s)} and {len(t)}")
    for i, (m, n) in enumerate(zip(s[:-1], t[:-1], strict=True)):
        if m != n:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {i}: got {m} and {n}")
    if len(w) != 3:
        raise RuntimeError(f"bilinear(): weight must be 3-dimensional (out, in1, in2), got {len(w)} dimensions")
    for name, have, want in (("input1", s[-1], w[1]), ("input2", t[-1], w[2])):
        if have != want:
            raise RuntimeError(f"bilinear(): {name} size does not match weight size: got {have} but expected {want}")
    if bias is not None and bias._array.shape[0] != w[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias._array.shape[0]} but expected {w[0]}"
        )
    product = einsum("...i,oij,...j->...o", input1, weight, input2)
    return product if bias is None else add(product, bias)


__all__ = ["bilinear", "cosine_similarity", "normalize", "pairwise_distance", "pdist"]
