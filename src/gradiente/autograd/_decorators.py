"""Context managers that also decorate: functions, generators, classes.

As in torch, a decorated coroutine function makes its coroutine inside the context, which is over when the coroutine
runs: `async` functions write the `with` block into their body.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_CLASSES = (
    "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or "
    "methods. To preserve the current behavior of class decoration, you can directly decorate the `__init__` method "
    "and nothing else."
)


class ContextDecorator:
    """A context manager that can decorate: each call of the function runs inside a fresh copy of it."""

    def __call__(self, orig_func: F) -> F:
        """`orig_func`, run inside this context. Of a generator, each step runs inside it."""
        return cast("F", decorate(self.clone, orig_func))

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, *exc_info: object) -> None:
        raise NotImplementedError

    def clone(self) -> Any:
        """Another object of the same kind."""
        return type(self)()


def decorate(make: Callable[[], Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, run inside the context manager that `make` returns."""
    if inspect.isclass(function):
        warnings.warn(_CLASSES, FutureWarning, stacklevel=3)
    elif inspect.isgeneratorfunction(function):
        return _generator(make, function)

    @functools.wraps(function, updated=())  # of a class, the dictionary holds what belongs to the class only
    def call(*arguments: Any, **keywords: Any) -> Any:
        with make():
            return function(*arguments, **keywords)

    return call


def _generator(make: Callable[[], Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """A generator function whose body, but not its caller, runs inside the context."""

    @functools.wraps(function)
    def generator(*arguments: Any, **keywords: Any) -> Any:
        with make():
            inner = function(*arguments, **keywords)
        try:
            with make():
                value = next(inner)
            while True:
                try:
                    sent = yield value
                except GeneratorExit:
                    with make():
                        inner.close()
                    raise
                except BaseException:
                    with make():
                        value = inner.throw(sys.exc_info()[1])  # pyright: ignore[reportArgumentType]
                else:
                    with make():
                        value = inner.send(sent)
        except StopIteration as stop:
            return stop.value

    return generator
