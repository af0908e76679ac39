"""Files that safetensors.torch wrote read by gradiente, and the other way around."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gradiente
from gradiente.serialization import safetensors as ours

theirs: Any = pytest.importorskip("safetensors.torch")

DTYPES = [
    *("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64"),
]


def tensors(module: Any) -> dict[str, Any]:
    module.manual_seed(0)
    found = {
        f"{dtype}.{len(shape)}": module.randint(0, 100, shape).to(getattr(module, dtype))
        for dtype in DTYPES
        for shape in ((), (5,), (2, 3), (0, 2, 2))
    }
    return {**found, **module.nn.Linear(3, 2).state_dict()}


def told(found: dict[str, Any]) -> list[str]:
    return [f"{name} {tuple(x.shape)} {x.dtype} {x!r}" for name, x in sorted(found.items())]


def test_the_bytes_are_the_same():
    assert ours.save(tensors(gradiente), {"k": "v"}) == theirs.save(tensors(torch), {"k": "v"})


@pytest.mark.parametrize(
    ("writer", "own", "reader"), [(ours, gradiente, theirs), (theirs, torch, ours)], ids=["to torch", "from torch"]
)
def test_the_other_reads_what_one_wrote(tmp_path, writer, own, reader):
    given = tensors(own)
    writer.save_file(given, tmp_path / "x")
    assert told(reader.load_file(tmp_path / "x")) == told(given)
    assert told(reader.load(writer.save(given))) == told(given)


def test_a_model_with_tied_weights_crosses(tmp_path):
    model, other = gradiente.nn.Linear(2, 2), torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    other[1].weight, other[1].bias = other[0].weight, other[0].bias
    theirs.save_model(other, tmp_path / "x")
    model.load_state_dict({name.removeprefix("0."): x for name, x in ours.load_file(tmp_path / "x").items()})
    assert model.weight.tolist() == other[1].weight.tolist()
    assert ours.load_metadata(tmp_path / "x") == {"1.bias": "0.bias", "1.weight": "0.weight"}


@pytest.mark.parametrize("given", [[1], {"a": 1}], ids=["list", "number"])
def test_errors_are_torchs(given):
    with pytest.raises(ValueError, match=r"[eE]xpected") as expected:
        theirs.save(given)
    with pytest.raises(ValueError, match=r"[eE]xpected") as found:
        ours.save(given)
    assert str(found.value) == str(expected.value)
