"""allow_mutation_on_saved_tensors: what was saved is copied before it is changed in place.

Note [Copies on change]: inside the block each saved value is packed into a `_Handle`. The context knows, for every
block of memory, the handles whose values lie in it. What is about to be changed in place is shown to it first
(`Mode.before_change`), and the values of those handles are copied then, once per array. So nothing is copied unless it
is changed.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from ..arrays.numpy_indexing import owner
from ..graph import change, current
from ..tensor.core import Tensor, wrap


class _Handle:
    """Stands for a saved value in the graph."""

    __slots__ = ("__weakref__",)


class _AllowMutationOnSavedContext:
    """The saved values of one block, by handle: those that are as they were, and the copies of those that were changed.

    It is empty when the block is left.
    """

    def __init__(self) -> None:
        self.original: weakref.WeakKeyDictionary[_Handle, Tensor] = weakref.WeakKeyDictionary()
        self.cloned: weakref.WeakKeyDictionary[_Handle, Tensor] = weakref.WeakKeyDictionary()
        self._by_memory: dict[int, weakref.WeakSet[_Handle]] = {}

    def clear(self) -> None:
        """Forget everything."""
        self.original.clear()
        self.cloned.clear()
        self._by_memory.clear()

    def pack(self, tensor: Tensor) -> _Handle:
        """Stand in for a tensor that is saved."""
        handle = _Handle()
        self.original[handle] = tensor
        self._by_memory.setdefault(id(owner(tensor._array)), weakref.WeakSet()).add(handle)
        return handle

    def unpack(self, handle: _Handle) -> Tensor:
        """The values that were saved."""
        found = self.cloned.get(handle)
        if found is None:
            found = self.original.get(handle)
        if found is None:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context"
                "in which the graph was originally recorded. (Call backward inside the same block)"
            )
        return found

    def before_change(self, tensor: Tensor) -> None:
        """Copy the saved values that lie in the memory of `tensor`."""
        handles = self._by_memory.pop(id(owner(tensor._array)), ())
        copies: dict[int, Tensor] = {}
        for handle in handles:
            old = self.original.pop(handle, None)
            if old is not None:
                copy = copies.get(id(old._array))
                if copy is None:
                    copy = copies[id(old._array)] = wrap(old._array.copy())
                self.cloned[handle] = copy


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_AllowMutationOnSavedContext]:
    """Allow in-place changes, in a block, of tensors that operations saved: they are copied before they are changed.

    Forward and backward must both run inside the block. Changes that autograd does not see, such as those of a NumPy
    array that shares the memory, are not noticed here either.

    Returns:
        In `with … as`, an object whose `original` and `cloned` hold the saved values; it is empty after the block.

    Raises:
        RuntimeError: such a block is entered inside of another one, or where saved-tensor hooks are refused.
        AssertionError: a backward pass outside of the block.

    Example:
        >>> import gradiente as torch
        >>> with torch.autograd.graph.allow_mutation_on_saved_tensors():
        ...     x = torch.ones(3, requires_grad=True)
        ...     y = x.clone()
        ...     out = (y**2).sum()
        ...     _ = y.mul_(100)
        ...     out.backward()
        >>> x.grad
        tensor([2., 2., 2.])
    """
    mode = current()
    if mode.before_change is not None:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    if mode.saved_hooks_disabled is not None:
        raise RuntimeError(mode.saved_hooks_disabled)
    context = _AllowMutationOnSavedContext()
    change(saved_hooks=(*mode.saved_hooks, (context.pack, context.unpack)), before_change=context.before_change)
    try:
        yield context
    finally:
        change(saved_hooks=current().saved_hooks[:-1], before_change=None)
        context.clear()


__all__ = ["allow_mutation_on_saved_tensors"]
