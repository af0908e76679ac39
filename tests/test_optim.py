"""The optimisers, without PyTorch: closed forms, what a step touches, hooks, copies."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays.numpy_blas import add_scaled


def parameter(*values: float) -> torch.Tensor:
    return torch.tensor(list(values), requires_grad=True)


def test_step_is_lr_times_gradient() -> None:
    p = parameter(1.0, 2.0)
    (p * p).sum().backward()
    torch.optim.SGD([p], lr=0.25).step()
    assert p.tolist() == [0.5, 1.0]
    assert p.is_leaf


def test_step_is_noticed_by_graphs_that_saved_the_parameter() -> None:
    p = parameter(1.0)
    p.sum().backward()
    loss = (p * p).sum()
    torch.optim.SGD([p], lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_parameters_without_gradient_stay() -> None:
    p, q = parameter(1.0), parameter(1.0)
    p.sum().backward()
    optimizer = torch.optim.Adam([p, q])
    optimizer.step()
    assert q.tolist() == [1.0]
    assert len(optimizer.state) == 1


def test_zero_grad_keeps_the_gradient_tensor_if_asked() -> None:
    p = parameter(1.0)
    p.sum().backward()
    grad = p.grad
    torch.optim.SGD([p]).zero_grad(set_to_none=False)
    assert p.grad is grad
    assert grad is not None
    assert grad.tolist() == [0.0]


def test_hooks_and_closure() -> None:
    p = parameter(1.0)
    optimizer = torch.optim.SGD([p], lr=0.5)
    seen: list[Any] = []
    first = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(("before", p.item())))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(("after", p.item())))

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 1.0
    assert seen == [("before", 1.0), ("after", 0.0)]
    first.remove()
    optimizer.step()
    assert [name for name, _ in seen] == ["before", "after", "after"]


def test_copies_are_independent() -> None:
    p = parameter(1.0)
    p.sum().backward()
    optimizer = torch.optim.Adam([p], lr=0.1)
    optimizer.step()
    other = copy.deepcopy(optimizer)
    other.step()
    assert next(iter(optimizer.state.values()))["step"].item() == 1
    assert next(iter(other.state.values()))["step"].item() == 2


def test_what_is_not_supported_says_what_to_do() -> None:
    for kind in (torch.optim.Adam, torch.optim.AdamW):
        with pytest.raises(ValueError, match=r"^lr as a Tensor is not supported for capturable=False and foreach=True"):
            kind([parameter(1.0)], lr=torch.tensor(0.1), foreach=True)
    p = parameter(1.0)
    p.sum().backward()
    optimizer = torch.optim.Optimizer([p], {})
    with pytest.raises(NotImplementedError, match="does not define a step"):
        optimizer.step()


def test_failed_group_leaves_the_optimizer_as_it_was() -> None:
    optimizer = torch.optim.SGD([parameter(1.0)])
    with pytest.raises(ValueError, match="non-leaf"):
        optimizer.add_param_group({"params": parameter(1.0) * 2})
    assert len(optimizer.param_groups) == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_pass_over_large_arrays(dtype: str, rng: np.random.Generator) -> None:
    """y += a·x by NumPy's BLAS equals two passes; what it does not serve is left as it was."""
    y, x = rng.normal(size=(2, 100, 100)).astype(dtype)
    expected = y + 0.25 * x
    if not add_scaled(y, 0.25, x):
        pytest.skip("this NumPy comes without its own OpenBLAS")
    np.testing.assert_allclose(y, expected, rtol=1e-6 if dtype == "float32" else 1e-15)
    other = y.copy()
    for scaled in (x.T, x[::-1], x[:50], x.astype("float16"), rng.normal(size=(100, 200))[:, ::2]):
        assert not add_scaled(y, 1.0, scaled)
    y.flags.writeable = False
    assert not add_scaled(y, 1.0, x)
    assert not add_scaled(np.ones(3), 1.0, np.ones(3)), "small arrays are served by two passes"
    np.testing.assert_array_equal(y, other)


def test_lbfgs_solves_least_squares_in_few_steps(rng: np.random.Generator) -> None:
    a, b = (torch.tensor(rng.normal(size=shape)) for shape in ((20, 5), (20,)))
    x = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([x], line_search_fn="strong_wolfe", tolerance_change=0.0)
    calls = 0

    def closure() -> torch.Tensor:
        nonlocal calls
        calls += 1
        optimizer.zero_grad()
        loss = ((a @ x - b) ** 2).sum()
        loss.backward()
        return loss

    first = optimizer.step(closure)
    np.testing.assert_allclose(x.detach().numpy(), np.linalg.lstsq(a.numpy(), b.numpy())[0], atol=1e-6)
    assert first.item() == pytest.approx(float((b**2).sum()))
    assert calls <= 25


def test_lbfgs_refuses() -> None:
    p, q = parameter(1.0), parameter(2.0)
    with pytest.raises(ValueError, match="doesn't support per-parameter options"):
        torch.optim.LBFGS([{"params": [p]}, {"params": [q]}])

    def closure() -> torch.Tensor:
        loss = (p * p).sum()
        loss.backward()
        return loss

    with pytest.raises(RuntimeError, match=r"only 'strong_wolfe' is supported \(line_search_fn is 'armijo'\)"):
        torch.optim.LBFGS([p], line_search_fn="armijo").step(closure)
    assert p.tolist() == [1.0]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"lr": -1}, "Learning rate should be >= 0 but is: -1"),
        ({"lr": torch.tensor([1.0, 2.0])}, "Tensor lr must be 1-element"),
        ({"beta2_decay": 1.0}, "beta2_decay should be <= 0 but is: 1.0"),
        ({"eps": (-1, 1e-3)}, "epsilon1 should be >= 0 but is: -1"),
        ({"eps": (None, -1)}, "epsilon2 should be >= 0 but is: -1"),
        ({"d": 0.5}, "Clipping threshold d should be >= 1 but is: 0.5"),
        ({"weight_decay": -1}, "weight_decay should be >= 0 but is: -1"),
    ],
)
def test_adafactor_refuses(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        torch.optim.Adafactor([parameter(1.0)], **options)


def test_adafactor_refuses_complex_parameters() -> None:
    z = torch.ones(2, dtype=torch.complex64, requires_grad=True)
    z.abs().sum().backward()
    with pytest.raises(RuntimeError, match="Adafactor does not support complex parameters"):
        torch.optim.Adafactor([z]).step()
