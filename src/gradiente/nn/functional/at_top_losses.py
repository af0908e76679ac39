"""What torch itself has of torch.nn.functional's losses, dropouts and convolutions, with its own signatures.

Here `reduction` is a number: 0 for the elements' losses, 1 for their mean, 2 for their sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops._arguments import need_tensor
from ...ops.arithmetic import mul
from ...ops.likes import ones_like
from ...tensor.core import Tensor
from . import binary, ctc, divergences, dropouts, embeddings, margins
from .convolutions import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d

_REDUCTIONS = {1: "mean", 2: "sum"}
_FORWARD, _TRANSPOSED = (conv1d, conv2d, conv3d), (conv_transpose1d, conv_transpose2d, conv_transpose3d)


def _reduced(losses: Tensor, reduction: int) -> Tensor:
    return losses.mean() if reduction == 1 else losses.sum() if reduction == 2 else losses


def kl_div(input: Tensor, target: Tensor, reduction: int = 1, *, log_target: bool = False) -> Tensor:
    """The divergence of Kullback and Leibler; see `nn.functional.kl_div`.

    >>> import gradiente as torch
    >>> torch.kl_div(torch.zeros(2), torch.ones(2), 2)
    tensor(0.)
    """
    return _reduced(divergences.kl_div(input, target, reduction="none", log_target=log_target), reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, pos_weight: Tensor | None = None, reduction: int = 1
) -> Tensor:
    """`nn.functional.binary_cross_entropy_with_logits`.

    >>> import gradiente as torch
    >>> torch.binary_cross_entropy_with_logits(torch.zeros(2), torch.ones(2))
    tensor(0.6931)
    """
    name = _REDUCTIONS.get(reduction, "none")
    return binary.binary_cross_entropy_with_logits(input, target, weight, reduction=name, pos_weight=pos_weight)


def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = 1
) -> Tensor:
    """`nn.functional.cosine_embedding_loss`.

    >>> import gradiente as torch
    >>> torch.cosine_embedding_loss(torch.ones(1, 2), torch.ones(1, 2), torch.ones(1), reduction=2)
    tensor(0.)
    """
    return margins.cosine_embedding_loss(input1, input2, target, margin, reduction=_REDUCTIONS.get(reduction, "none"))


def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: int = 1) -> Tensor:
    """`nn.functional.hinge_embedding_loss`.

    >>> import gradiente as torch
    >>> torch.hinge_embedding_loss(torch.zeros(2), torch.tensor([1.0, -1.0]))
    tensor(0.5000)
    """
    return margins.hinge_embedding_loss(input, target, margin, reduction=_REDUCTIONS.get(reduction, "none"))


def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = 1
) -> Tensor:
    """`nn.functional.margin_ranking_loss`.

    >>> import gradiente as torch
    >>> torch.margin_ranking_loss(torch.zeros(2), torch.ones(2), torch.ones(2))
    tensor(1.)
    """
    return margins.margin_ranking_loss(input1, input2, target, margin, reduction=_REDUCTIONS.get(reduction, "none"))


def poisson_nll_loss(input: Tensor, target: Tensor, log_input: bool, full: bool, eps: float, reduction: int) -> Tensor:
    """`nn.functional.poisson_nll_loss`.

    >>> import gradiente as torch
    >>> torch.poisson_nll_loss(torch.zeros(2), torch.ones(2), True, False, 1e-8, 1)
    tensor(1.)
    """
    name = _REDUCTIONS.get(reduction, "none")
    return divergences.poisson_nll_loss(input, target, log_input, full, eps=eps, reduction=name)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: int = 1,
) -> Tensor:
    """`nn.functional.triplet_margin_loss`.

    >>> import gradiente as torch
    >>> torch.triplet_margin_loss(torch.zeros(1, 2), torch.zeros(1, 2), torch.zeros(1, 2))
    tensor(1.)
    """
    name = _REDUCTIONS.get(reduction, "none")
    return margins.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction=name)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[int],
    target_lengths: Tensor | Sequence[int],
    blank: int = 0,
    reduction: int = 1,
    zero_infinity: bool = False,
) -> Tensor:
    """`nn.functional.ctc_loss`.

    >>> import gradiente as torch
    >>> torch.ctc_loss(torch.zeros(2, 1, 2), torch.tensor([[1]]), [2], [1])
    tensor(-1.0986)
    """
    name = _REDUCTIONS.get(reduction, "none")
    return ctc.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, name, zero_infinity)


def convolution(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Tensor:
    """The convolution, or its transpose, over the last one to three axes, as many as the weight has beside two.

    Args:
        input: (N, C, ...).
        weight: (O, C / groups, ...), transposed (C, O / groups, ...).
        bias: (O,) or None.
        stride: the distance of two windows.
        padding: how many zeros are put at each end.
        dilation: the distance of a window's elements.
        transposed: whether to transpose.
        output_padding: how much larger the result of the transpose is made at the end.
        groups: in how many groups the channels are convolved.

    Returns:
        (N, O, ...).

    Raises:
        RuntimeError: shapes or options do not fit.

    Example:
        >>> import gradiente as torch
        >>> torch.convolution(torch.ones(1, 1, 3), torch.ones(1, 1, 2), None, [1], [0], [1], False, [0], 1)
        tensor([[[2., 2.]]])
    """
    shape, w = need_tensor(input, "convolution")._array.shape, need_tensor(weight, "convolution", "weight", 2)._array
    axes = w.ndim - 2
    if not 1 <= axes <= 3 or len(shape) != w.ndim:
        raise RuntimeError(
            f"Expected {w.ndim}-dimensional input for {w.ndim}-dimensional weight {list(w.shape)}, but got "
            f"{len(shape)}-dimensional input of size {list(shape)} instead"
        )
    given = [tuple(x) for x in (stride, padding, dilation)]
    for name, numbers in zip(("stride", "padding", "dilation"), given, strict=True):
        if len(numbers) not in (1, axes):
            raise RuntimeError(
                f"expected {name} to be a single integer value or a list of {axes} values to match the convolution "
                f"dimensions, but got {name}={list(numbers)}"
            )
    step, margin, apart = (x if len(x) == axes else x * axes for x in given)
    options: Any = {"groups": groups, "dilation": apart}
    if not transposed:
        return _FORWARD[axes - 1](input, weight, bias, step, margin, **options)
    more = tuple(output_padding) if len(output_padding) == axes else tuple(output_padding) * axes
    return _TRANSPOSED[axes - 1](input, weight, bias, step, margin, more, **options)


def alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.alpha_dropout` in place.

    >>> import gradiente as torch
    >>> torch.alpha_dropout_(torch.ones(3), 0.5, False)
    tensor([1., 1., 1.])
    """
    return dropouts.alpha_dropout(input, p, train, True)


