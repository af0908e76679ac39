"""Hold every Python file to its budget of lines.

A file that grows past it has more than one subject: split it by subject, not by size.
"""

from __future__ import annotations

import sys
from pathlib import Path

BUDGETS = {"src": 400, "demo": 400, "examples": 400, "benchmarks": 400, "scripts": 400, "tests": 500}


def too_long(root: Path) -> list[str]:
    """Return one line of text for each file under ``root`` that is over the budget of its top folder."""
    findings = []
    for folder, budget in BUDGETS.items():
        for path in sorted((root / folder).rglob("*.py")):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > budget:
                findings.append(f"{path.relative_to(root)}: {lines} lines, the budget in {folder}/ is {budget}")
    return findings


def main() -> int:
    """Check the folder given as argument, or this repository; print the findings and return the exit status."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    findings = too_long(root)
    print("\n".join(findings) or "file lengths: all within budget")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
