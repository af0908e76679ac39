"""What a profile found: events, lists of them, and their averages by name. Times are in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from .profiler_table import table_text, time_text

__all__ = ["DeviceType", "EventList", "FormattedTimesMixin", "FunctionEvent", "FunctionEventAvg", "Interval"]

STACK_METRICS = [
    "self_cpu_time_total",
    "self_cuda_time_total",
    "self_xpu_time_total",
    "self_privateuse1_time_total",
]


class DeviceType(Enum):
    """Where an event took place."""

    CPU = 0
    CUDA = 1

    def __repr__(self) -> str:
        return str(self)


class Interval:
    """A span of time, in microseconds since the profile began."""

    def __init__(self, start: float, end: float) -> None:
        self.start: float = start
        self.end: float = end

    def elapsed_us(self) -> float:
        """Its length."""
        return self.end - self.start


class FormattedTimesMixin:
    """Times as text, with units; and the times of devices, of which there are none."""

    cpu_time_total: float
    self_cpu_time_total: float
    count: int
    device_time_total: float = 0
    self_device_time_total: float = 0
    device_memory_usage: int = 0
    self_device_memory_usage: int = 0

    @property
    def cpu_time(self) -> float:
        """The average time of a call."""
        return 0.0 if self.count == 0 else 1.0 * self.cpu_time_total / self.count

    @property
    def device_time(self) -> float:
        """The average time of a call on a device: none."""
        return 0.0

    @property
    def cpu_time_str(self) -> str:
        """`cpu_time` with its unit."""
        return time_text(self.cpu_time)

    @property
    def cpu_time_total_str(self) -> str:
        """`cpu_time_total` with its unit."""
        return time_text(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self) -> str:
        """`self_cpu_time_total` with its unit."""
        return time_text(self.self_cpu_time_total)

    @property
    def device_time_str(self) -> str:
        """`device_time` with its unit."""
        return time_text(self.device_time)

    @property
    def device_time_total_str(self) -> str:
        """`device_time_total` with its unit."""
        return time_text(self.device_time_total)

    @property
    def self_device_time_total_str(self) -> str:
        """`self_device_time_total` with its unit."""
        return time_text(self.self_device_time_total)


class FunctionEvent(FormattedTimesMixin):
    """One operation, step of a backward pass, or part of the program."""

    def __init__(
        self,
        id: int,
        name: str,
        thread: int,
        start_us: float,
        end_us: float,
        overload_name: str | None = None,
        fwd_thread: int | None = None,
        input_shapes: Sequence[Any] | None = None,
        stack: Sequence[str] | None = None,
        scope: int = 0,
        use_device: str | None = None,
        cpu_memory_usage: int = 0,
        is_async: bool = False,
        is_remote: bool = False,
        sequence_nr: int = -1,
        node_id: int = -1,
        device_type: DeviceType = DeviceType.CPU,
        flops: int | None = None,
        is_user_annotation: bool = False,
        concrete_inputs: Sequence[Any] | None = None,
        input_dtypes: Sequence[str] | None = None,
    ) -> None:
        self.id: int = id
        self.node_id: int = node_id
        self.name: str = "ProfilerStep*" if name.startswith("ProfilerStep#") else name
        self.overload_name: str = overload_name or ""
        self.trace_name: str = name
        """The name in traces, where steps have numbers."""
        self.time_range: Interval = Interval(start_us, end_us)
        self.thread: int = thread
        self.fwd_thread: int | None = fwd_thread
        self.count: int = 1
        self.cpu_children: list[FunctionEvent] = []
        self.cpu_parent: FunctionEvent | None = None
        self.input_shapes: list[Any] = list(input_shapes or [])
        self.input_dtypes: list[str] = list(input_dtypes or [])
        self.concrete_inputs: list[Any] = list(concrete_inputs or [])
        self.kernels: list[Any] = []
        self.stack: list[str] = list(stack or [])
        self.scope: int = scope
        self.use_device: str | None = use_device
        self.cpu_memory_usage: int = cpu_memory_usage
        """How many bytes it allocated, less those that it freed; children included."""
        self.is_async: bool = is_async
        self.is_remote: bool = is_remote
        self.sequence_nr: int = sequence_nr
        self.device_type: DeviceType = device_type
        self.device_index: int = 0
        self.is_legacy: bool = False
        self.flops: int = flops or 0
        self.is_user_annotation: bool = is_user_annotation
        self.self_cpu_percent: str = ""
        self.total_cpu_percent: str = ""

    @property
    def key(self) -> str:
        """Its name."""
        return self.name

    def append_cpu_child(self, child: FunctionEvent) -> None:
        """Note that `child` ran as a part of this."""
        self.cpu_children.append(child)
        child.cpu_parent = self

    @property
    def cpu_time_total(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The time from its beginning to its end."""
        return self.time_range.elapsed_us()

    @property
    def self_cpu_time_total(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The time less that of its children, as far as they ran while it did."""
        end = self.time_range.end
        parts = [min(child.time_range.end, end) - child.time_range.start for child in self.cpu_children]
        return max(self.cpu_time_total - sum(parts), 0)

    @property
    def self_cpu_memory_usage(self) -> int:
        """The memory less that of its children."""
        return self.cpu_memory_usage - sum([child.cpu_memory_usage for child in self.cpu_children])

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent id={self.id} name={self.name} overload_name={self.overload_name} "
            f"device_type={self.device_type} node_id={self.node_id} cpu_time={self.cpu_time_str} "
            f"start_us={self.time_range.start} end_us={self.time_range.end} "
            f"cpu_children={[child.id for child in self.cpu_children]} {self.use_device}_time={self.device_time_str} "
            f"name={self.name} thread={self.thread} input_shapes={self.input_shapes} "
            f"cpu_memory_usage={self.cpu_memory_usage} {self.use_device}_memory_usage={self.device_memory_usage} "
            f"is_async={self.is_async} is_remote={self.is_remote} seq_nr={self.sequence_nr} "
            f"is_legacy={self.is_legacy}>"
        )


class FunctionEventAvg(FormattedTimesMixin):
    """The events of one name together: how often, how long in all."""

    def __init__(self) -> None:
        self.key: str | None = None
        self.count: int = 0
        self.node_id: int = 0
        self.is_async: bool = False
        self.is_remote: bool = False
        self.use_device: str | None = None
        self.cpu_time_total: float = 0
        self.self_cpu_time_total: float = 0
        self.input_shapes: Any = None
        self.overload_name: str | None = None
        self.stack: list[str] | None = None
        self.scope: int | None = None
        self.cpu_memory_usage: int = 0
        self.self_cpu_memory_usage: int = 0
        self.cpu_children: list[FunctionEvent] | None = None
        self.cpu_parent: FunctionEvent | None = None
        self.device_type: DeviceType = DeviceType.CPU
        self.is_legacy: bool = False
        self.flops: int = 0
        self.is_user_annotation: bool = False
        self.self_cpu_percent: str = ""
        self.total_cpu_percent: str = ""

    def add(self, other: FunctionEvent | FunctionEventAvg) -> FunctionEventAvg:
        """Count `other`, an event or an average of the same name, in; return this average."""
        if self.key is None:
            self.key = other.key
            self.node_id, self.is_async, self.is_remote = other.node_id, other.is_async, other.is_remote
            self.cpu_parent, self.cpu_children = other.cpu_parent, other.cpu_children
            self.overload_name, self.input_shapes = other.overload_name, other.input_shapes
            self.stack, self.scope, self.device_type = other.stack, other.scope, other.device_type
            self.is_legacy, self.use_device = other.is_legacy, other.use_device
            self.is_user_annotation = other.is_user_annotation
        if not isinstance(other, (FunctionEvent, FunctionEventAvg)) or other.key != self.key:  # pyright: ignore
            raise AssertionError(f"only events of the name {self.key} can be added, not {other!r}")
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        self.cpu_memory_usage += other.cpu_memory_usage
        self.self_cpu_memory_usage += other.self_cpu_memory_usage
        self.count += other.count
        self.flops += other.flops
        return self

    def __iadd__(self, other: FunctionEvent | FunctionEventAvg) -> FunctionEventAvg:
        return self.add(other)

    def __repr__(self) -> str:
        device = self.use_device or "cuda"
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str}  self_{device}_time={self.self_device_time_total_str} "
            f"{device}_time={self.device_time_str} input_shapes={self.input_shapes} "
            f"cpu_memory_usage={self.cpu_memory_usage} {device}_memory_usage={self.device_memory_usage}>"
        )


class EventList(list[Any]):
    """Events, or their averages, which print as a table."""

    def __init__(
        self,
        events: Iterable[Any] = (),
        use_device: str | None = None,
        profile_memory: bool = False,
        with_flops: bool = False,
    ) -> None:
        super().__init__(events)
        self._use_device: str | None = use_device
        self._profile_memory: bool = profile_memory
        self._with_flops: bool = with_flops

    def __str__(self) -> str:
        return self.table()

    def _like(self, events: Iterable[Any]) -> EventList:
        return EventList(events, self._use_device, self._profile_memory, self._with_flops)

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, each moment counted once."""
        return sum([event.self_cpu_time_total for event in self])

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
        time_unit: str | None = None,
    ) -> str:
        """A table with a row for each event.

        Args:
            sort_by: the attribute to sort by, the largest first: "cpu_time", "cpu_time_total", "self_cpu_time_total",
                "cpu_memory_usage", "self_cpu_memory_usage", "count"; None keeps the order.
            row_limit: how many rows at most; -1 for all.
            max_src_column_width: how wide the column of source lines may be.
            max_name_column_width: how wide that of the names may be.
            max_shapes_column_width: how wide that of the shapes may be.
            header: a text above the table.
            top_level_events_only: whether to leave out what is part of other events.
            time_unit: "s", "ms" or "us" for all times; None chooses for each.

        Raises:
            AttributeError: events have no attribute `sort_by`.
            ValueError: there is no such unit.

        Example:
            >>> from gradiente.autograd.profiler_util import EventList, FunctionEvent
            >>> events = EventList([FunctionEvent(1, "aten::mul", 1, 0.0, 25.0)])
            >>> print(events.table())  # doctest: +NORMALIZE_WHITESPACE
            -------------  ------------  ------------  ------------  ------------  ------------  ------------
                     Name    Self CPU %      Self CPU   CPU total %     CPU total  CPU time avg    # of Calls
            -------------  ------------  ------------  ------------  ------------  ------------  ------------
                aten::mul       100.00%      25.000us       100.00%      25.000us      25.000us             1
            -------------  ------------  ------------  ------------  ------------  ------------  ------------
            Self CPU time total: 25.000us
        """
        return table_text(
            self,
            sort_by,
            row_limit,
            (max_name_column_width, max_shapes_column_width, max_src_column_width),
            header,
            top_level_events_only,
            time_unit,
            self._profile_memory,
            self._with_flops,
        )

    def key_averages(
        self, group_by_input_shapes: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:
        """The events of each name together; those of different shapes, or from different lines, apart if asked for.

        Args:
            group_by_input_shapes: whether to tell apart calls with different shapes.
            group_by_stack_n: by how many of the innermost lines of the program to tell calls apart.
            group_by_overload_name: has no effect: operators have no overloads here.
        """
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            key: Any = (event.key, event.node_id, event.device_type, event.is_user_annotation)
            if group_by_input_shapes:
                key += (str(event.input_shapes),)
            if group_by_stack_n > 0:
                key += tuple(event.stack[:group_by_stack_n])
            groups.setdefault(key, FunctionEventAvg()).add(event)
        for average in groups.values():
            average.stack = (average.stack or [])[:group_by_stack_n]
            if not group_by_input_shapes:
                average.input_shapes = ""
            average.overload_name = ""
        return self._like(groups.values())

    def total_average(self) -> FunctionEventAvg:
        """All events together."""
        total = FunctionEventAvg()
        for event in self:
            total.key = None  # whatever its name
            total.add(event)
        total.key = "Total"
        return total

    def export_chrome_trace(self, path: str) -> None:
        """Write the events as a trace for chrome://tracing or Perfetto: JSON, compressed if `path` ends in ".gz"."""
        from .profiler_trace import trace_of, write_trace

        write_trace(path, trace_of(self))

    def supported_export_stacks_metrics(self) -> list[str]:
        """What `export_stacks` can write."""
        return list(STACK_METRICS)

    def export_stacks(self, path: str, metric: str) -> None:
        """Write a line for each event that knows the program's lines: those, and a time, for drawing flame graphs.

        Raises ValueError for another metric.
        """
        if metric not in STACK_METRICS:
            raise ValueError(f"metric should be one of: {STACK_METRICS}")
        names = str.maketrans(" ;\t\n", "____")
        with open(path, "w", encoding="utf-8") as file:
            for event in self:
                value = int(getattr(event, metric.replace("cuda", "device"), 0))
                if event.stack and value > 0:
                    file.write(";".join([line.translate(names) for line in reversed(event.stack)]) + f" {value}\n")
