"""Storages: one object for a tensor and its views, memory that grows and moves with them, files, safetensors.torch."""

from __future__ import annotations

import copy
import gc
import io
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import gradiente as torch
from gradiente.tensor import memory


@pytest.fixture(autouse=True)
def no_deprecation() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "TypedStorage is deprecated")
        yield


def test_views_share_one_storage() -> None:
    x = torch.arange(6.0)
    s = x.untyped_storage()
    assert s is x[2:].untyped_storage() is x.detach().untyped_storage() is x.view(torch.int32).untyped_storage()
    assert s is not x.clone().untyped_storage()
    assert (s.nbytes(), s.data_ptr(), s[:4].data_ptr(), s[4:].nbytes()) == (24, x.data_ptr(), x.data_ptr(), 20)
    assert s[4:8].fill_(0).untyped() is not s
    assert x.tolist() == [0, 0, 2, 3, 4, 5]
    assert torch.is_storage(s)
    assert not torch.is_storage(torch.FloatStorage)


def test_all_who_look_at_a_storage_grow_with_it() -> None:
    p = torch.ones(3, requires_grad=True)
    part = p.detach()[1:]
    s = p.untyped_storage()
    s.resize_(400)
    assert s is part.untyped_storage()
    s[:4].copy_(torch.FloatStorage([5]))
    assert p.tolist() == [5, 1, 1]
    part.fill_(2)
    assert p.tolist() == [5, 2, 2]
    (p * 2).sum().backward()
    assert p.grad is not None
    assert p.grad.tolist() == [2, 2, 2]
    with torch.no_grad():
        p -= p.grad
    assert part.tolist() == [0, 0]


def test_a_shorter_storage_leaves_values_in_place() -> None:
    x = torch.arange(4.0)
    s = x.untyped_storage().resize_(0)
    assert (s.nbytes(), s.data_ptr(), x.tolist()) == (0, 0, [0, 1, 2, 3])
    x.resize_(5)
    assert s.nbytes() == 20


def test_records_die_with_the_memory() -> None:
    gc.collect()
    before = len(memory._records)
    x = torch.ones(3)
    x.untyped_storage().resize_(100)
    assert len(memory._records) == before + 1
    del x
    gc.collect()
    assert len(memory._records) == before


