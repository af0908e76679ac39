"""pytorch-msssim: the similarity of two images and its gradients; its own tests need pictures from elsewhere."""

import torch
from pytorch_msssim import MS_SSIM, SSIM, ms_ssim, ssim

torch.manual_seed(0)
x = torch.rand(2, 3, 192, 192) * 255
y = (x + 20 * torch.randn_like(x)).clamp(0, 255)
print(ssim(x, y, data_range=255, size_average=False), ms_ssim(x, y, data_range=255, size_average=False))
print(SSIM(data_range=255, channel=3)(x, y), MS_SSIM(data_range=255, channel=3)(x, y))
print(ssim(x, y, data_range=255, nonnegative_ssim=True, win_size=7, win_sigma=1.2), ssim(x, x, data_range=255))

image = torch.rand(1, 1, 32, 32, requires_grad=True)
target = torch.rand(1, 1, 32, 32)
optimizer = torch.optim.Adam([image], lr=0.05)
for _ in range(10):
    optimizer.zero_grad()
    loss = 1 - ssim(image, target, data_range=1.0)
    loss.backward()
    optimizer.step()
    print(loss)
