"""Functions with a backward pass of their own: `Function`, its context, `once_differentiable`.

Note [The context is the node]: the object that `forward` and `backward` receive as `ctx` is the node itself, as in
torch, so that attributes set on it are found on `grad_fn`. What it saves becomes its saved values when `forward` is
done;
outputs are saved without their node. Nothing refers back from a saved value to the node: graphs are freed without the
collector.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from ..arrays import namespace_of
from ..arrays.meta import is_meta, without_values
from ..graph import Mode, Node, Plan, current, set_mode, swap, with_grad
from ..tensor.batching import lifted, on_batched
from ..tensor.core import Tensor, wrap
from ..tensor.gradients import wrapped
from ..tensor.namespace import namespace
from ..tensor.plans import border
from . import _vmapped
from ._context import FunctionCtx
from ._node import ContextNode
from ._once import once_differentiable
from ._outputs import Facts, finish, restored
from .transforming import transforming

_NO_BACKWARD = (
    "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward "
    "mode AD."
)
_BOTH = (
    "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of "
    "them."
)


class BackwardCFunction(ContextNode, FunctionCtx):
    """The node of a `Function`, which is also its context."""

    makes_something: ClassVar[bool] = True
    _forward_cls: Any = None
    to_save: tuple[Tensor | None, ...] | None = None
    dirty_tensors: tuple[Tensor, ...] | None = None
    non_differentiable: tuple[Tensor, ...] | None = None
    saved_for_forward: tuple[Tensor | None, ...] | None = None
    materialize_grads: bool = True

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{type(self).__name__} object at {id(self):#x}>"

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What `save_for_backward` saved, checked to be unchanged."""
        if "_for_jvp" in self.__dict__:
            return self.__dict__["_for_jvp"]
        tensors = self.tensors
        if tensors is None:
            raise self.freed()
        return tuple(restored(self, i) for i in range(len(tensors)))

    @property
    def saved_variables(self) -> tuple[Tensor | None, ...]:
        """The old name of `saved_tensors`."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    @property
    def needs_input_grad(self) -> tuple[bool, ...]:
        """For each argument of `forward`, whether its gradient is needed."""
        return self.facts.needs


class FunctionMeta(type):
    """Gives each `Function` the class of its nodes, named after it."""

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        """Make the class of the nodes."""
        backward = type(
            f"{name}Backward",
            (BackwardCFunction,),
            {"_forward_cls": cls, "__module__": "torch.autograd.function", "plans": {}},
        )
        cls._backward_cls: Any = backward
        super().__init__(name, bases, namespace)


class Function(metaclass=FunctionMeta):
    """A differentiable function with a derivative of your own: write `forward` and `backward`, call `apply`.

    Both are static methods. `forward(ctx, *args)` computes; `backward(ctx, *grad_outputs)` returns one gradient, or
    None, per argument of `forward`. Alternatively `forward(*args)` has no context, and
    `setup_context(ctx, inputs, output)` saves what `backward` needs. With `create_graph=True`, `backward` is recorded
    and can be differentiated itself.

    >>> import gradiente as torch
    >>> class Exp(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, i):
    ...         result = i * 1 + 1
    ...         ctx.save_for_backward(result)
    ...         return result
    ...
    ...     @staticmethod
    ...     def backward(ctx, grad_output):
    ...         (result,) = ctx.saved_tensors
    ...         return grad_output * result
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> Exp.apply(x)
    tensor([2., 3.], grad_fn=<ExpBackward>)
    """

    generate_vmap_rule = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should "
            f"invoke "
            "them on the class itself. Instantiating an autograd function will raise an error in a future version of "
            "PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing: functions are called through `apply`."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function "
            "with static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The function itself: `forward(ctx, *args)`, or `forward(*args)` together with `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """What is to be saved in `ctx`, for a `forward` without it."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any, **_: Any) -> Any:  # so declared, any parameters may override it
        """The gradients of the arguments of `forward`, for those of its outputs."""
        raise NotImplementedError(_NO_BACKWARD)

    vjp = backward
    """Another name under which `backward` may be written."""

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any, **_: Any) -> Any:
        """The tangents of the outputs, for those of the inputs."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *args: Any) -> Any:
        """The function of batches: returns the pair (output, out_dims)."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap static method or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` on `args` and record one node for it."""
        own_context = cls.setup_context is not Function.setup_context
        if own_context:
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, dict(bound.kwargs)
        mode = current()
        if mode.transforms or transforming.get():
            _vmapped.check(cls, own_context, cls.vmap is not Function.vmap)
            args = lifted(args)
        ctx = object.__new__(cls._backward_cls)
        needs = tuple(isinstance(a, Tensor) and a._node is not None for a in args)
        _prepare(ctx, Facts(args, needs))
        swap(_inside(mode))
        try:
            if own_context:
                output = _vmapped.forward(cls, args) if mode.transforms else cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args, **kwargs)
        finally:
            set_mode(mode)
        return finish(ctx, args, output, mode, mode.grad and True in needs, _plan)


def _prepare(ctx: Any, facts: Facts) -> None:
    """Fill the engine's fields of a new context."""
    fill = object.__setattr__
    fill(ctx, "seq", 0)
    fill(ctx, "edges", ())
    fill(ctx, "plan", _UNRECORDED)
    fill(ctx, "tensors", ())
    fill(ctx, "facts", facts)
    fill(ctx, "hooks", None)
    fill(ctx, "place", None)


