"""Structures of trees: what is left of a tree without its leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._pytree_nodes import STANDARD_DICT_TYPES, SUPPORTED_NODES, kind_of


class TreeSpec:
    """The structure of a tree: the type of the outermost container, its context (keys, say), that of its parts.

    A leaf has the type None.
    """

    __slots__ = ("_children", "_context", "num_leaves", "type")

    def __init__(self, type: Any, context: Any, children_specs: list[TreeSpec]) -> None:
        self.type = type
        self._context = context
        self._children = children_specs
        count = 0
        for child in children_specs:
            count += child.num_leaves
        self.num_leaves: int = 1 if type is None else count

    @property
    def context(self) -> Any:
        """What the container needs to come together again, besides its parts."""
        return self._context

    @property
    def children_specs(self) -> list[TreeSpec]:
        """The structures of the parts."""
        return self._children

    @property
    def num_children(self) -> int:
        """How many parts there are."""
        return len(self._children)

    @property
    def num_nodes(self) -> int:
        """How many containers and leaves there are."""
        return 1 + sum(child.num_nodes for child in self._children)

    def children(self) -> list[TreeSpec]:
        """The structures of the parts, in a list of their own."""
        return self._children.copy()

    def child(self, index: int) -> TreeSpec:
        """The structure of one part."""
        return self._children[index]

    def is_leaf(self) -> bool:
        """Whether the tree is a single leaf."""
        return self.type is None

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree of this structure with these leaves. ValueError: there are more or fewer of them."""
        if not isinstance(leaves, (list, tuple)):
            leaves = list(leaves)
        if len(leaves) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(leaves)} but the spec refers to a pytree that "
                f"holds {self.num_leaves} items ({self})."
            )
        return self._joined(iter(leaves))

    def _joined(self, leaves: Any) -> Any:
        if self.type is None:
            return next(leaves)
        parts = [next(leaves) if child.type is None else child._joined(leaves) for child in self._children]
        return SUPPORTED_NODES[self.type].unflatten_fn(parts, self._context)

    def flatten_up_to(self, tree: Any) -> list[Any]:
        """The parts of a tree at the places of this structure's leaves. ValueError: it has no such places."""
        found: list[Any] = []
        self._take(tree, found)
        return found

    def _take(self, tree: Any, found: list[Any]) -> None:
        if self.type is None:
            found.append(tree)
            return
        kind = kind_of(tree)
        both_dicts = self.type in STANDARD_DICT_TYPES and kind in STANDARD_DICT_TYPES
        if kind is not self.type and not both_dicts:
            raise ValueError(f"Node type mismatch; expected {self.type!r}, but got {kind!r}.")
        parts, context = SUPPORTED_NODES[kind].flatten_fn(tree)
        if len(parts) != len(self._children):
            raise ValueError(f"Node arity mismatch; expected {len(self._children)}, but got {len(parts)}.")
        if both_dicts:
            keys = self._context if self.type is not _DEFAULT else self._context[1]
            if set(keys) != set(tree):
                absent, more = set(keys).difference(tree), set(tree).difference(keys)
                text = "".join(
                    [f"; missing key(s): {absent}" if absent else "", f"; extra key(s): {more}" if more else ""]
                )
                raise ValueError(f"Node keys mismatch{text}.")
            parts = [tree[key] for key in keys]
        elif self._context != context and self.type is not _DEQUE:
            raise ValueError(
                f"Node context mismatch for node type {self.type!r}; expected {self._context!r}, but got {context!r}."
            )
        for part, child in zip(parts, self._children, strict=True):
            child._take(part, found)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, TreeSpec):
            return NotImplemented
        return (
            self.type is other.type
            and self.num_leaves == other.num_leaves
            and self._context == other._context
            and self._children == other._children
        )

    def __hash__(self) -> int:
        context = tuple(self._context) if self.type in (dict, _ORDERED) else None
        return hash((self.type, self.num_leaves, context, tuple(self._children)))

    def __repr__(self) -> str:
        return self._text(0)

    def _text(self, indent: int) -> str:
        if self.type is None:
            return "*"
        inner = f",\n{' ' * (indent + 2)}".join([child._text(indent + 2) for child in self._children])
        return f"TreeSpec({self.type.__name__}, {self._context}, [{inner}])"


_DICT, _ORDERED, _DEFAULT, _DEQUE = (
    next(kind for kind in SUPPORTED_NODES if kind.__name__ == name)
    for name in ("dict", "OrderedDict", "defaultdict", "deque")
)
PyTreeSpec = TreeSpec
LEAF = TreeSpec(None, None, [])


class _LeafType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, TreeSpec) and instance.type is None


class LeafSpec(TreeSpec, metaclass=_LeafType):
    """The structure of a leaf; `isinstance` knows every one."""

    __slots__ = ()

    def __new__(cls) -> Any:
        """Give back the structure of a leaf."""
        return LEAF


def treespec_leaf() -> TreeSpec:
    """The structure of a leaf."""
    return LEAF


def _checked(specs: list[Any], kind: str) -> list[TreeSpec]:
    if not all(isinstance(spec, TreeSpec) for spec in specs):
        raise ValueError(f"Expected a {kind} of TreeSpec values, got: {specs!r}.")
    return specs


def treespec_tuple(iterable: Iterable[TreeSpec] = (), /) -> TreeSpec:
    """The structure of a tuple of parts with these structures."""
    return TreeSpec(tuple, None, _checked(list(iterable), "tuple"))


def treespec_dict(
    mapping: Mapping[Any, TreeSpec] | Iterable[tuple[Any, TreeSpec]] = (), /, **kwargs: TreeSpec
) -> TreeSpec:
    """The structure of a dictionary of parts with these structures.

    >>> from gradiente.utils._pytree import treespec_dict, treespec_leaf
    >>> treespec_dict(a=treespec_leaf())
    TreeSpec(dict, ['a'], [*])
    """
    found = dict(mapping, **kwargs)
    if not all(isinstance(spec, TreeSpec) for spec in found.values()):
        raise ValueError(f"Expected a dictionary of TreeSpec values, got: {found!r}.")
    return TreeSpec(dict, list(found), list(found.values()))


__all__ = ["LEAF", "LeafSpec", "PyTreeSpec", "TreeSpec", "treespec_dict", "treespec_leaf", "treespec_tuple"]
