"""What users see of a tensor, its printed form, and of a node: its saved values under torch's names, calling it.

Only nodes that somebody looks at have this class (see the note at `Node`), so the engine's fast path does not pay for
it.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

from ..arrays.batched import Batched
from ..arrays.meta import is_meta
from ..graph import Node, current, guard
from .core import Tensor, wrap
from .dtypes import get_default_dtype
from .metadata import counted_operands, input_metadata, shown_operands
from .printing import format_tensor
from .restrictions import is_forbidden
from .saved import Packed, SavedOutput, unpack_raw, unpack_tensor
from .saved_names import known
from .saved_values import saved_index, value


class SavedTensor:
    """A saved value as it is kept: `data` shows it, `register_hooks` packs it. `_raw_saved_*` attributes show these."""

    __slots__ = ("__weakref__", "_index", "_node")

    def __init__(self, *arguments: Any) -> None:
        raise RuntimeError("Trying to create a SavedTensor object from Python is forbidden.")

    def _kept(self) -> Any:
        tensors = self._node.tensors
        return None if tensors is None or self._index is None else tensors[self._index]

    @property
    def data(self) -> Any:
        """What is kept: the tensor, or what the pack hook made of it; None if it was freed, or never needed."""
        kept = self._kept()
        if isinstance(kept, Packed):
            return kept._packed
        return wrap(kept._array) if isinstance(kept, SavedOutput) else kept

    @property
    def unpack_hook(self) -> Any:
        """The hook that makes the tensor of `data`, or None."""
        kept = self._kept()
        return kept._unpack if isinstance(kept, Packed) else None

    def unpack(self) -> Tensor | None:
        """The saved tensor."""
        if self._node.tensors is None:
            raise self._node.freed()
        return None if self._kept() is None else self._node._unpacked(self._index)

    def register_hooks(self, pack_hook: Any, unpack_hook: Any) -> None:
        """Keep `pack_hook(tensor)` instead of the tensor; `unpack_hook` makes the tensor from it again."""
        for which, hook in (("pack_hook", pack_hook), ("unpack_hook", unpack_hook)):
            if not callable(hook):
                raise TypeError(
                    "register_hooks(): incompatible function arguments. The following argument types are supported:\n"
                    "    1. (self: torch._C._autograd.SavedTensor, arg0: collections.abc.Callable, arg1: "
                    f"collections.abc.Callable) -> None\n({which} is {type(hook).__name__})"
                )
        node, kept = self._node, self._kept()
        if node.tensors is None:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the "
                "graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need "
                "to backward through the graph a second time or if you need to access saved variables after calling "
                "backward."
            )
        if kept is None:
            raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden")
        if isinstance(kept, Packed):
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of "
                "hooks is allowed at a time."
            )
        packed = Packed(node, kept, pack_hook, unpack_hook)
        tensors = (*node.tensors[: self._index], packed, *node.tensors[self._index + 1 :])
        object.__setattr__(node, "tensors", tensors)


def saved_tensor(node: Node, index: int | None) -> SavedTensor:
    """The one object that stands for a saved value of `node`, the same as long as somebody holds it."""
    with guard:  # else two threads could make one each
        handles = node.__dict__.setdefault("_raw", {})
        found = handles[index]() if index in handles else None
        if found is None:
            found = object.__new__(SavedTensor)
            found._node, found._index = node, index
            handles[index] = weakref.ref(found)
        return found


class ShownNode(Node):
    """A node of a primitive, with what only users ask of it."""

    __slots__ = ()

    def nothing(self) -> Sequence[Any]:
        """What is handed to the edges where no cotangent arrived. As in torch, what was saved is checked first."""
        for i, saved in enumerate(self.tensors or ()):
            if saved is not None:
                unpack_raw(self, i)
        return super().nothing()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_saved_"):
            ours = known(self).get(name[7:])
            if ours is not None:
                return value(self, ours)
        elif name.startswith("_raw_saved_"):
            ours = known(self).get(name[11:])
            if ours is not None and ours.partition("#")[0] in _variables(self):
                return saved_tensor(self, saved_index(self, ours))
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ENGINE:
            object.__setattr__(self, name, value)
        elif hasattr(type(self), name) or name.startswith("_saved_"):
            raise AttributeError(f"attribute '{name}' of '{type(self).__name__}' objects is not writable")
        else:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}' (metadata is for notes)")

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """One pair (node, number of its output) per operand; (None, 0) where an operand is not tracked."""
        return shown_operands(self)

    _input_metadata = property(input_metadata)

    def __dir__(self) -> list[str]:
        names, variables = known(self), _variables(self)
        raw = [f"_raw_saved_{name}" for name, ours in names.items() if ours.partition("#")[0] in variables]
        return sorted([*super().__dir__(), *(f"_saved_{name}" for name in names), *raw])

    def shown_mask(self) -> tuple[bool, ...]:
        """The plan's mask without operands that users do not count."""
        return tuple([t for t, counted in zip(self.plan.mask, counted_operands(self), strict=True) if counted])

    def name(self) -> str:
        """The name of the operation, as torch spells it."""
        name = type(self.show()).__name__
        return f"torch::autograd::{name}" if name in WRITTEN_BY_HAND else name

    def _unpacked(self, index: int) -> Tensor:
        return unpack_tensor(self, index)

    def __call__(self, *grad_outputs: Tensor | None) -> Any:
        """The gradients of the operands for those of the results; None for operands that are not tracked."""
        plan = self.plan
        if len(grad_outputs) != plan.outputs:
            raise TypeError(f"expected {plan.outputs} arguments, got {len(grad_outputs)} instead (in {self.name()})")
        for i, g in enumerate(grad_outputs):
            if g is not None and not isinstance(g, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"argument {i} is not a Variable (it is a {type(g).__name__})")
        g = grad_outputs[0] if plan.outputs == 1 else list(grad_outputs)
        found = plan.taped(self, g)
        parts = iter((found,) if plan.single else found)
        full = tuple(next(parts) if tracked else None for tracked in self.shown_mask())
        return full[0] if len(full) == 1 else full


