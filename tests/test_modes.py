"""Grad modes: context managers, decorators, functions, threads, tasks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import gradiente as torch


def leaf() -> torch.Tensor:
    return torch.ones(2, requires_grad=True)


@pytest.mark.parametrize("make", [torch.no_grad, torch.inference_mode, lambda: torch.set_grad_enabled(False)])
def test_recording_is_off_inside_and_on_again_outside(make: Any) -> None:
    x = leaf()
    with make():
        assert not torch.is_grad_enabled()
        assert not (x * 2).requires_grad
    assert torch.is_grad_enabled()
    assert (x * 2).requires_grad


@pytest.mark.parametrize("make", [torch.no_grad, torch.inference_mode, lambda: torch.set_grad_enabled(False)])
def test_exceptions_restore_the_mode(make: Any) -> None:
    with pytest.raises(KeyError), make():
        raise KeyError
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def test_one_object_nested_in_itself() -> None:
    off = torch.no_grad()
    with off:
        with off:
            assert not torch.is_grad_enabled()
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_enable_grad_inside_no_grad() -> None:
    x = leaf()
    with torch.no_grad(), torch.enable_grad():
        assert (x * 2).requires_grad


def test_what_was_changed_inside_stays_changed() -> None:
    try:
        with torch.no_grad():
            torch.autograd.set_detect_anomaly(True)
        assert torch.is_grad_enabled()
        assert torch.is_anomaly_enabled()
    finally:
        torch.autograd.set_detect_anomaly(False)


def test_set_grad_enabled_works_at_once_and_as_decorator() -> None:
    switch = torch.set_grad_enabled(False)
    try:
        assert not torch.is_grad_enabled()
        assert repr(switch) == "torch.autograd.grad_mode.set_grad_enabled(mode=False)"
        decorated = switch(lambda: torch.is_grad_enabled())
        assert torch.is_grad_enabled()
        assert decorated() is False
        assert torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)


@pytest.mark.parametrize("value", ["a", 1, None])
def test_set_grad_enabled_wants_a_bool(value: Any) -> None:
    with pytest.raises(TypeError, match=r"set_grad_enabled\(\): argument 'enabled' \(position 1\) must be bool, not"):
        torch.set_grad_enabled(value)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("decorator", [torch.no_grad, torch.no_grad(), torch.inference_mode, torch.inference_mode()])
def test_functions_are_decorated_with_and_without_parentheses(decorator: Any) -> None:
    @decorator
    def named(x: torch.Tensor) -> bool:
        """Words."""
        return (x * 2).requires_grad

    assert named(leaf()) is False
    assert (named.__name__, named.__doc__) == ("named", "Words.")


def test_methods_are_decorated() -> None:
    class Model:
        @torch.no_grad()
        def run(self, x: torch.Tensor) -> torch.Tensor:
            return x * 2

    assert not Model().run(leaf()).requires_grad


def test_a_generator_has_the_mode_and_its_caller_has_not() -> None:
    @torch.no_grad()
    def generator() -> Iterator[Any]:
        got = yield torch.is_grad_enabled()
        try:
            yield got, torch.is_grad_enabled()
        except ValueError:
            yield "caught", torch.is_grad_enabled()
        return 5

    steps = generator()
    assert next(steps) is False
    assert torch.is_grad_enabled()
    assert steps.send(3) == (3, False)
    assert torch.is_grad_enabled()
    assert steps.throw(ValueError()) == ("caught", False)
    with pytest.raises(StopIteration) as stop:
        next(steps)
    assert stop.value.value == 5


def test_closing_a_generator_runs_its_cleanup_in_the_mode() -> None:
    seen = []

    @torch.no_grad()
    def generator() -> Iterator[int]:
        try:
            yield 1
        finally:
            seen.append(torch.is_grad_enabled())

    steps = generator()
    next(steps)
    steps.close()
    assert seen == [False]


def test_a_decorator_does_not_reach_into_coroutines_but_a_block_does_and_tasks_do_not_share_it() -> None:
    """As in PyTorch, a decorated `async` function only makes its coroutine inside the mode."""

    @torch.no_grad()
    async def decorated() -> list[bool]:
        before = torch.is_grad_enabled()
        await asyncio.sleep(0)
        return [before, torch.is_grad_enabled()]

    async def off() -> list[bool]:
        with torch.no_grad():
            before = torch.is_grad_enabled()
            await asyncio.sleep(0)
            return [before, torch.is_grad_enabled()]

    async def both() -> Any:
        return await asyncio.gather(off(), decorated(), off(), decorated())

    assert asyncio.run(both()) == [[False] * 2, [True] * 2] * 2


def test_asynchronous_generators() -> None:
    @torch.no_grad()
    async def decorated() -> AsyncIterator[bool]:
        yield torch.is_grad_enabled()

    async def generator() -> AsyncIterator[bool]:
        with torch.no_grad():
            yield torch.is_grad_enabled()

    async def collect(make: Any) -> list[bool]:
        return [inside async for inside in make()]

    assert asyncio.run(collect(decorated)) == [True]
    assert asyncio.run(collect(generator)) == [False]


def test_decorating_a_class_is_deprecated_and_covers_its_construction() -> None:
    class Thing:
        def __init__(self) -> None:
            self.made = torch.is_grad_enabled()

        def later(self) -> bool:
            return torch.is_grad_enabled()

    with pytest.warns(FutureWarning, match="Decorating classes is deprecated and will be disabled in future versions"):
        decorated: Any = torch.no_grad(Thing)
    thing = decorated()
    assert (thing.made, thing.later()) == (False, True)


def test_threads_do_not_share_the_mode_nor_one_object() -> None:
    off = torch.no_grad()
    inside, leave = threading.Event(), threading.Event()
    seen: list[bool] = []

    def other() -> None:
        seen.append(torch.is_grad_enabled())
        with off:
            inside.set()
            leave.wait(5)
            seen.append(torch.is_grad_enabled())
        seen.append(torch.is_grad_enabled())

    thread = threading.Thread(target=other)
    with off:
        thread.start()
        inside.wait(5)
    assert torch.is_grad_enabled()  # left first, though it was entered first
    leave.set()
    thread.join()
    assert seen == [True, False, True]


def test_inference_mode_switched_off_inside() -> None:
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled()
        with torch.inference_mode(False):
            assert not torch.is_inference_mode_enabled()
            assert torch.is_grad_enabled()
            assert (leaf() * 2).requires_grad
        assert torch.is_inference_mode_enabled()


def test_enable_grad_does_not_record_in_inference_mode() -> None:
    x = leaf()
    with torch.inference_mode(), torch.enable_grad():
        assert torch.is_grad_enabled()
        y = x * 2
    assert not y.requires_grad
    assert y.is_inference()


def test_what_inference_tensors_refuse() -> None:
    x = leaf()
    with torch.inference_mode():
        y = x * 2
    with pytest.raises(RuntimeError, match="Setting requires_grad=True on inference tensor outside InferenceMode"):
        y.requires_grad_()
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside InferenceMode is not allowed"):
        y.add_(1)
    assert (x + y).requires_grad  # an addition saves nothing
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
        x * y
    assert not y.clone().is_inference()
    assert (x * y.clone()).requires_grad


def test_clone_of_a_mode_is_fresh() -> None:
    assert isinstance(torch.no_grad().clone(), torch.no_grad)
    assert torch.inference_mode(False).clone().mode is False


def test_the_multithreading_switch() -> None:
    switch = torch.autograd.set_multithreading_enabled
    with switch(False):
        assert not torch.autograd.is_multithreading_enabled()
        x = torch.ones(2, requires_grad=True)
        (x * x).sum().backward()
    assert torch.autograd.is_multithreading_enabled()

    @switch(False)
    def inside() -> bool:
        return torch.autograd.is_multithreading_enabled()

    assert not inside()
    switch(True)
    with pytest.raises(TypeError, match="must be bool, not int"):
        switch(1)  # type: ignore[arg-type]


def test_views_of_inference_tensors_are_no_views_for_autograd() -> None:
    with torch.inference_mode():
        x = torch.ones(3)
        v = x[1:]
        v.add_(1)
        assert not v._is_view()
    assert x.tolist() == [1, 2, 2]
    assert torch.is_inference(v)
    assert torch.is_inference(x[0])
    assert x[0]._base is None
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside InferenceMode"):
        x[0].add_(1)
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside InferenceMode"):
        x.resize_(2)


def test_indices_made_in_inference_mode_are_not_saved() -> None:
    x = torch.ones(3, requires_grad=True)
    with torch.inference_mode():
        i, m = torch.tensor([0, 1]), torch.tensor([True, False, True])
        w = torch.ones(2).requires_grad_()
    for call in (lambda: x[i], lambda: x[m], lambda: x.index_select(0, i), lambda: x.gather(0, i)):
        with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
            call()
    assert x.detach()[i].tolist() == [1, 1]
    assert w.requires_grad
    assert (w * 2).requires_grad


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_empty_tensors_have_no_parts(mode: Any) -> None:
    x = torch.zeros(0, 2, requires_grad=True)
    with mode():
        assert (list(x), x.unbind(), x.split([]), x[:, 0].tolist()) == ([], (), (), [])
