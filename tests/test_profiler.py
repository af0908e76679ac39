"""The profiler: events and their nesting, times, memory, traces, threads, schedules; it leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import sys
import threading
import warnings
import weakref
from typing import Any

import pytest

import gradiente as torch
import gradiente.nn.functional as F
from gradiente.autograd import profiler
from gradiente.autograd.function import Function
from gradiente.autograd.profiler import profile, record_function
from gradiente.autograd.profiler_collect import Event
from gradiente.autograd.profiler_trace import flops_of
from gradiente.graph import PLAIN, current

STEP = "autograd::engine::evaluate_function: "


@pytest.fixture(autouse=True)
def nothing_is_left() -> Any:
    """After each test the mode is plain and the package's functions are its own again."""
    before = {owner: dict(vars(owner)) for owner in (torch.Tensor, F, Function)}
    torch_before = {name: value for name, value in vars(torch).items() if callable(value)}
    yield
    assert current() is PLAIN
    for owner, names in before.items():
        assert all(vars(owner)[name] is value for name, value in names.items())
    assert all(vars(torch)[name] is value for name, value in torch_before.items())


def names(prof: Any) -> list[str]:
    return [event.name for event in prof.function_events]


def parents(prof: Any) -> list[tuple[str, str | None]]:
    return [(e.name, e.cpu_parent.name if e.cpu_parent else None) for e in prof.function_events]


def leaf(*shape: int) -> torch.Tensor:
    return torch.ones(*shape, requires_grad=True)


# --- events


def test_forward_backward_and_ranges() -> None:
    x = leaf(3)
    with profile() as prof, record_function("all of it"):
        (x * x).sum().backward()
    assert parents(prof) == [
        ("all of it", None),
        ("aten::mul", "all of it"),
        ("aten::sum", "all of it"),
        (f"{STEP}SumBackward0", "all of it"),
        ("SumBackward0", f"{STEP}SumBackward0"),
        (f"{STEP}MulBackward0", "all of it"),
        ("MulBackward0", f"{STEP}MulBackward0"),
        (f"{STEP}torch::autograd::AccumulateGrad", "all of it"),
        ("torch::autograd::AccumulateGrad", f"{STEP}torch::autograd::AccumulateGrad"),
    ]
    events = {e.name: e for e in prof.function_events}
    assert events["MulBackward0"].sequence_nr == events["aten::mul"].sequence_nr >= 0
    assert events["MulBackward0"].fwd_thread == events["aten::mul"].thread
    assert (events["MulBackward0"].scope, events["aten::mul"].scope, events["all of it"].scope) == (1, 0, 7)


def test_times_nest() -> None:
    x = leaf(50)
    with profile() as prof, record_function("outer"):
        with record_function("inner"):
            y = F.softmax(x, 0)
        y.sum().backward()
    outer = prof.function_events[0]
    for event in prof.function_events:
        assert event.time_range.start <= event.time_range.end
        assert 0 <= event.self_cpu_time_total <= event.cpu_time_total
        for child in event.cpu_children:
            assert event.time_range.start <= child.time_range.start
            assert child.time_range.end <= event.time_range.end
    assert prof.self_cpu_time_total == pytest.approx(outer.cpu_time_total)
    averages = prof.key_averages()
    assert sum(a.self_cpu_time_total for a in averages) == pytest.approx(outer.cpu_time_total)


def test_operators_contain_their_primitives() -> None:
    x, w, b = torch.ones(2, 3), leaf(4, 3), leaf(4)
    with profile(record_shapes=True) as prof:
        F.linear(x, w, b)
        x @ x.T
        x.add_(1)
    got = parents(prof)
    assert ("aten::addmm", "aten::linear") in got
    assert ("aten::mm", "aten::matmul") in got
    assert ("aten::add", "aten::add_") in got
    assert prof.function_events[0].input_shapes == [[2, 3], [4, 3], [4]]


