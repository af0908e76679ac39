"""The cross entropy of an affine map: the last layer of a classifier and its loss in one call."""

from __future__ import annotations

from typing import Any

from ...ops._arguments import need_tensor
from ...ops.shaping import reshape
from ...tensor.core import Tensor
from .classification import cross_entropy
from .linear import linear


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
        options: must be None: the logits are computed whole, not in parts.

    Returns:
        The loss: a 0-d tensor, or for "none" one for each sample.

    Raises:
        RuntimeError: shapes, or an option, do not fit.
        NotImplementedError: `options` is given.

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
    if options is not None:
        raise NotImplementedError(
            "linear_cross_entropy(): computing the logits in parts is not supported; leave out `options`"
        )
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
    if len(w) == 2:
        logits = linear(input, linear_weight, linear_bias)
    else:
        bias = None if linear_bias is None else reshape(linear_bias, (-1,))
        logits = reshape(linear(input, reshape(linear_weight, (-1, w[-1])), bias), (s[0], *w[:-1]))
    if ignore_index is not None and target._array.shape == logits._array.shape:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    ignored = -100 if ignore_index is None else ignore_index
    return cross_entropy(
        logits, target, weight, ignore_index=ignored, reduction=reduction, label_smoothing=label_smoothing
    )


__all__ = ["linear_cross_entropy"]
