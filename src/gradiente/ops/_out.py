"""`out=`: results that are written into tensors of the caller."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

from ..graph import current
from ..tensor.core import Tensor, wrap
from ..tensor.inplace import write
from ._product_checks import C_NAMES

R = TypeVar("R")

_RESIZED = (
    "An output with one or more elements was resized since it had shape {}, which does not match the required output "
    "shape {}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they "
    "have "
    "zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with "
    "t.resize_(0)."
)


def into(out: Any, result: R, function: str, *operands: Any, cast: bool = False) -> R:
    """The result, or, if `out` is given, what the caller gave, with the result's elements.

    Args:
        out: None; a tensor, or a tuple of tensors for several results.
        result: a tensor, or a tuple of them.
        function: torch's name of the function, for errors.
        operands: the tensors that the result was computed from, none of which may require gradients.
        cast: whether elements are converted to the dtype of `out`; otherwise the dtypes have to be equal.

    Returns:
        `result` itself or, of the same kind, `out`.
    """
    if out is None:
        return result
    targets, results = _matched(out, result, function)
    if current().grad and any(isinstance(x, Tensor) and x._node is not None for x in (*operands, *targets)):
        raise RuntimeError(
            f"{function}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad. (Leave out away, or call it in torch.no_grad())"
        )
    for target, found in zip(targets, results, strict=True):
        if target._array.dtype != found._array.dtype and not cast:
            raise RuntimeError(
                f"Expected out tensor to have dtype {C_NAMES[found.dtype.name]}, but got {C_NAMES[target.dtype.name]} "
                "instead"
            )
    for target, found in zip(targets, results, strict=True):
        _fill(target, found, function)
    return out if isinstance(result, Tensor) else type(result)(targets)  # pyright: ignore


def _matched(out: Any, result: Any, function: str) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The tensors to write to, and the results for them."""
    function = function.lstrip("_")
    if isinstance(result, Tensor):
        if not isinstance(out, Tensor):
            raise TypeError(f"{function}(): argument 'out' must be Tensor, not {type(out).__name__}")
        return (out,), (result,)
    if not isinstance(out, (tuple, list)):
        raise TypeError(f"{function}(): argument 'out' must be tuple of Tensors, not {type(out).__name__}")
    if len(out) != len(result):
        raise TypeError(f"expected tuple of {len(result)} elements but got {len(out)} (the `out` of {function}())")
    return tuple(out), tuple(result)


def _fill(target: Tensor, found: Tensor, function: str) -> None:
    """Write the elements, into a target of another shape after it was resized."""
    shape = found._array.shape
    if target._array.shape != shape:
        if target._array.size:
            warnings.warn(_RESIZED.format(list(target._array.shape), list(shape)), UserWarning, stacklevel=4)
        target.resize_(shape)  # pyright: ignore[reportAttributeAccessIssue]
    if target is not found:
        write(target, wrap(found._array), function)


__all__ = ["into"]
