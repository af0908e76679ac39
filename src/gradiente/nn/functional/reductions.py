"""What the losses share: the argument `reduction`, and operands brought to one size and type."""

from __future__ import annotations

import warnings
from typing import Any

from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name, shapes
from ...tensor.core import Tensor
from ...tensor.promotion import result_type

REDUCTIONS = ("none", "mean", "sum")

_astype, _expand, _mean, _sum = (
    primitive("astype"),
    primitive("broadcast_to"),
    primitive("mean"),
    primitive("sum"),
)


def reduction_name(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The reduction that is asked for, if there is such a one; the older two arguments stand for one of them."""
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            stacklevel=3,
        )
    if reduction not in REDUCTIONS:
        if reduction == "elementwise_mean":
            text = "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead."
            warnings.warn(text, stacklevel=3)
            return "mean"
        raise ValueError(
            f"{reduction} is not a valid value for reduction; it is one of {', '.join(map(repr, REDUCTIONS))}"
        )
    return reduction


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """The mean or the sum of the elements' losses, or the losses themselves."""
    if reduction == "none":
        return loss
    return (_mean if reduction == "mean" else _sum)(loss, axis=None, keepdims=False)


def need_pair(input: Any, target: Any, function: str) -> None:
    """Raise a TypeError unless both are tensors."""
    need_tensor(input, function)
    need_tensor(target, function, "target", 2)


def warn_of_sizes(input: Tensor, target: Tensor) -> None:
    """Warn, as torch does, where one of the two will be broadcast."""
    s, t = input._array.shape, target._array.shape
    if s != t:
        warnings.warn(
            f"Using a target size (torch.Size({list(t)})) that is different to the input size (torch.Size({list(s)})). "
            "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )


def broadcast_shape(input: Tensor, target: Tensor) -> tuple[int, ...]:
    """The shape that both can be broadcast to. RuntimeError if there is none."""
    s, t = input._array.shape, target._array.shape
    ndim = max(len(s), len(t))
    s, t = (1,) * (ndim - len(s)) + s, (1,) * (ndim - len(t)) + t
    for i in range(ndim - 1, -1, -1):
        if s[i] != t[i] and 1 not in (s[i], t[i]):
            raise RuntimeError(
                f"The size of tensor a ({s[i]}) must match the size of tensor b ({t[i]}) at non-singleton "
                f"dimension {i} "
                f"{shapes(input=input, target=target)})"
            )
    return tuple(n if m == 1 else m for n, m in zip(s, t, strict=True))


def matched(input: Tensor, target: Tensor, kernel: str) -> tuple[Tensor, Tensor]:
    """The two operands, expanded to one shape and converted to one floating-point type."""
    shape = broadcast_shape(input, target)
    common = result_type(input, target)
    if not common.is_floating_point:
        name = scalar_name(input if input.dtype == common else target)
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{name}' {shapes(input=input, target=target)}; "
            "convert one of them, for instance with .float())"
        )
    pair: list[Tensor] = []
    for x in (input, target):
        if x._array.dtype != common.numpy:
            x = _astype(x, dtype=common.numpy)
        pair.append(x if x._array.shape == shape else _expand(x, shape=shape))
    return pair[0], pair[1]
