"""Loaders with worker processes; what parity with torch does not show."""

from __future__ import annotations

from typing import Any

import pytest

import gradiente as torch
from gradiente.utils import data


class Squares(data.Dataset[Any]):
    def __getitem__(self, index: int) -> Any:
        if index == 13:
            raise ValueError("unlucky")
        info = data.get_worker_info()
        assert info is None or info.num_workers == 2
        return index * index, -1 if info is None else info.id

    def __len__(self) -> int:
        return 12


class Shards(data.IterableDataset[int]):
    def __iter__(self) -> Any:
        info = data.get_worker_info()
        assert info is not None
        return iter(range(info.id, 10, info.num_workers))


def test_workers_keep_the_order() -> None:
    batches = list(data.DataLoader(Squares(), batch_size=5, num_workers=2))
    assert [x.tolist() for x, _ in batches] == [[0, 1, 4, 9, 16], [25, 36, 49, 64, 81], [100, 121]]
    assert [w[0].item() for _, w in batches] == [0, 1, 0], "batches go round the workers"
    assert data.get_worker_info() is None


def test_workers_share_an_iterable_data_set() -> None:
    found = [x for batch in data.DataLoader(Shards(), batch_size=2, num_workers=2) for x in batch.tolist()]
    assert sorted(found) == list(range(10))


def test_a_workers_error_arrives_with_its_traceback() -> None:
    loader = data.DataLoader(Squares(), sampler=[1, 13], num_workers=1 + 1)
    with pytest.raises(ValueError, match=r"Caught ValueError in DataLoader worker process 1\.\n[\s\S]*unlucky"):
        list(loader)


def test_a_pass_may_be_left_early() -> None:
    for batch in data.DataLoader(Squares(), num_workers=2):
        assert batch[0].item() == 0
        break


def test_shuffling_is_the_same_with_workers() -> None:
    orders = []
    for workers in (0, 2):
        torch.manual_seed(5)
        orders.append([x.item() for x, _ in data.DataLoader(Squares(), shuffle=True, num_workers=workers)])
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == [i * i for i in range(12)]
