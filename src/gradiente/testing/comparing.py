"""assert_close: are two results, or two containers of results, nearly equal?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Number
from typing import Any, NamedTuple

import numpy as np

from ..ops.comparison import isclose
from ..ops.interop import as_tensor
from ..ops.storage import stride
from ..tensor.core import Tensor
from ..tensor.devices import sparse_csr, strided
from ..tensor.dtypes import dtype, promote

_TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
"""Relative and absolute tolerance by type; 0 for the others."""


class _Options(NamedTuple):
    allow_subclasses: bool
    rtol: float | None
    atol: float | None
    equal_nan: bool
    check_device: bool
    check_dtype: bool
    check_layout: bool
    check_stride: bool


class _Difference(Exception):
    """What is said of two values that are not close, and where they are, if that is not the place of the pair."""

    def __init__(self, text: str, place: tuple[Any, ...] | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.place = place


_Place = tuple[Any, ...]
_Pair = tuple[Any, Any, _Place]


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise AssertionError unless |actual - expected| ≤ atol + rtol · |expected| for all elements.

    Args:
        actual: a tensor, an array, a number, None, or sequences and mappings of these.
        expected: the same, with the values that are right.
        allow_subclasses: whether a subclass of the other's type will do.
        rtol: relative tolerance; with `atol`, or neither. By default what suits the type: for float32 1.3e-6.
        atol: absolute tolerance; for float32 1e-5.
        equal_nan: whether NaNs are equal.
        check_device: ignored where all tensors are on the CPU.
        check_dtype: whether the types must be equal; else they are promoted.
        check_layout: ignored where all tensors are strided.
        check_stride: whether the strides must be equal.
        msg: the message of the error, or a function of it.

    Raises:
        AssertionError: with how many elements differ, and where they do most.
        TypeError: values that cannot be compared.
        ValueError: one tolerance without the other.

    Example:
        >>> import gradiente as torch
        >>> torch.testing.assert_close(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]))
        Traceback (most recent call last):
        ...
        AssertionError: Tensor-likes are not close!
        <BLANKLINE>
        Mismatched elements: 1 / 2 (50.0%)
        Greatest absolute difference: 1.0 at index (1,) (up to 1e-05 allowed)
        Greatest relative difference: 0.3333333432674408 at index (1,) (up to 1.3e-06 allowed)
    """
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value is not None and value < 0:
            raise ValueError(f"{name} must be greater than or equal to zero, but got {value}")
    options = _Options(allow_subclasses, rtol, atol, equal_nan, check_device, check_dtype, check_layout, check_stride)
    pairs: list[_Pair] = []
    failed = _attempt(lambda: _collect(actual, expected, (), pairs, options), ())
    for one, other, place in [] if failed else pairs:
        failed = _attempt(lambda one=one, other=other: _compare(one, other, options), place)
        if failed:
            break
    if failed:
        raise AssertionError(msg if isinstance(msg, str) else msg(failed) if msg is not None else failed) from None


def _attempt(check: Callable[[], None], place: _Place) -> str:
    """The message of a difference, or nothing."""
    try:
        check()
    except _Difference as found:
        items = "".join(f"[{key!r}]" for key in (place if found.place is None else found.place))
        return f"{found.text}\n\nThe failure occurred for item {items}" if items else found.text
    return ""


def _collect(actual: Any, expected: Any, place: _Place, pairs: list[_Pair], options: _Options) -> None:
    """Take containers apart."""
    if _is_sequence(actual) and _is_sequence(expected):
        if len(actual) != len(expected):
            raise _Difference(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", place)
        for i in range(len(actual)):
            _collect(actual[i], expected[i], (*place, i), pairs, options)
    elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing = [key for key in expected if key not in actual]
        more = [key for key in actual if key not in expected]
        if missing or more:
            lines = ["The keys of the mappings do not match:"]
            lines += [f"Missing keys in the actual mapping: {_sorted(missing)}"] if missing else []
            lines += [f"Additional keys in the actual mapping: {_sorted(more)}"] if more else []
            raise _Difference("\n".join(lines), place)
        for key in _sorted(list(actual)):
            _collect(actual[key], expected[key], (*place, key), pairs, options)
    else:
        if not _comparable(actual, expected, options):
            items = "".join(f"[{key!r}]" for key in place)
            raise TypeError(
                f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}."
                + (f"\n\nThe failure occurred for item {items}" if items else "")
            )
        pairs.append((actual, expected, place))


def _is_sequence(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, str)


def _sorted(keys: list[Any]) -> list[Any]:
    try:
        return sorted(keys)
    except TypeError:
        return keys


def _comparable(actual: Any, expected: Any, options: _Options) -> bool:
    if actual is None or expected is None:
        return True
    if isinstance(actual, Number) and isinstance(expected, Number):
        return True
    if not all(isinstance(x, (Tensor, np.ndarray)) for x in (actual, expected)):
        return False
    if type(actual) is type(expected):
        return True
    return options.allow_subclasses and (isinstance(actual, type(expected)) or isinstance(expected, type(actual)))


def _compare(actual: Any, expected: Any, options: _Options) -> None:
    if actual is None or expected is None:
        if actual is not expected:
            raise _Difference(f"None mismatch: {actual} is not {expected}")
    elif isinstance(actual, (bool, np.bool_)) and isinstance(expected, (bool, np.bool_)):
        if bool(actual) is not bool(expected):
            raise _Difference(f"Booleans mismatch: {actual} is not {expected}")
    elif isinstance(actual, Number):
        _compare_numbers(actual, expected, options)
    else:
        _compare_tensors(as_tensor(actual).detach(), as_tensor(expected).detach(), options)


