"""Numbers that a compiler of torch's does not know yet; here they are Python's. And control flow as functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .tensor.core import Tensor


class _Symbol:
    def __new__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"torch.{cls.__name__} cannot be made: no program is traced, so numbers are Python's own")


class SymInt(_Symbol):
    """An integer that is not known while torch traces a program: for annotations and `isinstance`, always False here.

    >>> import gradiente as torch
    >>> isinstance(torch.ones(3).shape[0], torch.SymInt)
    False
    """

    __module__ = "gradiente"


class SymFloat(_Symbol):
    """A float that is not known while torch traces a program: for annotations and `isinstance`, always False here."""

    __module__ = "gradiente"


class SymBool(_Symbol):
    """A truth value that is not known while torch traces a program: for annotations and `isinstance`."""

    __module__ = "gradiente"


def sym_int(a: float, /) -> int:
    """The number without its fraction.

    >>> import gradiente as torch
    >>> torch.sym_int(-2.7)
    -2
    """
    return int(a)


def sym_float(a: float, /) -> float:
    """The number as a float."""
    return float(a)


def sym_not(a: bool, /) -> bool:
    """Whether the value is false."""
    return not a


def _need_numbers(*values: Any) -> None:
    for value in values:
        if not isinstance(value, (int, float)):
            raise AssertionError(f"expected an int or a float, got {type(value)}")


def sym_max(a: float, b: float, /) -> float:
    """The larger number, a float if one of them is.

    >>> import gradiente as torch
    >>> torch.sym_max(2, 3), torch.sym_max(3, 2.0)
    (3, 3.0)
    """
    _need_numbers(a, b)
    return max(float(a), float(b)) if isinstance(a, float) or isinstance(b, float) else max(a, b)


def sym_min(a: float, b: float, /) -> float:
    """The smaller number, a float if one of them is."""
    _need_numbers(a, b)
    return min(float(a), float(b)) if isinstance(a, float) or isinstance(b, float) else min(a, b)


def sym_sum(args: Sequence[float], /) -> Any:
    """The sum of the numbers."""
    return sum(args)


def sym_ite(b: bool, t: Any, f: Any, /) -> Any:
    """`t` if `b` else `f`, which must be of one type."""
    if not isinstance(b, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise AssertionError(f"expected SymBool or bool, got {type(b)}")
    if type(t) is not type(f):
        raise AssertionError(f"type mismatch: {type(t)} vs {type(f)}")
    return t if b else f


def sym_sqrt(a: float, /) -> float:
    """The square root."""
    return math.sqrt(a)


def cond(
    pred: bool | int | float | Tensor,
    true_fn: Callable[..., Any],
    false_fn: Callable[..., Any],
    operands: Sequence[Any] = (),
) -> Any:
    """`true_fn(*operands)` if `pred` is true, else `false_fn(*operands)`.

    Args:
        pred: a bool, or a tensor of one element.
        true_fn: a function of the operands.
        false_fn: a function of the operands.
        operands: a sequence.

    Returns:
        What the function returns; gradients flow through it.

    Example:
        >>> import gradiente as torch
        >>> torch.cond(torch.tensor(True), lambda x: x + 1, lambda x: x - 1, (torch.ones(2),))
        tensor([2., 2.])
    """
    return (true_fn if bool(pred) else false_fn)(*operands)


def while_loop(
    cond_fn: Callable[..., Any], body_fn: Callable[..., tuple[Any, ...]], carried_inputs: Sequence[Any]
) -> tuple[Any, ...]:
    """Apply `body_fn` to the values as long as `cond_fn` of them is true.

    Args:
        cond_fn: a function of the values that returns a bool, or a tensor of one element.
        body_fn: a function of the values that returns as many new ones.
        carried_inputs: the first values.

    Returns:
        The last values.

    Example:
        >>> import gradiente as torch
        >>> torch.while_loop(lambda i: i < 3, lambda i: (i + 1,), (torch.tensor(0),))
        (tensor(3),)
    """
    values = tuple(carried_inputs)
    while bool(cond_fn(*values)):
        values = tuple(body_fn(*values))
    return values


__all__ = [
    "SymBool",
    "SymFloat",
    "SymInt",
    "cond",
    "sym_float",
    "sym_int",
    "sym_ite",
    "sym_max",
    "sym_min",
    "sym_not",
    "sym_sqrt",
    "sym_sum",
    "while_loop",
]
