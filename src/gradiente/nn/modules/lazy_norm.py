"""Normalisations that take the number of their input's channels from their first input."""

from __future__ import annotations

from typing import Any

from ...autograd.grad_mode import no_grad
from ...ops.creation import tensor
from ...tensor.core import Tensor
from ...tensor.dtypes import int64
from ..parameter import UninitializedBuffer, UninitializedParameter
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, _BatchNorm, _NormBase
from .instancenorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, _InstanceNorm
from .lazy import LazyModuleMixin


class _LazyNormBase(LazyModuleMixin, _NormBase):
    """What all of them share; their arguments.

    Args:
        eps: added to the variances.
        momentum: the share of a new batch in the running statistics; None: they are means of all batches.
        affine: whether weights and biases are learnt.
        track_running_stats: whether statistics are kept for evaluation.
        device: where parameters and buffers are.
        dtype: of the parameters and statistics.
        bias: whether, if `affine`, there are biases as well.
    """

    weight: Any
    bias: Any
    running_mean: Any
    running_var: Any

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False)
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = tensor(0, dtype=int64, device=device)

    def reset_parameters(self) -> None:
        """Forget the statistics; weights 1, biases 0: once they are there."""
        if self.num_features != 0 and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take `num_features` from the second size of the input, and reset all, unless a state was loaded."""
        tensors = [t for t in (self.weight, self.bias, self.running_mean, self.running_var) if t is not None]
        if not tensors or self.num_features != 0:
            return
        if not self.has_uninitialized_params():
            self.num_features = tensors[0].shape[0]
            return
        self.num_features = input.shape[1]
        with no_grad():
            for lazy in tensors:
                lazy.materialize((self.num_features,))
            self.reset_parameters()


class LazyBatchNorm1d(_LazyNormBase, _BatchNorm):
    """A `BatchNorm1d` whose `num_features` is taken from its first input."""

    cls_to_become = BatchNorm1d
    _ranks = BatchNorm1d._ranks


class LazyBatchNorm2d(_LazyNormBase, _BatchNorm):
    """A `BatchNorm2d` whose `num_features` is taken from its first input."""

    cls_to_become = BatchNorm2d
    _ranks = BatchNorm2d._ranks


class LazyBatchNorm3d(_LazyNormBase, _BatchNorm):
    """A `BatchNorm3d` whose `num_features` is taken from its first input."""

    cls_to_become = BatchNorm3d
    _ranks = BatchNorm3d._ranks


class LazyInstanceNorm1d(_LazyNormBase, _InstanceNorm):
    """A `InstanceNorm1d` whose `num_features` is taken from its first input."""

    cls_to_become = InstanceNorm1d
    _ranks = InstanceNorm1d._ranks


class LazyInstanceNorm2d(_LazyNormBase, _InstanceNorm):
    """A `InstanceNorm2d` whose `num_features` is taken from its first input."""

    cls_to_become = InstanceNorm2d
    _ranks = InstanceNorm2d._ranks


class LazyInstanceNorm3d(_LazyNormBase, _InstanceNorm):
    """A `InstanceNorm3d` whose `num_features` is taken from its first input."""

    cls_to_become = InstanceNorm3d
    _ranks = InstanceNorm3d._ranks


__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
]
