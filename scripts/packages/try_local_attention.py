"""local-attention: the layer and the transformer of its README, trained for some steps."""

import random

import torch
from local_attention import LocalAttention, LocalTransformer

random.seed(0)  # hyper-connections draw from it
torch.manual_seed(0)
q, k, v = (torch.randn(2, 4, 128, 16) for _ in range(3))
for options in (
    {"causal": True, "look_backward": 1, "look_forward": 0},
    {"causal": False},
    {"use_xpos": True, "causal": True},
):
    attn = LocalAttention(dim=16, window_size=32, autopad=True, **options)
    out = attn(q, k, v, mask=torch.ones(2, 128).bool())
    print(options, out.shape, out.mean(), out[0, 0, 40, :4])
attn = LocalAttention(dim=16, window_size=32, shared_qk=True, causal=True)
print(attn(q, q, v).sum())

model = LocalTransformer(num_tokens=32, dim=32, depth=2, max_seq_len=64, causal=True, local_attn_window_size=16,
                         dim_head=8, heads=2)  # fmt: skip
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randint(0, 32, (2, 64))
print(model(x).shape, model(x).std())
for _ in range(5):
    loss = model(x, return_loss=True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss)
