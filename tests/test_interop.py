"""Tensors among others: dtypes, Python's numbers, NumPy, DLPack, pickle, old tensor types."""

from __future__ import annotations

import copy
import pickle
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente as torch


def test_conversions_are_differentiable() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x.double()
    assert y.grad_fn is not None
    assert y.grad_fn.name() == "ToCopyBackward0"
    (y * 3).sum().backward()
    assert x.grad is not None
    assert x.grad.dtype is torch.float32
    assert x.grad.tolist() == [3.0, 3.0]
    assert not x.long().requires_grad
    assert x.to(torch.float32) is x
    assert x.to(torch.float32, copy=True).grad_fn is not None


def test_conversion_between_real_and_complex() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    z = x.to(torch.complex128)
    assert z.requires_grad
    with pytest.warns(UserWarning, match=r"^Casting complex values to real discards the imaginary part"):
        back = z.to(torch.float32)
    back.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1.0, 1.0]


def test_conversions_without_a_graph() -> None:
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        assert not x.double().requires_grad


def test_to_refuses_other_arguments() -> None:
    for arguments in ((np.float32,), (torch.float32, torch.float64), ("cpu", 3), (torch.float32, False, True, True)):
        with pytest.raises(TypeError, match=r"^to\(\) received an invalid combination of arguments"):
            torch.ones(2).to(*arguments)
    with pytest.raises(AssertionError, match=r"^Torch not compiled with CUDA enabled"):
        torch.ones(2).cuda()


def test_float_warns_where_a_gradient_is_lost() -> None:
    x = torch.tensor(1.5, requires_grad=True)
    for convert in (float, int, complex):
        with pytest.warns(UserWarning, match="Converting a tensor with requires_grad=True to a scalar"):
            convert(x)
    assert x.item() == 1.5
    assert f"{x:.1f}" == "1.5"


def test_numpy_shares_memory() -> None:
    x = torch.zeros(3)
    array = x.numpy()
    array[1] = 5
    assert x.tolist() == [0.0, 5.0, 0.0]
    array.shape = (3, 1)  # a view of its own: the tensor keeps its shape
    assert x.shape == (3,)
    y = torch.from_numpy(array)
    y._array[0, 0] = 7
    assert x.tolist()[0] == 7.0


def test_numpy_refuses_tracked_tensors() -> None:
    x = torch.ones(2, requires_grad=True)
    text = r"^Can't call numpy\(\) on Tensor that requires grad. Use tensor.detach\(\).numpy\(\) instead.$"
    for call in (x.numpy, lambda: np.asarray(x), lambda: np.sin(x)):
        with pytest.raises(RuntimeError, match=text):
            call()
    assert x.numpy(force=True).tolist() == [1.0, 1.0]


def test_array_protocol() -> None:
    x = torch.ones(2)
    assert np.shares_memory(np.asarray(x), x.numpy())
    assert not np.shares_memory(np.array(x), x.numpy())
    assert np.asarray(x, dtype="f8").dtype == np.float64
    assert np.shares_memory(np.asarray(x, copy=False), x.numpy())
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        np.asarray(x, dtype="f8", copy=False)
    assert type(np.sin(x)) is torch.Tensor
    assert np.array([torch.ones(2), torch.zeros(2)]).shape == (2, 2)


def test_read_only_arrays() -> None:
    array = np.frombuffer(b"abcd", np.uint8)
    for make in (torch.from_numpy, torch.as_tensor, torch.asarray):
        with pytest.warns(UserWarning, match=r"^The given NumPy array is not writable"):
            x = make(array)
        with pytest.raises(RuntimeError, match="read-only"):
            x.random_()
        assert x.tolist() == [97, 98, 99, 100]
    with pytest.warns(UserWarning, match=r"^The given buffer is not writable"):
        torch.frombuffer(b"abcd", dtype=torch.uint8)
    assert torch.tensor(array).random_().shape == (4,)


def test_as_tensor_keeps_what_it_can() -> None:
    x = torch.ones(2, requires_grad=True)
    assert torch.as_tensor(x) is x
    array = np.zeros(2)
    assert np.shares_memory(torch.as_tensor(array).numpy(), array)
    assert not np.shares_memory(torch.as_tensor(array, dtype=torch.float32).numpy(), array)


