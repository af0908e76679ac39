"""How one example of a batched array lies in memory."""

from __future__ import annotations

from typing import Any


class Flags:
    """What `flags` of an array says, for one example."""

    __slots__ = ("_of",)

    def __init__(self, of: Any) -> None:
        self._of = of

    @property
    def c_contiguous(self) -> bool:
        """Whether the elements of an example lie in memory in their order."""
        stride = self._of.itemsize
        for n, s in zip(reversed(self._of.shape), reversed(self._of.strides), strict=True):
            if n != 1 and s != stride:
                return self._of.size == 0
            stride *= n
        return True

    @property
    def writeable(self) -> bool:
        """Whether the elements may be changed."""
        return self._of.values.flags.writeable


__all__ = ["Flags"]
