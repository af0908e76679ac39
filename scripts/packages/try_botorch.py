"""BoTorch: a Gaussian process fitted to a function, acquisition functions and their optimisation."""

import warnings

import torch
from botorch.acquisition import (
    ExpectedImprovement,
    LogExpectedImprovement,
    UpperConfidenceBound,
    qExpectedImprovement,
)
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Normalize, Standardize
from botorch.optim import optimize_acqf
from botorch.sampling import SobolQMCNormalSampler
from botorch.utils.sampling import draw_sobol_samples
from gpytorch.mlls import ExactMarginalLogLikelihood

warnings.filterwarnings("ignore")
torch.manual_seed(0)
bounds = torch.tensor([[0.0, 0.0], [1.0, 1.0]], dtype=torch.double)
x = draw_sobol_samples(bounds, 12, 1, seed=1).squeeze(1)
y = -(x - 0.4).square().sum(-1, keepdim=True) + 0.02 * torch.sin(9 * x).sum(-1, keepdim=True)
print(f"{x.sum().item():.6f} {y.sum().item():.6f}")
model = SingleTaskGP(x, y, input_transform=Normalize(2), outcome_transform=Standardize(1))
mll = ExactMarginalLogLikelihood(model.likelihood, model)
print(f"{mll(model(*model.train_inputs), model.train_targets).item():.4f}")
fit_gpytorch_mll(mll)
test = torch.tensor([[[0.4, 0.4]], [[0.1, 0.9]]], dtype=torch.double)
seen = model.posterior(test.squeeze(1))
print([f"{v:.2f}" for v in seen.mean.flatten().tolist()])
for acquisition in (
    ExpectedImprovement(model, y.max()),
    LogExpectedImprovement(model, y.max()),
    UpperConfidenceBound(model, 0.1),
    qExpectedImprovement(model, y.max(), SobolQMCNormalSampler(torch.Size([64]), seed=2)),
):
    value = acquisition(test)
    print(type(acquisition).__name__, tuple(value.shape), bool(value[0] > value[1]))
best, value = optimize_acqf(UpperConfidenceBound(model, 0.1), bounds, q=1, num_restarts=4, raw_samples=32)
print([f"{v:.1f}" for v in best.flatten().tolist()])