def _plain(x: Any) -> Any:
    return x.item() if isinstance(x, np.generic) else x


def _compare_numbers(actual: Any, expected: Any, options: _Options) -> None:
    a, b = _plain(actual), _plain(expected)
    if options.check_dtype and type(a) is not type(b):
        raise _Difference(f"The (d)types do not match: {type(a)} != {type(b)}.")
    kinds = {float: "float64", complex: "complex128"}
    rtol, atol = _tolerances((kinds.get(type(a), ""), kinds.get(type(b), "")), options)
    if a == b or (options.equal_nan and a != a and b != b):
        return
    difference = abs(a - b)
    if np.isfinite(difference) and difference <= atol + rtol * abs(b):
        return
    raise _Difference(_scalars(a, b, difference, difference / abs(b) if b != 0 else float("inf"), rtol, atol))


def _tolerances(names: tuple[str, str], options: _Options) -> tuple[float, float]:
    if options.rtol is not None and options.atol is not None:
        return options.rtol, options.atol
    (r1, a1), (r2, a2) = (_TOLERANCES.get(name, (0.0, 0.0)) for name in names)
    return max(r1, r2), max(a1, a2)


def _allowed(tolerance: float, exact: bool) -> str:
    return "" if exact else f" (up to {tolerance} allowed)"


def _title(what: str, exact: bool) -> str:
    return f"{what} are not {'equal' if exact else 'close'}!\n\n"


def _scalars(actual: Any, expected: Any, absolute: Any, relative: Any, rtol: float, atol: float) -> str:
    exact = rtol == 0 and atol == 0
    return (
        f"{_title('Scalars', exact)}Expected {expected} but got {actual}.\n"
        f"Absolute difference: {absolute}{_allowed(atol, exact)}\n"
        f"Relative difference: {relative}{_allowed(rtol, exact)}"
    )


def _differs(attribute: str, actual: object, expected: object) -> _Difference:
    return _Difference(f"The values for attribute '{attribute}' do not match: {actual} != {expected}.")


def _compare_tensors(actual: Tensor, expected: Tensor, options: _Options) -> None:
    if actual.shape != expected.shape:
        raise _differs("shape", actual.shape, expected.shape)
    if options.check_dtype and actual.dtype is not expected.dtype:
        raise _differs("dtype", actual.dtype, expected.dtype)
    if options.check_layout and actual.layout is not expected.layout:
        raise _differs("layout", actual.layout, expected.layout)
    if actual.layout is not strided or expected.layout is not strided:
        if actual.layout is not expected.layout:
            actual, expected = actual.to_dense(), expected.to_dense()
        _compare_sparse(actual, expected, options)
        return
    if options.check_stride and stride(actual) != stride(expected):
        raise _differs("stride()", stride(actual), stride(expected))
    _compare_values(actual, expected, options, "Tensor-likes")


def _compare_sparse(actual: Tensor, expected: Tensor, options: _Options) -> None:
    """Compare what sparse tensors of one layout store: their places, then their values."""
    if actual.layout is strided:
        _compare_values(actual, expected, options, "Tensor-likes")
        return
    rows = actual.layout is sparse_csr
    kind = "CSR" if rows else "COO"
    if actual._nnz() != expected._nnz():
        raise _Difference(
            f"The number of specified values in sparse {kind} tensors does not match: {actual._nnz()} != "
            f"{expected._nnz()}"
        )
    exact = options._replace(rtol=0.0, atol=0.0)
    for name in ("crow_indices", "col_indices") if rows else ("_indices",):
        what = f"Sparse {kind} {name.lstrip('_')}"
        _compare_values(getattr(actual, name)(), getattr(expected, name)(), exact, what)
    _compare_values(actual._values(), expected._values(), options, f"Sparse {kind} values")


def _compare_values(actual: Tensor, expected: Tensor, options: _Options, what: str) -> None:
    if actual.is_meta and expected.is_meta:  # there are no values that could differ
        return
    rtol, atol = _tolerances((actual.dtype.name, expected.dtype.name), options)
    kind = promote(actual.dtype, expected.dtype)
    a, b = actual.to(kind), expected.to(kind)
    close = isclose(a, b, rtol, atol, options.equal_nan)._array
    if close.all():
        return
    absolute, relative = _differences(a._array, b._array, kind)
    if not a.ndim:
        text = _scalars(a.item(), b.item(), absolute.item(), relative.item(), rtol, atol)
        raise _Difference(text)
    exact = rtol == 0 and atol == 0
    count, total = int((~close).sum()), close.size
    lines = [f"{_title(what, exact)}Mismatched elements: {count} / {total} ({count / total:.1%})"]
    for name, values, tolerance in (("absolute", absolute, atol), ("relative", relative, rtol)):
        worst = np.where(close, 0, values)
        at = tuple(int(i) for i in np.unravel_index(worst.argmax(), worst.shape))
        lines.append(f"Greatest {name} difference: {worst[at].item()} at index {at}{_allowed(tolerance, exact)}")
    raise _Difference("\n".join(lines))


def _differences(a: Any, b: Any, kind: dtype) -> tuple[Any, Any]:
    with np.errstate(all="ignore"):
        if kind.category < 2:
            a, b = a.astype(np.int64), b.astype(np.int64)
        absolute, size = np.abs(a - b), np.abs(b)
        if kind.category < 2:
            return absolute, absolute.astype(np.float32) / size.astype(np.float32)
        return absolute, absolute / size


__all__ = ["assert_close"]
