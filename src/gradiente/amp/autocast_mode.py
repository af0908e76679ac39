"""Blocks in which products are computed in a lower precision: `torch.autocast`, and its settings.

Note [How autocast casts]: as long as nobody enters such a block, functions know nothing of it. Then they get the bodies
that ask first (Note [Overriding functions]), and what asks also casts the arguments by the table in `_policy`. Casts
are recorded as any other operation, so that gradients come back in the types that the parameters have.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

from ..tensor.core import Tensor
from ..tensor.devices import device
from ..tensor.dtypes import bfloat16, float16
from ..tensor.dtypes import dtype as Dtype
from ..tensor.overriding import enable, set_casting, state
from ._policy import Casting

_DTYPES = {
    **dict.fromkeys(("cpu", "hpu", "maia", "xla"), bfloat16),
    **dict.fromkeys(("cuda", "hip", "ipu", "mps", "mtia", "privateuseone", "xpu"), float16),
}
"""The lower precision of each type of device that torch has one for."""


class _Settings(NamedTuple):
    """What is chosen, by the type of device."""

    enabled: frozenset[str] = frozenset()
    dtypes: tuple[tuple[str, Dtype], ...] = tuple(_DTYPES.items())
    cached: bool = True
    nesting: int = 0


_NOTHING_CAST = _Settings()
_settings: ContextVar[_Settings] = ContextVar("autocast", default=_NOTHING_CAST)


def _change(**changes: Any) -> None:
    """Change settings, and what functions do accordingly."""
    old, new = _settings.get(), _settings.get()._replace(**changes)
    _settings.set(new)
    if (old.enabled, old.dtypes, old.cached) == (new.enabled, new.dtypes, new.cached):
        return
    if "cpu" not in new.enabled:
        set_casting(None)
        return
    enable()
    dtype = get_autocast_dtype("cpu")
    dtype.numpy  # noqa: B018 - an ImportError names the extra that bfloat16 needs
    before = state().casting
    set_casting(Casting(dtype, (before.cache if before and before.cache is not None else {}) if new.cached else None))


def is_autocast_available(device_type: str) -> bool:
    """Whether there is an `autocast` for a type of device, whether or not there is such a device.

    >>> import gradiente as torch
    >>> torch.amp.is_autocast_available("cpu")
    True
    """
    return device(device_type).type in _DTYPES.keys() - {"hip"}


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether functions cast their arguments now.

    >>> import gradiente as torch
    >>> with torch.autocast("cpu", dtype=torch.float16):
    ...     torch.is_autocast_enabled("cpu")
    True
    """
    if not isinstance(device_type, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"is_autocast_enabled(): argument 'device_type' (position 1) must be str, not {type(device_type).__name__}"
        )
    return device(device_type).type in _settings.get().enabled


def set_autocast_enabled(device_type: str | bool, enabled: bool | None = None) -> None:
    """Let functions cast their arguments from now on, or no more; `autocast` does so for a block."""
    kind, on = ("cuda", device_type) if enabled is None else (device(device_type).type, enabled)
    _change(enabled=_settings.get().enabled | {kind} if on else _settings.get().enabled - {kind})


def get_autocast_dtype(device_type: str) -> Dtype:
    """The lower precision: of the CPU bfloat16, unless another one was chosen. RuntimeError for devices without one."""
    found = dict(_settings.get().dtypes).get(device(device_type).type)
    if found is None:
        raise RuntimeError(f"unsupported scalarType ({device_type!r} devices have no lower precision)")
    return found


def set_autocast_dtype(device_type: str, dtype: Dtype) -> None:
    """Choose the lower precision."""
    _change(dtypes=tuple({**dict(_settings.get().dtypes), device(device_type).type: dtype}.items()))


def is_autocast_cache_enabled() -> bool:
    """Whether the cast of a parameter is kept for the block."""
    return _settings.get().cached


def set_autocast_cache_enabled(enabled: bool) -> None:
    """Keep casts of parameters, or do not."""
    _change(cached=enabled)


