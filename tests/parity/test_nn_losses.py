"""Losses with margins, of labels, of distributions and of sequences, and distances, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)

from .nn_harness import compare, compare_failure, normal  # noqa: E402 (after the check for torch)

X, Y, Z = normal(3, 4), normal(3, 4, seed=1), normal(3, 4, seed=2)
SIGNS = np.sign(normal(3, 4, seed=3))
NUMBERS = np.array([0, 2, 3])
LISTED = np.array([[0, 2, -1, 1], [3, -1, 0, 0], [1, 2, 3, 0]])
REDUCTIONS = ("mean", "sum", "none")

CALLS = {
    "hinge": (lambda m, f, x, t, r: f.hinge_embedding_loss(x, t, 0.7, reduction=r), [X], [SIGNS]),
    "ranking": (lambda m, f, x, y, t, r: f.margin_ranking_loss(x, y, t, 0.3, reduction=r), [X, Y], [SIGNS]),
    "cosine": (lambda m, f, x, y, t, r: f.cosine_embedding_loss(x, y, t, 0.1, reduction=r), [X, Y], [SIGNS[:, 0]]),
    "cosine of one": (
        lambda m, f, x, y, t, r: f.cosine_embedding_loss(x[0], y[0], t[0], 0.1, reduction=r),
        [X, Y],
        [SIGNS[:, 0]],
    ),
    "triplet": (lambda m, f, x, y, z, r: f.triplet_margin_loss(x, y, z, reduction=r), [X, Y, Z], []),
    "triplet swap": (
        lambda m, f, x, y, z, r: f.triplet_margin_loss(x, y, z, 2.0, 1.5, swap=True, reduction=r),
        [X, Y, Z],
        [],
    ),
    "triplet distance": (
        lambda m, f, x, y, z, r: f.triplet_margin_with_distance_loss(
            x, y, z, distance_function=lambda a, b: (a - b).abs().sum(-1), swap=True, reduction=r
        ),
        [X, Y, Z],
        [],
    ),
    "triplet default": (
        lambda m, f, x, y, z, r: f.triplet_margin_with_distance_loss(x, y, z, reduction=r),
        [X, Y, Z],
        [],
    ),
    "multi": (lambda m, f, x, t, r: f.multi_margin_loss(x, t, reduction=r), [X], [NUMBERS]),
    "multi squared": (lambda m, f, x, t, r: f.multi_margin_loss(x, t, 2, 0.5, reduction=r), [X], [NUMBERS]),
    "multi weighted": (
        lambda m, f, x, t, w, r: f.multi_margin_loss(x, t, 2, 0.5, w, reduction=r),
        [X],
        [NUMBERS, np.abs(Y[0])],
    ),
    "multi of one": (lambda m, f, x, t, r: f.multi_margin_loss(x[0], t[0], reduction=r), [X], [NUMBERS]),
    "labels": (lambda m, f, x, t, r: f.multilabel_margin_loss(x, t, reduction=r), [X], [LISTED]),
    "labels of one": (lambda m, f, x, t, r: f.multilabel_margin_loss(x[0], t[0], reduction=r), [X], [LISTED]),
    "soft labels": (lambda m, f, x, t, r: f.multilabel_soft_margin_loss(x, t, reduction=r), [X], [(SIGNS + 1) / 2]),
    "soft weighted": (
        lambda m, f, x, t, w, r: f.multilabel_soft_margin_loss(x, t, w, reduction=r),
        [X],
        [(SIGNS + 1) / 2, Y[0]],
    ),
    "kl": (lambda m, f, x, t, r: f.kl_div(x.log_softmax(1), t, reduction=r), [X, np.abs(Y)], []),
    "kl logs": (lambda m, f, x, t, r: f.kl_div(x, t, reduction=r, log_target=True), [X, Y], []),
    "kl spread": (lambda m, f, x, t, r: f.kl_div(x, t, reduction=r), [X, np.abs(Y[0])], []),
    "poisson": (lambda m, f, x, t, r: f.poisson_nll_loss(x, t, reduction=r), [X, np.abs(Y) * 3], []),
    "poisson rates": (
        lambda m, f, x, t, r: f.poisson_nll_loss(x, t, False, True, reduction=r),
        [np.abs(X)],
        [np.abs(Y) * 3],
    ),
    "gauss": (lambda m, f, x, t, v, r: f.gaussian_nll_loss(x, t, v, reduction=r), [X, Y, np.abs(Z)], []),
    "gauss full": (
        lambda m, f, x, t, v, r: f.gaussian_nll_loss(x, t, v, True, 0.3, reduction=r),
        [X, Y, np.abs(Z)],
        [],
    ),
    "gauss of each": (lambda m, f, x, t, v, r: f.gaussian_nll_loss(x, t, v, reduction=r), [X, Y, np.abs(Z[:, 0])], []),
    "gauss of one": (lambda m, f, x, t, v, r: f.gaussian_nll_loss(x, t, v, reduction=r), [X, Y, np.abs(Z[:, :1])], []),
    "gauss number": (lambda m, f, x, t, r: f.gaussian_nll_loss(x, t, 0.5, reduction=r), [X, Y], []),
}
FIRST_ORDER = {"multi", "multi squared", "multi weighted", "multi of one", "labels", "labels of one"}
"""torch has no second order, nor tangents, of these."""
NO_TANGENT = FIRST_ORDER | {"gauss full"}  # torch's floor of the variance is one for tangents and none for gradients


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", CALLS)
def test_losses(name, reduction):
    call, tracked, rest = CALLS[name]
    options = {"second": name not in FIRST_ORDER, "forward": name not in NO_TANGENT, "node": "none" not in reduction}
    compare(lambda m, f, *x: call(m, f, *x, reduction), [*tracked, *rest], len(tracked), **options)


def test_batchmean_and_older_arguments():
    compare(lambda m, f, x, t: f.kl_div(x, t, reduction="batchmean"), [X, np.abs(Y)], 2)
    compare(lambda m, f, x, t: f.kl_div(x, t, size_average=False), [X, np.abs(Y)], 2)
    compare(lambda m, f, x, t: f.hinge_embedding_loss(x, t, reduce=False), [X, SIGNS])
    compare(lambda m, f, x, t: f.multi_margin_loss(x, t, size_average=False), [X, NUMBERS], second=False, forward=False)


DISTANCES = {
    "normalize": lambda m, f, x, y: f.normalize(x),
    "normalize other": lambda m, f, x, y: f.normalize(x, 3.0, 0, 0.1),
    "cosine": lambda m, f, x, y: f.cosine_similarity(x, y),
    "cosine spread": lambda m, f, x, y: f.cosine_similarity(x[:, None], y, dim=-1),
    "cosine other": lambda m, f, x, y: f.cosine_similarity(x, y, 0, 2.0),
    "pairwise": lambda m, f, x, y: f.pairwise_distance(x, y),
    "pairwise 1": lambda m, f, x, y: f.pairwise_distance(x, y, 1.0, 0.1, True),
    "pairwise spread": lambda m, f, x, y: f.pairwise_distance(x, y[0], 3.0),
    "pdist": lambda m, f, x, y: f.pdist(x),
    "pdist 1": lambda m, f, x, y: f.pdist(x, 1.0),
    "pdist inf": lambda m, f, x, y: f.pdist(x, float("inf")),
    "pdist 1.5": lambda m, f, x, y: f.pdist(x, 1.5),
    "bilinear": lambda m, f, x, y: f.bilinear(x, y[:, :2], (x[:2, :, None] * y[0, :2])),
    "bilinear bias": lambda m, f, x, y: f.bilinear(x[None], y[None, :, :2], (x[:2, :, None] * y[0, :2]), y[0, :2]),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", DISTANCES)
def test_distances(name, dtype):
    pdist = name.startswith("pdist")
    tolerance = 1e-4 if dtype == "float32" else None
    arrays = [X.astype(dtype), Y.astype(dtype)]
    options = {
        "second": not pdist,
        "forward": not pdist and name != "cosine other",  # torch's floor of the norm is one for tangents only
        "node": "bilinear" not in name and name != "pdist inf",
    }
    compare(DISTANCES[name], arrays, 1 if pdist else 2, tolerance=tolerance, **options)


def test_cosine_of_zero_and_of_two_types():
    compare(lambda m, f, x, y: f.cosine_similarity(x * 0, y), [X, Y], 0)
    compare(lambda m, f, x, y: f.cosine_similarity(x.float(), y), [X, Y], 0, tolerance=1e-6)


STEPS, LABELS = normal(6, 3, 5), np.array([[1, 2, 2], [3, 4, 1], [2, 0, 0]])
CTC = {
    "all": lambda m, f, x, t, r: f.ctc_loss(x, t, m.tensor([6, 5, 6]), m.tensor([3, 2, 1]), reduction=r),
    "in one line": lambda m, f, x, t, r: f.ctc_loss(x, t.flatten()[:6], (6, 5, 6), (3, 2, 1), reduction=r),
    "blank": lambda m, f, x, t, r: f.ctc_loss(x, t % 4, [6, 5, 4], [3, 2, 0], 4, r),
    "short": lambda m, f, x, t, r: f.ctc_loss(x, t, [3, 5, 0], [3, 2, 0], zero_infinity=True, reduction=r),
    "single": lambda m, f, x, t, r: f.ctc_loss(x[:, 0], t[0], m.tensor(6), m.tensor(3), reduction=r),
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", CTC)
def test_ctc(name, reduction):
    call = lambda m, f, x, t: CTC[name](m, f, x.log_softmax(-1), t, reduction)  # noqa: E731
    compare(call, [STEPS, LABELS], second=False, forward=False, node=name != "single")
    bare = lambda m, f, x, t: CTC[name](m, f, x, t, reduction)  # noqa: E731
    compare(bare, [STEPS, LABELS], second=False, forward=False, node=name != "single")


def test_ctc_of_what_does_not_fit():
    compare(lambda m, f, x, t: f.ctc_loss(x, t, [2, 5, 6], [3, 2, 1], reduction="none"), [STEPS, LABELS], 0)
    compare(
        lambda m, f, x, t: f.ctc_loss(x, t, [6, 5, 6], [3, 2, 1]),
        [STEPS.astype("float32"), LABELS],
        second=False,
        forward=False,
    )


FAILURES = {
    "hinge shape": lambda m, f, x, t: f.hinge_embedding_loss(x, x[:, :3]),
    "hinge reduction": lambda m, f, x, t: f.hinge_embedding_loss(x, x, reduction="foo"),
    "ranking rank": lambda m, f, x, t: f.margin_ranking_loss(x, x, x[0]),
    "ranking shape": lambda m, f, x, t: f.margin_ranking_loss(x, x, x[:, :3]),
    "cosine target": lambda m, f, x, t: f.cosine_embedding_loss(x, x, x),
    "cosine rank": lambda m, f, x, t: f.cosine_embedding_loss(x[0], x[0], x[0]),
    "cosine shape": lambda m, f, x, t: f.cosine_embedding_loss(x, x[:2], x[:, 0]),
    "triplet rank": lambda m, f, x, t: f.triplet_margin_loss(x, x, x[0]),
    "triplet margin": lambda m, f, x, t: f.triplet_margin_loss(x, x, x, margin=-1),
    "distance rank": lambda m, f, x, t: f.triplet_margin_with_distance_loss(x, x, x[0]),
    "distance margin": lambda m, f, x, t: f.triplet_margin_with_distance_loss(x, x, x, margin=0),
    "distance reduction": lambda m, f, x, t: f.triplet_margin_with_distance_loss(x, x, x, reduction="foo"),
    "multi p": lambda m, f, x, t: f.multi_margin_loss(x, t, p=3),
    "multi weight": lambda m, f, x, t: f.multi_margin_loss(x, t, weight=x[0, :3]),
    "multi tracked": lambda m, f, x, t: f.multi_margin_loss(x, t, weight=m.ones(4, requires_grad=True)),
    "multi shape": lambda m, f, x, t: f.multi_margin_loss(x, t[:2]),
    "multi range": lambda m, f, x, t: f.multi_margin_loss(x, t + 3),
    "multi dtype": lambda m, f, x, t: f.multi_margin_loss(x, t.float()),
    "multi rank": lambda m, f, x, t: f.multi_margin_loss(x[None], t),
    "labels shape": lambda m, f, x, t: f.multilabel_margin_loss(x, t),
    "labels range": lambda m, f, x, t: f.multilabel_margin_loss(x, x.long() * 0 + 7),
    "labels dtype": lambda m, f, x, t: f.multilabel_margin_loss(x, x),
    "labels rank": lambda m, f, x, t: f.multilabel_margin_loss(x[None], x[None]),
    "soft shape": lambda m, f, x, t: f.multilabel_soft_margin_loss(x, x[:, :3]),
    "kl shape": lambda m, f, x, t: f.kl_div(x, x[:, :3], reduction="sum"),
    "kl reduction": lambda m, f, x, t: f.kl_div(x, x, reduction="foo"),
    "kl dtype": lambda m, f, x, t: f.kl_div(x, x.long(), reduction="sum"),
    "poisson reduction": lambda m, f, x, t: f.poisson_nll_loss(x, x, reduction="foo"),
    "poisson shape": lambda m, f, x, t: f.poisson_nll_loss(x, x[:, :3]),
    "gauss shape": lambda m, f, x, t: f.gaussian_nll_loss(x, x, x[:2].abs()),
    "gauss shape 2": lambda m, f, x, t: f.gaussian_nll_loss(x, x, x[:, :2].abs()),
    "gauss negative": lambda m, f, x, t: f.gaussian_nll_loss(x, x, x),
    "gauss number": lambda m, f, x, t: f.gaussian_nll_loss(x, x, -1.0),
    "gauss reduction": lambda m, f, x, t: f.gaussian_nll_loss(x, x, x.abs(), reduction="foo"),
    "similarity shape": lambda m, f, x, t: f.cosine_similarity(x, x[:, :3]),
    "similarity dim": lambda m, f, x, t: f.cosine_similarity(x, x, dim=4),
    "similarity dtype": lambda m, f, x, t: f.cosine_similarity(t, t, dim=0),
    "pairwise shape": lambda m, f, x, t: f.pairwise_distance(x, x[:, :3]),
    "pdist p": lambda m, f, x, t: f.pdist(x, -1),
    "pdist rank": lambda m, f, x, t: f.pdist(x[0]),
    "pdist dtype": lambda m, f, x, t: f.pdist(x.long()),
    "normalize dim": lambda m, f, x, t: f.normalize(x, dim=7),
    "bilinear rank": lambda m, f, x, t: f.bilinear(x, x[None], x[None]),
    "bilinear batch": lambda m, f, x, t: f.bilinear(x, x[:2], x[:, None]),
    "bilinear in1": lambda m, f, x, t: f.bilinear(x, x, x[None]),
    "bilinear in2": lambda m, f, x, t: f.bilinear(x[:, :3], x[:, :3], x[None]),
    "bilinear bias": lambda m, f, x, t: f.bilinear(x[:, :3], x, x[None], x[0]),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], [X, NUMBERS])


CTC_FAILURES = {
    "blank": lambda m, f, x, t: f.ctc_loss(x, t, (6, 5, 6), (3, 2, 1), blank=7),
    "long": lambda m, f, x, t: f.ctc_loss(x, t, (7, 5, 6), (3, 2, 1)),
    "negative": lambda m, f, x, t: f.ctc_loss(x, t, (6, -5, 6), (3, 2, 1)),
    "inputs": lambda m, f, x, t: f.ctc_loss(x, t, (6,), (3, 2, 1)),
    "targets": lambda m, f, x, t: f.ctc_loss(x, t, (6, 5, 6), (3,)),
    "labels": lambda m, f, x, t: f.ctc_loss(x, t, (6, 5, 6), (4, 2, 1)),
    "line": lambda m, f, x, t: f.ctc_loss(x, t[0], (6, 5, 6), (3, 3, 1)),
    "dtype": lambda m, f, x, t: f.ctc_loss(x.long(), t, (6, 5, 6), (3, 2, 1)),
    "lengths": lambda m, f, x, t: f.ctc_loss(x, t, m.tensor([6.0, 5.0, 6.0]), m.tensor([3, 2, 1])),
    "reduction": lambda m, f, x, t: f.ctc_loss(x, t, (6, 5, 6), (3, 2, 1), reduction="foo"),
}


@pytest.mark.parametrize("name", CTC_FAILURES)
def test_ctc_failures(name):
    compare_failure(CTC_FAILURES[name], [STEPS, LABELS])


def test_normalize_into_a_tensor():
    compare(lambda m, f, x: f.normalize(x, out=m.empty(0, dtype=x.dtype)), [X], 0)
    compare_failure(lambda m, f, x: f.normalize(x.requires_grad_(), out=m.empty(0, dtype=x.dtype)), [X])


NUMBERED, SEVERAL = np.array([0, 1, 4]), np.array([[0, 1], [1, 2], [4, 3]])
CLASSIFIED = {
    "plain": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[:, 0], y),
    "none": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[:, 0], y, reduction="none", ignore_index=4),
    "bias": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[:, 0], y, linear_bias=w[:, 1, 0], label_smoothing=0.1),
    "one": lambda m, f, x, w, y, z: f.linear_cross_entropy(x[0], w[:, 0], y[0]),
    "several": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w, z, linear_bias=w[:, :, 0]),
    "shares": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[:, 0], (x @ w[:, 1].T).detach().softmax(1)),
}
UNCLASSIFIED = {
    "rank": lambda m, f, x, w, y, z: f.linear_cross_entropy(x[None], w[:, 0], y),
    "weight": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[0, 0], y),
    "width": lambda m, f, x, w, y, z: f.linear_cross_entropy(x[:, :3], w[:, 0], y),
    "bias": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w, z, linear_bias=w[:, 0, 0]),
    "one": lambda m, f, x, w, y, z: f.linear_cross_entropy(x[0], w, z),
    "ignored": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[:, 0], (x @ w[:, 1].T).softmax(1), ignore_index=0),
    "batch": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[:, 0], y[:2]),
    "smoothing": lambda m, f, x, w, y, z: f.linear_cross_entropy(x, w[:, 0], y, label_smoothing=2.0),
}


@pytest.mark.parametrize("name", CLASSIFIED)
def test_linear_cross_entropy(name):
    compare(CLASSIFIED[name], [X, normal(5, 2, 4, seed=8), NUMBERED, SEVERAL], 2, node=False)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bias": True, "reduction": "none"},
        {"out_features": (2,), "bias": True, "ignore_index": 1},
        {"weight": [1.0, 2.0, 1.0, 3.0, 0.5], "reduction": "sum", "label_smoothing": 0.1},
    ],
    ids=str,
)
def test_module_of_linear_cross_entropy(options, seed):
    found = []
    for m in (torch, gradiente):
        m.manual_seed(seed)
        given = {**options, "weight": m.tensor(options["weight"])} if "weight" in options else options
        loss = m.nn.LinearCrossEntropyLoss(4, 5, **given, options=m.nn.LinearCrossEntropyOptions(batch_chunk_size=2))
        loss.options = None if options.get("out_features") or options.get("label_smoothing") else loss.options
        out = loss(m.tensor(X.tolist()), m.tensor((SEVERAL if "out_features" in options else NUMBERED).tolist()))
        out.sum().backward()
        found.append((repr(loss), sorted(loss.state_dict()), out.tolist(), loss.linear.weight.grad.tolist()))
    assert found[0][:2] == found[1][:2]
    for theirs, ours in zip(found[0][2:], found[1][2:], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", UNCLASSIFIED)
def test_failures_of_linear_cross_entropy(name):
    compare_failure(UNCLASSIFIED[name], [X, normal(5, 2, 4, seed=8), NUMBERED, SEVERAL])
