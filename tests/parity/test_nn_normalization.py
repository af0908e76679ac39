"""Normalisations against PyTorch: values, derivatives of two orders in two modes, running statistics, errors."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)

from .nn_harness import close, compare, compare_failure, normal  # noqa: E402

X, W, B = normal(3, 4, 3, 2), normal(4, seed=1), normal(4, seed=2)
MEAN, VAR = normal(4, seed=3), np.abs(normal(4, seed=4)) + 0.1
CALLS = {
    "batch": (lambda m, f, x: f.batch_norm(x, None, None, training=True), [X], 1),
    "batch, weights": (lambda m, f, x, w, b: f.batch_norm(x, None, None, w, b, True), [X, W, B], 3),
    "batch, weight": (lambda m, f, x, w: f.batch_norm(x, None, None, w, None, True, eps=0.1), [X, W], 2),
    "batch, bias": (lambda m, f, x, w: f.batch_norm(x, None, None, None, w, True, eps=0.1), [X, W], 2),
    "batch of vectors": (lambda m, f, x, w, b: f.batch_norm(x, None, None, w, b, True), [X[:, :, 0, 0], W, B], 3),
    "frozen": (lambda m, f, x, w, b, r, v: f.batch_norm(x, r, v, w, b), [X, W, B, MEAN, VAR], 3),
    "frozen, plain": (lambda m, f, x, r, v: f.batch_norm(x, r, v), [X, MEAN, VAR], 1),
    "layer": (lambda m, f, x: f.layer_norm(x, (2,)), [X], 1),
    "layer, two": (lambda m, f, x, w, b: f.layer_norm(x, (3, 2), w, b), [X, X[0, 0], X[1, 0]], 3),
    "layer, weight": (lambda m, f, x, w: f.layer_norm(x, (3, 2), w, eps=0.1), [X, X[0, 0]], 2),
    "group": (lambda m, f, x: f.group_norm(x, 2), [X], 1),
    "group, weights": (lambda m, f, x, w, b: f.group_norm(x, 2, w, b), [X, W, B], 3),
    "group of all": (lambda m, f, x, w, b: f.group_norm(x, 1, w, b, 0.1), [X, W, B], 3),
    "group of vectors": (lambda m, f, x, w, b: f.group_norm(x, 2, w, b), [X[:, :, 0, 0], W, B], 3),
    "instance": (lambda m, f, x: f.instance_norm(x), [X], 1),
    "instance, weights": (lambda m, f, x, w, b: f.instance_norm(x, None, None, w, b), [X, W, B], 3),
    "instance, frozen": (lambda m, f, x, r, v: f.instance_norm(x, r, v, use_input_stats=False), [X, MEAN, VAR], 1),
    "rms": (lambda m, f, x: f.rms_norm(x, (2,)), [X], 1),
    "rms, weight": (lambda m, f, x, w: f.rms_norm(x, (3, 2), w, 0.1), [X, X[0, 0]], 2),
    "local": (lambda m, f, x: f.local_response_norm(x, 3, alpha=0.9), [X], 1),
    "local, even": (lambda m, f, x: f.local_response_norm(x, 2, 0.9, 0.5, 2.0), [X[:, :, 0]], 1),
    "local, volume": (lambda m, f, x: f.local_response_norm(x, 2, 0.9, 0.5, 2.0), [X[:, :, :, None]], 1),
}
OTHER_NODES = {"instance, frozen", "rms", "rms, weight"}
"""torch sees the instances as channels, and its rms_norm is one kernel that comes in parts when it is recorded."""


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CALLS)
def test_calls(name, dtype):
    call, arrays, tracked = CALLS[name]
    tolerance = 2e-4 if dtype == "float32" else None
    second = name != "batch, bias"  # without a weight torch's second order fails
    compare(call, [a.astype(dtype) for a in arrays], tracked, second, node=name not in OTHER_NODES, tolerance=tolerance)


@pytest.mark.parametrize("name", ["batch, weights", "layer, two", "group, weights", "rms, weight"])
def test_half(name):
    call, arrays, tracked = CALLS[name]
    compare(
        call, [a.astype("float16") for a in arrays], tracked, second=False, forward=False, node=False, tolerance=4e-3
    )


def test_large_offset():
    """The variance is not the difference of two large numbers."""
    x = (X + 1000).astype("float32")
    for name in ("batch", "layer", "group", "instance"):
        compare(CALLS[name][0], [x], 0, tolerance=2e-3)


@pytest.mark.parametrize("function", ["batch_norm", "instance_norm"])
def test_running_statistics(function):
    found = []
    for module in (gradiente, torch):
        mean, var = module.from_numpy(MEAN.copy()), module.from_numpy(VAR.copy())
        x = module.from_numpy(X.copy()).requires_grad_()
        call = getattr(module.nn.functional, function)
        options = {"training": True} if function == "batch_norm" else {}
        out = call(x, mean, var, momentum=0.3, **options)
        call(x, mean, var, momentum=0.1, **options).sum().backward()
        assert module is torch or mean._version  # torch does not count this change
        found.append([v.detach().numpy() for v in (out, mean, var, x.grad)])
    close(*found, None, "statistics")


FAILURES = {
    "no statistics": lambda m, f, x: f.batch_norm(x, None, None),
    "one statistic": lambda m, f, x: f.batch_norm(x, m.zeros(4).double(), None, training=True),
    "weight": lambda m, f, x: f.batch_norm(x, None, None, m.ones(3).double(), training=True),
    "bias": lambda m, f, x: f.batch_norm(x, None, None, None, m.ones(3).double(), training=True),
    "mean": lambda m, f, x: f.batch_norm(x, m.ones(3).double(), m.ones(4).double(), training=True),
    "variance": lambda m, f, x: f.batch_norm(x, m.ones(4).double(), m.ones(3).double(), training=True),
    "one value": lambda m, f, x: f.batch_norm(x[:1, :, :1, :1], None, None, training=True),
    "no channels": lambda m, f, x: f.batch_norm(x[:, 0, 0, 0], None, None, training=True),
    "tracked": lambda m, f, x: f.batch_norm(x, m.zeros(4, requires_grad=True), m.ones(4), training=True),
    "weight's dtype": lambda m, f, x: f.batch_norm(x.float(), None, None, m.ones(4).double(), training=True),
    "integers": lambda m, f, x: f.batch_norm(x.long(), None, None, training=True),
    "eps": lambda m, f, x: f.batch_norm(x, None, None, training=True, eps=-1),
    "layer int": lambda m, f, x: f.layer_norm(x, 2),
    "layer shape": lambda m, f, x: f.layer_norm(x, (4,)),
    "layer empty": lambda m, f, x: f.layer_norm(x, ()),
    "layer weight": lambda m, f, x: f.layer_norm(x, (2,), m.ones(4).double()),
    "layer bias": lambda m, f, x: f.layer_norm(x, (2,), m.ones(2).double(), m.ones(4).double()),
    "layer dtype": lambda m, f, x: f.layer_norm(x.float(), (2,), m.ones(2).double()),
    "layer integers": lambda m, f, x: f.layer_norm(x.long(), (2,)),
    "group number": lambda m, f, x: f.group_norm(x, 3),
    "group zero": lambda m, f, x: f.group_norm(x, 0),
    "group weight": lambda m, f, x: f.group_norm(x, 2, m.ones(3)),
    "group vector": lambda m, f, x: f.group_norm(x[0, 0, 0], 2),
    "group of one": lambda m, f, x: f.group_norm(x[:1, :, 0, 0], 4),
    "instance weight": lambda m, f, x: f.instance_norm(x, weight=m.ones(3).double()),
    "instance of one": lambda m, f, x: f.instance_norm(x[:, :, :1, :1]),
    "instance vectors": lambda m, f, x: f.instance_norm(x[:, :, 0, 0]),
    "instance statistics": lambda m, f, x: f.instance_norm(x, use_input_stats=False),
    "rms shape": lambda m, f, x: f.rms_norm(x, (4,)),
    "rms weight": lambda m, f, x: f.rms_norm(x, (2,), m.ones(4)),
    "rms integers": lambda m, f, x: f.rms_norm(x.long(), (2,)),
    "local rank": lambda m, f, x: f.local_response_norm(x[0, 0], 2),
    "local size": lambda m, f, x: f.local_response_norm(x, 0),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], [X])
