"""Attention and transformer layers: printed form, parameters for one seed, results, gradients, masks, errors."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

Made = tuple[Any, list[Any]]


def outcome(library: Any, program: Callable[[Any], Made], *, training: bool, gradients: bool = True) -> dict[str, Any]:
    """Build the module, run it, and say all that can be compared; an error is an outcome, too."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        library.manual_seed(5)
        try:
            module, arguments = program(library)
            module.train(training)
            first = [(name, value.tolist()) for name, value in module.state_dict().items()]
            library.manual_seed(6)
            with library.set_grad_enabled(gradients):
                found = module(*arguments[:-1], **arguments[-1])
            results = [r for r in (found if isinstance(found, tuple) else (found,)) if r is not None]
            if gradients:
                sum((r * r).sum() for r in results).backward()
        except Exception as error:
            return {"error": type(error).__name__, "text": str(error)}
    leaves = [*module.parameters(), *(x for x in arguments[:-1] if x.requires_grad)]
    return {
        "printed": repr(module),
        "first": first,
        "results": [r.detach().numpy() for r in results],
        "gradients": [None if p.grad is None else p.grad.numpy() for p in leaves],
        "warnings": [(w.category.__name__, str(w.message)) for w in told if w.category is UserWarning],
    }


def compare(program: Callable[[Any], Made], *, training: bool = False, gradients: bool = True) -> None:
    theirs, ours = (outcome(m, program, training=training, gradients=gradients) for m in (torch, gradiente))
    if "error" in theirs:
        assert ours.get("error") == theirs["error"], ours
        assert theirs["text"][:80] in ours["text"]
        return
    assert "error" not in ours, ours
    assert ours["printed"] == theirs["printed"]
    assert [w for w in ours["warnings"] if "ested" in w[1] or "mismatched" in w[1]] == [
        w for w in theirs["warnings"] if "enable_nested" in w[1] or "mismatched" in w[1]
    ]
    for (name, a), (other, b) in zip(ours["first"], theirs["first"], strict=True):
        assert name == other
        np.testing.assert_allclose(a, b, rtol=3e-6, atol=1e-7, err_msg=name)
    for what in ("results", "gradients"):
        for a, b in zip(ours[what], theirs[what], strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a, b, rtol=5e-4, atol=5e-5, err_msg=what)  # float32 sums in another order


def numbers(library: Any, seed: int, *shape: int, tracked: bool = True) -> Any:
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return library.from_numpy(values).requires_grad_(tracked)


def attention(*sizes: Any, given: Callable[[Any], dict[str, Any]] = lambda m: {}, **options: Any) -> Any:
    def program(m: Any) -> Made:
        module = m.nn.MultiheadAttention(8, 2, **options)
        batch = sizes or ((3, 2, 8),)
        if len(batch) == 1:
            x = numbers(m, 0, *batch[0])
            return module, [x, x, x, given(m)]
        return module, [*(numbers(m, i, *size) for i, size in enumerate(batch)), given(m)]

    return program


def causal(m: Any, n: int = 3) -> Any:
    return m.nn.Transformer.generate_square_subsequent_mask(n)


def boolean(m: Any, rows: list[list[int]]) -> Any:
    return m.tensor(rows).bool()


PADDING = [[0, 0, 1], [0, 0, 0]]
ATTENTION: dict[str, Any] = {
    "plain": attention(),
    "batch first": attention(batch_first=True),
    "without batch": attention((3, 8)),
    "different": attention((3, 2, 8), (4, 2, 8), (4, 2, 8)),
    "other widths": attention((3, 2, 8), (4, 2, 5), (4, 2, 6), kdim=5, vdim=6),
    "one other width": attention((3, 2, 8), (4, 2, 5), (4, 2, 8), kdim=5, bias=False),
    "no bias": attention(bias=False),
    "one more key": attention(add_bias_kv=True),
    "zero key": attention(add_zero_attn=True, add_bias_kv=True),
    "dropout": attention(dropout=0.5),
    "no weights": attention(given=lambda m: {"need_weights": False}),
    "all heads": attention(given=lambda m: {"average_attn_weights": False}),
    "mask": attention(given=lambda m: {"attn_mask": causal(m)}),
    "bool mask": attention(given=lambda m: {"attn_mask": boolean(m, [[0, 1, 1], [0, 0, 1], [0, 0, 0]])}),
    "causal": attention(given=lambda m: {"attn_mask": causal(m), "is_causal": True, "need_weights": False}),
    "causal without mask": attention(given=lambda m: {"is_causal": True}),
    "padding": attention(given=lambda m: {"key_padding_mask": boolean(m, PADDING)}),
    "wrong mask": attention(given=lambda m: {"attn_mask": m.zeros(2, 3)}),
    "wrong padding": attention(given=lambda m: {"key_padding_mask": m.zeros(3, 3)}),
    "rank": attention((2, 3, 2, 8)),
    "width": attention((3, 2, 6)),
    "heads": lambda m: (m.nn.MultiheadAttention(8, 3), [{}]),
    "no width": lambda m: (m.nn.MultiheadAttention(0, 3), [{}]),
}


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("name", ATTENTION)
def test_attention(name: str, training: bool) -> None:
    compare(ATTENTION[name], training=training)


def encoder_layer(size: Any = (3, 2, 8), given: Any = lambda m: {}, **options: Any) -> Any:
    def program(m: Any) -> Made:
        layer = m.nn.TransformerEncoderLayer(8, 2, 16, **{"dropout": 0.0, **options})
        return layer, [numbers(m, 0, *size), given(m)]

    return program


