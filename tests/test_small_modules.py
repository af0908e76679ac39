"""Small modules that programs import: futures, multiprocessing, jit, _dynamo, compiler, devices that are not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import gradiente as torch
from gradiente.run import install_alias


def test_futures():
    a, b = torch.futures.Future(), torch.futures.Future()
    seen = []
    a.add_done_callback(lambda f: seen.append(f.value()))
    both = torch.futures.collect_all([a, b])
    later = a.then(lambda f: f.value() + 1)
    failed = a.then(lambda f: f.value() / 0)
    with pytest.raises(RuntimeError, match="the Future is not done"):
        a.value()
    a.set_result(1)
    assert (a.done(), both.done(), seen, later.wait()) == (True, False, [1], 2)
    with pytest.raises(ZeroDivisionError):
        failed.wait()
    with pytest.raises(RuntimeError, match="Future can only be marked completed once"):
        a.set_result(2)
    with pytest.raises(AssertionError, match="not an Exception"):
        b.set_exception(3)  # type: ignore[arg-type]
    b.set_result(2)
    assert torch.futures.wait_all([a, b]) == [1, 2]
    a.add_done_callback(lambda f: seen.append(f.value()))
    assert seen == [1, 1]
    assert torch.futures.collect_all([]).wait() == []


SPAWNING = """
import os, sys
import torch
import torch.multiprocessing as mp

def work(i, queue, x):
    queue.put((i, (x + i).tolist()))

def fail(i):
    if i == 1:
        raise KeyError("told")

def leave(i):
    os._exit(3)

if __name__ == "__main__":
    method = sys.argv[1]
    queue = mp.get_context(method).SimpleQueue()
    mp.start_processes(work, (queue, torch.ones(2)), nprocs=2, start_method=method)
    print(sorted([queue.get(), queue.get()]))
    try:
        mp.start_processes(fail, nprocs=2, start_method=method)
    except mp.ProcessRaisedException as error:
        print(error.error_index, str(error).splitlines()[2], str(error).splitlines()[-1])
    try:
        mp.start_processes(leave, nprocs=1, start_method=method)
    except mp.ProcessExitedException as error:
        print(error.exit_code, error)
    mp.set_start_method(method, force=True)
    print(issubclass(mp.Process, object), mp.cpu_count() >= 1, mp.get_start_method())
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_that_start_together(tmp_path: Path, method: str) -> None:
    (tmp_path / "main.py").write_text(SPAWNING)
    command = [sys.executable, "-m", "gradiente", "main.py", method]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "[(0, [1.0, 1.0]), (1, [2.0, 2.0])]",
        "1 -- Process 1 terminated with the following error: KeyError: 'told'",
        "3 process 0 terminated with exit code 3",
        f"True True {method}",
    ], done.stderr


def test_ways_to_share_memory():
    assert torch.multiprocessing.get_all_sharing_strategies() == {"file_descriptor", "file_system"}
    before = torch.multiprocessing.get_sharing_strategy()
    torch.multiprocessing.set_sharing_strategy("file_system")
    assert torch.multiprocessing.get_sharing_strategy() == "file_system"
    torch.multiprocessing.set_sharing_strategy(before)
    with pytest.raises(AssertionError, match="invalid sharing strategy 'paper'"):
        torch.multiprocessing.set_sharing_strategy("paper")
    with pytest.raises(AttributeError, match="Closest names: 'spawn'"):
        torch.multiprocessing.spawnn  # noqa: B018


def test_the_compiler_leaves_functions_as_they_are():
    def f(x):
        return x + 1

    dynamo, compiler, jit = torch._dynamo, torch.compiler, torch.jit
    for same in (
        *(dynamo.disable(f), dynamo.optimize("eager")(f), dynamo.run(f), dynamo.run()(f), dynamo.forbid_in_graph(f)),
        *(dynamo.disallow_in_graph(f), dynamo.allow_in_graph(f), compiler.assume_constant_result(f)),
        *(compiler.substitute_in_graph(len)(f), compiler.nested_compile_region(f), compiler.nested_compile_region()(f)),
        *(compiler.set_stance("force_eager")(f), jit.script_method(f), jit.interface(f), jit.annotate(int, f)),
    ):
        assert same is f
    dynamo.mark_dynamic(torch.ones(1), 0)
    dynamo.config.suppress_errors = True
    assert not dynamo.is_dynamo_supported()
    assert (dynamo.is_compiling(), compiler.is_exporting(), compiler.list_backends()) == (False, False, [])
    for name in ("freeze", "optimize_for_inference", "trace_module"):
        with pytest.warns(UserWarning, match=rf"torch\.jit\.{name} returns what it is given"):
            assert getattr(jit, name)(f) is f
    assert jit.wait(jit.fork(f, 1)) == 2
    with pytest.raises(ZeroDivisionError):
        jit.fork(lambda: 1 / 0).wait()
    assert jit.Attribute(3, int) == (3, int)
    before = jit.set_fusion_strategy([("STATIC", 1)])
    assert jit.set_fusion_strategy(before) == [("STATIC", 1)]
    with pytest.raises(RuntimeError, match=r"invalid torch\.compile stance 'slow'"):
        compiler.set_stance("slow")
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`"):
        torch.amp.custom_fwd(f, device_type=3)  # type: ignore[arg-type]
    with pytest.warns(FutureWarning, match=r"torch\.cuda\.amp\.custom_fwd\(args\.\.\.\)` is deprecated"):
        assert torch.cuda.amp.custom_fwd(f).__wrapped__ is f
    with pytest.warns(FutureWarning, match=r"torch\.cuda\.amp\.custom_bwd\(args\.\.\.\)` is deprecated"):
        assert torch.cuda.amp.custom_bwd(f).__wrapped__ is f


