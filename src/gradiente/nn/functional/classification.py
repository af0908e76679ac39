"""Losses of classification: how little probability the true classes were given."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...arrays.batched import Batched, examples
from ...arrays.batched_indexing import pick
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.exponentials import log_softmax
from ...tensor.core import Tensor, box, wrap
from .reductions import reduced, reduction_name

_nll, _nll_grid = primitive("nll_loss"), primitive("nll_loss", "NllLoss2DBackward0")
_log_softmax = primitive("log_softmax")
_INT64 = np.dtype(np.int64)
_multiply, _divide, _negative, _add, _sum, _sum_dim = (
    primitive("multiply"),
    primitive("divide", "DivBackward1"),
    primitive("negative"),
    primitive("add"),
    primitive("sum"),
    primitive("sum", "SumBackward1"),
)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross entropy of the classes' logits and the true classes: mean of -log softmax(input)[target].

    With probabilities p as target, it is the mean over the samples of -Σ_c p_c · log softmax(input)_c.

    Args:
        input: logits, (C,), (N, C) or (N, C, ...).
        target: either the numbers of the true classes, int64 (or uint8), (), (N,) or (N, ...), or the classes'
            probabilities, of the input's shape and a floating-point dtype.
        weight: weights of the classes, (C,). None: all 1.
        size_average: deprecated, see `reduction`.
        ignore_index: samples of this class are left out (class numbers only).
        reduce: deprecated, see `reduction`.
        reduction: "mean" (for class numbers weighted by the classes' weights), "sum", or "none" for the samples'
            losses.
        label_smoothing: the share of the target that is spread over all classes equally, from 0 to 1.

    Returns:
        The loss: a 0-d tensor, or for "none" one value for each sample.

    Raises:
        ValueError: no such reduction, or the numbers of samples differ.
        IndexError: a class number is out of range.
        RuntimeError: the target's dtype, the weights' number or `label_smoothing` is not as described.

    Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), 4.3.4; label smoothing: C. Szegedy et al.,
    Rethinking the Inception architecture (2016).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))
        tensor(1.3863)
    """
    if reduction != "mean" or size_average is not None or reduce is not None:
        reduction = reduction_name(reduction, size_average, reduce)
    try:
        x, y = input._array, target._array
    except AttributeError:
        need_tensor(input, "cross_entropy_loss")
        need_tensor(target, "cross_entropy_loss", "target", 2)
        raise
    if x.dtype.kind not in "fV":
        raise NotImplementedError(
            f"\"log_softmax_lastdim_kernel_impl\" not implemented for '{scalar_name(input)}' "
            f"(the logits have dtype {input.dtype!r}; convert them, for instance with .float())"
        )
    axis = 1 if x.ndim > 1 else 0
    if x.shape == y.shape:
        return _of_probabilities(input, target, axis, weight, ignore_index, reduction, label_smoothing)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    likelihood = _log_softmax(input, axis=axis) if x.itemsize > 2 else log_softmax(input, axis)
    if label_smoothing == 0.0:
        return _nll_loss(likelihood, target, weight, ignore_index, reduction)
    return _smoothed(likelihood, target, axis, weight, ignore_index, reduction, label_smoothing)


def _of_probabilities(
    input: Tensor, target: Tensor, axis: int, weight: Tensor | None, ignored: int, reduction: str, smoothing: float
) -> Tensor:
    """The cross entropy with the classes' probabilities as target."""
    if target._array.dtype.kind not in "fV":
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {scalar_name(target)} "
            f"(`target` has the input's shape {list(target._array.shape)}; class numbers have one dimension less)"
        )
    if ignored >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    if not 0.0 <= smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {smoothing}")
    shape = input._array.shape
    if weight is not None:
        _check_weight(input, weight, shape[axis], "cross_entropy: ")
    if smoothing > 0.0:
        target = _add(_multiply(target, 1 - smoothing), smoothing / shape[axis])
    terms = _multiply(_log_softmax(input, axis=axis), target)
    if weight is not None:
        terms = _multiply(terms, wrap(weight._array.reshape((-1,) + (1,) * (len(shape) - axis - 1))))
    if reduction == "none":
        return _negative(_sum_dim(terms, axis=axis, keepdims=False))
    loss = _negative(_sum(terms, axis=None, keepdims=False))
    samples = math.prod(shape) // shape[axis] if shape[axis] else 0
    return loss if reduction == "sum" else _divide(loss, samples or math.nan)


