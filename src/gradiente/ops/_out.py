"""`out=`: results that are written into tensors of the caller."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, TypeVar

from ..arrays.batched import Batched
from ..graph import current
from ..tensor.core import Tensor, wrap
from ..tensor.dtypes import SCALAR_NAMES
from ..tensor.inplace import write
from ..tensor.restrictions import check_apart, check_writable, not_apart
from ..tensor.tangents import carries
from ._product_checks import C_NAMES

R = TypeVar("R")

_RESIZED = (
    "An output with one or more elements was resized since it had shape {}, which does not match the required output "
    "shape {}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they "
    "have "
    "zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with "
    "t.resize_(0)."
)

_FOUND = "Found dtype {got} but expected {want}"
_TYPED = "expected scalar_type {want} but found {got}"
_PRODUCT = "result dtype {got} does not match input dtype {want}"
_BOOL = "{name} does not support non-boolean outputs."
_COMPLEX = "Expected object of scalar type {want} but got scalar type {got} for argument 'out'"
_SELECT = "{name}(): self and result must have the same scalar type"
_EXTREME = "Expected the dtype for input and out to match, but got {want} for input's dtype and {got} for out's dtype."
_HISTOGRAM = (
    "torch.histogram: input tensor and hist tensor should have the same dtype, but got input {c_want} and hist {c_got}"
)
_SEARCH = (
    "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on "
    "whether out_int32 flag is True, but we got output tensor's dtype {got} and out_int32 flag is "
)
_CONTRACTION = "tensordot: Expected the output tensor to have dtype {want}, but got an output tensor with dtype {got}"
_QUANTILE = "quantile() out tensor must be same dtype as the input tensor"
_MEDIAN = (
    "Expected tensor for 'values' to have the same type as tensor for argument #2 'self'; but type {got} does not "
    "equal {want} (while checking arguments for median)"
)

_OF_ANOTHER_TYPE = {
    **dict.fromkeys(("abs", "bitwise_not", "ceil", "conj_physical", "frac", "floor", "neg", "round", "sign"), _FOUND),
    **dict.fromkeys(("sgn", "trunc", "gelu", "hardshrink", "softplus", "softshrink"), _FOUND),
    **dict.fromkeys(("cummax", "cummin", "diff", "logcumsumexp"), _TYPED),
    **dict.fromkeys(("dot", "vdot"), _PRODUCT),
    **dict.fromkeys(("isneginf", "isposinf", "signbit"), _BOOL),
    **dict.fromkeys(("complex", "polar"), _COMPLEX),
    **dict.fromkeys(("index_select", "masked_select"), _SELECT),
    **dict.fromkeys(("amax", "amin"), _EXTREME),
    **dict.fromkeys(("histc", "histogram"), _HISTOGRAM),
    **dict.fromkeys(("bucketize", "searchsorted"), _SEARCH),
    **dict.fromkeys(("nanquantile", "quantile"), _QUANTILE),
    **dict.fromkeys(("median", "nanmedian"), _MEDIAN),
    "addbmm": "self and mat2 must have the same dtype, but got {got} and {want}",
    "float_power": "the output given to float_power has dtype {got} but the operation's result requires dtype {want}",
    "frexp": "torch.frexp() expects mantissa to have dtype {c_want} but got {c_got}",
    **dict.fromkeys(("all", "any"), "{name} only supports bool tensor for result, got: {got}"),
    "heaviside": "heaviside is not yet implemented for tensors with different dtypes.",
    **dict.fromkeys(("inner", "tensordot"), _CONTRACTION),
    "kthvalue": "output values must be of same type as input",
    "logsigmoid": "expected scalar type {want} but found {got}",
    "mode": "expected scalar type '{want}' but got '{got}' for values output",
    "mv": "addmv input tensors must have the same dtype, but got {got}, {want}, and {want}",
    "nan_to_num": "nan_to_num: dtype of out: {got} should be same as input: {want}",
    "narrow_copy": "Expected self.dtype() == output.dtype() to be true, but got false.",
    "nonzero": "nonzero: Expected out tensor to have scalar type Long but got scalar type{got}",
    "take": "take(): self and out expected to have the same dtype, but got self.dtype = {want} and out.dtype = {got}",
    "where": "Expected out type to be {want} but got {got}",
}
"""The errors of functions that have their own words for an `out` of another dtype than the result."""

_APART = {
    *("cat", "column_stack", "dstack", "gather", "hstack", "index_select", "kthvalue", "masked_select"),
    *("mode", "stack", "take", "take_along_dim", "topk", "vstack"),
}
"""Functions whose `out` must not share memory with an operand; that of others may be the operand itself."""

_SHARING = {
    *("addbmm", "addmm", "addmv", "amax", "amin", "aminmax", "avg_pool2d", "avg_pool3d", "baddbmm", "bmm"),
    *("cholesky", "cholesky_inverse", "cholesky_solve", "cummax", "cummin", "diag", "dot", "geqrf"),
    *("histc", "histogram", "inner", "linear", "log_softmax", "logsigmoid", "logsumexp", "lu", "lu_solve"),
    *("lu_unpack", "matmul", "mean", "mm", "mv", "mvlgamma", "nanmean", "nanquantile", "nansum"),
    *("native_batch_norm", "norm", "ormqr", "prod", "qr", "quantile", "softmax", "special_ndtr", "std"),
    *("sum", "svd", "tensordot", "triangular_solve", "tril", "triu", "var", "vdot"),
}
"""Functions, beside those of linear algebra, whose `out` may share any memory with an operand."""


def into(out: Any, result: R, function: str, *operands: Any, cast: bool = False) -> R:
    """The result, or, if `out` is given, what the caller gave, with the result's elements.

    Args:
        out: None; a tensor, or a tuple of tensors for several results.
        result: a tensor, or a tuple of them.
        function: torch's name of the function, for errors.
        operands: the tensors that the result was computed from, none of which may require gradients.
        cast: whether elements are converted to the dtype of `out`; otherwise the dtypes have to be equal.

    Returns:
        `result` itself or, of the same kind, `out`.
    """
    if out is None:
        return result
    targets, results = _matched(out, result, function)
    _need_untracked((*_tensors(operands), *targets), function)
    for target, found in zip(targets, results, strict=True):
        if target._array.dtype != found._array.dtype and (not cast or function in _OF_ANOTHER_TYPE):
            want, got = found.dtype.name, target.dtype.name
            if got == "uint8" and function in ("all", "any"):
                continue
            text = _OF_ANOTHER_TYPE.get(function, "Expected out tensor to have dtype {c_want}, but got {c_got} instead")
            names = {"want": SCALAR_NAMES[want], "got": SCALAR_NAMES[got], "c_want": C_NAMES[want]}
            raise RuntimeError(text.format(**names, c_got=C_NAMES[got], name=function))
        check_writable(target, False)
        if not _may_share(function):
            for operand in _tensors(operands):
                if operand is not target:
                    check_apart(target._array, operand._array, whole=function not in _APART)
                elif function in _APART:
                    raise not_apart()
    for target, found in zip(targets, results, strict=True):
        _fill(target, found, function)
    return out if isinstance(result, Tensor) else type(result)(targets)  # pyright: ignore


def fills(call: Callable[..., Tensor], definition: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """`call`, which takes tensors and gives one, as the function that is defined, which also takes `out`.

    `plain` of the result is `call`: methods, which take no `out`, are made of that.
    """
    function = definition.__name__

    @wraps(call)
    def one(input: Any, *, out: Any = None) -> Tensor:
        return call(input) if out is None else into(out, call(input), function, input, cast=True)

    @wraps(call)
    def two(input: Any, other: Any, *, out: Any = None) -> Tensor:
        return call(input, other) if out is None else into(out, call(input, other), function, input, other, cast=True)

    code = definition.__code__
    chosen: Any = one if code.co_argcount == 1 else two
    if code.co_varnames[: code.co_argcount] not in (("input",), ("input", "other")):
        raise TypeError(f"{function}: the operands of a function with `out` are called input and other")
    chosen.plain = call
    return chosen


def _may_share(function: str) -> bool:
    """Whether torch lets `out` share any part of an operand's memory."""
    return function.startswith(("linalg_", "fft_")) or function.endswith("_copy") or function in _SHARING


