"""The array vocabulary: what a rule may call, and who implements it.

A rule calls functions of the Python array API standard through a namespace `xp`, and a short list of `extras` that the
standard lacks. For NumPy arrays `xp` is the `numpy` module itself. `vocabulary`: the names. `extras`: the extras and
their meaning. `numpy_extras`: the extras for NumPy; `numpy_fast`: shorter forms of some functions for eager execution;
`numpy_large`, `numpy_rows`, `numpy_softmax`, `numpy_ordering`: quicker ones for large arrays; `numpy_blas`: what only
its BLAS has; `numpy_memory`: where large arrays come from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import numpy_extras, numpy_fast, numpy_memory

numpy_fast.xp.extras = numpy_extras
numpy_memory.keep_freed_memory()


def namespace_of(array: Any) -> Any:
    """The namespace `xp` that implements the vocabulary for `array`."""
    if isinstance(array, (np.ndarray, np.generic)):
        return np
    return array.__array_namespace__()


def extras_of(xp: Any) -> Any:
    """The implementation of the extras that goes with the namespace `xp`."""
    return numpy_extras if xp is np else xp.extras


__all__ = ["extras_of", "namespace_of", "numpy_extras", "numpy_fast"]
