"""Files of PyTorch read by gradiente, and the other way around."""

from __future__ import annotations

import importlib
import io
import pickle
import zipfile
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

from .module_cases import CASES

DTYPES = [
    *("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"),
    *("complex64", "complex128"),
]
WAYS = pytest.mark.parametrize(
    ("writer", "reader"),
    [(gradiente, torch), (torch, gradiente), (gradiente, gradiente)],
    ids=["to torch", "from torch", "own"],
)
FORMS = pytest.mark.parametrize("archive", [True, False], ids=["zip", "old"])


def moved(writer: Any, reader: Any, obj: Any, archive: bool = True, **options: Any) -> Any:
    file = io.BytesIO()
    writer.save(obj, file, _use_new_zipfile_serialization=archive)
    file.seek(0)
    return reader.load(file, **options)


def told(x: Any) -> str:
    """What there is to see of an object, the same in both libraries."""
    if isinstance(x, dict):
        inner = {k: told(v) for k, v in x.items()}
        return f"{type(x).__name__} {inner} {told(getattr(x, '_metadata', None))}"
    if type(x) in (list, tuple):
        return f"{type(x).__name__} {[told(v) for v in x]}"
    if hasattr(x, "requires_grad"):
        return f"{x!r} {x.dtype} {x.stride()} {x.storage_offset()} {x.is_leaf} {sorted(x.__dict__.items())}"
    return repr(x)


def example(module: Any) -> Any:
    module.manual_seed(0)
    x = module.arange(24.0).reshape(2, 3, 4)
    tagged, parameter = module.zeros(1), module.nn.Parameter(module.ones(2))
    tagged.tag, parameter.tag = "a", ["b"]
    net = module.nn.Sequential(module.nn.Linear(3, 2), module.nn.BatchNorm1d(2))
    optimizer = module.optim.Adam(net.parameters(), lr=0.1)
    net(module.ones(4, 3)).sum().backward()
    optimizer.step()
    return {
        "views": [x, x[1], x.permute(2, 0, 1), x[:, 1, ::2], x.reshape(-1)[5:20:3], module.ones(1).expand(3, 4)],
        "types": [module.ones(2, 2).to(getattr(module, name)) for name in DTYPES],
        "shapes": [module.tensor(5), module.zeros(0), module.zeros(2, 0, 3)],
        "leaves": [module.ones(2, requires_grad=True), parameter, module.nn.Parameter(x), tagged],
        "plain": [1, -300, 2**40, 2**70, -1.5, 1j, None, True, "é", b"ab\xff", (), (1,), (1, 2, 3, 4), {1}, [[]]],
        "names": [module.float32, module.Size([1, 2]), module.device("cuda", 1), module.strided],
        "state": net.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


@WAYS
@FORMS
@pytest.mark.parametrize("only", [True, False])
def test_everything_arrives(writer, reader, archive, only):
    assert told(moved(writer, reader, example(writer), archive, weights_only=only)) == told(example(reader))


@WAYS
@FORMS
def test_memory_is_shared_as_before(writer, reader, archive):
    x = writer.arange(6.0).reshape(2, 3)
    a, b, c, d = moved(writer, reader, [x, x.t(), x[1], x], archive)
    a[1, 2] = 50
    assert (b[2, 1], c[2]) == (50, 50)
    assert d is a


@WAYS
@pytest.mark.parametrize("mmap", [False, True])
def test_files_by_path(writer, reader, mmap, tmp_path):
    path = tmp_path / "model.v1.pt"
    writer.save({"x": writer.arange(100)}, path)
    assert reader.load(path, mmap=mmap)["x"].tolist() == list(range(100))


def test_an_archive_has_the_same_entries(tmp_path):
    listed = []
    for module in (gradiente, torch):
        path = tmp_path / "model.pt"
        module.save([module.arange(3.0), module.ones(2)], path)
        with zipfile.ZipFile(path) as file:
            entries = [(e.filename, e.compress_type, e.file_size) for e in file.infolist()]
            pickled = file.read("model/data.pkl")
        listed.append((entries, pickled))
    assert listed[0] == listed[1]


@pytest.mark.parametrize("name", sorted({case[0] for case in CASES} - {"ReLU6"}))  # torch's ReLU6 keeps its limits
def test_whole_layers(name):
    _, args, kwargs, _ = next(case for case in CASES if case[0] == name)
    for writer, reader in ((gradiente, torch), (torch, gradiente)):
        writer.manual_seed(0)
        layer = getattr(writer.nn, name)(*args, **kwargs)
        found = moved(writer, reader, layer, weights_only=False)
        assert type(found) is getattr(reader.nn, name)
        assert repr(found) == repr(layer)
        assert told(found.state_dict()) == told(layer.state_dict())


def test_a_model_computes_the_same_in_the_other_library():
    for writer, reader in ((gradiente, torch), (torch, gradiente)):
        nn = writer.nn
        net = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 3)
        )
        image = np.random.default_rng(0).standard_normal((2, 1, 4, 4)).astype("float32")
        other = moved(writer, reader, net.eval(), weights_only=False)
        first = net(writer.from_numpy(image)).detach()
        np.testing.assert_allclose(other(reader.from_numpy(image)).detach().numpy(), first.numpy(), atol=1e-6)


