"""torch.distributions, without PyTorch: densities against SciPy, moments, gradients, divergences, errors."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats as stats
from scipy import special

import gradiente as torch
import gradiente.distributions as D
from gradiente.distributions import constraints
from gradiente.distributions._draws import dirichlet_slope, gamma_slope

SCIPY: dict[str, tuple[Any, Any, list[float]]] = {
    "Normal": (D.Normal(0.5, 2.0), stats.norm(0.5, 2.0), [-3, 0.5, 4]),
    "LogNormal": (D.LogNormal(0.5, 0.7), stats.lognorm(0.7, scale=np.exp(0.5)), [0.1, 1, 4]),
    "HalfNormal": (D.HalfNormal(2.0), stats.halfnorm(scale=2.0), [0.1, 1, 4]),
    "HalfCauchy": (D.HalfCauchy(2.0), stats.halfcauchy(scale=2.0), [0.1, 1, 4]),
    "Cauchy": (D.Cauchy(0.5, 2.0), stats.cauchy(0.5, 2.0), [-3, 0.5, 40]),
    "Laplace": (D.Laplace(0.5, 2.0), stats.laplace(0.5, 2.0), [-3, 0.5, 4]),
    "StudentT": (D.StudentT(5.0, 0.5, 2.0), stats.t(5.0, 0.5, 2.0), [-3, 0.5, 4]),
    "Gumbel": (D.Gumbel(0.5, 2.0), stats.gumbel_r(0.5, 2.0), [-3, 0.5, 4]),
    "Uniform": (D.Uniform(0.5, 2.0), stats.uniform(0.5, 1.5), [0.6, 1, 1.9]),
    "Exponential": (D.Exponential(2.0), stats.expon(scale=0.5), [0.1, 1, 4]),
    "Gamma": (D.Gamma(2.5, 2.0), stats.gamma(2.5, scale=0.5), [0.1, 1, 4]),
    "InverseGamma": (D.InverseGamma(2.5, 2.0), stats.invgamma(2.5, scale=2.0), [0.1, 1, 4]),
    "Chi2": (D.Chi2(3.0), stats.chi2(3.0), [0.1, 1, 4]),
    "FisherSnedecor": (D.FisherSnedecor(3.0, 8.0), stats.f(3.0, 8.0), [0.1, 1, 4]),
    "Beta": (D.Beta(2.5, 0.7), stats.beta(2.5, 0.7), [0.1, 0.5, 0.9]),
    "Pareto": (D.Pareto(2.0, 3.0), stats.pareto(3.0, scale=2.0), [2.1, 3, 8]),
    "Weibull": (D.Weibull(2.0, 1.5), stats.weibull_min(1.5, scale=2.0), [0.1, 1, 4]),
    "GeneralizedPareto": (D.GeneralizedPareto(1.0, 2.0, 0.3), stats.genpareto(0.3, 1.0, 2.0), [1.1, 2, 8]),
    "VonMises": (D.VonMises(0.5, 2.0), stats.vonmises(2.0, 0.5), [-2, 0.5, 2]),
    "Bernoulli": (D.Bernoulli(0.3), stats.bernoulli(0.3), [0, 1]),
    "Binomial": (D.Binomial(7, 0.3), stats.binom(7, 0.3), [0, 3, 7]),
    "NegativeBinomial": (D.NegativeBinomial(3, 0.3), stats.nbinom(3, 0.7), [0, 3, 7]),
    "Geometric": (D.Geometric(0.3), stats.geom(0.3, loc=-1), [0, 3, 7]),
    "Poisson": (D.Poisson(3.5), stats.poisson(3.5), [0, 3, 7]),
}


@pytest.mark.parametrize("name", SCIPY)
def test_densities_and_moments_are_those_of_scipy(name: str) -> None:
    ours, theirs, points = SCIPY[name]
    density = theirs.logpmf if hasattr(theirs.dist, "pmf") else theirs.logpdf
    x = torch.tensor([float(p) for p in points])
    np.testing.assert_allclose(ours.log_prob(x).numpy(), density(points), rtol=2e-5, atol=2e-6)
    if name not in ("Cauchy", "HalfCauchy", "VonMises"):
        np.testing.assert_allclose([ours.mean.item(), ours.variance.item()], theirs.stats("mv"), rtol=2e-5)
    if name not in ("NegativeBinomial", "Geometric", "InverseGamma", "FisherSnedecor", "VonMises"):
        np.testing.assert_allclose(ours.entropy().item(), theirs.entropy(), rtol=2e-5) if name != "Poisson" else None


@pytest.mark.parametrize("name", [n for n in SCIPY if n not in ("Cauchy", "HalfCauchy", "VonMises")])
def test_samples_have_the_moments(name: str, seed: int) -> None:
    torch.manual_seed(seed)
    d = SCIPY[name][0]
    n = 4000 if name in ("Binomial", "Poisson", "NegativeBinomial", "Gamma", "Beta") else 8000
    x = d.sample((n,)).double()
    assert abs(x.mean() - d.mean) < 6 * (d.variance / n).sqrt()


@pytest.mark.parametrize(
    "d",
    [
        *(D.Normal(0.5, 2.0), D.Laplace(0.5, 2.0), D.Cauchy(0.5, 2.0), D.Gumbel(0.5, 2.0), D.Exponential(2.0)),
        *(D.Uniform(0.5, 2.0), D.HalfNormal(2.0), D.Weibull(2.0, 1.5), D.Pareto(2.0, 3.0), D.LogNormal(0.0, 1.0)),
        *(D.ContinuousBernoulli(0.3), D.GeneralizedPareto(0.0, 1.0, -0.3), D.Kumaraswamy(2.0, 3.0), D.HalfCauchy(1.0)),
    ],
)
def test_icdf_undoes_cdf_and_cdf_has_the_density_as_slope(d: Any) -> None:
    p = torch.tensor([0.1, 0.4, 0.8])
    x = d.icdf(p).detach().requires_grad_()
    torch.testing.assert_close(d.cdf(x), p, rtol=1e-4, atol=1e-5)
    (slope,) = torch.autograd.grad(d.cdf(x).sum(), x)
    torch.testing.assert_close(slope, d.log_prob(x).exp().detach(), rtol=1e-3, atol=1e-5)


def test_continuous_bernoulli_has_slopes_where_its_probability_is_0_or_1() -> None:
    """The sigmoid of these logits is 0 or 1 in float32, of which one logarithm would be infinite."""
    logits = torch.tensor([-200.0, -20.0, 20.0, 200.0], requires_grad=True)
    d = D.ContinuousBernoulli(logits=logits)
    total = d.log_prob(torch.full((4,), 0.25)).sum() + d.entropy().sum() + d.mean.sum()
    total.backward()
    assert torch.isfinite(total)
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    assert torch.equal(d.probs[:1], torch.tensor([torch.finfo(torch.float32).eps]))


def test_kumaraswamy_has_its_mode_where_its_density_is_greatest() -> None:
    d = D.Kumaraswamy(torch.tensor([2.0, 3.0]), torch.tensor([3.0, 1.5]))
    x = torch.linspace(0.01, 0.99, 981)[:, None].expand(981, 2)
    torch.testing.assert_close(x[d.log_prob(x).argmax(0), [0, 1]], d.mode, rtol=0, atol=1e-3)


# --- derivatives of gamma and Dirichlet numbers


def test_gamma_numbers_move_with_their_quantile(rng: np.random.Generator) -> None:
    a = 10 ** rng.uniform(-1, 2.5, 60)
    u = rng.uniform(0.02, 0.98, 60)
    h = 1e-4 * a
    moved = (special.gammaincinv(a + h, u) - special.gammaincinv(a - h, u)) / (2 * h)
    np.testing.assert_allclose(gamma_slope(a, special.gammaincinv(a, u)), moved, rtol=1e-5)


def test_beta_numbers_move_with_their_quantile(rng: np.random.Generator) -> None:
    a, b = 10 ** rng.uniform(-1, 2, (2, 60))
    u = rng.uniform(0.02, 0.98, 60)
    x, h = special.betaincinv(a, b, u), 1e-4 * a
    moved = (special.betaincinv(a + h, b, u) - special.betaincinv(a - h, b, u)) / (2 * h)
    inner = x < 0.999  # what is left to 1 is known to few digits
    np.testing.assert_allclose((dirichlet_slope(x, a, a + b) * (1 - x))[inner], moved[inner], rtol=1e-4)


def test_slopes_at_extremes_are_finite() -> None:
    a = np.array([1e-3, 1e-2, 1.0, 1e4, 1e4])
    assert np.isfinite(gamma_slope(a, np.array([1e-300, 50.0, 1e-30, 9e3, 1.1e4]))).all()
    assert np.isfinite(
        dirichlet_slope(np.array([1e-38, 0.9999999]), np.array([1e-2, 50.0]), np.array([1.0, 50.1]))
    ).all()


def test_gamma_samples_are_differentiated_once_only() -> None:
    a = torch.tensor([2.0, 3.0], requires_grad=True)
    for d in (D.Gamma(a, 1.0), D.Dirichlet(a)):
        (g,) = torch.autograd.grad(d.rsample()[0], a, create_graph=True)
        with pytest.raises(RuntimeError, match=r"_grad' is not implemented.*differentiated once; \.detach\(\)"):
            g.sum().backward()


# --- divergences


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (D.Beta(2.0, 3.0), D.Normal(0.3, 0.5)),
        (D.Gamma(2.0, 3.0), D.Gumbel(0.5, 0.7)),
        (D.Uniform(0.2, 0.9), D.Beta(2.0, 3.0)),
        (D.Normal(0.2, 0.9), D.Laplace(-0.3, 0.8)),
        (D.Pareto(1.0, 4.0), D.Gamma(2.0, 1.0)),
        (D.Exponential(2.0), D.Gamma(2.0, 1.0)),
        (D.Dirichlet(torch.tensor([1.0, 2.0, 3.0])), D.Dirichlet(torch.tensor([2.0, 1.0, 1.5]))),
        (
            D.MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, 0.3], [0.3, 1.0]])),
            D.LowRankMultivariateNormal(torch.ones(2), torch.ones(2, 1), torch.ones(2)),
        ),
    ],
)
def test_divergences_are_the_mean_log_ratios(p: Any, q: Any, seed: int) -> None:
    torch.manual_seed(seed)
    x = p.sample((3000,))
    ratios = p.log_prob(x) - q.log_prob(x)
    assert abs(ratios.mean() - D.kl_divergence(p, q)) < 6 * ratios.std() / 3000**0.5


def test_the_most_special_registered_divergence_is_taken() -> None:
    class P(D.Normal):
        pass

    class Q(D.Normal):
        pass

    D.register_kl(P, D.Normal)(lambda p, q: "left")
    assert D.kl_divergence(P(0.0, 1.0), Q(0.0, 1.0)) == "left"
    D.register_kl(D.Normal, Q)(lambda p, q: "right")
    with pytest.warns(RuntimeWarning, match=r"Ambiguous kl_divergence\(P, Q\)\. Please register_kl\(P, Q\)"):
        assert D.kl_divergence(P(0.0, 1.0), Q(0.0, 1.0)) == "left"


# --- what is kept


def test_import_is_lazy() -> None:
    code = (
        "import sys, gradiente; print('gradiente.distributions' in sys.modules); gradiente.distributions.Normal(0, 1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("name", SCIPY)
def test_distributions_can_be_copied_and_pickled(name: str) -> None:
    d = SCIPY[name][0]
    x = torch.tensor([float(SCIPY[name][2][-1])])
    for made in (copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))):
        twin = made(d)
        assert repr(twin) == repr(d)
        assert twin.log_prob(x).equal(d.log_prob(x))


def test_expanded_parameters_share_memory() -> None:
    loc = torch.zeros(2)
    d = D.Normal(loc, 1.0).expand((3, 2))
    loc.fill_(5.0)
    assert d.loc.tolist() == [[5.0, 5.0]] * 3


def test_parameters_of_modules_become_tensors() -> None:
    scale = torch.nn.Parameter(torch.tensor([-1.0]))
    with pytest.raises(ValueError, match=r"parameter scale \(Tensor of shape"):
        D.Normal(torch.zeros(1), scale)
    d = D.Normal(torch.zeros(1), scale, validate_args=False)
    assert type(d.scale) is torch.Tensor
    d.log_prob(torch.ones(1)).backward()
    assert scale.grad is not None


def test_vmap_makes_a_distribution_for_each_example() -> None:
    x = torch.tensor([0.0, 1.0])
    each = torch.func.vmap(lambda loc: D.Normal(loc, 1.0).log_prob(torch.tensor(0.0)))(x)
    assert each.equal(D.Normal(x, 1.0).log_prob(torch.tensor(0.0)))
    slopes = torch.func.vmap(torch.func.grad(lambda a: D.Gamma(a, 1.0).rsample()), randomness="different")(x + 1)
    assert (slopes > 0).all()
    rows = torch.func.vmap(lambda p: D.Categorical(p).sample((4,)), randomness="different")(torch.eye(2))
    assert rows.tolist() == [[0] * 4, [1] * 4]


def test_straight_through_samples_are_one_hot_with_the_slopes_of_the_probabilities() -> None:
    p = torch.tensor([0.2, 0.8], requires_grad=True)
    x = D.OneHotCategoricalStraightThrough(p).rsample()
    torch.testing.assert_close(x.sum(), torch.tensor(1.0))
    assert sorted(x.detach().round().tolist()) == [0.0, 1.0]
    (g,) = torch.autograd.grad(x[0], p)
    torch.testing.assert_close(g, torch.tensor([0.8, -0.2]))


def test_wishart_and_lkj_samples_lie_in_their_supports(seed: int) -> None:
    torch.manual_seed(seed)
    wishart, lkj = D.Wishart(torch.tensor([3.0, 9.0]), torch.eye(3)), D.LKJCholesky(4, torch.tensor([0.5, 3.0]))
    assert constraints.positive_definite.check(wishart.sample((5,))).all()
    assert constraints.corr_cholesky.check(lkj.sample((5,))).all()


# --- errors


class OwnInit(D.Normal):
    def __init__(self) -> None:
        super().__init__(0.0, 1.0)


class Undeclared(D.Distribution):
    pass


ERRORS: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no number": (lambda: D.Normal("a", 1), ValueError, r"must all be instances of Number.*got str"),
    "parameter": (lambda: D.Normal(0.0, -1.0), ValueError, r"parameter scale .*GreaterThan\(lower_bound=0.0\).*\n-1.0"),
    "value": (lambda: D.Bernoulli(0.5).log_prob(torch.tensor(0.3)), ValueError, r"support \(Boolean\(\)\).*\n0.30"),
    "no tensor": (lambda: D.Normal(0.0, 1.0).log_prob(1.0), ValueError, r"must be a Tensor.*not float"),  # type: ignore[arg-type]
    "event": (
        lambda: D.Dirichlet(torch.ones(3)).log_prob(torch.ones(2)),
        ValueError,
        r"right-most size .*\[2\].*\[3\]",
    ),
    "batch": (lambda: D.Normal(torch.zeros(2), 1.0).log_prob(torch.ones(3)), ValueError, r"not broadcastable.*\[3\]"),
    "both": (lambda: D.Bernoulli(0.5, 0.1), ValueError, r"`probs` or `logits`.*not both.*given both"),
    "neither": (lambda: D.Categorical(), ValueError, r"`probs` or `logits`.*given neither"),
    "expand": (lambda: OwnInit().expand((2,)), NotImplementedError, r"Subclass OwnInit of Normal.*\.expand\(\) method"),
    "default": (lambda: D.Distribution.set_default_validate_args(3), ValueError, "True or False, not 3"),  # type: ignore[arg-type]
    "mean": (lambda: D.LKJCholesky(3).mean, NotImplementedError, "LKJCholesky has no mean"),
    "rsample": (lambda: D.Poisson(1.0).rsample(), NotImplementedError, "Poisson has no rsample.*has_rsample"),
    "kl": (
        lambda: D.kl_divergence(D.VonMises(0.0, 1.0), D.Uniform(0.0, 1.0)),
        NotImplementedError,
        r"No KL\(p \|\| q\).*VonMises and q type Uniform.*register_kl",
    ),
    "register_kl": (lambda: D.register_kl(3, D.Normal), TypeError, "must be a class.*3"),  # type: ignore[arg-type]
    "counts": (
        lambda: D.Binomial(torch.tensor([2.0, 3.0]), 0.5).entropy(),
        NotImplementedError,
        "Inhomogeneous total count not supported by `entropy`",
    ),
    "registry": (lambda: D.biject_to(constraints.boolean), NotImplementedError, r"_Boolean constraints .*register"),
    "cache": (lambda: D.ExpTransform(cache_size=2), ValueError, "cache_size must be 0 or 1.*2"),
    "reshape": (lambda: D.ReshapeTransform((2, 3), (5,)), ValueError, r"different numbers of elements \(6 and 5\)"),
    "binomial dtype": (
        lambda: torch.binomial(torch.tensor([1]), torch.tensor([0.5])),
        ValueError,
        r"dtypes for count, got: Long.*\.float\(\)",
    ),
    "binomial dtypes": (
        lambda: torch.binomial(torch.ones(1), torch.ones(1, dtype=torch.float64)),
        RuntimeError,
        "Found dtype Double but expected Float.*type_as",
    ),
    "binomial slope": (
        lambda: torch.binomial(torch.ones(1), torch.ones(1, requires_grad=True)).backward(),
        RuntimeError,
        "derivative for aten::binomial is not implemented.*detach",
    ),
    "missing": (lambda: D.Nomal, AttributeError, "Closest names: 'Normal'"),  # type: ignore[attr-defined]
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_say_what_to_do(name: str) -> None:
    call, kind, text = ERRORS[name]
    with pytest.raises(kind, match=f"(?s){text}"):
        call()


def test_a_distribution_without_constraints_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="does not define `arg_constraints`"):
        Undeclared()
    d = Undeclared(validate_args=False)
    with pytest.warns(UserWarning, match="does not define `support`"):
        d._validate_sample(torch.zeros(()))
    with pytest.warns(FutureWarning, match="sample_n"):
        D.Normal(0.0, 1.0).sample_n(2)


def test_validation_can_be_switched_off() -> None:
    assert torch.isnan(D.Normal(0.0, -1.0, validate_args=False).log_prob(torch.tensor(0.0)))
    D.Distribution.set_default_validate_args(False)
    try:
        assert repr(D.Normal(0.0, -1.0)) == "Normal(loc: 0.0, scale: -1.0)"
    finally:
        D.Distribution.set_default_validate_args(True)
