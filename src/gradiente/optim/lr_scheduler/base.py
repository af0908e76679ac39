"""The base of the schedulers: the step, saving and loading, and the warnings about calls in the wrong order.

Note [Two forms of a schedule]: `get_lr` goes from the rate of the last step to the next one, so that several schedulers
can act on one optimiser. A formula in the number of steps alone, where there is one, is `_get_closed_form_lr`; it
serves `step(epoch)`.
"""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...tensor.core import Tensor
from ..optimizer import Optimizer

_SEE = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available. Please open an issue if you are unable to "
    "replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose."
)


@contextmanager
def _enable_get_lr_call(o: Any) -> Iterator[None]:  # torch's name for it, which published schedulers import
    """Let a scheduler's `get_lr` be called without a warning."""
    o._get_lr_called_within_step = True
    try:
        yield
    finally:
        o._get_lr_called_within_step = False


@contextmanager
def _initial_mode(o: Any) -> Iterator[None]:
    """Mark the step that a scheduler takes when it is made."""
    o._is_initial = True
    try:
        yield
    finally:
        o._is_initial = False


class LRScheduler:
    """What all schedulers share; a subclass defines `get_lr`.

    Args:
        optimizer: the optimiser whose groups get new learning rates.
        last_epoch: how many steps were done before, less one; -1 starts anew and notes each group's rate as
            `initial_lr`.

    Raises:
        TypeError: `optimizer` is no optimiser.
        KeyError: a group has no `initial_lr` although `last_epoch` says that training goes on.

    Example:
        >>> import gradiente as torch
        >>> class Halving(torch.optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return [base / 2**self.last_epoch for base in self.base_lrs]
        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = Halving(optimizer)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    optimizer: Optimizer
    base_lrs: list[float | Tensor]
    last_epoch: int

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with last_epoch "
                    ">= 0.\nThis typically happens when:\n1. You're trying to resume training from a checkpoint but "
                    "haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 for a fresh training "
                    "run (not recommended)"
                )
        self.base_lrs = [copied(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        _note_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        with _initial_mode(self):
            self.step()

    def step(self, epoch: int | None = None) -> None:
        """Give the optimiser the rates of the next step; call it after `optimizer.step()`.

        Args:
            epoch: deprecated: go to that step instead of the next one.
        """
        if self._step_count == 1:
            self._warn_about_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _warn_about_order(self) -> None:
        if not hasattr(self.optimizer.step, "_noted_for_schedulers"):
            text = (
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. "
                f"Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`. {_SEE}"
            )
        elif not getattr(self.optimizer, "_opt_called", False):
            text = (
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you "
                "should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to "
                "do this will result in PyTorch skipping the first value of the learning rate schedule. "
                f"{_SEE}"
            )
        else:
            return
        warnings.warn(text, UserWarning, stacklevel=3)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        with _enable_get_lr_call(self):
            closed_form: Callable[[], list[float | Tensor]] | None = getattr(self, "_get_closed_form_lr", None)
            rates = self.get_lr() if epoch is None or closed_form is None else closed_form()
        self._set_rates(rates)

    def _set_rates(self, rates: Sequence[float | Tensor]) -> None:
        groups = self.optimizer.param_groups
        for group, rate in zip(groups, rates, strict=True):
            set_option(group, "lr", rate)
        self._last_lr = group_rates(self.optimizer)

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )

    def _rates(self) -> list[Any]:
        """The rates that the groups have now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[float | Tensor]:
        """The rates that the last step set, one for each group."""
        return self._last_lr

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the step `last_epoch`, one for each group; a subclass says how."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler knows but its optimiser, for saving.

        Returns:
            The attributes by name.
        """
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` of such a scheduler returned.

        Args:
            state_dict: the attributes by name.
        """
        self.__dict__.update(state_dict)


# -- options of a group -----------------------------------------------------------------------------------------------


def check_optimizer(optimizer: object) -> None:
    """Raise torch's error if `optimizer` is none."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def copied(value: Any) -> Any:
    """A rate that later changes in place do not reach."""
    return value.clone() if isinstance(value, Tensor) else value


def set_option(group: dict[str, Any], name: str, value: Any) -> None:
    """Set an option of a group; one that is a tensor is changed in place."""
    if isinstance(group.get(name), Tensor):
        group[name].fill_(value)
    else:
        group[name] = value


def group_values(optimizer: Optimizer, key: str) -> list[Any]:
    """Copies of an option of all groups."""
    return [copied(group[key]) for group in optimizer.param_groups]


def group_rates(optimizer: Optimizer) -> list[float | Tensor]:
    """Copies of the rates of all groups."""
    return group_values(optimizer, "lr")


def one_per_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """An option as a list with one value for each group.

    Raises:
        ValueError: it is a list of another length.
    """
    groups = optimizer.param_groups
    if not isinstance(value, (list, tuple)):
        return [value] * len(groups)
    if len(value) != len(groups):  # pyright: ignore[reportUnknownArgumentType]
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "  # pyright: ignore[reportUnknownArgumentType]
            f"param_groups has {len(groups)}."
        )
    return list(value)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]


def set_momentum(group: dict[str, Any], momentum: float, use_beta1: bool) -> None:
    """Set the momentum of a group, which Adam and its relatives call the first of the betas."""
    if use_beta1:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


def uses_beta1(optimizer: Optimizer) -> bool:
    """Whether the optimiser's momentum is the first of its betas.

    Raises:
        ValueError: it has no momentum at all.
    """
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError(
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled "
            f"({type(optimizer).__name__} has neither; pass cycle_momentum=False)"
        )
    return "betas" in optimizer.defaults


def ending_with(state: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The state with this entry, which comes last, as in torch's states."""
    return {**{key: old for key, old in state.items() if key != name}, name: value}


def saved_callables(functions: Sequence[Any]) -> list[dict[str, Any] | None]:
    """What is saved of callables: the attributes of an object, nothing of a function."""
    return [None if _is_function(f) else dict(vars(f)) for f in functions]


def load_callables(functions: Sequence[Any], saved: Sequence[dict[str, Any] | None]) -> None:
    """Give callable objects the attributes that `saved_callables` kept."""
    for f, attributes in zip(functions, saved, strict=False):
        if attributes is not None:
            vars(f).update(attributes)


def _is_function(f: Any) -> bool:
    return f is None or hasattr(f, "__code__") or not hasattr(f, "__dict__")


def _note_steps(optimizer: Optimizer) -> None:
    """Let the optimiser note that its step was called, for the warnings about the order of the calls."""
    if hasattr(optimizer.step, "_noted_for_schedulers"):
        return
    replaced = vars(optimizer).get("step")  # a program may have put its own function there
    owner = weakref.ref(optimizer)  # the optimiser holds the new function: no cycle arises

    @functools.wraps(replaced or type(optimizer).step)
    def noted(*args: Any, **kwargs: Any) -> Any:
        this: Any = owner()
        this._opt_called = True
        return type(this).step(this, *args, **kwargs) if replaced is None else replaced(*args, **kwargs)

    noted._noted_for_schedulers = True  # pyright: ignore[reportAttributeAccessIssue]
    optimizer.step = noted
