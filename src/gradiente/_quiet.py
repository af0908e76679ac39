"""NumPy's floating-point warnings stay inside of the library, whatever filters a program sets.

Note [Quiet arithmetic]: PyTorch computes 1 / 0 without a word. NumPy warns, and the warning's place is the line of
gradiente that called it. `numpy.errstate` around each operation would take a third of the time of a small one. So one
filter, that such warnings of gradiente's own lines are ignored, stays the first of all: `warnings.filters` is a list
that puts the filters which programs set behind it. Warnings from NumPy that a program calls itself are not concerned.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

OURS: tuple[Any, ...] = ("ignore", None, RuntimeWarning, re.compile(r"gradiente\."), 0)
"""Ignore RuntimeWarnings from lines of gradiente."""


class _Filters(list[Any]):
    """The filters of warnings, of which the first stays the first."""

    def insert(self, index: Any, item: Any, /) -> None:
        """Put a filter before another one, but not before the first."""
        super().insert(max(int(index), 1) if index >= 0 else index, item)

    def __getitem__(self, index: Any) -> Any:
        """A filter, or a copy of some of them, which keeps the first one if it has it."""
        found = super().__getitem__(index)
        return _Filters(found) if isinstance(index, slice) and found[:1] == [OURS] else found

    def __setitem__(self, index: Any, value: Any) -> None:
        """Replace filters, but not the first."""
        super().__setitem__(index, value)
        self._keep_first()

    def __delitem__(self, index: Any) -> None:
        """Remove filters, but not the first."""
        super().__delitem__(index)
        self._keep_first()

    def _keep_first(self) -> None:
        if self[:1] != [OURS]:
            super().insert(0, OURS)


def keep_quiet() -> None:
    """Make that filter the first, for good."""
    if not isinstance(warnings.filters, _Filters):
        warnings.simplefilter("default", append=True)  # so that it is noticed that the filters have changed
        filters: list[Any] = warnings.filters  # type: ignore[assignment]
        filters.pop()
        warnings.filters = _Filters([OURS, *filters])


__all__ = ["keep_quiet"]
