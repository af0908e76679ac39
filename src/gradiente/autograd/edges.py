"""Edges that users can hold: where the gradient of a tensor goes, without the tensor."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..graph import Node, Output
from ..tensor.core import AccumulateGrad, Tensor
from ..tensor.metadata import tell
from ..tensor.restrictions import Untracked
from ..tensor.views import renewed


class GradientEdge(NamedTuple):
    """Where the gradient of a tensor goes: output `output_nr` of `node`. It can be a root or an input of a pass."""

    node: Node
    output_nr: int
    ownership_token: Any = None
    """Nothing: a node is kept alive by whoever holds it."""


Source = Tensor | GradientEdge


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge along which the gradient of `tensor` goes, so that it can be asked for when the tensor is gone.

    Args:
        tensor: a tensor that requires gradients.

    Raises RuntimeError if it does not.

    >>> import gradiente as torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> y = x * x
    >>> edge = torch.autograd.graph.get_gradient_edge(y)
    >>> torch.autograd.grad((y * 3), edge)
    (tensor(3.),)
    """
    if tensor._node is None:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    edge = tensor._node
    node, number = (edge.node, edge.number) if isinstance(edge, Output) else (edge, 0)
    shown = node.show()
    if shown is not None:  # pyright: ignore[reportUnnecessaryComparison] - of a view without a history
        tell(shown, number, (tensor._array.shape, tensor._array.dtype))
    return GradientEdge(shown, number)


def edge_of(source: Source) -> Any:
    """The engine's edge of a tensor or `GradientEdge`; None if the tensor requires no gradient."""
    if isinstance(source, Tensor):
        if source._view is not None:
            renewed(source)
        node = source._node
        return Untracked() if node.__class__ is Untracked else node  # another one, which nothing leads to
    node = source.node
    return node if node.plan is None or node.plan.outputs == 1 else Output(node, source.output_nr)


def like_of(source: Source) -> Any:
    """The shape and dtype of a tensor or of what a `GradientEdge` stands for; None if that is not known."""
    if isinstance(source, Tensor):
        return source._array.shape, source._array.dtype
    if isinstance(source.node, AccumulateGrad):
        variable = source.node.variable
        return variable._array.shape, variable._array.dtype
    found = source.node._input_metadata[source.output_nr]  # pyright: ignore[reportAttributeAccessIssue]
    return None if found is None else (tuple(found.shape), found.dtype.numpy)
