"""torch.autograd.graph: nodes, edges, what is saved, hooks over several tensors."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from .._missing import Getter, missing_in
from ..graph import Node, RemovableHandle, change, current, split_edge, user_place, version_of
from ..tensor.core import Tensor, wrap
from . import tasks
from ._decorators import decorate
from ._mutation import allow_mutation_on_saved_tensors
from ._settings import (
    region_activation_memory_budget,
    set_override_stale_capture_stream,
    set_warn_on_accumulate_grad_stream_mismatch,
)
from .edges import GradientEdge, edge_of, get_gradient_edge


class saved_tensors_hooks:
    """Keep something else than the tensors that operations in this block save for the backward pass.

    Args:
        pack_hook: called with each tensor when it is saved; what it returns is kept instead.
        unpack_hook: called with that when the tensor is needed; it must return a tensor of the same values.

    Of nested blocks, the hooks of the innermost are used. `pack_hook` must not change its argument in place. In-place
    changes of the original tensor are not detected while hooks are in force.

    >>> import gradiente as torch
    >>> x = torch.ones(3, requires_grad=True)
    >>> packed = []
    >>> def pack(t):
    ...     packed.append(t)
    ...     return len(packed) - 1
    >>> with torch.autograd.graph.saved_tensors_hooks(pack, lambda i: packed[i]):
    ...     y = x * x
    >>> y.sum().backward()
    >>> len(packed), x.grad
    (2, tensor([2., 2., 2.]))
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        """Put the hooks in force."""
        if not callable(self.pack_hook) or not callable(self.unpack_hook):
            raise TypeError(
                "_push_saved_tensors_default_hooks(): incompatible function arguments: pack_hook and unpack_hook must "
                f"be callable, but got {type(self.pack_hook).__name__} and {type(self.unpack_hook).__name__}"
            )
        mode = current()
        if mode.saved_hooks_disabled is not None:
            raise RuntimeError(mode.saved_hooks_disabled)
        change(saved_hooks=(*mode.saved_hooks, (self.pack_hook, self.unpack_hook)))

    def __exit__(self, *exc_info: object) -> None:
        """Take them back."""
        change(saved_hooks=current().saved_hooks[:-1])


