"""torch.save and torch.load: what comes back, what is refused, what a crash leaves."""

from __future__ import annotations

import collections
import copy
import io
import os
import pickle
import sys
import zipfile

import numpy as np
import pytest

import gradiente as torch
from gradiente.serialization import archive


def saved(obj, **options):
    file = io.BytesIO()
    torch.save(obj, file, **options)
    file.seek(0)
    return file


def again(obj, **options):
    return torch.load(saved(obj), **options)


def with_pickle(content, memories=(), **more):
    """An archive with this pickle and these memories."""
    file = io.BytesIO()
    with archive.Writer(file, "archive") as writer:
        writer.write("data.pkl", content)
        for i, memory in enumerate(memories):
            writer.write(f"data/{i}", memory)
        for name, text in more.items():
            writer.write(name, text)
    file.seek(0)
    return file


def storage_text(key=b"0", numel=6, kind=b"FloatStorage"):
    """Instructions that put a storage."""
    return (
        b"(X\x07\x00\x00\x00storagectorch\n" + kind + b"\nX" + len(key).to_bytes(4, "little") + key
        + b"X\x03\x00\x00\x00cpuJ" + numel.to_bytes(4, "little", signed=True) + b"tQ"
    )  # fmt: skip


def tensor_text(offset=0, size=6, stride=1, **storage):
    return (
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage_text(**storage)
        + b"J" + offset.to_bytes(4, "little", signed=True) + b"J" + size.to_bytes(4, "little", signed=True) + b"\x85"
        + b"J" + stride.to_bytes(4, "little", signed=True) + b"\x85\x89ccollections\nOrderedDict\n)RtR."
    )  # fmt: skip


SIX = np.arange(6, dtype=np.float32).tobytes()

# --- what comes back


@pytest.mark.parametrize(
    "dtype",
    ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64",
     "complex128"],
)  # fmt: skip
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_tensors_of_all_types_come_back(dtype, shape):
    x = torch.arange(6)[: int(np.prod(shape))].reshape(shape).to(getattr(torch, dtype))
    y = again(x)
    assert y.dtype == x.dtype
    assert y.shape == x.shape
    assert y.tolist() == x.tolist()


def test_views_share_one_memory_and_keep_their_strides():
    x = torch.arange(12.0).reshape(3, 4)
    a, b, c = again([x, x.t(), x[1:, ::2]])
    assert (b.stride(), c.stride(), c.storage_offset()) == ((1, 4), (4, 2), 4)
    a[1, 0] = 50
    assert b[0, 1] == 50
    assert c[0, 0] == 50
    assert a.data_ptr() == b.data_ptr()
    file = zipfile.ZipFile(saved([x, x.t()]))
    assert [name for name in file.namelist() if "/data/" in name] == ["archive/data/0"]


def test_strided_views_share_the_memory_that_they_are_cut_from():
    x = torch.arange(6.0)
    y = x.as_strided((2,), (1,), 2)
    assert (y.storage_offset(), y[1:].storage_offset(), x.unfold(0, 2, 1)[3].storage_offset()) == (2, 3, 3)
    a, b, c = again([x, y, x.unfold(0, 2, 1)])
    a[3] = 50
    assert (b[1], c[2, 1], c[3, 0]) == (50, 50, 50)


def test_expanded_memory_and_memory_of_others():
    x = torch.ones(1).expand(3, 4)
    assert again(x).stride() == (0, 0)
    y = torch.from_numpy(np.arange(8, dtype=np.uint8)[1:5].view("<i2"))  # not at a multiple of its size
    assert again(y).tolist() == y.tolist()


def test_leaves_parameters_and_attributes():
    x, p = torch.ones(2, requires_grad=True), torch.nn.Parameter(torch.ones(2), requires_grad=False)
    p.tag, y = "a", torch.zeros(1)
    y.tag = "b"
    a, b, c, d = again([x, p, y, x * 2])
    assert a.requires_grad
    assert a.is_leaf
    assert d.requires_grad
    assert d.is_leaf
    assert type(b) is torch.nn.Parameter
    assert not b.requires_grad
    assert (b.tag, c.tag) == ("a", "b")


