"""Optimisers whose options and state are described by tables: what most of the less usual ones share."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..tensor.core import Tensor, wrap
from ._options import check_fused, check_options, not_capturable, number, scalar
from ._recorded import Recorded
from .optimizer import Optimizer, Params

EPS = (("eps", "epsilon"), ("weight_decay", "weight_decay"))
"""Two options that must not be negative, with the names that errors call them."""


class Ruled(Optimizer):
    """An optimiser with a step count and state arrays per parameter.

    `_bounds`: options that must not be negative, with the name that errors call them. `_means`: the state arrays that
    begin with zeros. `_captured`: what the error for `capturable` says.
    """

    _bounds: ClassVar[tuple[tuple[str, str], ...]] = ()
    _means: ClassVar[tuple[str, ...]] = ()
    _numbers = ("step",)
    _captured: ClassVar[tuple[str, ...]] = ()

    def _prepare(self, params: Params, options: dict[str, Any]) -> None:
        check_options(options["lr"], 0)
        for name, shown in self._bounds:
            if not number(options[name]) >= 0.0:
                raise ValueError(f"Invalid {shown} value: {options[name]}")
        for i, beta in enumerate(options.get("betas", ())):
            if not 0.0 <= number(beta) < 1.0:
                raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
        super().__init__(params, options)
        if "fused" in options:
            check_fused(options)

    def _options(self, group: dict[str, Any]) -> Any:
        if group.get("capturable"):
            raise not_capturable(group, *self._captured)
        if group.get("fused"):
            self._check_fused(group)
        return {**group, "lr": number(group["lr"])}

    def _begin(self, p: Tensor, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "step": scalar(0, options.get("fused")),
            **{name: wrap(np.zeros_like(p._array)) for name in self._means},
        }

    def _update(self, p: Tensor, g: Any, options: Any) -> None:
        state = self.state[p]
        if not state:
            state.update(self._begin(p, options))
        step = state["step"]._array
        step += 1
        self._move(p._array, g, state, float(step), options)

    def _move(self, x: Any, g: Any, state: dict[str, Any], t: float, options: Any) -> None:
        if x.dtype.kind == "c":  # a complex number is two real ones here
            x, g, state = parts(x), parts(np.array(g)), _parted(state)
        if options["maximize"]:
            g = -g
        decay = options.get("weight_decay", 0)
        if decay and options.get("decoupled_weight_decay"):
            x *= 1 - options["lr"] * decay
        elif decay:
            g = g + decay * x
        self._rule(x, g, state, t, options)

    def _rule(self, x: Any, g: Any, state: dict[str, Any], t: float, options: dict[str, Any]) -> None:
        """Change the array `x` of a parameter in place, at step `t`; decay and direction are in `g` already."""
        raise NotImplementedError(f"{type(self).__name__} does not define a step")


def parts(z: Any) -> Any:
    """The real and imaginary parts as a view, with one more axis at the end."""
    real = z.real
    return np.lib.stride_tricks.as_strided(real, (*z.shape, 2), (*z.strides, real.itemsize))


def _parted(state: dict[str, Any]) -> dict[str, Any]:
    return {name: wrap(parts(a)) if (a := entry._array).dtype.kind == "c" else entry for name, entry in state.items()}


def filled(p: Tensor, value: Any) -> Tensor:
    """State like a parameter with this value everywhere, in the imaginary parts as well."""
    if isinstance(value, Recorded):
        return value.like(p)
    array = np.empty_like(p._array)
    array[...] = complex(value, value) if array.dtype.kind == "c" else value
    return wrap(array)


def real(number: Any) -> Any:
    """A number of the state as Python's."""
    return number if type(number) is Recorded else float(number)


def toward(mean: Any, value: Any, share: float) -> None:
    """mean ← mean + share·(value - mean), in place."""
    mean += share * (value - mean)


__all__ = ["EPS", "Ruled", "filled", "parts", "real", "toward"]
