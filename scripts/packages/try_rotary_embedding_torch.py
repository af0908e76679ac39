"""rotary-embedding-torch: the examples of its README."""

import torch
from rotary_embedding_torch import RotaryEmbedding, apply_rotary_emb

torch.manual_seed(0)
rotary_emb = RotaryEmbedding(dim=32)
q, k = torch.randn(1, 8, 64, 64), torch.randn(1, 8, 64, 64)
q2, k2 = rotary_emb.rotate_queries_or_keys(q), rotary_emb.rotate_queries_or_keys(k)
print(q2.shape, q2.mean(), k2.std(), q2[0, 0, 5, :6])
q2, k2 = rotary_emb.rotate_queries_with_cached_keys(q[:, :, :1], k)
print(q2[0, 3, 0, :6], k2.abs().sum())

pos_emb = RotaryEmbedding(dim=16, freqs_for="pixel", max_freq=256)
freqs = pos_emb.get_axial_freqs(8, 16, 4)
q = apply_rotary_emb(freqs, torch.randn(1, 8, 16, 4, 64))
print(freqs.shape, freqs.abs().sum(), q.shape, q.square().mean())

xpos = RotaryEmbedding(dim=32, use_xpos=True)
q, k = xpos.rotate_queries_and_keys(torch.randn(1, 8, 64, 64), torch.randn(1, 8, 64, 64))
print(q.mean(), k.mean())
learned = RotaryEmbedding(dim=32, learned_freq=True, interpolate_factor=2.0)
learned.rotate_queries_or_keys(torch.randn(1, 8, 64, 64)).pow(3).sum().backward()
print(learned.freqs.grad)
