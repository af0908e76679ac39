"""The text of single elements: how wide a number is, and whether it takes a point, decimals or an exponent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Note [One format for the whole tensor]
# All elements of a tensor are written alike, so the format is chosen from all of them (of a summarised tensor, from
# the elements that are shown). What decides are the finite values other than zero:
#   - only integers among them: a bare point ("2."), otherwise `precision` decimals ("2.0000");
#   - a wide spread or extreme values: an exponent ("2.0000e+00"), unless `sci_mode` decides it;
#   - the widest of their texts is the width to which the real numbers are padded on the left.
# Zeros, infinities and NaN do not count: beside "1." an "inf" sticks out of its column, as it does in torch.
_LARGEST_RATIO = 1000.0
_LARGEST_PLAIN = 1.0e8
_SMALLEST_PLAIN = 1.0e-4


def plain_array(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` with a dtype of NumPy's own.

    The dtypes of `ml_dtypes`, such as bfloat16, become float32, which holds their values exactly.
    """
    kind = array.dtype.kind
    if kind in "biufc":
        return array
    if kind == "V" and array.dtype.names is None:
        return array.astype(np.float32)
    raise TypeError(
        f"can't print numpy.ndarray of type {array.dtype}: the elements must be bool, int, float or complex"
    )


def element_texts(array: NDArray[Any], precision: int, sci_mode: bool | None) -> tuple[list[str], int]:
    """Return the text of every element of a non-empty `array`, in C order, and the column width of one element."""
    kind = array.dtype.kind
    values: list[Any] = array.ravel().tolist()
    if kind == "f":
        return _padded_floats(values, precision, sci_mode)
    if kind == "c":
        real, real_width = _padded_floats([value.real for value in values], precision, sci_mode)
        imag, imag_width = _float_texts([value.imag for value in values], precision, sci_mode)
        # The imaginary part brings its own sign and is not padded; its width still counts when lines are filled.
        texts = [f"{re}{im}j" if im[0] == "-" else f"{re}+{im}j" for re, im in zip(real, imag, strict=True)]
        return texts, real_width + imag_width + 1
    return _pad(list(map(str, values)))


def _padded_floats(values: list[float], precision: int, sci_mode: bool | None) -> tuple[list[str], int]:
    texts, width = _float_texts(values, precision, sci_mode)
    return [text.rjust(width) for text in texts], width


def _pad(texts: list[str]) -> tuple[list[str], int]:
    width = max(map(len, texts))
    return [text.rjust(width) for text in texts], width


def _float_texts(values: list[float], precision: int, sci_mode: bool | None) -> tuple[list[str], int]:
    """Return the unpadded texts of `values` and their width; see Note [One format for the whole tensor]."""
    deciding = [value for value in values if value and value - value == 0.0]  # inf - inf and nan - nan are nan
    integral = all(map(float.is_integer, deciding))
    if deciding and _exponent_needed(deciding, integral, sci_mode):
        pattern = f"%.{precision}e"
    elif integral:
        pattern = "%.0f."
    else:
        pattern = f"%.{precision}f"
    texts = [pattern % value for value in values]
    if len(deciding) == len(values):
        return texts, max(map(len, texts))
    if pattern == "%.0f.":
        texts = [text if text[-2].isdigit() else text[:-1] for text in texts]  # "inf.", "nan." lose the point
    lengths = [len(text) for text, value in zip(texts, values, strict=True) if value and value - value == 0.0]
    return texts, max(lengths, default=1)


def _exponent_needed(deciding: Sequence[float], integral: bool, sci_mode: bool | None) -> bool:
    if sci_mode is not None:
        return sci_mode
    sizes = list(map(abs, deciding))
    largest, smallest = max(sizes), min(sizes)
    if largest > _LARGEST_PLAIN or largest / smallest > _LARGEST_RATIO:
        return True
    return not integral and smallest < _SMALLEST_PLAIN
