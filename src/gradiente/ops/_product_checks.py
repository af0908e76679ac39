"""What products of matrices and vectors ask of their operands, with torch's error texts."""

from __future__ import annotations

import math
from typing import Any

from ..tensor.core import Tensor
from ..tensor.dtypes import SCALAR_NAMES

C_NAMES = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "long int",
    "uint16": "unsigned short",
    "uint32": "unsigned int",
    "uint64": "unsigned long",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}
"""What torch calls the types in the errors of matrix products."""


def scalar_name(x: Tensor) -> str:
    """The type of the elements as `Float`, `Double` and so on."""
    return SCALAR_NAMES[x.dtype.name]


def c_name(x: Tensor) -> str:
    """The type of the elements as `float`, `double` and so on."""
    return C_NAMES[x.dtype.name]


def shapes(**operands: Tensor) -> str:
    """The operands as they are, for the end of an error: `(input is 2x3 float32, …)`."""
    parts = (f"`{name}` has shape {list(x._array.shape)} and dtype {x.dtype!r}" for name, x in operands.items())
    return "(" + ", ".join(parts)


def times(shape: tuple[int, ...]) -> str:
    """A shape as `2x3`."""
    return "x".join(map(str, shape))


def cannot_multiply(a: tuple[int, int], b: tuple[int, int], /, **operands: Tensor) -> RuntimeError:
    """The error for matrices whose inner sizes differ."""
    return RuntimeError(
        f"mat1 and mat2 shapes cannot be multiplied ({times(a)} and {times(b)}) {shapes(**operands)}; "
        "the last size of the first must be the second-to-last of the second: is one to be transposed, with .mT?)"
    )


def no_bool(x: Tensor, kernel: str) -> None:
    """Raise torch's error for Boolean operands."""
    if x._array.dtype.kind == "b":
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for 'Bool' (convert the operands first, for instance with .float() "
            f"or .long())"
        )


def same_dtype(text: str, a: Tensor, b: Tensor, /, **operands: Tensor) -> None:
    """Raise a RuntimeError that begins with `text` if the types of `a` and `b` differ."""
    if a._array.dtype != b._array.dtype:
        raise RuntimeError(f"{text} {shapes(**operands)}; convert one of them, for instance with .to({a.dtype!r}))")


def same_matrix_dtype(a: Tensor, b: Tensor, /, **operands: Tensor) -> None:
    """The check of types that products of matrices make."""
    if a._array.dtype != b._array.dtype:
        text = f"expected m1 and m2 to have the same dtype, but got: {c_name(a)} != {c_name(b)}"
        same_dtype(text, a, b, **operands)


def expandable(x: Tensor, shape: tuple[int, ...], name: str = "input") -> None:
    """Raise torch's error unless `x` can be broadcast to `shape`."""
    own = x._array.shape
    if len(own) > len(shape):
        kind = f"{scalar_name(x)}Tensor"
        raise RuntimeError(
            f"expand(torch.{kind}{{{list(own)}}}, size={list(shape)}): the number of sizes provided "
            f"({len(shape)}) must be "
            f"greater or equal to the number of dimensions in the tensor ({len(own)}) (`{name}` is added to the "
            f"product)"
        )
    extra = len(shape) - len(own)
    for i in range(len(own) - 1, -1, -1):
        if own[i] not in (1, shape[i + extra]):
            raise RuntimeError(
                f"The expanded size of the tensor ({shape[i + extra]}) must match the existing size ({own[i]}) at "
                f"non-singleton dimension {i + extra}.  Target sizes: {list(shape)}.  Tensor sizes: {list(own)} "
                f"(`{name}` is added to the product, which has the target size)"
            )


def batch_mismatch(a: Tensor, b: Tensor, batches: int | None = None) -> RuntimeError:
    """The error for batches of matrices that do not fit."""
    x, y = a._array.shape, b._array.shape
    n, m = (x[0], y[0]) if batches is None else (batches, batches)
    rows = y[-2] if y[1:] else y[0]
    return RuntimeError(
        f"Expected size for first two dimensions of batch2 tensor to be: [{n}, {x[-1]}] but got: [{m}, {rows}]. "
        f"{shapes(input=a, other=b)}; the last size of the first must be the second-to-last of the second)"
    )


def need_vectors(a: Tensor, b: Tensor) -> None:
    """What `dot` and `vdot` ask: two vectors of one length and type."""
    x, y = a._array, b._array
    if x.ndim != 1 or y.ndim != 1:
        raise RuntimeError(
            f"1D tensors expected, but got {x.ndim}D and {y.ndim}D tensors {shapes(input=a, other=b)}; "
            "for higher dimensions there is torch.matmul)"
        )
    if x.dtype != y.dtype:
        text = f"dot : expected both vectors to have same dtype, but found {scalar_name(a)} and {scalar_name(b)}"
        same_dtype(text, a, b, input=a, other=b)
    if x.shape != y.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor {list(x.shape)} and src {list(y.shape)} to have the "
            f"same number of "
            f"elements, but got {x.size} and {y.size} elements respectively (`input` and `other` must have one length)"
        )
    no_bool(a, "dot")


