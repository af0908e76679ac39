"""torch.monitor: statistics over intervals of time, and events that handlers are told of."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from ._missing import Getter, missing_in

STAT_EVENT = "torch.monitor.Stat"
"""The name of the events that a `Stat` logs."""

data_value_t = str | float | int | bool
"""What the data of an event may be."""


class Aggregation(Enum):
    """What a `Stat` makes of the values of an interval."""

    VALUE = 0
    MEAN = 2
    COUNT = 3
    SUM = 4
    MAX = 5
    MIN = 6

    def __int__(self) -> int:
        return self.value

    __index__ = __int__


_ORDER = (Aggregation.COUNT, Aggregation.SUM, Aggregation.MEAN, Aggregation.MAX, Aggregation.MIN)
"""How the data of an event are ordered."""


class Event:
    """Something that happened at a time, with numbers and texts by name.

    Args:
        name: the kind of event.
        timestamp: a `datetime`.
        data: texts and numbers by name; a bool becomes a float.

    Raises TypeError for arguments of other types.

    >>> import gradiente as torch, datetime
    >>> seen = []
    >>> handle = torch.monitor.register_event_handler(lambda event: seen.append(event.data))
    >>> torch.monitor.log_event(torch.monitor.Event("epoch", datetime.datetime.now(), {"loss": 0.25}))
    >>> torch.monitor.unregister_event_handler(handle)
    >>> seen
    [{'loss': 0.25}]
    """

    def __init__(self, name: str, timestamp: datetime, data: Mapping[str, data_value_t]) -> None:
        values = [] if not isinstance(data, Mapping) else [*data.values()]  # pyright: ignore[reportUnnecessaryIsInstance]
        for argument, fits in (
            ("name", isinstance(name, str)),  # pyright: ignore[reportUnnecessaryIsInstance]
            ("timestamp", isinstance(timestamp, datetime)),  # pyright: ignore[reportUnnecessaryIsInstance]
            ("data", isinstance(data, Mapping) and all(isinstance(v, (str, float, int)) for v in values)),  # pyright: ignore
        ):
            if not fits:
                raise _unfit(
                    "__init__(): incompatible constructor arguments",
                    "torch._C._monitor.Event(name: str, timestamp: datetime.datetime, data: "
                    "collections.abc.Mapping[str, data_value_t])",
                    argument,
                )
        self.name: str = name
        self.timestamp: datetime = timestamp
        self.data: dict[str, Any] = {k: float(v) if isinstance(v, bool) else v for k, v in data.items()}

    def __repr__(self) -> str:
        return f"<torch._C._monitor.Event object at {id(self):#x}>"


class EventHandlerHandle:
    """What `register_event_handler` returns, to be given to `unregister_event_handler`."""

    def __init__(self, callback: Callable[[Event], Any]) -> None:
        self._callback: Callable[[Event], Any] = callback


_handlers: list[EventHandlerHandle] = []


def _unfit(complaint: str, signature: str, argument: str) -> TypeError:
    offered = f"The following argument types are supported:\n    1. {signature}"
    return TypeError(f"{complaint}. {offered}\n\n(it is '{argument}' that is not)")


def log_event(event: Event) -> None:
    """Tell all handlers of an event, in the order in which they were registered."""
    if not isinstance(event, Event):  # pyright: ignore[reportUnnecessaryIsInstance]
        signature = "(event: torch._C._monitor.Event) -> None"
        raise _unfit("log_event(): incompatible function arguments", signature, "event")
    for handle in list(_handlers):
        handle._callback(event)


def register_event_handler(callback: Callable[[Event], Any]) -> EventHandlerHandle:
    """Have a function called with each event that is logged from now on."""
    if not callable(callback):
        signature = (
            "(callback: collections.abc.Callable[[torch._C._monitor.Event], None]) -> "
            "torch._C._monitor.EventHandlerHandle"
        )
        raise _unfit("register_event_handler(): incompatible function arguments", signature, "callback")
    handle = EventHandlerHandle(callback)
    _handlers.append(handle)
    return handle


def unregister_event_handler(handler: EventHandlerHandle) -> None:
    """Have a function not called any more."""
    if not isinstance(handler, EventHandlerHandle):  # pyright: ignore[reportUnnecessaryIsInstance]
        signature = "(handler: torch._C._monitor.EventHandlerHandle) -> None"
        raise _unfit("unregister_event_handler(): incompatible function arguments", signature, "handler")
    if handler in _handlers:
        _handlers.remove(handler)


class Stat:
    """Statistics of the values of an interval, logged as an event once it is over.

    An interval ends when a value is added after its time, or when it has all the samples that it may have: those that
    follow are left out. What is left is logged when the object is gone.

    Args:
        name: the name; the data of the events are `name.sum`, `name.count` and so on.
        aggregations: what to compute.
        window_size: how long an interval lasts.
        max_samples: how many values an interval takes.

    Raises TypeError for arguments of other types.

    >>> import gradiente as torch, datetime
    >>> from gradiente.monitor import Aggregation, Stat
    >>> stat = Stat("loss", [Aggregation.SUM, Aggregation.MAX], datetime.timedelta(hours=1), max_samples=2)
    >>> stat.add(1)
    >>> stat.add(2)
    >>> stat.get()
    {<Aggregation.MAX: 5>: 2.0, <Aggregation.SUM: 4>: 3.0}
    """

    def __init__(
        self,
        name: str,
        aggregations: Sequence[Aggregation],
        window_size: timedelta | float,
        max_samples: int = 2**63 - 1,
    ) -> None:
        for argument, fits in (
            ("name", isinstance(name, str)),  # pyright: ignore[reportUnnecessaryIsInstance]
            ("aggregations", all(isinstance(one, Aggregation) for one in aggregations)),  # pyright: ignore
            ("window_size", isinstance(window_size, (timedelta, float))),  # pyright: ignore[reportUnnecessaryIsInstance]
            ("max_samples", isinstance(max_samples, int)),  # pyright: ignore[reportUnnecessaryIsInstance]
        ):
            if not fits:
                raise _unfit(
                    "__init__(): incompatible constructor arguments",
                    "torch._C._monitor.Stat(name: str, aggregations: "
                    "collections.abc.Sequence[torch._C._monitor.Aggregation], window_size: datetime.timedelta, "
                    f"max_samples: typing.SupportsInt | typing.SupportsIndex = {2**63 - 1})",
                    argument,
                )
        self._name = name
        kinds = {one for one in aggregations if one is not Aggregation.VALUE}
        self._aggregations = sorted(kinds, key=int, reverse=True)
        self._seconds = window_size.total_seconds() if isinstance(window_size, timedelta) else window_size
        self._most = max_samples
        self._lock = threading.Lock()
        self._values: list[float] = []
        self._window, self._full = self._now(), False
        self._logged: dict[Aggregation, float] = dict.fromkeys(self._aggregations, 0.0)

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def count(self) -> int:
        """How many values the interval has."""
        return len(self._values)

    def _now(self) -> float:
        """Which interval it is."""
        return math.floor(time.time() / self._seconds) if self._seconds > 0 else time.time()

    def add(self, v: float) -> None:
        """Add a value."""
        try:
            value = float(v)
        except (TypeError, ValueError):
            signature = "(self: torch._C._monitor.Stat, v: typing.SupportsFloat | typing.SupportsIndex) -> None"
            raise _unfit("add(): incompatible function arguments", signature, "v") from None
        events: list[Event] = []
        with self._lock:
            now = self._now()
            if now != self._window:
                events += self._closed()
                self._window, self._full = now, False
            if not self._full:
                self._values.append(value)
                if len(self._values) >= self._most:
                    self._full = True
                    events += self._closed()
        for event in events:  # handlers may ask this object
            log_event(event)

    def get(self) -> dict[Aggregation, float]:
        """The statistics of the last interval that was logged."""
        return dict(self._logged)

    def _closed(self) -> list[Event]:
        values, self._values = self._values, []
        if not values:
            return []
        found = {
            Aggregation.MEAN: math.fsum(values) / len(values),
            Aggregation.COUNT: float(len(values)),
            Aggregation.SUM: math.fsum(values),
            Aggregation.MAX: max(values),
            Aggregation.MIN: min(values),
        }
        self._logged = {one: found[one] for one in self._aggregations}
        data = {f"{self._name}.{one.name.lower()}": found[one] for one in _ORDER if one in self._logged}
        return [Event(STAT_EVENT, datetime.now(), data)]

    def __del__(self) -> None:
        if hasattr(self, "_logged"):  # made whole
            for event in self._closed():
                log_event(event)


class TensorboardEventHandler:
    """A handler that writes what a `Stat` logs by a writer's `add_scalar`, such as tensorboardX's SummaryWriter has.

    Args:
        writer: the writer.

    >>> import gradiente as torch
    >>> handle = torch.monitor.register_event_handler(torch.monitor.TensorboardEventHandler(print))
    >>> torch.monitor.unregister_event_handler(handle)
    """

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def __call__(self, event: Event) -> None:
        """Write the numbers of an event of a `Stat`."""
        if event.name == STAT_EVENT:
            for name, value in event.data.items():
                self._writer.add_scalar(name, value, walltime=event.timestamp.timestamp())


__getattr__: Getter = missing_in(__name__)

__all__ = [
    "STAT_EVENT",
    "Aggregation",
    "Event",
    "EventHandlerHandle",
    "Stat",
    "TensorboardEventHandler",
    "data_value_t",
    "log_event",
    "register_event_handler",
    "unregister_event_handler",
]
