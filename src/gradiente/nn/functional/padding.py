"""Padding: elements around a tensor, constant, mirrored, repeated, or as on a circle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops._sizes import integers
from ...tensor.core import Tensor, wrap

_zeros, _filled = primitive("embed", "ConstantPadNdBackward0"), primitive("put_index", "ConstantPadNdBackward0")
_cut = primitive("getitem", "ConstantPadNdBackward0")
_index = {
    "reflect": tuple([primitive("index", f"ReflectionPad{n}DBackward0") for n in (1, 2, 3)]),
    "replicate": tuple([primitive("index", f"ReplicationPad{n}DBackward0") for n in (1, 2, 3)]),
    "circular": (primitive("index", "CopySlices"),) * 3,
}
_KERNELS = {"reflect": "reflection_pad", "replicate": "replication_pad"}


def _pairs(pad: Sequence[int], rank: int) -> list[tuple[int, int]]:
    """What is added before and after each axis, from the first one on."""
    if len(pad) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2 (it is {len(pad)})")
    if len(pad) > 2 * rank:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {rank}"
        )
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    return [(0, 0)] * (rank - len(pairs)) + pairs[::-1]


def _constant(x: Tensor, pairs: list[tuple[int, int]], value: float) -> Tensor:
    """Constants around `x`; negative numbers cut off."""
    shape = x._array.shape
    sizes = tuple([n + b + a for n, (b, a) in zip(shape, pairs, strict=True)])
    if any(n < 0 or b < -m or a < -m for n, m, (b, a) in zip(sizes, shape, pairs, strict=True)):
        raise RuntimeError(
            f"narrow(): length must be non-negative. (The padding {pairs} takes more than there is of shape "
            f"{list(shape)}.)"
        )
    inner = tuple([slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(shape, pairs, strict=True)])
    if any(b < 0 or a < 0 for b, a in pairs):
        x = _cut(x, index=inner)
    place = tuple([slice(max(b, 0), n - max(a, 0)) for n, (b, a) in zip(sizes, pairs, strict=True)])
    if not value:
        return _zeros(x, index=place, shape=sizes)
    around = x.new_empty(sizes) if x.is_meta else wrap(np.full(sizes, value).astype(x._array.dtype))
    return _filled(around, x, index=place, accumulate=False)


def _places(n: int, before: int, after: int, mode: str) -> Any:
    """Which elements of an axis of n stand at each place of the padded axis."""
    if mode == "circular":  # what is left of the axis goes round
        kept = np.arange(max(-before, 0), n - max(-after, 0))
        return kept[np.arange(-max(before, 0), len(kept) + max(after, 0)) % len(kept)]
    places = np.arange(-before, n + after)
    if mode == "replicate":
        return places.clip(0, n - 1)
    return (n - 1) - np.abs((n - 1) - np.abs(places))


def _check(x: Tensor, pairs: list[tuple[int, int]], pad: Sequence[int], mode: str) -> None:
    shape = x._array.shape
    rank, axes = len(shape), len(pad) // 2
    if len(pad) not in (2, 4, 6) or rank not in (axes + 1, axes + 2):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {rank}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    for i in range(rank - 1, rank - axes - 1, -1):
        n, (b, a) = shape[i], pairs[i]
        if mode == "circular" and (b > n or a > n):
            raise RuntimeError(f"Padding value causes wrapping around more than once. (Axis {i} has {n} elements.)")
        if mode == "circular" and n + b + a < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
        if mode == "reflect" and (b >= n or a >= n):
            raise RuntimeError(
                f"Argument #{4 + 2 * (rank - 1 - i)}: Padding size should be less than the corresponding input "
                f"dimension, but got: padding ({b}, {a}) at dimension {i} of input {list(shape)}"
            )
        if n + b + a < 1:
            raise RuntimeError(
                f"input ({', '.join(map(str, shape))}) is too small: padding ({b}, {a}) at dimension {i} leaves nothing"
            )
    if mode in _KERNELS and x._array.dtype.kind == "b":
        raise NotImplementedError(
            f"\"{_KERNELS[mode]}{axes}d\" not implemented for '{scalar_name(x)}' (convert the input first)"
        )


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Elements around a tensor, from the last dimension on.

    Args:
        input: any tensor; for the modes other than "constant" ([N,] C, ...).
        pad: how many elements before and after the last dimension, then the one before it, and so on. Negative numbers
            cut elements off.
        mode: "constant"; "reflect", the elements mirrored at the outer ones; "replicate", the outer ones again;
            "circular", those of the other end.
        value: the constant; None for 0. Only for "constant".

    Returns:
        The larger tensor, of the same dtype.

    Raises:
        RuntimeError: the length of `pad`, or what it adds or cuts off, does not fit.
        NotImplementedError: no such mode, or not for this rank.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.pad(torch.tensor([1.0, 2.0, 3.0]), (1, 2))
        tensor([0., 1., 2., 3., 0., 0.])
        >>> F.pad(torch.tensor([[1.0, 2.0, 3.0]]), (1, 2), mode="reflect")
        tensor([[2., 1., 2., 3., 2., 1.]])
    """
    x = need_tensor(input, "pad")
    if isinstance(pad, int):
        raise TypeError("pad(): argument 'pad' (position 2) must be tuple of ints, not int")
    amounts = integers((pad,), "pad", "pad")
    pairs = _pairs(amounts, x._array.ndim)
    if mode == "constant":
        return _constant(x, pairs, 0 if value is None else value)
    if mode not in _index:
        raise NotImplementedError(
            f"Unrecognised padding mode {mode} (there are 'constant', 'reflect', 'replicate' and 'circular')"
        )
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument (value={value})')
    _check(x, pairs, amounts, mode)
    axes = len(amounts) // 2
    lead = x._array.ndim - axes
    index: list[Any] = [slice(None)] * lead
    for i in range(axes):
        before, after = pairs[lead + i]
        places = _places(x._array.shape[lead + i], before, after, mode)
        index.append(places.reshape((-1,) + (1,) * (axes - 1 - i)))
    return _index[mode][axes - 1](x, index=tuple(index))


def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """A constant around a tensor, from the last dimension on; negative numbers cut elements off. See `F.pad`.

    RuntimeError if the length of `pad`, or what it cuts off, does not fit.

    >>> import gradiente as torch
    >>> torch.constant_pad_nd(torch.ones(2), (1, 1), 5.0)
    tensor([5., 1., 1., 5.])
    """
    x = need_tensor(input, "constant_pad_nd")
    return _constant(x, _pairs(integers((pad,), "constant_pad_nd", "pad"), x._array.ndim), value)


__all__ = ["constant_pad_nd", "pad"]
