"""Normalisation over batches, and what it shares with the one over instances."""

from __future__ import annotations

from typing import Any, ClassVar

from ...ops.creation import empty, ones, tensor, zeros
from ...tensor.core import Tensor
from ...tensor.dtypes import int64
from .. import functional as F
from .. import init
from ..functional._normalizing import count_batch
from ..parameter import Parameter
from .module import Module


class _NormBase(Module):
    """What both kinds share.

    Args:
        num_features: channels of the input.
        eps: added to the variances.
        momentum: the share of a new batch in the running statistics; None: they are means of all batches.
        affine: whether weights and biases are learnt.
        track_running_stats: whether statistics are kept for evaluation.
        device: where parameters and buffers are.
        dtype: of the parameters and statistics.
        bias: whether, if `affine`, there are biases as well.
    """

    num_features: int
    eps: float
    momentum: float | None
    affine: bool
    track_running_stats: bool

    _version = 2
    _ranks: ClassVar[tuple[int, ...]] = ()
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        options = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(empty(num_features, **options)) if affine else None)
        self.register_parameter("bias", Parameter(empty(num_features, **options)) if affine and bias else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, **options) if tracked else None)
        self.register_buffer("running_var", ones(num_features, **options) if tracked else None)
        count = tensor(0, dtype=int64, device=device) if tracked else None
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the statistics."""
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()  # pyright: ignore[reportOptionalMemberAccess]

    def reset_parameters(self) -> None:
        """Forget the statistics; weights 1, biases 0."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def extra_repr(self) -> str:
        """The options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )

    def _check_input_dim(self, input: Tensor) -> None:
        if not self._ranks:
            raise NotImplementedError(f"{type(self).__name__} must define _check_input_dim")
        if input.dim() not in self._ranks:
            wanted = " or ".join(f"{rank}D" for rank in self._ranks)
            raise ValueError(f"expected {wanted} input (got {input.dim()}D input)")

    def _load_from_state_dict(
        self,
        state_dict: Any,
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        version = local_metadata.get("version", None)
        key = prefix + "num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            known = self.num_batches_tracked
            state_dict[key] = tensor(0, dtype=int64) if known is None else known  # files by old versions lack it
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )


class _BatchNorm(_NormBase):
    """What batch normalisations share; programs look for it among the classes of a module."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, each channel with mean 0 and variance 1 over the batch, in evaluation over those seen."""
        self._check_input_dim(input)
        average = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            count_batch(self.num_batches_tracked)
            if self.momentum is None:
                average = 1.0 / float(self.num_batches_tracked)
        of_batch = self.training or (self.running_mean is None and self.running_var is None)
        kept = not self.training or self.track_running_stats
        return F.batch_norm(
            input,
            self.running_mean if kept else None,
            self.running_var if kept else None,
            self.weight,
            self.bias,
            of_batch,
            average,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of (N, C) or (N, C, L). Source: S. Ioffe and C. Szegedy, Batch normalization (2015)."""

    _ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of (N, C, H, W)."""

    _ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of (N, C, D, H, W)."""

    _ranks = (5,)


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation of (N, C, ...) that shares its statistics between the processes of a training.

    There is one process here, so it is a batch normalisation of inputs of any rank from 2 on.

    Args:
        num_features: channels of the input.
        eps: added to the variances.
        momentum: the share of a new batch in the running statistics; None: they are means of all batches.
        affine: whether weights and biases are learnt.
        track_running_stats: whether statistics are kept for evaluation.
        process_group: kept as an attribute.
        device: where parameters and buffers are.
        dtype: of the parameters and statistics.
        bias: whether, if `affine`, there are biases as well.

    Raises:
        ValueError: an input of fewer than 2 dimensions, or without channels.
    """

    process_group: Any

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() < 2:
            raise ValueError(f"expected at least 2D input (got {input.dim()}D input)")
        if input.size(1) == 0:
            raise ValueError("SyncBatchNorm number of input channels should be non-zero")

    @classmethod
    def convert_sync_batchnorm(cls, module: Any, process_group: Any = None) -> Any:
        """Replace all batch normalisations in a module by ones of this class, which take their tensors over.

        Args:
            module: changed in place, unless it is a batch normalisation itself.
            process_group: for the new modules.

        Returns:
            The module, or its replacement.

        Example:
            >>> import gradiente as torch
            >>> net = torch.nn.Sequential(torch.nn.BatchNorm1d(2))
            >>> torch.nn.SyncBatchNorm.convert_sync_batchnorm(net)[0]
            SyncBatchNorm(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
        """
        made = module
        if isinstance(module, _BatchNorm):
            made = cls(
                module.num_features,
                module.eps,
                module.momentum,
                module.affine,
                module.track_running_stats,
                process_group,
                bias=module.bias is not None,
            )
            made.weight, made.bias = module.weight, module.bias
            made.running_mean, made.running_var = module.running_mean, module.running_var
            made.num_batches_tracked, made.training = module.num_batches_tracked, module.training
        for name, child in module.named_children():
            made.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return made


def __getattr__(name: str) -> Any:
    # The lazy kinds have a file of their own, and torch has them here. It imports this one, so not the other way round.
    if name == "_LazyNormBase" or name.startswith("LazyBatchNorm"):
        from . import lazy_norm

        return getattr(lazy_norm, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"]
