"""Recurrent layers whose loop over time is one primitive, against the same layers step by step."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.nn.functional import recurrent

KINDS = [("RNN", {}), ("LSTM", {}), ("GRU", {}), ("RNN", {"bias": False, "num_layers": 2}), ("GRU", {"bias": False})]
KINDS += [("LSTM", {"bidirectional": True, "batch_first": True, "num_layers": 2}), ("GRU", {"bidirectional": True})]


def layer_of(kind, options, dtype="float64"):
    torch.manual_seed(3)
    return getattr(torch.nn, kind)(3, 4, **options, dtype=getattr(torch, dtype))


def inputs(layer, rng, dtype="float64"):
    """Inputs that lie in memory in another order, and states at the start."""
    x = torch.from_numpy(rng.standard_normal((3, 6, 5)).T.astype(dtype, order="A"))
    count, rows = layer.num_layers * (1 + layer.bidirectional), x.shape[0 if layer.batch_first else 1]
    state = [torch.from_numpy(rng.standard_normal((count, rows, 4)).astype(dtype)) for _ in range(layer._states)]
    leaves = [t.clone().requires_grad_() for t in state]
    return x.requires_grad_(), leaves


def results(layer, x, leaves, second=False):
    out, last = layer(x, tuple(leaves) if len(leaves) > 1 else leaves[0])
    every = [out, *(last if isinstance(last, tuple) else (last,))]
    loss = sum((r * r.detach().cos()).sum() for r in every)
    operands = [x, *leaves, *layer.parameters()]
    found = torch.autograd.grad(loss, operands, create_graph=second)
    if second:
        found += torch.autograd.grad(sum((g * g).sum() for g in found), operands)
    return [t.detach().numpy() for t in (*every, *found)]


def by_steps(monkeypatch, run):
    with monkeypatch.context() as changed:
        changed.setattr(recurrent, "_whole", lambda *_: None)
        return run()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_whole_layers_equal_steps(kind, dtype, rng, monkeypatch):
    layer = layer_of(*kind, dtype)
    x, leaves = inputs(layer, rng, dtype)
    second = dtype == "float64"
    found = results(layer, x, leaves, second)
    wanted = by_steps(monkeypatch, lambda: results(layer, x, leaves, second))
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(a, b, *((1e-9, 1e-10) if second else (1e-4, 1e-5)))
    with torch.no_grad():
        assert layer(x)[0].grad_fn is None
        np.testing.assert_array_equal(layer(x)[0].numpy(), layer.requires_grad_(False)(x.detach())[0].numpy())


def test_inference(rng, monkeypatch):
    layer = layer_of("LSTM", {"num_layers": 2})
    x, _ = inputs(layer_of("GRU", {}), rng)
    with torch.inference_mode():
        out, (h, c) = layer(x)
        wanted, _ = by_steps(monkeypatch, lambda: layer(x))
    assert all(t.is_inference() and t.grad_fn is None for t in (out, h, c))
    np.testing.assert_allclose(out.numpy(), wanted.numpy(), 1e-12)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -200.0])
def test_unusual_values(kind, value, rng, monkeypatch):
    layer = layer_of(kind, {})
    x, leaves = inputs(layer, rng)
    x.data[1, 2, 0] = value
    found = results(layer, x, leaves)
    for a, b in zip(found, by_steps(monkeypatch, lambda: results(layer, x, leaves)), strict=True):
        np.testing.assert_allclose(a, b, 1e-9, 1e-10)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_changes_are_noticed(kind, rng):
    layer = layer_of(kind, {})
    x, leaves = inputs(layer, rng)
    state = tuple(t * 1 for t in leaves) if len(leaves) > 1 else leaves[0] * 1
    out = layer(x, state)[0]
    out.mul_(2)  # the layer's own copy of its states stays what it was
    out.sum().backward(retain_graph=True)
    with torch.no_grad():
        layer.weight_hh_l0.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()


def test_frozen_parts(rng, monkeypatch):
    layer = layer_of("LSTM", {})
    layer.weight_hh_l0.requires_grad_(False)
    x, _ = inputs(layer, rng)

    def gradients():
        layer.zero_grad()
        layer(x.detach())[0].sin().sum().backward()
        assert layer.weight_hh_l0.grad is None
        return [p.grad.numpy() for p in layer.parameters() if p.requires_grad]

    for a, b in zip(gradients(), by_steps(monkeypatch, gradients), strict=True):
        np.testing.assert_allclose(a, b, 1e-9, 1e-12)


@pytest.mark.parametrize("shape", [(0, 2, 3), (4, 0, 3)])
def test_empty_ones(shape, monkeypatch):
    layer = torch.nn.LSTM(3, 4)

    def outcome():
        try:
            return layer(torch.zeros(shape))[0].shape
        except Exception as error:
            return type(error)

    assert outcome() == by_steps(monkeypatch, outcome)
