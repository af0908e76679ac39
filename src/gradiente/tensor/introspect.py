"""What users see of a tensor, its printed form, and of a node: its saved values under torch's names, calling it.

Only nodes that somebody looks at have this class (see the note at `Node`), so the engine's fast path does not pay for
it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays.batched import Batched
from ..graph import Node, current
from .core import Tensor, wrap
from .dtypes import get_default_dtype
from .plans import unpack_tensor
from .printing import format_tensor
from .restrictions import is_forbidden

_NAMES: dict[str, str] = {
    "x": "self", "a": "self", "b": "other", "c": "weight", "out": "result", "axis": "dim", "keepdims": "keepdim",
    "indices": "index", "x_shape": "self_sym_sizes", "k": "diagonal", "shift": "shifts",
}  # fmt: skip
"""torch's names for what rules name, where nothing else is said below."""

_MATRICES = {"a": "self", "b": "mat2"}
_LOSS = {"a": "self", "b": "target"}
_OWN: dict[str, dict[str, str]] = {
    "MmBackward0": _MATRICES,
    "BmmBackward0": _MATRICES,
    "AddmmBackward0": {"a": "mat1", "b": "mat2"},
    "MvBackward0": {"a": "self", "b": "vec"},
    "DotBackward0": {"a": "self", "b": "tensor"},
    "PowBackward1": {"a": "self", "b": "exponent"},
    "MseLossBackward0": _LOSS,
    "L1LossBackward0": _LOSS,
    "HuberLossBackward0": _LOSS,
    "SmoothL1LossBackward0": _LOSS,
    "BinaryCrossEntropyBackward0": _LOSS,
    "BinaryCrossEntropyWithLogitsBackward0": _LOSS,
    "LerpBackward0": {"c": "weight"},
    "LerpBackward1": {"a": "self", "b": "end", "c": "weight"},
    "LeakyReluBackward0": {"slope": "negative_slope"},
    "FlipBackward0": {"axis": "dims"},
    "RollBackward0": {"axis": "dims"},
    "PermuteBackward0": {"axes": "dims"},
    "TBackward0": {"axes": ""},
}
"""The same for nodes whose names torch chose differently."""

_REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}
_HIDDEN = frozenset({"xp", "extras", "g", "view", "i", "operands", "shapes"})


class SavedTensor:
    """A saved value as it is kept: `register_hooks` packs it, `_raw_saved_*` attributes show it."""

    __slots__ = ("_index", "_node")

    def __init__(self, node: Node, index: int) -> None:
        self._node = node
        self._index = index

    def register_hooks(self, pack_hook: Any, unpack_hook: Any) -> None:
        """Keep `pack_hook(tensor)` instead of the tensor; `unpack_hook` makes the tensor from it again."""
        from .plans import Packed

        node = self._node
        if node.tensors is None:
            raise node.freed()
        saved = node.tensors[self._index]
        if isinstance(saved, Packed):
            raise RuntimeError("Setting hooks on SavedVariable not supported when default hooks are already set")
        packed = Packed(node, saved, pack_hook, unpack_hook)
        node.tensors = (*node.tensors[: self._index], packed, *node.tensors[self._index + 1 :])


class ShownNode(Node):
    """A node of a primitive, with what only users ask of it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_saved_"):
            known = _known(self)
            if name[7:] in known:
                return _value(self, known[name[7:]])
        elif name.startswith("_raw_saved_"):
            where = _known(self).get(name[11:])
            if where in self.plan.names:
                return SavedTensor(self, self.plan.names.index(where))
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        known = _known(self)
        raw = [f"_raw_saved_{name}" for name, where in known.items() if where in self.plan.names]
        return sorted([*super().__dir__(), *(f"_saved_{name}" for name in known), *raw])

    def __call__(self, *grad_outputs: Tensor | None) -> Any:
        """The gradients of the operands for those of the results; None for operands that are not tracked."""
        plan = self.plan
        if len(grad_outputs) != plan.outputs:
            raise TypeError(f"{self.name()} takes {plan.outputs} gradients, but got {len(grad_outputs)}")
        g = grad_outputs[0] if plan.outputs == 1 else list(grad_outputs)
        found = plan.taped(self, g)
        parts = iter((found,) if plan.single else found)
        full = tuple(next(parts) if tracked else None for tracked in plan.mask)
        return full[0] if len(full) == 1 else full


def _known(node: Node) -> dict[str, str]:
    """torch's names for what this node keeps, each with ours: of saved values, shapes and static parameters."""
    name = type(node).__name__
    own = _OWN.get(name, {})
    primitive = node.primitive
    plan = node.plan
    result: dict[str, str] = {}
    wanted = [n for rule in primitive.rules if rule is not None for n in rule.names]
    kept = node.facts[0] if isinstance(node.facts, tuple) else {}
    for ours in [*wanted, *plan.names, *kept]:
        if ours in _HIDDEN or (ours.endswith("_shape") and ours != "x_shape"):
            continue
        result[own.get(ours, _NAMES.get(ours, ours))] = ours
    result.pop("", None)
    if primitive.kind == "reduction":
        result["self_sym_sizes"] = "x_shape"
        if kept and kept.get("axis") is None:
            result.pop("dim", None)
            result.pop("keepdim", None)
    if primitive.variadic:
        for i, ours in enumerate(plan.names):
            result[f"tensors_{i}"] = ours
    return result


def _value(node: Node, name: str) -> Any:
    """What the node keeps under our name for it; None if this pattern of operands does not need it."""
    plan = node.plan
    if name in plan.names:
        if node.tensors is None:
            raise node.freed()
        return unpack_tensor(node, plan.names.index(name))
    facts = node.facts
    if isinstance(facts, tuple):
        static, shapes, _ = facts
        if name == "x_shape":
            return tuple(shapes[0])
        found = static.get(name)
        if name == "axis" and isinstance(found, int) and type(node).primitive.kind == "reduction":
            return (found,)
        return _REDUCTIONS.get(found, found) if name == "reduction" and isinstance(found, str) else found
    if facts is not None and name in node.primitive.operands and not plan.mask[node.primitive.operands.index(name)]:
        # the number of the short form
        return wrap(np.asarray(facts))
    return None


def described(x: Tensor) -> str:
    """torch's printed form of a tensor."""
    if x._array.__class__ is Batched:
        from .batching import described as of_batch

        return of_batch(x._array, described)
    suffixes: list[str] = []
    if is_forbidden(x):
        suffixes.append("grad_fn=<Invalid>")
    elif x.grad_fn is not None:
        suffixes.append(f"grad_fn=<{x.grad_fn.name()}>")
    elif x._node is not None:
        suffixes.append("requires_grad=True")
    if x._meta is not None and x._meta.tangents and (mode := current()).forward_grad:
        suffixes.extend(f"tangent={x._meta.tangents[level]}" for level in mode.levels[-1:] if level in x._meta.tangents)
    name = "tensor" if type(x) is Tensor or is_forbidden(x) else type(x).__name__
    return format_tensor(
        x._array,
        suffixes=suffixes,
        default_float=repr(get_default_dtype()),
        dtype_name=repr(x.dtype),
        prefix=f"{name}(",
    )
