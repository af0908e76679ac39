"""torch.multiprocessing: Python's `multiprocessing`, and processes that start together.

Tensors go to other processes as copies, but for those of `share_memory_` in processes that are forked. Programs in
which processes that are spawned train one model send gradients, or parameters, back through a queue.
"""

from __future__ import annotations

import multiprocessing
import sys
import traceback
from collections.abc import Callable
from multiprocessing import *  # noqa: F403
from typing import Any

_STRATEGIES = {"file_descriptor", "file_system"}
_strategy = ["file_descriptor"]


def get_all_sharing_strategies() -> set[str]:
    """The names of ways to share memory, which have no effect."""
    return set(_STRATEGIES)


def get_sharing_strategy() -> str:
    """The way to share memory that was set."""
    return _strategy[0]


def set_sharing_strategy(new_strategy: str) -> None:
    """Set the way to share memory. It has no effect: tensors are copied. AssertionError: there is no such way.

    >>> import gradiente as torch
    >>> torch.multiprocessing.set_sharing_strategy("file_system")
    >>> torch.multiprocessing.get_sharing_strategy()
    'file_system'
    """
    if new_strategy not in _STRATEGIES:
        raise AssertionError(f"invalid sharing strategy {new_strategy!r}; it is one of {sorted(_STRATEGIES)}")
    _strategy[0] = new_strategy


class ProcessException(Exception):
    """A process that `spawn` started has failed: its index, its number, and what happened."""

    def __init__(self, msg: str, error_index: int, pid: int) -> None:
        super().__init__(msg)
        self.msg: str = msg
        self.error_index: int = error_index
        self.pid: int = pid

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.msg, self.error_index, self.pid)


class ProcessRaisedException(ProcessException):
    """A process has raised; the message has its traceback."""


class ProcessExitedException(ProcessException):
    """A process has ended by itself or by a signal."""

    def __init__(
        self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None
    ) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code: int = exit_code
        self.signal_name: str | None = signal_name

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.msg, self.error_index, self.pid, self.exit_code, self.signal_name)


class ProcessContext:
    """Processes that were started together."""

    def __init__(self, processes: list[Any], errors: list[Any]) -> None:
        self.processes: list[Any] = processes
        self.error_files: list[Any] = errors

    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [process.pid for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait until all have ended, or one has failed: then the others are ended, and its error is raised.

        Args:
            timeout: how many seconds to wait at most.
            grace_period: how many seconds the others have to end by themselves.

        Returns:
            Whether all have ended.
        """
        from multiprocessing.connection import wait

        running = {process.sentinel: number for number, process in enumerate(self.processes) if process.is_alive()}
        ended: list[Any] = wait(list(running), timeout) if running else []
        for sentinel in ended:
            self.processes[running[sentinel]].join()  # its end is seen before its exit code is known
        failed = next((i for i, process in enumerate(self.processes) if process.exitcode not in (0, None)), None)
        if failed is not None:
            self._end(grace_period)
            raise self._error(failed)
        return len(ended) == len(running)

    def _end(self, grace_period: float | None) -> None:
        for process in self.processes:
            if grace_period is not None:
                process.join(grace_period)
            if process.is_alive():
                process.terminate()
        for process in self.processes:
            process.join()

    def _error(self, number: int) -> ProcessException:
        import signal

        process = self.processes[number]
        if not self.error_files[number].empty():
            text = self.error_files[number].get()
            header = f"\n\n-- Process {number} terminated with the following error:\n"
            return ProcessRaisedException(header + text, number, process.pid)
        if process.exitcode < 0:
            try:
                name = signal.Signals(-process.exitcode).name
            except ValueError:
                name = f"<Unknown signal {-process.exitcode}>"
            text = f"process {number} terminated with signal {name}"
            return ProcessExitedException(text, number, process.pid, process.exitcode, name)
        text = f"process {number} terminated with exit code {process.exitcode}"
        return ProcessExitedException(text, number, process.pid, process.exitcode)


SpawnContext = ProcessContext


def _call(fn: Callable[..., Any], number: int, args: tuple[Any, ...], errors: Any) -> None:
    try:
        fn(number, *args)
    except KeyboardInterrupt:
        pass
    except Exception:
        errors.put(traceback.format_exc())
        sys.exit(1)


def start_processes(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Call ``fn(i, *args)`` in a process for each i below `nprocs`.

    Args:
        fn: the function; other processes must be able to import it.
        args: further arguments, which are copied.
        nprocs: how many processes.
        join: wait until all have ended.
        daemon: end them when this process ends.
        start_method: "spawn", "fork" or "forkserver".

    Returns:
        None; a ProcessContext if `join` is False.

    Raises:
        ProcessRaisedException: the function raised; the message has the traceback.
        ProcessExitedException: a process ended otherwise.
    """
    context: Any = multiprocessing.get_context(start_method)
    errors = [context.SimpleQueue() for _ in range(nprocs)]
    processes = [
        context.Process(target=_call, args=(fn, number, args, errors[number]), daemon=daemon)
        for number in range(nprocs)
    ]
    for process in processes:
        process.start()
    started = ProcessContext(processes, errors)
    if not join:
        return started
    while not started.join():
        pass
    return None


def spawn(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """`start_processes` by "spawn"."""
    return start_processes(fn, args, nprocs, join, daemon, start_method)


def __getattr__(name: str) -> object:
    from ._missing import missing_attribute, public_names

    if hasattr(multiprocessing, name):
        return getattr(multiprocessing, name)
    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = [
    "ProcessContext",
    "ProcessExitedException",
    "ProcessRaisedException",
    "get_all_sharing_strategies",
    "get_sharing_strategy",
    "set_sharing_strategy",
    "spawn",
    "start_processes",
]
__all__ += multiprocessing.__all__
