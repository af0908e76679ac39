"""What may be changed in place, and the views that may not follow when their base was.

Note [Views that may not follow]
--------------------------------
A view that was made with recording off, or that is one of several results of one function, does not follow its base: it
is not clear what its user meant. After the base changed, such a view is *forbidden*: it becomes a `_ForbiddenView`,
whose node cannot be had while operations are recorded, so that whatever uses the view raises torch's error.

Note [Views without a history of their own]
-------------------------------------------
A view requires a gradient if its base does. One that was made with recording off, or before the base required
gradients, has no way to send a gradient to its base: its node is `Untracked`, which leads nowhere.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np

from ..graph import Node, NodeHooks, Plan, Sink, current, moment, split_edge
from .core import Tensor
from .overriding import disabled_torch_function_impl
from .texts import NON_LEAF_FLAG, NON_LEAF_GRAD, NON_LEAF_REMEDY


class Untracked(Sink):
    """Where gradients of a view without a history of its own go: nowhere."""

    __slots__ = ()

    def __init__(self) -> None:
        self.seq: int = moment()
        self.edges: tuple[Any, ...] = ()
        self.plan: Plan = None  # pyright: ignore[reportAttributeAccessIssue]
        self.tensors: tuple[Any, ...] | None = ()
        self.facts: Any = None
        self.place: Any = None
        self.hooks: NodeHooks | None = None

    def show(self) -> Any:
        """None: for users there is no node."""
        return None

    def _all_hooks(self) -> NodeHooks:
        return NodeHooks()  # hooks of such a view are accepted, and never called

    def receive(self, cotangent: Any, taped: bool, owned: bool) -> None:
        """Drop the cotangent."""


class Forbidden(Node):
    """The node of a view that may not follow its base. `old` is the edge that the view had before."""

    __slots__ = ("old", "text")

    makes_something: ClassVar[bool] = True

    seq: int
    edges: tuple[Any, ...]
    plan: Plan
    tensors: tuple[Any, ...] | None
    facts: Any
    hooks: NodeHooks | None
    place: Any

    def __init__(self, text: str, old: Any) -> None:
        self.seq, self.plan, self.edges, self.tensors = moment(), _FORBIDDEN, (), ()
        self.facts = self.hooks = self.place = None
        self.text: str = text
        self.old: Any = old


def _refuse(node: Any, g: Any) -> Any:
    raise RuntimeError(node.text)


_FORBIDDEN = Plan(_refuse, _refuse, (), Forbidden)
_slot: Any = Tensor.__dict__["_node"]
_get, _set = _slot.__get__, _slot.__set__


class _ForbiddenView(Tensor):
    """A tensor whose node cannot be had while operations are recorded."""

    __slots__ = ()
    __torch_function__ = disabled_torch_function_impl  # pyright: ignore[reportAssignmentType]
    requires_grad = True  # pyright: ignore
    output_nr = 0  # pyright: ignore
    retains_grad = False  # pyright: ignore

    @property
    def _node(self) -> Any:  # pyright: ignore
        node = _get(self)
        if current().grad:
            raise RuntimeError(node.text)
        return node

    @property
    def grad_fn(self) -> Any:
        """Raises torch's error."""
        raise RuntimeError(_get(self).text)

    is_leaf = grad_fn  # pyright: ignore

    def register_hook(self, hook: Any) -> Any:
        """Raises torch's error."""
        raise RuntimeError(_get(self).text)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """The view itself: nothing changes."""
        if not requires_grad and _own(_get(self).old):
            raise RuntimeError(NON_LEAF_FLAG + NON_LEAF_REMEDY)
        return self

    def retain_grad(self) -> None:
        """Nothing: no gradient will arrive. A view with a history of its own raises torch's error."""
        if forbidden_for_ever(self):
            raise RuntimeError(_get(self).text)

    @property
    def grad(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        """None: no gradient will arrive."""
        if forbidden_for_ever(self):
            warnings.warn(NON_LEAF_GRAD, UserWarning, stacklevel=2)

    @grad.setter
    def grad(self, value: Any) -> None:  # pyright: ignore
        """As of any tensor."""
        Tensor.grad.fset(self, value)  # pyright: ignore[reportOptionalCall]

    @grad.deleter
    def grad(self) -> None:
        Tensor.grad.fdel(self)  # pyright: ignore[reportOptionalCall]


def _own(edge: Any) -> bool:
    """Whether a view with this edge has a history of its own."""
    return edge is not None and not isinstance(split_edge(edge)[0], Sink)


_ForbiddenView.__name__ = _ForbiddenView.__qualname__ = "Tensor"


def forbid(view: Tensor) -> None:
    """Make this view one that may not follow its base any more."""
    if view.__class__ is not _ForbiddenView:
        node = Forbidden(_forbidden(view, "its base or another view of its base has been"), view._node)
        view._node = node
        view.__class__ = _ForbiddenView


def allow(view: Tensor, node: Any) -> None:
    """Make a forbidden view an ordinary tensor again, with this node."""
    view.__class__ = Tensor
    view._node = node


def forbidden_for_ever(view: Tensor) -> bool:
    """Whether a forbidden view has a history of its own, so that it stays forbidden when its base is detached."""
    return _own(_get(view).old)


def is_forbidden(x: Tensor) -> bool:
    """Whether `x` is a view that may not follow its base."""
    return x.__class__ is _ForbiddenView


_AMBIGUOUS = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
)
_WHY = {
    "function": "This view was created inside a custom Function (or because an input was returned as-is) and the "
    "autograd logic to handle view+inplace would override the custom backward associated with the custom Function, "
    "leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom "
    "Function.",
    "multi": "This view is the output of a function that returns multiple views. Such functions do not allow the "
    "output views to be modified inplace. You should replace the inplace operation by an out-of-place one.",
    "no_grad": f"{_AMBIGUOUS}both the view and the inplace either both inside the no_grad block (if you don't want the "
    "inplace to be tracked) or both outside (if you want the inplace to be tracked).",
    "inference": f"{_AMBIGUOUS}both the view and the inplace either both inside the inference_mode block (if you don't "
    "want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
}
_MODES = {"no_grad": ("no_grad mode", "with grad mode enabled"), "inference": ("inference mode", "in normal mode")}


