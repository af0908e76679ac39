"""Longer programs to time, each written once against torch's API: models, solvers, large arrays, higher derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workloads import Runner, Workload


def normal(seed: int, *shape: int, scale: float = 1.0) -> Any:
    """Normal numbers times `scale`, the same for all libraries."""
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32)


def _tensor(torch: Any, seed: int, *shape: int, scale: float = 1.0, tracked: bool = False) -> Any:
    tensor = torch.from_numpy(normal(seed, *shape, scale=scale))
    return tensor.requires_grad_() if tracked else tensor


LENET = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 256), (120,), (84, 120), (84,), (10, 84), (10,)]
MLP = [(4096, 1024), (4096,), (4096, 4096), (4096,), (10, 4096), (10,)]
"""Shapes of the parameters of LeNet-5, and of the large network."""


def scalar_expression(torch: Any) -> Runner:
    """Thirty operations on single numbers, as in a physicist's formula."""
    x = torch.tensor(0.7, requires_grad=True)
    y = torch.tensor(1.3, requires_grad=True)

    def step() -> None:
        x.grad = y.grad = None
        a = x * y + 2.0
        b = (a * a - x) / (y + 3.0)
        c = torch.sin(a) * torch.cos(b) + torch.exp(-x * 0.5)
        d = torch.sqrt(c * c + 1.0) - torch.log(y + a * a)
        e = torch.tanh(d * 0.3 + b) * (x - y) + d / (1.0 + c * c)
        f = e * e * 0.5 + torch.sigmoid(e - a)
        f.backward()

    return step, lambda: [x.grad.tolist(), y.grad.tolist()]


def runge_kutta(torch: Any) -> Runner:
    """A pendulum with friction, 1,000 steps of the classical Runge-Kutta method, and the gradient of its end."""
    start = torch.tensor([1.0, 0.0], requires_grad=True)
    matrix = torch.tensor([[0.0, 1.0], [-1.0, -0.1]], requires_grad=True)
    h = 0.01

    def step() -> None:
        start.grad = matrix.grad = None
        y = start
        for _ in range(1000):
            k1 = matrix @ y
            k2 = matrix @ (y + k1 * (h / 2))
            k3 = matrix @ (y + k2 * (h / 2))
            k4 = matrix @ (y + k3 * h)
            y = y + (k1 + 2 * k2 + 2 * k3 + k4) * (h / 6)
        y.sum().backward()

    return step, lambda: [start.grad.tolist(), matrix.grad.tolist()]


def long_graph(torch: Any) -> Runner:
    """A graph of 100,000 nodes, built, walked and freed."""
    x = torch.tensor([0.5, 1.5], requires_grad=True)

    def step() -> None:
        x.grad = None
        y = x
        for _ in range(50_000):
            y = y * 0.9999 + 0.0001
        y.sum().backward()

    return step, lambda: [x.grad.tolist()]


def small_parameters(torch: Any) -> Runner:
    """An optimiser over 200 small parameters."""
    parameters = [_tensor(torch, 30 + k, 8, 8, tracked=True) for k in range(200)]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)

    def step() -> None:
        optimizer.zero_grad()
        total = parameters[0].sum()
        for p in parameters:
            total = total + (p * p).sum()
        total.backward()
        optimizer.step()

    return step, lambda: [p.tolist() for p in parameters[:3]]


def tanh_rnn(torch: Any) -> Runner:
    """A recurrent network of 100 steps, batch 16, width 64."""
    steps = _tensor(torch, 40, 100, 16, 32)
    w = _tensor(torch, 41, 64, 32, scale=0.1, tracked=True)
    u = _tensor(torch, 42, 64, 64, scale=0.1, tracked=True)
    b = torch.zeros(64).requires_grad_()

    def step() -> None:
        w.grad = u.grad = b.grad = None
        h = torch.zeros(16, 64)
        for k in range(100):
            h = torch.tanh(steps[k] @ w.t() + h @ u.t() + b)
        (h * h).sum().backward()

    return step, lambda: [w.grad.tolist(), u.grad.tolist(), b.grad.tolist()]


