"""The engine and its nodes: large graphs, memory, threads, modes, versions; and that the layer stands alone."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import pytest

from engine_parts import Leaf, Op, added, make, scaled
from gradiente.graph import PLAIN, Node, Output, Plan, Version, change, current, moment, run, set_mode

SOURCE = Path(__file__).resolve().parent.parent / "src"

# --- size and memory


def test_a_million_nodes() -> None:
    """Built, walked and freed without recursion, in seconds."""
    n = 1_000_000
    x = Leaf()
    plan = Plan(lambda node, g: g, lambda node, g: g, (True,), Op, single=True)
    start = time.perf_counter()
    node: Any = x
    new = object.__new__
    for _ in range(n):
        above = new(Node)
        above.seq, above.plan, above.edges, above.tensors = moment(), plan, node, ()
        above.facts = above.hooks = above.place = None
        node = above
    run([(node, 1.0)])
    assert x.total == 1.0
    (found,) = run([(node, 1.0)], targets=[x])  # type: ignore[misc]
    assert found == 1.0
    last = weakref.ref(node)
    del node, above
    assert last() is None
    # About 5 s on one slow core; a quadratic walk, or one that a collector repeats, would take hours.
    assert time.perf_counter() - start < 60


def test_a_wide_graph() -> None:
    """Many nodes wait at a time: the heap keeps the order."""
    x = Leaf()
    layer = [scaled(x, 1.0) for _ in range(20_000)]
    run([(added(*layer), 1.0)])
    assert (x.total, x.times) == (20_000.0, 1)


@pytest.mark.parametrize("keep", [True, False])
def test_graphs_are_freed_without_the_collector(keep: bool) -> None:
    x = Leaf()
    gc.collect()
    gc.disable()
    try:
        bottom = scaled(x, 2.0)
        middle = make(lambda node, g: (g[0],), bottom, outputs=2)
        top = added(Output(middle, 0), bottom)
        top.register_hook(lambda gi, go: None)
        refs = [weakref.ref(node) for node in (bottom, middle, top)]
        run([(top, 1.0)], keep=keep)
        run([(top, 1.0)], keep=keep, targets=[bottom])
        del bottom, middle, top
        assert [ref() for ref in refs] == [None, None, None]
    finally:
        gc.enable()


def test_cotangents_do_not_outlive_the_pass() -> None:
    class Value(float):
        __slots__ = ("__weakref__",)

    refs: list[Any] = []

    def pull(node: Node, g: Any) -> Any:
        value = Value(g)
        refs.append(weakref.ref(value))
        return value

    gc.disable()
    try:
        x = Leaf()
        node: Any = x
        for _ in range(3):
            node = make(pull, node, single=True)
        run([(node, 1.0)])
        assert [ref() for ref in refs] == [None] * 3
    finally:
        gc.enable()


# --- threads and modes


def test_threads_share_a_graph() -> None:
    """Passes over one graph at once: the state of a pass is its own."""
    leaves = [Leaf() for _ in range(8)]
    shared = Leaf()
    results: list[Any] = [None] * 8
    node: Any = shared
    for _ in range(200):
        node = added(node, scaled(shared, 1.0))
    barrier = threading.Barrier(8)

    def work(i: int) -> None:
        own = scaled(leaves[i], float(i))
        top = added(node, own)
        barrier.wait()
        for _ in range(10):
            results[i] = run([(top, 1.0)], keep=True, targets=[shared, leaves[i]])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[201.0, float(i)] for i in range(8)]


def test_modes_belong_to_threads_and_are_restored() -> None:
    assert current() is PLAIN
    inside: list[bool] = []
    previous = change(grad=False)
    try:
        thread = threading.Thread(target=lambda: inside.append(current().grad))
        thread.start()
        thread.join()
        assert (current().grad, inside) == (False, [True])
        inner = change(anomaly=True)
        assert (current().grad, current().anomaly) == (False, True)
        set_mode(inner)
    finally:
        set_mode(previous)
    assert current() is PLAIN


def test_an_equal_mode_is_the_plain_one() -> None:
    """The hot path compares identities, so whoever comes back to the plain values must come back to the object."""
    previous = change(anomaly=True)
    change(anomaly=False)
    assert current() is PLAIN
    set_mode(previous)


# --- nodes and versions


def test_nodes_are_in_order_of_creation() -> None:
    x = Leaf()
    a = scaled(x, 1.0)
    b = scaled(a, 1.0)
    assert x.seq < a.seq < b.seq


def test_next_functions_have_gaps_for_untracked_operands() -> None:
    x = Leaf()
    node = object.__new__(Node)
    node.seq = moment()
    node.plan = Plan(lambda node, g: (g,), lambda node, g: (g,), (False, True), Op)
    two = make(lambda node, g: (g,), x, outputs=2)
    node.edges, node.tensors, node.hooks, node.facts, node.place = (Output(two, 1),), (), None, None, None
    assert node.next_functions == ((None, 0), (two, 1))
    assert (node.name(), type(node)) == ("Op", Op)
    assert x.next_functions == ()


def test_versions_count_and_forget() -> None:
    version = Version()
    moments = [moment()]
    for _ in range(3000):
        version.bump()
        moments.append(version.stamp)
    assert version.count == 3000
    assert version.count_at(moments[2999]) == 2999
    assert version.count_at(version.stamp) == 3000
    assert len(version.stamps) < 2000, "an old parameter must not grow for ever"


def test_dead_views_are_forgotten() -> None:
    class View:
        pass

    version = Version()
    alive = View()
    version.add_view(alive)
    for _ in range(1000):
        version.add_view(View())
    assert version.living_views() == [alive]
    assert len(version.views) < 200


# --- the layer


def test_the_graph_needs_no_numpy() -> None:
    """Neither NumPy nor any other part of the package: the layer is imported as a package of its own."""
    code = f"""
import importlib.util, sys, types

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "numpy":
            raise ImportError("blocked: " + name)

sys.meta_path.insert(0, Block())
package = types.ModuleType("gradiente")
package.__path__ = [{str(SOURCE / "gradiente")!r}]
sys.modules["gradiente"] = package
import gradiente.graph
print(sorted(name for name in sys.modules if name.startswith(("gradiente.", "numpy")) and "graph" not in name))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"
