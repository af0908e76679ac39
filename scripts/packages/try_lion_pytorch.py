"""lion-pytorch: the toy model of its README, trained."""

import torch
from lion_pytorch import Lion
from torch import nn

torch.manual_seed(0)
for options in ({}, {"weight_decay": 1e-2, "use_triton": False}, {"decoupled_weight_decay": True, "weight_decay": 0.1}):
    model = nn.Linear(10, 1)
    opt = Lion(model.parameters(), lr=1e-2, **options)
    for _ in range(20):
        loss = model(torch.randn(32, 10)).square().mean()
        loss.backward()
        opt.step()
        opt.zero_grad()
        print(loss)
    print(model.weight, model.bias)
