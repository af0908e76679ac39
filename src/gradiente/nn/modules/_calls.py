"""Calling a module, and the hooks around the call and around the backward pass through it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ...graph.hooks import RemovableHandle, register
from ._backward_hooks import PassHooks
from ._older_hooks import older_hooks
from ._registry import Registry


class _Everywhere:
    """The hooks that run for every module."""

    def __init__(self) -> None:
        self.forward_pre: OrderedDict[int, Any] = OrderedDict()
        self.forward: OrderedDict[int, Any] = OrderedDict()
        self.always: OrderedDict[int, bool] = OrderedDict()
        self.with_kwargs: OrderedDict[int, bool] = OrderedDict()
        self.backward_pre: OrderedDict[int, Any] = OrderedDict()
        self.backward: OrderedDict[int, Any] = OrderedDict()
        self.full: bool | None = None  # the kind of the backward hooks, if there are any

    def __bool__(self) -> bool:
        return bool(self.forward_pre or self.forward or self.backward_pre or self.backward)


everywhere = _Everywhere()


def add(
    hooks: OrderedDict[int, Any], hook: Callable[..., Any], prepend: bool, *marks: OrderedDict[int, bool]
) -> RemovableHandle:
    """Register a hook; `marks` are to contain its number as well."""
    handle = register(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    for mark in marks:
        mark[handle.id] = True
    return handle


class Calls(Registry):
    """The call of a module."""

    _forward_hooks: OrderedDict[int, Any]
    _forward_pre_hooks: OrderedDict[int, Any]
    _backward_hooks: OrderedDict[int, Any]
    _backward_pre_hooks: OrderedDict[int, Any]
    _forward_hooks_with_kwargs: OrderedDict[int, bool]
    _forward_hooks_always_called: OrderedDict[int, bool]
    _forward_pre_hooks_with_kwargs: OrderedDict[int, bool]
    _is_full_backward_hook: bool | None

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes: to be defined by every subclass."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        own = self.__dict__
        if not (
            own["_forward_hooks"]
            or own["_forward_pre_hooks"]
            or own["_backward_hooks"]
            or own["_backward_pre_hooks"]
            or everywhere
        ):
            return self.forward(*args, **kwargs)
        called: set[int] = set()
        try:
            return self._call_with_hooks(args, kwargs, called)
        except Exception:
            self._run_always_called(args, kwargs, called)
            raise

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any], called: set[int]) -> Any:
        for number, hook in [*everywhere.forward_pre.items(), *self._forward_pre_hooks.items()]:
            if number in self._forward_pre_hooks_with_kwargs:
                answer = hook(self, args, kwargs)
                if answer is not None:
                    if not (isinstance(answer, tuple) and len(answer) == 2):  # pyright: ignore
                        raise RuntimeError(
                            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                        )
                    args, kwargs = answer
            else:
                answer = hook(self, args)
                if answer is not None:
                    args = answer if isinstance(answer, tuple) else (answer,)
        full, old = self._backward_hooks_now()
        passes = None
        if full or everywhere.backward_pre or self._backward_pre_hooks:
            before = [*everywhere.backward_pre.values(), *self._backward_pre_hooks.values()]
            passes = PassHooks(self, full, before)
            args = passes.watch_inputs(args)
        result = self.forward(*args, **kwargs)
        for number, hook in [*everywhere.forward.items(), *self._forward_hooks.items()]:
            called.add(number)
            keyed = number in self._forward_hooks_with_kwargs or number in everywhere.with_kwargs
            answer = hook(self, args, kwargs, result) if keyed else hook(self, args, result)
            if answer is not None:
                result = answer
        if passes is not None:
            result = passes.watch_outputs(result)
        if old:
            older_hooks(self, old, args, result)
        return result

    _call_impl = _wrapped_call_impl = __call__

    def _backward_hooks_now(self) -> tuple[list[Any], list[Any]]:
        """The full backward hooks and those of the older kind."""
        own = list(self._backward_hooks.values())
        shared = list(everywhere.backward.values())
        full, old = (shared, []) if everywhere.full is not False else ([], shared)
        return (full, [*old, *own]) if self._is_full_backward_hook is False else ([*full, *own], old)

    def _run_always_called(self, args: Any, kwargs: Any, called: set[int]) -> None:
        """After an error: run those hooks that want to be called always and have not been."""
        for number, hook in [*everywhere.forward.items(), *self._forward_hooks.items()]:
            wanted = number in self._forward_hooks_always_called or number in everywhere.always
            if wanted and number not in called:
                try:
                    keyed = number in self._forward_hooks_with_kwargs or number in everywhere.with_kwargs
                    hook(self, args, kwargs, None) if keyed else hook(self, args, None)
                except Exception as error:
                    import warnings

                    warnings.warn(
                        "module forward hook with ``always_call=True`` raised an exception that was silenced as "
                        f"another error was raised in forward: {error!s}",
                        stacklevel=3,
                    )

    # -- registering --------------------------------------------------------------------------------------------------

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; what it returns replaces the arguments.

        Args:
            hook: with `with_kwargs`, it is called with (module, args, kwargs) and returns None or (args, kwargs).
            prepend: run it before the hooks that are there.
            with_kwargs: whether it gets the keyword arguments.
        """
        marks = [self._forward_pre_hooks_with_kwargs] if with_kwargs else []
        return add(self._forward_pre_hooks, hook, prepend, *marks)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; what it returns, if not None, replaces the output.

        Args:
            hook: with `with_kwargs`, it is called with (module, args, kwargs, output).
            prepend: run it before the hooks that are there.
            with_kwargs: whether it gets the keyword arguments.
            always_call: whether it runs also after an error.
        """
        marks: list[Any] = [self._forward_hooks_with_kwargs] if with_kwargs else []
        marks += [self._forward_hooks_always_called] if always_call else []
        return add(self._forward_hooks, hook, prepend, *marks)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the module's inputs are known.

        Both are tuples; a tuple that it returns replaces the gradients of the inputs.
        """
        if self._is_full_backward_hook is False:
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only "
                "one of them."
            )
        self._is_full_backward_hook = True
        return add(self._backward_hooks, hook, prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when the outputs' gradients are known; what it returns replaces them."""
        return add(self._backward_pre_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """The older kind of `register_full_backward_hook`: it sees the gradients of the last operation only."""
        if self._is_full_backward_hook is True:
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only "
                "one of them."
            )
        self._is_full_backward_hook = False
        return add(self._backward_hooks, hook, False)


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, args)` before the `forward` of every module."""
    return add(everywhere.forward_pre, hook, False)


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call `hook(module, args, output)` after the `forward` of every module."""
    marks = [everywhere.with_kwargs] if with_kwargs else []
    marks += [everywhere.always] if always_call else []
    return add(everywhere.forward, hook, False, *marks)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` for every module, before its own backward hooks."""
    return _of_one_kind(True, hook)


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """The older kind of `register_module_full_backward_hook`: it sees the gradients of the last operation only."""
    return _of_one_kind(False, hook)


def _of_one_kind(full: bool, hook: Callable[..., Any]) -> RemovableHandle:
    if everywhere.backward and everywhere.full is (not full):
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use only "
            "one of them."
        )
    everywhere.full = full
    return add(everywhere.backward, hook, False)


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, grad_output)` for every module, before its own."""
    return add(everywhere.backward_pre, hook, False)


__all__ = [
    "Calls",
    "register_module_backward_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
]
