"""Anomaly detection says where a NaN or an infinity came from: operation, operands, line; in all passes."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.graph import PLAIN, current
from gradiente.rules import table
from gradiente.tensor.names import operation_of
from gradiente.tensor.nonfinite import described, has


def message(scenario: Callable[[], Any]) -> str:
    """The error that a scenario ends with under anomaly detection."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.autograd.detect_anomaly(), pytest.raises(RuntimeError, match="returned nan values") as caught:
            scenario()
    assert current() is PLAIN
    return str(caught.value)


def leaf(*values: float) -> torch.Tensor:
    return torch.tensor(values, requires_grad=True)


# --- where it came from


def test_the_node_itself() -> None:
    text = message(lambda: (torch.sqrt(leaf(0.0, 4.0)) * 0).sum().backward())
    assert "In the backward pass, SqrtBackward0 made the NaN. Its operation was called here:" in text
    assert "torch.sqrt(leaf(0.0, 4.0))" in text
    assert "gradient that came in: float32 [2], 2 of 2 finite, from 0 to 0" in text
    assert "saved out: float32 [2], 2 of 2 finite, from 0 to 2" in text
    assert "first" not in text


def test_an_operation_of_the_forward_pass() -> None:
    def run() -> None:
        x = leaf(0.0, 1.0)
        logs = torch.log(x)  # the culprit
        (logs * torch.tensor([0.0, 2.0]) * leaf(1.0, 1.0)).sum().backward()

    text = message(run)
    assert text.index("The first infinity was made by log here:") < text.index("# the culprit")
    assert "operand 0: float32 [2], 2 of 2 finite, from 0 to 1\n" in text
    assert "result: float32 [2], 1 of 2 finite, from 0 to 0, -inf: 1" in text
    assert (
        text.index("# the culprit") < text.index("The NaN was made by mul here:") < text.index("In the backward pass")
    )


def test_legitimate_infinities_are_not_blamed() -> None:
    def run() -> None:
        masked = leaf(1.0, 2.0).masked_fill(torch.tensor([True, False]), -float("inf"))
        torch.softmax(masked, 0)
        (torch.sqrt(leaf(0.0)) * 0).backward()

    assert "masked_fill" not in message(run)


def test_an_infinity_of_the_backward_pass() -> None:
    def run() -> None:
        x = leaf(0.0, 1.0)
        scaled = x * torch.zeros(2)
        torch.sqrt(scaled).sum().backward()

    text = message(run)
    assert text.index("SqrtBackward0 made the first infinity") < text.index("MulBackward0 made the NaN")
    assert "result 0: float32 [2], 0 of 2 finite, inf: 2" in text
    assert "gradient that came in: float32 [2], 0 of 2 finite, inf: 2" in text


def test_only_infinities_on_the_way_are_named() -> None:
    def run() -> None:
        other = torch.log(leaf(0.0) * 1)
        zero = torch.sqrt(leaf(0.0) * 1) * 0
        (zero + other * 1).backward()

    assert "LogBackward0" not in message(run)


def test_double_backward_names_both_operations() -> None:
    def run() -> None:
        x = leaf(0.0)
        y = x**1.5  # first
        (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)  # second
        (g * 0).sum().backward()

    text = message(run)
    assert text.startswith("Function 'PowBackward0' returned nan values in its 0th output.")
    assert "It is part of the derivative that PowBackward0 computes of the operation here:" in text
    assert text.index("# second") < text.index("# first")
    assert "exponent: the number 0.5" in text


def test_infinity_made_by_a_recorded_derivative() -> None:
    def run() -> None:
        x = leaf(0.0, 1.0)
        (g,) = torch.autograd.grad(torch.sqrt(x).sum(), x, create_graph=True)  # inf
        ((g - g) * leaf(1.0, 1.0)).sum().backward()

    text = message(run)
    assert "The first infinity was made by div, in the derivative that SqrtBackward0 computes for" in text
    assert "# inf" in text


def test_given_values() -> None:
    x = leaf(float("nan"), 1.0)
    text = message(lambda: (x * x).sum().backward())
    assert "The first NaN was given, or made out of sight of anomaly detection:\n  in a tensor: float32 [2]" in text
    assert "MulBackward0 met the NaN" in text
    text = message(lambda: (leaf(1.0) * float("inf") * 0).sum().backward())
    assert "the number inf" in text


def test_forward_outside_of_the_block() -> None:
    y = (torch.log(leaf(0.0)) * torch.tensor([0.0])).sqrt().sum()
    text = message(lambda: y.backward())
    assert "made out of sight of anomaly detection:\n  in a result: float32 [1], 0 of 1 finite, nan: 1" in text


def test_gradient_given_or_from_a_hook() -> None:
    x = leaf(1.0)
    text = message(lambda: (x * 2).backward(torch.tensor([float("nan")])))
    assert "The NaN was in the gradient that MulBackward0 was given: it came from a hook, from what backward" in text

    def hooked() -> None:
        y = x * 2
        y.register_hook(lambda g: g * float("nan"))
        y.backward()

    assert "it came from a hook" in message(hooked)


