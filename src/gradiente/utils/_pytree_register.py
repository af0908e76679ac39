"""Classes of programs that are containers of trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ._pytree_nodes import SUPPORTED_NODES, GetAttrKey, NodeDef


class Serialized(NamedTuple):
    """How structures with containers of a type are written: the type's name, and its context as JSON and back."""

    name: str | None
    to_dumpable_context: Callable[[Any], Any] | None
    from_dumpable_context: Callable[[Any], Any] | None


SERIALIZED: dict[Any, Serialized] = {}
NAMED: dict[str, Any] = {}


class ConstantNode(NamedTuple):
    """A value that is a part of the structure."""

    value: Any


CONSTANT_NODES: set[type] = set()


def register_pytree_node(
    cls: type[Any],
    flatten_fn: Callable[[Any], tuple[list[Any], Any]],
    unflatten_fn: Callable[[Iterable[Any], Any], Any],
    *,
    serialized_type_name: str | None = None,
    to_dumpable_context: Callable[[Any], Any] | None = None,
    from_dumpable_context: Callable[[Any], Any] | None = None,
    flatten_with_keys_fn: Callable[[Any], tuple[list[tuple[Any, Any]], Any]] | None = None,
) -> None:
    """Let objects of a class be containers.

    Args:
        cls: the class; derived ones are leaves.
        flatten_fn: gives an object's parts and its context, by which it is put together again.
        unflatten_fn: makes an object of parts and the context.
        serialized_type_name: the name by which `treespec_dumps` writes the class.
        to_dumpable_context: the context as something that JSON takes.
        from_dumpable_context: the way back.
        flatten_with_keys_fn: as `flatten_fn`, with pairs of a key and a part; for paths.

    Raises:
        ValueError: the class is a container already, or only one direction of the context is given.

    Example:
        >>> from gradiente.utils._pytree import register_pytree_node, tree_map
        >>> class Pair:
        ...     def __init__(self, a, b):
        ...         self.a, self.b = a, b
        >>> register_pytree_node(Pair, lambda p: ([p.a, p.b], None), lambda parts, _: Pair(*parts))
        >>> tree_map(lambda x: 10 * x, Pair(1, 2)).b
        20
    """
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    if (to_dumpable_context is None) != (from_dumpable_context is None):
        raise ValueError(f"Both to_dumpable_context and from_dumpable_context for {cls} must be None or registered.")
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn, flatten_with_keys_fn)
    SERIALIZED[cls] = Serialized(serialized_type_name, to_dumpable_context, from_dumpable_context)
    if serialized_type_name is not None:
        NAMED[serialized_type_name] = cls


def register_dataclass(
    cls: type[Any],
    *,
    field_names: list[str] | None = None,
    drop_field_names: list[str] | None = None,
    serialized_type_name: str | None = None,
) -> None:
    """Let objects of a data class be containers, whose parts are their fields.

    Args:
        cls: the class. One that is no data class is made of its `field_names`, as keyword arguments.
        field_names: the fields that are parts; all that `__init__` takes if it is left out.
        drop_field_names: fields that get their defaults when an object is put together again.
        serialized_type_name: as for `register_pytree_node`.

    Raises:
        ValueError: the names are not those of the fields, or are left out and the class is no data class.

    Example:
        >>> from dataclasses import dataclass
        >>> from gradiente.utils._pytree import register_dataclass, tree_map
        >>> @dataclass
        ... class Pair:
        ...     a: int
        ...     b: int
        >>> register_dataclass(Pair)
        >>> tree_map(lambda x: 10 * x, Pair(1, 2)).b
        20
    """
    import dataclasses

    known = [field.name for field in dataclasses.fields(cls) if field.init] if dataclasses.is_dataclass(cls) else None
    if field_names is None:
        if known is None:
            raise ValueError(
                "field_names must be specified with a list of all fields used to initialize "
                f"{cls}, as it is not a dataclass."
            )
        field_names = [name for name in known if name not in (drop_field_names or ())]
    elif known is not None:
        _check_fields(set(known), set(field_names), set(drop_field_names or ()))
    names = field_names

    def flatten(obj: Any) -> tuple[list[Any], Any]:
        present = [name for name in names if getattr(obj, name) is not None]
        absent = [name for name in names if getattr(obj, name) is None]
        return [getattr(obj, name) for name in present], [present, absent]

    def unflatten(parts: Iterable[Any], context: Any) -> Any:
        present, absent = context
        return cls(**dict(zip(present, parts, strict=True)), **dict.fromkeys(absent))

    def with_keys(obj: Any) -> tuple[list[tuple[Any, Any]], Any]:
        parts, context = flatten(obj)
        return [(GetAttrKey(name), part) for name, part in zip(context[0], parts, strict=True)], context

    register_pytree_node(
        cls, flatten, unflatten, serialized_type_name=serialized_type_name, flatten_with_keys_fn=with_keys
    )


