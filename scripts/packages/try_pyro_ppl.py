"""Pyro: stochastic variational inference with two guides, importance of parameters, NUTS, predictive samples."""

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import MCMC, NUTS, SVI, Predictive, Trace_ELBO, TraceMeanField_ELBO
from pyro.infer.autoguide import AutoDiagonalNormal, AutoNormal
from pyro.optim import Adam
from torch.distributions import constraints

pyro.set_rng_seed(1)
data = torch.tensor([1.0] * 6 + [0.0] * 4)


def coin(data):
    fairness = pyro.sample("fairness", dist.Beta(10.0, 10.0))
    with pyro.plate("throws", len(data)):
        pyro.sample("obs", dist.Bernoulli(fairness), obs=data)


def guide(data):
    a = pyro.param("a", torch.tensor(15.0), constraint=constraints.positive)
    b = pyro.param("b", torch.tensor(15.0), constraint=constraints.positive)
    pyro.sample("fairness", dist.Beta(a, b))


svi = SVI(coin, guide, Adam({"lr": 0.005}), loss=Trace_ELBO())
for step in range(60):
    loss = svi.step(data)
    if step % 15 == 0:
        print(f"coin {step} {loss:.4f} {pyro.param('a').item():.4f} {pyro.param('b').item():.4f}")

x = torch.randn(50, 3)
y = x @ torch.tensor([1.0, -2.0, 0.5]) + 0.3 * torch.randn(50)


def regression(x, y=None):
    w = pyro.sample("w", dist.Normal(0.0, 1.0).expand([3]).to_event(1))
    sigma = pyro.sample("sigma", dist.HalfNormal(1.0))
    with pyro.plate("data", len(x)):
        return pyro.sample("y", dist.Normal(x @ w, sigma), obs=y)


for make in (AutoNormal, AutoDiagonalNormal):
    pyro.clear_param_store()
    pyro.set_rng_seed(2)
    auto = make(regression)
    svi = SVI(regression, auto, Adam({"lr": 0.03}), loss=TraceMeanField_ELBO() if make is AutoNormal else Trace_ELBO())
    for step in range(60):
        loss = svi.step(x, y)
        if step % 15 == 0:
            print(f"{make.__name__} {step} {loss:.3f}")
    print({k: [f"{v:.3f}" for v in torch.atleast_1d(t).tolist()] for k, t in auto.median(x, y).items()})

pyro.set_rng_seed(3)
mcmc = MCMC(NUTS(regression), num_samples=15, warmup_steps=10, disable_progbar=True)
mcmc.run(x, y)
print("nuts", tuple(mcmc.get_samples()["w"].shape), [f"{v:.1f}" for v in mcmc.get_samples()["w"].mean(0).tolist()])
predictive = Predictive(regression, guide=auto, num_samples=7)
print("predictive", tuple(predictive(x)["y"].shape))
trace = pyro.poutine.trace(regression).get_trace(x, y)
print(sorted(name for name in trace.nodes if not name.startswith("_")), f"{trace.log_prob_sum().item():.2f}")