def test_in_place_and_views_keep_the_source() -> None:
    def run() -> None:
        x = leaf(1e38, 1.0).clone()
        x.mul_(1e3)  # overflows
        view = x.view(2, 1)[:1]
        (view - view).mul(view).sum().backward()

    text = message(run)
    assert "The first infinity was made by mul here:" in text
    assert "# overflows" in text
    assert "The NaN was made by sub here:" in text


def test_functions_are_named() -> None:
    class Overflow(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return torch.full_like(x, float("inf"))

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 0

    def run() -> None:
        y = Overflow.apply(leaf(1.0))
        (y * torch.tensor([0.0])).sqrt().sum().backward()

    assert "The first infinity was made by Overflow here:" in message(run)


def test_complex_and_half_values() -> None:
    z = torch.tensor([complex(0.0, 0.0)], requires_grad=True)
    assert "complex64" in message(lambda: (z * complex(float("nan"), 0)).abs().sum().backward())
    h = torch.tensor([0.0], dtype=torch.float16, requires_grad=True)
    assert "float16 [1]" in message(lambda: (torch.sqrt(h) * 0).sum().backward())


def test_saved_tensor_hooks_are_left_alone() -> None:
    calls = []

    def run() -> None:
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: calls.append(1) or t):
            y = torch.sqrt(leaf(0.0)) * 0
        y.sum().backward()

    assert "SqrtBackward0 made the NaN" in message(run)
    assert len(calls) == 1


def test_in_transforms() -> None:
    text = message(lambda: torch.func.vmap(torch.func.grad(lambda v: (torch.sqrt(v) * 0).sum()))(torch.zeros(3, 2)))
    assert "SqrtBackward0 made the NaN" in text
    with torch.autograd.set_detect_anomaly(True):
        rows = torch.autograd.functional.jacobian(lambda v: v * v, torch.ones(2), vectorize=True)
    assert rows.tolist() == [[2.0, 0.0], [0.0, 2.0]]


# --- why_nan


def test_why_nan_of_a_function_and_of_a_tensor() -> None:
    x = torch.tensor([0.0, 1.0])
    answer = torch.why_nan(lambda: torch.log(x) - torch.log(x))
    assert (answer.what, answer.operation) == ("NaN", "log")
    assert "torch.log(x) - torch.log(x)" in answer.where
    assert "The NaN was made by sub here:" in str(answer)
    with torch.autograd.set_detect_anomaly(True):
        y = 1 / x
    assert (torch.why_nan(y).what, torch.why_nan(y).operation) == ("infinity", "reciprocal")
    assert current() is PLAIN


def test_why_nan_of_finite_and_of_unknown_values() -> None:
    assert str(torch.why_nan(torch.ones(2))) == "all values of y are finite"
    answer = torch.why_nan(torch.tensor([float("nan")]))
    assert (answer.what, answer.operation, answer.where) == ("NaN", "", "")
    assert "given, or made out of sight" in repr(answer)
    assert torch.why_nan(torch.tensor([1, 2])).what == ""


def test_why_nan_refuses_what_is_no_tensor() -> None:
    with pytest.raises(TypeError, match=r"why_nan\(\): argument 'y' \(position 1\) must be Tensor, not float"):
        torch.why_nan(1.0)  # pyright: ignore[reportArgumentType]

    def fail() -> Any:
        raise KeyError("inside")

    with pytest.raises(KeyError):
        torch.why_nan(fail)
    assert current() is PLAIN


# --- the pieces


def test_described() -> None:
    assert described(torch.tensor([1, 2])) == "int64 [2]"
    assert described(np.zeros((0, 3))) == "float64 [0, 3], empty"
    assert described(torch.tensor([float("inf"), -float("inf"), float("nan"), 2.0])) == (
        "float32 [4], 1 of 4 finite, from 2 to 2, nan: 1, inf: 1, -inf: 1"
    )
    assert described(3.5) == "the number 3.5"
    assert described(None) == "None"
    assert [has(np.array(v)) for v in (1.0, np.inf, np.nan)] == ["", "infinity", "NaN"]


def test_names_of_operations() -> None:
    nodes = ["MulBackward0", "Log1PBackward0", "Rad2DegBackward0", "Deg2RadBackward0", "MaxPool2DWithIndicesBackward0"]
    assert [operation_of(n) for n in nodes] == ["mul", "log1p", "rad2deg", "deg2rad", "max_pool2d_with_indices"]
    assert [operation_of(n) for n in ("SmoothL1LossBackward0", "GreaterBackward0", "CopySlices")] == [
        "smooth_l1_loss",
        "gt",
        "CopySlices",
    ]
    assert all(operation_of(p.node) for p in table.values())


def test_nothing_is_kept_alive() -> None:
    gc.disable()
    try:
        with torch.autograd.set_detect_anomaly(True):
            x = leaf(0.0, 1.0)
            y = torch.log(x)
            z = (y * 2).sum()
        watched = [weakref.ref(t) for t in (x, y, z)]
        del x, y, z
        assert all(ref() is None for ref in watched)
    finally:
        gc.enable()


def test_nothing_is_noted_outside() -> None:
    y = torch.log(leaf(0.0, 1.0))
    assert y.grad_fn is not None
    assert not {"_origin", "_forward_stack", "_parent"} & set(y.grad_fn.__dict__)
    assert y._meta is None
