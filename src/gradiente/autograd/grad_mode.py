"""Switching recording on and off: `no_grad`, `enable_grad`, `set_grad_enabled`, `inference_mode`.

Note [Entering a mode]: modes live in a `ContextVar`, so threads and asyncio tasks do not see each other's. An object
may be entered several times, also at the same time by several threads; each entry keeps the token of its own context,
and leaving undoes the last entry of the same context.
"""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from dataclasses import replace
from typing import Any, Self, overload

from ..graph import Mode, current, set_mode
from ..graph.modes import INFERENCE, NO_GRAD, PLAIN, grad_enabled, keep_layout, restore, swap, with_grad
from ._decorators import ContextDecorator, F


class GradMode(ContextDecorator):
    """What the four have in common: entering changes the mode, leaving restores what was changed."""

    def __init__(self) -> None:
        self._entries: list[tuple[Token[Mode], Mode, Mode]] = []

    def _enter(self, before: Mode, after: Mode) -> None:
        self._entries.append((swap(after), before, after))

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, *exc_info: object) -> None:
        for entry in self._entries[::-1]:  # a copy: other threads may enter and leave meanwhile
            token, before, after = entry
            now = current()
            try:
                restore(token)
            except (ValueError, RuntimeError):  # entered (or already left) in another thread or task
                continue
            self._entries.remove(entry)
            if now is not after:  # something else was changed meanwhile, and stays changed
                set_mode(self._undo(now, before))
            return
        # Left in a context where it was never entered, as when an event loop runs the two halves apart.
        with suppress(IndexError):
            set_mode(self._undo(current(), self._entries.pop()[1]))

    def _undo(self, now: Mode, before: Mode) -> Mode:
        """The mode `now`, with what this object changed as it was `before`."""
        return with_grad(now, grad_enabled(before))


class _WithoutParameters(GradMode):
    """`no_grad` and `enable_grad` may decorate a function without being called first."""

    @overload
    def __new__(cls, orig_func: None = None) -> Self: ...
    @overload
    def __new__(cls, orig_func: F) -> F: ...
    def __new__(cls, orig_func: Any = None) -> Any:
        """A mode; or `orig_func`, decorated."""
        return object.__new__(cls) if orig_func is None else cls()(orig_func)

    def clone(self) -> Any:
        """Another object of the same kind."""
        return type(self)()


class no_grad(_WithoutParameters):
    """Record nothing: results of operations do not require gradients. A context manager and a decorator.

    Tensors made by factory functions with `requires_grad=True` still require gradients. Each thread and each asyncio
    task has its own mode.

    Args:
        orig_func: a function to decorate, so that `@no_grad` works as `@no_grad()` does.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0], requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    >>> @torch.no_grad()
    ... def doubler(x):
    ...     return x * 2
    >>> doubler(x).requires_grad
    False
    """

    def __enter__(self) -> None:
        """Switch recording off."""
        mode = current()
        after = NO_GRAD if mode is PLAIN else with_grad(mode, False)
        self._entries.append((swap(after), mode, after))


class enable_grad(_WithoutParameters):
    """Record operations, also where `no_grad` or `set_grad_enabled(False)` holds: a context manager and decorator.

    It has no effect on what `inference_mode` does.

    Args:
        orig_func: a function to decorate, so that `@enable_grad` works as `@enable_grad()` does.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0], requires_grad=True)
    >>> with torch.no_grad():
    ...     with torch.enable_grad():
    ...         y = x * 2
    >>> y.requires_grad
    True
    """

    def __enter__(self) -> None:
        """Switch recording on."""
        mode = current()
        self._enter(mode, with_grad(mode, True))


class set_grad_enabled(GradMode):
    """Switch recording on or off by a flag: at once when called, until the end of the block as a context manager.

    Args:
        mode: whether operations are to be recorded.

    Raises TypeError if `mode` is not a bool.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0], requires_grad=True)
    >>> with torch.set_grad_enabled(False):
    ...     y = x * 2
    >>> y.requires_grad
    False
    >>> _ = torch.set_grad_enabled(True)
    >>> (x * 2).requires_grad
    True
    """

    def __init__(self, mode: bool) -> None:
        if mode is not True and mode is not False:
            raise TypeError(
                f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {type(mode).__name__}"
                " (write bool(...) around it if its truth is meant)"
            )
        super().__init__()
        self.mode = mode
        before = current()
        self.prev: bool = grad_enabled(before)
        swap(with_grad(before, mode))

    def __call__(self, orig_func: F) -> F:
        """Decorate `orig_func`; the mode that this object's creation changed is restored."""
        swap(with_grad(current(), self.prev))
        return super().__call__(orig_func)

    def __enter__(self) -> None:
        """Switch recording on or off; leaving restores what was before this object was made."""
        swap(with_grad(current(), self.mode))

    def __exit__(self, *exc_info: object) -> None:
        """Restore the mode from before."""
        swap(with_grad(current(), self.prev))

    def clone(self) -> set_grad_enabled:
        """Another object of the same kind."""
        return type(self)(self.mode)

    def __str__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"

    __repr__ = __str__


