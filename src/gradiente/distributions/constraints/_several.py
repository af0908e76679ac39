"""Sets of arrays that are put together from pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.joining import cat, stack
from ._base import Constraint


class _Several(Constraint):
    """What `cat` and `stack` share: several constraints along a dimension."""

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0) -> None:
        if not all(isinstance(c, Constraint) for c in cseq):
            raise AssertionError("All elements of cseq must be Constraint instances")
        self.cseq: list[Any] = list(cseq)
        self.dim: int = dim
        super().__init__()

    @property
    def is_discrete(self) -> bool:
        return any(c.is_discrete for c in self.cseq)

    def _need_dim(self, value: Any) -> None:
        if not -value.dim() <= self.dim < value.dim():
            raise AssertionError(f"dim {self.dim} out of range for value with {value.dim()} dimensions")


class _Cat(_Several):
    """Arrays that are joined from pieces along `dim`, of the given lengths, each in a set of its own."""

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0, lengths: Sequence[int] | None = None) -> None:
        super().__init__(cseq, dim)
        self.lengths: list[int] = [1] * len(self.cseq) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.cseq):
            raise AssertionError(f"lengths ({len(self.lengths)}) must match cseq ({len(self.cseq)})")

    @property
    def event_dim(self) -> int:
        return max(c.event_dim for c in self.cseq)

    def check(self, value: Any) -> Any:
        self._need_dim(value)
        checked, start = [], 0
        for constraint, length in zip(self.cseq, self.lengths, strict=True):
            checked.append(constraint.check(value.narrow(self.dim, start, length)))
            start += length
        return cat(checked, self.dim)


class _Stack(_Several):
    """Arrays that are stacked along `dim` from slices, each in a set of its own."""

    @property
    def event_dim(self) -> int:
        dims = max(c.event_dim for c in self.cseq)
        return dims + 1 if self.dim + dims < 0 else dims

    def check(self, value: Any) -> Any:
        self._need_dim(value)
        slices = [value.select(self.dim, i) for i in range(value.size(self.dim))]
        return stack([c.check(v) for v, c in zip(slices, self.cseq, strict=True)], self.dim)


__all__ = ["_Cat", "_Stack"]
