"""once_differentiable: for derivatives that cannot be differentiated themselves."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..graph import current, grad_enabled
from ..tensor.core import Tensor
from ._outputs import delayed_error
from .grad_mode import no_grad


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `backward` that cannot be differentiated itself: it runs unrecorded, and double backward raises.

    >>> import gradiente as torch
    >>> class Double(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...
    ...     @staticmethod
    ...     @torch.autograd.function.once_differentiable
    ...     def backward(ctx, grad):
    ...         return grad * 2
    >>> x = torch.tensor(1.0, requires_grad=True)
    >>> Double.apply(x).backward()
    >>> x.grad
    tensor(2.)
    """

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any) -> Any:
        with no_grad():
            outputs = fn(ctx, *args)
        if not grad_enabled(current()):
            return outputs
        if not any(isinstance(a, Tensor) and a._node is not None for a in args):
            return outputs
        parts = outputs if isinstance(outputs, tuple) else (outputs,)
        made = delayed_error(
            "trying to differentiate twice a function that was marked with @once_differentiable", parts
        )
        return made if isinstance(outputs, tuple) else made[0]

    return wrapper
