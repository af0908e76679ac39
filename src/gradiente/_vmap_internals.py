"""torch._vmap_internals: `vmap` under the name that it had before PyTorch 2, which published packages import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .func.vmap import vmap

Dims = int | tuple[Any, ...]


def _vmap(func: Callable[..., Any], in_dims: Dims = 0, out_dims: Dims = 0) -> Callable[..., Any]:  # pyright: ignore[reportUnusedFunction]
    """The function that applies `func` to all examples of a batch at once: see `torch.vmap`."""
    return vmap(func, in_dims, out_dims)


__all__ = ["vmap"]
