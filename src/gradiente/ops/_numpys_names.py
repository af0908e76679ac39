"""NumPy's names for arguments, which torch takes in its operators: `axis` for `dim`, `keepdims` for `keepdim`.

The reductions that NumPy has, and what is called the most, take them themselves (Note [NumPy's names]); these are the
others, for whose calls the detour is short.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ._define import plain

RENAMED = frozenset(
    {
        *("std", "var", "std_mean", "var_mean", "aminmax", "argmax", "argmin", "amax", "amin", "median", "nanmedian"),
        *("mode", "logsumexp", "all", "any", "nansum", "nanmean", "count_nonzero", "quantile", "nanquantile"),
        *("cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "diff", "trapezoid", "cumulative_trapezoid"),
        *("sort", "argsort", "topk", "kthvalue", "renorm", "cross"),
        "tensor_split",
        *("narrow", "select", "index_select", "gather", "take_along_dim", "repeat_interleave", "scatter"),
        *("scatter_add", "index_add", "index_fill", "index_copy"),
    }
)
_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def _renaming(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs and ("axis" in kwargs or "keepdims" in kwargs):
            for name, known in _NAMES.items():
                if name in kwargs:
                    if known in kwargs:
                        raise TypeError(
                            f"{function.__name__}() got both '{known}' and '{name}', two names of one argument"
                        )
                    kwargs[known] = kwargs.pop(name)
        return function(*args, **kwargs)

    return call


def take_numpys_names(family: ModuleType) -> None:
    """Let the functions and methods of a family take NumPy's names; calls within the package stay as they are."""
    methods: dict[str, Any] = vars(family)["METHODS"]
    for name in RENAMED.intersection(vars(family).get("__all__", ())) | RENAMED.intersection(methods):
        function: Any = vars(family).get(name, methods.get(name))
        found = _renaming(function)
        if name in vars(family):
            setattr(family, name, found)
        if name in methods:
            methods[name] = _renaming(plain(methods[name]))


__all__ = ["RENAMED", "take_numpys_names"]
