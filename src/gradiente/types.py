"""torch.types: names for types in annotations."""

from __future__ import annotations

import builtins
import os
from collections.abc import Sequence
from typing import IO, Any

from .storage import TypedStorage, UntypedStorage
from .tensor.core import Tensor
from .tensor.devices import device as _device
from .tensor.size import Size

Number = int | float | bool
Device = _device | str | int | None
FileLike = str | os.PathLike[str] | IO[bytes]
Storage = UntypedStorage | TypedStorage

IntLikeType = int
FloatLikeType = float
BoolLikeType = bool
_TensorOrTensors = Tensor | Sequence[Tensor]
_TensorOrTensorsOrGradEdge = Tensor | Sequence[Tensor] | Any
_size = Size | list[int] | tuple[int, ...]
_Number = (int, float, bool)
_int, _float, _bool, _complex = builtins.int, builtins.float, builtins.bool, builtins.complex

__all__ = ["Device", "FileLike", "Number", "Storage"]
