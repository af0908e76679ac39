"""A user's strict program: creation, operators, methods, functions, dtypes."""

from __future__ import annotations

from typing import assert_type

import gradiente as torch
from gradiente import Tensor

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
assert_type(x, Tensor)
assert_type(torch.zeros(2, 3, dtype=torch.float64), Tensor)
assert_type(torch.arange(4), Tensor)
assert_type(torch.manual_seed(0).initial_seed(), int)
assert_type(torch.randn(2, 2), Tensor)

assert_type(x.shape, torch.Size)
assert_type(x.shape[0], int)
assert_type(x.dtype, torch.dtype)
assert_type(torch.float32, torch.dtype)
assert_type(torch.float32.is_floating_point, bool)
assert_type(torch.finfo(torch.float32).eps, float)
assert_type(torch.iinfo(torch.int8).max, int)
assert_type(x.requires_grad, bool)
assert_type(x.is_leaf, bool)
assert_type(x.grad, Tensor | None)

assert_type(-x, Tensor)
assert_type(x + 1, Tensor)
assert_type(2 * x, Tensor)
assert_type(x[0], Tensor)
assert_type(len(x), int)

# generated from the derivative table, with the signature of their definition
assert_type(torch.sin(x), Tensor)
assert_type(torch.exp(input=x), Tensor)
assert_type(torch.arcsin(x / 10), Tensor)
assert_type(torch.add(x, 1, alpha=2), Tensor)
assert_type(torch.matmul(x, x), Tensor)

assert_type(x.sin(), Tensor)
assert_type(x.detach(), Tensor)
assert_type(x.reshape(4), Tensor)
assert_type(x.sum(), Tensor)
