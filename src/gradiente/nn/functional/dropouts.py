"""Dropout of whole channels, and dropout that keeps mean and variance."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ... import random
from ...arrays.meta import is_meta, without_values
from ...ops._arguments import need_tensor
from ...ops._define import inplace as in_place
from ...ops._define import primitive
from ...ops._draws import drawn
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import add, mul
from ...ops.shaping import squeeze, unsqueeze
from ...tensor.core import Tensor, box, wrap

_mul_, _add_ = in_place(mul), in_place(add)
_times = primitive("multiply")
_ALPHA = 1.7580993408473766
"""Minus the value that SELU approaches towards -∞: λ·α of G. Klambauer et al. (2017)."""


def need_probability(p: float) -> None:
    """Raise torch's error unless p is a probability."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _need_float(input: Tensor) -> None:
    if input._array.dtype.kind in "biu":
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {scalar_name(input)} "
            "(dropout scales by 1/(1 - p): convert the tensor, for instance with .float())"
        )


def _of_channels(input: Tensor) -> tuple[int, ...]:
    """The shape of one number for each channel of each sample."""
    shape = input._array.shape
    if len(shape) < 2:
        raise RuntimeError(
            f"Feature dropout requires at least 2 dimensions in the input (`input` has shape {list(shape)})"
        )
    return (*shape[:2], *(1,) * (len(shape) - 2))


def mask_of(input: Tensor, shape: tuple[int, ...], p: float) -> Tensor:
    """The factors of dropout, in the order in which torch draws them."""
    dtype = input._array.dtype
    real = dtype.type(0).real.dtype
    if is_meta(input._array):
        return wrap(without_values(shape, dtype))
    model = np.empty(shape, np.bool_) if shape != input._array.shape else input._array
    return wrap(box(drawn(model, lambda size: random.dropout_mask(None, size, real, p).astype(dtype, copy=False))))


