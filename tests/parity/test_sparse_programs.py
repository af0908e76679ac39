"""Programs of graph networks, recommenders and word vectors: the same losses as with PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch")

import gradiente  # noqa: E402


def graph_network(m: Any) -> list[float]:
    """A graph convolutional network: normalised adjacency as a buffer, dropout, weight decay, 30 epochs."""
    draw = np.random.default_rng(0)
    n, classes, functional = 90, 3, m.nn.functional
    y = draw.integers(classes, size=n)
    linked = np.triu(draw.random((n, n)) < np.where(y[:, None] == y, 0.1, 0.01), 1)
    i = np.concatenate([*np.nonzero(linked), np.arange(n)]), np.concatenate([*np.nonzero(linked)[::-1], np.arange(n)])
    degree = np.bincount(i[0], minlength=n).astype(np.float32)
    x = (draw.random((n, 20)) < 0.1 + 0.2 * (np.arange(20) % classes == y[:, None])).astype(np.float32)

    class Convolution(m.nn.Module):
        def __init__(self, into: int, out: int) -> None:
            super().__init__()
            self.weight, self.bias = m.nn.Parameter(m.empty(into, out)), m.nn.Parameter(m.zeros(out))
            m.nn.init.xavier_uniform_(self.weight)

        def forward(self, x: Any, adjacency: Any) -> Any:
            return m.spmm(adjacency, m.mm(x, self.weight)) + self.bias

    class Network(m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = Convolution(20, 16), Convolution(16, classes)
            values = m.from_numpy(degree[i[0]] ** -0.5 * degree[i[1]] ** -0.5)
            self.register_buffer("adjacency", m.sparse_coo_tensor(np.stack(i), values, (n, n)))

        def forward(self, x: Any) -> Any:
            x = functional.dropout(functional.relu(self.first(x, self.adjacency)), 0.5, self.training)
            return functional.log_softmax(self.second(x, self.adjacency), 1)

    m.manual_seed(0)
    model, x, y = Network(), m.from_numpy(x), m.from_numpy(y)
    optimizer, losses = m.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4), []
    for _ in range(30):
        loss = functional.nll_loss(model(x)[:40], y[:40])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return [*losses, (model(x).argmax(1) == y).double().mean().item(), *model.state_dict()]


def recommender(m: Any) -> list[float]:
    """LightGCN: propagation over a graph of users and items whose links drop out, ranking of pairs, 5 epochs."""
    draw = np.random.default_rng(0)
    users, items, functional = 30, 40, m.nn.functional
    u, i = np.nonzero(
        draw.random((users, items)) < np.where(np.arange(users)[:, None] % 3 == np.arange(items) % 3, 0.4, 0.05)
    )
    m.manual_seed(0)
    user, item = m.nn.Embedding(users, 8), m.nn.Embedding(items, 8)
    both = m.stack([m.tensor(np.concatenate([u, i + users])), m.tensor(np.concatenate([i + users, u]))])
    graph = m.sparse_coo_tensor(both, m.ones(both.size(1)), (users + items, users + items))
    degree = m.sparse.sum(graph, dim=1).to_dense().clamp(min=1)
    dense = graph.to_dense() / degree.sqrt()[:, None] / degree.sqrt()
    graph = dense.to_sparse().coalesce()
    optimizer, losses = m.optim.Adam([user.weight, item.weight], lr=0.02), []
    for _ in range(5):
        kept = (m.rand(graph._nnz()) + 0.8).int().bool()
        dropped = m.sparse_coo_tensor(graph.indices()[:, kept], graph.values()[kept] / 0.8, graph.size())
        layers = [m.cat([user.weight, item.weight])]
        for _ in range(3):
            layers.append(m.sparse.mm(dropped, layers[-1]))
        a, b = m.split(m.stack(layers, 1).mean(1), [users, items])
        pick, other = draw.integers(len(u), size=64), m.tensor(draw.integers(items, size=64))
        a, b, other = a[m.tensor(u[pick])], b[m.tensor(i[pick])], b[other]
        loss = functional.softplus((a * other).sum(1) - (a * b).sum(1)).mean() + 1e-4 * a.norm(2).pow(2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def word_vectors(m: Any) -> list[float]:
    """Skip-grams with negative samples: two tables with sparse gradients, SparseAdam, a schedule."""
    m.manual_seed(1)
    text = m.tensor(np.random.default_rng(0).integers(20, size=300).cumsum() % 20)
    inner, outer = m.nn.Embedding(20, 6, sparse=True), m.nn.Embedding(20, 6, sparse=True)
    optimizer = m.optim.SparseAdam([*inner.parameters(), *outer.parameters()], lr=0.02)
    schedule, losses = m.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10), []
    for _ in range(4):
        for batch in m.randperm(298).split(64):
            near = (inner(text[batch]) * outer(text[batch + 1])).sum(1)
            far = m.bmm(outer(m.randint(20, (len(batch), 3))), inner(text[batch]).unsqueeze(2)).squeeze(2)
            loss = -m.nn.functional.logsigmoid(near).mean() - m.nn.functional.logsigmoid(-far).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        schedule.step()
    return losses


def conductances(m: Any) -> list[float]:
    """Conjugate gradients with a sparse matrix; the solution is differentiated by what the matrix is made of."""
    m.manual_seed(0)
    side = 6
    n, grid = side * side, m.arange(side * side).reshape(side, side)
    a, b = m.cat([grid[:, :-1].flatten(), grid[:-1].flatten()]), m.cat([grid[:, 1:].flatten(), grid[1:].flatten()])
    places = m.cat([m.stack(p) for p in ((a, b), (b, a), (a, a), (b, b))] + [m.arange(n).repeat(2, 1)], 1)

    def solved(c: Any) -> Any:
        values = m.cat([-c, -c, c, c, m.full((n,), 0.1, dtype=c.dtype)])
        matrix, x = m.sparse_coo_tensor(places, values, (n, n)).coalesce(), m.zeros(n, dtype=c.dtype)
        r = m.eye(n, dtype=c.dtype)[0] - m.eye(n, dtype=c.dtype)[-1]
        p, square = r, r @ r
        for _ in range(25):
            image = m.mv(matrix, p)
            step = square / (p @ image)
            x, r = x + step * p, r - step * image
            p, square = r + (r @ r) / square * p, r @ r
        return x

    seen = solved(m.rand(len(a), dtype=m.float64) + 0.5)
    c = m.ones(len(a), dtype=m.float64, requires_grad=True)
    optimizer, losses = m.optim.Adam([c], lr=0.05), []
    for _ in range(5):
        loss = ((solved(c) - seen) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("program", [graph_network, recommender, word_vectors, conductances])
@pytest.mark.filterwarnings("ignore:Sparse invariant checks")
def test_programs(program: Any) -> None:
    ours, theirs = program(gradiente), program(torch)
    numbers = [x for x in theirs if isinstance(x, float)]
    assert ours[len(numbers) :] == theirs[len(numbers) :]
    np.testing.assert_allclose(ours[: len(numbers)], numbers, rtol=2e-4)
