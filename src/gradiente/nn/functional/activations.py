"""Nonlinear functions of each element, and softmax."""

from __future__ import annotations

from typing import Any

from ...ops._define import inplace, unary
from ...tensor.core import Tensor

F = Any


@unary("relu")
def _relu(input: Tensor) -> Tensor: ...


_relu.__name__ = "relu"
_relu_ = inplace(_relu)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """The rectifier: max(input, 0) of each element; at 0 the gradient is 0.

    Args:
        input: any shape and real dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: V. Nair and G. Hinton, Rectified linear units improve restricted Boltzmann machines (2010).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.relu(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """
    return _relu_(input) if inplace else _relu(input)


__all__ = ["relu"]