def test_names_of_classes_and_functions_exist_there():
    from gradiente.serialization.names import torchs_name

    for module in ("nn", "optim", "nn.functional", "linalg", "fft"):
        home = importlib.import_module(f"gradiente.{module}")
        for name, thing in vars(home).items():
            if not isinstance(thing, type) and module in ("nn", "optim"):
                continue
            known = torchs_name(thing) if callable(thing) and not name.startswith("_") else None
            if known is None or not hasattr(importlib.import_module(f"torch.{module}"), name) or "Error" in name:
                continue
            assert hasattr(importlib.import_module(known[0]), known[1]), (module, name, known)


def test_conjugate_and_negative_views():
    z = torch.tensor([2 + 1j])
    assert moved(torch, gradiente, z.conj()).tolist() == [2 - 1j]
    assert moved(torch, gradiente, z.conj().imag).tolist() == [-1]


def test_named_results():
    for writer, reader in ((gradiente, torch), (torch, gradiente)):
        found = moved(writer, reader, writer.ones(2, 2).max(0), weights_only=False)
        assert type(found) is reader.return_types.max
        assert found.values.tolist() == [1, 1]


class Evil:
    def __reduce__(self) -> Any:
        import os

        return os.system, ("echo this must not run",)


@pytest.mark.parametrize(
    "obj", [slice(1, 2), frozenset([1]), torch.nn.ReLU(), Evil(), torch.relu, range(3)], ids=lambda o: type(o).__name__
)
def test_refusals_have_torchs_words(obj):
    file, found = io.BytesIO(), []
    torch.save(obj, file)
    for module in (torch, gradiente):
        file.seek(0)
        with pytest.raises(pickle.UnpicklingError) as caught:
            module.load(file)
        file.seek(0)
        found.append((str(caught.value), sorted(module.serialization.get_unsafe_globals_in_checkpoint(file))))
    assert found[0] == found[1]


def failing(module: Any) -> Any:
    """Calls that are refused, by what is wrong with them."""
    whole = io.BytesIO()
    module.save({"a": module.ones(2)}, whole)
    content = whole.getvalue()
    return {
        "no file": lambda: module.load("/no/such/file"),
        "empty": lambda: module.load(io.BytesIO()),
        "no pickle": lambda: module.load(io.BytesIO(b"garbage")),
        "cut": lambda: module.load(io.BytesIO(content[:-20])),
        "half": lambda: module.load(io.BytesIO(content[: len(content) // 2])),
        "number": lambda: module.load(3),
        "save to number": lambda: module.save(1, 3),
        "no folder": lambda: module.save(1, "/no/such/folder/x"),
        "no name": lambda: module.save(1, ""),
        "cuda": lambda: module.load(io.BytesIO(content), map_location="cuda"),
        "mmap": lambda: module.load(io.BytesIO(content), mmap=True),
        "map": lambda: module.load(io.BytesIO(content), map_location=3),
        "pickle module": lambda: module.load(io.BytesIO(content), pickle_module=pickle, weights_only=True),
    }


@pytest.mark.parametrize("what", list(failing(gradiente)))
def test_errors_begin_with_torchs(what):
    found = []
    for module in (torch, gradiente):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - compared below
            failing(module)[what]()
        found.append((type(caught.value), str(caught.value)))
    (kind, text), (own_kind, own_text) = found
    assert own_kind is kind
    text = text.split(". This is an internal miniz")[0].rstrip()
    assert own_text.startswith(text) or text == ""
