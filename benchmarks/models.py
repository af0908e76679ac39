"""Training steps of small models, on one core: gradiente's time divided by PyTorch's.

    python benchmarks/models.py            all of them
    python benchmarks/models.py policy     those with "policy" in their names

Both libraries run in this process with one thread each, in turns, from the same seed; the figure is the median of the
ratios of the rounds, of the time that the processor worked for them. Nothing is timed whose first losses differ.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import sys
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

import gradiente
from operators import seconds

Step = Callable[[], Any]


def _trained(m: Any, model: Any, x: Any, y: Any, loss: Any, optimizer: Any = None) -> Step:
    optimizer = optimizer or m.optim.Adam(model.parameters(), lr=1e-3)

    def step() -> Any:
        optimizer.zero_grad()
        out = loss(model(x), y)
        out.backward()
        optimizer.step()
        return out

    return step


def regression(m: Any) -> Step:
    """Three layers, Adam."""
    nn = m.nn
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
    return _trained(m, model, m.randn(16, 10), m.randn(16, 1), nn.functional.mse_loss)


def classifier(m: Any) -> Step:
    """Batch normalisation, dropout, SGD with momentum."""
    nn = m.nn
    model = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 3))
    optimizer = m.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return _trained(m, model, m.randn(16, 10), m.randint(0, 3, (16,)), nn.functional.cross_entropy, optimizer)


def images(m: Any) -> Step:
    """Two convolutions on images of 8 × 8."""
    nn = m.nn
    model = nn.Sequential(
        *(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 3, padding=1), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)),
    )
    return _trained(m, model, m.randn(8, 1, 8, 8), m.randint(0, 10, (8,)), nn.functional.cross_entropy)


def _language_model(m: Any, make: Callable[[Any], Any]) -> Step:
    nn = m.nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.body, self.head = nn.Embedding(20, 16), make(nn), nn.Linear(16, 20)

        def forward(self, x: Any) -> Any:
            out = self.body(self.embedding(x))
            return self.head(out[0] if isinstance(out, tuple) else out).flatten(0, 1)

    return _trained(m, Model(), m.randint(0, 20, (4, 8)), m.randint(0, 20, (32,)), nn.functional.cross_entropy)


def lstm(m: Any) -> Step:
    """A language model of one LSTM layer, eight steps."""
    return _language_model(m, lambda nn: nn.LSTM(16, 16, batch_first=True))


def gru(m: Any) -> Step:
    """The same with a gated recurrent unit."""
    return _language_model(m, lambda nn: nn.GRU(16, 16, batch_first=True))


def transformer(m: Any) -> Step:
    """The same with two layers of a transformer."""

    def make(nn: Any) -> Any:
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        return nn.TransformerEncoder(layer, 2)

    return _language_model(m, make)


def autoencoder(m: Any) -> Step:
    """A variational autoencoder, by `distributions`."""
    encode, decode, x = m.nn.Linear(8, 8), m.nn.Linear(4, 8), m.randn(16, 8)
    optimizer = m.optim.Adam([*encode.parameters(), *decode.parameters()])
    D = m.distributions

    def step() -> Any:
        mean, log_variance = encode(x).chunk(2, 1)
        q = D.Normal(mean, (log_variance / 2).exp())
        loss = m.nn.functional.mse_loss(decode(q.rsample()), x) + D.kl_divergence(q, D.Normal(0.0, 1.0)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def graph_network(m: Any) -> Step:
    """Two rounds of messages along 60 edges, by `index_add`."""
    n, source, target = 20, m.randint(0, 20, (60,)), m.randint(0, 20, (60,))
    one, two, x, y = m.nn.Linear(8, 16), m.nn.Linear(16, 3), m.randn(20, 8), m.randint(0, 3, (20,))
    optimizer = m.optim.Adam([*one.parameters(), *two.parameters()])

    def convolved(h: Any, layer: Any) -> Any:
        messages = layer(h)[source]
        return m.zeros(n, messages.shape[1]).index_add(0, target, messages)

    def step() -> Any:
        optimizer.zero_grad()
        loss = m.nn.functional.cross_entropy(convolved(m.relu(convolved(x, one)), two), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def policy_gradient(m: Any) -> Step:
    """A clipped policy gradient with an entropy bonus and clipped gradients."""
    net = m.nn.Sequential(m.nn.Linear(4, 32), m.nn.Tanh(), m.nn.Linear(32, 2))
    optimizer = m.optim.Adam(net.parameters(), lr=1e-3)
    states, actions, gains, old = m.randn(32, 4), m.randint(0, 2, (32,)), m.randn(32), m.randn(32)

    def step() -> Any:
        policy = m.distributions.Categorical(logits=net(states))
        ratio = (policy.log_prob(actions) - old).exp()
        loss = -m.min(ratio * gains, m.clamp(ratio, 0.8, 1.2) * gains).mean() - 0.01 * policy.entropy().mean()
        optimizer.zero_grad()
        loss.backward()
        m.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        optimizer.step()
        return loss

    return step


def one_action(m: Any) -> Step:
    """One action of that policy, without gradients."""
    net, state = m.nn.Sequential(m.nn.Linear(4, 32), m.nn.Tanh(), m.nn.Linear(32, 2)), m.randn(1, 4)

    def step() -> Any:
        with m.no_grad():
            policy = m.distributions.Categorical(logits=net(state))
            return policy.log_prob(policy.sample())

    return step


def q_learning(m: Any) -> Step:
    """A step of deep Q-learning, with a target network that follows."""

    def net() -> Any:
        return m.nn.Sequential(m.nn.Linear(4, 32), m.nn.ReLU(), m.nn.Linear(32, 2))

    q, target = net(), net()
    optimizer = m.optim.Adam(q.parameters())
    now, then, actions, rewards = m.randn(32, 4), m.randn(32, 4), m.randint(0, 2, (32, 1)), m.randn(32)

    def step() -> Any:
        with m.no_grad():
            wanted = rewards + 0.99 * target(then).max(1)[0]
        loss = m.nn.functional.smooth_l1_loss(q(now).gather(1, actions).squeeze(1), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for p, follower in zip(q.parameters(), target.parameters(), strict=True):
            follower.data.mul_(0.99).add_(p.data, alpha=0.01)
        return loss

    return step


def differential_equation(m: Any) -> Step:
    """A physics-informed network for u'' + u = 0."""
    net = m.nn.Sequential(m.nn.Linear(1, 16), m.nn.Tanh(), m.nn.Linear(16, 1))
    optimizer, grad = m.optim.Adam(net.parameters()), m.autograd.grad

    def step() -> Any:
        x = m.linspace(0, 1, 20)[:, None].requires_grad_()
        u = net(x)
        du = grad(u.sum(), x, create_graph=True)[0]
        loss = ((grad(du.sum(), x, create_graph=True)[0] + u) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def gaussian_process(m: Any) -> Step:
    """The marginal likelihood of a Gaussian process at 20 points."""
    x = m.linspace(0, 1, 20)
    y = m.sin(6 * x)
    length, noise = (m.tensor(0.0, requires_grad=True) for _ in range(2))

    def step() -> Any:
        length.grad = noise.grad = None
        k = m.exp(-0.5 * (x[:, None] - x[None]) ** 2 / length.exp() ** 2) + (noise.exp() + 0.01) * m.eye(20)
        factor = m.linalg.cholesky(k)
        loss = 0.5 * (y @ m.cholesky_solve(y[:, None], factor)[:, 0]) + factor.diagonal().log().sum()
        loss.backward()
        return loss

    return step


def meta_learning(m: Any) -> Step:
    """A gradient through a step of gradient descent."""
    w, x, y = m.randn(4, 1).requires_grad_(), m.randn(8, 4), m.randn(8, 1)

    def step() -> Any:
        w.grad = None
        (g,) = m.autograd.grad(((x @ w - y) ** 2).mean(), w, create_graph=True)
        loss = ((x @ (w - 0.1 * g) - y) ** 2).mean()
        loss.backward()
        return loss

    return step


def curve_fit(m: Any) -> Step:
    """Three numbers of a decay, fitted to 50 points."""
    a, b, c = (m.tensor(v, requires_grad=True) for v in (1.0, 0.5, 0.0))
    t = m.linspace(0, 1, 50)
    y, optimizer = m.exp(-t) + 0.1, m.optim.Adam([a, b, c], lr=0.1)

    def step() -> Any:
        optimizer.zero_grad()
        loss = ((a * m.exp(-b * t) + c - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        return loss

    return step


MODELS = (
    *(regression, classifier, images, lstm, gru, transformer, autoencoder, graph_network, policy_gradient),
    *(one_action, q_learning, differential_equation, gaussian_process, meta_learning, curve_fit),
)


def measured(model: Callable[[Any], Step], rounds: int = 15) -> float | None:
    """The median ratio; None where the first losses differ."""
    steps: list[Step] = []
    losses: list[list[float]] = []
    for m in (gradiente, torch):
        m.manual_seed(0)
        steps.append(model(m))
        losses.append([float(steps[-1]().detach()) for _ in range(5)])
    if any(abs(a - b) > 1e-3 * (1 + abs(b)) for a, b in zip(*losses, strict=True)):
        return None
    ours, theirs = steps
    times = max(1, int(0.03 / seconds(theirs, 3)))
    return median([seconds(ours, times) / seconds(theirs, times) for _ in range(rounds)])


def main() -> None:
    """Print each ratio."""
    torch.set_num_threads(1)
    for model in MODELS:
        name = model.__name__.replace("_", " ")
        if all(part in name for part in sys.argv[1:]):
            ratio = measured(model)
            described = (model.__doc__ or "").rstrip(".")
            print(f"{name:24} {'losses differ' if ratio is None else f'{ratio:.2f}':14} {described}", flush=True)


if __name__ == "__main__":
    main()
