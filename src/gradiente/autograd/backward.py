"""The entry points of differentiation: `backward` and `grad`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, overload

import numpy as np

from ..graph import NO_GRAD, PLAIN, current, restore, run, swap, with_grad
from ..tensor import overriding
from ..tensor.core import Tensor, box, wrap
from ..tensor.dispatch import quietly
from ..tensor.dtypes import TENSOR_TYPES
from ..tensor.gradients import wrapped
from ..tensor.inference import mark_inference
from ..tensor.leaves import tracked
from ..tensor.restrictions import Untracked
from ..tensor.tangents import active
from ..tensor.written import F4, F8
from ._seeds import roots_of
from .edges import GradientEdge, Source, edge_of
from .reentrant import deep, elsewhere
from .tasks import Task, begin, current_task, end
from .transforming import NO_BACKWARD, transforming

Sources = Tensor | GradientEdge | Sequence[Tensor] | Sequence[GradientEdge]

_CREATE_GRAPH = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
    "which "
    "can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to "
    "use "
    "this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and "
    "avoid the leak."
)


def _bare(answer: Any, old: Any, hook: Any) -> Any:
    """The bare value of what a hook returned in place of `old`."""
    return _checked(answer, old, hook)._array


def _checked(answer: Any, old: Any, hook: Any) -> Tensor:
    """What a hook returned in place of `old`, if it is a gradient of the same kind."""
    if not isinstance(answer, Tensor):
        raise TypeError(
            f"expected Variable, but hook returned '{type(answer).__name__}' (a hook must return None or a Tensor)"
        )
    name = getattr(hook, "__name__", type(hook).__name__)
    array = old._array if isinstance(old, Tensor) else old
    if old is not None and answer._array.dtype != array.dtype:
        was, got = (TENSOR_TYPES[a.dtype.name] for a in (array, answer._array))
        raise RuntimeError(f"hook '{name}' has changed the type of value (was torch.{was} got torch.{got})")
    if old is not None and answer._array.shape != array.shape:
        raise RuntimeError(
            f"hook '{name}' has changed the size of value: the gradient has shape {list(array.shape)}, "
            f"what the hook returned has {list(answer._array.shape)}"
        )
    return answer


def differentiate(
    roots: list[tuple[Any, Tensor]],
    *,
    keep: bool,
    taped: bool,
    targets: Sequence[Any] | None = None,
    accumulate: bool = False,
) -> list[Any] | None:
    """Run the engine: on bare arrays, or taped on Tensors."""
    if not overriding.installers and overriding.state().disabled < 2:
        with overriding.DisableTorchFunction():  # rules are nothing that types of tensors take over
            return differentiate(roots, keep=keep, taped=taped, targets=targets, accumulate=accumulate)
    if current_task() is not None and deep():
        return elsewhere(differentiate, roots, keep=keep, taped=taped, targets=targets, accumulate=accumulate)
    mode = current()
    if (targets is None or accumulate) and (mode.transforms or transforming.get()):
        raise RuntimeError(NO_BACKWARD)
    on_tensors, watch, inner = taped, None, PLAIN if taped else NO_GRAD
    if mode is not PLAIN and mode is not NO_GRAD:
        # On batched arrays the rules run as on Tensors, which finds them the namespace; they are recorded only if
        # asked for. Tangents propagate through rules that run on Tensors.
        on_tensors, inner = taped or bool(mode.transforms) or active(mode), with_grad(mode, taped)
        if mode.anomaly or mode.interceptors:
            from . import anomaly

            watch = anomaly.watcher(mode)
    cotangents: list[tuple[Any, Any]] = roots if on_tensors else [(edge, g._array) for edge, g in roots]
    task = Task(cotangents, targets)
    token, task_token = swap(inner), begin(task)
    try:
        return run(
            cotangents,
            keep=keep,
            taped=on_tensors,
            wrap=None if on_tensors else wrapped,
            unwrap=_checked if on_tensors else _bare,
            targets=targets,
            accumulate=accumulate,
            watch=watch,
            quiet=quietly,
        )
    finally:
        end(task, task_token)
        restore(token)


def _tuple(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, (Tensor, GradientEdge)) else tuple(value)


def _gradients(value: Any, count: int) -> tuple[Any, ...]:
    if value is None:
        return (None,) * count
    return (value,) if isinstance(value, Tensor) else tuple(value)


def _targets(inputs: tuple[Any, ...], function: str) -> None:
    if not inputs:
        raise RuntimeError(f"`inputs` argument to `{function}()` cannot be empty.")
    for x in inputs:
        if not isinstance(x, (Tensor, GradientEdge)):
            raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type(x).__name__}")


def backward(
    tensors: Sources,
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Tensor | Sequence[Tensor | None] | None = None,
    inputs: Sources | None = None,
) -> None:
    """Accumulate the gradients of `tensors` in the leaves they depend on: x.grad += Σ (∂tensor/∂x)ᵀ · grad_tensor.

    Args:
        tensors: what to differentiate: a tensor, a `GradientEdge`, or a sequence of them.
        grad_tensors: one cotangent per tensor, of its shape; None, or None in the sequence, stands for 1 where the
        tensor
            has one element.
        retain_graph: whether what the graph saved is kept for another pass; by default the value of `create_graph`.
        create_graph: whether the pass is recorded, so that gradients can be differentiated.
        grad_variables: the old name of `grad_tensors`.
        inputs: the tensors to accumulate gradients in, all others being left alone; by default all leaves.

    Raises RuntimeError if a tensor does not require gradients, lacks a gradient that it needs, was freed, or if
    shapes or dtypes do not fit.

    >>> import gradiente as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> torch.autograd.backward(x * x)
    >>> x.grad
    tensor(6.)
    """
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only "
                "use `grad_tensors`."
            )
        grad_tensors = grad_variables
    chosen = None if inputs is None else _tuple(inputs)
    if chosen is not None and not chosen:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    outputs = _tuple(tensors)
    roots = roots_of(outputs, _gradients(grad_tensors, len(outputs)))
    del grad_tensors, grad_variables
    targets = None
    if chosen is not None:
        _targets(chosen, "backward")
        for x in chosen:
            if isinstance(x, Tensor):
                x.retain_grad()
        targets = [edge_of(x) for x in chosen]
    keep = create_graph if retain_graph is None else retain_graph
    try:
        differentiate(roots, keep=keep, taped=create_graph, targets=targets, accumulate=targets is not None)
    finally:
        if create_graph:
            warnings.warn(_CREATE_GRAPH, UserWarning, stacklevel=2)


@overload
def grad(
    outputs: Sources,
    inputs: Sources,
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]: ...
@overload
def grad(
    outputs: Sources,
    inputs: dict[Any, Tensor] | dict[Any, GradientEdge],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> dict[Any, Tensor]: ...
def grad(
    outputs: Sources,
    inputs: Sources | dict[Any, Tensor] | dict[Any, GradientEdge],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """The gradients of `outputs` with respect to `inputs`, returned, not accumulated: Σ (∂output/∂x)ᵀ · grad_output.

    Args:
        outputs: what to differentiate: a tensor, a `GradientEdge`, or a sequence of them.
        inputs: with respect to what: leaves or not, in any number; or a dictionary of them.
        grad_outputs: one cotangent per output, of its shape; None stands for 1 where the output has one element.
        retain_graph: whether what the graph saved is kept for another pass; by default the value of `create_graph`.
        create_graph: whether the pass is recorded, so that the gradients can be differentiated.
        only_inputs: has no effect any more.
        allow_unused: whether None is returned, instead of an error raised, for an input that no output depends on; by
            default the value of `materialize_grads`.
        is_grads_batched: whether each cotangent has a first dimension more, along which the products are computed one
        by
            one and stacked.
        materialize_grads: whether zeros are returned for such inputs.

    Returns a tuple with one gradient per input; for a dictionary of inputs, a dictionary with the same keys.

    Raises RuntimeError if a tensor does not require gradients, lacks a gradient that it needs, was freed, if shapes
    or dtypes do not fit, or for unused inputs; ValueError if `materialize_grads` meets `allow_unused=False`.

    >>> import gradiente as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> torch.autograd.grad(x * x, x)
    (tensor(6.),)
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    if allow_unused is None:
        allow_unused = materialize_grads
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for "
            "other parts of the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    keys = _keys(inputs)
    wanted, made = _tuple(inputs if keys is None else inputs.values()), _tuple(outputs)  # pyright: ignore
    given = _gradients(grad_outputs, len(made))
    roots = roots_of(made, given, is_grads_batched)
    _targets(wanted, "grad")
    targets = [edge_of(x) for x in wanted]
    if None in targets:
        raise RuntimeError(
            "One of the differentiated Tensors does not require grad "
            f"(input {targets.index(None)}; call .requires_grad_() on it before it is used)"
        )
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        from .batched import batch

        found = batch(differentiate, roots, keep, create_graph, targets)
    else:
        found = differentiate(roots, keep=keep, taped=create_graph, targets=targets) or []
    seen = {id(g._array) for g in given if isinstance(g, Tensor)}
    result: list[Any] = []
    for i, (x, g) in enumerate(zip(wanted, found, strict=True)):
        if g is None:
            if not allow_unused:
                from .why import unused

                raise RuntimeError(
                    f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set "
                    f"allow_unused=True if this is the desired behavior.{unused(made, x)}"
                )
            result.append(_zeros(x, create_graph) if materialize_grads else None)
        elif isinstance(g, Tensor):
            result.append(g)
        else:
            array = box(g)
            if id(array) in seen or array.base is not None:  # no two results share memory, nor with what was given
                array = array.copy()
            seen.add(id(array))
            result.append(wrapped(array))
    if current().inference:
        for t in result:
            if t is not None:
                mark_inference(t)
    return tuple(result) if keys is None else dict(zip(keys, result, strict=True))


