"""torch.quasirandom: points that fill a cube more evenly than random ones do.

The direction numbers are those of S. Joe and F. Y. Kuo, Constructing Sobol sequences with better two-dimensional
projections (2008), which SciPy holds; the extra `special` installs it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ._missing import Getter, missing_in
from .ops.creation import tensor
from .ops.generators import Generator
from .ops.randomness import randint
from .tensor.core import Tensor
from .tensor.dtypes import SCALAR_NAMES, float32, float64, get_default_dtype
from .tensor.dtypes import dtype as Dtype

_BITS = 30
_EXTRA = (
    "torch.quasirandom.SobolEngine needs SciPy's direction numbers. Install the extra `special`: pip install "
    "'gradiente[special]'"
)


@lru_cache(8)
def _directions(dimension: int, count: int) -> Any:
    """The first `count` direction numbers of each dimension, (dimension, count).

    Point 2^k is the sum, without carries, of the direction numbers k and k - 1.
    """
    try:
        from scipy.stats import qmc  # pyright: ignore
    except ImportError:
        raise ImportError(_EXTRA) from None
    points: Any = qmc.Sobol(dimension, scramble=False, bits=_BITS)
    found = np.zeros((dimension, count), np.int64)
    before = np.zeros(dimension, np.int64)
    for k in range(count):
        points.fast_forward(2**k - points.num_generated)
        before = found[:, k] = np.rint(points.random(1)[0] * 2.0**_BITS).astype(np.int64) ^ before
    return found


class SobolEngine:
    """The points of a Sobol sequence in the unit cube, scrambled or not.

    Args:
        dimension: how many coordinates a point has, 1 to 21201.
        scramble: whether to scramble the sequence: by random lower-triangular matrices and a random digital shift.
        seed: the seed of the scrambling; None: the generator of `torch.manual_seed` draws it.

    Raises:
        ValueError: the dimension is out of range.
        ImportError: SciPy is missing.

    Source: I. M. Sobol, On the distribution of points in a cube and the approximate evaluation of integrals (1967);
    A. B. Owen, Scrambling Sobol and Niederreiter-Xing points (1998).

    Example:
        >>> import gradiente as torch
        >>> torch.quasirandom.SobolEngine(dimension=3).draw(3)
        tensor([[0.0000, 0.0000, 0.0000],
                [0.5000, 0.5000, 0.5000],
                [0.7500, 0.2500, 0.2500]])
    """

    MAXBIT: int = _BITS
    MAXDIM: int = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        if dimension > self.MAXDIM or dimension < 1:
            raise ValueError(f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}]")
        self.dimension: int = dimension
        self.scramble: bool = scramble
        self.seed: int | None = seed
        self.num_generated: int = 0
        self._shift: Any = np.zeros(dimension, np.int64)
        self._matrices: Any = None
        if scramble:
            self._draw_scrambling()
        self._first: Tensor = tensor(self._shift) / 2**_BITS  # as in torch, in the default type of this moment

    def _draw_scrambling(self) -> None:
        generator = None
        if self.seed is not None:
            generator = Generator()
            generator.manual_seed(self.seed)
        digits = randint(2, (self.dimension, _BITS), generator=generator)
        self._shift = digits._array @ (1 << np.arange(_BITS))
        drawn = randint(2, (self.dimension, _BITS, _BITS), generator=generator)
        self._matrices = np.tril(drawn._array, -1) + np.eye(_BITS, dtype=np.int64)

    def _scrambled(self, count: int) -> Any:
        """The first `count` direction numbers, scrambled: the matrices times their digits, the highest one first."""
        numbers = _directions(self.dimension, count)
        if self._matrices is None:
            return numbers
        places = np.arange(_BITS - 1, -1, -1)
        digits = (numbers[:, None, :] >> places[:, None]) & 1
        return (((self._matrices @ digits) & 1) << places[:, None]).sum(1)

    @property
    def shift(self) -> Tensor:
        """The digital shift, int64 (dimension,)."""
        return tensor(self._shift)

    @property
    def sobolstate(self) -> Tensor:
        """The direction numbers, int64 (dimension, 30). Finding all of them takes seconds."""
        return tensor(self._scrambled(_BITS))

    def draw(self, n: int = 1, out: Tensor | None = None, dtype: Dtype | None = None) -> Tensor:
        """The next `n` points.

        Args:
            n: how many.
            out: a tensor for them, which is resized.
            dtype: their type; None: the default one.

        Returns:
            (n, dimension).

        Raises:
            RuntimeError: `n` is negative, or 0 at the beginning.
            NotImplementedError: a type other than float32 and float64.

        Example:
            >>> import gradiente as torch
            >>> torch.quasirandom.SobolEngine(1).draw(4, dtype=torch.float64).flatten().tolist()
            [0.0, 0.5, 0.75, 0.25]
        """
        first = self.num_generated
        more = n if first else n - 1  # the first point is there already
        if more < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {more}: [{more}, {self.dimension}]")
        kind = get_default_dtype() if dtype is None else dtype
        if kind not in (float32, float64) and more:
            raise NotImplementedError(
                f"\"_sobol_engine_draw\" not implemented for '{SCALAR_NAMES[kind.name]}' (ask for torch.float64)"
            )
        codes = np.arange(first, first + n)
        codes ^= codes >> 1
        count = max(1, int(first + n - 1).bit_length()) if n else 1
        numbers = self._scrambled(min(count, _BITS)).T
        points = np.broadcast_to(self._shift, (n, self.dimension)).copy()
        for k, number in enumerate(numbers):
            points ^= (codes >> k & 1)[:, None] * number
        self.num_generated = first + n
        found = tensor(points.astype(kind.numpy) * kind.numpy.type(2.0**-_BITS), dtype=kind)
        if not first:
            found[0] = self._first
        return found if out is None else out.resize_(found.shape).copy_(found)

    def draw_base2(self, m: int, out: Tensor | None = None, dtype: Dtype | None = None) -> Tensor:
        """The next 2^m points, which with all before must be a power of two. ValueError if they are not."""
        n = 2**m
        total = self.num_generated + n
        if total & (total - 1):
            raise ValueError(
                "The balance properties of Sobol' points require n to be a power of 2. "
                f"{self.num_generated} points have been previously generated, then: n={self.num_generated}+2**{m}="
                f"{total}. If you still want to do this, please use 'SobolEngine.draw()' instead."
            )
        return self.draw(n, out, dtype)

    def reset(self) -> SobolEngine:
        """Begin again with the first point, with the same scrambling."""
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Leave out `n` points."""
        self.num_generated += n
        return self

    def __repr__(self) -> str:
        parts = [f"dimension={self.dimension}"]
        if self.scramble:
            parts.append("scramble=True")
        if self.seed is not None:
            parts.append(f"seed={self.seed}")
        return f"SobolEngine({', '.join(parts)})"


__getattr__: Getter = missing_in(__name__)

__all__ = ["SobolEngine"]