def test_one_event_for_an_operator_that_is_a_primitive() -> None:
    x = torch.ones(3)
    with profile() as prof:
        x.exp()
        torch.exp(x)
        F.relu(x)
        x.neg()
    assert names(prof) == ["aten::exp", "aten::exp", "aten::relu", "aten::neg"]


def test_functions_taken_before_are_seen_by_their_primitives() -> None:
    relu = torch.relu
    with profile() as prof:
        relu(torch.ones(2))
    assert names(prof)[-1] == "aten::relu"


def test_what_gives_no_tensor_is_no_event() -> None:
    x = torch.ones(3)
    with profile() as prof:
        assert (x.dim(), x.size(), torch.is_tensor(x), len(x)) == (1, (3,), True, 3)
        x.sum().item()
    assert names(prof) == ["aten::sum", "aten::item"]


def test_functions_and_double_backward() -> None:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * 3 * x * x

    x = leaf(2)
    with profile() as prof:
        (g,) = torch.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
        g.sum().backward()
    got = parents(prof)
    assert ("aten::mul", "Cube") in got
    assert ("aten::mul", "CubeBackward") in got
    assert ("MulBackward0", f"{STEP}MulBackward0") in got


def test_shapes_groups_and_stacks(tmp_path: Any) -> None:
    with profile(record_shapes=True, with_stack=True) as prof:
        for n in (2, 2, 3):
            torch.ones(n).mul(2.0)
    by_shape = prof.key_averages(group_by_input_shape=True)
    assert [(a.key, a.count, a.input_shapes) for a in by_shape if a.key == "aten::mul"] == [
        ("aten::mul", 2, [[2], []]),
        ("aten::mul", 1, [[3], []]),
    ]
    assert prof.function_events[0].stack[0].startswith(f"{__file__}(")
    assert prof.function_events[0].stack[0].endswith("): test_shapes_groups_and_stacks")
    prof.export_stacks(str(tmp_path / "stacks"))
    line = (tmp_path / "stacks").read_text().splitlines()[0]
    assert "):_test_shapes_groups_and_stacks " in line
    assert int(line.split()[-1]) > 0
    with pytest.raises(ValueError, match="metric should be one of"):
        prof.export_stacks(str(tmp_path / "stacks"), "speed")


def test_steps_have_the_lines_of_their_operation() -> None:
    x = leaf(2)
    with profile(with_stack=True) as prof:
        y = (x * x).sum()
        y.backward()
    events = {e.name: e for e in prof.function_events}
    assert events["MulBackward0"].stack == events["aten::mul"].stack


def test_memory() -> None:
    x = torch.ones(1000)
    with profile(profile_memory=True) as prof:
        y = x * 2
        z = y.view(10, 100)
        del y, z
        with record_function("frees"):
            w = x + 1
            del w
    events = {e.name: e for e in prof.function_events}
    assert events["aten::mul"].cpu_memory_usage == 4000
    assert events["aten::view"].cpu_memory_usage == 0
    assert events["[memory]"].cpu_memory_usage == -4000
    assert (events["frees"].cpu_memory_usage, events["frees"].self_cpu_memory_usage) == (0, -4000)
    assert "CPU Mem" in prof.table()
    assert "3.91 KB" in prof.table()


def test_memory_of_a_backward_pass() -> None:
    x = leaf(1000)
    with profile(profile_memory=True) as prof:
        (x.exp() * 2.0).sum().backward()
    events = {e.name: e for e in prof.function_events}
    assert events["ExpBackward0"].cpu_memory_usage == 4000
    assert events["SumBackward0"].cpu_memory_usage in (0, 4000)  # a broadcast view, or a whole array


def test_flops() -> None:
    a, b = torch.ones(2, 3), torch.ones(3, 5)
    with profile(with_flops=True) as prof:
        a @ b
        a * a
        torch.sin(a)
    flops = {e.name: e.flops for e in prof.function_events}
    assert (flops["aten::mm"], flops["aten::mul"], flops["aten::sin"]) == (2 * 2 * 3 * 5, 6, 0)
    assert "Total FLOPs" in prof.key_averages().table()
    odd = Event("aten::mm", 0)
    odd.shapes = [[], []]
    assert flops_of(odd) == 0


