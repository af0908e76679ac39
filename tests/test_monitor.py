"""torch.monitor: intervals, events, handlers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

import gradiente as torch
from gradiente.monitor import Aggregation, Event, Stat

ALL = list(Aggregation)
HOUR = timedelta(hours=1)
NOW = datetime(2026, 1, 1)


@pytest.fixture
def seen() -> Iterator[list[Event]]:
    events: list[Event] = []
    handle = torch.monitor.register_event_handler(events.append)
    yield events
    torch.monitor.unregister_event_handler(handle)
    torch.monitor.unregister_event_handler(handle)  # it is gone: nothing happens
    torch.monitor.log_event(Event("after", NOW, {}))
    assert "after" not in [event.name for event in events]


def test_what_an_interval_logs(seen: list[Event]):
    stat = Stat("s", ALL, HOUR, 3)
    assert stat.get() == dict.fromkeys(ALL[1:], 0.0)
    for value in (1, 5, -2, 9):  # the last is one too many
        stat.add(value)
    assert (stat.name, stat.count) == ("s", 0)
    expected = {"s.count": 3.0, "s.sum": 4.0, "s.mean": 4 / 3, "s.max": 5.0, "s.min": -2.0}
    assert [event.data for event in seen] == [expected]
    assert seen[0].name == torch.monitor.STAT_EVENT


def test_an_interval_ends_with_its_time(seen: list[Event], monkeypatch: pytest.MonkeyPatch):
    now = [1000.0]
    monkeypatch.setattr("gradiente.monitor.time.time", lambda: now[0])
    stat = Stat("s", [Aggregation.SUM], timedelta(seconds=10))
    stat.add(1)
    now[0] += 9.5
    stat.add(2)
    assert stat.count == 2
    assert not seen
    now[0] += 1
    stat.add(4)
    assert [event.data for event in seen] == [{"s.sum": 3.0}]
    del stat
    gc.collect()
    assert [event.data for event in seen] == [{"s.sum": 3.0}, {"s.sum": 4.0}]


def test_events(seen: list[Event]):
    torch.monitor.log_event(Event("e", NOW, {"a": "x", "b": True, "c": 2}))
    assert seen[0].data == {"a": "x", "b": 1.0, "c": 2}
    assert type(seen[0].data["b"]) is float

    class Writer:
        def add_scalar(self, *args: Any, **kwargs: Any) -> None:
            written.append((args, kwargs))

    written: list[Any] = []
    handler = torch.monitor.TensorboardEventHandler(Writer())
    handler(Event("e", NOW, {"a": 1}))
    handler(Event(torch.monitor.STAT_EVENT, NOW, {"a": 1}))
    assert written == [(("a", 1), {"walltime": NOW.timestamp()})]


@pytest.mark.parametrize(
    ("call", "signature", "argument"),
    [
        (lambda: Event("n", 3, {}), r"__init__\(\).*Event\(name: str", "timestamp"),  # type: ignore[arg-type]
        (lambda: Event("n", NOW, {"a": []}), r"__init__\(\).*Event\(name: str", "data"),  # type: ignore[dict-item]
        (lambda: Stat("n", [3], HOUR), r"__init__\(\).*Stat\(name: str", "aggregations"),  # type: ignore[list-item]
        (lambda: Stat("n", [], 3), r"__init__\(\).*Stat\(name: str", "window_size"),
        (lambda: Stat("n", [], HOUR).add("a"), r"add\(\): incompatible function", "v"),  # type: ignore[arg-type]
        (lambda: torch.monitor.log_event(3), r"log_event\(\).*event: torch", "event"),  # type: ignore[arg-type]
        (lambda: torch.monitor.register_event_handler(3), r"register_event_handler\(\)", "callback"),  # type: ignore[arg-type]
        (lambda: torch.monitor.unregister_event_handler(3), r"unregister_event_handler\(\)", "handler"),  # type: ignore[arg-type]
    ],
)
def test_refusals(call: Any, signature: str, argument: str):
    with pytest.raises(TypeError, match=rf"(?s){signature}.*it is '{argument}' that is not"):
        call()
