"""torch.utils._pytree: nested containers, taken apart into leaves and put together again.

Tuples, lists, dictionaries (OrderedDict and defaultdict too), named tuples, deques, torch.Size and torch.return_types
are containers, as are the classes that a program registers; everything else is a leaf, None too. What is in other
files: `_pytree_nodes`, the kinds of containers; `_pytree_spec`, the structures; `_pytree_register`, the classes of
programs; `_pytree_json`, structures as text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .._missing import missing_attribute, public_names
from ._pytree_nodes import BUILTIN_TYPES as BUILTIN_TYPES
from ._pytree_nodes import (
    NAMED,
    SUPPORTED_NODES,
    Context,
    GetAttrKey,
    MappingKey,
    SequenceKey,
    is_namedtuple,
    is_namedtuple_class,
    is_namedtuple_instance,
    is_structseq,
    is_structseq_class,
    is_structseq_instance,
    kind_of,
)
from ._pytree_nodes import STANDARD_DICT_TYPES as STANDARD_DICT_TYPES
from ._pytree_nodes import NodeDef as NodeDef
from ._pytree_spec import LEAF, LeafSpec, PyTreeSpec, TreeSpec, treespec_dict, treespec_leaf, treespec_tuple

if TYPE_CHECKING:
    from ._pytree_json import DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL as DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL
    from ._pytree_json import pytree_to_str as pytree_to_str
    from ._pytree_json import str_to_pytree as str_to_pytree
    from ._pytree_json import treespec_dumps as treespec_dumps
    from ._pytree_json import treespec_loads as treespec_loads
    from ._pytree_register import ConstantNode as ConstantNode
    from ._pytree_register import _deregister_pytree_node as _deregister_pytree_node
    from ._pytree_register import _private_register_pytree_node as _private_register_pytree_node
    from ._pytree_register import _register_namedtuple as _register_namedtuple
    from ._pytree_register import _register_pytree_node as _register_pytree_node
    from ._pytree_register import is_constant_class as is_constant_class
    from ._pytree_register import register_constant as register_constant
    from ._pytree_register import register_dataclass as register_dataclass
    from ._pytree_register import register_pytree_node as register_pytree_node

_LATER = {
    **dict.fromkeys(
        (
            "DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL",
            "pytree_to_str",
            "str_to_pytree",
            "treespec_dumps",
            "treespec_loads",
        ),
        "_pytree_json",
    ),
    **dict.fromkeys(
        (
            "ConstantNode",
            "_deregister_pytree_node",
            "_private_register_pytree_node",
            "_register_namedtuple",
            "_register_pytree_node",
            "is_constant_class",
            "register_constant",
            "register_dataclass",
            "register_pytree_node",
        ),
        "_pytree_register",
    ),
}
"""What is loaded when it is first asked for: names, with the module that has them."""

PyTree = Any
KeyEntry = Any
KeyPath = tuple[Any, ...]
FlattenFunc = Callable[[Any], tuple[list[Any], Any]]
UnflattenFunc = Callable[[Iterable[Any], Any], Any]
FlattenWithKeysFunc = Callable[[Any], tuple[list[tuple[Any, Any]], Any]]
ToDumpableContextFn = FromDumpableContextFn = Callable[[Any], Any]
DumpableContext = Any

IsLeaf = Callable[[Any], bool]
Types = Any
"""A type, a tuple or a union of types, or a predicate."""


def tree_is_leaf(tree: Any, is_leaf: IsLeaf | None = None) -> bool:
    """Whether a tree is a leaf: no container, or one that `is_leaf` says true of.

    >>> from gradiente.utils._pytree import tree_is_leaf
    >>> tree_is_leaf(3), tree_is_leaf([3]), tree_is_leaf([3], is_leaf=lambda x: isinstance(x, list))
    (True, False, True)
    """
    return (is_leaf is not None and is_leaf(tree)) or kind_of(tree) not in SUPPORTED_NODES


def _flatten(tree: Any, leaves: list[Any], is_leaf: IsLeaf | None) -> TreeSpec:
    kind = kind_of(tree)
    node = SUPPORTED_NODES.get(kind)
    if node is None or (is_leaf is not None and is_leaf(tree)):
        leaves.append(tree)
        return LEAF
    parts, context = node.flatten_fn(tree)
    return TreeSpec(kind, context, [_flatten(part, leaves, is_leaf) for part in parts])


def tree_flatten(tree: Any, is_leaf: IsLeaf | None = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, from left to right, and its structure. What `is_leaf` says true of stays whole.

    >>> from gradiente.utils._pytree import tree_flatten
    >>> tree_flatten({"a": 1, "b": (2, 3)})
    ([1, 2, 3], TreeSpec(dict, ['a', 'b'], [*,
      TreeSpec(tuple, None, [*,
        *])]))
    """
    leaves: list[Any] = []
    spec = _flatten(tree, leaves, is_leaf)
    return leaves, spec


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> Any:
    """The tree of this structure with these leaves. ValueError: there are more or fewer of them than it has.

    >>> from gradiente.utils._pytree import tree_flatten, tree_unflatten
    >>> leaves, spec = tree_flatten([1, (2,)])
    >>> tree_unflatten([10, 20], spec)
    [10, (20,)]
    """
    if not isinstance(treespec, TreeSpec):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"Expected `treespec` to be an instance of PyTreeSpec but got item of type {type(treespec)}.")
    return treespec.unflatten(leaves)


