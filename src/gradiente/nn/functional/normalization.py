"""Normalisations: batch, layer, group, instance, root mean square, local response."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays.numpy_windows import Grid
from ...ops._arguments import need_tensor, wrap_dim
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import add, div, mul
from ...ops.powers import pow, rsqrt, square
from ...ops.reductions import mean
from ...ops.rounding import trunc
from ...ops.shaping import reshape
from ...tensor.core import Tensor
from ._normalizing import (
    need_count,
    need_running,
    need_several,
    need_shape,
    need_types,
    standardized,
    update,
)

_scale = primitive("addcmul", "NativeBatchNormBackward0")
_window_sums = primitive("sum_windows")


def _frozen(
    x: Tensor,
    mean: Tensor,
    var: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
    features: tuple[int, ...],
) -> Tensor:
    """The normalisation by given statistics: x·α + (bias - mean·α), α = weight/√(var + eps)."""
    factor = rsqrt(add(var, eps))
    if weight is not None:
        factor = mul(factor, weight)
    shift = mul(mean, factor).neg() if bias is None else bias - mul(mean, factor)
    factor, shift = (reshape(v.to(x.dtype), features) for v in (factor, shift))
    return _scale(shift, x, factor, value=1)


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Batch normalisation of each channel: (x - mean)/√(var + eps) · weight + bias.

    In training, mean and variance are those of the batch, and the running ones move towards them (towards the variance
    of n - 1 degrees of freedom); else they are the running ones.

    Args:
        input: (N, C, ...), floating-point dtype.
        running_mean: (C,); changed in place in training. May be None there.
        running_var: (C,); likewise.
        weight: (C,); 1 by default.
        bias: (C,); 0 by default.
        training: whether to take the statistics of the batch.
        momentum: the share of the new statistics in the running ones.
        eps: what is added to the variance.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        ValueError: one value per channel in training, or only one of the running statistics.
        RuntimeError: a parameter's number of elements or dtype does not fit; no running statistics outside training.

    Source: S. Ioffe and C. Szegedy, Batch normalization (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.batch_norm(torch.tensor([[1.0], [3.0]]), None, None, training=True)
        tensor([[-1.0000],
                [ 1.0000]])
    """
    x = need_tensor(input, "batch_norm")
    shape = x._array.shape
    if training:
        count = shape[0] if shape else 1
        for n in shape[2:]:
            count *= n
        need_several(count, f"torch.Size({list(shape)})")
        if eps <= 0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    return batch_normalized(x, running_mean, running_var, weight, bias, training, momentum, eps)


