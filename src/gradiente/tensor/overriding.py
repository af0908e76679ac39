"""The protocol `__torch_function__`: other types take over what functions do with them.

Note [Overriding functions]
---------------------------
torch's functions ask the types of their arguments whether they want to take the call over. Asking costs as much as a
third of a small operation, and hardly a program has such types. So functions do not ask, until there is somebody to be
asked: a class derived from Tensor, a mode, or a program that imports `torch.overrides`. Then `enable` gives every
public function and method another body, which asks first (`overridable`); the functions themselves stay the objects
that programs hold already, and that they compare with. `gradiente.overrides` knows which functions those are.

What an argument's type says is asked of the argument that has it first, of subclasses before their base classes; see
`overloaded` and `handled`. Modes are asked before, the innermost first, and each is put aside while it answers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from types import EllipsisType, NoneType, TracebackType
from typing import Any, NamedTuple

import numpy as np

from .core import Tensor
from .devices import device
from .dtypes import dtype
from .size import Size

SIMPLE: set[type] = {
    *(Tensor, Size, dtype, device, np.ndarray),
    *(NoneType, EllipsisType, bool, int, float, complex, str, slice),
}
"""Types of arguments that take nothing over."""


class State(NamedTuple):
    """What a thread or task has: the modes it has entered, whether types (1), or modes as well (2), go unasked.

    And what casts the arguments of functions, where there is an `autocast`.
    """

    modes: tuple[Any, ...] = ()
    disabled: int = 0
    casting: Any = None


IDLE = State()
_state: ContextVar[State] = ContextVar("overriding", default=IDLE)
state: Callable[[], State] = _state.get


def set_casting(casting: Any) -> None:
    """Call functions by casting(function, name, args, kwargs) from now on; None: as they are."""
    changed = state()._replace(casting=casting)
    _state.set(IDLE if changed == IDLE else changed)


installers: list[Callable[[], None]] = []
"""What gives the functions their other bodies; the package appends it."""


def enable() -> None:
    """Let functions ask the types of their arguments from now on; see Note [Overriding functions]."""
    while installers:
        installers.pop()()


def disabled_torch_function_impl(func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """As a class's `__torch_function__`: the class takes nothing over, and results are plain tensors."""
    with DisableTorchFunction():
        return func(*args, **(kwargs or {}))


