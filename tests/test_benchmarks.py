"""The benchmarks themselves: what is compared is the same, the table and the picture show what was measured."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

import gradiente as torch

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    """The modules of the benchmarks."""
    monkeypatch.syspath_prepend(str(FOLDER))
    names = ("workloads", "programs", "peers", "peers.functional", "peers.adapters", "quick", "picture", "compare")
    found = {name.rpartition(".")[2]: importlib.import_module(name) for name in names}
    yield SimpleNamespace(**found)
    for name in [*names, "worker"]:
        sys.modules.pop(name, None)


SMALL = ("chain-constants", "chain-power", "one-layer", "scalar-expression", "training-step", "mixture", "attention")


@pytest.mark.parametrize("name", SMALL)
def test_functional_workloads_compute_the_same(bench, name):
    """`functional` with NumPy alone has the loss that the workload has: its gradient is compared when it is timed."""
    workload = bench.functional.functional(name)
    step, result = bench.compare.ALL[name].build(torch)
    step()
    found = result()
    loss = float(workload.loss(np, workload.parameters, *workload.batches[0]))
    assert np.isfinite(loss)
    assert all(np.isfinite(np.asarray(values)).all() for values in found)
    if workload.what == "loss":
        assert found[0][0] == pytest.approx(loss, rel=1e-5)
    else:
        assert [np.shape(workload.parameters[i]) for i in workload.shown] == [np.shape(values) for values in found]


def test_every_workload_has_a_functional_form_or_a_reason(bench):
    for library, reasons in bench.peers.ABSENT.items():
        assert reasons.keys() <= bench.compare.ALL.keys(), library
    for name in bench.compare.ALL:
        if name not in ("softmax", "large-mlp", "elementwise"):  # large
            assert bench.functional.functional(name).parameters
    with pytest.raises(LookupError, match="no second derivatives"):
        bench.adapters.build("mygrad", "hessian")


class Answering:
    """Stands for a worker: gives numbers that were decided before."""

    def __init__(self, library, result, seconds):
        self.library, self.result, self.seconds, self.version = library, result, seconds, "1.0+cpu"

    def ask(self, do, workload, steps):
        return self.result if do == "check" else self.seconds


def test_only_what_agrees_is_timed(bench):
    workers = [
        Answering("gradiente", [1.0], 0.5),
        Answering("torch", [1.0], 1.0),
        Answering("jax", [1.1], 0.1),
        Answering("mygrad", "no such thing", 0.1),
    ]
    found = bench.compare.measure("one-layer", bench.compare.ALL["one-layer"], workers, 3)
    assert found["gradiente"] == {"seconds": 0.5, "ratio": 0.5, "low": 0.5, "high": 0.5}
    assert found["jax"] == {"absent": "differs by 1e-01"}
    assert found["mygrad"] == {"absent": "no such thing"}
    assert [bench.compare.cell(found[name]) for name in ("gradiente", "jax")] == ["0.50", "-"]


def test_the_picture_shows_every_figure(bench):
    figures = {"title": "a < b", "gradiente": {"ratio": 0.5}, "torch": {"ratio": 1.0}, "jax": {"absent": "why"}}
    versions = {"gradiente": "1", "torch": "2", "jax": "3"}
    report = {"date": "today", "machine": "here", "versions": versions, "workloads": {"w": figures}}
    text = bench.picture.picture(report)
    words = [element.text for element in ElementTree.fromstring(text).iter() if element.tag.endswith("text")]
    assert "a < b" in words
    assert "here; PyTorch 2; today" in words
    assert text.count(f'cx="{bench.picture.across(0.5)}"') == 1
    assert bench.picture.across(1e-9) == bench.picture.LEFT
    assert bench.picture.across(1e9) == bench.picture.RIGHT
