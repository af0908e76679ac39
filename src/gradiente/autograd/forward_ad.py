"""torch.autograd.forward_ad: derivatives computed along with the values, in forward mode.

Inside a level, a *dual* tensor has a tangent beside its values, the primal. Every operation on duals gives a dual whose
tangent is the operation's Jacobian times the tangents given: y' = Σ (∂y/∂x)·x'. See Note [Levels of forward mode] in
`gradiente.tensor.tangents`. Levels belong to the thread or task that entered them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..graph import change, current, set_mode
from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dispatch import bind
from ..tensor.tangents import Level, carries, enter, leave, put_tangent, tangent_of, wrong_size
from ..tensor.views import make_view
from ._decorators import ContextDecorator

_NO_LEVEL = (
    "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first. "
    "(Or write it inside `with torch.autograd.forward_ad.dual_level():`)"
)
_dual = bind(table["alias"], "ViewBackward0")
_primal = bind(table["alias"], "Identity")


class UnpackedDualTensor(NamedTuple):
    """The parts of a dual tensor: `primal`, a view of its values; `tangent`, None if it has none."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Enter a level of forward mode, to be left by `exit_dual_level`, and return its number; `dual_level` does both.

    Raises RuntimeError inside a level: forward mode is not nested.

    >>> import gradiente as torch
    >>> import gradiente.autograd.forward_ad as fwAD
    >>> fwAD.enter_dual_level()
    0
    >>> fwAD.make_dual(torch.tensor(2.0), torch.tensor(1.0)) * 3
    tensor(6., tangent=3.0)
    >>> fwAD.exit_dual_level()
    """
    if current().levels:
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment (leave the level that is entered first; derivatives "
            "of derivatives: differentiate the tangent in reverse mode)"
        )
    return enter().number


def exit_dual_level(*, level: int | None = None) -> None:
    """Leave the level of forward mode; the tangents of all tensors are dropped.

    Args:
        level: the number that `enter_dual_level` returned; by default that of the last level entered.

    Raises RuntimeError if no level is entered, or `level` is not the last one entered.

    >>> import gradiente.autograd.forward_ad as fwAD
    >>> number = fwAD.enter_dual_level()
    >>> fwAD.exit_dual_level(level=number)
    """
    levels: tuple[Level, ...] = current().levels
    last = len(levels) - 1
    number = last if level is None else level
    if number != last:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported. "
            f"(The level given is {number}; " + (f"the last one is {last})" if levels else "none is entered)")
        )
    if not levels:
        raise RuntimeError("Dual level must be a positive number. (No level is entered: enter_dual_level() does that)")
    leave(levels[-1])


class dual_level(ContextDecorator):
    """A level of forward mode for a block or a function; all derivatives of forward mode are computed inside one.

    Raises RuntimeError inside a level: forward mode is not nested.

    >>> import gradiente as torch
    >>> import gradiente.autograd.forward_ad as fwAD
    >>> x, t = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])
    >>> with fwAD.dual_level():
    ...     y = fwAD.make_dual(x, t) ** 2
    ...     fwAD.unpack_dual(y).tangent
    tensor([2., 0.])
    """

    def __enter__(self) -> int:
        """Enter the level; its number is returned."""
        return enter_dual_level()

    def __exit__(self, *exc_info: object) -> None:
        """Leave the level."""
        exit_dual_level()


def _need_level(level: int | None) -> int:
    return len(current().levels) - 1 if level is None else level


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A dual tensor: a view of `tensor` that has the given tangent.

    Args:
        tensor: the primal, of a floating-point or complex dtype.
        tangent: of the same shape; kept as it is where its elements lie in memory as those of `tensor` do, else copied.
        level: the level's number; by default the one entered.

    Returns the dual; results computed from it are duals.

    Raises RuntimeError if no level is entered, the shapes differ, or either has a tangent already; ValueError for a
    dtype that is not differentiable; AttributeError for what is no tensor.

    >>> import gradiente as torch
    >>> import gradiente.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     fwAD.make_dual(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 2.0])).exp()
    tensor([1.0000, 2.7183], tangent=tensor([1.0000, 5.4366]))
    """
    number, mode = _need_level(level), current()
    if number < 0:
        raise RuntimeError(_NO_LEVEL)
    for value, name in ((tensor, "primal"), (tangent, "tangent")):
        if not isinstance(value, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise AttributeError(
                f"'{type(value).__name__}' object has no attribute 'is_floating_point' (the {name} of make_dual must "
                "be a Tensor)"
            )
        if value._array.dtype.kind not in "fcV":
            raise ValueError(
                f"Expected {name} to be floating point or complex, but got: {value.dtype!r} "
                "(convert it first, for instance with .float())"
            )
    if number >= len(mode.levels):
        raise RuntimeError(
            f"Invalid level given to _make_dual (level {number}; the last one that was entered is "
            f"{len(mode.levels) - 1})"
        )
    key = mode.levels[number]
    if mode.forward_grad:
        _check(tensor, tangent, key)
    if tangent._array.shape != tensor._array.shape and not mode.inference:
        raise wrong_size(tensor, tangent)
    out = _alias(_dual, tensor, number)
    if not mode.inference:
        put_tangent(out, key, tangent)
    return out


def _alias(call: Callable[..., Tensor], tensor: Tensor, number: int) -> Tensor:
    """A view of `tensor` without its tangent at the level of this number."""
    levels = current().levels
    previous = change(levels=(*levels[:number], *levels[number + 1 :]))
    try:
        return make_view(call, tensor)
    finally:
        set_mode(previous)


def _check(tensor: Tensor, tangent: Tensor, key: Any) -> None:
    """Raise torch's error if the two do not make a dual."""
    if tangent_of(tensor, key) is not None:
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level "
            f"{key.number} is not supported. (Take unpack_dual(tensor).primal)"
        )
    if tangent_of(tangent, key) is not None:
        raise RuntimeError(
            f"Setting a forward grad that itself has a forward gradient at the same level{key.number} is not "
            "supported. (Take unpack_dual(tangent).primal)"
        )


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The parts of a dual tensor: (primal, tangent).

    Args:
        tensor: a dual, or any tensor: its tangent is None.
        level: the level's number; by default the one entered.

    Returns a named tuple: `primal`, a view of `tensor` without a tangent; `tangent`, the same object each time.

    Raises TypeError for what is no tensor.

    >>> import gradiente as torch
    >>> import gradiente.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     dual = fwAD.make_dual(torch.tensor([1.0]), torch.tensor([5.0]))
    ...     fwAD.unpack_dual(dual * dual)
    UnpackedDualTensor(primal=tensor([1.]), tangent=tensor([10.]))
    """
    if not isinstance(tensor, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"_unpack_dual(): argument 'dual' (position 1) must be Tensor, not {type(tensor).__name__}")
    number, mode = _need_level(level), current()
    if number < 0:
        return UnpackedDualTensor(tensor, None)
    if number >= len(mode.levels) and carries(tensor):
        raise RuntimeError(f"Invalid level given to _fw_primal (level {number} of {len(mode.levels)})")
    primal = _alias(_primal, tensor, number)
    known = mode.forward_grad and number < len(mode.levels)
    return UnpackedDualTensor(primal, tangent_of(tensor, mode.levels[number]) if known else None)


class _set_fwd_grad_enabled(ContextDecorator):
    """Switch the propagation of tangents on or off: at once when called, until the end of the block as a context.

    Args:
        mode: whether tangents propagate.

    >>> import gradiente as torch
    >>> import gradiente.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     dual = fwAD.make_dual(torch.tensor([1.0]), torch.tensor([5.0]))
    ...     with fwAD._set_fwd_grad_enabled(False):
    ...         y = dual * dual
    ...     fwAD.unpack_dual(y).tangent is None
    True
    """

    def __init__(self, mode: bool) -> None:
        self.prev = current().forward_grad
        self.mode = mode
        change(forward_grad=mode)

    def __enter__(self) -> None:
        """Nothing: creation switched it."""

    def __exit__(self, *exc_info: object) -> None:
        """Restore what was before this object was made."""
        change(forward_grad=self.prev)

    def __call__(self, orig_func: Any) -> Any:
        """Decorate a function; the mode that this object's creation changed is restored."""
        change(forward_grad=self.prev)
        return super().__call__(orig_func)

    def clone(self) -> _set_fwd_grad_enabled:
        """Another object of the same kind."""
        return type(self)(self.mode)


def _is_fwd_grad_enabled() -> bool:
    """Whether tangents propagate in this thread or task: yes, but not in inference mode.

    >>> import gradiente.autograd.forward_ad as fwAD
    >>> fwAD._is_fwd_grad_enabled()
    True
    """
    return current().forward_grad


__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]