def _smoothed(
    likelihood: Tensor, target: Tensor, axis: int, weight: Tensor | None, ignored: int, reduction: str, smoothing: float
) -> Tensor:
    """(1 - ε) · the loss of the true classes + ε/C · that of all classes, weighted."""
    x, y = likelihood._array, target._array
    classes = x.shape[axis]
    hard = _nll_loss(likelihood, target, weight, ignored, reduction)
    every = (
        likelihood
        if weight is None
        else _multiply(likelihood, wrap(weight._array.reshape((-1,) + (1,) * (x.ndim - axis - 1))))
    )
    kept = (y != ignored).astype(x.dtype)
    loss = _multiply(_negative(_sum_dim(every, axis=axis, keepdims=False)), wrap(np.asarray(kept.reshape(y.shape))))
    loss = reduced(loss, "none" if reduction == "none" else "sum")
    if reduction == "mean":
        shares = kept if weight is None else kept * weight._array[np.where(y == ignored, 0, y)]
        loss = _divide(loss, float(shares.sum()) or math.nan)
    return _add(_multiply(hard, 1 - smoothing), _multiply(loss, smoothing / classes))


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood: mean of -input[target], weighted by the classes' weights.

    Args:
        input: logarithms of probabilities, (C,), (N, C) or (N, C, ...).
        target: the numbers of the true classes, int64 (or uint8), (), (N,) or (N, ...).
        weight: weights of the classes, (C,). None: all 1.
        size_average: deprecated, see `reduction`.
        ignore_index: samples of this class are left out.
        reduce: deprecated, see `reduction`.
        reduction: "mean" (Σ w·loss / Σ w), "sum", or "none" for the samples' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one value for each sample.

    Raises:
        ValueError: no such reduction, or the numbers of samples differ.
        IndexError: a class number is out of range.
        RuntimeError: the target's dtype or shape, or the weights' number, is not as described.

    Source: R. A. Fisher, On the mathematical foundations of theoretical statistics (1922).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.nll_loss(torch.tensor([[-0.1, -2.0], [-3.0, -0.3]]), torch.tensor([0, 1]))
        tensor(0.2000)
    """
    reduction = reduction_name(reduction, size_average, reduce)
    need_tensor(input, "nll_loss_nd")
    need_tensor(target, "nll_loss_nd", "target", 2)
    return _nll_loss(input, target, weight, ignore_index, reduction)


def _nll_loss(input: Tensor, target: Tensor, weight: Tensor | None, ignored: int, reduction: str) -> Tensor:
    x, y = input._array, target._array
    if x.ndim != 2 or y.ndim != 1 or x.shape[0] != y.shape[0] or y.dtype is not _INT64:
        _check_target(x, y, target)
    classes = x.shape[1] if x.ndim > 1 else x.shape[0]
    if weight is not None:
        need_tensor(weight, "nll_loss_nd", "weight", 3)
        _check_weight(input, weight, classes)
    call = _nll_grid if x.ndim > 2 else _nll
    # Class numbers are compared as unsigned ones: one look finds those that are negative and those that are too large.
    number = examples(y)
    number = number.view(np.uint64) if y.dtype == _INT64 else number
    if weight is None and not 0 <= ignored < classes and y.size and _all_below(number, classes):
        if x.ndim == 1 and y.ndim == 1:
            return _nll(input, wrap(y.reshape(())), None, reduction=reduction, total=1)
        return call(input, target, None, reduction=reduction, total=y.size)
    index, share, total = _shares(y, ignored, classes, weight, x.dtype)
    if x.ndim == 1 and y.ndim == 1:
        index, share = index.reshape(()), share.reshape(())
    return call(input, wrap(index), wrap(share), reduction=reduction, total=total)


def _all_below(numbers: Any, classes: int) -> bool:
    """Whether all class numbers, as unsigned ones, are those of classes; none are known on the meta device."""
    return not numbers.size or np.maximum.reduce(numbers, axis=None) < classes


def _shares(y: Any, ignored: int, classes: int, weight: Tensor | None, dtype: Any) -> tuple[Any, Any, float]:
    """The class numbers, 0 for samples that are left out; the samples' weights, 0 for those; and the weights' sum."""
    left_out = box(y == ignored)
    index = np.where(left_out, 0, y).astype(np.int64)
    wrong = (index < 0) | (index >= classes) & ~left_out
    if examples(wrong).any():
        found = examples(index)[examples(wrong)].flat[0]
        raise IndexError(
            f"Target {found} is out of bounds. (The classes are numbered from 0 to {classes - 1}; "
            f"ignore_index is {ignored}.)"
        )
    share = (
        np.ones(y.shape, dtype)
        if weight is None
        else pick(weight._array, (index,))
        if y.size
        else np.ones(y.shape, dtype)
    )
    share = np.where(left_out, 0, share).astype(dtype)
    if share.__class__ is Batched:  # each example has weights of its own
        total = np.sum(share)
        return index, share, np.where(total == 0, math.nan, total)  # pyright: ignore
    return index, share, float(share.sum()) or math.nan


def _check_weight(input: Tensor, weight: Tensor, classes: int, where: str = "") -> None:
    if weight._array.shape != (classes,):
        raise RuntimeError(
            f"{where}weight tensor should be defined either for all {classes} classes or no classes but got "
            f"weight tensor "
            f"of shape: {list(weight._array.shape)}"
        )
    if weight._array.dtype != input._array.dtype:
        raise RuntimeError(
            f"expected scalar type {scalar_name(input)} but found {scalar_name(weight)} "
            f"(`weight` must have the input's dtype {input.dtype!r})"
        )


def _check_target(x: Any, y: Any, target: Tensor) -> None:
    """Raise torch's error unless `y` can be the class numbers for `x`."""
    s, t = x.shape, y.shape
    if not s:
        raise ValueError("Expected 1 or more dimensions (got 0); `input` is (C,), (N, C) or (N, C, ...)")
    if len(s) == 1 and len(t) == 1 and t != (1,):
        raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {t[0]}")
    if len(s) > 1 and (not t or s[0] != t[0]):
        raise ValueError(f"Expected input batch_size ({s[0]}) to match target batch_size ({t[0] if t else 0}).")
    if len(s) <= 2 and len(t) > 1:
        raise RuntimeError(
            "0D or 1D target tensor expected, multi-target not supported "
            f"(`target` has shape {list(t)}; class probabilities have the input's shape {list(s)} and a "
            f"floating-point dtype)"
        )
    if len(s) > 2 and t != (s[0], *s[2:]):
        if len(s) == 4:
            raise RuntimeError(f"size mismatch (got input: {list(s)} , target: {list(t)}")
        raise RuntimeError(f"Expected target size {[s[0], *s[2:]]}, got {list(t)}")
    if y.dtype not in (np.int64, np.uint8):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {scalar_name(target)} "
            f"(class numbers are integers; `target` has dtype {target.dtype!r}: convert it with .long())"
        )


__all__ = ["cross_entropy", "nll_loss"]