def batch_normalized(
    x: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    """`batch_norm` without its checks of the batch and of `eps`, which torch's native functions lack."""
    shape = x._array.shape
    need_running(running_mean, running_var)
    if shape == (0,):
        return x.clone()
    channels = shape[wrap_dim(1, len(shape))]
    if not training and running_mean is None:
        raise RuntimeError("running_mean must be defined in evaluation mode (or pass training=True)")
    need_count(channels, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    need_types(x, "batch_norm", weight, bias, running_mean, running_var)
    features = (channels, *(1,) * (len(shape) - 2))
    if running_mean is not None and running_var is not None and not training:
        return _frozen(x, running_mean, running_var, weight, bias, eps, features)
    if not x._array.size:
        return x.clone()
    axis = (0, *range(2, len(shape)))
    out = standardized("batch", x, weight, bias, axis, features, eps)
    if running_mean is not None and running_var is not None:
        update(running_mean, running_var, x, axis, momentum)
    return out


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Instance normalisation: each channel of each sample by its own mean and variance.

    Args:
        input: (N, C, ...), floating-point dtype.
        running_mean: (C,); moved in place towards the means over the batch. None by default.
        running_var: (C,); likewise.
        weight: (C,); 1 by default.
        bias: (C,); 0 by default.
        use_input_stats: else the running statistics are taken.
        momentum: the share of the new statistics in the running ones.
        eps: what is added to the variance.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        ValueError: one value per channel.
        RuntimeError: a parameter's number of elements or dtype does not fit; running statistics are missing.

    Source: D. Ulyanov et al., Instance normalization (2016).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.instance_norm(torch.tensor([[[1.0, 3.0]]]))
        tensor([[[-1.0000,  1.0000]]])
    """
    x = need_tensor(input, "instance_norm")
    shape = x._array.shape
    if use_input_stats:
        count = 1
        for n in shape[2:]:
            count *= n
        need_several(count, f"torch.Size({list(shape)})", "spatial element")
    elif running_mean is None or running_var is None:
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    need_running(running_mean, running_var)
    channels = shape[wrap_dim(1, len(shape))]
    need_count(channels, shape[0], running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    need_types(x, "batch_norm", weight, bias, running_mean, running_var)
    features = (channels, *(1,) * (len(shape) - 2))
    if not use_input_stats and running_mean is not None and running_var is not None:
        return _frozen(x, running_mean, running_var, weight, bias, eps, features)
    axis = tuple(range(2, len(shape)))
    out = standardized("instance", x, weight, bias, axis, features, eps)
    if running_mean is not None and running_var is not None:
        update(running_mean, running_var, x, axis, momentum, instances=True)
    return out


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Layer normalisation over the last dimensions: (x - mean)/√(var + eps) · weight + bias.

    Args:
        input: (..., *normalized_shape), floating-point dtype.
        normalized_shape: the sizes of the dimensions to normalise over.
        weight: of that shape; 1 by default.
        bias: of that shape; 0 by default.
        eps: what is added to the variance.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        RuntimeError: the shapes or dtypes do not fit.

    Source: J. L. Ba et al., Layer normalization (2016).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.layer_norm(torch.tensor([[1.0, 3.0]]), (2,))
        tensor([[-1.0000,  1.0000]])
    """
    x = need_tensor(input, "layer_norm")
    rank = x._array.ndim
    wanted = need_shape(x._array.shape, normalized_shape, "layer_norm", ", ", weight=weight, bias=bias)
    need_types(x, "LayerNormKernelImpl", weight, bias)
    return standardized("layer", x, weight, bias, tuple(range(rank - len(wanted), rank)), wanted, eps)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Group normalisation: the channels of each sample in groups, each by its own mean and variance.

    Args:
        input: (N, C, ...), floating-point dtype.
        num_groups: how many groups; a divisor of C.
        weight: (C,); 1 by default.
        bias: (C,); 0 by default.
        eps: what is added to the variance.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        ValueError: one value per group.
        RuntimeError: the groups, the shapes or the dtypes do not fit.

    Source: Y. Wu and K. He, Group normalization (2018).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.group_norm(torch.tensor([[1.0, 3.0, 5.0, 9.0]]), 2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    x = need_tensor(input, "group_norm")
    shape = x._array.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    n, channels = shape[:2]
    size = [n * channels // num_groups, num_groups, *shape[2:]]
    count = size[0]
    for k in shape[2:]:
        count *= k
    need_several(count, list(size))
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(shape)} and num_groups={num_groups}"
        )
    for name, p in (("weight", weight), ("bias", bias)):
        if p is not None and p._array.shape != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {list(p._array.shape)} and input of shape {list(shape)}"
            )
    need_types(x, "GroupNormKernelImpl", weight, bias)
    groups = (n, num_groups, channels // num_groups, x._array.size // max(n * channels, 1))
    return standardized("group", x, weight, bias, (2, 3), (channels, *(1,) * (len(shape) - 2)), eps, groups)


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """Normalisation by the root mean square of the last dimensions: x/√(mean(x²) + eps) · weight.

    Args:
        input: (..., *normalized_shape), floating-point or complex dtype.
        normalized_shape: the sizes of the dimensions to normalise over.
        weight: of that shape; 1 by default.
        eps: what is added to the mean; None for the dtype's precision.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        RuntimeError: the shapes do not fit.

    Source: B. Zhang and R. Sennrich, Root mean square layer normalization (2019).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.rms_norm(torch.tensor([[1.0, 7.0]]), (2,))
        tensor([[0.2000, 1.4000]])
    """
    x = need_tensor(input, "rms_norm")
    wanted = need_shape(x._array.shape, normalized_shape, "rms_norm", "", weight=weight)
    if x._array.dtype.kind in "biu":
        raise NotImplementedError(
            f"\"rms_norm\" not implemented for '{scalar_name(x)}' (convert the input, for instance with .float())"
        )
    wide = x.float() if x._array.itemsize == 2 else x
    if eps is None:
        eps = float(np.finfo(x._array.real.dtype if x._array.dtype.kind == "c" else wide._array.dtype).eps)
    out = mul(wide, rsqrt(add(mean(pow(wide, 2), tuple(range(-len(wanted), 0)), keepdim=True), eps)))
    if weight is not None:
        out = mul(out, weight)
    return out.to(x.dtype) if out.dtype != x.dtype else out


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Normalisation by the neighbouring channels: x/(k + α·mean of x² over `size` channels)^β.

    Args:
        input: (N, C, ...), at least 3 dimensions, floating-point dtype.
        size: how many channels; those beyond the ends count as 0.
        alpha: α.
        beta: β.
        k: k.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        ValueError: fewer than 3 dimensions.

    Source: A. Krizhevsky et al., ImageNet classification with deep convolutional neural networks (2012), 3.3.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.local_response_norm(torch.ones(1, 2, 1), 2, alpha=1.0)
        tensor([[[0.7378],
                 [0.5946]]])
    """
    shape = need_tensor(input, "local_response_norm")._array.shape
    if len(shape) < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality                          input (got {len(shape)} dimensions)"
        )
    if size < 1:
        kernel = f"kT: {size} kH: 1 kW: 1" if len(shape) > 3 else [size, 1]
        raise RuntimeError(f"kernel size should be greater than zero, but got {kernel}")
    if not input._array.size:
        return input
    planes = reshape(square(input), (*shape[:2], -1))
    grid = Grid((size, 1), (1, 1), (size // 2, 0), ((size - 1) // 2, 0), (1, 1))
    if planes._array.dtype.kind in "iu":
        sums = _window_sums(planes, grid=grid, divisor=1)
        means = reshape(trunc(div(sums, size)).to(input.dtype), shape)
    else:
        means = reshape(_window_sums(planes, grid=grid, divisor=size), shape)
    return div(input, pow(add(mul(means, alpha), k), beta))


__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "rms_norm",
]
