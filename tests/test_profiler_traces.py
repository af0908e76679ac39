"""Traces that the profiler writes, and profiles of chosen steps of a loop."""

from __future__ import annotations

import gzip
import json
import warnings
from typing import Any

import pytest

import gradiente as torch
from gradiente.autograd.profiler import profile, record_function
from gradiente.profiler import ProfilerAction, ProfilerActivity, schedule, tensorboard_trace_handler
from gradiente.profiler import profile as profile_steps


def names(prof: Any) -> list[str]:
    return [event.name for event in prof.function_events]


def leaf(*shape: int) -> torch.Tensor:
    return torch.ones(*shape, requires_grad=True)


# --- traces


def check_trace(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """The complete events of a trace, which is checked to be one that viewers accept."""
    assert {"schemaVersion", "displayTimeUnit", "baseTimeNanoseconds", "traceEvents", "traceName"} <= set(trace)
    for entry in trace["traceEvents"]:
        assert {"ph", "name", "pid", "tid", "ts"} <= set(entry)
        assert entry["ph"] in "MXsfi"
    arrows = [(e["ph"], e["id"]) for e in trace["traceEvents"] if e["ph"] in "sf"]
    assert len(set(arrows)) == len(arrows)
    assert {i for ph, i in arrows if ph == "f"} <= {i for ph, i in arrows if ph == "s"}
    return [e for e in trace["traceEvents"] if e["ph"] == "X"]


def test_chrome_trace(tmp_path: Any) -> None:
    x = leaf(2, 3)
    with profile(record_shapes=True, profile_memory=True) as prof, record_function("part"):
        (x * 2.0).sum().backward()
    prof.export_chrome_trace(str(tmp_path / "trace.json"))
    trace = json.loads((tmp_path / "trace.json").read_text())
    events = check_trace(trace)
    assert [e["name"] for e in events] == names(prof)[: len(events)]
    mul = next(e for e in events if e["name"] == "aten::mul")
    assert (mul["cat"], mul["args"]["Input Dims"], mul["args"]["Concrete Inputs"]) == (
        "cpu_op",
        [[2, 3], []],
        ["", "2.0"],
    )
    assert mul["args"]["Input type"] == ["float32", "Scalar"]
    assert next(e for e in events if e["name"] == "part")["cat"] == "user_annotation"
    assert len([e for e in trace["traceEvents"] if e["ph"] == "f"]) == 2
    prof.function_events.export_chrome_trace(str(tmp_path / "events.json"))
    assert len(check_trace(json.loads((tmp_path / "events.json").read_text()))) == len(events)


def test_compressed_trace_with_metadata(tmp_path: Any) -> None:
    with profile_steps() as prof:
        torch.ones(1)
        prof.add_metadata("who", "me")
        prof.add_metadata_json("numbers", "[1, 2]")
    prof.export_chrome_trace(str(tmp_path / "trace.json.gz"))
    with gzip.open(tmp_path / "trace.json.gz", "rt") as file:
        trace = json.load(file)
    check_trace(trace)
    assert (trace["who"], trace["numbers"]) == ("me", [1, 2])


# --- schedules


def test_schedule_and_trace_handler(tmp_path: Any) -> None:
    handler = tensorboard_trace_handler(str(tmp_path / "logs"), "worker")
    plan = schedule(wait=1, warmup=1, active=2, repeat=2)
    prof = profile_steps(activities=[ProfilerActivity.CPU], schedule=plan, on_trace_ready=handler)

    def loop() -> None:
        with prof:
            for _ in range(8):
                torch.ones(2).exp()
                prof.step()

    with pytest.warns(UserWarning, match="Profiler clears events at the end of each cycle"):
        loop()
    files = sorted(p.name for p in (tmp_path / "logs").iterdir())
    assert len(files) == 2
    assert all(name.startswith("worker.") and name.endswith(".pt.trace.json") for name in files)
    steps = [e["name"] for e in check_trace(json.loads((tmp_path / "logs" / files[1]).read_text()))]
    assert [n for n in steps if n.startswith("ProfilerStep")] == ["ProfilerStep#6", "ProfilerStep#7"]
    assert (prof.step_num, prof.current_action) == (8, ProfilerAction.NONE)


def test_trace_handler_needs_a_directory(tmp_path: Any) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeError, match="Can't create directory"):
        tensorboard_trace_handler(str(tmp_path / "file" / "logs"))(None)


def test_schedules_that_end_a_record_early_are_told() -> None:
    action = ProfilerAction
    plan = [
        action.WARMUP,
        action.NONE,
        action.RECORD,
        action.NONE,
        action.RECORD,
        action.WARMUP,
        action.RECORD_AND_SAVE,
    ]
    calls: list[int] = []
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", UserWarning)
        with profile_steps(schedule=lambda i: plan[i], on_trace_ready=lambda p: calls.append(p.step_num)) as prof:
            for _ in range(6):
                prof.step()
    texts = [str(w.message) for w in seen]
    assert [t for t in texts if t.startswith("Incorrect")] == [
        "Incorrect schedule: WARMUP followed by NONE",
        "Incorrect schedule: RECORD followed by NONE",
        "Incorrect schedule: RECORD followed by WARMUP",
    ]
    assert calls == [6]


def test_handler_that_raises_leaves_nothing_behind() -> None:
    def fail(prof: Any) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), profile_steps(on_trace_ready=fail):
        torch.ones(1)