def lstm(torch: Any) -> Runner:
    """A long short-term memory of 50 steps, batch 16, width 64."""
    steps = _tensor(torch, 43, 50, 16, 32)
    w = _tensor(torch, 44, 256, 32, scale=0.1, tracked=True)
    u = _tensor(torch, 45, 256, 64, scale=0.1, tracked=True)
    b = torch.zeros(256).requires_grad_()
    functional = torch.nn.functional

    def step() -> None:
        w.grad = u.grad = b.grad = None
        h = c = torch.zeros(16, 64)
        for k in range(50):
            gates = functional.linear(steps[k], w, b) + functional.linear(h, u)
            i, f, g, o = gates.chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        (h * h).sum().backward()

    return step, lambda: [w.grad.tolist(), u.grad.tolist(), b.grad.tolist()]


def mixture(torch: Any) -> Runner:
    """The log-likelihood of a mixture of 10 Gaussians in 8 dimensions, 2,000 points."""
    points = _tensor(torch, 50, 2000, 1, 8)
    means = _tensor(torch, 51, 10, 8, tracked=True)
    logs = _tensor(torch, 52, 10, 8, scale=0.1, tracked=True)
    weights = _tensor(torch, 53, 10, tracked=True)

    def step() -> None:
        means.grad = logs.grad = weights.grad = None
        z = (points - means) * torch.exp(-logs)
        each = -0.5 * (z * z).sum(-1) - logs.sum(-1) - 4 * math.log(2 * math.pi)
        loss = -torch.logsumexp(each + torch.log_softmax(weights, 0), 1).mean()
        loss.backward()

    return step, lambda: [means.grad.tolist(), logs.grad.tolist(), weights.grad.tolist()]


def logistic_regression(torch: Any) -> Runner:
    """Logistic regression on 100,000 examples of 50 features."""
    x = _tensor(torch, 54, 100_000, 50)
    y = (x[:, 0] > 0).float()
    w = torch.zeros(50).requires_grad_()
    b = torch.zeros(1).requires_grad_()

    def step() -> None:
        w.grad = b.grad = None
        torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y).backward()

    return step, lambda: [w.grad.tolist(), b.grad.tolist()]


def large_elementwise(torch: Any) -> Runner:
    """Elementwise functions of a million numbers."""
    x = _tensor(torch, 55, 1_000_000, tracked=True)

    def step() -> None:
        x.grad = None
        (torch.tanh(x) * x + torch.exp(-x * x)).sum().backward()

    return step, lambda: [x.grad[:1000].tolist()]


def large_softmax(torch: Any) -> Runner:
    """Softmax and cross-entropy of 4096 × 4096 logits."""
    x = _tensor(torch, 56, 4096, 4096, tracked=True)
    y = torch.from_numpy(np.random.default_rng(57).integers(0, 4096, 4096))

    def step() -> None:
        x.grad = None
        torch.nn.functional.cross_entropy(x, y).backward()

    return step, lambda: [x.grad[:4].tolist()]


def attention(torch: Any) -> Runner:
    """An attention block: batch 8, 64 tokens, 4 heads of 32."""
    x = _tensor(torch, 58, 8, 64, 128)
    w = _tensor(torch, 59, 384, 128, scale=0.1, tracked=True)
    v = _tensor(torch, 60, 128, 128, scale=0.1, tracked=True)
    functional = torch.nn.functional

    def step() -> None:
        w.grad = v.grad = None
        q, k, values = (functional.linear(x, w).view(8, 64, 3, 4, 32).permute(2, 0, 3, 1, 4)).unbind(0)
        weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(32), -1)
        out = (weights @ values).transpose(1, 2).reshape(8, 64, 128)
        (functional.linear(out, v) ** 2).mean().backward()

    return step, lambda: [w.grad.tolist(), v.grad.tolist()]


