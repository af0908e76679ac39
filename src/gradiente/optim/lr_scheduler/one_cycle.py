"""One cycle over the whole training: up, down, and further down."""

from __future__ import annotations

import math
from typing import Any, Literal

from ...tensor.core import Tensor
from ..optimizer import Optimizer
from .base import LRScheduler, check_optimizer, one_per_group, set_momentum, set_option, uses_beta1


class OneCycleLR(LRScheduler):
    """Rates that rise from max/div_factor to max and fall to the start divided by final_div_factor; momenta opposite.

    With two phases, the rise takes `pct_start` of the steps and the fall the rest; with three, the fall to the start
    takes as long as the rise. Between two rates a and b, at the share p of the phase, the rate is
    b + (a - b)·(1 + cos(π·p))/2 or, linear, a + (b - a)·p.

    Args:
        optimizer: the optimiser.
        max_lr: the highest rate, one for all groups or for each.
        total_steps: number of steps; or
        epochs: number of epochs and
        steps_per_epoch: their steps.
        pct_start: share of the steps in which the rate rises.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: change the momentum, too.
        base_momentum: its lower bound.
        max_momentum: its upper bound.
        div_factor: max/start.
        final_div_factor: start/end.
        three_phase: come back to the start before the last fall.
        last_epoch: number of the last step; -1 starts anew.

    Raises:
        TypeError: `optimizer` is no optimiser.
        ValueError: an option is out of its range, has the wrong length, or the optimiser has no momentum; in a step:
            all steps are done.

    Source: L. N. Smith and N. Topin, Super-convergence: very fast training of neural networks using large learning
    rates (2018).

    Example:
        >>> import gradiente as torch
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
        >>> scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=4, pct_start=0.5)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.total_steps: int = _total_steps(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_func_type = anneal_strategy
        max_lrs = one_per_group("max_lr", optimizer, max_lr)
        groups = optimizer.param_groups
        self.cycle_momentum = cycle_momentum
        lows: list[Any] = []
        highs: list[Any] = []
        if cycle_momentum:
            self.use_beta1: bool = uses_beta1(optimizer)
            highs = one_per_group("max_momentum", optimizer, max_momentum)
            lows = one_per_group("base_momentum", optimizer, base_momentum)
        if last_epoch == -1:
            for group, high in zip(groups, max_lrs, strict=True):
                start = high / div_factor
                set_option(group, "lr", start)
                group.update(initial_lr=start, max_lr=high, min_lr=start / final_div_factor)
            for group, low, high in zip(groups, lows, highs, strict=False):
                set_momentum(group, high, self.use_beta1)
                group.update(max_momentum=high, base_momentum=low)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the step `last_epoch`, one for each group."""
        self._warn_outside_step()
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(f"Tried to step {t} times. The specified number of total steps is {self.total_steps}")
        start: float = 0
        phase = self._schedule_phases[0]
        for phase in self._schedule_phases:
            if t <= phase["end_step"]:
                break
            if phase is not self._schedule_phases[-1]:
                start = phase["end_step"]
        share = (t - start) / (phase["end_step"] - start)
        rates: list[float | Tensor] = []
        for group in self.optimizer.param_groups:
            rates.append(self._between(group[phase["start_lr"]], group[phase["end_lr"]], share))
            if self.cycle_momentum:
                momentum = self._between(group[phase["start_momentum"]], group[phase["end_momentum"]], share)
                set_momentum(group, momentum, self.use_beta1)
        return rates

    def _between(self, start: Any, end: Any, share: float) -> Any:
        if self._anneal_func_type == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (1 + math.cos(math.pi * share))


def _total_steps(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        if total_steps <= 0 or not isinstance(total_steps, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected positive integer total_steps, but got {total_steps}")
        return total_steps
    if epochs is None or steps_per_epoch is None:
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    for name, value in (("epochs", epochs), ("steps_per_epoch", steps_per_epoch)):
        if not isinstance(value, int) or value <= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return epochs * steps_per_epoch


def _phases(total: int, share: float, three: bool) -> list[dict[str, Any]]:
    """The phases: their last steps, and between which options of a group the rate and the momentum go."""
    top = float(share * total) - 1
    rows: list[tuple[float, str, str, str, str]] = [(top, "initial_lr", "max_lr", "max_momentum", "base_momentum")]
    if three:
        rows.append((float(2 * share * total) - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"))
        rows.append((total - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"))
    else:
        rows.append((total - 1, "max_lr", "min_lr", "base_momentum", "max_momentum"))
    names = ("end_step", "start_lr", "end_lr", "start_momentum", "end_momentum")
    return [dict(zip(names, row, strict=True)) for row in rows]
