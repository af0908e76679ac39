"""Files of the safetensors format, in which models are shared: named tensors and text, and nothing that could be run.

The format is read and written by the package `safetensors` (extra `safetensors`), which checks that a file's header
fits its length.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from ..tensor import dtypes
from ..tensor.core import Tensor, wrap
from ..tensor.devices import device as Device
from ..tensor.devices import need_cpu

_DTYPES = {
    "BOOL": dtypes.bool,
    "U8": dtypes.uint8,
    "I8": dtypes.int8,
    "I16": dtypes.int16,
    "I32": dtypes.int32,
    "I64": dtypes.int64,
    "U16": dtypes.uint16,
    "U32": dtypes.uint32,
    "U64": dtypes.uint64,
    "F16": dtypes.float16,
    "BF16": dtypes.bfloat16,
    "F32": dtypes.float32,
    "F64": dtypes.float64,
    "C64": dtypes.complex64,
}
"""The types of the format that tensors have; complex128 is not among those of the format."""


def save_file(
    tensors: Mapping[str, Tensor], filename: str | os.PathLike[str], metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors to a file of the safetensors format.

    Args:
        tensors: the tensors by name, for example a state_dict. They may require gradients, and may lie in memory in
            any order: their values are written.
        filename: where to; the file there is replaced.
        metadata: text to go with them.

    Raises:
        ImportError: `safetensors` is missing.
        RuntimeError: tensors share memory, or the folder does not exist.
        TypeError, ValueError: as `save`.

    Example:
        >>> import tempfile
        >>> import gradiente as torch
        >>> from gradiente.serialization.safetensors import load_file, save_file
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_file({"weight": torch.ones(2)}, f"{folder}/model.safetensors", {"epoch": "3"})
        ...     load_file(f"{folder}/model.safetensors")
        {'weight': tensor([1., 1.])}
    """
    arrays, text = _arrays(tensors), _text(metadata)
    path = Path(os.fspath(filename))
    if not path.parent.is_dir():
        raise RuntimeError(f"Parent directory {path.parent} does not exist.")
    _numpy().save_file(arrays, path, metadata=text)


