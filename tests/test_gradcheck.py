"""gradcheck and gradgradcheck, without torch: what passes, what fails with which message, that inputs are restored."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest

import gradiente as torch
from gradiente.autograd import GradcheckError, gradcheck, gradgradcheck
from gradiente.autograd.gradcheck_parts import GradcheckError as Same

both = pytest.mark.parametrize("fast", [False, True])


def tensor(*values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def function(forwards, backwards, materialize=True):
    """A custom function with the given rule, right or wrong."""

    class Custom(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(materialize)
            ctx.save_for_backward(x)
            return forwards(x)

        @staticmethod
        def backward(ctx, g):
            return backwards(ctx.saved_tensors[0], g)

    return Custom.apply


wrong = function(lambda x: x * x, lambda x, g: g * x)
X, Y, C = tensor(1.0, 2.0), tensor(3.0, -4.0), tensor(1 + 1j, 2 - 0.5j, dtype=torch.complex128)
PASS = [
    (lambda x: x.sin() * x, X),
    (lambda x, y: (x * y, [x][0], y.sum()), (X, Y)),
    (lambda x, y: [x / y], [X, Y]),
    (lambda x, n, y: x * n + y, (X, 3, Y.detach())),
    (lambda x: (x, torch.ones(2, dtype=torch.int64)), X),
    (lambda x: torch.ones(2), X),
    (lambda c: c * c.conj() * (1 + 2j), C),
    (lambda x: x * (1 + 2j), X),
    (torch.abs, C),
    (lambda c: (c.abs(), c * 1j), C),
    (lambda x: x * 2, torch.ones((0,), dtype=torch.float64, requires_grad=True)),
    (lambda x: x * x, torch.tensor(2.0, dtype=torch.float64, requires_grad=True)),
    (lambda x: x * x, X * 1),
    (lambda x: x.exp(), torch.ones((2, 3), dtype=torch.float64).t().requires_grad_()),
]


@both
@pytest.mark.parametrize("case", range(len(PASS)))
def test_right_rules_pass_and_inputs_keep_their_values(case, fast):
    func, inputs = PASS[case]
    given = [inputs] if isinstance(inputs, torch.Tensor) else [x for x in inputs if isinstance(x, torch.Tensor)]
    before = [(x.detach().numpy().copy(), x._version) for x in given]
    assert gradcheck(func, inputs, fast_mode=fast, check_batched_grad=True, check_grad_dtypes=True)
    for x, (values, version) in zip(given, before, strict=True):
        np.testing.assert_array_equal(x.detach().numpy(), values)
        assert x._version == version


@both
def test_second_derivatives(fast):
    assert gradgradcheck(lambda x, y: (x**3 * y, y.sum()), (X, Y), fast_mode=fast)
    assert gradgradcheck(lambda c: (c**3).abs(), C, fast_mode=fast)
    assert gradgradcheck(lambda x: x**3, X, torch.ones(2, dtype=torch.float64), fast_mode=fast)
    assert gradgradcheck(lambda x: x**3, X, gen_non_contig_grad_outputs=True, fast_mode=fast)
    cube = function(lambda x: x**3, lambda x, g: g * 3 * x.detach() * x)
    assert gradcheck(cube, X, fast_mode=fast)
    with pytest.raises(GradcheckError, match="Jacobian mismatch for output 0 with respect to input 0"):
        gradgradcheck(cube, X, fast_mode=fast)
    assert not gradgradcheck(cube, X, fast_mode=fast, raise_exception=False)


def test_mismatch_shows_both_jacobians():
    with pytest.raises(GradcheckError) as caught:
        gradcheck(lambda x, y: (x * y, wrong(y)), (X, Y))
    assert str(caught.value).replace("-0.", " 0.") == (
        "Jacobian mismatch for output 1 with respect to input 1,\n"
        "numerical:tensor([[ 6.0000,  0.0000],\n        [ 0.0000, -8.0000]], dtype=torch.float64)\n"
        "analytical:tensor([[ 3.,  0.],\n        [ 0., -4.]], dtype=torch.float64)\n"
    )
    with pytest.raises(GradcheckError, match=r"(?s)in fast mode.*difference \(slow mode\) is: 4\.0"):
        gradcheck(wrong, tensor(3.0, 4.0), fast_mode=True)
    assert GradcheckError is Same
    assert issubclass(GradcheckError, RuntimeError)


@both
def test_inputs_are_restored_when_the_function_fails(fast):
    calls = itertools.count()

    def fails(x):
        if next(calls) > 2:
            raise ValueError("now")
        return x * x

    with pytest.raises(ValueError, match="now"):
        gradcheck(fails, X, fast_mode=fast)
    assert X.tolist() == [1.0, 2.0]


@both
def test_an_error_in_a_small_step_is_found(fast):
    off = function(lambda x: x * 2, lambda x, g: g * 2.01)
    assert not gradcheck(off, X, fast_mode=fast, raise_exception=False)
    assert gradcheck(off, X, fast_mode=fast, rtol=0.1)


count = itertools.count()
FAILURES = [
    (
        "imaginary part of complex outputs only, Jacobian mismatch",
        function(lambda c: c * (2 + 1j), lambda c, g: g * (2 + 1j)),
        C,
        {},
    ),
    (
        "real part of complex outputs only, Jacobian",
        function(lambda c: c * (2 + 1j), lambda c, g: g * (2 - 1j) + g.real * 1j),
        C,
        {},
    ),
    (
        "Backward is not reentrant.*was 0.0.",
        function(lambda x: x * 2, lambda x, g: g * (2 + 1e-9 * next(count))),
        X,
        {},
    ),
    ("expected to be zero", lambda x: x.detach() * 2, X, {}),
    ("not multiplied by grad_output", function(lambda x: x * 2, lambda x, g: g * 2 if g.any() else g + 1), X, {}),
    (
        "Expected all input grads to be undefined or zero",
        function(lambda x: x * 2, lambda x, g: x * 0 + 1 if g is None else g * 2, False),
        X,
        {},
    ),
]


@both
@pytest.mark.parametrize("case", range(len(FAILURES)))
@pytest.mark.filterwarnings("ignore:Backwards compatibility. New undefined gradient support")  # as torch does
def test_failures(case, fast):
    text, func, x, options = FAILURES[case]
    with pytest.raises(GradcheckError, match=text):
        gradcheck(func, x, fast_mode=fast, **options)
    assert gradcheck(func, x, fast_mode=fast, raise_exception=False, **options) is False


def test_options_that_loosen():
    noisy = function(lambda x: x * 2, lambda x, g: g * (2 + 1e-9 * next(count)))
    assert gradcheck(noisy, X, nondet_tol=1e-3)
    undefined = function(lambda x: x * 2, lambda x, g: x * 0 + 1 if g is None else g * 2, False)
    assert gradcheck(undefined, X, check_undefined_grad=False)


ERRORS = [
    (ValueError, "at least one input tensor to require gradient", lambda: gradcheck(lambda x: x, X.detach())),
    (ValueError, "at least one input tensor to require gradient", lambda: gradcheck(lambda x: x, 3)),
    (
        RuntimeError,
        "0th input has a dimension with stride 0",
        lambda: gradcheck(lambda x: x, X[:1].detach().expand(3).requires_grad_()),
    ),
    (AttributeError, r"'int' object.*\(output 0 must be a Tensor\)", lambda: gradcheck(lambda x: 3, X)),
    (AssertionError, "same shape when inputs are perturbed on index", lambda: gradcheck(lambda x: x[x > 1.9999999], X)),
    (
        AssertionError,
        "same shape when inputs are perturbed by",
        lambda: gradcheck(lambda x: x[x > 1.9999999], X, fast_mode=True),
    ),
    (AssertionError, "check_forward_ad or check_backward_ad", lambda: gradcheck(torch.sin, X, check_backward_ad=False)),
    (
        AssertionError,
        "requires check_backward_ad",
        lambda: gradcheck(torch.sin, X, check_backward_ad=False, check_forward_ad=True, check_batched_grad=True),
    ),
    (AssertionError, "requires check_forward_ad", lambda: gradcheck(torch.sin, X, check_batched_forward_grad=True)),
    (AssertionError, "check_fwd_over_rev or", lambda: gradgradcheck(torch.sin, X, check_rev_over_rev=False)),
    (
        AssertionError,
        "check_undefined_grad=True requires",
        lambda: gradgradcheck(torch.sin, X, check_rev_over_rev=False, check_fwd_over_rev=True),
    ),
    (RuntimeError, "Mismatch in shape", lambda: gradgradcheck(torch.sin, X, torch.ones(3, dtype=torch.float64))),
]


@pytest.mark.parametrize("case", range(len(ERRORS)))
def test_errors(case):
    error, text, call = ERRORS[case]
    with pytest.raises(error, match=text):
        call()


def test_single_precision_is_warned_about():
    with pytest.warns(UserWarning, match="Input #0 requires gradient and is not a double precision"):
        assert gradcheck(lambda x: x * 2, tensor(1.0, dtype=torch.float32), eps=1e-2, atol=1e-2)


def test_forward_mode():
    assert gradcheck(lambda x, y: (x.sin() * y, y * 2), (X, Y), check_forward_ad=True)


def test_old_functions():
    import sys

    module = sys.modules["gradiente.autograd.gradcheck"]
    with pytest.warns(FutureWarning, match="get_numerical_jacobian"):
        n = module.get_numerical_jacobian(lambda xs: xs[0] ** 2 * xs[1], (X, Y), eps=1e-6)
    with pytest.warns(FutureWarning, match="get_analytical_jacobian"):
        a, reentrant, sizes, types = module.get_analytical_jacobian((X, Y), X**2 * Y)
    assert (reentrant, sizes, types) == (True, True, True)
    for one, other in zip(n, a, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        with pytest.raises(ValueError, match=r"Expected grad_out to be 1.0. get_numerical"):
            module.get_numerical_jacobian(lambda xs: xs[0], (X,), grad_out=2.0)
        with pytest.raises(ValueError, match="no longer supports functions that return complex"):
            module.get_analytical_jacobian((X,), X * 1j)


def test_batched_tangents():
    """A `jvp` that looks at the values of its tangent cannot be batched."""

    class Looks(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

        @staticmethod
        def jvp(ctx, t):
            return t * 2 if t.sum() != 1e9 else t

    options = {"check_forward_ad": True, "check_batched_forward_grad": True}
    assert gradcheck(lambda x: x.sin() * x, X, **options)
    with pytest.raises(GradcheckError, match=r"got: vmap: .*data-dependent(?s:.*)check_batched_forward_grad=False"):
        gradcheck(Looks.apply, X, **options)


@both
def test_imaginary_tangents(fast):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_forward(z)
            return z.real.clone()

        @staticmethod
        def backward(ctx, g):
            return g.to(torch.complex128)

        @staticmethod
        def jvp(ctx, t):
            return t.real + t.imag

    with pytest.raises(
        GradcheckError, match="the imaginary part of complex inputs only, Jacobian computed with forward"
    ):
        gradcheck(Wrong.apply, C, check_forward_ad=True, fast_mode=fast)
