"""One library in one process: builds the workloads with it, runs them when asked, and answers on standard output.

A request is a line of JSON, so is its answer. ``quick.py`` and ``compare.py`` start it as ``python worker.py LIBRARY``:
a module with torch's API (gradiente, torch, candle), ``torch.compile``, or one that `peers` knows.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
from importlib.metadata import version
from time import perf_counter, sleep
from typing import Any

import peers
from programs import PROGRAMS
from workloads import WORKLOADS, Runner

ALL = {**WORKLOADS, **PROGRAMS}

REST = 0.15
"""Seconds before each timing: the threads of BLAS and OpenMP of the library before go on spinning for a while, on the
processors that the next one needs."""


def built_with(library: str, module: Any, name: str) -> Runner:
    """The step of a workload with a library, and its result. LookupError, with the reason, where it has none."""
    if library in peers.FUNCTIONAL:
        from peers.adapters import build

        return build(library, name)
    reason = peers.ABSENT.get(library, {}).get(name)
    if reason is not None:
        raise LookupError(reason)
    step, result = ALL[name].build(module)
    return (module.compile(step) if library == "torch.compile" else step), result


def answer(library: str, module: Any, built: dict[str, Any], request: dict[str, Any]) -> Any:
    """Carry out one request: ``check`` gives the numbers after some steps, ``time`` the seconds of one step.

    Where a library cannot run a workload, ``check`` says why, as a text.
    """
    name = request["workload"]
    if request["do"] == "check":
        try:
            step, result = built[name] = built_with(library, module, name)
            for _ in range(request["steps"]):
                step()
            return result()
        except Exception as error:  # whatever a peer raises is the reason for its empty cell
            if library in ("gradiente", "torch"):
                raise
            return f"{type(error).__name__}: {error}".partition("\n")[0][:100]
    step, _ = built[name]
    repeat = request["steps"]
    # The collector stays on, as it is for users; both libraries start with the same, empty, nursery.
    gc.collect()
    sleep(REST)
    for _ in range(1 + repeat // 10):  # the first steps after the rest find cold caches
        step()
    start = perf_counter()
    for _ in range(repeat):
        step()
    return (perf_counter() - start) / repeat


def version_of(library: str, module: Any) -> str:
    """The version of a library, from the module or from its distribution."""
    return str(getattr(module, "__version__", None) or version(library))


def main() -> None:
    """Answer requests until the input ends."""
    library = sys.argv[1]
    module = importlib.import_module("torch" if library == "torch.compile" else library)
    built: dict[str, Any] = {}
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    print(json.dumps(version_of(library, module)), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(library, module, built, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
