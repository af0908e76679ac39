"""hyper-connections: the examples of its README, with gradients."""

import random

import torch
from hyper_connections import HyperConnections, get_init_and_expand_reduce_stream_functions
from torch import nn

random.seed(0)  # hyper-connections draw from it
torch.manual_seed(0)
residual = torch.randn(2, 16, 32)
init_hyper_conn, expand_stream, reduce_stream = get_init_and_expand_reduce_stream_functions(4)
branch = init_hyper_conn(dim=32, branch=nn.Linear(32, 32))
out = reduce_stream(branch(expand_stream(residual)))
print(out.shape, out.mean(), out.std())
out.square().mean().backward()
for name, parameter in branch.named_parameters():
    print(name, tuple(parameter.shape), parameter.grad.abs().sum())

branch, hyper_conn = nn.Linear(32, 32), init_hyper_conn(dim=32)
branch_input, add_residual = hyper_conn(expand_stream(residual))
print(reduce_stream(add_residual(branch(branch_input)))[0, 0])
print(HyperConnections(4, dim=32, layer_index=1, tanh=False))
