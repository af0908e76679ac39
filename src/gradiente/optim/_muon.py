"""Muon: steps whose matrices are orthogonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.meta import is_meta
from ..tensor.core import Tensor, wrap
from ._options import number
from .optimizer import Optimizer, Params


class Muon(Optimizer):
    """Muon: momentum, made orthogonal, as the step of a matrix: p ← p - lr·λ·p - lr·s·orthogonal(m̂).

    m ← μ·m + (1 - μ)·g, and m̂ = μ·m + (1 - μ)·g with Nesterov's momentum, else m. The orthogonal matrix next to m̂ is
    approached by Newton-Schulz iterations X ← a·X + (b·A + c·A²)·X with A = X·Xᵀ, in bfloat16, beginning at m̂ / ‖m̂‖.
    s = √max(1, rows / columns), or 0.2·√max(rows, columns). Vectors and embeddings need another optimiser.

    Args:
        params: the parameters, matrices: tensors, (name, tensor) pairs or groups.
        lr: the learning rate, a number or a tensor of one element.
        weight_decay: λ.
        momentum: μ.
        nesterov: use Nesterov's momentum.
        ns_coefficients: a, b and c.
        eps: the least norm to divide by.
        ns_steps: the number of iterations, less than 100.
        adjust_lr_fn: "original" (or None) or "match_rms_adamw": the two forms of s.

    Raises:
        ValueError: an option is out of range, or a parameter is no matrix.

    Source: K. Jordan et al., Muon: an optimizer for hidden layers in neural networks (2024); the second form of s:
    J. Liu et al., Muon is scalable for LLM training (2025).

    Example:
        >>> import gradiente as torch
        >>> w = torch.eye(2).requires_grad_()
        >>> optimizer = torch.optim.Muon([w], lr=0.1, weight_decay=0)
        >>> w.sum().backward()
        >>> optimizer.step()
        >>> w.shape
        torch.Size([2, 2])
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        if isinstance(lr, Tensor) and lr._array.size != 1:
            raise ValueError(f"Tensor lr must be 1-element (it has shape {list(lr._array.shape)})")
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not number(value) >= 0.0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn is not None and adjust_lr_fn not in ("original", "match_rms_adamw"):
            raise ValueError(
                f"Adjust learning rate function {adjust_lr_fn} is not supported (there are 'original' and "
                "'match_rms_adamw')"
            )
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {p.size()} "
                        "(optimize the others by AdamW)"
                    )

    def _options(self, group: dict[str, Any]) -> Any:
        if group["ns_steps"] >= 100:
            raise ValueError("Number of steps must be less than 100 for computational efficiency")
        if len(group["ns_coefficients"]) != 3:
            raise ValueError("Coefficients must be a tuple of exactly 3 values")
        return {**group, "lr": number(group["lr"])}

    def _update(self, p: Tensor, g: Any, options: Any) -> None:
        if g.dtype.kind == "c":
            raise RuntimeError("Muon does not support complex parameters")
        state, momentum, x = self.state[p], options["momentum"], p._array
        if not state:
            state["momentum_buffer"] = wrap(np.zeros_like(g))
        buffer = state["momentum_buffer"]._array
        buffer += (1 - momentum) * (g - buffer)
        if is_meta(x):
            return
        m = g + momentum * (buffer - g) if options["nesterov"] else buffer
        step = orthogonal(m, options["ns_coefficients"], options["ns_steps"], options["eps"])
        rows, columns = x.shape
        if options["adjust_lr_fn"] == "match_rms_adamw":
            scale = 0.2 * max(rows, columns) ** 0.5
        else:
            scale = max(1.0, rows / columns) ** 0.5
        x *= 1 - options["lr"] * options["weight_decay"]
        x -= (options["lr"] * scale * step).astype(x.dtype)


def orthogonal(m: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """Nearly the orthogonal matrix next to `m`: Newton-Schulz iterations, rounded to bfloat16 as PyTorch's."""
    a, b, c = coefficients
    x = bfloat16(m.astype(np.float32))
    turned = x.shape[0] > x.shape[1]
    x = x.T if turned else x
    x = bfloat16(x / max(bfloat16(np.linalg.norm(x).astype(np.float32)), np.float32(eps)))
    for _ in range(steps):
        square = bfloat16(x @ x.T)
        polynomial = bfloat16(b * square + c * (square @ square))
        x = bfloat16(a * x + polynomial @ x)
    return x.T if turned else x


def bfloat16(x: Any) -> Any:
    """float32 numbers, rounded to the nearest ones of bfloat16, of two the even one; still float32."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    rounded = (bits + np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))) & np.uint32(0xFFFF0000)
    return np.where(np.isfinite(x), rounded.view(np.float32), x).astype(np.float32)


__all__ = ["Muon"]
