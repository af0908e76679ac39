"""The table of distributions that the parity tests run through: constructor calls, in terms of D and torch."""

from __future__ import annotations

CASES: dict[str, str] = {
    "Normal": "D.Normal(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.3]))",
    "Normal numbers": "D.Normal(1, 2)",
    "Normal float64": "D.Normal(torch.zeros(2, 1, dtype=torch.float64), torch.tensor([1.0, 2.0], dtype=torch.float64))",
    "Normal many": "D.Normal(torch.zeros(20), 1.5)",
    "LogNormal": "D.LogNormal(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.3]))",
    "HalfNormal": "D.HalfNormal(torch.tensor([0.5, 2.0]))",
    "HalfCauchy": "D.HalfCauchy(torch.tensor([0.5, 2.0]))",
    "Cauchy": "D.Cauchy(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.3]))",
    "Laplace": "D.Laplace(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.3]))",
    "StudentT": "D.StudentT(torch.tensor([0.7, 1.5, 5.0]), torch.tensor(0.5), torch.tensor([1.0, 2.0, 0.5]))",
    "StudentT number": "D.StudentT(3.0)",
    "Gumbel": "D.Gumbel(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.3]))",
    "Gumbel numbers": "D.Gumbel(0.0, 2.0)",
    "Uniform": "D.Uniform(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.3]))",
    "Exponential": "D.Exponential(torch.tensor([0.5, 2.0]))",
    "Gamma": "D.Gamma(torch.tensor([0.3, 2.0, 20.0]), torch.tensor([1.0, 0.5, 3.0]))",
    "Gamma float64": "D.Gamma(torch.tensor([0.3, 2.0], dtype=torch.float64), torch.tensor(1.5, dtype=torch.float64))",
    "InverseGamma": "D.InverseGamma(torch.tensor([0.8, 1.5, 4.0]), torch.tensor([1.0, 0.5, 3.0]))",
    "Chi2": "D.Chi2(torch.tensor([1.0, 5.0]))",
    "FisherSnedecor": "D.FisherSnedecor(torch.tensor([1.0, 3.0, 6.0]), torch.tensor([1.5, 3.0, 8.0]))",
    "Beta": "D.Beta(torch.tensor([0.5, 2.0, 0.4]), torch.tensor([1.5, 3.0, 0.7]))",
    "Beta numbers": "D.Beta(2.0, 3.0)",
    "Dirichlet": "D.Dirichlet(torch.tensor([[0.5, 2.0, 1.5], [0.2, 0.3, 0.9]]))",
    "Pareto": "D.Pareto(torch.tensor([0.5, 2.0, 1.0]), torch.tensor([0.5, 1.5, 3.0]))",
    "Weibull": "D.Weibull(torch.tensor([0.5, 2.0]), torch.tensor([1.5, 0.8]))",
    "GeneralizedPareto": "D.GeneralizedPareto(torch.zeros(4), torch.ones(4), torch.tensor([0.3, -0.3, 0.0, 0.7]))",
    "Kumaraswamy": "D.Kumaraswamy(torch.tensor([0.5, 2.0]), torch.tensor([1.5, 0.8]))",
    "VonMises": "D.VonMises(torch.tensor([0.5, -1.0, 3.0]), torch.tensor([1.0, 0.001, 50.0]))",
    "ContinuousBernoulli": "D.ContinuousBernoulli(torch.tensor([0.2, 0.4995, 0.5, 0.93]))",
    "ContinuousBernoulli logits": "D.ContinuousBernoulli(logits=torch.tensor([-2.0, 0.001, 0.7]))",
    "ContinuousBernoulli far": "D.ContinuousBernoulli(logits=torch.tensor([-200.0, -18.0, 18.0, 200.0]))",
    "Bernoulli": "D.Bernoulli(torch.tensor([0.2, 0.5, 0.9]))",
    "Bernoulli number": "D.Bernoulli(0.3)",
    "Bernoulli logits": "D.Bernoulli(logits=torch.tensor([-1.0, 0.0, 2.0]))",
    "Binomial": "D.Binomial(5, torch.tensor([0.2, 0.5, 0.9]))",
    "Binomial large": "D.Binomial(torch.tensor([40.0, 100.0]), torch.tensor([0.5, 0.8]))",
    "Binomial logits": "D.Binomial(3, logits=torch.tensor([-1.0, 2.0]))",
    "NegativeBinomial": "D.NegativeBinomial(torch.tensor([3.0, 0.5]), torch.tensor([0.2, 0.6]))",
    "NegativeBinomial logits": "D.NegativeBinomial(4, logits=torch.tensor([-1.0, 0.5]))",
    "Geometric": "D.Geometric(torch.tensor([0.2, 0.6, 1.0]))",
    "Geometric logits": "D.Geometric(logits=torch.tensor([-1.0, 0.5]))",
    "Poisson": "D.Poisson(torch.tensor([0.2, 3.0, 25.0]))",
    "Categorical": "D.Categorical(torch.tensor([[0.2, 1.0, 0.3], [0.0, 1.0, 1.0]]))",
    "Categorical logits": "D.Categorical(logits=torch.tensor([0.2, 1.0, -0.3]))",
    "OneHotCategorical": "D.OneHotCategorical(torch.tensor([[0.2, 1.0, 0.3], [0.1, 1.0, 1.0]]))",
    "OneHotCategorical logits": "D.OneHotCategorical(logits=torch.tensor([0.2, 1.0, -0.3]))",
    "OneHotStraightThrough": "D.OneHotCategoricalStraightThrough(torch.tensor([0.2, 1.0, 0.3]))",
    "Multinomial": "D.Multinomial(4, torch.tensor([[0.2, 1.0, 0.3], [0.1, 1.0, 1.0]]))",
    "Multinomial logits": "D.Multinomial(3, logits=torch.tensor([0.2, 1.0, -0.3]))",
    "RelaxedBernoulli": "D.RelaxedBernoulli(torch.tensor(0.7), torch.tensor([0.2, 0.9]))",
    "RelaxedBernoulli logits": "D.RelaxedBernoulli(torch.tensor(0.7), logits=torch.tensor([-1.0, 0.5]))",
    "LogitRelaxedBernoulli": "D.relaxed_bernoulli.LogitRelaxedBernoulli(torch.tensor(0.7), torch.tensor([0.2, 0.9]))",
    "RelaxedOneHot": "D.RelaxedOneHotCategorical(torch.tensor(0.7), torch.tensor([[0.2, 0.9, 0.5], [1.0, 1.0, 2.0]]))",
    "ExpRelaxed": "D.relaxed_categorical.ExpRelaxedCategorical(torch.tensor(0.7), logits=torch.tensor([0.2, 0.9]))",
    "MultivariateNormal": "D.MultivariateNormal(torch.tensor([0.5, -1.0]), torch.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "MultivariateNormal batch": "D.MultivariateNormal(torch.zeros(3, 2), torch.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "MultivariateNormal batches": (
        "D.MultivariateNormal(torch.zeros(2, 1, 2), scale_tril=torch.eye(2) + torch.zeros(3, 2, 2))"
    ),
    "MultivariateNormal tril": (
        "D.MultivariateNormal(torch.zeros(2), scale_tril=torch.tensor([[2.0, 0.0], [0.5, 1.0]]))"
    ),
    "MultivariateNormal precision": (
        "D.MultivariateNormal(torch.ones(2), precision_matrix=torch.tensor([[2.0, 0.5], [0.5, 1.0]]))"
    ),
    "LowRankMultivariateNormal": (
        "D.LowRankMultivariateNormal(torch.ones(2, 3), torch.tensor([[0.5], [1.0], [-2.0]]), "
        "torch.tensor([1.0, 2.0, 0.5]))"
    ),
    "Wishart": "D.Wishart(torch.tensor(4.5), torch.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "Wishart batch": "D.Wishart(torch.tensor([4.5, 8.0]), scale_tril=torch.tensor([[2.0, 0.0], [0.5, 1.0]]))",
    "LKJCholesky": "D.LKJCholesky(3, torch.tensor([0.5, 2.0]))",
    "LogisticNormal": "D.LogisticNormal(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 0.3]))",
    "Mixture": "D.MixtureSameFamily(D.Categorical(torch.ones(2)), D.Normal(torch.tensor([-1.0, 1.0]), 0.5))",
    "Mixture of vectors": (
        "D.MixtureSameFamily(D.Categorical(torch.tensor([[0.3, 0.7], [1.0, 1.0], [0.2, 0.8]])),"
        " D.Independent(D.Normal(torch.arange(12.0).reshape(3, 2, 2), 1.0), 1))"
    ),
    "Independent": "D.Independent(D.Normal(torch.zeros(2, 3), torch.ones(3)), 1)",
    "Independent of none": "D.Independent(D.Bernoulli(torch.tensor([0.2, 0.7])), 0)",
    "Transformed": (
        "D.TransformedDistribution(D.Normal(torch.zeros(2), 1.0), [D.AffineTransform(1.0, -2.0), D.ExpTransform()])"
    ),
    "Transformed broadcast": (
        "D.TransformedDistribution(D.Normal(0.0, 1.0), D.AffineTransform(torch.zeros(3), torch.ones(3)))"
    ),
    "Transformed vector": "D.TransformedDistribution(D.Normal(torch.zeros(2, 3), 1.0), D.StickBreakingTransform())",
    "Transformed cdf": (
        "D.TransformedDistribution(D.Normal(torch.zeros(2), 1.0), "
        "D.CumulativeDistributionTransform(D.Normal(0.0, 2.0)))"
    ),
    "Squashed": "D.TransformedDistribution(D.Normal(torch.zeros(2), 1.0), D.TanhTransform(cache_size=1))",
}
"""Name to call."""

SMALL: dict[str, str] = {
    "Bernoulli": "D.Bernoulli(torch.tensor([0.3, 0.0, 1.0]))",
    "Bernoulli 2": "D.Bernoulli(torch.tensor([0.6, 0.2, 0.0]))",
    "Beta": "D.Beta(torch.tensor(1.5), torch.tensor(2.5))",
    "Beta 2": "D.Beta(torch.tensor([0.7, 3.0]), torch.tensor(1.5))",
    "Binomial": "D.Binomial(5, torch.tensor([0.3, 0.6]))",
    "Binomial 2": "D.Binomial(3, torch.tensor([0.5, 0.2]))",
    "Categorical": "D.Categorical(torch.tensor([[0.2, 0.8, 0.0], [0.1, 0.6, 0.3]]))",
    "Categorical 2": "D.Categorical(torch.tensor([[0.2, 0.5, 0.3], [0.0, 0.6, 0.4]]))",
    "Cauchy": "D.Cauchy(torch.tensor([0.5, -1.0]), 2.0)",
    "Chi2": "D.Chi2(torch.tensor([1.0, 3.0]))",
    "ContinuousBernoulli": "D.ContinuousBernoulli(torch.tensor([0.3, 0.8]))",
    "Dirichlet": "D.Dirichlet(torch.tensor([0.5, 1.5, 2.0]))",
    "Dirichlet 2": "D.Dirichlet(torch.tensor([2.5, 0.5, 1.0]))",
    "Exponential": "D.Exponential(torch.tensor([0.5, 2.0]))",
    "Gamma": "D.Gamma(torch.tensor([0.5, 2.0]), torch.tensor(1.5))",
    "Geometric": "D.Geometric(torch.tensor([0.5, 0.2]))",
    "Gumbel": "D.Gumbel(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 2.0]))",
    "HalfNormal": "D.HalfNormal(torch.tensor([1.0, 2.0]))",
    "Independent": "D.Independent(D.Normal(torch.zeros(2, 3), 1.0), 1)",
    "Independent 2": "D.Independent(D.Normal(torch.ones(2, 3), 2.0), 2)",
    "Laplace": "D.Laplace(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 2.0]))",
    "LogNormal": "D.LogNormal(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 2.0]))",
    "LowRank": "D.LowRankMultivariateNormal(torch.zeros(2), torch.tensor([[1.0], [0.5]]), torch.tensor([1.0, 2.0]))",
    "LowRank 2": "D.LowRankMultivariateNormal(torch.ones(3), torch.ones(3, 1), torch.ones(3))",
    "LowRank 3": (
        "D.LowRankMultivariateNormal(torch.ones(4, 2), torch.tensor([[0.3], [0.9]]), torch.tensor([0.5, 1.0]))"
    ),
    "Multivariate": "D.MultivariateNormal(torch.zeros(2), torch.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "Multivariate 2": "D.MultivariateNormal(torch.ones(4, 2), torch.tensor([[1.0, 0.2], [0.2, 3.0]]))",
    "Normal": "D.Normal(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 2.0]))",
    "Normal 2": "D.Normal(torch.tensor(1.5), torch.tensor(0.5))",
    "OneHot": "D.OneHotCategorical(torch.tensor([0.2, 0.5, 0.3]))",
    "Pareto": "D.Pareto(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 0.5]))",
    "Pareto 2": "D.Pareto(torch.tensor([0.5, 3.0]), torch.tensor([3.5, 2.5]))",
    "Poisson": "D.Poisson(torch.tensor([1.0, 4.0]))",
    "Uniform": "D.Uniform(torch.tensor([0.25, -0.5]), torch.tensor([0.75, 0.5]))",
    "Uniform 2": "D.Uniform(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 4.0]))",
    "Wishart": "D.Wishart(torch.tensor(4.5), torch.tensor([[2.0, 0.5], [0.5, 1.0]]))",
    "Wishart 2": "D.Wishart(torch.tensor(6.0), torch.eye(2))",
    "Weibull": "D.Weibull(torch.tensor([0.5, 2.0]), torch.tensor([1.5, 0.8]))",
}
"""The distributions whose divergences from each other are compared."""
