"""Activations with weights, gates or chance, in-place forms, and rearrangements, against PyTorch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from .nn_harness import compare, compare_failure, normal  # noqa: E402 (after the check for torch)

X, W = normal(2, 3, 4), normal(3, seed=1)
CALLS = {
    "prelu": (lambda m, f, x, w: f.prelu(x, w), 2),
    "prelu of one": (lambda m, f, x, w: f.prelu(x, w[:1]), 2),
    "prelu of a number": (lambda m, f, x, w: f.prelu(x[0, 0, 0], w[0]), 2),
    "prelu of a matrix": (lambda m, f, x, w: f.prelu(x[:, :, 0], w), 2),
    "glu": (lambda m, f, x, w: f.glu(x), 1),
    "glu first": (lambda m, f, x, w: f.glu(x, 0), 1),
    "rrelu": (lambda m, f, x, w: f.rrelu(x), 1),
    "rrelu in place": (lambda m, f, x, w: f.rrelu(x * 1, inplace=True), 1),
    "relu_": (lambda m, f, x, w: f.relu_(x * 1), 1),
    "elu_": (lambda m, f, x, w: f.elu_(x * 1, 0.3), 1),
    "selu_": (lambda m, f, x, w: f.selu_(x * 1), 1),
    "celu_": (lambda m, f, x, w: f.celu_(x * 1, 0.3), 1),
    "leaky_relu_": (lambda m, f, x, w: f.leaky_relu_(x * 1, 0.3), 1),
    "hardtanh_": (lambda m, f, x, w: f.hardtanh_(x * 1, -0.3, 0.5), 1),
    "rrelu_": (lambda m, f, x, w: f.rrelu_(x * 1), 1),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls(name):
    call, tracked = CALLS[name]
    node = not name.endswith("_") and "in place" not in name  # torch numbers the derivatives of in-place forms
    forward = not name.startswith("rrelu") or node  # torch has no tangents of this one in place
    tolerance = 1e-7 if name == "celu_" else None  # torch rounds 1/alpha to float32
    compare(call, [X, W], tracked, node=node, forward=forward, tolerance=tolerance)
    compare(call, [X.astype("float32"), W.astype("float32")], tracked, second=False, forward=False, node=node)


DRAWN = {
    "rrelu": lambda m, f, x: f.rrelu(x, 0.1, 0.4, True),
    "rrelu in place": lambda m, f, x: f.rrelu(x * 1, 0.1, 0.4, True, True),
    "gumbel": lambda m, f, x: f.gumbel_softmax(x, 0.7),
    "gumbel hard": lambda m, f, x: f.gumbel_softmax(x, 0.7, True, dim=1),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", DRAWN)
def test_drawn(name, dtype):
    def call(m, f, x):
        m.manual_seed(3)
        return DRAWN[name](m, f, x), m.rand(2)

    # from 16 elements on torch may draw a random line in another way: both lengths
    compare(call, [X.astype(dtype)], forward=False, node="in place" not in name)
    compare(call, [normal(2, 3, dtype=dtype)], forward=False, node="in place" not in name)


def test_deprecated_eps():
    def call(m, f, x):
        m.manual_seed(3)
        return f.gumbel_softmax(x, eps=1e-5)

    compare(call, [X], forward=False)


IMAGE = normal(2, 8, 6, 4)
REARRANGED = {
    "shuffle": lambda m, f, x: f.pixel_shuffle(x, 2),
    "shuffle of one": lambda m, f, x: f.pixel_shuffle(x[0], 2),
    "shuffle of more": lambda m, f, x: f.pixel_shuffle(x[None], 2),
    "unshuffle": lambda m, f, x: f.pixel_unshuffle(x, 2),
    "channels": lambda m, f, x: f.channel_shuffle(x, 4),
    "channels of lines": lambda m, f, x: f.channel_shuffle(x[:, :, 0], 2),
    "unfold": lambda m, f, x: f.unfold(x, 3),
    "unfold all": lambda m, f, x: f.unfold(x, (3, 2), (2, 1), (1, 2), (2, 3)),
    "unfold of one": lambda m, f, x: f.unfold(x[0], 2, stride=2),
    "fold": lambda m, f, x: f.fold(x.reshape(2, 12, 16), (5, 5), 2),
    "fold all": lambda m, f, x: f.fold(x.reshape(4, 12, 8)[:, :, :6], (5, 4), (3, 2), (2, 1), (1, 2), (2, 3)),
    "fold of one": lambda m, f, x: f.fold(x[0].reshape(8, 24), (8, 12), 2, stride=2),
}


@pytest.mark.parametrize("name", REARRANGED)
def test_rearranged(name):
    node = "channels" not in name and "of one" not in name
    compare(REARRANGED[name], [IMAGE], node=node)


FAILURES = {
    "prelu number": lambda m, f, x: f.prelu(x, x[0, :4, 0, 0]),
    "prelu rank": lambda m, f, x: f.prelu(x, x[:, 0, 0]),
    "prelu 0-d": lambda m, f, x: f.prelu(x[0, 0, 0, 0], x[0, :4, 0, 0]),
    "prelu dtype": lambda m, f, x: f.prelu(x, x[0, :, 0, 0].float()),
    "glu odd": lambda m, f, x: f.glu(x[:, :3], 1),
    "glu 0-d": lambda m, f, x: f.glu(x[0, 0, 0, 0]),
    "glu dim": lambda m, f, x: f.glu(x, 5),
    "glu long": lambda m, f, x: f.glu(x.long()),
    "rrelu bounds": lambda m, f, x: f.rrelu(x, 0.5, 0.2),
    "rrelu long": lambda m, f, x: f.rrelu(x.long()),
    "gumbel long": lambda m, f, x: f.gumbel_softmax(x.long()),
    "shuffle rank": lambda m, f, x: f.pixel_shuffle(x[0, 0], 2),
    "shuffle factor": lambda m, f, x: f.pixel_shuffle(x, 0),
    "shuffle channels": lambda m, f, x: f.pixel_shuffle(x, 3),
    "unshuffle rank": lambda m, f, x: f.pixel_unshuffle(x[0, 0], 2),
    "unshuffle factor": lambda m, f, x: f.pixel_unshuffle(x, -1),
    "unshuffle height": lambda m, f, x: f.pixel_unshuffle(x, 4),
    "unshuffle width": lambda m, f, x: f.pixel_unshuffle(x, 3),
    "channels rank": lambda m, f, x: f.channel_shuffle(x[0, 0], 2),
    "channels groups": lambda m, f, x: f.channel_shuffle(x, 3),
    "channels no groups": lambda m, f, x: f.channel_shuffle(x, 0),
    "unfold rank": lambda m, f, x: f.unfold(x[0, 0], 2),
    "unfold kernel": lambda m, f, x: f.unfold(x, 0),
    "unfold stride": lambda m, f, x: f.unfold(x, 2, stride=0),
    "unfold padding": lambda m, f, x: f.unfold(x, 2, padding=-1),
    "unfold dilation": lambda m, f, x: f.unfold(x, 2, dilation=0),
    "unfold large": lambda m, f, x: f.unfold(x, 9),
    "fold rank": lambda m, f, x: f.fold(x, (5, 5), 2),
    "fold rows": lambda m, f, x: f.fold(x[0], (5, 5), 5),
    "fold columns": lambda m, f, x: f.fold(x.reshape(2, 24, 8), (5, 5), 2),
    "fold kernel": lambda m, f, x: f.fold(x[0], (5, 5), 0),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], [IMAGE])