def _forbidden(target: Tensor, what: str) -> str:
    """torch's text for a view that may not be changed, or may not follow."""
    creation = target._view.creation
    edge = _get(target)
    if edge.__class__ is Forbidden:
        edge = edge.old
    mode = _MODES.get(creation)
    if _own(edge):
        node, number = split_edge(edge)
        text = f"Output {number} of {node.name().rpartition('Backward')[0]} is a view"
        text += f" of a view which was created in {mode[0]} and {what}" if mode else f" and {what}"
    else:
        text = f"A view was created in {(mode or _MODES['no_grad'])[0]} and {what}"
    text += " modified inplace" + (f" {mode[1]}. " if mode else ". " if _own(edge) else " with grad mode enabled. ")
    return text + _WHY[creation]


def overlaps_itself(array: Any) -> bool:
    """Whether two elements of the array share memory, as in an expanded one."""
    strides = array.strides
    return 0 in strides and array.size > 0 and any(s == 0 and n > 1 for s, n in zip(strides, array.shape, strict=True))


_LEAF = "leaf Variable that requires grad is being used in an in-place operation."


def check_writable(target: Tensor, tracked: bool = False, overlapping: bool = False, elements: bool = True) -> None:
    """Raise torch's error if `target` may not be changed in place.

    `tracked`: the change will be recorded, whether or not the target has a history. `overlapping`: the change gives all
    elements one value, so that they may share memory. `elements`: they change, not the shape alone.
    """
    view = target._view
    mode = current()
    if mode.grad:
        if view is None:
            if isinstance(target._node, Sink):
                raise RuntimeError(f"a {_LEAF} (Change it under torch.no_grad(), or use the out-of-place operation.)")
        else:
            node = view.base._node
            needs = node is not None or _get(target) is not None
            if view.creation and (tracked or needs):
                raise RuntimeError(_forbidden(target, "is being"))
            if needs and (node is None or isinstance(node, Sink)):
                raise RuntimeError(
                    f"a view of a {_LEAF} (Change it under torch.no_grad(), or change a .clone() of the leaf.)"
                )
    if target._meta is not None and target._meta.inference and not mode.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a "
            "normal tensor before doing inplace update."
            "See https://github.com/pytorch/rfcs/pull/17 for more details."
        )
    if not overlapping and overlaps_itself(target._array):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )
    if elements and not target._array.flags.writeable:
        raise RuntimeError(
            "the tensor's memory is read-only: it was made from a read-only NumPy array; clone() it first"
        )
    if mode.before_change is not None:
        mode.before_change(target)


def check_apart(target: Any, other: Any, whole: bool = True) -> None:
    """Raise torch's error if these arrays share a part of their memory, the first of which is to be written.

    `whole`: they may be the same. As in torch, arrays that leave gaps in memory are not looked at.
    """
    if target.base is None and other.base is None and target is not other:
        return
    if not np.may_share_memory(target, other) or (whole and _same_memory(target, other)):
        return
    if _dense(target) and _dense(other):
        raise not_apart()


def not_apart() -> RuntimeError:
    """torch's error for a tensor that is to be written and shares memory with an operand."""
    return RuntimeError(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
        "memory location. Please clone() the tensor before performing the operation."
    )


def _same_memory(a: Any, b: Any) -> bool:
    return a is b or (
        a.strides == b.strides
        and a.size == b.size
        and a.__array_interface__["data"][0] == b.__array_interface__["data"][0]
    )


def _dense(array: Any) -> bool:
    """Whether the elements fill a block of memory, in any order of the dimensions."""
    if array.flags.c_contiguous or array.flags.f_contiguous:
        return True
    step = array.itemsize
    for stride, size in sorted(zip(array.strides, array.shape, strict=True)):
        if size > 1:
            if stride != step:
                return False
            step *= size
    return True


__all__ = [
    "Forbidden",
    "Untracked",
    "allow",
    "check_apart",
    "check_writable",
    "forbid",
    "forbidden_for_ever",
    "is_forbidden",
    "overlaps_itself",
]
