"""torch.distributions.utils: what distributions share: broadcasting, probabilities and logits, lazy properties."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from numbers import Number
from typing import Any, Generic, TypeVar, overload

import numpy as np

from ..arrays.batched import Batched
from ..autograd.grad_mode import enable_grad
from ..nn.functional.binary import binary_cross_entropy_with_logits
from ..ops.choices import clamp
from ..ops.creation import tensor
from ..ops.exponentials import logsumexp, softmax
from ..ops.functions import sigmoid
from ..ops.indices import tril_indices
from ..ops.randomness import randn
from ..ops.shaping import broadcast_tensors
from ..tensor.core import Tensor
from ..tensor.dtypes import get_default_dtype
from ..tensor.limits import finfo

T = TypeVar("T")
R = TypeVar("R")

euler_constant: float = 0.57721566490153286060
"""Euler's constant γ = lim (Σ 1/k - ln n)."""


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """The values as tensors of one shape.

    Args:
        values: tensors and numbers. A number takes the dtype of the first tensor, or the default one.

    Returns:
        A tuple of tensors of the broadcast shape.

    Raises:
        ValueError: a value is neither; RuntimeError: the shapes do not broadcast.

    Example:
        >>> from gradiente.distributions.utils import broadcast_all
        >>> broadcast_all(1, 2.5)
        (tensor(1.), tensor(2.5000))
    """
    strange = [type(v).__name__ for v in values if not isinstance(v, (Tensor, Number))]
    if strange:
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
            f" (got {strange[0]}; make a tensor of it by torch.tensor)"
        )
    dtype = next((v.dtype for v in values if isinstance(v, Tensor)), get_default_dtype())
    tensors = [v if isinstance(v, Tensor) else tensor(v, dtype=dtype) for v in values]
    if all(x.shape == tensors[0].shape and x.__class__ is Tensor and not x.requires_grad for x in tensors):
        return tuple(tensors)  # views of them would be no different
    return tuple(broadcast_tensors(*tensors))


_all: Any = np.logical_and.reduce


def holds_everywhere(condition: Tensor) -> bool:
    """Whether a bool tensor is true in all elements; within a vmap, in those of all examples."""
    array = condition._array
    return bool(_all(array.values if array.__class__ is Batched else array, None))


def standard_normal(shape: Any, like: Tensor) -> Tensor:
    """Independent standard normal numbers in the dtype of `like`."""
    return randn(shape, dtype=like.dtype)


def sum_rightmost(value: Any, dims: int) -> Any:
    """The sum over the last `dims` dimensions."""
    return value.reshape((*value.shape[: value.dim() - dims], -1)).sum(-1) if dims else value


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities of log-odds: sigmoid(logits) if `is_binary`, else softmax over the last dimension.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.utils.logits_to_probs(torch.zeros(2))
        tensor([0.5000, 0.5000])
    """
    return sigmoid(logits) if is_binary else softmax(logits, dim=-1)


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept ε away from 0 and 1, ε being the machine precision of their dtype.

    Example:
        >>> import gradiente as torch
        >>> bool(torch.distributions.utils.clamp_probs(torch.zeros(1)) > 0)
        True
    """
    eps = finfo(probs.dtype).eps
    return clamp(probs, min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Log-odds of probabilities: ln(p / (1 - p)) if `is_binary`, else ln p.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.utils.probs_to_logits(torch.tensor([0.5]), is_binary=True)
        tensor([0.])
    """
    p = clamp_probs(probs)
    return p.log() - (-p).log1p() if is_binary else p.log()


def normalized_logits(logits: Any) -> Any:
    """The logits, shifted so that their exponentials add up to 1 along the last dimension."""
    return logits - logsumexp(logits, dim=-1, keepdim=True)


def binary_log_prob(logits: Tensor, value: Tensor) -> Tensor:
    """value · ln p + (1 - value) · ln(1 - p), of the logits of p, exactly also where p is nearly 0 or 1."""
    logits, value = broadcast_all(logits, value)
    return -binary_cross_entropy_with_logits(logits, value, reduction="none")


class lazy_property(Generic[T, R]):
    """An attribute that is computed when it is first read, with gradients, and then kept.

    Args:
        wrapped: the method that computes it.

    Example:
        >>> from gradiente.distributions.utils import lazy_property
        >>> class Circle:
        ...     @lazy_property
        ...     def area(self):
        ...         return 3.14
        >>> Circle().area
        3.14
    """

    def __init__(self, wrapped: Callable[[T], R]) -> None:
        self.wrapped: Callable[[T], R] = wrapped
        update_wrapper(self, wrapped)  # pyright: ignore[reportArgumentType]

    @overload
    def __get__(self, instance: None, obj_type: Any = None) -> lazy_property[T, R]: ...
    @overload
    def __get__(self, instance: T, obj_type: Any = None) -> R: ...
    def __get__(self, instance: T | None, obj_type: Any = None) -> R | lazy_property[T, R]:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The lower triangle of matrices, row by row.

    Args:
        mat: a tensor (…, n, n).
        diag: the diagonal up to which elements are taken, -n ≤ diag < n.

    Returns:
        A tensor (…, number of elements).

    Raises:
        ValueError: there is no such diagonal.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.utils.tril_matrix_to_vec(torch.arange(4).reshape(2, 2))
        tensor([0, 2, 3])
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    rows, columns = tril_indices(n, n, diag)
    return mat[..., rows, columns]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """Matrices with the given lower triangles, the inverse of `tril_matrix_to_vec`; 0 above.

    Args:
        vec: a floating-point tensor (…, number of elements).
        diag: the diagonal up to which elements are given.

    Returns:
        A tensor (…, n, n).

    Raises:
        ValueError: a triangle has not this number of elements.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.utils.vec_to_tril_matrix(torch.tensor([1.0, 2.0, 3.0]))
        tensor([[1., 0.],
                [2., 3.]])
    """
    length = vec.shape[-1]
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * length + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if not round(n) - n < finfo(vec.dtype).eps:
        raise ValueError(
            f"The size of last dimension is {length} which cannot be expressed as the lower triangular part of a "
            "square D x D matrix."
        )
    size = round(n)
    matrix = vec.new_zeros((*vec.shape[:-1], size, size))
    rows, columns = tril_indices(size, size, diag)
    matrix[..., rows, columns] = vec
    return matrix


# Torch's names, by which published packages import them.
_sum_rightmost = sum_rightmost


def _standard_normal(shape: Any, dtype: Any, device: Any) -> Tensor:
    return randn(shape, dtype=dtype, device=device)


__all__ = [
    "broadcast_all",
    "clamp_probs",
    "lazy_property",
    "logits_to_probs",
    "probs_to_logits",
    "tril_matrix_to_vec",
    "vec_to_tril_matrix",
]
