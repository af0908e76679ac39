"""Standard gamma numbers."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ._at_once import FEW_KINDS, MANY, between_short, gammas
from ._errors import not_implemented
from .generator import Generator, default_generator
from .normals import TWO_PI
from .words import DoubleReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.floating[Any]]

# Torch writes these two constants in single precision.
THIRD = np.float32(1.0) / np.float32(3.0)
SQUEEZE = float(np.float32(0.0331))


def standard_gamma(generator: Generator | None, shapes: Floats) -> Array:
    """Gamma numbers of scale 1, one for each shape parameter: torch's ``_standard_gamma``, ``distributions.Gamma``.

    Results below the least positive normal number of the dtype are raised to it, as are the nan of negative parameters.

    Args:
        generator: the source; None for `default_generator`.
        shapes: the shape parameters, an array of float32 or float64.

    Returns:
        An array of the shape and dtype of `shapes`.

    Raises:
        NotImplementedError: another dtype.

    Source: Marsaglia and Tsang, ACM TOMS 26 (2000).

    Example:
        >>> import numpy as np
        >>> from gradiente.random import Generator, standard_gamma
        >>> standard_gamma(Generator().manual_seed(0), np.array([0.5, 2.0])).shape
        (2,)
    """
    shapes = np.asarray(shapes)
    if shapes.dtype.name not in ("float32", "float64"):
        raise not_implemented("gamma_cpu", shapes.dtype, "float32, float64")
    generator = generator or default_generator
    kind = shapes.dtype.type
    with generator.lock:
        out = _gammas(generator, shapes.ravel(), kind)
    with np.errstate(over="ignore"):
        return np.fmax(out, float(np.finfo(kind).tiny)).astype(kind).reshape(shapes.shape)


def _gammas(generator: Generator, shapes: Floats, kind: type) -> NDArray[np.float64]:
    """The numbers before they are rounded."""
    listed = shapes.tolist()
    kinds = np.zeros(len(listed), np.int64)
    some = shapes[:1]
    if len(listed) >= MANY and not (shapes == some).all():
        some, kinds = np.unique(shapes, return_inverse=True)
    if len(listed) >= MANY and len(some) <= FEW_KINDS and bool(((some >= 1) & np.isfinite(some)).all()):
        d, c = np.array([_constants(a, kind)[1:] for a in some.tolist()]).T

        def one(i: int) -> float:
            reader = DoubleReader(generator)
            try:
                return _gamma_one(generator, reader, listed[i], kind)
            finally:
                reader.close()

        if between_short(c) >= 3 * MANY:
            return gammas(generator, kinds, d, c, SQUEEZE, one)
    uniform = DoubleReader(generator)
    try:
        return np.array([_gamma_one(generator, uniform, a, kind) for a in listed], np.float64)
    finally:
        uniform.close()


def dirichlet(generator: Generator | None, concentrations: Floats) -> Array:
    """Points of the simplex, one for each vector of concentrations: torch's ``_sample_dirichlet``.

    Gamma numbers, drawn in float64, divided by their sum; results stay between the least positive normal number of the
    dtype and the greatest one below 1.

    Args:
        generator: the source; None for `default_generator`.
        concentrations: an array of float32 or float64; the last axis is that of the vectors.

    Returns:
        An array of the shape and dtype of `concentrations`.

    Raises:
        NotImplementedError: another dtype.

    Source: Devroye, Non-Uniform Random Variate Generation (1986), section XI.4.

    Example:
        >>> import numpy as np
        >>> from gradiente.random import Generator, dirichlet
        >>> dirichlet(Generator().manual_seed(0), np.array([1.0, 2.0])).sum()
        np.float64(1.0)
    """
    concentrations = np.asarray(concentrations)
    if concentrations.dtype.name not in ("float32", "float64"):
        raise not_implemented("dirichlet", concentrations.dtype, "float32, float64")
    gammas = standard_gamma(generator, concentrations.astype(np.float64))
    shares = (gammas / gammas.sum(axis=-1, keepdims=True)).astype(concentrations.dtype)
    limits = np.finfo(concentrations.dtype)
    return np.clip(shares, limits.tiny, 1 - limits.epsneg)


def _normal(generator: Generator, uniform: DoubleReader) -> float:
    cached = generator.next_normal
    if cached is not None:
        generator.next_normal = None
        return cached
    angle, u2 = TWO_PI * uniform(), uniform()
    radius = math.sqrt(-2.0 * math.log1p(-u2))
    generator.next_normal = radius * math.sin(angle)
    return radius * math.cos(angle)


@lru_cache(256)
def _constants(shape: float, kind: type) -> tuple[float | None, float, float]:
    """What depends on the shape alone, computed in its own precision, as torch does it.

    The exponent of the uniform number that a result for a shape below 1 is scaled by (None: none is), d and c.
    """
    a = kind(shape)
    exponent = None
    if a < 1:
        exponent = float(kind(1.0) / a)
        a = kind(a + kind(1.0))
    d = float(a - kind(THIRD))
    return exponent, d, 1.0 / math.sqrt(9.0 * d) if d > 0 else math.nan


def _gamma_one(generator: Generator, uniform: DoubleReader, shape: float, kind: type) -> float:
    """One gamma number."""
    if shape == 0:
        return 0.0
    exponent, d, c = _constants(shape, kind)
    scale = 1.0 if exponent is None else (1.0 - uniform()) ** exponent
    while True:
        x = _normal(generator, uniform)
        y = 1.0 + c * x
        if y <= 0.0:
            continue
        v, u, xx = y * y * y, 1.0 - uniform(), x * x
        if u < 1.0 - SQUEEZE * xx * xx:
            return scale * d * v
        if math.log(u) < 0.5 * xx + d * (1.0 - v + math.log(v)):
            return scale * d * v
