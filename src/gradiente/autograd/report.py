"""graph_report: what a graph keeps alive, by operator and by line, and who holds its root."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..arrays.numpy_indexing import owner
from ..graph import Node, describe, edges_of, split_edge
from ..tensor.core import AccumulateGrad, Tensor
from ..tensor.saved import Packed, SavedOutput
from ._holders import holders_of
from .edges import GradientEdge, edge_of

_LEAF = -1
"""Stands for the node that an array belongs to, where that is a leaf's."""

UNKNOWN_LINE = "(line not recorded: compute under detect_anomaly)"


@dataclass
class Usage:
    """What some nodes keep: how many they are, and how many arrays of how many bytes they keep."""

    nodes: int = 0
    arrays: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class GraphReport:
    """What `graph_report` found. Printed, it is a table."""

    nodes: int
    """How many nodes there are, without those of the leaves."""
    leaves: int
    """How many leaves they lead to."""
    bytes: int
    """The size of all arrays that the nodes keep, each counted once, without those of the leaves."""
    arrays: int
    """How many arrays that are."""
    shared: int
    """How many of them several nodes keep."""
    leaf_bytes: int
    """The size of the leaves' own values."""
    freed: int
    """How many nodes had their saved values freed."""
    packed: int
    """How many values hooks packed into something that is no array, so that its size is not known."""
    hooks: int
    """How many nodes have hooks."""
    by_operator: dict[str, Usage] = field(repr=False)
    """The same by name of the nodes, the largest first."""
    by_line: dict[str, Usage] = field(repr=False)
    """The same by the user's line, the largest first. Lines are recorded while anomaly detection is on."""
    holders: tuple[str, ...] | None = None
    """The names under which the root is held, if they were asked for."""

    def __str__(self) -> str:
        head = (
            f"{_number(self.nodes, 'node')}, {_number(self.leaves, 'leaf', 'leaves')}; {_size(self.bytes)} in "
            f"{_number(self.arrays, 'array')} "
            f"({self.shared} shared by several nodes), beside {_size(self.leaf_bytes)} of the leaves"
        )
        lines = [head]
        for count, text in (
            (self.freed, "nodes whose saved values were freed"),
            (self.packed, "values packed by hooks, of unknown size"),
            (self.hooks, "nodes with hooks"),
        ):
            if count:
                lines.append(f"{text}: {count}")
        lines += _table("operator", self.by_operator)
        if set(self.by_line) - {UNKNOWN_LINE}:
            lines += _table("line", self.by_line)
        if self.holders is not None:
            lines.append("")
            lines += ["held by:", *(f"  {holder}" for holder in self.holders or ("nothing that has a name",))]
        return "\n".join(lines)


def graph_report(x: Tensor | GradientEdge | Node, *, holders: bool = False) -> GraphReport:
    """What the graph below `x` keeps alive: nodes, arrays and bytes, by operator and by line, and who holds `x`.

    An array is counted once, for the oldest of the nodes that keep it, and with all the memory that it keeps: a slice
    keeps the whole of what it was cut from.

    Args:
        x: a tensor, an edge or a node.
        holders: whether to look for the names under which `x` is held: local and global variables, attributes, elements
            of containers. That looks through all objects of the program, which takes a while.

    Returns:
        An object with the fields that its class documents, which prints as a table.

    Raises:
        TypeError: for anything else.

    Example:
        >>> import gradiente as torch
        >>> x = torch.ones(1000, requires_grad=True)
        >>> y = (x * 2).exp().sum()
        >>> report = torch.graph_report(y)
        >>> report.nodes, report.leaves, report.bytes
        (3, 1, 4000)
        >>> print(report)
        3 nodes, 1 leaf; 3.9 KiB in 1 array (0 shared by several nodes), beside 3.9 KiB of the leaves
        <BLANKLINE>
        operator      nodes  arrays    bytes
        ExpBackward0      1       1  3.9 KiB
        MulBackward0      1       0      0 B
        SumBackward0      1       0      0 B
    """
    if not isinstance(x, (Tensor, GradientEdge, Node)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"graph_report(): argument 'x' (position 1) must be Tensor, not {type(x).__name__}")
    edge = x if isinstance(x, Node) else edge_of(x)
    root = None if edge is None else split_edge(edge)[0]
    found = _count([] if root is None else _below(root))
    if holders:
        found["holders"] = holders_of([x] if root is None or root is x else [x, root])
    return GraphReport(**found)


