"""Classify images of hand-written digits with a convolutional network.

    python -m gradiente examples/digits_cnn.py

What it teaches: the whole of a classifier. A data set with a loader that mixes it, a network of convolutions, batch
normalisation, pooling and dropout, the cross entropy, an optimiser, training and evaluation modes, and what to look at
afterwards: which digits are taken for which.

It prints loss and accuracy after each pass over the data, then the mistakes. It takes about three seconds.
"""

import argparse

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

from digits import Digits


class Network(nn.Module):
    """Two convolutions of 3x3, each followed by normalisation; a pooling; two linear layers."""

    def __init__(self, channels=12):
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, 2 * channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(2 * channels)
        self.dropout = nn.Dropout(0.25)
        self.linear1 = nn.Linear(2 * channels * 4, 48)
        self.linear2 = nn.Linear(48, 10)

    def forward(self, images):
        """Return a score for each image and digit: (n, 1, 8, 8) to (n, 10)."""
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(images))), 2)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        x = self.dropout(x.flatten(start_dim=1))
        return self.linear2(F.relu(self.linear1(x)))


def train(model, loader, optimizer):
    """Go over the data once; return the mean loss."""
    model.train()
    total = 0.0
    for images, digits in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), digits)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(digits)
    return total / len(loader.dataset)


@torch.no_grad()
def confusion(model, loader):
    """Return how often each digit (row) was taken for each digit (column)."""
    model.eval()
    counts = torch.zeros(10, 10, dtype=torch.int64)
    for images, digits in loader:
        pairs = 10 * digits + model(images).argmax(dim=1)
        counts += torch.bincount(pairs, minlength=100).reshape(10, 10)
    return counts


def main():
    """Train, evaluating after each epoch; then list the mistakes."""
    parser = argparse.ArgumentParser(description="Classify hand-written digits with a convolutional network.")
    parser.add_argument("--epochs", type=int, default=8)
    epochs = parser.parse_args().epochs

    torch.manual_seed(0)
    training = DataLoader(Digits(training=True), batch_size=48, shuffle=True)
    held_out = DataLoader(Digits(training=False), batch_size=120)
    model = Network()
    size = sum(p.numel() for p in model.parameters())
    print(f"{len(training.dataset)} images to learn from, {len(held_out.dataset)} held out; {size} parameters")
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(1, epochs + 1):
        loss = train(model, training, optimizer)
        counts = confusion(model, held_out)
        right = counts.diagonal().sum().item() / counts.sum().item()
        print(f"epoch {epoch}: loss {loss:.4f}, held-out accuracy {right:.2%}")

    wrong = counts - torch.diag(counts.diagonal())
    for truth, guess in wrong.nonzero().tolist():
        print(f"a {truth} taken for a {guess}: {wrong[truth, guess].item()} times")


if __name__ == "__main__":
    main()
