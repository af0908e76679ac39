"""Names that torch has and gradiente has not: torch's own first line, what to use instead, the closest names."""

from __future__ import annotations

import copy
import importlib
import pickle
import sys
import traceback
from typing import Any

import pytest

import gradiente as torch
from gradiente import _missing
from gradiente._elsewhere import INSTEAD, instead
from gradiente.run import install_alias


def shown(module: Any, name: str) -> str:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("module", "name", "close"),
    [
        ("", "matmull", "matmul"),
        ("nn", "Linearr", "Linear"),
        ("nn.functional", "reluu", "relu"),
        ("nn.init", "xavier_uniforme_", "xavier_uniform_"),
        ("optim", "Adamm", "Adam"),
        ("utils.data", "DataLoaderr", "DataLoader"),
        ("func", "jacrevv", "jacrev"),
        ("amp", "GradScalar", "GradScaler"),
        ("compiler", "disabel", "disable"),
        ("autograd.functional", "jacobain", "jacobian"),
        ("testing", "assert_closed", "assert_close"),
    ],
)
def test_the_first_line_is_pythons_and_close_names_follow(module, name, close):
    full = f"gradiente.{module}".rstrip(".")
    text = shown(importlib.import_module(full), name)
    assert text.startswith(f"module {full!r} has no attribute {name!r}. Closest names: ")
    assert repr(close) in text
    assert text.endswith("gradiente's docs/coverage.md and docs/compared.md list what is there")


@pytest.mark.parametrize(
    ("module", "name", "advice"),
    [
        ("onnx", "export", "there is no export; torch.save"),
        ("fx", "replace_pattern", "programs run as they are written"),
        ("", "export", "programs run as they are written"),
        ("", "sparse_csc_tensor", "the layouts torch.sparse_coo and torch.sparse_csr"),
        ("", "quantize_per_tensor", "tensors are not quantised"),
        ("", "package", "ship code as a Python package"),
        ("", "Stream", "no streams"),
        ("utils", "tensorboard", "write the curves as text or CSV"),
        ("utils", "cpp_extension", "write a torch.autograd.Function"),
        ("", "Stream", "no streams; leave them out"),
        ("jit", "save", "torch.save(model.state_dict(), path)"),
        ("distributed", "new_group", "processes are not connected"),
        ("nn", "quantized", "tensors are not quantised"),
    ],
)
def test_what_lies_outside_says_what_to_use(module, name, advice):
    full = f"gradiente.{module}".rstrip(".")
    text = shown(importlib.import_module(full), name)
    assert text.startswith(f"module {full!r} has no attribute {name!r}: ")
    assert advice in text


@pytest.mark.parametrize(
    ("name", "advice"),
    [("torch.export", "as they are written"), ("torch.package", "ship code as")],
)
def test_imports_of_what_lies_outside(name, advice):
    with install_alias(), pytest.raises(ModuleNotFoundError, match=r"No module named 'torch\.") as e:
        importlib.import_module(name)
    assert advice in str(e.value)
    assert "Modules in" not in str(e.value)


def test_imports_of_names_that_lie_outside():
    with install_alias(), pytest.raises(ImportError, match=r"name 'tensorboard' from 'torch\.utils'") as e:
        exec("from torch.utils import tensorboard")
    assert "write the curves as text or CSV" in str(e.value)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("from torch.profiler import profle", r"'profle' from 'torch\.profiler' \(.*\)\. Closest names: 'profile'"),
        ("from torch.optim.adam import Adm", r"'Adm' from 'torch\.optim\.adam' \(.*\)\. Closest names: 'Adam'"),
        ("from torch.nn.modules.linear import Lnear", r"'Lnear' from 'torch\.nn\.modules\.linear' .*'Linear'"),
        ("from torch.library import Library", r"'Library' from 'torch\.library' .*torch\.autograd\.Function"),
        ("import torch.profiler.nothing", r"No module named 'torch\.profiler\.nothing'"),
    ],
)
def test_imports_from_plain_modules(statement: str, text: str):
    with install_alias(), pytest.raises(ImportError, match=text):
        exec(statement)
    assert not hasattr(torch.profiler, "__path__")
    assert not hasattr(sys.modules["gradiente.optim.adam"], "__path__")


OFFERED = {f"torch.{name}" for name in ("jit", "cuda", "distributed", "nn.parallel", "fx", "library", "onnx")} | {
    "torch.utils.benchmark",
}
"""Modules that are there, with advice for what is missing in them."""


def test_advice_is_given_for_absent_names_alone():
    for full in INSTEAD:
        path = full.split(".")[1:]
        owner: Any = torch
        for part in path[:-1]:
            owner = getattr(owner, part, None)
        if full in OFFERED:
            continue  # for what is missing in them
        assert owner is None or not hasattr(owner, path[-1]), full
    assert instead("torch.utils.data.datapipes.iter") == INSTEAD["torch.utils.data.datapipes"]
    assert instead("torch.sine") == ""


def test_the_text_is_worked_out_when_it_is_shown(monkeypatch):
    asked = []
    monkeypatch.setattr(_missing, "_closest_names", lambda *a: asked.append(a) or "")
    assert not hasattr(torch, "foo")
    assert getattr(torch.nn, "Foo", 3) == 3
    assert asked == []
    with pytest.raises(AttributeError) as caught:
        torch.foo  # noqa: B018
    assert (asked, caught.value.name) == ([], "foo")
    assert str(caught.value) == str(caught.value)
    assert len(asked) == 1


def test_the_error_is_an_ordinary_one():
    with pytest.raises(AttributeError) as caught:
        torch.matmull  # noqa: B018
    error = caught.value
    text = str(error)
    assert error.args == (text,)
    assert repr(error) == f"AttributeError({text!r})"
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(other), str(other)) == (AttributeError, text)
    assert traceback.format_exception_only(error) == [f"AttributeError: {text}\n"]


def test_probes_of_pythons_own_are_answered_shortly():
    assert shown(torch, "__wrapped__") == "module 'gradiente' has no attribute '__wrapped__'"