def _check_fields(known: set[str], given: set[str], dropped: set[str]) -> None:
    expected = known - dropped
    text = ""
    if missing := expected - given:
        text += (
            f"Missing fields in `field_names`: {missing}. If you want to include these fields in the pytree, please "
            "add them to `field_names`, otherwise please add them to `drop_field_names`.\n"
        )
    if unexpected := given - expected:
        text += (
            f"Unexpected fields in `field_names`: {unexpected}. Please remove these fields, or add them to "
            "`drop_field_names`.\n"
        )
    if text:
        raise ValueError(f"field_names does not include all dataclass fields.\n{text}")


def register_constant(cls: type[Any]) -> None:
    """Let objects of a class be parts of the structure rather than leaves; they need `__eq__` and `__hash__`.

    >>> from gradiente.utils._pytree import register_constant, tree_leaves
    >>> class Mode(str):
    ...     pass
    >>> register_constant(Mode)
    >>> tree_leaves([Mode("fast"), 1])
    [1]
    """
    for name in ("__eq__", "__hash__"):
        if getattr(cls, name) in (None, getattr(object, name)):
            raise TypeError(f"register_constant(cls) expects `cls` to have a non-default `{name}` implementation.")
    register_pytree_node(
        cls,
        lambda value: ([], ConstantNode(value)),
        lambda parts, context: context.value,
        flatten_with_keys_fn=lambda value: ([], ConstantNode(value)),
    )
    CONSTANT_NODES.add(cls)


def is_constant_class(cls: type[Any]) -> bool:
    """Whether objects of a class are parts of the structure, by `register_constant`."""
    return isinstance(cls, type) and cls in CONSTANT_NODES  # pyright: ignore[reportUnnecessaryIsInstance]


def _register_namedtuple(cls: type[Any], *, serialized_type_name: str) -> None:
    """Let structures with a class of named tuples be written; they are containers anyway."""
    SERIALIZED[cls] = Serialized(serialized_type_name, None, None)
    NAMED[serialized_type_name] = cls


def _deregister_pytree_node(cls: type[Any]) -> None:
    """Undo `register_pytree_node`."""
    del SUPPORTED_NODES[cls]
    entry = SERIALIZED.pop(cls)
    NAMED.pop(entry.name or "", None)
    CONSTANT_NODES.discard(cls)


def _register_pytree_node(cls: type[Any], flatten_fn: Any, unflatten_fn: Any, *old: Any, **options: Any) -> None:
    """The older name of `register_pytree_node`; two older arguments have no effect."""
    register_pytree_node(cls, flatten_fn, unflatten_fn, **options)


_private_register_pytree_node = register_pytree_node

__all__ = [
    "NAMED",
    "SERIALIZED",
    "ConstantNode",
    "is_constant_class",
    "register_constant",
    "register_dataclass",
    "register_pytree_node",
]
