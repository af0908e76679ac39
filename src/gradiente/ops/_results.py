"""The named tuples of results: what they have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from ..tensor.core import Tensor


class Results(tuple[Tensor, ...]):
    """A tuple of tensors, with a name for each."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ()

    def __new__(cls, values: Iterable[Tensor], more: dict[str, Any] | None = None) -> Self:
        """The results; `more` is empty in what torch pickles."""
        found = tuple(values)
        if len(found) != len(cls.fields):
            raise TypeError(
                f"torch.return_types.{cls.__name__}() takes a {len(cls.fields)}-sequence ({len(found)}-sequence given)"
            )
        return super().__new__(cls, found)

    def __repr__(self) -> str:
        items = ",\n".join(f"{name}={value!r}" for name, value in zip(self.fields, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{items})"

    def __reduce__(self) -> tuple[type[Results], tuple[tuple[Tensor, ...]]]:
        return type(self), (tuple(self),)


class Item:
    """An item of a named tuple, by name; `text` says what it is."""

    def __init__(self, number: int, text: str) -> None:
        self.number: int = number
        self.__doc__ = text

    def __get__(self, results: Results, owner: type[Results]) -> Tensor:
        return results[self.number]


__all__ = ["Item", "Results"]
