"""Schedulers whose rates come back: cosines and triangles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

from ...tensor.core import Tensor
from ..optimizer import Optimizer
from .base import (
    LRScheduler,
    _enable_get_lr_call,
    check_optimizer,
    ending_with,
    load_callables,
    one_per_group,
    saved_callables,
    set_momentum,
    set_option,
    uses_beta1,
)


class CosineAnnealingLR(LRScheduler):
    """Rates on a cosine: lr_t = m + (lr_0 - m)·(1 + cos(π·t/T))/2.

    Args:
        optimizer: the optimiser.
        T_max: T, half the period.
        eta_min: m, the smallest rate.
        last_epoch: number of the last step; -1 starts anew.

    Source: I. Loshchilov and F. Hutter, SGDR: Stochastic gradient descent with warm restarts (2017).

    Example:
        >>> import gradiente as torch
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the step `last_epoch`, one for each group."""
        self._warn_outside_step()
        t, total, low, rates = self.last_epoch, self.T_max, self.eta_min, self._rates()
        if self._is_initial:
            return rates
        if self._step_count == 1 and t > 0:
            return self._get_closed_form_lr()
        if (t - 1 - total) % (2 * total) == 0:  # the rate was the smallest one: there the quotient below is 0/0
            rise = (1 - math.cos(math.pi / total)) / 2
            return [rate + (base - low) * rise for base, rate in zip(self.base_lrs, rates, strict=True)]
        quotient = (1 + math.cos(math.pi * t / total)) / (1 + math.cos(math.pi * (t - 1) / total))
        return [quotient * (rate - low) + low for rate in rates]

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        low, height = self.eta_min, (1 + math.cos(math.pi * self.last_epoch / self.T_max))
        return [low + (base - low) * height / 2 for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Rates on falling halves of cosines, one after another: lr = m + (lr_0 - m)·(1 + cos(π·T_cur/T_i))/2.

    Args:
        optimizer: the optimiser.
        T_0: the length of the first fall.
        T_mult: how many times longer each next one is.
        eta_min: m, the smallest rate.
        last_epoch: number of the last step; -1 starts anew.

    Raises:
        ValueError: a length is no positive integer, or `eta_min` no number.

    Source: I. Loshchilov and F. Hutter, SGDR: Stochastic gradient descent with warm restarts (2017).

    Example:
        >>> import gradiente as torch
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> for _ in range(2):
        ...     optimizer.step()
        ...     scheduler.step()
        >>> scheduler.get_last_lr()
        [1.0]
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = T_0
        self.T_i: int = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        self.last_epoch: int = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the step `last_epoch`, one for each group."""
        self._warn_outside_step()
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (base - self.eta_min) * height / 2 for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Give the optimiser the rates of the next step, or of any moment.

        Args:
            epoch: the moment, which may lie between two steps.

        Raises:
            ValueError: it is negative.

        Example:
            >>> import gradiente as torch
            >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
            >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
            >>> scheduler.step(3.0)
            >>> scheduler.get_last_lr()
            [0.5]
        """
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
            self.last_epoch += 1
        else:
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self._go_to(epoch)
            self.last_epoch = math.floor(epoch)
        with _enable_get_lr_call(self):
            rates = self.get_lr()
        self._set_rates(rates)

    def _go_to(self, epoch: float) -> None:
        """Find the fall in which `epoch` lies: after n of them, T_0·(T_mult^n - 1)/(T_mult - 1) steps have passed."""
        if epoch < self.T_0:
            self.T_i, self.T_cur = self.T_0, epoch
        elif self.T_mult == 1:
            self.T_i, self.T_cur = self.T_0, epoch % self.T_0
        else:
            n = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**n


class CyclicLR(LRScheduler):
    """Rates on triangles between two bounds, and momenta on the opposite ones.

    With c the number of the cycle and s ∈ [0, 1] the height of the triangle, lr = base + (max - base)·s·f, where f is 1
    ("triangular"), 1/2^(c-1) ("triangular2") or γ^t ("exp_range").

    Args:
        optimizer: the optimiser.
        base_lr: the lower bound, one for all groups or for each.
        max_lr: the upper bound.
        step_size_up: steps from the lower to the upper bound.
        step_size_down: steps back; None: as many.
        mode: "triangular", "triangular2" or "exp_range".
        gamma: γ.
        scale_fn: f, in place of the mode's.
        scale_mode: whether f gets the number of the "cycle" or of the step ("iterations").
        cycle_momentum: change the momentum, too.
        base_momentum: its lower bound.
        max_momentum: its upper bound, where a cycle starts.
        last_epoch: number of the last step; -1 starts anew.

    Raises:
        TypeError: `optimizer` is no optimiser.
        ValueError: an unknown mode, a list of a wrong length, or an optimiser without momentum.

    Source: L. N. Smith, Cyclical learning rates for training neural networks (2017).

    Example:
        >>> import gradiente as torch
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
        >>> scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr=0.5, max_lr=1.0, step_size_up=2)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.75]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        base_lrs = one_per_group("base_lr", optimizer, base_lr)
        max_lrs = one_per_group("max_lr", optimizer, max_lr)
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(f"mode is invalid and scale_fn is None (mode={mode!r})")
        self.max_lrs = max_lrs
        up = float(step_size_up)
        self.total_size: float = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio: float = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1: bool = uses_beta1(optimizer)
            self.base_momentums: list[float] = one_per_group("base_momentum", optimizer, base_momentum)
            self.max_momentums: list[float] = one_per_group("max_momentum", optimizer, max_momentum)
            for group, low, high in zip(optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True):
                if last_epoch == -1:
                    set_momentum(group, high, self.use_beta1)
                    group["max_momentum"], group["base_momentum"] = high, low
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, base_lrs, strict=True):
                set_option(group, "lr", low)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """The factor of the triangle's height at cycle or step `x`."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular":
            return 1.0
        return 1 / (2.0 ** (x - 1)) if self.mode == "triangular2" else self.gamma**x

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the step `last_epoch`, one for each group."""
        self._warn_outside_step()
        turns = 1 + self.last_epoch / self.total_size
        cycle = math.floor(turns)
        x = turns - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            groups = self.optimizer.param_groups
            for group, low, high in zip(groups, self.base_momentums, self.max_momentums, strict=True):
                set_momentum(group, high - (high - low) * height * scale, self.use_beta1)
        return [low + (high - low) * height * scale for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler knows but its optimiser and a function for the scale."""
        return ending_with(super().state_dict(), "_scale_fn_custom", saved_callables([self._scale_fn_custom])[0])

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` of such a scheduler returned."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_scale_fn_custom"})
        load_callables([self._scale_fn_custom], [state_dict["_scale_fn_custom"]])
