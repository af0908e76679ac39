"""torch.return_types: the named tuples that functions with several results return.

They are tuples whose items have names too, and print as torch's do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from ..tensor.core import Tensor


class _Results(tuple[Tensor, ...]):
    """A tuple of tensors, with a name for each."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ()

    def __new__(cls, values: Iterable[Tensor]) -> _Results:
        found = tuple(values)
        if len(found) != len(cls.fields):
            raise TypeError(
                f"torch.return_types.{cls.__name__}() takes a {len(cls.fields)}-sequence ({len(found)}-sequence given)"
            )
        return super().__new__(cls, found)

    def __repr__(self) -> str:
        items = ",\n".join(f"{name}={value!r}" for name, value in zip(self.fields, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{items})"

    def __reduce__(self) -> tuple[type[_Results], tuple[tuple[Tensor, ...]]]:
        return type(self), (tuple(self),)


class _Found(_Results):
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


class aminmax(_Results):
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


class _Histogram(_Results):
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


class frexp(_Results):
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
