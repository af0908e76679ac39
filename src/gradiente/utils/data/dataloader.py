"""The DataLoader: a data set in batches, in order or shuffled."""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...ops.creation import empty
from ...tensor.dtypes import int64
from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler
from .worker import Workers, batches_of_workers, fetcher


class _BaseDataLoaderIter:
    """What iterates over a loader. These classes bear torch's names: packages ask which one an iterator is of."""

    def __init__(self, loader: DataLoader, batches: Iterator[Any]) -> None:
        self._loader = loader
        self._dataset = loader.dataset
        self._batches = batches

    def __iter__(self) -> _BaseDataLoaderIter:
        return self

    def __next__(self) -> Any:
        return next(self._batches)

    def __len__(self) -> int:
        return len(self._loader)


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter):
    """Makes the batches in this process."""


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """Has the batches made by other processes, which live for one pass, or as long as this iterator."""

    def __init__(self, loader: DataLoader, base_seed: int) -> None:
        self._workers = Workers(loader, base_seed) if loader.persistent_workers else None
        batches = batches_of_workers(loader, base_seed) if self._workers is None else self._workers.batches(loader)
        super().__init__(loader, batches)

    def _reset(self, loader: DataLoader) -> None:
        """Begin another pass with the same workers."""
        assert self._workers is not None
        self._batches = self._workers.batches(loader)


class DataLoader:
    """The examples of a data set in batches.

    Args:
        dataset: the data set: anything with `__getitem__` and `__len__`, or an `IterableDataset`.
        batch_size: how many examples in a batch. None: no batches.
        shuffle: whether the order is drawn anew each time; the order is torch's for the same seed.
        sampler: which examples in which order, instead.
        batch_sampler: the batches of numbers, instead.
        num_workers: how many processes make the batches; 0: this one does.
        collate_fn: makes a batch of a list of examples.
        pin_memory: accepted and without effect: it is for GPUs.
        drop_last: whether a last batch that is smaller is left out.
        timeout: seconds after which a worker that gives nothing is an error; 0: never.
        worker_init_fn: called in each worker with its number.
        multiprocessing_context: how workers are started.
        generator: the source of randomness.
        prefetch_factor: how many batches each worker makes ahead.
        persistent_workers: whether the workers, with their state, go on from one pass to the next.
        pin_memory_device: accepted and without effect.
        in_order: accepted: batches always come in order.

    Raises:
        ValueError: arguments that exclude each other or are out of range.

    Example:
        >>> import gradiente as torch
        >>> [batch.tolist() for batch in torch.utils.data.DataLoader(range(5), batch_size=2)]
        [[0, 1], [2, 3], [4]]
    """

    dataset: Any
    num_workers: int
    timeout: float
    generator: Any
    prefetch_factor: Any
    pin_memory: bool
    pin_memory_device: str
    persistent_workers: bool
    in_order: bool
    worker_init_fn: Callable[[int], None] | None
    multiprocessing_context: Any
    collate_fn: Any
    batch_size: int | None
    drop_last: bool
    sampler: Any
    batch_sampler: Any

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
                "multiprocessing, otherwise set prefetch_factor to None."
            )
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        _warn_of_many(num_workers)
        self.dataset, self.num_workers, self.timeout, self.generator = dataset, num_workers, timeout, generator
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.persistent_workers, self.in_order = persistent_workers, in_order
        self.worker_init_fn, self.multiprocessing_context = worker_init_fn, multiprocessing_context
        self._choose_order(shuffle, sampler, batch_sampler, batch_size, drop_last)
        self.collate_fn = collate_fn or (default_collate if self._batched else default_convert)

    def _choose_order(
        self, shuffle: bool | None, sampler: Any, batch_sampler: Any, batch_size: int | None, drop_last: bool
    ) -> None:
        iterable = isinstance(self.dataset, IterableDataset)
        if iterable:
            for name, value in (("shuffle", shuffle), ("sampler", sampler), ("batch_sampler", batch_sampler)):
                if value not in (False, None):
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if iterable:
                sampler = itertools.repeat(None)
            elif shuffle:
                sampler = RandomSampler(self.dataset, generator=self.generator)
            else:
                sampler = SequentialSampler(self.dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler

    @property
    def _batched(self) -> bool:
        return self.batch_sampler is not None

    def _numbers(self) -> Any:
        """What decides each batch."""
        return self.batch_sampler if self.batch_sampler is not None else self.sampler

    _iterator: Any = None
    """The iterator whose workers are kept for the next pass, with `persistent_workers`."""

    def __iter__(self) -> Iterator[Any]:
        if self._iterator is not None:
            self._iterator._reset(self)
            return self._iterator
        # The seed of the workers is drawn whether there are any or not, so that later draws are torch's.
        if self.pin_memory:
            _warn_of_pinning(self.pin_memory_device)
        base_seed = int(empty((), dtype=int64).random_(generator=self.generator).item())
        if not self.num_workers:
            return _SingleProcessDataLoaderIter(self, self._batches())
        made = _MultiProcessingDataLoaderIter(self, base_seed)
        if self.persistent_workers:
            self._iterator = made
        return made

    def _batches(self) -> Iterator[Any]:
        fetch = fetcher(self.dataset, self._batched, self.collate_fn, self.drop_last)
        for numbers in self._numbers():
            try:
                batch = fetch(numbers)
            except StopIteration:
                return
            yield batch

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset):
            n = len(self.dataset)  # pyright: ignore[reportArgumentType]
            if self.batch_size is None:
                return n
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self._numbers())


def _warn_of_many(workers: int) -> None:
    """Warn where there are more workers than processors."""
    allowed = hasattr(os, "sched_getaffinity")
    count = len(os.sched_getaffinity(0)) if allowed else os.cpu_count()
    if not workers or (count is not None and workers <= count):
        return
    advice = "DataLoader is not able to compute a suggested max number of worker in current system."
    if count is not None:
        advice = (
            f"Our suggested max number of worker in current system is {count}"
            f"{'' if allowed else ' (`cpuset` is not taken into account)'}, which is smaller than what this DataLoader "
            "is going to create."
        )
    warnings.warn(
        f"This DataLoader will create {workers} worker processes in total. {advice} Please be aware that excessive "
        "worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential "
        "slowness/freeze if necessary.",
        stacklevel=3,
    )


def _warn_of_pinning(device: str) -> None:
    if device:
        warnings.warn(
            "pin_memory_device is deprecated, the current accelerator will be used as the device,ignore "
            f"pin_memory_device='{device}'.",
            stacklevel=3,
        )
    warnings.warn(
        "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.",
        stacklevel=3,
    )


__all__ = ["DataLoader"]