def test_the_same_tensor_stays_the_same():
    x = torch.ones(2)
    a, b = again([x, x])
    assert a is b


def test_containers_and_constants():
    given = {
        "values": [1, -5, 2**70, 2.5, None, True, "é", b"ab", bytearray(b"x"), 1j, (), (1, 2, 3, 4), {1, 2}],
        3: collections.Counter("aab"),
        "torch": [torch.Size([1, 2]), torch.float64, torch.device("cuda", 1), torch.strided],
    }
    found = again(given)
    assert found == given
    assert type(found["torch"][0]) is torch.Size
    cycle = []
    cycle.append(cycle)
    assert (back := again(cycle))[0] is back


def test_state_of_a_model_and_its_optimizer(tmp_path):
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    model(torch.ones(4, 2)).sum().backward()
    optimizer.step()
    path = tmp_path / "checkpoint.pt"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, path)
    found = torch.load(path)
    assert found["model"]._metadata == model.state_dict()._metadata
    other = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    other.load_state_dict(found["model"])
    second = torch.optim.Adam(other.parameters())
    second.load_state_dict(found["optimizer"])
    for m, o in ((model, optimizer), (other, second)):
        o.zero_grad()
        m(torch.ones(4, 2) * 2).sum().backward()
        o.step()
    assert torch.equal(model[0].weight, other[0].weight)
    assert zipfile.ZipFile(path).namelist()[0] == "checkpoint/data.pkl"


def test_whole_modules_need_trust_or_an_allowed_class():
    model = torch.nn.Linear(2, 2)
    with pytest.raises(pickle.UnpicklingError, match=r"GLOBAL torch\.nn\.modules\.linear\.Linear was not an allowed"):
        again(model)
    assert torch.equal(again(model, weights_only=False).weight, model.weight)
    with torch.serialization.safe_globals([torch.nn.Linear]):
        assert torch.equal(again(model).weight, model.weight)
    assert torch.serialization.get_safe_globals() == []


def test_a_file_imports_nothing():
    sys.modules.pop("gradiente.run.child", None)
    with torch.serialization.safe_globals([torch.nn.Linear]):
        for name in (b"torch.__main__\nmain", b"torch.run.child\nmain"):
            with pytest.raises(pickle.UnpicklingError, match="was not an allowed global"):
                torch.load(with_pickle(b"\x80\x02c" + name + b"\n."))
        assert "gradiente.run.child" not in sys.modules


def test_globals_that_are_allowed_by_name():
    given = collections.defaultdict(int, {1: 2})
    with pytest.raises(pickle.UnpicklingError, match=r"collections\.defaultdict"):
        again(given)
    with torch.serialization.safe_globals([(collections.defaultdict, "collections.defaultdict"), int]):
        assert again(given) == given
    with pytest.raises(TypeError, match="functions and classes can be allowed, not str"):
        torch.serialization.add_safe_globals(["builtins.int"])


def test_unsafe_globals_are_listed_without_being_run():
    assert torch.serialization.get_unsafe_globals_in_checkpoint(saved([Evil(), torch.nn.ReLU(), torch.ones(1)])) == [
        f"{os.system.__module__}.system",
        "torch.nn.modules.activation.ReLU",
    ]
    with pytest.raises(ValueError, match="Expected input to be a checkpoint"):
        torch.serialization.get_unsafe_globals_in_checkpoint(io.BytesIO(b"x"))


