"""Tell which group the people of a network belong to when a few say so: sparse matrices and graph convolutions.

    python -m gradiente examples/graph_network.py

What it teaches: a graph as a sparse matrix, in which only the links are stored. Multiplying by it gives every person
the average of their neighbours. Three ways to guess the groups of all from those of a few: spread what is known along
the links, with no learning at all; a network that sees each person alone; and the same network with a product by the
graph in each layer, a graph convolution. Last, vectors for all people are learned from the links alone, with an
embedding whose gradients are sparse: a batch changes the rows that it names, and no others.

The network is made here: people link to their own group more often than to others, and their attributes are noisy. It
prints losses and accuracies. It takes about four seconds.
"""

import argparse

import torch
import torch.nn.functional as F
from torch import nn

GROUPS, ATTRIBUTES = 4, 24


def make_network(people, seed):
    """Return the links (2, number of links), the attributes and the groups of so many people."""
    torch.manual_seed(seed)
    groups = torch.randint(GROUPS, (people,))
    same = groups[:, None] == groups[None, :]
    chance = torch.where(same, 24.0, 2.0) / people
    above = torch.rand(people, people).triu(diagonal=1)
    links = ((above > 0) & (above < chance)).nonzero().t()
    typical = torch.randn(GROUPS, ATTRIBUTES)
    attributes = 0.5 * typical[groups] + torch.randn(people, ATTRIBUTES)
    return links, attributes, groups


def averaging(links, people):
    """Return the sparse matrix that gives every person the average of their neighbours and themselves."""
    one, other = links
    everyone = torch.arange(people)
    rows, columns = torch.cat([one, other, everyone]), torch.cat([other, one, everyone])
    matrix = torch.sparse_coo_tensor(torch.stack([rows, columns]), torch.ones(len(rows)), (people, people)).coalesce()
    numbers = torch.sparse.sum(matrix, dim=1).to_dense()
    rows, columns = matrix.indices()
    return torch.sparse_coo_tensor(torch.stack([rows, columns]), 1 / numbers[rows], (people, people))


def spread(graph, groups, known, steps=20):
    """Return the groups that reach people along the links from those who said theirs."""
    said = torch.zeros(len(groups), GROUPS)
    said[known] = F.one_hot(groups[known], GROUPS).float()
    belief = said
    for _ in range(steps):
        belief = torch.sparse.mm(graph, belief)
        belief[known] = said[known]
    return belief.argmax(1)


class Network(nn.Module):
    """Two layers; with a graph, each of them averages over neighbours first."""

    def __init__(self, graph=None):
        super().__init__()
        self.register_buffer("graph", graph)
        self.inner, self.outer = nn.Linear(ATTRIBUTES, 16), nn.Linear(16, GROUPS)

    def forward(self, x):
        """Return a score for every person and group."""
        for layer in (self.inner, self.outer):
            x = layer(x if self.graph is None else torch.sparse.mm(self.graph, x))
            if layer is self.inner:
                x = F.dropout(F.relu(x), 0.5, self.training)
        return x


def train(model, attributes, groups, known, epochs):
    """Train on those who said their group; return the last loss and the groups that the model gives to all."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)
    for _ in range(epochs):
        loss = F.cross_entropy(model.train()(attributes)[known], groups[known])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return loss.item(), model.eval()(attributes).argmax(1)


def embed(links, people, epochs, size=8):
    """Learn vectors such that linked people are near each other; return them, and the first and the last loss."""
    table = nn.Embedding(people, size, sparse=True)
    nn.init.normal_(table.weight, std=0.1)
    optimizer = torch.optim.SparseAdam(table.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for batch in links.t()[torch.randperm(links.shape[1])].split(256):
            strangers = torch.randint(people, (len(batch), 5))
            near = (table(batch[:, 0]) * table(batch[:, 1])).sum(1)
            far = (table(batch[:, 0])[:, None] * table(strangers)).sum(2)
            loss = -(F.logsigmoid(near).sum() + F.logsigmoid(-far).sum())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / links.shape[1])
    return table.weight.detach(), losses[0], losses[-1]


def main():
    """Compare the three ways, and learn vectors."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--known", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.sparse.check_sparse_tensor_invariants.enable()  # PyTorch asks for a choice

    links, attributes, groups = make_network(args.people, args.seed)
    graph = averaging(links, args.people)
    share = graph._nnz() / args.people**2
    print(f"{args.people} people, {links.shape[1]} links: {100 * share:.2f}% of the matrix are stored")
    known = torch.randperm(args.people)[: args.known]

    def accuracy(found):
        return f"{(found == groups).float().mean().item():.3f}"

    reached = accuracy(spread(graph, groups, known))
    print(f"{args.known} said their group; what reaches the others along the links: {reached} right")
    for name, model in (("each person alone", Network()), ("with the graph", Network(graph))):
        loss, found = train(model, attributes, groups, known, args.epochs)
        print(f"{name + ':':18} loss {loss:.3f}, right {accuracy(found)}")

    vectors, first, last = embed(links, args.people, args.epochs // 2)
    print(f"vectors from the links alone: loss {first:.3f} at first, {last:.3f} in the end")
    unit = F.normalize(vectors, dim=1)
    nearest = (unit @ unit[known].t()).argmax(1)
    print(f"the group of the nearest of those who said theirs: {accuracy(groups[known][nearest])}")


if __name__ == "__main__":
    main()
