"""Overwriting a tensor with one value."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import current
from ..tensor.core import Tensor, wrap
from ..tensor.inplace import in_place, touched
from ..tensor.restrictions import check_writable
from ..tensor.tangents import active
from ._arguments import need_tensor
from ._define import primitive
from ._numbers import Number, fitted
from ._pairs import NUMBERS

_astype, _clone = primitive("astype"), primitive("clone")
_zeroed = in_place(primitive("overwrite", "ZeroBackward0"), "zero_", overlapping=True)
_filled_with_number = in_place(primitive("overwrite", "FillBackward2"), "fill_", overlapping=True)
_filled_with_tensor = in_place(primitive("overwrite", "FillBackward3"), "fill_", overlapping=True)


def _recorded(input: Tensor) -> bool:
    """Whether overwriting the tensor is a step of a graph, or of forward mode; raises if it is not allowed."""
    check_writable(input, overlapping=True)
    if active(current()):  # a level of forward mode: there may be tangents
        return True
    if not current().grad:
        return False
    view = input._view
    return input._node is not None or (view is not None and view.base._node is not None)


def fill_(input: Tensor, value: Tensor | Number) -> Tensor:
    """Set all elements to one value, in place: a number, or a 0-d tensor, to which the gradient's sum goes.

    RuntimeError for a tensor with dimensions and for a number that the type cannot hold.

    >>> import gradiente as torch
    >>> torch.empty(3).fill_(2.5)
    tensor([2.5000, 2.5000, 2.5000])
    """
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value._array.ndim} dimensions. "
                "(use copy_ to copy several values)"
            )
        dtype = input._array.dtype
        return _filled_with_tensor(input, value if value._array.dtype == dtype else _astype(value, dtype=dtype))
    if not isinstance(value, NUMBERS):
        raise TypeError(
            f"fill_() received an invalid combination of arguments - got ({type(value).__name__}), but expected one "
            "of: "
            "(Tensor value) or (Number value)"
        )
    number = fitted(value.item() if isinstance(value, (np.number, np.bool_)) else value, input.dtype)
    if _recorded(input):
        return _filled_with_number(input, wrap(np.asarray(number)))
    input._array[...] = number
    touched(input)
    return input


def fill(input: Tensor, value: Tensor | Number) -> Tensor:
    """A tensor of the shape and type of the input, with one value in all places. See `fill_`.

    >>> import gradiente as torch
    >>> torch.fill(torch.zeros(2), 3)
    tensor([3., 3.])
    """
    return fill_(_clone(need_tensor(input, "fill")), value)


def zero_(input: Tensor) -> Tensor:
    """Set all elements to 0, in place.

    >>> import gradiente as torch
    >>> torch.ones(3).zero_()
    tensor([0., 0., 0.])
    """
    if _recorded(input):
        return _zeroed(input, wrap(np.zeros((), dtype=input._array.dtype)))
    input._array[...] = 0
    touched(input)
    return input


METHODS: dict[str, Any] = {"fill_": fill_, "zero_": zero_}
"""What these functions are called as methods of Tensor."""

__all__ = ["fill", "fill_", "zero_"]
