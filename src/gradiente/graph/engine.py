"""The backward pass: one loop for every kind of differentiation.

Note [One loop]
---------------
A node is created after everything it depends on, so the order of creation is a topological order. The loop keeps a heap
of the nodes that a cotangent has reached, takes the youngest, runs its rule and hands the results to its edges. When a
node is taken, all its users (all younger) are done, so its cotangent is complete. Sinks (leaves) wait until the end.
The loop holds no lock: all its state is local, and nodes are only read, except for freeing what they saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from sys import getrefcount
from typing import Any

from .node import Node, NodeHooks, Output, split_edge

Watch = Callable[[Node, Any, Callable[[Node, Any], Sequence[Any]]], Sequence[Any]]


def run(
    roots: Iterable[tuple[Any, Any]],
    *,
    keep: bool = False,
    taped: bool = False,
    wrap: Callable[[Any], Any] | None = None,
    unwrap: Callable[[Any, Any], Any] | None = None,
    targets: Sequence[Any] | None = None,
    watch: Watch | None = None,
) -> list[Any] | None:
    """Send cotangents from the `roots`, pairs (edge, cotangent), down to the leaves.

    `keep`: do not free what the nodes saved. `taped`: run the rules on recorded values. `wrap`, `unwrap`: from bare
    cotangents to what hooks see, and back (`unwrap(value, old)`). With `targets`, edges, the leaves accumulate nothing;
    only nodes on the way to the targets run, and the cotangents of the targets are returned (None: not reached).
    `watch(node, g, step)` runs the steps in place of the loop, for anomaly detection and profiling.
    """
    grads: dict[Any, Any] = {}
    nodes: dict[int, Node] = {}
    heap: list[int] = []
    sinks: list[Any] = []
    needed, captured = _needed(roots, targets) if targets is not None else (None, {})

    def arrive(edge: Any, cotangent: Any) -> None:
        """The general form of what the loop does inline for ordinary nodes."""
        old = grads.get(edge)
        if old is not None:
            grads[edge] = old + cotangent
            return
        grads[edge] = cotangent
        if edge.__class__ is Output:
            edge, output = edge.node, edge
            arrived = grads.get(edge)
            if arrived is not None:
                arrived[output.number] = output
                return
            arrived = grads[edge] = [None] * edge.plan.outputs
            arrived[output.number] = output
        elif edge.plan is None:
            sinks.append(edge)
            return
        heappush(heap, -edge.seq)
        nodes[edge.seq] = edge

    for edge, cotangent in roots:
        if needed is None or split_edge(edge)[0] in needed:
            arrive(edge, cotangent)

    node: Any = None
    while node is not None or heap:
        if node is None:
            node = nodes.pop(-heappop(heap))
            g = grads.pop(node)
        plan = node.plan
        if plan.outputs != 1:
            g = [None if output is None else grads.pop(output) for output in g]
        if node.hooks is not None:
            g = _before(node, g, wrap, unwrap)
        if needed is not None:
            _capture(node, g, captured)
            if needed[node] is False:
                node = None
                continue
        step = plan.taped if taped else plan.raw
        gs = step(node, g) if watch is None else watch(node, g, step)
        if node.hooks is not None and node.hooks.post:
            gs = _after(node, gs, g, wrap, unwrap)
        if not keep and node.tensors:
            node.tensors = None
        # With nothing else pending, the first edge is the next node: a chain needs neither heap nor dictionaries.
        following: Any = None
        for edge, cotangent in zip(node.edges, gs, strict=True):
            if cotangent is None or (needed is not None and split_edge(edge)[0] not in needed):
                continue
            if edge.plan is None:
                old = grads.get(edge)
                if old is None:
                    grads[edge] = cotangent
                    sinks.append(edge)
                else:
                    grads[edge] = old + cotangent
            elif following is None and not heap and edge.__class__ is not Output:
                following, g = edge, cotangent
            else:
                if following is not None:
                    arrive(following, g)
                    following = None
                arrive(edge, cotangent)
        node = following
    g = gs = cotangent = old = edge = None  # so that whoever receives a cotangent can see that nobody else holds it
    _finish(sinks, grads, taped, wrap, unwrap, None if needed is None else captured)
    if targets is None:
        return None
    return [captured.get((edge.node, edge.number) if edge.__class__ is Output else edge) for edge in targets]


def _finish(
    sinks: list[Any], grads: dict[Any, Any], taped: bool, wrap: Any, unwrap: Any, captured: dict[Any, Any] | None
) -> None:
    """Hand the leaves their cotangents, the youngest leaf first."""
    if len(sinks) > 1:
        sinks.sort(key=lambda sink: -sink.seq)
    for sink in sinks:
        g = grads.pop(sink)
        hooks = sink.hooks
        if hooks is not None:
            g = _before(sink, g, wrap, unwrap)
        if captured is not None:
            captured[sink] = g
            continue
        sink.receive(g, taped, getrefcount(g) == 2)
        if hooks is not None:
            if hooks.post:
                _after(sink, (), g, wrap, unwrap)
            for hook in list(hooks.accumulated.values()):
                hook(sink.variable)


def _needed(roots: Iterable[tuple[Any, Any]], targets: Sequence[Any]) -> tuple[dict[Node, bool], dict[Any, Any]]:
    """The nodes on a way from the roots to the targets; the value tells whether the way goes on below the node."""
    wanted = {split_edge(edge)[0] for edge in targets}
    oldest = min((node.seq for node in wanted), default=0)
    reached: dict[int, Node] = {}
    stack = [split_edge(edge)[0] for edge, _ in roots]
    while stack:
        node = stack.pop()
        if node.seq >= oldest and node.seq not in reached:
            reached[node.seq] = node
            stack.extend(split_edge(edge)[0] for edge in node.edges)
    needed: dict[Node, bool] = {}
    for _, node in sorted(reached.items()):
        below = any(split_edge(edge)[0] in needed for edge in node.edges)
        if below or node in wanted:
            needed[node] = below
    return needed, {}


def _capture(node: Node, g: Any, captured: dict[Any, Any]) -> None:
    """Keep the cotangents of a node's outputs, in case one is a target."""
    if node.plan.outputs == 1:
        captured[node] = g
    else:
        for number, part in enumerate(g):
            captured[node, number] = part


