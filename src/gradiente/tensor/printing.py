"""The printed form of tensors, `tensor([1., 2.], grad_fn=<MulBackward0>)`, and the options that shape it.

The functions take NumPy arrays and know nothing of the Tensor class; how one element is written stands in
`printing_formatter`.

Note [Printing options]
The options are kept per thread and per asynchronous task (a `ContextVar`), so that printing in one thread is not
disturbed by another; a new thread starts from the defaults.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .printing_formatter import element_texts, plain_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "format_elements",
    "format_scalar",
    "format_tensor",
    "format_with_spec",
    "get_printoptions",
    "printoptions",
    "set_printoptions",
    "with_suffixes",
]


class _Options(NamedTuple):
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": _Options(),
    "short": _Options(precision=2, edgeitems=2),
    "full": _Options(threshold=math.inf),
}
_SWITCHES: tuple[type, ...] = (int, np.bool_)
_options: ContextVar[_Options] = ContextVar("gradiente_printoptions", default=_PROFILES["default"])


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed, in this thread or task.

    Formula: the new options are those of `profile` (the current ones without it), overridden by the arguments given.

    Args:
        precision: digits after the point (default 4).
        threshold: a tensor with more elements than this is summarised with `...` (default 1000).
        edgeitems: elements shown at each end of a summarised dimension (default 3).
        linewidth: characters to a line (default 80); a line holds at least one element.
        profile: `"default"`, `"short"` (precision 2, edgeitems 2) or `"full"` (never summarise).
        sci_mode: write floats with an exponent always (True), never (False), or where the values ask for it (None).
            Unlike the others it returns to None in every call that does not give it.

    Raises:
        ValueError: a negative or non-integral `precision`, a negative `edgeitems`, an unknown `profile`.
        TypeError: an argument of another type.
        OverflowError, ValueError: an infinite `linewidth`, a NaN.

    Source: the options are those of `torch.set_printoptions`.

    Example:
        >>> import numpy as np
        >>> from gradiente.tensor.printing import format_tensor, set_printoptions
        >>> set_printoptions(precision=2)
        >>> format_tensor(np.array([0.125, 3.0], np.float32), dtype_name="torch.float32")
        'tensor([0.12, 3.00])'
        >>> set_printoptions(profile="default")
    """
    changes: dict[str, Any] = {"sci_mode": None}
    if precision is not None:
        changes["precision"] = _checked_precision(precision)
    if threshold is not None:
        changes["threshold"] = _checked_threshold(threshold)
    if edgeitems is not None:
        changes["edgeitems"] = _checked_edgeitems(edgeitems)
    if linewidth is not None:
        changes["linewidth"] = _checked_linewidth(linewidth)
    if sci_mode is not None:
        changes["sci_mode"] = _checked_sci_mode(sci_mode)
    base = _options.get() if profile is None else _checked_profile(profile)
    _options.set(base._replace(**changes))


def get_printoptions() -> dict[str, Any]:
    """Return the printing options of this thread or task.

    Formula: a new dict with the keys precision, threshold, edgeitems, linewidth and sci_mode; changing it sets nothing.

    Source: the names are those of `torch.set_printoptions`.

    Example:
        >>> from gradiente.tensor.printing import get_printoptions
        >>> get_printoptions()
        {'precision': 4, 'threshold': 1000, 'edgeitems': 3, 'linewidth': 80, 'sci_mode': None}
    """
    return _options.get()._asdict()


@contextmanager
def printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> Generator[None, None, None]:
    """Set printing options for a `with` block, and restore the former ones after it, also after an exception.

    Formula: `set_printoptions(...)` on entry.

    Args and errors: as `set_printoptions`.

    Source: the manner of `numpy.printoptions`.

    Example:
        >>> import numpy as np
        >>> from gradiente.tensor.printing import format_tensor, printoptions
        >>> with printoptions(sci_mode=True):
        ...     format_tensor(np.array([1.0, 2.0], np.float32), dtype_name="torch.float32")
        'tensor([1.0000e+00, 2.0000e+00])'
    """
    former = _options.get()
    set_printoptions(precision, threshold, edgeitems, linewidth, profile, sci_mode)
    try:
        yield
    finally:
        _options.set(former)


