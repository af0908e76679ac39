"""The backward pass: one loop for every kind of differentiation.

Note [One loop]
---------------
A node is created after everything it depends on, so the order of creation is a topological order. The loop keeps a heap
of the nodes that a cotangent has reached, takes the youngest, runs its rule and hands the results to its edges. When a
node is taken, all its users (all younger) are done, so its cotangent is complete. Sinks (leaves) wait until the end.
Where an edge leads to a node that is younger than all that wait, the node is the next one, and need not wait.
The loop holds no lock: all its state is local, and nodes are only read, except for freeing what they saved.

Note [Sums of the engine's own]
-------------------------------
Cotangents that meet at an edge are added up. The first sum is a new value that only the engine holds, until it hands it
on when it is complete; so what comes later is added to it in place. What a rule returned may be held by others (the
identity returns the cotangent it was given), and is never written to.

Note [Nothing arrives, too]
---------------------------
A rule may return None for an edge: nothing flows there. As in torch, the pass goes on through it all the same. The
nodes below that nothing else reaches take their turn, their hooks are called with None, and those that can make
something of nothing (the user's own functions, which are given zeros) run; the others pass the nothing on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from heapq import heappop, heappush
from sys import getrefcount
from typing import Any

from .hooks import run_accumulated, run_after, run_before, run_tensor_hooks
from .node import Node, Output, edges_of, split_edge
from .sharing import HELD_ONCE

Step = Callable[[Node, Any], Any]
Watch = Callable[[Node, Any, Step], Any]


def run(
    roots: Sequence[tuple[Any, Any]],
    *,
    keep: bool = False,
    taped: bool = False,
    wrap: Callable[[Any], Any] | None = None,
    unwrap: Callable[[Any, Any, Any], Any] | None = None,
    targets: Sequence[Any] | None = None,
    accumulate: bool = False,
    watch: Watch | None = None,
    quiet: Callable[[Step, Node, Any], Any] | None = None,
) -> list[Any] | None:
    """Send cotangents from the `roots`, pairs (edge, cotangent), down to the leaves.

    `keep`: do not free what the nodes saved. `taped`: run the rules on recorded values. `wrap`, `unwrap`: from bare
    cotangents to what hooks see, and back (`unwrap(value, old, hook)`). With `targets`, edges, the leaves accumulate
    nothing; only nodes on the way to the targets run, and the cotangents of the targets are returned (None: not
    reached). With `accumulate` as well, the targets run too, and those of them that are leaves accumulate.
    `watch(node, g, step)` runs the steps, those of leaves too, in place of the loop: for anomaly detection and
    profiling. `quiet(step, node, g)` runs a step again that raised a RuntimeWarning, with such warnings off.
    """
    selection = None if targets is None else _Selection(roots, targets, accumulate)
    unusual = selection is not None or watch is not None
    around = (selection, wrap, unwrap, watch, quiet)
    waiting = _Waiting(taped)
    heap, nodes, grads, leaves, sums = waiting.heap, waiting.nodes, waiting.grads, waiting.leaves, waiting.sums
    arrive = waiting.arrive
    node, g = _start(roots, selection, waiting, wrap, unwrap)
    while node is not None or heap:
        if node is None:
            node = nodes.pop(-heappop(heap))
            g = grads.pop(node)
        plan = node.plan
        step = plan.taped if taped else plan.raw
        if unusual or node.hooks is not None or plan.outputs != 1:
            gs = _visit(node, g, step, *around)
            if gs is None:
                node = None
                continue
            if plan.single:
                gs = gs[0]
        else:
            try:
                gs = step(node, g)
            except RuntimeWarning:
                gs = _again(quiet, step, node, g)
        if not keep and node.tensors:
            node.tensors = None
        edge: Any = None  # what the cotangent g goes on to, if the others have arrived
        if plan.single:
            first = node.edges
            if gs is None or first.plan is False:
                gs = (gs,)
            elif first.plan:
                edge = first
                g = gs
            else:
                arrive(first, gs)
                gs = None
        elif plan.pair:
            first = node.edges
            other = node.other
            g, cotangent = gs
            if not first.plan or (other.plan and other.seq > first.seq):
                first, other, g, cotangent = other, first, cotangent, g
            kind = other.plan
            if first.plan and kind is not False and g is not None and cotangent is not None:
                edge = first
                if kind is None:  # what `arrive` does for a sink
                    old = leaves.pop(other, None)
                    if old is None:
                        leaves[other] = cotangent
                    elif other in sums:
                        old += cotangent
                        leaves[other] = old
                    else:
                        leaves[other] = old + cotangent
                        if not taped:
                            sums.add(other)
                elif other is edge:
                    g = g + cotangent
                else:
                    arrive(other, cotangent)
        if edge is None:
            if gs and waiting.send(edges_of(node), gs, selection):
                unusual = True  # some node runs although nothing reaches it
            node = None
        elif not heap or -edge.seq < heap[0]:
            node = edge
        else:
            arrive(edge, g)
            node = None
    # so that whoever receives a cotangent can see that nobody else holds it
    g = gs = cotangent = old = edge = first = other = None
    empty = [s for s in waiting.empty if s.hooks is not None and s not in leaves] if waiting.empty else ()
    captured = None if selection is None or accumulate else selection.captured
    _finish(leaves, taped, wrap, unwrap, captured, watch)
    for sink in empty:
        _finish_empty(sink, wrap, unwrap, captured is None)
    return None if selection is None else selection.found()


def _start(
    roots: Sequence[tuple[Any, Any]], selection: _Selection | None, waiting: _Waiting, wrap: Any, unwrap: Any
) -> Any:
    """The first node and its cotangent, where one root is all there is; else (None, None), and the roots wait."""
    if selection is None and len(roots) == 1 and roots[0][0].plan:
        return roots[0]
    for edge, cotangent in roots:
        root = split_edge(edge)[0]
        if selection is None or root in selection.needed or (len(roots) == 1 and root.plan is not None):
            # Where a single root need not run, its tensor hooks do, as in torch.
            (waiting.arrive if root is edge else waiting.arrive_output)(edge, cotangent)
        elif len(roots) == 1 and root.hooks is not None:
            run_tensor_hooks(root, cotangent, wrap, unwrap)
    return None, None


NOTHING = object()
"""The cotangent of a node that nothing has reached so far; see Note [Nothing arrives, too]."""


class _Waiting:
    """The cotangents that wait until all of them have arrived, and the nodes they wait for."""

    __slots__ = ("empty", "grads", "heap", "leaves", "nodes", "sums", "taped")

    def __init__(self, taped: bool) -> None:
        self.taped = taped
        self.heap: list[int] = []
        self.nodes: dict[int, Node] = {}
        """The nodes, by their moments, which are in the heap, negative."""
        self.grads: dict[Node, Any] = {}
        """Their cotangents; those of a node with several outputs as a list, with None where none has arrived."""
        self.leaves: dict[Any, Any] = {}
        """Those of the sinks, in the order in which their last part arrived."""
        self.empty: dict[Any, None] = {}
        """The sinks that nothing reached, unless something did after all."""
        self.sums: set[Any] = set()
        """The nodes, and pairs of a node and the number of its output, whose cotangent was added up here."""

    def send(self, edges: Sequence[Any], gs: Sequence[Any], selection: _Selection | None) -> bool:
        """Let the cotangents of a node's edges arrive; tell whether one of them is None."""
        missing = False
        for edge, cotangent in zip(edges, gs, strict=True):
            if cotangent is None:
                if selection is None or split_edge(edge)[0] in selection.needed:
                    self.nothing(edge)
                    missing = True
            elif edge.plan is False:
                self.arrive_output(edge, cotangent)
            else:
                self.arrive(edge, cotangent)
        return missing

    def arrive(self, node: Any, cotangent: Any) -> None:
        """Keep a cotangent for a node, or add it to what has arrived before."""
        grads = self.grads
        old = grads.get(node)
        if old is None:
            if node.plan is None:
                old = self.leaves.pop(node, None)  # so that it comes last
                self.leaves[node] = cotangent if old is None else self._sum(node, old, cotangent)
                return
            seq = node.seq
            heappush(self.heap, -seq)
            self.nodes[seq] = node
        elif old is not NOTHING:
            cotangent = self._sum(node, old, cotangent)
        grads[node] = cotangent

    def arrive_output(self, edge: Output, cotangent: Any) -> None:
        """Keep a cotangent for one of the outputs of a node, or add it to what has arrived before."""
        node, number = edge.node, edge.number
        parts = self.grads.get(node)
        if parts is None:
            parts = self.grads[node] = [None] * node.plan.outputs
            heappush(self.heap, -node.seq)
            self.nodes[node.seq] = node
        old = parts[number]
        parts[number] = cotangent if old is None else self._sum((node, number), old, cotangent)

    def _sum(self, place: Any, old: Any, cotangent: Any) -> Any:
        """The sum of two cotangents of one place; see Note [Sums of the engine's own]."""
        if place in self.sums:
            old += cotangent
            return old
        if not self.taped:
            self.sums.add(place)
        return old + cotangent

    def nothing(self, edge: Any) -> None:
        """Note that a node takes its turn whether or not a cotangent arrives; see the note above."""
        node = edge.node if edge.__class__ is Output else edge
        if node.plan is None:
            self.empty[node] = None
        elif node not in self.grads:
            self.grads[node] = NOTHING if node is edge else [None] * node.plan.outputs  # pyright: ignore[reportOptionalMemberAccess]
            heappush(self.heap, -node.seq)
            self.nodes[node.seq] = node


