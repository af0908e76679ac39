"""The entry points of differentiation: `backward` and `grad`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..graph import NO_GRAD, PLAIN, current, restore, run, swap, with_grad
from ..tensor.core import Tensor, box, wrap
from ..tensor.dispatch import F4, F8, quietly
from ..tensor.dtypes import TENSOR_TYPES, from_numpy_dtype
from ..tensor.restrictions import Untracked
from ..tensor.special import mark_inference
from ..tensor.tangents import active
from .edges import GradientEdge, Source, edge_of, like_of
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


def _show(value: Any) -> Tensor:
    """A bare cotangent as hooks see it."""
    return wrap(box(value))


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
            wrap=None if on_tensors else _show,
            unwrap=_checked if on_tensors else _bare,
            targets=targets,
            accumulate=accumulate,
            watch=watch,
            quiet=quietly,
        )
    finally:
        end(task, task_token)
        restore(token)


def _seed(root: Source, given: Any, i: int, batched: bool) -> Tensor:
    """The cotangent that a root starts with."""
    known = like_of(root)
    if given is None:
        if known is None:
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs, and the shape of the GradientEdge {i} is "
                f"not known: "
                "give its gradient, or make the edge with torch.autograd.graph.get_gradient_edge"
            )
        shape, dtype = known
        if int(np.prod(shape)) != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs "
                f"(output {i} has shape {list(shape)}; reduce it, for instance with .sum(), or give its gradient)"
            )
        if dtype.kind == "c":
            raise RuntimeError(
                "grad can be implicitly created only for real scalar outputs but got "
                f"{from_numpy_dtype(dtype)} (output {i}; give its gradient)"
            )
        return wrap(np.ones(shape, dtype))
    if not isinstance(given, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(given).__name__}")
    if known is None:
        return given
    shape, dtype = known
    array = given._array
    if (array.shape[1:] if batched else array.shape) != shape:
        wanted = (
            "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. "
        )
        raise RuntimeError(
            (wanted if batched else "")
            + f"Mismatch in shape: grad_output[{i}] has a shape of torch.Size({list(array.shape)}) and output[{i}] "
            f"has a shape of torch.Size({list(shape)})."
        )
    if (array.dtype.kind == "c") != (dtype.kind == "c"):
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
            f"grad_output[{i}] has a dtype of {given.dtype} and output[{i}] has a dtype of {from_numpy_dtype(dtype)}."
        )
    if array.dtype == dtype:
        return given
    if given._node is None:
        return wrap(array.astype(dtype))
    return given.to(from_numpy_dtype(dtype))  # pyright: ignore


def _roots(outputs: Sequence[Any], gradients: Iterable[Any], batched: bool = False) -> list[tuple[Any, Tensor]]:
    seeds: list[Tensor] = []
    for i, (root, given) in enumerate(zip(outputs, gradients, strict=False)):
        if not isinstance(root, (Tensor, GradientEdge)):
            raise AssertionError(
                f"Expected output to be a torch.Tensor, but element {i} is of type {type(root).__name__}"
            )
        if given is None and edge_of(root) is None:
            raise _untracked(i, root)
        seeds.append(_seed(root, given, i, batched))
    if len(seeds) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(seeds)} gradients")
    roots: list[tuple[Any, Tensor]] = []
    for i, (root, seed) in enumerate(zip(outputs, seeds, strict=True)):
        edge = edge_of(root)
        if edge is None or edge.__class__ is Untracked:
            raise _untracked(i, root)
        roots.append((edge, seed))
    return roots


def _untracked(i: int, root: Any) -> RuntimeError:
    from .why import explained

    return RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn {explained(root)}")


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
    roots = _roots(outputs, _gradients(grad_tensors, len(outputs)))
    del grad_tensors, grad_variables
    targets = None
    if chosen is not None:
        _targets(chosen, "backward")
        for x in chosen:
            if isinstance(x, Tensor):
                x.retain_grad()
        targets = [edge_of(x) for x in chosen]
    if create_graph:
        warnings.warn(_CREATE_GRAPH, UserWarning, stacklevel=2)
    keep = create_graph if retain_graph is None else retain_graph
    differentiate(roots, keep=keep, taped=create_graph, targets=targets, accumulate=targets is not None)


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
) -> tuple[Tensor, ...]:
    """The gradients of `outputs` with respect to `inputs`, returned, not accumulated: Σ (∂output/∂x)ᵀ · grad_output.

    Args:
        outputs: what to differentiate: a tensor, a `GradientEdge`, or a sequence of them.
        inputs: with respect to what: leaves or not, in any number.
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
    wanted, made = _tuple(inputs), _tuple(outputs)
    given = _gradients(grad_outputs, len(made))
    roots = _roots(made, given, is_grads_batched)
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
                raise RuntimeError(
                    f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set "
                    "allow_unused=True if this is the desired behavior."
                )
            result.append(_zeros(x, i, create_graph) if materialize_grads else None)
        elif isinstance(g, Tensor):
            result.append(g)
        else:
            array = box(g)
            if id(array) in seen or array.base is not None:  # no two results share memory, nor with what was given
                array = array.copy()
            seen.add(id(array))
            result.append(wrap(array))
    if current().inference:
        for t in result:
            if t is not None:
                mark_inference(t)
    return tuple(result)


def _zeros(x: Source, i: int, create_graph: bool) -> Tensor:
    known = like_of(x)
    if known is None:
        raise RuntimeError(f"the shape of the GradientEdge {i} is not known; make it with get_gradient_edge")
    zeros = wrap(np.zeros(*known))
    return zeros.requires_grad_() if create_graph else zeros


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
