"""What functions of linear algebra ask of their operands, with torch's error texts; the error of failed algorithms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...arrays.batched import Batched, examples
from ...tensor.core import Tensor, wrap
from .._product_checks import scalar_name
from .._sizes import broadcast_shapes_of


class LinAlgError(RuntimeError):
    """An algorithm of linear algebra failed: a singular matrix, one that is not positive-definite, no convergence."""


LinAlgError.__name__ = LinAlgError.__qualname__ = "_LinAlgError"  # as torch shows it


def need_two(x: Tensor, function: str, name: str = "A", of: str = "input tensor") -> Tensor:
    """Raise torch's error for fewer than two dimensions."""
    if x._array.ndim < 2:
        raise RuntimeError(
            f"{function}: The {of} {name} must have at least 2 dimensions. (It has shape {list(x._array.shape)}.)"
        )
    return x


def need_square(x: Tensor, function: str, name: str = "A") -> Tensor:
    """Raise torch's error for anything but square matrices."""
    m, n = need_two(x, function, name)._array.shape[-2:]
    if m != n:
        raise RuntimeError(
            f"{function}: {name} must be batches of square matrices, but they are {m} by {n} matrices (its shape is "
            f"{list(x._array.shape)})"
        )
    return x


def need_float(x: Tensor, function: str) -> Tensor:
    """Raise torch's error for integers and booleans."""
    if x._array.dtype.kind in "biu":
        raise RuntimeError(
            f"{function}: Expected a floating point or complex tensor as input. Got {scalar_name(x)} (convert it, for "
            "instance with .float())"
        )
    return x


def is_half(x: Tensor) -> bool:
    """Whether the type has 16 bits."""
    return x._array.dtype.itemsize == 2


def need_kernel(x: Tensor, kernel: str) -> Tensor:
    """Raise torch's error for types that its kernel does not have: those of 16 bits, integers, booleans."""
    if is_half(x) or x._array.dtype.kind in "biu":
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{scalar_name(x)}' (convert the tensor, for instance with .float())"
        )
    return x


def need_precision(x: Tensor, function: str) -> Tensor:
    """Raise torch's error for integers and for types of 16 bits."""
    if is_half(need_float(x, function)):
        raise RuntimeError(
            f"{function}: Low precision dtypes not supported. Got {scalar_name(x)} (convert the tensor with .float())"
        )
    return x


def need_right_side(a: Tensor, b: Tensor, left: bool, function: str) -> None:
    """Raise torch's error unless the sizes of the system a @ x = b, or x @ a = b, fit."""
    s, t = a._array.shape, b._array.shape
    rows = t[-2] if left else t[-1]
    if s[-2] != rows:
        raise RuntimeError(
            f"{function}: Incompatible shapes of A and B for the equation {'AX' if left else 'XA'} = B "
            f"({s[-2]}x{s[-1]} and {t[-2]}x{t[-1]})"
        )
    broadcast_shapes_of([t[:-2], s[:-2]])


def same_dtype(a: Tensor, b: Tensor, function: str) -> None:
    """Raise torch's error if the types of A and B differ."""
    if a._array.dtype != b._array.dtype:
        raise RuntimeError(
            f"{function}: Expected A and B to have the same dtype, but found A of type {scalar_name(a)} and B of type "
            f"{scalar_name(b)} instead"
        )


def element(shape: tuple[int, ...], number: int) -> str:
    """How torch's errors name one matrix of a batch: nothing, if there is only one."""
    return f"(Batch element {number}): " if len(shape) > 2 else ""


def located(call: Callable[[], Any], array: Any, text: Callable[[str, Any], str], probe: Callable[[Any], Any]) -> Any:
    """`call()`; where NumPy's algorithm fails, the error that `text` makes of the first matrix for which `probe` does.

    Args:
        call: the computation for all matrices at once.
        array: the matrices.
        text: the error's text, for torch's name of the matrix in its batch and the matrix.
        probe: the algorithm for one matrix.

    Returns:
        What `call` returns.
    """
    try:
        return call()
    except np.linalg.LinAlgError as error:
        values = examples(array)
        for number, matrix in enumerate(values.reshape((-1, *values.shape[-2:]))):
            try:
                probe(matrix)
            except np.linalg.LinAlgError:
                raise LinAlgError(text(element(array.shape, number), matrix)) from None
        raise LinAlgError(str(error)) from None


def beside(x: Tensor, facts: Any) -> Tensor:
    """Facts about the matrices of `x`, of all examples inside a vmap, as a tensor."""
    array = x._array
    return wrap(Batched(facts, array.levels) if array.__class__ is Batched else facts)


def first_zero(upper: Any) -> int:
    """The place, from 1, of the first zero in the diagonal of a triangular matrix; 0 if there is none."""
    zeros = np.flatnonzero(np.diagonal(upper) == 0)
    return int(zeros[0]) + 1 if zeros.size else 0


__all__ = [
    "LinAlgError",
    "beside",
    "element",
    "first_zero",
    "is_half",
    "located",
    "need_float",
    "need_kernel",
    "need_precision",
    "need_right_side",
    "need_square",
    "need_two",
    "same_dtype",
]
