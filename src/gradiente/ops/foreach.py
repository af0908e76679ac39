"""torch._foreach_add and its like: one operation for each tensor of a list, as published optimisers call them.

They are private in torch, which has them for accelerators; here they are loops over the methods of tensors. A function
returns a tuple; one whose name ends in `_` changes the tensors and returns the list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..tensor.core import Tensor
from .powers import pow as power

UNARY = (
    *("abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "erf", "erfc", "exp", "expm1", "floor", "frac", "lgamma"),
    *("log", "log10", "log1p", "log2", "neg", "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt"),
    *("tan", "tanh", "trunc"),
)
BINARY = {
    **{name: name for name in ("add", "sub", "mul", "div", "pow", "clamp_max", "clamp_min")},
    "maximum": "clamp_min",
    "minimum": "clamp_max",
}
"""The method of tensors that takes a tensor or a number."""
_MISSING: Any = object()


def _tensors(given: Any, function: str, position: int = 0) -> list[Tensor]:
    """The tensors of a list or tuple, which must not be empty."""
    if not isinstance(given, (list, tuple)):
        raise TypeError(
            f"{function}(): argument 'self' (position 1) must be tuple of Tensors, not {type(given).__name__}"
        )
    for i, x in enumerate(given):
        if not isinstance(x, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument {position}, but got {type(x).__name__}")
    if not given:
        raise RuntimeError("Tensor list must have at least one tensor.")
    return list(given)


def _others(other: Any, count: int, call: Callable[[], str]) -> list[Any]:
    """For each of the tensors what it is combined with: one of a list, or the same number for all."""
    if isinstance(other, (list, tuple)):
        if len(other) == count:
            return list(other)
        if other and not isinstance(other[0], Tensor):
            raise RuntimeError("Tensor list must have same number of elements as scalar list.")
        raise RuntimeError(f"Tensor lists must have the same number of tensors, got {count} and {len(other)}")
    if isinstance(other, Tensor):
        if other.dim():
            raise RuntimeError(
                f"scalar tensor expected to be 0 dim but it has {other.dim()} dimensions and {other.numel()} elements."
            )
    elif not isinstance(other, (int, float, complex)):
        raise TypeError(
            f"{call()}, but expected a number, a list of numbers, a tensor without dimensions or a list of tensors"
        )
    return [other] * count


def _unary(name: str, function: str) -> Callable[[Any], Any]:
    def each(self: Any) -> Any:
        return (getattr(x, name)() for x in _tensors(self, function))

    return each


def _binary(name: str, function: str) -> Callable[..., Any]:
    takes_alpha = name.rstrip("_") in ("add", "sub")

    def each(self: Any, other: Any = _MISSING, *, alpha: Any = None, **named: Any) -> Any:
        (given,) = named.values() if other is _MISSING and len(named) == 1 else (other,)

        def call() -> str:
            shown = [type(x).__name__ for x in (self, given) if x is not _MISSING]
            shown += [] if alpha is None else [f"alpha={type(alpha).__name__}"]
            return f"{function}() received an invalid combination of arguments - got ({', '.join(shown)})"

        if name == "pow" and isinstance(self, (int, float, complex)):
            return (power(self, exponent) for exponent in _tensors(given, function, 1))
        own = _tensors(self, function)
        if alpha is not None and (not takes_alpha or not isinstance(given, (list, tuple, Tensor))):
            raise TypeError(f"{call()}; alpha goes with tensors to add or to subtract")
        options: dict[str, Any] = {} if alpha is None else {"alpha": alpha}
        others = _others(given, len(own), call)
        return (getattr(x, name)(y, **options) for x, y in zip(own, others, strict=True))

    return each


def _ternary(name: str, function: str) -> Callable[..., Any]:
    def each(self: Any, tensor1: Any, tensor2: Any, value: Any = 1, *, scalars: Any = None) -> Any:
        own = _tensors(self, function)
        value = value if scalars is None else scalars
        values = value.tolist() if isinstance(value, Tensor) and value.dim() else value
        parts = [_others(part, len(own), lambda: function) for part in (tensor1, tensor2, values)]
        return (getattr(x, name)(a, b, value=v) for x, a, b, v in zip(own, *parts, strict=True))

    return each


def _lerp(name: str, function: str) -> Callable[..., Any]:
    def each(self: Any, tensors1: Any, weight: Any = None, *, weights: Any = None) -> Any:
        own = _tensors(self, function)
        given = weight if weights is None else weights
        parts = [_others(part, len(own), lambda: function) for part in (tensors1, given)]
        return (getattr(x, name)(end, w) for x, end, w in zip(own, *parts, strict=True))

    return each


def _copy(self: Any, src: Any, non_blocking: bool = False) -> Any:
    own = _tensors(self, "_foreach_copy_")
    return (x.copy_(y) for x, y in zip(own, _others(src, len(own), lambda: "_foreach_copy_"), strict=True))


def _norm(self: Any, ord: Any = 2, dtype: Any = None) -> Any:
    from .linalg.norms import vector_norm

    return (vector_norm(x, ord, dtype=dtype) for x in _tensors(self, "_foreach_norm"))


def _named(each: Callable[..., Iterator[Tensor]], function: str) -> Callable[..., Any]:
    """The function under torch's name, with a list or a tuple as its result."""
    collected: Any = list if function.endswith("_") else tuple

    def foreach(*args: Any, **kwargs: Any) -> Any:
        return collected(each(*args, **kwargs))

    foreach.__name__ = foreach.__qualname__ = function
    return foreach


def _functions() -> Iterator[tuple[str, Callable[..., Iterator[Tensor]]]]:
    for end in ("", "_"):
        for name in UNARY:
            yield f"_foreach_{name}{end}", _unary(name + end, f"_foreach_{name}{end}")
        for name, method in BINARY.items():
            yield f"_foreach_{name}{end}", _binary(method + end, f"_foreach_{name}{end}")
        for name in ("addcmul", "addcdiv"):
            yield f"_foreach_{name}{end}", _ternary(name + end, f"_foreach_{name}{end}")
        yield f"_foreach_lerp{end}", _lerp("lerp" + end, f"_foreach_lerp{end}")
    for name, method in (("max", "max"), ("clone", "clone"), ("zero_", "zero_")):
        yield f"_foreach_{name}", _unary(method, f"_foreach_{name}")
    yield "_foreach_copy_", _copy
    yield "_foreach_norm", _norm


FOREACH: dict[str, Callable[..., Any]] = {name: _named(each, name) for name, each in _functions()}
"""By torch's name; `gradiente.__getattr__` finds them here."""

__all__ = ["FOREACH"]
