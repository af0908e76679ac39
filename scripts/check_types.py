"""Hold the public names to complete types, as type checkers of other programs see them (`pyright --verifytypes`).

pyright must not run inside the repository: its configuration would apply, and a user has none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.975


def report() -> dict[str, Any]:
    """What pyright says about the public names of the package."""
    command = [sys.executable, "-m", "pyright", "--verifytypes", "gradiente", "--ignoreexternal", "--outputjson"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*command, "--pythonpath", sys.executable],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        return json.loads(done.stdout)["typeCompleteness"]
    except (ValueError, KeyError):
        raise SystemExit(f"pyright failed ({done.returncode}):\n{done.stdout}{done.stderr}") from None


def incomplete(found: dict[str, Any]) -> list[str]:
    """A line of text for each public name whose type is not known for certain, with the first reason."""
    lines: list[str] = []
    for symbol in found["symbols"]:
        if symbol["isExported"] and not (symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"]):
            reasons = [d["message"].splitlines()[0] for d in symbol.get("diagnostics", ())]
            lines.append(f"{symbol['name']}: {reasons[0] if reasons else 'its type is incomplete'}")
    return lines


def main() -> int:
    """Print the score, and below the goal the names; return the exit status."""
    found = report()
    score = found["completenessScore"]
    if not found["symbols"]:
        print("types: pyright found no public names", file=sys.stderr)
        return 1
    if score < GOAL:
        print("\n".join(incomplete(found)), file=sys.stderr)
    print(f"types: {score:.1%} of the public names are completely typed (the goal is {GOAL:.1%})")
    return 0 if score >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