def _visit(node: Node, g: Any, step: Step, selection: Any, wrap: Any, unwrap: Any, watch: Any, quiet: Any) -> Any:
    """The step of a node about which something is unusual; None if it does not run, as the pass ends there."""
    plan, hooks = node.plan, node.hooks
    if plan.outputs != 1:
        nothing = not any(part is not None for part in g)
    else:
        nothing = g is NOTHING
        g = None if nothing else g
    if selection is not None and node in selection.unhooked:
        selection.capture(node, g)
    if hooks is not None:
        g = run_tensor_hooks(node, g, wrap, unwrap)
    if selection is not None and not selection.needed.get(node):
        selection.capture(node, g)
        return None
    if hooks is not None and hooks.pre:
        g = run_before(node, g, wrap, unwrap)
        nothing = nothing or g is None
    if selection is not None and plan.some is not None:
        step = partial(plan.some, step is plan.taped, selection.needed)
    try:
        if nothing and not node.makes_something:
            gs = node.show().nothing()
        else:
            gs = step(node, g) if watch is None else watch(node, g, step)
            gs = (gs,) if plan.single else gs
    except RuntimeWarning:
        gs = _again(quiet, step, node, g)
        gs = (gs,) if plan.single else gs
    hooked = hooks is not None and bool(hooks.post)
    late = hooked and node.makes_something  # the user's own functions compute all gradients: their hooks see them all
    if selection is not None and not late:
        gs = selection.cut(node, gs)
    if hooked:
        gs = run_after(node, gs, g, wrap, unwrap)
    return selection.cut(node, gs) if selection is not None and late else gs


