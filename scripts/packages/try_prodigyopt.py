"""prodigyopt: its optimiser, which finds its step size, trains a model in several settings."""

import torch
from prodigyopt import Prodigy

x = torch.linspace(-1, 1, 64).reshape(16, 4)
y = (x * x).sum(1, keepdim=True)
for options in ({}, {"weight_decay": 0.01}, {"safeguard_warmup": True}, {"use_bias_correction": True}, {"slice_p": 2}):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    optimizer = Prodigy(model.parameters(), lr=1.0, **options)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)
    for step in range(30):
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 10 == 9:
            print(sorted(options), step, loss.item(), optimizer.param_groups[0]["d"])
