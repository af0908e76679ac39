"""torch.utils.deterministic: what `torch.use_deterministic_algorithms(True)` does to memory without values."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from .._missing import Getter, missing_in
from ..ops._uninitialized import filling


class _Deterministic(ModuleType):
    """The module, of which one attribute is a setting."""

    @property
    def fill_uninitialized_memory(self) -> bool:
        """Whether memory without values is filled while `torch.use_deterministic_algorithms(True)` holds.

        `torch.empty` and its like then give nan, the largest integer of the type, or True. At first it is True.

        >>> import gradiente as torch
        >>> torch.use_deterministic_algorithms(True)
        >>> torch.empty(2), torch.empty(2, dtype=torch.int8)
        (tensor([nan, nan]), tensor([127, 127], dtype=torch.int8))
        >>> torch.use_deterministic_algorithms(False)
        """
        return filling.asked

    @fill_uninitialized_memory.setter
    def fill_uninitialized_memory(self, mode: Any) -> None:
        if not isinstance(mode, bool):
            raise RuntimeError(f"expected a bool, but got {type(mode).__name__}")
        filling.tell(asked=mode)


fill_uninitialized_memory: bool
"""See the property of the module's class."""

__getattr__: Getter = missing_in(__name__)

sys.modules[__name__].__class__ = _Deterministic
