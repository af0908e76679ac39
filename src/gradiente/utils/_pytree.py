"""Trees: nested tuples, lists, dictionaries and named tuples, taken apart into leaves and put together again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

_CONTAINERS = ("tuple", "list", "dict", "OrderedDict", "namedtuple")


class TreeSpec:
    """The structure of a tree without its leaves: what kind of container, its keys, and the structure of its parts."""

    __slots__ = ("children", "context", "kind", "num_leaves")

    def __init__(self, kind: Any, context: Any, children: tuple[TreeSpec, ...]) -> None:
        self.kind = kind
        self.context = context
        self.children = children
        self.num_leaves: int = 1 if kind is None else sum(child.num_leaves for child in children)

    def is_leaf(self) -> bool:
        """Whether the tree is a single leaf."""
        return self.kind is None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TreeSpec)
            and (self.kind, self.context) == (other.kind, other.context)
            and self.children == other.children
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.num_leaves))

    def __repr__(self) -> str:
        return self._text(0)

    def _text(self, indent: int) -> str:
        if self.kind is None:
            return "*"
        inner = f",\n{' ' * (indent + 2)}".join([child._text(indent + 2) for child in self.children])
        return f"TreeSpec({self.kind}, {self.context}, [{inner}])"

    def short(self) -> str:
        """The structure as the containers would print, with * for leaves."""
        if self.kind is None:
            return "*"
        parts = [child.short() for child in self.children]
        if self.kind == "list":
            return f"[{', '.join(parts)}]"
        if self.kind in ("dict", "OrderedDict"):
            return "{" + ", ".join(f"{key!r}: {part}" for key, part in zip(self.context, parts, strict=True)) + "}"
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


LEAF = TreeSpec(None, None, ())


def _open(tree: Any) -> tuple[str, Any, list[Any]] | None:
    """The kind, the context and the parts of a container; None for a leaf."""
    kind: type = tree.__class__
    if kind is tuple:
        return "tuple", None, list(tree)
    if kind is list:
        return "list", None, list(tree)
    if kind is dict or kind is OrderedDict:
        return kind.__name__, list(tree), list(tree.values())
    if issubclass(kind, tuple):
        return ("namedtuple" if hasattr(kind, "_fields") else "tuple"), kind, list(tree)
    return None


def tree_flatten(tree: Any) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, from left to right, and its structure.

    >>> from gradiente.utils._pytree import tree_flatten
    >>> tree_flatten({"a": 1, "b": (2, 3)})
    ([1, 2, 3], TreeSpec(dict, ['a', 'b'], [*,
      TreeSpec(tuple, None, [*,
        *])]))
    """
    opened = _open(tree)
    if opened is None:
        return [tree], LEAF
    kind, context, parts = opened
    leaves: list[Any] = []
    specs: list[TreeSpec] = []
    for part in parts:
        found, spec = tree_flatten(part)
        leaves.extend(found)
        specs.append(spec)
    return leaves, TreeSpec(kind, context, tuple(specs))


def tree_unflatten(leaves: list[Any], spec: TreeSpec) -> Any:
    """The tree of this structure with these leaves.

    >>> from gradiente.utils._pytree import tree_flatten, tree_unflatten
    >>> leaves, spec = tree_flatten([1, (2,)])
    >>> tree_unflatten([10, 20], spec)
    [10, (20,)]
    """
    if len(leaves) != spec.num_leaves:
        raise ValueError(
            f"tree_unflatten(leaves, treespec): `leaves` has length {len(leaves)} but the spec refers to a pytree that "
            f"holds {spec.num_leaves} items ({spec.short()})"
        )
    if spec.kind is None:
        return leaves[0]
    parts: list[Any] = []
    start = 0
    for child in spec.children:
        parts.append(tree_unflatten(leaves[start : start + child.num_leaves], child))
        start += child.num_leaves
    if spec.kind == "list":
        return parts
    if spec.kind in ("dict", "OrderedDict"):
        pairs = zip(spec.context, parts, strict=True)
        return dict(pairs) if spec.kind == "dict" else OrderedDict(pairs)
    if spec.kind == "namedtuple":
        return spec.context(*parts)
    return tuple(parts) if spec.context is None else spec.context(parts)


def tree_map(function: Callable[..., Any], tree: Any, *rest: Any) -> Any:
    """The tree of `function` of each leaf, and of the leaves at the same places of other trees.

    >>> from gradiente.utils._pytree import tree_map
    >>> tree_map(lambda x: x + 1, {"a": 1, "b": [2]})
    {'a': 2, 'b': [3]}
    """
    leaves, spec = tree_flatten(tree)
    others = [tree_flatten(other)[0] for other in rest]
    return tree_unflatten([function(*parts) for parts in zip(leaves, *others, strict=True)], spec)


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, from left to right."""
    return tree_flatten(tree)[0]


def tree_structure(tree: Any) -> TreeSpec:
    """The structure of a tree."""
    return tree_flatten(tree)[1]


def broadcast_prefix(prefix: Any, spec: TreeSpec) -> list[Any] | None:
    """One value for each leaf of `spec`: a leaf of `prefix` serves all below it. None if the structures do not fit."""
    opened = _open(prefix)
    if opened is None:
        return [prefix] * spec.num_leaves
    kind, context, parts = opened
    if (kind, context) != (spec.kind, spec.context) or len(parts) != len(spec.children):
        return None
    found: list[Any] = []
    for part, child in zip(parts, spec.children, strict=True):
        values = broadcast_prefix(part, child)
        if values is None:
            return None
        found.extend(values)
    return found


__all__ = [
    "TreeSpec",
    "broadcast_prefix",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_structure",
    "tree_unflatten",
]