def of_channels(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    """Dropout of whole channels."""
    if not training or p == 0 or not input._array.size:
        return input
    shape = _of_channels(input)
    _need_float(input)
    return (_mul_ if inplace else _times)(input, mask_of(input, shape, p))


def _warn_rank(function: str, rank: int) -> None:
    axes = int(function[-2])
    warnings.warn(
        f"{function}: Received a {rank}-D input to {function}, which is deprecated and will result in an error in a "
        "future release. To retain the behavior and silence this warning, please use dropout instead. Note that "
        f"{function} exists to provide channel-wise dropout on inputs with {axes} spatial dimensions, a channel "
        f"dimension, and an optional batch dimension (i.e. {axes + 1}D or {axes + 2}D inputs).",
        stacklevel=3,
    )


def _unbatched(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    out = of_channels(unsqueeze(input, 0), p, training, inplace)
    return squeeze(out, 0)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each channel of lines set to 0 with probability p, the others scaled by 1/(1 - p).

    Args:
        input: ([N,] C, L), floating-point dtype.
        p: the probability.
        training: else the input itself is returned.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape; the zeros are those that torch draws after the same `manual_seed`.

    Raises:
        ValueError: p is not between 0 and 1.
        RuntimeError: the rank, or an integer dtype.

    Source: J. Tompson et al., Efficient object localization using convolutional networks (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> _ = torch.manual_seed(0)
        >>> F.dropout1d(torch.ones(1, 3, 2)).sum(-1).flatten()
        tensor([0., 0., 4.])
    """
    need_probability(p)
    rank = need_tensor(input, "dropout1d")._array.ndim
    if rank not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {rank}D input. Note that dropout1d exists to provide "
            "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch "
            "dimension (i.e. 2D or 3D inputs)."
        )
    return (_unbatched if rank == 2 else of_channels)(input, p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each channel of images set to 0 with probability p, the others scaled by 1/(1 - p).

    Args:
        input: (N, C, H, W), or (N, C, L) with a warning, floating-point dtype.
        p: the probability.
        training: else the input itself is returned.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape; the zeros are those that torch draws after the same `manual_seed`.

    Raises:
        ValueError: p is not between 0 and 1.
        RuntimeError: the rank, or an integer dtype.

    Source: J. Tompson et al., Efficient object localization using convolutional networks (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> _ = torch.manual_seed(0)
        >>> F.dropout2d(torch.ones(1, 3, 1, 2)).sum(-1).flatten()
        tensor([0., 0., 4.])
    """
    need_probability(p)
    rank = need_tensor(input, "dropout2d")._array.ndim
    if rank not in (3, 4):
        _warn_rank("dropout2d", rank)
    if rank == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a "
            "future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain "
            "the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return of_channels(input, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each channel of volumes set to 0 with probability p, the others scaled by 1/(1 - p).

    Args:
        input: ([N,] C, D, H, W), floating-point dtype.
        p: the probability.
        training: else the input itself is returned.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape; the zeros are those that torch draws after the same `manual_seed`.

    Raises:
        ValueError: p is not between 0 and 1.
        RuntimeError: the rank, or an integer dtype.

    Source: J. Tompson et al., Efficient object localization using convolutional networks (2015).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> _ = torch.manual_seed(0)
        >>> F.dropout3d(torch.ones(1, 3, 1, 1, 2)).sum(-1).flatten()
        tensor([0., 0., 4.])
    """
    need_probability(p)
    rank = need_tensor(input, "dropout3d")._array.ndim
    if rank not in (4, 5):
        _warn_rank("dropout3d", rank)
    return (_unbatched if rank == 4 else of_channels)(input, p, training, inplace)


def _alpha(input: Tensor, shape: Any, p: float, training: bool, inplace: bool) -> Tensor:
    """x·m·a + b, m being 0 with probability p, with a and b such that mean 0 and variance 1 stay.

    Where m is 0, x is thereby taken as minus `_ALPHA`.
    """
    if not training or p == 0 or not input._array.size:
        return input
    shape = _of_channels(input) if shape is None else shape
    _need_float(input)
    if p == 1:
        return (_mul_ if inplace else mul)(input, wrap(np.zeros((), input._array.dtype)))
    dtype = input._array.dtype
    a = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    kept = box((mask_of(input, shape, p)._array != 0).astype(dtype))
    kind = dtype.type
    shift = (kept - kind(1)) * kind(_ALPHA * a) + kind(_ALPHA * a * p)
    mask = wrap(box(kept * kind(a)))
    if inplace:
        return _add_(_mul_(input, mask), wrap(box(shift)))
    return add(_times(input, mask), wrap(box(shift)))


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout for SELU: elements set to its limit, and all shifted and scaled so that mean 0 and variance 1 stay.

    Args:
        input: any shape, floating-point dtype.
        p: the probability.
        training: else the input itself is returned.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape; the elements are those that torch draws after the same `manual_seed`.

    Raises:
        ValueError: p is not between 0 and 1.
        RuntimeError: an integer dtype.

    Source: G. Klambauer et al., Self-normalizing neural networks (2017).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> _ = torch.manual_seed(0)
        >>> F.alpha_dropout(torch.ones(3), 0.5, training=True)
        tensor([-0.7792, -0.7792,  1.6656])
    """
    need_probability(p)
    return _alpha(input, need_tensor(input, "alpha_dropout")._array.shape, p, training, inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels.

    Args:
        input: (N, C, ...), floating-point dtype.
        p: the probability.
        training: else the input itself is returned.
        inplace: replace the input's values.

    Returns:
        The result, of the input's shape; the channels are those that torch draws after the same `manual_seed`.

    Raises:
        ValueError: p is not between 0 and 1.
        RuntimeError: fewer than 2 dimensions, or an integer dtype.

    Source: G. Klambauer et al., Self-normalizing neural networks (2017).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> _ = torch.manual_seed(0)
        >>> F.feature_alpha_dropout(torch.ones(1, 3, 1), 0.5, training=True).flatten()
        tensor([-0.7792, -0.7792,  1.6656])
    """
    need_probability(p)
    need_tensor(input, "feature_alpha_dropout")
    return _alpha(input, None, p, training, inplace)


__all__ = ["alpha_dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]
