"""The profiler beside torch's: the same tables for the same events, names of operations, schedules, errors."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import gradiente
import gradiente.autograd.profiler_util as our_util
import gradiente.profiler as our_profiler
from gradiente.autograd import profiler as our_autograd_profiler

torch = pytest.importorskip("torch")
their_util = pytest.importorskip("torch.autograd.profiler_util")
their_profiler = pytest.importorskip("torch.profiler")

LIBRARIES = [(gradiente, our_profiler), (torch, their_profiler)]
LONG = "autograd::engine::evaluate_function: torch::autograd::AccumulateGrad"
EVENTS: list[dict[str, Any]] = [
    {"id": 1, "name": "my step", "start_us": 0, "end_us": 3000, "scope": 7, "is_user_annotation": True},
    {"id": 2, "name": "aten::mm", "start_us": 100, "end_us": 1100.5, "sequence_nr": 3, "flops": 48, "parent": 1},
    {"id": 3, "name": "aten::add", "start_us": 1200, "end_us": 1300, "cpu_memory_usage": -2048, "parent": 1},
    {"id": 4, "name": "aten::add", "start_us": 1400, "end_us": 1450, "cpu_memory_usage": 3 * 2**20, "parent": 1},
    {"id": 5, "name": LONG, "start_us": 4000, "end_us": 2_504_001.25, "scope": 0},
    {"id": 6, "name": "[memory]", "start_us": 2_600_000, "end_us": 2_600_000, "cpu_memory_usage": -5 * 2**30},
]
SHAPES = {2: [[64, 64], [64, 64]], 3: [[2], [], []], 4: [[5000, 1, 1], [5000], []]}
STACKS = {2: ["a.py(3): f", "b.py(10): <module>"], 3: ["a.py(4): f", "b.py(11): <module>"], 4: ["a.py(4): f", "c" * 90]}
FLOPS = {2: 48_000_000, 3: 2_000_000, 4: 2_500_000_000}


def event_list(util: Any, shapes: bool, stacks: bool, flops: bool, memory: bool) -> Any:
    events = []
    for spec in EVENTS:
        given = {k: v for k, v in spec.items() if k != "parent"}
        i = given["id"]
        given |= {
            "thread": 1,
            "input_shapes": SHAPES.get(i, []) if shapes else [],
            "flops": FLOPS.get(i, 0) if flops else 0,
        }
        given["stack"] = STACKS.get(i, []) if stacks else []
        events.append(util.FunctionEvent(**given))
    if util is our_util:
        found = util.EventList(events, None, memory, flops)
        for spec, event in zip(EVENTS, events, strict=True):
            if "parent" in spec:
                events[spec["parent"] - 1].append_cpu_child(event)
        return found
    found = util.EventList(events, use_device=None, profile_memory=memory, with_flops=flops)
    found._build_tree()
    return found


# With both lines and FLOPs torch prints each of these two columns under the other's title; ours are in their place.
KINDS = [
    (False, False, False, False),
    (True, False, False, True),
    (False, True, False, False),
    (True, False, True, True),
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"sort_by": "cpu_time_total"},
    {"sort_by": "self_cpu_time_total", "row_limit": 2},
    {"row_limit": 0},
    {"row_limit": -1, "time_unit": "ms"},
    {"time_unit": "s"},
    {"time_unit": "us", "sort_by": "count"},
    {"header": "A title", "max_name_column_width": 20},
    {"top_level_events_only": True, "header": "Top"},
    {"max_shapes_column_width": 14, "max_src_column_width": 20},
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS)
def test_tables_are_torch_s(kind: Any, options: dict[str, Any]) -> None:
    ours, theirs = event_list(our_util, *kind), event_list(their_util, *kind)
    assert ours.table(**options) == theirs.table(**options)
    for groups in ({}, {"group_by_input_shapes": True}, {"group_by_stack_n": 1}, {"group_by_stack_n": 5}):
        a, b = ours.key_averages(**groups), theirs.key_averages(**groups)
        assert a.table(**options) == b.table(**options)
        assert [repr(x) for x in a] == [repr(x) for x in b]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_torch_s(kind: Any, tmp_path: Any) -> None:
    ours, theirs = event_list(our_util, *kind), event_list(their_util, *kind)
    names = [
        "key",
        "count",
        "cpu_time",
        "cpu_time_total",
        "self_cpu_time_total",
        "cpu_time_str",
        "self_cpu_memory_usage",
    ]
    for a, b in zip([*ours, *ours.key_averages()], [*theirs, *theirs.key_averages()], strict=True):
        assert [getattr(a, name) for name in names] == [getattr(b, name) for name in names]
    assert repr(ours.total_average()) == repr(theirs.total_average())
    assert ours.self_cpu_time_total == theirs.self_cpu_time_total
    ours.export_stacks(str(tmp_path / "ours"), "self_cpu_time_total")
    theirs.export_stacks(str(tmp_path / "theirs"), "self_cpu_time_total")
    assert (tmp_path / "ours").read_text() == (tmp_path / "theirs").read_text()


def names_of(t: Any, p: Any, run: Callable[[Any], Any]) -> list[tuple[str, str | None]]:
    """The events of a program, each with the one it is part of; those that only one of the two has are left out."""
    with p.profile() as prof:
        run(t)
    common = {"my part", "Mine", "MineBackward", "Optimizer.step#SGD.step", "Optimizer.zero_grad#SGD.zero_grad"}
    common |= {
        f"aten::{n}" for n in ("linear", "addmm", "relu", "mul", "matmul", "mm", "exp", "sigmoid", "mse_loss", "cat")
    }
    common |= {
        f"aten::{n}" for n in ("cross_entropy_loss", "_log_softmax", "softmax", "_softmax", "tanh", "div", "neg")
    }

    def kept(event: Any) -> bool:
        if "TBackward0" in event.name:  # torch transposes the weights of a layer in a step of its own
            return False
        return event.name in common or "Backward0" in event.name or "AccumulateGrad" in event.name

    found = []
    for event in prof.events():
        parent = event.cpu_parent
        if not kept(event) or (parent is not None and parent.name.endswith("Backward0")):
            continue  # what a step of the backward pass consists of is not shown by ours
        while parent is not None and not kept(parent):
            parent = parent.cpu_parent
        if parent is None or parent.name != event.name:
            found.append((event.name, None if parent is None else parent.name))
    return found


def elementwise(t: Any) -> None:
    x = t.ones(3, requires_grad=True)
    with t.autograd.profiler.record_function("my part"):
        y = (x * x).exp()
        z = -(t.tanh(y) / x)
    z.sigmoid().backward(t.ones(3))


def layers(t: Any) -> None:
    f = t.nn.functional
    x, w = t.ones(2, 3), t.ones(4, 3, requires_grad=True)
    b = t.ones(4, requires_grad=True)
    h = f.linear(x, w, b).relu()
    f.cross_entropy(h @ t.ones(4, 4), t.tensor([1, 2])).backward()
    f.softmax(h, 1)
    f.mse_loss(h, t.zeros(2, 4))


def functions(t: Any) -> None:
    members = {"forward": staticmethod(lambda ctx, x: x.exp()), "backward": staticmethod(lambda ctx, g: g)}
    mine = type(t.autograd.Function)("Mine", (t.autograd.Function,), members)
    mine.apply(t.ones(2, requires_grad=True)).backward(t.ones(2))


def optimiser(t: Any) -> None:
    x = t.ones(2, requires_grad=True)
    opt = t.optim.SGD([x], lr=0.1)
    for _ in range(2):
        opt.zero_grad()
        (x * x).backward(t.ones(2))
        opt.step()


@pytest.mark.parametrize("run", [elementwise, layers, functions, optimiser])
def test_names_and_nesting_are_torch_s(run: Callable[[Any], Any]) -> None:
    ours, theirs = (names_of(t, p, run) for t, p in LIBRARIES)
    assert ours == theirs


def memory(t: Any, p: Any) -> Any:
    x = t.ones(1000, requires_grad=True)
    with p.profile(profile_memory=True, record_shapes=True) as prof:
        y = x.exp()
        z = y * y
        del y, z
    events = {e.name: e for e in prof.events()}
    return [(events[n].cpu_memory_usage, events[n].input_shapes) for n in ("aten::exp", "aten::mul")], sum(
        e.cpu_memory_usage for e in prof.events() if e.name == "[memory]"
    )


def test_memory_and_shapes_are_torch_s() -> None:
    assert memory(*LIBRARIES[0]) == memory(*LIBRARIES[1])


def outcome(run: Callable[[Any, Any], Any], libraries: Any) -> tuple[Any, ...]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            result = "value", repr(run(*libraries))
        except Exception as error:
            result = type(error).__name__, str(error).split("\n")[0].split(" (")[0]
    texts = [(w.category, str(w.message)) for w in seen]
    return *result, [t for t in texts if not t[1].startswith("Warning: Profiler clears")]  # torch says it once in all


def planned(t: Any, p: Any, accumulate: bool = False, steps: int = 9, **plan: int) -> Any:
    found = []

    def ready(prof: Any) -> None:
        events = [(e.key, e.count) for e in prof.key_averages() if e.key in ("ProfilerStep*", "aten::mul")]
        found.append((prof.step_num, prof.current_action.name, events))

    x = t.ones(2)
    with p.profile(schedule=p.schedule(**plan), on_trace_ready=ready, acc_events=accumulate) as prof:
        for _ in range(steps):
            x = x * x
            prof.step()
    return found, prof.step_num, prof.current_action.name


def actions(p: Any, steps: int = 14, **plan: int) -> list[str]:
    schedule = p.schedule(**plan)
    return [schedule(i).name for i in range(steps)]


def whole(t: Any, p: Any) -> Any:
    calls = []
    with p.profile(on_trace_ready=lambda prof: calls.append(len(prof.events()))) as prof:
        t.ones(2, requires_grad=True).exp()
        prof.step()
    return len(calls), [e.key for e in prof.key_averages() if e.key == "aten::exp"], prof.step_num


OUTCOMES: list[Callable[[Any, Any], Any]] = [
    lambda t, p: planned(t, p, wait=1, warmup=1, active=2, repeat=2),
    lambda t, p: planned(t, p, wait=0, warmup=1, active=1),
    lambda t, p: planned(t, p, True, wait=0, warmup=1, active=1),
    lambda t, p: planned(t, p, wait=1, warmup=1, active=3, steps=3),
    lambda t, p: planned(t, p, wait=5, warmup=1, active=3, steps=3),
    lambda t, p: actions(p, wait=1, warmup=1, active=2, repeat=2, skip_first=1),
    lambda t, p: actions(p, wait=2, warmup=1, active=1, skip_first=1, skip_first_wait=1),
    lambda t, p: actions(p, wait=1, warmup=0, active=2),
    lambda t, p: actions(p, wait=-1, warmup=0, active=1),
    lambda t, p: actions(p, wait=0, warmup=0, active=0),
    lambda t, p: p.schedule(wait=0, warmup=1, active=1)(-1),
    whole,
    lambda t, p: p.profile(activities=[]),
    lambda t, p: p.profile(activities=[p.ProfilerActivity.CUDA]).__enter__(),
    lambda t, p: p.profile(activities=[p.ProfilerActivity.CPU, p.ProfilerActivity.CUDA]).__enter__().stop(),
    lambda t, p: p.profile().key_averages(),
    lambda t, p: p.profile().events(),
    lambda t, p: p.profile().export_chrome_trace("/nowhere"),
    lambda t, p: p.profile().export_stacks("/nowhere"),
    lambda t, p: p.profile().stop(),
    lambda t, p: p.profile().step(),
    lambda t, p: p.supported_activities(),
    lambda t, p: [a.name for a in p.ProfilerActivity.__members__.values()],
]


@pytest.mark.parametrize("run", OUTCOMES)
def test_profile_of_steps_is_torch_s(run: Callable[[Any, Any], Any]) -> None:
    assert outcome(run, LIBRARIES[0]) == outcome(run, LIBRARIES[1])


def entered_twice(t: Any, p: Any) -> None:
    prof = t.autograd.profiler.profile()
    with prof:
        pass
    with prof:
        pass


def unknown_key(t: Any, p: Any) -> Any:
    with t.autograd.profiler.profile() as prof:
        t.ones(2)
    return prof.key_averages().table(sort_by="nonsense")


def stacks_without(t: Any, p: Any) -> None:
    with t.autograd.profiler.profile() as prof:
        t.ones(2)
    prof.export_stacks(os.devnull)


def disabled(t: Any, p: Any) -> Any:
    with t.autograd.profiler.profile(enabled=False) as prof:
        t.ones(2)
    return prof


AUTOGRAD: list[Callable[[Any, Any], Any]] = [
    entered_twice,
    unknown_key,
    stacks_without,
    disabled,
    lambda t, p: t.autograd.profiler.profile(use_cpu=False),
    lambda t, p: t.autograd.profiler.profile(use_cuda=True),
    lambda t, p: t.autograd.profiler.record_function(3).__enter__(),
    lambda t, p: t.autograd.profiler.profile(),
]


@pytest.mark.parametrize("run", AUTOGRAD)
def test_autograd_profiler_says_what_torch_says(run: Callable[[Any, Any], Any]) -> None:
    assert outcome(run, LIBRARIES[0]) == outcome(run, LIBRARIES[1])


def test_documented_names_are_there() -> None:
    assert {n for n in their_profiler.__all__ if n != "ExecutionTraceObserver"} <= set(our_profiler.__all__)
    assert {"profile", "record_function", "EventList", "FunctionEvent"} <= set(our_autograd_profiler.__all__)
