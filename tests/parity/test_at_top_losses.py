"""Losses, dropouts and convolutions that torch has at its top level, with torch's signatures there."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from .nn_harness import compare, compare_failure, normal  # noqa: E402 (after the check for torch)

A, B = normal(4, 3), normal(4, 3, seed=1)
SIGNS = np.where(normal(4, seed=2) > 0, 1.0, -1.0)


def _ctc(m, a, reduction):
    lengths = m.tensor([4]), m.tensor([2])
    return m.ctc_loss(a[:, None].log_softmax(2), m.tensor([[1, 2]]), *lengths, 0, reduction)


CALLS = {
    "kl_div": lambda m, f, a, b, s, k: m.kl_div(a, b.exp(), k),
    "kl_div of logarithms": lambda m, f, a, b, s, k: m.kl_div(a, b, k, log_target=True),
    "bce": lambda m, f, a, b, s, k: m.binary_cross_entropy_with_logits(a, b.sigmoid().detach(), None, None, k),
    "cosine": lambda m, f, a, b, s, k: m.cosine_embedding_loss(a, b, s, 0.1, k),
    "hinge": lambda m, f, a, b, s, k: m.hinge_embedding_loss(a[:, 0], s, 0.5, k),
    "ranking": lambda m, f, a, b, s, k: m.margin_ranking_loss(a[:, 0], b[:, 0], s, 0.5, k),
    "poisson": lambda m, f, a, b, s, k: m.poisson_nll_loss(a, b.exp().detach(), True, True, 1e-8, k),
    "triplet": lambda m, f, a, b, s, k: m.triplet_margin_loss(a, b, a * b, 1.0, 2.0, 1e-6, True, k),
    "ctc": lambda m, f, a, b, s, k: _ctc(m, a, k),
}  # fmt: skip
OTHERS = {
    "convolution": lambda m, f, x, w: m.convolution(x, w, None, [2], [1, 0], [1], False, [0], 1),
    "transposed": lambda m, f, x, w: m.convolution(x, w, w[:, :, 0, 0].flatten(), [2, 1], [1], [1], True, [1, 0], 2),
    "reversed": lambda m, f, x, w: reversed(x),
    "prelu": lambda m, f, x, w: x.prelu(w[0, :, 0, 0]),
    "div": lambda m, f, x, w: x.__div__(w[0, 0, 0, 0]),
    "idiv": lambda m, f, x, w: x.clone().__idiv__(2),
    "alpha_dropout_": lambda m, f, x, w: m.alpha_dropout_(x.clone(), 0.5, False),
}
FAILURES = {
    "rank": lambda m, f, x, w: m.convolution(x[0], w, None, [1], [0], [1], False, [0], 1),
    "stride": lambda m, f, x, w: m.convolution(x, w, None, [1, 1, 1], [0], [1], False, [0], 1),
    "device": lambda m, f, x, w: m.get_device(3),
    "kept": lambda m, f, x, w: m.native_dropout(x, 1.5, True),
}
IMAGES = [normal(2, 2, 5, 5), normal(2, 2, 3, 3, seed=3)]


@pytest.mark.parametrize("reduction", [0, 1, 2])
@pytest.mark.parametrize("name", CALLS)
def test_losses(name, reduction):
    call = CALLS[name]
    second = name != "ctc"  # which torch cannot differentiate twice
    compare(lambda m, f, a, b, s: call(m, f, a, b, s, reduction), [A, B, SIGNS], 2, second, second, node=False)


@pytest.mark.parametrize("name", OTHERS)
def test_others(name):
    compare(OTHERS[name], IMAGES, 2, node=False)


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], IMAGES)


@pytest.mark.parametrize(
    "call",
    [
        lambda m: (m.embedding_renorm_(m.tensor([[3.0, 4.0], [0.1, 0.2], [5.0, 0.0]]), m.tensor([0, 1]), 1.0, 2.0),),
        lambda m: m.native_dropout(m.ones(20), 0.3, True),
        lambda m: m.native_dropout(m.ones(3), 0.3, False),
        lambda m: m.native_dropout(m.ones(30), 0.6, None),
        lambda m: (m.alpha_dropout_(m.ones(20), 0.5, True), m.feature_dropout_(m.ones(3, 4, 2), 0.5, True)),
        lambda m: (m.feature_alpha_dropout_(m.ones(3, 4, 2), 0.5, True),),
        lambda m: (m.tensor([m.get_device(m.ones(2)), m.tensor(2.5).__long__(), m.tensor(2).__nonzero__()]),),
    ],
)
def test_with_torchs_random_numbers(call, seed):
    import gradiente

    found = []
    for m in (torch, gradiente):
        m.manual_seed(seed)
        found.append([(str(x.dtype), x.tolist()) for x in call(m)])
    for (kind, theirs), (own, ours) in zip(*found, strict=True):
        assert own == kind
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
