"""torch.amp: types that are chosen automatically. There is one way to compute here: in the types that tensors have.

So an autocast that is disabled, or would be for want of a device, does nothing; one that would change results is
refused, rather than accepted without effect.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from .._missing import Getter, missing_in
from ..tensor.devices import device
from ..tensor.dtypes import bfloat16, float16
from ..tensor.dtypes import dtype as Dtype


class autocast:
    """A block, or a decorator of functions, in which nothing is cast.

    Args:
        device_type: "cpu", or "cuda" and others, which are not available: a warning, and no effect.
        dtype: what would be computed in; for the CPU bfloat16 if it is left out.
        enabled: False: no effect.
        cache_enabled: no effect.

    Raises:
        RuntimeError: enabled for the CPU with bfloat16 or float16, which would be another result.

    Example:
        >>> import gradiente as torch
        >>> with torch.autocast("cpu", enabled=False):
        ...     (torch.ones(2, 2) @ torch.ones(2, 2)).dtype
        torch.float32
    """

    def __init__(
        self,
        device_type: str,
        dtype: Dtype | None = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        if not isinstance(device_type, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        self.device: str = device(device_type).type
        self.fast_dtype: Dtype = dtype or (bfloat16 if self.device == "cpu" else float16)
        if enabled and self.device == "cuda":
            warnings.warn(
                "CUDA is not available or torch_xla is imported. Disabling autocast.", UserWarning, stacklevel=2
            )
        elif enabled and self.device == "cpu":
            if self.fast_dtype in (bfloat16, float16):
                raise RuntimeError(
                    f"torch.autocast('cpu', dtype={self.fast_dtype}) is not supported: gradiente computes in the types "
                    "that tensors have. Pass enabled=False, or convert model and inputs with "
                    f".to({self.fast_dtype}) where you want that type"
                )
            warnings.warn(
                "In CPU autocast, but the target dtype is not supported. Disabling autocast.\nCPU Autocast only "
                "supports dtypes of torch.bfloat16, torch.float16 currently.",
                UserWarning,
                stacklevel=2,
            )
        elif enabled:
            raise RuntimeError(f"User specified an unsupported autocast device_type '{self.device}'")

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function, called in such a block."""

        @functools.wraps(func)
        def inside(*args: Any, **kwargs: Any) -> Any:
            return func(*args, **kwargs)

        return inside


class GradScaler:
    """Scales losses so that gradients in float16 do not vanish; disabled, as on a machine without CUDA, it does not.

    Args:
        device: "cuda": a warning, and the scaler is disabled, for there is none.
        init_scale: no effect.
        growth_factor: no effect.
        backoff_factor: no effect.
        growth_interval: no effect.
        enabled: False: `scale` returns its argument, `step` calls the optimiser's.

    Raises:
        RuntimeError: enabled for another device.

    Example:
        >>> import gradiente as torch
        >>> scaler = torch.amp.GradScaler(enabled=False)
        >>> scaler.scale(torch.tensor(2.0)), scaler.get_scale()
        (tensor(2.), 1.0)
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device != "cuda":
            raise RuntimeError(
                f"torch.amp.GradScaler({device!r}) is not supported: gradients are computed in the types that tensors "
                "have, and need no scale unless that is float16. Pass enabled=False"
            )
        if enabled:
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                UserWarning,
                stacklevel=2,
            )

    def scale(self, outputs: Any) -> Any:
        """The outputs themselves."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Leave the gradients as they are."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """What the optimiser's `step` returns."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Leave the scale at 1."""

    def get_scale(self) -> float:
        """The scale: 1.0."""
        return 1.0

    def is_enabled(self) -> bool:
        """Whether losses are scaled: False."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Nothing, as of a disabled scaler."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Ignore a state, as a disabled scaler does."""


def is_autocast_available(device_type: str) -> bool:
    """Whether `autocast` has an effect on a device: False."""
    device(device_type)
    return False


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether an `autocast` has an effect now: False."""
    return False


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Dtype | None = None) -> Any:
    """A decorator of a Function's `forward`, which returns it: nothing is cast where `autocast` has no effect.

    Args:
        fwd: the function. None: return a decorator.
        device_type: the device whose `autocast` is meant.
        cast_inputs: no effect.

    Raises:
        ValueError: `device_type` is no text.
    """
    if not isinstance(device_type, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    return (lambda function: function) if fwd is None else fwd


def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """A decorator of a Function's `backward`, which returns it, as `custom_fwd` does."""
    return custom_fwd(bwd, device_type=device_type)


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "GradScaler",
    "autocast",
    "custom_bwd",
    "custom_fwd",
    "is_autocast_available",
    "is_autocast_enabled",
]
