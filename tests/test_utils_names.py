"""What torch.utils has beside its packages: swap_tensors, collect_env, deterministic."""

from __future__ import annotations

import subprocess
import sys
import weakref

import numpy as np
import pytest

import gradiente as torch
from gradiente import nn
from gradiente.utils import collect_env, swap_tensors


def test_swapped_tensors_keep_their_identity():
    a, b = nn.Parameter(torch.ones(2)), torch.zeros(3, dtype=torch.int64)
    a.mark = 1
    swap_tensors(a, b)
    assert [repr(x) for x in (a, b.detach())] == ["tensor([0, 0, 0])", "tensor([1., 1.])"]
    assert (type(a), type(b), b.mark, hasattr(a, "mark")) == (torch.Tensor, nn.Parameter, 1, False)
    (b * 3).sum().backward()
    assert b.grad.tolist() == [3, 3]


def test_an_optimiser_steps_what_was_swapped_in():
    layer, new = nn.Linear(2, 2), nn.Parameter(torch.zeros(2, 2))
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    swap_tensors(layer.weight, new)
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    assert layer.weight.tolist() == [[-1, -1], [-1, -1]]


def test_graphs_from_before_a_swap_are_refused():
    a, b = torch.ones(2, requires_grad=True), torch.zeros(2)
    y = (a + 3).sum()
    swap_tensors(a, b)
    with pytest.raises(RuntimeError, match="AccumulateGrad node that was poisoned by swap_tensors"):
        y.backward()
    assert b.grad is None
    (b * 2).sum().backward()
    assert b.grad.tolist() == [2, 2]


def test_hooks_move_with_what_they_watch():
    a, b, seen = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True), []
    a.register_hook(lambda g: seen.append("hook"))
    a.register_post_accumulate_grad_hook(lambda p: seen.append(p is b))
    swap_tensors(a, b)
    a.sum().backward()
    assert seen == []
    b.sum().backward()
    assert seen == ["hook", True]


def test_a_view_goes_on_being_one():
    a, b = torch.ones(2, requires_grad=True) * 1, torch.zeros(2)
    v = a[:1]
    swap_tensors(v, b)
    b.mul_(5)
    assert repr(a) == "tensor([5., 1.], grad_fn=<CopySlices>)"
    assert repr(v) == "tensor([0., 0.])"
    a.mul_(2)
    assert b.tolist() == [10]


def test_what_cannot_be_swapped():
    a, b = torch.ones(2), torch.zeros(2)
    watched = weakref.ref(a, lambda _: None)
    with pytest.raises(RuntimeError, match="Cannot swap t1 because it has weakref associated with it"):
        swap_tensors(a, b)
    assert watched() is a
    view, c = b[:1], torch.zeros(3)
    with pytest.raises(RuntimeError, match=r"Expected use_count of t2 to be 1 or 2 .*\(Views show its memory: clone"):
        swap_tensors(c, b)
    assert (view.tolist(), b.tolist(), c.tolist()) == ([0], [0, 0], [0, 0, 0])

    class Slotted(torch.Tensor):
        __slots__ = ("extra",)

    with pytest.raises(RuntimeError, match="Cannot swap t1 and t2 if they have different slots"):
        swap_tensors(torch.zeros(3), Slotted([1.0]))


def test_report_of_what_is_installed(monkeypatch):
    found = collect_env.get_env_info()
    assert found._fields[0] == "torch_version"
    assert (found.is_cuda_available, found.python_version.split()[0]) == ("False", sys.version.split()[0])
    text = collect_env.pretty_str(found)
    assert text.startswith("PyTorch version: 2.13.0+gradiente\nIs debug build: False\n")
    assert f"[pip3] numpy=={np.__version__}" in text
    assert "[pip3] gradiente==" in text
    monkeypatch.setattr(collect_env, "run", lambda command: (127, "", "not found"))
    bare = collect_env.get_env_info()
    assert (bare.gcc_version, bare.nvidia_driver_version) == (None, None)
    assert "GCC version: Could not collect" in collect_env.pretty_str(bare)


def test_report_from_the_command_line():
    command = [sys.executable, "-m", "gradiente.utils.collect_env"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Collecting environment information...\nPyTorch version: ")
    assert done.stderr == ""


def test_commands_that_are_not_there():
    assert collect_env.run("no-such-command-anywhere --version")[0] == 127
    assert collect_env.run([sys.executable, "-c", "print('a b')"]) == (0, "a b", "")


@pytest.fixture
def deterministic():
    torch.use_deterministic_algorithms(True)
    yield torch.utils.deterministic
    torch.use_deterministic_algorithms(False)
    torch.utils.deterministic.fill_uninitialized_memory = True


def test_memory_without_values_is_filled(deterministic):
    x = torch.ones(2, 3)
    for made in (torch.empty(2), torch.empty_like(x), x.new_empty(2), torch.empty_strided((2,), (2,)), torch.Tensor(2)):
        assert made.isnan().all()
    assert torch.empty_like(x.t()).isnan().all()
    assert torch.empty_like(torch.ones(1, 2, 3, 4), memory_format=torch.channels_last).isnan().all()
    wanted = {torch.int8: 127, torch.uint8: 255, torch.int64: 2**63 - 1, torch.bool: True, torch.uint16: 65535}
    assert [torch.empty(1, dtype=kind).item() for kind in wanted] == list(wanted.values())
    for kind in (torch.float16, torch.bfloat16, torch.float64, torch.complex64):
        assert torch.empty(2, dtype=kind).isnan().all()
    assert torch.zeros(2).resize_(4).isnan().tolist() == [False, False, True, True]
    assert torch.empty(3, device="meta").is_meta


def test_filling_is_a_setting(deterministic):
    deterministic.fill_uninitialized_memory = False
    assert deterministic.fill_uninitialized_memory is False
    ones = [torch.ones(1000) for _ in range(3)]
    assert not torch.empty(0).isnan().any()
    with pytest.raises(RuntimeError, match="expected a bool, but got int"):
        deterministic.fill_uninitialized_memory = 3
    deterministic.fill_uninitialized_memory = True
    assert torch.empty_like(ones[0]).isnan().all()
    torch.use_deterministic_algorithms(True, warn_only=True)
    assert torch.empty(1).isnan().all()
    torch.set_deterministic_debug_mode(0)
    from gradiente.ops._uninitialized import filling

    assert not filling.on
