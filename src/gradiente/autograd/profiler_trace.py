"""From what was collected to a list of events, and from that to a trace that Chrome and Perfetto show."""

from __future__ import annotations

import gzip
import json
import math
import os
import socket
import sys
import threading
import uuid
from collections.abc import Sequence
from typing import Any

from .profiler_collect import BACKWARD, USER, Collector, Event
from .profiler_util import EventList, FunctionEvent

MEMORY = "[memory]"
"""The name of events that stand for memory freed while no operation ran."""


class Trace:
    """The events of a profile, with what a trace file says beside them."""

    def __init__(self, events: EventList, start_ns: int, threads: dict[int, int], metadata: dict[str, Any]) -> None:
        self.events: EventList = events
        self.start_ns: int = start_ns
        """When it began, in nanoseconds since 1970."""
        self.threads: dict[int, int] = threads
        """The system's number of each thread, by its number in the events."""
        self.metadata: dict[str, Any] = metadata


def events_of(collector: Collector, memory: bool, flops: bool) -> tuple[EventList, dict[int, int]]:
    """The events that were collected, in the order in which they began; and the numbers of the threads."""
    raw = sorted(collector.finished, key=lambda event: (event.start, -event.end))
    threads: dict[int, int] = {}
    made: dict[Event, FunctionEvent] = {}
    forward: dict[int, int] = {}
    events: list[FunctionEvent] = []
    for number, event in enumerate(raw, 1):
        thread = threads.setdefault(event.thread, len(threads) + 1)
        if event.seq >= 0 and event.scope != BACKWARD and event.seq not in forward:
            forward[event.seq] = thread
        made[event] = FunctionEvent(
            id=number,
            name=event.name,
            thread=thread,
            start_us=(event.start - collector.start) / 1e3,
            end_us=(event.end - collector.start) / 1e3,
            fwd_thread=forward.get(event.seq, 0) if event.scope == BACKWARD else 0,
            input_shapes=event.shapes,
            input_dtypes=event.dtypes,
            concrete_inputs=event.values,
            stack=event.stack,
            scope=event.scope,
            cpu_memory_usage=event.memory,
            sequence_nr=event.seq,
            flops=flops_of(event) if flops else 0,
            is_user_annotation=event.scope == USER,
        )
        events.append(made[event])
    for event in raw:
        parent = event.parent
        while parent is not None and parent not in made:  # one that was dropped
            parent = parent.parent
        if parent is not None:
            made[parent].append_cpu_child(made[event])
    for event in reversed(raw):  # children begin after their parents
        parent_event = made[event].cpu_parent
        if parent_event is not None:
            parent_event.cpu_memory_usage += made[event].cpu_memory_usage
    for time, ident, size in collector.frees if memory else ():
        at = (time - collector.start) / 1e3
        thread = threads.setdefault(ident, len(threads) + 1)
        events.append(FunctionEvent(len(events) + 1, MEMORY, thread, at, at, cpu_memory_usage=-size))
    _lines_of_forward(events)
    return EventList(events, None, memory, flops), {number: ident for ident, number in threads.items()}


def _lines_of_forward(events: Sequence[FunctionEvent]) -> None:
    """Give the steps of backward passes the lines that called their operation, where these are known."""
    lines: dict[int, list[str]] = {}
    for event in events:  # an operation comes before its step
        if event.sequence_nr >= 0 and event.scope != BACKWARD:
            lines.setdefault(event.sequence_nr, event.stack)
    for event in events:
        if event.scope == BACKWARD and event.sequence_nr in lines:
            event.stack = lines[event.sequence_nr]


def flops_of(event: Event) -> int:
    """How many floating-point operations an operation takes, for those of which torch tells: products and sums."""
    name, shapes = event.name.removeprefix("aten::"), event.shapes
    try:
        if name == "addmm" and len(shapes) >= 2:
            if len(shapes[-1]) != 2:  # a layer's: input, weight (out, in), bias
                return 2 * math.prod(shapes[0]) * shapes[1][0]
            shapes = shapes[-2:]
        if name in ("mm", "addmm", "bmm") and len(shapes) >= 2:
            a, b = shapes[0], shapes[1]
            return 2 * math.prod(a) * b[-1]
        if name in ("mul", "add") and shapes:
            return math.prod(shapes[0]) if len(shapes) < 2 else max(math.prod(shapes[0]), math.prod(shapes[1]))
    except (IndexError, TypeError):
        return 0
    return 0


