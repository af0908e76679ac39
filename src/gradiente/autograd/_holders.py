"""Who holds an object: the names of variables, attributes and containers, found by the collector. For reports only."""

from __future__ import annotations

import gc
import sys
from inspect import CO_OPTIMIZED
from types import CellType, FrameType, FunctionType, ModuleType
from typing import Any

from ..graph import Node
from ..graph.places import is_own
from ..tensor.core import Tensor
from ..tensor.views import View

_DEPTH = 3
"""How many containers within containers are followed."""
_GRAPH = "the graph"
_MOST = 20
"""How many holders are named."""


def holders_of(objects: list[Any]) -> tuple[str, ...]:
    """The names under which any of the objects is held, in the order of their finding; a few at most."""
    search = _Search()
    search.ignore.update(map(id, (objects, *objects)))
    try:
        names = [name for o in objects for name in search.names(o, _DEPTH)]
    finally:
        search.close()
    return tuple(dict.fromkeys(names))[:_MOST]


def _all_frames() -> list[FrameType]:
    """The frames of all threads, but those of this search: a frame that holds itself would not be freed."""
    found: list[FrameType] = []
    waiting: list[FrameType | None] = [*sys._current_frames().values()]
    frame: FrameType | None = None
    while waiting:
        frame = waiting.pop()
        if frame is not None:
            if frame.f_code.co_filename != __file__:
                found.append(frame)
            waiting.append(frame.f_back)
    del frame
    return found


class _Search:
    """One search; it leaves out what it made itself."""

    def __init__(self) -> None:
        frames = [frame for frame in _all_frames() if not is_own(frame.f_code)]
        self.locals: list[tuple[FrameType, Any]] = [(f, f.f_locals) for f in frames if f.f_code.co_flags & CO_OPTIMIZED]
        self.ignore: set[int] = {id(self), id(self.locals), *(id(names) for _, names in self.locals)}
        self.ignore.update(id(pair) for pair in self.locals)

    def close(self) -> None:
        """Empty what Python made for `f_locals`, which would keep variables alive that the function deletes."""
        while self.locals:
            _, names = self.locals.pop()
            # Before Python 3.13 it is a copy, kept by the frame; a program that called locals() holds it as well.
            if type(names) is dict and sys.getrefcount(names) <= 3:
                names.clear()

    def names(self, target: Any, depth: int) -> list[str]:
        """What to call the holders of `target`."""
        found = [
            f"local variable '{name}' of {frame.f_code.co_qualname} ({frame.f_code.co_filename}:{frame.f_lineno})"
            for frame, names in self.locals
            for name, value in names.items()
            if value is target
        ]
        referrers = gc.get_referrers(target)
        own = {id(referrers), id(target)} - self.ignore
        self.ignore |= own
        for holder in referrers:
            if id(holder) not in self.ignore and not isinstance(holder, (FrameType, _Search)):
                found += self.described(holder, target, depth)
        self.ignore -= own
        return found

    def described(self, holder: Any, target: Any, depth: int) -> list[str]:
        """What to call `holder`, an object that refers to `target`."""
        if isinstance(holder, dict):
            keys = [key for key, value in holder.items() if value is target]
            return self.of_dict(holder, keys, depth)
        if isinstance(holder, (list, tuple)):
            places = [f"[{i}]" for i, value in enumerate(holder) if value is target]
            return self.inside(holder, places[:1] or [""], depth)
        if isinstance(holder, (set, frozenset)):
            return self.inside(holder, [""], depth)
        if isinstance(holder, CellType):
            return self.of_cell(holder)
        if isinstance(holder, Node):
            return [f"{_GRAPH}: {type(holder.show()).__name__}"]
        if isinstance(holder, View):
            return ["a view of it"]
        if isinstance(holder, Tensor):
            return [f"a tensor of shape {list(holder._array.shape)}"]
        attributes = [name for name in _attribute_names(holder) if _has(holder, name, target)]
        if attributes:
            return [f"attribute '{name}' of {_short(holder)}" for name in attributes]
        return self.inside(holder, [""], depth)

    def of_dict(self, holder: dict[Any, Any], keys: list[Any], depth: int) -> list[str]:
        """Of a dictionary: it may be that of a module or of an object."""
        module = sys.modules.get(str(holder.get("__name__")))
        if module is not None and module.__dict__ is holder:
            return [f"global variable '{key}' of module {module.__name__}" for key in keys]
        for owner in gc.get_referrers(holder):
            if not isinstance(owner, (dict, list, tuple, FrameType, ModuleType)) and _dict_of(owner) is holder:
                return [f"attribute '{key}' of {_short(owner)}" for key in keys]
        return self.inside(holder, [f"[{key!r}]" for key in keys], depth)

    def of_cell(self, cell: CellType) -> list[str]:
        """Of a closure: the functions that have the cell."""
        found: list[str] = []
        for closure in gc.get_referrers(cell):
            for function in gc.get_referrers(closure) if isinstance(closure, tuple) else ():
                if isinstance(function, FunctionType) and function.__closure__ is closure:
                    name = function.__code__.co_freevars[[c is cell for c in closure].index(True)]
                    found.append(f"variable '{name}' of the closure {function.__qualname__}")
        return found

    def inside(self, holder: Any, places: list[str], depth: int) -> list[str]:
        """Of a container: its own holders' names, with the place in it; its type if it has none."""
        outer = self.names(holder, depth - 1) if depth > 0 else []
        kind = type(holder).__name__
        if not outer:
            return [f"a {kind} without a name"]
        return [name if name.startswith(_GRAPH) else f"{name}, {kind}{place}" for name in outer for place in places]


def _dict_of(owner: Any) -> Any:
    try:
        return object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return None


def _attribute_names(holder: Any) -> list[str]:
    """The attributes of an object that has no dictionary to be looked through: slots, and those kept inline."""
    names: list[str] = [str(name) for name in _dict_of(holder) or ()]
    for cls in type(holder).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
    return names


def _has(holder: Any, name: str, target: Any) -> bool:
    """Whether an attribute is the target; nothing of the user's runs."""
    try:
        return object.__getattribute__(holder, name) is target
    except Exception:  # a slot that is not filled, or a property that fails
        return False


def _short(owner: Any) -> str:
    return f"<{type(owner).__qualname__} object>"


__all__ = ["holders_of"]
