"""Which functions ask the types of their arguments, and how they are made to: Note [Overriding functions]."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from . import fft, linalg, nn, special
from ._missing import ALIAS, PACKAGE
from .tensor.core import Tensor
from .tensor.overriding import Overridable, installers, overridable

FACTORIES = frozenset(
    {
        "arange",
        "as_tensor",
        "asarray",
        "bartlett_window",
        "blackman_window",
        "empty",
        "empty_permuted",
        "empty_strided",
        "eye",
        "fill",
        "from_numpy",
        "frombuffer",
        "full",
        "hamming_window",
        "hann_window",
        "kaiser_window",
        "linspace",
        "logspace",
        "normal",
        "ones",
        "rand",
        "randint",
        "randn",
        "randperm",
        "range",
        "scalar_tensor",
        "tensor",
        "tril_indices",
        "triu_indices",
        "vander",
        "zeros",
    }
)
"""Functions that make tensors: modes are asked, types of arguments are not."""

IGNORED = frozenset(
    {
        "are_deterministic_algorithms_enabled",
        "broadcast_shapes",
        "can_cast",
        "get_default_dtype",
        "get_rng_state",
        "initial_seed",
        "is_grad_enabled",
        "is_inference_mode_enabled",
        "is_storage",
        "is_tensor",
        "manual_seed",
        "promote_types",
        "result_type",
        "seed",
        "set_default_dtype",
        "set_printoptions",
        "set_rng_state",
        "typename",
        "vmap",
        "is_anomaly_enabled",
        "is_anomaly_check_nan_enabled",
        "graph_report",
        "why_no_grad",
        "why_nan",
        "get_default_device",
        "set_default_device",
        "compile",
        "load",
        "save",
        "assert_int_or_pair",
    }
)
"""Functions that nobody is asked about."""

METHODS_IGNORED = frozenset(
    {
        "__hash__",
        "__array_namespace__",
        "__reduce_ex__",
        "__deepcopy__",
        "__iter__",
        "as_subclass",
        "new",
    }
)
"""Methods that do not ask; what they call does, where it is public."""

_OPERATORS = {
    **{f"__{name}__": name for name in ("add", "sub", "mul", "pow", "matmul", "neg", "abs")},
    **{f"__{name}__": name for name in ("ne", "lt", "le", "gt", "ge")},
    **{f"__i{name}__": f"{name}_" for name in ("add", "sub", "mul", "pow", "div")},
    **{f"__r{name}__": name for name in ("add", "mul")},
    "__truediv__": "div",
    "__div__": "div",
    "__rtruediv__": "__rdiv__",
    "__itruediv__": "div_",
    "__mod__": "remainder",
    "__imod__": "remainder_",
    "__pos__": "positive",
}
"""Operators of Python, by the method that a handler is given for them."""

_BINARY = frozenset(
    f"__{r}{name}__"
    for name in ("add", "sub", "mul", "truediv", "div", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
    for r in ("", "r")
) | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}
"""Operators for which Python goes on to ask the other operand."""


def namespaces() -> list[tuple[Any, Mapping[str, Any]]]:
    """The package, its modules and the class Tensor, each with what it has by name."""
    package = sys.modules[PACKAGE]
    return [
        (package, vars(package)),
        (nn.functional, vars(nn.functional)),
        (linalg, vars(linalg)),
        (fft, vars(fft)),
        (special, vars(special)),
        (Tensor, {name: value for cls in reversed(Tensor.__mro__[:-1]) for name, value in vars(cls).items()}),
    ]


def ignored(namespace: Any) -> frozenset[str]:
    """The names of a namespace whose functions do not ask the types of their arguments."""
    if namespace is Tensor:
        return METHODS_IGNORED
    return FACTORIES | IGNORED if namespace is sys.modules[PACKAGE] else frozenset()


def listed(namespace: Any, names: Mapping[str, Any], factories: bool = False) -> list[tuple[str, FunctionType]]:
    """The functions of a namespace that ask, by name; with `factories` also those that ask modes alone."""
    without = ignored(namespace) - FACTORIES if factories else ignored(namespace)
    return [
        (name, value)
        for name, value in names.items()
        if isinstance(value, FunctionType)
        and name not in without
        and (not name.startswith("_") or (namespace is Tensor and name.startswith("__")))
    ]


@lru_cache(None)
def _asking_code(free: int) -> CodeType:
    """The body of a function that asks first; it has as many free variables as the one whose place it takes."""
    names = ", ".join(f"v{i}" for i in range(free))
    lines = [f"def make({names}):", " def call(*args, _asking, **kwargs):", "  return _asking(args, kwargs)"]
    lines += [f"  ({names},)"] if free else []  # never reached; makes the variables free ones
    code = compile("\n".join([*lines, " return call"]), f"{__file__}:text", "exec")
    for _ in range(2):  # the code of `call` within that of `make`
        code = next(constant for constant in code.co_consts if isinstance(constant, CodeType))
    return code


def _copied(function: FunctionType) -> FunctionType:
    """Another function that does the same, to be called where nobody takes the call over."""
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__, copy.__annotations__ = function.__kwdefaults__, function.__annotations__
    copy.__module__ = function.__module__
    return copy


_before: list[tuple[Any, ...]] = []
"""What functions and properties were, for `uninstall`."""


def _let_ask(function: FunctionType, copy: FunctionType, asking: Callable[..., Any]) -> None:
    """Give a function the body that asks; in this order another thread finds at every moment what a body needs."""
    _before.append((function, dict(vars(function)), function.__code__, function.__defaults__, function.__kwdefaults__))
    vars(function).setdefault("__wrapped__", copy)  # signatures are taken from there
    function.__kwdefaults__ = {**(function.__kwdefaults__ or {}), "_asking": asking}
    function.__code__ = _asking_code(len(function.__closure__ or ()))
    function.__defaults__ = None


def install() -> None:
    """Let every public function and method ask; see Note [Overriding functions]."""
    asking: set[int] = set()
    for namespace, names in namespaces():
        methods = namespace is Tensor
        for name, function in sorted(listed(namespace, names, True), key=lambda item: len(item[0])):
            if id(function) not in asking:
                asking.add(id(function))
                if methods:
                    public = names[_OPERATORS.get(name, name)]
                    if public is function and names.get(function.__name__) is not function:
                        function.__name__ = name  # handlers read it
                    shown, binary = f"torch.Tensor.{public.__name__}", name in _BINARY
                    copy = _copied(function)
                    _let_ask(function, copy, overridable(public, copy, shown, operator=binary))
                else:
                    shown = f"{namespace.__name__}.{name}".replace(PACKAGE, ALIAS, 1)
                    types = name not in ignored(namespace)
                    copy = _copied(function)
                    _let_ask(function, copy, overridable(function, copy, shown, types))
        if methods:
            for name in _OPERATORS.values():
                names[name].__name__ = name
            for name, value in names.items():
                if type(value) is property:
                    _before.append((name, value))
                    setattr(Tensor, name, Overridable(value.fget, value.fset, value.fdel, value.__doc__))


def uninstall() -> None:
    """Undo `install`, for tests: functions are what they were, until the next class or mode."""
    while _before:
        changed, attributes, *body = _before.pop()
        if isinstance(changed, str):
            setattr(Tensor, changed, attributes)
            continue
        changed.__dict__ = attributes
        changed.__code__, changed.__defaults__, changed.__kwdefaults__ = body
    if install not in installers:
        installers.append(install)


__all__ = ["ignored", "install", "listed", "namespaces", "uninstall"]