def _keys(inputs: Any) -> list[Any] | None:
    """The keys of the inputs, where they are a dictionary."""
    if not isinstance(inputs, Mapping):
        return None
    if type(inputs) is not dict:  # pyright: ignore[reportUnknownArgumentType]
        raise TypeError(
            f"`inputs` argument to `grad()` must be a dict, not {type(inputs).__name__}. "  # pyright: ignore
            "Other Mapping types are not supported. (Write dict(...) around it)"
        )
    return list(inputs)  # pyright: ignore[reportUnknownArgumentType]


def _zeros(x: Source, create_graph: bool) -> Tensor:
    if isinstance(x, GradientEdge):
        raise RuntimeError(
            "materialize_grads cannot be used when the given input is a GradientEdge (pass the tensor, or "
            "allow_unused=True)"
        )
    zeros = wrap(np.zeros_like(x._array))
    return tracked(zeros) if create_graph else zeros


_ONE_F4, _ONE_F8 = wrap(np.ones((), F4)), wrap(np.ones((), F8))
"""The cotangents that most passes start with. Nothing writes to them: the engine copies what it does not own."""


def _plain_seed(array: Any, gradient: Any) -> Tensor | None:
    """The cotangent that the usual call of Tensor.backward starts with; None if the call is not a usual one."""
    if gradient is None:
        dtype = array.dtype
        return None if array.ndim else _ONE_F4 if dtype is F4 else _ONE_F8 if dtype is F8 else None
    if gradient.__class__ is not Tensor:
        return None
    given = gradient._array
    return gradient if given.dtype == array.dtype and given.shape == array.shape else None


def _backward_method(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sources | None = None,
) -> None:
    """Accumulate the gradients of this tensor in the leaves it depends on. See `torch.autograd.backward`."""
    edge = self._node
    usual = not create_graph and inputs is None and edge is not None and edge.__class__ is not Untracked
    seed = _plain_seed(self._array, gradient) if usual else None
    if seed is not None and (current() is PLAIN or current() is NO_GRAD):
        # The usual call needs none of the checks of `backward`.
        differentiate([(edge, seed)], keep=bool(retain_graph), taped=False)
        return
    del seed
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


Tensor.backward = _backward_method  # pyright: ignore[reportAttributeAccessIssue]
