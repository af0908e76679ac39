"""Normalisation within each example."""

from __future__ import annotations

from typing import Any

from ...ops.creation import empty, tensor
from ...ops.joining import cat
from ...ops.running import cumsum
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..parameter import Parameter
from .module import Module


class LayerNorm(Module):
    """Mean 0 and variance 1 over the last dimensions, then weights and biases. Source: J. L. Ba et al. (2016).

    Args:
        normalized_shape: sizes of these dimensions.
        eps: added to the variances.
        elementwise_affine: whether weights and biases are learnt.
        bias: whether there are biases.
        device: where the parameters are.
        dtype: of the parameters.
    """

    eps: float
    elementwise_affine: bool

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        single = isinstance(normalized_shape, int)
        self.normalized_shape: tuple[int, ...] = (normalized_shape,) if single else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        shape, options = self.normalized_shape, {"device": device, "dtype": dtype}
        learnt = elementwise_affine
        self.register_parameter("weight", Parameter(empty(shape, **options)) if learnt else None)
        self.register_parameter("bias", Parameter(empty(shape, **options)) if learnt and bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weights 1, biases 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """Root mean square 1 over the last dimensions, then weights. Source: B. Zhang and R. Sennrich (2019).

    Args:
        normalized_shape: sizes of these dimensions.
        eps: added to the mean squares; None: the dtype's precision.
        elementwise_affine: whether weights are learnt.
        device: where the parameter is.
        dtype: of the parameter.
    """

    eps: float | None
    elementwise_affine: bool

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        single = isinstance(normalized_shape, int)
        self.normalized_shape: tuple[int, ...] = (normalized_shape,) if single else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        made = empty(self.normalized_shape, device=device, dtype=dtype) if elementwise_affine else None
        self.register_parameter("weight", None if made is None else Parameter(made))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weights 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised."""
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """Mean 0 and variance 1 over groups of channels. Source: Y. Wu and K. He, Group normalization (2018).

    Args:
        num_groups: how many groups.
        num_channels: how many channels.
        eps: added to the variances.
        affine: whether weights and biases are learnt.
        device: where the parameters are.
        dtype: of the parameters.
        bias: whether, if `affine`, there are biases as well.
    """

    num_groups: int
    num_channels: int
    eps: float
    affine: bool

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        options = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(empty(num_channels, **options)) if affine else None)
        self.register_parameter("bias", Parameter(empty(num_channels, **options)) if affine and bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weights 1, biases 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """Each channel divided by a power of the squares of its neighbours. Source: A. Krizhevsky et al. (2012).

    Args:
        size: how many channels are neighbours.
        alpha: factor of their mean square.
        beta: exponent.
        k: added to it.
    """

    size: int
    alpha: float
    beta: float
    k: float

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(Module):
    """The local response normalisation of images by an older formula, which Lua Torch had: x / (k + α/size · s)^β.

    s, the sum of squares over the window of a channel, is carried on from channel to channel. As in torch, the first
    channel's square is never taken out of it again, and windows have an odd size, 2·⌊(size + 1)/2⌋ - 1. Use
    `LocalResponseNorm`, which has neither flaw. The derivative is that of what is computed; torch's leaves the first
    flaw out.

    Args:
        size: how many channels are neighbours.
        alpha: factor of their mean square.
        beta: exponent.
        k: added to it.

    Raises:
        ValueError: an input that is not (N, C, H, W).

    Source: A. Krizhevsky et al., ImageNet classification with deep convolutional neural networks (2012).
    """

    size: int
    alpha: float
    beta: float
    k: float

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised."""
        if input.dim() != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.dim()}D instead.")
        channels, reach = input.size(1), int((self.size - 1) / 2 + 1)
        sums = cat([input.new_zeros((input.size(0), 1, *input.shape[2:])), cumsum(input * input, 1)], 1)
        ends = tensor([min(c + reach, channels) for c in range(channels)])
        begins = tensor([max(c - reach + 1, 1) for c in range(channels)])
        window = sums.index_select(1, ends) - sums.index_select(1, begins) + sums[:, 1:2]
        return input * (self.k + self.alpha / self.size * window) ** -self.beta

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


__all__ = ["CrossMapLRN2d", "GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]
