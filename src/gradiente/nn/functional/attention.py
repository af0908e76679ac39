"""Attention: weighted means of values, with weights that queries and keys decide."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._factory import constant
from ...ops._product_checks import c_name
from ...ops.choices import where
from ...ops.matrix_products import matmul
from ...ops.permuting import transpose
from ...tensor.core import Tensor
from .probabilities import dropout

KERNELS = ("flash", "math", "mem_efficient", "cudnn", "overrideable")
"""Ways in which torch computes attention. On the CPU it has the first two, and both compute the same here."""


class _Allowed:
    """Which of them may be used: programs switch them by `torch.nn.attention` and `torch.backends.cuda`."""

    def __init__(self) -> None:
        self.kernels: frozenset[str] = frozenset(KERNELS)


allowed = _Allowed()


def _need_kernel(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout_p: float, gqa: bool) -> None:
    """Raise torch's errors where the ways that are switched on do not serve these operands."""
    if "math" in allowed.kernels:
        return
    if "flash" not in allowed.kernels:
        raise RuntimeError(
            "No viable backend for scaled_dot_product_attention was found. This is likely due to turning off both the "
            "math kernel and the fused kernels. (On the CPU there are SDPBackend.MATH and SDPBackend.FLASH_ATTENTION)"
        )
    reason = _not_flash(query._array, key._array, value._array, mask, dropout_p, gqa)
    if reason:
        warnings.warn(f"Flash attention kernel not used because: {reason}", stacklevel=3)
        raise RuntimeError(f"No available kernel.  Aborting execution. ({reason}; SDPBackend.MATH has no such limits)")


def _not_flash(q: Any, k: Any, v: Any, mask: Tensor | None, dropout_p: float, gqa: bool) -> str:
    """Why torch's fused kernel cannot compute this, or nothing."""
    if not q.ndim == k.ndim == v.ndim == 4:
        dims = f"Query dim: {q.ndim}, Key dim: {k.ndim}, Value dim: {v.ndim}"
        return f"All fused kernels requires query, key and value to be 4 dimensional, but got {dims} instead."
    sizes = f"Query.sizes(): {list(q.shape)}, Key.sizes(): {list(k.shape)}, Value.sizes(): {list(v.shape)} instead."
    if not q.shape[0] == k.shape[0] == v.shape[0]:
        return f"both fused kernels require query, key and value to have the same batch_size. {sizes}"
    if not gqa and not q.shape[1] == k.shape[1] == v.shape[1]:
        return f"both fused kernels require query, key and value to have the same num_heads. {sizes}"
    if not q.shape[3] == k.shape[3] == v.shape[3]:
        return f"Flash attention requires q,k,v to have the same last dimension. {sizes}"
    if dropout_p > 0:
        return "Both fused kernels do not support non-zero dropout."
    if mask is not None and mask._node is not None:
        return "the mask requires a gradient"
    if mask is not None and mask._array.ndim not in (2, 4):
        return "Please use attn mask shapes of 2 or 4 dimensions"
    return ""


def fused(q: Any, k: Any, v: Any, mask: Tensor | None, dropout_p: float) -> bool:
    """Whether torch computes this attention by its fused kernel; heads that are shared were repeated before."""
    return not _not_flash(q, k, v, mask, dropout_p, False)


_softmax, _multiply, _add, _repeat = primitive("softmax"), primitive("multiply"), primitive("add"), primitive("index")


def _safe_softmax(logits: Tensor) -> Tensor:
    """The softmax over the last axis; where all logits are -∞, zeros."""
    out = _softmax(logits, axis=-1)
    from ...arrays.batched import examples

    hopeless = np.asarray(examples(logits._array) == -np.inf).all(axis=-1, keepdims=True)
    if not hopeless.any():
        return out
    masked = (logits == -math.inf).all(-1, keepdim=True)
    return where(masked, 0.0, _softmax(where(masked, 0.0, logits), axis=-1))


