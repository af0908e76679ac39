"""Fit a polynomial to the sine, five times, each time writing less of it by hand.

    python -m gradiente examples/polynomial.py

What it teaches: what a training loop is made of. The first version is NumPy with derivatives worked out on paper; then
NumPy's arrays become tensors, autograd takes over the derivatives, a module the parameters, an optimiser the update.
The first four take exactly the same steps, and their losses show it; the last shows what a better optimiser is worth.

It prints the loss of each version as it goes, and the polynomial found. It takes about a second.
"""

import argparse
import math

import numpy as np
import torch
from torch import nn

RATE = 0.3
SHOWN = 4
"""How many losses each version prints."""


def with_numpy(u, y, start, steps):
    """All by hand: y = Σ cₖ uᵏ, the loss is the mean of r² for r = y - target, and ∂loss/∂cₖ = mean(2 r uᵏ)."""
    powers = np.stack([u.numpy() ** k for k in range(1, 6, 2)], axis=1)
    target, c = y.numpy(), start.numpy().copy()
    losses = []
    for _ in range(steps):
        r = powers @ c - target
        losses.append(float(np.mean(r**2)))
        c -= RATE * 2 * (powers.T @ r) / len(r)
    return losses, c


def with_tensors(u, y, start, steps):
    """The same with tensors: other names, the same work."""
    powers = torch.stack([u**k for k in range(1, 6, 2)], dim=1)
    c = start.clone()
    losses = []
    for _ in range(steps):
        r = powers @ c - y
        losses.append((r**2).mean().item())
        c -= RATE * 2 * (powers.T @ r) / len(r)
    return losses, c


def with_autograd(u, y, start, steps):
    """No derivative is written any more: backward() finds it. Any formula may stand for the polynomial now."""
    c = start.clone().requires_grad_()
    losses = []
    for _ in range(steps):
        loss = ((c[0] * u + c[1] * u**3 + c[2] * u**5 - y) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():  # the update itself is not part of what is differentiated
            c -= RATE * c.grad
        c.grad = None
    return losses, c.detach()


class OddPolynomial(nn.Module):
    """c₁ u + c₃ u³ + c₅ u⁵."""

    def __init__(self, start):
        super().__init__()
        self.coefficients = nn.Parameter(start.clone())

    def forward(self, u):
        """Return the polynomial's values at ``u``, by Horner's rule in u²."""
        c1, c3, c5 = self.coefficients
        square = u * u
        return u * (c1 + square * (c3 + square * c5))


def with_a_module(u, y, start, steps):
    """A module holds its parameters and computes; an optimiser knows how to change them."""
    model = OddPolynomial(start)
    return train(model, torch.optim.SGD(model.parameters(), lr=RATE), u, y, steps)


def with_momentum(u, y, start, steps):
    """The same module; only the line with the optimiser changes."""
    model = OddPolynomial(start)
    return train(model, torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.95, nesterov=True), u, y, steps)


def train(model, optimizer, u, y, steps):
    """Take steps of the optimiser; return the losses and the coefficients."""
    measure = nn.MSELoss()
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = measure(model(u), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, model.coefficients.detach()


def main():
    """Make the data, run the versions in turn."""
    parser = argparse.ArgumentParser(description="Fit a polynomial to the sine in five ways.")
    parser.add_argument("--steps", type=int, default=1200)
    steps = parser.parse_args().steps

    torch.manual_seed(0)
    x = torch.linspace(-math.pi, math.pi, 257)
    u = x / math.pi  # powers of numbers up to 1 are of one size, and so are the derivatives
    start = torch.randn(3)
    for version in (with_numpy, with_tensors, with_autograd, with_a_module, with_momentum):
        losses, c = version(u, torch.sin(x), start, steps)
        shown = " ".join(f"{losses[i * (steps - 1) // (SHOWN - 1)]:.6f}" for i in range(SHOWN))
        a, b, d = (float(value) / math.pi**k for value, k in zip(c, (1, 3, 5), strict=True))
        print(f"{version.__name__:15} loss {shown}   sin x = {a:.4f} x {b:+.4f} x^3 {d:+.5f} x^5")


if __name__ == "__main__":
    main()
