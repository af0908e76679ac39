"""Threads on one graph, and passes within passes. The interpreter switches threads as often as it can meanwhile."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.autograd import reentrant
from gradiente.autograd.tasks import current_task, running
from gradiente.graph import PLAIN, Version, counter, current, version_of
from gradiente.utils.checkpoint import checkpoint

WORKERS = 6


@pytest.fixture(autouse=True)
def restless() -> Iterator[None]:
    """Threads lose their turn after a microsecond, in whatever they are doing; nothing stays behind."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
    assert current() is PLAIN
    assert current_task() is None
    assert not running
    assert not [t for t in threading.enumerate() if t.name == "gradiente-backward"]


def together(work: Callable[[int], Any], workers: int = WORKERS) -> list[Any]:
    """What `work(i)` returns in each of several threads that start at the same moment; raises what one raises."""
    barrier, results, errors = threading.Barrier(workers), [None] * workers, []

    def run(i: int) -> None:
        barrier.wait()
        try:
            results[i] = work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


# --- passes within passes


class Nested(torch.autograd.Function):
    """Its backward runs a backward pass over another call of it, and so on; `last` is called at the innermost."""

    @staticmethod
    def forward(ctx: Any, x: Any, depth: int, last: Callable[[], None]) -> Any:
        ctx.depth, ctx.last = depth, last
        return x * 2

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        if not ctx.depth:
            ctx.last()
            return grad * 2, None, None
        y = torch.ones(1, requires_grad=True)
        with torch.enable_grad():
            z = Nested.apply(y, ctx.depth - 1, ctx.last)
        z.backward()
        assert y.grad is not None
        return grad * 2, None, None


def nest_functions(depth: int, last: Callable[[], None] = lambda: None) -> Any:
    x = torch.ones(1, requires_grad=True)
    Nested.apply(x, depth, last).backward()
    return x.grad


@torch.enable_grad()  # hooks run without recording
def nest_hooks(depth: int, last: Callable[[], None] = lambda: None) -> Any:
    x = torch.ones(1, requires_grad=True)

    def hook(grad: Any) -> Any:
        return nest_hooks(depth - 1, last) if depth else last()

    x.register_hook(hook)
    (x * 2).backward()
    return x.grad


@torch.enable_grad()
def nest_checkpoints(depth: int, last: Callable[[], None] = lambda: None) -> Any:
    x = torch.ones(1, requires_grad=True)

    def part(y: Any) -> Any:
        if torch.is_grad_enabled():  # at the second time, inside the backward pass
            y.register_hook(lambda grad: nest_checkpoints(depth - 1, last) * 0 + grad if depth else last())
        return y * 2

    checkpoint(part, x, use_reentrant=True).backward()
    return x.grad


NESTS = [nest_functions, nest_hooks, nest_checkpoints]


@pytest.mark.parametrize(("nest", "depth"), [(nest_functions, 20_000), (nest_hooks, 3_000), (nest_checkpoints, 1_000)])
def test_nested_at_any_depth(nest: Any, depth: int) -> None:
    assert nest(depth).tolist() == [2.0]


