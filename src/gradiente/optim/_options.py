"""What optimisers accept as options, and PyTorch's errors for the rest."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ..tensor.dtypes import get_default_dtype
from ..utils._foreach_utils import _get_fused_kernels_supported_devices

CAPTURED_ON = ("cuda", "xpu", "hpu", "privateuseone", "xla")
"""The devices on which PyTorch captures steps; without the last one for some."""


def scalar_dtype(fused: bool | None = None) -> Any:
    """NumPy's type of numbers in the state: float64 where that is the default type, but float32 for fused steps."""
    return np.float64 if not fused and get_default_dtype().name == "float64" else np.float32


def scalar(value: float, fused: bool | None = None) -> Tensor:
    """A number in the state, a tensor without dimensions."""
    return wrap(np.array(value, scalar_dtype(fused)))


def number(value: Any) -> Any:
    """An option as a Python number; torch also takes tensors of one element."""
    if type(value) is float or type(value) is int:
        return value
    if isinstance(value, Tensor):
        return value._array.item()
    return float(value) if isinstance(value, float) else value  # NumPy's float64 would make more of float32 arrays


def check_options(lr: Any, weight_decay: Any) -> None:
    """Raise torch's error for values that no optimiser can work with."""
    if isinstance(lr, Tensor) and lr._array.size != 1:
        raise ValueError(f"Tensor lr must be 1-element (it has shape {list(lr._array.shape)})")
    if not number(lr) >= 0.0:
        raise ValueError(f"Invalid learning rate: {lr}")
    if not number(weight_decay) >= 0.0:
        raise ValueError(f"Invalid weight_decay value: {weight_decay}")


def check_fused(options: dict[str, Any]) -> None:
    """Raise torch's error for a fused step that is to be something else as well.

    A fused step computes what any step does: the option is checked so that a program fails here where it fails there.
    """
    if options["fused"] and options["differentiable"]:
        raise RuntimeError("`fused` does not support `differentiable` (leave fused out)")
    if options["fused"] and options["foreach"]:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def check_fused_parameters(params: list[Tensor]) -> None:
    """Raise torch's error for parameters that no fused step is made for."""
    for p in params:
        if p.is_meta or not p.is_floating_point():
            raise RuntimeError(
                "`fused=True` requires all the params to be floating point Tensors of supported devices: "
                f"{_get_fused_kernels_supported_devices()} but {p.dtype} and {p.device.type} (leave fused out)"
            )


def not_capturable(group: dict[str, Any], which: str = "params and state_steps", xla: str = "single") -> AssertionError:
    """torch's error for a step with `capturable=True` on a CPU.

    Args:
        group: the options of the group.
        which: what has to be on other devices; with a comma where {} stands if `foreach` is set.
        xla: whether xla is among the devices: "always", "never", or in steps of "single" tensors.
    """
    devices = CAPTURED_ON if xla == "always" or (xla == "single" and not group["foreach"]) else CAPTURED_ON[:-1]
    return AssertionError(
        f"If capturable=True, {which.format(',' if group['foreach'] else '')} must be on supported devices: "
        f"{list(devices)}. (gradiente computes on the CPU, where nothing is captured: leave capturable out)"
    )


__all__ = [
    "CAPTURED_ON",
    "check_fused",
    "check_fused_parameters",
    "check_options",
    "not_capturable",
    "number",
    "scalar",
    "scalar_dtype",
]
