"""Whether a transform of derivatives (torch.func) is running: inside, `backward` and `requires_grad_` are refused."""

from __future__ import annotations

from contextvars import ContextVar

transforming: ContextVar[bool] = ContextVar("gradiente.transforming", default=False)
"""True inside of `torch.func.grad` and its relatives."""

NO_BACKWARD = (
    "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp "
    "instead or call backward() outside of functorch transforms."
)
