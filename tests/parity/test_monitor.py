"""torch.monitor against torch."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402
from outcomes import assert_same  # noqa: E402

CALLS = [
    "M.Aggregation.SUM",
    "[M.Aggregation.SUM.value, int(M.Aggregation.MIN), M.Aggregation(3)]",
    "M.STAT_EVENT",
    "M.Event('n', 3, {})",
    "M.Event('n', now, {'a': None})",
    "M.Event('n', now, {'a': True}).data",
    "M.Stat('n', [3], hour)",
    "M.Stat('n', [], 3)",
    "M.Stat('n', [], 3.0).get()",
    "M.Stat('n', list(M.Aggregation.__members__.values()), hour).get()",
    "M.Stat('n', [], hour).add('a')",
    "M.Stat('n', [], hour).add(m.tensor(2.0))",
    "M.register_event_handler(3)",
    "M.unregister_event_handler(3)",
    "M.log_event(3)",
]


@pytest.mark.parametrize("call", CALLS)
def test_calls(call: str) -> None:
    names = {"now": datetime.datetime(2026, 1, 1), "hour": datetime.timedelta(hours=1)}
    assert_same(lambda m: eval(call, {"M": m.monitor, "m": m, **names}), torch, gradiente)


def test_what_is_logged() -> None:
    def run(m: Any) -> list[Any]:
        seen: list[Any] = []
        handle = m.monitor.register_event_handler(lambda event: seen.append((event.name, event.data)))
        kinds = list(m.monitor.Aggregation.__members__.values())
        for wanted, most in ((kinds, 3), (kinds[2:4], 2), (kinds[1:2], 100)):
            stat = m.monitor.Stat("s", wanted, datetime.timedelta(hours=5), most)
            for value in (1, 5, -2, 9):
                stat.add(value)
            seen.append((stat.name, stat.count, {kind.name: value for kind, value in stat.get().items()}))
            del stat
        m.monitor.unregister_event_handler(handle)
        return seen

    assert run(gradiente) == run(torch)
