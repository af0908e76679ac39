"""The derivative table: every primitive with its rules, and the table as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType

from . import (
    activations,
    arithmetic,
    choices,
    fourier,
    functions,
    indexing,
    layers,
    linalg,
    losses,
    points,
    products,
    recurrent,
    reductions,
    shaping,
    sliding,
    special,
)
from .kinds import Primitive

FAMILIES: tuple[ModuleType, ...] = (
    arithmetic,
    choices,
    functions,
    special,
    activations,
    reductions,
    shaping,
    indexing,
    products,
    sliding,
    points,
    layers,
    recurrent,
    linalg,
    fourier,
    losses,
)


class Table(Mapping[str, Primitive]):
    """The primitives by name, in the order of their families. Printing it prints the table as mathematics."""

    def __init__(self, families: tuple[ModuleType, ...]) -> None:
        self.families: tuple[ModuleType, ...] = families
        found = (value for module in families for value in vars(module).values() if isinstance(value, Primitive))
        self._primitives = {primitive.name: primitive for primitive in found}

    def __getitem__(self, name: str) -> Primitive:
        return self._primitives[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._primitives)

    def __len__(self) -> int:
        return len(self._primitives)

    def __str__(self) -> str:
        from .listing import listing  # reads source files: only when somebody looks

        return listing(self)

    __repr__ = __str__


table: Table = Table(FAMILIES)
