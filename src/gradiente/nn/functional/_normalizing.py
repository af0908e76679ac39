"""What the normalisations share: checks of their arguments with torch's error texts, running statistics, the call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays import normalizing
from ...autograd.grad_mode import no_grad
from ...graph import NO_GRAD, PLAIN, current
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...tensor.core import Tensor, box, wrap
from ...tensor.inplace import touched

_batch, _layer, _group, _instance = (
    primitive("normalization", "NativeBatchNormBackward0"),
    primitive("normalization", "NativeLayerNormBackward0"),
    primitive("normalization", "NativeGroupNormBackward0"),
    primitive("normalization", "ViewBackward0"),
)
KINDS = {"batch": _batch, "layer": _layer, "group": _group, "instance": _instance}


def standardized(
    kind: str,
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    axis: tuple[int, ...],
    features: tuple[int, ...],
    eps: float,
    groups: tuple[int, ...] | None = None,
) -> Tensor:
    """The normalisation of `x` over `axis`, times weight, plus bias; 16-bit numbers are computed in 32 bits."""
    static = {"axis": axis, "eps": eps, "groups": groups, "features": features}
    if x._array.itemsize > 2:
        return KINDS[kind](x, weight, bias, **static)
    wide = KINDS[kind](
        x.float(), weight if weight is None else weight.float(), bias if bias is None else bias.float(), **static
    )
    return wide.to(x.dtype)


def need_types(x: Tensor, kernel: str, *parameters: Tensor | None) -> None:
    """Raise torch's error unless the types fit: the input's, or float32 for 16-bit inputs."""
    if x._array.dtype.kind in "biuc":
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{scalar_name(x)}' (convert the input, for instance with .float())"
        )
    for p in parameters:
        if (
            p is not None
            and p._array.dtype != x._array.dtype
            and not (x._array.itemsize == 2 and p._array.dtype == np.float32)
        ):
            raise RuntimeError(
                f"mixed dtype (CPU): expect parameter to have scalar type of Float (the input has dtype {x.dtype!r}, "
                f"a parameter {p.dtype!r}: convert one of them)"
            )


def need_shape(
    shape: Sequence[int], normalized_shape: Any, function: str, comma: str, **parameters: Tensor | None
) -> tuple[int, ...]:
    """The shape that is normalised over, if it is the end of the input's and the parameters have it."""
    if isinstance(normalized_shape, int):
        raise TypeError(f"{function}(): argument 'normalized_shape' (position 2) must be tuple of ints, not int")
    wanted = tuple([int(n) for n in normalized_shape])
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    for name, p in parameters.items():
        if p is not None and p._array.shape != wanted:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(p._array.shape)} and normalized_shape = {list(wanted)}"
            )
    if len(shape) < len(wanted) or tuple(shape[len(shape) - len(wanted) :]) != wanted:
        raise RuntimeError(
            f"Given normalized_shape={list(wanted)}, expected input with shape [*{comma}"
            f"{', '.join(map(str, wanted))}], but got input of size{list(shape)}"
        )
    return wanted


def need_count(count: int, times: int = 1, **parameters: Tensor | None) -> None:
    """Raise torch's error unless each parameter has `count` elements."""
    for name, p in parameters.items():
        if p is not None and p._array.shape != (count,):
            raise RuntimeError(
                f"{name} should contain {count * times} elements not {p._array.size * times} (`{name}` has one for "
                "each channel)"
            )


def need_running(running_mean: Tensor | None, running_var: Tensor | None) -> None:
    """Raise torch's error unless both or neither are given, and no gradient is asked of them."""
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    for name, x in (("running_mean", running_mean), ("running_var", running_var)):
        if x is not None and x.requires_grad:
            raise RuntimeError(
                f"The function 'native_batch_norm' is not differentiable with respect to argument '{name}'. This input "
                "cannot have requires_grad True."
            )


def need_several(count: int, size: Any, what: str = "value per channel") -> None:
    """Raise torch's error where there is nothing to take a variance of."""
    if count == 1:
        raise ValueError(f"Expected more than 1 {what} when training, got input size {size}")


def update(
    running_mean: Tensor,
    running_var: Tensor,
    x: Tensor,
    axis: tuple[int, ...],
    momentum: float,
    instances: bool = False,
) -> None:
    """Move the running statistics towards those of `x`, with the variance of n - 1 degrees of freedom."""
    array = x._array
    n = math.prod([array.shape[a] for a in axis])
    mean, variance = normalizing.statistics(array, axis, n)
    if instances:
        mean, variance = np.mean(mean, axis=0), np.mean(variance, axis=0)
    for running, now in ((running_mean, mean), (running_var, variance)):
        old = running._array
        now = (now * momentum).astype(old.dtype)
        if _is_plain(old):
            np.multiply(old, 1 - momentum, old)
            np.add(old, now, old)
            touched(running)
            continue
        with no_grad():
            running.mul_(1 - momentum).add_(wrap(box(now)))


def count_batch(batches: Tensor) -> None:
    """Add 1 to the number of batches that were seen."""
    array = batches._array
    if _is_plain(array) and batches._node is None:
        np.add(array, 1, array)
        touched(batches)
    else:
        batches.add_(1)


def _is_plain(array: Any) -> bool:
    """Whether an array may be written to as it is: nothing follows what is done to it."""
    mode = current()
    return (mode is PLAIN or mode is NO_GRAD) and array.__class__ is np.ndarray and array.flags.writeable


__all__ = [
    "count_batch",
    "need_count",
    "need_running",
    "need_several",
    "need_shape",
    "need_types",
    "standardized",
    "update",
]
