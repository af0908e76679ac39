"""Write docs/coverage.md: which of torch's operators work here, by torch's own operator database.

`--examine NAME ...` compares these operators again first (`*` at the end of a name for all that begin so, `all` for all
of them) and writes tests/parity/op_db_not_yet.txt, the list of what does not work yet. Needs the group `parity`.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]


def main() -> None:
    """Compare what is asked for, write the list and the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examine", nargs="+", metavar="NAME", default=[], help="operators to compare again")
    parser.add_argument("--verbose", action="store_true", help="say what differs")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    from parity import op_db_list
    from parity.op_db_access import operators
    from parity.op_db_checks import examine

    listed = op_db_list.read()
    for name, op in operators().items():
        if any(w in (name, "all") or (w.endswith("*") and name.startswith(w[:-1])) for w in options.examine):
            differences = {aspect: text for aspect, text in examine(op).items() if text is not None}
            listed[name] = set(differences)
            for aspect, text in differences.items() if options.verbose else ():
                print(f"{name} [{aspect}] {text}")
    if options.examine:
        op_db_list.write(listed)
    page = op_db_list.page()
    op_db_list.PAGE.write_text(page)
    print(page[page.index("| family") :].split("\n\n")[0])


if __name__ == "__main__":
    main()
