"""Transforms and constraints: inverses, Jacobians against autograd, caches, registries."""

from __future__ import annotations

import gc
import pickle
from typing import Any

import pytest

import gradiente as torch
import gradiente.distributions as D
from gradiente.distributions import constraints, transforms
from gradiente.distributions.utils import tril_matrix_to_vec, vec_to_tril_matrix

X = torch.tensor([[0.3, -0.8, 1.1], [-0.2, 0.4, 0.7]], dtype=torch.float64)
DEFAULT_NORMAL = D.Normal(torch.tensor(0.0, dtype=torch.float64), torch.tensor(2.0, dtype=torch.float64))

TRANSFORMS: dict[str, tuple[Any, Any]] = {
    "exp": (D.ExpTransform(), X),
    "power": (D.PowerTransform(torch.tensor(-1.5, dtype=torch.float64)), X.exp()),
    "sigmoid": (D.SigmoidTransform(), X),
    "softplus": (D.SoftplusTransform(), X),
    "tanh": (D.TanhTransform(), X),
    "affine": (D.AffineTransform(1.0, -2.0), X),
    "affine of tensors": (D.AffineTransform(X[0], X[1]), X),
    "affine event": (D.AffineTransform(X[0], X[1], event_dim=1), X),
    "cumulative": (D.CumulativeDistributionTransform(DEFAULT_NORMAL), X),
    "stick breaking": (D.StickBreakingTransform(), X),
    "correlation": (D.CorrCholeskyTransform(), X),
    "independent": (D.IndependentTransform(D.ExpTransform(), 1), X),
    "reshape": (D.ReshapeTransform((3,), (3, 1)), X),
    "compose": (D.ComposeTransform([D.AffineTransform(0.0, 2.0), D.ExpTransform(), D.AffineTransform(1.0, 3.0)]), X),
    "compose vectors": (D.ComposeTransform([D.TanhTransform(), D.StickBreakingTransform()]), X),
    "inverse": (D.SigmoidTransform().inv, X.sigmoid()),
    "stack": (D.StackTransform([D.ExpTransform(), D.AffineTransform(0.0, 3.0)], dim=0), X),
    "cat": (D.CatTransform([D.ExpTransform(), D.identity_transform], dim=1, lengths=[1, 2]), X),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_inverse_undoes(name: str) -> None:
    t, x = TRANSFORMS[name]
    assert t.bijective
    y = t(x)
    torch.testing.assert_close(t.inv(y), x, rtol=1e-7, atol=1e-9)
    assert t.inv.inv is t
    assert tuple(t.forward_shape(x.shape)) == tuple(y.shape)
    assert tuple(t.inverse_shape(y.shape)) == tuple(x.shape)
    torch.testing.assert_close(t.inv.log_abs_det_jacobian(y, x), -t.log_abs_det_jacobian(x, y))


@pytest.mark.parametrize("name", [n for n in TRANSFORMS if n not in ("reshape",)])
def test_the_jacobian_is_that_of_autograd(name: str) -> None:
    t, x = TRANSFORMS[name]
    found = t.log_abs_det_jacobian(x, t(x)).sum()
    jacobian = torch.autograd.functional.jacobian(t, x)
    flat: Any = jacobian.reshape(-1, x.numel())
    if name in ("stick breaking", "compose vectors"):  # the last element follows from the others
        flat = torch.autograd.functional.jacobian(lambda v: t(v)[..., :-1], x).reshape(-1, x.numel())
    if name == "correlation":  # the elements below the diagonal
        flat = torch.autograd.functional.jacobian(lambda v: tril_matrix_to_vec(t(v), -1), x).reshape(-1, x.numel())
    torch.testing.assert_close(found, torch.linalg.slogdet(flat).logabsdet, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("constraint", "n"),
    [
        (constraints.real, 3),
        (constraints.positive, 3),
        (constraints.greater_than(2.0), 3),
        (constraints.less_than(-1.0), 3),
        (constraints.unit_interval, 3),
        (constraints.interval(-1.0, 4.0), 3),
        (constraints.half_open_interval(-1.0, 4.0), 3),
        (constraints.simplex, 3),
        (constraints.corr_cholesky, 3),
        (constraints.independent(constraints.positive, 1), 3),
        (constraints.stack([constraints.real, constraints.positive]), 3),
        (constraints.cat([constraints.real, constraints.positive]), 3),
    ],
)
def test_registered_transforms_lead_into_their_sets(constraint: Any, n: int) -> None:
    for registry in (D.biject_to, D.transform_to):
        t = registry(constraint)
        y = t(X)
        assert constraint.check(y).all()
        assert (t.bijective) or registry is D.transform_to
        torch.testing.assert_close(t(t.inv(y)), y)


def test_matrices_are_transformed_into_their_sets() -> None:
    x = torch.tensor([[0.3, -0.8], [1.1, 0.2]])
    for constraint in (constraints.lower_cholesky, constraints.positive_definite, constraints.positive_semidefinite):
        t = D.transform_to(constraint)
        assert constraint.check(t(x)).all()
        torch.testing.assert_close(t(t.inv(t(x))), t(x))


CHECKS: list[tuple[Any, Any, Any]] = [
    (constraints.boolean, [0.0, 1.0, 0.5], [True, True, False]),
    (constraints.one_hot, [[0.0, 1.0], [1.0, 1.0]], [True, False]),
    (constraints.nonnegative_integer, [0.0, -1.0, 0.5], [True, False, False]),
    (constraints.positive_integer, [0.0, 2.0], [False, True]),
    (constraints.integer_interval(1, 3), [0.0, 1.0, 3.0, 2.5], [False, True, True, False]),
    (constraints.real, [0.0, float("nan"), float("inf")], [True, False, True]),
    (constraints.nonnegative, [0.0, -1.0], [True, False]),
    (constraints.half_open_interval(0, 1), [0.0, 1.0], [True, False]),
    (constraints.simplex, [[0.5, 0.5], [0.5, 0.6], [-0.5, 1.5]], [True, False, False]),
    (constraints.multinomial(3), [[1.0, 2.0], [2.0, 2.0], [-1.0, 2.0]], [True, False, False]),
    (constraints.lower_triangular, [[1.0, 0.0], [2.0, -3.0]], True),
    (constraints.lower_cholesky, [[1.0, 0.0], [2.0, -3.0]], False),
    (constraints.corr_cholesky, [[1.0, 0.0], [0.6, 0.8]], True),
    (constraints.corr_cholesky, [[1.0, 0.0], [0.6, 0.9]], False),
    (constraints.square, [[1.0, 0.0]], False),
    (constraints.symmetric, [[1.0, 2.0], [2.0, 1.0]], True),
    (constraints.positive_semidefinite, [[1.0, 1.0], [1.0, 1.0]], True),
    (constraints.positive_definite, [[1.0, 2.0], [2.0, 1.0]], False),
    (constraints.positive_definite, [[1.0, 2.0], [0.0, 1.0]], False),
]


@pytest.mark.parametrize(("constraint", "value", "expected"), CHECKS)
def test_check(constraint: Any, value: Any, expected: Any) -> None:
    assert constraint.check(torch.tensor(value)).tolist() == expected


def test_the_cache_gives_back_what_was_put_in() -> None:
    x = torch.tensor([40.0])
    cached, plain = D.TanhTransform(cache_size=1), D.TanhTransform()
    y = cached(x)
    assert cached.inv(y) is x
    assert cached(x) is y
    assert plain.inv(plain(x)).isinf().all()
    assert D.ComposeTransform([plain]).with_cache(1).parts[0]._cache_size == 1


def test_inverses_keep_nobody_alive() -> None:
    import weakref

    t = D.ExpTransform()
    inverse = weakref.ref(t.inv)
    gc.collect()
    assert inverse() is None


def test_transforms_can_be_pickled() -> None:
    t = D.ComposeTransform([D.ExpTransform(), D.AffineTransform(1.0, 2.0)])
    assert t.inv.inv is t
    twin = pickle.loads(pickle.dumps(t))
    assert twin == t
    assert twin.inv(twin(X)).allclose(X)
    assert pickle.loads(pickle.dumps(D.ExpTransform().inv))(torch.ones(1)).tolist() == [0.0]


def test_own_transforms_and_constraints_take_part(seed: int) -> None:
    class Cube(transforms.Transform):
        domain = codomain = constraints.real
        bijective = True
        sign = 1

        def _call(self, x: Any) -> Any:
            return x**3

        def _inverse(self, y: Any) -> Any:
            return y.sign() * y.abs() ** (1 / 3)

        def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
            return (3 * x**2).log()

    class Cubes(constraints.Constraint):
        def check(self, value: Any) -> Any:
            return value == value

    D.transform_to.register(Cubes)(lambda constraint: Cube())
    assert isinstance(D.transform_to(Cubes()), Cube)
    torch.manual_seed(seed)
    d = D.TransformedDistribution(D.Normal(0.0, 1.0), Cube())
    assert d.cdf(torch.tensor(0.0)).item() == 0.5
    y = torch.tensor(0.5)
    expected = D.Normal(0.0, 1.0).log_prob(y ** (1 / 3)) - (3 * y ** (2 / 3)).log()
    torch.testing.assert_close(d.log_prob(y), expected)


def test_triangles_and_vectors() -> None:
    for diagonal in (-1, 0, 1):
        matrix = torch.arange(1.0, 10.0).reshape(3, 3)
        vector = tril_matrix_to_vec(matrix, diagonal)
        assert vec_to_tril_matrix(vector, diagonal).equal(matrix.tril(diagonal))
    with pytest.raises(ValueError, match=r"diag \(5\) provided is outside \[-3, 2\]"):
        tril_matrix_to_vec(torch.ones(3, 3), 5)
    with pytest.raises(ValueError, match="last dimension is 5 which cannot be expressed"):
        vec_to_tril_matrix(torch.ones(5))
