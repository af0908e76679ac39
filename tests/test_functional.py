"""torch.autograd.functional, without torch: values, structures, graphs, errors."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

A = np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 4.0]])


def linear(x):
    return torch.tensor(A) @ x


def quadratic(x):
    return 0.5 * (x @ torch.tensor(A.T @ A) @ x)


@pytest.fixture
def point(rng):
    return torch.tensor(rng.standard_normal(3))


def test_products_of_a_linear_map_are_those_of_its_matrix(point, rng):
    v, w = rng.standard_normal(2), rng.standard_normal(3)
    value, product = vjp(linear, point, torch.tensor(v))
    np.testing.assert_allclose(value.numpy(), A @ point.numpy(), rtol=1e-14)
    np.testing.assert_allclose(product.numpy(), v @ A, rtol=1e-14)
    value, product = jvp(linear, point, torch.tensor(w))
    np.testing.assert_allclose(product.numpy(), A @ w, rtol=1e-14)


@pytest.mark.parametrize("product", [vhp, hvp])
def test_products_of_a_quadratic_form_are_those_of_its_matrix(product, point, rng):
    w = rng.standard_normal(3)
    _, found = product(quadratic, point, torch.tensor(w))
    np.testing.assert_allclose(found.numpy(), A.T @ A @ w, rtol=1e-13)


@pytest.mark.parametrize("vectorize", [False, True])
def test_matrices(vectorize, point):
    np.testing.assert_allclose(jacobian(linear, point, vectorize=vectorize).numpy(), A)
    np.testing.assert_allclose(hessian(quadratic, point, vectorize=vectorize).numpy(), A.T @ A, rtol=1e-13)


def test_matrices_in_forward_mode(point):
    by_columns = jacobian(linear, point, vectorize=True, strategy="forward-mode")
    np.testing.assert_allclose(by_columns.numpy(), A)
    forward = hessian(quadratic, point, vectorize=True, outer_jacobian_strategy="forward-mode")
    np.testing.assert_allclose(forward.numpy(), A.T @ A, rtol=1e-13)


@pytest.mark.parametrize("vectorize", [False, True])
def test_structure_follows_outputs_and_inputs(vectorize):
    x, y = torch.ones(2), torch.ones(3)

    def both(x, y):
        return x.sum() * y, x

    found = jacobian(both, (x, y), vectorize=vectorize)
    assert [[tuple(j.shape) for j in row] for row in found] == [[(3, 2), (3, 3)], [(2, 2), (2, 3)]]
    assert (found[1][1] == 0).all()
    assert [tuple(j.shape) for j in jacobian(lambda x: both(x, y), x, vectorize=vectorize)] == [(3, 2), (2, 2)]
    assert isinstance(jacobian(lambda x: both(x, y)[0], (x,), vectorize=vectorize), tuple)
    found = hessian(lambda x, y: x.sum() ** 3 * y.sum(), (x, y), vectorize=vectorize)
    assert [[tuple(j.shape) for j in row] for row in found] == [[(2, 2), (2, 3)], [(3, 2), (3, 3)]]


def test_results_are_free_of_the_past_unless_a_graph_is_asked_for(point):
    point.requires_grad_()
    for function, f in [(vjp, lambda x: (x**3).sum()), (vhp, lambda x: (x**3).sum()), (hvp, lambda x: (x**4).sum())]:
        v = None if function is vjp else torch.ones(3, dtype=torch.float64)
        assert not any(t.requires_grad for t in function(f, point, v))
        assert all(t.requires_grad for t in function(f, point, v, create_graph=True))
    assert not jacobian(lambda x: x**3, point).requires_grad
    assert point.grad is None


@pytest.mark.parametrize("vectorize", [False, True])
def test_jacobian_can_be_differentiated(point, vectorize):
    point.requires_grad_()
    jacobian(lambda x: x**3, point, create_graph=True, vectorize=vectorize).sum().backward()
    np.testing.assert_allclose(point.grad.numpy(), 6 * point.detach().numpy(), rtol=1e-14)


def test_works_where_recording_is_off(point):
    with torch.no_grad():
        np.testing.assert_allclose(jacobian(linear, point).numpy(), A)
        assert not torch.is_grad_enabled()


def test_complex_rows():
    c = torch.tensor([1 + 1j, 2.0])
    with pytest.raises(RuntimeError, match=r"only for real scalar outputs but got torch.complex64.*vectorize=True"):
        jacobian(lambda c: c * c, c)
    np.testing.assert_allclose(jacobian(lambda c: c * c, c, vectorize=True).numpy(), np.diag([2 - 2j, 4.0]))
    np.testing.assert_allclose(jacobian(torch.abs, c).numpy(), np.diag([0.5**0.5 * (1 + 1j), 1.0]), rtol=1e-6)


X = torch.tensor([1.0, 2.0])
STRICT = "This is not allowed in strict mode"
ERRORS = [
    (TypeError, "The inputs given to vjp must be .* but the given inputs has type", lambda: vjp(linear, [X])),
    (TypeError, "The v given to jvp must be .* at index 1 has type", lambda: jvp(lambda a, b: a, (X, X), (X, 3))),
    (TypeError, "outputs of the user-provided function given to jacobian", lambda: jacobian(lambda x: [x], X)),
    (RuntimeError, r"v can only be None if the user-provided.*\[2\]", lambda: vjp(lambda x: x, X)),
    (RuntimeError, r"v can only be None if the input.*\[2\]", lambda: hvp(lambda x: x.sum(), X)),
    (RuntimeError, r"v has invalid size: should be torch.Size\(\[2\]\)", lambda: jvp(lambda x: x, X, torch.ones(3))),
    (RuntimeError, "Entry 1 in v has invalid size", lambda: jvp(lambda a, b: a, (X, X), (X, torch.ones(3)))),
    (RuntimeError, "tuple of invalid length: should be 2 but got 1", lambda: jvp(lambda a, b: a, (X, X), X)),
    (RuntimeError, "v should contain a single Tensor", lambda: jvp(lambda a: a, X, (X, X))),
    (RuntimeError, "given to vhp should return a single Tensor", lambda: vhp(lambda x: (x, x), X, X)),
    (RuntimeError, r"given to hvp should contain a single element.*\[2\]", lambda: hvp(lambda x: x, X, X)),
    (RuntimeError, "given to hessian should contain a single element", lambda: hessian(lambda x: x, X)),
    (RuntimeError, "Output 0 .* does not require.*strict mode", lambda: vjp(lambda x: x.detach(), X, X, strict=True)),
    (RuntimeError, f"independent of input 1. {STRICT}", lambda: vjp(lambda a, b: a, (X, X), X, strict=True)),
    (RuntimeError, f"Output 0 .* of input 1. {STRICT}", lambda: jacobian(lambda a, b: a, (X, X), strict=True)),
    (
        RuntimeError,
        f"jacobian .* of input 0. {STRICT} when create_graph=True",
        lambda: jacobian(lambda x: x * 2, X, strict=True, create_graph=True),
    ),
    (RuntimeError, "violated by a linear function", lambda: hessian(lambda x: x.sum(), X, strict=True)),
    (RuntimeError, "violated by a linear function", lambda: vhp(lambda x: x.sum(), X, X, strict=True)),
    (RuntimeError, "are not supported together", lambda: jacobian(linear, X.double()[[0, 0, 1]], False, True, True)),
    (AssertionError, "Expected strategy", lambda: jacobian(linear, X, strategy="sideways")),
    (AssertionError, "outer_jacobian_strategy is 'up'", lambda: hessian(linear, X, outer_jacobian_strategy="up")),
    (NotImplementedError, "isonly implemented", lambda: jacobian(linear, X, strategy="forward-mode")),
    (NotImplementedError, "create_graph=False", lambda: jacobian(linear, X, True, strategy="forward-mode")),
    (RuntimeError, "strict=False", lambda: jacobian(linear, X, False, True, strategy="forward-mode")),
    (RuntimeError, "non-empty TensorList", lambda: jacobian(lambda x: x[:0], X)),
    (IndexError, "out of bounds", lambda: jacobian(lambda x: x[:0], X, vectorize=True)),
    (RuntimeError, "output 0 .* dtype torch.int64", lambda: jvp(lambda x: x.long(), X, X)),
    (RuntimeError, "only Tensors of floating point", lambda: jacobian(lambda x: x, X.long())),
]


@pytest.mark.parametrize(("error", "text", "call"), ERRORS, ids=range(len(ERRORS)))
def test_errors(error, text, call):
    with pytest.raises(error, match=text):
        call()