def test_the_cpu_is_asked_as_cuda_is():
    with torch.cpu.stream(torch.cpu.current_stream()) as nothing:
        torch.cpu.synchronize()
    event = torch.cpu.Event()
    event.record()
    assert (nothing, event.query(), torch.cpu.is_available(), torch.cpu.device_count()) == (None, True, True, 1)


CUDA = (
    *("get_rng_state", "initial_seed", "init", "mem_get_info", "reset_peak_memory_stats", "reset_max_memory_allocated"),
    *("ipc_collect", "current_stream", "default_stream"),
)


@pytest.mark.parametrize("name", CUDA)
def test_what_needs_cuda_says_so(name):
    with pytest.raises(AssertionError, match=rf"Torch not compiled with CUDA enabled \(torch\.cuda\.{name}: "):
        getattr(torch.cuda, name)()


def test_what_does_not_need_cuda():
    assert (torch.cuda.get_rng_state_all(), torch.cuda.memory_stats(), torch.cuda.get_arch_list()) == ([], {}, [])
    torch.cuda.set_rng_state_all([])
    torch.cuda.seed_all()
    with torch.cuda.device(-1), torch.cuda.device_of(torch.ones(1)):
        pass
    with pytest.raises(RuntimeError, match="PyTorch was compiled without CUDA support"), torch.cuda.device(0):
        pass
    assert issubclass(torch.cuda.OutOfMemoryError, RuntimeError)
    assert issubclass(torch.cuda.CudaError, RuntimeError)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: torch.mps.synchronize(), RuntimeError, r"Cannot execute deviceSynchronize\(\) without MPS backend"),
        (lambda: torch.mps.empty_cache(), RuntimeError, r"Cannot execute emptyCache\(\) without MPS backend"),
        (lambda: torch.mps.current_allocated_memory(), RuntimeError, "without MPS backend"),
        (lambda: torch.mps.driver_allocated_memory(), RuntimeError, "without MPS backend"),
        (lambda: torch.xpu.synchronize(), AssertionError, "Torch not compiled with XPU enabled"),
        (lambda: torch.xpu.current_device(), AssertionError, "Torch not compiled with XPU enabled"),
        (lambda: torch.accelerator.synchronize(), RuntimeError, "Cannot access accelerator device when none is"),
        (lambda: torch.accelerator.current_device_index(), RuntimeError, "Cannot access accelerator device"),
        (lambda: torch.accelerator.set_device_index(0), RuntimeError, "Cannot access accelerator device"),
        (lambda: torch.accelerator.current_stream(), RuntimeError, "Cannot access accelerator device"),
        (lambda: torch.accelerator.empty_cache(), RuntimeError, "Cannot access accelerator device"),
        (lambda: torch.accelerator.memory_allocated(), RuntimeError, "Cannot access accelerator device"),
    ],
)
def test_other_devices_are_not_there(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_places_that_torch_has_names_in():
    with install_alias():
        from torch._jit_internal import ignore  # type: ignore[import-not-found]
        from torch.amp.autocast_mode import autocast  # type: ignore[import-not-found]
        from torch.amp.grad_scaler import GradScaler  # type: ignore[import-not-found]
        from torch.cuda.memory import memory_allocated  # type: ignore[import-not-found]
        from torch.cuda.random import get_rng_state_all  # type: ignore[import-not-found]
    assert (autocast, GradScaler) == (torch.amp.autocast, torch.GradScaler)
    assert (ignore, memory_allocated) == (torch.jit.ignore, torch.cuda.memory_allocated)
    assert get_rng_state_all is torch.cuda.get_rng_state_all
