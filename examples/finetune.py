"""Use what a network has learnt from one task for another that has few examples.

    python -m gradiente examples/finetune.py

What it teaches: transfer learning. A network learns the digits 0 to 4, and its state is saved to a file. For the digits
5 to 9 there are only eight images each. Three ways to learn from them are compared: from nothing; with the saved layers
frozen and a new head trained on them; and then with all layers released and trained on, those below at a lower rate.
The few images are varied each time that they are loaded, by a transform in the data set.

It prints losses, learning rates and accuracies. It takes about three seconds.
"""

import argparse
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, StepLR
from torch.utils.data import DataLoader, Subset

from digits import Digits


class Shift:
    """Move an image by up to one pixel each way; what is left empty is black."""

    def __call__(self, image):
        """Return the image, moved by chance."""
        down, right = torch.randint(3, (2,)).tolist()
        return F.pad(image, (1, 1, 1, 1))[..., down : down + 8, right : right + 8]


class Noise:
    """Add grain of a given strength."""

    def __init__(self, strength):
        self.strength = strength

    def __call__(self, image):
        """Return the image with grain."""
        return image + self.strength * torch.randn_like(image)


class Chain:
    """One transform after the other."""

    def __init__(self, *transforms):
        self.transforms = transforms

    def __call__(self, image):
        """Return the image, transformed by each in turn."""
        for transform in self.transforms:
            image = transform(image)
        return image


def build():
    """Return a network in two named parts: what sees, and what decides between five digits."""
    network = nn.Sequential()
    network.add_module(
        "body",
        nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(),
        ),
    )  # fmt: skip
    network.add_module("head", nn.Linear(96, 5))
    return network


def train(network, loader, optimizer, schedule, epochs, name):
    """Train with a learning rate that follows ``schedule``; print the first epoch and the last."""
    network.train()
    for epoch in range(1, epochs + 1):
        total = 0.0
        for images, digits in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(network(images), digits % 5)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(digits)
        if epoch in (1, epochs):
            rates = ", ".join(f"{rate:.5f}" for rate in schedule.get_last_lr())
            print(f"{name}, epoch {epoch:2}: loss {total / len(loader.dataset):.4f}, learning rate {rates}")
        schedule.step()


@torch.no_grad()
def accuracy(network, dataset):
    """Return the share of images that are given the right digit."""
    network.eval()
    right = sum((network(x).argmax(dim=1) == y % 5).sum().item() for x, y in DataLoader(dataset, batch_size=100))
    return right / len(dataset)


def few(dataset, each):
    """Return the first ``each`` images of every digit."""
    chosen = [(dataset.digits == digit).nonzero().flatten()[:each] for digit in dataset.digits.unique()]
    return Subset(dataset, torch.cat(chosen).tolist())


def main():
    """Learn the first task; compare three ways to the second."""
    parser = argparse.ArgumentParser(description="Reuse a trained network for a task with few examples.")
    parser.add_argument("--epochs", type=int, default=10)
    epochs = parser.parse_args().epochs

    torch.manual_seed(0)
    first = DataLoader(Digits(True, range(5)), batch_size=32, shuffle=True)
    network = build()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    train(network, first, optimizer, StepLR(optimizer, step_size=3, gamma=0.5), epochs, "0 to 4")
    print(f"  accuracy on the digits 0 to 4: {accuracy(network, Digits(False, range(5))):.2%}")

    second = few(Digits(True, range(5, 10), Chain(Shift(), Noise(0.05))), each=8)
    loader = DataLoader(second, batch_size=10, shuffle=True)
    unseen = Digits(False, range(5, 10))
    epochs *= 3  # passes over so few images are short
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "first_task.pt"
        torch.save(network.state_dict(), file)
        saved = torch.load(file, weights_only=True)

    scratch = build()
    optimizer = torch.optim.Adam(scratch.parameters(), lr=3e-3)
    train(scratch, loader, optimizer, CosineAnnealingLR(optimizer, epochs), epochs, "from nothing")
    print(f"  accuracy on the digits 5 to 9: {accuracy(scratch, unseen):.2%}")

    tuned = build()
    body = {key: value for key, value in saved.items() if key.startswith("body.")}
    left = tuned.load_state_dict(body, strict=False)
    print(f"loaded {len(body)} tensors; still new: {', '.join(left.missing_keys)}")
    tuned.body.requires_grad_(False)
    optimizer = torch.optim.Adam((p for p in tuned.parameters() if p.requires_grad), lr=1e-2)
    train(tuned, loader, optimizer, CosineAnnealingLR(optimizer, epochs), epochs, "head alone")
    same = all(torch.equal(value, saved[f"body.{key}"]) for key, value in tuned.body.state_dict().items())
    print(f"  accuracy on the digits 5 to 9: {accuracy(tuned, unseen):.2%}; body as it was loaded: {same}")

    tuned.body.requires_grad_(True)
    groups = [{"params": tuned.body.parameters(), "lr": 1e-3}, {"params": tuned.head.parameters(), "lr": 3e-3}]
    optimizer = torch.optim.Adam(groups)
    train(tuned, loader, optimizer, CosineAnnealingLR(optimizer, epochs), epochs, "all layers")
    print(f"  accuracy on the digits 5 to 9: {accuracy(tuned, unseen):.2%}")


if __name__ == "__main__":
    main()
