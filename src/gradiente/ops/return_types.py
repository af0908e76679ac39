"""torch.return_types: the named tuples that functions with several results return.

They are tuples whose items have names too, and print as torch's do.
"""

from __future__ import annotations

from typing import ClassVar

from ..tensor.core import Tensor
from ._results import Results
from .linalg.results import _lu_with_info as _lu_with_info
from .linalg.results import geqrf as geqrf
from .linalg.results import linalg_cholesky_ex as linalg_cholesky_ex
from .linalg.results import linalg_eig as linalg_eig
from .linalg.results import linalg_eigh as linalg_eigh
from .linalg.results import linalg_inv_ex as linalg_inv_ex
from .linalg.results import linalg_ldl_factor as linalg_ldl_factor
from .linalg.results import linalg_ldl_factor_ex as linalg_ldl_factor_ex
from .linalg.results import linalg_lstsq as linalg_lstsq
from .linalg.results import linalg_lu as linalg_lu
from .linalg.results import linalg_lu_factor as linalg_lu_factor
from .linalg.results import linalg_lu_factor_ex as linalg_lu_factor_ex
from .linalg.results import linalg_qr as linalg_qr
from .linalg.results import linalg_slogdet as linalg_slogdet
from .linalg.results import linalg_solve_ex as linalg_solve_ex
from .linalg.results import linalg_svd as linalg_svd
from .linalg.results import lu_unpack as lu_unpack
from .linalg.results import qr as qr
from .linalg.results import slogdet as slogdet
from .linalg.results import svd as svd
from .linalg.results import triangular_solve as triangular_solve


class _Found(Results):
    """Elements and where they are: `values`, and `indices`, int64."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("values", "indices")

    @property
    def values(self) -> Tensor:
        """The elements."""
        return self[0]

    @property
    def indices(self) -> Tensor:
        """Where they are along the dimension."""
        return self[1]


class max(_Found):
    """The result of `torch.max(input, dim)`."""

    __slots__ = ()


class min(_Found):
    """The result of `torch.min(input, dim)`."""

    __slots__ = ()


class median(_Found):
    """The result of `torch.median(input, dim)`."""

    __slots__ = ()


class nanmedian(_Found):
    """The result of `torch.nanmedian(input, dim)`."""

    __slots__ = ()


class mode(_Found):
    """The result of `torch.mode`."""

    __slots__ = ()


class kthvalue(_Found):
    """The result of `torch.kthvalue`."""

    __slots__ = ()


class sort(_Found):
    """The result of `torch.sort`."""

    __slots__ = ()


class topk(_Found):
    """The result of `torch.topk`."""

    __slots__ = ()


class cummax(_Found):
    """The result of `torch.cummax`."""

    __slots__ = ()


class cummin(_Found):
    """The result of `torch.cummin`."""

    __slots__ = ()


class aminmax(Results):
    """The result of `torch.aminmax`: `min` and `max`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("min", "max")

    @property
    def min(self) -> Tensor:
        """The smallest elements."""
        return self[0]

    @property
    def max(self) -> Tensor:
        """The largest elements."""
        return self[1]


class _Histogram(Results):
    """A histogram and the ends of its intervals."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("hist", "bin_edges")

    @property
    def hist(self) -> Tensor:
        """How many elements, or how much weight, each interval has."""
        return self[0]

    @property
    def bin_edges(self) -> Tensor:
        """The ends of the intervals."""
        return self[1]


class histogram(_Histogram):
    """The result of `torch.histogram`."""

    __slots__ = ()


class histogramdd(_Histogram):
    """The result of `torch.histogramdd`; `bin_edges` is a tuple with one tensor per dimension."""

    __slots__ = ()


class frexp(Results):
    """The result of `torch.frexp`: `mantissa` and `exponent`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("mantissa", "exponent")

    @property
    def mantissa(self) -> Tensor:
        """The fractions, 0 or between 1/2 and 1 in size."""
        return self[0]

    @property
    def exponent(self) -> Tensor:
        """The powers of two, int32."""
        return self[1]
