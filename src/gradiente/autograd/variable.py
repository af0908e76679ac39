"""`Variable`: what old programs wrap tensors in."""

from __future__ import annotations

import warnings
from typing import Any

from ..tensor.core import Tensor
from ..tensor.leaves import tracked
from ..tensor.views import share


class VariableMeta(type):
    """Makes every tensor an instance of `Variable`."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=VariableMeta):
    """The old way to make a tensor require gradients; `x.requires_grad_()` is the present one.

    Args:
        data: a tensor; the result shares its memory.
        requires_grad: whether gradients are to be computed for the result.
        volatile: no effect, with a warning: torch 0.4 did away with it.

    Returns a leaf without history. Raises TypeError if `data` is not a tensor, RuntimeError if its type can have no
    gradients.

    >>> import gradiente as torch
    >>> torch.autograd.Variable(torch.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Tensor, requires_grad: bool | None = None, volatile: bool = False) -> Any:
        """The tensor."""
        if volatile:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
                UserWarning,
                stacklevel=2,
            )
            if requires_grad:
                raise ValueError("Variable can't be volatile and require_grad at the same time! (leave volatile out)")
        if not isinstance(data, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        out = share(data)
        return tracked(out) if requires_grad else out


__all__ = ["Variable", "VariableMeta"]