def test_resize_of_a_view_keeps_sharing() -> None:
    x = torch.arange(4.0)
    v = x[2:]
    v.resize_(5).fill_(7)
    assert x.tolist() == [0, 1, 7, 7]
    assert (x.untyped_storage().nbytes(), v.storage_offset()) == (28, 2)


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: torch.UntypedStorage(-1), RuntimeError, r"nbytes\) >= 0.*\(the size is -1\)"),
    (lambda: torch.UntypedStorage(2, 3), TypeError, "received an invalid combination of arguments - got"),
    (lambda: torch.UntypedStorage(2.5), RuntimeError, "Expected a sequence type, but got float"),
    (lambda: torch.UntypedStorage(["a"]), RuntimeError, "one of the items was of type str instead of int"),
    (lambda: torch.UntypedStorage(2)[5], IndexError, "index 5 out of range for storage of size 2"),
    (lambda: torch.UntypedStorage(2)["a"], TypeError, "can't index a torch.UntypedStorage with str"),
    (lambda: torch.UntypedStorage(4)[::2], RuntimeError, "step of 2, but only a step of 1 is supported"),
    (lambda: torch.UntypedStorage(2).__setitem__(5, 1), RuntimeError, "out of bounds"),
    (lambda: torch.UntypedStorage(2).__setitem__("a", 1), RuntimeError, "can't index"),
    (lambda: torch.UntypedStorage(2).__setitem__(0, 1.5), RuntimeError, "a int types, but got float"),
    (lambda: torch.UntypedStorage(2).fill_("a"), RuntimeError, "fill_ expects int, but got str"),
    (lambda: torch.UntypedStorage(2).copy_(3), TypeError, "must be torch.Storage, not int"),
    (lambda: torch.UntypedStorage(2).copy_(torch.UntypedStorage(3)), RuntimeError, "self was 2 bytes but src was 3"),
    (lambda: torch.UntypedStorage(2).resize_("a"), RuntimeError, "resize_ expects an int, but got str"),
    (lambda: torch.UntypedStorage(2).cuda(), AssertionError, "Torch not compiled with CUDA enabled"),
    (lambda: torch.UntypedStorage(2).pin_memory(), RuntimeError, "Cannot access accelerator device"),
    (lambda: torch.UntypedStorage(2).type("nope"), RuntimeError, "'nope' is no storage type"),
    (lambda: torch.UntypedStorage.from_buffer(b"ab"), RuntimeError, "argument 'dtype' cannot be None"),
    (lambda: torch.UntypedStorage.from_buffer(b"ab", dtype=torch.int16), RuntimeError, "argument 'byte_order'"),
    (lambda: torch.UntypedStorage.from_buffer(b"ab", "x", dtype=torch.int16), ValueError, "invalid byte_order 'x'"),
    (lambda: torch.UntypedStorage.from_buffer(b"abc", "big", dtype=torch.int16), ValueError, "must be a multiple"),
    (lambda: torch.UntypedStorage.from_buffer(b"ab", "big", 3, dtype=torch.int16), ValueError, "a size of 3"),
    (lambda: torch.UntypedStorage.from_buffer(b"ab", "big", offset=5, dtype=torch.int16), ValueError, "offset must"),
    (lambda: torch.UntypedStorage.from_buffer(3, dtype=torch.uint8), TypeError, "bytes-like object is required"),
    (lambda: torch.UntypedStorage.from_file("/no/such", False, 1), RuntimeError, "read-only mode: No such file"),
    (lambda: torch.UntypedStorage.from_file(__file__, False, -1), RuntimeError, "unable to mmap -1 bytes"),
    (lambda: torch.UntypedStorage.from_file(__file__, False, 10**9), RuntimeError, "smaller than the required"),
    (lambda: torch.UntypedStorage.from_file(__file__, False, 4).resize_(9), RuntimeError, "that is not resizable"),
    (lambda: torch.FloatStorage(2)[1:], RuntimeError, "slices are only supported in UntypedStorage"),
    (lambda: torch.FloatStorage(2)["a"], RuntimeError, "can't index a <class 'torch.storage.TypedStorage'>"),
    (lambda: torch.FloatStorage(2)[True], TypeError, "can't index"),
    (lambda: torch.FloatStorage(2)[5], IndexError, "out of range for storage of size 2"),
    (lambda: torch.FloatStorage(2).__setitem__(5, 1), IndexError, "index 5 is out of bounds"),
    (lambda: torch.FloatStorage(2).__setitem__("a", 1), RuntimeError, "can't index"),
    (lambda: torch.FloatStorage(2).__setitem__(0, "a"), TypeError, "can't assign a str to a torch.FloatTensor"),
    (lambda: torch.FloatStorage(2, dtype=torch.int8), RuntimeError, "Keyword argument 'dtype' cannot be specified"),
    (lambda: torch.FloatStorage(nono=2), TypeError, "unexpected keyword argument 'nono'"),
    (lambda: torch.FloatStorage(wrap_storage=2), TypeError, "must be UntypedStorage, but got <class 'int'>"),
    (lambda: torch.FloatStorage(torch.ones(2)), TypeError, "Argument type not recognized"),
    (lambda: torch.storage._LegacyStorage(2), RuntimeError, "Only child classes"),
    (lambda: torch.FloatStorage.from_buffer(b"", "big", device="cpu"), RuntimeError, "'device' can only be specified"),
    (lambda: torch.TypedStorage.from_file("a", False, 1), RuntimeError, "only be called on derived classes"),
    (lambda: torch.TypedStorage(1, 2), RuntimeError, "Too many positional arguments"),
    (lambda: torch.TypedStorage(2, dtype=3), RuntimeError, "expected torch.dtype, but got <class 'int'>"),  # type: ignore
    (lambda: torch.TypedStorage(wrap_storage=torch.UntypedStorage(2)), RuntimeError, "'dtype' must be specified"),
    (lambda: torch.TypedStorage(2, wrap_storage=torch.UntypedStorage(2)), RuntimeError, "No positional arguments"),
    (lambda: torch.TypedStorage(wrap_storage=torch.UntypedStorage(2), dtype=torch.int8, device="cpu"),
     RuntimeError, "'device' should not be specified"),
    (lambda: torch.asarray(torch.IntStorage(2)), RuntimeError, "type Float or an UntypedStorage, but got Int"),
    (lambda: torch.ones(2).set_(torch.IntStorage(2)), RuntimeError, "type float or an UntypedStorage, but got type I"),
    (lambda: torch.ones(2).set_(torch.UntypedStorage(8), 0), TypeError, "set_.. received an invalid combination"),
    (lambda: torch.ones(2).set_(torch.UntypedStorage(8), -1, (1,)), RuntimeError, "invalid storage offset -1"),
    (lambda: torch.ones(2).set_(torch.UntypedStorage(8), 0, (-1,)), RuntimeError, "integer multiplication overflow"),
    (lambda: torch.ones(2).set_(torch.UntypedStorage(8), 0, (2,), (-1,)), RuntimeError, "calculation overflowed"),
    (lambda: torch.ones(2).set_(torch.UntypedStorage(8), 0, (2,), (1, 1)), RuntimeError, "unequal size length"),
    (lambda: torch.ones(2).resize_(2, memory_format="x"), TypeError, "must be torch.memory_format, not str"),
    (lambda: torch.ones(2).view(2, dtype=torch.int8), TypeError, "got .int, dtype=dtype., but expected one of"),
    (lambda: torch.vmap(lambda t: t.untyped_storage())(torch.ones(2)), NotImplementedError, "Cannot access storage"),
])  # fmt: skip
def test_refusals(call, error, text) -> None:
    with pytest.raises(error, match=text):
        call()


