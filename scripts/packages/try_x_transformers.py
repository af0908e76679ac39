"""x-transformers: decoders and encoders with many kinds of attention, trained for a few steps."""

import torch
from x_transformers import (
    AutoregressiveWrapper,
    ContinuousTransformerWrapper,
    Decoder,
    Encoder,
    TransformerWrapper,
    ViTransformerWrapper,
)

for name, options in {
    "plain": {},
    "rotary": {"rotary_pos_emb": True, "ff_glu": True},
    "alibi": {"alibi_pos_bias": True, "use_rmsnorm": True},
    "t5 bias": {"rel_pos_bias": True, "sandwich_norm": True},
    "normed": {"attn_qk_norm": True, "pre_norm_has_final_norm": False},
    "one kv head": {"attn_one_kv_head": True, "ff_swish": True, "ff_relu_squared": False},
    "memory": {"attn_num_mem_kv": 3, "residual_attn": True},
}.items():
    torch.manual_seed(0)
    layers = Decoder(dim=32, depth=2, heads=4, attn_dim_head=8, **options)
    model = AutoregressiveWrapper(TransformerWrapper(num_tokens=40, max_seq_len=32, attn_layers=layers))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    words = torch.randint(0, 40, (4, 17))
    for step in range(4):
        optimizer.zero_grad()
        loss = model(words)
        loss.backward()
        optimizer.step()
    print(name, f"{loss.item():.4f}", tuple(model.generate(words[:1, :3], 4, temperature=0.0).shape))
torch.manual_seed(1)
vit = ViTransformerWrapper(image_size=16, patch_size=4, num_classes=3, attn_layers=Encoder(dim=32, depth=2, heads=4))
print("vit", f"{vit(torch.randn(2, 3, 16, 16)).square().sum().item():.4f}")
continuous = ContinuousTransformerWrapper(
    dim_in=6, dim_out=2, max_seq_len=20, attn_layers=Encoder(dim=32, depth=1, heads=4)
)
print("continuous", f"{continuous(torch.randn(2, 20, 6), mask=torch.ones(2, 20).bool()).square().sum().item():.4f}")
