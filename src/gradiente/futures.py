"""torch.futures: results that are there later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from ._missing import Getter, missing_in

T = TypeVar("T")


class Future(Generic[T]):
    """A value that is set once, and waited for.

    Args:
        devices: no effect.

    Example:
        >>> import gradiente as torch
        >>> future = torch.futures.Future()
        >>> doubled = future.then(lambda f: 2 * f.value())
        >>> future.set_result(3)
        >>> doubled.wait()
        6
    """

    def __init__(self, *, devices: list[Any] | None = None) -> None:
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Future], None]] = []

    def done(self) -> bool:
        """Whether the value, or an error, is there."""
        return self._ready.is_set()

    def wait(self) -> Any:
        """Wait for the value, and return it. What was set as an error is raised."""
        self._ready.wait()
        return self._result()

    def value(self) -> Any:
        """The value. RuntimeError: it is not there yet."""
        if not self.done():
            raise RuntimeError("the Future is not done, so that it has no value yet; call wait()")
        return self._result()

    def _result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._value

    def set_result(self, result: Any) -> None:
        """Set the value. RuntimeError: it is set."""
        self._finish(result, None)

    def set_exception(self, result: BaseException) -> None:
        """Set the error that `wait` raises."""
        if not isinstance(result, Exception):
            raise AssertionError(f"{result} is of type {type(result)}, not an Exception.")
        self._finish(None, result)

    def _finish(self, value: Any, error: BaseException | None) -> None:
        with self._lock:
            if self.done():
                raise RuntimeError(
                    "Attempting to mark a completed Future as complete again. Note that a Future can only be marked "
                    "completed once."
                )
            self._value, self._error = value, error
            self._ready.set()
        for callback in self._callbacks:
            callback(self)

    def add_done_callback(self, callback: Callable[[Future], None]) -> None:
        """Call a function with this future when it is done; at once if it is."""
        with self._lock:
            if not self.done():
                self._callbacks.append(callback)
                return
        callback(self)

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """A future of what a function of this future returns, or raises, when this one is done."""
        following = Future()

        def go_on(done: Future) -> None:
            try:
                found = callback(done)
            except Exception as error:
                following.set_exception(error)
            else:
                following.set_result(found)

        self.add_done_callback(go_on)
        return following


def collect_all(futures: list[Future]) -> Future:
    """A future of the list of these futures, done when all of them are.

    >>> import gradiente as torch
    >>> a, b = torch.futures.Future(), torch.futures.Future()
    >>> both = torch.futures.collect_all([a, b])
    >>> a.set_result(1), b.set_result(2), [f.value() for f in both.wait()]
    (None, None, [1, 2])
    """
    every = Future()
    lock = threading.Lock()
    waiting = len(futures)

    def one_less(_: Future) -> None:
        nonlocal waiting
        with lock:
            waiting -= 1
            last = waiting == 0
        if last:
            every.set_result(futures)

    for future in futures:
        future.add_done_callback(one_less)
    if not futures:
        every.set_result(futures)
    return every


def wait_all(futures: list[Future]) -> list[Any]:
    """Wait for all of these futures, and return their values."""
    return [future.wait() for future in collect_all(futures).wait()]


__getattr__: Getter = missing_in(__name__)

__all__ = ["Future", "collect_all", "wait_all"]
