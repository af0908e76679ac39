"""torch.profiler: profiles that begin and end by a schedule, step by step of a training loop."""

from __future__ import annotations

import json
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from typing import Any

from ._missing import Getter, missing_in
from .autograd import profiler as _profiler
from .autograd.profiler import kineto_available, record_function
from .autograd.profiler_util import DeviceType, EventList

__getattr__: Getter = missing_in(__name__)

__all__ = [
    "DeviceType",
    "ProfilerAction",
    "ProfilerActivity",
    "kineto_available",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]


class ProfilerActivity(Enum):
    """What can be profiled; here the CPU."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5

    def __repr__(self) -> str:
        return f"<{self}: {self.value}>"


class ProfilerAction(Enum):
    """What a profile does in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities() -> set[ProfilerActivity]:
    """What can be profiled here.

    >>> import gradiente as torch
    >>> torch.profiler.supported_activities()
    {<ProfilerActivity.CPU: 0>}
    """
    return {ProfilerActivity.CPU}


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """A function that says what to do in each step: wait, warm up, then record, and again.

    Args:
        wait: for how many steps of a cycle to do nothing.
        warmup: for how many steps to profile without keeping it.
        active: for how many steps to record.
        repeat: how many cycles; 0 for no end.
        skip_first: how many steps to leave out before the first cycle.
        skip_first_wait: whether to leave out the waiting of the first cycle, if it is not 0.

    Raises AssertionError for negative numbers, and for a cycle that records nothing.

    >>> import gradiente as torch
    >>> plan = torch.profiler.schedule(wait=1, warmup=1, active=2)
    >>> [plan(step).name for step in range(5)]
    ['NONE', 'WARMUP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    if min(wait, warmup, repeat, skip_first) < 0 or active <= 0:
        raise AssertionError(
            f"Invalid profiler schedule arguments. Got wait={wait} (need >= 0), warmup={warmup} (need >= 0), "
            f"active={active} (need > 0), repeat={repeat} (need >= 0), skip_first={skip_first} (need >= 0)."
        )
    if warmup == 0:
        warnings.warn("Profiler won't be using warmup, this can skew profiler results", stacklevel=2)

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first
        if skip_first_wait != 0:
            step += wait
        cycle, place = divmod(step, wait + warmup + active)
        if (repeat > 0 and cycle >= repeat) or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        last = place == wait + warmup + active - 1
        return ProfilerAction.RECORD_AND_SAVE if last else ProfilerAction.RECORD

    return action


def _always(step: int) -> ProfilerAction:
    return ProfilerAction.RECORD


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[Any], None]:
    """A handler for `on_trace_ready` that writes each trace into a directory, where TensorBoard's plugin finds it.

    Args:
        dir_name: the directory; it is made if it is not there.
        worker_name: the beginning of the names of the files; the names of machine and process by default.
        use_gzip: whether to compress them.

    Raises RuntimeError if the directory cannot be made.
    """

    def handler(prof: Any) -> None:
        try:
            os.makedirs(dir_name, exist_ok=True)
        except OSError as error:
            raise RuntimeError("Can't create directory: " + dir_name) from error
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        name = f"{worker}.{time.time_ns()}.pt.trace.json" + (".gz" if use_gzip else "")
        prof.export_chrome_trace(os.path.join(dir_name, name))

    return handler


_CLEARS = (
    "Warning: Profiler clears events at the end of each cycle. Only events from the current cycle will be reported. To "
    "keep events across cycles, set acc_events=True."
)


class profile:
    """Profile a block, or chosen steps of a loop in it, which calls `step()` at the end of each. A context manager.

    Args:
        activities: what to profile: `ProfilerActivity.CPU`. `CUDA` is left out with a warning.
        schedule: a function from the number of a step to a `ProfilerAction`, such as `schedule(...)` returns; by
            default everything is recorded.
        on_trace_ready: called with the profile whenever a cycle of the schedule has been recorded, and at the end.
        record_shapes: whether to note the shapes of the operands.
        profile_memory: whether to note the memory that operations allocate and free.
        with_stack: whether to note the lines of the program that called each operation.
        with_flops: whether to count floating-point operations, of products and sums.
        with_modules: has no effect.
        experimental_config: has no effect.
        acc_events: whether to keep the events of earlier cycles.
        use_cuda: deprecated.

    Raises AssertionError if no activity is left to profile.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.profiler import profile, schedule
        >>> found = []
        >>> def ready(prof):
        ...     found.append([event.key for event in prof.key_averages()])
        >>> with profile(schedule=schedule(wait=1, warmup=1, active=1, repeat=1), on_trace_ready=ready) as prof:
        ...     for _ in range(5):
        ...         y = torch.ones(2) * 3
        ...         prof.step()
        >>> found
        [['ProfilerStep*', 'aten::ones', 'aten::mul']]
    """

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[Any], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        acc_events: bool = False,
        use_cuda: bool | None = None,
    ) -> None:
        self.activities: set[ProfilerActivity] = supported_activities() if activities is None else set(activities)
        if use_cuda is not None:
            warnings.warn("`use_cuda` is deprecated, use `activities` argument instead", FutureWarning, stacklevel=2)
            (self.activities.add if use_cuda else self.activities.discard)(ProfilerActivity.CUDA)
        if not self.activities:
            raise AssertionError("No valid profiler activities found")
        self._make = partial(
            _profiler.profile,
            record_shapes=record_shapes,
            profile_memory=profile_memory,
            with_stack=with_stack,
            with_flops=with_flops,
        )
        self.schedule: Callable[[int], ProfilerAction] = schedule or _always
        self.record_steps: bool = schedule is not None
        self.on_trace_ready: Callable[[Any], Any] | None = on_trace_ready
        self.record_shapes: bool = record_shapes
        self.profile_memory: bool = profile_memory
        self.with_stack: bool = with_stack
        self.with_flops: bool = with_flops
        self.acc_events: bool = acc_events
        self.step_num: int = 0
        self.current_action: ProfilerAction = self.schedule(0)
        self.profiler: _profiler.profile | None = None
        """The profile of the present cycle, or of the last one."""
        self._metadata: dict[str, Any] = {}
        self._kept: list[Any] = []
        self._told: bool = False
        self._part: record_function | None = None

    # -- beginning, ending, steps -------------------------------------------------------------------------------------

    def __enter__(self) -> profile:
        """Begin."""
        self.start()
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        """End, also by an exception."""
        self.stop()

    def start(self) -> None:
        """Begin with what the schedule says of the present step."""
        self._change(ProfilerAction.NONE, self.current_action)
        self._begin_step()

    def stop(self) -> None:
        """End; what has been recorded is handed to `on_trace_ready`."""
        self._end_step()
        self._change(self.current_action, None)

    def step(self) -> None:
        """A step of the loop has ended, the next begins."""
        self._end_step()
        before = self.current_action
        self.step_num += 1
        self.current_action = self.schedule(self.step_num)
        self._change(before, self.current_action)
        self._begin_step()

    def _begin_step(self) -> None:
        if self.record_steps and self.current_action is not ProfilerAction.NONE:
            self._part = record_function(f"ProfilerStep#{self.step_num}")
            self._part.__enter__()

    def _end_step(self) -> None:
        if self._part is not None:
            self._part.__exit__(None, None, None)
            self._part = None

    def _change(self, before: ProfilerAction, after: ProfilerAction | None) -> None:
        """From what the last step did to what the next one does; None is the end."""
        recording = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)
        if before is ProfilerAction.RECORD and after in (ProfilerAction.NONE, ProfilerAction.WARMUP):
            warnings.warn(f"Incorrect schedule: RECORD followed by {after.name}", stacklevel=4)
        if before is ProfilerAction.WARMUP and after is ProfilerAction.NONE:
            warnings.warn("Incorrect schedule: WARMUP followed by NONE", stacklevel=4)
        goes_on = before is ProfilerAction.RECORD and after in recording
        if before in recording and not goes_on:
            self.stop_trace()
            if self.on_trace_ready is not None and (after is None or before is ProfilerAction.RECORD_AND_SAVE):
                self.on_trace_ready(self)
        if after is None or goes_on or after is ProfilerAction.NONE:
            return
        if before is not ProfilerAction.WARMUP:
            self.prepare_trace()
        if after in recording:
            self.start_trace()

    def prepare_trace(self) -> None:
        """Get ready for a cycle."""
        if self.profiler is not None:
            if self.acc_events:
                self._kept += self.profiler.function_events or []
            elif not self._told:
                self._told = True
                warnings.warn(_CLEARS, stacklevel=5)
        if ProfilerActivity.CPU not in self.activities:
            warnings.warn("CUDA is not available, disabling CUDA profiling", stacklevel=5)
            raise AssertionError("No activities specified for the profiler")
        if ProfilerActivity.CUDA in self.activities:
            warnings.warn("CUDA is not available, disabling CUDA profiling", stacklevel=5)
        self.profiler = self._make()
        self.profiler.metadata = self._metadata

    def start_trace(self) -> None:
        """Begin to record."""
        if self.profiler is None:
            raise AssertionError("Profiler must be initialized before starting trace")
        self.profiler.start()

    def stop_trace(self) -> None:
        """End recording."""
        if self.profiler is None:
            raise AssertionError("Profiler must be initialized before stopping trace")
        self.profiler.stop()

    # -- results ------------------------------------------------------------------------------------------------------

    def _profile(self, purpose: str) -> _profiler.profile:
        if self.profiler is None:
            raise AssertionError(f"Profiler must be initialized before {purpose}")
        return self.profiler

    def events(self) -> EventList:
        """The events, in the order in which they began."""
        found = self._profile("accessing events").function_events
        if found is None:
            raise RuntimeError("Profiler didn't finish running")
        return found._like([*self._kept, *found]) if self._kept else found

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:
        """The events of each name together; see `EventList.key_averages`."""
        self._profile("getting key averages")
        return self.events().key_averages(group_by_input_shape, group_by_stack_n, group_by_overload_name)

    def export_chrome_trace(self, path: str) -> None:
        """Write the present cycle as a trace for chrome://tracing or https://ui.perfetto.dev.

        Args:
            path: the file to write, in JSON; compressed if it ends in ".gz".
        """
        self._profile("exporting chrome trace").export_chrome_trace(path)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write the lines of the program that called each event, and a time, for drawing flame graphs."""
        self._profile("exporting stacks").export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """Have the text `value` written into trace files."""
        self._metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """Have `value`, which is JSON, written into trace files."""
        self._metadata[key] = json.loads(value)

    preset_metadata_json = add_metadata_json
