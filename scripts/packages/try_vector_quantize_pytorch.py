"""vector-quantize-pytorch: quantisers of its README."""

import torch
from vector_quantize_pytorch import FSQ, LFQ, RandomProjectionQuantizer, ResidualVQ, SimVQ, VectorQuantize

torch.manual_seed(0)
x = torch.randn(1, 64, 32)
vq = VectorQuantize(dim=32, codebook_size=16, decay=0.8, commitment_weight=1.0)
for _ in range(3):
    quantized, indices, loss = vq(x)
    print(quantized.shape, quantized.mean(), indices[0, :8], loss)
quantized, indices, loss = ResidualVQ(dim=32, num_quantizers=4, codebook_size=16, kmeans_init=True, kmeans_iters=5)(x)
print(quantized.shape, quantized.mean(), indices[0, :3], loss)
quantized, indices = FSQ(levels=[8, 5, 5, 5])(torch.randn(1, 64, 4))
print(quantized.sum(), indices[0, :8])
quantized, indices, loss = LFQ(codebook_size=256, dim=8, entropy_loss_weight=0.1)(torch.randn(1, 64, 8))
print(quantized.mean(), indices[0, :8], loss)
quantized, indices, loss = SimVQ(dim=32, codebook_size=32)(x)
print(quantized.mean(), indices[0, :8], loss)
print(RandomProjectionQuantizer(dim=32, num_codebooks=4, codebook_dim=8, codebook_size=16)(x)[0, :4])
