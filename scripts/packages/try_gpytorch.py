"""GPyTorch: exact regression with two kernels, a variational approximation, predictions and samples."""

import math

import gpytorch
import torch

torch.manual_seed(0)
train_x = torch.linspace(0, 1, 40)
train_y = torch.sin(train_x * (2 * math.pi)) + torch.randn(train_x.size()) * 0.2


class Exact(gpytorch.models.ExactGP):
    def __init__(self, x, y, likelihood, kernel):
        super().__init__(x, y, likelihood)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(kernel)

    def forward(self, x):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


for kernel in (
    gpytorch.kernels.RBFKernel(),
    gpytorch.kernels.MaternKernel(nu=2.5),
    gpytorch.kernels.PeriodicKernel() + gpytorch.kernels.LinearKernel(),
    gpytorch.kernels.RQKernel(),
):
    likelihood = gpytorch.likelihoods.GaussianLikelihood()
    model = Exact(train_x, train_y, likelihood, kernel)
    model.train()
    likelihood.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    mll = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, model)
    for step in range(25):
        optimizer.zero_grad()
        loss = -mll(model(train_x), train_y)
        loss.backward()
        optimizer.step()
        if step % 8 == 0:
            print(f"{type(kernel).__name__} {step} {loss.item():.4f} {likelihood.noise.item():.4f}")
    model.eval()
    likelihood.eval()
    with torch.no_grad(), gpytorch.settings.fast_pred_var():
        seen = likelihood(model(torch.linspace(0, 1, 5)))
        lower, upper = seen.confidence_region()
    print("mean", [f"{v:.3f}" for v in seen.mean.tolist()], [f"{v:.3f}" for v in (upper - lower).tolist()])


class Approximate(gpytorch.models.ApproximateGP):
    def __init__(self, inducing):
        distribution = gpytorch.variational.CholeskyVariationalDistribution(inducing.size(0))
        strategy = gpytorch.variational.VariationalStrategy(self, inducing, distribution, learn_inducing_locations=True)
        super().__init__(strategy)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())

    def forward(self, x):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


labels = (train_y > 0).float()
model, likelihood = Approximate(torch.linspace(0, 1, 8)), gpytorch.likelihoods.BernoulliLikelihood()
mll = gpytorch.mlls.VariationalELBO(likelihood, model, num_data=40)
optimizer = torch.optim.Adam([*model.parameters(), *likelihood.parameters()], lr=0.05)
for step in range(30):
    optimizer.zero_grad()
    loss = -mll(model(train_x), labels)
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(f"variational {step} {loss.item():.4f}")
model.eval()
with torch.no_grad():
    print("probabilities", [f"{v:.3f}" for v in likelihood(model(torch.linspace(0, 1, 5))).mean.tolist()])