class _Context:
    """Sets the state for the body of a `with` statement."""

    __slots__ = ("_tokens",)

    def __init__(self) -> None:
        self._tokens: list[Any] = []

    def _within(self) -> State:
        raise NotImplementedError

    def __enter__(self) -> Any:
        self._tokens.append(_state.set(self._within()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _state.reset(self._tokens.pop())


class DisableTorchFunctionSubclass(_Context):
    """In the body of the `with` statement no type of an argument is asked; modes are."""

    __slots__ = ()

    def _within(self) -> State:
        return state()._replace(disabled=max(1, state().disabled))


class DisableTorchFunction(_Context):
    """In the body of the `with` statement neither types of arguments nor modes are asked."""

    __slots__ = ()

    def _within(self) -> State:
        return state()._replace(disabled=2)


class WithCasts(_Context):
    """In the body of the `with` statement `casting` casts the arguments of functions; None: nothing does."""

    __slots__ = ("casting",)

    def __init__(self, casting: Any) -> None:
        super().__init__()
        self.casting: Any = casting

    def _within(self) -> State:
        return state()._replace(casting=self.casting)


class EnterMode(_Context):
    """In the body of the `with` statement `mode` is the innermost one."""

    __slots__ = ("mode",)

    def __init__(self, mode: Any) -> None:
        super().__init__()
        self.mode: Any = mode

    def _within(self) -> State:
        enable()
        return state()._replace(modes=(*state().modes, self.mode))


class _WithoutInnermost(_Context):
    __slots__ = ()

    def _within(self) -> State:
        return state()._replace(modes=state().modes[:-1])


def overloaded(values: Iterable[Any]) -> list[Any]:
    """Those of the values, and of the elements of lists among them, whose types take calls over: one for each type.

    In the order in which they are asked: from left to right, a subclass before its base classes.
    """
    found: list[Any] = []
    for value in values:
        if type(value) in SIMPLE:
            continue
        for each in value if type(value) in (tuple, list) else (value,):
            if takes_over(type(each)) and all(type(each) is not type(other) for other in found):
                place = next((i for i, other in enumerate(found) if issubclass(type(each), type(other))), len(found))
                found.insert(place, each)
    return found


def takes_over(kind: type) -> bool:
    """Whether a type takes calls over."""
    if kind in SIMPLE:
        return False
    handler = getattr(kind, "__torch_function__", None)
    return handler is not None and handler is not disabled_torch_function_impl


def handled(
    public: Any, given: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any], name: str | None = None
) -> Any:
    """What the innermost mode, or else the first of the `given` arguments that can, makes of the call public(*args).

    TypeError if none of them can.
    """
    types = tuple([type(each) for each in given])
    modes = state().modes
    if modes:
        with _WithoutInnermost():
            result = modes[-1].__torch_function__(public, types, args, kwargs)
        if result is not NotImplemented:
            return result
    for each in given:
        handler = each.__torch_function__
        if getattr(handler, "__self__", None) is each:
            warnings.warn(
                "Defining your `__torch_function__` as a plain method is deprecated and will be an error in future, "
                f"please define it as a classmethod. (The class is {type(each).__name__}.)",
                UserWarning,
                stacklevel=4,
            )
        result = handler(public, types, args, kwargs)
        if result is not NotImplemented:
            return result
    raise _nobody(name or f"{public.__module__}.{public.__name__}", given, modes)


def _nobody(name: str, given: list[Any], modes: tuple[Any, ...]) -> TypeError:
    """The error for a call that nobody has an answer for: torch has one for what it has in C++, and another one."""
    types = [type(each) for each in given]
    if name.startswith("torch.") and not name.startswith("torch.nn.functional."):
        asked = [f"  - mode object {modes[-1]}"] if modes else []
        asked += [f"  - tensor subclass {kind}" for kind in types]
        return TypeError(
            f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n\n"
            + "\n".join(asked)
        )
    text = f"no implementation found for '{name}' on types that implement __torch_function__: {types}"
    return TypeError(text + (f" nor was it found on the currently active mode {modes[-1]}" if modes else ""))


def overridable(
    public: Any, original: Callable[..., Any], name: str, types: bool = True, operator: bool = False
) -> Callable[..., Any]:
    """The function (args, kwargs) that asks modes, and with `types` types of arguments, before it calls `original`.

    `name` is that of the `public` function in errors.
    An `operator` of Python returns NotImplemented where nobody has an answer.
    """
    simple = SIMPLE.issuperset

    def call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if kwargs or not simple(map(type, args)) or state() is not IDLE:
            modes, disabled, casting = state()
            if disabled < 2:
                given = overloaded((*args, *kwargs.values())) if types and not disabled else []
                if given or modes:
                    try:
                        return handled(public, given, args, kwargs, name)
                    except TypeError:
                        if not operator:
                            raise
                        return NotImplemented
            if casting is not None:
                return casting(original, name, args, kwargs)
        return original(*args, **kwargs)

    return call


class Overridable(property):
    """A property of Tensor that asks first. A handler gets `Tensor.shape.__get__`, or `.__set__`, as the function."""

    def __get__(self, instance: Any, owner: type | None = None, /) -> Any:
        if instance is None:
            return self
        if (type(instance) in SIMPLE and state() is IDLE) or not self._asks(instance):
            return super().__get__(instance, owner)
        return handled(self.__get__, overloaded((instance,)), (instance,), {}, "torch.Tensor.__get__")

    def __set__(self, instance: Any, value: Any, /) -> None:
        if self._asks(instance):
            handled(self.__set__, overloaded((instance,)), (instance, value), {}, "torch.Tensor.__set__")
        else:
            super().__set__(instance, value)

    def _asks(self, instance: Any) -> bool:
        modes, disabled, _ = state()
        return disabled < 2 and (bool(modes) or (not disabled and takes_over(type(instance))))


__all__ = [
    "DisableTorchFunction",
    "DisableTorchFunctionSubclass",
    "EnterMode",
    "Overridable",
    "WithCasts",
    "disabled_torch_function_impl",
    "enable",
    "handled",
    "overloaded",
    "overridable",
    "set_casting",
    "takes_over",
]