def _again(quiet: Callable[[Step, Node, Any], Any] | None, step: Step, node: Node, g: Any) -> Any:
    """Called where a RuntimeWarning was raised: run the step again, quietly, if that is known how."""
    if quiet is None:
        raise  # the RuntimeWarning that is being handled
    return quiet(step, node, g)


def _finish(
    leaves: dict[Any, Any], taped: bool, wrap: Any, unwrap: Any, captured: dict[Any, Any] | None, watch: Any
) -> None:
    """Hand the leaves their cotangents, in the order in which these were completed."""
    for sink in list(leaves):
        g = leaves.pop(sink)
        hooks = sink.hooks
        if hooks is not None:
            g = run_tensor_hooks(sink, g, wrap, unwrap)
        if captured is not None:
            captured[sink] = g
            continue
        if hooks is not None and hooks.pre:
            g = run_before(sink, g, wrap, unwrap)
            if g is None:
                continue
        owned = getrefcount(g) == HELD_ONCE
        if watch is None:
            sink.receive(g, taped, owned)
        else:
            watch(sink, g, partial(_receive, taped, owned))
        if hooks is not None:
            if hooks.accumulated:
                run_accumulated(sink, unwrap)
            if hooks.post:
                run_after(sink, (), g, wrap, unwrap)


def _receive(taped: bool, owned: bool, sink: Any, g: Any) -> None:
    """What a leaf does with its cotangent, as a step that can be watched."""
    sink.receive(g, taped, owned)


def _finish_empty(sink: Any, wrap: Any, unwrap: Any, accumulates: bool) -> None:
    """Run the hooks of a leaf that nothing reached."""
    hooks = sink.hooks
    run_tensor_hooks(sink, None, wrap, unwrap)
    if accumulates:
        if hooks.pre:
            run_before(sink, None, wrap, unwrap)
        if hooks.accumulated:
            run_accumulated(sink, unwrap)
        if hooks.post:
            run_after(sink, (), None, wrap, unwrap)


class _Selection:
    """Which nodes a pass runs that is to find the cotangents of `targets`, and what it has found."""

    __slots__ = ("captured", "needed", "targets", "unhooked")

    def __init__(self, roots: Sequence[tuple[Any, Any]], targets: Sequence[Any], accumulate: bool) -> None:
        self.targets = targets
        self.needed: dict[Node, bool] = nodes_needed(roots, targets, accumulate)
        wanted = () if accumulate else (split_edge(edge)[0] for edge in targets)
        self.unhooked: set[Node] = {node for node in wanted if self.needed.get(node)}
        """Targets that run, for others below them: their cotangents are captured as their hooks get them."""
        self.captured: dict[Any, Any] = {}

    def capture(self, node: Node, g: Any) -> None:
        """Keep the cotangents of a node's outputs, in case one is a target."""
        if node.plan.outputs == 1:
            self.captured[node] = g
        else:
            for number, part in enumerate(g):
                self.captured[node, number] = part

    def cut(self, node: Node, gs: Sequence[Any]) -> Sequence[Any]:
        """What a node hands to its edges, without what nobody needs."""
        needed = self.needed
        return [c if split_edge(edge)[0] in needed else None for edge, c in zip(edges_of(node), gs, strict=True)]

    def found(self) -> list[Any]:
        """The cotangents of the targets."""
        captured = self.captured
        return [captured.get((edge.node, edge.number) if edge.__class__ is Output else edge) for edge in self.targets]


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
            stack.extend(split_edge(edge)[0] for edge in edges_of(node))
    needed: dict[Node, bool] = {}
    for _, node in sorted(reached.items()):
        below = any(split_edge(edge)[0] in needed for edge in edges_of(node))
        if below or node in wanted:
            needed[node] = below or accumulate
    return needed
