"""One library in one process: builds the workloads with it, runs them when asked, and answers on standard output.

A request is a line of JSON, so is its answer. Started by ``quick.py`` as ``python worker.py gradiente`` or ``torch``.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
from time import perf_counter
from typing import Any

from programs import PROGRAMS
from workloads import WORKLOADS

ALL = {**WORKLOADS, **PROGRAMS}


def answer(module: Any, built: dict[str, Any], request: dict[str, Any]) -> Any:
    """Carry out one request: ``check`` gives the numbers after some steps, ``time`` the seconds of one step."""
    name = request["workload"]
    if request["do"] == "check":
        step, result = built[name] = ALL[name].build(module)
        for _ in range(request["steps"]):
            step()
        return result()
    step, _ = built[name]
    repeat = request["steps"]
    # The collector stays on, as it is for users; both libraries start with the same, empty, nursery.
    gc.collect()
    start = perf_counter()
    for _ in range(repeat):
        step()
    return (perf_counter() - start) / repeat


def main() -> None:
    """Answer requests until the input ends."""
    module = importlib.import_module(sys.argv[1])
    built: dict[str, Any] = {}
    print(json.dumps(module.__version__), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(module, built, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