class save_on_cpu(saved_tensors_hooks):
    """Keep what operations in this block save in main memory. All tensors are there already, so it keeps copies.

    Args:
        pin_memory: has no effect: there is no device to copy from pinned memory to.
        device_type: has no effect.

    >>> import gradiente as torch
    >>> x = torch.ones(3, requires_grad=True)
    >>> with torch.autograd.graph.save_on_cpu():
    ...     y = x * x
    >>> y.sum().backward()
    >>> x.grad
    tensor([2., 2., 2.])
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def pack(tensor: Tensor) -> Tensor:
            return wrap(tensor._array.copy())

        super().__init__(pack, lambda packed: packed)


class disable_saved_tensors_hooks:
    """Refuse saved-tensor hooks in a block, with an error of your own. A context manager and a decorator.

    Args:
        error_message: the text of the RuntimeError that entering `saved_tensors_hooks` raises.

    >>> import gradiente as torch
    >>> with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
    ...     with torch.autograd.graph.save_on_cpu():
    ...         pass
    Traceback (most recent call last):
    RuntimeError: not here
    """

    def __init__(self, error_message: str) -> None:
        self.error_message = error_message
        self._before: list[str | None] = []

    def __enter__(self) -> None:
        """Refuse them from here on."""
        mode = current()
        if mode.saved_hooks:
            raise RuntimeError(self.error_message)
        self._before.append(mode.saved_hooks_disabled)
        change(saved_hooks_disabled=self.error_message)

    def __exit__(self, *exc_info: object) -> None:
        """Restore what was before."""
        change(saved_hooks_disabled=self._before.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, run inside such a block."""
        return decorate(lambda: type(self)(self.error_message), function)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Tell autograd that a tensor was changed in place by means that it does not see.

    Args:
        tensor: the tensor, or several.

    Raises RuntimeError for anything else, and for inference tensors, which have no version.

    >>> import gradiente as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> y = x * 2
    >>> z = y * y
    >>> torch.autograd.graph.increment_version(y)
    >>> z.sum().backward()
    Traceback (most recent call last):
    RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation...
    """
    if not isinstance(tensor, (Tensor, Iterable)):
        raise RuntimeError(f"increment_version expect a Iterable[Tensor] as input, but got {type(tensor).__name__}")
    tensors: list[Any] = [tensor] if isinstance(tensor, Tensor) else list(tensor)
    for x in tensors:
        if not isinstance(x, Tensor):
            raise RuntimeError(
                f"increment_version expects each element of the iterable to be a tensor, but got {type(x).__name__}"
            )
        if x.is_inference():
            raise RuntimeError("Inference tensors do not track version counter.")
    for x in tensors:
        version_of(x).bump(user_place(2))


class _MultiHandle(RemovableHandle):
    """Removes the hook from all tensors."""

    __slots__ = ("handles",)

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        """Remove the hook. Doing so again does nothing."""
        for handle in self.handles:
            handle.remove()


class _Reached:
    """What one pass has brought to the tensors so far."""

    __slots__ = ("count", "expected", "grads")

    def __init__(self, expected: int, size: int) -> None:
        self.count = 0
        self.expected = expected
        self.grads: list[Tensor | None] = [None] * size


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[..., None], *, mode: Literal["all", "any"] = "all"
) -> RemovableHandle:
    """Call `fn` once per backward pass, when the gradients of several tensors are known.

    Args:
        tensors: tensors that require gradients.
        fn: with mode "all", called with a list of the gradients, None for tensors that the pass does not reach, when
            the last of them is there; with mode "any", called with the first gradient as soon as it is there. What it
            returns is of no effect.
        mode: "all" or "any".

    Returns a handle; its `remove()` takes the hook back. Raises ValueError for another mode; AssertionError (with
    "any", RuntimeError) for tensors that require no gradients.

    >>> import gradiente as torch
    >>> a, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    >>> handle = torch.autograd.graph.register_multi_grad_hook((a, b), print)
    >>> (a * b).backward()
    [tensor(3.), tensor(2.)]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    # The nodes hold the hooks, so the hooks must not hold the nodes.
    nodes = [None if t._node is None else weakref.ref(split_edge(edge_of(t))[0]) for t in tensors]
    for i, t in enumerate(tensors):
        if t._node is None:
            which = f"(tensor {i} requires none)"
            if mode == "all":
                raise AssertionError(f"Expected gradient function to be set {which}")
            raise RuntimeError(f"cannot register a hook on a tensor that doesn't require gradient {which}")
    lock = threading.Lock()
    states: dict[int, _Reached] = {}

    def make(i: int) -> Callable[[Tensor], None]:
        def hook(grad: Tensor) -> None:
            task = tasks.current_task()
            number = -1 if task is None else task.number
            with lock:  # threads may run backward over these tensors at a time
                state = states.get(number)
                if state is None:
                    for old in [n for n in states if n not in tasks.running]:  # of passes that failed
                        del states[old]
                    living = [node for ref in nodes if ref is not None and (node := ref()) is not None]
                    expected = len(nodes) if task is None else task.will_run(living)
                    state = states[number] = _Reached(expected, len(nodes))
                state.count += 1
                state.grads[i] = grad
                first, last = state.count == 1, state.count == state.expected
                if last:
                    del states[number]
            if mode == "any":
                if first:
                    fn(grad)
            elif last:
                fn(state.grads)

        return hook

    return _MultiHandle(tuple(t.register_hook(make(i)) for i, t in enumerate(tensors)))


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "region_activation_memory_budget",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
    "set_override_stale_capture_stream",
    "set_warn_on_accumulate_grad_stream_mismatch",
]
