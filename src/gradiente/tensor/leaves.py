"""What only leaves have: requiring gradients or not, a gradient of their own, the type that it must have.

Note [Leaves that stop requiring gradients]: what was recorded before goes on leading to the leaf's `AccumulateGrad`,
which then accumulates nothing. The leaf remembers it, with its hooks, and has the same one again when it is to require
gradients again.
"""

from __future__ import annotations

from typing import Any

from ..arrays.meta import is_meta
from ..graph import current
from ..graph.modes import transforming
from . import origins
from .core import AccumulateGrad, Tensor
from .dtypes import C_NAMES, SCALAR_NAMES, dtype
from .texts import NO_REQUIRES_GRAD, NON_LEAF_FLAG, NON_LEAF_REMEDY


class _Silent(AccumulateGrad):
    """The accumulator of a leaf that requires no gradients any more."""

    __slots__ = ()

    def receive(self, cotangent: Any, taped: bool, owned: bool) -> None:
        """Accumulate nothing."""
        leaf = self._leaf()
        if leaf is not None and leaf.grad_fn is not None:
            raise RuntimeError(
                "leaf variable has been moved into the graph interior (it was changed in place, with an operation that "
                "was recorded, since it was used; clone it before it is changed)"
            )


_Silent.__name__ = _Silent.__qualname__ = "AccumulateGrad"  # which it is for whoever looks at the graph
_Silent.__module__ = AccumulateGrad.__module__


def set_requires_grad(x: Tensor, value: Any) -> None:
    """What assigning to `x.requires_grad` does."""
    if value is not True and value is not False:
        raise RuntimeError(f"requires_grad must be a bool (not {type(value).__name__})")
    if not x.is_leaf:
        # torch refuses True as well, where the method accepts it
        raise RuntimeError(NON_LEAF_FLAG + ("" if value else NON_LEAF_REMEDY))
    switch(x, value, "floating point and complex dtype")


def switch(x: Tensor, on: bool, kinds: str = "floating point dtype") -> None:
    """Make `x` require gradients or not; `kinds` is what the error about its type says."""
    if not x.is_leaf:
        if not on:
            raise RuntimeError(NON_LEAF_FLAG + NON_LEAF_REMEDY)
        return
    if on:
        _switch_on(x, kinds)
    elif x._node.__class__ is AccumulateGrad:
        origins.freeze(x)
        silence(x)
        x._node = None
    if x._history is not None and x._history.views and x._view is None:
        from .views import base_switched

        base_switched(x)


def tracked(x: Tensor, on: bool = True) -> Tensor:
    """`x` itself, which requires gradients from now on, or does not."""
    switch(x, on)
    return x


def refuse_inside() -> None:
    """Refuse `requires_grad_` inside of a transform of torch.func, whose gradients it could not mean."""
    if transforming.get() or current().transforms:
        raise RuntimeError(NO_REQUIRES_GRAD)


def _switch_on(x: Tensor, kinds: str) -> None:
    if x._array.dtype.kind not in "fcV":
        raise RuntimeError(
            f"only Tensors of {kinds} can require gradients "
            f"(this one is {x.dtype}; convert it first, for instance with .float())"
        )
    meta = x._meta
    if meta is not None and meta.inference and not current().inference:
        raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
    if x._node.__class__ is AccumulateGrad:
        return
    if meta is None or meta.silent is None:
        x._node = AccumulateGrad(x)
    else:
        node, meta.silent = meta.silent, None
        node.__class__ = AccumulateGrad
        node._array = x._array  # which may be another one by now
        x._node = node
    if meta is not None and meta.origin is not None:
        origins.thaw(x)


def silence(x: Tensor) -> None:
    """Have the accumulator of the leaf `x` accumulate nothing from now on; see the note above."""
    node: Any = x._node
    if node.__class__ is AccumulateGrad:
        node.__class__ = _Silent
        x._metadata().silent = node


def check_grad(x: Tensor, value: Any) -> None:
    """Raise torch's error if `value` cannot be the gradient of `x`."""
    if not isinstance(value, Tensor):
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}")
    if value is x:
        raise RuntimeError("can't assign Variable as its own grad")
    if is_meta(value._array) != is_meta(x._array):
        own, other = ("meta", "cpu") if is_meta(x._array) else ("cpu", "meta")
        raise RuntimeError(
            f"attempting to assign a gradient with device type '{other}' to a tensor with device type '{own}'. Please "
            "ensure that the gradient and the tensor are on the same device"
        )
    wanted = _grad_dtype(x)
    if wanted is not None and value.dtype is not wanted:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{C_NAMES[value.dtype.name]}' to a tensor with grad_dtype "
            f"'{SCALAR_NAMES[wanted.name]}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's "
            "dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. "
            "Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream "
            "systems that assume they match."
        )
    if value._array.shape != x._array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(value._array.shape)}' to a tensor of size "
            f"'{list(x._array.shape)}'. Please ensure that the gradient and the tensor are the same size"
        )


def _grad_dtype(x: Tensor) -> dtype | None:
    meta = x._meta
    return x.dtype if meta is None or meta.grad_dtype is False else meta.grad_dtype


def get_grad_dtype(x: Tensor) -> dtype | None:
    """The type that the gradient of the leaf `x` must have; None for any."""
    if not x.is_leaf:
        raise RuntimeError("grad_dtype can only be accessed on leaf tensors. (This one was computed.)")
    return _grad_dtype(x)


def set_grad_dtype(x: Tensor, wanted: Any) -> None:
    """Choose that type: gradients that arrive are converted to it."""
    if wanted is not None and not isinstance(wanted, dtype):
        raise RuntimeError(f"grad_dtype must be a torch.dtype or None, but got {type(wanted).__name__}")
    if not x.is_leaf:
        raise RuntimeError("grad_dtype can only be set on leaf tensors. (This one was computed.)")
    meta = x._metadata()
    if wanted is not None and meta.grad is not None and meta.grad.dtype is not wanted:
        raise RuntimeError(
            f"Cannot set grad_dtype to '{SCALAR_NAMES[wanted.name]}' because there is already a gradient with dtype "
            f"'{C_NAMES[meta.grad.dtype.name]}'. Please clear the gradient (.grad = None) before changing "
            "grad_dtype, or ensure the new grad_dtype matches the existing gradient's dtype."
        )
    meta.grad_dtype = wanted
    if x._node is not None:
        hooks = x._node._all_hooks()  # pyright: ignore[reportAttributeAccessIssue]
        hooks.cast = None if wanted is None or wanted is x.dtype else _caster(wanted)


def _caster(wanted: dtype) -> Any:
    def cast(g: Any) -> Any:
        return g.to(wanted) if isinstance(g, Tensor) else g.astype(wanted.numpy)

    return cast


__all__ = [
    "check_grad",
    "get_grad_dtype",
    "refuse_inside",
    "set_grad_dtype",
    "set_requires_grad",
    "silence",
    "switch",
    "tracked",
]
