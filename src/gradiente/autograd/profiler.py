"""torch.autograd.profiler: which operations take how long, how often, with which shapes and how much memory."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..graph import change, current
from ..tensor.intercepting import Interceptor
from ._decorators import ContextDecorator
from .profiler_collect import Collector
from .profiler_operators import hide_operators, show_operators
from .profiler_trace import Trace, events_of, write_trace
from .profiler_util import DeviceType, EventList, FunctionEvent, FunctionEventAvg

__all__ = [
    "DeviceType",
    "EventList",
    "FunctionEvent",
    "FunctionEventAvg",
    "kineto_available",
    "profile",
    "record_function",
]

_NO_CUDA = "CUDA is not available, disabling CUDA profiling"


class profile:
    """Note the operations that a block runs: their times, shapes, memory and lines. A context manager.

    Forward operations have the names `aten::mul`, …; steps of backward passes those of their nodes, `MulBackward0`;
    parts of the program those given to `record_function`. Only the thread that enters the block is profiled (and
    threads that run in a copy of its context); passes nested so deep that they go on in another thread, too.

    Args:
        enabled: False for a profile that does nothing.
        use_cuda, use_device: there are no devices: a warning, and no effect.
        record_shapes: whether to note the shapes of the operands.
        with_flops: whether to count floating-point operations, of products and sums.
        profile_memory: whether to note the memory that operations allocate and free.
        with_stack: whether to note the lines of the program that called each operation.
        with_modules: has no effect: it is for TorchScript modules.
        use_kineto: has no effect.
        use_cpu: must be True.
        experimental_config: has no effect.
        acc_events: has no effect: the events of a block are kept.

    Example:
        >>> import gradiente as torch
        >>> x = torch.ones(100, requires_grad=True)
        >>> with torch.autograd.profiler.profile() as prof:
        ...     y = (x * x).sum()
        ...     y.backward()
        >>> [event.key for event in prof.key_averages()][:2]
        ['aten::mul', 'aten::sum']
        >>> print(prof.key_averages().table(sort_by="self_cpu_time_total", row_limit=3))
        -----...
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True,
        experimental_config: Any = None,
        acc_events: bool = False,
    ) -> None:
        self.enabled: bool = enabled
        self.record_shapes: bool = record_shapes or with_flops
        self.with_flops: bool = with_flops
        self.profile_memory: bool = profile_memory
        self.with_stack: bool = with_stack
        self.entered: bool = False
        self.metadata: dict[str, Any] = {}
        """What is written into trace files beside the events."""
        self._events: EventList | None = None
        self._threads: dict[int, int] = {}
        self._collector: Collector | None = None
        if not enabled:
            return
        if use_cuda:
            warnings.warn(
                "The attribute `use_cuda` will be deprecated soon, please use ``use_device = 'cuda'`` instead.",
                FutureWarning,
                stacklevel=2,
            )
            use_device = "cuda"
        if use_device == "cuda":
            warnings.warn(_NO_CUDA, stacklevel=2)
        elif use_device is not None:
            warnings.warn(f"The {use_device} is not available, disabling it", stacklevel=2)
        if not use_cpu:
            raise AssertionError(
                "Device-only events supported only with Kineto (use_kineto=True) (gradiente has the CPU only: "
                "leave use_cpu=True)"
            )

    def __enter__(self) -> profile:
        """Begin. Returns None if it is not enabled, as in torch."""
        if not self.enabled:
            return None  # pyright: ignore[reportReturnType] - nobody asks a profile that is switched off
        if self.entered:
            raise RuntimeError("Profiler context manager is not reentrant")
        self.start()
        return self

    def start(self) -> None:
        """Begin; `stop` ends it."""
        self.entered = True
        self._collector = Collector(self.record_shapes, self.profile_memory, self.with_stack)
        show_operators()
        change(interceptors=(*current().interceptors, self._collector))
        self._collector.begin()

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        """End, also by an exception."""
        if self.enabled:
            self.stop()

    def stop(self) -> None:
        """End."""
        collector = self._collector
        if collector is None or not collector.active:
            return
        collector.finish()
        change(interceptors=tuple([other for other in current().interceptors if other is not collector]))
        hide_operators()

    @property
    def function_events(self) -> EventList:
        """The events, in the order in which they began; None before the end."""
        if self._events is None and self._collector is not None and not self._collector.active:
            self._events, self._threads = events_of(self._collector, self.profile_memory, self.with_flops)
        return self._events  # pyright: ignore[reportReturnType]

    def _finished(self) -> EventList:
        events: EventList | None = self.function_events
        if events is None:
            raise RuntimeError("Profiler didn't finish running")
        return events

    def __repr__(self) -> str:
        events: EventList | None = self.function_events
        return "<unfinished torch.autograd.profile>" if events is None else repr(events)

    def __str__(self) -> str:
        events: EventList | None = self.function_events
        return "<unfinished torch.autograd.profile>" if events is None else events.table()

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
        """A table with a row for each event; see `EventList.table`."""
        return self._finished().table(
            sort_by,
            row_limit,
            max_src_column_width,
            max_name_column_width,
            max_shapes_column_width,
            header,
            top_level_events_only,
            time_unit,
        )

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:
        """The events of each name together; see `EventList.key_averages`."""
        return self._finished().key_averages(group_by_input_shape, group_by_stack_n, group_by_overload_name)

    def total_average(self) -> FunctionEventAvg:
        """All events together."""
        return self._finished().total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events in microseconds, each moment counted once."""
        return self._finished().self_cpu_time_total

    def export_chrome_trace(self, path: str) -> None:
        """Write a trace for chrome://tracing or https://ui.perfetto.dev, with arrows from operations to their steps.

        Args:
            path: the file to write, in JSON; compressed if it ends in ".gz".
        """
        events = self._finished()
        collector: Any = self._collector
        write_trace(path, Trace(events, collector.start_wall, self._threads, self.metadata))

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write the lines of the program that called each event, and a time, for drawing flame graphs.

        Raises AssertionError without `with_stack=True`.
        """
        events = self._finished()
        if not self.with_stack:
            raise AssertionError("export_stacks() requires with_stack=True")
        events.export_stacks(path, metric)


