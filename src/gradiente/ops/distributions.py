"""Random numbers whose parameters are tensors: normal, bernoulli, binomial, multinomial, poisson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import random as streams
from ..arrays.meta import is_meta, without_values
from ..graph import current
from ..rules import table
from ..tensor.batching import batched_here, drawn_each, drawn_from
from ..tensor.core import Tensor, box
from ..tensor.devices import layout as Layout
from ..tensor.dispatch import kind_of
from ..tensor.dtypes import SCALAR_NAMES, get_default_dtype
from ..tensor.dtypes import dtype as Dtype
from ._arguments import need_tensor
from ._define import primitive
from ._draws import drawn_on
from ._factory import made, put_out, sequence_shape, settle
from ._numbers import need_int, need_real
from ._pairs import refusing
from .creation import DeviceLike
from .generators import Generator, need_generator

_NORMAL = (
    "normal() received an invalid combination of arguments - got ({}), but expected one of:\n"
    " * (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n"
    " * (Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)\n"
    " * (float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n"
    " * (float mean, float std, tuple of ints size, *, torch.Generator generator = None, Tensor out = None, ...)\n"
)

_of_mean, _of_std, _of_both = (primitive("overwrite", f"NormalBackward{n}") for n in (1, 2, 3))
_of_chances = primitive("overwrite", "BernoulliBackward0")
_of_rates = primitive("overwrite", "PoissonBackward0")
_broadcast = primitive("broadcast_to")


def _result(array: Any, parameters: tuple[tuple[Any, Any], ...], out: Tensor | None, function: str) -> Tensor:
    """The tensor of drawn numbers. As in torch it belongs to the graph of its parameters; their gradient is zero."""
    if out is not None:
        return put_out(out, array, function)
    result = made(box(array))
    if current().grad:
        for parameter, node in parameters:
            if isinstance(parameter, Tensor) and parameter._node is not None:
                same = parameter._array.shape == array.shape
                result = node(parameter if same else _broadcast(parameter, shape=array.shape), result)
    return result


def normal(
    mean: float | Tensor = 0.0,
    std: float | Tensor = 1.0,
    size: Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Dtype | None = None,
    layout: Layout | None = None,
    device: DeviceLike = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Normal random numbers, mean + std · z with z standard normal: for tensors element by element.

    Args:
        mean: a tensor, or a number.
        std: a tensor of standard deviations ≥ 0 that broadcasts with `mean`, or a number.
        size: the sizes, if both are numbers; only then the options from `dtype` on may be given.
        generator: the source of the numbers; None for the default one.
        out: a tensor to write to, of the right shape and dtype.
        dtype: the dtype; without it the default one.
        layout: torch.strided.
        device: "cpu", "meta" or None.
        pin_memory: must be False.
        requires_grad: whether gradients are to be computed for the result.

    Returns:
        A tensor of the broadcast shape and the dtype of `mean` (of `std` if `mean` is a number), or of shape `size`.

    Raises:
        TypeError: other combinations of arguments.
        RuntimeError: a negative standard deviation, shapes that do not broadcast.
        NotImplementedError: an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.normal(torch.tensor([10.0, 20.0]), torch.tensor([0.1, 0.2]))
        tensor([10.1541, 19.9413])
    """
    tensors = isinstance(mean, Tensor) or isinstance(std, Tensor)
    given: tuple[Any, Any] = (mean, std)
    numbers = all(isinstance(x, (Tensor, int, float, np.number)) for x in given)
    if not numbers or (not tensors) != (size is not None):
        names = [type(x).__name__ for x in (mean, std, size) if x is not None]
        raise TypeError(_NORMAL.format(", ".join(names)))
    source = need_generator(generator, "normal")
    settled = settle("normal", dtype, layout, device, pin_memory, requires_grad)
    if not tensors:
        shape = sequence_shape(size, "normal", 3)
        wanted = settled or (out.dtype if isinstance(out, Tensor) else get_default_dtype())
        center, spread = need_real(mean, "normal", "mean", 1), need_real(std, "normal", "std", 2)
        array = drawn_on(
            device, lambda shape: streams.normal(source, shape, wanted.numpy, center, spread), shape, wanted.numpy
        )
        return made(array, requires_grad) if out is None else put_out(out, array, "normal", settled)
    center_array = mean._array if isinstance(mean, Tensor) else float(mean)
    spread_array = std._array if isinstance(std, Tensor) else float(std)
    if isinstance(mean, Tensor) and isinstance(std, Tensor):
        _need_broadcast(mean._array.shape, std._array.shape)
    if isinstance(std, Tensor) and std.dtype.is_complex:
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if batched_here(center_array, spread_array):
        kind = (mean if isinstance(mean, Tensor) else std)._array.dtype  # pyright: ignore[reportAttributeAccessIssue]
        center, spread = (x if hasattr(x, "dtype") else np.asarray(x, kind) for x in (center_array, spread_array))
        array = drawn_from(lambda m, s: streams.normal_tensor(source, m, s), center, "normal", 0, spread)
    else:
        array = streams.normal_tensor(source, center_array, spread_array)
    if isinstance(mean, Tensor) and isinstance(std, Tensor):
        return _result(array, ((std, _of_both), (mean, _of_both)), out, "normal")
    return _result(array, ((mean, _of_mean), (std, _of_std)), out, "normal")


