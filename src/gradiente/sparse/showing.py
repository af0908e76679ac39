"""How sparse tensors print, are copied, and are kept in files."""

from __future__ import annotations

import copy
from typing import Any

from ..arrays.sparse import SparseArray
from ..tensor.core import AccumulateGrad, Tensor, wrap
from ..tensor.dtypes import bool as boolean
from ..tensor.dtypes import get_default_dtype, int64
from ..tensor.printing import format_elements, get_printoptions
from ..tensor.sparse import sparse
from ._registry import handles


def part(name: str, array: Any) -> str:
    """`indices=tensor([[0, 1]])`, as it stands within a printed tensor."""
    head = f"{name}=tensor("
    size = f", size={array.shape}" if not array.size else ""
    return head + format_elements(array, len("tensor(") + len(head)) + size + ")"


def suffixes_of(x: Tensor, sizes: list[str]) -> list[str]:
    """What follows the elements: sizes, the type where it is not a usual one, the layout, the history."""
    found = [*sizes]
    usual = get_default_dtype()
    if x.dtype not in (usual, usual.to_complex(), int64, boolean):
        found.append(f"dtype={x.dtype!r}")
    found.append(f"layout={x.layout!r}")
    if x.grad_fn is not None:
        found.append(f"grad_fn=<{type(x.grad_fn).__name__}>")
    elif x._node is not None:
        found.append("requires_grad=True")
    return found


@handles("__repr__", "__str__")
def described(self: Tensor, *, tensor_contents: object = None) -> str:
    """torch's printed form."""
    if getattr(self, "_is_param", False):  # what torch.nn.Parameter made of a sparse tensor
        return "Parameter containing:\n" + _text(self)
    return _text(self)


def _text(self: Tensor) -> str:
    array: SparseArray = self._array
    indent = " " * len("tensor(")
    text = f"tensor({part('indices', array.indices)},\n{indent}{part('values', array.values)}"
    first, *rest = suffixes_of(self, [f"size={array.shape}", f"nnz={array.indices.shape[1]}"])
    return with_parts(f"{text},\n{indent}{first}", len(indent) + len(first), rest)


def with_parts(text: str, length: int, parts: list[str]) -> str:
    """The text, whose last line has this length, and further parts: on a new line where the last would be too long."""
    indent, width = len("tensor("), get_printoptions()["linewidth"]
    for each in parts:
        if length + len(each) + 2 > width:
            text, length = f"{text},\n{' ' * indent}{each}", indent + len(each)
        else:
            text, length = f"{text}, {each}", length + len(each) + 2
    return f"{text})"


@handles("__format__")
def formatted(self: Tensor, spec: str) -> str:
    """The printed form."""
    return object.__format__(self, spec)


@handles("__deepcopy__")
def deep_copied(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A copy of the tensor, its gradient and its attributes."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "(Deep-copy x.detach(), or x.clone() within torch.no_grad())"
        )
    out = sparse(self._array.copy())
    memo[id(self)] = out
    if self._node is not None:
        out._node = AccumulateGrad(out)
    if self.grad is not None:
        out.grad = copy.deepcopy(self.grad, memo)
    vars(out).update(copy.deepcopy(self.__dict__, memo))
    return out


def parts_of(self: Tensor) -> tuple[Any, ...]:
    """What pickles and files keep: places, values, size, whether it is coalesced."""
    array: SparseArray = self._array
    return wrap(array.indices), wrap(array.values), self.shape, array.coalesced


@handles("__reduce_ex__")
def reduced(self: Tensor, protocol: Any) -> Any:
    """How a pickle makes the tensor again."""
    from .creating import rebuilt

    return rebuilt, parts_of(self)


__all__ = ["described", "part", "parts_of", "suffixes_of"]
