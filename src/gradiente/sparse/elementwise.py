"""Arithmetic of sparse tensors, and the functions that map 0 to 0: computed of the stored elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays.sparse import SparseArray, ascending, grouped, looked_up
from ..ops.arithmetic import add as dense_add
from ..ops.arithmetic import div as dense_div
from ..ops.arithmetic import sub as dense_sub
from ..ops.interop import as_tensor
from ..ops.joining import cat as joined
from ..ops.spreads import norm as dense_norm
from ..tensor.core import Tensor, wrap
from ..tensor.promotion import result_type
from ..tensor.sparse import dense_of, values_of, with_values
from ._registry import HANDLERS, handles, is_sparse, refused
from .coordinates import coalesce, node_name, summed, to, with_places

_LINEAR = ("neg", "negative", "positive", "conj", "conj_physical", "resolve_conj", "resolve_neg")
"""Functions that may be computed of each part of an element that is stored in several."""

_OTHERS = (
    *("abs", "absolute", "asin", "arcsin", "asinh", "arcsinh", "atan", "arctan", "atanh", "arctanh", "ceil", "deg2rad"),
    *(
        "erf",
        "erfinv",
        "expm1",
        "fix",
        "floor",
        "frac",
        "isinf",
        "isnan",
        "isneginf",
        "isposinf",
        "log1p",
        "nan_to_num",
    ),
    *("rad2deg", "relu", "round", "sgn", "sign", "signbit", "sin", "sinh", "sqrt", "square", "tan", "tanh", "trunc"),
    *("angle", "hardshrink", "nan_to_num"),
)
"""Functions that map 0 to 0, of whole elements."""


def _mapped(name: str, whole: bool) -> Callable[..., Tensor]:
    """The function of this name on sparse tensors."""
    function: Any = getattr(Tensor, name)

    def call(input: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        x = coalesce(input) if whole else input
        v = function(values_of(x), *arguments, **keywords)
        return with_values(v, x._array, node_name(v))

    call.__name__ = call.__qualname__ = name
    return handles(name)(call)


for _name in _LINEAR:
    _mapped(_name, False)
for _name in _OTHERS:
    _mapped(_name, True)
HANDLERS["__neg__"], HANDLERS["__pos__"], HANDLERS["__abs__"] = (HANDLERS[n] for n in ("neg", "positive", "abs"))


def _is_number(x: Any) -> bool:
    return not isinstance(x, Tensor) or (not is_sparse(x) and x._array.ndim == 0)


def _same_shape(a: Tensor, b: Tensor) -> None:
    s, t = a._array.shape, b._array.shape
    if s == t:
        return
    if is_sparse(a):
        raise RuntimeError(
            f"add: expected sizes of 'self' and 'other' to match, but {list(s)} != {list(t)} (sparse tensors are not "
            "broadcast)"
        )
    raise RuntimeError(
        f"add: expected 'self' and 'other' to have same size, but self has size {list(s)} while other has size "
        f"{list(t)} (FYI: dense-sparse addition does not currently support broadcasting)"
    )


@handles("add", "__add__")
def add(input: Any, other: Any, *, alpha: Any = 1, out: Any = None, name: str = "AddBackward0") -> Tensor:
    """input + alpha · other: of two sparse tensors, or of an ordinary one and a sparse one."""
    if is_sparse(input) and not is_sparse(other):
        raise RuntimeError(
            "add(sparse, dense) is not supported. Use add(dense, sparse) instead. (Where one operand is sparse, the "
            "sum has all elements: write dense + sparse, or sparse.to_dense() + number)"
        )
    if not is_sparse(input):
        a = input if isinstance(input, Tensor) else as_tensor(input)
        _same_shape(a, other)
        return (dense_sub if name == "SubBackward0" else dense_add)(
            a, dense_of(other, "ToDenseBackward0", False), alpha=alpha
        )
    _same_shape(input, other)
    kind = result_type(input, other)
    a, b = to(input, kind), to(other, kind)
    v, w = values_of(a), values_of(b)
    if alpha != 1:
        w = w * alpha
    if name == "SubBackward0":
        w = -w
    x, y = a._array, b._array
    if x.sparse_dim != y.sparse_dim:
        raise RuntimeError(
            f"add: expected 'self' and 'other' to have same number of sparse dimensions, but they have {x.sparse_dim} "
            f"and {y.sparse_dim} (convert one with .to_dense().to_sparse(sparse_dim))"
        )
    both = x.coalesced and y.coalesced
    if x.indices is y.indices or (both and np.array_equal(x.indices, y.indices)):
        return with_values(v + w, x, name)
    like = SparseArray(np.concatenate((x.indices, y.indices), 1), np.empty(0), x.shape, False)
    values = joined((v, w))
    if not (ascending(x.keys()) and ascending(y.keys())):
        return with_values(values, like, name)
    groups, places = grouped(like.keys())
    return with_places(summed(values, groups, len(places)), like.indices[:, places], x.shape, both, name)


@handles("__radd__")
def radd(self: Tensor, other: Any) -> Tensor:
    """other + self."""
    return add(other, self)


@handles("sub", "subtract", "__sub__")
def sub(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Tensor:
    """input - alpha · other, as `add`."""
    return add(input, other, alpha=alpha, name="SubBackward0")


@handles("__rsub__", "rsub")
def rsub(self: Tensor, other: Any) -> Tensor:
    """other - self."""
    return add(other, self, name="SubBackward0")


@handles("mul", "multiply", "__mul__", "__rmul__")
def mul(input: Any, other: Any, *, out: Any = None) -> Tensor:
    """The product: with a number, a sparse tensor of the same shape, an ordinary tensor that can be spread."""
    if not is_sparse(input):
        input, other = other, input
    if _is_number(other):
        v = values_of(input) * other
        return with_values(v, input._array, "MulBackward0")
    if is_sparse(other):
        return _product(coalesce(input), coalesce(other))
    other = as_tensor(other)
    shape = np.broadcast_shapes(input._array.shape, other._array.shape) if _fits(input, other) else None
    if shape != input._array.shape:
        raise refused("expand")
    array = input._array
    picked = other.expand(shape)[tuple([wrap(row) for row in array.indices])]
    return with_values(values_of(input) * picked, array, "MulBackward0")


def _fits(a: Tensor, b: Tensor) -> bool:
    for i, (m, n) in enumerate(zip(a._array.shape[::-1], b._array.shape[::-1], strict=False)):
        if m != n and 1 not in (m, n):
            dim = max(a._array.ndim, b._array.ndim) - 1 - i
            raise RuntimeError(
                f"The size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton dimension {dim}"
            )
    return True


def _product(a: Tensor, b: Tensor) -> Tensor:
    """The product of two coalesced tensors: what both of them store."""
    x, y = a._array, b._array
    if x.shape != y.shape:
        raise RuntimeError(
            f"mul operands have incompatible sizes: {list(x.shape)} and {list(y.shape)} (sparse tensors are not "
            "broadcast)"
        )
    if x.indices is y.indices or np.array_equal(x.indices, y.indices):
        return with_values(values_of(a) * values_of(b), x, "MulBackward0")
    if x.sparse_dim != y.sparse_dim:
        raise refused("mul")
    places, there = looked_up(x.keys(), y.keys())
    mine, others = wrap(places[there]), wrap(np.flatnonzero(there))
    v = values_of(a).index_select(0, mine) * values_of(b).index_select(0, others)
    return with_places(v, x.indices[:, places[there]], x.shape, False, "MulBackward0")


@handles("div", "divide", "true_divide", "__truediv__", "__div__")
def div(input: Any, other: Any, *, rounding_mode: str | None = None, out: Any = None) -> Tensor:
    """The quotient of a sparse tensor and a number."""
    if not is_sparse(input) and not isinstance(input, Tensor):
        raise refused("reciprocal")
    if not is_sparse(input) or not _is_number(other):
        shape = list(other._array.shape)
        raise RuntimeError(
            f"Sparse division requires a scalar or zero-dim dense tensor divisor (got shape {shape} for divisor)"
        )
    x = input if rounding_mode is None else coalesce(input)
    return with_values(dense_div(values_of(x), other, rounding_mode=rounding_mode), x._array, "DivBackward0")


@handles("__rtruediv__", "__rdiv__")
def rdiv(self: Tensor, other: Any) -> Tensor:
    """other / self: refused."""
    return div(other, self)


@handles("floor_divide", "__floordiv__")
def floor_divide(input: Any, other: Any) -> Tensor:
    """The quotient of a sparse tensor and a number, rounded down."""
    return div(input, other, rounding_mode="floor")


@handles("pow", "__pow__")
def pow(input: Any, exponent: Any) -> Tensor:
    """The power of each element; the exponent is a number other than 0."""
    if not is_sparse(input) or isinstance(exponent, Tensor):
        raise refused("pow.Tensor_Tensor")
    if exponent == 0:
        raise RuntimeError(
            "pow: cannot raise to zeroth power on sparse tensor; it would make the result tensor dense (convert with "
            ".to_dense() first)"
        )
    x = coalesce(input)
    return with_values(values_of(x) ** exponent, x._array, "PowBackward0")


@handles("any")
def any_of(input: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
    """Whether an element is not 0."""
    if arguments or keywords:
        raise refused("any.dim")
    return wrap(np.asarray(coalesce(input)._array.values.any()))


@handles("norm")
def norm(input: Tensor, p: Any = "fro", dim: Any = None, *arguments: Any, **keywords: Any) -> Tensor:
    """The norm of all elements."""
    if dim is not None:
        raise refused("norm.dim")
    return dense_norm(values_of(coalesce(input)), p)


@handles("dropout")
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """The tensor itself where nothing is dropped."""
    if training and p:
        raise refused("bernoulli_")
    return input


@handles("softmax", "log_softmax")
def _softmax(*arguments: Any, **keywords: Any) -> Tensor:
    raise refused("_softmax")


__all__ = ["add", "div", "mul", "pow", "sub"]