def trace_of(events: EventList) -> Trace:
    """A trace of events alone."""
    return Trace(events, 0, {event.thread: event.thread for event in events}, {})


def trace_dict(trace: Trace) -> dict[str, Any]:
    """A trace in Chrome's "Trace Event Format", which Perfetto reads as well."""
    pid, base = os.getpid(), trace.start_ns / 1e3
    entries: list[dict[str, Any]] = [_meta("process_name", base, pid, 0, {"name": os.path.basename(sys.executable)})]
    entries.append(_meta("process_labels", base, pid, 0, {"labels": "CPU"}))
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident in trace.threads.values():
        entries.append(
            _meta("thread_name", base, pid, ident, {"name": f"thread {ident} ({names.get(ident, 'ended')})"})
        )
    steps: dict[int, FunctionEvent] = {}
    for event in trace.events:
        tid = trace.threads[event.thread]
        begin = base + event.time_range.start
        if event.name == MEMORY:
            args: dict[str, Any] = {"Bytes": event.cpu_memory_usage, "Device Type": 0, "Device Id": -1}
            entries.append(
                {"ph": "i", "cat": "cpu_instant_event", "s": "t", "name": MEMORY, "pid": pid, "tid": tid, "ts": begin}
                | {"args": args}
            )
            continue
        args = {"External id": event.id, "Ev Idx": event.id - 1}
        if event.sequence_nr >= 0:
            args |= {"Sequence number": event.sequence_nr, "Fwd thread id": event.fwd_thread or 0}
        if event.input_shapes:
            args |= {"Input Dims": event.input_shapes, "Input type": event.input_dtypes}
            args["Concrete Inputs"] = ["" if value is None else str(value) for value in event.concrete_inputs]
        if event.cpu_memory_usage:
            args["Bytes"] = event.cpu_memory_usage
        if event.stack:
            args["Call stack"] = ";".join(event.stack)
        kind = "user_annotation" if event.is_user_annotation else "cpu_op"
        place = {"pid": pid, "tid": tid, "ts": begin}
        entries.append(
            {
                "ph": "X",
                "cat": kind,
                "name": event.trace_name,
                **place,
                "dur": event.time_range.elapsed_us(),
                "args": args,
            }
        )
        entries += _flow(event, steps, place)
    return {
        "schemaVersion": 1,
        "deviceProperties": [],
        "trace_id": uuid.uuid4().hex.upper(),
        **trace.metadata,
        "host_name": socket.gethostname(),
        "displayTimeUnit": "ms",
        "baseTimeNanoseconds": trace.start_ns,
        "traceEvents": entries,
    }


def _meta(name: str, ts: float, pid: int, tid: int, args: dict[str, Any]) -> dict[str, Any]:
    return {"ph": "M", "name": name, "ts": ts, "pid": pid, "tid": tid, "args": args}


def _flow(event: FunctionEvent, steps: dict[int, FunctionEvent], place: dict[str, Any]) -> list[dict[str, Any]]:
    """The ends of the arrow from an operation to its step in the backward pass."""
    number = event.sequence_nr
    if number < 0 or event.name.startswith("autograd::engine"):
        return []
    flow = {"id": number, "cat": "fwdbwd", "name": "fwdbwd", **place}
    if event.scope == BACKWARD:
        return [{"ph": "f", "bp": "e", **flow}] if number in steps else []
    if number in steps:  # an operator and its primitive: the arrow starts at the outer one
        return []
    steps[number] = event
    return [{"ph": "s", **flow}]


def write_trace(path: str, trace: Trace) -> None:
    """Write a trace as JSON; compressed if `path` ends in ".gz"."""
    text = json.dumps({**trace_dict(trace), "traceName": str(path)}, allow_nan=False, default=str)
    if str(path).endswith(".gz"):
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write(text)
    else:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


__all__ = ["MEMORY", "Trace", "events_of", "flops_of", "trace_dict", "trace_of", "write_trace"]
