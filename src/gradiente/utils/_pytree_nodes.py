"""Kinds of nodes in trees: how each container comes apart and together, and how it names the places of its parts."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..ops._results import Results
from ..tensor.size import Size

Context = Any


class _Key:
    """The place of a part in its container; equal to others of its kind with the same value."""

    __slots__ = ("_value",)
    _field = ""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._value == self._value

    def __hash__(self) -> int:
        return hash((type(self), self._value))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._field}={self._value!r})"


class MappingKey(_Key):
    """The place of a dictionary's value.

    >>> from gradiente.utils._pytree import MappingKey
    >>> str(MappingKey("a")), MappingKey("a").get({"a": 1})
    ("['a']", 1)
    """

    __slots__ = ()
    _field = "key"

    def __init__(self, key: Any) -> None:
        super().__init__(key)

    @property
    def key(self) -> Any:
        """The key in the dictionary."""
        return self._value

    def __str__(self) -> str:
        return f"[{self._value!r}]"

    def get(self, mapping: Any) -> Any:
        """The part at this place."""
        return mapping[self._value]


class SequenceKey(_Key):
    """The place of an item of a list, a tuple or a deque."""

    __slots__ = ()
    _field = "idx"

    def __init__(self, idx: int) -> None:
        super().__init__(idx)

    @property
    def idx(self) -> int:
        """The index in the sequence."""
        return self._value

    def __str__(self) -> str:
        return f"[{self._value!r}]"

    def get(self, sequence: Any) -> Any:
        """The part at this place."""
        return sequence[self._value]


class GetAttrKey(_Key):
    """The place of an attribute of an object."""

    __slots__ = ()
    _field = "name"

    def __init__(self, name: str) -> None:
        super().__init__(name)

    @property
    def name(self) -> str:
        """The name of the attribute."""
        return self._value

    def __str__(self) -> str:
        return f".{self._value}"

    def get(self, obj: Any) -> Any:
        """The part at this place."""
        return getattr(obj, self._value)


class NodeDef(NamedTuple):
    """How containers of a type come apart into parts and a context, and together."""

    type: Any
    flatten_fn: Callable[[Any], tuple[list[Any], Context]]
    unflatten_fn: Callable[[Iterable[Any], Context], Any]
    flatten_with_keys_fn: Callable[[Any], tuple[list[tuple[Any, Any]], Context]] | None


def is_namedtuple_class(cls: type) -> bool:
    """Whether a class was made by `collections.namedtuple` or `typing.NamedTuple`, or is derived from one that was."""
    if not (isinstance(cls, type) and issubclass(cls, tuple)):  # pyright: ignore[reportUnnecessaryIsInstance]
        return False
    fields: Any = getattr(cls, "_fields", None)
    named = isinstance(fields, tuple) and all(isinstance(field, str) for field in fields)
    return named and callable(getattr(cls, "_make", None)) and callable(getattr(cls, "_asdict", None))


def is_structseq_class(cls: type) -> bool:
    """Whether a class is one of torch.return_types, or a structure of the standard library (`time.struct_time`)."""
    if not (isinstance(cls, type) and issubclass(cls, tuple)):  # pyright: ignore[reportUnnecessaryIsInstance]
        return False
    if issubclass(cls, Results):
        return cls is not Results
    counts = ("n_fields", "n_sequence_fields", "n_unnamed_fields")
    return cls.__bases__ == (tuple,) and all(isinstance(getattr(cls, count, None), int) for count in counts)


def is_namedtuple(obj: Any) -> bool:
    """Whether an object, or a class, is a named tuple."""
    return is_namedtuple_class(obj if isinstance(obj, type) else type(obj))


def is_namedtuple_instance(obj: object) -> bool:
    """Whether an object is a named tuple."""
    return is_namedtuple_class(type(obj))


def is_structseq(obj: Any) -> bool:
    """Whether an object, or a class, is one of torch.return_types or such a structure of the standard library."""
    return is_structseq_class(obj if isinstance(obj, type) else type(obj))


def is_structseq_instance(obj: object) -> bool:
    """Whether an object is one of torch.return_types, or such a structure of the standard library."""
    return is_structseq_class(type(obj))


def _indexed(parts: Iterable[Any]) -> list[tuple[Any, Any]]:
    return [(SequenceKey(index), part) for index, part in enumerate(parts)]


def _of_sequence(kind: Any, make: Callable[[Iterable[Any]], Any]) -> NodeDef:
    return NodeDef(
        kind, lambda node: (list(node), None), lambda parts, _: make(parts), lambda node: (_indexed(node), None)
    )


def _of_results(kind: Any) -> NodeDef:
    def with_keys(node: Any) -> tuple[list[tuple[Any, Any]], Context]:
        return _indexed(node), None

    return NodeDef(kind, lambda node: (list(node), None), lambda parts, _: kind(list(parts)), with_keys)


def _of_mapping(kind: Any) -> NodeDef:
    def with_keys(node: Any) -> tuple[list[tuple[Any, Any]], Context]:
        return [(MappingKey(key), value) for key, value in node.items()], list(node)

    def join(parts: Iterable[Any], keys: Context) -> Any:
        return kind(zip(keys, parts, strict=True))

    return NodeDef(kind, lambda node: (list(node.values()), list(node)), join, with_keys)


def _default_keys(node: Any) -> tuple[list[tuple[Any, Any]], Context]:
    return [(MappingKey(key), value) for key, value in node.items()], [node.default_factory, list(node)]


def _fields(node: Any) -> tuple[list[tuple[Any, Any]], Context]:
    return [(GetAttrKey(name), part) for name, part in zip(node._fields, node, strict=True)], type(node)


SUPPORTED_NODES: dict[Any, NodeDef] = {
    tuple: _of_sequence(tuple, tuple),
    list: _of_sequence(list, list),
    dict: _of_mapping(dict),
    namedtuple: NodeDef(namedtuple, lambda node: (list(node), type(node)), lambda parts, kind: kind(*parts), _fields),
    OrderedDict: _of_mapping(OrderedDict),
    defaultdict: NodeDef(
        defaultdict,
        lambda node: (list(node.values()), [node.default_factory, list(node)]),
        lambda parts, context: defaultdict(context[0], zip(context[1], parts, strict=True)),
        _default_keys,
    ),
    deque: NodeDef(
        deque,
        lambda node: (list(node), node.maxlen),
        lambda parts, maxlen: deque(parts, maxlen=maxlen),
        lambda node: (_indexed(node), node.maxlen),
    ),
    Size: _of_sequence(Size, Size),
}
"""The kinds of nodes; all named tuples are one kind, as is each of torch.return_types once one was met."""

NAMED: dict[str, Any] = {
    f"_{'odict' if kind is OrderedDict else kind.__name__}_{part}": getattr(node, f"{part}_fn")
    for kind, node in SUPPORTED_NODES.items()
    if kind is not Size
    for part in ("flatten", "unflatten", "flatten_with_keys")
}
"""The functions of Python's own containers by the names that torch has for them: packages register subclasses."""

BUILTIN_TYPES = frozenset(kind for kind in SUPPORTED_NODES if kind is not Size)
STANDARD_DICT_TYPES = frozenset({dict, OrderedDict, defaultdict})


def kind_of(tree: Any) -> Any:
    """The key of a tree's kind in `SUPPORTED_NODES`; one that is not in there for a leaf."""
    kind = type(tree)
    if kind not in SUPPORTED_NODES and issubclass(kind, tuple):
        if is_namedtuple_class(kind):
            return namedtuple
        if issubclass(kind, Results):
            SUPPORTED_NODES[kind] = _of_results(kind)
    return kind


__all__ = [
    "BUILTIN_TYPES",
    "STANDARD_DICT_TYPES",
    "SUPPORTED_NODES",
    "GetAttrKey",
    "MappingKey",
    "NodeDef",
    "SequenceKey",
    "is_namedtuple",
    "is_namedtuple_class",
    "is_namedtuple_instance",
    "is_structseq",
    "is_structseq_class",
    "is_structseq_instance",
    "kind_of",
]
