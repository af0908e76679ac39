"""What a node's cotangents look like: `node._input_metadata`.

Note [Shapes are told when somebody looks]: the engine needs no shapes of results, so nodes do not keep them. A user
comes to a node from a tensor, whose shape and dtype are known, or from a node above, which knows its operands' shapes;
whoever hands out the node tells it (`tell`), and the node keeps that from then on.
"""

from __future__ import annotations

from typing import Any

from ..graph import Node, edges_of, split_edge
from . import devices, dtypes

Like = tuple[tuple[int, ...], Any]
"""A shape and a NumPy dtype."""


class InputMetadata:
    """The shape, dtype and device of the cotangent that a node expects for one of its results."""

    __slots__ = ("device", "dtype", "is_cpp_nested_tensor", "is_nested_tensor", "shape")

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.shape: list[int] = list(shape)  # a list, as in torch
        self.dtype: dtypes.dtype = dtypes.from_numpy_dtype(dtype)
        self.device: devices.device = devices.CPU
        self.is_nested_tensor: bool = False
        self.is_cpp_nested_tensor: bool = False

    def __repr__(self) -> str:
        return f"InputMetadata(shape={self.shape}, dtype={self.dtype}, device={self.device})"


def tell(node: Node, number: int, like: Like) -> None:
    """Note the shape and dtype of result `number` of `node`, unless it is a `Function`'s, which knows them."""
    if not hasattr(type(node), "_forward_cls"):
        node.__dict__.setdefault("_likes", {})[number] = like


def likes(node: Node) -> list[Like | None]:
    """The shapes and dtypes of all results of `node`, as far as they are known."""
    told: dict[int, Like] = node.__dict__.get("_likes", {})
    facts, primitive = node.facts, getattr(node.plan.kind, "primitive", None)
    if isinstance(facts, tuple) and facts:
        if primitive is not None and not primitive.outputs:
            from .multiple import shapes_of_parts

            static, (shape,), (dtype,) = facts
            return [(part, dtype) for part in shapes_of_parts(primitive, shape, *static.items())]
        if (several := facts[0].get("_results")) is not None:
            return list(several)
    return [told.get(i) for i in range(node.plan.outputs)]


def operand_like(node: Node, i: int) -> Like | None:
    """The shape and dtype of operand `i` of `node`: what it noted, or, for the short forms, those of its result."""
    own = likes(node)[0]
    facts = node.facts
    shape = dtype = None
    if isinstance(facts, tuple) and len(facts) == 3:
        shape = facts[1][i]
        dtype = None if facts[2] is None else facts[2][i]
    if own is None and (shape is None or dtype is None):
        return None
    return own[0] if shape is None else tuple(shape), own[1] if dtype is None else dtype  # pyright: ignore


def shown_operands(node: Node) -> tuple[tuple[Node | None, int], ...]:
    """`next_functions`: the node and number of the result of each operand, told what they look like."""
    edges, pairs, counted = iter(edges_of(node)), [], counted_operands(node)
    for i, tracked in enumerate(node.plan.mask):
        if not counted[i]:
            continue
        below, number = split_edge(next(edges)) if tracked else (None, 0)
        if below is not None:
            like = operand_like(node, i)
            if like is not None and below.plan is not None:
                tell(below, number, like)
            below = below.show()
        pairs.append((below, number))
    if type(node).__name__ == "CopySlices" and len(pairs) == 2 and pairs[1][0] is not None:
        # A change through a view is a node of its own here; in torch it is a part of this one, as are its operands.
        changed = pairs[1][0]
        rest = changed.next_functions[1:]
        return (pairs[0], *(rest or ((None, 0),) if type(changed).__name__ == "FillBackward3" else rest))
    return tuple(pairs)


_SCALARS = frozenset(
    {
        "CopysignBackward1",
        "FillBackward2",
        "FmodBackward0",
        "MaskedFillBackward0",
        "RemainderBackward0",
        "RsubBackward1",
    }
    | {"XlogyBackward1", "XlogyBackward2"}
)
"""Nodes of operators that torch has for numbers: the number is no operand there. Elsewhere it stands for a tensor."""


_WITHOUT_RULE = frozenset({"IgammaBackward0", "IgammacBackward0", "SpecialZetaBackward0"})
"""Nodes with an operand that has no derivative, but counts."""


def counted_operands(node: Node) -> list[bool]:
    """For each operand, whether users see it: those that have a derivative, and stand for tensors."""
    mask, cls = node.plan.mask, type(node)
    primitive = cls.primitive
    if primitive is None or primitive.variadic or cls.__name__ in _WITHOUT_RULE:
        return [True] * len(mask)
    numbers = cls.__name__ in _SCALARS or (primitive.name == "overwrite" and cls.__name__ != "FillBackward3")
    return [t or (primitive.rule_for(i) is not None and not numbers) for i, t in enumerate(mask)]


def input_metadata(node: Node) -> tuple[InputMetadata | None, ...]:
    """What `node._input_metadata` shows."""
    return tuple([None if like is None else InputMetadata(*like) for like in likes(node)])


__all__ = ["InputMetadata", "counted_operands", "input_metadata", "likes", "operand_like", "shown_operands", "tell"]
