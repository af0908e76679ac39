"""Many small parameters are stepped as one.

Note [Small parameters together]
--------------------------------
A step of Adam is fifteen calls of NumPy for each parameter, and a call costs as much as the arithmetic on a thousand
elements. So where an optimiser treats every element for itself, the small parameters of a group are stepped together:
their gradients and values are gathered in long arrays, the step is computed once, and the values are written back. The
state moves into long arrays for good; the tensors of `optimizer.state` become views of them. The numbers are the same
to the last bit.

Parameters are put together at the second step in a row that finds gradients for the same ones. Whatever programs do
with parameters and state in between is looked for before each step, and then they are stepped one by one again: state
that was loaded or replaced, other step counts, other arrays or shapes.
"""

from __future__ import annotations

from itertools import pairwise
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np

from ..tensor.core import Tensor, wrap

if TYPE_CHECKING:
    from .optimizer import Optimizer

FEWEST = 8
"""Fewer small parameters are not worth the gathering."""

SMALL = 2048
"""The most elements of a small parameter."""

AT_ONCE = 32768
"""The most elements of a pack: its arrays stay in the processor's cache."""


class Pack:
    """Small parameters of one dtype with equal step counts, and their state in long arrays.

    Args:
        members: the parameters.
        entries: the state of each, as the optimiser has it.
        names: the names of the arrays in the state that have the parameter's shape; there is a "step" as well.
    """

    def __init__(self, members: list[Tensor], entries: list[dict[str, Any]], names: list[str]) -> None:
        self.members, self.entries = members, entries
        self.arrays = [p._array for p in members]
        sizes = [array.size for array in self.arrays]
        bounds = np.cumsum([0, *sizes]).tolist()
        self.values, self.gradient = (np.empty(bounds[-1], self.arrays[0].dtype) for _ in range(2))
        self.steps = np.array([entry["step"]._array for entry in entries])
        self.state = {name: wrap(np.concatenate([e[name]._array for e in entries], axis=None)) for name in names}

        def pieces(whole: Any) -> list[Any]:
            parts = zip(pairwise(bounds), self.arrays, strict=True)
            return [whole[a:b].reshape(array.shape) for (a, b), array in parts]

        self.pieces = pieces(self.values)
        self.views = {name: pieces(long._array) for name, long in self.state.items()}
        self.views["step"] = [self.steps[i : i + 1].reshape(()) for i in range(len(members))]
        for name, views in self.views.items():
            for entry, view in zip(entries, views, strict=True):
                entry[name]._array = view

    def stands(self, optimizer: Optimizer) -> bool:
        """Whether parameters and state are still those that were put together."""
        if not all(map(is_, map(optimizer.state.get, self.members), self.entries)):
            return False
        if not all(map(is_, [p._array for p in self.members], self.arrays)):
            return False
        size = len(self.views)
        if any(len(entry) != size for entry in self.entries):
            return False
        for name, views in self.views.items():
            found = [entry.get(name) for entry in self.entries]
            if not all(type(x) is Tensor and x._array is view for x, view in zip(found, views, strict=True)):
                return False
        return bool((self.steps == self.steps[0]).all())

    def step(self, optimizer: Optimizer, options: Any) -> None:
        """Change all parameters by their gradients."""
        np.concatenate([p._meta.grad._array for p in self.members], axis=None, out=self.gradient)  # pyright: ignore
        np.concatenate(self.arrays, axis=None, out=self.values)
        self.steps += 1
        optimizer._move(self.values, self.gradient, self.state, float(self.steps[0]), options)  # pyright: ignore[reportPrivateUsage]
        for array, piece in zip(self.arrays, self.pieces, strict=True):
            np.copyto(array, piece)


class Together:
    """The packs of one group of parameters."""

    def __init__(self) -> None:
        self._members: list[Tensor] = []
        self._packs: list[Pack] | None = None
        self._rest: list[Tensor] = []

    def step(self, optimizer: Optimizer, members: list[Tensor], options: Any) -> list[Tensor]:
        """Change those parameters that can be changed together; return the others."""
        if len(members) != len(self._members) or not all(map(is_, members, self._members)):
            self._members, self._packs = members, None
            return members
        if self._packs is None:
            self._packs, self._rest = packed(optimizer, members)
        elif not all(pack.stands(optimizer) for pack in self._packs):
            self._members, self._packs = [], None
            return members
        for pack in self._packs:
            pack.step(optimizer, options)
        return self._rest


def packed(optimizer: Optimizer, members: list[Tensor]) -> tuple[list[Pack], list[Tensor]]:
    """Packs of those of the parameters that can be stepped together, and the others."""
    kinds: dict[Any, list[tuple[Tensor, dict[str, Any]]]] = {}
    rest: list[Tensor] = []
    for p in members:
        entry = optimizer.state.get(p, {})
        kind = _kind(p, entry)
        if kind is None:
            rest.append(p)
        else:
            kinds.setdefault(kind, []).append((p, entry))
    packs: list[Pack] = []
    for kind, found in kinds.items():
        if len(found) < FEWEST or _overlap([p._array for p, _ in found]):
            rest += [p for p, _ in found]
            continue
        names = [name for name in kind[2] if name != "step"]
        total, first = 0, 0
        for i, (p, _) in enumerate(found):
            total += p._array.size
            if total > AT_ONCE or i == len(found) - 1:
                some = found[first : i + 1]
                packs.append(Pack([p for p, _ in some], [entry for _, entry in some], names))
                total, first = 0, i + 1
    return packs, rest


def _kind(p: Tensor, entry: dict[str, Any]) -> Any:
    """What parameters stepped together have in common; None for one that is stepped alone."""
    array = p._array
    if array.__class__ is not np.ndarray or array.size > SMALL or array.dtype.kind != "f":
        return None
    if not array.flags.c_contiguous or not array.flags.writeable:
        return None
    if "step" not in entry:
        return None
    for name, value in entry.items():
        like = type(value) is Tensor and value._array.shape == (() if name == "step" else array.shape)
        if not like or (name != "step" and value._array.dtype != array.dtype):
            return None
    return (
        (array.dtype, float(entry["step"]._array), tuple(entry), entry["step"]._array.dtype)
        if "step" in entry
        else None
    )


def _overlap(arrays: list[Any]) -> bool:
    """Whether any two arrays share memory."""
    places = sorted((array.__array_interface__["data"][0], array.nbytes) for array in arrays if array.size)
    return any(start + size > after for (start, size), (after, _) in pairwise(places))


__all__ = ["Pack", "Together"]
