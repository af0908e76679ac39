"""torch.optim.swa_utils: averages of a model's weights over its training, and what goes with them."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np

from ..autograd import no_grad
from ..nn.modules.batchnorm import _BatchNorm
from ..nn.modules.module import Module
from ..tensor.core import Tensor, wrap
from .lr_scheduler import LRScheduler
from .lr_scheduler.base import one_per_group
from .optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

AverageFunction = Callable[[Tensor, Tensor, Any], Tensor]
"""(average, new value, how many values it is made of) to the new average."""

MultiAverageFunction = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]
"""The same for lists of tensors of one dtype; the averages are changed in place."""


def get_ema_avg_fn(decay: float = 0.999) -> AverageFunction:
    """The exponential average of tensors: a ← d·a + (1 - d)·x.

    Args:
        decay: d, in [0, 1].

    Returns:
        A function (average, value, count) to the new average.

    Raises:
        ValueError: `decay` lies outside [0, 1].

    Example:
        >>> import gradiente as torch
        >>> torch.optim.swa_utils.get_ema_avg_fn(0.75)(torch.tensor(1.0), torch.tensor(2.0), 1)
        tensor(1.2500)
    """
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> AverageFunction:
    """The mean of tensors: a ← a + (x - a)/(n + 1).

    Returns:
        A function (average, value, count) to the new average.

    Example:
        >>> import gradiente as torch
        >>> torch.optim.swa_utils.get_swa_avg_fn()(torch.tensor(1.0), torch.tensor(2.0), 3)
        tensor(1.2500)
    """

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverageFunction:
    """The exponential average of lists of tensors, in place: a ← d·a + (1 - d)·x.

    Args:
        decay: d, in [0, 1].

    Returns:
        A function (averages, values, count).

    Raises:
        ValueError: `decay` lies outside [0, 1].

    Example:
        >>> import gradiente as torch
        >>> a = torch.tensor([1.0])
        >>> torch.optim.swa_utils.get_ema_multi_avg_fn(0.75)([a], [torch.tensor([2.0])], 1)
        >>> a
        tensor([1.2500])
    """
    return _each(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> MultiAverageFunction:
    """The mean of lists of tensors, in place: a ← a + (x - a)/(n + 1).

    Returns:
        A function (averages, values, count).

    Example:
        >>> import gradiente as torch
        >>> a = torch.tensor([1.0])
        >>> torch.optim.swa_utils.get_swa_multi_avg_fn()([a], [torch.tensor([2.0])], 3)
        >>> a
        tensor([1.2500])
    """
    return _each(get_swa_avg_fn())


def _check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def _each(average: AverageFunction) -> MultiAverageFunction:
    @no_grad()
    def update(averages: Sequence[Tensor], values: Sequence[Tensor], num_averaged: Any) -> None:
        for a, value in zip(averages, values, strict=True):
            a.copy_(average(a, value, num_averaged))

    return update


class AveragedModel(Module):
    """A copy of a model whose parameters are the average of those that `update_parameters` was given.

    Args:
        model: the model; it is copied.
        device: where the averages are kept.
        avg_fn: (average, value, count) to the new average; by default, the mean of all values.
        multi_avg_fn: the same for lists, in place.
        use_buffers: average the buffers, too; else they are the last model's.

    Raises:
        AssertionError: both functions are given.

    Source: P. Izmailov et al., Averaging weights leads to wider optima and better generalization (2018).

    Example:
        >>> import gradiente as torch
        >>> model = torch.nn.Linear(1, 1, bias=False)
        >>> averaged = torch.optim.swa_utils.AveragedModel(model)
        >>> for value in (1.0, 2.0, 6.0):
        ...     _ = torch.nn.init.constant_(model.weight, value)
        ...     averaged.update_parameters(model)
        >>> averaged.module.weight.item()
        3.0
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: AverageFunction | None = None,
        multi_avg_fn: MultiAverageFunction | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module: Module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", wrap(np.array(0, np.int64)))
        self.avg_fn: AverageFunction | None = avg_fn
        self.multi_avg_fn: MultiAverageFunction | None = multi_avg_fn
        self.use_buffers: bool = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model answers."""
        return self.module(*args, **kwargs)

    def _averaged(self, model: Module) -> list[Tensor]:
        return [x.detach() for x in (*model.parameters(), *(model.buffers() if self.use_buffers else ()))]

    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take the present values of a model into the averages; the first ones are copied.

        Args:
            model: the model that is trained.
        """
        pairs = list(zip(self._averaged(self.module), self._averaged(model), strict=True))
        if self.n_averaged == 0:
            for average, value in pairs:
                average.copy_(value)
        elif self.multi_avg_fn is not None:
            for dtype in dict.fromkeys(average.dtype for average, _ in pairs):
                averages = [average for average, _ in pairs if average.dtype == dtype]
                self.multi_avg_fn(averages, [v for average, v in pairs if average.dtype == dtype], self.n_averaged)
        else:
            function = self.avg_fn or get_swa_avg_fn()
            for average, value in pairs:
                average.copy_(function(average, value, self.n_averaged))
        if not self.use_buffers:
            for kept, value in zip(self.module.buffers(), model.buffers(), strict=True):
                kept.detach().copy_(value.detach())
        self.n_averaged += 1


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running means and variances of all batch normalisations of a model anew, as means over batches.

    Args:
        loader: batches; of a list or tuple, the first item is the input.
        model: the model.
        device: where the inputs go.

    Example:
        >>> import gradiente as torch
        >>> norm = torch.nn.BatchNorm1d(1)
        >>> torch.optim.swa_utils.update_bn([torch.tensor([[1.0], [3.0]]), torch.tensor([[3.0], [5.0]])], norm)
        >>> norm.running_mean
        tensor([3.])
    """
    norms: list[Any] = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    was_training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches
    try:
        for batch in loader:
            x: Any = batch[0] if isinstance(batch, (list, tuple)) else batch
            model(x if device is None else x.to(device))
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        model.train(was_training)


class SWALR(LRScheduler):
    """Go from each group's rate to a constant one: lr_t = s·α + lr_0·(1 - α), α = (1 - cos(π·t/T))/2 or t/T, t ≤ T.

    Args:
        optimizer: the optimiser.
        swa_lr: s, one for all groups or for each.
        anneal_epochs: T.
        anneal_strategy: "cos" or "linear".
        last_epoch: number of the last step; -1 starts anew.

    Raises:
        ValueError: `swa_lr` has the wrong length, `anneal_epochs` is no natural number, the strategy is unknown.

    Example:
        >>> import gradiente as torch
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = torch.optim.swa_utils.SWALR(optimizer, 0.5, anneal_epochs=2, anneal_strategy="linear")
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.75]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = one_per_group("swa_lr", optimizer, swa_lr)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs: int = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the next step, from those of the step before."""
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        rates: list[float | Tensor] = []
        for group in self.optimizer.param_groups:
            end, rate = group["swa_lr"], group["lr"]
            start = end if before == 1 else (rate - before * end) / (1 - before)
            rates.append(end * now + start * (1 - now))
        return rates

    def _share(self, step: int) -> float:
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2
