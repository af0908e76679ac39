"""torch.autocast on the CPU: where it casts, how blocks nest, what it keeps, and the rounds of GradScaler."""

from __future__ import annotations

import pickle
import sys
import threading
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.amp._policy import FLOAT32, LOWER
from gradiente.tensor import overriding

half = torch.float16


def product() -> Any:
    return (torch.ones(2, 2) @ torch.ones(2, 2)).dtype


def test_blocks_nest_and_end():
    assert product() is torch.float32
    with torch.autocast("cpu", dtype=half):
        assert product() is half
        with torch.autocast("cpu", enabled=False):
            assert product() is torch.float32
            assert not torch.is_autocast_enabled("cpu")
            with torch.autocast("cpu", dtype=half):
                assert product() is half
        assert product() is half
        assert torch.get_autocast_dtype("cpu") is half
    assert product() is torch.float32
    assert torch.get_autocast_dtype("cpu") is torch.bfloat16
    assert overriding.state() is overriding.IDLE
    block = torch.autocast("cpu", dtype=half)
    with pytest.raises(ZeroDivisionError), block, block:
        1 / (product() is not half)
    assert product() is torch.float32


def test_settings_without_a_block():
    torch.set_autocast_dtype("cpu", half)
    torch.set_autocast_enabled("cpu", True)
    try:
        assert product() is half
        assert torch.is_autocast_enabled("cpu")
        torch.set_autocast_cache_enabled(False)
        assert not torch.is_autocast_cache_enabled()
    finally:
        torch.set_autocast_enabled("cpu", False)
        torch.set_autocast_dtype("cpu", torch.bfloat16)
        torch.set_autocast_cache_enabled(True)
    assert product() is torch.float32
    torch.set_autocast_enabled(True)  # of CUDA devices, which there are none of
    assert torch.is_autocast_enabled()
    assert product() is torch.float32
    torch.set_autocast_enabled(False)


def test_threads_have_blocks_of_their_own():
    seen: list[Any] = []
    with torch.autocast("cpu", dtype=half):
        thread = threading.Thread(target=lambda: seen.append(product()))
        thread.start()
        thread.join()
    assert seen == [torch.float32]


def test_a_decorated_function():
    @torch.autocast("cpu", dtype=half)
    def function(x: Any) -> Any:
        """What it does."""
        return x @ x

    assert function.__doc__ == "What it does."
    assert function(torch.ones(2, 2)).dtype is half
    with pytest.raises(TypeError, match=r"autocast\(\)\(func\) requires a callable, but got int"):
        torch.autocast("cpu", dtype=half)(3)


def test_gradients_have_the_types_of_parameters(rng: np.random.Generator):
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    x = torch.from_numpy(rng.standard_normal((5, 4)).astype("float32"))
    with torch.autocast("cpu", dtype=half):
        out = net(x)
        loss = torch.nn.functional.mse_loss(out, torch.zeros(5, 2))
    assert out.dtype is half
    assert loss.dtype is torch.float32
    loss.backward()
    found = [p.grad.clone() for p in net.parameters()]
    assert all(g.dtype is torch.float32 for g in found)
    net.zero_grad()
    torch.nn.functional.mse_loss(net(x), torch.zeros(5, 2)).backward()
    for g, p in zip(found, net.parameters(), strict=True):
        torch.testing.assert_close(g, p.grad, rtol=0.02, atol=0.002)


def test_parameters_are_cast_once_in_a_block():
    w = torch.ones(2, 2, requires_grad=True)
    x = torch.ones(2, 2)
    with torch.autocast("cpu", dtype=half):
        first, second = (x @ w).grad_fn.next_functions[1][0], (x @ w).grad_fn.next_functions[1][0]
        assert first is second
        with torch.no_grad():
            assert not (x @ w).requires_grad
        torch.clear_autocast_cache()
        assert (x @ w).grad_fn.next_functions[1][0] is not first
    with torch.autocast("cpu", dtype=half, cache_enabled=False):
        first, second = (x @ w).grad_fn.next_functions[1][0], (x @ w).grad_fn.next_functions[1][0]
        assert first is not second
    with torch.autocast("cpu", dtype=half):  # values that a step changed are seen by the next block
        with torch.no_grad():
            w.mul_(3)
        assert (x @ w)[0, 0].item() == 6


