"""Train a classifier of hand-written digits, say how good it is, and draw how it went.

    python -m gradiente demo/digits.py

An ordinary program for PyTorch: two layers, mini-batches, Adam. It ends with status 1 if fewer than 96 % of the images
that it never saw in training are classified correctly.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from pictures import draw_graph, draw_training

HERE = Path(__file__).resolve().parent
GOAL = 0.96


def load(held_out=360):
    """Read the images, mix them by a fixed seed, and return the two parts as (pixels, digits) each.

    Pixels are float32 of shape (n, 64) from 0 to 1; digits are int64 of shape (n,).
    """
    table = np.loadtxt(HERE / "data" / "digits.csv.gz", delimiter=",", dtype=np.float32)
    table = table[np.random.default_rng(0).permutation(len(table))]
    pixels = torch.from_numpy(table[:, :-1] / np.float32(16))
    digits = torch.from_numpy(table[:, -1].astype(np.int64))
    return (pixels[held_out:], digits[held_out:]), (pixels[:held_out], digits[:held_out])


def initialise(hidden=64):
    """Return the parameters of a 64-hidden-10 network, scaled so that signals keep their size through the layers."""
    parameters = {
        "weight1": torch.randn(hidden, 64) * (2 / 64) ** 0.5,
        "bias1": torch.zeros(hidden),
        "weight2": torch.randn(10, hidden) * (1 / hidden) ** 0.5,
        "bias2": torch.zeros(10),
    }
    return {name: tensor.requires_grad_() for name, tensor in parameters.items()}


def predict(parameters, pixels):
    """Return a score for each image and digit."""
    hidden = F.relu(F.linear(pixels, parameters["weight1"], parameters["bias1"]))
    return F.linear(hidden, parameters["weight2"], parameters["bias2"])


def accuracy(parameters, pixels, digits):
    """Return the share of images whose highest score is at the right digit."""
    with torch.no_grad():
        return (predict(parameters, pixels).argmax(dim=1) == digits).sum().item() / len(digits)


def train(parameters, training, held_out, epochs, batch=32):
    """Train with a progress bar; return the loss of each step and the held-out accuracy after each epoch."""
    pixels, digits = training
    optimizer = torch.optim.Adam(parameters.values(), lr=3e-3)
    losses, accuracies = [], []
    bar = tqdm(range(epochs), desc="training", unit="epoch", file=sys.stdout, ascii=" =", ncols=96)
    for _ in bar:
        for chosen in torch.randperm(len(digits)).split(batch):
            optimizer.zero_grad()
            loss = F.cross_entropy(predict(parameters, pixels[chosen]), digits[chosen])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        accuracies.append(accuracy(parameters, *held_out))
        bar.set_postfix_str(f"loss {losses[-1]:.4f}, held out {accuracies[-1]:.1%}")
    return losses, accuracies


def main():
    """Load, train, judge, draw; return the exit status."""
    parser = argparse.ArgumentParser(description="Train a classifier of hand-written digits.")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", type=Path, default=HERE.parent / "build" / "demo", help="folder for the pictures")
    options = parser.parse_args()

    torch.manual_seed(0)
    training, held_out = load()
    print(f"{len(training[1])} images to learn from, {len(held_out[1])} held out; each 8x8 pixels")
    parameters = initialise()
    start = time.perf_counter()
    losses, accuracies = train(parameters, training, held_out, options.epochs)
    print(f"{len(losses)} steps in {time.perf_counter() - start:.1f} s")
    share = accuracy(parameters, *held_out)
    print(f"held-out accuracy: {share:.2%} (goal: over {GOAL:.0%})")

    loss = F.cross_entropy(predict(parameters, training[0][:32]), training[1][:32])
    title = "What backward() walks, from the loss down to the parameters"
    print("loss curve:", draw_training(losses, accuracies, options.out / "loss.png"))
    print("graph:     ", draw_graph(loss.grad_fn, parameters, options.out / "graph.png", title))
    return 0 if share > GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
