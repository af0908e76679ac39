"""Steps on other parameters: an optimiser works on what it is lent, and has its own back afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..tensor.core import Tensor
from .optimizer import Optimizer


@contextmanager
def swap_in_optimizer_params_and_state(
    optimizer: Optimizer, swapin_parameters: dict[str, Tensor], swapin_optim_state: dict[str, Any]
) -> Iterator[None]:
    """While the context lasts, `optimizer` has other parameters, state and options.

    Steps change the tensors that were swapped in, those of `swapin_optim_state` included. Whatever else is assigned to
    the optimiser meanwhile is forgotten.

    Args:
        optimizer: an optimiser that has state.
        swapin_parameters: the parameters by name, in the order of the optimiser's own.
        swapin_optim_state: state and options, in the form of `Optimizer.state_dict`.

    Raises:
        RuntimeError: the optimiser has no state, or its groups of parameters are not like those that are swapped in.

    Example:
        >>> import gradiente as torch
        >>> w = torch.ones(2, requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
        >>> w.sum().backward()
        >>> optimizer.step()
        >>> other = torch.zeros(2, requires_grad=True)
        >>> other.grad = torch.ones(2)
        >>> with torch.optim.swap_in_optimizer_params_and_state(optimizer, {"w": other}, optimizer.state_dict()):
        ...     optimizer.step()
        >>> w, other
        (tensor([0.9000, 0.9000], requires_grad=True), tensor([-0.1900, -0.1900], requires_grad=True))
    """
    groups, state = _swapped(optimizer, list(swapin_parameters.values()), swapin_optim_state)
    own = optimizer.param_groups, optimizer.state
    optimizer.param_groups, optimizer.state = groups, state
    try:
        yield
    finally:
        optimizer.param_groups, optimizer.state = own


def _swapped(
    optimizer: Optimizer, params: list[Tensor], saved: dict[str, Any]
) -> tuple[list[dict[str, Any]], defaultdict[Tensor, dict[str, Any]]]:
    name = "swap_in_optimizer_params_and_state"
    if not optimizer.state:
        raise RuntimeError(f"{name} requires initialized optimizer state. (take a step first)")
    sizes = [len(group["params"]) for group in optimizer.param_groups]
    if len(params) != sum(sizes):
        raise RuntimeError(
            f"{name} requires the explicit parameter state to match optimizer.param_groups ordering. ({len(params)} "
            f"parameters were given; the optimizer has {sum(sizes)})"
        )
    entries, groups = saved.get("state"), saved.get("param_groups", [])
    if not isinstance(entries, dict):
        raise RuntimeError(
            f"{name} requires swapin_optim_state['state'] to be a dict mapping packed parameter ids to per-param state "
            f"dicts, got {type(entries).__name__}. (optimizer.state_dict() has this form)"
        )
    if len(groups) != len(sizes):
        raise RuntimeError(
            "swapin_optim_state has a different number of parameter groups than the live optimizer. "
            f"({len(groups)}; the optimizer has {len(sizes)})"
        )
    new: list[dict[str, Any]] = []
    state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
    rest = iter(params)
    for i, (group, size) in enumerate(zip(groups, sizes, strict=True)):
        if len(group["params"]) != size:
            raise RuntimeError(
                f"swapin_optim_state param group {i} has a different number of params than the live optimizer param "
                f"group. ({len(group['params'])}; the optimizer's has {size})"
            )
        members = [next(rest) for _ in range(size)]
        new.append({**group, "params": members})
        for number, p in zip(group["params"], members, strict=True):
            if number in entries:
                state[p] = dict(entries[number])  # pyright: ignore[reportUnknownArgumentType]
    return new, state


__all__ = ["swap_in_optimizer_params_and_state"]
