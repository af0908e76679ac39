"""Saved values: what a node keeps of a tensor, in which form, and how it comes back, checked to be still the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..graph import Node, Output, change, current, describe, set_mode
from .core import Tensor, new, wrap
from .dtypes import type_text
from .restrictions import Forbidden


class SavedOutput:
    """A saved result: its values and version, without its node, which would be a cycle."""

    __slots__ = ("_array", "_history")

    def __init__(self, array: Any, version: Any) -> None:
        self._array = array
        self._history = version


KEPT = (SavedOutput(None, None),)
"""What nodes have for saved values whose parameters (an index, a number, a view) count as saved: a second pass raises,
as in torch, though nothing would be missing."""


class DualOutput(SavedOutput):
    """A saved result with its tangents, which it shares with the result."""

    __slots__ = ("tangents",)

    def __init__(self, array: Any, version: Any, tangents: Any) -> None:
        super().__init__(array, version)
        self.tangents = tangents


class SavedPart(DualOutput):
    """One of several saved results: it has a number too."""

    __slots__ = ("number",)

    def __init__(self, array: Any, version: Any, number: int) -> None:
        super().__init__(array, version, None)
        self.number: int = number


class Packed:
    """A saved value in the form that a saved-tensors hook gave it."""

    __slots__ = ("_history", "_node", "_packed", "_unpack", "number", "output", "tangents")

    def __init__(self, node: Node, saved: Any, pack: Callable[[Tensor], Any], unpack: Callable[[Any], Tensor]) -> None:
        self.output: bool = isinstance(saved, SavedOutput)
        self._history = None  # what the hooks keep is theirs: changes cannot be followed through them
        self._node = None if self.output else saved._node
        self.number: int = getattr(saved, "number", 0)
        meta = getattr(saved, "_meta", None)
        self.tangents: Any = getattr(saved, "tangents", None) if meta is None else meta.tangents
        shown: Any = saved
        if self.output:
            shown = wrap(saved._array)
            shown._history = saved._history
            shown._node = node if node.plan.outputs == 1 else Output(node, self.number)
        before = 0 if shown._history is None else shown._history.count
        previous = change(grad=False)
        try:
            self._packed = pack(shown)
        finally:
            set_mode(previous)
        if (0 if shown._history is None else shown._history.count) != before:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook "
                "cannot be modified by in-place operations as this can lead to unexpected side-effects. Please open "
                "an issue if you need to perform in-place operations on the input to a pack hook."
            )
        if self.output and self._packed is shown:
            shown._node = None  # kept as it is: with its node it would be a cycle
        self._unpack = unpack

    def tensor(self) -> Tensor:
        """The tensor that the unpack hook makes of it."""
        found = self._unpack(self._packed)
        if not isinstance(found, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(found).__name__}"
            )
        return found

    @property
    def _array(self) -> Any:
        return self.tensor()._array


_HINT = (
    "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
_HINT_ANOMALY = (
    "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in "
    "question was changed in there or anywhere later. Good luck!"
)


def stale_text(array: Any, source: Any, version: Any, expected: int) -> str:
    """torch's words for a value, made by the node `source`, that was changed in place since version `expected`."""
    number = 0
    if isinstance(source, Output):
        source, number = source.node, source.number
    if isinstance(source, Forbidden):
        return source.text
    made = (
        f", which is output {number} of {re.sub('Backward[0-9]*$', '', source.name())},"
        if isinstance(source, Node) and source.plan is not None
        else ""
    )
    hint = _HINT_ANOMALY if current().anomaly else _HINT
    return (
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{type_text(array.dtype.name)} {list(array.shape)}]{made} is at version {version.count}; expected version "
        f"{expected} instead. "
        f"{hint}"
    )


def stale(node: Node, index: int) -> RuntimeError:
    """The error for a saved value that was changed in place after it was saved."""
    tensors = node.tensors
    if tensors is None:  # by another thread, a moment ago
        return node.freed()
    saved = tensors[index]
    version = saved._history
    source: Any = node if isinstance(saved, SavedOutput) else getattr(saved, "_node", None)
    if isinstance(saved, SavedPart):
        source = Output(node, saved.number)
    text = stale_text(saved._array, source, version, version.count_at(node.seq))
    changed = describe(version.place_after(node.seq))
    saved_at = describe(node.place)
    name = node.plan.names[index]
    text += f"\n{node.name()} saved it (as `{name}`)" + (f" at {saved_at}" if saved_at else "")
    if changed:
        text += f"\nIt was changed at {changed}"
    return RuntimeError(text + "\nRemedy: use the out-of-place operation there, or change a .clone() of the tensor.")


def unpack_raw(node: Node, index: int) -> Any:
    """The values of a saved tensor, checked to be those that were saved."""
    return _saved(node, index)._array


def _saved(node: Node, index: int) -> Any:
    """What a node saved, checked to be unchanged."""
    tensors = node.tensors
    if tensors is None:  # by another thread, a moment ago
        raise node.freed()
    saved = tensors[index]
    version = saved._history
    if version is not None and version.stamp > node.seq:
        raise stale(node, index)
    return saved


def unpack_tensor(node: Node, index: int) -> Any:
    """A saved value as a Tensor with its place in the graph."""
    saved = _saved(node, index)
    array = saved._array
    kind = saved.__class__
    is_output = kind is SavedOutput or kind is DualOutput or kind is SavedPart
    if not is_output and kind is not Packed:
        return saved
    made_by = node if is_output or saved.output else saved._node
    if made_by is node and node.plan.outputs > 1:
        made_by = Output(node, saved.number)
    tangents = None if kind is SavedOutput else saved.tangents
    if made_by is not None or is_output or tangents:
        out = new(Tensor)
        out._array, out._node, out._history, out._view, out._meta = array, made_by, saved._history, None, None
        if tangents:
            out._metadata().tangents = tangents
        return out
    return wrap(array)


__all__ = ["DualOutput", "Packed", "SavedOutput", "SavedPart", "stale", "unpack_raw", "unpack_tensor"]
