"""Filling and picking by a mask: masked_fill, masked_select."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.batched_errors import need_one_mask
from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dispatch import Recorder
from ..tensor.dtypes import C_NAMES
from ..tensor.inplace import store, writes
from ._arguments import need_tensor
from ._define import primitive
from ._numbers import fitted
from ._out import into
from ._sizes import broadcast_shapes_of
from ._views import warn_expanded
from .shaping import expand, reshape

_masked_fill, _masked_fill_tensor = primitive("masked_fill"), primitive("masked_fill", "MaskedFillBackward1")
_NUMBERS = (bool, int, float, complex, np.generic)


def masked_fill(input: Tensor, mask: Tensor, value: Tensor | float) -> Tensor:
    """The tensor with `value` where the mask, broadcast, is True: where(mask, value, input).

    >>> import gradiente as torch
    >>> torch.masked_fill(torch.tensor([1.0, 2.0]), torch.tensor([True, False]), 0)
    tensor([0., 2.])
    """
    need_tensor(input, "masked_fill")
    fill = _fill_value(input, mask, value)
    broadcast_shapes_of([mask._array.shape, input._array.shape])
    return (_masked_fill_tensor if isinstance(fill, Tensor) else _masked_fill)(input, mask, fill)


def _fill_value(x: Tensor, mask: Any, value: Any) -> Any:
    """The value to fill with, in the dtype of `x`; the mask is checked."""
    need_tensor(mask, "masked_fill", "mask", 2)
    if mask._array.dtype != np.bool_:
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {C_NAMES[mask.dtype.name]} "
            "(convert it with .bool())"
        )
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value._array.ndim} "
                "dimension(s)."
            )
        if value._array.dtype.kind == "c" and x._array.dtype.kind in "iuf" and value._array.imag:
            name = x.dtype.name
            kind = f"{name}_t" if x._array.dtype.kind in "iu" and name != "int32" else C_NAMES[name]
            raise RuntimeError(f"value cannot be converted to type {kind} without overflow (it is {value.item()})")
        return value if value._array.dtype == x._array.dtype else primitive("astype")(value, dtype=x._array.dtype)
    if not isinstance(value, _NUMBERS):
        raise TypeError(f"masked_fill(): argument 'value' (position 2) must be Number, not {type(value).__name__}")
    return fitted(value.item() if isinstance(value, np.generic) else value, x.dtype).item()


_MASKED, _MASKED_TENSOR = Recorder(table["masked_fill"]), Recorder(table["masked_fill"], "MaskedFillBackward1")


@writes
def masked_fill_(self: Tensor, mask: Tensor, value: Tensor | float) -> Tensor:
    """Put `value` where the mask, broadcast, is True, in place, and return the tensor.

    >>> import gradiente as torch
    >>> torch.ones(2).masked_fill_(torch.tensor([True, False]), 5)
    tensor([5., 1.])
    """
    fill = _fill_value(self, mask, value)
    shape = self._array.shape
    if broadcast_shapes_of([shape, mask._array.shape]) != shape:
        raise RuntimeError(
            f"output with shape {list(shape)} doesn't match the broadcast shape "
            f"{list(broadcast_shapes_of([shape, mask._array.shape]))} (in masked_fill_)"
        )
    new, recorder = (fill._array, _MASKED_TENSOR) if isinstance(fill, Tensor) else (fill, _MASKED)
    warn_expanded(self, "masked_fill_", "mask] = scalar")
    return store(
        self,
        lambda x: np.copyto(x, new, where=mask._array),
        recorder,
        (mask, fill),
        {},
        overlapping=True,
        shared="any",
    )


def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where the mask is True, in one dimension; tensor and mask are broadcast. A copy.

    >>> import gradiente as torch
    >>> torch.masked_select(torch.tensor([1, 2, 3]), torch.tensor([True, False, True]))
    tensor([1, 3])
    """
    if out is not None:
        return into(out, masked_select(input, mask), "masked_select", input, mask)
    need_tensor(input, "masked_select")
    if need_tensor(mask, "masked_select", "mask", 2)._array.dtype != np.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    need_one_mask(mask._array)
    shape = broadcast_shapes_of([input._array.shape, mask._array.shape])
    x = input if input._array.shape == shape else expand(input, shape)
    where = np.array(np.broadcast_to(mask._array, shape))
    return _masked_select(x if shape else reshape(x, 1), index=(where if shape else where.reshape(1),))


_masked_select = primitive("index", "MaskedSelectBackward0")


METHODS: dict[str, Any] = {
    "masked_fill": masked_fill,
    "masked_fill_": masked_fill_,
    "masked_select": masked_select,
}
__all__ = ["masked_fill", "masked_select"]
