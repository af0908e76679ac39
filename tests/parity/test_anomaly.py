"""Anomaly mode: the same errors, and warnings that show the same lines of the program, as torch's."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import gradiente

torch = pytest.importorskip("torch")


def told(text: str) -> list[str]:
    """A warning without torch's own additions: the message, and the lines of this file that it shows."""
    text = re.sub(r" \(Triggered internally at .*\)$", "", text, flags=re.S)
    head = text.partition("\n  File ")[0].strip()
    return [head, *re.findall(r'test_anomaly\.py", line (?:\d+), in (\w+)\n', text)[-6:]]


def outcome(scenario: Callable[[Any], Any], library: Any) -> tuple[str, Any, list[list[str]]]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", UserWarning)
        try:
            kind, text = "value", repr(scenario(library))
        except Exception as error:
            kind, text = type(error).__name__, str(error).split("\n")[0]
    return kind, text, [told(str(w.message)) for w in seen if w.category is UserWarning]


def zero_root(t: Any, x: Any) -> Any:
    return t.sqrt(x) * 0


def leaf(t: Any) -> Any:
    return t.tensor([0.0, 1.0], requires_grad=True)


def nan_in_backward(t: Any) -> None:
    with t.autograd.detect_anomaly():
        zero_root(t, leaf(t)).sum().backward()


def nan_without_check(t: Any) -> Any:
    x = leaf(t)
    with t.autograd.detect_anomaly(check_nan=False):
        zero_root(t, x).sum().backward()
    return x.grad


def forward_outside(t: Any) -> None:
    y = zero_root(t, leaf(t)).sum()
    with t.autograd.detect_anomaly():
        y.backward()


def backward_outside(t: Any) -> Any:
    x = leaf(t)
    with t.autograd.detect_anomaly():
        y = zero_root(t, x).sum()
    y.backward()
    return x.grad


def double_backward(t: Any) -> None:
    x = leaf(t)
    with t.autograd.detect_anomaly():
        y = (x**1.5).sum()
        (g,) = t.autograd.grad(y, x, create_graph=True)
        t.autograd.grad(g.sum() * 0, x)


def infinity_is_allowed(t: Any) -> Any:
    x = leaf(t)
    with t.autograd.detect_anomaly():
        t.sqrt(x).sum().backward()
    return x.grad


def function(t: Any, backward: Any) -> Any:
    members = {"forward": staticmethod(lambda ctx, x, y: x * 2), "backward": staticmethod(backward)}
    return type(t.autograd.Function)("Mine", (t.autograd.Function,), members)


def error_in_function(t: Any) -> None:
    def backward(ctx: Any, g: Any) -> Any:
        raise ValueError("mine")

    with t.autograd.detect_anomaly():
        function(t, backward).apply(leaf(t), leaf(t)).sum().backward()


def nan_in_second_gradient(t: Any) -> None:
    with t.autograd.detect_anomaly():
        function(t, lambda ctx, g: (None, g * float("nan"))).apply(leaf(t), leaf(t)).sum().backward()


def nested_backward(t: Any) -> None:
    def backward(ctx: Any, g: Any) -> Any:
        with t.enable_grad():
            zero_root(t, leaf(t)).sum().backward()
        return g, None

    with t.autograd.detect_anomaly():
        function(t, backward).apply(leaf(t), leaf(t)).sum().backward()


def nan_from_a_hook(t: Any) -> None:
    x = leaf(t)
    with t.autograd.detect_anomaly():
        y = x.clone()
        y.register_hook(lambda g: g * float("nan"))
        y.sum().backward()


def nan_from_a_leaf(t: Any) -> None:
    x = t.tensor([float("nan")], requires_grad=True)
    with t.autograd.detect_anomaly():
        (x * x).sum().backward()


def stale_value(t: Any) -> None:
    x = leaf(t)
    with t.autograd.detect_anomaly():
        y = x.exp()
        z = y * y
        y.add_(1)
        z.sum().backward()


def states(t: Any) -> Any:
    found = [(t.is_anomaly_enabled(), t.is_anomaly_check_nan_enabled())]
    with t.autograd.set_detect_anomaly(True, check_nan=False):
        found.append((t.is_anomaly_enabled(), t.is_anomaly_check_nan_enabled()))
        with t.autograd.detect_anomaly():
            found.append((t.is_anomaly_enabled(), t.is_anomaly_check_nan_enabled()))
        found.append((t.is_anomaly_enabled(), t.is_anomaly_check_nan_enabled()))
    t.autograd.set_detect_anomaly(True)
    found.append((t.is_anomaly_enabled(), t.is_anomaly_check_nan_enabled()))
    t.autograd.set_detect_anomaly(False)
    return [*found, (t.is_anomaly_enabled(), t.is_anomaly_check_nan_enabled())]


def restored_after_an_error(t: Any) -> Any:
    try:
        nan_in_backward(t)
    except RuntimeError:
        x = leaf(t)
        (x * 3).sum().backward()
        return t.is_anomaly_enabled(), x.grad


SCENARIOS = [
    nan_in_backward,
    nan_without_check,
    forward_outside,
    backward_outside,
    double_backward,
    infinity_is_allowed,
    error_in_function,
    nan_in_second_gradient,
    nested_backward,
    nan_from_a_hook,
    nan_from_a_leaf,
    states,
    restored_after_an_error,
    lambda t: t.autograd.set_detect_anomaly("yes"),
    lambda t: t.autograd.set_detect_anomaly(True, check_nan=1),
    lambda t: t.autograd.detect_anomaly(check_nan=0).__enter__(),
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_same_outcome(scenario: Callable[[Any], Any]) -> None:
    assert outcome(scenario, gradiente) == outcome(scenario, torch)


def test_stale_value_shows_the_line() -> None:
    """torch shows the line of the node that failed, in a warning; the error goes on to say more in ours."""
    ours, theirs = outcome(stale_value, gradiente), outcome(stale_value, torch)
    assert ours[0] == theirs[0]
    assert ours[1].startswith(theirs[1].partition(" [torch")[0])
    assert ours[2] == theirs[2]