def test_what_is_left_alone():
    with torch.autocast("cpu", dtype=half):
        assert (torch.ones(2, 2, dtype=torch.float64) @ torch.ones(2, 2, dtype=torch.float64)).dtype is torch.float64
        assert (torch.ones(2, 2) + 1).dtype is torch.float32
        assert (torch.ones(2, 2, dtype=torch.int64) @ torch.ones(2, 2, dtype=torch.int64)).dtype is torch.int64
        out = torch.zeros(2, 2)
        torch.matmul(torch.ones(2, 2), torch.ones(2, 2), out=out)
        assert out.tolist() == [[2, 2], [2, 2]]
        assert torch.vmap(torch.dot)(torch.ones(3, 2), torch.ones(3, 2)).dtype is torch.float32
        assert torch.func.grad(lambda x: (x @ x).sum().float())(torch.ones(2, 2)).dtype is torch.float32


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_checkpoints_cast_again(use_reentrant: bool):
    seen: list[Any] = []
    w = torch.ones(2, 2, requires_grad=True)

    def part(x: Any) -> Any:
        seen.append((x @ w).dtype)
        return x @ w

    with torch.autocast("cpu", dtype=half):
        y = torch.utils.checkpoint.checkpoint(part, torch.ones(2, 2, requires_grad=True), use_reentrant=use_reentrant)
    y.sum().backward()
    assert seen == [half, half]
    assert w.grad.dtype is torch.float32


def test_the_table_names_functions_that_exist():
    names = {*LOWER, *FLOAT32}
    places = (torch, torch.nn.functional, torch.linalg, torch.fft)
    missing = {name for name in names if not any(hasattr(place, name) for place in places)}
    assert missing == set()


def test_bfloat16_without_the_package_that_has_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    monkeypatch.setattr(torch.bfloat16, "_numpy", None)
    with pytest.raises(ImportError, match=r'pip install "gradiente\[bfloat16\]"'):
        torch.autocast("cpu")


