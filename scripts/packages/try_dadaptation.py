"""dadaptation: its optimisers, which find their step sizes, train a model."""

import dadaptation
import torch

x = torch.linspace(-1, 1, 64).reshape(16, 4)
y = (x * x).sum(1, keepdim=True)
for name in ("DAdaptSGD", "DAdaptAdaGrad", "DAdaptAdam", "DAdaptAdan", "DAdaptLion"):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    optimizer = getattr(dadaptation, name)(model.parameters(), lr=0.1)
    for step in range(30):
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 10 == 9:
            print(name, step, loss.item(), float(optimizer.param_groups[0]["d"]))
