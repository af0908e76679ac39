"""torch.utils.benchmark without torch: blocks, texts, refusals."""

from __future__ import annotations

import itertools
import pickle
import sys
from typing import Any

import pytest

import gradiente as torch
from gradiente.utils import benchmark
from gradiente.utils.benchmark import Compare, Language, Measurement, TaskSpec, Timer


def test_it_is_loaded_when_it_is_asked_for():
    assert torch.utils.benchmark is sys.modules["gradiente.utils.benchmark"]


class Clock:
    """A clock that goes on by a fixed time for each reading, and by another for each run of a statement."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1e-7
        return self.now

    def run(self) -> None:
        self.now += 1e-4


def test_a_block_is_long_enough_for_the_clock():
    clock = Clock()
    timer = Timer("run()", globals={"run": clock.run}, timer=clock, label="steps")
    calls: list[tuple[int, float]] = []
    found = timer.blocked_autorange(callback=lambda n, t: calls.append((n, t)), min_run_time=0.05)
    assert found.number_per_run == 10  # reading the clock takes 1e-4 of ten runs
    assert len(found.raw_times) == len(calls) == 50
    assert found.median == pytest.approx(1e-4, rel=1e-3)
    assert not found.has_warnings
    steady = timer.adaptive_autorange()
    assert steady.number_per_run == 10
    assert len(steady.raw_times) >= 4
    assert timer.timeit(7).number_per_run == 7


def test_an_unsteady_statement_is_timed_for_the_longest_time():
    clock = Clock()

    steps = itertools.cycle([0.01, 0.01, 0.05, 0.05])

    def run() -> None:
        clock.now += next(steps)

    found = Timer("run()", globals={"run": run}, timer=clock).adaptive_autorange(max_run_time=0.4)
    assert sum(found.raw_times) > 0.4


def test_a_statement_finds_torch_and_its_setup():
    found = Timer("  y = torch.ones(n)\n  y.sum()", "n = 3", num_threads=2, env="here").timeit(2)
    assert found.task_spec.stmt == "y = torch.ones(n)\ny.sum()"
    assert found.env == "here"
    before = torch.get_num_threads()
    with benchmark.set_torch_threads(3):
        assert torch.get_num_threads() == 3
    assert torch.get_num_threads() == before


def test_measurements_are_pickled_and_merged():
    task = TaskSpec("f", "pass", label="l")
    found = Measurement(10, [1e-4, 2e-4], task, {"k": 1})
    copy = pickle.loads(pickle.dumps(found))
    assert (copy.times, copy.metadata, copy.label) == (found.times, {"k": 1}, "l")
    (both,) = Measurement.merge([found, copy])
    assert both.raw_times == found.times * 2
    with pytest.raises(AttributeError):
        _ = found.unknown


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: Timer(3), ValueError, "Currently only a `str` stmt is supported."),  # type: ignore[arg-type]
        (lambda: Timer("1", global_setup="x"), ValueError, "global_setup is C\\+\\+ only, got `x`"),
        (lambda: Timer("1", language="x"), ValueError, "Invalid language `x`."),
        (lambda: Timer("1", language=Language.CPP), ValueError, "must be Python, not C"),
        (lambda: Timer("1").collect_callgrind(), RuntimeError, "use blocked_autorange"),
        (lambda: Timer("1").repeat(), NotImplementedError, "See `Timer.blocked_autorange.`"),
        (lambda: Timer("1").autorange(), NotImplementedError, "See `Timer.blocked_autorange.`"),
        (lambda: Compare([3]), ValueError, "Expected an instance of `Measurement`, got <class 'int'> instead."),  # type: ignore[list-item]
        (lambda: benchmark.Fuzzer, AttributeError, "made with torch.rand"),
    ],
)
def test_refusals(call: Any, error: type[Exception], text: str):
    with pytest.raises(error, match=text):
        call()


def test_a_table_marks_what_is_short_and_what_varies():
    def measured(time: float, spread: float = 0.0, **names: Any) -> Measurement:
        times = [time * (1 + spread * k) for k in (-1, -1, 0, 0, 1, 1)]
        return Measurement(1, times, TaskSpec("f", "", label="l", **names))

    table = Compare(
        [measured(1e-3, sub_label="a", description="x"), measured(5e-3, 0.5, sub_label="a", description="y")]
    )
    table.highlight_warnings()
    table.colorize(rowwise=True)
    table.trim_significant_figures()
    text = str(table)
    for part in ("\033[92m\033[1m", "\033[31m\033[1m", "(! 75%)"):
        assert part in text
    assert text.endswith("IQR / median * 100.\n")
    assert str(Compare([])) == ""


def test_a_table_is_printed(capsys: pytest.CaptureFixture[str]):
    Compare([Measurement(1, [2.0], TaskSpec("f", "", description="d"))]).print()
    assert "Times are in seconds (s)." in capsys.readouterr().out
