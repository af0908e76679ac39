"""gradcheck and gradgradcheck against torch: the same verdicts, exceptions and messages."""

from __future__ import annotations

import warnings

import pytest

import gradiente

torch = pytest.importorskip("torch")

from .gradcheck_cases import cases, second_order  # noqa: E402

RANDOM = "numerical:"
"""What stands behind it in a message of the fast mode belongs to random vectors, which are our own."""
OURS = ("gradcheck or gradgradcheck failed", "gradcheck failed while", "If you are adding a new operator", "grad_fn")
"""From here on a message is advice to the authors of PyTorch; ours is shorter. torch shows a stray grad_fn."""
INSIDE = "While computing batched gradients, got: "
"""What is behind it is the error of vmap, of which torch has two kinds."""


def verdict(m, table, case, check):
    m.manual_seed(0)
    function, inputs, options = table(m)[case]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = getattr(m.autograd, check)(function, inputs, **options)
        except Exception as error:
            found = type(error).__name__, str(error)
    told = [str(w.message) for w in caught if not issubclass(w.category, DeprecationWarning)]
    return found, told, options.get("fast_mode", False)


def same(table, case, check):
    (want, told, fast), (got, ours, _) = (verdict(m, table, case, check) for m in (torch, gradiente))
    assert ours == told
    if not isinstance(want, tuple):
        assert got is want
        return
    assert got[0] == want[0]
    text, mine = want[1], got[1]
    for end in OURS + ((RANDOM,) if fast else ()):
        text = text.split(end)[0]
    if text.startswith(INSIDE):
        assert mine.startswith(INSIDE)
    else:
        assert mine.startswith(text.rstrip(",\n "))


@pytest.mark.parametrize("case", cases(gradiente))
def test_gradcheck(case):
    same(cases, case, "gradcheck")


@pytest.mark.parametrize("case", second_order(gradiente))
def test_gradgradcheck(case):
    same(second_order, case, "gradgradcheck")


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


def answer(m, case, fast, check):
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
def test_verdicts(case, fast):
    want, got = (answer(m, case, fast, "gradcheck") for m in (torch, gradiente))
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
def test_verdicts_of_second_order(case, fast):
    want, got = (answer(m, case, fast, "gradgradcheck") for m in (torch, gradiente))
    assert got == want