def test_old_resize_is_reshape() -> None:
    x = torch.arange(4.0, requires_grad=True)
    with pytest.warns(UserWarning, match="non-inplace resize is deprecated"):
        x.resize(2, 2).sum().backward()
    assert x.grad is not None
    with pytest.warns(UserWarning, match="resize_as"), pytest.raises(RuntimeError, match="requested resize to 3 "):
        x.resize_as(torch.ones(3))


def test_conversions_by_type() -> None:
    f = torch.FloatStorage([0, 1.5])
    assert f.type("torch.IntStorage").tolist() == f.type(torch.IntStorage).tolist() == [0, 1]
    assert f.type("torch.FloatStorage") is f
    assert f.type() == "torch.FloatStorage"
    assert torch.UntypedStorage([0, 200]).float().tolist() == [0, 200]


def test_copies() -> None:
    x = torch.arange(3.0)
    a, b, c = copy.deepcopy([x.storage(), x, x[1:]])
    assert a.untyped() is b.untyped_storage() is c.untyped_storage()
    assert a.untyped() is not x.untyped_storage()
    assert pickle.loads(pickle.dumps(x.storage())).tolist() == [0, 1, 2]
    file = io.BytesIO()
    torch.save([x.storage(), x], file)
    file.seek(0)
    again, y = torch.load(file)
    assert again.untyped() is y.untyped_storage()


def test_memory_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    s = torch.UntypedStorage.from_file(path, True, 8)
    x = torch.tensor([], dtype=torch.int16).set_(s)
    x.fill_(1)
    assert path.read_bytes() == b"\1\0" * 4
    copy_on_write = torch.ShortStorage.from_file(path, False, 4)
    copy_on_write.fill_(2)
    assert (s.filename, copy_on_write.filename, path.read_bytes()) == (str(path), None, b"\1\0" * 4)
    assert not s.resizable()
    assert torch.UntypedStorage.from_file(path).nbytes() == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="child processes are forked")
def test_child_processes_share_memory() -> None:
    code = """
import os, gradiente as torch
layer = torch.nn.Linear(1, 1, bias=False).share_memory()
view = layer.weight.detach().view(1)
child = os.fork()
if not child:
    with torch.no_grad():
        layer.weight.fill_(7)
    os._exit(0)
os.waitpid(child, 0)
print(view.item(), layer.weight.is_shared())
"""
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "7.0 True\n"


SAFETENSORS = """
import torch
from safetensors import safe_open
from safetensors.torch import load, load_file, load_model, save, save_file, save_model

x = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones(3, dtype=torch.bfloat16), "e": torch.empty(0, 2)}
save_file(x, "x.safetensors", {"k": "v"})
for found in (load_file("x.safetensors"), load(save(x))):
    print({name: (found[name].tolist(), found[name].dtype) for name in sorted(found)})
with safe_open("x.safetensors", framework="pt") as file:
    print(file.metadata(), file.keys(), file.get_tensor("b"), file.get_slice("a")[:, 1:].tolist())
class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
        self.b.weight = self.a.weight
model, other = Tied(), Tied()
save_model(model, "m.safetensors")
print(load_model(other, "m.safetensors"), torch.equal(model.a.weight, other.b.weight))
try:
    save_file({"a": x["a"], "b": x["a"]}, "no.safetensors")
except RuntimeError as error:
    print("share memory" in str(error))
try:
    save_file({"a": x["a"].T}, "no.safetensors")
except ValueError as error:
    print("non contiguous" in str(error))
"""

PRINTED = """\
{'a': ([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], torch.float32), 'b': ([1.0, 1.0, 1.0], torch.bfloat16), \
'e': ([], torch.float32)}
{'a': ([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], torch.float32), 'b': ([1.0, 1.0, 1.0], torch.bfloat16), \
'e': ([], torch.float32)}
{'k': 'v'} ['a', 'b', 'e'] tensor([1., 1., 1.], dtype=torch.bfloat16) [[1.0, 2.0], [4.0, 5.0]]
(set(), []) True
True
True
"""


def test_safetensors_torch_works_under_the_redirection(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    command = [sys.executable, "-m", "gradiente", "-c", SAFETENSORS]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (run.stderr, run.stdout) == ("", PRINTED)