ENGINE = frozenset({"__class__", "edges", "facts", "hooks", "place", "plan", "seq", "tensors"})
"""The fields of nodes."""

WRITTEN_BY_HAND = frozenset({"AccumulateGrad", "CopyBackwards", "CopySlices", "Error", "UndefinedGrad", "GraphRoot"})
"""Nodes that torch does not generate; their names have a prefix."""


def _variables(node: Node) -> tuple[str, ...]:
    """Our names of what can be a saved tensor of this node: its operands and its result."""
    primitive = type(node).primitive
    return (*primitive.operands, *node.plan.names, *(("out",) if any_names_result(primitive) else ()))


def any_names_result(primitive: Any) -> bool:
    """Whether one of the rules needs the result."""
    return any("out" in rule.names for rule in primitive.rules if rule is not None)


def described(x: Tensor) -> str:
    """torch's printed form of a tensor."""
    if x._array.__class__ is Batched and not is_meta(x._array):
        from .batching import described as of_batch

        return of_batch(x._array, described)
    suffixes: list[str] = []
    if x._view is not None and not is_forbidden(x):
        from .views import renewed

        renewed(x)
    if is_forbidden(x):
        suffixes.append("grad_fn=<Invalid>")
    elif x.grad_fn is not None:
        suffixes.append(f"grad_fn=<{type(x.grad_fn).__name__}>")
    elif x._node is not None:
        suffixes.append("requires_grad=True")
    if x._meta is not None and x._meta.tangents and (mode := current()).forward_grad:
        suffixes.extend(f"tangent={x._meta.tangents[level]}" for level in mode.levels[-1:] if level in x._meta.tangents)
    plain = type(x) is Tensor or is_forbidden(x)
    name = "tensor" if plain else vars(type(x)).get("_shown_as", type(x).__name__)
    marked = not plain and getattr(x, "_is_param", False)  # a parameter of a class of its own
    text = format_tensor(
        x._array,
        suffixes=suffixes,
        default_float=repr(get_default_dtype()),
        dtype_name=repr(x.dtype),
        prefix=f"{name}(",
    )
    return f"Parameter({text})" if marked else text
