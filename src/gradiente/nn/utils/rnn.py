"""Sequences of several lengths: padded to one, or packed, without padding, time by time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ...ops.creation import empty, full, tensor
from ...ops.joining import cat, stack
from ...ops.ordering import sort
from ...ops.ranges import arange
from ...tensor.core import Tensor
from ...tensor.dtypes import int64


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """The elements of a batch of sequences, time by time, without padding; made by `pack_padded_sequence`.

    `data`: the elements, (sum of lengths, …). `batch_sizes`: how many sequences are as long, at each time.
    `sorted_indices`, `unsorted_indices`: how the sequences were ordered by length, and back.
    """

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        """The packed sequences."""
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        assert batch_sizes is not None
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Convert the elements."""
        return PackedSequence(self.data.to(*args, **kwargs), *self[1:])

    def double(self) -> PackedSequence:
        """The elements as float64."""
        return PackedSequence(self.data.double(), *self[1:])

    def float(self) -> PackedSequence:
        """The elements as float32."""
        return PackedSequence(self.data.float(), *self[1:])

    @property
    def is_cuda(self) -> bool:
        """False: all tensors are on the CPU."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another one."""
    if permutation is None:
        return None
    out = empty(permutation.shape[0], dtype=int64)
    out[permutation] = arange(0, permutation.numel())
    return out


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack a padded batch of sequences.

    Args:
        input: (T, B, …), with `batch_first` (B, T, …).
        lengths: the lengths of the sequences.
        batch_first: whether the first dimension is the batch.
        enforce_sorted: whether the lengths have to be in decreasing order; if not, the sequences are sorted.

    Raises:
        RuntimeError: lengths that are not sorted, not positive, or not as many as sequences.
    """
    sizes = lengths.to(int64) if isinstance(lengths, Tensor) else tensor(list(lengths), dtype=int64)
    order = None
    if not enforce_sorted:
        sizes, order = sort(sizes, descending=True)
        input = input.index_select(0 if batch_first else 1, order)
    steps = input.transpose(0, 1) if batch_first else input
    known: list[int] = sizes.tolist()
    if len(known) != steps.shape[1]:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(known)} (batch_size={steps.shape[1]})"
        )
    if any(n <= 0 for n in known):
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if any(a < b for a, b in pairwise(known)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you "
            "do not need ONNX exportability."
        )
    if known[0] > steps.shape[0]:
        raise RuntimeError(f"Expected no length above {steps.shape[0]}, the number of steps, but got {known[0]}")
    counts = [sum(n > t for n in known) for t in range(known[0])]
    data = cat([steps[t, :count] for t, count in enumerate(counts)])
    return PackedSequence(data, tensor(counts, dtype=int64), order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Pad packed sequences: the inverse of `pack_padded_sequence`.

    Returns:
        The batch, (T, B, …) or (B, T, …), and the lengths.
    """
    counts: list[int] = sequence.batch_sizes.tolist()
    steps = len(counts)
    if total_length is not None and total_length < steps:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {steps}"
        )
    rows, data = counts[0], sequence.data
    padded: list[Tensor] = []
    for part in data.split(counts):
        missing = rows - part.shape[0]
        if missing:
            part = cat([part, full((missing, *part.shape[1:]), padding_value, dtype=data.dtype)])
        padded.append(part)
    for _ in range((total_length or steps) - steps):
        padded.append(full((rows, *data.shape[1:]), padding_value, dtype=data.dtype))
    out = stack(padded, 1 if batch_first else 0)
    lengths = tensor([sum(count > b for count in counts) for b in range(rows)], dtype=int64)
    order = sequence.unsorted_indices
    if order is not None:
        return out.index_select(0 if batch_first else 1, order), lengths[order]
    return out, lengths


def pad_sequence(
    sequences: Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences of several lengths in one tensor, filled up with a number.

    >>> import gradiente as torch
    >>> torch.nn.utils.rnn.pad_sequence([torch.ones(2), torch.ones(3)], batch_first=True)
    tensor([[1., 1., 0.],
            [1., 1., 1.]])
    """
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    sequences = list(sequences)
    longest = max(s.shape[0] for s in sequences)
    rows: list[Tensor] = []
    for s in sequences:
        rest = full((longest - s.shape[0], *s.shape[1:]), padding_value, dtype=s.dtype)
        rows.append(cat([s, rest] if padding_side == "right" else [rest, s]))
    return stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch: the inverse of `pad_sequence`."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[:n] for row, n in zip(rows.unbind(0), lengths.tolist(), strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences."""
    lengths = [s.shape[0] for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences of which a packed sequence was made."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]
