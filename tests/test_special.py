"""torch.special: derivatives where formulas have 0/0, what has no derivative, errors, and life without SciPy."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays import numpy_special

pytest.importorskip("scipy")

special = torch.special


def derivatives(function, at, orders=4):
    """The value and the derivatives of a function at a point."""
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    found, y = [], function(x)
    for _ in range(orders):
        found.append(y.item())
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    return found


@pytest.mark.parametrize(
    ("function", "at", "wanted"),
    [
        (torch.sinc, 0.0, [1, 0, -(math.pi**2) / 3, 0]),
        (torch.i0, 0.0, [1, 0, 0.5, 0]),
        (special.i1, 0.0, [0, 0.5, 0, 0.375]),
        (special.entr, 1.0, [0, -1, -1, 1]),
        (special.erfcx, 0.0, [1, -2 / math.sqrt(math.pi), 2, -8 / math.sqrt(math.pi)]),
        (torch.erfinv, 0.0, [0, math.sqrt(math.pi) / 2, 0, math.pi**1.5 / 4]),
        (torch.lgamma, 1.0, [0, -0.5772156649015329, math.pi**2 / 6, -2.4041138063191885]),
    ],
)
def test_derivatives_where_formulas_have_no_value(function, at, wanted):
    np.testing.assert_allclose(derivatives(function, at), wanted, rtol=1e-13, atol=1e-15)


def test_sinc_is_smooth_where_its_two_forms_meet():
    points = np.linspace(-3, 3, 2001)
    for order in (1, 2, 5):
        found = numpy_special.sinc(points, order)
        t = (np.arange(2000) + 0.5) / 2000  # the integral of (πt)ⁿ cos(πxt + nπ/2)
        wanted = np.mean((np.pi * t) ** order * np.cos(np.pi * t * points[:, None] + order * np.pi / 2), axis=1)
        np.testing.assert_allclose(found, wanted, atol=2e-5 * np.pi**order)


def test_what_has_no_derivative_is_a_constant():
    x = torch.tensor([0.5], requires_grad=True)
    for function in (special.bessel_j0, special.airy_ai, special.modified_bessel_k1, special.spherical_bessel_j0):
        assert not function(x).requires_grad
    assert not special.legendre_polynomial_p(x, 3).requires_grad
    assert not special.shifted_chebyshev_polynomial_t(x, torch.tensor([2.0], requires_grad=True)).requires_grad


@pytest.mark.parametrize(
    ("function", "what"), [(special.zeta, "zeta"), (torch.igamma, "igamma: input"), (torch.igammac, "igammac: input")]
)
def test_one_derivative_of_two(function, what):
    a, b = torch.tensor([2.0], requires_grad=True), torch.tensor([1.5], requires_grad=True)
    assert function(a.detach(), b).requires_grad
    with pytest.raises(NotImplementedError, match=f"^the derivative for '{what}' is not implemented."):
        function(a, b).sum().backward()
    assert a.grad is b.grad is None


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: torch.lgamma(3), TypeError, "lgamma(): argument 'input' (position 1) must be Tensor, not int"),
        (lambda: special.gammaln(3), TypeError, "special_gammaln(): argument 'input' (position 1) must be Tensor"),
        (lambda: torch.polygamma(-1, torch.ones(2)), RuntimeError, "polygamma(n, x) does not support negative n."),
        (lambda: torch.polygamma(1.5, torch.ones(2)), TypeError, "polygamma(): argument 'n' (position 1) must be int"),
        (lambda: torch.mvlgamma(torch.ones(2), 0), RuntimeError, "p has to be greater than or equal to 1"),
        (lambda: torch.mvlgamma(torch.ones(2), 2.0), TypeError, "mvlgamma(): argument 'p' (position 2) must be int"),
        (
            lambda: special.zeta(3, 4),
            TypeError,
            "special_zeta() received an invalid combination of arguments - got",
        ),
        (lambda: torch.igamma(torch.ones(2), 3), TypeError, "igamma(): argument 'other' (position 2) must be Tensor"),
        (
            lambda: special.i1e(torch.ones(2) * 1j),
            NotImplementedError,
            "\"i1e_cpu\" not implemented for 'ComplexFloat'",
        ),
        (lambda: torch.igamma(*[torch.ones(2).long()] * 2), NotImplementedError, '"igamma_cpu" not implemented for'),
        (
            lambda: special.bessel_j0(2.0),
            TypeError,
            "special_bessel_j0(): argument 'input' (position 1) must",
        ),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value).startswith(text)


def test_the_error_without_scipy_names_the_extra(monkeypatch):
    numpy_special.scipy_function.cache_clear()
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'gradiente\[special\]'"):
        torch.lgamma(torch.ones(2))
    monkeypatch.undo()
    numpy_special.scipy_function.cache_clear()
    assert torch.lgamma(torch.ones(1)).item() == 0.0


def test_half_precision_is_rounded_once():
    x = np.linspace(0.1, 3, 50).astype(np.float16)
    found = torch.lgamma(torch.from_numpy(x))
    assert found.dtype is torch.float16
    wanted = numpy_special.lgamma(x.astype(np.float64)).astype(np.float16)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-3, atol=1e-3)
