"""The documentation's examples, run with PyTorch itself: it prints what the pages say it prints."""

from __future__ import annotations

import doctest
import math
import re
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ["README.md", "docs/tutorial.md", "docs/tutorial_es.md", "docs/kinks.md", "docs/inplace.md"]
OURS = "splitlines()[1:]"  # the one example of what gradiente adds to an error


def rows():
    """Function, points and slopes of each row of the tables of kinks."""
    for line in (ROOT / "docs" / "kinks.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            functions, at, slope, _ = (re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split(" | "))
            yield from (pytest.param(f, at, slope, id=f"{f} at {at}") for f in functions)


@pytest.mark.parametrize("name", PAGES)
def test_examples(name):
    text = (ROOT / name).read_text(encoding="utf-8").replace("import gradiente as torch", "import torch")
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    test.examples = [example for example in test.examples if OURS not in example.source]
    failures: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=failures.append)
    assert not failures, "".join(failures)


@pytest.mark.parametrize(("function", "at", "slope"), list(rows()))
def test_slopes(function, at, slope):
    names = {"torch": torch, "F": torch.nn.functional, "inf": math.inf, "nan": math.nan}
    points = [torch.tensor(eval(point, names), requires_grad=True) for point in at]
    called = eval(f"lambda {'x' if len(at) == 1 else 'a, b'}: {function}", names)
    called(*points).sum().backward()
    for point, want in zip(points, slope, strict=True):
        np.testing.assert_array_equal(point.grad.numpy(), np.asarray(eval(want, names), dtype="float32"))
