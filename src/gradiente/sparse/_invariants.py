"""Whether the indices of sparse tensors are checked."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

_checking: ContextVar[bool] = ContextVar("gradiente.sparse.checking", default=False)


class check_sparse_tensor_invariants:
    """Check the indices of sparse tensors that are made: everywhere, in a `with` block, or in a function.

    The indices of a tensor must not be negative, and lie within its size. gradiente refuses such tensors in any case,
    when they are made; where this is on, it also looks whether a tensor that is said to be coalesced is so.

    Args:
        enable: whether to check, or not.

    Example:
        >>> import gradiente as torch
        >>> with torch.sparse.check_sparse_tensor_invariants():
        ...     torch.sparse.check_sparse_tensor_invariants.is_enabled()
        True
        >>> torch.sparse.check_sparse_tensor_invariants.is_enabled()
        False
    """

    def __init__(self, enable: bool = True) -> None:
        self.state: bool = enable
        self.saved_state: bool | None = None

    @staticmethod
    def is_enabled() -> bool:
        """Whether indices are checked."""
        return _checking.get()

    @staticmethod
    def enable() -> None:
        """Check from now on."""
        _checking.set(True)

    @staticmethod
    def disable() -> None:
        """Do not check from now on."""
        _checking.set(False)

    def __enter__(self) -> None:
        if self.saved_state is not None:
            raise RuntimeError(
                "This context manager instance is already activated. Use a different context manager instance for "
                "context nesting."
            )
        self.saved_state = _checking.get()
        _checking.set(self.state)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.saved_state is not None:
            _checking.set(self.saved_state)
        self.saved_state = None

    def __call__(self, mth: F) -> F:
        """The function, called with these checks."""

        @wraps(mth)
        def checked(*args: Any, **kwargs: Any) -> Any:
            with type(self)(self.state):
                return mth(*args, **kwargs)

        return checked  # pyright: ignore[reportReturnType]


def check_indices(indices: Any, shape: tuple[int, ...], ordered: bool, check: bool) -> None:
    """Raise RuntimeError for indices outside of `shape`; with `check` also where they are not `ordered` as is said."""
    if not indices.size:
        return
    low, high = indices.min(axis=1), indices.max(axis=1)
    for dim in np.flatnonzero(low < 0).tolist():
        raise RuntimeError(f"found negative index {low[dim]} for dim {dim} (indices count from 0, within the size)")
    for dim, n in enumerate(shape[: len(high)]):
        if high[dim] >= n:
            raise RuntimeError(
                f"size is inconsistent with indices: for dim {dim}, size is {n} but found index {high[dim]}"
            )
    if ordered and check:
        from ..arrays.sparse import keys_of

        keys = keys_of(indices, shape)
        if not (keys[1:] > keys[:-1]).all():
            raise RuntimeError(
                "cannot set is_coalesced to true if indices correspond to uncoalesced COO tensor (leave out "
                "is_coalesced=True, or sort the indices and add up what is repeated)"
            )


__all__ = ["check_indices", "check_sparse_tensor_invariants"]
