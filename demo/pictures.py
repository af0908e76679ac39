"""The pictures of the demo: how training went, and the graph that autograd recorded."""

from collections import defaultdict
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # files only: the demo also runs where there is no screen
import matplotlib.pyplot as plt

INK, SOFT, BLUE, ORANGE = "#22303c", "#9aa7b2", "#2f6db3", "#d9822b"


def save(figure, path):
    """Write a figure as PNG, making the folder where needed, and return the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, facecolor="white")
    plt.close(figure)
    return path


def draw_training(losses, accuracies, path):
    """Draw the loss of every step, its mean over each epoch, and the held-out accuracy after each epoch.

    Args:
        losses: the loss of each step, in order.
        accuracies: the share of held-out images classified correctly after each epoch, from 0 to 1.
        path: the PNG to write.
    """
    figure, left = plt.subplots(figsize=(8, 4.5), layout="constrained")
    per_epoch = len(losses) / len(accuracies)
    left.plot([k / per_epoch for k in range(1, len(losses) + 1)], losses, color=BLUE, alpha=0.3, linewidth=0.8)
    epochs = range(1, len(accuracies) + 1)
    means = [
        sum(chunk) / len(chunk) for e in epochs if (chunk := losses[int((e - 1) * per_epoch) : int(e * per_epoch)])
    ]
    left.plot([e - 0.5 for e in epochs], means, color=BLUE, linewidth=2)
    left.set(xlabel="epoch", xlim=(0, len(accuracies)), yscale="log")
    left.set_ylabel("cross entropy (thin: steps, thick: mean of an epoch)", color=BLUE)
    right = left.twinx()
    right.plot(epochs, [100 * a for a in accuracies], color=ORANGE, marker="o", markersize=3.5, clip_on=False)
    right.set_ylabel("held-out images classified correctly, %", color=ORANGE)
    right.set_ylim(min(100 * min(accuracies), 90) - 1, 100)
    left.set_title(f"Training on the optical digits: {accuracies[-1]:.1%} held-out accuracy", color=INK, loc="left")
    for axes in (left, right):
        axes.spines["top"].set_visible(False)
        axes.tick_params(colors=INK)
    return save(figure, path)


def collect(root):
    """Walk the graph below a node; return its nodes with their operands, each after all of its users.

    The walk keeps its own stack, since a graph may be deeper than Python's recursion goes.
    """
    order, seen, stack = [], {root}, [(root, False)]
    while stack:
        node, done = stack.pop()
        operands = [operand for operand, _ in node.next_functions if operand is not None]
        if done:
            order.append((node, operands))
            continue
        stack.append((node, True))
        for operand in operands:
            if operand not in seen:
                seen.add(operand)
                stack.append((operand, False))
    return order[::-1]


def layers_of(graph):
    """Give each node its layer: the length of the longest path from the root, so that every edge goes down."""
    depth = defaultdict(int)
    for node, operands in graph:
        for operand in operands:
            depth[operand] = max(depth[operand], depth[node] + 1)
    layers = defaultdict(list)
    for node, _ in graph:
        layers[depth[node]].append(node)
    return [layers[k] for k in sorted(layers)]


def place(graph):
    """Return the position of each node: rows by layer, and in a row near the middle of the users above."""
    users = defaultdict(list)
    for node, operands in graph:
        for operand in operands:
            users[operand].append(node)
    operands_of = dict(graph)
    at = {}

    def wish(node):
        """Below its users, an operand to the left of the operands after it."""
        offsets = [operands_of[user].index(node) - (len(operands_of[user]) - 1) / 2 for user in users[node]]
        wishes = [at[user][0] + offset for user, offset in zip(users[node], offsets, strict=True)]
        return sum(wishes) / len(wishes) if wishes else 0.0

    for row, layer in enumerate(layers_of(graph)):
        wishes = {node: wish(node) for node in layer}
        left = -float("inf")
        for node in sorted(layer, key=wishes.__getitem__):
            left = max(wishes[node], left + 1)  # boxes are one unit wide
            at[node] = (left, -row)
    return at


def draw_graph(root, leaves, path, title):
    """Draw the graph below a node as autograd walks it: from the result at the top down to the leaves.

    Args:
        root: ``grad_fn`` of the result.
        leaves: the tensors to name, by name.
        path: the PNG to write.
        title: a line above the picture.
    """
    graph = collect(root)
    at = place(graph)
    names = {id(tensor): name for name, tensor in leaves.items()}
    xs, ys = [x for x, _ in at.values()], [y for _, y in at.values()]
    width, height = max(xs) - min(xs) + 1.4, max(ys) - min(ys) + 1.2
    figure, axes = plt.subplots(figsize=(2.1 * width, 0.85 * height + 0.5), layout="constrained")
    axes.set(xlim=(min(xs) - 0.7, max(xs) + 0.7), ylim=(min(ys) - 0.6, max(ys) + 0.6))
    axes.axis("off")
    axes.set_title(title, color=INK, loc="left", fontsize=11)
    boxes = {}
    for node, _ in graph:
        leaf = getattr(node, "variable", None)
        label = node.name().rpartition("::")[2]
        if leaf is not None:
            shape = " × ".join(map(str, leaf.shape)) or "scalar"
            label = f"{names.get(id(leaf), 'leaf')}: {shape}\n{label}"
        style = {"boxstyle": "round,pad=0.45", "facecolor": "#eaf1f9", "edgecolor": BLUE}
        if leaf is not None:
            style.update(facecolor="#fdf3e7", edgecolor=ORANGE)
        boxes[node] = axes.text(*at[node], label, ha="center", va="center", fontsize=9, color=INK, bbox=style, zorder=3)
    figure.canvas.draw()  # gives the boxes their sizes, at which the arrows begin and end
    for node, operands in graph:
        for operand in operands:
            ends = {"patchA": boxes[node].get_bbox_patch(), "patchB": boxes[operand].get_bbox_patch()}
            style = {"arrowstyle": "-|>", "color": SOFT, "shrinkA": 1, "shrinkB": 2, "mutation_scale": 14}
            axes.annotate("", at[operand], at[node], zorder=1, arrowprops=style | ends)
    return save(figure, path)
