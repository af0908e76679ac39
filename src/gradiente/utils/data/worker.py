"""Worker processes, which make the batches of a DataLoader ahead of their use."""

from __future__ import annotations

import multiprocessing
import pickle
import queue
import random as python_random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...ops.generators import manual_seed
from .dataset import IterableDataset


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
        several = getattr(dataset, "__getitems__", None)
        return collate(several(numbers) if callable(several) else [dataset[i] for i in numbers])

    return look_up


def _serve(info: WorkerInfo, loader: Any, tasks: Any, results: Any) -> None:
    """The life of a worker."""
    _Here.info = info
    manual_seed(info.seed)
    python_random.seed(info.seed)
    try:
        if loader.worker_init_fn is not None:
            loader.worker_init_fn(info.id)
        fetch = fetcher(loader.dataset, loader._batched, loader.collate_fn, loader.drop_last)
        broken: Any = None
    except Exception as error:
        fetch, broken = None, error
    while (task := tasks.get()) is not None:
        number, numbers = task
        try:
            if broken is not None:
                raise broken
            found: Any = fetch(numbers)  # pyright: ignore[reportOptionalCall]
        except StopIteration:
            found = StopIteration
        except Exception as error:
            found = _failure(error, info.id)
        results.put((number, pickle.dumps(found)))


def _failure(error: Exception, worker: int) -> _Failure:
    import traceback

    text = f"Caught {type(error).__name__} in DataLoader worker process {worker}.\nOriginal {traceback.format_exc()}"
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return _Failure(RuntimeError(text), text)
    return _Failure(error, text)


def batches_of_workers(loader: Any, base_seed: int) -> Iterator[Any]:
    """The batches of a loader, in the order of its sampler, made by its workers."""
    context: Any = loader.multiprocessing_context
    if context is None or isinstance(context, str):
        context = multiprocessing.get_context(context or "fork")
    count = loader.num_workers
    results = context.Queue()
    tasks = [context.Queue() for _ in range(count)]
    workers = []
    for i in range(count):
        info = WorkerInfo(i, count, base_seed + i, loader.dataset)
        worker = context.Process(target=_serve, args=(info, loader, tasks[i], results), daemon=True)
        worker.start()
        workers.append(worker)
    try:
        yield from _in_order(loader, tasks, results, workers)
    finally:
        for line in tasks:
            line.put(None)
        for worker in workers:
            worker.join(timeout=5)
            if worker.is_alive():
                worker.terminate()


def _in_order(loader: Any, tasks: list[Any], results: Any, workers: list[Any]) -> Iterator[Any]:
    count = len(workers)
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
                tasks[i].put((sent, task))
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
            number, packed = _next_result(results, workers, loader.timeout)
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