def test_errors_inside_operations() -> None:
    x = torch.ones(2)
    with profile() as prof:
        with pytest.raises(RuntimeError):
            x + torch.ones(3)
        with pytest.raises(TypeError):
            x + "text"  # pyright: ignore
        x + 1
    assert names(prof)[-1] == "aten::add"
    assert all(e.cpu_parent is None for e in prof.function_events if e.name == "aten::add")


def test_errors_leave_nothing_behind() -> None:
    x = leaf(2)

    def fail(grad: Any) -> None:
        raise KeyError("in a hook")

    x.register_hook(fail)
    with pytest.raises(KeyError), profile() as prof, record_function("part"):
        (x * 2).sum().backward()
    assert names(prof)[0] == "part"
    x._node.hooks.tensor.clear()  # pyright: ignore
    with profile() as prof:
        (x * 2).sum().backward()
    assert names(prof)[0] == "aten::mul"


# --- the profile itself


def test_profiles_nest_and_are_not_reentrant() -> None:
    with profile() as outer:
        torch.ones(1).exp()
        with profile() as inner:
            torch.ones(1).sin()
        torch.ones(1).cos()
    assert "aten::sin" in names(inner)
    assert "aten::exp" not in names(inner)
    assert {"aten::exp", "aten::sin", "aten::cos"} <= set(names(outer))
    with pytest.raises(RuntimeError, match="Profiler context manager is not reentrant"), outer:
        pass


def test_modes_inside_are_kept() -> None:
    with profile() as prof:
        with torch.no_grad():
            leaf(2).exp()
        torch.set_grad_enabled(False)
        leaf(2).sin()
    torch.set_grad_enabled(True)
    assert [n for n in names(prof) if n in ("aten::exp", "aten::sin")] == ["aten::exp", "aten::sin"]
    assert all(e.sequence_nr == -1 for e in prof.function_events)


def test_anomaly_mode_and_profile_together() -> None:
    x = torch.tensor([0.0], requires_grad=True)
    with warnings.catch_warnings(), torch.autograd.set_detect_anomaly(True), profile() as prof:
        warnings.simplefilter("ignore")
        with pytest.raises(RuntimeError, match="SqrtBackward0 made the NaN"):
            (torch.sqrt(x) * 0).backward()
    assert "SqrtBackward0" in names(prof)


def test_disabled_unfinished_and_empty() -> None:
    with profile(enabled=False) as prof:
        torch.ones(1)
    assert prof is None
    unfinished = profile()
    assert repr(unfinished) == str(unfinished) == "<unfinished torch.autograd.profile>"
    with pytest.raises(RuntimeError, match="Profiler didn't finish running"):
        unfinished.key_averages()
    with profile() as prof:
        pass
    assert prof.table() == ""
    assert len(prof.key_averages()) == 0
    assert prof.total_average().key == "Total"


def test_bad_arguments() -> None:
    with profile() as prof:
        torch.ones(1)
    with pytest.raises(AttributeError, match="nonsense"):
        prof.table(sort_by="nonsense")
    with pytest.raises(ValueError, match="time_unit must be one of"):
        prof.table(time_unit="years")
    with pytest.raises(AssertionError, match=r"requires with_stack=True"):
        prof.export_stacks("unused")
    with pytest.raises(AssertionError, match="leave use_cpu=True"):
        profile(use_cpu=False)
    with pytest.warns(UserWarning, match="CUDA is not available, disabling CUDA profiling"):
        profile(use_device="cuda")
    with pytest.raises(RuntimeError, match="Expected a value of type 'str' for argument 'name'"):
        record_function(3).__enter__()  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("name", ["emit_nvtx", "emit_itt"])
