"""Making tensors: data, constants, ranges; the options that all these functions share; devices."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente as torch

FACTORIES: dict[str, Callable[..., Any]] = {
    "zeros": lambda **options: torch.zeros(2, **options),
    "ones": lambda **options: torch.ones(2, **options),
    "empty": lambda **options: torch.empty(2, **options),
    "full": lambda **options: torch.full((2,), 1.0, **options),
    "eye": lambda **options: torch.eye(2, **options),
    "arange": lambda **options: torch.arange(2.0, **options),
    "linspace": lambda **options: torch.linspace(0, 1, 2, **options),
    "logspace": lambda **options: torch.logspace(0, 1, 2, **options),
    "rand": lambda **options: torch.rand(2, **options),
    "randn": lambda **options: torch.randn(2, **options),
    "zeros_like": lambda **options: torch.zeros_like(torch.ones(2), **options),
    "ones_like": lambda **options: torch.ones_like(torch.ones(2), **options),
    "empty_like": lambda **options: torch.empty_like(torch.ones(2), **options),
    "full_like": lambda **options: torch.full_like(torch.ones(2), 3, **options),
    "rand_like": lambda **options: torch.rand_like(torch.ones(2), **options),
    "randn_like": lambda **options: torch.randn_like(torch.ones(2), **options),
    "new_zeros": lambda **options: torch.ones(2).new_zeros(2, **options),
    "new_ones": lambda **options: torch.ones(2).new_ones(2, **options),
    "new_full": lambda **options: torch.ones(2).new_full((2,), 1, **options),
    "new_empty": lambda **options: torch.ones(2).new_empty(2, **options),
    "new_tensor": lambda **options: torch.ones(2).new_tensor([1.0, 2.0], **options),
    "scalar_tensor": lambda **options: torch.scalar_tensor(2.0, **options),
}


@pytest.mark.parametrize("name", FACTORIES)
def test_options_of_every_function(name: str) -> None:
    make = FACTORIES[name]
    assert make().dtype is torch.float32
    assert not make().requires_grad
    out = make(dtype=torch.float64, device="cpu", layout=torch.strided, pin_memory=False, requires_grad=True)
    assert out.dtype is torch.float64
    assert out.requires_grad
    assert out.is_leaf
    with pytest.raises(AssertionError, match=r"^Torch not compiled with CUDA enabled .*device='cpu'"):
        make(device="cuda")
    with pytest.raises(RuntimeError, match=r"^PyTorch is not linked with support for mps devices"):
        make(device=torch.device("mps"))
    with pytest.raises(TypeError, match=r"argument 'dtype' must be torch.dtype, not str .*torch.float32"):
        make(dtype="float32")
    with pytest.raises(TypeError, match="argument 'requires_grad' must be bool, not int"):
        make(requires_grad=1)
    with pytest.raises(RuntimeError, match=r"^pin_memory=True requires a CUDA or other accelerator backend"):
        make(pin_memory=True)
    with pytest.raises(TypeError, match=r"argument 'layout' must be torch.layout, not int"):
        make(layout=3)


@pytest.mark.parametrize("name", [name for name in FACTORIES if not name.startswith("rand")])
def test_no_gradients_for_integers(name: str) -> None:
    assert FACTORIES[name](dtype=torch.int32).dtype is torch.int32
    with pytest.raises(
        RuntimeError, match=r"^Only Tensors of floating point and complex dtype can require gradients .*torch.int32"
    ):
        FACTORIES[name](dtype=torch.int32, requires_grad=True)


def test_inference_mode_makes_inference_tensors() -> None:
    with torch.inference_mode():
        made = [make() for make in FACTORIES.values()]
    for x in made:
        with pytest.raises(RuntimeError, match="Inplace update to inference tensor"):
            x.uniform_()


def test_default_dtype() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.tensor([1.0]).dtype is torch.float64
        assert torch.tensor([1j]).dtype is torch.complex128
        assert torch.ones(1).dtype is torch.rand(1).dtype is torch.arange(1.0).dtype is torch.float64
        assert repr(torch.ones(1)) == "tensor([1.])"
        assert repr(torch.ones(1, dtype=torch.float32)) == "tensor([1.], dtype=torch.float32)"
    finally:
        torch.set_default_dtype(torch.float32)
    with pytest.raises(TypeError, match=r"^invalid dtype object: only floating-point types .*'float32'"):
        torch.set_default_dtype("float32")  # pyright: ignore
    with pytest.raises(TypeError, match=r"^only floating-point types are supported as the default type .*int32"):
        torch.set_default_dtype(torch.int32)


def test_default_device() -> None:
    assert torch.get_default_device() == torch.device("cpu")
    torch.set_default_device("cpu:0")
    assert torch.get_default_device() == torch.device("cpu", 0)
    torch.set_default_device(None)
    with pytest.raises(AssertionError, match=r"^Torch not compiled with CUDA enabled"):
        torch.set_default_device("cuda")
    assert torch.get_default_device() == torch.device("cpu")
    with torch.device("cuda"), pytest.raises(AssertionError, match=r"^Torch not compiled with CUDA enabled"):
        torch.ones(1)
    assert torch.ones(1).device == torch.device("cpu")


def test_devices_are_values() -> None:
    assert pickle.loads(pickle.dumps(torch.device("cpu:0"))) == torch.device("cpu:0")
    assert {torch.device("cpu"): 1}[torch.device("cpu")] == 1
    assert torch.device("cuda:1") != torch.device("cuda")
    assert pickle.loads(pickle.dumps(torch.float32)) is torch.float32


def test_data_is_copied() -> None:
    array = np.zeros(2)
    x = torch.tensor(array)
    array[0] = 1
    assert x.tolist() == [0.0, 0.0]


def test_order_in_memory_is_kept() -> None:
    turned = np.zeros((2, 3), np.float32).transpose()
    for x in (torch.tensor(turned), torch.ones_like(torch.from_numpy(turned)), torch.from_numpy(turned).double()):
        assert x.numpy().flags.f_contiguous
    x = torch.from_numpy(turned)
    assert torch.ones_like(x, memory_format=torch.contiguous_format).numpy().flags.c_contiguous
    assert x.to(torch.float32, memory_format=torch.contiguous_format).numpy().flags.c_contiguous


def test_long_lists() -> None:
    values = list(range(100_000))
    assert torch.tensor(values).numpy().tolist() == values
    assert torch.tensor([values[:10], values[10:20]]).shape == (2, 10)
    assert torch.tensor([[[1], [2]], [[3], [4.5]]]).tolist() == [[[1.0], [2.0]], [[3.0], [4.5]]]


def test_lists_of_tracked_tensors_warn() -> None:
    with pytest.warns(UserWarning, match="Converting a tensor with requires_grad=True to a scalar"):
        out = torch.tensor([torch.tensor(1.0, requires_grad=True), 2])
    assert out.tolist() == [1.0, 2.0]
    assert not out.requires_grad


def test_arrays_that_torch_lacks() -> None:
    with pytest.raises(TypeError, match=r"^can't convert np.ndarray of type numpy.str_"):
        torch.tensor(np.array(["a"]))
    with pytest.raises(TypeError, match=r"^can't convert np.ndarray of type numpy.longdouble"):
        torch.tensor(np.array([1], np.longdouble))


def test_errors_say_what_to_do() -> None:
    with pytest.raises(TypeError, match=r"^zeros\(\) missing 1 required positional arguments: \"size\""):
        torch.zeros()
    with pytest.raises(RuntimeError, match=r"^Could not infer dtype of set \(torch.tensor takes numbers, arrays"):
        torch.tensor({1})
    with pytest.raises(RuntimeError, match=r"^value cannot be converted to type uint8 without overflow .*300"):
        torch.tensor([300], dtype=torch.uint8)
    with pytest.raises(RuntimeError, match=r"can't allocate memory"):
        torch.zeros(2**45)
    with pytest.raises(RuntimeError, match=r"^Storage size calculation overflowed with sizes=\[4611686018427387904"):
        torch.zeros(2**62, 4)


def test_out() -> None:
    out = torch.zeros(3)
    assert torch.arange(3, out=out) is out
    assert out.tolist() == [0.0, 1.0, 2.0]
    empty = torch.empty(0)
    assert torch.ones(2, 2, out=empty) is empty
    assert empty.shape == (2, 2)
    with pytest.raises(RuntimeError, match=r"^dtype Double does not match dtype of out parameter \(Float\)"):
        torch.ones(3, dtype=torch.float64, out=out)
    with pytest.raises(RuntimeError, match=r"out has the shape \[3\], but the result has \[2\]"):
        torch.ones(2, out=out)
    with pytest.raises(RuntimeError, match=r"functions with out=... arguments don't support automatic differentiation"):
        torch.ones(3, out=torch.ones(3, requires_grad=True))
    with pytest.raises(TypeError, match=r"argument 'out' must be Tensor, not list"):
        torch.ones(3, out=[1])  # pyright: ignore
    assert out.tolist() == [0.0, 1.0, 2.0]


def test_bfloat16() -> None:
    pytest.importorskip("ml_dtypes", reason="the extra `bfloat16` is not installed")
    x = torch.tensor([1.0, 2.5], dtype=torch.bfloat16)
    assert repr(x) == "tensor([1.0000, 2.5000], dtype=torch.bfloat16)"
    assert x.tolist() == [1.0, 2.5]
    assert x[1].item() == 2.5
    assert x.float().dtype is torch.float32
    assert torch.ones(2, dtype=torch.bfloat16, requires_grad=True).requires_grad
    with pytest.raises(TypeError, match=r"^Got unsupported ScalarType BFloat16 .*\.float\(\)"):
        x.numpy()
    assert torch.finfo(torch.bfloat16).eps == 2.0**-7
