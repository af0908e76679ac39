"""torch.utils.checkpoint: keep the inputs of a part of the computation and compute the part again in the backward pass.

The two ways are in `checkpoint_saved` (`use_reentrant=False`: saved tensors are replaced by promises) and in
`checkpoint_reentrant` (`use_reentrant=True`: a Function runs another backward pass inside its own).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from ..autograd.grad_mode import is_grad_enabled
from .checkpoint_random import get_device_states, set_device_states
from .checkpoint_reentrant import CheckpointFunction, check_backward_validity, detach_variable
from .checkpoint_saved import CheckpointError, Frame
from .checkpoint_selective import (
    CheckpointPolicy,
    SelectiveCheckpointContext,
    create_selective_checkpoint_contexts,
)
from .checkpoint_settings import (
    GraphExecGroup,
    Settings,
    noop_context_fn,
    set_checkpoint_debug_enabled,
    set_checkpoint_early_stop,
)

_ADVICE = (
    "use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can pass "
    "use_reentrant=True. Refer to docs for more details on the differences between the two variants."
)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[AbstractContextManager[Any], AbstractContextManager[Any]]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs), of which nothing is kept for the backward pass, which computes it again.

    Args:
        function: what to call; called again with the same arguments it has to do the same.
        args: its arguments; with `use_reentrant=True`, gradients flow only to tensors that are arguments themselves.
        use_reentrant: False replaces what operations save and works with every kind of backward pass. True runs a
            backward pass inside the backward pass: it needs an argument that requires gradients, and works neither
            with `grad` nor with `inputs=`. It should be given; the default is True, with a warning.
        context_fn: gives two context managers, for the first and for the second computation.
        determinism_check: "default" compares number, shapes and dtypes of what the two computations save; "none" only
            the number.
        debug: whether errors about differences say which lines of your code saved what.
        early_stop: whether the second computation ends as soon as everything needed is there.
        kwargs: keyword arguments of `function`; and `preserve_rng_state` (True), whether the second computation draws
            the same random numbers as the first. With `use_reentrant=True` no others are allowed.

    Raises ValueError for other keyword arguments; `CheckpointError`, in the backward pass, if the computations differ.

    >>> import gradiente as torch
    >>> from gradiente.utils.checkpoint import checkpoint
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> y = checkpoint(lambda x: (x * x) ** 2, x, use_reentrant=False)
    >>> y.sum().backward()
    >>> x.grad
    tensor([ 4., 32.])
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, "
            f"calling checkpoint without use_reentrant will raise an exception. {_ADVICE}",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve, *args)
    settings = Settings(preserve, context_fn, determinism_check, debug, early_stop)
    first, again = settings.contexts()
    if not is_grad_enabled():
        return function(*args, **kwargs)
    frame = Frame(function, args, kwargs, settings, again)
    with frame.hooks(), first:
        return function(*args, **kwargs)
    raise RuntimeError(  # a context manager that swallows an exception leads here
        "torch.utils.checkpoint: the forward context provided by context_fn suppressed an exception raised during the "
        "checkpointed forward. This is not supported because checkpoint cannot return a value for a failed forward."
    )


def checkpoint_sequential(
    functions: Sequence[Callable[..., Any]] | Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """functions[-1](… functions[0](input)), in `segments` parts, all but the last of them checkpointed.

    Args:
        functions: a sequence of functions, or a module with `children()`.
        segments: the number of parts, at most that of the functions.
        input: what the first function is given.
        use_reentrant: as in `checkpoint`.
        kwargs: `preserve_rng_state`, as in `checkpoint`.

    >>> import gradiente as torch
    >>> from gradiente.utils.checkpoint import checkpoint_sequential
    >>> x = torch.tensor([0.5], requires_grad=True)
    >>> checkpoint_sequential([torch.sin, torch.exp, torch.tanh], 2, x, use_reentrant=False).backward()
    >>> x.grad
    tensor([0.2075])
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. "
            f"In version 2.9 we will raise an exception if use_reentrant is not passed. {_ADVICE}",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    steps: list[Callable[..., Any]] = list(getattr(functions, "children", lambda: functions)())
    if segments == 0:
        raise ZeroDivisionError("integer division or modulo by zero (segments must be at least 1)")
    size = len(steps) // segments
    if size == 0:
        raise ValueError(f"range() arg 3 must not be zero ({len(steps)} functions cannot make {segments} segments)")

    def part(start: int, end: int) -> Callable[[Any], Any]:
        def run(value: Any) -> Any:
            for step in steps[start:end]:
                value = step(value)
            return value

        return run

    last = size * (segments - 1)
    for start in range(0, last, size):
        input = checkpoint(part(start, start + size), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return part(last, len(steps))(input)


__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "CheckpointPolicy",
    "GraphExecGroup",
    "SelectiveCheckpointContext",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "create_selective_checkpoint_contexts",
    "detach_variable",
    "get_device_states",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
    "set_device_states",
]
