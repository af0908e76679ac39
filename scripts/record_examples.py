"""Write what PyTorch prints in the shortened runs of the programs in examples/ into examples/expected.

    .venv-parity/bin/python scripts/record_examples.py [NAME …]

The first line of a record is the command, and stays as it is; all else is written anew.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write(path: Path) -> None:
    """Run the command of a record with PyTorch, on one thread, and put what it prints below it."""
    command = path.read_text(encoding="utf-8").partition("\n")[0]
    _, _, *arguments = shlex.split(command)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    path.write_text(f"{command}\n{run.stdout.decode()}", encoding="utf-8")


def main() -> int:
    """Write the records named, or all; return the exit status."""
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed here: run this with .venv-parity/bin/python")
        return 1
    folder = ROOT / "examples" / "expected"
    for path in [folder / f"{name}.txt" for name in sys.argv[1:]] or sorted(folder.glob("*.txt")):
        write(path)
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
