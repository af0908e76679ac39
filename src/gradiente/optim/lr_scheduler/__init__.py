"""torch.optim.lr_scheduler: learning rates that change while a program trains.

`base`: what all share. `simple`: functions of the step alone. `cyclic`: rates (and momenta) that come back.
`plateau`: reduction when a measured value stops to improve. `composed`: schedulers made of schedulers.
"""

from __future__ import annotations

from ..optimizer import Optimizer as Optimizer
from .base import EPOCH_DEPRECATION_WARNING as EPOCH_DEPRECATION_WARNING
from .base import LRScheduler, group_values, one_per_group, set_option
from .base import _enable_get_lr_call as _enable_get_lr_call
from .base import _initial_mode as _initial_mode
from .composed import ChainedScheduler, SequentialLR
from .cyclic import CosineAnnealingLR, CosineAnnealingWarmRestarts, CyclicLR
from .one_cycle import OneCycleLR
from .plateau import ReduceLROnPlateau
from .simple import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)


class _LRScheduler(LRScheduler):  # pyright: ignore[reportUnusedClass]
    """What LRScheduler was called before PyTorch 2: programs derive their schedulers from it."""


# torch's names for helpers, which published schedulers import
_warn_get_lr_called_within_step = LRScheduler._warn_outside_step  # pyright: ignore[reportPrivateUsage]
_format_param, _param_groups_val_list, _update_param_group_val = one_per_group, group_values, set_option


__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


def __getattr__(name: str) -> object:
    from ..._missing import missing_attribute

    raise missing_attribute(__name__, name, __all__)
