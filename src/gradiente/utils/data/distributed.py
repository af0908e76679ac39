"""The part of a data set that one of several processes works on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ...ops.generators import Generator
from ...ops.randomness import randperm
from .sampler import Sampler


class DistributedSampler(Sampler[int]):
    """Every `num_replicas`-th example, from number `rank` on, in an order that all processes agree on.

    Args:
        dataset: the data set.
        num_replicas: how many processes there are.
        rank: the number of this one.
        shuffle: in another order for each epoch, which `set_epoch` says.
        seed: of the orders; the same in all processes.
        drop_last: leave examples out, rather than take some twice, so that all processes have equally many.

    Raises:
        RuntimeError: `num_replicas` or `rank` is left out: no processes are connected that could be asked.
        ValueError: `rank` is no number of a process.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.utils.data.distributed import DistributedSampler
        >>> list(DistributedSampler(range(5), num_replicas=2, rank=1, shuffle=False))
        [1, 3, 0]
    """

    def __init__(
        self,
        dataset: Any,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError(
                "Requires distributed package to be available (gradiente connects no processes: give num_replicas and "
                "rank)"
            )
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset: Any = dataset
        self.num_replicas: int = num_replicas
        self.rank: int = rank
        self.epoch: int = 0
        self.drop_last: bool = drop_last
        whole = len(dataset) - num_replicas if drop_last and len(dataset) % num_replicas else len(dataset)
        self.num_samples: int = math.ceil(whole / num_replicas)
        self.total_size: int = self.num_samples * num_replicas
        self.shuffle: bool = shuffle
        self.seed: int = seed

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)
        if self.shuffle:
            generator = Generator()
            generator.manual_seed(self.seed + self.epoch)
            indices: list[int] = randperm(count, generator=generator).tolist()
        else:
            indices = list(range(count))
        if not self.drop_last and indices:
            indices *= math.ceil(self.total_size / count)
        return iter(indices[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of an epoch; without it all epochs have the same one."""
        self.epoch = epoch


__all__ = ["DistributedSampler"]