def _before(node: Node, g: Any, wrap: Any, unwrap: Any) -> Any:
    """Run tensor hooks, prehooks and retained gradients on the cotangents of a node."""
    hooks: NodeHooks = node.hooks  # pyright: ignore[reportAssignmentType]
    parts = list(g) if node.plan is not None and node.plan.outputs != 1 else [g]
    for number, fns in list(hooks.tensor.items()):
        for fn in list(fns.values()):
            if parts[number] is not None:
                parts[number] = _replaced(fn, parts[number], wrap, unwrap)
    for fn in list(hooks.pre.values()):
        shown = tuple(None if part is None else _show(part, wrap) for part in parts)
        answer = fn(shown)
        if answer is not None:
            answers = answer if isinstance(answer, tuple) else (answer,)
            parts = [None if new is None else _bare(new, old, unwrap) for new, old in zip(answers, parts, strict=True)]
    for number, keep in list(hooks.retain.items()):
        if parts[number] is not None:
            keep(_show(parts[number], wrap))
    return parts if node.plan is not None and node.plan.outputs != 1 else parts[0]


def _after(node: Node, gs: Sequence[Any], g: Any, wrap: Any, unwrap: Any) -> Sequence[Any]:
    """Run the post hooks of a node on what it hands to its edges."""
    received = list(g) if node.plan is not None and node.plan.outputs != 1 else [g]
    outputs = tuple(None if part is None else _show(part, wrap) for part in received)
    mask = () if node.plan is None else node.plan.mask
    for fn in list(node.hooks.post.values()):  # pyright: ignore[reportOptionalMemberAccess]
        parts = iter(gs)
        full = [next(parts) if tracked else None for tracked in mask]
        answer = fn(tuple(None if part is None else _show(part, wrap) for part in full), outputs)
        if answer is not None:
            answers = answer if isinstance(answer, tuple) else (answer,)
            if len(answers) != len(full):
                raise RuntimeError(
                    f"hook has returned an incorrect number of values: got {len(answers)}, but expected {len(full)} "
                    f"(a hook of {node.name()} must return one gradient, or None, per input)"
                )
            gs = tuple(
                None if new is None else _bare(new, old, unwrap)
                for new, old, tracked in zip(answers, full, mask, strict=True)
                if tracked
            )
    return gs


def _show(value: Any, wrap: Any) -> Any:
    return value if wrap is None else wrap(value)


def _bare(value: Any, old: Any, unwrap: Any) -> Any:
    return value if unwrap is None else unwrap(value, old)


def _replaced(fn: Callable[[Any], Any], value: Any, wrap: Any, unwrap: Any) -> Any:
    """The cotangent after one tensor hook."""
    answer = fn(_show(value, wrap))
    return value if answer is None else _bare(answer, value, unwrap)
