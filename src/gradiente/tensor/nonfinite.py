"""Where a NaN or an infinity came from: what anomaly detection finds out about each operation while it is on.

Note [The first of its kind]
----------------------------
An operation whose result has a NaN or an infinity, and none of whose operands has, made it: what is known of the call
is written down there and then, as text, so that no value is kept. Results made of such values refer to the same
description, by way of their notes (`origins`). An operation that makes a NaN of infinities is described itself, and
refers to what made these. Only results that are not finite are looked at further.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..graph import Node
from ..graph.places import Place, stack_text
from .core import Tensor
from .origins import Origin, origin_of

evaluating: ContextVar[Node | None] = ContextVar("gradiente.evaluating", default=None)
"""The node that anomaly detection watches at the moment: nodes recorded by its rule were induced by it."""


class Trouble:
    """The first NaN or infinity of a computation: what made it, where, of what.

    `what`: "NaN" or "infinity". `name`: the operation; "" where no operation made it. `place`: the user's line.
    `during`: the name of the node whose derivative was being computed, if any, and the lines that called its operation.
    `details`: a line of text per operand and result. `before`: what made the infinities of which this made a NaN.
    """

    __slots__ = ("before", "details", "during", "name", "place", "what")

    def __init__(
        self, what: str, name: str, place: Place | None, details: Sequence[str], before: Trouble | None = None
    ) -> None:
        self.what: str = what
        self.name: str = name
        self.place: Place | None = place
        self.details: tuple[str, ...] = tuple(details)
        self.before: Trouble | None = before
        node = evaluating.get()
        self.during: tuple[str, Sequence[Place]] | None = None
        if node is not None:
            self.during = node.name(), node.__dict__.get("_forward_stack", ())[-1:]

    def text(self) -> str:
        """The description, several lines."""
        return self.line(f"The {'first ' if self.before is None else ''}{self.what}")

    def line(self, subject: str) -> str:
        """The description of `subject`, which this made."""
        if self.name:
            text = f"{subject} was made by {self.name}"
        else:
            text = f"{subject} was given, or made out of sight of anomaly detection"
        if self.during is not None:
            text += f", in the derivative that {self.during[0]} computes"
            if self.during[1]:
                text += f" for\n{stack_text(list(self.during[1]))}asked for"
        if self.place is not None:
            text += f" here:\n{stack_text([self.place])}"
        else:
            text += ".\n" if self.details == () else ":\n"
        return text + "".join([f"  {line}\n" for line in self.details])

    def chain(self) -> str:
        """The description, and before it that of what led to it."""
        return self.text() if self.before is None else self.before.chain() + self.text()


def values_of(x: Any) -> Any:
    """The values of a tensor, number or cotangent as an array of floats or complex numbers; None for others."""
    array = getattr(x, "_array", x)
    if array.__class__ is Batched:
        array = array.values
    if isinstance(array, (float, complex, np.generic)):
        array = np.asarray(array)
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fcV":
        return None
    return array


def has(array: Any) -> str:
    """What an array has: "NaN", "infinity" (and no NaN), or an empty string."""
    if array is None or bool(np.isfinite(array).all()):
        return ""
    return "NaN" if bool(np.isnan(array).any()) else "infinity"


def described(x: Any) -> str:
    """Type, shape and extreme values of an array, in a line.

    >>> described(np.array([1.0, 2.5, np.inf], dtype="float32"))
    'float32 [3], 2 of 3 finite, from 1 to 2.5, inf: 1'
    """
    if isinstance(x, (int, float, complex)):
        return f"the number {x}"
    array = values_of(x)
    if array is None:
        shown = getattr(x, "_array", x)
        dtype, shape = getattr(shown, "dtype", None), getattr(shown, "shape", None)
        return repr(shown) if dtype is None or shape is None else f"{dtype} {list(shape)}"
    text = f"{array.dtype.name} {list(array.shape)}"
    finite = np.isfinite(array)
    count = int(finite.sum())
    text += f", {count} of {array.size} finite" if array.size else ", empty"
    if count:
        wide = array[finite]
        if wide.dtype.kind == "c":
            wide, text = np.abs(wide), text + ", absolute values"
        wide = wide.astype("float64")
        text += f", from {wide.min():.6g} to {wide.max():.6g}"
    if count < array.size:
        kinds = {"nan": np.isnan(array)}
        if array.dtype.kind == "c":
            kinds["inf"] = np.isinf(array)
        else:
            kinds |= {"inf": array == np.inf, "-inf": array == -np.inf}
        text += "".join([f", {kind}: {int(found.sum())}" for kind, found in kinds.items() if found.any()])
    return text


def trace(node: Node | None, out: Tensor, name: str, operands: Iterable[Any]) -> None:
    """Note where the NaNs and infinities in `out`, which the operation `name` made of `operands`, come from."""
    note = origin_of(out)
    if node is not None:
        node.__dict__["_origin"] = note
    what = has(values_of(out))
    if not what:
        return
    given = list(_flat(operands))
    kinds = [has(values_of(x)) if x is not out and not _same(x, out) else "" for x in given]
    sources = [source(x) for x, kind in zip(given, kinds, strict=True) if kind]
    details = [f"operand {i}: {_operand(x, out)}" for i, x in enumerate(given)]
    details.append(f"result: {described(out)}")
    if not sources:
        note.trouble = Trouble(what, name, note.place, details)
    elif what == "NaN" and "NaN" not in kinds:
        note.trouble = Trouble(what, name, note.place, details, first(sources))
    else:
        note.trouble = first(sources)


def source(x: Any) -> Trouble:
    """Where the NaN or infinity in an operand came from."""
    if not isinstance(x, Tensor):
        return Trouble(has(values_of(x)), "", None, [described(x)])
    note: Origin = origin_of(x)
    if note.trouble is None:
        note.trouble = Trouble(has(values_of(x)), "", None, [f"in a tensor: {described(x)}"])
    return note.trouble


def first(troubles: Sequence[Trouble]) -> Trouble:
    """That of several which an operation made, if any is."""
    return next((t for t in troubles if t.name), troubles[0])


def _operand(x: Any, out: Tensor) -> str:
    return "changed in place" if _same(x, out) else described(x)


def _same(x: Any, out: Tensor) -> bool:
    """Whether an operand's values were overwritten by the result."""
    return isinstance(x, Tensor) and x._array is out._array


def _flat(operands: Iterable[Any]) -> Iterable[Any]:
    for x in operands:
        if isinstance(x, (tuple, list)):
            yield from x
        elif isinstance(x, (Tensor, int, float, complex)) and not isinstance(x, bool):
            yield x


__all__ = ["Trouble", "described", "evaluating", "first", "has", "source", "trace", "values_of"]
