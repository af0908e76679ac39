"""Activations with weights of their own, with gates, or with chance; and the in-place forms of activations."""

from __future__ import annotations

import warnings

import numpy as np

from ... import random
from ...ops import activations
from ...ops._arguments import need_tensor, wrap_dim
from ...ops._define import inplace as in_place
from ...ops._define import primitive
from ...ops._draws import drawn
from ...ops._product_checks import scalar_name
from ...ops.activations import prelu as prelu
from ...ops.arithmetic import add, div
from ...ops.exponentials import softmax
from ...tensor.batching import batched_here
from ...tensor.core import Tensor, box, wrap
from .activations import hardtanh as _hardtanh

_sigmoid, _gated = primitive("sigmoid"), primitive("multiply", "GluBackward0")
_halves = primitive("getitem")
_noisy, _leaky = primitive("multiply", "RreluWithNoiseBackward0"), primitive("leaky_relu", "RreluWithNoiseBackward0")
_argmax, _put = primitive("argmax"), primitive("put_along_axis")

relu_, elu_, selu_, celu_, leaky_relu_ = (
    in_place(activations.relu),
    in_place(activations.elu),
    in_place(activations.selu),
    in_place(activations.celu),
    in_place(activations.leaky_relu),
)
hardtanh_ = in_place(_hardtanh)


def _need_float(input: Tensor, kernel: str) -> None:
    if input._array.dtype.kind in "biu":
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{scalar_name(input)}' (convert the input, for instance with .float())"
        )


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The gated linear unit: one half of the input times the logistic function of the other half.

    Args:
        input: any shape with an even size along `dim`, floating-point dtype.
        dim: the dimension to halve.

    Returns:
        The result, half as long along `dim`.

    Raises:
        RuntimeError: an odd size, or no dimension.
        IndexError: there is no such dimension.

    Source: Y. Dauphin et al., Language modeling with gated convolutional networks (2017).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.glu(torch.tensor([1.0, 2.0, 0.0, 100.0]))
        tensor([0.5000, 2.0000])
    """
    shape = need_tensor(input, "glu")._array.shape
    if not shape:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    axis = wrap_dim(dim, len(shape))
    if shape[axis] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {axis} is size {shape[axis]}")
    _need_float(input, "glu_cpu")
    half, lead = shape[axis] // 2, (slice(None),) * axis
    return _gated(
        _halves(input, index=(*lead, slice(0, half))), _sigmoid(_halves(input, index=(*lead, slice(half, None))))
    )


def _slopes(input: Tensor, lower: float, upper: float) -> Tensor:
    """A slope for each element, drawn where it is not positive, else 1."""
    array = input._array

    def draw(shape: tuple[int, ...]) -> np.ndarray:
        values = random.uniform(None, (int(np.count_nonzero(where)),), "float64", lower, upper)
        out = np.ones(shape, array.dtype)
        out[where.reshape(shape)] = values
        return out

    where = array <= 0
    if batched_here(array):  # a number for each element, used or not: how many are used differs between examples
        slopes = drawn(array, lambda shape: random.uniform(None, shape, array.dtype, lower, upper))
        return wrap(box(np.where(where, slopes, 1.0).astype(array.dtype)))
    return wrap(box(drawn(array, draw) if array.flags.c_contiguous else draw(array.shape)))


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """The randomised leaky rectifier: x where x > 0, else slope · x, with a random slope in training.

    Args:
        input: any shape, floating-point dtype.
        lower: the least slope.
        upper: the largest slope.
        training: else the slope is the mean of the two.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype; the slopes are those that torch draws after the same `manual_seed`.

    Raises:
        RuntimeError: the bounds are in the wrong order.

    Source: B. Xu et al., Empirical evaluation of rectified activations in convolutional network (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.rrelu(torch.tensor([-24.0, 2.0]))
        tensor([-5.5000,  2.0000])
    """
    need_tensor(input, "rrelu")
    return (_rrelu_ if inplace else _rrelu)(input, lower, upper, training)


def _rrelu(input: Tensor, lower: float, upper: float, training: bool) -> Tensor:
    if lower > upper:
        raise RuntimeError(
            f"Lower bound should be less than or equal to the upper bound (lower={lower}, upper={upper})"
        )
    _need_float(input, "rrelu_with_noise_out_cpu" if training else "leaky_relu_cpu")
    if training:
        return _noisy(input, _slopes(input, lower, upper))
    return _leaky(input, slope=(lower + upper) / 2)


_rrelu_ = in_place(_rrelu)


def rrelu_(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """`rrelu` in place.

    Args:
        input: any shape, floating-point dtype.
        lower: the least slope.
        upper: the largest slope.
        training: else the slope is the mean of the two.

    Returns:
        The input.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.rrelu_(torch.tensor([-24.0, 2.0]))
        tensor([-5.5000,  2.0000])
    """
    return rrelu(input, lower, upper, training, True)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A differentiable draw of a class: softmax((logits + noise)/τ) with noise of Gumbel's distribution.

    Args:
        logits: logarithms of unnormalised probabilities, floating-point dtype.
        tau: the temperature τ.
        hard: give one-hot vectors, with the gradient of the soft ones.
        eps: deprecated, without effect.
        dim: the dimension of the classes.

    Returns:
        The draws, of the same shape; the noise is that which torch draws after the same `manual_seed`.

    Raises:
        RuntimeError: an integer dtype.
        IndexError: there is no such dimension.

    Source: E. Jang et al., Categorical reparameterization with Gumbel-softmax (2017).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.gumbel_softmax(torch.tensor([0.0, 1000.0]), hard=True)
        tensor([0., 1.])
    """
    array = need_tensor(logits, "gumbel_softmax")._array
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    if array.dtype.kind in "biu":
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you "
            f"specified {scalar_name(logits)} (convert the logits, for instance with .float())"
        )
    noise = drawn(array, lambda shape: random.exponential(None, shape, array.dtype, 1.0))
    gumbels = wrap(box(-np.log(noise)))
    soft = softmax(div(add(logits, gumbels), tau), dim)
    if not hard:
        return soft
    axis = wrap_dim(dim, array.ndim)
    best = _argmax(soft, axis=axis, keepdims=True)
    zeros, one = wrap(box(np.zeros_like(soft._array))), wrap(box(np.ones_like(best._array, dtype=array.dtype)))
    return add(_put(zeros, best, one, axis=axis) - soft.detach(), soft)


__all__ = [
    "celu_",
    "elu_",
    "glu",
    "gumbel_softmax",
    "hardtanh_",
    "leaky_relu_",
    "prelu",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu_",
]
