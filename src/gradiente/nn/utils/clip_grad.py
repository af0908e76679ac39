"""Bounding gradients."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from types import GeneratorType
from typing import Any

import numpy as np

from ...autograd.grad_mode import no_grad
from ...graph import NO_GRAD, current
from ...ops.creation import tensor
from ...ops.joining import stack
from ...tensor.core import Tensor, wrap

Tensors = Tensor | Iterable[Tensor]


def _gradients(parameters: Tensors) -> list[Tensor]:
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad for p in tensors if p.grad is not None]


def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of several tensors."""
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not tensors:
        return tensor(0.0)
    with no_grad():
        total = _euclidean(tensors) if norm_type == 2 else None
        if total is None:
            norms = [_norm(t, float(norm_type)) for t in tensors]
            total = _norm(stack(norms), float(norm_type))
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise RuntimeError(
            f"The total norm of order {float(norm_type)} for gradients from `parameters` is non-finite, so it cannot "
            "be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


_FEW = 4096


def _euclidean(tensors: list[Tensor]) -> Tensor | None:
    """The norm of few numbers, of one floating-point type; None for other tensors."""
    dtype, squares = tensors[0]._array.dtype, []
    if dtype.char not in "fd" or current() is not NO_GRAD:
        return None
    for x in tensors:
        array = x._array
        if array.__class__ is not np.ndarray or array.dtype is not dtype or array.size > _FEW:
            return None
        squares.append(np.add.reduce(np.square(array), None))
    norms = np.sqrt(np.array(squares, dtype))  # and squared again, as the norm of the norms is
    return wrap(np.asarray(np.sqrt(np.add.reduce(norms * norms, None))))


def _norm(x: Tensor, order: float) -> Tensor:
    return x.abs().max() if order == math.inf else x.norm(order)


def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scale the gradients of `parameters` so that a norm of `total_norm` becomes `max_norm`, if it is larger."""
    with no_grad():
        factor = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
        for gradient in _gradients(parameters):
            gradient.mul_(factor)


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients of `parameters`, in place, so that their norm, taken together, is at most `max_norm`.

    Args:
        parameters: a tensor or several.
        max_norm: the largest norm.
        norm_type: its order, infinity as well.
        error_if_nonfinite: whether a norm that is NaN or infinite is an error.
        foreach: accepted for torch's sake.

    Returns:
        The norm before.

    Example:
        >>> import gradiente as torch
        >>> w = torch.ones(1, requires_grad=True)
        >>> (3 * w).sum().backward()
        >>> torch.nn.utils.clip_grad_norm_([w], 1.0)
        tensor(3.)
        >>> w.grad
        tensor([1.0000])
    """
    generated = isinstance(parameters, GeneratorType)
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if generated and not parameters:
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    total = get_total_norm(_gradients(parameters), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(parameters, max_norm, total)
    return total


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Bring the elements of the gradients of `parameters`, in place, into [-clip_value, clip_value]."""
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.clamp_(min=-float(clip_value), max=float(clip_value))


def clip_grad_norm(*args: Any, **kwargs: Any) -> Tensor:
    """The old name of `clip_grad_norm_`."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(*args, **kwargs)


__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]