def tree_iter(tree: Any, is_leaf: IsLeaf | None = None) -> Iterator[Any]:
    """The leaves of a tree, from left to right, one by one."""
    node = SUPPORTED_NODES.get(kind_of(tree))
    if node is None or (is_leaf is not None and is_leaf(tree)):
        yield tree
        return
    for part in node.flatten_fn(tree)[0]:
        yield from tree_iter(part, is_leaf)


def tree_leaves(tree: Any, is_leaf: IsLeaf | None = None) -> list[Any]:
    """The leaves of a tree, from left to right."""
    return list(tree_iter(tree, is_leaf))


def tree_structure(tree: Any, is_leaf: IsLeaf | None = None) -> TreeSpec:
    """The structure of a tree."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: IsLeaf | None = None) -> Any:
    """The tree of `func` of each leaf, and of what stands at the same places of other trees.

    >>> from gradiente.utils._pytree import tree_map
    >>> tree_map(lambda x, y: x + y, {"a": 1, "b": [2]}, {"b": [20], "a": 10})
    {'a': 11, 'b': [22]}
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten([func(*parts) for parts in zip(leaves, *others, strict=True)])


def tree_map_(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: IsLeaf | None = None) -> Any:
    """Call `func` as `tree_map` does, for what it does to the leaves, and return the tree."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    deque(map(func, leaves, *others), maxlen=0)
    return tree


def _predicate(types: Types) -> Callable[[Any], bool]:
    from types import UnionType

    if isinstance(types, (type, tuple, UnionType)):
        return lambda leaf: isinstance(leaf, types)
    if callable(types):
        return types  # pyright: ignore[reportReturnType]
    raise TypeError("Argument must be a type, a tuple of types, or a callable.")


def map_only(type_or_types_or_pred: Types, /) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """A decorator: the function is applied to what is of these types; everything else is returned as it is."""
    wanted = _predicate(type_or_types_or_pred)
    return lambda func: lambda leaf: func(leaf) if wanted(leaf) else leaf


def tree_map_only(
    type_or_types_or_pred: Types, /, func: Callable[[Any], Any], tree: Any, is_leaf: IsLeaf | None = None
) -> Any:
    """The tree of `func` of each leaf that is of these types, with the other leaves as they are.

    >>> from gradiente.utils._pytree import tree_map_only
    >>> tree_map_only(int, lambda x: x + 1, [1, "a", 2.0])
    [2, 'a', 2.0]
    """
    return tree_map(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_map_only_(
    type_or_types_or_pred: Types, /, func: Callable[[Any], Any], tree: Any, is_leaf: IsLeaf | None = None
) -> Any:
    """Call `func` of each leaf that is of these types, for what it does to it, and return the tree."""
    return tree_map_(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf | None = None) -> bool:
    """Whether `pred` is true of all leaves."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf | None = None) -> bool:
    """Whether `pred` is true of one leaf or more."""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(
    type_or_types: Types, /, pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf | None = None
) -> bool:
    """Whether `pred` is true of all leaves of these types."""
    return all(pred(leaf) for leaf in tree_iter(tree, is_leaf) if isinstance(leaf, type_or_types))


def tree_any_only(
    type_or_types: Types, /, pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf | None = None
) -> bool:
    """Whether `pred` is true of one leaf of these types or more."""
    return any(pred(leaf) for leaf in tree_iter(tree, is_leaf) if isinstance(leaf, type_or_types))


def _with_paths(tree: Any, path: KeyPath, is_leaf: IsLeaf | None) -> Iterator[tuple[KeyPath, Any]]:
    kind = kind_of(tree)
    node = SUPPORTED_NODES.get(kind)
    if node is None or (is_leaf is not None and is_leaf(tree)):
        yield path, tree
        return
    if node.flatten_with_keys_fn is None:
        raise ValueError(
            f"Did not find a flatten_with_keys_fn for type: {kind}. Please pass a flatten_with_keys_fn argument to "
            "register_pytree_node."
        )
    for key, part in node.flatten_with_keys_fn(tree)[0]:
        yield from _with_paths(part, (*path, key), is_leaf)


