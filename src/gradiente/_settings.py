"""Settings of the process that torch has and NumPy decides, or that have nothing to choose between; names of types.

They are kept and given back, so that programs which set them run; what each means here stands at it.
"""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from operator import attrgetter
from typing import Any

from .arrays import numpy_blas
from .ops._uninitialized import filling
from .storage import TypedStorage, UntypedStorage
from .tensor.core import Tensor
from .tensor.devices import device as Device
from .tensor.dtypes import TENSOR_TYPES, set_default_dtype
from .tensor.dtypes import dtype as Dtype


class _Settings:
    """What was set."""

    threads: int = 0
    between: int = 0
    deterministic: int = 0
    precision: str = "highest"
    warn_always: bool = False


_kept = _Settings()


def _positive(value: Any, function: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RuntimeError(f"{function} expects an int, but got {type(value).__name__}")
    if value <= 0:
        raise RuntimeError(f"{function} expects a positive integer (got {value})")
    return value


def set_num_threads(num: int, /) -> None:
    """Compute products of matrices in so many threads; everything else is computed in one.

    The products are those of NumPy's BLAS, in programs' own uses of NumPy as well; it takes at most as many threads as
    there are processors. Where it is none that NumPy's wheels bring along, the number is only kept for
    `get_num_threads`: set OMP_NUM_THREADS before the program starts.

    >>> import gradiente as torch
    >>> torch.set_num_threads(1)
    >>> torch.get_num_threads()
    1
    """
    _kept.threads = _positive(num, "set_num_threads")
    numpy_blas.set_threads(num)


def get_num_threads() -> int:
    """The number that was set, else that of NumPy's BLAS, else OMP_NUM_THREADS or the number of processors."""
    if _kept.threads:
        return _kept.threads
    given = os.environ.get("OMP_NUM_THREADS", "")
    return numpy_blas.threads() or (int(given) if given.isdigit() and int(given) else os.cpu_count() or 1)


def set_num_interop_threads(num: int, /) -> None:
    """Keep a number for `get_num_interop_threads`. Operations run one after another here."""
    _kept.between = _positive(num, "set_num_interop_threads")


def get_num_interop_threads() -> int:
    """The number that was set, else 1."""
    return _kept.between or 1


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for the same numbers in every run. They always are the same here, so nothing is refused.

    Memory without values is filled, as `torch.utils.deterministic.fill_uninitialized_memory` says.

    >>> import gradiente as torch
    >>> torch.use_deterministic_algorithms(True)
    >>> torch.are_deterministic_algorithms_enabled()
    True
    >>> torch.use_deterministic_algorithms(False)
    """
    if not isinstance(mode, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            "_set_deterministic_algorithms(): argument 'mode' (position 1) must be bool, not " + type(mode).__name__
        )
    set_deterministic_debug_mode((1 if warn_only else 2) if mode else 0)


def are_deterministic_algorithms_enabled() -> bool:
    """Whether `use_deterministic_algorithms` asked for them."""
    return _kept.deterministic > 0


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether `use_deterministic_algorithms` asked for warnings only."""
    return _kept.deterministic == 1


_MODES = ("default", "warn", "error")


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """The same as `use_deterministic_algorithms`, by number or name: 0 "default", 1 "warn", 2 "error"."""
    if not isinstance(debug_mode, (int, str)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in _MODES:
            raise RuntimeError(
                f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
            )
        debug_mode = _MODES.index(debug_mode)
    if debug_mode not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    _kept.deterministic = debug_mode
    filling.tell(deterministic=debug_mode > 0)


def get_deterministic_debug_mode() -> int:
    """0, 1 or 2: see `set_deterministic_debug_mode`."""
    return _kept.deterministic


def set_float32_matmul_precision(precision: str) -> None:
    """Keep "highest", "high" or "medium". Products are always computed as with "highest"."""
    if precision in ("highest", "high", "medium"):
        _kept.precision = precision
    else:
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the currentsetFloat32MatmulPrecision call has "
            "no effect.",
            UserWarning,
            stacklevel=2,
        )


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was given; "highest" at first."""
    return _kept.precision


def set_default_tensor_type(t: Any, /) -> None:
    """Set the type that floating-point tensors have where none is given. Deprecated: use `set_default_dtype`.

    `t` is one of torch's tensor types, such as `torch.DoubleTensor`, or its name.

    >>> import warnings
    >>> import gradiente as torch
    >>> warnings.simplefilter("ignore")
    >>> torch.set_default_tensor_type("torch.DoubleTensor")
    >>> torch.ones(1).dtype
    torch.float64
    >>> torch.set_default_tensor_type(torch.FloatTensor)
    """
    if isinstance(t, str):
        root, _, rest = t.partition(".")
        if root != "torch" or not rest:
            raise ModuleNotFoundError(
                f"No module named '{t.rpartition('.')[0] or t}' (give a name as torch.FloatTensor)"
            )
        t = attrgetter(rest)(import_module(__name__.rpartition(".")[0]))
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
        "torch.set_default_device() as alternatives.",
        UserWarning,
        stacklevel=2,
    )
    found = getattr(t, "dtype", None) if isinstance(t, type) else None
    if not isinstance(found, Dtype):
        raise TypeError(
            "invalid type object: only floating-point types are supported as the default type "
            f"(got {t!r}; give one such as torch.DoubleTensor, or call torch.set_default_dtype)"
        )
    if t.__module__.endswith(".cuda") or ".cuda." in t.__module__:
        raise TypeError(
            f"type torch.cuda.{t.__name__} not available. Torch not compiled with CUDA enabled. "
            f"(gradiente computes on the CPU: use torch.{t.__name__})"
        )
    set_default_dtype(found)


def set_warn_always(b: bool, /) -> None:
    """Keep whether warnings are to be given every time. Python's filters decide that: see the module `warnings`."""
    if not isinstance(b, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RuntimeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _kept.warn_always = b


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was given; False at first."""
    return _kept.warn_always


def set_flush_denormal(mode: bool, /) -> bool:
    """Whether the processor was told to take tiny numbers for 0: False, NumPy computes with them."""
    if not isinstance(mode, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise RuntimeError(f"flush_denormal expects a bool, but got {type(mode).__name__}")
    return False


def is_vulkan_available() -> bool:
    """False: computation is on the CPU."""
    return False


def is_storage(obj: object, /) -> bool:
    """Whether the object is a storage, torch's name for a tensor's memory.

    >>> import gradiente as torch
    >>> torch.is_storage(torch.ones(1).untyped_storage()), torch.is_storage(torch.ones(1))
    (True, False)
    """
    return type(obj) in (TypedStorage, UntypedStorage)


def typename(obj: Any, /) -> str:
    """The name of an object's type, with its module; for tensors torch's old names of the types.

    >>> import gradiente as torch
    >>> torch.typename(torch.ones(2)), torch.typename(torch.nn.ReLU()), torch.typename(3)
    ('torch.FloatTensor', 'torch.nn.modules.activation.ReLU', 'int')
    """
    if isinstance(obj, Tensor):
        return "torch." + TENSOR_TYPES[obj.dtype.name]
    kind: Any = obj if hasattr(obj, "__qualname__") else type(obj)
    from .serialization.names import torchs_name

    module, name = torchs_name(kind) or (kind.__module__, kind.__qualname__)
    return name if module in (None, "", "builtins") else f"{module}.{name}"


def get_device_module(device: Any = None) -> Any:
    """The module of a type of device, `torch.cpu` for the CPU.

    Args:
        device: a device or its name; None: the CPU, as there is no accelerator.

    Raises:
        RuntimeError: it is neither, or torch has no module for it.

    Example:
        >>> import gradiente as torch
        >>> torch.get_device_module("cpu").device_count()
        1
    """
    if not (device is None or isinstance(device, (str, Device))):
        raise RuntimeError(f"Invalid value of device '{device}', expect torch.device, str, or None")
    kind = "cpu" if device is None else Device(device).type
    module = getattr(import_module("gradiente"), kind, None)
    if module is None:
        raise RuntimeError(
            f"Device '{kind}' does not have a corresponding module registered as 'torch.{kind}'. (Tensors are on "
            "the CPU)"
        )
    return module


class OutOfMemoryError(RuntimeError):
    """What devices without free memory raise, of which there are none: for `except`. NumPy raises MemoryError."""

    __module__ = "gradiente"


class AcceleratorError(RuntimeError):
    """What accelerators raise, of which there are none: for `except`."""

    __module__ = "gradiente"


__all__ = [
    "AcceleratorError",
    "OutOfMemoryError",
    "are_deterministic_algorithms_enabled",
    "get_deterministic_debug_mode",
    "get_device_module",
    "get_float32_matmul_precision",
    "get_num_interop_threads",
    "get_num_threads",
    "is_deterministic_algorithms_warn_only_enabled",
    "is_storage",
    "is_vulkan_available",
    "is_warn_always_enabled",
    "set_default_tensor_type",
    "set_deterministic_debug_mode",
    "set_float32_matmul_precision",
    "set_flush_denormal",
    "set_num_interop_threads",
    "set_num_threads",
    "set_warn_always",
    "typename",
    "use_deterministic_algorithms",
]
