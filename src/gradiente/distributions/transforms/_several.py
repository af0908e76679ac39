"""Transforms of arrays that are put together from pieces, each with a transform of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.joining import cat, stack
from ...tensor.core import Tensor
from .. import constraints
from ..utils import sum_rightmost
from ._base import Transform


def _need_transforms(tseq: Sequence[Any]) -> None:
    if not all(isinstance(t, Transform) for t in tseq):
        raise AssertionError("All elements of tseq must be Transform instances")


def _need_size(x: Any, dim: int, size: int, called: str) -> None:
    if not -x.dim() <= dim < x.dim():
        raise AssertionError(f"dim {dim} out of range for tensor with {x.dim()} dimensions")
    if x.size(dim) != size:
        raise AssertionError(f"x.size({dim}) = {x.size(dim)} must equal {called} {size}")


class CatTransform(Transform):
    """Pieces of a tensor along a dimension, each with its own transform.

    Args:
        tseq: the transforms.
        dim: the dimension.
        lengths: the sizes of the pieces; 1 for each by default.
        cache_size: 0 or 1.

    Raises:
        AssertionError: something is no transform, or numbers and sizes do not match.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.distributions import CatTransform, ExpTransform, identity_transform
        >>> CatTransform([ExpTransform(), identity_transform], lengths=[1, 2])(torch.ones(3))
        tensor([2.7183, 1.0000, 1.0000])
    """

    transforms: list[Any]

    def __init__(
        self, tseq: Sequence[Transform], dim: int = 0, lengths: Sequence[int] | None = None, cache_size: int = 0
    ) -> None:
        _need_transforms(tseq)
        super().__init__(cache_size=cache_size)
        self.transforms = [t.with_cache(cache_size) for t in tseq] if cache_size else list(tseq)
        self.lengths: list[int] = [1] * len(self.transforms) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.transforms):
            raise AssertionError(f"lengths ({len(self.lengths)}) must match transforms ({len(self.transforms)})")
        self.dim: int = dim

    @property
    def event_dim(self) -> int:
        return max(t.event_dim for t in self.transforms)

    @property
    def length(self) -> int:
        """The size of all pieces together."""
        return sum(self.lengths)

    def with_cache(self, cache_size: int = 1) -> Transform:
        if self._cache_size == cache_size:
            return self
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    def _pieces(self, x: Any) -> Any:
        _need_size(x, self.dim, self.length, "length")
        return x.split(self.lengths, self.dim)

    def _call(self, x: Any) -> Any:
        return cat([t(piece) for t, piece in zip(self.transforms, self._pieces(x), strict=True)], dim=self.dim)

    def _inverse(self, y: Any) -> Any:
        return cat([t.inv(piece) for t, piece in zip(self.transforms, self._pieces(y), strict=True)], dim=self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        terms = []
        for t, a, b in zip(self.transforms, self._pieces(x), self._pieces(y), strict=True):
            terms.append(sum_rightmost(t.log_abs_det_jacobian(a, b), self.event_dim - t.event_dim))
        dim = self.dim - x.dim() if self.dim >= 0 else self.dim
        dim += self.event_dim
        if dim < 0:
            return cat(terms, dim=dim)
        return sum(terms)  # pyright: ignore[reportReturnType]

    @property
    def bijective(self) -> bool:
        return all(t.bijective for t in self.transforms)

    @property
    def domain(self) -> Any:
        return constraints.cat([t.domain for t in self.transforms], self.dim, self.lengths)

    @property
    def codomain(self) -> Any:
        return constraints.cat([t.codomain for t in self.transforms], self.dim, self.lengths)


class StackTransform(Transform):
    """Slices of a tensor along a dimension, each with its own transform.

    Args:
        tseq: the transforms, one for each slice.
        dim: the dimension.
        cache_size: 0 or 1.

    Raises:
        AssertionError: something is no transform, or numbers and sizes do not match.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.distributions import ExpTransform, StackTransform, identity_transform
        >>> StackTransform([ExpTransform(), identity_transform], dim=1)(torch.zeros(1, 2))
        tensor([[1., 0.]])
    """

    transforms: list[Any]

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        _need_transforms(tseq)
        super().__init__(cache_size=cache_size)
        self.transforms = [t.with_cache(cache_size) for t in tseq] if cache_size else list(tseq)
        self.dim: int = dim

    def with_cache(self, cache_size: int = 1) -> Transform:
        return self if self._cache_size == cache_size else StackTransform(self.transforms, self.dim, cache_size)

    def _slices(self, x: Any) -> list[Any]:
        _need_size(x, self.dim, len(self.transforms), "len(transforms)")
        return [x.select(self.dim, i) for i in range(x.size(self.dim))]

    def _call(self, x: Any) -> Any:
        return stack([t(piece) for t, piece in zip(self.transforms, self._slices(x), strict=True)], dim=self.dim)

    def _inverse(self, y: Any) -> Any:
        return stack([t.inv(piece) for t, piece in zip(self.transforms, self._slices(y), strict=True)], dim=self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        parts = zip(self.transforms, self._slices(x), self._slices(y), strict=True)
        return stack([t.log_abs_det_jacobian(a, b) for t, a, b in parts], dim=self.dim)

    @property
    def bijective(self) -> bool:
        return all(t.bijective for t in self.transforms)

    @property
    def domain(self) -> Any:
        return constraints.stack([t.domain for t in self.transforms], self.dim)

    @property
    def codomain(self) -> Any:
        return constraints.stack([t.codomain for t in self.transforms], self.dim)


__all__ = ["CatTransform", "StackTransform"]