class inference_mode(GradMode):
    """Record nothing and keep no versions: for results that never meet autograd. A context manager and decorator.

    Tensors made in it are inference tensors: `is_inference()` tells. Outside, they cannot be saved for a backward pass,
    be made to require gradients, or be changed in place; `clone()` gives an ordinary tensor.

    Args:
        mode: True to enter inference mode, False to leave it for a block; or a function to decorate.

    Raises TypeError if `mode` is neither.

    >>> import gradiente as torch
    >>> x = torch.ones(3, requires_grad=True)
    >>> with torch.inference_mode():
    ...     y = x * x
    >>> y.requires_grad, y.is_inference()
    (False, True)
    """

    def __new__(cls, mode: Any = True) -> Any:
        """A mode; or the function `mode`, decorated."""
        return object.__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.mode = mode

    def __enter__(self) -> None:
        """Switch inference mode on or off. Recording and forward mode are switched to the opposite."""
        mode = current()
        self._enter(mode, _with_inference(mode, self.mode, not self.mode, not self.mode))

    def _undo(self, now: Mode, before: Mode) -> Mode:
        return _with_inference(now, before.inference, grad_enabled(before), before.forward_grad)

    def clone(self) -> inference_mode:
        """Another object of the same kind."""
        return type(self)(self.mode)


def _with_inference(mode: Mode, inference: bool, grad: bool, forward_grad: bool) -> Mode:
    if inference and (mode is PLAIN or mode is NO_GRAD):
        return INFERENCE
    return replace(
        mode, inference=inference, grad=grad and not inference, grad_asked=grad and inference, forward_grad=forward_grad
    )


_multithreading: ContextVar[bool] = ContextVar("gradiente.multithreading", default=True)


class set_multithreading_enabled(ContextDecorator):
    """Allow or forbid backward passes threads of their own: at once when called, until the end of a block as a context.

    A pass runs in the thread that started it in either case, so that nothing but the answer of
    `is_multithreading_enabled` changes; the switch is here for the programs that set it.

    Args:
        mode: whether passes may use several threads.

    Raises TypeError if `mode` is not a bool.

    >>> import gradiente as torch
    >>> with torch.autograd.set_multithreading_enabled(False):
    ...     torch.autograd.is_multithreading_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        if mode is not True and mode is not False:
            raise TypeError(
                f"set_multithreading_enabled(): argument 'enabled' (position 1) must be bool, not {type(mode).__name__}"
            )
        self.prev: bool = _multithreading.get()
        self.mode = mode
        _multithreading.set(mode)

    def __enter__(self) -> None:
        """Nothing: creation switched it."""

    def __exit__(self, *exc_info: object) -> None:
        """Restore what was before this object was made."""
        _multithreading.set(self.prev)

    def clone(self) -> set_multithreading_enabled:
        """Another object of the same kind."""
        return type(self)(self.mode)


class enforce_grad_layout_policy(ContextDecorator):
    """Have gradients of leaves lie in memory as the leaves do, or not: at once when called, or for a block.

    A gradient that arrives in another order is copied, so that steps of optimisers go through memory in order. With
    False, one that nobody else holds is kept as it is.

    Args:
        enable: whether gradients are laid out as their leaves.

    Raises TypeError if `enable` is not a bool.

    >>> import gradiente as torch
    >>> p = torch.ones(3, 2).t().requires_grad_()
    >>> with torch.autograd.enforce_grad_layout_policy(False):
    ...     (p.contiguous() * 2).sum().backward()
    >>> p.stride(), p.grad.stride()
    ((1, 2), (3, 1))
    """

    def __init__(self, enable: bool = True) -> None:
        if enable is not True and enable is not False:
            raise TypeError(
                "set_grad_layout_enforcement_enabled(): argument 'enabled' (position 1) must be bool, not "
                f"{type(enable).__name__}"
            )
        self.prev: bool = keep_layout.get()
        self.mode: bool = enable
        keep_layout.set(enable)

    def __call__(self, orig_func: F) -> F:
        """Decorate `orig_func`; what this object's creation changed is restored."""
        keep_layout.set(self.prev)
        return super().__call__(orig_func)

    def __enter__(self) -> None:
        """Nothing: creation switched it."""

    def __exit__(self, *exc_info: object) -> None:
        """Restore what was before this object was made."""
        keep_layout.set(self.prev)

    def clone(self) -> enforce_grad_layout_policy:
        """Another object of the same kind."""
        return type(self)(self.mode)


def is_multithreading_enabled() -> bool:
    """What `set_multithreading_enabled` said last in this thread or task; True at first.

    >>> import gradiente as torch
    >>> torch.autograd.is_multithreading_enabled()
    True
    """
    return _multithreading.get()


def is_grad_enabled() -> bool:
    """Whether operations are recorded in this thread or task.

    >>> import gradiente as torch
    >>> with torch.no_grad():
    ...     torch.is_grad_enabled()
    False
    """
    return grad_enabled(current())


def is_inference_mode_enabled() -> bool:
    """Whether inference mode is on in this thread or task.

    >>> import gradiente as torch
    >>> with torch.inference_mode():
    ...     torch.is_inference_mode_enabled()
    True
    """
    return current().inference


__all__ = [
    "enable_grad",
    "enforce_grad_layout_policy",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
]
