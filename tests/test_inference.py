"""The short forms of operators in inference mode: values and errors of the general form, marked results."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.graph import INFERENCE, NO_GRAD, PLAIN, current

F = torch.nn.functional
CALLS = {
    "x * y": lambda x, y: x * y,
    "x * 2": lambda x, y: x * 2,
    "1 - x": lambda x, y: 1 - x,
    "x > 0": lambda x, y: x > 0,
    "x / 0": lambda x, y: x / 0,
    "tanh": lambda x, y: torch.tanh(x),
    "log": lambda x, y: torch.log(x),
    "x @ y.T": lambda x, y: x @ y.T,
    "x @ y[0]": lambda x, y: x @ y[0],
    "linear": lambda x, y: F.linear(x, y, y[:, 0]),
    "softmax": lambda x, y: torch.softmax(x, 1),
    "where": lambda x, y: torch.where(x > 0, x, y),
    "sum": lambda x, y: x.sum(1),
    "view": lambda x, y: x.reshape(-1)[1:3].unsqueeze(0),
    "mean": lambda x, y: x.mean(),
    "int": lambda x, y: x * torch.arange(3),
    "complex": lambda x, y: x * (1 + 2j),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("kind", ["ordinary", "tracked", "inference", "mixed"])
@pytest.mark.parametrize("name", list(CALLS))
def test_results_are_those_of_no_grad(name, kind, dtype, rng):
    x, y = (torch.from_numpy(rng.standard_normal((3, 3))).to(dtype) for _ in range(2))
    with torch.no_grad():
        expected = CALLS[name](x, y)
    if kind == "tracked":
        x.requires_grad_()
    with torch.inference_mode():
        if kind in ("inference", "mixed"):
            x = x.clone()
        if kind == "inference":
            y = y.clone()
        found = CALLS[name](x, y)
        assert torch.equal(found.isnan(), expected.isnan())
        assert torch.equal(found.nan_to_num(7.0), expected.nan_to_num(7.0))
        assert (found.dtype, found.shape, found.stride()) == (expected.dtype, expected.shape, expected.stride())
    view_of_another = name == "view" and kind in ("ordinary", "tracked")  # which stays what it looks into
    assert found.is_inference() is not view_of_another
    assert found.requires_grad is (view_of_another and kind == "tracked")


def test_inference_results_are_refused_outside_as_ever():
    x = torch.ones(3, requires_grad=True)
    with torch.inference_mode():
        made = [x * 2, torch.tanh(x), F.linear(x, torch.ones(2, 3)), torch.ones(2, 3) @ x]
    for y in made:
        with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
            y * torch.ones(y.shape, requires_grad=True)
        with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside InferenceMode"):
            y.add_(1)
        assert not y.clone().is_inference()
        y.clone().requires_grad_()


def test_errors_and_other_modes_inside():
    with torch.inference_mode():
        x = torch.ones(3)
        with pytest.raises(RuntimeError, match="The size of tensor a \\(3\\) must match the size of tensor b \\(2\\)"):
            x * torch.ones(2)
        with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
            torch.ones(2, 3) @ torch.ones(2, 3)
        assert torch.func.vmap(lambda row: row * 2)(torch.ones(2, 3)).tolist() == [[2.0] * 3] * 2
        assert (torch.ones(3, device="meta") * torch.ones(3, device="meta")).device.type == "meta"
        with pytest.warns(UserWarning, match="Anomaly Detection"), torch.autograd.detect_anomaly():
            assert (x + 1).is_inference()
        with torch.profiler.profile() as seen:
            torch.tanh(x)
        assert "aten::tanh" in {event.key for event in seen.key_averages()}
        assert type(x._array) is np.ndarray


def test_inference_mode_is_one_object_where_nothing_else_is_set():
    for outer in (torch.enable_grad(), torch.no_grad()):
        with outer:
            before = current()
            with torch.inference_mode():
                assert current() is INFERENCE
                with torch.inference_mode():
                    assert current().inference
                with torch.inference_mode(False):
                    assert current().grad
                assert current().inference
            assert current() is before
    assert current() in (PLAIN, NO_GRAD)
