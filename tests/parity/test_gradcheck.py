"""gradcheck and gradgradcheck against torch: the same verdicts and, for whole Jacobians, the same messages."""

from __future__ import annotations

import pytest

import gradiente

torch = pytest.importorskip("torch")


def custom(m, forwards, backwards):
    class Custom(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forwards(x)

        @staticmethod
        def backward(ctx, g):
            return backwards(ctx.saved_tensors[0], g)

    return Custom.apply


CASES = {
    "right": lambda m, x, y, c: (lambda x: x.sin() * x, x),
    "wrong": lambda m, x, y, c: (custom(m, lambda x: x * x, lambda x, g: g * x), x),
    "wrong second": lambda m, x, y, c: (
        lambda x, y: (x * y, custom(m, lambda x: x * x, lambda x, g: g * x)(y)),
        (x, y),
    ),
    "wrong complex": lambda m, x, y, c: (custom(m, lambda x: x * (2 + 1j), lambda x, g: g * (2 + 1j)), c),
    "complex": lambda m, x, y, c: (lambda c: c * c.conj() * (1 + 2j), c),
    "complex to real": lambda m, x, y, c: (lambda c: c.abs(), c),
    "mixed outputs": lambda m, x, y, c: (lambda x: (x * 1j, x * 2), x),
    "no gradient": lambda m, x, y, c: (custom(m, lambda x: x * 2, lambda x, g: None), x),
    "cotangent ignored": lambda m, x, y, c: (custom(m, lambda x: x * 2, lambda x, g: m.full_like(g, 2.0)), x),
    "zero cotangent": lambda m, x, y, c: (
        custom(m, lambda x: x * 2, lambda x, g: g * 2 if g.abs().sum() > 0 else g + 1),
        x,
    ),
    "detached": lambda m, x, y, c: (lambda x: x.detach() * 2, x),
    "constant": lambda m, x, y, c: (lambda x: m.ones(2), x),
    "unused": lambda m, x, y, c: (lambda x, y: x * 2, (x, y)),
    "not tracked": lambda m, x, y, c: (lambda x: x * 2, x.detach()),
    "stride 0": lambda m, x, y, c: (lambda x: x * 2, x[:1].detach().expand(3).requires_grad_()),
    "number": lambda m, x, y, c: (lambda x: 3, x),
    "shape changes": lambda m, x, y, c: (lambda x: x[x > 1.9999999], x),
}


def verdict(m, case, fast, check):
    def t(values, dtype):
        return m.tensor(values, dtype=dtype, requires_grad=True)

    x, y = t([1.0, 2.0], m.float64), t([3.0, 4.0], m.float64)
    func, inputs = CASES[case](m, x, y, t([1 + 1j, 2.0], m.complex128))
    try:
        return getattr(m.autograd, check)(func, inputs, fast_mode=fast)
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_gradcheck(case, fast):
    want, got = (verdict(m, case, fast, "gradcheck") for m in (torch, gradiente))
    if isinstance(want, tuple):
        assert want[0] == got[0]
        if fast:  # the numbers belong to random vectors, which are our own
            want, got = (text.split("numerical:")[0] for _, text in (want, got))
        else:
            want, got = want[1], got[1]
        assert got.startswith(want)
    else:
        assert got is want


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("case", ["right", "complex", "complex to real", "mixed outputs", "unused", "not tracked"])
def test_gradgradcheck(case, fast):
    want, got = (verdict(m, case, fast, "gradgradcheck") for m in (torch, gradiente))
    assert got == want
