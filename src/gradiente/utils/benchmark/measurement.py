"""What a `Timer` returns: the times of a statement, and what they say about its typical time."""

from __future__ import annotations

import contextlib
import math
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._settings import get_num_threads, set_num_threads

_UNITS = {"ns": ("nanosecond", 1e-9), "us": ("microsecond", 1e-6), "ms": ("millisecond", 1e-3), "s": ("second", 1)}

_DIGITS = 4
"""More significant digits than these are not claimed."""
_RESOLUTION = 25e-9
"""No time is known more closely than this, in seconds."""
_Z = 1.645
"""The quantile of the normal distribution for a confidence of 90 %."""
_UNSTEADY, _DISTURBED = 0.1, 0.25
"""From which ratio of interquartile range and median on a measurement is doubted."""


def log10(x: float) -> float:
    """The logarithm, rounded to float32: in float64, 0.001 / 1e-6 and its like fall beside their power of ten."""
    return float(np.float32(np.log10(np.float64(np.float32(x)))))


def select_unit(t: float) -> tuple[str, float]:
    """The unit in which a time is a number between 1 and 1000: its name, and its length in seconds.

    >>> import gradiente as torch
    >>> torch.utils.benchmark.select_unit(0.0025)
    ('ms', 0.001)
    """
    unit = {-3: "ns", -2: "us", -1: "ms"}.get(int(log10(t) // 3), "s")
    return unit, _UNITS[unit][1]


def unit_to_english(u: str) -> str:
    """The name of a unit: "ns", "us", "ms" or "s"."""
    return _UNITS[u][0]


def trim_sigfig(x: float, n: int) -> float:
    """`x` rounded to `n` significant digits.

    >>> import gradiente as torch
    >>> torch.utils.benchmark.trim_sigfig(1234.5, 2)
    1200.0
    """
    magnitude = math.ceil(log10(abs(x)))
    scale = 10.0 ** (magnitude - n)
    return float(np.round(np.float32(x) / np.float32(scale)) * np.float32(scale))


def ordered_unique(elements: Iterable[Any]) -> list[Any]:
    """The different elements, in the order in which they appear first."""
    return list(dict.fromkeys(elements))


@contextlib.contextmanager
def set_torch_threads(n: int) -> Iterator[None]:
    """A context manager: `torch.set_num_threads(n)`, and the former number afterwards."""
    before = get_num_threads()
    try:
        set_num_threads(n)
        yield
    finally:
        set_num_threads(before)


@dataclass(init=True, repr=False, eq=True, frozen=True)
class TaskSpec:
    """What was timed, and how it is named in reports."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label and sublabel, or the statement where there is no label."""
        if self.label is None and "\n" in self.stmt:
            return f"stmt:{f' ({self.sub_label})' if self.sub_label else ''}\n{textwrap.indent(self.stmt, '  ')}"
        return (self.stmt if self.label is None else self.label) + (f": {self.sub_label}" if self.sub_label else "")

    def setup_str(self) -> str:
        """The setup as reports show it; "" where there is none."""
        if self.setup == "pass" or not self.setup:
            return ""
        return f"setup:\n{textwrap.indent(self.setup, '  ')}" if "\n" in self.setup else f"setup: {self.setup}"

    def summarize(self) -> str:
        """Title, description and setup, a line each or an indented block."""
        parts = [self.title, self.description or "", self.setup_str()]
        return "\n".join(part + "\n" * ("\n" in part) for part in parts if part)


class Measurement:
    """The times of a statement, each the mean over so many runs.

    Args:
        number_per_run: how often the statement ran for each of the times.
        raw_times: the times of the runs together, in seconds.
        task_spec: what was timed.
        metadata: anything.

    Attributes: `times`, for one run each; `median`, `mean`, and the interquartile range `iqr`, in seconds.

    >>> import gradiente as torch
    >>> from gradiente.utils.benchmark import Measurement, TaskSpec
    >>> found = Measurement(10, [2e-5, 2.1e-5, 2.2e-5, 2.3e-5], TaskSpec("f(x)", "x = 1"))
    >>> print(found)  # doctest: +ELLIPSIS
    <torch.utils.benchmark.utils.common.Measurement object at 0x...>
    f(x)
    setup: x = 1
      Median: 2.15 us
      IQR:    0.15 us (2.08 to 2.23)
      4 measurements, 10 runs per measurement, 1 thread
    """

    def __init__(
        self, number_per_run: int, raw_times: list[float], task_spec: TaskSpec, metadata: dict[Any, Any] | None = None
    ) -> None:
        self.number_per_run: int = number_per_run
        self.raw_times: list[float] = raw_times
        self.task_spec: TaskSpec = task_spec
        self.metadata: dict[Any, Any] | None = metadata

    @property
    def times(self) -> list[float]:
        """The times of one run, in seconds."""
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def median(self) -> float:
        """The median of the times."""
        return float(np.median(self.times)) if self.raw_times else math.nan

    @property
    def mean(self) -> float:
        """The mean of the times."""
        return float(np.mean(self.times)) if self.raw_times else math.nan

    def _quartiles(self) -> tuple[float, float]:
        low, high = np.quantile(self.times, (0.25, 0.75)) if self.raw_times else (math.nan, math.nan)
        return float(low), float(high)

    @property
    def iqr(self) -> float:
        """The distance between the quartiles of the times."""
        low, high = self._quartiles()
        return high - low

    @property
    def significant_figures(self) -> int:
        """How many digits of the median are likely to be right, from 1 to 4; the outer quarters are left out."""
        n = len(self.raw_times)
        inner = sorted(self.times)[n // 4 : math.ceil(3 * n / 4)]
        uncertain = max(_Z * float(np.std(inner)) / math.sqrt(len(inner)), _RESOLUTION)
        return min(max(math.floor(-math.log10(uncertain / self.median)), 1), _DIGITS)

    def meets_confidence(self, threshold: float = _UNSTEADY) -> bool:
        """Whether the interquartile range is less than `threshold` of the median."""
        return self.iqr / self.median < threshold

    @property
    def has_warnings(self) -> bool:
        """Whether the times vary more than they should."""
        return not self.meets_confidence()

    @property
    def title(self) -> str:
        """How the report names what was timed."""
        return self.task_spec.title

    @property
    def env(self) -> str:
        """Where it was timed."""
        return "Unspecified env" if self.task_spec.env is None else self.task_spec.env

    @property
    def as_row_name(self) -> str:
        """How a table names it."""
        return self.task_spec.sub_label or self.task_spec.stmt or "[Unknown]"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "task_spec":
            raise AttributeError(f"'Measurement' object has no attribute {name!r}")
        return getattr(self.task_spec, name)

    def __repr__(self) -> str:
        unit, scale = select_unit(self.median)
        n, (low, high) = len(self.raw_times), self._quartiles()
        shown = f"<torch.utils.benchmark.utils.common.Measurement object at {id(self):#x}>"
        text = [shown, self.task_spec.summarize()]
        if n > 1:
            text.append(f"  Median: {self.median / scale:.2f} {unit}")
        if n > 3:
            text.append(f"  IQR:    {self.iqr / scale:.2f} {unit} ({low / scale:.2f} to {high / scale:.2f})")
        if n == 1:
            text.append(f"  {self.median / scale:.2f} {unit}")
        measurements = (
            f"{n} measurement{'s' * (n > 1)}, {self.number_per_run} runs {'per measurement' if n > 1 else ''}"
        )
        threads = f"{self.task_spec.num_threads} thread{'s' * (self.task_spec.num_threads > 1)}"
        text.append(f"  {measurements}, {threads}")
        if self.has_warnings:
            doubt = "suggests significant environmental influence"
            if self.meets_confidence(_DISTURBED):
                doubt = "could indicate system fluctuation"
            share = self.iqr / self.median * 100
            text.append(f"  WARNING: Interquartile range is {share:.1f}% of the median measurement.")
            text.append(f"           This {doubt}.")
        return "\n".join(text)

    @staticmethod
    def merge(measurements: Iterable[Measurement]) -> list[Measurement]:
        """One measurement for each task, with the times of all of its measurements."""
        groups: dict[TaskSpec, list[Measurement]] = {}
        for found in measurements:
            groups.setdefault(found.task_spec, []).append(found)
        return [Measurement(1, [t for m in group for t in m.times], task) for task, group in groups.items()]


__all__ = [
    "Measurement",
    "TaskSpec",
    "ordered_unique",
    "select_unit",
    "set_torch_threads",
    "trim_sigfig",
    "unit_to_english",
]
