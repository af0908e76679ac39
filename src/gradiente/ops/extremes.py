"""Extremes: the largest and smallest elements, and where they are."""

from __future__ import annotations

from typing import Any, overload

from ..tensor.core import Tensor
from . import return_types
from ._arguments import no_overload
from ._define import primitive
from ._out import into
from ._reducing import Dims, array_of, axes_of, axis_of, check_keepdim, is_number, need_elements, numpys, type_name

_max_all, _min_all = primitive("max", "MaxBackward1"), primitive("min", "MinBackward1")
_amax, _amin = primitive("max", "AmaxBackward0"), primitive("min", "AminBackward0")
_least, _most = primitive("min", "AminmaxBackward0"), primitive("max", "AminmaxBackward0")
_max_at, _min_at = primitive("pick", "MaxBackward0"), primitive("pick", "MinBackward0")
_argmax, _argmin = primitive("argmax"), primitive("argmin")
_maximum, _minimum = primitive("maximum"), primitive("minimum")

_WHOLE = (
    "{}(): Expected reduction dim to be specified for input.numel() == 0. "
    "Specify the reduction dim with the 'dim' argument."
)


def _need_order(array: Any, function: str, text: str) -> None:
    """Complex numbers have no order."""
    if array.dtype.kind == "c":
        raise (RuntimeError if "complex" in text else NotImplementedError)(text.format(type_name(array)))


class _Extreme:
    """What `max` and `min` do; the two differ in their primitives."""

    def __init__(self, name: str, over_all: Any, at: Any, where: Any, of_two: Any, results: Any) -> None:
        self.name, self.results = name, results
        self.over_all, self.at, self.where, self.of_two = over_all, at, where, of_two

    def __call__(self, input: Tensor, *arguments: Any, **keywords: Any) -> Any:
        if not isinstance(input, Tensor) and arguments:
            raise no_overload(self.name, input, *arguments)
        name, array = self.name, array_of(input, self.name)
        if not arguments and not keywords:
            _need_order(array, name, f"\"{name}_all\" not implemented for '{{}}'")
            need_elements(array, None, name, _WHOLE.format(name))
            return self.over_all(input, axis=None, keepdims=False)
        if keywords.get("out") is not None:
            out = keywords.pop("out")
            result = self(input, *arguments, **keywords)
            return into(out, result, name, input, *arguments, *keywords.values(), cast=isinstance(result, Tensor))
        dim, keepdim, other = self._arguments(arguments, keywords)
        if other is not None:
            _need_order(array, name, f"{name}imum does not support complex inputs.")
            return self.of_two(input, other)
        _need_order(array, name, f"{name}(): does not support complex input")
        axis = axis_of(dim, array.ndim, name, keepdim)
        indices = found(self.where, input, array, axis, keepdim, name)
        return self.results((self.at(input, indices, axis=axis, keepdims=keepdim), indices))

    def _arguments(self, given: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any, Tensor | None]:
        """`dim` and `keepdim`, or the other tensor."""
        if len(given) == 1 and not keywords and isinstance(given[0], Tensor):
            return None, False, given[0]
        if not given and set(keywords) == {"other"} and isinstance(keywords["other"], Tensor):
            return None, False, keywords["other"]
        names = {"axis": "dim", "keepdims": "keepdim"}
        found = {names.get(name, name): value for name, value in keywords.items()}
        for name, value in zip(("dim", "keepdim"), given, strict=False):
            if name in found:
                raise TypeError(f"{self.name}() got multiple values for argument '{name}'")
            found[name] = value
        if len(given) > 2 or not set(found) <= {"dim", "keepdim"} or not is_number(found.get("dim")):
            types = [type(value).__name__ for value in given]
            types += [f"{name}={type(value).__name__}" for name, value in keywords.items()]
            listed = "".join(f"{item}, " for item in types) if keywords else ", ".join(types)
            raise TypeError(
                f"{self.name}() received an invalid combination of arguments - got ({listed}), but expected one of:\n"
                " * ()\n * (Tensor other)\n * (int dim, bool keepdim = False)\n"
                f"(For several dimensions there is a{self.name}.)"
            )
        return int(found["dim"]), found.get("keepdim", False), None


def found(where: Any, input: Tensor, array: Any, axis: int, keepdim: bool, function: str) -> Tensor:
    """The places of the extremes along `axis`."""
    if not array.ndim:
        return where(input, axis=None, keepdims=False)
    need_elements(array, axis, function, "")
    return where(input, axis=axis, keepdims=keepdim)


