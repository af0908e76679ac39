"""A user's strict program: gradients, modes, functions of one's own, losses, optimisers."""

from __future__ import annotations

from typing import Any, assert_type

import gradiente as torch
import gradiente.nn.functional as F
from gradiente import Tensor

x = torch.tensor([1.0, 2.0], requires_grad=True)
assert_type(torch.autograd.grad((x * x).sum(), x), tuple[Tensor, ...])
(x * x).sum().backward()
assert x.grad is not None
assert_type(x.grad, Tensor)

handle = x.register_hook(lambda grad: grad * 2)
handle.remove()


class Square(torch.autograd.Function):
    """The square, with a derivative written by hand."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        """Compute x²."""
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        """Return 2·x·g."""
        (x,) = ctx.saved_tensors
        return 2 * x * grad_output


y: Tensor = Square.apply(x)
y.sum().backward()


@torch.no_grad()
def scaled(x: Tensor, factor: float) -> Tensor:
    """Return the product, unrecorded."""
    return x * factor


@torch.no_grad
def halved(x: Tensor) -> Tensor:
    """Return x / 2, unrecorded."""
    return x / 2


assert_type(scaled(x, 2.0), Tensor)
assert_type(halved(x), Tensor)
if not x.requires_grad:
    scaled(x, "2")  # pyright: ignore[reportArgumentType]

with torch.no_grad(), torch.enable_grad():
    pass
assert_type(torch.no_grad(), torch.no_grad)
assert_type(torch.is_grad_enabled(), bool)

weight = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.Adam([weight], lr=0.1, betas=(0.9, 0.99))
loss = F.mse_loss(weight, torch.ones(2))
assert_type(loss, Tensor)
assert_type(F.relu(weight), Tensor)
optimizer.zero_grad()
loss.backward()
optimizer.step()
assert_type(torch.optim.SGD([weight], lr=0.1).param_groups, list[dict[str, Any]])