def lenet(torch: Any) -> Runner:
    """LeNet-5, a batch of 64 images of 28 × 28."""
    images = _tensor(torch, 61, 64, 1, 28, 28)
    labels = torch.from_numpy(np.random.default_rng(62).integers(0, 10, 64))
    parameters = [_tensor(torch, 63 + k, *s, scale=0.1, tracked=True) for k, s in enumerate(LENET)]
    functional = torch.nn.functional

    def step() -> None:
        for p in parameters:
            p.grad = None
        c1, d1, c2, d2, w1, b1, w2, b2, w3, b3 = parameters
        x = functional.max_pool2d(functional.relu(functional.conv2d(images, c1, d1)), 2)
        x = functional.max_pool2d(functional.relu(functional.conv2d(x, c2, d2)), 2).flatten(1)
        x = functional.relu(functional.linear(x, w1, b1))
        x = functional.relu(functional.linear(x, w2, b2))
        functional.cross_entropy(functional.linear(x, w3, b3), labels).backward()

    return step, lambda: [p.grad.tolist() for p in parameters[:4]]


def large_mlp(torch: Any) -> Runner:
    """One step of a 1024-4096-4096-10 network with Adam, batch 256."""
    x = _tensor(torch, 80, 256, 1024)
    y = torch.from_numpy(np.random.default_rng(81).integers(0, 10, 256))
    parameters = [_tensor(torch, 82 + k, *s, scale=0.02, tracked=True) for k, s in enumerate(MLP)]
    optimizer = torch.optim.Adam(parameters, lr=1e-4)
    functional = torch.nn.functional
    losses: list[Any] = []

    def step() -> None:
        optimizer.zero_grad()
        w1, b1, w2, b2, w3, b3 = parameters
        h = functional.relu(functional.linear(x, w1, b1))
        h = functional.relu(functional.linear(h, w2, b2))
        loss = functional.cross_entropy(functional.linear(h, w3, b3), y)
        loss.backward()
        optimizer.step()
        losses[:] = [loss]

    # Not the parameters: where a gradient is nearly 0, Adam's step is as large as everywhere, and rounding decides its
    # direction.
    return step, lambda: [losses[0].item()]


def hessian(torch: Any) -> Runner:
    """The Hessian of a function of 50 variables."""
    x = _tensor(torch, 90, 50)
    a = _tensor(torch, 91, 50, 50, scale=0.1)
    found: list[Any] = []

    def function(x: Any) -> Any:
        return torch.sum(torch.tanh(a @ x) * x) + torch.sum(x**3) / 6

    def step() -> None:
        found[:] = [torch.func.hessian(function)(x)]

    return step, lambda: [found[0].tolist()]


def jacobian(torch: Any) -> Runner:
    """The Jacobian of a 20-64-20 network."""
    x = _tensor(torch, 92, 20)
    w = _tensor(torch, 93, 64, 20, scale=0.2)
    v = _tensor(torch, 94, 20, 64, scale=0.2)
    found: list[Any] = []

    def step() -> None:
        found[:] = [torch.func.jacrev(lambda x: v @ torch.tanh(w @ x))(x)]

    return step, lambda: [found[0].tolist()]


PROGRAMS = {
    "scalar-expression": Workload("30 operations on numbers", scalar_expression, 200, 0.35),
    "runge-kutta": Workload("Runge-Kutta, 1,000 steps", runge_kutta, 1, 0.35),
    "long-graph": Workload("graph of 100,000 nodes", long_graph, 1, 0.35),
    "small-parameters": Workload("Adam, 200 parameters", small_parameters, 10, 0.5),
    "tanh-rnn": Workload("recurrent network, 100 steps", tanh_rnn, 5, 0.6),
    "lstm": Workload("LSTM, 50 steps", lstm, 5, 0.6),
    "mixture": Workload("Gaussian mixture", mixture, 10, 2.0),
    "logistic-regression": Workload("logistic regression, 10⁵ × 50", logistic_regression, 5, 1.05),
    "elementwise": Workload("elementwise, 10⁶", large_elementwise, 3, 2.0),
    "softmax": Workload("cross-entropy, 4096 × 4096", large_softmax, 1, 2.0),
    "attention": Workload("attention block", attention, 10, 1.05),
    "lenet": Workload("LeNet, batch 64", lenet, 3, 1.5),
    "large-mlp": Workload("1024-4096-4096-10, Adam", large_mlp, 1, 1.05),
    "hessian": Workload("Hessian, 50 variables", hessian, 10, 1.0),
    "jacobian": Workload("Jacobian of a network", jacobian, 50, 1.0),
}
"""By name; the aims are those that the project has set itself, as shares of torch's time."""

__all__ = ["LENET", "MLP", "PROGRAMS", "normal"]
