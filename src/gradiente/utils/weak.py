"""torch.utils.weak: weak references to tensors, and dictionaries whose keys are compared by identity and held weakly.

Python's own `WeakKeyDictionary` compares keys with ==, which for tensors gives a tensor.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from ..tensor.core import Tensor


class WeakIdRef(weakref.ref[Any]):
    """A weak reference that equals another if both are to the same living object.

    >>> import gradiente as torch
    >>> from gradiente.utils.weak import WeakIdRef
    >>> x = torch.ones(2)
    >>> WeakIdRef(x) == WeakIdRef(x), WeakIdRef(x) == WeakIdRef(torch.ones(2))
    (True, False)
    """

    __slots__ = ("_id",)

    def __init__(self, key: Any, callback: Callable[[Any], object] | None = None) -> None:
        super().__init__(key, callback)  # pyright: ignore[reportCallIssue]
        self._id = id(key)

    def __call__(self) -> Any:
        """The object, or None if it is gone."""
        return super().__call__()

    def __hash__(self) -> int:
        return self._id

    def __eq__(self, other: object) -> bool:
        mine = self()
        if mine is not None and isinstance(other, weakref.ref) and (its := other()) is not None:
            return mine is its
        return self is other


class WeakIdKeyDictionary(MutableMapping[Any, Any]):
    """A dictionary that does not keep its keys alive and tells them apart by identity.

    Args:
        dict: what it holds at first.
        ref_type: the class of the references that it keeps.

    >>> import gradiente as torch
    >>> from gradiente.utils.weak import WeakTensorKeyDictionary
    >>> x = torch.ones(2)
    >>> names = WeakTensorKeyDictionary({x: "ones"})
    >>> names[x], torch.ones(2) in names
    ('ones', False)
    >>> del x
    >>> len(names)
    0
    """

    data: dict[WeakIdRef, Any]
    ref_type: type[WeakIdRef]

    def __init__(self, dict: Mapping[Any, Any] | None = None, ref_type: type[WeakIdRef] = WeakIdRef) -> None:
        self.data = {}
        self.ref_type = ref_type
        own = weakref.ref(self)

        def forget(reference: Any) -> None:
            here = own()
            if here is not None:
                here.data.pop(reference, None)

        self._forget = forget
        if dict is not None:
            self.update(dict)

    def __getitem__(self, key: Any) -> Any:
        return self.data[self.ref_type(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.data[self.ref_type(key, self._forget)] = value

    def __delitem__(self, key: Any) -> None:
        del self.data[self.ref_type(key)]

    def __contains__(self, key: object) -> bool:
        try:
            return self.ref_type(key) in self.data
        except TypeError:
            return False

    def __iter__(self) -> Iterator[Any]:
        for reference in [*self.data]:
            key = reference()
            if key is not None:
                yield key

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}>"

    def keyrefs(self) -> list[WeakIdRef]:
        """The references to the keys."""
        return [*self.data]

    def copy(self) -> WeakIdKeyDictionary:
        """Another dictionary with the same keys and values."""
        return type(self)(self, self.ref_type)

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> WeakIdKeyDictionary:
        from copy import deepcopy

        return type(self)({key: deepcopy(value, memo) for key, value in self.items()}, self.ref_type)

    def __or__(self, other: Mapping[Any, Any]) -> WeakIdKeyDictionary:
        if not isinstance(other, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        made = self.copy()
        made.update(other)
        return made

    def __ior__(self, other: Mapping[Any, Any]) -> WeakIdKeyDictionary:
        self.update(other)
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return {id(k): v for k, v in self.items()} == {id(k): v for k, v in other.items()}  # pyright: ignore

    __hash__ = None  # pyright: ignore[reportAssignmentType]


WeakTensorKeyDictionary = WeakIdKeyDictionary
"""The name for dictionaries whose keys are tensors."""


class TensorWeakRef:
    """A weak reference to a tensor; calling it gives the tensor, or None if it is gone.

    >>> import gradiente as torch
    >>> from gradiente.utils.weak import TensorWeakRef
    >>> x = torch.ones(2)
    >>> there = TensorWeakRef(x)
    >>> there() is x
    True
    >>> del x
    >>> there() is None
    True
    """

    ref: weakref.ref[Tensor]

    def __init__(self, tensor: Tensor) -> None:
        if not isinstance(tensor, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise AssertionError(f"expected torch.Tensor, got {type(tensor)}.")
        self.ref = weakref.ref(tensor)

    def __call__(self) -> Tensor | None:
        """The tensor, or None if it is gone."""
        return self.ref()


__all__ = ["TensorWeakRef", "WeakIdKeyDictionary", "WeakIdRef", "WeakTensorKeyDictionary"]
