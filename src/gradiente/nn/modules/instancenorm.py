"""Normalisation over instances."""

from __future__ import annotations

import warnings
from typing import Any

from ...tensor.core import Tensor
from .. import functional as F
from .batchnorm import _NormBase


class _InstanceNorm(_NormBase):
    """What instance normalisations share; their arguments.

    Args:
        num_features: channels of the input.
        eps: added to the variances.
        momentum: the share of a new instance in the running statistics.
        affine: whether weights and biases are learnt.
        track_running_stats: whether statistics are kept for evaluation.
        device: where parameters and buffers are.
        dtype: of the parameters and statistics.
        bias: whether, if `affine`, there are biases as well.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """The input, each channel of each instance with mean 0 and variance 1."""
        self._check_input_dim(input)
        channels = input.dim() - self._get_no_batch_dim()
        if input.size(channels) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={channels} to match num_features ({self.num_features}), but got: "
                    f"{input.size(channels)}."
                )
            warnings.warn(
                f"input's size at dim={channels} does not match num_features. You can silence this warning by not "
                "passing in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        if input.dim() == self._get_no_batch_dim():
            return self._handle_no_batch_input(input)
        return self._apply_instance_norm(input)

    def _get_no_batch_dim(self) -> int:
        """The rank of one instance."""
        return self._ranks[0]

    def _handle_no_batch_input(self, input: Tensor) -> Tensor:
        return self._apply_instance_norm(input.unsqueeze(0)).squeeze(0)

    def _apply_instance_norm(self, input: Tensor) -> Tensor:
        return F.instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )


class InstanceNorm1d(_InstanceNorm):
    """Instance normalisation of (N, C, L) or (C, L). Source: D. Ulyanov et al., Instance normalization (2016)."""

    _ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of (N, C, H, W) or (C, H, W)."""

    _ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of (N, C, D, H, W) or (C, D, H, W)."""

    _ranks = (4, 5)


def __getattr__(name: str) -> Any:
    if name.startswith("LazyInstanceNorm"):  # as in `batchnorm`
        from . import lazy_norm

        return getattr(lazy_norm, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]
