"""Attention and transformer layers, without PyTorch: laws that they obey."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente import nn


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.tensor(rng.standard_normal(shape), dtype=torch.float64)


def test_attention_is_its_formula(rng: np.random.Generator) -> None:
    layer = nn.MultiheadAttention(4, 2, batch_first=True, dtype=torch.float64)
    x = tensor(rng, 3, 5, 4)
    out, weights = layer(x, x, x, average_attn_weights=False)
    assert weights is not None
    assert layer.in_proj_weight is not None
    q, k, v = (x.numpy() @ w.T for w in layer.in_proj_weight.detach().numpy().reshape(3, 4, 4))
    heads = []
    for h in (slice(0, 2), slice(2, 4)):
        logits = q[..., h] @ k[..., h].swapaxes(1, 2) / np.sqrt(2)
        shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        np.testing.assert_allclose(weights[:, h.start // 2].detach().numpy(), shares, rtol=1e-9)
        heads.append(shares @ v[..., h])
    expected = np.concatenate(heads, -1) @ layer.out_proj.weight.detach().numpy().T
    np.testing.assert_allclose(out.detach().numpy(), expected, rtol=1e-9, atol=1e-12)


def test_a_place_does_not_see_the_future(rng: np.random.Generator) -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dtype=torch.float64).eval()
    stack = nn.TransformerEncoder(layer, 2)
    x = tensor(rng, 1, 6, 8).requires_grad_()
    out = stack(x, mask=nn.Transformer.generate_square_subsequent_mask(6, dtype=torch.float64))
    (out[0, 2] * tensor(rng, 8)).sum().backward()
    assert x.grad is not None
    assert bool((x.grad[0, :3] != 0).all(1).all())
    assert not x.grad[0, 3:].any()


def test_padding_does_not_matter(rng: np.random.Generator) -> None:
    model = nn.Transformer(8, 2, 1, 1, 16, dropout=0.0, batch_first=True, dtype=torch.float64)
    source, target = tensor(rng, 2, 5, 8), tensor(rng, 2, 3, 8)
    padding = torch.tensor([[False] * 3 + [True] * 2] * 2)
    options = {"src_key_padding_mask": padding, "memory_key_padding_mask": padding}
    out = model(source, target, **options)
    source[:, 3:] = 100.0
    torch.testing.assert_close(model(source, target, **options), out)
    torch.testing.assert_close(model(source[:, :3], target), out)


def test_padded_places_are_zero_in_evaluation(rng: np.random.Generator) -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dtype=torch.float64)
    stack = nn.TransformerEncoder(layer, 1).eval()
    padding = torch.tensor([[False, False, True]])
    x = tensor(rng, 1, 3, 8)
    with torch.no_grad():
        assert not stack(x, src_key_padding_mask=padding)[0, 2].any()
    assert stack(x, src_key_padding_mask=padding)[0, 2].any()


def test_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="must be greater than 0, got embed_dim=0 and num_heads=2"):
        nn.MultiheadAttention(0, 2)
    with pytest.raises(AssertionError, match="embed_dim must be divisible by num_heads"):
        nn.MultiheadAttention(8, 3)
    with pytest.raises(RuntimeError, match="activation should be relu/gelu, not tanh"):
        nn.TransformerEncoderLayer(8, 2, activation="tanh")
    model = nn.Transformer(8, 2, 1, 1, 16, batch_first=True)
    with pytest.raises(RuntimeError, match=r"the batch number of src and tgt must be equal \(src is \[2, 3, 8\]"):
        model(torch.zeros(2, 3, 8), torch.zeros(1, 3, 8))
    with pytest.raises(RuntimeError, match=r"must be equal to d_model \(src has 7, tgt has 8, d_model is 8\)"):
        model(torch.zeros(3, 2, 7), torch.zeros(3, 2, 8))
    with pytest.warns(UserWarning, match="self.use_nested_tensor is False because encoder_layer.norm_first was True"):
        nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, norm_first=True), 1)


def test_layers_are_copies() -> None:
    layer = nn.TransformerDecoderLayer(8, 2, 16)
    stack = nn.TransformerDecoder(layer, 2)
    first, second = stack.layers
    assert first is not layer
    assert torch.equal(first.linear1.weight, second.linear1.weight)
    assert first.linear1.weight is not second.linear1.weight
