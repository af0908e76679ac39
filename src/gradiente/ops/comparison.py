"""Comparisons, and questions about each element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.batched_errors import no_meta_kernel
from ..arrays.meta import is_meta
from ..graph import current
from ..rules import table
from ..tensor import elementwise
from ..tensor.core import Tensor, box, wrap
from ..tensor.dispatch import quietly
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.elementwise import not_a_tensor
from ..tensor.inplace import in_place
from ._arguments import need_tensor
from ._define import dress, operator, plain, primitive
from ._numbers import Number
from ._out import into


def _comparison(name: str) -> Any:
    """Define a comparison of a tensor with a tensor or number by the primitive `name`."""
    run = elementwise.binary(table[name], number_first=False)
    return lambda definition: dress(run, definition)


@_comparison("equal")
def eq(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether the elements are equal: input = other, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.eq(torch.tensor([1.0, 2.0]), 2)
    tensor([False,  True])
    """
    ...


@_comparison("not_equal")
def ne(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether the elements differ: input ≠ other, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.ne(torch.tensor([1.0, 2.0]), 2)
    tensor([ True, False])
    """
    ...


@_comparison("less")
def lt(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether the elements are smaller: input < other, as a bool tensor. Not for complex numbers.

    >>> import gradiente as torch
    >>> torch.lt(torch.tensor([1.0, 2.0]), 2)
    tensor([ True, False])
    """
    ...


@_comparison("less_equal")
def le(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether the elements are smaller or equal: input ≤ other, as a bool tensor. Not for complex numbers.

    >>> import gradiente as torch
    >>> torch.le(torch.tensor([1.0, 3.0]), 2)
    tensor([ True, False])
    """
    ...


@_comparison("greater")
def gt(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether the elements are larger: input > other, as a bool tensor. Not for complex numbers.

    >>> import gradiente as torch
    >>> torch.gt(torch.tensor([1.0, 3.0]), 2)
    tensor([False,  True])
    """
    ...


@_comparison("greater_equal")
def ge(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether the elements are larger or equal: input ≥ other, as a bool tensor. Not for complex numbers.

    >>> import gradiente as torch
    >>> torch.ge(torch.tensor([1.0, 2.0]), 2)
    tensor([False,  True])
    """
    ...


def _same_type(input: Any, other: Any, function: str) -> tuple[Any, Any]:
    """The arrays of two tensors of one type."""
    a, b = need_tensor(input, function), need_tensor(other, function, "other", 2)
    if a._array.dtype != b._array.dtype:
        raise RuntimeError(
            f"{SCALAR_NAMES[a.dtype.name]} did not match {SCALAR_NAMES[b.dtype.name]} ({function}: 'input' is "
            f"{a.dtype!r}, "
            f"'other' {b.dtype!r}; convert one of them, for instance with other.to(input.dtype))"
        )
    return a._array, b._array


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Whether the elements are nearly equal: |input - other| ≤ atol + rtol · |other|.

    Infinities are close to themselves only; NaNs to nothing, or with `equal_nan` to NaNs. RuntimeError for tensors of
    two types and for negative tolerances.

    >>> import gradiente as torch
    >>> torch.isclose(torch.tensor([1.0, 1.0]), torch.tensor([1.0 + 1e-7, 1.1]))
    tensor([ True, False])
    """
    a, b = _same_type(input, other, "isclose")
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance:g}")
    eq(input, other)  # refuses shapes that do not fit
    with np.errstate(all="ignore"):
        return wrap(box(_close(a, b, rtol, atol, equal_nan)))


def _close(a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> Any:
    same = a == b
    if equal_nan and a.dtype.kind in "fc":
        same = same | ((a != a) & (b != b))
    if rtol == 0 and atol == 0:
        return same
    if a.dtype.kind in "biu":  # as float64: differences of integers must not wrap around
        a, b = a.astype(np.float64), b.astype(np.float64)
    allowed = atol + np.abs(rtol * b)
    difference = np.abs(a - b)
    return same | (np.isfinite(difference) & (difference <= allowed))


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements are nearly equal: |input - other| ≤ atol + rtol · |other| everywhere.

    >>> import gradiente as torch
    >>> torch.allclose(torch.tensor([1.0]), torch.tensor([1.0 + 1e-7]))
    True
    """
    _same_type(input, other, "allclose")
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have one shape and the same elements.

    >>> import gradiente as torch
    >>> torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2])), torch.equal(torch.ones(2), torch.ones(3))
    (True, False)
    """
    a, b = need_tensor(input, "equal"), need_tensor(other, "equal", "other", 2)
    if is_meta(a._array) or is_meta(b._array):
        raise no_meta_kernel("equal")
    x, y = a._array, b._array
    if x.__class__ is np.ndarray is y.__class__ and x.dtype is y.dtype and x.dtype.kind in "fiub":
        return x.shape == y.shape and bool((x == y).all())
    return x.shape == y.shape and bool(eq(a, b).all())


def _test(function: str, answer: Any) -> Any:
    """A question about each element that NumPy answers for every type."""

    def call(input: Tensor) -> Tensor:
        array = need_tensor(input, function)._array
        return wrap(box(quietly(answer, array)))

    return call


_isnan, _isinf, _isfinite = _test("isnan", np.isnan), _test("isinf", np.isinf), _test("isfinite", np.isfinite)
_isreal = _test("isreal", np.isreal)
_signbit = primitive("signbit")


def isnan(input: Tensor) -> Tensor:
    """Whether each element is NaN, as a bool tensor; of a complex number, one of its parts.

    >>> import gradiente as torch
    >>> torch.isnan(torch.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return _isnan(input)


def isinf(input: Tensor) -> Tensor:
    """Whether each element is infinite, as a bool tensor; of a complex number, one of its parts.

    >>> import gradiente as torch
    >>> torch.isinf(torch.tensor([1.0, -float("inf")]))
    tensor([False,  True])
    """
    return _isinf(input)


def isfinite(input: Tensor) -> Tensor:
    """Whether each element is neither infinite nor NaN, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.isfinite(torch.tensor([1.0, float("nan"), float("inf")]))
    tensor([ True, False, False])
    """
    return _isfinite(input)


def isreal(input: Tensor) -> Tensor:
    """Whether each element's imaginary part is 0, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.isreal(torch.tensor([1 + 0j, 1j]))
    tensor([ True, False])
    """
    return _isreal(input)


def _need_real(input: Any, function: str) -> Any:
    array = need_tensor(input, function)._array
    if array.dtype.kind == "c":
        raise RuntimeError(
            f"{function} does not support complex inputs. (use .real or .imag of the {input.dtype!r} tensor)"
        )
    return array


def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether each element is +∞, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.isposinf(torch.tensor([float("inf"), -float("inf")]))
    tensor([ True, False])
    """
    if out is not None:
        return into(out, isposinf(input), "isposinf", input)
    return wrap(box(_need_real(input, "isposinf") == np.inf))


def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether each element is -∞, as a bool tensor.

    >>> import gradiente as torch
    >>> torch.isneginf(torch.tensor([float("inf"), -float("inf")]))
    tensor([False,  True])
    """
    if out is not None:
        return into(out, isneginf(input), "isneginf", input)
    return wrap(box(_need_real(input, "isneginf") == -np.inf))


def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether the sign bit of each element is set, as a bool tensor: of negative numbers and of -0.

    >>> import gradiente as torch
    >>> torch.signbit(torch.tensor([1.0, -1.0, -0.0]))
    tensor([False,  True,  True])
    """
    if out is not None:
        return into(out, signbit(input), "signbit", input)
    array = need_tensor(input, "signbit")._array
    return wrap(box(array < 0)) if array.dtype.kind in "biu" else _signbit(input)


def answer_in_place(function: Any, node: str) -> Any:
    """The in-place form of a function with a bool result: 1 and 0 in the input's type, with zero derivative."""
    overwrite, name = primitive("overwrite", node), f"{function.__name__}_"
    function = plain(function)

    def call(input: Tensor, *arguments: Any) -> Tensor:
        if (
            isinstance(input, Tensor)
            and arguments
            and not isinstance(arguments[0], (Tensor, int, float, complex, np.generic))
        ):
            raise not_a_tensor(name, arguments[0], "other", 1)
        answer = function(input, *arguments)
        if input._node is None or not current().grad or answer._array.shape != input._array.shape:
            return answer
        return overwrite(input, wrap(answer._array.astype(input._array.dtype)))

    return in_place(call, name)


greater = gt
greater_equal = ge
less = lt
less_equal = le
not_equal = ne

METHODS: dict[str, Any] = {
    "__eq__": operator("equal", arrays=True),
    "__ge__": operator("greater_equal"),
    "__gt__": operator("greater"),
    "__le__": operator("less_equal"),
    "__lt__": operator("less"),
    "__ne__": operator("not_equal"),
    "allclose": allclose,
    "eq": eq,
    "eq_": answer_in_place(eq, "EqBackward0"),
    "equal": equal,
    "ge": ge,
    "ge_": answer_in_place(ge, "GeBackward0"),
    "greater": gt,
    "greater_": answer_in_place(gt, "GtBackward0"),
    "greater_equal": ge,
    "greater_equal_": answer_in_place(ge, "GeBackward0"),
    "gt": gt,
    "gt_": answer_in_place(gt, "GtBackward0"),
    "isclose": isclose,
    "isfinite": isfinite,
    "isinf": isinf,
    "isnan": isnan,
    "isneginf": isneginf,
    "isposinf": isposinf,
    "isreal": isreal,
    "le": le,
    "le_": answer_in_place(le, "LeBackward0"),
    "less": lt,
    "less_": answer_in_place(lt, "LtBackward0"),
    "less_equal": le,
    "less_equal_": answer_in_place(le, "LeBackward0"),
    "lt": lt,
    "lt_": answer_in_place(lt, "LtBackward0"),
    "ne": ne,
    "ne_": answer_in_place(ne, "NeBackward0"),
    "not_equal": ne,
    "not_equal_": answer_in_place(ne, "NeBackward0"),
    "signbit": signbit,
}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "allclose",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "le",
    "less",
    "less_equal",
    "lt",
    "ne",
    "not_equal",
    "signbit",
]
