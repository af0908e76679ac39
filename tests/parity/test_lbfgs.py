"""L-BFGS against PyTorch: parameters, numbers of calls, state, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

OPTIONS: list[dict[str, Any]] = [
    {"lr": 0.1},
    {"lr": 0.5, "max_iter": 5, "history_size": 3},
    {"lr": 0.3, "max_iter": 1},
    {"max_iter": 4, "max_eval": 3, "lr": 0.2},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 2},
    {"line_search_fn": "strong_wolfe", "lr": 30.0, "max_iter": 6},
    {"line_search_fn": "strong_wolfe", "lr": 1e-4, "max_iter": 6},
    {"line_search_fn": "strong_wolfe", "tolerance_change": 1e-2, "tolerance_grad": 1e-2},
]


def rosenbrock(m: Any) -> tuple[list[Any], Callable[[], Any]]:
    x = m.tensor([-1.2, 1.0, 0.3], dtype=m.float64, requires_grad=True)
    y = m.tensor([[0.5]], dtype=m.float64, requires_grad=True)

    def loss() -> Any:
        z = m.cat([x, y.view(1)])
        return ((1 - z[:-1]) ** 2 + 100 * (z[1:] - z[:-1] ** 2) ** 2).sum()

    return [x, y], loss


def network(m: Any) -> tuple[list[Any], Callable[[], Any]]:
    rng = np.random.default_rng(0)
    parameters = [m.from_numpy(rng.standard_normal(s) * 0.5).requires_grad_() for s in ((5, 3), (5,), (1, 5))]
    unused = m.zeros(2, dtype=m.float64, requires_grad=True)
    x, y = (m.from_numpy(rng.standard_normal(s)) for s in ((20, 3), (20, 1)))

    def loss() -> Any:
        a, b, c = parameters
        return ((m.tanh(x @ a.t() + b) @ c.t() - y) ** 2).mean()

    return [*parameters, unused], loss


def complexes(m: Any) -> tuple[list[Any], Callable[[], Any]]:
    z = m.tensor([1 + 2j, -3j], dtype=m.complex128, requires_grad=True)
    return [z], lambda: ((z - (0.5 + 1j)).abs() ** 4).sum()


def steps(m: Any, problem: Any, options: dict[str, Any], count: int) -> tuple[list[Any], Any]:
    parameters, loss = problem(m)
    optimizer = m.optim.LBFGS(parameters, **options)
    calls = [0]

    def closure() -> Any:
        calls[0] += 1
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    seen: list[Any] = []
    for _ in range(count):
        first = optimizer.step(closure)
        seen.append((calls[0], first.item(), [p.detach().numpy().copy() for p in parameters]))
    return seen, optimizer


@pytest.mark.filterwarnings(
    "ignore:Converting a tensor with requires_grad=True:UserWarning"
)  # torch's own step does it
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("problem", [rosenbrock, network, complexes])
def test_lbfgs(problem: Any, options: dict[str, Any]) -> None:
    if problem is rosenbrock and "line_search_fn" not in options:
        options = {**options, "lr": options["lr"] * 1e-2}  # else it runs away, and rounding decides where to
    # Up to eighty steps; what differs by rounding grows tenfold in every few of them, so no more are compared.
    ours, mine = steps(gradiente, problem, options, 4)
    theirs, other = steps(torch, problem, options, 4)
    for (a_calls, a_loss, a), (b_calls, b_loss, b) in zip(ours, theirs, strict=True):
        assert a_calls == b_calls
        assert a_loss == pytest.approx(b_loss, rel=1e-6, abs=1e-12)
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)
    assert repr(mine) == repr(other)
    a, b = mine.state_dict()["state"][0], other.state_dict()["state"][0]
    kinds = [{k: type(v).__name__ for k, v in state.items() if k != "t"} for state in (a, b)]  # t: a number or of 0-d
    assert kinds[0] == kinds[1]
    assert (a["func_evals"], a["n_iter"]) == (b["func_evals"], b["n_iter"])


@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad=True:UserWarning")
def test_errors() -> None:
    for m in (torch, gradiente):
        w, v = m.ones(1, requires_grad=True), m.ones(1, requires_grad=True)
        with pytest.raises(ValueError, match="doesn't support per-parameter options"):
            m.optim.LBFGS([{"params": [w]}, {"params": [v]}])
        with pytest.raises(ValueError, match="Invalid learning rate: -1"):
            m.optim.LBFGS([w], lr=-1)
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'closure'"):
            m.optim.LBFGS([w]).step()
        optimizer = m.optim.LBFGS([w], line_search_fn="backtracking")

        def closure(m: Any = m, w: Any = w, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            loss = (w - 5).pow(4).sum()
            loss.backward()
            return loss

        with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
            optimizer.step(closure)