def clear_autocast_cache() -> None:
    """Forget the casts of parameters; leaving the outermost block does it."""
    casting = state().casting
    if casting is not None and casting.cache is not None:
        casting.cache.clear()


def autocast_increment_nesting() -> int:
    """Count a block that is entered."""
    _change(nesting=_settings.get().nesting + 1)
    return _settings.get().nesting


def autocast_decrement_nesting() -> int:
    """Count a block that is left."""
    _change(nesting=_settings.get().nesting - 1)
    return _settings.get().nesting


def _older(function: str, instead: str, arguments: str = "") -> None:
    warnings.warn(
        f"torch.{function}({arguments}) is deprecated. Please use torch.{instead} instead.",
        DeprecationWarning,
        stacklevel=3,
    )


def is_autocast_cpu_enabled() -> bool:
    """The older name of `is_autocast_enabled("cpu")`."""
    _older("is_autocast_cpu_enabled", "is_autocast_enabled('cpu')")
    return is_autocast_enabled("cpu")


def get_autocast_cpu_dtype() -> Dtype:
    """The older name of `get_autocast_dtype("cpu")`."""
    _older("get_autocast_cpu_dtype", "get_autocast_dtype('cpu')")
    return get_autocast_dtype("cpu")


def set_autocast_cpu_enabled(enabled: bool) -> None:
    """The older name of `set_autocast_enabled("cpu", enabled)`."""
    _older("set_autocast_cpu_enabled", "set_autocast_enabled('cpu', enabled)", "enabled")
    set_autocast_enabled("cpu", enabled)


def set_autocast_cpu_dtype(dtype: Dtype) -> None:
    """The older name of `set_autocast_dtype("cpu", dtype)`."""
    _older("set_autocast_cpu_dtype", "set_autocast_dtype('cpu', dtype)", "dtype")
    set_autocast_dtype("cpu", dtype)


def get_autocast_gpu_dtype() -> Dtype:
    """The older name of `get_autocast_dtype("cuda")`."""
    _older("get_autocast_gpu_dtype", "get_autocast_dtype('cuda')")
    return get_autocast_dtype("cuda")


def set_autocast_gpu_dtype(dtype: Dtype) -> None:
    """The older name of `set_autocast_dtype("cuda", dtype)`."""
    _older("set_autocast_gpu_dtype", "set_autocast_dtype('cuda', dtype)", "dtype")
    set_autocast_dtype("cuda", dtype)


