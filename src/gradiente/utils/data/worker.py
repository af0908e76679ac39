"""Worker processes, which make the batches of a DataLoader ahead of their use."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
import random as python_random
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ...ops.generators import manual_seed
from .collate import default_collate
from .dataset import IterableDataset, batch_of_tensors


class WorkerInfo(NamedTuple):
    """What a worker knows of itself: its number, how many there are, its seed, its copy of the data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


class _Here:
    """The worker that this process is, if it is one."""

    info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """What the worker knows in which this is called; None in the main process."""
    return _Here.info


class _Failure(NamedTuple):
    """An error of a worker, on its way to the main process."""

    error: BaseException
    text: str


def fetcher(dataset: Any, batched: bool, collate: Callable[[Any], Any], drop_last: bool) -> Callable[[Any], Any]:
    """The function that makes a batch of what a sampler gives; StopIteration where an iterable data set has ended."""
    if isinstance(dataset, IterableDataset):
        examples = iter(dataset)

        def take(numbers: Any) -> Any:
            if not batched:
                return collate(next(examples))
            batch = [example for _, example in zip(numbers, examples, strict=False)]
            if not batch or (drop_last and len(batch) < len(numbers)):
                raise StopIteration
            return collate(batch)

        return take

    def look_up(numbers: Any) -> Any:
        if not batched:
            return collate(dataset[numbers])
        if collate is default_collate and (batch := batch_of_tensors(dataset, numbers)) is not None:
            return batch
        several = getattr(dataset, "__getitems__", None)
        return collate(several(numbers) if callable(several) else [dataset[i] for i in numbers])

    return look_up


def _serve(info: WorkerInfo, loader: Any, tasks: Any, results: Any) -> None:
    """The life of a worker: tasks are the number of the pass, that of the batch, and what the sampler gave for it."""
    _Here.info = info
    _sow(info)
    broken: Any = None
    try:
        if loader.worker_init_fn is not None:
            loader.worker_init_fn(info.id)
    except Exception as error:
        broken = error
    fetch, current = None, None
    while (task := tasks.get()) is not None:
        turn, number, numbers = task
        try:
            if broken is not None:
                raise broken
            if fetch is None or turn != current:
                fetch = fetcher(loader.dataset, loader._batched, loader.collate_fn, loader.drop_last)
                current = turn
            found: Any = fetch(numbers)
        except StopIteration:
            found = StopIteration
        except Exception as error:
            found = _failure(error, info.id)
        results.put((turn, number, pickle.dumps(found)))


def _sow(info: WorkerInfo) -> None:
    """Seed all that a data set may draw from: torch's numbers, Python's and NumPy's differ from worker to worker."""
    manual_seed(info.seed)
    python_random.seed(info.seed)
    base = info.seed - info.id
    words = np.random.SeedSequence([info.id, base & 0xFFFFFFFF, base >> 32]).generate_state(4)
    np.random.seed(words)  # the old state: programs draw from it, as torch expects them to


def _failure(error: Exception, worker: int) -> _Failure:
    import traceback

    text = f"Caught {type(error).__name__} in DataLoader worker process {worker}.\nOriginal {traceback.format_exc()}"
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return _Failure(RuntimeError(text), text)
    return _Failure(error, text)


class Workers:
    """The worker processes of a loader, which make its batches in one pass after another.

    They end with `close`, or with this object.
    """

    def __init__(self, loader: Any, base_seed: int) -> None:
        context: Any = loader.multiprocessing_context
        if context is None or isinstance(context, str):
            context = multiprocessing.get_context(context or "fork")
        count = loader.num_workers
        self._results = context.Queue()
        self._tasks = [context.Queue() for _ in range(count)]
        self._processes: list[Any] = []
        self._turn = 0
        for i in range(count):
            info = WorkerInfo(i, count, base_seed + i, loader.dataset)
            process = context.Process(target=_serve, args=(info, loader, self._tasks[i], self._results), daemon=True)
            process.start()
            self._processes.append(process)
        self.close = weakref.finalize(self, _stop, self._tasks, self._processes, os.getpid())

    def batches(self, loader: Any) -> Iterator[Any]:
        """The batches of one pass, in the order of the loader's sampler."""
        self._turn = turn = self._turn + 1
        tasks = self._tasks
        count = len(tasks)
        numbers = iter(loader._numbers())
        alive = [True] * count
        sent, given = 0, 0
        waiting: dict[int, Any] = {}
        owner: dict[int, int] = {}

        def send() -> None:
            nonlocal sent
            for _ in range(count):
                i = sent % count
                if alive[i]:
                    try:
                        task = next(numbers)
                    except StopIteration:
                        return
                    tasks[i].put((turn, sent, task))
                    owner[sent] = i
                    sent += 1
                    return
                sent += 1
                owner[sent - 1] = -1

        for _ in range((loader.prefetch_factor or 2) * count):
            send()
        while given < sent:
            if owner[given] < 0:
                given += 1
                continue
            while given not in waiting:
                made_in, number, packed = _next_result(self._results, self._processes, loader.timeout)
                if made_in == turn:  # else it is what a pass has left that was not gone through to the end
                    waiting[number] = pickle.loads(packed)
            found = waiting.pop(given)
            if found is StopIteration:
                alive[owner[given]] = False
            given += 1
            if isinstance(found, _Failure):
                raise type(found.error)(found.text) from found.error
            send()
            if found is not StopIteration:
                yield found


def _stop(tasks: list[Any], processes: list[Any], owner: int) -> None:
    if os.getpid() != owner:  # a process that was forked off has a copy of what it does not own
        return
    for line in tasks:
        line.put(None)
    for process in processes:
        process.join(timeout=5)
        if process.is_alive():
            process.terminate()


def batches_of_workers(loader: Any, base_seed: int) -> Iterator[Any]:
    """The batches of one pass of a loader, made by workers that end with it."""
    workers = Workers(loader, base_seed)
    try:
        yield from workers.batches(loader)
    finally:
        workers.close()


def _next_result(results: Any, workers: list[Any], timeout: float) -> Any:
    waited = 0.0
    while True:
        try:
            return results.get(timeout=1.0)
        except queue.Empty:
            waited += 1.0
            dead = [w for w in workers if not w.is_alive()]
            if dead:
                pids = ", ".join(str(w.pid) for w in dead)
                raise RuntimeError(f"DataLoader worker (pid(s) {pids}) exited unexpectedly") from None
            if timeout and waited >= timeout:
                raise RuntimeError(f"DataLoader timed out after {timeout} seconds") from None


__all__ = ["WorkerInfo", "get_worker_info"]
