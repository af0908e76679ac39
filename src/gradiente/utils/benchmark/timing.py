"""The `Timer`: a statement, run as often as it takes to time it well."""

from __future__ import annotations

import enum
import sys
import textwrap
import timeit
from collections.abc import Callable
from timeit import default_timer as timer
from typing import Any, NoReturn

from ..._missing import PACKAGE
from .measurement import Measurement, TaskSpec, set_torch_threads

_OVERHEAD = 1e-4
"""The share of a block's time that reading the clock may take."""
_MOST = 2**31 - 1


class Language(enum.Enum):
    """What a statement is written in."""

    PYTHON = 0
    CPP = 1


class Timer:
    """Times a statement, like `timeit.Timer`, with names for reports and with blocks of a fitting size.

    Args:
        stmt: the statement, or several lines.
        setup: what is run once before.
        global_setup: for C++, which is not compiled here: must be "".
        timer: a function that returns the time in seconds.
        globals: the names that the statement finds; `torch` is always there.
        label, sub_label, description, env: names in reports: of a table, a row and a column, and of the surroundings.
        num_threads: what `torch.set_num_threads` is set to.
        language: "python" or `Language.PYTHON`.

    Raises ValueError for a statement that is not a str, a `global_setup`, or another language.

    >>> import gradiente as torch
    >>> from gradiente.utils.benchmark import Timer
    >>> found = Timer("x + y", "y = 1", globals={"x": torch.ones(3)}, label="sum").blocked_autorange(min_run_time=0.01)
    >>> found.median < 1, found.title
    (True, 'sum')
    """

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Callable[[], float] = timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: Language | str = Language.PYTHON,
    ) -> None:
        if not isinstance(stmt, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError("Currently only a `str` stmt is supported.")
        self._language: Language = _language(language)
        if global_setup:
            raise ValueError(
                f"global_setup is C++ only, got `{global_setup}`. Most likely this code can simply be moved to `setup`."
            )
        self._globals: dict[str, Any] = {"torch": sys.modules[PACKAGE], **(globals or {})}
        stmt, setup = _cleaned(stmt), _cleaned(setup)
        self._timer = timeit.Timer(stmt=stmt, setup=setup or "pass", timer=timer, globals=self._globals)
        self._task_spec = TaskSpec(stmt, setup, global_setup, label, sub_label, description, env, num_threads)

    def _timeit(self, number: int) -> float:
        return max(self._timer.timeit(number), 1e-9)  # a clock that stands still is no reason to divide by zero

    def timeit(self, number: int = 1000000) -> Measurement:
        """Run the statement `number` times, after a warm-up, and measure once."""
        with set_torch_threads(self._task_spec.num_threads):
            self._timeit(number=max(int(number // 100), 2))
            return Measurement(number, [self._timeit(number=number)], self._task_spec)

    def repeat(self, repeat: int = -1, number: int = -1) -> NoReturn:
        """Raise NotImplementedError, as in torch."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def autorange(self, callback: Callable[[int, float], NoReturn] | None = None) -> NoReturn:
        """Raise NotImplementedError, as in torch."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def _estimate_block_size(self, min_run_time: float) -> int:
        """The least power of ten with which the clock's own time is too small to count."""
        with set_torch_threads(self._task_spec.num_threads):
            overhead = sorted(self._timeit(0) for _ in range(5))[2]
            number = 1
            while True:
                taken = self._timeit(number)
                fine = overhead / taken <= _OVERHEAD and taken >= min_run_time / 1000
                if fine or taken > min_run_time or number * 10 > _MOST:
                    return number
                number *= 10

    def _measured(
        self,
        number: int,
        enough: Callable[[list[float]], bool],
        min_run_time: float,
        max_run_time: float | None,
        callback: Callable[[int, float], Any] | None,
    ) -> Measurement:
        """Blocks of `number` runs until both the least time and `enough` are reached, or the longest time is."""
        times: list[float] = []
        with set_torch_threads(self._task_spec.num_threads):
            total, done = 0.0, False
            while total < min_run_time or not done:
                taken = self._timeit(number)
                if callback is not None:
                    callback(number, taken)
                times.append(taken)
                total += taken
                done = enough(times)
                if max_run_time is not None and total > max_run_time:
                    break
        return Measurement(number, times, self._task_spec)

    def blocked_autorange(
        self, callback: Callable[[int, float], Any] | None = None, min_run_time: float = 0.2
    ) -> Measurement:
        """Run blocks of the statement until they have taken so many seconds together.

        Args:
            callback: called after each block with its number of runs and its time.
            min_run_time: the time in seconds.
        """
        number = self._estimate_block_size(min_run_time)
        return self._measured(number, lambda times: True, min_run_time, None, callback)

    def adaptive_autorange(
        self,
        threshold: float = 0.1,
        *,
        min_run_time: float = 0.01,
        max_run_time: float = 10.0,
        callback: Callable[[int, float], Any] | None = None,
    ) -> Measurement:
        """Run blocks of the statement until their times agree.

        Args:
            threshold: what the interquartile range is to be less than, as a share of the median.
            min_run_time: the least time in seconds.
            max_run_time: the longest.
            callback: called after each block with its number of runs and its time.
        """
        number = self._estimate_block_size(min_run_time=0.05)

        def enough(times: list[float]) -> bool:
            return len(times) > 3 and Measurement(number, times, self._task_spec).meets_confidence(threshold)

        return self._measured(number, enough, min_run_time, max_run_time, callback)

    def collect_callgrind(
        self,
        number: int = 100,
        *,
        repeats: int | None = None,
        collect_baseline: bool = True,
        retain_out_file: bool = False,
    ) -> NoReturn:
        """Raise RuntimeError: instructions are not counted."""
        raise RuntimeError(
            "collect_callgrind() counts instructions of PyTorch's own build under Valgrind, which gradiente has not; "
            "use blocked_autorange(), or torch.profiler to see where the time goes"
        )


def _language(language: Any) -> Language:
    if language in (Language.PYTHON, "py", "python"):
        return Language.PYTHON
    if language in (Language.CPP, "cpp", "c++"):
        raise ValueError("Timer(): nothing is compiled, so that the language of `stmt` must be Python, not C++")
    raise ValueError(f"Invalid language `{language}`.")


def _cleaned(code: str) -> str:
    """Code without its common indentation, and without the empty lines around it."""
    return "\n".join(line.rstrip() for line in textwrap.dedent(code).strip("\n").split("\n")).rstrip()


__all__ = ["Language", "Timer", "timer"]
