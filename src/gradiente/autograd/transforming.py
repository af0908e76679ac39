"""What is refused inside of a transform of derivatives (torch.func)."""

from __future__ import annotations

from ..graph.modes import transforming

NO_BACKWARD = (
    "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp "
    "instead or call backward() outside of functorch transforms."
)

__all__ = ["NO_BACKWARD", "transforming"]