_max = _Extreme("max", _max_all, _max_at, _argmax, _maximum, return_types.max)
_min = _Extreme("min", _min_all, _min_at, _argmin, _minimum, return_types.min)


@overload
def max(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def max(input: Tensor, other: Tensor, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def max(input: Tensor, *, other: Tensor, out: Tensor | None = None) -> Tensor: ...
@overload
def max(
    input: Tensor, dim: int, keepdim: bool = False, *, out: tuple[Tensor, ...] | None = None
) -> return_types.max: ...
def max(input: Tensor, *arguments: Any, **keywords: Any) -> Any:
    """The largest element; or the largest along `dim` and where they are; or the larger of two tensors' elements.

    `max(input)` shares the gradient equally among equal largest elements; `max(input, dim)` gives it to the one at the
    index that is returned, the first. NaN counts as the largest. `max(input, other)` is `maximum(input, other)`.

    Args:
        input: a real tensor.
        *arguments: nothing; or `dim`, an int, and `keepdim`, a bool, whether to keep the dimension with size 1; or
            `other`, a tensor.
        **keywords: the same, by name.

    With `dim` the result is a named tuple `(values, indices)`, the indices int64. Raises RuntimeError for a tensor
    without elements, IndexError for a dimension that does not exist or has size 0.

    >>> import gradiente as torch
    >>> x = torch.tensor([[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]])
    >>> torch.max(x)
    tensor(5.)
    >>> torch.max(x, dim=1)
    torch.return_types.max(
    values=tensor([5., 4.]),
    indices=tensor([1, 0]))
    """
    return _max(input, *arguments, **keywords)


@overload
def min(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def min(input: Tensor, other: Tensor, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def min(input: Tensor, *, other: Tensor, out: Tensor | None = None) -> Tensor: ...
@overload
def min(
    input: Tensor, dim: int, keepdim: bool = False, *, out: tuple[Tensor, ...] | None = None
) -> return_types.min: ...
def min(input: Tensor, *arguments: Any, **keywords: Any) -> Any:
    """The smallest element; or the smallest along `dim` and where they are; or the smaller of two tensors' elements.

    Arguments, results, gradients and errors are those of `max`. NaN counts as the smallest, too.

    >>> import gradiente as torch
    >>> torch.min(torch.tensor([[1.0, 5.0], [4.0, 0.0]]), dim=0).indices
    tensor([0, 1])
    """
    return _min(input, *arguments, **keywords)


def _over(call: Any, function: str, input: Tensor, dim: Any, keepdim: Any) -> Tensor:
    array = array_of(input, function)
    _need_order(array, function, f"\"{function[1:]}_values_cpu\" not implemented for '{{}}'")
    axes = axes_of(dim, array.ndim, function, keepdim)
    need_elements(array, axes, function, _WHOLE.format(function))
    return call(input, axis=axes, keepdims=keepdim)


def amax(
    input: Tensor, dim: Dims = (), keepdim: bool = False, *, axis: Dims = None, out: Tensor | None = None
) -> Tensor:
    """The largest element of all, or along `dim`. Equal largest elements share the gradient equally.

    Args:
        input: a real tensor.
        dim: a dimension or several; none for all.
        keepdim: keep the dimensions, with size 1.
        axis: NumPy's name for `dim`.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for a tensor without elements, IndexError for a dimension that does not exist or has size 0.

    >>> import gradiente as torch
    >>> torch.amax(torch.tensor([[1.0, 5.0], [4.0, 0.0]]), dim=1)
    tensor([5., 4.])
    """
    if out is not None:
        return into(out, amax(input, dim if axis is None else axis, keepdim), "amax", input)
    return _over(_amax, "amax", input, dim if axis is None else axis, keepdim)


def amin(
    input: Tensor, dim: Dims = (), keepdim: bool = False, *, axis: Dims = None, out: Tensor | None = None
) -> Tensor:
    """The smallest element of all, or along `dim`. Equal smallest elements share the gradient equally.

    Args:
        input: a real tensor.
        dim: a dimension or several; none for all.
        keepdim: keep the dimensions, with size 1.
        axis: NumPy's name for `dim`.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for a tensor without elements, IndexError for a dimension that does not exist or has size 0.

    >>> import gradiente as torch
    >>> torch.amin(torch.tensor([[1.0, 5.0], [4.0, 0.0]]), dim=1)
    tensor([1., 0.])
    """
    if out is not None:
        return into(out, amin(input, dim if axis is None else axis, keepdim), "amin", input)
    return _over(_amin, "amin", input, dim if axis is None else axis, keepdim)


def aminmax(
    input: Tensor, *, dim: int | None = None, keepdim: bool = False, out: tuple[Tensor, ...] | None = None
) -> return_types.aminmax:
    """The smallest and the largest element of all, or along `dim`, as a named tuple `(min, max)`.

    Args:
        input: a real tensor.
        dim: one dimension; None for all.
        keepdim: keep the dimension, with size 1.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for a tensor without elements, IndexError for a dimension that does not exist or has size 0.

    >>> import gradiente as torch
    >>> torch.aminmax(torch.tensor([3.0, 1.0, 2.0]))
    torch.return_types.aminmax(
    min=tensor(1.),
    max=tensor(3.))
    """
    if out is not None:
        return into(out, aminmax(input, dim=dim, keepdim=keepdim), "aminmax", input)
    array = array_of(input, "aminmax")
    _need_order(array, "aminmax", "\"aminmax_cpu\" not implemented for '{}'")
    axis = None if dim is None else axis_of(dim, array.ndim, "aminmax", keepdim)
    text = "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
    if array.ndim and axis is not None and not array.shape[axis]:
        raise IndexError(f"aminmax: Expected reduction dim {axis} to have non-zero size. ({text})")
    need_elements(array, axis, "aminmax", text)
    if not array.ndim:
        axis = None
    both = [call(input, axis=axis, keepdims=keepdim) for call in (_least, _most)]
    return return_types.aminmax(both)  # pyright: ignore[reportReturnType]


def _place(call: Any, function: str, input: Tensor, dim: Any, keepdim: Any) -> Tensor:
    array = array_of(input, function)
    if array.dtype.kind in "cb":
        kind = "complex" if array.dtype.kind == "c" else "bool"
        raise RuntimeError(f"{function}(): does not support {kind} input")
    check_keepdim(keepdim, function)
    axis = None if dim is None else axis_of(dim, array.ndim, function)
    if not array.ndim:
        axis = None
    if not array.size and axis is None:
        raise IndexError(
            f"{function}(): Expected reduction dim to be specified for input.numel() == 0. "
            f"(The input has shape {list(array.shape)}.)"
        )
    need_elements(array, axis, function, "")
    return call(input, axis=axis, keepdims=keepdim)


def argmax(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, axis: int | None = None, out: Tensor | None = None
) -> Tensor:
    """Where the largest element is: in the flattened tensor, or along `dim`. The first of equal ones; NaN is largest.

    Args:
        input: a tensor of floating-point numbers or integers.
        dim: one dimension; None for all.
        keepdim: keep the dimensions, with size 1.
        axis: NumPy's name for `dim`.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is int64. Raises IndexError for a dimension that does not exist and where there are no elements.

    >>> import gradiente as torch
    >>> x = torch.tensor([[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]])
    >>> torch.argmax(x), x.argmax(dim=1)
    (tensor(1), tensor([1, 0]))
    """
    if out is not None:
        return into(out, argmax(input, dim if axis is None else axis, keepdim), "argmax", input)
    return _place(_argmax, "argmax", input, *numpys(dim, axis, keepdim, None, "argmax"))


def argmin(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, axis: int | None = None, out: Tensor | None = None
) -> Tensor:
    """Where the smallest element is: in the flattened tensor, or along `dim`. The first of equal ones; NaN is smallest.

    Args:
        input: a tensor of floating-point numbers or integers.
        dim: one dimension; None for all.
        keepdim: keep the dimensions, with size 1.
        axis: NumPy's name for `dim`.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is int64. Raises IndexError for a dimension that does not exist and where there are no elements.

    >>> import gradiente as torch
    >>> x = torch.tensor([[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]])
    >>> torch.argmin(x), x.argmin(dim=1)
    (tensor(4), tensor([0, 1]))
    """
    if out is not None:
        return into(out, argmin(input, dim if axis is None else axis, keepdim), "argmin", input)
    return _place(_argmin, "argmin", input, *numpys(dim, axis, keepdim, None, "argmin"))


METHODS: dict[str, Any] = {
    "max": max,
    "min": min,
    "amax": amax,
    "amin": amin,
    "aminmax": aminmax,
    "argmax": argmax,
    "argmin": argmin,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["amax", "amin", "aminmax", "argmax", "argmin", "max", "min"]
