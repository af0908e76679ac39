"""Structures of trees as text: JSON of the containers' names and contexts, and back."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from typing import Any

from ..tensor.size import Size
from ._pytree_register import NAMED, SERIALIZED
from ._pytree_spec import LEAF, TreeSpec

DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL = 1

_BUILTIN: dict[Any, str] = {
    tuple: "builtins.tuple",
    list: "builtins.list",
    dict: "builtins.dict",
    namedtuple: "collections.namedtuple",
    OrderedDict: "collections.OrderedDict",
    defaultdict: "collections.defaultdict",
    deque: "collections.deque",
    Size: "torch.Size",
}
_KINDS = {name: kind for kind, name in _BUILTIN.items()}


def treespec_dumps(treespec: TreeSpec, protocol: int | None = None) -> str:
    """A structure as text.

    Raises:
        NotImplementedError: a class in it was registered without a name.
        ValueError: there is no such protocol.

    Example:
        >>> from gradiente.utils._pytree import tree_structure, treespec_dumps
        >>> treespec_dumps(tree_structure((1,)))[:40]
        '[1, {"type": "builtins.tuple", "context"'
    """
    import json

    if not isinstance(treespec, TreeSpec):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"Expected `treespec` to be an instance of PyTreeSpec but got item of type {type(treespec)}.")
    if protocol not in (None, DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL):
        raise ValueError(f"Unknown protocol {protocol}. Available protocols: [1]")
    return json.dumps([DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL, _to_json(treespec)])


def treespec_loads(serialized: str) -> TreeSpec:
    """The structure that `treespec_dumps` wrote.

    >>> from gradiente.utils._pytree import tree_structure, treespec_dumps, treespec_loads
    >>> treespec_loads(treespec_dumps(tree_structure({"a": [1]})))
    TreeSpec(dict, ['a'], [TreeSpec(list, None, [*])])
    """
    import json

    protocol, schema = json.loads(serialized)
    if protocol != DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL:
        raise ValueError(f"Unknown protocol {protocol}. Available protocols: [1]")
    return _from_json(schema)


def _to_json(spec: TreeSpec) -> dict[str, Any]:
    if spec.type is None:
        return {"type": None, "context": None, "children_spec": []}
    name = _BUILTIN.get(spec.type) or (SERIALIZED[spec.type].name if spec.type in SERIALIZED else None)
    if name is None:
        raise NotImplementedError(
            f"No registered serialization name for {spec.type} found. Please update your _register_pytree_node call "
            "with a `serialized_type_name` kwarg."
        )
    return {"type": name, "context": _context(spec), "children_spec": [_to_json(part) for part in spec.children()]}


def _context(spec: TreeSpec) -> Any:
    import json

    context = spec.context
    if spec.type is namedtuple:
        if context not in SERIALIZED:
            raise NotImplementedError(
                f"Can't serialize TreeSpec of namedtuple class {context} because we didn't register a "
                "serializated_type_name. Please register using `_register_namedtuple`."
            )
        return SERIALIZED[context].name
    if spec.type is defaultdict:
        factory, keys = context
        return {
            "default_factory_module": getattr(factory, "__module__", None),
            "default_factory_name": getattr(factory, "__qualname__", None),
            "dict_context": keys,
        }
    own = SERIALIZED[spec.type].to_dumpable_context if spec.type in SERIALIZED else None
    if own is not None:
        return own(context)
    try:
        return json.dumps(context)
    except TypeError as error:
        raise TypeError(
            "Unable to serialize context. Please make the context json dump-able, or register a custom serializer "
            "using _register_pytree_node."
        ) from error


def _from_json(schema: dict[str, Any]) -> TreeSpec:
    name = schema["type"]
    if name is None:
        return LEAF
    kind = _KINDS.get(name, NAMED.get(name))
    if kind is None:
        raise NotImplementedError(f"Deserializing {name!r} in pytree is not registered.")
    return TreeSpec(kind, _context_from(kind, schema["context"]), [_from_json(x) for x in schema["children_spec"]])


def _context_from(kind: Any, text: Any) -> Any:
    import json
    from importlib import import_module

    if kind is namedtuple:
        if text not in NAMED:
            raise NotImplementedError(
                f"Can't deserialize TreeSpec of namedtuple class {text} because we couldn't find a serializated name."
            )
        return NAMED[text]
    if kind is defaultdict:
        module, factory = text["default_factory_module"], text["default_factory_name"]
        found: Any = None if module is None else getattr(import_module(module), factory)
        return [found, text["dict_context"]]
    own = SERIALIZED[kind].from_dumpable_context if kind in SERIALIZED else None
    return json.loads(text) if own is None else own(text)


def pytree_to_str(treespec: TreeSpec) -> str:
    """The older name of `treespec_dumps`."""
    return treespec_dumps(treespec)


def str_to_pytree(json: str) -> TreeSpec:
    """The older name of `treespec_loads`."""
    return treespec_loads(json)


__all__ = ["DEFAULT_TREESPEC_SERIALIZATION_PROTOCOL", "treespec_dumps", "treespec_loads"]
