"""torch.utils.benchmark against torch: the texts of measurements and tables."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.utils.benchmark  # noqa: E402, F811

import gradiente  # noqa: E402
from outcomes import assert_same  # noqa: E402


def _drawn(m: Any, seed: int) -> list[Any]:
    """Measurements of all kinds."""
    b, draw = m.utils.benchmark, random.Random(seed)
    environments = draw.choice([[None], ["E", "longer"]])
    found = []
    for _ in range(draw.randint(1, 14)):
        time, spread = 10 ** draw.uniform(-7, 1), 10 ** draw.uniform(-5, -0.3)
        task = b.TaskSpec(
            draw.choice(["f", "g(x)\nh"]),
            draw.choice(["", "pass", "x=1", "a\nb"]),
            label=draw.choice(["L", "label", None]),
            sub_label=draw.choice(["u", "vvv", None]),
            description=draw.choice(["d", "wider than that", "e"]),
            env=draw.choice(environments),
            num_threads=draw.choice([1, 2, 16]),
        )
        times = [abs(time * (1 + spread * draw.gauss(0, 1))) for _ in range(draw.choice([1, 2, 3, 4, 5, 8, 20]))]
        found.append(b.Measurement(draw.choice([1, 10]), times, task))
    return found


@pytest.mark.parametrize("number", range(12))
def test_texts(number: int, seed: int) -> None:
    def run(m: Any) -> list[Any]:
        found = _drawn(m, seed + number)
        seen: list[Any] = [re.sub(" at 0x[0-9a-f]+", "", repr(x)) for x in found]
        seen += [(x.title, x.as_row_name, x.significant_figures, x.has_warnings, x.median, x.iqr) for x in found]
        table = m.utils.benchmark.Compare(found)
        seen.append(str(table))
        table.highlight_warnings()
        seen.append(str(table))
        table.colorize(rowwise=number % 2 == 0)
        return [*seen, str(table)]

    assert run(gradiente) == run(torch)


def test_trimmed() -> None:
    def run(m: Any) -> str:
        b = m.utils.benchmark
        times = ((123.4e-6, "a"), (3.33e-6, "b"), (0.0123, "c"))
        table = b.Compare([b.Measurement(1, [t], b.TaskSpec("f", "", sub_label=s, description="d")) for t, s in times])
        table.trim_significant_figures()
        return str(table)

    assert run(gradiente) == run(torch)


@pytest.mark.parametrize(
    "call",
    [
        *(f"b.select_unit({t})" for t in ("1e-9", "9.9e-7", "1e-6", "1e-3", "0.3", "1", "3600.")),
        *(
            "b.unit_to_english('us')",
            "b.trim_sigfig(1234.5, 2)",
            "b.trim_sigfig(0.0012345, 3)",
            "b.trim_sigfig(9.99, 2)",
        ),
        *("b.ordered_unique([3, 1, 3])", "b.Language['CPP']", "list(b.Colorize)", "b.Compare([3])", "b.Timer(3)"),
        *("b.Timer('1').repeat()", "b.Timer('1', global_setup='x')", "b.Timer('1', language='x')"),
        *("b.Timer('x(').timeit(1)", "b.Timer('nowhere').timeit(1)", "b.Timer('1', language='py')._language"),
        *("b.Timer('x', 'x = 1').timeit(3).number_per_run", "b.Measurement.merge([])", "str(b.Compare([]))"),
    ],
)
def test_calls(call: str) -> None:
    assert_same(lambda m: eval(call, {"b": m.utils.benchmark}), torch, gradiente)
