"""What users see of a `Function`'s node, which is also its context: saved values, operands, attributes of their own.

Note [A context has any attribute]
----------------------------------
A context is the node itself, so names that the engine uses, such as `edges` or `tensors`, are taken; but to a user the
context is an empty object that takes any attribute. So who asks decides: the first time that code outside of this
package sets such an attribute, the context gets a class in which code of this package finds the engine's, everybody
else their own. All other contexts pay nothing for it.
"""

from __future__ import annotations

import sys
from inspect import getattr_static
from typing import Any

from ..graph import Node
from ..graph.places import is_own
from ..tensor.core import Tensor
from ..tensor.introspect import SavedTensor, saved_tensor
from ..tensor.metadata import InputMetadata, tell
from ._outputs import restored


class ContextNode(Node):
    """A node whose `facts` are those of a `Function`'s call."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _TAKEN or is_own(sys._getframe(1).f_code):
            object.__setattr__(self, name, value)
        elif name in _FIXED:
            raise AttributeError(f"attribute '{name}' of 'torch._C._FunctionBase' objects is not writable")
        else:
            self.__dict__[name] = value
            if not issubclass(type(self), _Shared):
                self.__class__ = _shared(type(self))

    def __delattr__(self, name: str) -> None:
        if name not in _TAKEN or is_own(sys._getframe(1).f_code):
            object.__delattr__(self, name)
        elif name in self.__dict__:
            del self.__dict__[name]
        else:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @property
    def _raw_saved_tensors(self) -> tuple[SavedTensor, ...]:
        if self.tensors is None:
            raise self.freed()
        return tuple([saved_tensor(self, i) for i in range(len(self.tensors))])

    def _unpacked(self, index: int) -> Tensor | None:
        return restored(self, index)

    @property
    def _input_metadata(self) -> tuple[InputMetadata | None, ...]:
        return tuple([None if like is None else InputMetadata(*like) for like in self.facts.outputs])

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """One pair (node, number of its output) per tensor among the arguments; (None, 0) for an untracked one."""
        pairs = super().next_functions
        given = [like for like in self.facts.inputs if like is not None]
        for (node, number), like in zip(pairs, given, strict=True):
            if node is not None:
                tell(node, number, like)
        return pairs


_FIXED = frozenset({"_input_metadata", "_raw_saved_tensors", "metadata", "next_functions", "requires_grad"})
"""What torch does not let users set."""

_TAKEN = frozenset({"needs_input_grad", *(name for name in dir(ContextNode) if not name.startswith("__"))})
"""The names that nodes use themselves."""


class _Shared:
    """What the class of a context has that was given an attribute under one of the engine's names."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _TAKEN:
            return object.__getattribute__(self, name)
        own = object.__getattribute__(self, "__dict__")
        if not is_own(sys._getframe(1).f_code):
            return own[name] if name in own else object.__getattribute__(self, name)
        found = getattr_static(type(self), name)
        return found.__get__(self, type(self)) if hasattr(found, "__get__") else found


def _shared(cls: Any) -> Any:
    """The class for contexts of `cls` that share names with their users."""
    found = cls.__dict__.get("_shared")
    if found is None:
        found = cls._shared = type(cls.__name__, (_Shared, cls), {"__module__": cls.__module__, "__slots__": ()})
    return found


__all__ = ["ContextNode"]
