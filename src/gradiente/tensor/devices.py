"""Devices, layouts and memory formats: torch's names for where and how the elements lie.

Here: in NumPy's memory, or nowhere, for tensors of the meta device, which have a shape and a dtype only.
"""

from __future__ import annotations

import re
from typing import Any

from .shown import ShownAsTorchs

TYPES = [
    "cpu",
    "cuda",
    "ipu",
    "xpu",
    "mkldnn",
    "opengl",
    "opencl",
    "ideep",
    "hip",
    "ve",
    "fpga",
    "maia",
    "xla",
    "lazy",
    "vulkan",
    "mps",
    "meta",
    "hpu",
    "mtia",
    "privateuseone",
]
"""The device types whose names torch knows. Tensors live on the first one."""

_STRING = re.compile(r"([A-Za-z_]+)(?::(0|[1-9][0-9]*))?")


class device(metaclass=ShownAsTorchs):
    """A device that a tensor can be on: its type, and its number if one was given. Tensors are on "cpu" or "meta".

    On "cpu" they have values. On "meta" they have a shape and a dtype only: they take no memory, and operators find
    the shapes and dtypes of their results.

    Args:
        type: "cpu", "cpu:0", another name that torch knows, or a device.
        index: the number of the device, unless the name holds it.

    Devices of other types can be named, so that a program can compare and print them; making a tensor on one of them
    raises what a CPU build of torch raises. As a context manager, a device is the default one inside.

    Raises:
        RuntimeError: torch knows no such type, or the string is malformed.
        TypeError: the type is no string.

    Example:
        >>> import gradiente as torch
        >>> torch.device("cpu"), torch.ones(2).device == torch.device("cpu")
        (device(type='cpu'), True)
    """

    __slots__ = ("_previous", "index", "type")

    type: str
    index: int | None

    def __init__(self, type: str | device | int, index: int | None = None) -> None:
        if isinstance(type, device):
            self.type, self.index = type.type, type.index
        elif isinstance(type, str):
            self.type, self.index = _parsed(type, index)
        elif isinstance(type, int) and not isinstance(type, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RuntimeError(
                f"Cannot access accelerator device when none is available. (device({type}) names accelerator number "
                f"{type}; gradiente computes on the CPU: pass device='cpu')"
            )
        else:
            name = type.__class__.__name__
            raise TypeError(
                f"device() received an invalid combination of arguments - got ({name}), but expected one of:\n"
                " * (torch.device device)\n * (str type, int index = -1)"
            )
        self._previous: list[device | None] = []

    def __repr__(self) -> str:
        return (
            f"device(type='{self.type}')" if self.index is None else f"device(type='{self.type}', index={self.index})"
        )

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> tuple[Any, ...]:
        return device, ((self.type,) if self.index is None else (self.type, self.index))

    def __enter__(self) -> device:
        self._previous.append(_default.device)
        _default.device = self
        return self

    def __exit__(self, *exception: object) -> None:
        _default.device = self._previous.pop()


def _parsed(text: str, index: int | None) -> tuple[str, int | None]:
    if not text:
        raise RuntimeError("Device string must not be empty. Pass for example 'cpu'")
    found = _STRING.fullmatch(text)
    if found is None:
        raise RuntimeError(f"Invalid device string: '{text}'. Write it as 'cpu' or 'cpu:0'")
    kind, colon, _ = text.partition(":")
    if kind not in TYPES:
        raise RuntimeError(
            f"Expected one of {', '.join(TYPES)} device type at start of device string: {kind}. "
            "gradiente computes on 'cpu'"
        )
    if colon and index is not None:
        raise RuntimeError(f"type (string) must not include an index because index was passed explicitly: {text}")
    if index is not None:
        return kind, index
    return kind, None if found[2] is None else int(found[2])


CPU = device("cpu")
"""Where tensors with values are."""

META = device("meta")
"""Where tensors without values are."""


class _Default:
    """The device on which tensors are made where none is given; None until it is set."""

    __slots__ = ("device",)

    device: device | None


_default = _Default()
_default.device = None


def is_on_meta(given: Any) -> bool:
    """Whether tensors that are made with this device, or the default one if it is None, have no values."""
    if given is None:
        given = _default.device
        if given is None:
            return False
    if isinstance(given, str):
        return given.startswith("meta")
    return (given if isinstance(given, device) else device(given)).type == "meta"


def need_place(given: Any, function: str) -> None:
    """Raise what a CPU build of torch raises for a device that it cannot make tensors on: neither CPU nor meta."""
    need_cpu(given, function, "meta")


def need_cpu(given: Any, function: str, other: str = "cpu") -> None:
    """Raise what a CPU build of torch raises for a device that it cannot compute on; `other` is allowed, too."""
    if given is None:
        given = _default.device
        if given is None:
            return
    elif not isinstance(given, (device, str, int)) or isinstance(given, bool):
        raise TypeError(f"{function}(): argument 'device' must be torch.device, not {type(given).__name__}")
    where = given if isinstance(given, device) else device(given)
    if where.type == "cpu" or where.type == other:
        return
    remedy = f"({function}() was asked for {where!r}; gradiente computes on the CPU: pass device='cpu')"
    if where.type == "cuda":
        raise AssertionError(f"Torch not compiled with CUDA enabled {remedy}")
    raise RuntimeError(f"PyTorch is not linked with support for {where.type} devices {remedy}")


def get_default_device() -> device:
    """The device on which tensors are made where none is given.

    Example:
        >>> import gradiente as torch
        >>> torch.get_default_device()
        device(type='cpu')
    """
    return CPU if _default.device is None else _default.device


def set_default_device(device: device | str | int | None) -> None:
    """Set the device on which tensors are made where none is given; None restores the CPU.

    Raises:
        AssertionError: for CUDA devices, as a CPU build of torch raises; it does so when the first tensor is made.
        RuntimeError: for devices of other types.

    Example:
        >>> import gradiente as torch
        >>> torch.set_default_device("cpu")
        >>> torch.ones(1).device
        device(type='cpu')
    """
    if device is not None:
        need_place(device, "set_default_device")
    _default.device = None if device is None else _device(device)


_device = device


class layout:
    """How elements are stored: `strided`, an address that is linear in the indices.

    `sparse_coo` and `sparse_csr` are those of `torch.sparse`; the others have their names here, and no tensor has one.

    Example:
        >>> import gradiente as torch
        >>> torch.ones(2).layout
        torch.strided
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: str = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class memory_format(layout):
    """The order of dimensions in memory.

    `contiguous_format`: the last index runs fastest. `channels_last`: of (N, C, H, W) it is C, then W, H, N;
    `channels_last_3d`: of (N, C, D, H, W) it is C, then W, H, D, N. `preserve_format`: that of the tensor at hand.

    Example:
        >>> import gradiente as torch
        >>> torch.ones_like(torch.ones(2, 3).t(), memory_format=torch.contiguous_format).shape
        torch.Size([3, 2])
    """

    __slots__ = ()


strided: layout = layout("strided")
jagged: layout = layout("jagged")
sparse_coo: layout = layout("sparse_coo")
sparse_csr: layout = layout("sparse_csr")
sparse_csc: layout = layout("sparse_csc")
sparse_bsr: layout = layout("sparse_bsr")
sparse_bsc: layout = layout("sparse_bsc")
contiguous_format: memory_format = memory_format("contiguous_format")
preserve_format: memory_format = memory_format("preserve_format")
channels_last: memory_format = memory_format("channels_last")
channels_last_3d: memory_format = memory_format("channels_last_3d")

__all__ = [
    "channels_last",
    "channels_last_3d",
    "contiguous_format",
    "device",
    "get_default_device",
    "jagged",
    "layout",
    "memory_format",
    "preserve_format",
    "set_default_device",
    "sparse_bsc",
    "sparse_bsr",
    "sparse_coo",
    "sparse_csc",
    "sparse_csr",
    "strided",
]