def check_matmul(a: Tensor, b: Tensor) -> None:
    """Raise torch's error if `a @ b` is not defined, for operands of at least one dimension."""
    x, y = a._array, b._array
    s, t = x.shape, y.shape
    if not s or not t:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {len(s)}D and {len(t)}D "
            f"{shapes(input=a, other=b)}; multiply by a 0-d tensor with *)"
        )
    if len(s) == len(t) == 1:
        need_vectors(a, b)
        return
    inner = t[0] if len(t) == 1 else t[-2]
    if len(t) == 1 or (len(s) == 1 and len(t) > 2):
        _check_matrix_vector(a, b, inner)
        return
    if s[-1] != inner:
        raise _matmul_mismatch(a, b)
    if (len(s) > 2 and len(t) > 2) or (max(len(s), len(t)) > 2 and not _folds(a, b)):
        check_batches(s[:-2], t[:-2])
        if x.dtype != y.dtype:
            same_dtype(f"expected scalar type {scalar_name(a)} but found {scalar_name(b)}", a, b, input=a, other=b)
    same_matrix_dtype(a, b, input=a, other=b)
    no_bool(a, "addmm_impl_cpu_" if len(s) <= 2 or len(t) <= 2 else "bmm")


def _folds(a: Tensor, b: Tensor) -> bool:
    """Whether torch makes one matrix of the batch, when the other operand has at most two dimensions."""
    x, y = a._array, b._array
    smaller = b if x.ndim >= y.ndim else a
    return smaller._node is not None or (x.ndim > 2 and x.flags.c_contiguous)


def _batch_error(a: Tensor, b: Tensor) -> RuntimeError:
    """The error for inner sizes that differ, where the batches are broadcast."""
    s, t = a._array.shape, b._array.shape
    check_batches(s[:-2], t[:-2])
    n = 1
    for k in range(1, max(len(s), len(t)) - 1):
        n *= max(s[-2 - k] if k <= len(s) - 2 else 1, t[-2 - k] if k <= len(t) - 2 else 1)
    return batch_mismatch(a, b, n)


def _check_matrix_vector(a: Tensor, b: Tensor, inner: int) -> None:
    matrix, vector = (b, a) if a._array.ndim == 1 else (a, b)
    s, n = matrix._array.shape, vector._array.shape[0]
    columns = s[-2] if matrix is b else s[-1]
    rows = math.prod(s) // max(columns, 1) if columns else math.prod(s[:-1])
    if columns != n:
        if len(s) > 2 and not _folds(a, b):
            raise _batch_error(a, b)
        if matrix is b:  # torch folds the transposed batch into one matrix
            rows, columns = math.prod(s[:-2]) * s[-1], s[-2]
        raise RuntimeError(
            f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({n}) {shapes(input=a, other=b)})"
        )
    if a._array.dtype != b._array.dtype:
        if len(s) > 2 and not _folds(a, b):
            same_dtype(f"expected scalar type {scalar_name(a)} but found {scalar_name(b)}", a, b, input=a, other=b)
        if matrix is b and len(s) == 2:  # torch makes a matrix of one row of the vector
            same_matrix_dtype(a, b, input=a, other=b)
        names = ", ".join((scalar_name(vector), scalar_name(matrix)))
        text = f"addmv input tensors must have the same dtype, but got {names}, and {scalar_name(vector)}"
        same_dtype(text, a, b, input=a, other=b)
    no_bool(a, "addmv_impl_cpu")


def check_batches(s: tuple[int, ...], t: tuple[int, ...]) -> None:
    """Raise torch's error unless the batch dimensions broadcast."""
    for k in range(1, min(len(s), len(t)) + 1):
        if s[-k] != t[-k] and 1 not in (s[-k], t[-k]):
            raise RuntimeError(
                f"The size of tensor a ({s[-k]}) must match the size of tensor b ({t[-k]}) at non-singleton dimension "
                f"{max(len(s), len(t)) - k} (the dimensions before the last two are broadcast)"
            )


def _matmul_mismatch(a: Tensor, b: Tensor) -> RuntimeError:
    """The error for inner sizes that differ, in the form that torch gives it for these ranks."""
    s, t = a._array.shape, b._array.shape
    if (len(s) > 2 and len(t) > 2) or (max(len(s), len(t)) > 2 and not _folds(a, b)):
        return _batch_error(a, b)
    if len(t) > 2:  # torch folds the transposed batch into one matrix
        return cannot_multiply((math.prod(t[:-2]) * t[-1], t[-2]), (s[1], s[0]), input=a, other=b)
    first = (1, s[0]) if len(s) == 1 else (math.prod(s[:-1]), s[-1])
    return cannot_multiply(first, (t[0], t[1]), input=a, other=b)


def need_ndim(x: Tensor, ndim: int, text: str) -> None:
    """Raise a RuntimeError that begins with `text` unless `x` has `ndim` dimensions."""
    if x._array.ndim != ndim:
        raise RuntimeError(f"{text} (it has shape {list(x._array.shape)})")


def is_tensor(value: Any) -> bool:
    """Whether the value is a tensor."""
    return isinstance(value, Tensor)
