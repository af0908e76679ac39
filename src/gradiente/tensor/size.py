"""`Size`: the shape of a tensor."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, SupportsIndex, cast, overload

from .shown import ShownAsTorchs

_item = tuple[int, ...].__getitem__


class Size(tuple[int, ...], metaclass=ShownAsTorchs):
    """The sizes of a tensor's dimensions: a tuple that prints as `torch.Size([2, 3])`.

    >>> import gradiente as torch
    >>> torch.ones(2, 3).shape, torch.ones(2, 3).shape.numel()
    (torch.Size([2, 3]), 6)
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[SupportsIndex] = ()) -> Size:
        """Check that all sizes are integers. TypeError if one is not."""
        given = tuple(sizes)
        for n in given:
            if n.__class__ is not int:
                given = tuple(_size(n, i) for i, n in enumerate(given))
                break
        return tuple.__new__(cls, cast("tuple[int, ...]", given))

    def numel(self) -> int:
        """The number of elements of a tensor of this size."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> Size: ...
    def __getitem__(self, key: Any) -> Any:
        if key.__class__ is int:  # nearly always
            return _item(self, key)
        found: Any = _item(self, key)
        return tuple.__new__(Size, found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> Size:  # pyright: ignore[reportIncompatibleMethodOverride]
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return Size((*self, *cast("tuple[int, ...]", other)))

    def __radd__(self, other: Any) -> Size:
        if not isinstance(other, tuple):
            return NotImplemented
        return Size((*cast("tuple[int, ...]", other), *self))

    def __mul__(self, times: SupportsIndex) -> Size:
        return Size(super().__mul__(times))

    def __rmul__(self, times: SupportsIndex) -> Size:
        return self * times

    def __reduce__(self) -> tuple[Any, ...]:
        return Size, (tuple(self),)


def _size(n: Any, place: int) -> int:
    """One size, as an int."""
    try:
        return n.__index__()
    except (AttributeError, TypeError):
        raise TypeError(f"torch.Size() takes an iterable of 'int' (item {place} is '{type(n).__name__}')") from None
