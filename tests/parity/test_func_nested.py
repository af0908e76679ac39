"""Transforms of torch.func nested in any order, two and three deep, over functions made hard by views and writes.

torch's own `linearize` forgets how its constants depend on the point, so that derivatives through it are wrong; `jvp`
computes there what it should.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),  # from torch itself
    pytest.mark.filterwarnings("ignore::UserWarning"),  # torch falls back to loops for some functions
]

POINT = [0.3, -0.7, 1.2]
SEED = 0
TRIPLES = 90

Function = Callable[[Any], Any]


def transforms(m: Any) -> dict[str, Callable[[Function], Function]]:
    """Each makes a function of vectors of three numbers out of another one."""
    F = m.func

    def total(f: Function) -> Function:
        return lambda x: (f(x) ** 2).sum()

    def with_value(f: Function) -> Function:
        def call(x: Any) -> Any:
            gradient, value = F.grad_and_value(total(f))(x)
            return gradient * value

        return call

    def pulled(f: Function) -> Function:
        def call(x: Any) -> Any:
            value, pull = F.vjp(f, x)
            return pull(value.sin())[0]

        return call

    def linear(f: Function) -> Function:
        def call(x: Any) -> Any:
            value, push = F.linearize(f, x) if m is gradiente else (f(x), lambda t: F.jvp(f, (x,), (t,))[1])
            return value + push(x * 0.5)

        return call

    one = m.ones((), dtype=m.float64)
    factors = m.arange(2, dtype=m.float64) + 1
    return {
        "grad": lambda f: F.grad(total(f)),
        "grad_and_value": with_value,
        "jvp": lambda f: lambda x: F.jvp(f, (x,), (x.cos(),))[1],
        "jvp with value": lambda f: lambda x: sum(F.jvp(f, (x,), (m.ones_like(x),))),
        "vjp": pulled,
        "jacrev": lambda f: lambda x: F.jacrev(f)(x).sum(0),
        "jacfwd": lambda f: lambda x: F.jacfwd(f)(x).sum(0),
        "hessian": lambda f: lambda x: F.hessian(lambda v: f(v).sum())(x).sum(0),
        "vmap": lambda f: lambda x: F.vmap(lambda a: f(a * x))(factors).sum(0),
        "vmap of columns": lambda f: lambda x: F.vmap(f, in_dims=1, out_dims=1)(m.stack([x, x * 2], 1))[:, 1],
        "vmap over a captured value": lambda f: lambda x: F.vmap(lambda a: f(x) * a)(x).sum(0),
        "grad of a captured value": lambda f: lambda x: F.grad(lambda a: (f(x * a) * x).sum())(one) * x,
        "linearize": linear,
    }


def functions(m: Any) -> dict[str, Function]:
    def written(x: Any) -> Any:
        y = x.clone()
        y[0] = x[1] * x[2]
        y[1:].mul_(x[:2])
        return y.add_(x)

    def viewed(x: Any) -> Any:
        y = x * 1
        z = y.view(3, 1).expand(3, 2).sum(1)
        y.mul_(x)
        return z * y + y.t()

    def several(x: Any) -> Any:
        a, b, c = x.unbind(0)
        return m.stack([a * b, b * c, c.exp()]) * x.sort()[0]

    return {
        "smooth": lambda x: m.sin(x) * x.cumsum(0),
        "written": written,
        "viewed": viewed,
        "several": several,
        "matrix": lambda x: m.outer(x, x.exp()) @ x,
        "indexed": lambda x: x[[0, 2, 2]] * x.flip(0) + m.stack([x[0], x[1] * 2, x.prod()]),
        "chosen": lambda x: m.where(x > 0.5, x * x, x.sin()) / (1 + x.abs()),
        "softmax": lambda x: m.zeros(3, dtype=m.float64) + x.softmax(0),
        "norm": lambda x: x / x.norm() + m.logsumexp(x, 0),
    }


NAMES, BODIES = list(transforms(gradiente)), list(functions(gradiente))


def chosen() -> list[tuple[str, ...]]:
    pairs = list(itertools.product(NAMES, repeat=2))
    triples = list(itertools.product(NAMES, repeat=3))
    return [*pairs, *(triples[i] for i in np.random.default_rng(SEED).choice(len(triples), TRIPLES, replace=False))]


CASES = [(names, BODIES[i % len(BODIES)]) for i, names in enumerate(chosen())]


def value(m: Any, names: tuple[str, ...], body: str) -> Any:
    f = functions(m)[body]
    for name in names:
        f = transforms(m)[name](f)
    return f(m.tensor(POINT, dtype=m.float64))


@pytest.mark.parametrize(("names", "body"), CASES, ids=["-".join([body, *names]) for names, body in CASES])
def test_nested(names: tuple[str, ...], body: str) -> None:
    try:
        wanted = value(torch, names, body).detach().numpy()
    except RuntimeError as error:
        pytest.skip(f"torch cannot: {str(error)[:60]}")
    found = value(gradiente, names, body)
    assert not found.requires_grad
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-8, atol=1e-10)  # products of several derivatives
