"""What is inside of a transform of derivatives, and what is not.

Note [Fresh variables]: `grad(f)(x)` differentiates with respect to a variable that exists only inside. If x is part
of a graph outside, the variable is a view of it, so that the graph goes on from there; otherwise it is a leaf. Every
node inside is younger than the transform, so one walk tells whether a result depends on anything outside that is
tracked; if not, nothing is recorded about the derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..autograd.transforming import transforming
from ..graph import change, current, edges_of, moment, set_mode, split_edge
from ..ops._views import viewing
from ..tensor.core import AccumulateGrad, Tensor, wrap
from ..tensor.tangents import enter, leave, put_tangent, share_tangents, tangent_of
from ..utils._pytree import tree_flatten, tree_unflatten

_view = viewing("alias")


class Inside:
    """The inside of one transform of derivatives, as a context: recording is on, and its variables are fresh."""

    def __init__(self) -> None:
        self.outer = current()
        self.start = moment()
        self.own: set[Any] = set()

    def __enter__(self) -> Inside:
        self.previous = change(grad=True) if not self.outer.grad else None
        self.token = transforming.set(True)
        return self

    def __exit__(self, *exc_info: object) -> None:
        transforming.reset(self.token)
        if self.previous is not None:
            set_mode(self.previous)

    def fresh(self, x: Tensor) -> Tensor:
        """The variable that stands for `x` inside."""
        if x._node is not None and self.outer.grad:
            return _view(x)
        if x._array.dtype.kind not in "fcV":
            raise RuntimeError(
                f"only Tensors of floating point dtype can require gradients (this one is {x.dtype}; convert it first, "
                "for instance with .float())"
            )
        out = wrap(x._array)
        out._history = x._history
        share_tangents(x, out)
        out._node = node = AccumulateGrad(out)
        self.own.add(node)
        return out

    def leads_outside(self, tensors: Iterable[Any]) -> bool:
        """Whether any of the tensors depends on something outside that is tracked."""
        if not self.outer.grad:
            return False
        seen: set[int] = set()
        stack = [split_edge(x._node)[0] for x in _with_tangents(tensors) if x._node is not None]
        while stack:
            node = stack.pop()
            if node.seq < self.start:
                return True
            if node.seq not in seen:
                seen.add(node.seq)
                stack.extend(split_edge(edge)[0] for edge in edges_of(node))
        return False

    def depends(self, x: Tensor, variables: list[Tensor]) -> bool:
        """Whether `x` depends on any of the variables."""
        wanted = {split_edge(v._node)[0] for v in variables}
        seen: set[Any] = set()
        stack = [] if x._node is None else [split_edge(x._node)[0]]
        while stack:
            node = stack.pop()
            if node in wanted:
                return True
            if node not in seen and node.seq >= self.start:
                seen.add(node)
                stack.extend(split_edge(edge)[0] for edge in edges_of(node))
        return False

    def outward(self, tree: Any) -> Any:
        """The results, with their history as far as it leads outside."""
        leaves, spec = tree_flatten(tree)
        return tree_unflatten([self._bare(x) for x in leaves], spec)

    def _bare(self, x: Any) -> Any:
        if not isinstance(x, Tensor) or x._node is None or self.leads_outside((x,)):
            return x
        out = wrap(x._array)
        out._history = x._history
        share_tangents(x, out, self._bare)
        return out


class Forward:
    """The inside of one derivative in forward mode, as a context: a level, at which its duals have tangents."""

    def __enter__(self) -> Forward:
        self.previous = change(forward_grad=True) if not current().forward_grad else None
        self.level = enter()
        self.token = transforming.set(True)
        return self

    def __exit__(self, *exc_info: object) -> None:
        transforming.reset(self.token)
        leave(self.level)
        if self.previous is not None:
            set_mode(self.previous)

    def dual(self, x: Tensor, tangent: Tensor) -> Tensor:
        """A view of `x` that has the tangent."""
        out = _view(x)
        put_tangent(out, self.level, tangent)
        return out

    def tangent(self, y: Tensor) -> Tensor | None:
        """The tangent of a result."""
        return tangent_of(y, self.level)


def _with_tangents(tensors: Iterable[Any]) -> Iterator[Tensor]:
    """The tensors among the values, their tangents, the tangents of those, and so on."""
    for x in tensors:
        if isinstance(x, Tensor):
            yield x
            if x._meta is not None and x._meta.tangents:
                yield from _with_tangents(list(x._meta.tangents.values()))


def need_tensors(tree: Any, complain: Callable[[Any], Exception]) -> None:
    """Raise `complain(leaf)` for a leaf that is no tensor."""
    for leaf in tree_flatten(tree)[0]:
        if not isinstance(leaf, Tensor):
            raise complain(leaf)


def chosen(args: tuple[Any, ...], argnums: Any) -> tuple[int, ...]:
    """The numbers of the arguments that `argnums`, an int or a tuple, names; checked."""
    if isinstance(argnums, int) and not isinstance(argnums, bool):
        numbers: tuple[int, ...] = (argnums,)
    elif isinstance(argnums, tuple):
        numbers = argnums
        if not numbers:
            raise RuntimeError("argnums must be non-empty")
        if len(set(numbers)) != len(numbers):
            raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    else:
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")
    return tuple([number % len(args) for number in numbers])


__all__ = ["Forward", "Inside", "chosen", "need_tensors"]