def test_files_and_places(tmp_path):
    path = tmp_path / "x.pt"
    torch.save(torch.arange(1000.0), str(path))
    for options in ({}, {"mmap": True}, {"map_location": "cpu"}, {"map_location": torch.device("cpu")},
                    {"map_location": {"cpu": "cpu"}}, {"map_location": lambda storage, place: storage},
                    {"map_location": lambda storage, place: None}):  # fmt: skip
        x = torch.load(path, **options)
        assert torch.equal(x, torch.arange(1000.0))
        x[0] = 7
    assert torch.load(path)[0] == 0
    with path.open("rb") as file:
        assert torch.load(file).numel() == 1000
    with pytest.raises(RuntimeError, match="Attempting to deserialize object on a CUDA device"):
        torch.load(path, map_location="cuda")
    with pytest.raises(RuntimeError, match=r"don't know how to restore data location of .* \(tagged with mars\)"):
        torch.load(path, map_location={"cpu": "mars"})
    assert torch.load(path, map_location={"cpu": "meta"}).is_meta
    with pytest.raises(TypeError, match="'int' object is not callable"):
        torch.load(path, map_location=3)
    with pytest.raises(ValueError, match="f must be a file path in order to use the mmap argument"):
        torch.load(io.BytesIO(), mmap=True)


def test_arguments_that_are_refused(tmp_path):
    with pytest.raises(AttributeError, match="'int' object has no attribute 'seek'"):
        torch.load(3)
    with pytest.raises(AttributeError, match="expected 'f' to be string, path, or a file-like object"):
        torch.save(1, 3)
    with pytest.raises(RuntimeError, match=r"Parent directory .* does not exist"):
        torch.save(1, tmp_path / "no" / "x")
    with pytest.raises(RuntimeError, match="invalid file name"):
        torch.save(1, "")
    with pytest.raises(ValueError, match="pickle_module must be Python's pickle"):
        torch.save(1, io.BytesIO(), pickle_module=io)
    with pytest.raises(ValueError, match="pickle_module must be Python's pickle"):
        torch.load(io.BytesIO(), pickle_module=io)
    with pytest.raises(RuntimeError, match="Can not safely load weights when explicit pickle_module"):
        torch.load(io.BytesIO(), pickle_module=pickle, weights_only=True)
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "none")
    with pytest.warns(UserWarning, match="pickle_load_args only works if"):
        torch.load(saved(1), encoding="latin1")
    x = torch.ones(2)
    with pytest.raises(RuntimeError, match="view the same data as different types"):
        torch.save([x, x.view(torch.int32)], io.BytesIO())
    with pytest.raises(RuntimeError, match=r"torch\.save: a tensor inside of vmap"):
        torch.vmap(lambda v: torch.save(v, io.BytesIO()))(torch.ones(2, 2))


def test_files_of_the_old_form():
    x = torch.arange(6.0).reshape(2, 3)
    file = saved([x, x.t(), "a"], _use_new_zipfile_serialization=False)
    torch.save(5, file, _use_new_zipfile_serialization=False) if file.seek(0, 2) else None
    file.seek(0)
    a, b, c = torch.load(file)
    assert torch.equal(a, x)
    assert b.data_ptr() == a.data_ptr()
    assert c == "a"
    assert torch.load(file) == 5
    content = file.getvalue()
    for end in range(0, len(content) - 160, 7):
        with pytest.raises((pickle.UnpicklingError, RuntimeError, EOFError)):
            torch.load(io.BytesIO(content[:end]))


