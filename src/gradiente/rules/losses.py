"""Rules of the losses: an elementwise function, then its mean, its sum or nothing."""

from __future__ import annotations

from typing import Any

from .kinds import General as general


def _total(x: Any, reduction: str, xp: Any) -> Any:
    return x if reduction == "none" else xp.mean(x) if reduction == "mean" else xp.sum(x)


def _share(g: Any, x: Any, reduction: str) -> Any:
    """The cotangent of each element's loss."""
    if reduction != "mean":
        return g
    n = 1
    for size in x.shape:
        n *= size
    return g / n


def _tangent(t: Any, reduction: str, xp: Any) -> Any:
    return _total(t, reduction, xp)


def _bce(a: Any, b: Any, reduction: str, xp: Any) -> Any:
    """Σ max(a, 0) - a·b + log(1 + e^-|a|): the cross-entropy of σ(a) and b without its overflow."""
    return _total(xp.maximum(a, 0) - a * b + xp.log1p(xp.exp(-xp.abs(a))), reduction, xp)


mse_loss = general(
    "mse_loss",
    lambda g, a, b, reduction: _share(g, a, reduction) * (2 * (a - b)),
    lambda g, a, b, reduction: _share(g, a, reduction) * (2 * (b - a)),
    forward=lambda a, b, reduction, xp: _total((a - b) * (a - b), reduction, xp),
    jvp=lambda t, i, a, b, reduction, xp: _total(t * (2 * (a - b) if i == 0 else 2 * (b - a)), reduction, xp),
)
binary_cross_entropy_with_logits = general(
    "binary_cross_entropy_with_logits",
    lambda g, a, b, reduction, extras: _share(g, a, reduction) * (extras.expit(a) - b),
    lambda g, a, reduction: _share(g, a, reduction) * -a,
    forward=_bce,
    jvp=lambda t, i, a, b, reduction, xp, extras: _total(t * (extras.expit(a) - b if i == 0 else -a), reduction, xp),
)
