"""The cross entropy of an affine map: the last layer of a classifier and its loss in one call."""

from __future__ import annotations

import warnings
from typing import Any

from ...ops._arguments import need_tensor
from ...ops.joining import cat
from ...ops.shaping import reshape
from ...tensor import dtypes
from ...tensor.core import Tensor
from ...utils.checkpoint import checkpoint
from .classification import cross_entropy
from .linear import linear

_SHORT = (dtypes.float16, dtypes.bfloat16)


def _rows(options: Any, samples: int, features: int, classes: int) -> int:
    """How many samples are a part."""
    if options.batch_chunk_size is not None:
        return options.batch_chunk_size
    if options.chunking_method is None:
        return samples
    ratio = int(options.chunking_method.partition(":")[2] or 2)
    return max(1, samples * features * ratio // max(classes, 1))


def _of_parts(
    input: Tensor, linear_weight: Tensor, target: Tensor, linear_bias: Tensor | None, rows: int, **options: Any
) -> Tensor:
    """The samples' losses, of so many samples at once; the backward pass computes each part's logits again."""

    def losses(x: Tensor, w: Tensor, b: Tensor | None, y: Tensor) -> Tensor:
        return cross_entropy(linear(x, w, b), y, reduction="none", **options)

    parts = [
        checkpoint(
            losses, input[i : i + rows], linear_weight, linear_bias, target[i : i + rows], use_reentrant=False,
            preserve_rng_state=False,
        )
        for i in range(0, max(input._array.shape[0], 1), rows)
    ]  # fmt: skip
    return parts[0] if len(parts) == 1 else cat(parts)


def _mean(losses: Tensor, target: Tensor, weight: Tensor | None, ignored: int) -> Tensor:
    """The mean of the losses, weighted as they are; NaN for none."""
    counted: Any = target != ignored
    if weight is None:
        return losses.sum() / counted.sum()
    return losses.sum() / weight.detach()[target.masked_fill(~counted, 0)].masked_fill(~counted, 0).sum()


def _need_accumulator(dtype: Any, input: Tensor) -> None:
    if dtype not in (None, input.dtype) and not (dtype is dtypes.float32 and input.dtype in _SHORT):
        raise RuntimeError(
            "linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got "
            f"{dtype!r} acc_dtype and {input.dtype!r} inputs."
        )


def _can_divide(target: Tensor, sizes: tuple[int, ...], reduction: str, smoothing: float, bias: Tensor | None) -> bool:
    """Whether the logits can be computed in parts; a warning if not."""
    if reduction in ("mean", "sum", "none") and smoothing == 0 and target.dtype is dtypes.int64 and not sizes:
        return True
    warnings.warn(
        "linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {'mean','sum','none'}, "
        f"label_smoothing == 0, target.dtype == int64, out_features == (). Got reduction={reduction!r}, "
        f"label_smoothing={smoothing}, target.dtype={target.dtype!r}, out_features={sizes}, tracing=False, "
        f"linear_bias.shape={None if bias is None else tuple(bias.shape)}.",
        stacklevel=3,
    )
    return False


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """`cross_entropy` of the logits `linear(input, linear_weight, linear_bias)`.

    Args:
        input: (in,) or (N, in), floating-point dtype.
        linear_weight: (C, in), or (C, d1, ..., in) for targets of several dimensions.
        target: class numbers, () or (N,) or (N, d1, ...), or probabilities, (C,) or (N, C) or (N, C, d1, ...).
        linear_bias: of the weight's shape without its last size; none by default.
        weight: weights of the classes, (C,). None: all 1.
        reduction: "mean", "sum", or "none" for the samples' losses.
        ignore_index: samples of this class are left out; None for -100. Not for probabilities.
        label_smoothing: how much of the target is spread over all classes, from 0 to 1.
        options: None, or `torch.nn.LinearCrossEntropyOptions`: the logits are computed in parts, and again in the
            backward pass, so that those of the whole batch are never in memory. For class numbers, without smoothing,
            and a weight of two dimensions; otherwise a warning says that it is ignored.

    Returns:
        The loss: a 0-d tensor, or for "none" one for each sample.

    Raises:
        RuntimeError: shapes, or an option, do not fit.

    Warns:
        UserWarning: `options` is ignored.
    Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), 4.3.4.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.linear_cross_entropy(torch.ones(1, 2), torch.zeros(4, 2), torch.tensor([3]))
        tensor(1.3863)
    """
    need_tensor(input, "linear_cross_entropy")
    need_tensor(linear_weight, "linear_cross_entropy", "linear_weight", 2)
    need_tensor(target, "linear_cross_entropy", "target", 3)
    s, w = input._array.shape, linear_weight._array.shape
    if len(s) not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {len(s)}")
    if len(w) < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {len(w)}")
    if s[-1] != w[-1]:
        raise RuntimeError(
            f"expected equal input and linear_weight last dimensions (in_features), got {s[-1]} and {w[-1]}, "
            "respectively"
        )
    if linear_bias is not None and linear_bias._array.shape != w[:-1]:
        raise RuntimeError(f"expected linear_bias shape {w[:-1]}, got {linear_bias._array.shape}")
    if len(w) > 2 and len(s) == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {w} requires batched input, (N, {w[-1]}), got "
            f"unbatched input with shape {s}"
        )
    ignored = -100 if ignore_index is None else ignore_index
    if options is not None and len(s) == 2 and _can_divide(target, w[1:-1], reduction, label_smoothing, linear_bias):
        _need_accumulator(options.acc_dtype, input)
        rows = _rows(options, s[0], s[1], w[0])
        losses = _of_parts(input, linear_weight, target, linear_bias, rows, weight=weight, ignore_index=ignored)
        if reduction == "none":
            return losses
        return losses.sum() if reduction == "sum" else _mean(losses, target, weight, ignored)
    if len(w) == 2:
        logits = linear(input, linear_weight, linear_bias)
    else:
        bias = None if linear_bias is None else reshape(linear_bias, (-1,))
        logits = reshape(linear(input, reshape(linear_weight, (-1, w[-1])), bias), (s[0], *w[:-1]))
    if ignore_index is not None and target._array.shape == logits._array.shape:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    return cross_entropy(
        logits, target, weight, ignore_index=ignored, reduction=reduction, label_smoothing=label_smoothing
    )


__all__ = ["linear_cross_entropy"]
