"""Softmax in its forms, and dropout."""

from __future__ import annotations

import warnings

from ... import random
from ...ops import exponentials
from ...ops._arguments import need_tensor
from ...ops._define import inplace as in_place
from ...ops._draws import drawn
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import mul, neg
from ...tensor.core import Tensor, box, wrap
from ...tensor.dtypes import dtype as Dtype

_mul_ = in_place(mul)


def _implicit_dim(name: str, ndim: int) -> int:
    """The dimension where none is given: the classes of single samples, or of batches of at most images."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=3,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None) -> Tensor:
    """Probabilities of logits: e^xᵢ / Σⱼ e^xⱼ along `dim`.

    Args:
        input: any shape, floating-point dtype.
        dim: the dimension; to leave it out is deprecated (0 for 0, 1 and 3 dimensions, else 1).
        dtype: the dtype to convert the input to first.

    Returns:
        Probabilities, of the input's shape.

    Raises:
        IndexError: there is no such dimension.

    Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), equation 4.62.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.softmax(torch.zeros(4), dim=0)
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    ndim = need_tensor(input, "softmax")._array.ndim
    return exponentials.softmax(input, _implicit_dim("softmax", ndim) if dim is None else dim, dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None) -> Tensor:
    """The logarithms of softmax's probabilities: xᵢ - log Σⱼ e^xⱼ along `dim`, without rounding to log 0.

    Args:
        input: any shape, floating-point dtype.
        dim: the dimension; to leave it out is deprecated (0 for 0, 1 and 3 dimensions, else 1).
        dtype: the dtype to convert the input to first.

    Returns:
        Logarithms of probabilities, of the input's shape.

    Raises:
        IndexError: there is no such dimension.

    Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), equation 4.62.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.log_softmax(torch.zeros(2), dim=0)
        tensor([-0.6931, -0.6931])
    """
    ndim = need_tensor(input, "log_softmax")._array.ndim
    return exponentials.log_softmax(input, _implicit_dim("log_softmax", ndim) if dim is None else dim, dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None) -> Tensor:
    """Probabilities that favour small values: softmax(-input) along `dim`.

    Args:
        input: any shape, floating-point dtype.
        dim: the dimension; to leave it out is deprecated (0 for 0, 1 and 3 dimensions, else 1).
        dtype: the dtype to convert to first.

    Returns:
        Probabilities, of the input's shape.

    Raises:
        IndexError: there is no such dimension.

    Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), equation 4.62.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.softmin(torch.zeros(2), dim=0)
        tensor([0.5000, 0.5000])
    """
    ndim = need_tensor(input, "softmin")._array.ndim
    return exponentials.softmax(neg(input), _implicit_dim("softmin", ndim) if dim is None else dim, dtype)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element set to 0 with probability p, the others scaled by 1/(1 - p), so that the mean stays.

    Args:
        input: any shape, floating-point dtype.
        p: the probability.
        training: else the input itself is returned.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape and dtype; the zeros are those that torch draws after the same `manual_seed`.

    Raises:
        ValueError: p is not between 0 and 1.

    Source: N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting (2014).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.dropout(torch.ones(3), p=0.0), F.dropout(torch.ones(3), training=False)
        (tensor([1., 1., 1.]), tensor([1., 1., 1.]))
    """
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    array = need_tensor(input, "dropout")._array
    if not training or p == 0 or not array.size:
        return input
    if array.dtype.kind not in "fV":
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {scalar_name(input)} "
            "(dropout scales by 1/(1 - p): convert the tensor, for instance with .float())"
        )
    mask = wrap(box(drawn(array, lambda shape: random.dropout_mask(None, shape, array.dtype, p))))
    return (_mul_ if inplace else mul)(input, mask)


__all__ = [
    "dropout",
    "log_softmax",
    "softmax",
    "softmin",
]