def _tensors(operands: Iterable[Any]) -> Iterator[Tensor]:
    """The tensors among the operands, and in sequences among them."""
    for operand in operands:
        if isinstance(operand, Tensor):
            yield operand
        elif isinstance(operand, (list, tuple)):
            yield from _tensors(operand)


def _need_untracked(tensors: Iterable[Tensor], function: str) -> None:
    """Raise if a derivative would be lost."""
    mode = current()
    for x in tensors:
        if mode.grad and x._node is not None:
            raise RuntimeError(
                f"{function}(): functions with out=... arguments don't support automatic differentiation, but one of "
                "the arguments requires grad. (Leave out away, or call it in torch.no_grad())"
            )
        if x._array.__class__ is Batched:
            raise RuntimeError(
                f"Batching rule not implemented for aten::{function}.out; the fallback path doesn't work on out= or "
                "view ops. (Inside of vmap, leave out away)"
            )
        if carries(x):
            raise NotImplementedError(
                f"Trying to use forward AD with {function}_out that does not support it because it is an out= function "
                "(leave out away, and use what the function returns)"
            )


def _matched(out: Any, result: Any, function: str) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The tensors to write to, and the results for them."""
    function = function.lstrip("_")
    if isinstance(result, Tensor):
        if not isinstance(out, Tensor):
            raise TypeError(f"{function}(): argument 'out' must be Tensor, not {type(out).__name__}")
        return (out,), (result,)
    if not isinstance(out, (tuple, list)):
        raise TypeError(f"{function}(): argument 'out' must be tuple of Tensors, not {type(out).__name__}")
    if len(out) != len(result):
        raise TypeError(f"expected tuple of {len(result)} elements but got {len(out)} (the `out` of {function}())")
    return tuple(out), tuple(result)


def _fill(target: Tensor, found: Tensor, function: str) -> None:
    """Write the elements, into a target of another shape after it was resized."""
    shape = found._array.shape
    if target._array.shape != shape:
        if target._array.size:
            warnings.warn(_RESIZED.format(list(target._array.shape), list(shape)), UserWarning, stacklevel=4)
        target.resize_(shape)  # pyright: ignore[reportAttributeAccessIssue]
    if target is not found:
        write(target, wrap(found._array), function)


__all__ = ["fills", "into"]
