"""Names that programs meet now and then: removed functions, symbols, weak keys, formats, modules by torch's paths."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import gradiente as torch
from gradiente.utils.weak import TensorWeakRef, WeakTensorKeyDictionary


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("symeig", r"torch\.linalg\.eigh"),
        ("eig", r"torch\.linalg\.eigvals"),
        ("solve", r"torch\.linalg\.solve\(A, B\)"),
        ("lstsq", r"torch\.linalg\.lstsq\(A, B\)\.solution"),
    ],
)
def test_removed_functions_say_what_took_their_place(name, instead):
    for call in (getattr(torch, name), getattr(torch.Tensor, name)):
        with pytest.raises(RuntimeError, match=rf"now removed.*{instead}"):
            call(torch.eye(2), torch.eye(2))
    with pytest.raises(RuntimeError, match=r"torch\.linalg\.matrix_rank"):
        torch.matrix_rank(torch.eye(2))


def test_symbols_are_never_made():
    assert not isinstance(torch.ones(3).shape[0], torch.SymInt)
    with pytest.raises(TypeError, match=r"torch\.SymFloat cannot be made: no program is traced"):
        torch.SymFloat(0.5)
    assert pickle.loads(pickle.dumps(torch.SymBool)) is torch.SymBool


def test_modules_of_devices():
    assert torch.get_device_module("cpu") is torch.cpu
    with pytest.raises(RuntimeError, match=r"Device 'meta' does not have a corresponding.*Tensors are on the CPU"):
        torch.get_device_module("meta")
    with pytest.raises(RuntimeError, match=r"Invalid value of device '3', expect torch\.device, str, or None"):
        torch.get_device_module(3)
    with pytest.raises(RuntimeError, match="unsupported scalarType"):
        torch.get_autocast_dtype("meta")


def test_weak_keys_go_with_their_tensors():
    x = torch.ones(2)
    names = WeakTensorKeyDictionary({x: "x"})
    there = TensorWeakRef(x)
    assert (names[x], torch.ones(2) in names, there() is x) == ("x", False, True)
    assert repr(names).startswith("<WeakIdKeyDictionary at 0x")
    del x
    assert (len(names), there()) == (0, None)
    with pytest.raises(AssertionError, match=r"expected torch\.Tensor, got <class 'int'>"):
        TensorWeakRef(3)
    with pytest.raises(KeyError):
        names[torch.ones(1)]


PATHS = """
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.attention.bias import causal_lower_right
from torch.signal.windows.windows import hann
import torch
import torch.nn.modules.attention
assert SDPBackend is torch.nn.attention.SDPBackend
assert torch.nn.modules.attention.MultiheadAttention is torch.nn.MultiheadAttention
assert not hasattr(torch.nn, "conv")
with sdpa_kernel(SDPBackend.MATH):
    print(torch.nn.functional.scaled_dot_product_attention(*[torch.ones(1, 1, 2, 2)] * 3).shape)
"""


def test_modules_by_torchs_paths(tmp_path):
    """`torch.nn.attention` is that module under the redirection, not the one of layers with that name."""
    program = tmp_path / "program.py"
    program.write_text(PATHS)
    done = subprocess.run([sys.executable, "-m", "gradiente", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("torch.Size([1, 1, 2, 2])\n", "")
