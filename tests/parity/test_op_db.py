"""Every operator of PyTorch's own database, in both libraries: values, derivatives, variants, errors.

What does not work yet stands in `op_db_not_yet.txt`. A test fails if something unlisted differs, and if something
listed works: then `python scripts/coverage.py --examine NAME` takes it from the list and writes docs/coverage.md again.
"""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("expecttest")  # torch's database imports it

from .op_db_access import operators
from .op_db_checks import examine
from .op_db_list import PAGE, page, read

pytestmark = pytest.mark.filterwarnings("ignore")  # of torch, about itself


@pytest.mark.parametrize("name", list(operators()))
def test_operator(name):
    listed = read().get(name, set())
    results = examine(operators()[name])
    wrong = {aspect: text for aspect, text in results.items() if text is not None and aspect not in listed}
    assert not wrong, f"{name} differs from torch: {wrong}"
    works = {aspect for aspect in listed if results.get(aspect) is None}
    assert not works, f"{name} is listed, but works: {works}. Run `python scripts/coverage.py --examine {name}`"


def test_list_names_operators():
    assert set(read()) <= set(operators())


def test_page():
    assert PAGE.read_text() == page(), "docs/coverage.md is old: run `python scripts/coverage.py`"