def tree_leaves_with_path(tree: Any, is_leaf: IsLeaf | None = None) -> list[tuple[KeyPath, Any]]:
    """The leaves of a tree, each with the keys on the way to it.

    >>> from gradiente.utils._pytree import tree_leaves_with_path
    >>> tree_leaves_with_path({"a": [5]})
    [((MappingKey(key='a'), SequenceKey(idx=0)), 5)]
    """
    return list(_with_paths(tree, (), is_leaf))


def tree_flatten_with_path(tree: Any, is_leaf: IsLeaf | None = None) -> tuple[list[tuple[KeyPath, Any]], TreeSpec]:
    """The leaves of a tree, each with the keys on the way to it, and its structure."""
    return tree_leaves_with_path(tree, is_leaf), tree_structure(tree, is_leaf)


def tree_map_with_path(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: IsLeaf | None = None) -> Any:
    """As `tree_map`, of a function that takes the keys on the way to the leaf first.

    >>> from gradiente.utils._pytree import keystr, tree_map_with_path
    >>> tree_map_with_path(lambda path, x: f"{keystr(path)} is {x}", {"a": [5]})
    {'a': ["['a'][0] is 5"]}
    """
    found, spec = tree_flatten_with_path(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten([func(path, leaf, *rest) for (path, leaf), *rest in zip(found, *others, strict=True)])


def keystr(kp: KeyPath) -> str:
    """The keys on the way to a leaf, as a program would write them."""
    return "".join(str(key) for key in kp)


def key_get(obj: Any, kp: KeyPath) -> Any:
    """What is found in a tree on this way."""
    for key in kp:
        obj = key.get(obj)
    return obj


def arg_tree_leaves(*args: Any, **kwargs: Any) -> list[Any]:
    """The leaves of all arguments of a call."""
    return [leaf for tree in (*args, *kwargs.values()) for leaf in tree_iter(tree)]


def treespec_pprint(treespec: TreeSpec) -> str:
    """A structure as its containers print, with * for leaves.

    >>> from gradiente.utils._pytree import tree_structure, treespec_pprint
    >>> treespec_pprint(tree_structure({"a": [1, (2,)]}))
    "{'a': [*, (*,)]}"
    """
    return repr(treespec.unflatten([_Star()] * treespec.num_leaves))


class _Star:
    def __repr__(self) -> str:
        return "*"


def broadcast_prefix(prefix: Any, spec: TreeSpec, is_leaf: IsLeaf | None = None) -> list[Any] | None:
    """One value for each leaf of `spec`: a leaf of `prefix` serves all below it. None if the structures do not fit."""
    kind = kind_of(prefix)
    node = SUPPORTED_NODES.get(kind)
    if node is None or (is_leaf is not None and is_leaf(prefix)):
        return [prefix] * spec.num_leaves
    parts, context = node.flatten_fn(prefix)
    if kind is not spec.type or context != spec.context or len(parts) != spec.num_children:
        return None
    found: list[Any] = []
    for part, child in zip(parts, spec.children_specs, strict=True):
        values = broadcast_prefix(part, child, is_leaf)
        if values is None:
            return None
        found.extend(values)
    return found


_broadcast_to_and_flatten = broadcast_prefix
_get_node_type = kind_of


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _LATER:
        return getattr(import_module(f"{__package__}.{_LATER[name]}"), name)
    if name in NAMED:
        return NAMED[name]
    raise missing_attribute(__name__, name, public_names(__name__, _LATER))


__all__ = [
    "Context",
    "GetAttrKey",
    "LeafSpec",
    "MappingKey",
    "PyTree",
    "PyTreeSpec",
    "SequenceKey",
    "TreeSpec",
    "arg_tree_leaves",
    "broadcast_prefix",
    "is_namedtuple",
    "is_namedtuple_class",
    "is_namedtuple_instance",
    "is_structseq",
    "is_structseq_class",
    "is_structseq_instance",
    "key_get",
    "keystr",
    "map_only",
    "register_constant",
    "register_dataclass",
    "register_pytree_node",
    "tree_all",
    "tree_all_only",
    "tree_any",
    "tree_any_only",
    "tree_flatten",
    "tree_flatten_with_path",
    "tree_is_leaf",
    "tree_iter",
    "tree_leaves",
    "tree_leaves_with_path",
    "tree_map",
    "tree_map_",
    "tree_map_only",
    "tree_map_only_",
    "tree_map_with_path",
    "tree_structure",
    "tree_unflatten",
    "treespec_dict",
    "treespec_dumps",
    "treespec_leaf",
    "treespec_loads",
    "treespec_pprint",
    "treespec_tuple",
]
