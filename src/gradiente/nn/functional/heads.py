"""Attention with several heads."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ...ops.affine_products import baddbmm
from ...ops.exponentials import softmax
from ...ops.joining import cat
from ...ops.matrix_products import bmm
from ...ops.permuting import transpose
from ...ops.reductions import mean
from ...ops.shaping import reshape, squeeze, unsqueeze
from ...tensor.core import Tensor, wrap
from .attention import scaled_dot_product_attention
from .linear import linear
from .padding import pad
from .probabilities import dropout


def _check_ranks(
    query: Tensor, key: Tensor, value: Tensor, padding: Tensor | None, mask: Tensor | None, heads: int
) -> bool:
    """Whether the operands have a batch axis. AssertionError if their ranks do not fit."""
    rank = query._array.ndim
    if rank not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {rank}-D query tensor")
    kind = "batched (3-D)" if rank == 3 else "unbatched (2-D)"
    if key._array.ndim != rank or value._array.ndim != rank:
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {rank}-D but found {key._array.ndim}-D and "
            f"{value._array.ndim}-D tensors respectively"
        )
    if padding is not None and padding._array.ndim != rank - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {rank - 1}-D but found "
            f"{padding._array.ndim}-D tensor instead"
        )
    if mask is not None:
        if mask._array.ndim not in (2, 3):
            raise AssertionError(
                f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask._array.ndim}-D "
                "tensor instead"
            )
        wanted = (heads, query._array.shape[0], key._array.shape[0])
        if rank == 2 and mask._array.ndim == 3 and mask._array.shape != wanted:
            raise AssertionError(f"Expected `attn_mask` shape to be {wanted} but got {mask.shape}")
    return rank == 3


def as_numbers(
    mask: Tensor | None, name: str, other: Tensor | None, other_name: str, dtype: Any, warn: bool
) -> Tensor | None:
    """The mask as numbers to be added: -∞ where a bool mask says True."""
    if mask is None:
        return None
    kind = mask._array.dtype.kind
    if kind not in "bfV":
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if warn and other is not None and other._array.dtype != mask._array.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    if kind in "fV":
        return mask
    return wrap(np.where(mask._array, -np.inf, 0).astype(dtype))


def _projected(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    packed: Tensor | None,
    bias: Tensor | None,
    separate: tuple[Tensor | None, ...] | None,
) -> list[Tensor]:
    """Query, key and value, mapped linearly."""
    width = query._array.shape[-1]
    if separate is not None:
        for name, w in zip("qkv", separate, strict=True):
            if w is None:
                raise AssertionError(f"use_separate_proj_weight is True but {name}_proj_weight is None")
        weights: Any = separate
    else:
        if packed is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        if query is key and key is value:  # one product for all three
            whole = linear(query, packed, bias)
            return [whole[..., i * width : (i + 1) * width] for i in range(3)]
        weights = [packed[i * width : (i + 1) * width] for i in range(3)]
    biases: Any = (None,) * 3 if bias is None else [bias[i * width : (i + 1) * width] for i in range(3)]
    return [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True)]


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention with several heads: each attends in a part of the mapped queries, keys and values.

    Args:
        query: (L, [N,] E).
        key: (S, [N,] E), or of another width with separate weights.
        value: (S, [N,] E), likewise.
        embed_dim_to_check: E.
        num_heads: the number of heads, a divisor of E.
        in_proj_weight: the maps of query, key and value, one below the other, (3E, E).
        in_proj_bias: what they add, (3E,).
        bias_k: one more key, (1, 1, E).
        bias_v: its value, (1, 1, E).
        add_zero_attn: one more key, and value, of zeros.
        dropout_p: the probability with which weights are set to 0.
        out_proj_weight: the map of the result, (E, E).
        out_proj_bias: what it adds, (E,).
        training: else there is no dropout.
        key_padding_mask: ([N,] S): bool, True for keys that are left out, or numbers to be added.
        need_weights: give the weights, too.
        attn_mask: (L, S) or (N·heads, L, S): likewise.
        use_separate_proj_weight: the maps are the following three.
        q_proj_weight: (E, E).
        k_proj_weight: (E, key's width).
        v_proj_weight: (E, value's width).
        static_k: the mapped keys of all heads, (N·heads, S, E/heads), instead.
        static_v: the mapped values, likewise.
        average_attn_weights: give the mean of the heads' weights.
        is_causal: a hint that `attn_mask` lets each query see the keys up to its own place; it must be given.

    Returns:
        The result (L, [N,] E), and the weights ([N,] L, S), or ([N,] heads, L, S), or None.

    Raises:
        AssertionError: ranks or sizes do not fit.
        RuntimeError: the mask's shape does not fit, or is missing.

    Source: A. Vaswani et al., Attention is all you need (2017), 3.2.2.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> x, w = torch.ones(3, 1, 2), torch.ones(6, 2)
        >>> out, weights = F.multi_head_attention_forward(
        ...     x, x, x, 2, 1, w, None, None, None, False, 0.0, torch.eye(2), None
        ... )
        >>> out.shape, weights.shape
        (torch.Size([3, 1, 2]), torch.Size([1, 3, 3]))
    """
    batched = _check_ranks(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        same = query is key and key is value
        query = unsqueeze(query, 1)
        key, value = (query, query) if same else (unsqueeze(key, 1), unsqueeze(value, 1))
        key_padding_mask = None if key_padding_mask is None else unsqueeze(key_padding_mask, 0)
    target, samples, width = query._array.shape
    source = key._array.shape[0]
    dtype = query._array.dtype
    key_padding_mask = as_numbers(key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", dtype, True)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    causal = is_causal and key_padding_mask is None and not need_weights
    if not causal:
        attn_mask = as_numbers(attn_mask, "attn_mask", None, "", dtype, False)
    if width != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    depth = width // num_heads
    if depth * num_heads != width:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if key._array.shape[:2] != value._array.shape[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )
    elif key._array.shape != value._array.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
    separate = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None
    q, k, v = _projected(query, key, value, in_proj_weight, in_proj_bias, separate)
    attn_mask = None if causal else _whole_mask(attn_mask, target, source, samples * num_heads)
    if (bias_k is None) != (bias_v is None):
        given, missing = ("bias_k", "bias_v") if bias_v is None else ("bias_v", "bias_k")
        raise AssertionError(f"{given} is set but {missing} is None")
    if bias_k is not None and bias_v is not None:
        k = cat([k, bias_k.expand(1, samples, width)])
        v = cat([v, bias_v.expand(1, samples, width)])
        attn_mask, key_padding_mask = _one_more(attn_mask), _one_more(key_padding_mask)
    folded = (samples * num_heads, depth)
    q = transpose(reshape(q, (target, *folded)), 0, 1)
    k = (
        transpose(reshape(k, (k._array.shape[0], *folded)), 0, 1)
        if static_k is None
        else _static(static_k, folded, "k")
    )
    v = (
        transpose(reshape(v, (v._array.shape[0], *folded)), 0, 1)
        if static_v is None
        else _static(static_v, folded, "v")
    )
    if add_zero_attn:
        k, v = pad(k, (0, 0, 0, 1)), pad(v, (0, 0, 0, 1))
        attn_mask, key_padding_mask = _one_more(attn_mask), _one_more(key_padding_mask)
    source = k._array.shape[1]
    if key_padding_mask is not None:
        if key_padding_mask._array.shape != (samples, source):
            axis = 0 if key_padding_mask._array.shape[0] != samples else 1
            raise AssertionError(
                f"Expected key_padded_mask.shape[{axis}] to be {(samples, source)[axis]}, but got "
                f"{key_padding_mask._array.shape[axis]}"
            )
        spread = key_padding_mask.reshape(samples, 1, 1, source).expand(-1, num_heads, -1, -1)
        spread = spread.reshape(samples * num_heads, 1, source)
        attn_mask = spread if attn_mask is None else attn_mask + spread
    p = dropout_p if training else 0.0
    weights = None
    if need_weights:
        logits = q * math.sqrt(1.0 / depth)
        turned = transpose(k, -2, -1)
        logits = bmm(logits, turned) if attn_mask is None else baddbmm(attn_mask, logits, turned)
        weights = dropout(softmax(logits, -1), p, p > 0)
        out = bmm(weights, v)
    else:
        mask = None
        if attn_mask is not None:
            shape = attn_mask._array.shape
            mask = attn_mask if shape[0] == 1 else attn_mask.reshape(samples, num_heads, *shape[1:])
        q, k, v = (x.reshape(samples, num_heads, -1, depth) for x in (q, k, v))
        out = scaled_dot_product_attention(q, k, v, mask, p, causal)
        out = out.reshape(samples * num_heads, target, depth)
    out = linear(reshape(transpose(out, 0, 1), (target * samples, width)), out_proj_weight, out_proj_bias)
    out = out.view(target, samples, out._array.shape[1])
    if weights is not None:
        weights = weights.view(samples, num_heads, target, source)
        weights = mean(weights, 1) if average_attn_weights else weights
    if batched:
        return out, weights
    return squeeze(out, 1), None if weights is None else squeeze(weights, 0)


def _whole_mask(mask: Tensor | None, target: int, source: int, heads: int) -> Tensor | None:
    """The mask with an axis for the heads. RuntimeError if its shape is another."""
    if mask is None:
        return None
    rank = mask._array.ndim
    wanted = (target, source) if rank == 2 else (heads, target, source)
    if mask._array.shape != wanted:
        raise RuntimeError(f"The shape of the {rank}D attn_mask is {mask.shape}, but should be {wanted}.")
    return unsqueeze(mask, 0) if rank == 2 else mask


def _one_more(mask: Tensor | None) -> Tensor | None:
    """The mask for one more key, which is not left out."""
    return None if mask is None else pad(mask, (0, 1))


def _static(x: Tensor, folded: tuple[int, int], name: str) -> Tensor:
    for axis, n in ((0, folded[0]), (2, folded[1])):
        if x._array.shape[axis] != n:
            raise AssertionError(f"expecting static_{name}.size({axis}) of {n}, but got {x._array.shape[axis]}")
    return x


__all__ = ["as_numbers", "multi_head_attention_forward"]