def test_what_serves_other_tools_says_what_to_use(name: str) -> None:
    with pytest.raises(RuntimeError, match=rf"{name} cannot be made: it .*Use profile\(\)"):
        getattr(profiler, name)()
    with pytest.raises(AttributeError, match="Closest names: 'profile'"):
        profiler.profil  # noqa: B018 # pyright: ignore


def test_record_function_decorates_and_costs_nothing_outside() -> None:
    @record_function("my function")
    def double(x: Any) -> Any:
        """Twice."""
        return x * 2

    double(torch.ones(1))
    with profile() as prof:
        double(torch.ones(1))
        with record_function("empty", "args"):
            pass
    assert double.__doc__ == "Twice."
    assert [n for n in names(prof) if "aten" not in n] == ["my function", "empty"]


def test_loaded_only_when_asked_for() -> None:
    import subprocess

    code = "import gradiente, sys; print([m for m in sys.modules if 'profiler' in m]); gradiente.profiler.profile"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_profile_keeps_no_tensor() -> None:
    gc.collect()
    gc.disable()
    try:
        with profile(record_shapes=True, profile_memory=True, with_stack=True):
            x = leaf(5)
            y = (x * 2).sum()
            y.backward()
            watched = [weakref.ref(t) for t in (x, y)]
            del x, y
            assert all(ref() is None for ref in watched)
    finally:
        gc.enable()


# --- threads


def test_only_this_thread_and_copies_of_its_context() -> None:
    def work() -> None:
        torch.ones(2).exp()

    with profile() as prof:
        threads = [threading.Thread(target=work)]
        threads += [threading.Thread(target=contextvars.copy_context().run, args=(work,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        torch.ones(2).sin()
    got = [(e.name, e.thread, e.cpu_parent) for e in prof.function_events if e.name in ("aten::exp", "aten::sin")]
    assert sorted(name for name, _, _ in got) == ["aten::exp", "aten::exp", "aten::sin"]
    assert len({thread for _, thread, _ in got}) >= 2
    assert all(parent is None for _, _, parent in got)


def test_tasks_are_no_parts_of_each_other() -> None:
    async def task(i: int) -> None:
        with record_function(f"task {i}"):
            torch.ones(2).exp()
            await asyncio.sleep(0)
            torch.ones(2).sin()

    async def main() -> None:
        await asyncio.gather(*[task(i) for i in range(3)])

    with profile() as prof, record_function("all"):
        asyncio.run(main())
    got = parents(prof)
    assert [(name, parent) for name, parent in got if name.startswith("task")] == [
        (f"task {i}", "all") for i in range(3)
    ]
    assert all((f"aten::{name}", f"task {i}") in got for name in ("exp", "sin") for i in range(3))


def test_parts_may_overlap() -> None:
    first, second = record_function("first"), record_function("second")
    with profile() as prof:
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        torch.ones(2)
        second.__exit__(None, None, None)
        torch.zeros(2)
    assert parents(prof) == [("first", None), ("second", "first"), ("aten::ones", "second"), ("aten::zeros", None)]
    assert all(0 <= e.self_cpu_time_total <= e.cpu_time_total for e in prof.function_events)


def test_deeply_nested_passes_are_parts_of_their_caller() -> None:
    @torch.enable_grad()
    def nest(depth: int) -> None:
        x = leaf(1)
        x.register_hook(lambda g: nest(depth - 1) if depth else None)
        (x * 2).backward()

    with profile() as prof, record_function("all"):
        nest(150)
    assert len({e.thread for e in prof.function_events}) >= 3
    assert [e.name for e in prof.function_events if e.cpu_parent is None] == ["all"]
    assert prof.self_cpu_time_total == pytest.approx(prof.function_events[0].cpu_time_total)


def test_profiles_in_several_threads() -> None:
    found: list[int] = []

    def work(i: int) -> None:
        with profile() as prof:
            for _ in range(20):
                torch.ones(2).exp()
        found.append(names(prof).count("aten::exp"))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [20] * 4
