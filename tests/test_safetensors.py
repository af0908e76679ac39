"""gradiente.serialization.safetensors: what comes back, what is refused; safetensors.torch for programs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import gradiente as torch
from gradiente.serialization import safetensors as st

package = pytest.importorskip("safetensors")

DTYPES = [
    *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
    *(torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64),
]


def header(content: dict, data: bytes = b"") -> bytes:
    """A file with this header."""
    text = json.dumps(content).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(dtype: str = "F32", shape: tuple[int, ...] = (2,), offsets: tuple[int, int] = (0, 8)) -> dict:
    return {"x": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 2)], ids=str)
def test_every_dtype_and_shape_comes_back(path, dtype, shape):
    x = torch.randint(0, 2, shape).to(dtype)
    st.save_file({"x": x}, path)
    for found in (st.load_file(path), st.load(st.save({"x": x}))):
        assert list(found) == ["x"]
        assert (found["x"].dtype, found["x"].shape) == (dtype, x.shape)
        assert torch.equal(found["x"], x)


def test_what_is_loaded_can_be_changed(path):
    st.save_file({"x": torch.ones(2)}, path)
    for found in (st.load_file(path)["x"], st.load(path.read_bytes())["x"]):
        found += 1
        assert found.tolist() == [2, 2]
    assert st.load_file(path)["x"].tolist() == [1, 1]


def test_the_values_of_views_and_parameters_are_saved(path):
    x = torch.arange(6.0).reshape(2, 3)
    weight = torch.nn.Parameter(torch.ones(2))
    st.save_file({"t": x.T, "w": weight}, path)
    found = st.load_file(path)
    assert found["t"].tolist() == x.T.tolist()
    assert not found["w"].requires_grad


def test_names_come_in_order_and_a_model_loads_them(path):
    torch.manual_seed(0)
    model, other = torch.nn.Linear(2, 3), torch.nn.Linear(2, 3)
    st.save_file(model.state_dict(), str(path))
    found = st.load_file(str(path), device=torch.device("cpu"))
    assert list(found) == ["bias", "weight"]
    other.load_state_dict(found)
    assert torch.equal(other.weight, model.weight)


def test_parts_of_one_memory_that_do_not_overlap_are_saved(path):
    a, b = torch.arange(4.0).chunk(2)
    st.save_file({"a": a, "b": b, "none": a[:0]}, path)
    assert st.load_file(path)["b"].tolist() == [2, 3]


def test_metadata(path):
    st.save_file({}, path)
    assert st.load_metadata(path) == {}
    assert st.load_file(path) == {}
    st.save_file({"x": torch.ones(1)}, path, metadata={"epoch": "3"})
    assert st.load_metadata(path) == {"epoch": "3"}


@pytest.mark.parametrize(
    ("tensors", "metadata", "error", "message"),
    [
        ([torch.ones(1)], None, ValueError, r"Expected a dict of \[str, torch.Tensor\] but received <class 'list'>"),
        ({"a": 1}, None, ValueError, "Key `a` is invalid, expected torch.Tensor but received <class 'int'>"),
        ({1: torch.ones(1)}, None, TypeError, "names must be strings, but one is 1"),
        ({"a": torch.ones(1, dtype=torch.complex128)}, None, TypeError, "'a' is torch.complex128, which the safetens"),
        ({"a": torch.ones(1)}, {"n": 1}, TypeError, "metadata must map strings to strings, but has 'n': 1"),
    ],
    ids=["list", "number", "name", "complex128", "metadata"],
)
def test_what_cannot_be_saved(path, tensors, metadata, error, message):
    with pytest.raises(error, match=message):
        st.save(tensors, metadata)
    with pytest.raises(error, match=message):
        st.save_file(tensors, path, metadata)
    assert not path.exists()


def test_shared_memory_is_refused(path):
    x = torch.ones(3)
    with pytest.raises(RuntimeError, match=r"Some tensors share memory.*\[\{'[xy]', '[xy]'\}\]. \(Leave one of them"):
        st.save_file({"x": x, "z": torch.ones(1), "y": x[1:]}, path)


def test_no_folder_and_no_file(tmp_path):
    with pytest.raises(RuntimeError, match=r"Parent directory .*none does not exist"):
        st.save_file({"x": torch.ones(1)}, tmp_path / "none" / "x")
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: .*none"):
        st.load_file(tmp_path / "none")


WHOLE = st.save({"x": torch.ones(2)})
DAMAGED = {
    "empty": (b"", "header too small"),
    "cut off in the header": (WHOLE[:20], "invalid header length"),
    "cut off in the data": (WHOLE[:-1], "incomplete metadata, file not fully covered"),
    "too long": (WHOLE + b"x", "incomplete metadata, file not fully covered"),
    "another format": (b"PK\x03\x04 an archive, say", "header too large"),
    "no JSON": (b"\x08" + bytes(7) + b"{'x': 1}", "invalid JSON in header"),
    "overlapping": (
        header({**entry(), "y": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}, bytes(12)),
        "invalid offset for tensor",
    ),
    "beyond the end": (header(entry(offsets=(0, 16)), bytes(8)), "invalid shape, data type, or offset for tensor"),
    "other size": (header(entry(shape=(3,)), bytes(8)), "invalid shape, data type, or offset"),
    "too many elements": (header(entry(shape=(2**62, 2**62)), bytes(8)), "overflow"),
    "unknown type": (header(entry("F128"), bytes(8)), "invalid JSON in header: unknown variant `F128`"),
}


@pytest.mark.parametrize(("content", "message"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_files_are_refused(path, content, message):
    path.write_bytes(content)
    for function in (st.load_file, st.load_metadata):
        with pytest.raises(package.SafetensorError, match=f"(?i){message}.*model.safetensors' is cut off, damaged"):
            function(path)
    with pytest.raises(package.SafetensorError, match=f"(?i){message}.*the data is cut off, damaged, or not of the"):
        st.load(content)


def test_types_that_gradiente_lacks_are_refused(path):
    content = header(entry("F8_E4M3", (8,)), bytes(8))
    path.write_bytes(content)
    with pytest.raises(TypeError, match=r"the tensor 'x' is of type F8_E4M3, which gradiente lacks; it has BOOL, U8"):
        st.load_file(path)
    with pytest.raises(TypeError, match="F8_E4M3"):
        st.load(content)


def test_other_devices_are_refused(path):
    path.write_bytes(WHOLE)
    with pytest.raises(AssertionError, match=r"Torch not compiled with CUDA enabled \(load_file\(\) was asked for"):
        st.load_file(path, device="cuda")


def test_the_extra_is_named_where_the_package_is_missing(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    for call in (
        lambda: st.save({}),
        lambda: st.load(WHOLE),
        lambda: st.load_file(path),
        lambda: st.save_file({}, path),
    ):
        with pytest.raises(ImportError, match=r'needs safetensors: install it with `pip install "gradiente\[safetens'):
            call()


PROGRAM = """
from safetensors.torch import load

found = load(open("x.safetensors", "rb").read())
print({name: (found[name].tolist(), found[name].dtype) for name in sorted(found)})
"""
PRINTED = (
    "{'a': ([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], torch.float32), 'b': ([1.0, 1.0, 1.0], torch.bfloat16), "
    "'e': ([], torch.float32)}\n"
)


def test_programs_load_by_safetensors_torch(tmp_path):
    x = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones(3, dtype=torch.bfloat16), "e": torch.empty(0, 2)}
    st.save_file(x, tmp_path / "x.safetensors", {"k": "v"})
    command = [sys.executable, "-m", "gradiente", "-c", PROGRAM]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (run.stderr, run.stdout) == ("", PRINTED)
