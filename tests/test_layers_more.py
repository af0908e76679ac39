"""Embeddings, dropouts, padding, attention, images in another size, and losses, against what they say they are."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

import gradiente as torch
import gradiente.nn.functional as functional


def test_padding_row_gets_no_gradient():
    w = torch.ones(3, 2, requires_grad=True)
    functional.embedding(torch.tensor([0, 1, 1]), w, padding_idx=1).sum().backward()
    assert w.grad.tolist() == [[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]
    w.grad = None
    functional.embedding(torch.tensor([0, 1, 1]), w, scale_grad_by_freq=True).sum().backward()
    assert w.grad.tolist() == [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]


def test_rows_are_scaled_down_in_place():
    w = torch.tensor([[3.0, 4.0], [0.3, 0.4], [6.0, 8.0]])
    version = w._version
    functional.embedding(torch.tensor([0, 1]), w, max_norm=1.0)
    np.testing.assert_allclose(w.numpy(), [[0.6, 0.8], [0.3, 0.4], [6.0, 8.0]], rtol=1e-5)
    assert w._version > version


def test_bags_are_sums_means_and_maxima(rng):
    w = torch.from_numpy(rng.standard_normal((5, 3)))
    numbers, offsets = torch.tensor([0, 4, 2, 2, 1]), torch.tensor([0, 2, 2])
    rows = [w.numpy()[[0, 4]], w.numpy()[[]], w.numpy()[[2, 2, 1]]]
    for mode, reduce in (("sum", np.sum), ("mean", np.mean), ("max", np.max)):
        out = functional.embedding_bag(numbers, w, offsets, mode=mode).numpy()
        for found, bag in zip(out, rows, strict=True):
            np.testing.assert_allclose(found, reduce(bag, axis=0) if len(bag) else np.zeros(3), rtol=1e-12)


def test_tables_have_sparse_gradients():
    w, i = torch.ones(3, 2, requires_grad=True), torch.tensor([[0, 1]])
    for call, share in ((functional.embedding, 1.0), (functional.embedding_bag, 0.5)):
        w.grad = None
        call(i, w, sparse=True).sum().backward()
        assert w.grad is not None
        assert w.grad.is_sparse
        assert w.grad.to_dense().tolist() == [[share, share], [share, share], [0.0, 0.0]]
    with torch.no_grad():
        assert functional.embedding(i, w, sparse=True).shape == (1, 2, 2)


def test_examples_have_tables_of_their_own(rng):
    w, i = torch.from_numpy(rng.standard_normal((3, 4, 2))), torch.tensor([[0, 3], [1, 1], [2, 0]])
    call = torch.vmap(lambda i, w: functional.embedding(i, w))
    assert torch.equal(call(i, w), torch.stack([w[k][i[k]] for k in range(3)]))


def test_channels_are_dropped_whole():
    torch.manual_seed(0)
    x = functional.dropout2d(torch.ones(8, 16, 3, 3), 0.25)
    flat = x.reshape(128, 9)
    assert ((flat == 0).all(1) | (flat == 1 / 0.75).all(1)).all()
    assert 0.1 < (flat[:, 0] == 0).float().mean().item() < 0.4
    assert functional.dropout2d(x, 0.5, training=False) is x


def test_alpha_dropout_keeps_mean_and_variance():
    torch.manual_seed(0)
    x = functional.alpha_dropout(torch.randn(200000), 0.3, training=True)
    assert abs(x.mean().item()) < 0.02
    assert abs(x.var().item() - 1) < 0.02


def test_pads_are_numpys(rng):
    x = rng.standard_normal((2, 3, 4, 5))
    names = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    for mode, name in names.items():
        out = functional.pad(torch.from_numpy(x), (1, 2, 3, 1), mode)
        np.testing.assert_array_equal(out.numpy(), np.pad(x, ((0, 0), (0, 0), (3, 1), (1, 2)), name))
    out = functional.pad(torch.from_numpy(x), (1, -2), value=7.0)
    np.testing.assert_array_equal(out.numpy(), np.pad(x[..., :-2], ((0, 0),) * 3 + ((1, 0),), constant_values=7.0))


def test_attention_is_a_weighted_mean(rng):
    q, k, v = (torch.from_numpy(rng.standard_normal(s)) for s in ((2, 3, 4), (2, 5, 4), (2, 5, 6)))
    weights = (q @ k.mT / 2).softmax(-1)
    np.testing.assert_allclose(functional.scaled_dot_product_attention(q, k, v).numpy(), (weights @ v).numpy())
    mask = torch.ones(3, 5, dtype=torch.bool)
    mask[1] = False
    out = functional.scaled_dot_product_attention(q.requires_grad_(), k, v, mask)
    assert (out[:, 1] == 0).all()
    out.sum().backward()
    assert q.grad.isfinite().all()
    causal = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    np.testing.assert_allclose(causal[:, 0].detach().numpy(), v[:, 0].numpy())


def test_fold_counts_what_unfold_shows():
    x = torch.ones(1, 1, 4, 5)
    columns = functional.unfold(x, (2, 3), padding=1, stride=(1, 2))
    back = functional.fold(columns, (4, 5), (2, 3), padding=1, stride=(1, 2))
    seen = sum(
        np.pad(np.ones((2, 3)), ((i, 4 - i), (2 * j, 4 - 2 * j)))[1:-1, 1:-1] for i, j in product(range(5), range(3))
    )
    np.testing.assert_array_equal(back[0, 0].numpy(), seen)


def test_shuffles_are_inverses(rng):
    x = torch.from_numpy(rng.standard_normal((2, 8, 3, 4)))
    assert torch.equal(functional.pixel_unshuffle(functional.pixel_shuffle(x, 2), 2), x)
    assert torch.equal(functional.channel_shuffle(functional.channel_shuffle(x, 2), 4), x)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic", "area"])
def test_the_same_size_is_the_same_image(rng, mode):
    x = torch.from_numpy(rng.standard_normal((1, 2, 4, 5)))
    np.testing.assert_allclose(functional.interpolate(x, (4, 5), mode=mode).numpy(), x.numpy(), rtol=1e-12)


def test_linear_images_stay_linear():
    x = torch.arange(5.0).reshape(1, 1, 5)
    out = functional.interpolate(x, 9, mode="linear", align_corners=True)
    np.testing.assert_allclose(out.flatten().numpy(), np.linspace(0, 4, 9), rtol=1e-6)


def test_the_grid_of_the_identity_gives_the_image(rng):
    x = torch.from_numpy(rng.standard_normal((1, 2, 4, 5)))
    theta = torch.eye(2, 3, dtype=torch.float64)[None]
    for aligned in (False, True):
        grid = functional.affine_grid(theta, (1, 2, 4, 5), aligned)
        for mode in ("bilinear", "nearest", "bicubic"):
            out = functional.grid_sample(x, grid, mode, align_corners=aligned)
            np.testing.assert_allclose(out.numpy(), x.numpy(), atol=1e-12)


def test_unpooling_puts_back():
    x = torch.tensor([[[1.0, 3.0, 4.0, 2.0, 0.0, 5.0]]])
    out, where = functional.max_pool1d(x, 2, return_indices=True)
    assert functional.max_unpool1d(out, where, 2).tolist() == [[[0.0, 3.0, 4.0, 0.0, 0.0, 5.0]]]


def collapsed(path, blank):
    out = []
    for i, label in enumerate(path):
        if label != blank and (i == 0 or label != path[i - 1]):
            out.append(label)
    return out


@pytest.mark.parametrize("labels", [[], [1], [1, 1], [1, 2], [2, 1]])
def test_ctc_sums_over_all_paths(rng, labels):
    logs = torch.from_numpy(rng.standard_normal((4, 1, 3))).log_softmax(-1)
    probabilities = logs[:, 0].exp().numpy()
    total = sum(
        math.prod(probabilities[t, c] for t, c in enumerate(path))
        for path in product(range(3), repeat=4)
        if collapsed(path, 0) == labels
    )
    target = torch.tensor([labels], dtype=torch.int64).reshape(1, -1)
    loss = functional.ctc_loss(logs, target, [4], [len(labels)], reduction="sum")
    np.testing.assert_allclose(loss.item(), -math.log(total), rtol=1e-10)


def test_ctc_gradient_is_that_of_the_logits(rng):
    x = torch.from_numpy(rng.standard_normal((3, 1, 3))).requires_grad_()
    call = lambda x: functional.ctc_loss(x.log_softmax(-1), torch.tensor([[1, 2]]), [3], [2], reduction="sum")  # noqa: E731
    (found,) = torch.autograd.grad(call(x), [x])
    flat = x.detach().numpy()
    for place in np.ndindex(flat.shape):
        step = np.zeros_like(flat)
        step[place] = 1e-6
        up, down = (call(torch.from_numpy(flat + s * step)).item() for s in (1, -1))
        assert abs((up - down) / 2e-6 - found[place].item()) < 1e-8


def test_what_cannot_be_aligned_costs_infinity_or_nothing():
    logs = torch.zeros(2, 1, 3).log_softmax(-1).requires_grad_()
    labels = torch.tensor([[1, 1]])  # needs a blank between: three steps
    assert functional.ctc_loss(logs, labels, [2], [2]).item() == math.inf
    loss = functional.ctc_loss(logs, labels, [2], [2], zero_infinity=True)
    (g,) = torch.autograd.grad(loss, [logs])
    assert loss.item() == 0
    assert not g.any()


def test_margin_losses_by_hand():
    x, y = torch.tensor([[0.1, 0.2, 0.4, 0.8]]), torch.tensor([3])
    wanted = sum(max(0, 1 - (0.8 - s)) for s in (0.1, 0.2, 0.4)) / 4
    np.testing.assert_allclose(functional.multi_margin_loss(x, y).item(), wanted, rtol=1e-6)
    several = functional.multilabel_margin_loss(x, torch.tensor([[3, 0, -1, 1]]))
    wanted = sum(max(0, 1 - (t - s)) for t, s in product((0.8, 0.1), (0.2, 0.4))) / 4
    np.testing.assert_allclose(several.item(), wanted, rtol=1e-6)


ERRORS = {
    "index out of range in self": (IndexError, lambda: functional.embedding(torch.tensor([3]), torch.ones(3, 2))),
    "Padding_idx must be within num_embeddings": (
        AssertionError,
        lambda: functional.embedding(torch.tensor([0]), torch.ones(3, 2), padding_idx=3),
    ),
    "mode has to be one of sum, mean or max": (
        ValueError,
        lambda: functional.embedding_bag(torch.tensor([[0]]), torch.ones(3, 2), mode="foo"),
    ),
    "Class values must be smaller": (RuntimeError, lambda: functional.one_hot(torch.tensor([3]), 3)),
    "dropout probability has to be between 0 and 1": (ValueError, lambda: functional.dropout1d(torch.ones(2, 3), 1.5)),
    "Padding length must be divisible by 2": (RuntimeError, lambda: functional.pad(torch.ones(3), (1,))),
    "Unrecognised padding mode": (NotImplementedError, lambda: functional.pad(torch.ones(3), (1, 1), "foo")),
    "Explicit attn_mask should not be set": (
        RuntimeError,
        lambda: functional.scaled_dot_product_attention(
            torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2), is_causal=True
        ),
    ),
    "either size or scale_factor should be defined": (ValueError, lambda: functional.interpolate(torch.ones(1, 1, 2))),
    "expected mode to be 'bilinear'": (
        ValueError,
        lambda: functional.grid_sample(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 1, 2), "foo", align_corners=False),
    ),
    "Found an invalid max index": (
        RuntimeError,
        lambda: functional.max_unpool1d(torch.ones(1, 2), torch.full((1, 2), 9), 2),
    ),
    "blank must be in label range": (
        RuntimeError,
        lambda: functional.ctc_loss(torch.ones(2, 1, 3), torch.tensor([[1]]), [2], [1], blank=3),
    ),
    "only p == 1 and p == 2 supported": (
        ValueError,
        lambda: functional.multi_margin_loss(torch.ones(1, 2), torch.tensor([0]), p=3),
    ),
    "var has negative entry/entries": (
        ValueError,
        lambda: functional.gaussian_nll_loss(torch.ones(2), torch.ones(2), -torch.ones(2)),
    ),
    "kl_div: Integral inputs not supported": (
        RuntimeError,
        lambda: functional.kl_div(torch.ones(2), torch.tensor([1, 2]), reduction="sum"),
    ),
    "Halving dimension must be even": (RuntimeError, lambda: functional.glu(torch.ones(3))),
    "Mismatch of parameter numbers": (RuntimeError, lambda: functional.prelu(torch.ones(2, 3), torch.ones(2))),
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors(text):
    kind, call = ERRORS[text]
    with pytest.raises(kind) as caught:
        call()
    assert text in str(caught.value)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_logits_in_parts(reduction, weighted, rng):
    """The loss and its gradients are those of all logits at once, which are never in memory."""
    x, w, b = (torch.tensor(rng.standard_normal(s)).requires_grad_() for s in ((7, 3), (5, 3), (5,)))
    y = torch.tensor([0, 4, 2, 2, 1, 0, 3])
    given = {"linear_bias": b, "reduction": reduction, "ignore_index": 2}
    given["weight"] = torch.arange(1.0, 6, dtype=torch.float64) if weighted else None
    options = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=2)
    whole, parts = (functional.linear_cross_entropy(x, w, y, **given, options=o) for o in (None, options))
    torch.testing.assert_close(parts, whole)
    for found, expected in zip(*(torch.autograd.grad(out.sum(), [x, w, b]) for out in (parts, whole)), strict=True):
        torch.testing.assert_close(found, expected)


def test_logits_of_a_part_alone_are_saved():
    sizes = []

    def note(saved):
        sizes.append(saved.numel())
        return saved

    x, w = torch.zeros(64, 4), torch.zeros(1000, 4, requires_grad=True)
    options = torch.nn.LinearCrossEntropyOptions(chunking_method="aspect_ratio:1")
    with torch.autograd.graph.saved_tensors_hooks(note, lambda saved: saved):
        loss = functional.linear_cross_entropy(x, w, torch.zeros(64, dtype=torch.int64), options=options)
    assert max(sizes, default=0) <= 4000
    assert loss.item() == pytest.approx(math.log(1000))
    loss.backward()
    assert w.grad is not None


def test_options_of_parts():
    x, w, y = torch.ones(2, 3), torch.ones(4, 3), torch.tensor([0, 1])
    options = torch.nn.LinearCrossEntropyOptions()
    with pytest.warns(UserWarning, match="``options`` ignored; chunked path needs"):
        functional.linear_cross_entropy(x, w, y, label_smoothing=0.1, options=options)
    wide = torch.nn.LinearCrossEntropyOptions(acc_dtype=torch.float64)
    with pytest.raises(RuntimeError, match="supports float32 acc_dtype with float16/bfloat16 inputs"):
        functional.linear_cross_entropy(x, w, y, options=wide)
    for name, value, text in (
        ("batch_chunk_size", 0, "must be positive int or None, got 0"),
        ("chunking_method", "whole", "invalid chunking_method: 'whole'"),
        ("acc_policy", "wild", "invalid acc_policy: 'wild'"),
        ("acc_dtype", torch.int32, "acc_dtype must be one of"),
    ):
        with pytest.raises(ValueError, match=text):
            torch.nn.LinearCrossEntropyOptions(**{name: value})


def test_module_of_linear_cross_entropy():
    with pytest.raises(RuntimeError, match=r"expected weight shape to be \(4,\), got \(3,\)"):
        torch.nn.LinearCrossEntropyLoss(2, 4, weight=torch.ones(3))
    with pytest.raises(RuntimeError, match=r"expected label_smoothing to be in range \[0, 1\], got 3.0"):
        torch.nn.LinearCrossEntropyLoss(2, 4, label_smoothing=3.0)
    loss = torch.nn.LinearCrossEntropyLoss(2, 4, out_features=(3,), bias=True)
    assert loss(torch.ones(5, 2), torch.zeros(5, 3, dtype=torch.int64)).shape == ()


def test_rows_named_more_often_than_there_are_rounds(rng):
    """Sums of rows are added in rounds, and what is left at once."""
    numbers = np.concatenate([np.zeros(40, int), np.arange(5), np.full(9, 3), np.full(8, 2)])
    rng.shuffle(numbers)
    g = rng.standard_normal((len(numbers), 3))
    w = torch.zeros(6, 3, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(functional.embedding(torch.from_numpy(numbers), w), [w], [torch.from_numpy(g)])
    np.testing.assert_allclose(found.numpy(), [g[numbers == k].sum(axis=0) for k in range(6)], atol=1e-12)


TOP_LEVEL = {
    "Expected 4-dimensional input for 4-dimensional weight": (
        RuntimeError,
        lambda: torch.convolution(torch.ones(1, 4), torch.ones(1, 1, 2, 2), None, [1], [0], [1], False, [0], 1),
    ),
    "expected stride to be a single integer value": (
        RuntimeError,
        lambda: torch.convolution(torch.ones(1, 1, 4), torch.ones(1, 1, 2), None, [1, 1], [0], [1], False, [0], 1),
    ),
    "bernoulli_ expects p to be in [0, 1]": (RuntimeError, lambda: torch.native_dropout(torch.ones(2), 1.5, True)),
    "get_device(): argument 'input'": (TypeError, lambda: torch.get_device(3)),  # pyright: ignore
}


@pytest.mark.parametrize("text", TOP_LEVEL)
def test_errors_at_top(text):
    kind, call = TOP_LEVEL[text]
    with pytest.raises(kind) as caught:
        call()
    assert text in str(caught.value)


def test_reductions_by_number():
    """At torch's top level a reduction is a number: 0, 1 or 2 for none, mean and sum."""
    x, y = torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.0])
    for number, name in enumerate(("none", "mean", "sum")):
        found = torch.binary_cross_entropy_with_logits(x, y, reduction=number)
        assert torch.equal(found, functional.binary_cross_entropy_with_logits(x, y, reduction=name))
        assert torch.equal(
            torch.hinge_embedding_loss(x, y, 1.0, number), functional.hinge_embedding_loss(x, y, reduction=name)
        )
    assert reversed(torch.arange(3)).tolist() == [2, 1, 0]