def format_tensor(
    array: NDArray[Any],
    *,
    dtype_name: str,
    suffixes: Sequence[str] = (),
    indent: int = 0,
    default_float: str = "torch.float32",
    prefix: str = "tensor(",
) -> str:
    """Return the printed form of a tensor whose elements are `array`.

    Formula: `prefix` + elements + [`size=`] + [`dtype=`] + `suffixes` + `)`, wrapped at the option `linewidth`. The
    size is given for an empty tensor that is not one-dimensional, the dtype where the elements do not tell it.

    Args:
        array: the elements, of any shape; bool, integer, float, complex or bfloat16.
        dtype_name: the name of the tensor's dtype, such as `"torch.float64"`.
        suffixes: further parts in their order, such as `"requires_grad=True"` or `"grad_fn=<MulBackward0>"`.
        indent: the column at which `prefix` begins.
        default_float: the name of the default dtype, which is not printed; the default complex dtype follows from it.
        prefix: what comes before the elements; with line breaks, only its last line shifts the following lines.

    Returns:
        The text, without a final line break.

    Raises:
        TypeError: `array` holds something other than numbers.

    Source: the form is that of PyTorch 2.13, found by observation.

    Example:
        >>> import numpy as np
        >>> from gradiente.tensor.printing import format_tensor
        >>> print(format_tensor(np.eye(2), dtype_name="torch.float64", suffixes=["requires_grad=True"]))
        tensor([[1., 0.],
                [0., 1.]], dtype=torch.float64, requires_grad=True)
    """
    options = _options.get()
    column = indent + len(prefix) - (prefix.rfind("\n") + 1)
    parts: list[str] = []
    known = dtype_name == default_float
    if not isinstance(array, np.ndarray):  # of the meta device
        body, parts = "...", ["device='meta'", f"size={array.shape}"]
    elif array.size == 0:
        body = "[]"
        if array.ndim != 1:
            parts.append(f"size={array.shape}")
    else:
        body = _elements(plain_array(array), options, column)
        if options.edgeitems == 0:
            parts.append(f"size={array.shape}")  # a summary would show nothing of it
        known = known or dtype_name in ("torch.int64", "torch.bool", _default_complex(default_float))
    if not known:
        parts.append(f"dtype={dtype_name}")
    parts.extend(suffixes)
    return _with_parts(prefix, body, parts, column, options.linewidth)


def format_elements(array: NDArray[Any], indent: int = 0) -> str:
    """The elements of `array` in brackets, as `format_tensor` prints them from the column `indent` on."""
    return _elements(plain_array(array), _options.get(), indent) if array.size else "[]"


def with_suffixes(body: str, suffixes: Sequence[str], indent: int = 0) -> str:
    """`body`, which ends with an opening bracket and elements, with further parts and the closing bracket."""
    prefix, bracket, rest = body.partition("(")
    return _with_parts(prefix + bracket, rest, suffixes, indent, _options.get().linewidth)


def format_scalar(array: NDArray[Any], spec: str = "") -> str:
    """Return the one element of `array` formatted as the Python number it is.

    Formula: `format(array.item(), spec)`; bfloat16 as a Python float.

    Args:
        array: the element, shape () (or any shape of one element).
        spec: a format specification for bool, int, float or complex.

    Raises:
        ValueError: `spec` does not fit the type of the element.

    Source: Python's format specification mini-language.

    Example:
        >>> import numpy as np
        >>> from gradiente.tensor.printing import format_scalar
        >>> format_scalar(np.array(2.5, np.float32), ".3f")
        '2.500'
    """
    return format(plain_array(array).item(), spec)


def format_with_spec(array: NDArray[Any], spec: str, text: Callable[[], str], *, type_name: str = "Tensor") -> str:
    """Return what `format(tensor, spec)` gives: a Python number's text for shape (), the printed form otherwise.

    Formula: `format(array.item(), spec)` if `array.ndim == 0` and the tensor is no subclass, else `text()`.

    Args:
        array: the elements, of any shape.
        spec: the format specification.
        text: gives the printed form; called only if it is wanted.
        type_name: the name of the tensor's class; only `"Tensor"` itself is formatted as a number.

    Raises:
        TypeError: `spec` is not empty where the printed form is due.
        ValueError: `spec` does not fit the type of the element.

    Source: `torch.Tensor.__format__`, found by observation.

    Example:
        >>> import numpy as np
        >>> from gradiente.tensor.printing import format_with_spec
        >>> format_with_spec(np.array(7), "5d", lambda: "tensor(7)")
        '    7'
    """
    if array.ndim == 0 and type_name == "Tensor":
        return format_scalar(array, spec)
    if spec:
        raise TypeError(
            f"unsupported format string passed to {type_name}.__format__: {spec!r} formats a single number, "
            f"not a {type_name} of shape {array.shape}; format its elements (tolist(), item()), or use set_printoptions"
        )
    return text()


