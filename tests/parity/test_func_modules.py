"""functional_call and stack_module_state against torch: gradients of each example, ensembles, tied weights, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # from torch itself


def models(m: Any) -> dict[str, Any]:
    class Tanh(m.nn.Module):
        def forward(self, x: Any) -> Any:
            return x.tanh()

    class Tied(m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = m.nn.Linear(2, 2, bias=False)
            self.b = m.nn.Linear(2, 2, bias=False)
            self.b.weight = self.a.weight

        def forward(self, x: Any) -> Any:
            return self.b(self.a(x))

    class Counting(m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("count", m.zeros(1))
            self.factor = m.nn.Parameter(m.ones(1))

        def forward(self, x: Any) -> Any:
            self.count = self.count + 1
            return x * self.count * self.factor

    m.manual_seed(0)
    nets = [m.nn.Sequential(m.nn.Linear(3, 4), Tanh(), m.nn.Linear(4, 1)) for _ in range(3)]
    return {"net": nets[0], "nets": nets, "tied": Tied(), "counting": Counting(), "linear": m.nn.Linear(2, 2)}


def outcome(m: Any, call: Any) -> Any:
    """What a call gives, as plain lists; the text of its error."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, (tuple, list)):
            return [plain(v) for v in value]
        if isinstance(value, m.Tensor):
            return np.round(value.detach().numpy().astype(float), 4).tolist(), value.requires_grad
        return value

    try:
        return plain(call(m, m.func, models(m)))
    except Exception as error:
        return type(error), str(error)


def loss(m: Any, net: Any) -> Any:
    return lambda p, x, y: ((m.func.functional_call(net, p, (x,)) - y) ** 2).mean()


def data(m: Any) -> tuple[Any, Any]:
    m.manual_seed(1)
    return m.randn(5, 3), m.randn(5, 1)


def detached(net: Any) -> dict[str, Any]:
    return {name: p.detach() for name, p in net.named_parameters()}


def ensemble(m: Any, F: Any, k: Any) -> Any:
    parameters, buffers = F.stack_module_state(k["nets"])
    run = lambda p, b, x: F.functional_call(k["net"], (p, b), (x,))  # noqa: E731
    return parameters, buffers, F.vmap(run, in_dims=(0, 0, None))(parameters, buffers, data(m)[0])


def counted(m: Any, F: Any, k: Any) -> Any:
    state = {"count": m.ones(1)}
    return F.functional_call(k["counting"], state, (m.ones(2),)), state, k["counting"].count


def tied(*names: str, **options: Any) -> Any:
    def call(m: Any, F: Any, k: Any) -> Any:
        values = {name: m.eye(2) * (i + 2) for i, name in enumerate(names)}
        return F.functional_call(k["tied"], values, (m.ones(2),), **options)

    return call


def linear(make: Any, **options: Any) -> Any:
    return lambda m, F, k: F.functional_call(
        k["linear"], make(m, dict(k["linear"].named_parameters())), (m.ones(1, 2),), **options
    )


CALLS: dict[str, Any] = {
    "call": lambda m, F, k: F.functional_call(k["net"], detached(k["net"]), (data(m)[0],)),
    "one argument": lambda m, F, k: F.functional_call(k["net"], detached(k["net"]), data(m)[0]),
    "by keyword": lambda m, F, k: F.functional_call(k["linear"], {}, kwargs={"input": m.ones(1, 2)}),
    "gradient": lambda m, F, k: F.grad(loss(m, k["net"]))(detached(k["net"]), *data(m)),
    "of each example": lambda m, F, k: F.vmap(F.grad(loss(m, k["net"])), in_dims=(None, 0, 0))(
        detached(k["net"]), *data(m)
    ),
    "Hessian": lambda m, F, k: F.hessian(loss(m, k["net"]))(detached(k["net"]), *data(m))["0.bias"],
    "ensemble": ensemble,
    "counted": counted,
    "tied": tied("a.weight"),
    "tied strictly": tied("a.weight", strict=True),
    "tied twice": tied("a.weight", "b.weight"),
    "not tied, strictly": tied("a.weight", tie_weights=False, strict=True),
    "unknown": linear(lambda m, p: {"x": m.ones(1)}),
    "unknown strictly": linear(lambda m, p: {**p, "z": m.ones(1), "a": m.ones(1)}, strict=True),
    "missing": linear(lambda m, p: {"z": m.ones(1)}, strict=True),
    "no tensor": linear(lambda m, p: {"weight": 3}),
    "no dictionary": linear(lambda m, p: 3),
    "name in two": linear(lambda m, p: (p, {"bias": p["bias"]})),
    "no module": lambda m, F, k: F.functional_call(3, {"x": m.ones(1)}, ()),
    "no models": lambda m, F, k: F.stack_module_state([]),
    "two classes": lambda m, F, k: F.stack_module_state([k["linear"], k["net"]]),
    "two modes": lambda m, F, k: F.stack_module_state([k["nets"][0].eval(), k["nets"][1]]),
    "two shapes": lambda m, F, k: F.stack_module_state([m.nn.Linear(2, 2), m.nn.Linear(2, 3)]),
}


@pytest.mark.parametrize("name", CALLS)
def test_same(name: str) -> None:
    found, wanted = outcome(gradiente, CALLS[name]), outcome(torch, CALLS[name])
    if isinstance(wanted, tuple) and isinstance(wanted[0], type):
        assert found[0] is wanted[0]
        assert wanted[1].replace("torch.", "") in found[1].replace("gradiente.", "").replace("torch.", "")
    else:
        assert found == wanted
