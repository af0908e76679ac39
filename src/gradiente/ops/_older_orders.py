"""The orders of arguments that torch's scaled sums had before version 1.5, and still take.

`x.add_(2, y)` adds 2·y; `torch.addmm(2, x, 3, a, b)` is 2·x + 3·(a @ b).
"""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from ..graph.places import is_own
from ..tensor import inplace
from ..tensor.core import Tensor
from ._numbers import item_of
from ._pairs import NUMBERS

P = ParamSpec("P")
R = TypeVar("R")


def older_order(function: str, given: tuple[Any, ...], scale: str, names: tuple[str, ...]) -> tuple[Any, ...]:
    """The scale and the tensors, given in this order after the first tensor; TypeError if they are something else."""
    number, *tensors = item_of(given[0]), *given[1:]
    if len(tensors) != len(names) or not isinstance(number, NUMBERS):
        raise TypeError(
            f"{function}() takes {len(names) + 1} positional arguments but {len(given) + 1} were given (give the scale "
            f"by its name: {scale}=...)"
        )
    for position, (name, x) in enumerate(zip(names, tensors, strict=True), 3):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{function}(): argument '{name}' (position {position}) must be Tensor, not {type(x).__name__}"
            )
    shown = ", ".join(f"Tensor {name}" for name in names)
    _warn(
        function,
        f"Tensor input, Number {scale}, {shown}, *, Tensor out = None",
        f"Tensor input, {shown}, *, Number {scale} = 1, Tensor out = None",
    )
    return number, *tensors


def older_orders(function: Callable[P, R]) -> Callable[P, R]:
    """The function input, a, b -> β·input + α·(a b), which then also takes β and α in front, the older way.

    A function is given (β, input, α, a, b), a method (input, β, α, a, b); α may be left out.
    """
    name = function.__name__
    _, a, b = function.__code__.co_varnames[:3]

    @functools.wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        if len(args) > 3:
            *tensors, beta, alpha = _product_order(name, args, f"Tensor {a}, Tensor {b}")
            return call(*tensors, **keywords, beta=beta, alpha=alpha)
        return function(*args, **keywords)  # pyright: ignore[reportCallIssue]

    return call


def _product_order(function: str, given: tuple[Any, ...], factors: str) -> tuple[Any, ...]:
    """The three tensors, β and α."""
    places = [i for i, x in enumerate(given) if not isinstance(x, Tensor)]
    numbers = [item_of(given[i]) for i in places]
    fits = len(given) == len(places) + 3 and places in ([0], [1], [0, 2], [1, 2])
    if not fits or not all(isinstance(n, NUMBERS) for n in numbers):
        kinds = ", ".join(type(x).__name__ for x in given)
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
            f" * (Tensor input, {factors}, *, Number beta = 1, Number alpha = 1, Tensor out = None)"
        )
    first, out = ("", "") if places[0] == 1 else ("Tensor input, ", ", Tensor out = None")
    shown = f"Number beta, {first}{'Number alpha, ' * (len(places) - 1)}{factors}{out and ', *'}{out}"
    _warn(function, shown, f"{first}{factors}, *, Number beta = 1, Number alpha = 1{out}")
    return *[x for x in given if isinstance(x, Tensor)], *numbers, *[1] * (2 - len(numbers))


def _warn(function: str, written: str, instead: str) -> None:
    """torch's warning about the arguments of a call, shown at the program's line."""
    frame, level, changing = sys._getframe(1), 2, False
    while frame.f_back is not None and is_own(frame.f_code):
        changing = changing or frame.f_code.co_filename == inplace.__file__
        frame, level = frame.f_back, level + 1
    if changing:  # the program called the method that changes its tensor
        function = f"{function}_"
        written, instead = [
            text.removeprefix("Tensor input, ").removesuffix(", Tensor out = None").removesuffix(", *")
            for text in (written, instead)
        ]
    warnings.warn(
        f"This overload of {function} is deprecated:\n\t{function}({written})\n"
        f"Consider using one of the following signatures instead:\n\t{function}({instead})",
        UserWarning,
        stacklevel=level,
    )


__all__ = ["older_order", "older_orders"]