def _need_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None, is_causal: bool) -> None:
    for i, (name, x) in enumerate((("query", query), ("key", key), ("value", value)), 1):
        need_tensor(x, "scaled_dot_product_attention", name, i)
    arrays = [x._array for x in (query, key, value)]
    if len({a.dtype for a in arrays}) > 1:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{c_name(query)} key.dtype: {c_name(key)} and value.dtype: {c_name(value)} instead."
        )
    if min(a.ndim for a in arrays) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{arrays[0].ndim} key.dim: {arrays[1].ndim} and value.dim: {arrays[2].ndim} instead."
        )
    if attn_mask is None:
        return
    kind = attn_mask._array.dtype
    if kind != np.bool_ and kind not in (np.float32, arrays[0].dtype):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{c_name(attn_mask)} and  query.dtype: {c_name(query)} instead."
        )
    if is_causal:
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")


def _shared(query: Tensor, x: Tensor) -> Tensor:
    """The heads of `x`, each repeated so often that there are as many as in `query`."""
    heads, own = query._array.shape[-3], x._array.shape[-3]
    if own == heads:
        return x
    if own == 0 or heads % own:
        raise RuntimeError(
            f"Number of heads in key and value must divide the number of heads in  query ({own} and {heads})"
        )
    lead = (slice(None),) * (x._array.ndim - 3)
    return _repeat(x, index=(*lead, np.repeat(np.arange(own), heads // own)))


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Attention: softmax(query · keyᵀ · scale + mask) · value.

    Args:
        query: (..., L, E), floating-point dtype.
        key: (..., S, E).
        value: (..., S, Ev).
        attn_mask: what can be broadcast to (..., L, S): bool, True where a key takes part, or numbers to be added.
            A query for which no key takes part gets zeros.
        dropout_p: the probability with which weights are set to 0.
        is_causal: each query sees the keys up to its own place; not beside `attn_mask`.
        scale: the factor; None for 1/√E.
        enable_gqa: key and value may have fewer heads, in the third dimension from the end: each serves several.

    Returns:
        (..., L, Ev), of the query's dtype.

    Raises:
        RuntimeError: ranks, dtypes, sizes or the mask do not fit, or `torch.nn.attention.sdpa_kernel` left no way.

    Source: A. Vaswani et al., Attention is all you need (2017), 3.2.1.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.scaled_dot_product_attention(torch.zeros(1, 2), torch.ones(3, 2), torch.arange(3.0).reshape(3, 1))
        tensor([[1.]])
    """
    _need_attention(query, key, value, attn_mask, is_causal)
    if len(allowed.kernels) < len(KERNELS):
        _need_kernel(query, key, value, attn_mask, dropout_p, enable_gqa)
    if query._array.itemsize == 2:  # in float32, as in torch, and rounded once
        query, key, value, short = query.float(), key.float(), value.float(), query.dtype  # pyright: ignore
        mask = attn_mask
        out = scaled_dot_product_attention(query, key, value, mask, dropout_p, is_causal, scale, enable_gqa)
        return out.to(short)
    if not 0.0 <= dropout_p <= 1.0:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p:g}")
    if enable_gqa:
        key, value = _shared(query, key), _shared(query, value)
    width = query._array.shape[-1]
    if scale is None:
        scale = 1 / math.sqrt(width) if width else math.inf
    root = math.sqrt(abs(scale))  # each factor takes its part, so that the products do not grow
    logits = matmul(_times(query, math.copysign(root, scale)), transpose(_times(key, root), -2, -1))
    rows, columns = query._array.shape[-2], key._array.shape[-2]
    if is_causal:
        attn_mask = constant(query, np.tri(rows, columns, dtype=np.bool_))
    if attn_mask is None:
        weights = _softmax(logits, axis=-1)
    elif attn_mask._array.dtype.kind == "b":
        weights = _safe_softmax(where(attn_mask, logits, -math.inf))
    else:
        weights = _safe_softmax(_add(logits, attn_mask.to(logits.dtype)))
    return matmul(dropout(weights, dropout_p, dropout_p > 0), value)


def _times(x: Tensor, factor: float) -> Tensor:
    return x if factor == 1 else _multiply(x, factor)


__all__ = ["scaled_dot_product_attention"]