def decoder_layer(given: Any = lambda m: {}, **options: Any) -> Any:
    def program(m: Any) -> Made:
        layer = m.nn.TransformerDecoderLayer(8, 2, 16, **options)
        return layer, [numbers(m, 0, 3, 2, 8), numbers(m, 1, 3, 2, 8), given(m)]

    return program


def encoder(given: Any = lambda m: {}, norm: bool = False, heads: int = 2, **options: Any) -> Any:
    def program(m: Any) -> Made:
        nested = {k: options[k] for k in ("enable_nested_tensor", "mask_check") if k in options}
        of_layer = {k: v for k, v in options.items() if k not in nested}
        layer = m.nn.TransformerEncoderLayer(8, heads, 16, **{"dropout": 0.0, "batch_first": True, **of_layer})
        stack = m.nn.TransformerEncoder(layer, 2, m.nn.LayerNorm(8) if norm else None, **nested)
        return stack, [numbers(m, 0, 2, 3, 8), given(m)]

    return program


def decoder(m: Any) -> Made:
    layer = m.nn.TransformerDecoderLayer(8, 2, 16)
    options = {"tgt_mask": causal(m), "memory_mask": m.zeros(3, 4), "tgt_key_padding_mask": m.zeros(2, 3)}
    stack = m.nn.TransformerDecoder(layer, 2, m.nn.LayerNorm(8))
    return stack, [numbers(m, 0, 3, 2, 8), numbers(m, 1, 4, 2, 8), options]


def whole(given: Any = lambda m: {}, sizes: Any = ((3, 2, 8), (4, 2, 8)), **options: Any) -> Any:
    def program(m: Any) -> Made:
        model = m.nn.Transformer(8, 2, 2, 1, 16, **options)
        return model, [*(numbers(m, i, *size) for i, size in enumerate(sizes)), given(m)]

    return program


LAYERS: dict[str, Any] = {
    "encoder layer": encoder_layer(),
    "encoder layer, dropout": encoder_layer(dropout=0.3),
    "encoder layer, batch first": encoder_layer(batch_first=True),
    "encoder layer, without batch": encoder_layer((3, 8)),
    "encoder layer, norm first": encoder_layer(norm_first=True, activation="gelu"),
    "encoder layer, no bias": encoder_layer(bias=False, layer_norm_eps=1e-3),
    "encoder layer, mask": encoder_layer(given=lambda m: {"src_mask": causal(m), "is_causal": True}),
    "encoder layer, padding": encoder_layer(given=lambda m: {"src_key_padding_mask": boolean(m, PADDING)}),
    "encoder layer, both": encoder_layer(
        given=lambda m: {"src_mask": causal(m), "src_key_padding_mask": boolean(m, PADDING)}
    ),
    "encoder layer, int mask": encoder_layer(given=lambda m: {"src_mask": m.zeros(3, 3).int()}),
    "encoder layer, causal": encoder_layer(given=lambda m: {"is_causal": True}),
    "encoder layer, activation": encoder_layer(activation="tanh"),
    "encoder layer, rank": encoder_layer((2, 3, 2, 8)),
    "decoder layer": decoder_layer(),
    "decoder layer, norm first": decoder_layer(norm_first=True, activation="gelu", bias=False),
    "decoder layer, masks": decoder_layer(
        lambda m: {
            "tgt_mask": causal(m),
            "memory_mask": causal(m),
            "tgt_is_causal": True,
            "memory_key_padding_mask": m.zeros(2, 3),
        }
    ),
    "encoder": encoder(),
    "encoder, norm": encoder(norm=True, given=lambda m: {"mask": causal(m)}),
    "encoder, padding": encoder(given=lambda m: {"src_key_padding_mask": boolean(m, PADDING)}),
    "encoder, padding and mask": encoder(
        given=lambda m: {"src_key_padding_mask": boolean(m, PADDING), "mask": m.zeros(3, 3).bool()}
    ),
    "encoder, padding in front": encoder(
        given=lambda m: {"src_key_padding_mask": boolean(m, [[1, 0, 0], [0, 0, 0]])}, norm=True
    ),
    "encoder, not nested": encoder(
        given=lambda m: {"src_key_padding_mask": boolean(m, PADDING)}, enable_nested_tensor=False
    ),
    "encoder, odd heads": encoder(heads=1),
    "encoder, sequence first": encoder(batch_first=False),
    "encoder, norm first": encoder(norm_first=True),
    "decoder": decoder,
    "transformer": whole(),
    "transformer, batch first": whole(batch_first=True, sizes=((2, 3, 8), (2, 4, 8)), norm_first=True),
    "transformer, masks": whole(
        lambda m: {"src_mask": causal(m), "tgt_mask": causal(m, 4), "src_key_padding_mask": m.zeros(2, 3)}
    ),
    "transformer, batches": whole(sizes=((3, 2, 8), (4, 1, 8))),
    "transformer, widths": whole(sizes=((3, 2, 8), (4, 2, 7))),
}


@pytest.mark.parametrize(("training", "gradients"), [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name: str, training: bool, gradients: bool) -> None:
    compare(LAYERS[name], training=training, gradients=gradients)


def test_the_mask_of_the_future() -> None:
    for m in (torch, gradiente):
        mask = causal(m)
        assert mask.tolist() == [[0, -math.inf, -math.inf], [0, 0, -math.inf], [0, 0, 0]]
