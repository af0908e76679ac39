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
    unwrap: Callable[[Any, Any, Any], Any] | None = None,
    targets: Sequence[Any] | None = None,
    accumulate: bool = False,
    watch: Watch | None = None,
    quiet: Callable[..., Any] | None = None,
) -> list[Any] | None:
    """Send cotangents from the `roots`, pairs (edge, cotangent), down to the leaves.

    `keep`: do not free what the nodes saved. `taped`: run the rules on recorded values. `wrap`, `unwrap`: from bare
    cotangents to what hooks see, and back (`unwrap(value, old, hook)`). With `targets`, edges, the leaves accumulate
    nothing; only nodes on the way to the targets run, and the cotangents of the targets are returned (None: not
    reached). With `accumulate` as well, the targets run too, and those of them that are leaves accumulate.
    `watch(node, g, step)` runs the steps in place of the loop, for anomaly detection and profiling. `quiet(step,
    node, g)` runs a step again that raised a RuntimeWarning, with such warnings off.
    """
    grads: dict[Any, Any] = {}
    nodes: dict[int, Node] = {}
    heap: list[int] = []
    sinks: list[Any] = []
    captured: dict[Any, Any] = {}
    needed: dict[Node, bool] | None = None
    wanted: set[Node] = set()
    if targets is not None:
        needed = nodes_needed(roots, targets, accumulate)
        wanted = wanted if accumulate else {split_edge(edge)[0] for edge in targets}

    def arrive(edge: Any, cotangent: Any) -> None:
        """The general form of what the loop does inline for ordinary nodes."""
        old = grads.get(edge)
        if old is not None:
            grads[edge] = old + cotangent
            if edge.plan is None:
                sinks.append(edge)
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
    g: Any = None
    while node is not None or heap:
        if node is None:
            node = nodes.pop(-heappop(heap))
            g = grads.pop(node)
        plan = node.plan
        if plan.outputs != 1:
            g = [None if output is None else grads.pop(output) for output in g]  # pyright: ignore
        hooks = node.hooks
        if needed is not None and node in wanted and needed[node]:
            _capture(node, g, captured)
        if hooks is not None:
            g = _tensor_hooks(node, g, wrap, unwrap)
        if needed is not None and not needed[node]:
            _capture(node, g, captured)
            node = None
            continue
        if hooks is not None and hooks.pre:
            g = _prehooks(node, g, wrap, unwrap)
            if g is None:
                node = None
                continue
        step = plan.taped if taped else plan.raw
        try:
            gs = step(node, g) if watch is None else watch(node, g, step)
        except RuntimeWarning:
            if quiet is None:
                raise
            gs = quiet(step, node, g)
        if hooks is not None and hooks.post:
            gs = (gs,) if plan.single else gs
            if needed is not None:
                gs = [c if split_edge(edge)[0] in needed else None for edge, c in zip(node.edges, gs, strict=True)]
            gs = _after(node, gs, g, wrap, unwrap)
        elif plan.single:
            if not keep and node.tensors:
                node.tensors = None
            edge = node.edges[0]
            chained = not heap and needed is None and edge.plan is not None
            if chained and gs is not None and edge.__class__ is not Output:
                node, g = edge, gs
                continue
            gs = (gs,)
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
                else:
                    grads[edge] = old + cotangent
                sinks.append(edge)
            elif following is None and not heap and edge.__class__ is not Output:
                following, g = edge, cotangent
            else:
                if following is not None:
                    arrive(following, g)
                    following = None
                arrive(edge, cotangent)
        node = following
    g = gs = cotangent = old = edge = None  # so that whoever receives a cotangent can see that nobody else holds it
    _finish(sinks, grads, taped, wrap, unwrap, None if needed is None or accumulate else captured)
    if targets is None:
        return None
    return [captured.get((edge.node, edge.number) if edge.__class__ is Output else edge) for edge in targets]


def _finish(
    sinks: list[Any], grads: dict[Any, Any], taped: bool, wrap: Any, unwrap: Any, captured: dict[Any, Any] | None
) -> None:
    """Hand the leaves their cotangents, in the order in which these were completed."""
    for sink in reversed(dict.fromkeys(reversed(sinks))):
        g = grads.pop(sink)
        hooks = sink.hooks
        if hooks is not None:
            g = _tensor_hooks(sink, g, wrap, unwrap)
        if captured is not None:
            captured[sink] = g
            continue
        if hooks is not None and hooks.pre:
            g = _prehooks(sink, g, wrap, unwrap)
            if g is None:
                continue
        owned = getrefcount(g) == 2
        sink.receive(g, taped, owned)
        if hooks is not None:
            for hook in list(hooks.accumulated.values()):
                answer = hook(sink.variable)
                if answer is not None:
                    raise TypeError(
                        f"expected Variable, but hook returned '{type(answer).__name__}' "
                        "(a post-accumulate-grad hook must return None)"
                    )
            if hooks.post:
                _after(sink, (), g, wrap, unwrap)


