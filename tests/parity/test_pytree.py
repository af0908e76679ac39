"""torch.utils._pytree: each expression has the same printed value, or the same error, in both libraries."""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections import OrderedDict, defaultdict, deque, namedtuple
from typing import Any

import pytest
import torch

import gradiente

NT = namedtuple("NT", "a b")
OTHER = namedtuple("OTHER", "a b")
TREE: dict[str, Any] = {
    "a": [1, (2,)],
    "b": OrderedDict(x=3),
    "c": None,
    "d": deque([1, 2], maxlen=3),
    "e": defaultdict(int, {"q": 1}),
    "f": NT(1, 2),
    "g": (),
}


class Pair:
    def __init__(self, x: Any) -> None:
        self.x = x

    def __repr__(self) -> str:
        return f"Pair({self.x})"


class Unnamed(Pair):
    pass


class Loose:
    def __init__(self, x: Any, y: Any = 0) -> None:
        self.x, self.y = x, y

    def __repr__(self) -> str:
        return f"Loose({self.x}, {self.y})"


class Refused:
    """Nobody may register it properly; torch registers it all the same, so no class of others will do."""


class NoHash:
    def __eq__(self, other: object) -> bool:
        return True


@dataclasses.dataclass
class Point:
    x: Any
    y: Any
    z: Any = 3


@dataclasses.dataclass
class Half:
    x: int
    y: int = 4


@dataclasses.dataclass(frozen=True)
class Fixed:
    x: int