def save(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """The content of a file of the safetensors format.

    Args:
        tensors: the tensors by name.
        metadata: text to go with them.

    Raises:
        ImportError: `safetensors` is missing.
        RuntimeError: tensors share memory.
        TypeError: a name or a text is no string, or a tensor is complex128, which the format lacks.
        ValueError: `tensors` is no dictionary of tensors.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.serialization.safetensors import load, save
        >>> load(save({"bias": torch.zeros(3, dtype=torch.float16)}))
        {'bias': tensor([0., 0., 0.], dtype=torch.float16)}
    """
    return _numpy().save(_arrays(tensors), metadata=_text(metadata))


def load_file(filename: str | os.PathLike[str], device: Device | str = "cpu") -> dict[str, Tensor]:
    """Read the tensors of a file of the safetensors format.

    Args:
        filename: the file.
        device: "cpu".

    Returns:
        The tensors by name, in the order of the names.

    Raises:
        FileNotFoundError: there is no such file.
        ImportError: `safetensors` is missing, or, for bfloat16, `ml_dtypes`.
        safetensors.SafetensorError: the file is damaged, cut off, or of another format.
        TypeError: it has a tensor of a type that gradiente lacks.

    Example:
        See `save_file`.
    """
    need_cpu(device, "load_file")
    with _opened(filename) as file:
        names = sorted(file.keys())
        for name in names:
            _ = _dtype(file.get_slice(name).get_dtype(), name).numpy  # bfloat16 is unknown to NumPy until asked for
        return {name: wrap(file.get_tensor(name)) for name in names}


def load(data: bytes) -> dict[str, Tensor]:
    """Read the tensors of a file's content, as `load_file` does of a file.

    >>> import gradiente as torch
    >>> from gradiente.serialization.safetensors import load, save
    >>> load(save({"b": torch.tensor(2), "a": torch.tensor([True])}))
    {'a': tensor([True]), 'b': tensor(2)}
    """
    package = _package()
    try:
        found = package.deserialize(bytes(data))
    except package.SafetensorError as error:
        raise _damaged(package, error, "the data") from None
    out: dict[str, Tensor] = {}
    for name, entry in sorted(found, key=lambda pair: pair[0]):
        kind = _dtype(entry["dtype"], name).numpy
        out[name] = wrap(np.frombuffer(entry["data"], kind).reshape(entry["shape"]))
    return out


def load_metadata(filename: str | os.PathLike[str]) -> dict[str, str]:
    """The text that was saved with the tensors of a file; the tensors are not read.

    Raises:
        FileNotFoundError, ImportError, safetensors.SafetensorError: as `load_file`.

    Example:
        >>> import tempfile
        >>> import gradiente as torch
        >>> from gradiente.serialization.safetensors import load_metadata, save_file
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_file({"weight": torch.ones(2)}, f"{folder}/model.safetensors", {"epoch": "3"})
        ...     load_metadata(f"{folder}/model.safetensors")
        {'epoch': '3'}
    """
    with _opened(filename) as file:
        return dict(file.metadata() or {})


def _package() -> Any:
    try:
        import safetensors
    except ImportError:
        raise ImportError(
            "gradiente.serialization.safetensors needs safetensors: install it with "
            '`pip install "gradiente[safetensors]"`'
        ) from None
    return safetensors


def _numpy() -> Any:
    _package()
    import safetensors.numpy

    return safetensors.numpy


def _opened(filename: str | os.PathLike[str]) -> Any:
    package = _package()
    try:
        return package.safe_open(os.fspath(filename), framework="np")
    except package.SafetensorError as error:
        raise _damaged(package, error, repr(os.fspath(filename))) from None


def _damaged(package: Any, error: Exception, what: str) -> Exception:
    return package.SafetensorError(f"{error} ({what} is cut off, damaged, or not of the safetensors format)")


def _dtype(code: str, name: str) -> dtypes.dtype:
    found = _DTYPES.get(code)
    if found is None:
        raise TypeError(f"the tensor {name!r} is of type {code}, which gradiente lacks; it has {', '.join(_DTYPES)}")
    return found


def _text(metadata: Mapping[str, str] | None) -> dict[str, str] | None:
    for key, value in (metadata or {}).items():
        if not (isinstance(key, str) and isinstance(value, str)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"metadata must map strings to strings, but has {key!r}: {value!r}; write numbers as text")
    return None if metadata is None else dict(metadata)


def _arrays(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """The tensors' values, in the order of their elements; RuntimeError if two share memory."""
    if not isinstance(tensors, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"Expected a dict of [str, torch.Tensor] but received {type(tensors)}")
    for name, x in tensors.items():
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"names must be strings, but one is {name!r}")
        if not isinstance(x, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Key `{name}` is invalid, expected torch.Tensor but received {type(x)}")
        if x.dtype not in _DTYPES.values():
            raise TypeError(f"the tensor {name!r} is {x.dtype}, which the safetensors format lacks")
    arrays = {name: np.asarray(x._array) for name, x in tensors.items()}
    _refuse_shared(arrays)
    return {name: np.asarray(array, order="C") for name, array in arrays.items()}


def _refuse_shared(arrays: Mapping[str, Any]) -> None:
    """The format has each tensor's values once: which of two names they belong to is for the caller to say."""
    places = sorted((*byte_bounds(array), name) for name, array in arrays.items() if array.size)
    for (_, stop, one), (start, _, other) in pairwise(places):
        if start < stop:
            raise RuntimeError(
                f"Some tensors share memory, this will lead to duplicate memory on disk and potential differences when "
                f"loading them again: [{{{one!r}, {other!r}}}]. (Leave one of them out, or save a clone() of it)"
            )


__all__ = ["load", "load_file", "load_metadata", "save", "save_file"]
