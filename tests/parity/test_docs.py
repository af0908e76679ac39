"""The documentation's examples, run with PyTorch itself: it prints what the pages say it prints."""

from __future__ import annotations

import doctest
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradiente

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


DIFFERS = {"torch.lgamma(x)": "at -1 torch's reflection formula gives 10³² in place of ∞"}
"""Rows whose second slopes are ours alone, and why."""


OTHER_SIDE_FORWARDS = {"F.prelu(x, torch.tensor(0.25))"}
"""Where torch's forward mode takes another side of a kink than its reverse mode; here both take that of the latter."""


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # from torch itself
@pytest.mark.parametrize(("function", "at"), [pytest.param(*p.values[:2], id=p.id) for p in rows()])
def test_second_slopes_and_forward_mode(function, at):
    """Second slopes and forward mode are torch's too; where its formulas run into 0/0, ours may have a value."""
    found: list[tuple[list[Any], list[Any]]] = []
    for library in (gradiente, torch):
        names = {"torch": library, "F": library.nn.functional, "inf": math.inf, "nan": math.nan}
        called = eval(f"lambda {'x' if len(at) == 1 else 'a, b'}: {function}", names)
        values = [np.asarray(eval(point, names), dtype="float32") for point in at]
        points = [library.tensor(v.tolist(), requires_grad=True) for v in values]
        first = library.autograd.grad(called(*points).sum(), points, create_graph=True)
        total = sum(g.sum() for g in first)
        second = library.autograd.grad(total, points, allow_unused=True) if total.requires_grad else [None] * len(at)
        slopes = [np.zeros(v.shape) if g is None else array(g) for g, v in zip(second, values, strict=True)]
        found.append((slopes, [tangent(library, called, values)]))
    if function not in OTHER_SIDE_FORWARDS:
        for ours, theirs in zip(*[pair[1] for pair in found], strict=True):
            np.testing.assert_allclose(np.where(np.isnan(theirs), theirs, ours), theirs, rtol=1e-5)
    if function not in DIFFERS:
        for ours, theirs in zip(*[pair[0] for pair in found], strict=True):
            np.testing.assert_allclose(np.where(np.isnan(theirs), theirs, ours), theirs, rtol=1e-5)


def array(x):
    return x.detach().numpy(force=True) if isinstance(x, torch.Tensor) else x.detach().numpy()


def tangent(library, called, values):
    """The sum of the results' tangent, for tangents of 1 in all operands."""
    forward = library.autograd.forward_ad
    with forward.dual_level():
        tensors = [library.tensor(v.tolist()) for v in values]
        out = called(*[forward.make_dual(x, library.ones_like(x)) for x in tensors])
        found = forward.unpack_dual(out).tangent
        return 0.0 if found is None else found.sum().item()


@pytest.mark.parametrize(("function", "at", "slope"), list(rows()))
def test_slopes(function, at, slope):
    names = {"torch": torch, "F": torch.nn.functional, "inf": math.inf, "nan": math.nan}
    points = [torch.tensor(eval(point, names), requires_grad=True) for point in at]
    called = eval(f"lambda {'x' if len(at) == 1 else 'a, b'}: {function}", names)
    called(*points).sum().backward()
    for point, want in zip(points, slope, strict=True):
        np.testing.assert_array_equal(array(point.grad), np.asarray(eval(want, names), dtype="float32"))