CASES = [
    # structures
    *("p.tree_flatten(TREE)", "p.tree_structure(TREE).context", "p.tree_structure(TREE).num_nodes"),
    *("p.tree_structure(TREE).num_children", "p.tree_structure([1]).is_leaf()", "p.tree_structure(TREE).children()"),
    *("p.tree_structure(TREE).type", "p.tree_structure([1, (2,)]).child(1)", "p.tree_flatten(None)"),
    *("p.treespec_pprint(p.tree_structure(TREE))", "p.treespec_leaf()", "p.treespec_leaf().type", "p.LeafSpec()"),
    *("p.LeafSpec() == p.treespec_leaf()", "p.treespec_tuple([p.treespec_leaf()] * 2)", "p.treespec_tuple([3])"),
    *("p.treespec_dict({'a': p.treespec_leaf()})", "p.treespec_dict(b=p.treespec_leaf())", "p.treespec_dict(a=3)"),
    *("p.TreeSpec(list, None, [p.treespec_leaf()])", "p.tree_structure([1]) == 3"),
    "p.tree_structure({'b': 1, 'a': 2}) == p.tree_structure({'a': 1, 'b': 2})",
    "hash(p.tree_structure(TREE)) == hash(p.tree_structure(TREE))",
    "p.tree_flatten([1, [2]], is_leaf=lambda x: x == [2])",
    *("p.tree_flatten(t.return_types.max((1, 2)))", "p.tree_flatten(t.Size([1, 2]))", "p.tree_leaves(time.gmtime(0))"),
    "p.tree_map(lambda x: x, t.return_types.max((1, 2)))",
    # together again
    *("p.tree_unflatten(range(9), p.tree_structure(TREE))", "p.tree_unflatten([1], p.tree_structure(TREE))"),
    *("p.tree_unflatten([1], 3)", "p.tree_unflatten(iter([1]), p.tree_structure([1]))"),
    # maps
    *("p.tree_map(lambda a, b: (a, b), [1, 2], [3])", "p.tree_map(lambda a, b: (a, b), [1, 2], (3, 4))"),
    *("p.tree_map(lambda a, b: (a, b), {'a': 1}, {'b': 1})", "p.tree_map(lambda a, b: (a, b), [1], 3)"),
    *("p.tree_map(lambda a, b: (a, b), [1], [[3]])", "p.tree_map(lambda a, b: (a, b), NT(1, 2), (3, 4))"),
    *("p.tree_map(lambda a, b: (a, b), NT(1, 2), OTHER(3, 4))", "p.tree_map(lambda a, b: (a, b), {}, {1: 2})"),
    "p.tree_map(lambda a, b: (a, b), deque([1]), deque([1, 2]))",
    "p.tree_map(lambda a, b: (a, b), deque([1], maxlen=2), deque([1]))",
    "p.tree_map(lambda a, b: (a, b), {'b': 1, 'a': 2}, OrderedDict(a=10, b=20))",
    "p.tree_map(lambda a, b: (a, b), defaultdict(int, {'b': 1}), {'b': 2})",
    *("p.tree_map_(lambda a: None, TREE) is TREE", "p.tree_map_only(int, lambda x: x + 1, [1, 'a', 2.0])"),
    *("p.tree_map_only((int, float), lambda x: x + 1, [1, 'a', 2.0])", "p.tree_map_only(3, lambda x: x, [1])"),
    *("p.tree_map_only(lambda x: x == 1, lambda x: 5, [1, 'a'])", "p.tree_map_only(int | str, lambda x: 2 * x, [1])"),
    *("p.tree_map_only_(int, lambda x: x, [1])", "p.tree_all(lambda x: x > 0, [1, 2])"),
    *("p.tree_any(lambda x: x > 1, [1, 2])", "p.tree_all_only(int, lambda x: x > 0, [1, 'a'])"),
    *("p.tree_any_only(str, lambda x: x == 'b', [1, 'a'])", "list(p.tree_iter([1, [2]]))", "p.tree_is_leaf([1])"),
    *("p.tree_is_leaf(1)", "p.tree_is_leaf([1], is_leaf=lambda x: True)", "p.arg_tree_leaves(1, [2], a=3)"),
    # paths
    *("p.tree_flatten_with_path(TREE)[0]", "[p.keystr(k) for k, _ in p.tree_leaves_with_path(TREE)]"),
    "p.tree_map_with_path(lambda k, a, b: (p.keystr(k), a, b), {'a': [1]}, {'a': [5]})",
    *("p.key_get({'a': [1, 2]}, (p.MappingKey('a'), p.SequenceKey(1)))", "p.key_get(Pair(4), (p.GetAttrKey('x'),))"),
    *("p.MappingKey('a') == p.MappingKey('a')", "p.MappingKey(1) == p.SequenceKey(1)", "p.GetAttrKey('q')"),
    *("{p.MappingKey('a'), p.MappingKey('a')}", "p.tree_flatten_with_path(t.return_types.max((1, 2)))[0]"),
    # up to, prefixes
    *("p.tree_structure(TREE).flatten_up_to(TREE)", "p.tree_structure([1, 2]).flatten_up_to([1])"),
    *("p.treespec_leaf().flatten_up_to([3])", "p.tree_structure({'a': 1, 'b': 2}).flatten_up_to({'a': 1, 'c': 2})"),
    *("p._broadcast_to_and_flatten([1, 0], p.tree_structure([(1, 2), 3]))",),
    *("p._broadcast_to_and_flatten([1], p.tree_structure([(1, 2), 3]))",),
    # text
    *("p.treespec_dumps(p.tree_structure({'a': [1, (2, None)]}))", "p.treespec_dumps(p.tree_structure(TREE))"),
    *("p.treespec_dumps(p.tree_structure(deque([1], maxlen=2)))", "p.treespec_dumps(3)"),
    *("p.treespec_dumps(p.tree_structure(defaultdict(list, a=1)))", "p.treespec_dumps(p.tree_structure(1), 7)"),
    *("p.treespec_loads(p.treespec_dumps(p.tree_structure(defaultdict(list, a=[1]))))", "p.treespec_loads('[5, {}]')"),
    # classes of programs
    *("p.tree_flatten([Pair(1)])", "p.tree_flatten_with_path([Pair(1)])"),
    "p.treespec_dumps(p.tree_structure(Pair(1)))",
    *("p.treespec_loads(p.treespec_dumps(p.tree_structure([Pair(1)])))", "p.register_pytree_node(Pair, 1, 2)"),
    *("p.tree_map(lambda x: x + 1, Pair(1))", "p.treespec_dumps(p.tree_structure(Unnamed(1)))"),
    "p.register_pytree_node(Refused, 1, 2, to_dumpable_context=lambda x: x)",
    *("p.tree_flatten(Point(1, 2))", "p.tree_flatten(Point(None, 2))", "p.tree_flatten_with_path(Point(1, [2]))"),
    *("p.tree_map(lambda x: x + 1, Point(1, None))", "p.treespec_dumps(p.tree_structure(Point(1, 2)))"),
    *("p.register_dataclass(Refused)", "p.register_dataclass(Half, field_names=['x', 'q'])"),
    *("p.register_dataclass(Half, field_names=['x'])", "p.tree_flatten(Half(1, 2))"),
    *("p.tree_map(lambda x: x, Half(1, 7))", "p.tree_map(lambda x: x + 1, Loose(1, 2))"),
    *("p.tree_flatten([Fixed(1), 2])", "p.is_constant_class(Fixed)", "p.is_constant_class(Point)"),
    *("p.tree_map(lambda x: x, [Fixed(1), 2])", "p.tree_flatten_with_path([Fixed(1), 2])"),
    *("p.register_constant(Pair)", "p.register_constant(NoHash)"),
    # kinds
    *("p.is_namedtuple(NT)", "p.is_namedtuple_class(NT)", "p.is_namedtuple_instance(NT(1, 2))"),
    "p.is_namedtuple((1,))",
    *("p.is_structseq(t.return_types.max)", "p.is_structseq(time.gmtime(0))", "p.is_structseq_class(tuple)"),
    *("p.is_structseq_instance(NT(1, 2))", "sorted(map(str, p.BUILTIN_TYPES))", "p._get_node_type([1])"),
]


