"""Trees: containers, classes of programs, paths, structures as text; compared with torch in tests/parity."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import Any, NamedTuple

import pytest

import gradiente as torch
from gradiente.utils import _pytree as p


class Named(NamedTuple):
    a: Any
    b: Any


BAD: Any = 3
TREES: list[Any] = [
    *(3, None, (), [], {}, (1,), [1, [2, (3,)]], {"a": 1, "b": {"c": 2}}, Named(1, [2]), torch.Size([2, 3])),
    *(OrderedDict(b=1, a=2), defaultdict(list, {"a": 1}), deque([1, 2], maxlen=5)),
    torch.return_types.max((torch.ones(1), torch.zeros(1, dtype=torch.int64))),
]


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_apart_and_together(tree):
    leaves, spec = p.tree_flatten(tree)
    again = p.tree_unflatten(leaves, spec)
    assert (type(again), repr(again)) == (type(tree), repr(tree))
    assert p.tree_structure(again) == spec
    assert hash(p.tree_structure(again)) == hash(spec)
    assert [leaf for _, leaf in p.tree_leaves_with_path(tree)] == leaves == list(p.tree_iter(tree))
    assert all(p.key_get(tree, path) is leaf for path, leaf in p.tree_leaves_with_path(tree))
    assert spec.flatten_up_to(tree) == leaves
    assert spec.num_leaves == len(leaves)
    if not isinstance(tree, (Named, torch.return_types.max)):
        assert p.treespec_loads(p.treespec_dumps(spec)) == spec


def test_a_default_dictionary_and_a_deque_keep_what_they_are_made_with():
    tree = p.tree_map(lambda x: x + 1, [defaultdict(list, {"a": 1}), deque([1], maxlen=1)])
    assert tree == [defaultdict(list, {"a": 2}), deque([2])]
    assert (tree[0].default_factory, tree[1].maxlen) == (list, 1)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: p.tree_map(max, [1, 2], [3]), ValueError, "Node arity mismatch; expected 2, but got 1"),
        (lambda: p.tree_map(max, [1], (3,)), ValueError, "Node type mismatch; expected <class 'list'>, but got"),
        (lambda: p.tree_map(max, {"a": 1}, {"b": 1}), ValueError, r"missing key\(s\): {'a'}; extra"),
        (lambda: p.tree_unflatten([1], p.tree_structure([1, 2])), ValueError, "`leaves` has length 1 but the spec"),
        (lambda: p.tree_unflatten([1], BAD), TypeError, "Expected `treespec` to be an instance of PyTreeSpec"),
        (lambda: p.tree_map_only(3, max, [1]), TypeError, "Argument must be a type, a tuple of types, or a callable"),
        (lambda: p.register_pytree_node(list, BAD, BAD), ValueError, "list'> is already registered as pytree node"),
        (lambda: p.register_dataclass(complex), ValueError, "field_names must be specified with a list of all fields"),
        (lambda: p.register_constant(object), TypeError, "expects `cls` to have a non-default `__eq__`"),
        (lambda: p.treespec_dumps(p.tree_structure(Named(1, 2))), NotImplementedError, "Can't serialize TreeSpec of"),
        (lambda: p.treespec_loads('[1, {"type": "x"}]'), NotImplementedError, "Deserializing 'x' in pytree"),
        (lambda: p.treespec_loads("[5, {}]"), ValueError, "Unknown protocol 5. Available protocols: .1."),
        (lambda: p.treespec_tuple([BAD]), ValueError, "Expected a tuple of TreeSpec values"),
        (lambda: p.tree_mapp, AttributeError, "Closest names: 'tree_map'"),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()


class Pair:
    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b


def test_classes_of_programs():
    def with_keys(pair):
        return [(p.GetAttrKey("a"), pair.a), (p.GetAttrKey("b"), pair.b)], "context"

    join = lambda parts, context: Pair(*parts)  # noqa: E731
    names = {"serialized_type_name": "tests.Pair", "flatten_with_keys_fn": with_keys}
    p.register_pytree_node(Pair, lambda pair: ([pair.a, pair.b], "context"), join, **names)
    try:
        doubled = p.tree_map(lambda x: 2 * x, [Pair(1, [2])])
        assert (doubled[0].a, doubled[0].b) == (2, [4])
        assert [p.keystr(path) for path, _ in p.tree_leaves_with_path([Pair(1, [2])])] == ["[0].a", "[0].b[0]"]
        spec = p.tree_structure(Pair(1, 2))
        assert p.treespec_loads(p.treespec_dumps(spec)) == spec
    finally:
        p._deregister_pytree_node(Pair)
    assert p.tree_is_leaf(Pair(1, 2))


def test_transforms_take_all_containers():
    x = torch.tensor([1.0, 2.0])
    found = torch.func.grad(lambda d: (d["a"] * d["a"]).sum())(defaultdict(list, a=x))
    assert (type(found), found["a"].tolist()) == (defaultdict, [2.0, 4.0])
    out = torch.func.vmap(lambda q: deque([q[0] + 1]))(deque([x]))
    assert (type(out), out[0].tolist()) == (deque, [2.0, 3.0])
