"""Which type an operation on several types has; which kind of tensor one is."""

from __future__ import annotations

from typing import Any

from ..tensor import promotion
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype
from ._arguments import need_tensor
from ._numbers import Number


def result_type(tensor1: Tensor | Number, tensor2: Tensor | Number) -> dtype:
    """The type that an elementwise operation on the two has: tensors with dimensions count before 0-d ones and numbers.

    >>> import gradiente as torch
    >>> torch.result_type(torch.ones(2, dtype=torch.int32), 1.5)
    torch.float32
    >>> torch.result_type(torch.ones(2), torch.tensor(1.0, dtype=torch.float64))
    torch.float32
    """
    return promotion.result_type(tensor1, tensor2)


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether a result of one type may be written into a tensor of the other: a category is never left downwards.

    The categories are bool, integers, floating point, complex. TypeError for what is no dtype.

    >>> import gradiente as torch
    >>> torch.can_cast(torch.float64, torch.float32), torch.can_cast(torch.float32, torch.int64)
    (True, False)
    """
    for value, argument, position in ((from_, "from_", 1), (to, "to", 2)):
        if not isinstance(value, dtype):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"can_cast(): argument '{argument}' (position {position}) must be torch.dtype, not "
                f"{type(value).__name__}"
            )
    return promotion.can_cast(from_, to)


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference mode.

    >>> import gradiente as torch
    >>> torch.is_inference(torch.ones(2))
    False
    """
    return need_tensor(input, "is_inference").is_inference()


METHODS: dict[str, Any] = {}
"""torch has none of these as methods."""

__all__ = ["can_cast", "is_inference", "result_type"]