def test_nested_within_a_deep_program() -> None:
    def descend(frames: int) -> Any:
        return descend(frames - 1) if frames else nest_functions(200)

    assert descend(sys.getrecursionlimit() // 2).tolist() == [2.0]


def test_usual_pass_stays_in_its_thread() -> None:
    seen = []
    x = torch.ones(1, requires_grad=True)
    x.register_hook(lambda g: seen.append(threading.get_ident()))
    (x * 2).backward()
    nest_hooks(3, lambda: seen.append(threading.get_ident()))
    assert set(seen) == {threading.get_ident()}
    nest_hooks(300, lambda: seen.append(threading.get_ident()))
    assert len(set(seen)) == 2


@pytest.mark.parametrize("nest", NESTS)
@pytest.mark.parametrize(
    "error", [KeyError("deep"), KeyboardInterrupt(), SystemExit(3), type("Own", (Exception,), {})()]
)
def test_errors_come_out_as_they_are(nest: Any, error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        nest(150, fail)
    assert caught.value is error
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "fail"
    assert names.count("differentiate") >= 150
    assert nest(150).tolist() == [2.0]  # the engine goes on


def test_nested_passes_keep_modes_and_context() -> None:
    mine: ContextVar[str] = ContextVar("mine", default="")
    seen = []

    def last() -> None:
        seen.append((torch.is_grad_enabled(), torch.is_anomaly_enabled(), np.geterr()["divide"], mine.get()))
        mine.set("changed inside")

    mine.set("outside")
    with torch.autograd.set_detect_anomaly(True), np.errstate(divide="raise"):
        nest_functions(200, last)
    assert seen == [(False, True, "raise", "outside")]
    assert mine.get() == "changed inside"


def test_nested_gradients_reach_shared_leaves() -> None:
    shared = torch.zeros(1, requires_grad=True)

    @torch.enable_grad()
    def nest(depth: int) -> None:
        x = torch.ones(1, requires_grad=True)
        if depth:
            x.register_hook(lambda grad: nest(depth - 1))
        (x + shared).backward()

    nest(500)
    assert shared.grad is not None
    assert shared.grad.tolist() == [501.0]


def test_without_threads_the_stack_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_start(self: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_start)
    monkeypatch.setattr(reentrant, "_FRAMES", 30)
    assert nest_hooks(20).tolist() == [2.0]


def test_interruption_reaches_the_innermost_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waiting thread is interrupted: the pass that runs ends at the next change of threads."""
    depths: list[int] = []
    join, main = threading.Thread.join, threading.main_thread()
    begun = threading.Event()

    def interrupted(self: threading.Thread, timeout: float | None = None) -> None:
        if self.name == "gradiente-backward" and threading.current_thread() is main and not begun.is_set():
            begun.set()
            raise KeyboardInterrupt("by the user")
        join(self, timeout)

    @torch.enable_grad()
    def nest(depth: int) -> None:
        depths.append(depth)
        if threading.current_thread() is not main:
            begun.wait(30)
        x = torch.ones(1, requires_grad=True)
        x.register_hook(lambda grad: nest(depth - 1) if depth else None)
        (x * 2).backward()

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt, match="by the user"):
        nest(2000)
    assert min(depths) > 1500
    monkeypatch.undo()
    nest(3)


# --- several threads


def test_threads_share_a_graph() -> None:
    x = torch.ones(50, requires_grad=True)
    middle = x * 3
    middle.retain_grad()
    y = (middle.sin() * 0 + middle * 2).sum()
    hooks: list[int] = []
    middle.register_hook(lambda grad: hooks.append(1))
    together(lambda i: [y.backward(retain_graph=True) for _ in range(30)])
    assert x.grad is not None
    assert x.grad.tolist() == [6.0 * 30 * WORKERS] * 50
    assert middle.grad is not None
    assert middle.grad.tolist() == [2.0 * 30 * WORKERS] * 50
    assert len(hooks) == 30 * WORKERS


def test_threads_accumulate_recorded_gradients() -> None:
    x = torch.ones(3, requires_grad=True)

    def work(i: int) -> None:
        for _ in range(10):
            torch.autograd.backward((x * x).sum(), create_graph=True)

    with pytest.warns(UserWarning, match="create_graph=True"):
        together(work)
    assert x.grad is not None
    assert x.grad.tolist() == [2.0 * 10 * WORKERS] * 3
    (second,) = torch.autograd.grad(x.grad.sum(), x)
    assert second.tolist() == [2.0 * 10 * WORKERS] * 3
    x.grad = None


def test_threads_register_hooks_at_once() -> None:
    for _ in range(20):
        y = torch.ones(2, requires_grad=True) * 2
        calls: list[int] = []
        handles = together(lambda i, y=y, calls=calls: y.register_hook(lambda grad: calls.append(i)))
        y.sum().backward(retain_graph=True)
        assert sorted(calls) == list(range(WORKERS))
        together(lambda i, handles=handles: handles[i].remove())
        y.sum().backward()
        assert len(calls) == WORKERS


def test_hooks_come_and_go_during_passes() -> None:
    x = torch.ones(2, requires_grad=True)
    y = (x * 2).sum()

    def work(i: int) -> None:
        for _ in range(40):
            if i % 2:
                with x.register_hook(lambda grad: grad * 1):
                    pass
            else:
                y.backward(retain_graph=True)

    together(work)
    assert x.grad is not None
    assert x.grad.tolist() == [2.0 * 40 * WORKERS / 2] * 2


def test_first_views_share_one_history() -> None:
    for _ in range(30):
        x = torch.zeros(4, 4)
        rows = together(lambda i, x=x: x[i % 4])
        assert all(row._history is x._history for row in rows)


def test_no_view_is_forgotten() -> None:
    leaf = torch.ones(2, requires_grad=True)
    base = leaf * 1
    kept = together(lambda i: [base.view(2) for j in range(100) if base.view(1, 2) is not None][::10])
    base.mul_(3)
    for view in (v for views in kept for v in views):
        (grad,) = torch.autograd.grad(view.sum(), leaf, retain_graph=True)
        assert grad.tolist() == [3.0, 3.0]


def test_versions_count_every_change() -> None:
    x = torch.zeros(3)
    together(lambda i: [x.add_(1) for _ in range(300)])
    assert x._version == 300 * WORKERS
    history = version_of(x)
    assert history.stamps == sorted(history.stamps)
    assert history.stamp == history.stamps[-1]


def test_version_is_made_once() -> None:
    class Holder:
        _history: Version | None = None

    for _ in range(50):
        holder = Holder()
        assert len({id(v) for v in together(lambda i, holder=holder: version_of(holder))}) == 1


def test_graph_freed_by_another_thread_is_an_error_of_autograd() -> None:
    said = set()
    for _ in range(30):
        x = torch.ones(3, 2, requires_grad=True)
        y = (torch.exp(x * x) @ torch.ones(2, 3)).cumsum(0).sum()

        def work(i: int, y: Any = y) -> None:
            try:
                y.backward()
            except RuntimeError as error:
                said.add(str(error).partition(" (or directly")[0])

        together(work, 3)
    assert said <= {"Trying to backward through the graph a second time"}


def test_one_mode_object_in_several_threads() -> None:
    mode = torch.no_grad()

    def work(i: int) -> None:
        for _ in range(50):
            with mode:
                assert not torch.is_grad_enabled()
                with mode:
                    assert not torch.is_grad_enabled()
            assert torch.is_grad_enabled()

    together(work)
    assert not mode._entries


def test_one_anomaly_object_in_several_threads() -> None:
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
        mode = torch.autograd.detect_anomaly()

    def work(i: int) -> None:
        with torch.autograd.set_detect_anomaly(i % 2 == 0):
            for _ in range(20):
                with mode:
                    assert torch.is_anomaly_enabled()
                assert torch.is_anomaly_enabled() == (i % 2 == 0)

    together(work)


def test_multi_grad_hook_is_called_once_per_pass() -> None:
    a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    y = (a * 2 + b * 3).sum()
    calls: list[Any] = []
    torch.autograd.graph.register_multi_grad_hook((a, b), lambda grads: calls.append([g.item() for g in grads]))
    together(lambda i: [y.backward(retain_graph=True) for _ in range(10)])
    assert calls == [[2.0, 3.0]] * (10 * WORKERS)


def test_threads_that_fail_leave_the_others_alone() -> None:
    x = torch.ones(2, requires_grad=True)

    def work(i: int) -> str:
        y = x * 2
        if i % 2:
            y.register_hook(lambda grad: grad / {}["nothing"])
        try:
            y.sum().backward()
        except KeyError:
            return "failed"
        return "done"

    assert together(work) == ["done", "failed"] * (WORKERS // 2)
    assert x.grad is not None
    assert x.grad.tolist() == [2.0 * WORKERS / 2] * 2


def test_nested_passes_in_several_threads() -> None:
    assert [grad.tolist() for grad in together(lambda i: nest_functions(150), 3)] == [[2.0]] * 3


def test_each_number_is_drawn_once() -> None:
    for locked in (False, True):
        draw = counter(5, 2, locked)
        drawn = [n for part in together(lambda i, draw=draw: [draw() for _ in range(300)]) for n in part]
        assert sorted(drawn) == list(range(5, 5 + 2 * 300 * WORKERS, 2))


def test_forgotten_leaf_is_made_again_once() -> None:
    for _ in range(20):
        node = (torch.ones(1, requires_grad=True) * 1).grad_fn
        assert node is not None
        accumulate = node.next_functions[0][0]
        leaves = together(lambda i, accumulate=accumulate: accumulate.variable)  # pyright: ignore
        assert all(leaf is leaves[0] for leaf in leaves)


def test_handles_of_saved_values_are_made_once() -> None:
    for _ in range(20):
        node = torch.ones(1, requires_grad=True).exp().grad_fn
        handles = together(lambda i, node=node: node._raw_saved_result)  # pyright: ignore
        assert all(handle is handles[0] for handle in handles)