def test_functions_of_programs():
    squares: list[Any] = []
    plain: list[Any] = []

    class Square(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            squares.append((x.dtype, product()))
            return x * x

        @staticmethod
        @torch.amp.custom_bwd(device_type="cpu")
        def backward(ctx: Any, g: Any) -> Any:
            squares.append(product())
            return 2 * g * ctx.saved_tensors[0]

    class Plain(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu")
        def forward(ctx: Any, x: Any) -> Any:
            plain.append((x.dtype, product()))
            return x * 2

        @staticmethod
        @torch.amp.custom_bwd(device_type="cpu")
        def backward(ctx: Any, g: Any) -> Any:
            plain.append(product())
            return g * 2

    x = torch.tensor([3.0], dtype=half, requires_grad=True)
    with torch.autocast("cpu", dtype=half):
        y = Square.apply(x) + Plain.apply(x)
    y.sum().backward()
    assert squares == [(torch.float32, torch.float32), torch.float32]
    assert plain == [(half, half), half]
    assert x.grad.item() == 8
    assert torch.amp.custom_fwd(device_type="cpu")(lambda ctx: 5)(Square) == 5
    for decorator in (torch.amp.custom_fwd, torch.amp.custom_bwd):
        with pytest.raises(ValueError, match="Expected `device_type` of type `str`"):
            decorator(device_type=3)


def test_a_scaler_leaves_out_steps_with_infinite_gradients():
    w = torch.tensor([1.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
    scales = []
    for factor in (1.0, 1.0, float("inf"), float("nan"), 1.0):
        optimizer.zero_grad()
        scaler.scale((w * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    assert scales == [4.0, 8.0, 4.0, 2.0, 2.0]
    assert w.item() == pytest.approx(0.7)


def test_a_scaler_refuses_what_makes_no_sense():
    w = torch.tensor([1.0], requires_grad=True)
    optimizer, scaler = torch.optim.SGD([w], lr=0.1), torch.amp.GradScaler("cpu")
    with pytest.raises(AssertionError, match="Attempted step but _scale is None"):
        scaler.step(optimizer)
    with pytest.raises(ValueError, match="outputs must be a Tensor or an iterable of Tensors"):
        scaler.scale(3)
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called on this optimizer since the last update"):
        scaler.unscale_(optimizer)
    with pytest.raises(AssertionError, match="may only be pickled at the beginning of an iteration"):
        pickle.dumps(scaler)
    scaler.step(optimizer)
    with pytest.raises(RuntimeError, match=r"step\(\) has already been called"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match=r"unscale_\(\) is being called after step"):
        scaler.unscale_(optimizer)
    with pytest.raises(AssertionError, match="new_scale should be a float or a 1-element"):
        scaler.update(torch.ones(2))
    scaler.update()
    with pytest.raises(AssertionError, match="No inf checks were recorded prior to update"):
        scaler.update()
    with pytest.raises(RuntimeError, match="Closure use is not currently supported"):
        scaler.step(optimizer, closure=len)
    optimizer.zero_grad()
    with pytest.raises(AssertionError, match="No inf checks were recorded for this optimizer"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="The source state dict is empty"):
        scaler.load_state_dict({})
    for options in ({"growth_factor": 1.0}, {"backoff_factor": 1.0}):
        with pytest.raises(AssertionError, match=r"factor must be [<>] 1\.0"):
            torch.amp.GradScaler("cpu", **options)
    low = torch.ones(1, dtype=half, requires_grad=True)
    scaler.scale(low.sum()).backward()
    with pytest.raises(ValueError, match="Attempting to unscale FP16 gradients"):
        scaler.unscale_(torch.optim.SGD([low], lr=0.1))


def test_a_scaler_is_saved_and_loaded():
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0, growth_interval=3)
    scaler.scale(torch.ones(1))
    scaler.set_growth_factor(3.0)
    scaler.set_backoff_factor(0.25)
    scaler.set_growth_interval(5)
    assert (scaler.get_growth_factor(), scaler.get_backoff_factor(), scaler.get_growth_interval()) == (3.0, 0.25, 5)
    other = torch.amp.GradScaler("cpu")
    other.load_state_dict(scaler.state_dict())
    assert other.state_dict() == scaler.state_dict() == pickle.loads(pickle.dumps(scaler)).state_dict()
    assert other.scale(torch.ones(1)).item() == 2.0


@pytest.mark.parametrize("name", ["autocast", "GradScaler"])
def test_old_names_of_the_cpu(name: str):
    with pytest.warns(FutureWarning, match=rf"torch\.cpu\.amp\.{name}\(args\.\.\.\)` is deprecated"):
        getattr(torch.cpu.amp, name)(enabled=False)


def test_old_names_of_settings():
    with pytest.warns(DeprecationWarning, match=r"torch\.is_autocast_cpu_enabled\(\) is deprecated"):
        assert not torch.is_autocast_cpu_enabled()
    with pytest.warns(DeprecationWarning, match="get_autocast_dtype"):
        assert torch.get_autocast_cpu_dtype() is torch.bfloat16
    with pytest.warns(DeprecationWarning, match="set_autocast_enabled"):
        torch.set_autocast_cpu_enabled(False)
    with pytest.warns(DeprecationWarning, match="set_autocast_dtype"):
        torch.set_autocast_cpu_dtype(torch.bfloat16)
