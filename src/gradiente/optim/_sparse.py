"""Steps by sparse gradients: they change the rows of parameters that the gradient names, and no others.

Note [Steps by sparse gradients]
--------------------------------
`torch.sparse` tells `Optimizer` of `step` when it is imported; before that there are no sparse gradients to look for.
SGD, Adagrad and SparseAdam have a rule for them, as in torch; all other optimisers refuse them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays.numpy_adding import add_at
from ..arrays.sparse import SparseArray
from ..tensor.core import Tensor
from ..tensor.sparse import coalesced_array, sparse

if TYPE_CHECKING:
    from .optimizer import Optimizer


def step(optimizer: Optimizer, members: list[Tensor], options: Any) -> list[Tensor]:
    """Change those of the parameters that have sparse gradients; return the others."""
    found = [p for p in members if p._meta.grad._array.__class__ is SparseArray]  # pyright: ignore
    if not found:
        return members
    rule = rule_for(optimizer)
    for p in found:
        rule(optimizer, p, p._meta.grad._array.settled(), options)  # pyright: ignore
    others = set(map(id, found))
    return [p for p in members if id(p) not in others]


def rule_for(optimizer: Any) -> Callable[..., None]:
    """The rule of the optimiser for sparse gradients."""
    from .adagrad import Adagrad
    from .sgd import SGD
    from .sparse_adam import SparseAdam

    for kind, rule in ((SGD, _sgd), (Adagrad, _adagrad), (SparseAdam, _sparse_adam)):
        if isinstance(optimizer, kind):
            return rule
    raise refused(type(optimizer).__name__)


def refused(name: str) -> RuntimeError:
    """The error of an optimiser that has no rule for sparse gradients."""
    name = "Adam" if name == "AdamW" else name
    advice = ", please consider SparseAdam instead" if name == "Adam" else ""
    return RuntimeError(
        f"{name} does not support sparse gradients{advice} (or make them dense: leave out sparse=True, or assign "
        "p.grad = p.grad.to_dense())"
    )


def add_to(x: Any, g: SparseArray, factor: float) -> None:
    """x ← x + factor·g, in place."""
    values = g.values * x.dtype.type(factor)
    if g.coalesced:
        x[tuple(g.indices)] += values
    else:
        add_at(x, g.indices[0] if g.sparse_dim == 1 else tuple(g.indices), values)


def _sgd(optimizer: Any, p: Tensor, g: SparseArray, options: Any) -> None:
    _, lr, momentum, share, decay, nesterov, climb = options
    if decay != 0:
        raise RuntimeError(
            "add(sparse, dense) is not supported. Use add(dense, sparse) instead. (SGD with weight_decay changes all "
            "elements of a parameter: leave it out where gradients are sparse)"
        )
    if climb:
        g = g.like(-g.values)
    if momentum != 0:
        state = optimizer.state[p]
        buffer = state.get("momentum_buffer")
        if buffer is None:
            velocity = g.copy()
        else:
            velocity = buffer._array.like(buffer._array.values * momentum)
            velocity = velocity.plus(g if share == 1 else g.like(g.values * share))
        state["momentum_buffer"] = sparse(velocity)
        g = g.plus(velocity.like(velocity.values * momentum)) if nesterov else velocity
    add_to(p._array, g, -lr)


def _adagrad(optimizer: Any, p: Tensor, g: SparseArray, options: Any) -> None:
    if options["weight_decay"] != 0:
        raise RuntimeError(
            "weight_decay option is not compatible with sparse gradients (it changes all elements of a parameter)"
        )
    state = optimizer.state[p]
    state["step"]._array[...] += 1
    adagrad_rule(p._array, g, state["sum"]._array, float(state["step"]._array), options)


def adagrad_rule(x: Any, g: SparseArray, total: Any, t: float, options: Any) -> None:
    """A step of Adagrad, number `t`, of an array `x`, with the sum of squares `total`, both in place."""
    g = coalesced_array(g)
    values = -g.values if options["maximize"] else g.values
    places = tuple(g.indices)
    total[places] += values * values
    rate = options["lr"] / (1 + (t - 1) * options["lr_decay"])
    add_to(x, g.like(values / (np.sqrt(total[places]) + options["eps"])), -rate)


def _sparse_adam(optimizer: Any, p: Tensor, g: SparseArray, options: Any) -> None:
    state = optimizer.state[p]
    if not state:
        state.update(optimizer._begin(p, options))
    state["step"] += 1
    mean, squares = state["exp_avg"]._array, state["exp_avg_sq"]._array
    sparse_adam_rule(p._array, g, mean, squares, state["step"], options)


def sparse_adam_rule(x: Any, g: SparseArray, mean: Any, squares: Any, t: int, options: Any) -> None:
    """A step of Adam, number `t`, of those elements of `x` that `g` has, and of their running means, in place."""
    g = coalesced_array(g)
    if not g.values.size:
        return
    values = -g.values if options["maximize"] else g.values
    (beta1, beta2), places = options["betas"], tuple(g.indices)
    mean[places] += (values - mean[places]) * (1 - beta1)
    squares[places] += (values * values - squares[places]) * (1 - beta2)
    size = options["lr"] * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    add_to(x, g.like(mean[places] / (np.sqrt(squares[places]) + options["eps"])), -size)


__all__ = ["adagrad_rule", "add_to", "refused", "rule_for", "sparse_adam_rule", "step"]
