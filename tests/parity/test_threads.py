"""Threads and passes within passes, with torch and with gradiente."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import gradiente

torch = pytest.importorskip("torch")


def outcome(scenario: Callable[[Any], Any], library: Any) -> tuple[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "value", repr(scenario(library))
        except Exception as error:
            return type(error).__name__, str(error).partition(" (The node is")[0]


def in_thread(work: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def nested(t: Any, depth: int, last: Callable[[], None]) -> Any:
    class Nested(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, depth: int) -> Any:
            ctx.depth = depth
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            if not ctx.depth:
                last()
                return grad * 2, None
            y = t.ones(1, requires_grad=True)
            with t.enable_grad():
                z = Nested.apply(y, ctx.depth - 1)
            z.backward()
            return grad * 2 + y.grad, None

    x = t.ones(1, requires_grad=True)
    Nested.apply(x, depth).backward()
    return x.grad


def raising(error: Exception) -> Callable[[], None]:
    def last() -> None:
        raise error

    return last


def modes_of_a_new_thread(t: Any) -> Any:
    with t.no_grad(), t.autograd.set_detect_anomaly(True, check_nan=False), t.inference_mode():
        return in_thread(lambda: (t.is_grad_enabled(), t.is_inference_mode_enabled()))


def gradients_of_threads_add_up(t: Any) -> Any:
    x = t.ones(2, requires_grad=True)
    y = (x * 3).sum()
    for _ in range(3):
        in_thread(lambda: y.backward(retain_graph=True))
    return x.grad


def second_pass_in_another_thread(t: Any) -> Any:
    y = t.ones(2, requires_grad=True).exp().sum()
    y.backward()

    def again() -> Any:
        try:
            y.backward()
        except RuntimeError as error:
            return str(error).partition(" (The node is")[0]

    return in_thread(again)


def error_in_a_hook_then_again(t: Any) -> Any:
    x = t.ones(2, requires_grad=True)
    y = (x * 2).sum()
    handle = x.register_hook(lambda grad: {}["nothing"])
    first = ""
    try:
        y.backward(retain_graph=True)
    except KeyError as error:
        first = repr(error)
    handle.remove()
    y.backward()
    return first, x.grad, t.is_grad_enabled()


def hook_runs_a_pass_on_the_same_graph(t: Any) -> Any:
    x = t.ones(2, requires_grad=True)
    y = (x * x).sum()
    z = y * 2
    calls: list[int] = []

    def hook(grad: Any) -> Any:
        if len(calls) < 3:
            calls.append(1)
            y.backward(retain_graph=True)
        return grad * 10

    y.register_hook(hook)
    z.backward(retain_graph=True)
    return x.grad, len(calls)


def nested_pass_sees_modes(t: Any) -> Any:
    seen: list[Any] = []
    nested(t, 150, lambda: seen.append((t.is_grad_enabled(), t.is_inference_mode_enabled())))
    return seen


SCENARIOS = [
    modes_of_a_new_thread,
    gradients_of_threads_add_up,
    second_pass_in_another_thread,
    error_in_a_hook_then_again,
    hook_runs_a_pass_on_the_same_graph,
    nested_pass_sees_modes,
    lambda t: nested(t, 3, lambda: None),
    lambda t: nested(t, 700, lambda: None),
    lambda t: nested(t, 3, raising(KeyError("deep"))),
    lambda t: nested(t, 150, raising(ValueError("deeper"))),
    lambda t: nested(t, 150, raising(type("Own", (Exception,), {})("of the user"))),
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_same_outcome(scenario: Callable[[Any], Any]) -> None:
    assert outcome(scenario, gradiente) == outcome(scenario, torch)
