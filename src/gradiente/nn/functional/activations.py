"""Nonlinear functions of each element.

Those that torch also has at its top level are the same functions; here they have the argument `inplace`.
"""

from __future__ import annotations

from ...ops import activations
from ...ops._define import inplace as in_place
from ...ops.activations import gelu, hardshrink, logsigmoid, softplus, softshrink, softsign, tanhshrink
from ...tensor.core import Tensor

_relu_, _leaky_relu_, _elu_, _selu_, _celu_ = (
    in_place(activations.relu),
    in_place(activations.leaky_relu),
    in_place(activations.elu),
    in_place(activations.selu),
    in_place(activations.celu),
)
_silu_, _mish_, _hardtanh_, _relu6_, _threshold_ = (
    in_place(activations.silu),
    in_place(activations.mish),
    in_place(activations.hardtanh),
    in_place(activations.relu6),
    in_place(activations.threshold),
)
_hardsigmoid_, _hardswish_ = in_place(activations.hardsigmoid), in_place(activations.hardswish)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """The rectifier: max(input, 0) of each element; at 0 the gradient is 0.

    Args:
        input: any shape, floating-point dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: V. Nair and G. Hinton, Rectified linear units improve restricted Boltzmann machines (2010).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.relu(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """
    return _relu_(input) if inplace else activations.relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """The leaky rectifier: x where x > 0, else slope · x.

    Args:
        input: any shape, floating-point dtype.
        negative_slope: the slope.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: A. Maas et al., Rectifier nonlinearities improve neural network acoustic models (2013).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.leaky_relu(torch.tensor([-1.0, 2.0]), 0.1)
        tensor([-0.1000,  2.0000])
    """
    return _leaky_relu_(input, negative_slope) if inplace else activations.leaky_relu(input, negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """The exponential linear unit: x where x > 0, else α·(e^x - 1).

    Args:
        input: any shape, floating-point dtype.
        alpha: α.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: D. Clevert et al., Fast and accurate deep network learning by exponential linear units (2016).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.elu(torch.tensor([-1.0, 2.0]))
        tensor([-0.6321,  2.0000])
    """
    return _elu_(input, alpha) if inplace else activations.elu(input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The scaled exponential linear unit: λ·x where x > 0, else λ·α·(e^x - 1), with α ≈ 1.6733 and λ ≈ 1.0507.

    Args:
        input: any shape, floating-point dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: G. Klambauer et al., Self-normalizing neural networks (2017).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.selu(torch.tensor([-1.0, 1.0]))
        tensor([-1.1113,  1.0507])
    """
    return _selu_(input) if inplace else activations.selu(input)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """The continuously differentiable exponential linear unit: x where x > 0, else α·(e^(x/α) - 1).

    Args:
        input: any shape, floating-point dtype.
        alpha: α, not 0.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: J. Barron, Continuously differentiable exponential linear units (2017).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.celu(torch.tensor([-1.0, 1.0]), 2.0)
        tensor([-0.7869,  1.0000])
    """
    return _celu_(input, alpha) if inplace else activations.celu(input, alpha)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """The sigmoid linear unit: x·σ(x), with the logistic function σ.

    Args:
        input: any shape, floating-point dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: S. Elfwing et al., Sigmoid-weighted linear units (2018).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.silu(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7311])
    """
    return _silu_(input) if inplace else activations.silu(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Mish: x·tanh(log(1 + e^x)).

    Args:
        input: any shape, floating-point dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: D. Misra, Mish: a self regularized non-monotonic activation function (2020).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.mish(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 0.8651])
    """
    return _mish_(input) if inplace else activations.mish(input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """The rectifier with a ceiling: min(max(x, 0), 6).

    Args:
        input: any shape, floating-point dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: A. Krizhevsky, Convolutional deep belief networks on CIFAR-10 (2010).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.relu6(torch.tensor([-1.0, 2.0, 9.0]))
        tensor([0., 2., 6.])
    """
    return _relu6_(input) if inplace else activations.relu6(input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """The piecewise linear logistic function: min(max(x + 3, 0), 6)/6.

    Args:
        input: any shape, floating-point dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: M. Courbariaux et al., BinaryConnect (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.hardsigmoid(torch.tensor([-3.0, 0.0, 3.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """
    return _hardsigmoid_(input) if inplace else activations.hardsigmoid(input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """The piecewise quadratic x·min(max(x + 3, 0), 6)/6.

    Args:
        input: any shape, floating-point dtype.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: A. Howard et al., Searching for MobileNetV3 (2019).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.hardswish(torch.tensor([0.0, 3.0]))
        tensor([0., 3.])
    """
    return _hardswish_(input) if inplace else activations.hardswish(input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Each element where it exceeds the threshold, else `value`.

    Args:
        input: any shape, floating-point dtype.
        threshold: the threshold.
        value: what stands elsewhere; its gradient is 0.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Source: the rectifier is the case threshold = value = 0.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.threshold(torch.tensor([1.0, 3.0]), 2.0, 0.5)
        tensor([0.5000, 3.0000])
    """
    return _threshold_(input, threshold, value) if inplace else activations.threshold(input, threshold, value)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Each element, clamped to [min_val, max_val]; on the bounds the gradient is 0.

    Args:
        input: any shape and real dtype.
        min_val: the least value.
        max_val: the largest value.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype.

    Raises:
        ValueError: the bounds are in the wrong order.

    Source: R. Collobert, Large scale machine learning (2004).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.hardtanh(torch.tensor([-2.0, 0.5]))
        tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError(f"min_val cannot be greater than max_val (min_val={min_val}, max_val={max_val})")
    return (_hardtanh_ if inplace else activations.hardtanh)(input, min_val, max_val)


__all__ = [
    "celu",
    "elu",
    "gelu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "logsigmoid",
    "mish",
    "relu",
    "relu6",
    "selu",
    "silu",
    "softplus",
    "softshrink",
    "softsign",
    "tanhshrink",
    "threshold",
]
