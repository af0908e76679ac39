"""The entry points of differentiation: `backward` and `grad`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import change, current, run, set_mode, split_edge
from ..tensor.core import Tensor, box, wrap

Tensors = Tensor | Sequence[Tensor]

_CREATE_GRAPH = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which "
    "can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use "
    "this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid "
    "the leak."
)


def _show(value: Any) -> Tensor:
    """A bare cotangent as hooks see it."""
    return wrap(box(value))


def _bare(answer: Any, old: Any) -> Any:
    """The bare value of what a hook returned in place of `old`."""
    return _checked(answer, old)._array


def _checked(answer: Any, old: Any) -> Tensor:
    if not isinstance(answer, Tensor):
        raise TypeError(f"hooks must return None or a Tensor, but got {type(answer).__name__}")
    array = old._array if isinstance(old, Tensor) else old
    if old is not None and answer._array.shape != array.shape:
        raise RuntimeError(
            f"hook has changed the size of value: the gradient has shape {list(array.shape)}, "
            f"what the hook returned has {list(answer._array.shape)}"
        )
    return answer


def differentiate(
    roots: list[tuple[Any, Tensor]], *, keep: bool, taped: bool, targets: Sequence[Any] | None = None
) -> list[Any] | None:
    """Run the engine: on bare arrays, or taped on Tensors."""
    mode = current()
    watch = None
    if mode.anomaly or mode.interceptors:
        from . import anomaly

        watch = anomaly.watcher(mode)
    previous = change(grad=taped)
    try:
        if taped:
            return run(roots, keep=keep, taped=True, unwrap=_checked, targets=targets, watch=watch)
        bare = [(edge, g._array) for edge, g in roots]
        with np.errstate(all="ignore"):
            return run(bare, keep=keep, wrap=_show, unwrap=_bare, targets=targets, watch=watch)
    finally:
        set_mode(previous)


def _seed(root: Tensor, given: Tensor | None, i: int) -> Tensor:
    """The cotangent that a root starts with."""
    array = root._array
    if given is None:
        if array.size != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs "
                f"(output {i} has shape {list(array.shape)}; reduce it, for instance with .sum(), or give its gradient)"
            )
        if array.dtype.kind == "c":
            raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {root.dtype}")
        return wrap(np.ones_like(array))
    if given._array.shape != array.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of torch.Size({list(given._array.shape)}) and output[{i}] "
            f"has a shape of torch.Size({list(array.shape)})."
        )
    if (given._array.dtype.kind == "c") != (array.dtype.kind == "c"):
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
            f"grad_output[{i}] has a dtype of {given.dtype} and output[{i}] has a dtype of {root.dtype}."
        )
    return given


def _roots(outputs: Sequence[Tensor], gradients: Sequence[Tensor | None]) -> list[tuple[Any, Tensor]]:
    roots: list[tuple[Any, Tensor]] = []
    for i, (root, given) in enumerate(zip(outputs, gradients, strict=True)):
        if root._node is None:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
        roots.append((root._node, _seed(root, given, i)))
    return roots


def _tuple(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, Tensor) or value is None else tuple(value)


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Accumulate the gradients of `tensors` in the leaves they depend on: x.grad += Σ (∂tensor/∂x)ᵀ · grad_tensor.

    >>> import gradiente as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> torch.autograd.backward(x * x)
    >>> x.grad
    tensor(6.)
    """
    outputs = _tuple(tensors)
    gradients = (None,) * len(outputs) if grad_tensors is None else _tuple(grad_tensors)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    roots = _roots(outputs, gradients)
    if create_graph:
        warnings.warn(_CREATE_GRAPH, UserWarning, stacklevel=2)
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        differentiate(roots, keep=keep, taped=create_graph)
        return
    leaves = _tuple(inputs)
    if not leaves:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    found = differentiate(roots, keep=keep, taped=create_graph, targets=[leaf._node for leaf in leaves])
    for leaf, g in zip(leaves, found or (), strict=True):
        if g is not None:
            g = g if isinstance(g, Tensor) else wrap(np.array(g))
            meta = leaf._metadata()
            meta.grad = g if meta.grad is None else meta.grad + g


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """The gradients of `outputs` with respect to `inputs`, returned instead of accumulated.

    >>> import gradiente as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> torch.autograd.grad(x * x, x)
    (tensor(6.),)
    """
    roots_of, wanted = _tuple(outputs), _tuple(inputs)
    gradients = (None,) * len(roots_of) if grad_outputs is None else _tuple(grad_outputs)
    for x in wanted:
        if x._node is None:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    roots = _roots(roots_of, gradients)
    keep = create_graph if retain_graph is None else retain_graph
    found = differentiate(roots, keep=keep, taped=create_graph, targets=[x._node for x in wanted]) or []
    result: list[Any] = []
    for x, g in zip(wanted, found, strict=True):
        if g is None:
            if materialize_grads:
                g = np.zeros_like(x._array)
            elif not allow_unused:
                raise RuntimeError(
                    "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if "
                    "this is the desired behavior."
                )
        result.append(g if g is None or isinstance(g, Tensor) else wrap(box(g) if g.flags.owndata else np.array(g)))
    return tuple(result)


def _backward_method(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Accumulate the gradients of this tensor in the leaves it depends on. See `torch.autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs)


Tensor.backward = _backward_method  # pyright: ignore[reportAttributeAccessIssue]
_ = split_edge