# --- writing


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.pt"
    torch.save(1, path)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        torch.save([torch.ones(2), lambda: None], path)

    def full(self, name, content, write=archive.Writer.write):
        if name == "version":
            raise OSError("no space left on device")
        write(self, name, content)

    monkeypatch.setattr(archive.Writer, "write", full)
    with pytest.raises(OSError, match="no space left"):
        torch.save(2, path)
    assert torch.load(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["x.pt"]


def test_links_and_modes_stay(tmp_path):
    path, link = tmp_path / "x.pt", tmp_path / "link.pt"
    torch.save(1, path)
    path.chmod(0o640)
    link.symlink_to(path)
    torch.save(2, link)
    assert link.is_symlink()
    assert torch.load(path) == 2
    assert path.stat().st_mode & 0o777 == 0o640
    torch.save(2, os.devnull)


def test_memory_lies_where_it_can_be_mapped():
    file = saved([torch.ones(3), torch.ones(5), torch.ones(1)])
    content = file.getvalue()
    for entry in zipfile.ZipFile(file).infolist():
        at = entry.header_offset
        start = at + 30 + int.from_bytes(content[at + 26 : at + 28], "little")
        start += int.from_bytes(content[at + 28 : at + 30], "little")
        assert start % 64 == 0


# --- damaged and hostile files


class Evil:
    def __reduce__(self):
        return os.system, ("echo this must not run",)


def test_nothing_is_called():
    with pytest.raises(pickle.UnpicklingError, match=r"whose module \w+ is blocked"):
        again(Evil())
    for text in (b"\x80\x02cbuiltins\neval\n(X\x01\x00\x00\x001tR.", b"\x80\x02cbuiltins\ngetattr\n.",
                 b"\x80\x02ctorch._missing\nsys\n.", b"\x80\x02ctorch\nload\n."):  # fmt: skip
        with pytest.raises(pickle.UnpicklingError, match="was not an allowed global by default"):
            torch.load(with_pickle(text))
    with pytest.raises(pickle.UnpicklingError, match="Trying to call reduce for unrecognized function"):
        torch.load(with_pickle(b"\x80\x02ctorch\nTensor\n)R."))
    with pytest.raises(pickle.UnpicklingError, match="Trying to create new object for unrecognized class"):
        torch.load(with_pickle(b"\x80\x02ctorch\nTensor\n)\x81."))
    with pytest.raises(pickle.UnpicklingError, match="Can only build"):
        torch.load(with_pickle(b"\x80\x02ctorch\nTensor\n}X\x03\x00\x00\x00addK\x01sb."))
    assert not hasattr(torch.Tensor.add, "__wrapped__")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\x80\x02cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R.", "bytearray of int is refused"),
        (b"\x80\x02c__builtin__\nset\nK\x01\x85R.", "set of int is refused"),
        (b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00hex\x86R.", "written as latin1, not as 'hex'"),
        (b"\x80\x02ctorch.serialization\n_get_layout\nX\x01\x00\x00\x00a\x85R.", "layout 'a' is not supported"),
        (tensor_text(size=7), "out of bounds for storage of size 24"),
        (tensor_text(stride=2), "out of bounds for storage of size 24"),
        (tensor_text(offset=1), "out of bounds for storage of size 24"),
        (tensor_text(offset=-1), "must be numbers that are not negative"),
        (tensor_text(size=-1), "must be numbers that are not negative"),
        (tensor_text(size=2, stride=-1), "must be numbers that are not negative"),
        (tensor_text(numel=7), "storage has wrong byte size: expected 28 got 24"),
        (tensor_text(numel=-1), "Unknown typename for persistent_load"),
        (tensor_text(numel=2**31 - 1), "storage has wrong byte size"),
        (tensor_text(key=b"../../etc/passwd"), "failed locating file data/../../etc/passwd"),
        (tensor_text(kind=b"DoubleStorage"), "storage has wrong byte size: expected 48 got 24"),
        (b"\x80\x02K\x01Q.", "Unknown typename for persistent_load"),
    ],
)
def test_tensors_that_the_file_does_not_hold(text, message):
    with pytest.raises(RuntimeError) as caught:
        torch.load(with_pickle(text, [SIX]))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "pickle data was truncated"),
        (b"garbage", "Unsupported operand 103"),
        (b"\x80\x04N.", "Unsupported protocol 4"),
        (b"\x80\x02X\xff\xff\xff\x7fa", "pickle data was truncated"),
        (b"\x80\x02R.", "takes more than it has put"),
        (b"\x80\x02t.", "closes a container that it did not open"),
        (b"\x80\x02}]Ns.", "TypeError"),
        (b"\x80\x02j\xff\xff\xff\x7f.", "KeyError"),
        (b"\x80\x02)K\x01a.", "Can only append to lists"),
        (b"\x80\x02)K\x01K\x01s.", "Can only set items of dictionaries"),
        (b"\x80\x02}(K\x01u.", "the file is damaged"),
        (b"\x80\x02ccollections\nOrderedDict\nK\x01R.", "arguments must be a tuple"),
    ],
)
def test_pickles_that_make_no_sense(text, message):
    with pytest.raises(pickle.UnpicklingError) as caught:
        torch.load(with_pickle(text))
    assert str(caught.value).startswith("Weights only load failed.")
    assert message in str(caught.value)


