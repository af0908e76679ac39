"""Learn to balance a pole on a cart by trying: the policy gradient method REINFORCE.

    python -m gradiente examples/cartpole.py

What it teaches: gradients without a loss that could be differentiated. The cart is a black box that returns rewards.
What is differentiated is the logarithm of the probability of what was done, weighted by what came of it (Williams
1992): the expected return J has the gradient E[Σ ∇ log π(aₜ|sₜ) Gₜ]. The mean return of all carts at the same time is
taken off as a baseline, which makes the estimate less noisy.

Many carts are tried at once, as one batch. It prints how long the poles stay up, and takes about four seconds.

The numbers are in double precision: an action that is drawn is a jump, and in single precision the roundings of two
machines would sooner or later decide one differently.
"""

import argparse

import torch
from torch import nn
from torch.distributions import Bernoulli

CARTS = 16
LONGEST = 120
"""Steps after which an attempt ends well."""


class Poles:
    """Carts of 1 kg, each with a pole of 0.1 kg and 1 m; pushed left or right by 10 N, 50 times a second.

    The equations of motion are those of Barto, Sutton and Anderson (1983), without friction. The state of a cart is its
    place, its speed, the pole's angle from upright, and the angle's speed.
    """

    def __init__(self, n):
        self.state = 0.1 * torch.rand(n, 4) - 0.05

    def step(self, right):
        """Push each cart to the right where ``right`` is 1, else to the left; return which poles still stand."""
        _, speed, angle, turn = self.state.unbind(dim=1)
        force = 20 * right - 10
        sine, cosine = torch.sin(angle), torch.cos(angle)
        shared = (force + 0.05 * turn**2 * sine) / 1.1
        angular = (9.8 * sine - cosine * shared) / (0.5 * (4 / 3 - 0.1 * cosine**2 / 1.1))
        linear = shared - 0.05 * angular * cosine / 1.1
        changes = torch.stack([speed, linear, turn, angular], dim=1)
        self.state = self.state + 0.02 * changes
        return (self.state[:, 0].abs() < 2.4) & (self.state[:, 2].abs() < 0.21)


def attempt(policy):
    """Let all carts drive once; return for each time and cart log π(a|s), and whether the pole stood before."""
    poles = Poles(CARTS)
    up = torch.ones(CARTS, dtype=torch.bool)
    scores, standing = [], []
    while up.any() and len(scores) < LONGEST:
        choice = Bernoulli(logits=policy(poles.state).squeeze(1))
        action = choice.sample()
        scores.append(choice.log_prob(action))
        standing.append(up)
        up = up & poles.step(action)
    return torch.stack(scores), torch.stack(standing)


def loss_of(scores, standing, discount=0.98):
    """Return -Σ log π(aₜ|sₜ) (Gₜ - baseline) a step, whose gradient is that of the return, with its sign changed."""
    rewards = standing.to(scores.dtype)
    returns = torch.zeros_like(rewards)
    after = torch.zeros(CARTS)
    for t in reversed(range(len(rewards))):
        after = rewards[t] + discount * after
        returns[t] = after
    alive = rewards.sum(dim=1, keepdim=True).clamp(min=1)
    advantage = (returns - returns.sum(dim=1, keepdim=True) / alive) * rewards
    return -(scores * advantage).sum() / rewards.sum()


def main():
    """Try, learn, try again."""
    parser = argparse.ArgumentParser(description="Learn to balance a pole on a cart by the policy gradient.")
    parser.add_argument("--tries", type=int, default=50)
    tries = parser.parse_args().tries

    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    policy = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)
    for i in range(1, tries + 1):
        scores, standing = attempt(policy)
        loss = loss_of(scores, standing)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if i == 1 or i % max(1, tries // 8) == 0:
            lasted = standing.sum(dim=0).double()
            print(
                f"try {i:3}: poles stood {lasted.mean().item():5.1f} steps of {LONGEST}, "
                f"the shortest {lasted.min().item():.0f}; loss {loss.item():+.5f}"
            )

    with torch.no_grad():
        angles = torch.tensor([-0.1, -0.02, 0.02, 0.1])
        states = torch.stack([torch.zeros(4), torch.zeros(4), angles, torch.zeros(4)], dim=1)
        pushes = torch.sigmoid(policy(states)).squeeze(1)
    for angle, push in zip(angles.tolist(), pushes.tolist(), strict=True):
        print(f"pole at {angle:+.2f}: pushes to the right with probability {push:.3f}")


if __name__ == "__main__":
    main()
