"""utils.checkpoint against torch: gradients, how often functions are called, errors."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import gradiente
import gradiente.utils.checkpoint

torch = pytest.importorskip("torch")
pytest.importorskip("torch.utils.checkpoint")  # which `import torch` does not bring

MODULES = (torch, gradiente)


def f(x):
    return (x.sin() * x).exp()


def varying(first, then):
    calls = []

    def function(x):
        calls.append(1)
        return (then if len(calls) > 1 else first)(x)

    return function


CASES = {
    "plain": lambda m, call: call(f),
    "nested": lambda m, call: call(lambda x: call(f)(x.tanh())),
    "nested in a row": lambda m, call: call(lambda x: call(f)(call(f)(x.tanh()))),
    "more saved": lambda m, call: call(varying(lambda x: x.sin(), lambda x: x.sin().exp())),
    "more saved, all of it": lambda m, call: call(
        varying(lambda x: x.sin(), lambda x: x.sin().exp()), early_stop=False
    ),
    "fewer saved": lambda m, call: call(varying(lambda x: x.sin().exp(), lambda x: x.sin())),
    "other shape": lambda m, call: call(varying(lambda x: x.sin().sum(), lambda x: m.cat([x, x]).sin().sum())),
    "detached": lambda m, call: call(lambda x: x.detach()),
    "unknown check": lambda m, call: call(f, determinism_check="some"),
    "unknown argument": lambda m, call: call(f, n=1),
    "debug": lambda m, call: call(f, debug=True),
}


def outcome(m, case, reentrant):
    calls = []

    def call(function, **options):
        def counted(x):
            calls.append(m.is_grad_enabled())
            return function(x)

        return lambda x: m.utils.checkpoint.checkpoint(counted, x, use_reentrant=reentrant, **options)

    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            CASES[case](m, call)(x).sum().backward()
    except Exception as error:
        return type(error).__name__, str(error).partition("\nTip")[0], calls
    return x.grad.numpy().tolist(), calls


@pytest.mark.parametrize("reentrant", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_outcome(case, reentrant):
    want, got = (outcome(m, case, reentrant) for m in MODULES)
    assert want[-1] == got[-1]
    if isinstance(want[0], str):
        assert want[0] == got[0]
        assert got[1].replace("gradiente", "torch").startswith(want[1].split("device(")[0])
    else:
        np.testing.assert_allclose(got[0], want[0], rtol=1e-14)


@pytest.mark.parametrize("reentrant", [True, False])
@pytest.mark.parametrize("segments", [0, 1, 2, 3, 4])
def test_sequential(segments, reentrant):
    results = []
    for m in MODULES:
        x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
        steps = [m.sin, m.exp, m.tanh]
        try:
            m.utils.checkpoint.checkpoint_sequential(steps, segments, x, use_reentrant=reentrant).sum().backward()
            results.append(x.grad.numpy())
        except Exception as error:
            results.append((type(error).__name__, str(error)))
    want, got = results
    if isinstance(want, tuple):
        assert got[0] == want[0]
        assert got[1].startswith(want[1])
    else:
        np.testing.assert_allclose(got, want, rtol=1e-14)
