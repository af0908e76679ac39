"""Tensors of random numbers: rand, randn, randint, randperm. The numbers are those of torch's CPU build."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import random as streams
from ..tensor.core import Tensor
from ..tensor.devices import layout as Layout
from ..tensor.devices import memory_format as MemoryFormat
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import get_default_dtype, int64
from ._draws import drawn, drawn_on, filled, normals
from ._factory import made, need_differentiable, put_out, sequence_shape, settle, shape_of
from ._numbers import need_int
from .creation import DeviceLike
from .generators import Generator, need_generator
from .likes import alike


def _permutations(source: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Permutations along the last axis, one for each place along the others."""
    count = math.prod(shape[:-1])
    drawn = [streams.randperm(source, shape[-1], dtype) for _ in range(count)]
    return np.reshape(drawn, shape) if len(shape) > 1 else drawn[0]


def rand(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of uniform random numbers in [0, 1).

    Args:
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        generator: the source of the numbers; None for the default one.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape and dtype.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, another device.
        NotImplementedError: an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.rand(2)
        tensor([0.4963, 0.7682])
    """
    settled = settle("rand", dtype, layout, device, pin_memory, requires_grad)
    wanted = settled or (out.dtype if isinstance(out, Tensor) else get_default_dtype())
    shape = shape_of(sizes, size, "rand")
    source, kind = need_generator(generator, "rand"), wanted.numpy
    array = drawn_on(device, lambda shape: streams.uniform(source, shape, kind), shape, kind)
    return made(array, requires_grad) if out is None else put_out(out, array, "rand", settled)


def randn(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of standard normal random numbers.

    Args:
        sizes: the sizes, as integers or as one sequence of them.
        size: the same by keyword, as a sequence.
        generator: the source of the numbers; None for the default one.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape and dtype.

    Raises:
        TypeError: a size that is no integer.
        RuntimeError: a negative size, another device.
        NotImplementedError: an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.randn(2)
        tensor([ 1.5410, -0.2934])
    """
    settled = settle("randn", dtype, layout, device, pin_memory, requires_grad)
    wanted = settled or (out.dtype if isinstance(out, Tensor) else get_default_dtype())
    shape = shape_of(sizes, size, "randn")
    source, kind = need_generator(generator, "randn"), wanted.numpy
    array = drawn_on(device, lambda shape: streams.normal(source, shape, kind), shape, kind)
    return made(array, requires_grad) if out is None else put_out(out, array, "randn", settled)


def randint(
    *args: Any,
    low: int | None = None,
    high: int | None = None,
    size: Sequence[int] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of random whole numbers, low ≤ x < high: `randint(high, size)`, `randint(low, high, size)`.

    Args:
        args: `high` and `size`; or `low`, `high` and `size`.
        low: the least number, 0 if it is not given.
        high: one more than the greatest.
        size: the sizes, a sequence of integers.
        generator: the source of the numbers; None for the default one.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it int64.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of that shape and dtype.

    Raises:
        TypeError: bounds or sizes that are no integers.
        RuntimeError: low ≥ high, bounds that the dtype cannot hold, a gradient for integers.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.randint(10, (4,))
        tensor([4, 9, 3, 0])
    """
    settled = settle("randint", dtype, layout, device, pin_memory, requires_grad)
    wanted = settled or (out.dtype if isinstance(out, Tensor) else int64)
    if requires_grad:
        need_differentiable(wanted, "randint")
    least, most, sizes = _bounds("randint", list(args), low, high, size)
    source = need_generator(generator, "randint")
    kind = wanted.numpy
    array = drawn_on(device, lambda shape: streams.randint(source, shape, kind, least, most), sizes, kind)
    return made(array, requires_grad) if out is None else put_out(out, array, "randint", settled)


def _bounds(function: str, args: list[Any], low: Any, high: Any, size: Any) -> tuple[int, int, tuple[int, ...]]:
    """The bounds and the shape, from the forms in which torch takes them."""
    given = [type(a).__name__ for a in args]
    if size is None and len(args) >= 2:
        size = args.pop()
    if len(args) == 2 and low is None and high is None:
        low, high = args
    elif len(args) == 1 and (low is None or high is None):
        (high,) = args if high is None else (high,)
        low = args[0] if high is not args[0] else low
    elif args or high is None:
        size = None
    if size is None or high is None:
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({', '.join(given)}), but expected one "
            "of:\n"
            " * (int high, tuple of ints size, *, torch.Generator generator, ...)\n"
            " * (int low, int high, tuple of ints size, *, torch.Generator generator, ...)\n"
        )
    position = len(given) if given else 1
    most = need_int(high, function, "high", 1 if low is None else 2)
    least = 0 if low is None else need_int(low, function, "low", 1)
    return least, most, sequence_shape(size, function, position)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The numbers 0, …, n - 1 in random order.

    Args:
        n: how many.
        generator: the source of the numbers; None for the default one.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it int64.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of shape (n,).

    Raises:
        TypeError: n is no integer.
        RuntimeError: n is negative, or the dtype cannot hold it.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.randperm(4)
        tensor([0, 1, 3, 2])
    """
    settled = settle("randperm", dtype, layout, device, pin_memory, requires_grad)
    wanted = settled or (out.dtype if isinstance(out, Tensor) else int64)
    if requires_grad:
        need_differentiable(wanted, "randperm")
    count = need_int(n, "randperm", "n", 1)
    source, kind = need_generator(generator, "randperm"), wanted.numpy
    array = drawn_on(device, lambda shape: _permutations(source, shape, kind), (count,), kind)
    return made(array, requires_grad) if out is None else put_out(out, array, "randperm", settled)


def rand_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
    generator: Generator | None = None,
) -> Tensor:
    """Uniform random numbers in [0, 1), with the shape of another tensor.

    Args:
        input: the model.
        dtype: the dtype; that of `input` if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.preserve_format (the order of `input` in memory) or torch.contiguous_format.
        generator: the source of the numbers; None for the default one.

    Returns:
        A tensor with the shape of `input`.

    Raises:
        TypeError: the input is no tensor.
        NotImplementedError: an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.rand_like(torch.ones(2))
        tensor([0.4963, 0.7682])
    """
    array = alike("rand_like", input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    source = need_generator(generator, "rand_like")
    array = filled(array, drawn(array, lambda shape: streams.uniform(source, shape, array.dtype)))
    return made(array, requires_grad)


def randn_like(
    input: Tensor,
    *,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
    generator: Generator | None = None,
) -> Tensor:
    """Standard normal random numbers, with the shape of another tensor.

    Args:
        input: the model.
        dtype: the dtype; that of `input` if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.preserve_format (the order of `input` in memory) or torch.contiguous_format.
        generator: the source of the numbers; None for the default one.

    Returns:
        A tensor with the shape of `input`.

    Raises:
        TypeError: the input is no tensor.
        NotImplementedError: an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.randn_like(torch.ones(2))
        tensor([ 1.5410, -0.2934])
    """
    array = alike("randn_like", input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    source = need_generator(generator, "randn_like")
    array = filled(array, normals(source, array, 0.0, 1.0))
    return made(array, requires_grad)


def randint_like(
    input: Tensor,
    *args: int,
    low: int | None = None,
    high: int | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
    generator: Generator | None = None,
) -> Tensor:
    """Random whole numbers, low ≤ x < high, with the shape of another tensor.

    Args:
        input: the model.
        args: `high`; or `low` and `high`.
        low: the least number, 0 if it is not given.
        high: one more than the greatest.
        dtype: the dtype; that of `input` if none is given.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.
        memory_format: torch.preserve_format (the order of `input` in memory) or torch.contiguous_format.
        generator: the source of the numbers; None for the default one.

    Returns:
        A tensor with the shape of `input`.

    Raises:
        TypeError: the input is no tensor, the bounds are no integers.
        RuntimeError: low ≥ high, bounds that the dtype cannot hold.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.randint_like(torch.ones(4), 10)
        tensor([4., 9., 3., 0.])
    """
    array = alike("randint_like", input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    source = need_generator(generator, "randint_like")
    if not args and high is None:
        raise TypeError('randint_like() missing 1 required positional arguments: "high"')
    least, most, _ = _bounds("randint_like", list(args), low, high, input._array.shape)
    array = filled(array, drawn(array, lambda shape: streams.randint(source, shape, array.dtype, least, most)))
    return made(array, requires_grad)


METHODS: dict[str, Any] = {}
__all__ = ["rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm"]
