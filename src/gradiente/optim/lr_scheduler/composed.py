"""Schedulers made of schedulers: one after another, or all at every step."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, copied, ending_with, group_rates, set_option
from .plateau import ReduceLROnPlateau


class SequentialLR(LRScheduler):
    """Schedulers one after another: the next one takes over at each milestone, and starts anew there.

    Args:
        optimizer: the optimiser.
        schedulers: the schedulers, all of this optimiser.
        milestones: the steps at which the next one takes over, one less than there are schedulers.
        last_epoch: number of the last step; -1 starts anew.

    Raises:
        ValueError: there are none, one belongs to another optimiser or is a `ReduceLROnPlateau`, or the number of
            milestones does not fit.
        TypeError: one is no scheduler.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.lr_scheduler import ConstantLR, ExponentialLR, SequentialLR
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> parts = [ConstantLR(optimizer, factor=0.5), ExponentialLR(optimizer, gamma=0.5)]
        >>> scheduler = SequentialLR(optimizer, parts, milestones=[2])
        >>> for _ in range(4):
        ...     print(scheduler.get_last_lr())
        ...     optimizer.step()
        ...     scheduler.step()
        [0.5]
        [0.5]
        [1.0]
        [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError(f"{type(self).__name__} expects at least one scheduler, but got no scheduler.")
        _check(type(self).__name__, schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of "
                f"milestone points, but got number of schedulers {len(schedulers)} and the number of milestones to be "
                f"equal to {len(milestones)}"
            )
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch: int = last_epoch + 1
        self.optimizer = optimizer
        # Each scheduler made its first step when it was made: that is undone, and the first one's is done again.
        for group in optimizer.param_groups:
            set_option(group, "lr", copied(group["initial_lr"]))
        self.recursive_undo()
        schedulers[0]._initial_step()
        self._last_lr = schedulers[0].get_last_lr()

    def recursive_undo(self, sched: LRScheduler | None = None) -> None:
        """Count one step less in all schedulers of `sched`, this one by default."""
        this = self if sched is None else sched
        parts: list[LRScheduler] | None = getattr(this, "_schedulers", None)
        if parts is not None:
            for part in parts:
                self.recursive_undo(part)
        elif hasattr(this, "last_epoch"):
            this.last_epoch -= 1

    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Let the scheduler whose turn it is make its step."""
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler knows but its optimiser; of its schedulers, their `state_dict`."""
        return ending_with(super().state_dict(), "_schedulers", [part.state_dict() for part in self._schedulers])

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` of such a scheduler returned."""
        _load(self, self._schedulers, state_dict)


class ChainedScheduler(LRScheduler):
    """Schedulers that all make their step at every step, one on what the other left.

    Args:
        schedulers: the schedulers, all of one optimiser.
        optimizer: the optimiser; None: the first scheduler's.

    Raises:
        ValueError: there are none, or one belongs to another optimiser or is a `ReduceLROnPlateau`.
        TypeError: one is no scheduler.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = ChainedScheduler([ConstantLR(optimizer, factor=0.5), ExponentialLR(optimizer, gamma=0.5)])
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.25]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if len(schedulers) < 1:
            raise ValueError(
                f"{type(self).__name__} expects at least one scheduler to be chained, but got no scheduler."
            )
        optimizer = optimizer or schedulers[0].optimizer
        _check(type(self).__name__, schedulers, optimizer)
        self._schedulers = schedulers
        self.optimizer = optimizer
        self._last_lr = group_rates(optimizer)

    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Let all schedulers make their step."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = group_rates(self.optimizer)

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler knows but its optimiser; of its schedulers, their `state_dict`."""
        return ending_with(super().state_dict(), "_schedulers", [part.state_dict() for part in self._schedulers])

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` of such a scheduler returned."""
        _load(self, self._schedulers, state_dict)


def _check(name: str, schedulers: Sequence[LRScheduler], optimizer: Optimizer) -> None:
    """Raise torch's error for a scheduler that cannot be part of `name`."""
    for i, scheduler in enumerate(schedulers):
        if not hasattr(scheduler, "optimizer"):
            raise TypeError(f"{name} at index {i} should have `optimizer` as its attribute.")
        if isinstance(scheduler, ReduceLROnPlateau):
            raise ValueError(
                f"{name} does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be "
                f"specified when calling `step`, but got one at index {i} in the given schedulers sequence."
            )
        if scheduler.optimizer is not optimizer:
            raise ValueError(
                f"{name} expects all schedulers to belong to the same optimizer, but got scheduler "
                f"{type(scheduler).__name__} at index {i} has {scheduler.optimizer}, which is different from "
                f"{type(optimizer).__name__}."
            )


def _load(scheduler: LRScheduler, parts: Sequence[LRScheduler], state_dict: dict[str, Any]) -> None:
    LRScheduler.load_state_dict(scheduler, {name: v for name, v in state_dict.items() if name != "_schedulers"})
    for part, state in zip(parts, state_dict["_schedulers"], strict=False):
        part.load_state_dict(state)
