"""Steps that autograd records.

Note [Recorded steps]
---------------------
The rule of an optimiser is written for NumPy's arrays, which it changes in place. With `differentiable=True` the same
rule runs on `Recorded` values. They answer NumPy's operators and functions through NumPy's own protocols for that
(`__array_ufunc__` of NEP 13, `__array_function__` of NEP 18): each computes a new tensor by a recorded operation, and
"in place" means that the value lets go of its old tensor for the new one. So nothing that a graph saved is ever
overwritten, and gradients lead through any number of steps: to the gradients that were given, to the first parameters
and state, and to options that are tensors with `requires_grad`. At the end of a step the parameter and its state take
over the new values, by recorded copies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..graph import change, set_mode
from ..ops import arithmetic, choices, comparison, parts, powers
from ..ops.complexes import view_as_complex, view_as_real
from ..tensor.core import Tensor, wrap
from ..tensor.dtypes import from_numpy_dtype

if TYPE_CHECKING:
    from .optimizer import Optimizer

_OPERATIONS: dict[Any, Callable[..., Any]] = {
    np.add: arithmetic.add,
    np.subtract: arithmetic.sub,
    np.multiply: arithmetic.mul,
    np.divide: arithmetic.div,
    np.power: powers.pow,
    np.negative: arithmetic.neg,
    np.sqrt: powers.sqrt,
    np.absolute: parts.abs,
    np.sign: parts.sign,
    np.maximum: choices.maximum,
    np.greater: comparison.gt,
    np.less: comparison.lt,
    np.equal: comparison.eq,
    np.not_equal: comparison.ne,
    np.where: choices.where,
    np.clip: choices.clamp,
}
"""NumPy's functions that rules use, and the recorded operations for them."""

_TENSORS_ONLY = (np.maximum, np.where)


class Recorded(NDArrayOperatorsMixin):
    """A tensor behind the interface of an array: Note [Recorded steps].

    Args:
        value: the tensor; None where the first thing that happens is that a value is written.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: tuple[Any, ...] = (), **options: Any) -> Any:
        if method != "__call__" or options or ufunc not in _OPERATIONS:
            return NotImplemented
        return _computed(ufunc, inputs, out[0] if out else None)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if options.keys() - {"out"} or function not in _OPERATIONS:
            return NotImplemented
        return _computed(function, args, options.get("out"))

    def __setitem__(self, key: Any, value: Any) -> None:
        """Only ``x[...] = value``."""
        self.value = _tensor(value).to(self.value.dtype).expand_as(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def _array(self) -> Recorded:
        """What the state of a parameter has below its tensors."""
        return self

    @property
    def dtype(self) -> Any:
        return self.value._array.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value._array.shape

    @property
    def size(self) -> int:
        return self.value._array.size

    def like(self, x: Tensor) -> Tensor:
        """A number as a tensor like `x`; of complex ones in the imaginary parts as well."""
        full = _real(x.detach()) * 0 + self.value
        return _as(full.to(_real(x).dtype), x)

    def astype(self, dtype: Any) -> Recorded:
        return Recorded(self.value.to(from_numpy_dtype(dtype)))


def kept(array: Any) -> Any:
    """An array as it stands in the state of a parameter."""
    return array if isinstance(array, Recorded) else wrap(array)


def first(array: Any) -> Any:
    """A copy for the state; in recorded steps a constant, as the first velocity is in torch."""
    return Recorded(array.value.detach().clone()) if isinstance(array, Recorded) else array.copy("K")


def _computed(function: Any, inputs: tuple[Any, ...], out: Any) -> Recorded:
    if function in _TENSORS_ONLY:
        given = [_tensor(x) for x in inputs]
    else:
        given = [x.value if isinstance(x, Recorded) else x.item() if isinstance(x, np.generic) else x for x in inputs]
    result = _OPERATIONS[function](*given)
    if out is None:
        return Recorded(result)
    out.value = result if out.value is None else result.to(out.value.dtype)
    return out


def _tensor(x: Any) -> Any:
    return x.value if isinstance(x, Recorded) else wrap(np.asarray(x))


class _Unwritten(dict[Any, Any]):
    """In place of the arrays that an optimiser computes in: values that nothing was written to."""

    def get(self, key: Any, default: Any = None) -> Any:
        return Recorded()


def rule_of(kind: type[Optimizer], work: dict[Any, Any]) -> Optimizer:
    """An optimiser without parameters, for its rule alone."""
    bare = kind.__new__(kind)
    bare._work = work  # pyright: ignore[reportPrivateUsage]
    return bare


def step_recorded(optimizer: Optimizer, group: dict[str, Any], members: list[Tensor]) -> None:
    """Change parameters by their gradients, with autograd recording it."""
    options = optimizer._options(watched(group))  # pyright: ignore[reportPrivateUsage]
    check_foreach(type(optimizer), group)
    check_recordable(members)
    previous = change(grad=True)
    try:
        for p in members:
            g = p.grad
            assert g is not None
            state = dict(optimizer.state.get(p) or optimizer._begin(p, options))  # pyright: ignore[reportPrivateUsage]
            move_recorded(type(optimizer), p, g, state, options)
            if state:
                optimizer.state[p].update(state)
    finally:
        set_mode(previous)


def watched(group: dict[str, Any]) -> dict[str, Any]:
    """The options of a group; those that are tensors with `requires_grad` as values that rules can compute with."""

    def watch(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(watch(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
        return Recorded(value.reshape(())) if isinstance(value, Tensor) and value.requires_grad else value

    return {name: watch(value) for name, value in group.items()}


def check_foreach(kind: type[Optimizer], group: dict[str, Any]) -> None:
    """Raise torch's error for `differentiable` steps with `foreach`."""
    if group["foreach"] and group["differentiable"] and not kind._foreach_recorded:  # pyright: ignore[reportPrivateUsage]
        raise AssertionError("_foreach ops don't support autograd (leave foreach out, or set differentiable=False)")


def check_recordable(members: list[Tensor]) -> None:
    """Raise torch's error for parameters whose steps cannot be recorded."""
    for i, p in enumerate(members):
        if p.requires_grad and p.is_leaf:
            raise RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation. "
                f"(a recorded step gives a parameter its history, and parameter {i} of the group is a leaf: optimise "
                "a p.clone() of it, and set the clone's grad)"
            )


def move_recorded(kind: type[Optimizer], p: Tensor, g: Tensor, state: dict[str, Any], options: Any) -> None:
    """Change a parameter and its state by the rule of `kind`."""
    t = 0.0
    if "step" in state:
        state["step"]._array[...] += 1
        t = float(state["step"]._array)
    values: dict[str, Any] = {name: Recorded(_real(x.clone())) for name, x in state.items() if name != "step"}
    x = Recorded(_real(p.clone()))
    rule_of(kind, _Unwritten())._move(x, Recorded(_real(g)), values, t, options)  # pyright: ignore[reportPrivateUsage]
    p.copy_(_as(x.value, p))
    for name, new in values.items():
        old = state.get(name)
        if old is None:
            state[name] = _as(
                new.value, p
            ).clone()  # the next step writes into it, and a graph may have saved the value
        else:
            old.copy_(_as(new.value, old))


def _real(x: Tensor) -> Any:
    return view_as_real(x) if x.is_complex() else x


def _as(value: Any, like: Tensor) -> Any:
    return view_as_complex(value) if like.is_complex() else value


__all__ = [
    "Recorded",
    "check_foreach",
    "check_recordable",
    "first",
    "kept",
    "move_recorded",
    "rule_of",
    "step_recorded",
    "watched",
]
