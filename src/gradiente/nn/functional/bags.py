"""torch.embedding_bag: the function of this name in torch.nn.functional, with what it computes beside."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops._arguments import need_tensor
from ...tensor.core import Tensor, wrap
from . import embeddings

_MODES = ("sum", "mean", "max")


def embedding_bag(
    weight: Tensor,
    indices: Tensor,
    offsets: Tensor,
    scale_grad_by_freq: bool = False,
    mode: int = 0,
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Sums, means or maxima of bags of rows of a table, with the numbers that torch's own layers compute beside.

    Args:
        weight: the table, (V, D).
        indices: row numbers, (n,), int64 or int32.
        offsets: where each bag begins in `indices`, (B,).
        scale_grad_by_freq: divide the gradient of a row by how often it was picked.
        mode: 0 for sums, 1 for means, 2 for maxima.
        sparse: must be False where a gradient is needed.
        per_sample_weights: factors of the rows, (n,); only for sums.
        include_last_offset: `offsets` has one more element, where the last bag ends.
        padding_idx: rows of this number are left out.

    Returns:
        The result (B, D); the bag of each index, empty where torch's sums do without; the sizes of the bags, 0 for
        sums; and, for maxima, the row that each element is from (B, D), else what torch has in its place.

    Raises:
        RuntimeError: another mode, factors with another mode than 0. Else as `torch.nn.functional.embedding_bag`.

    Example:
        >>> import gradiente as torch
        >>> torch.embedding_bag(torch.eye(3), torch.tensor([0, 2, 2]), torch.tensor([0, 1]), mode=1)[0]
        tensor([[1., 0., 0.],
                [0., 0., 1.]])
    """
    if isinstance(mode, bool) or not isinstance(mode, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"embedding_bag(): argument 'mode' must be int, not {type(mode).__name__} (0, 1 or 2)")
    if mode not in (0, 1, 2):
        raise RuntimeError(f"`mode` must be sum, mean, or max. (It is {mode}; 0, 1 and 2 stand for these)")
    if per_sample_weights is not None and mode != 0:
        raise RuntimeError("embedding_bag: per_sample_weights only supported with mode='sum' (mode=0)")
    out = embeddings.embedding_bag(
        indices,
        weight,
        offsets,
        scale_grad_by_freq=scale_grad_by_freq,
        mode=_MODES[mode],
        sparse=sparse,
        per_sample_weights=per_sample_weights,
        include_last_offset=include_last_offset,
        padding_idx=padding_idx,
    )
    numbers, starts = indices._array, need_tensor(offsets, "embedding_bag", "offsets", 3)._array
    edges = starts if include_last_offset else np.append(starts, numbers.size)
    bag = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    kind = numbers.dtype
    plain = mode == 0 and padding_idx is None and weight._array.dtype.itemsize < 8
    if mode == 0:
        zeros = np.zeros(starts.size, kind)
        return out, wrap(bag[:0].astype(kind) if plain else bag.astype(kind)), wrap(zeros), wrap(zeros.copy())
    kept = np.ones(bag.size, np.bool_) if padding_idx is None else numbers != padding_idx % weight._array.shape[0]
    sizes = np.bincount(bag[kept], minlength=len(edges) - 1).astype(kind)
    rows = sizes.copy() if mode == 1 else _rows(weight._array, numbers[kept], bag[kept], len(edges) - 1)
    return out, wrap(bag.astype(kind)), wrap(sizes), wrap(rows.astype(kind))


def _rows(table: Any, numbers: Any, bag: Any, bags: int) -> Any:
    """The row that holds the maximum of each bag, by column; the first of equal ones."""
    out = np.zeros((bags, table.shape[1]), np.int64)
    starts = np.searchsorted(bag, np.arange(bags + 1))
    for i in np.flatnonzero(np.diff(starts)):
        picked = numbers[starts[i] : starts[i + 1]]
        out[i] = picked[table[picked].argmax(axis=0)]
    return out


__all__ = ["embedding_bag"]
