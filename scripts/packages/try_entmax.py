"""entmax: its mappings, losses and gradients."""

import torch
from entmax import (
    budget_bisect,
    entmax15,
    entmax15_loss,
    entmax_bisect,
    entmax_bisect_loss,
    normmax_bisect,
    sparsemax,
    sparsemax_bisect,
    sparsemax_loss,
)

x = torch.tensor([[-2.0, 0.0, 0.5], [1.0, 2.0, 3.0]])
print(torch.softmax(x, dim=-1), sparsemax(x, dim=-1), entmax15(x, dim=-1), sparsemax(x, dim=0, k=2))
torch.manual_seed(0)
x = torch.randn(4, 8, requires_grad=True)
weights = torch.randn(4, 8)
for mapping in (sparsemax, entmax15, sparsemax_bisect, entmax_bisect, normmax_bisect):
    p = mapping(x, dim=-1)
    print(mapping.__name__, p, torch.autograd.grad((p * weights).sum(), x)[0])
print(budget_bisect(x, budget=3, dim=-1))
alpha = torch.tensor(1.33, requires_grad=True)
entmax_bisect(x, alpha).square().sum().backward()
print(alpha.grad)
y = torch.tensor([0, 3, 5, 7])
for loss in (sparsemax_loss, entmax15_loss, entmax_bisect_loss):
    value = loss(x, y).sum()
    print(loss.__name__, value, torch.autograd.grad(value, x)[0])
check = x.detach().double().requires_grad_()
print(torch.autograd.gradcheck(lambda x: entmax15(x, dim=-1), (check,), eps=1e-5))