class record_function(ContextDecorator):
    """Name a part of the program, which then stands in profiles. A context manager and a decorator.

    Outside of profiles it does nothing.

    Args:
        name: the name of the part.
        args: has no effect.

    Raises RuntimeError, on entering, if the name is no string.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.autograd.profiler import profile, record_function
        >>> with profile() as prof:
        ...     with record_function("forward"):
        ...         y = torch.ones(3) * 2
        >>> prof.function_events[0].name, [child.name for child in prof.function_events[0].cpu_children]
        ('forward', ['aten::ones', 'aten::mul'])
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name: str = name
        self.args: str | None = args
        self._entered: list[list[tuple[Interceptor, Any]]] = []

    def __enter__(self) -> record_function:
        """Begin the part."""
        if not isinstance(self.name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RuntimeError(
                "profiler::_record_function_enter_new() Expected a value of type 'str' for argument 'name' but instead "
                f"found type '{type(self.name).__name__}'."
            )
        self._entered.append([(each, each.enter(self.name, (), "range")) for each in current().interceptors])
        return self

    def __exit__(self, *exc_info: object) -> None:
        """End it."""
        for each, token in self._entered.pop():
            each.leave(token, None)

    def clone(self) -> record_function:
        """Another object with the same name."""
        return type(self)(self.name, self.args)


def kineto_available() -> bool:
    """Whether torch's own tracing library is there: it is not, and not needed."""
    return False


class _OfOthers:
    """A block whose operations are marked for another vendor's tool: to be named in annotations, and not made."""

    _why = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{type(self).__name__} cannot be made: {self._why}. Use profile(), and export_chrome_trace() to look at "
            "what it found"
        )


class emit_nvtx(_OfOthers):
    """A block whose operations NVIDIA's tools see. RuntimeError: computation is on the CPU."""

    _why = "it marks events for NVIDIA's tools, and gradiente runs on the CPU"


class emit_itt(_OfOthers):
    """A block whose operations Intel's VTune sees. RuntimeError: it is not supported."""

    _why = "it marks events for Intel's VTune"


def __getattr__(name: str) -> Callable[..., Any]:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
