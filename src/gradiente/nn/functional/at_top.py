"""Functions of layers that torch has at its top level, too, with other arguments than in torch.nn.functional.

Those with the same arguments are the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ops._arguments import need_tensor
from ...tensor.core import Tensor
from . import dropouts, embeddings, normalization, probabilities
from .adaptive_pooling import adaptive_avg_pool1d as adaptive_avg_pool1d
from .adaptive_pooling import adaptive_max_pool1d as _adaptive_max_pool1d
from .convolutions import conv1d as conv1d
from .convolutions import conv2d as conv2d
from .convolutions import conv3d as conv3d
from .convolutions import conv_tbc as conv_tbc
from .convolutions import conv_transpose1d as conv_transpose1d
from .convolutions import conv_transpose2d as conv_transpose2d
from .convolutions import conv_transpose3d as conv_transpose3d
from .distances import bilinear as bilinear
from .distances import cosine_similarity as cosine_similarity
from .distances import pairwise_distance as pairwise_distance
from .distances import pdist as pdist
from .gates import prelu as prelu
from .gates import rrelu as _rrelu
from .gates import rrelu_ as rrelu_
from .normalization import rms_norm as rms_norm
from .padding import constant_pad_nd as constant_pad_nd
from .pooling import avg_pool1d as avg_pool1d
from .pooling import max_pool1d as max_pool1d
from .pooling import max_pool2d as max_pool2d
from .pooling import max_pool3d as max_pool3d
from .rearranging import channel_shuffle as channel_shuffle
from .rearranging import native_channel_shuffle as native_channel_shuffle
from .rearranging import pixel_shuffle as pixel_shuffle
from .rearranging import pixel_unshuffle as pixel_unshuffle


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """`nn.functional.batch_norm`, with its arguments in another order.

    Args:
        input: (N, C, ...), floating-point dtype.
        weight: (C,) or None.
        bias: (C,) or None.
        running_mean: (C,) or None; changed in place in training.
        running_var: likewise.
        training: whether to take the statistics of the batch.
        momentum: the share of the new statistics in the running ones.
        eps: what is added to the variance.
        cudnn_enabled: without effect.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.batch_norm(torch.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 1e-5, False)
        tensor([[-1.0000],
                [ 1.0000]])
    """
    return normalization.batch_normalized(input, running_mean, running_var, weight, bias, training, momentum, eps)


def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """`nn.functional.instance_norm`, with its arguments in another order.

    Args:
        input: (N, C, ...), floating-point dtype.
        weight: (C,) or None.
        bias: (C,) or None.
        running_mean: (C,) or None; moved in place.
        running_var: likewise.
        use_input_stats: else the running statistics are taken.
        momentum: the share of the new statistics in the running ones.
        eps: what is added to the variance.
        cudnn_enabled: without effect.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.instance_norm(torch.tensor([[[1.0, 3.0]]]), None, None, None, None, True, 0.1, 1e-5, False)
        tensor([[[-1.0000,  1.0000]]])
    """
    return normalization.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """`nn.functional.layer_norm`.

    Args:
        input: (..., *normalized_shape), floating-point dtype.
        normalized_shape: the sizes of the dimensions to normalise over.
        weight: of that shape; 1 by default.
        bias: of that shape; 0 by default.
        eps: what is added to the variance.
        cudnn_enable: without effect.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.layer_norm(torch.tensor([[1.0, 3.0]]), (2,))
        tensor([[-1.0000,  1.0000]])
    """
    return normalization.layer_norm(input, normalized_shape, weight, bias, eps)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """`nn.functional.group_norm`.

    Args:
        input: (N, C, ...), floating-point dtype.
        num_groups: how many groups; a divisor of C.
        weight: (C,); 1 by default.
        bias: (C,); 0 by default.
        eps: what is added to the variance.
        cudnn_enabled: without effect.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.group_norm(torch.tensor([[1.0, 3.0, 5.0, 9.0]]), 2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    return normalization.group_norm(input, num_groups, weight, bias, eps)


def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """`nn.functional.embedding`, with its arguments in another order.

    Args:
        weight: the table, (V, D).
        indices: row numbers, int64 or int32, of any shape.
        padding_idx: a row that receives no gradient; -1 for none.
        scale_grad_by_freq: divide the gradient of a row by how often it was picked.
        sparse: give the table a sparse gradient, of the rows alone that are named.

    Returns:
        (*indices.shape, D), of the table's dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.embedding(torch.tensor([[0.5, 1.0], [2.0, 3.0]]), torch.tensor([1, 1]))
        tensor([[2., 3.],
                [2., 3.]])
    """
    padding = None if padding_idx < 0 else padding_idx
    return embeddings.embedding(indices, weight, padding, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.dropout`.

    Args:
        input: any shape, floating-point dtype.
        p: the probability of a zero.
        train: else the input itself is returned.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.dropout(torch.ones(3), 0.5, False)
        tensor([1., 1., 1.])
    """
    return probabilities.dropout(input, p, train)


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """`dropout` in place.

    Args:
        input: any shape, floating-point dtype.
        p: the probability of a zero.
        train: else nothing is done.

    Returns:
        The input.

    Example:
        >>> import gradiente as torch
        >>> torch.dropout_(torch.ones(3), 0.5, False)
        tensor([1., 1., 1.])
    """
    return probabilities.dropout(input, p, train, True)


def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.alpha_dropout`.

    Args:
        input: any shape, floating-point dtype.
        p: the probability.
        train: else the input itself is returned.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.alpha_dropout(torch.ones(3), 0.5, False)
        tensor([1., 1., 1.])
    """
    return dropouts.alpha_dropout(input, p, train)


def feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.feature_alpha_dropout`.

    Args:
        input: (N, C, ...), floating-point dtype.
        p: the probability.
        train: else the input itself is returned.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.feature_alpha_dropout(torch.ones(1, 3), 0.5, False)
        tensor([[1., 1., 1.]])
    """
    return dropouts.feature_alpha_dropout(input, p, train)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Each channel set to 0 with probability p, the others scaled by 1/(1 - p), for inputs of any rank from 2 on.

    Args:
        input: (N, C, ...), floating-point dtype.
        p: the probability.
        train: else the input itself is returned.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        ValueError: p is not between 0 and 1.
        RuntimeError: fewer than 2 dimensions, or an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.feature_dropout(torch.ones(1, 3), 0.5, False)
        tensor([[1., 1., 1.]])
    """
    dropouts.need_probability(p)
    return dropouts.of_channels(need_tensor(input, "feature_dropout"), p, train, False)


def rrelu(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """`nn.functional.rrelu`.

    Args:
        input: any shape, floating-point dtype.
        lower: the least slope.
        upper: the largest slope.
        training: else the slope is the mean of the two.

    Returns:
        The result, of the input's shape and dtype.

    Example:
        >>> import gradiente as torch
        >>> torch.rrelu(torch.tensor([-24.0, 2.0]))
        tensor([-5.5000,  2.0000])
    """
    return _rrelu(input, lower, upper, training)


def adaptive_max_pool1d(input: Tensor, output_size: int | Sequence[int]) -> tuple[Tensor, Tensor]:
    """`nn.functional.adaptive_max_pool1d`, with the positions.

    Args:
        input: ([N,] C, L), floating-point dtype.
        output_size: how many windows.

    Returns:
        ([N,] C, L') and the positions of the elements, int64.

    Example:
        >>> import gradiente as torch
        >>> torch.adaptive_max_pool1d(torch.tensor([[[1.0, 3.0, 2.0, 4.0]]]), 2)
        (tensor([[[3., 4.]]]), tensor([[[1, 3]]]))
    """
    return _adaptive_max_pool1d(input, output_size, True)


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
) -> tuple[Tensor, Tensor]:
    """`max_pool1d`, with the positions.

    Args:
        input: ([N,] C, L), floating-point dtype.
        kernel_size: the windows' size.
        stride: the distance of the windows; None for their size.
        padding: how much is added on both sides.
        dilation: the distance of a window's elements.
        ceil_mode: round the number of windows up.

    Returns:
        ([N,] C, L') and the positions of the elements, int64.

    Example:
        >>> import gradiente as torch
        >>> torch.max_pool1d_with_indices(torch.tensor([[[1.0, 3.0, 2.0, 4.0]]]), 2)
        (tensor([[[3., 4.]]]), tensor([[[1, 3]]]))
    """
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_max_pool1d",
    "alpha_dropout",
    "avg_pool1d",
    "batch_norm",
    "bilinear",
    "channel_shuffle",
    "constant_pad_nd",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_tbc",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "cosine_similarity",
    "dropout",
    "dropout_",
    "embedding",
    "feature_alpha_dropout",
    "feature_dropout",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool3d",
    "native_channel_shuffle",
    "pairwise_distance",
    "pdist",
    "pixel_shuffle",
    "pixel_unshuffle",
    "prelu",
    "rms_norm",
    "rrelu",
    "rrelu_",
]