def _default_complex(default_float: str) -> str:
    return "torch.complex128" if default_float == "torch.float64" else "torch.complex64"


def _elements(array: NDArray[Any], options: _Options, column: int) -> str:
    """Return the bracketed elements of a non-empty array whose first bracket stands at `column`."""
    ndim = array.ndim
    cut = [False] * ndim
    if array.size > options.threshold:
        if options.edgeitems == 0 and ndim:
            return "[...]"
        cut = [size > 2 * options.edgeitems for size in array.shape]
        array = _edges(array, cut, options.edgeitems)
    texts, width = element_texts(array, options.precision, options.sci_mode)
    if ndim == 0:
        return texts[0]
    edge = options.edgeitems
    start = column + ndim  # where the elements of a row begin
    per_line = max(1, (options.linewidth - start + 1) // (width + 2))  # "," and " " between elements, "," at the end
    for axis in range(ndim - 1, -1, -1):
        step = array.shape[axis]
        if axis == ndim - 1:
            gap, dots = ", ", " ..."
        else:
            # One line break between rows, and one more for every dimension that ends with them.
            gap, dots, per_line = "," + "\n" * (ndim - 1 - axis) + " " * (column + 1 + axis), "...", step + 1
        joined: list[str] = []
        for first in range(0, len(texts), step):
            group = texts[first : first + step]
            if cut[axis]:
                group.insert(edge, dots)
            joined.append(f"[{_filled(group, gap, per_line, start)}]")
        texts = joined
    return texts[0]


def _filled(texts: list[str], gap: str, per_line: int, start: int) -> str:
    if len(texts) <= per_line:
        return gap.join(texts)
    lines = [gap.join(texts[first : first + per_line]) for first in range(0, len(texts), per_line)]
    return (",\n" + " " * start).join(lines)


def _edges(array: NDArray[Any], cut: Sequence[bool], edge: int) -> NDArray[Any]:
    """Return the elements that a summary shows: `edge` at each end of every dimension that is cut."""
    for axis, is_cut in enumerate(cut):
        if is_cut:
            before = (slice(None),) * axis
            array = np.concatenate((array[(*before, slice(edge))], array[(*before, slice(-edge, None))]), axis)
    return array


def _with_parts(prefix: str, body: str, parts: Sequence[str], column: int, linewidth: int) -> str:
    """Append `parts` to the elements, each on a new line if the last line would grow beyond `linewidth`."""
    if not parts:
        return f"{prefix}{body})"
    text = body
    last = body.rfind("\n") + 1
    length = len(body) - last + (0 if last else column) + 2  # two columns stay free for the bracket that closes
    for part in parts:
        length += len(part) + 2
        if length > linewidth:
            text += ",\n" + " " * column + part
            length = column + len(part)
        else:
            text += ", " + part
    return f"{prefix}{text})"


def _checked_precision(value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError(f"Format specifier missing precision: precision must be an int of 0 or more, got {value!r}")
    return number


def _checked_threshold(value: Any) -> float:
    if isinstance(value, Real) and not math.isnan(value):
        return int(value) if isinstance(value, Integral) else float(value)
    raise TypeError(f"threshold must be a number (math.inf never summarises), got {value!r}")


def _checked_edgeitems(value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"edgeitems must be an int of 0 or more, got {value!r}") from None
    if number < 0:
        raise ValueError(f"edgeitems must be an int of 0 or more, got {value!r}")
    return number


def _checked_linewidth(value: Any) -> int:
    if not isinstance(value, Real):
        raise TypeError(f"linewidth must be a number of characters, got {value!r}")
    try:
        return int(value) if isinstance(value, Integral) else math.floor(float(value))
    except (OverflowError, ValueError) as error:  # Python's own words: infinity, NaN
        raise type(error)(
            f"{error}: linewidth must be finite (sys.maxsize never breaks a row), got {value!r}"
        ) from None


def _checked_sci_mode(value: Any) -> bool:
    if isinstance(value, _SWITCHES):
        return bool(value)
    raise TypeError(f"sci_mode must be True, False or None, got {value!r}")


def _checked_profile(value: Any) -> _Options:
    if value not in _PROFILES:
        raise ValueError(f"profile must be one of {', '.join(map(repr, _PROFILES))}, got {value!r}")
    return _PROFILES[value]