def test_asarray_and_gradients() -> None:
    x = torch.ones(2, requires_grad=True)
    assert not torch.asarray(x, requires_grad=False).requires_grad
    assert np.shares_memory(torch.asarray(x, requires_grad=False).numpy(), x.numpy(force=True))
    assert x.requires_grad
    with pytest.warns(UserWarning, match="unspecified requires_grad now defaults to obj.requires_grad"):
        assert torch.asarray(x) is x
    assert torch.asarray(torch.ones(2), requires_grad=True).is_leaf
    array = np.ones(2)
    assert not np.shares_memory(torch.asarray(array, copy=True).numpy(), array)


def test_dlpack() -> None:
    x = torch.arange(3.0)
    array: Any = np.from_dlpack(x)
    assert np.shares_memory(array, x.numpy())
    assert torch.from_dlpack(np.arange(3)).tolist() == [0, 1, 2]
    capsule = torch.to_dlpack(x)
    assert torch.from_dlpack(capsule).tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(RuntimeError, match=r"^from_dlpack received an invalid capsule"):
        torch.from_dlpack(capsule)
    with pytest.raises(RuntimeError, match=r"^from_dlpack received an invalid capsule.*Got a int"):
        torch.from_dlpack(3)
    with pytest.raises(BufferError, match=r"^Can't export tensors that require gradient, use tensor.detach"):
        np.from_dlpack(torch.ones(2, requires_grad=True))
    writable = torch.from_dlpack(np.zeros(2))
    writable.uniform_(1, 2)
    assert min(writable.tolist()) >= 1


def test_pickle() -> None:
    x = torch.tensor([[1.0, 2.0]], requires_grad=True)
    x.note = "kept"  # pyright: ignore
    (x * 2).sum().backward()
    y = pickle.loads(pickle.dumps(x))
    assert y.tolist() == x.tolist()
    assert y.requires_grad
    assert y.is_leaf
    assert y.grad is None
    assert y.note == "kept"
    z = pickle.loads(pickle.dumps(x * 2))
    assert z.is_leaf
    assert z.requires_grad
    for dtype in (torch.bool, torch.int8, torch.complex64, torch.float16):
        assert pickle.loads(pickle.dumps(torch.ones(2, dtype=dtype))).dtype is dtype


def test_copy_and_weakref() -> None:
    x = torch.ones(2, requires_grad=True)
    y = copy.copy(x)
    assert y is not x
    assert y.requires_grad
    assert np.shares_memory(y.numpy(force=True), x.numpy(force=True))
    reference = weakref.ref(y)
    del y
    assert reference() is None


class Marked(torch.Tensor):
    """A subclass, as programs make them."""

    def __new__(cls, data: torch.Tensor) -> Marked:
        return torch.Tensor._make_subclass(cls, data, True)  # pyright: ignore


def test_subclasses() -> None:
    x = Marked(torch.ones(2))
    assert type(x) is Marked
    assert repr(x) == "Marked([1., 1.], requires_grad=True)"
    assert type(pickle.loads(pickle.dumps(x))) is Marked
    (x * 2).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(TypeError, match="must be Tensor, not list"):
        torch.Tensor._make_subclass(Marked, [1.0])  # pyright: ignore
    with pytest.raises(RuntimeError, match=r"^Only Tensors of floating point"):
        torch.Tensor._make_subclass(Marked, torch.tensor(1), True)  # pyright: ignore


def test_old_types() -> None:
    assert torch.LongTensor([1, 2]).dtype is torch.int64
    assert isinstance(torch.ones(1), torch.FloatTensor)
    assert not isinstance(torch.ones(1), torch.LongTensor)
    assert torch.ones(1).type(torch.LongTensor).dtype is torch.int64
    with pytest.raises(TypeError, match=r"got one of torch.float32; convert it with .to\(torch.int64\)"):
        torch.LongTensor(torch.ones(2))
    with pytest.raises(TypeError, match=r"(?s)^new\(\) received an invalid combination .*torch.tensor\(data, dtype="):
        torch.Tensor([1], dtype=torch.int32)  # pyright: ignore
    shared = torch.ones(2)
    assert np.shares_memory(torch.Tensor(shared).numpy(), shared.numpy())


def test_limits_compare_and_hash() -> None:
    assert torch.finfo(torch.float32) == torch.finfo()
    assert len({torch.iinfo(torch.int8), torch.iinfo(torch.int8)}) == 1
    with pytest.raises(RuntimeError, match=r"^Unknown Complex ScalarType for Int"):
        torch.int32.to_complex()
