"""Data sets, samplers and loaders against torch: the same examples in the same order for the same seed."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

Pair = namedtuple("Pair", "a b")


def plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist(), str(value.dtype)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(plain, value)]
    return value


def both(program: Any) -> None:
    outcomes = []
    for library in (gradiente, torch):
        library.manual_seed(11)
        try:
            outcomes.append(plain(program(library, library.utils.data)))
        except Exception as error:
            outcomes.append((type(error).__name__, str(error)))
    assert outcomes[0] == outcomes[1]


def tensors(t: Any, d: Any) -> Any:
    return d.TensorDataset(t.arange(11), t.arange(22.0).view(11, 2))


def count(d: Any, n: int) -> Any:
    class Count(d.IterableDataset):
        def __iter__(self) -> Any:
            return iter(range(n))

        def __len__(self) -> int:
            return n

    return Count()


PROGRAMS = {
    "in order": lambda t, d: list(d.DataLoader(tensors(t, d), batch_size=4)),
    "shuffled": lambda t, d: [list(d.DataLoader(tensors(t, d), 4, shuffle=True)) for _ in range(2)] + [t.rand(2)],
    "drop last": lambda t, d: [len(loader := d.DataLoader(tensors(t, d), 4, drop_last=True)), *loader],
    "a generator": lambda t, d: list(d.DataLoader(tensors(t, d), 4, True, generator=t.Generator().manual_seed(3))),
    "no batches": lambda t, d: list(d.DataLoader(tensors(t, d), batch_size=None)),
    "numbers": lambda t, d: list(d.DataLoader([1.5, 2.5, 3.5], 2)),
    "names": lambda t, d: list(d.DataLoader([{"a": 1, "b": [1.0, "x"]}, {"a": 2, "b": [2.0, "y"]}], 2)),
    "a named tuple": lambda t, d: list(d.DataLoader([Pair(1, np.ones(2)), Pair(2, np.zeros(2))], 2)),
    "a sampler": lambda t, d: list(d.DataLoader(range(5), 2, sampler=[4, 0, 2])),
    "a batch sampler": lambda t, d: list(d.DataLoader(range(5), batch_sampler=[[4, 0], [2]])),
    "with replacement": lambda t, d: list(d.RandomSampler(range(7), True, 40)),
    "more than there are": lambda t, d: list(d.RandomSampler(range(7), num_samples=17)),
    "a subset": lambda t, d: list(d.SubsetRandomSampler([3, 5, 8])),
    "weights": lambda t, d: list(d.WeightedRandomSampler([0.1, 0.5, 0.4], 9)),
    "batches": lambda t, d: list(d.BatchSampler(d.SequentialSampler(range(5)), 2, False)),
    "a split": lambda t, d: [list(p.indices) for p in d.random_split(range(10), [3, 7])],
    "shares": lambda t, d: [list(p.indices) for p in d.random_split(range(11), [0.5, 0.3, 0.2])],
    "one after the other": lambda t, d: [len(c := tensors(t, d) + tensors(t, d)), c[12], c[-1]],
    "side by side": lambda t, d: d.StackDataset(a=range(3), b=[7, 8, 9])[1],
    "part of it": lambda t, d: list(d.DataLoader(d.Subset(range(10), [1, 5, 9]), 2)),
    "iterable": lambda t, d: [len(loader := d.DataLoader(count(d, 5), 2)), *loader],
    "iterable, drop last": lambda t, d: list(d.DataLoader(count(d, 5), 2, drop_last=True)),
    "a chain": lambda t, d: list(d.DataLoader(d.ChainDataset([count(d, 2), count(d, 3)]), 2)),
    "no batch of lengths": lambda t, d: list(d.DataLoader([[1], [2, 3]], 2)),
    "no batch of objects": lambda t, d: list(d.DataLoader([object()], 1)),
    "shuffle and sampler": lambda t, d: d.DataLoader(range(3), shuffle=True, sampler=[1]),
    "iterable and shuffle": lambda t, d: d.DataLoader(count(d, 2), shuffle=True),
    "batch sampler and size": lambda t, d: d.DataLoader(range(3), 2, batch_sampler=[[1]]),
    "negative workers": lambda t, d: d.DataLoader(range(3), num_workers=-1),
    "prefetch alone": lambda t, d: d.DataLoader(range(3), prefetch_factor=2),
    "no last": lambda t, d: d.DataLoader(range(3), None, drop_last=True),
    "size 0": lambda t, d: d.DataLoader(range(3), 0),
    "empty and shuffled": lambda t, d: d.DataLoader([], shuffle=True),
    "lengths that do not fit": lambda t, d: d.random_split(range(3), [1, 1]),
    "sizes that do not fit": lambda t, d: d.TensorDataset(t.ones(2), t.ones(3)),
    "no items": lambda t, d: d.Dataset()[0],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_data(name: str) -> None:
    both(PROGRAMS[name])