def _need_broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    """Raise torch's error unless the shapes broadcast."""
    for i in range(1, min(len(a), len(b)) + 1):
        if a[-i] != b[-i] and 1 not in (a[-i], b[-i]):
            place = max(len(a), len(b)) - i
            raise RuntimeError(
                f"The size of tensor a ({a[-i]}) must match the size of tensor b ({b[-i]}) at non-singleton dimension "
                f"{place} (mean has the shape {list(a)}, std {list(b)})"
            )


def bernoulli(
    input: Tensor, p: float | None = None, *, generator: Generator | None = None, out: Tensor | None = None
) -> Tensor:
    """Ones with the probabilities in `input`, else zeros.

    Args:
        input: the probabilities, a floating-point tensor; with `p`, any tensor, of which the shape and dtype are taken.
        p: one probability for all elements.
        generator: the source of the numbers; None for the default one.
        out: a tensor to write to, of the right shape.

    Returns:
        A tensor with the shape and dtype of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: probabilities outside [0, 1].
        NotImplementedError: probabilities of an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.bernoulli(torch.tensor([0.1, 0.9, 1.0]))
        tensor([0., 1., 1.])
    """
    array = need_tensor(input, "bernoulli")._array
    source = need_generator(generator, "bernoulli")
    dtype = array.dtype if out is None else need_tensor(out, "bernoulli", "out")._array.dtype
    if p is not None:
        chance = need_real(p, "bernoulli", "p", 2)
        values = drawn_each(lambda shape: streams.bernoulli(source, shape, dtype, chance), array.shape)
    else:
        values = drawn_from(
            lambda chances: streams.bernoulli(source, chances.shape, dtype, chances), array, "bernoulli"
        )
    return _result(values, ((input, _of_chances),), out, "bernoulli")