def test_archives_that_end_too_early():
    content = saved({"a": torch.arange(50.0), "b": [1, "x"]}).getvalue()
    for end in [0, 3, *range(5, len(content), 61), len(content) - 1]:
        with pytest.raises((RuntimeError, EOFError, pickle.UnpicklingError)):
            torch.load(io.BytesIO(content[:end]))


def test_damaged_bytes_are_noticed_or_harmless(rng):
    x = torch.arange(50.0)
    content = saved({"a": x, "b": [1, "x"]}).getvalue()
    start = content.index(np.arange(50, dtype=np.float32).tobytes())
    for at in [start, start + 199, *rng.integers(0, len(content), 150)]:
        damaged = bytearray(content)
        damaged[at] ^= 0x41
        try:
            found = torch.load(io.BytesIO(damaged))
        except (RuntimeError, pickle.UnpicklingError, EOFError):
            continue
        assert not start <= at < start + 200
        assert torch.equal(found["a"], x)


def test_archives_that_lie_about_sizes():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("archive/data.pkl", b"\x80\x02N." + b"\0" * 10**6)
    bomb.seek(0)
    with pytest.raises(RuntimeError, match="is compressed, which PyTorch does not do"):
        torch.load(bomb)
    content = bytearray(with_pickle(tensor_text(), [SIX]).getvalue())
    at = content.rindex(b"archive/data/0") - 46  # the list's entry: both sizes 4 GB
    content[at + 20 : at + 28] = b"\xfe\xff\xff\xff" * 2
    with pytest.raises(RuntimeError, match=r"its entries have \d+ bytes, the file has"):
        torch.load(io.BytesIO(content))
    twice = io.BytesIO()
    with archive.Writer(twice, "archive") as writer:
        writer.write("data.pkl", b"\x80\x02N.")
        with pytest.warns(UserWarning, match="Duplicate name"):
            writer.write("data.pkl", b"\x80\x02N.")
    twice.seek(0)
    with pytest.raises(RuntimeError, match="several entries have the same name"):
        torch.load(twice)


def test_other_archives():
    for file, message in (
        (with_pickle(b"\x80\x02N.", **{"constants.pkl": b""}), "TorchScript archives"),
        (with_pickle(tensor_text(), [SIX], byteorder=b"middle"), "Unknown endianness type"),
    ):
        with pytest.raises((RuntimeError, ValueError), match=message):
            torch.load(file)
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as packed:
        packed.writestr("a/b", b"")
    empty.seek(0)
    with pytest.raises(RuntimeError, match=r"failed locating file data\.pkl: file not found"):
        torch.load(empty)


def test_numbers_of_another_byte_order():
    x = torch.load(with_pickle(tensor_text(), [np.arange(6, dtype=">f4").tobytes()], byteorder=b"big"))
    assert x.tolist() == [0, 1, 2, 3, 4, 5]


# --- Python's own copies


def test_modules_are_pickled_and_copied():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5)).eval()
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert torch.equal(other(torch.ones(1, 2)), model(torch.ones(1, 2)))
        assert not other.training
        assert other[0].weight is not model[0].weight
    x = torch.ones(2, requires_grad=True)
    assert pickle.loads(pickle.dumps(x)).requires_grad
    assert copy.copy(x).data_ptr() == x.data_ptr()
