"""torch's old types of sparse tensors: torch.sparse.FloatTensor(indices, values, size), isinstance(x, …)."""

from __future__ import annotations

import warnings
from typing import Any

from ..tensor import dtypes
from ..tensor.core import Tensor
from ..tensor.dtypes import TENSOR_TYPES
from ..tensor.dtypes import dtype as Dtype
from ._registry import handles, is_sparse
from .creating import sparse_coo_tensor

_warned: set[str] = set()


def _deprecated(old: str, new: str) -> None:
    if old not in _warned:  # once each, as torch
        _warned.add(old)
        warnings.warn(
            f"torch.sparse.SparseTensor({old}) is deprecated.  Please use torch.sparse_coo_tensor({new}).",
            UserWarning,
            stacklevel=4,
        )


def _made(args: tuple[Any, ...], dtype: Dtype) -> Tensor:
    """The tensor of indices, values and a size, or of a size alone."""
    if not args:
        _deprecated("", "(0,), dtype=")
        return sparse_coo_tensor((0,), dtype=dtype)
    if isinstance(args[0], Tensor):
        whole = len(args) > 2
        shape = ", shape" if whole else ""
        _deprecated(f"indices, values{shape}, *, device=", f"indices, values{shape}, dtype=, device=")
        return sparse_coo_tensor(args[0], args[1], args[2] if whole else None)
    _deprecated("shape, *, device=", "shape, dtype=, device=")
    size = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args
    return sparse_coo_tensor(size, dtype=dtype)


class sparsetype(type):
    """The class of torch.sparse.FloatTensor and its like."""

    dtype: Dtype

    def __call__(cls, *args: Any, device: Any = None) -> Tensor:
        """Make a sparse tensor: of indices, values and a size, or of a size alone."""
        return _made(args, cls.dtype)

    def __instancecheck__(cls, instance: object) -> bool:
        return is_sparse(instance) and instance.dtype is cls.dtype  # pyright: ignore[reportAttributeAccessIssue]

    def __repr__(cls) -> str:
        return f"<class 'torch.sparse.{cls.__name__}'>"


def _type(dtype: Dtype) -> sparsetype:
    name = TENSOR_TYPES[dtype.name]
    doc = f"The old type of sparse tensors of dtype {dtype!r}: `torch.sparse.{name}(indices, values, size)` makes one."
    return sparsetype(name, (), {"dtype": dtype, "__doc__": doc, "__module__": "torch.sparse", "is_cuda": False})


ByteTensor: sparsetype = _type(dtypes.uint8)
CharTensor: sparsetype = _type(dtypes.int8)
ShortTensor: sparsetype = _type(dtypes.int16)
IntTensor: sparsetype = _type(dtypes.int32)
LongTensor: sparsetype = _type(dtypes.int64)
HalfTensor: sparsetype = _type(dtypes.float16)
BFloat16Tensor: sparsetype = _type(dtypes.bfloat16)
FloatTensor: sparsetype = _type(dtypes.float32)
DoubleTensor: sparsetype = _type(dtypes.float64)


@handles("new")
def new(self: Tensor, *args: Any, device: Any = None) -> Tensor:
    """A sparse tensor of the same type, made of indices and values, or of a size."""
    return _made(args, self.dtype)


NAMES = (
    "BFloat16Tensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
)
__all__ = [*NAMES]  # pyright: ignore[reportUnsupportedDunderAll]
