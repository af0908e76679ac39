"""higher: gradients through the steps of an optimiser, as in learning to learn."""

import higher
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
meta = torch.optim.Adam(net.parameters(), lr=1e-2)
for make in (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), lambda p: torch.optim.Adam(p, lr=0.05)):
    for round in range(4):
        x = torch.randn(16, 3)
        y = (x * torch.randn(3)).sum(1, keepdim=True)
        meta.zero_grad()
        with higher.innerloop_ctx(net, make(net.parameters()), copy_initial_weights=False) as (fast, inner):
            for step in range(3):
                inner.step(nn.functional.mse_loss(fast(x), y))
            loss = nn.functional.mse_loss(fast(x), y)
            loss.backward()
        print(round, f"{loss.item():.4f}", [f"{p.grad.norm().item():.4f}" for p in net.parameters()])
        meta.step()
