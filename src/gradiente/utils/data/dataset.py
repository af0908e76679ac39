"""Data sets: examples by number, or one after the other."""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeVar

from ...ops.randomness import randperm
from ...random import default_generator
from ...tensor.core import Tensor

T = TypeVar("T", covariant=True)


class Dataset(Generic[T]):
    """Examples that are found by their number: a subclass defines `__getitem__`, and `__len__`."""

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset[Any]) -> ConcatDataset[Any]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T]):
    """Examples that come one after the other: a subclass defines `__iter__`."""

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")

    def __add__(self, other: Dataset[Any]) -> Any:
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors with the same first dimension: an example is one element of each.

    Args:
        tensors: the tensors.

    Raises:
        AssertionError: the sizes differ.

    Example:
        >>> import gradiente as torch
        >>> torch.utils.data.TensorDataset(torch.arange(3), torch.ones(3))[1]
        (tensor(1), tensor(1.))
    """

    tensors: tuple[Tensor, ...]

    def __init__(self, *tensors: Tensor) -> None:
        if any(t.shape[0] != tensors[0].shape[0] for t in tensors):
            raise AssertionError("Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple([t[index] for t in self.tensors])

    def __len__(self) -> int:
        return self.tensors[0].shape[0]


class StackDataset(Dataset[Any]):
    """Several data sets of one length side by side: an example has one of each, in a tuple or by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError("Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both types are given.")  # noqa: E501 # fmt: skip
        if not args and not kwargs:
            raise ValueError("At least one dataset should be passed")
        self.datasets: Any = args or kwargs
        parts = list(args or kwargs.values())
        self._length = len(parts[0])
        if any(len(part) != self._length for part in parts):
            raise ValueError("Size mismatch between datasets")

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: part[index] for name, part in self.datasets.items()}  # pyright: ignore
        return tuple([part[index] for part in self.datasets])

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T]):
    """Data sets one after the other.

    Args:
        datasets: the data sets.
    """

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes: list[int] = list(accumulate(len(d) for d in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> Any:
        if index < 0:
            if -index > len(self):
                raise ValueError("absolute value of index should not exceed dataset length")
            index += len(self)
        which = bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]


class ChainDataset(IterableDataset[Any]):
    """Iterable data sets one after the other."""

    datasets: Any

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets = list(datasets)

    def __iter__(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError("ChainDataset only supports IterableDataset")
            yield from dataset

    def __len__(self) -> int:
        return sum(len(d) for d in self.datasets)  # pyright: ignore[reportArgumentType]


class Subset(Dataset[T]):
    """Some examples of a data set.

    Args:
        dataset: the data set.
        indices: their numbers.
    """

    dataset: Any
    indices: Sequence[int]

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]  # pyright: ignore[reportUnknownVariableType]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: list[int]) -> list[Any]:
        """Several examples at once."""
        chosen = [self.indices[i] for i in indices]
        several: Any = getattr(self.dataset, "__getitems__", None)
        found: Any = several(chosen) if callable(several) else [self.dataset[i] for i in chosen]
        return found

    def __len__(self) -> int:
        return len(self.indices)


def batch_of_tensors(dataset: Any, numbers: Sequence[Any]) -> list[Tensor] | None:
    """The batch that `default_collate` makes of these examples of a `TensorDataset`, or of a part of one.

    One indexing of each tensor makes it, instead of one for each example. None: this is another data set, or an example
    is not there, or its choice or its making may be seen: by autograd, or by a class that is derived from `Tensor`.
    """
    chosen = list(numbers)
    try:
        while type(dataset) is Subset:
            dataset, chosen = dataset.dataset, [dataset.indices[i] for i in chosen]
        if type(dataset) is not TensorDataset or not chosen or any(type(i) is not int for i in chosen):
            return None
        if any(type(t) is not Tensor or t.requires_grad for t in dataset.tensors):
            return None
        return [t[chosen] for t in dataset.tensors]
    except IndexError:
        return None


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = default_generator) -> list[Subset[Any]]:
    """Split a data set at random into parts of given lengths, or shares that add up to 1.

    Args:
        dataset: the data set.
        lengths: the lengths, or the shares; what rounding leaves goes to the first parts, one each.
        generator: the source of randomness.

    Raises:
        ValueError: the lengths do not add up to that of the data set.

    Example:
        >>> import gradiente as torch
        >>> [len(part) for part in torch.utils.data.random_split(range(10), [0.7, 0.3])]
        [7, 3]
    """
    sizes: list[Any] = list(lengths)
    if math.isclose(sum(sizes), 1) and sum(sizes) <= 1:
        for i, share in enumerate(lengths):
            if share < 0 or share > 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1")
        sizes = [math.floor(len(dataset) * share) for share in lengths]
        for i in range(len(dataset) - sum(sizes)):
            sizes[i % len(sizes)] += 1
        for i, size in enumerate(sizes):
            if size == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.", stacklevel=2
                )
    if sum(sizes) != len(dataset):
        raise ValueError("Sum of input lengths does not equal the length of the input dataset!")
    order: list[int] = randperm(sum(sizes), generator=generator).tolist()
    ends = list(accumulate(sizes))
    return [Subset(dataset, order[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


__all__ = [
    "ChainDataset",
    "ConcatDataset",
    "Dataset",
    "IterableDataset",
    "StackDataset",
    "Subset",
    "TensorDataset",
    "random_split",
]
