"""torch.cuda.FloatTensor and its like, which programs compare types with: no tensor is one, and none can be made."""

from __future__ import annotations

from typing import Any, NoReturn

from ..ops.legacy import tensortype
from ..tensor import dtypes
from ..tensor.dtypes import TENSOR_TYPES


class cudatype(tensortype):
    """The class of these classes."""

    def __call__(cls, *args: Any, device: Any = None) -> NoReturn:
        """TypeError: there is no CUDA device."""
        raise TypeError(f"type torch.cuda.{cls.__name__} not available. Torch not compiled with CUDA enabled.")

    def __instancecheck__(cls, instance: object) -> bool:
        return False


def _type(dtype: dtypes.dtype) -> cudatype:
    name = TENSOR_TYPES[dtype.name]
    doc = f"The old type of tensors of dtype {dtype!r} on a CUDA device, of which there is none."
    return cudatype(name, (), {"dtype": dtype, "__doc__": doc, "__module__": "torch.cuda", "is_cuda": True})


BoolTensor: cudatype = _type(dtypes.bool)
ByteTensor: cudatype = _type(dtypes.uint8)
CharTensor: cudatype = _type(dtypes.int8)
ShortTensor: cudatype = _type(dtypes.int16)
IntTensor: cudatype = _type(dtypes.int32)
LongTensor: cudatype = _type(dtypes.int64)
HalfTensor: cudatype = _type(dtypes.float16)
BFloat16Tensor: cudatype = _type(dtypes.bfloat16)
FloatTensor: cudatype = _type(dtypes.float32)
DoubleTensor: cudatype = _type(dtypes.float64)

__all__ = [
    "BFloat16Tensor",
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
]
