"""The loss of a sequence whose alignment with the time steps is not known.

Note [Connectionist temporal classification]: between the labels, before and after them stand blanks: 2·labels + 1
states. With each step of time a path stays, goes one state on, or leaves out a blank between different labels. The loss
is minus the logarithm of the sum of the probabilities of all paths: a recurrence in time, on logarithms, for all
samples and states at once. As in torch, the gradient is the one by logits whose log_softmax the input is: it has
e^input beside minus the posterior probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays.alignments import LOW as _LOW
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import add, div, neg, sub
from ...ops.choices import where
from ...ops.functions import exp, logaddexp
from ...ops.reductions import mean, sum
from ...ops.shaping import reshape, unsqueeze
from ...ops.splitting import unbind
from ...tensor.core import Tensor, wrap
from .reductions import reduction_name

_gather, _named, _align, _last = (
    primitive("gather_along_axis"),
    (primitive("where", "CtcLossBackward0"), primitive("where", "WhereBackward0")),
    primitive("align"),
    primitive("getitem"),
)

Lengths = Tensor | Sequence[int] | int
_WHERE = "(while checking arguments for ctc_loss_allocate_outputs)"


def _lengths(value: Lengths, count: int, name: str) -> Any:
    if isinstance(value, Tensor):
        if value._array.dtype.kind not in "iu":
            raise RuntimeError(f"{name} must be integral (it has dtype {value.dtype!r})")
        found = value._array.reshape(-1).astype(np.int64)
    else:
        found = np.atleast_1d(np.asarray(value, dtype=np.int64))
    if len(found) != count:
        raise RuntimeError(f"{name} must be of size batch_size ({count}, but it has {len(found)} elements)")
    return found


def _checked(x: Any, targets: Any, inputs: Any, labels: Any, blank: int) -> Any:
    """The labels as one line for each sample, if all sizes fit."""
    steps, samples, classes = x.shape
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range (blank={blank}, there are {classes} classes)")
    for n in inputs:
        if n < 0:
            raise RuntimeError(f"Expected input_lengths to have value at least 0, but got value {n} {_WHERE}")
        if n > steps:
            raise RuntimeError(f"Expected input_lengths to have value at most {steps}, but got value {n} {_WHERE}")
    for n in labels:
        if n < 0:
            raise RuntimeError(f"Expected target_lengths to have value at least 0, but got value {n} {_WHERE}")
    longest = int(labels.max(initial=0))
    rows = np.zeros((samples, longest), np.int64)
    if targets.ndim == 1:
        if targets.shape[0] != labels.sum():
            raise RuntimeError(
                f"Expected tensor to have size {labels.sum()} at dimension 0, but got size {targets.shape[0]} for "
                f"argument #2 'targets' {_WHERE}"
            )
        rows[np.arange(longest) < labels[:, None]] = targets
        return rows
    if targets.shape[0] != samples:
        raise RuntimeError(
            f"Expected tensor to have size {samples} at dimension 0, but got size {targets.shape[0]} for argument #2 "
            f"'targets' {_WHERE}"
        )
    if targets.shape[1] < longest:
        raise RuntimeError(
            f"Expected tensor to have size at least {longest} at dimension 1, but got size {targets.shape[1]} for "
            f"argument #2 'targets' {_WHERE}"
        )
    rows[...] = np.where(np.arange(longest) < labels[:, None], targets[:, :longest], 0)
    return rows


def _likelihoods(x: Tensor, rows: Any, inputs: Any, labels: Any, blank: int) -> Tensor:
    """The logarithms of the sums over all paths, one for each sample."""
    steps, samples, _ = x._array.shape
    states = 2 * rows.shape[1] + 1
    classes = np.full((samples, states), blank)
    classes[:, 1::2] = rows
    place = np.arange(states)
    inside = place < (2 * labels + 1)[:, None]
    skips = np.zeros((samples, states), bool)
    skips[:, 3::2] = rows[:, 1:] != rows[:, :-1]
    places = wrap(np.broadcast_to(classes, (steps, samples, states)).copy())
    ways = (wrap((place < 2) & inside), wrap(skips), wrap(inputs))
    alpha = _last(_align(_gather(x, places, axis=2), *ways), index=-1)
    ends = np.stack((2 * labels, np.maximum(2 * labels - 1, 0)), axis=1)
    both = unbind(_gather(alpha, wrap(ends), axis=1), 1)
    total = logaddexp(both[0], where(wrap(labels > 0), both[1], _LOW))
    return where(wrap(inputs > 0), total, wrap(np.where(labels > 0, _LOW, 0).astype(x._array.dtype)))


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Connectionist temporal classification: minus the log-probability of the labels, over all alignments.

    The gradient is meant for log-probabilities that come from `log_softmax`.

    Args:
        log_probs: logarithms of the classes' probabilities, (T, N, C) or (T, C).
        targets: the labels, (N, S), or of all samples in one line; not the blank.
        input_lengths: how many time steps of each sample count, (N,).
        target_lengths: how many labels each sample has, (N,).
        blank: the class that stands for no label.
        reduction: "mean" of loss / target_length, "sum", or "none" for the samples' losses.
        zero_infinity: give 0, and no gradient, where the labels do not fit into the time.

    Returns:
        The loss: a 0-d tensor, or for "none" one for each sample.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: lengths, sizes or the blank do not fit.

    Source: A. Graves et al., Connectionist temporal classification (2006), 4.1.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.ctc_loss(torch.zeros(2, 1, 2).log_softmax(2), torch.tensor([[1]]), [2], [1])
        tensor(0.2877)
    """
    x = need_tensor(log_probs, "ctc_loss")
    need_tensor(targets, "ctc_loss", "targets", 2)
    reduction = reduction_name(reduction)
    if x._array.dtype.kind not in "fV":
        raise NotImplementedError(
            f"\"ctc_loss_cpu\" not implemented for '{scalar_name(x)}' (convert the input, for instance with .float())"
        )
    batched = x._array.ndim == 3
    if not batched:
        x = unsqueeze(x, 1)
    steps, samples, _ = x._array.shape
    inputs = _lengths(input_lengths, samples, "input_lengths")
    labels = _lengths(target_lengths, samples, "target_lengths")
    given = targets._array if batched or targets._array.ndim != 1 else targets._array[None]
    rows = _checked(x._array, given, inputs, labels, blank)
    total = _likelihoods(x, rows, inputs, labels, blank)
    possible = total._array > _LOW / 2
    counted = wrap((np.arange(steps)[:, None] < inputs)[..., None])
    probabilities = exp(where(counted, x, 0.0))
    # Adds nothing to the value, and e^input to the gradient.
    shift = sum(where(counted, sub(probabilities, probabilities.detach()), 0.0), (0, 2))
    loss = _named[zero_infinity](wrap(possible), add(neg(total), shift), 0.0 if zero_infinity else math.inf)
    if not batched:
        loss = reshape(loss, ())
    if reduction == "sum":
        return sum(loss)
    if reduction == "none":
        return loss
    return mean(div(loss, wrap(np.maximum(labels, 1).astype(x._array.dtype).reshape(loss._array.shape))))


__all__ = ["ctc_loss"]
