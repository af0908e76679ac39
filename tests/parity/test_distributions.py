"""torch.distributions against PyTorch: quantities, samples from the same seed, densities, gradients, expansion."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradiente

from .distribution_cases import CASES, SMALL

torch = pytest.importorskip("torch")

Call = Callable[[Any], Any]

QUANTITIES: dict[str, Call] = {
    "repr": repr,
    "batch_shape": lambda d: tuple(d.batch_shape),
    "event_shape": lambda d: tuple(d.event_shape),
    "has_rsample": lambda d: d.has_rsample,
    "has_enumerate_support": lambda d: d.has_enumerate_support,
    "support": lambda d: repr(d.support),
    "arg_constraints": lambda d: repr(d.arg_constraints),
    "mean": lambda d: d.mean,
    "mode": lambda d: d.mode,
    "variance": lambda d: d.variance,
    "stddev": lambda d: d.stddev,
    "entropy": lambda d: d.entropy(),
    "perplexity": lambda d: d.perplexity(),
    "enumerate_support": lambda d: d.enumerate_support(),
    "enumerate_support(False)": lambda d: d.enumerate_support(expand=False),
    "covariance_matrix": lambda d: d.covariance_matrix,
    "precision_matrix": lambda d: d.precision_matrix,
    "scale_tril": lambda d: d.scale_tril,
    "probs": lambda d: d.probs,
    "logits": lambda d: d.logits,
}

OTHERWISE = {
    ("Kumaraswamy", "mode"): "PyTorch's mode is NaN for all parameters",
    ("Multinomial", "expanded entropy"): "PyTorch's expand loses what its entropy needs",
    ("Multinomial logits", "expanded entropy"): "as above",
    ("Wishart", "rsample slopes"): "PyTorch changes a tensor in place that its backward pass needs",
    ("CorrCholeskyTransform", "log_abs_det_jacobian"): "PyTorch has an unused parameter more",
    ("ContinuousBernoulli", "Uniform 2"): "PyTorch has ∞ for a uniform distribution on [0, 1] too",
}
"""What is not compared, and why."""

IMPLICIT = ("Gamma", "InverseGamma", "Chi2", "FisherSnedecor", "Beta", "Dirichlet", "StudentT", "Wishart")
"""Their samples have gradients by implicit reparametrisation, which PyTorch approximates to about 1e-3."""


def made(module: Any, call: str) -> Any:
    return eval(call, {"D": module.distributions, "torch": module})


def answer(function: Call, *args: Any) -> Any:
    """The result, or the error's type and first line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args)
        except Exception as error:
            return type(error).__name__


def same(ours: Any, theirs: Any, what: Any = "", tolerance: float = 2e-5) -> None:
    if not hasattr(theirs, "dtype"):
        assert ours == theirs, what
        return
    assert hasattr(ours, "dtype"), (what, ours)
    assert repr(ours.dtype) == repr(theirs.dtype), what
    assert tuple(ours.shape) == tuple(theirs.shape), what
    a, b = (x.detach().float().numpy() if "float16" in repr(x.dtype) else x.detach().numpy() for x in (ours, theirs))
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=str(what))


def seeded(module: Any, seed: int, function: Call, *args: Any) -> Any:
    module.manual_seed(seed)
    return answer(function, *args)


@pytest.mark.parametrize("name", CASES)
def test_quantities(name: str) -> None:
    ours, theirs = made(gradiente, CASES[name]), made(torch, CASES[name])
    for quantity, function in QUANTITIES.items():
        if (name, quantity) not in OTHERWISE:
            same(answer(function, ours), answer(function, theirs), quantity)


@pytest.mark.parametrize("name", CASES)
def test_samples_are_the_same_numbers(name: str, seed: int) -> None:
    ours, theirs = made(gradiente, CASES[name]), made(torch, CASES[name])
    for shape in ((), (3,), (2, 2)):
        for method in ("sample", "rsample"):
            mine = seeded(gradiente, seed, lambda s, m=method: getattr(ours, m)(s), shape)
            other = seeded(torch, seed, lambda s, m=method: getattr(theirs, m)(s), shape)
            same(mine, other, (method, shape), 5e-6 if "VonMises" not in name else 1e-4)
            assert gradiente.get_rng_state().tolist() == torch.get_rng_state().tolist()