def feature_alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.feature_alpha_dropout` in place.

    >>> import gradiente as torch
    >>> torch.feature_alpha_dropout_(torch.ones(1, 3), 0.5, False)
    tensor([[1., 1., 1.]])
    """
    return dropouts.feature_alpha_dropout(input, p, train, True)


def feature_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """`torch.feature_dropout` in place.

    >>> import gradiente as torch
    >>> torch.feature_dropout_(torch.ones(1, 3), 0.5, False)
    tensor([[1., 1., 1.]])
    """
    dropouts.need_probability(p)
    return dropouts.of_channels(need_tensor(input, "feature_dropout_"), p, train, True)


def native_dropout(input: Tensor, p: float, train: bool | None) -> tuple[Tensor, Tensor]:
    """Dropout, and where elements were kept.

    Args:
        input: any shape, floating-point dtype.
        p: the probability.
        train: else the input is returned, and True everywhere; None for True.

    Returns:
        The result, of the input's shape and dtype, and bools of that shape.

    Raises:
        RuntimeError: p is not between 0 and 1.

    Example:
        >>> import gradiente as torch
        >>> torch.native_dropout(torch.ones(2), 0.5, False)
        (tensor([1., 1.]), tensor([True, True]))
    """
    kept: Any = ones_like(need_tensor(input, "native_dropout"))
    if train is not None and not train:
        return input.clone(), kept.bool()  # pyright: ignore[reportAttributeAccessIssue]
    if not 0.0 <= p <= 1.0:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={1 - p:g}")
    kept = kept.detach().bernoulli_(1 - p)
    return mul(mul(input, kept), 1 / (1 - p) if p < 1 else 0.0), kept.bool()


def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """Scale, in place, those of the rows that `indices` names down to `max_norm` whose norm is larger.

    Args:
        input: the table, (V, D).
        indices: row numbers, int64 or int32.
        max_norm: the largest norm.
        norm_type: which norm.

    Returns:
        The table.

    Example:
        >>> import gradiente as torch
        >>> torch.embedding_renorm_(torch.full((2, 1), 3.0), torch.tensor([1]), 1.0, 2.0)
        tensor([[3.],
                [1.]])
    """
    table = need_tensor(input, "embedding_renorm_")
    embeddings.renormalize(table, need_tensor(indices, "embedding_renorm_", "indices", 2)._array, max_norm, norm_type)
    return input


__all__ = [
    "alpha_dropout_",
    "binary_cross_entropy_with_logits",
    "convolution",
    "cosine_embedding_loss",
    "ctc_loss",
    "embedding_renorm_",
    "feature_alpha_dropout_",
    "feature_dropout_",
    "hinge_embedding_loss",
    "kl_div",
    "margin_ranking_loss",
    "native_dropout",
    "poisson_nll_loss",
    "triplet_margin_loss",
]
