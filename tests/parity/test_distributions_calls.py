"""Calls of torch.distributions: printed results, errors of bad parameters and outcomes, against PyTorch."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

import gradiente
from outcomes import assert_same, outcome, torchs_words

from .distribution_cases import CASES
from .test_distributions import DIFFERENTIABLE, answer, same

torch = pytest.importorskip("torch")

BASE = [
    "D.Normal(0.0, -1.0)",
    "D.Normal(torch.zeros(2), torch.tensor([1.0, -1.0]))",
    "D.Normal('a', 1)",
    "D.Normal(torch.zeros(2), torch.ones(3))",
    "D.Normal(0.0, 1.0).log_prob('a')",
    "D.Normal(torch.zeros(2), 1.0).log_prob(torch.ones(3))",
    "D.Normal(0.0, 1.0).log_prob(torch.tensor(float('nan')))",
    "D.Normal(0.0, 1.0).log_prob(1.0)",
    "D.Normal(0.0, 1.0, validate_args=False).log_prob(1.0)",
    "MyN().expand([2])",
    "Raw()",
    "Raw(validate_args=False)",
    "Raw(validate_args=False).support",
    "Raw2()",
    "Raw2().sample()",
    "Raw2().rsample()",
    "Raw2().log_prob(1)",
    "Raw2().mean",
    "Raw2().stddev",
    "Raw2().expand([2])",
    "Raw2().entropy()",
    "Raw2().perplexity()",
    "Raw2().cdf(0)",
    "Raw2().enumerate_support()",
    "Raw2().mode",
    "RS().sample((2,))",
    "D.Normal(0.0, 1.0).sample_n(2)",
    "D.Normal(0, 1)",
    "D.Normal(torch.zeros(2, 3), 1.0)",
    "D.Normal(1, 2).loc",
    "D.Bernoulli()",
    "D.Bernoulli(0.1, 0.2)",
    "D.Bernoulli(1.5)",
    "D.Bernoulli(logits=torch.zeros(2))",
    "D.Categorical()",
    "D.Categorical(torch.tensor(1.0))",
    "D.Categorical(logits=torch.tensor(1.0))",
    "D.Categorical(torch.tensor([0.5, -0.5]))",
    "D.Categorical(torch.tensor([0.5, 0.7]))",
    "D.Bernoulli(0.5).log_prob(torch.tensor(0.3))",
    "D.Poisson(1.0).log_prob(torch.tensor(0.3))",
    "D.Uniform(1.0, 0.0)",
    "D.Uniform(0.0, 1.0).log_prob(torch.tensor(2.0))",
    "D.Uniform(0.0, 1.0, validate_args=False).log_prob(torch.tensor(2.0))",
    "D.Uniform(0.0, 1.0).support",
    "D.Uniform(0.0, 1.0).arg_constraints",
    "D.Uniform.support",
    "D.Normal(0.0, 1.0).icdf(torch.tensor(2.0))",
    "D.Normal(0.0, 1.0).cdf(torch.tensor(float('nan')))",
    "D.Binomial(3, 0.5).log_prob(torch.tensor(4.0))",
    "D.Binomial(torch.tensor([2, 3]), torch.tensor([0.1, 0.2])).enumerate_support()",
    "D.Normal(0.0, 1.0).expand((2,)).expand((3,))",
    "D.Normal(torch.zeros(1), 1.0).expand((2,))",
    "D.Normal(0.0, 1.0).sample(3)",
    "D.Normal(0.0, 1.0).sample(torch.Size([2, 1])).shape",
    "D.Independent(D.Normal(torch.zeros(2), 1.0), 2)",
    "D.Independent(D.Normal(torch.zeros(2), 1.0), 1)",
    "D.Independent(D.Normal(torch.zeros(2), 1.0), 1).support",
    "D.kl_divergence(D.Normal(0.0, 1.0), D.Bernoulli(0.5))",
    "D.kl_divergence(D.Normal(0.0, 1.0), D.Normal(torch.zeros(2), 1.0))",
    "D.LogNormal(0.0, 1.0)",
    "D.LogNormal(0.0, 1.0).arg_constraints",
    "D.TransformedDistribution(D.Normal(0.0, 1.0), 3)",
    "D.TransformedDistribution(D.Normal(0.0, 1.0), [3])",
    "D.TransformedDistribution(D.Normal(0.0, 1.0), [D.StickBreakingTransform()])",
    "D.TransformedDistribution(D.Normal(0.0, 1.0), [])",
    "D.biject_to(C.simplex)",
    "D.transform_to(C.positive)",
    "D.transform_to(C.simplex)",
    "D.biject_to(C.boolean)",
    "D.transform_to(C.interval(0.0, 3.0))",
    "D.biject_to(C.greater_than(3.0))(torch.tensor(0.0))",
    "D.biject_to(C.less_than(3.0))",
    "D.transform_to(C.Constraint)",
    "D.transform_to(C.unit_interval)",
    "D.transform_to(C.corr_cholesky)",
    "D.transform_to(C.lower_cholesky)",
    "D.transform_to(C.positive_definite)",
    "D.transform_to(C.cat([C.real, C.positive], 0, [1, 1]))",
    "D.transform_to(C.stack([C.real, C.positive], 0))",
    "D.biject_to(C.independent(C.positive, 1))",
    "D.transform_to(C.positive_semidefinite)",
    "D.transform_to(C.nonnegative)",
    "D.transform_to(C.half_open_interval(0.0, 1.0))",
    "D.biject_to(C.real)",
    "D.Normal(0.0, 1.0).arg_constraints",
    "D.Normal(torch.tensor([1]), torch.tensor([1])).sample()",
    "U.broadcast_all(1, torch.tensor(2, dtype=torch.float64))",
    "U.broadcast_all(1, 2.5)",
    "U.broadcast_all(torch.tensor([1, 2]), 2.5)",
    "U.probs_to_logits(torch.tensor([0.2, 0.8]))",
    "U.probs_to_logits(torch.tensor([0.2, 0.8]), is_binary=True)",
    "U.logits_to_probs(torch.tensor([0.2, 0.8]))",
    "U.logits_to_probs(torch.tensor([0.2, 0.8]), True)",
    "U.clamp_probs(torch.tensor([0.0, 1.0]))",
    "U.tril_matrix_to_vec(torch.arange(9).reshape(3, 3), 0)",
    "U.tril_matrix_to_vec(torch.arange(9).reshape(3, 3), -1)",
    "U.tril_matrix_to_vec(torch.arange(9).reshape(3, 3), 5)",
    "U.vec_to_tril_matrix(torch.arange(6), 0)",
    "U.vec_to_tril_matrix(torch.arange(6), -1)",
    "U.vec_to_tril_matrix(torch.arange(6), 1)",
    "U.vec_to_tril_matrix(torch.arange(5), 0)",
]

TRANSFORMS = [
    "T.Transform()",
    "T.Transform(2)",
    "T.ExpTransform(cache_size=2)",
    "Foo().inv",
    "Foo()(one)",
    "Foo().inv(one)",
    "Foo().sign",
    "Foo().log_abs_det_jacobian(one, one)",
    "Foo().with_cache(1)",
    "Foo() == Foo()",
    "Foo().inv == Foo().inv",
    "T.ExpTransform().inv.inv",
    "T.AbsTransform().inv(one)",
    "T.AffineTransform(0.0, 1.0) == T.AffineTransform(0.0, 1.0)",
    "T.AffineTransform(0.0, 1.0) == T.AffineTransform(0.0, 2.0)",
    "T.AffineTransform(one, 1.0) == T.AffineTransform(one, 1.0)",
    "T.ExpTransform() == 3",
    "T.ComposeTransform([T.ExpTransform()]) == T.ComposeTransform([T.ExpTransform()])",
    "T.PowerTransform(torch.tensor(2.0)) == T.PowerTransform(torch.tensor(2.0))",
    "T.PowerTransform(2.0) == T.PowerTransform(2.0)",
    "T.PowerTransform(2.0).sign",
    "T.AffineTransform(0.0, -1.0).sign",
    "T.AffineTransform(0.0, torch.tensor([-1.0, 1.0])).sign",
    "T.StickBreakingTransform()(torch.tensor(1.0))",
    "T.StickBreakingTransform().forward_shape(())",
    "T.StickBreakingTransform().forward_shape((2, 3))",
    "T.StickBreakingTransform().inverse_shape((2, 3))",
    "T.StickBreakingTransform().inverse_shape(())",
    "T.SoftmaxTransform().forward_shape(())",
    "T.SoftmaxTransform().log_abs_det_jacobian(one, one)",
    "T.LowerCholeskyTransform().log_abs_det_jacobian(one, one)",
    "T.CorrCholeskyTransform().forward_shape((3,))",
    "T.CorrCholeskyTransform().forward_shape(())",
    "T.CorrCholeskyTransform().forward_shape((4,))",
    "T.CorrCholeskyTransform().inverse_shape((3, 3))",
    "T.CorrCholeskyTransform().inverse_shape((3, 2))",
    "T.CorrCholeskyTransform().inverse_shape((3,))",
    "T.ReshapeTransform((2, 3), (5,))",
    "T.ReshapeTransform((2, 3), (6,)).forward_shape((4, 2, 3))",
    "T.ReshapeTransform((2, 3), (6,)).forward_shape((4, 2, 2))",
    "T.ReshapeTransform((2, 3), (6,)).forward_shape((2,))",
    "T.ReshapeTransform((2, 3), (6,)).inverse_shape((2,))",
    "T.ReshapeTransform((2, 3), (6,)).inverse_shape(())",
    "T.ReshapeTransform((2, 3), (6,)).log_abs_det_jacobian(torch.ones(4, 2, 3), torch.ones(4, 6))",
    "T.ReshapeTransform((2, 3), (6,)) == T.ReshapeTransform((2, 3), (6,))",
    "T.IndependentTransform(T.ExpTransform(), 1)(torch.tensor(1.0))",
    "T.IndependentTransform(T.ExpTransform(), 1).inv(torch.tensor(1.0))",
    "T.IndependentTransform(T.ExpTransform(), 1).log_abs_det_jacobian(one, one)",
    "T.CatTransform([1])",
    "T.StackTransform([1])",
    "T.CatTransform([T.ExpTransform()], 0, [1, 2])",
    "T.CatTransform([T.ExpTransform(), T.identity_transform], 0, [1, 2])(one)",
    "T.CatTransform([T.ExpTransform(), T.identity_transform], 0, [1, 1])(one)",
    "T.CatTransform([T.ExpTransform(), T.identity_transform], 0, [1, 2]).log_abs_det_jacobian(one, one)",
    "T.CatTransform([T.ExpTransform(), T.identity_transform], 0, [1, 2]).length",
    "T.CatTransform([T.ExpTransform()], 3)(one)",
    "T.StackTransform([T.ExpTransform(), T.identity_transform], 0)(one)",
    "T.StackTransform([T.ExpTransform(), T.AbsTransform()], 0)(torch.ones(2, 3))",
    "T.StackTransform([T.ExpTransform()], 4)(torch.ones(2, 3))",
    (
        "T.StackTransform([T.ExpTransform(), T.AffineTransform(1.0, 3.0)], "
        "0).log_abs_det_jacobian(torch.ones(2, 3), torch.ones(2, 3))"
    ),
    "T.ComposeTransform([T.ExpTransform(), T.AbsTransform()]).bijective",
    "T.ComposeTransform([T.ExpTransform(), T.AbsTransform()]).sign",
    "T.ComposeTransform([]).sign",
    "T.ComposeTransform([]).domain",
    "T.ComposeTransform([]).inv",
    "T.ComposeTransform([]).log_abs_det_jacobian(one, one)",
    "T.ComposeTransform([T.ExpTransform()]).log_abs_det_jacobian(one, one)",
    "T.ComposeTransform([T.ExpTransform(), T.StickBreakingTransform()]).domain",
    "T.ComposeTransform([T.ExpTransform(), T.StickBreakingTransform()]).codomain",
    (
        "T.ComposeTransform([T.ExpTransform(), "
        "T.StickBreakingTransform()]).log_abs_det_jacobian(torch.ones(2, 3), torch.ones(2, 4) / 4)"
    ),
    "T.ComposeTransform([T.StickBreakingTransform(), T.ExpTransform()]).codomain",
    "T.ComposeTransform([T.StickBreakingTransform(), T.ExpTransform()]).forward_shape((2, 3))",
    "T.ComposeTransform([T.StickBreakingTransform(), T.ExpTransform()]).inverse_shape((2, 3))",
    "T.PositiveDefiniteTransform()(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))",
    "T.PositiveDefiniteTransform().forward_shape((2,))",
    "T.PowerTransform(torch.ones(3)).forward_shape((2, 1))",
    "T.AffineTransform(torch.zeros(3), 1.0).forward_shape((2, 1))",
    "T.AffineTransform(torch.zeros(3), 1.0, event_dim=1).log_abs_det_jacobian(torch.ones(2, 3), torch.ones(2, 3))",
    "T.AffineTransform(0.0, 2.0, event_dim=1).log_abs_det_jacobian(torch.ones(2, 3), torch.ones(2, 3))",
    "T.AffineTransform(0.0, 2.0, event_dim=2).domain",
    "T.AffineTransform(0, 2).log_abs_det_jacobian(one, one)",
    "T.SigmoidTransform()(torch.tensor([-200.0, 200.0]))",
    "T.SoftplusTransform()(torch.tensor([-200.0, 200.0]))",
    "T.TanhTransform().inv(torch.tensor([1.0, 0.5]))",
    "T.CumulativeDistributionTransform(D.Normal(0.0, 1.0)).with_cache(1)._cache_size",
    "T.CumulativeDistributionTransform(D.Normal(0.0, 1.0)).log_abs_det_jacobian(one, one)",
    "T.CumulativeDistributionTransform(D.Normal(0.0, 1.0)).inv.domain",
    "T.CumulativeDistributionTransform(D.Normal(0.0, 1.0)).sign",
    "T.ExpTransform().inv.bijective",
    "T.ExpTransform().inv.sign",
    "T.ExpTransform().inv.domain",
    "T.ExpTransform().inv.with_cache(1)._inv._cache_size",
    "T.ComposeTransform([T.ExpTransform()]).with_cache(1)._cache_size",
    "T.ComposeTransform([T.ExpTransform()]).parts",
    "T.ComposeTransform([T.ExpTransform()], cache_size=1).parts[0]._cache_size",
    "T.StackTransform([T.ExpTransform(cache_size=1)], cache_size=1).transforms[0]._cache_size",
    "T.IndependentTransform(T.ExpTransform(), 1).forward_shape((2,))",
    "T.IndependentTransform(T.ExpTransform(), 1).sign",
    "T.StackTransform([T.StickBreakingTransform()]).domain.event_dim",
    "T.CorrCholeskyTransform()(torch.ones(4))",
    "C.cat([C.real], 0, [1, 2])",
    "C.cat([C.real, C.positive], 3).check(one)",
    "C.stack([C.real, C.positive], 3).check(one)",
    "C.cat([C.real, C.positive], 0, [1, 2]).check(-one)",
    "C.stack([C.real, C.positive], 0).check(-torch.ones(2, 2))",
    "C.stack([C.real, C.positive], -1).event_dim",
    "C.cat([C.real, C.positive_integer], -1).is_discrete",
    "D.biject_to('a')",
    "D.biject_to.register(3)(3)",
    "D.register_kl(3, 4)",
    "D.biject_to.register(int)(3)",
]

FAMILIES = [
    "D.Kumaraswamy(0.5, 2.0).mode",
    "D.Gumbel(0.0, 1.0).mode",
    "D.Gumbel(0.0, 1.0)",
    "D.Pareto(1.0, 2.0)",
    "D.Pareto(1.0, 0.5).mean",
    "D.Pareto(1.0, 2.0).variance",
    "D.Pareto(1.0, 2.0).support",
    "D.Weibull(1.0, 2.0).mode",
    "D.Weibull(1.0, 0.5).mode",
    "D.InverseGamma(0.5, 1.0).mean",
    "D.HalfCauchy(1.0).mean",
    "D.HalfCauchy(1.0).variance",
    "D.HalfNormal(1.0).log_prob(torch.tensor(-1.0))",
    "D.HalfNormal(1.0, validate_args=False).log_prob(torch.tensor(-1.0))",
    "D.HalfNormal(1.0)",
    "D.Chi2(3.0)",
    "D.Chi2(3.0).df",
    "D.FisherSnedecor(3.0, 5.0)",
    "D.FisherSnedecor(1.0, 2.0).mean",
    "D.FisherSnedecor(1.0, 2.0).mode",
    "D.FisherSnedecor(1.0, 3.0).variance",
    "D.Beta(2.0, 3.0)",
    "D.Beta(0.5, 0.5).mode",
    "D.Beta(torch.ones(3), torch.ones(3)).mode",
    "D.Dirichlet(torch.tensor([0.5, 0.4])).mode",
    "D.Dirichlet(torch.tensor(1.0))",
    "D.GeneralizedPareto(0.0, 1.0, 0.5)",
    "D.GeneralizedPareto(0.0, 1.0, 0.5).mean",
    "D.GeneralizedPareto(0.0, 1.0, 1.0).mean",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).variance",
    "D.GeneralizedPareto(0.0, 1.0, 0.6).variance",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).mode",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).entropy()",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).support",
    "D.GeneralizedPareto(0.0, 1.0, -0.3).support",
    "D.GeneralizedPareto(0.0, 1.0, -0.3).log_prob(torch.tensor(1.0))",
    "D.GeneralizedPareto(0.0, 1.0, 0.0).log_prob(torch.tensor(1.0))",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).cdf(torch.tensor(1.0))",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).log_survival_function(torch.tensor(1.0))",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).log_cdf(torch.tensor(1.0))",
    "D.GeneralizedPareto(0.0, 1.0, 0.0).cdf(torch.tensor(1.0))",
    "D.GeneralizedPareto(0.0, 1.0, 0.3).icdf(torch.tensor(0.4))",
    "D.GeneralizedPareto(0.0, 1.0, 0.0).icdf(torch.tensor(0.4))",
    "D.GeneralizedPareto(0.0, 1.0, -1.0).entropy()",
    "D.GeneralizedPareto(torch.zeros(2), 1.0, 0.3).support",
    "D.Geometric(0.0)",
    "D.Geometric(torch.tensor([0.0, 0.5]))",
    "D.Multinomial(torch.tensor([2, 3]), torch.ones(2, 3))",
    "D.Multinomial(5, torch.ones(3))",
    "D.Multinomial(5, torch.ones(3)).support",
    "D.Multinomial(5, torch.ones(3)).log_prob(torch.tensor([1.0, 2.0, 3.0]))",
    "D.Multinomial(5, torch.ones(3)).total_count",
    "D.NegativeBinomial(3, 0.5)",
    "D.NegativeBinomial(3.0, 1.0)",
    "D.NegativeBinomial(3.0, 0.5).mode",
    "D.NegativeBinomial(3.0, 0.5).entropy()",
    "D.Poisson(-1.0)",
    "D.Poisson(2.0).entropy()",
    "D.ContinuousBernoulli(0.3)",
    "D.ContinuousBernoulli(0.5).mean",
    "D.ContinuousBernoulli(0.3).entropy()",
    "D.ContinuousBernoulli(logits=0.3)",
    "D.RelaxedBernoulli(torch.tensor(1.0), 0.3)",
    "D.RelaxedBernoulli(torch.tensor(1.0), 0.3).temperature",
    "D.RelaxedBernoulli(1.0, 0.3)",
    "D.RelaxedOneHotCategorical(torch.tensor(1.0), torch.ones(3))",
    "D.RelaxedOneHotCategorical(torch.tensor(1.0), torch.ones(3)).logits",
    "D.relaxed_bernoulli.LogitRelaxedBernoulli(torch.tensor(1.0), 0.3)",
    "D.relaxed_categorical.ExpRelaxedCategorical(torch.tensor(1.0), torch.ones(3))",
    "D.relaxed_categorical.ExpRelaxedCategorical(torch.tensor(1.0), torch.ones(3)).support",
    "D.LKJCholesky(1)",
    "D.LKJCholesky(3, 1.0)",
    "D.LKJCholesky(3, torch.ones(2)).sample().shape",
    "D.LKJCholesky(3, -1.0)",
    "D.MultivariateNormal(torch.zeros(2))",
    "D.MultivariateNormal(torch.zeros(2), torch.eye(2), torch.eye(2))",
    "D.MultivariateNormal(torch.tensor(1.0), torch.eye(2))",
    "D.MultivariateNormal(torch.zeros(2), torch.zeros(2))",
    "D.MultivariateNormal(torch.zeros(2), scale_tril=torch.zeros(2))",
    "D.MultivariateNormal(torch.zeros(2), precision_matrix=torch.zeros(2))",
    "D.MultivariateNormal(torch.zeros(2), -torch.eye(2))",
    "D.MultivariateNormal(torch.zeros(2), torch.eye(2))",
    "D.MultivariateNormal(torch.zeros(2), scale_tril=torch.eye(2))",
    "D.MultivariateNormal(torch.zeros(3, 2), torch.eye(2)).covariance_matrix.shape",
    "D.LowRankMultivariateNormal(torch.zeros(2), torch.ones(2, 1), torch.ones(2))",
    "D.LowRankMultivariateNormal(torch.tensor(0.0), torch.ones(2, 1), torch.ones(2))",
    "D.LowRankMultivariateNormal(torch.zeros(2), torch.ones(2), torch.ones(2))",
    "D.LowRankMultivariateNormal(torch.zeros(2), torch.ones(3, 1), torch.ones(2))",
    "D.LowRankMultivariateNormal(torch.zeros(2), torch.ones(2, 1), torch.ones(3))",
    "D.LowRankMultivariateNormal(torch.zeros(4, 2), torch.ones(3, 2, 1), torch.ones(2))",
    "D.Wishart(torch.tensor(3.0))",
    "D.Wishart(torch.tensor(3.0), torch.ones(2))",
    "D.Wishart(torch.tensor(0.5), torch.eye(2))",
    "D.Wishart(torch.tensor(3.0), torch.eye(2))",
    "D.Wishart(torch.tensor(3.0), torch.eye(2)).arg_constraints",
    "D.Wishart(3.0, torch.eye(2)).mode",
    "D.Wishart(2.5, torch.eye(2)).mode",
    "D.Wishart(1.5, torch.eye(2))",
    "D.Wishart(3.0, -torch.eye(2))",
    "D.MixtureSameFamily(D.Normal(0.0, 1.0), D.Normal(torch.zeros(2), 1.0))",
    "D.MixtureSameFamily(D.Categorical(torch.ones(2)), 3)",
    "D.MixtureSameFamily(D.Categorical(torch.ones(2)), D.Normal(torch.zeros(3), 1.0))",
    "D.MixtureSameFamily(D.Categorical(torch.ones(2)), D.Normal(0.0, 1.0))",
    "D.MixtureSameFamily(D.Categorical(torch.ones(4, 2)), D.Normal(torch.zeros(3, 2), 1.0))",
    "D.MixtureSameFamily(D.Categorical(torch.ones(2)), D.Normal(torch.zeros(2), 1.0))",
    "D.MixtureSameFamily(D.Categorical(torch.ones(2)), D.Normal(torch.zeros(2), 1.0)).support",
    "D.VonMises(0.0, 1.0)",
    "D.VonMises(0.0, -1.0)",
    "D.VonMises(torch.tensor(0.0), torch.tensor(1.0)).variance",
    "D.VonMises(0.0, 1.0).mode",
    "D.LogisticNormal(torch.zeros(2), 1.0)",
    "D.LogisticNormal(0.0, 1.0).event_shape",
    "D.LogisticNormal(torch.zeros(2), 1.0).loc",
    "D.StudentT(3.0)",
    "D.StudentT(0.5).mean",
    "D.StudentT(1.5).variance",
    "D.OneHotCategorical(torch.ones(3))",
    "D.OneHotCategorical(torch.ones(3)).mode",
    "D.OneHotCategorical(torch.ones(3)).log_prob(torch.tensor([1.0, 1.0, 0.0]))",
    "D.OneHotCategorical(torch.ones(3)).log_prob(torch.tensor([1.0, 0.0]))",
    "D.Categorical(torch.ones(3)).mean",
    "D.Categorical(torch.ones(3)).log_prob(torch.tensor(3))",
    "D.Categorical(torch.ones(3)).log_prob(torch.tensor(2.0))",
    "D.Categorical(torch.ones(3)).support",
    "D.OneHotCategorical(torch.ones(3)).support",
    "D.LKJCholesky(3).support",
    "D.LKJCholesky(3).mean",
    "D.Wishart(3.0, torch.eye(2)).support",
    "D.Bernoulli(0.5).mode",
    "D.Normal(0.0, 1.0)._natural_params",
    "D.Binomial(3, 0.5).mode",
    "D.Uniform(0.0, 1.0)",
]

DRAWS = [
    "torch.binomial(torch.tensor([3]), torch.tensor([0.5]))",
    "torch.binomial(torch.tensor([3.0]), torch.tensor([1]))",
    "torch.binomial(torch.tensor([3.0]), torch.tensor([0.5], dtype=torch.float64))",
    "torch.binomial(torch.tensor([-3.0]), torch.tensor([0.5]))",
    "torch.binomial(torch.tensor([3.0]), torch.tensor([1.5]))",
    "torch.binomial(torch.tensor([3.0]), torch.tensor([float('nan')]))",
    "torch.binomial(torch.tensor([3.0, 4.0, 5.0]), torch.tensor([1.0, 0.0]))",
    "torch.binomial(torch.ones(2, 1), torch.ones(3)).shape",
    "torch.binomial(3, torch.ones(3))",
    "torch.binomial(torch.ones(3, requires_grad=True), torch.full((3,), 0.5, requires_grad=True))",
    "torch.binomial(torch.ones(3).half(), torch.full((3,), 0.5).half())",
    "torch.binomial(torch.tensor([3.7]), torch.tensor([0.5]))",
    "torch.binomial(torch.tensor([float('inf')]), torch.tensor([0.5]))",
]


def call_of(text: str) -> Any:
    def call(lib: Any) -> Any:
        d = lib.distributions
        lib.manual_seed(0)

        class MyN(d.Normal):
            def __init__(self) -> None:
                super().__init__(0.0, 1.0)

        class Raw2(d.Distribution):
            arg_constraints: ClassVar[Any] = {}
            support = d.constraints.real

        class RS(Raw2):
            def rsample(self, sample_shape: Any = ()) -> Any:
                return lib.zeros(sample_shape)

        class Foo(d.Transform):
            domain = codomain = d.constraints.real

        names = {"torch": lib, "D": d, "C": d.constraints, "T": d.transforms, "U": d.utils, "one": lib.ones(3)}
        result = eval(text, names | {"MyN": MyN, "Raw2": Raw2, "RS": RS, "Foo": Foo})
        return repr(result)

    return call


@pytest.mark.parametrize("text", [*BASE, *TRANSFORMS, *FAMILIES, *DRAWS])
def test_call(text: str) -> None:
    assert_same(call_of(text), torch, gradiente, warned=False)


BAD = [float("nan"), -1.5, 0.0, 2.5]

ELSEWHERE = {
    "StudentT": "PyTorch's error names the parameter of a chi-squared distribution inside, ours that of the call",
    "FisherSnedecor": "as above",
    "LowRank": "PyTorch's error for NaN is that of a factorization inside",
    "ContinuousBernoulli": "PyTorch takes probabilities outside of [0, 1]",
}

DELICATE = {
    ("Wishart", 2.5): "a singular matrix, by rounding positive definite in PyTorch",
    ("Wishart batch", 2.5): "as above",
    ("Wishart", float("inf")): "LAPACK's factor of a matrix of ∞ differs",
    ("Wishart batch", float("inf")): "as above",
    ("MultivariateNormal precision", float("inf")): "∞ - ∞ or not, by the order of the sums",
    ("MultivariateNormal precision", -float("inf")): "as above",
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", [n for n in DIFFERENTIABLE if n not in ELSEWHERE])
def test_bad_parameters(name: str, bad: float) -> None:
    """Each parameter in turn has an element that may lie outside of its set."""
    call, values = DIFFERENTIABLE[name]
    for place in range(len(values)):

        def constructed(lib: Any, place: int = place) -> Any:
            tensors = [lib.tensor(v) for v in values]
            tensors[place].reshape(-1)[0] = bad
            return eval(call, {"D": lib.distributions, "torch": lib, **dict(zip("abc", tensors, strict=False))})

        assert_same(constructed, torch, gradiente, warned=False)


@pytest.mark.parametrize("value", [*BAD, 1.0, float("inf"), -float("inf")])
@pytest.mark.parametrize("name", CASES)
def test_outcomes_inside_and_outside_of_the_support(name: str, value: float) -> None:
    if (name, value) in DELICATE:
        return

    def log_prob(lib: Any, validated: bool = True) -> Any:
        d = eval(CASES[name], {"D": lib.distributions, "torch": lib})
        if not validated:
            d._validate_args = False
        return d.log_prob(lib.full(d.batch_shape + d.event_shape, value))

    kind, text, _ = outcome(log_prob, torch)
    our_kind, our_text, _ = outcome(log_prob, gradiente)
    assert our_kind == kind, our_text
    if kind != "value":
        assert our_text.startswith(torchs_words(text))
    same(*(answer(lambda lib: log_prob(lib, False), lib) for lib in (gradiente, torch)), name, 2e-4)
