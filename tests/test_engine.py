"""The engine, driven by plain Python numbers: nodes and plans made by hand, cotangents that are floats."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from typing import Any

import pytest

from engine_parts import Leaf, added, make, scaled
from gradiente.graph import Node, Output, run

# --- the shape of the graph


@pytest.mark.parametrize("single", [True, False])
def test_chain(single: bool) -> None:
    x = Leaf()
    node: Any = x
    for factor in (2.0, 3.0, 5.0):
        node = scaled(node, factor, single)
    run([(node, 1.0)])
    assert (x.total, x.times) == (30.0, 1)


def test_diamond_runs_each_node_once() -> None:
    x = Leaf()
    ran: list[str] = []

    def noting(name: str, factor: float, *edges: Any) -> Node:
        def pull(node: Node, g: float) -> Any:
            ran.append(name)
            return (g * factor,) * len(edges)

        return make(pull, *edges)

    bottom = noting("bottom", 1.0, x)
    left, right = noting("left", 2.0, bottom), noting("right", 3.0, bottom)
    top = noting("top", 1.0, left, right)
    run([(top, 1.0)])
    assert x.total == 5.0
    assert ran == ["top", "right", "left", "bottom"], "the youngest first, each once"


def test_one_operand_twice_and_many_roots() -> None:
    x = Leaf()
    node = added(x, x)
    run([(node, 1.0), (x, 10.0), (node, 0.5)])
    assert (x.total, x.times) == (13.0, 1)


def test_long_ways_and_short_ways_meet() -> None:
    """A node that is reached early must wait for a cotangent that takes a longer way."""
    x = Leaf()
    shared = scaled(x, 2.0)
    node = shared
    for _ in range(50):
        node = added(node, shared)
    run([(node, 1.0)])
    assert (x.total, x.times) == (102.0, 1)


def test_none_sends_nothing() -> None:
    x, y = Leaf(), Leaf()
    run([(make(lambda node, g: (None, g), x, y), 1.0)])
    assert (x.times, y.total) == (0, 1.0)
    run([(make(lambda node, g: None, x, single=True), 1.0)])
    assert x.times == 0


def test_several_outputs_arrive_together() -> None:
    x = Leaf()
    seen: list[Any] = []

    def pull(node: Node, g: Sequence[Any]) -> Any:
        seen.append(list(g))
        return (sum(part for part in g if part is not None),)

    node = make(pull, x, outputs=3)
    first, third = Output(node, 0), Output(node, 2)
    run([(added(first, third, first), 1.0)])
    assert seen == [[2.0, None, 1.0]]
    assert x.total == 3.0
    other = Output(node, 1)
    run([(other, 4.0)])
    assert seen[-1] == [None, 4.0, None]


def test_outputs_of_one_node_are_different_targets() -> None:
    node = make(lambda node, g: (0.0,), Leaf(), outputs=2)
    a, b = Output(node, 0), Output(node, 1)
    assert run([(added(scaled(a, 3.0), b), 1.0)], targets=[b, a]) == [1.0, 3.0]


# --- targets


def test_targets_are_returned_and_leaves_are_left_alone() -> None:
    x, y = Leaf(), Leaf()
    middle = scaled(x, 2.0)
    top = added(middle, scaled(y, 7.0))
    assert run([(top, 1.0)], targets=[x, middle], keep=True) == [2.0, 1.0]
    assert (x.times, y.times) == (0, 0)


def test_only_what_leads_to_targets_runs() -> None:
    x, y = Leaf(), Leaf()

    def forbidden(node: Node, g: Any) -> Any:
        raise AssertionError("not on the way to a target")

    below = make(forbidden, x)
    target = make(forbidden, below)
    beside = make(forbidden, y)
    assert run([(added(target, beside), 3.0)], targets=[target]) == [3.0]
    assert run([(added(target, beside), 3.0)], targets=[target, Leaf()]) == [3.0, None]


def test_a_root_can_be_a_target() -> None:
    x = Leaf()
    assert run([(x, 2.0)], targets=[x]) == [2.0]
    node = scaled(x, 2.0)
    assert run([(node, 2.0)], targets=[node, x]) == [2.0, 4.0]


# --- freeing and keeping


def test_saved_values_are_freed_unless_kept() -> None:
    x = Leaf()
    node = scaled(x, 2.0)
    run([(node, 1.0)], keep=True)
    run([(node, 1.0)])
    assert node.tensors is None
    with pytest.raises(
        RuntimeError, match=r"Trying to backward through the graph a second time .*\(The node is Op\.\)"
    ):
        run([(node, 1.0)])
    assert x.total == 4.0


def test_what_saved_nothing_can_run_again() -> None:
    x = Leaf()
    node = added(x)
    run([(node, 1.0)])
    run([(node, 1.0)])
    assert x.total == 2.0


def test_an_error_in_a_rule_leaves_leaves_alone_and_passes_through() -> None:
    x = Leaf()

    def fail(node: Node, g: Any) -> Any:
        raise ZeroDivisionError("rule")

    with pytest.raises(ZeroDivisionError, match="rule"):
        run([(added(x, make(fail, x)), 1.0)])
    assert x.times == 0, "leaves receive at the end, when everything else has succeeded"


def test_a_rule_with_too_few_cotangents_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        run([(make(lambda node, g: (g,), Leaf(), Leaf()), 1.0)])


# --- hooks


def test_hooks_run_in_order_and_replace() -> None:
    x = Leaf()
    node = scaled(x, 2.0)
    log: list[Any] = []
    node._all_hooks().tensor[0] = {0: lambda g: log.append(("tensor", g)) or g + 1}  # type: ignore[dict-item]
    node.register_prehook(lambda gs: log.append(("pre", gs)) or (gs[0] * 10,))
    node.register_hook(lambda gi, go: log.append(("post", gi, go)) or (gi[0] + 0.5,))
    node._all_hooks().retain[0] = lambda g: log.append(("retain", g))
    run([(node, 1.0)])
    assert log == [("tensor", 1.0), ("retain", 2.0), ("pre", (2.0,)), ("post", (40.0,), (20.0,))]
    assert x.total == 40.5


def test_hooks_of_leaves() -> None:
    x = Leaf()
    log: list[Any] = []
    x._all_hooks().tensor[0] = {0: lambda g: g * 3}  # type: ignore[dict-item]
    x.register_hook(lambda gi, go: log.append((gi, go)))
    x._all_hooks().accumulated[0] = lambda leaf: log.append(leaf.total)
    run([(x, 2.0)])
    assert x.total == 6.0
    assert log == [6.0, ((), (6.0,))]


def test_hooks_of_several_outputs() -> None:
    x = Leaf()
    node = make(lambda node, g: (sum(part for part in g if part is not None),), x, outputs=2)
    first, second = Output(node, 0), Output(node, 1)
    seen: list[Any] = []
    node._all_hooks().tensor[1] = {0: lambda g: seen.append(g) or (None if g is None else g * 100)}  # type: ignore
    run([(added(first, second), 1.0)], keep=True)
    assert x.total == 101.0
    run([(first, 1.0)])
    assert x.total == 102.0
    assert seen == [1.0, None], "the hook of an output without cotangent is given None"


def test_a_removed_hook_is_not_called() -> None:
    x = Leaf()
    node = scaled(x, 2.0)
    handle = node.register_prehook(lambda gs: (0.0,))
    handle.remove()
    handle.remove()
    with node.register_prehook(lambda gs: (0.0,)):
        pass
    run([(node, 1.0)])
    assert x.total == 2.0


def test_a_hook_may_remove_itself_while_running() -> None:
    x = Leaf()
    node = scaled(x, 2.0)
    calls: list[float] = []
    handles = [node.register_prehook(lambda gs: (calls.append(gs[0]), handles[0].remove())[2:] or None)]
    node.register_prehook(lambda gs: calls.append(gs[0]))
    run([(node, 1.0)], keep=True)
    run([(node, 1.0)])
    assert len(calls) == 3


def test_post_hooks_must_return_one_gradient_per_input() -> None:
    node = scaled(Leaf(), 2.0)
    node.register_hook(lambda gi, go: (1.0, 2.0))
    with pytest.raises(RuntimeError, match=r"incorrect number of values \(got 2, but expected 1\)"):
        run([(node, 1.0)])


def test_wrap_and_unwrap_stand_between_hooks_and_cotangents() -> None:
    x = Leaf()
    node = scaled(x, 2.0)
    node.register_prehook(lambda gs: (gs[0] + "1",))
    run([(node, 1.0)], wrap=lambda g: f"{g:g}", unwrap=lambda text, old, hook: float(text))
    assert x.total == 22.0


def test_hooks_do_not_keep_their_node() -> None:
    node = scaled(Leaf(), 2.0)
    handle = node.register_hook(lambda gi, go: None)
    ref = weakref.ref(node)
    gc.disable()
    try:
        del node
        assert ref() is None
    finally:
        gc.enable()
    handle.remove()


# --- watching and tapes


def test_watch_stands_in_for_every_step() -> None:
    x = Leaf()
    seen: list[str] = []

    def watch(node: Node, g: Any, step: Any) -> Any:
        seen.append(node.name())
        return step(node, g)

    run([(scaled(scaled(x, 2.0), 3.0), 1.0)], watch=watch)
    assert (seen, x.total) == (["Op", "Op", "Leaf"], 6.0)


class Recorded:
    """A number that knows the node it comes from: the smallest interpreter that can be taped."""

    def __init__(self, value: float, node: Any = None) -> None:
        self.value, self.node = value, node

    def __mul__(self, other: Recorded) -> Recorded:
        edges = [(self, other), (other, self)]
        tracked = [(me, you) for me, you in edges if me.node is not None]
        if not tracked:
            return Recorded(self.value * other.value)

        def pull(node: Node, g: Any) -> Any:
            return tuple(g * you.value for _, you in tracked)

        def taped(node: Node, g: Recorded) -> Any:
            return tuple(g * you for _, you in tracked)

        node = make(pull, *(me.node for me, _ in tracked), taped=taped)
        return Recorded(self.value * other.value, node)

    def __add__(self, other: Recorded) -> Recorded:
        edges = [x.node for x in (self, other) if x.node is not None]
        node = make(lambda node, g: (g,) * len(edges), *edges) if edges else None
        return Recorded(self.value + other.value, node)


def test_a_taped_pass_can_be_differentiated_again() -> None:
    """x³, twice: the tape is a graph like any other."""
    leaf = Leaf()
    x = Recorded(2.0, leaf)
    y = x * x * x
    (first,) = run([(y.node, Recorded(1.0))], taped=True, keep=True, targets=[leaf])  # type: ignore[misc]
    assert first.value == 12.0
    (second,) = run([(first.node, Recorded(1.0))], taped=True, keep=True, targets=[leaf])  # type: ignore[misc]
    assert second.value == 12.0
    (third,) = run([(second.node, 1.0)], targets=[leaf])  # type: ignore[misc]
    assert third == 6.0
