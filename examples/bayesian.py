"""What do a few counts say about a rate that changes? The same posterior distribution, found in three ways.

    python -m gradiente examples/bayesian.py

What it teaches: Bayesian models with `torch.distributions`. Events are counted on thirty days, and their rate is
exp(a + b t) with unknown a and b. The logarithm of the joint density is a plain function, and its derivatives lead to
the posterior: by its curvature at the top (Laplace's approximation), by fitting a normal distribution to it
(variational inference, by maximising E[log p(y, θ) - log q(θ)]), and by drawing from it (Hamiltonian Monte Carlo, Neal
2011: θ moves like a ball in a bowl, pushed anew each time).

It prints mean and spread of a and b by each way, and what they say of the days to come. It takes about three seconds.
"""

import argparse

import torch
from torch.distributions import MultivariateNormal, Normal, Poisson
from torch.func import grad, hessian

DAYS = torch.arange(30.0, dtype=torch.float64) / 10


def log_joint(theta, counts):
    """Return log p(y|θ) + log p(θ) for θ = (a, b); the priors are wide."""
    a, b = theta.unbind(dim=-1)
    rates = torch.exp(a[..., None] + b[..., None] * DAYS)
    prior = Normal(0.0, 2.0).log_prob(theta).sum(dim=-1)
    return Poisson(rates).log_prob(counts).sum(dim=-1) + prior


def by_curvature(counts):
    """Climb to the top by Newton's method; return it and the inverse of the curvature there."""
    theta = torch.zeros(2)
    slope, curvature = grad(log_joint), hessian(log_joint)
    for _ in range(12):
        theta = theta - torch.linalg.solve(curvature(theta, counts), slope(theta, counts))
    return theta, torch.linalg.inv(-curvature(theta, counts))


def by_fitting(counts, steps):
    """Fit a normal distribution of any covariance by samples through which gradients flow."""
    mean = torch.zeros(2, requires_grad=True)
    below = torch.zeros(2, 2, requires_grad=True)
    optimizer = torch.optim.Adam([mean, below], lr=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        q = MultivariateNormal(mean, scale_tril=below.tril(-1) + torch.diag(torch.exp(below.diagonal() - 1)))
        theta = q.rsample((16,))
        loss = (q.log_prob(theta) - log_joint(theta, counts)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % max(1, steps // 4) == 0:
            print(f"fitting, step {step:3}: loss {loss.item():.5f}")
    return q.mean.detach(), q.covariance_matrix.detach()


def by_drawing(counts, start, samples, step=0.06, leaps=6):
    """Draw by Hamiltonian Monte Carlo: 16 chains at once; return all their places and the share that was accepted."""
    theta = start.expand(16, 2)
    slope = grad(lambda theta: log_joint(theta, counts).sum())
    kept, accepted = [], 0
    for _ in range(samples):
        push = torch.randn(16, 2)
        new, momentum = theta, push + step / 2 * slope(theta)
        for i in range(leaps):
            new = new + step * momentum
            momentum = momentum + (step if i < leaps - 1 else step / 2) * slope(new)
        before = log_joint(theta, counts) - push.square().sum(dim=1) / 2
        after = log_joint(new, counts) - momentum.square().sum(dim=1) / 2
        take = torch.rand(16).log() < after - before
        theta = torch.where(take[:, None], new, theta)
        kept.append(theta)
        accepted += take.sum().item()
    return torch.cat(kept), accepted / (16 * samples)


def tell(way, mean, covariance):
    """Print means, spreads and the correlation of the two."""
    spread = covariance.diagonal().sqrt()
    correlation = covariance[0, 1] / spread.prod()
    shown = ", ".join(f"{name} = {m:.4f} ± {s:.4f}" for name, m, s in zip("ab", mean, spread, strict=True))
    print(f"{way:13}: {shown}, correlation {correlation:.4f}")


def main():
    """Make the counts; find the posterior in three ways; foretell."""
    parser = argparse.ArgumentParser(description="A Bayesian model of counts, in three ways.")
    parser.add_argument("--steps", type=int, default=300)
    steps = parser.parse_args().steps

    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    counts = Poisson(torch.exp(1.5 - 0.6 * DAYS)).sample()
    print("counted:", *(int(count) for count in counts))

    top, covariance = by_curvature(counts)
    fitted = by_fitting(counts, steps)
    drawn, share = by_drawing(counts, top, steps)
    print(f"drawing: {share:.1%} of the moves were taken")
    tell("by curvature", top, covariance)
    tell("by fitting", *fitted)
    tell("by drawing", drawn.mean(dim=0), drawn.T.cov())
    rates = torch.exp(drawn[:, 0] + drawn[:, 1] * 3.4)
    low, middle, high = torch.quantile(rates, torch.tensor([0.05, 0.5, 0.95])).tolist()
    print(f"the rate five days later: {middle:.4f}, and with 90 % probability from {low:.4f} to {high:.4f}")


if __name__ == "__main__":
    main()
