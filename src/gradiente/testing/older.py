"""The older name of `assert_close`."""

from __future__ import annotations

import warnings
from typing import Any

from ..ops.interop import as_tensor
from ..tensor.core import Tensor
from ..tensor.dtypes import float16, float32, float64
from .comparing import assert_close

_TOLERANCES = {float16: (1e-3, 1e-3), float32: (1e-4, 1e-5), float64: (1e-5, 1e-8)}


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """`assert_close` without regard to the types, with tolerances ten to a hundred times as large.

    Raises:
        AssertionError: the values differ, or the shapes.
        ValueError: only one of `rtol` and `atol` is given.

    Example:
        >>> import warnings
        >>> import gradiente as torch
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore", FutureWarning)
        ...     torch.testing.assert_allclose(torch.ones(2), torch.ones(2).double() + 1e-5)
    """
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please "
        "use `torch.testing.assert_close()` instead.",
        FutureWarning,
        stacklevel=2,
    )
    actual, expected = (x if isinstance(x, Tensor) else as_tensor(x) for x in (actual, expected))
    if rtol is None and atol is None:
        both = [_TOLERANCES.get(x.dtype, (0.0, 0.0)) for x in (actual, expected)]
        rtol, atol = max(r for r, _ in both), max(a for _, a in both)
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


__all__ = ["assert_allclose"]
