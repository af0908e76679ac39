"""What a library costs before it computes anything: disk, import time, memory; ``make bench`` prints it.

- Disk: the files of the package and of everything that it requires, as installed in this environment.
- Import: milliseconds of ``import LIBRARY`` beyond those of ``import numpy``, each in a fresh interpreter.
- Memory: the largest resident set of a process that has imported NumPy, the library, and trained with it: fifty steps
  of a small network, and three of a large one with Adam.
- Wheel: the size of the file that pip downloads; PyTorch's is taken from what is installed only.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import re
import subprocess
import sys
import tempfile
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
from worker import ALL
step, result = ALL[sys.argv[2]].build(module)
for _ in range(int(sys.argv[3])):
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


def wheel_bytes() -> int:
    """Bytes of gradiente's wheel, built for the purpose."""
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, str(root)]
        subprocess.run(command, check=True)
        return next(Path(folder).glob("*.whl")).stat().st_size


def probe(code: str, library: str, *arguments: str) -> Any:
    """Run code in a fresh interpreter, in the folder of the workloads, and return the JSON it prints."""
    command = [sys.executable, "-c", code, library, *arguments]
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

    sizes = [probe(MEMORY_PROBE, name, "training-step", "50") for name in LIBRARIES]
    labels = ("numpy imported", "library imported", "fifty training steps")
    table("peak memory", "MB", [(label, [s[i] for s in sizes]) for i, label in enumerate(labels)])
    large = [probe(MEMORY_PROBE, name, "large-mlp", "3")[-1] for name in LIBRARIES]
    table("peak memory", "MB", [("1024-4096-4096-10, Adam, three steps", large)])
    print(f"\nwheel of gradiente: {wheel_bytes() / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