def nodes_needed(roots: Iterable[tuple[Any, Any]], targets: Sequence[Any], accumulate: bool) -> dict[Node, bool]:
    """The nodes on a way from the roots to the targets; the value tells whether the node is to run."""
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
            needed[node] = below or accumulate
    return needed


def _capture(node: Node, g: Any, captured: dict[Any, Any]) -> None:
    """Keep the cotangents of a node's outputs, in case one is a target."""
    if node.plan.outputs == 1:
        captured[node] = g
    else:
        for number, part in enumerate(g):
            captured[node, number] = part


def _parts(node: Node, g: Any) -> list[Any]:
    """The cotangents of a node's outputs, one or several, as a list."""
    return list(g) if node.plan is not None and node.plan.outputs != 1 else [g]


def _whole(node: Node, parts: list[Any]) -> Any:
    """The opposite of `_parts`."""
    return parts if node.plan is not None and node.plan.outputs != 1 else parts[0]


def _tensor_hooks(node: Node, g: Any, wrap: Any, unwrap: Any) -> Any:
    """Run the tensor hooks on the cotangents of a node, and retain them."""
    hooks: NodeHooks = node.hooks  # pyright: ignore[reportAssignmentType]
    if not hooks.tensor and not hooks.retain:
        return g
    parts = _parts(node, g)
    for number, fns in list(hooks.tensor.items()):
        for fn in list(fns.values()):
            old = parts[number]
            if old is not None:
                answer = fn(_show(old, wrap))
                if answer is not None:
                    parts[number] = _bare(answer, old, fn, unwrap)
    for number, keep in list(hooks.retain.items()):
        if parts[number] is not None:
            keep(_show(parts[number], wrap))
    return _whole(node, parts)


def _prehooks(node: Node, g: Any, wrap: Any, unwrap: Any) -> Any:
    """Run the prehooks of a node on its cotangents."""
    parts = _parts(node, g)
    for fn in list(node.hooks.pre.values()):  # pyright: ignore[reportOptionalMemberAccess]
        answer = fn(tuple([_show(part, wrap) for part in parts]))
        if answer is not None:
            parts = _replaced(answer, parts, fn, unwrap)
    return _whole(node, parts)


def _after(node: Node, gs: Sequence[Any], g: Any, wrap: Any, unwrap: Any) -> Sequence[Any]:
    """Run the post hooks of a node on what it hands to its edges."""
    outputs = tuple([_show(part, wrap) for part in _parts(node, g)])
    mask = () if node.plan is None else node.plan.mask
    for fn in list(node.hooks.post.values()):  # pyright: ignore[reportOptionalMemberAccess]
        parts = iter(gs)
        full = [next(parts) if tracked else None for tracked in mask]
        answer = fn(tuple([_show(part, wrap) for part in full]), outputs)
        if answer is not None:
            full = _replaced(answer, full, fn, unwrap)
            gs = [part for part, tracked in zip(full, mask, strict=True) if tracked]
    return gs


def hook_name(fn: Any) -> str:
    """What errors call a hook."""
    return getattr(fn, "__name__", None) or type(fn).__name__


def _replaced(answer: Any, old: list[Any], fn: Any, unwrap: Any) -> list[Any]:
    """The cotangents after a hook of a node, which returned `answer`, a tuple."""
    if not isinstance(answer, tuple):
        raise TypeError(
            f"expected tuple, but hook returned '{type(answer).__name__}' "
            f"(hook '{hook_name(fn)}' of a node must return None or one gradient, or None, per value it was given)"
        )
    if len(answer) != len(old):
        raise RuntimeError(
            f"hook '{hook_name(fn)}' has returned an incorrect number of values (got {len(answer)}, but expected "
            f"{len(old)})"
        )
    return [None if new is None else _bare(new, was, fn, unwrap) for new, was in zip(answer, old, strict=True)]


def _show(value: Any, wrap: Any) -> Any:
    return value if wrap is None or value is None else wrap(value)


def _bare(value: Any, old: Any, fn: Any, unwrap: Any) -> Any:
    return value if unwrap is None else unwrap(value, old, fn)
