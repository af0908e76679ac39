"""Losses with a margin: what is right shall be better than what is wrong by that much."""

from __future__ import annotations

from collections.abc import Callable

from ...ops._arguments import need_tensor
from ...ops.arithmetic import add, div, mul, neg, sub
from ...ops.choices import clamp_min, minimum, where
from ...ops.powers import sqrt
from ...ops.reductions import sum
from ...tensor.core import Tensor
from .distances import pairwise_distance
from .reductions import need_pair, reduced, reduction_name


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The hinge loss of distances: x where the target is 1, max(0, margin - x) where it is -1.

    Args:
        input: distances, any shape, floating-point dtype.
        target: 1 or -1, of a shape that can be broadcast.
        margin: how far apart unlike things shall be.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one of the operands' shape.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: the shapes cannot be broadcast.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.hinge_embedding_loss(torch.tensor([0.5, 0.25]), torch.tensor([1.0, -1.0]), reduction="none")
        tensor([0.5000, 0.7500])
    """
    need_pair(input, target, "hinge_embedding_loss")
    reduction = reduction_name(reduction, size_average, reduce)
    far = clamp_min(add(neg(input), margin), 0)
    loss = add(where(target != 1, far, 0.0), where(target != -1, input, 0.0))
    return reduced(loss, reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The ranking loss max(0, -target·(input1 - input2) + margin).

    Args:
        input1: scores, any shape, floating-point dtype.
        input2: scores, of the same rank.
        target: 1 where the first shall rank higher, -1 where the second shall.
        margin: by how much.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the elements' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one of the operands' shape.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: the ranks differ, or the shapes cannot be broadcast.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.margin_ranking_loss(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([1.0]))
        tensor(2.)
    """
    need_pair(input1, input2, "margin_ranking_loss")
    need_tensor(target, "margin_ranking_loss", "target", 3)
    reduction = reduction_name(reduction, size_average, reduce)
    if not input1._array.ndim == input2._array.ndim == target._array.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced(clamp_min(add(mul(neg(target), sub(input1, input2)), margin), 0), reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The loss of cosines: 1 - cos where the target is 1, max(0, cos - margin) where it is -1.

    Args:
        input1: vectors, (N, D) or (D,), floating-point dtype.
        input2: vectors of the same shape.
        target: 1 for alike, -1 for unlike: (N,) or ().
        margin: how large the cosine of unlike vectors may be.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the pairs' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" one for each pair.

    Raises:
        ValueError: there is no such reduction.
        RuntimeError: the ranks or shapes do not fit.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> x = torch.tensor([[1.0, 0.0]])
        >>> F.cosine_embedding_loss(x, x, torch.tensor([-1.0]))
        tensor(1.)
    """
    need_pair(input1, input2, "cosine_embedding_loss")
    need_tensor(target, "cosine_embedding_loss", "target", 3)
    reduction = reduction_name(reduction, size_average, reduce)
    rank = target._array.ndim
    if rank > 1:
        raise RuntimeError(
            f"0D or 1D target tensor expected, multi-target not supported (`target` has shape {list(target.shape)})"
        )
    for x in (input1, input2):
        if x._array.ndim != rank + 1:
            raise RuntimeError(
                f"{rank}D target tensor expects {rank + 1}D input tensors, but found inputs with sizes "
                f"{list(input1.shape)} and {list(input2.shape)}."
            )
    dot = sum(mul(input1, input2), rank)
    squares = [add(sum(mul(x, x), rank), 1e-12) for x in (input1, input2)]  # so that 0 has a gradient
    cosine = div(dot, sqrt(mul(*squares)))
    alike = where(target == 1, add(neg(cosine), 1), 0.0)
    unlike = where(target == -1, clamp_min(sub(cosine, margin), 0), 0.0)
    return reduced(add(alike, unlike), reduction)


def _need_ranks(anchor: Tensor, positive: Tensor, negative: Tensor, function: str) -> None:
    for i, (name, x) in enumerate((("anchor", anchor), ("positive", positive), ("negative", negative)), 1):
        need_tensor(x, function, name, i)
    a, p, n = anchor._array.ndim, positive._array.ndim, negative._array.ndim
    if not a == p == n:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {a}D, positive {p}D, and negative {n}D inputs"
        )


def _triplet(
    distance: Callable[[Tensor, Tensor], Tensor],
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float,
    swap: bool,
) -> Tensor:
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return clamp_min(sub(add(near, margin), far), 0)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The triplet loss max(0, d(anchor, positive) - d(anchor, negative) + margin) with `pairwise_distance`.

    Args:
        anchor: (..., D), floating-point dtype.
        positive: what is like it, of the same rank.
        negative: what is unlike it, of the same rank.
        margin: by how much farther the unlike one shall be, positive.
        p: the norm of the distance.
        eps: what is added to each difference.
        swap: take d(positive, negative) where it is smaller.
        size_average: deprecated, see `reduction`.
        reduce: deprecated, see `reduction`.
        reduction: "mean", "sum", or "none" for the triplets' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" (...).

    Raises:
        ValueError: there is no such reduction, or the margin is not positive.
        RuntimeError: the ranks differ.

    Source: V. Balntas et al., Learning shallow convolutional feature descriptors with triplet losses (2016).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.triplet_margin_loss(torch.zeros(1, 1), torch.ones(1, 1), torch.ones(1, 1))
        tensor(1.)
    """
    reduction = reduction_name(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    _need_ranks(anchor, positive, negative, "triplet_margin_loss")
    loss = _triplet(lambda a, b: pairwise_distance(a, b, p, eps), anchor, positive, negative, margin, swap)
    return reduced(loss, reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """The triplet loss with any distance: max(0, d(anchor, positive) - d(anchor, negative) + margin).

    Args:
        anchor: (..., D), floating-point dtype.
        positive: what is like it, of the same rank.
        negative: what is unlike it, of the same rank.
        distance_function: d; `pairwise_distance` by default.
        margin: by how much farther the unlike one shall be, positive.
        swap: take d(positive, negative) where it is smaller.
        reduction: "mean", "sum", or "none" for the triplets' losses.

    Returns:
        The loss: a 0-d tensor, or for "none" what d gives.

    Raises:
        ValueError: there is no such reduction, or the margin is not positive.
        RuntimeError: the ranks differ.

    Source: V. Balntas et al., Learning shallow convolutional feature descriptors with triplet losses (2016).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.triplet_margin_with_distance_loss(torch.zeros(1, 1), torch.ones(1, 1), torch.ones(1, 1))
        tensor(1.)
    """
    reduction = reduction_name(reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    _need_ranks(anchor, positive, negative, "triplet_margin_with_distance_loss")
    distance = pairwise_distance if distance_function is None else distance_function
    return reduced(_triplet(distance, anchor, positive, negative, margin, swap), reduction)


__all__ = [
    "cosine_embedding_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]