class autocast:
    """A block, or a decorator of functions, in which products are computed in a lower precision.

    Products of matrices, convolutions and attention get their arguments in `dtype`; losses, factorisations and Fourier
    transforms in float32; everything else in the types that tensors have. Tensors of float64 are left alone.

    Args:
        device_type: "cpu"; there are no other devices, so others have no effect; "cuda" warns of it.
        dtype: bfloat16 or float16; bfloat16 if it is left out.
        enabled: False: nothing is cast, also within a block that casts.
        cache_enabled: cast each parameter once in the block.

    Raises:
        ValueError: `device_type` is no text.
        RuntimeError: there is no such type of device.
        ImportError: bfloat16 without `ml_dtypes` (the extra `bfloat16`).

    Source: P. Micikevicius et al., Mixed precision training (2018).

    Example:
        >>> import gradiente as torch
        >>> w = torch.ones(2, 2, requires_grad=True)
        >>> with torch.autocast("cpu", dtype=torch.float16):
        ...     y = w @ w
        >>> y.dtype
        torch.float16
        >>> y.sum().backward()
        >>> w.grad.dtype
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
        self.fast_dtype: Dtype = dtype or get_autocast_dtype(self.device)
        self._cache_enabled = is_autocast_cache_enabled() if cache_enabled is None else cache_enabled
        self._before: list[_Settings] = []
        if enabled and self.device == "cuda":
            warnings.warn(
                "CUDA is not available or torch_xla is imported. Disabling autocast.", UserWarning, stacklevel=2
            )
            enabled = False
        elif not is_autocast_available(self.device):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{self.device}'")
        elif enabled and self.fast_dtype not in (bfloat16, float16):
            name = self.device.upper()
            warnings.warn(
                f"In {name} autocast, but the target dtype is not supported. Disabling autocast.\n{name} Autocast only "
                "supports dtypes of torch.bfloat16, torch.float16 currently.",
                UserWarning,
                stacklevel=2,
            )
            enabled = False
        if enabled and self.device == "cpu":
            self.fast_dtype.numpy  # noqa: B018 - an ImportError names the extra that bfloat16 needs
        self._enabled = enabled

    def __enter__(self) -> autocast:
        before = _settings.get()
        self._before.append(before)
        _change(
            enabled=before.enabled | {self.device} if self._enabled else before.enabled - {self.device},
            dtypes=tuple({**dict(before.dtypes), self.device: self.fast_dtype}.items()),
            cached=self._cache_enabled,
            nesting=before.nesting + 1,
        )
        return self

    def __exit__(self, *exception: object) -> None:
        if _settings.get().nesting == 1:
            clear_autocast_cache()
        _change(**self._before.pop()._asdict())

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function, called in such a block."""
        if not callable(func):  # pyright: ignore[reportUnnecessaryComparison]
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you mean to use autocast as "
                "a context manager? For example:\n    with torch.autocast(device_type=...):\n"
                "        output = model(input)"
            )

        @functools.wraps(func)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)

        return inside


def _cast(value: Any, device_type: str, dtype: Dtype) -> Any:
    """Tensors of the device in another floating-point type, also within lists, tuples and dictionaries."""
    if isinstance(value, Tensor):
        eligible = value.is_floating_point() and value.device.type == device_type and value.dtype.itemsize <= 4
        return value.to(dtype) if eligible else value
    if isinstance(value, dict):
        return {_cast(k, device_type, dtype): _cast(v, device_type, dtype) for k, v in value.items()}  # pyright: ignore
    if isinstance(value, (list, tuple)):
        return type(value)([_cast(v, device_type, dtype) for v in value])  # pyright: ignore
    return value


def _need_text(device_type: Any) -> None:
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Dtype | None = None) -> Any:
    """A decorator of the `forward` of a Function, whose `backward` then casts as `forward` did.

    Args:
        fwd: the function. None: return a decorator.
        device_type: the device whose `autocast` is meant.
        cast_inputs: within a block that casts, run `forward` without casts, on arguments of this type.

    Raises:
        ValueError: `device_type` is no text.
    """
    _need_text(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def forward(*args: Any, **kwargs: Any) -> Any:
        enabled = is_autocast_enabled(device_type)
        args[0]._dtype = get_autocast_dtype(device_type)
        args[0]._fwd_used_autocast = enabled and cast_inputs is None
        if not enabled or cast_inputs is None:
            return fwd(*args, **kwargs)
        with autocast(device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return forward


def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """A decorator of the `backward` of a Function whose `forward` has `custom_fwd`: it casts as that did.

    Args:
        bwd: the function. None: return a decorator.
        device_type: the device whose `autocast` is meant.

    Raises:
        ValueError: `device_type` is no text.
    """
    _need_text(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def backward(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return backward


__all__ = [
    "autocast",
    "autocast_decrement_nesting",
    "autocast_increment_nesting",
    "clear_autocast_cache",
    "custom_bwd",
    "custom_fwd",
    "get_autocast_cpu_dtype",
    "get_autocast_dtype",
    "get_autocast_gpu_dtype",
    "is_autocast_available",
    "is_autocast_cache_enabled",
    "is_autocast_cpu_enabled",
    "is_autocast_enabled",
    "set_autocast_cache_enabled",
    "set_autocast_cpu_dtype",
    "set_autocast_cpu_enabled",
    "set_autocast_dtype",
    "set_autocast_enabled",
    "set_autocast_gpu_dtype",
]
