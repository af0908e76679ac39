"""pytorch-optimizer: each of its optimisers trains a small model for five steps."""

import warnings

import torch
from pytorch_optimizer import get_supported_optimizers, load_optimizer

warnings.filterwarnings("ignore")
x = torch.linspace(-1, 1, 32).reshape(8, 4)
y = (x * x).sum(1, keepdim=True)
for name in sorted(get_supported_optimizers()):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    try:
        optimizer = load_optimizer(name)(model.parameters(), lr=1e-3)
        for _ in range(5):
            optimizer.zero_grad()
            loss = ((model(x) - y) ** 2).mean()
            loss.backward(create_graph="hessian" in name)
            optimizer.step()
        print(name, f"{loss.item():.6f}")
    except Exception as error:
        print(name, type(error).__name__)
