"""Foretell how a wide network will be trained from its derivatives at the start: the neural tangent kernel.

    python -m gradiente examples/tangent_kernel.py

What it teaches: derivatives with respect to parameters as features. With J the Jacobian of a network's outputs by its
parameters, K = J Jᵀ says how a step of gradient descent on one example moves the output at another. The wider a
network, the less J changes while it is trained, and then its outputs follow a linear equation (Jacot, Gabriel and
Hongler 2018): after a time t they are y - exp(-K t) (y - f₀), which needs no training at all.

It prints K, and for networks of growing width how far the training is from what was foretold. It takes about a second.
"""

import argparse

import torch
from torch import nn
from torch.func import functional_call, jacrev, vmap

RATE = 0.5


class Network(nn.Module):
    """One hidden layer in the scaling that keeps K of one size for every width."""

    def __init__(self, width):
        super().__init__()
        self.inner = nn.Parameter(torch.randn(width, 2))
        self.outer = nn.Parameter(torch.randn(width))

    def forward(self, x):
        """Return one number for each pair: (..., 2) to (...)."""
        return torch.tanh(x @ self.inner.T) @ self.outer / len(self.outer) ** 0.5


def jacobian(model, x):
    """Return the derivatives of all outputs by all parameters: (n, number of parameters)."""
    parameters = {name: p.detach() for name, p in model.named_parameters()}

    def one(parameters, example):
        return functional_call(model, parameters, (example,))

    pieces = vmap(jacrev(one), in_dims=(None, 0))(parameters, x)
    return torch.cat([piece.flatten(start_dim=1) for piece in pieces.values()], dim=1)


def foretell(kernel, first, y, time):
    """Return the outputs after gradient descent for a time: y - exp(-K t / n) (y - f₀)."""
    values, vectors = torch.linalg.eigh(kernel / len(y))
    decay = (vectors * torch.exp(-values * time)) @ vectors.T
    return y - decay @ (y - first)


def train(model, x, y, steps):
    """Train by plain gradient descent on half the mean square; return the outputs after it."""
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = 0.5 * ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    return model(x).detach(), loss.item()


def main():
    """Compare what is foretold with what happens, for several widths."""
    parser = argparse.ArgumentParser(description="Foretell training by the neural tangent kernel.")
    parser.add_argument("--steps", type=int, default=60)
    steps = parser.parse_args().steps

    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    angle = torch.arange(12) * (2 * torch.pi / 12)
    x = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)
    y = torch.sin(3 * angle) / 2
    for width in (16, 128, 1024, 8192):
        model = Network(width)
        with torch.no_grad():
            first = model(x)
        before = jacobian(model, x)
        kernel = before @ before.T
        if width == 16:
            print("K between the first point and all:", " ".join(f"{value:.3f}" for value in kernel[0].tolist()))
        foretold = foretell(kernel, first, y, RATE * steps)
        trained, loss = train(model, x, y, steps)
        after = jacobian(model, x)
        moved = ((after @ after.T - kernel).norm() / kernel.norm()).item()
        error = ((trained - foretold).norm() / (trained - first).norm()).item()
        print(f"width {width:4}: loss {loss:.6f}, K moved by {moved:.2%}, foretold with an error of {error:.2%}")


if __name__ == "__main__":
    main()