def _inside(mode: Mode) -> Mode:
    """The mode in which `forward` runs."""
    return with_grad(replace(mode, forward_grad=False) if mode.levels else mode, False)


_UNRECORDED = Plan(lambda node, g: (), lambda node, g: (), (), Node)
"""The plan of a context whose outputs are not tracked."""


def _plan(ctx: Any, mask: tuple[bool, ...], outputs: int, saved: int) -> Plan:
    """How nodes of this class with such operands run backwards."""
    cls = type(ctx)
    inside = bool(current().transforms)
    key = (mask, outputs, saved, inside)
    plan = cls.plans.get(key)
    if plan is None:
        names = tuple(f"saved_tensors[{i}]" for i in range(saved))
        raw = functools.partial(_backwards, taped=False)
        taped = functools.partial(_backwards, taped=True)
        if inside:
            raw, taped = on_batched(raw), on_batched(taped)
        plan = cls.plans[key] = Plan(raw, taped, mask, cls, names, outputs)
    return plan


def _missing(like: Any, others: Sequence[Any]) -> Tensor:
    """Zeros for an output that nothing was computed from, on the device of the gradients of the others."""
    meta = any(is_meta(getattr(other, "_array", other)) for other in others)
    return wrap(without_values(*like) if meta else np.zeros(*like))


def _backwards(node: Any, g: Any, taped: bool) -> Sequence[Any]:
    """Run the user's `backward` and check what it returns."""
    facts: Facts = node.facts
    shown: list[Any] = []
    for part, like in zip(g if node.plan.outputs != 1 else (g,), facts.outputs, strict=True):
        if part is not None:
            shown.append(part if taped else wrapped(part))
        elif like is not None and node.materialize_grads:
            shown.append(_missing(like, () if g is None else g))
        else:
            shown.append(None)
    answer = _pull(node._forward_cls)(node, *shown)
    answers = answer if isinstance(answer, tuple) else (answer,)
    name, count = node.name(), len(facts.needs)
    if len(answers) > count and all(extra is None for extra in answers[count:]):
        answers = answers[:count]
    if len(answers) != count:
        raise RuntimeError(
            f"function {name} returned an incorrect number of gradients (expected {count}, got {len(answers)}): "
            "backward must return one gradient, or None, per argument of forward"
        )
    result: list[Any] = []
    index = -1
    for i, given in enumerate(answers):
        if facts.inputs[i] is None:
            if given is not None:
                raise RuntimeError(
                    f"function {name} returned a gradient different than None at position {i + 1}, but the "
                    "corresponding forward input was not a Variable (return None there)"
                )
            continue
        index += 1
        if given is not None and not isinstance(given, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(given).__name__}) as gradient {i} of {name}")
        if facts.needs[i]:
            result.append(None if given is None else _valid(given, facts.inputs[i], index, name, taped))
    return result


def _pull(cls: Any) -> Callable[..., Any]:
    """The user's `backward`, under whichever name."""
    own = cls.backward is not Function.backward
    if cls.vjp is Function.vjp:
        return cls.backward
    if own:
        raise RuntimeError(_BOTH)
    return cls.vjp


def _valid(g: Tensor, wanted: Any, index: int, name: str, taped: bool) -> Any:
    """A returned gradient, with the shape and dtype of its input."""
    shape, dtype = wanted
    array = g._array
    if array.shape != shape and not _expands(shape, array.shape):
        raise RuntimeError(
            f"Function {name} returned an invalid gradient at index {index} - got {list(array.shape)} but expected "
            f"shape compatible with {list(shape)}"
        )
    if array.dtype.kind == "c" and dtype.kind != "c":
        raise RuntimeError(
            "Expected isFloatingType(grad.scalar_type()) || (input_is_complex == grad_is_complex) to be true, but got "
            f"false.  ({name} returned the complex gradient {index} for a real input; take its .real)"
        )
    return border(g, shape, dtype, namespace) if taped else border(array, shape, dtype, namespace_of(array))


def _expands(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether a tensor of `shape` can be broadcast to the shape `to`."""
    return len(shape) <= len(to) and all(n in (1, m) for n, m in zip(reversed(shape), reversed(to), strict=False))


class InplaceFunction(Function):
    """A `Function` with a flag that tells whether it works in place; kept for programs that use it."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class NestedIOFunction(Function):
    """Kept for programs that derive from it and write `forward` and `backward`, as for every `Function`.

    Its own purpose, nested tuples of tensors by `forward_extended` and `backward_extended`, went with the functions
    that were instantiated: calling those two raises NotImplementedError, and a class without a `forward`
    AttributeError.
    """

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        """To be written."""
        raise AttributeError(f"'{type(ctx).__name__}' object has no attribute '_nested_input' (write a forward)")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any, **_: Any) -> Any:
        """To be written."""
        raise AttributeError(f"'{type(ctx).__name__}' object has no attribute '_nested_output' (write a backward)")

    def forward_extended(self, *input: Any) -> Any:
        """Without function."""
        raise NotImplementedError

    def backward_extended(self, *grad_output: Any) -> Any:
        """Without function."""
        raise NotImplementedError


__all__ = [
    "BackwardCFunction",
    "Function",
    "FunctionCtx",
    "FunctionMeta",
    "InplaceFunction",
    "NestedIOFunction",
    "once_differentiable",
]
