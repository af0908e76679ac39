"""What torch has for other machines and compilers: absent devices, settings without effect, refusals."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import gradiente as torch
from gradiente.arrays import numpy_blas


def test_nothing_of_this_is_loaded_before_it_is_asked_for():
    names = ["amp", "backends", "compiler", "cuda", "jit", "serialization", "testing", "_settings", "mps", "xpu"]
    loaded = f"[name for name in {names} if 'gradiente.' + name in sys.modules]"
    code = f"import sys, gradiente; print({loaded}, 'zipfile' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] False"


def test_there_are_no_other_devices():
    assert not torch.cuda.is_available()
    assert torch.cuda.device_count() == torch.accelerator.device_count() == torch.mps.device_count() == 0
    assert torch.accelerator.current_accelerator() is None
    assert not torch.backends.mps.is_available()
    assert torch.version.cuda is None
    torch.cuda.manual_seed_all(0)
    torch.cuda.empty_cache()
    for call in (
        torch.cuda.synchronize,
        torch.cuda.current_device,
        torch.cuda.get_device_name,
        torch.cuda.get_device_capability,
        torch.cuda.get_device_properties,
        lambda: torch.cuda.set_device(0),
    ):
        with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
            call()


def test_flags_can_be_set():
    torch.backends.cudnn.benchmark, before = True, torch.backends.cudnn.benchmark
    assert torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = before
    torch.backends.cuda.matmul.allow_tf32, before = True, torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = before


@pytest.fixture
def settings():
    from gradiente._settings import _kept

    before, threads = dict(vars(_kept)), numpy_blas.threads()
    yield
    numpy_blas.set_threads(threads)
    vars(_kept).clear()
    vars(_kept).update(before)


@pytest.mark.usefixtures("settings")
def test_set_num_threads_is_for_blas(monkeypatch):
    assert torch.get_num_threads() == numpy_blas.threads() > 0
    torch.set_num_threads(1)
    assert torch.get_num_threads() == numpy_blas.threads() == 1
    torch.set_num_threads(1000)  # no more than there are processors
    assert torch.get_num_threads() == 1000 > os.cpu_count() == numpy_blas.threads()
    monkeypatch.setattr(numpy_blas, "_library", lambda: None)  # another BLAS: the number is kept
    monkeypatch.setattr(numpy_blas, "_function", lambda *_: None)
    torch.set_num_threads(2)
    assert (torch.get_num_threads(), numpy_blas.threads()) == (2, 0)


@pytest.mark.usefixtures("settings")
def test_settings_are_kept():
    torch.set_num_threads(3)
    torch.set_num_interop_threads(2)
    assert (torch.get_num_threads(), torch.get_num_interop_threads()) == (3, 2)
    torch.use_deterministic_algorithms(True, warn_only=True)
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled()
    torch.set_deterministic_debug_mode("error")
    assert torch.get_deterministic_debug_mode() == 2
    torch.set_float32_matmul_precision("high")
    assert torch.get_float32_matmul_precision() == "high"
    with pytest.warns(UserWarning, match="x is not one of 'highest'"):
        torch.set_float32_matmul_precision("x")
    for call, error, message in (
        (lambda: torch.set_num_threads(0), RuntimeError, "set_num_threads expects a positive integer"),
        (lambda: torch.set_num_threads(1.5), RuntimeError, "set_num_threads expects an int, but got float"),
        (lambda: torch.use_deterministic_algorithms(3), TypeError, r"'mode' \(position 1\) must be bool, not int"),
        (lambda: torch.set_deterministic_debug_mode("x"), RuntimeError, "invalid value of debug_mode"),
        (lambda: torch.set_deterministic_debug_mode(5), RuntimeError, "expected 0, 1, or 2, but got 5"),
        (lambda: torch.set_deterministic_debug_mode(None), TypeError, "debug_mode must be str or int"),
    ):
        with pytest.raises(error, match=message):
            call()


def test_compilers_return_what_they_are_given():
    def f(x):
        return x + 1

    with pytest.warns(UserWarning, match=r"torch\.compile returns the model as it is"):
        assert torch.compile(f, mode="reduce-overhead") is f
    with pytest.warns(UserWarning, match=r"torch\.jit\.script returns what it is given"):
        assert torch.jit.script(f) is f
    with pytest.warns(UserWarning, match=r"torch\.jit\.trace returns what it is given"):
        assert torch.jit.trace(f, torch.ones(1)) is f
    assert torch.jit.ignore(f) is torch.jit.ignore()(f) is torch.compiler.disable(f) is f
    assert not torch.jit.is_scripting()
    with pytest.raises(TypeError, match="compile\\(\\) got an unexpected keyword argument 'fast'"):
        torch.compile(f, fast=True)
    with pytest.raises(RuntimeError, match="must be a function or a module, not int"):
        torch.compile(3)
    with pytest.raises(RuntimeError, match="ScriptModule cannot be made"):
        torch.jit.ScriptModule()
    with pytest.raises(RuntimeError, match="ScriptFunction cannot be made"):
        torch.jit.ScriptFunction()


def test_autocast_that_has_no_effect():
    with torch.autocast("cpu", enabled=False), torch.amp.autocast("cuda", enabled=False):
        assert not torch.is_autocast_enabled()
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.float32
    assert torch.autocast("cpu", enabled=False)(lambda x: x + 1)(1) == 2
    with pytest.warns(UserWarning, match="CUDA is not available"), torch.autocast("cuda"):
        pass
    with pytest.warns(UserWarning, match="the target dtype is not supported. Disabling autocast"):
        torch.autocast("cpu", dtype=torch.float64)
    with pytest.raises(RuntimeError, match="unsupported autocast device_type 'hip'"):
        torch.autocast("hip")
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`"):
        torch.autocast(3)
    with pytest.warns(FutureWarning, match=r"torch\.cuda\.amp\.autocast\(args\.\.\.\)` is deprecated"):
        torch.cuda.amp.autocast(enabled=False)


def test_a_scaler_that_is_disabled_trains():
    w = torch.ones(1, requires_grad=True)
    optimizer, scaler = torch.optim.SGD([w], lr=0.5), torch.amp.GradScaler(enabled=False)
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    scaler.load_state_dict(scaler.state_dict())
    assert w.item() == 0.5
    assert not scaler.is_enabled()
    with pytest.warns(UserWarning, match="GradScaler is enabled, but CUDA is not available"):
        torch.amp.GradScaler()


@pytest.mark.parametrize("module", ["cuda", "jit", "backends"])
def test_what_is_missing_says_so(module):
    with pytest.raises(AttributeError, match=f"module 'gradiente.{module}' has no attribute 'is_avaiable'"):
        getattr(torch, module).is_avaiable  # noqa: B018


def test_flags_of_cudnn():
    cudnn = torch.backends.cudnn
    with cudnn.flags(enabled=False, benchmark=True):
        assert (cudnn.enabled, cudnn.benchmark) == (False, True)
    assert (cudnn.enabled, cudnn.benchmark) == (True, False)