def outcomes(theirs: Any, seed: int) -> Any:
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return theirs.sample((5,))


@pytest.mark.parametrize("name", CASES)
def test_densities(name: str, seed: int) -> None:
    ours, theirs = made(gradiente, CASES[name]), made(torch, CASES[name])
    x = outcomes(theirs, seed)
    mine = gradiente.from_numpy(x.numpy())
    # far out, the logarithm of a density is the difference of large numbers
    tolerance = 2e-4 if name in ("ExpRelaxed", "RelaxedOneHot", "VonMises") else 4e-5
    same(answer(lambda: ours.log_prob(mine)), answer(lambda: theirs.log_prob(x)), "log_prob", tolerance)
    same(answer(lambda: ours.cdf(mine)), answer(lambda: theirs.cdf(x)), "cdf")
    for p in (0.1, 0.5, 0.9):
        levels = (torch.full(theirs.batch_shape, p), gradiente.full(tuple(theirs.batch_shape), p))
        same(answer(lambda: ours.icdf(levels[1])), answer(lambda: theirs.icdf(levels[0])), "icdf", 1e-4)  # noqa: B023


@pytest.mark.parametrize("name", CASES)
def test_expanded(name: str, seed: int) -> None:
    ours, theirs = made(gradiente, CASES[name]), made(torch, CASES[name])
    shape = (2, *theirs.batch_shape)
    mine, other = ours.expand(shape), theirs.expand(shape)
    assert type(mine) is type(ours)
    for quantity in ("repr", "batch_shape", "event_shape", "mean", "variance", "entropy"):
        if (name, f"expanded {quantity}") not in OTHERWISE:
            same(answer(QUANTITIES[quantity], mine), answer(QUANTITIES[quantity], other), quantity)
    x = outcomes(other, seed)
    log_prob = answer(lambda: other.log_prob(x))
    same(answer(lambda: mine.log_prob(gradiente.from_numpy(x.numpy()))), log_prob, "log_prob", 2e-4)
    same(seeded(gradiente, seed, mine.sample), seeded(torch, seed, other.sample), "sample", 1e-4)