def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Indices of categories, drawn in proportion to the weights in each row of `input`.

    Args:
        input: the weights, a floating-point tensor of shape (n,) or (m, n), ≥ 0, which need not sum to 1.
        num_samples: how many indices are drawn from each row.
        replacement: whether an index can be drawn more than once.
        generator: the source of the numbers; None for the default one.
        out: a tensor to write to, of the right shape and dtype.

    Returns:
        An int64 tensor of shape (num_samples,) or (m, num_samples).

    Raises:
        TypeError: the input is no tensor, the number of samples no integer.
        RuntimeError: weights that are negative, infinite or all 0, or too few of them; an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.multinomial(torch.tensor([0.0, 10.0, 3.0, 0.0]), 2)
        tensor([1, 2])
    """
    weights = need_tensor(input, "multinomial")._array
    count = need_int(num_samples, "multinomial", "num_samples", 2)
    if weights.dtype.kind not in "fV":
        name = SCALAR_NAMES[input.dtype.name]
        raise RuntimeError(
            f"multinomial only supports floating-point dtypes for input, got: {name} (convert with .float())"
        )
    if isinstance(out, Tensor) and out._array.dtype.name != "int64":
        raise RuntimeError(
            f"multinomial expects Long tensor out, got: {SCALAR_NAMES[out.dtype.name]} (give an int64 one)"
        )
    source = need_generator(generator, "multinomial")
    if is_meta(weights):
        return _result(without_values((*weights.shape[:-1], count), np.int64), (), out, "multinomial")
    array = drawn_from(lambda w: streams.multinomial(source, w, count, bool(replacement)), weights, "multinomial", 1)
    return _result(array, (), out, "multinomial")


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Poisson numbers with the rates in `input`.

    Args:
        input: the rates, a floating-point tensor, ≥ 0.
        generator: the source of the numbers; None for the default one.

    Returns:
        A tensor with the shape and dtype of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: a negative rate.
        NotImplementedError: an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.poisson(torch.full((4,), 3.0)).shape
        torch.Size([4])
    """
    rates = need_tensor(input, "poisson")._array
    source = need_generator(generator, "poisson")
    array = drawn_from(lambda rates: streams.poisson(source, rates), rates, "poisson")
    return _result(array, ((input, _of_rates),), None, "poisson")


def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """Binomial numbers: how many of `count` trials succeed, each with probability `prob`.

    Args:
        count: the numbers of trials, a floating-point tensor, ≥ 0.
        prob: the probabilities, a tensor of the same dtype that broadcasts with `count`.
        generator: the source of the numbers; None for the default one.

    Returns:
        A tensor of the broadcast shape. It has no derivative: RuntimeError if `backward` meets it.

    Raises:
        TypeError: an argument is no tensor.
        ValueError: a dtype that is not floating-point; RuntimeError: dtypes that differ, shapes that do not broadcast.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.binomial(torch.tensor([10.0, 100.0]), torch.tensor(0.5)).shape
        torch.Size([2])
    """
    counts, chances = need_tensor(count, "binomial", "count"), need_tensor(prob, "binomial", "prob", 2)
    for name, given in (("count", counts), ("prob", chances)):
        if not given.dtype.is_floating_point:
            raise ValueError(
                f"binomial only supports floating-point dtypes for {name}, got: {SCALAR_NAMES[given.dtype.name]} "
                "(convert it with .float())"
            )
    if counts.dtype != chances.dtype:
        ours, theirs = SCALAR_NAMES[counts.dtype.name], SCALAR_NAMES[chances.dtype.name]
        raise RuntimeError(f"Found dtype {theirs} but expected {ours} (convert 'prob' with .type_as(count))")
    _need_broadcast(counts._array.shape, chances._array.shape)
    source = need_generator(generator, "binomial")

    def run(count: Tensor, prob: Tensor) -> Tensor:
        both = (lambda *arrays: arrays) if batched_here(count._array, prob._array) else np.broadcast_arrays
        n, p = both(count._array, prob._array)
        return made(drawn_from(lambda n, p: streams.binomial(source, n, p), n, "binomial", 0, p))

    kind = kind_of(table["multiply"], "NotImplemented")
    return refusing(run, kind, lambda: RuntimeError(_NO_SLOPE), "binomial")(counts, chances)


_NO_SLOPE = (
    "derivative for aten::binomial is not implemented: the result of binomial() is a part of the graph that is being "
    "differentiated; .detach() the parameters or the result if it is to count as a constant"
)

METHODS: dict[str, Any] = {"bernoulli": bernoulli, "multinomial": multinomial}
__all__ = ["bernoulli", "binomial", "multinomial", "normal", "poisson"]