@pytest.fixture(scope="module")
def libraries():
    """Both libraries, with the classes registered."""
    found = [importlib.import_module(f"{name}.utils._pytree") for name in ("torch", "gradiente")]
    for p in found:
        p.register_pytree_node(
            Pair, lambda pair: ([pair.x], "context"), lambda x, _: Pair(*x), serialized_type_name="tests.Pair"
        )
        p.register_pytree_node(Unnamed, lambda pair: ([pair.x], None), lambda x, _: Unnamed(*x))
        p.register_dataclass(Point)
        p.register_dataclass(Loose, field_names=["x"])
        p.register_constant(Fixed)
        p.register_dataclass(Half, field_names=["x"], drop_field_names=["y"])
    return found


def outcome(case: str, p: Any, t: Any) -> str:
    names = {**globals(), "p": p, "t": t}
    try:
        text = repr(eval(case, names))
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    return re.sub(r"torch\.utils\._pytree\.|gradiente\.utils\._pytree\w*\.", "", text)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("case", CASES)
def test_the_same_outcome(libraries, case: str) -> None:
    p_torch, p_here = libraries
    assert outcome(case, p_here, gradiente) == outcome(case, p_torch, torch)


def test_every_public_name_is_there(libraries) -> None:
    p_torch, p_here = libraries
    rest = {"FlattenFn", "UnflattenFn"}  # deprecated names of types
    assert {name for name in p_torch.__all__ if not hasattr(p_here, name)} <= rest


def test_structures_are_read_from_torchs_text(libraries) -> None:
    p_torch, p_here = libraries
    tree = [1, {"a": (2, deque([3], maxlen=4))}, Pair(3)]
    text = p_torch.treespec_dumps(p_torch.tree_structure(tree))
    assert p_here.treespec_loads(text) == p_here.tree_structure(tree)