def _below(root: Node) -> list[Node]:
    """All nodes of a graph, the oldest first."""
    seen, stack = {root.seq: root}, [root]
    while stack:
        for edge in edges_of(stack.pop()):
            node = split_edge(edge)[0]
            if node.seq not in seen:
                seen[node.seq] = node
                stack.append(node)
    return [node for _, node in sorted(seen.items())]


def _count(nodes: list[Node]) -> dict[str, Any]:
    """The fields of a report."""
    leaves = [node for node in nodes if isinstance(node, AccumulateGrad)]
    inner = [node for node in nodes if node.plan is not None]
    owners: dict[int, int] = {}
    leaf_bytes = 0
    for leaf in leaves:
        key, size = _memory(leaf._array)
        leaf_bytes += 0 if key in owners else size
        owners[key] = _LEAF
    by_operator: dict[str, Usage] = {}
    by_line: dict[str, Usage] = {}
    shared: set[int] = set()
    packed = 0
    for node in inner:
        name = node.name().removeprefix("torch::autograd::")
        usages = [by_operator.setdefault(name, Usage()), by_line.setdefault(_line(node), Usage())]
        for usage in usages:
            usage.nodes += 1
        for array in _kept(node):
            if array is None:
                packed += 1
                continue
            key, size = _memory(array)
            if key not in owners:
                owners[key] = node.seq
                for usage in usages:
                    usage.arrays += 1
                    usage.bytes += size
            elif owners[key] not in (_LEAF, node.seq):
                shared.add(key)
    return {
        "nodes": len(inner),
        "leaves": len(leaves),
        "bytes": sum(usage.bytes for usage in by_operator.values()),
        "arrays": sum(usage.arrays for usage in by_operator.values()),
        "shared": len(shared),
        "leaf_bytes": leaf_bytes,
        "freed": sum(node.tensors is None for node in inner),
        "packed": packed,
        "hooks": sum(node.hooks is not None for node in nodes),
        "by_operator": _largest_first(by_operator),
        "by_line": _largest_first(by_line),
    }


def _line(node: Node) -> str:
    return describe(node.place) or UNKNOWN_LINE


def _kept(node: Node) -> Iterator[Any]:
    """The arrays that a node keeps: saved values, static parameters, attributes of a `Function`'s context.

    None stands for a saved value that hooks packed into something else.
    """
    for saved in node.tensors or ():
        if isinstance(saved, Packed):
            arrays = list(_arrays(saved._packed, 3))
            yield from arrays or [None]
        elif saved is not None and saved._array is not None:
            yield saved._array
    yield from _arrays(node.facts, 3)
    for name, value in node.__dict__.items():
        if not name.startswith("_"):
            yield from _arrays(value, 3)


def _arrays(value: Any, depth: int) -> Iterator[Any]:
    """The arrays in a value, looked for in a few levels of containers."""
    if isinstance(value, (np.ndarray, Batched)):
        yield value
    elif isinstance(value, (Tensor, SavedOutput)):
        yield value._array
    elif depth and isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from _arrays(item, depth - 1)
    elif depth and isinstance(value, dict):
        for item in value.values():
            yield from _arrays(item, depth - 1)


def _memory(array: Any) -> tuple[int, int]:
    """What owns the memory of an array, and its size."""
    whole = owner(array)
    return id(whole), whole.nbytes


def _largest_first(usages: dict[str, Usage]) -> dict[str, Usage]:
    return dict(sorted(usages.items(), key=lambda item: (-item[1].bytes, -item[1].nodes, item[0])))


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one}" if count == 1 else f"{count} {many or f'{one}s'}"


def _size(count: int) -> str:
    """A number of bytes for people."""
    value, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{count} B" if unit == "B" else f"{value:.1f} {unit}"


def _table(title: str, usages: dict[str, Usage]) -> list[str]:
    rows = [(title, "nodes", "arrays", "bytes")]
    rows += [(name, str(u.nodes), str(u.arrays), _size(u.bytes)) for name, u in usages.items()]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return [
        "",
        *("  ".join([row[0].ljust(widths[0]), *(row[i].rjust(widths[i]) for i in (1, 2, 3))]) for row in rows),
    ]


__all__ = ["UNKNOWN_LINE", "GraphReport", "Usage", "graph_report"]
