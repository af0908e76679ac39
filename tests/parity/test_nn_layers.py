"""Embeddings, dropouts, padding and attention against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)

from .nn_harness import close, compare, compare_failure, normal, whole  # noqa: E402

TABLE = normal(6, 3)
NUMBERS = whole(2, 4, low=0, high=6, dtype="int64")


@pytest.mark.parametrize(
    "options", [{}, {"padding_idx": 2}, {"padding_idx": -4}, {"scale_grad_by_freq": True}], ids=str
)
def test_embedding(options):
    compare(
        lambda m, f, w, i: f.embedding(i, w, **options),
        [TABLE, NUMBERS],
        second="scale_grad_by_freq" not in options,  # torch's second order forgets the scale
        forward="scale_grad_by_freq" not in options,  # torch's tangents are not scaled either
    )
    compare(
        lambda m, f, w, i: f.embedding(i.int()[0], w, **options),
        [TABLE.astype("float32"), NUMBERS],
        second=False,
        forward=False,
    )


def test_embedding_norms():
    found = []
    for module in (gradiente, torch):
        w = module.from_numpy(TABLE.copy()).requires_grad_()
        out = module.nn.functional.embedding(module.from_numpy(NUMBERS), w, max_norm=1.0, norm_type=2.0)
        out.sum().backward()
        bag = module.nn.functional.embedding_bag(module.from_numpy(NUMBERS), w, max_norm=0.8, norm_type=1.0)
        found.append([x.detach().numpy() for x in (out, w, w.grad, bag)])
    close(*found, None, "renormalised")


BAGS = {
    "mean": lambda m, f, w, i, p: f.embedding_bag(i, w),
    "sum": lambda m, f, w, i, p: f.embedding_bag(i, w, mode="sum"),
    "max": lambda m, f, w, i, p: f.embedding_bag(i, w, mode="max"),
    "weighted": lambda m, f, w, i, p: f.embedding_bag(i, w, mode="sum", per_sample_weights=p),
    "offsets": lambda m, f, w, i, p: f.embedding_bag(i.flatten(), w, m.tensor([0, 3, 3, 7])),
    "offsets, max": lambda m, f, w, i, p: f.embedding_bag(i.flatten(), w, m.tensor([0, 3, 3, 7]), mode="max"),
    "last": lambda m, f, w, i, p: f.embedding_bag(i.flatten(), w, m.tensor([0, 3, 8]), include_last_offset=True),
    "padding": lambda m, f, w, i, p: f.embedding_bag(i, w, padding_idx=2),
    "padding, max": lambda m, f, w, i, p: f.embedding_bag(i, w, mode="max", padding_idx=-4),
    "weighted, padding": lambda m, f, w, i, p: f.embedding_bag(i, w, mode="sum", per_sample_weights=p, padding_idx=2),
}


@pytest.mark.parametrize("name", BAGS)
def test_bags(name):
    tracked = 2 if "weighted" in name else 1
    call = BAGS[name]
    arrays = [TABLE, normal(2, 4, seed=3), NUMBERS]
    compare(
        lambda m, f, w, p, i: call(m, f, w, i, p), arrays, tracked, second=False, forward=False, node="max" not in name
    )


def test_one_hot():
    for options in ({}, {"num_classes": 9}):
        compare(lambda m, f, i, o=options: f.one_hot(i, **o), [NUMBERS], 0)
    compare(lambda m, f, i: f.one_hot(i[:0], 3), [NUMBERS], 0)


DROPS = {
    "dropout": lambda f, x: f.dropout(x, 0.3),
    "1d": lambda f, x: f.dropout1d(x[0, 0], 0.3),
    "1d batch": lambda f, x: f.dropout1d(x[0], 0.3),
    "2d": lambda f, x: f.dropout2d(x, 0.3),
    "2d, 3": lambda f, x: f.dropout2d(x[0], 0.3),
    "2d, 2": lambda f, x: f.dropout2d(x[0, 0], 0.3),
    "3d": lambda f, x: f.dropout3d(x[None], 0.3),
    "3d, 4": lambda f, x: f.dropout3d(x, 0.3),
    "alpha": lambda f, x: f.alpha_dropout(x, 0.3, True),
    "alpha of channels": lambda f, x: f.feature_alpha_dropout(x, 0.3, True),
    "all": lambda f, x: f.dropout2d(x, 1.0),
    "alpha all": lambda f, x: f.alpha_dropout(x, 1.0, True),
    "none": lambda f, x: f.dropout3d(x, 0.3, False),
    "alpha none": lambda f, x: f.alpha_dropout(x, 0.3),
    "in place": lambda f, x: f.dropout2d(x * 1, 0.3, inplace=True),
    "alpha in place": lambda f, x: f.alpha_dropout(x * 1, 0.3, True, inplace=True),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", DROPS)
def test_dropouts_draw_what_torch_draws(name, dtype):
    def call(m, f, x):
        m.manual_seed(5)
        out = DROPS[name](f, x)
        return out, m.rand(2)

    compare(call, [normal(3, 4, 2, 5, dtype=dtype)], forward=False)


PADS = {
    "constant": ((1, 2), {}),
    "constant, two": ((1, 2, 0, 3), {"value": 1.5}),
    "cut": ((-1, 2, 1, -2), {"value": -0.5}),
    "cut all": ((-2, -3), {}),
    "nothing": ((), {}),
    "reflect": ((1, 2, 3, 0), {"mode": "reflect"}),
    "reflect, cut": ((-1, 2, 3, -2), {"mode": "reflect"}),
    "replicate": ((1, 2, 7, 0), {"mode": "replicate"}),
    "replicate, cut": ((-1, 2, 7, -2), {"mode": "replicate"}),
    "circular": ((5, 2, 3, 0), {"mode": "circular"}),
    "circular, cut": ((-1, 2, 2, -1), {"mode": "circular"}),
    "reflect 3d": ((1, 2, 3, 0, 1, 1), {"mode": "reflect"}),
    "replicate 3d": ((1, 2, 3, 0, 1, 1), {"mode": "replicate"}),
    "circular 3d": ((1, 2, 3, 0, 1, 1), {"mode": "circular"}),
}


@pytest.mark.parametrize("name", PADS)
def test_pad(name):
    amounts, options = PADS[name]
    compare(lambda m, f, x: f.pad(x, amounts, **options), [normal(2, 3, 4, 5)], node="circular" not in name)
    compare(lambda m, f, x: f.pad(x, amounts, **options), [whole(2, 3, 4, 5, dtype="int64")], 0)


def test_pad_lines():
    for mode in ("reflect", "replicate", "circular"):
        for x in (normal(2, 5), normal(2, 3, 5, dtype="float32")):
            compare(lambda m, f, x, mode=mode: f.pad(x, (2, 1), mode=mode), [x], node=mode != "circular")
    compare(lambda m, f, x: f.pad(x, (1, 1)), [normal(2, 5) + 1j * normal(2, 5, seed=1)])
    compare(lambda m, f, x: f.pad(x > 0, (1, 1), value=True), [normal(2, 5)], 0)


Q, K, V = normal(2, 2, 3, 4), normal(2, 2, 5, 4, seed=1), normal(2, 2, 5, 6, seed=2)
MASK = whole(3, 5, low=0, high=3, seed=1) > 0
ATTENTION = {
    "plain": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q, k, v),
    "causal": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q, k, v, is_causal=True),
    "scale": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q, k, v, scale=0.3),
    "mask": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q, k, v, a),
    "numbers": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q, k, v, m.where(a, 0.5, -1.0).to(q.dtype)),
    "hopeless": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q, k, v, a & (m.arange(3) > 0)[:, None]),
    "matrices": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q[0, 0], k[0, 0], v[0, 0]),
    "shared heads": lambda m, f, q, k, v, a: f.scaled_dot_product_attention(q, k[:, :1], v[:, :1], enable_gqa=True),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ATTENTION)
def test_attention(name, dtype):
    arrays = [*[x.astype(dtype) for x in (Q, K, V)], MASK]
    compare(ATTENTION[name], arrays, 3, node=False, tolerance=1e-4 if dtype == "float32" else None)


def test_attention_drops():
    def call(m, f, q, k, v):
        m.manual_seed(1)
        return f.scaled_dot_product_attention(q, k, v, dropout_p=0.4)

    compare(call, [Q, K, V], 3, node=False)


E, HEADS = 4, 2
MAPS = [normal(3 * E, E, seed=4), normal(3 * E, seed=5), normal(E, E, seed=6), normal(E, seed=7)]
OPTIONS = {
    "plain": {},
    "no weights": {"need_weights": False},
    "each head": {"average_attn_weights": False},
    "zeros": {"add_zero_attn": True},
    "mask": {"attn_mask": MASK},
    "numbers": {"attn_mask": normal(3, 5, seed=9)},
    "mask of heads": {"attn_mask": np.stack([MASK, MASK, ~MASK, MASK])},
    "padding": {"key_padding_mask": np.array([[False] * 4 + [True]] * 2)},
    "both": {"key_padding_mask": np.array([[False] * 4 + [True]] * 2), "attn_mask": ~MASK, "need_weights": False},
    "mixed": {"key_padding_mask": np.array([[False] * 4 + [True]] * 2), "attn_mask": normal(3, 5, seed=9)},
    "causal": {"attn_mask": ~np.tri(3, 5, dtype=bool), "is_causal": True, "need_weights": False},
    "more": {"bias_k": normal(1, 1, E, seed=10), "bias_v": normal(1, 1, E, seed=11), "attn_mask": MASK},
}


def heads(m, f, q, k, v, w, b, ow, ob, **options):
    options = {key: m.from_numpy(x) if isinstance(x, np.ndarray) else x for key, x in options.items()}
    places = [options.pop("bias_k", None), options.pop("bias_v", None), options.pop("add_zero_attn", False), 0.0]
    out = f.multi_head_attention_forward(q, k, v, E, HEADS, w, b, *places, ow, ob, **options)
    return out if out[1] is not None else out[0]


@pytest.mark.parametrize("name", OPTIONS)
def test_heads(name):
    arrays = [normal(3, 2, E), normal(5, 2, E, seed=1), normal(5, 2, E, seed=2), *MAPS]
    compare(
        lambda m, f, *x: heads(m, f, *x, **OPTIONS[name]),
        arrays,
        7,
        "need_weights" not in OPTIONS[name],
        forward=name == "plain",
    )


def test_heads_alone():
    x = normal(3, E)
    compare(lambda m, f, x, *maps: heads(m, f, x, x, x, *maps), [x, *MAPS], 5)
    maps = [normal(E, E, seed=i) for i in range(3)]

    def separate(m, f, q, a, b, c, w, bias, ow, ob):
        options = {"use_separate_proj_weight": True, "q_proj_weight": a, "k_proj_weight": b, "v_proj_weight": c}
        return f.multi_head_attention_forward(q, q, q, E, HEADS, None, bias, None, None, False, 0.0, ow, ob, **options)

    compare(separate, [normal(3, 2, E), *maps, *MAPS], 4)


X = normal(2, 4, 5, 5)
I = np.array([[0, 1], [2, 2]])  # noqa: E741 (indices)
FAILURES = {
    "row": lambda m, f, x, i: f.embedding(i + 5, x[0, 0]),
    "negative row": lambda m, f, x, i: f.embedding(i - 1, x[0, 0]),
    "row float": lambda m, f, x, i: f.embedding(x, x[0, 0]),
    "row bool": lambda m, f, x, i: f.embedding(i > 0, x[0, 0]),
    "table": lambda m, f, x, i: f.embedding(i, x[0]),
    "padding_idx": lambda m, f, x, i: f.embedding(i, x[0, 0], padding_idx=5),
    "one_hot small": lambda m, f, x, i: f.one_hot(i, 2),
    "one_hot negative": lambda m, f, x, i: f.one_hot(-i, 2),
    "one_hot float": lambda m, f, x, i: f.one_hot(x),
    "one_hot empty": lambda m, f, x, i: f.one_hot(i[:0]),
    "bag mode": lambda m, f, x, i: f.embedding_bag(i, x[0, 0], mode="foo"),
    "bag weights": lambda m, f, x, i: f.embedding_bag(i, x[0, 0], per_sample_weights=m.ones(2, 2)),
    "bag weights' shape": lambda m, f, x, i: f.embedding_bag(i, x[0, 0], mode="sum", per_sample_weights=m.ones(2, 3)),
    "bag weights' dtype": lambda m, f, x, i: f.embedding_bag(i, x[0, 0], mode="sum", per_sample_weights=m.ones(2, 2)),
    "bag with offsets": lambda m, f, x, i: f.embedding_bag(i, x[0, 0], i[0]),
    "bag without": lambda m, f, x, i: f.embedding_bag(i[0], x[0, 0]),
    "bag of three": lambda m, f, x, i: f.embedding_bag(i[None], x[0, 0]),
    "bag offsets' rank": lambda m, f, x, i: f.embedding_bag(i[0], x[0, 0], i),
    "bag large offset": lambda m, f, x, i: f.embedding_bag(i[0], x[0, 0], m.tensor([0, 5])),
    "bag first offset": lambda m, f, x, i: f.embedding_bag(i[0], x[0, 0], m.tensor([1])),
    "bag row": lambda m, f, x, i: f.embedding_bag(i + 4, x[0, 0], mode="max"),
    "bag float": lambda m, f, x, i: f.embedding_bag(x[0, 0], x[0, 0]),
    "bag frequency": lambda m, f, x, i: f.embedding_bag(i, x[0, 0], mode="max", scale_grad_by_freq=True),
    "bag padding": lambda m, f, x, i: f.embedding_bag(i, x[0, 0], padding_idx=7),
    "drop p": lambda m, f, x, i: f.dropout2d(x, 1.5),
    "drop 1d": lambda m, f, x, i: f.dropout1d(x),
    "drop alpha p": lambda m, f, x, i: f.alpha_dropout(x, -0.5),
    "drop integers": lambda m, f, x, i: f.dropout2d(x.long()),
    "drop alpha integers": lambda m, f, x, i: f.alpha_dropout(x.long(), 0.5, True),
    "drop vector": lambda m, f, x, i: f.feature_alpha_dropout(x[0, 0, 0], 0.5, True),
    "pad odd": lambda m, f, x, i: f.pad(x, (1, 2, 3)),
    "pad many": lambda m, f, x, i: f.pad(x, (1,) * 10),
    "pad cut": lambda m, f, x, i: f.pad(x, (-3, -3)),
    "pad mode": lambda m, f, x, i: f.pad(x, (1, 1), mode="foo"),
    "pad value": lambda m, f, x, i: f.pad(x, (1, 2, 1, 1), mode="reflect", value=1),
    "pad rank": lambda m, f, x, i: f.pad(x, (1, 2), mode="reflect"),
    "pad reflect": lambda m, f, x, i: f.pad(x, (5, 2, 1, 1), mode="reflect"),
    "pad circular": lambda m, f, x, i: f.pad(x, (6, 2, 1, 1), mode="circular"),
    "pad bool": lambda m, f, x, i: f.pad(x.bool(), (1, 2, 1, 1), mode="reflect"),
    "pad int": lambda m, f, x, i: f.pad(x, 3),
    "mask and causal": lambda m, f, x, i: f.scaled_dot_product_attention(x[0], x[0], x[0], x[0], is_causal=True),
    "mask long": lambda m, f, x, i: f.scaled_dot_product_attention(x, x, x, m.ones(5, 5).long()),
    "mask dtype": lambda m, f, x, i: f.scaled_dot_product_attention(x.float(), x.float(), x.float(), x[0, 0]),
    "attention dtype": lambda m, f, x, i: f.scaled_dot_product_attention(x, x.float(), x),
    "attention rank": lambda m, f, x, i: f.scaled_dot_product_attention(x[0, 0, 0], x, x),
    "attention p": lambda m, f, x, i: f.scaled_dot_product_attention(x, x, x, dropout_p=2.0),
    "heads": lambda m, f, x, i: f.scaled_dot_product_attention(x, x[:, :3], x[:, :3], enable_gqa=True),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], [X, I])


S = [normal(3, 2, E), normal(5, 2, E, seed=1), normal(5, 2, E, seed=2), *MAPS]
HEAD_FAILURES = {
    "rank": lambda m, f, q, k, v, *maps: heads(m, f, q[0, 0], k, v, *maps),
    "key's rank": lambda m, f, q, k, v, *maps: heads(m, f, q, k[0], v, *maps),
    "alone": lambda m, f, q, k, v, *maps: heads(m, f, q[:, 0], k, v, *maps),
    "lengths": lambda m, f, q, k, v, *maps: heads(m, f, q, k[:4], v, *maps),
    "padding": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, key_padding_mask=np.zeros((2, 4), bool)),
    "padding's rank": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, key_padding_mask=np.zeros(5, bool)),
    "padding's dtype": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, key_padding_mask=np.zeros((2, 5), int)),
    "mask": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, attn_mask=np.zeros((3, 4), bool)),
    "masks": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, attn_mask=np.zeros((3, 3, 5), bool)),
    "mask's rank": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, attn_mask=np.zeros(5, bool)),
    "mask's dtype": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, attn_mask=np.zeros((3, 5), int)),
    "causal": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, is_causal=True),
    "separate": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, use_separate_proj_weight=True),
    "static": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, static_k=normal(3, 5, 2)),
    "bias": lambda m, f, q, k, v, *maps: heads(m, f, q, k, v, *maps, bias_k=normal(1, 1, 4)),
    "width": lambda m, f, q, k, v, *maps: heads(m, f, q[..., :2], k, v, *maps),
}


@pytest.mark.parametrize("name", HEAD_FAILURES)
def test_head_failures(name):
    compare_failure(HEAD_FAILURES[name], S)
