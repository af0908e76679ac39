"""Private functions of torch.autograd.functional that published packages import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ops.creation import eye
from ..tensor.core import Tensor
from .functional_parts import Values


def as_tuple(inp: Any, arg_name: str | None = None, fn_name: str | None = None) -> Any:
    """Whether a tuple of tensors was given rather than a tensor, and the tuple. Without names, the tuple alone.

    Raises:
        TypeError: something else was given.
    """
    if arg_name is None and fn_name is None:
        return inp if isinstance(inp, tuple) else (inp,)
    values = Values.read(inp, str(arg_name), str(fn_name))
    return isinstance(inp, tuple), tuple(values.tensors)


def tuple_postprocess(res: Any, to_unpack: bool | tuple[bool, bool]) -> Any:
    """The result, or its one part, as the tuples were given: one answer, or one for outputs and one for inputs."""
    if isinstance(to_unpack, tuple):
        outer, inner = to_unpack
        parts = res if inner else tuple(part[0] for part in res)
        return parts if outer else parts[0]
    return res if to_unpack else res[0]


def grad_postprocess(inputs: Any, create_graph: bool) -> Any:
    """The tensors, in tuples of any depth, off the graph unless it is to be kept."""
    if isinstance(inputs, Tensor):
        return inputs if create_graph else inputs.detach()
    return tuple(grad_postprocess(part, create_graph) for part in inputs)


def standard_basis_for(tensors: Sequence[Tensor], tensor_numels: Sequence[int]) -> tuple[Tensor, ...]:
    """The rows of the identity for all elements of these tensors together, cut into the parts of each."""
    total, start = sum(tensor_numels), 0
    parts: list[Tensor] = []
    for tensor, count in zip(tensors, tensor_numels, strict=True):
        parts.append(eye(total, dtype=tensor.dtype)[:, start : start + count])
        start += count
    return tuple(parts)


__all__ = ["as_tuple", "grad_postprocess", "standard_basis_for", "tuple_postprocess"]