@pytest.fixture
def default_dtype(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both libraries make tensors of this dtype."""
    for module in (torch, gradiente):
        module.set_default_dtype(getattr(module, request.param))
    yield request.param
    for module in (torch, gradiente):
        module.set_default_dtype(module.float32)


@pytest.mark.parametrize("default_dtype", ["float16", "bfloat16", "float64"], indirect=True)
@pytest.mark.parametrize("name", CASES)
def test_other_dtypes(name: str, default_dtype: str, seed: int) -> None:
    ours, theirs = answer(made, gradiente, CASES[name]), answer(made, torch, CASES[name])
    if isinstance(theirs, str):
        assert ours == theirs
        return
    tolerance = {"float64": 1e-10, "float16": 2e-2, "bfloat16": 1e-1}[default_dtype]
    exact = tolerance if "VonMises" not in name else {"float64": 1e-5}.get(default_dtype, 5e-2)  # its Bessel functions
    for quantity in ("mean", "variance", "entropy"):
        same(answer(QUANTITIES[quantity], ours), answer(QUANTITIES[quantity], theirs), quantity, exact)
    mine, other = seeded(gradiente, seed, ours.sample, (5,)), seeded(torch, seed, theirs.sample, (5,))
    same(mine, other, "sample", tolerance)
    if default_dtype == "float64":
        log_prob = answer(theirs.log_prob, other)
        same(answer(ours.log_prob, gradiente.from_numpy(other.numpy())), log_prob, "log_prob", max(exact, 1e-9))


DIFFERENTIABLE = {
    "Normal": ("D.Normal(a, b)", [[0.5, -1.0], [1.0, 0.3]]),
    "LogNormal": ("D.LogNormal(a, b)", [[0.5, -1.0], [1.0, 0.3]]),
    "HalfNormal": ("D.HalfNormal(a)", [[0.5, 2.0]]),
    "HalfCauchy": ("D.HalfCauchy(a)", [[0.5, 2.0]]),
    "Cauchy": ("D.Cauchy(a, b)", [[0.5, -1.0], [1.0, 0.3]]),
    "Laplace": ("D.Laplace(a, b)", [[0.5, -1.0], [1.0, 0.3]]),
    "StudentT": ("D.StudentT(a, b, c)", [[2.5, 5.0], [0.5, 1.0], [1.0, 2.0]]),
    "Gumbel": ("D.Gumbel(a, b)", [[0.5, -1.0], [1.0, 0.3]]),
    "Uniform": ("D.Uniform(a, b)", [[0.5, -1.0], [1.0, 0.3]]),
    "Exponential": ("D.Exponential(a)", [[0.5, 2.0]]),
    "Gamma": ("D.Gamma(a, b)", [[0.3, 2.0, 20.0], [1.0, 0.5, 3.0]]),
    "InverseGamma": ("D.InverseGamma(a, b)", [[0.8, 4.0], [1.0, 3.0]]),
    "Chi2": ("D.Chi2(a)", [[1.0, 5.0]]),
    "FisherSnedecor": ("D.FisherSnedecor(a, b)", [[3.0, 6.0], [3.5, 8.0]]),
    "Beta": ("D.Beta(a, b)", [[0.5, 2.0, 0.4], [1.5, 3.0, 0.7]]),
    "Dirichlet": ("D.Dirichlet(a)", [[0.5, 2.0, 1.5]]),
    "Pareto": ("D.Pareto(a, b)", [[0.5, 2.0], [0.5, 1.5]]),
    "Weibull": ("D.Weibull(a, b)", [[0.5, 2.0], [1.5, 0.8]]),
    "GeneralizedPareto": ("D.GeneralizedPareto(a, b, c)", [[0.0, 1.0], [1.0, 2.0], [0.3, -0.3]]),
    "Kumaraswamy": ("D.Kumaraswamy(a, b)", [[0.5, 2.0], [1.5, 0.8]]),
    "VonMises": ("D.VonMises(a, b)", [[0.5, -1.0], [1.0, 5.0]]),
    "ContinuousBernoulli": ("D.ContinuousBernoulli(a)", [[0.2, 0.4995, 0.93]]),
    "ContinuousBernoulli logits": ("D.ContinuousBernoulli(logits=a)", [[-200.0, -40.0, 0.3, 40.0]]),
    "Bernoulli": ("D.Bernoulli(a)", [[0.2, 0.9]]),
    "Bernoulli logits": ("D.Bernoulli(logits=a)", [[-0.2, 0.9]]),
    "Binomial": ("D.Binomial(5, a)", [[0.2, 0.9]]),
    "Binomial logits": ("D.Binomial(5, logits=a)", [[-0.2, 0.0, 0.9]]),
    "NegativeBinomial": ("D.NegativeBinomial(a, b)", [[3.0, 0.5], [0.2, 0.6]]),
    "Geometric": ("D.Geometric(a)", [[0.2, 0.9]]),
    "Poisson": ("D.Poisson(a)", [[0.2, 3.0]]),
    "Categorical": ("D.Categorical(a)", [[0.2, 1.0, 0.3]]),
    "Categorical logits": ("D.Categorical(logits=a)", [[0.2, 1.0, 0.3]]),
    "OneHotStraightThrough": ("D.OneHotCategoricalStraightThrough(a)", [[0.2, 1.0, 0.3]]),
    "Multinomial": ("D.Multinomial(4, a)", [[0.2, 1.0, 0.3]]),
    "RelaxedBernoulli": ("D.RelaxedBernoulli(a[0], b)", [[0.7], [0.2, 0.9]]),
    "RelaxedOneHot": ("D.RelaxedOneHotCategorical(a[0], logits=b)", [[0.7], [0.2, 0.9, -1.0]]),
    "MultivariateNormal": ("D.MultivariateNormal(a, b @ b.mT + torch.eye(2))", [[0.5, -1.0], [[1.0, 0.3], [0.2, 2.0]]]),
    "MultivariateNormal precision": (
        "D.MultivariateNormal(a, precision_matrix=b @ b.mT + torch.eye(2))",
        [[0.5, -1.0], [[1.0, 0.3], [0.2, 2.0]]],
    ),
    "LowRank": ("D.LowRankMultivariateNormal(a, b, c)", [[0.5, -1.0], [[1.0], [0.3]], [1.0, 2.0]]),
    "Wishart": ("D.Wishart(a[0], b @ b.mT + torch.eye(2))", [[4.5], [[1.0, 0.3], [0.2, 2.0]]]),
    "LKJCholesky": ("D.LKJCholesky(3, a)", [[0.5, 2.0]]),
    "LogisticNormal": ("D.LogisticNormal(a, b)", [[0.5, -1.0], [1.0, 0.3]]),
    "Mixture": ("D.MixtureSameFamily(D.Categorical(a), D.Normal(b, c))", [[0.3, 0.7], [0.5, -1.0], [1.0, 0.3]]),
    "Squashed": ("D.TransformedDistribution(D.Normal(a, b), D.TanhTransform(1))", [[0.5, -1.0], [1.0, 0.3]]),
}


def slopes(module: Any, name: str, of: Callable[[Any], Any], seed: int) -> Any:
    """The gradients of a quantity, weighted, by the distribution's parameters."""
    call, values = DIFFERENTIABLE[name]
    dtype = module.float64
    parameters = [module.tensor(v, dtype=dtype, requires_grad=True) for v in values]
    names = dict(zip("abc", parameters, strict=False))
    module.set_default_dtype(dtype)
    try:
        d = eval(call, {"D": module.distributions, "torch": module, **names})
        module.manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            quantity = of(d)
        weights = module.arange(1.0, quantity.numel() + 1.0, dtype=quantity.dtype).reshape(quantity.shape)
        return module.autograd.grad((quantity * weights.cos()).sum(), parameters, materialize_grads=True)
    finally:
        module.set_default_dtype(module.float32)


@pytest.mark.parametrize("quantity", ["rsample", "log_prob", "entropy", "mean"])
@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradients(name: str, quantity: str, seed: int) -> None:
    def log_prob(d: Any, module: Any) -> Any:
        x = d.sample((3,))
        return d.log_prob(x)

    of: dict[str, Callable[..., Any]] = {
        "rsample": lambda d, module: d.rsample((4,)),
        "log_prob": log_prob,
        "entropy": lambda d, module: d.entropy(),
        "mean": lambda d, module: d.mean + 0,
    }
    theirs = answer(lambda: slopes(torch, name, lambda d: of[quantity](d, torch), seed))
    ours = answer(lambda: slopes(gradiente, name, lambda d: of[quantity](d, gradiente), seed))
    if (name, f"{quantity} slopes") in OTHERWISE:
        assert not isinstance(ours, str), ours
        return
    if isinstance(theirs, str):
        assert ours == theirs
        return
    assert not isinstance(ours, str), ours
    approximate = quantity == "rsample" and name in IMPLICIT
    for a, b in zip(ours, theirs, strict=True):
        same(a, b, quantity, 2e-2 if approximate else 1e-6 if name == "VonMises" else 1e-8)


@pytest.mark.parametrize("name", SMALL)
def test_divergences(name: str) -> None:
    for other, call in SMALL.items():
        if (name, other) in OTHERWISE:
            continue
        ours = answer(gradiente.distributions.kl_divergence, made(gradiente, SMALL[name]), made(gradiente, call))
        theirs = answer(torch.distributions.kl_divergence, made(torch, SMALL[name]), made(torch, call))
        same(ours, theirs, (name, other), 3e-5)


def test_the_same_pairs_have_divergences() -> None:
    ours, theirs = (
        {(p.__name__, q.__name__) for p, q in module.distributions.kl._KL_REGISTRY if "istributions" in p.__module__}
        for module in (gradiente, torch)
    )
    assert ours == theirs


def test_the_same_names_are_there() -> None:
    for part in ("", ".constraints", ".transforms", ".kl", ".utils", ".constraint_registry"):
        ours, theirs = (
            set(__import__(f"{module}.distributions{part}", fromlist=["x"]).__all__)
            for module in ("gradiente", "torch")
        )
        assert ours == theirs, part


@pytest.mark.parametrize("name", [n for n in torch.distributions.__all__ if n[0].isupper()])
def test_classes_have_the_same_members_and_parameters(name: str) -> None:
    ours, theirs = getattr(gradiente.distributions, name), getattr(torch.distributions, name)
    public = {n for n in dir(theirs) if not n.startswith("_")}
    assert public <= set(dir(ours))
    for member in ("__init__", *public):
        mine, other = getattr(ours, member), getattr(theirs, member)
        if inspect.isfunction(mine) and inspect.isfunction(other) and (name, member) not in OTHERWISE:
            assert list(inspect.signature(mine).parameters) == list(inspect.signature(other).parameters), member
