"""`Variable`: what old programs wrap tensors in."""

from __future__ import annotations

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

    Returns a leaf without history. Raises TypeError if `data` is not a tensor, RuntimeError if its type can have no
    gradients.

    >>> import gradiente as torch
    >>> torch.autograd.Variable(torch.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Tensor, requires_grad: bool | None = None) -> Any:
        """The tensor."""
        if not isinstance(data, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        out = share(data)
        return tracked(out) if requires_grad else out


__all__ = ["Variable", "VariableMeta"]
