"""The reductions of losses by number, and by the older two arguments."""

from __future__ import annotations

import warnings

from .functional.reductions import REDUCTIONS, reduction_name


def get_enum(reduction: str) -> int:
    """The number of a reduction: 0 for "none", 1 for "mean", 2 for "sum". ValueError for another."""
    return REDUCTIONS.index(reduction_name(reduction))


def legacy_get_string(size_average: bool | None, reduce: bool | None, emit_warning: bool = True) -> str:
    """The reduction that the older two arguments stand for."""
    with warnings.catch_warnings():
        if not emit_warning:
            warnings.simplefilter("ignore")
        return reduction_name("mean", True if size_average is None else size_average, reduce)


def legacy_get_enum(size_average: bool | None, reduce: bool | None, emit_warning: bool = True) -> int:
    """The number of the reduction that the older two arguments stand for."""
    return get_enum(legacy_get_string(size_average, reduce, emit_warning))


__all__ = ["get_enum", "legacy_get_enum", "legacy_get_string"]
