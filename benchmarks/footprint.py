"""What a library costs before it computes anything: disk, import time, memory; ``make bench`` prints it.

- Disk: the files of the package and of everything that it requires, as installed in this environment.
- Import: milliseconds of ``import LIBRARY`` beyond those of ``import numpy``, each in a fresh interpreter.
- Memory: the largest resident set of a process that has imported NumPy, the library, and trained fifty steps with it.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

LIBRARIES = ("gradiente", "torch")
REPEATS = 7

IMPORT_PROBE = """
import sys, time
import numpy
start = time.perf_counter()
__import__(sys.argv[1])
print((time.perf_counter() - start) * 1e3)
"""

MEMORY_PROBE = """
import importlib, json, resource, sys
import numpy
unit = 1e6 if sys.platform == "darwin" else 1e3
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
sizes = [peak()]
module = importlib.import_module(sys.argv[1])
sizes.append(peak())
from workloads import WORKLOADS
step, result = WORKLOADS["training-step"].build(module)
for _ in range(50):
    step()
result()
sizes.append(peak())
print(json.dumps(sizes))
"""


def requirements(name: str) -> set[str]:
    """Names of a distribution and of all that it requires (not its extras), as far as they are installed."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if current in found:
            continue
        try:
            requires = metadata.requires(current) or []
        except metadata.PackageNotFoundError:  # required on another platform only
            continue
        found.add(current)
        waiting += [re.split(r"[\s;<>=!~\[(]", text, maxsplit=1)[0] for text in requires if "extra ==" not in text]
    return found


def installed_bytes(name: str) -> int:
    """Bytes on disk of one distribution; of a source tree, where the package is installed as editable."""
    files = {str(path.locate()) for path in metadata.files(name) or []}
    total = sum(Path(path).stat().st_size for path in files if Path(path).is_file())
    if any(path.endswith(".pth") and Path(path).stem.lstrip("_").startswith(name) for path in files):
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            total += sum(p.stat().st_size for p in Path(folder).rglob("*") if p.is_file())
    return total


def probe(code: str, library: str) -> Any:
    """Run code in a fresh interpreter, in the folder of the workloads, and return the JSON it prints."""
    command = [sys.executable, "-c", code, library]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent)
    return json.loads(run.stdout)


def table(title: str, unit: str, rows: list[tuple[str, list[float]]]) -> None:
    """Print one figure of both libraries, a line for each part, and how many times more torch needs in the last."""
    print(f"\n{title + ', ' + unit:<44}{LIBRARIES[0]:>12}{LIBRARIES[1]:>12}")
    for label, values in rows:
        print(f"  {label:<42}" + "".join(f"{value:>12.1f}" for value in values))
    ours, theirs = rows[-1][1]
    print(f"  {'torch needs, times as much':<42}{'':>12}{theirs / ours:>12.1f}")


def main() -> None:
    """Measure and print the three tables."""
    print(", ".join(f"{name} {metadata.version(name)}" for name in (*LIBRARIES, "numpy")))
    own = [installed_bytes(name) / 1e6 for name in LIBRARIES]
    whole = [sum(map(installed_bytes, requirements(name))) / 1e6 for name in LIBRARIES]
    table("installed", "MB", [("the package itself", own), ("with all that it requires", whole)])

    runs: dict[str, list[float]] = {name: [] for name in LIBRARIES}
    for _ in range(REPEATS + 1):
        for name in LIBRARIES:
            runs[name].append(probe(IMPORT_PROBE, name))
    # The first run compiles and fills the disk cache.
    table("import, beyond NumPy's", "ms", [("median of fresh interpreters", [median(runs[n][1:]) for n in LIBRARIES])])

    sizes = [probe(MEMORY_PROBE, name) for name in LIBRARIES]
    labels = ("numpy imported", "library imported", "fifty training steps")
    table("peak memory", "MB", [(label, [s[i] for s in sizes]) for i, label in enumerate(labels)])


if __name__ == "__main__":
    main()
