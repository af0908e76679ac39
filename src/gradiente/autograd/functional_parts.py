"""What the functions of `torch.autograd.functional` share: the values they work on, and one request for derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from . import functional_texts as texts
from .backward import grad
from .grad_mode import enable_grad

Tensors = Tensor | tuple[Tensor, ...]
Function = Callable[..., Any]


class Values:
    """Tensors that were given, or are to be returned, as one tensor (`alone`) or as a tuple of them."""

    __slots__ = ("alone", "tensors")

    def __init__(self, tensors: Sequence[Tensor], alone: bool) -> None:
        self.tensors: tuple[Tensor, ...] = tuple(tensors)
        self.alone: bool = alone

    @classmethod
    def read(cls, given: Any, role: str, caller: str) -> Values:
        """What was `given` in a `role`; TypeError, as torch's, if anything in it is no tensor."""
        alone = not isinstance(given, tuple)
        tensors: tuple[Any, ...] = (given,) if alone else given
        for place, tensor in enumerate(tensors):
            if not isinstance(tensor, Tensor):
                at = f"given {role}" if alone else f"value at index {place}"
                raise TypeError(
                    f"The {role} given to {caller} must be either a Tensor or a tuple of Tensors but the {at} has "
                    f"type {type(tensor)}."
                )
        return cls(tensors, alone)

    def as_given(self, parts: Sequence[Any]) -> Any:
        """Other things, one for each tensor, in the form in which the tensors were given."""
        return parts[0] if self.alone else tuple(parts)

    def is_one_number(self) -> bool:
        """Whether there is a single tensor, which has a single element."""
        return len(self.tensors) == 1 and self.tensors[0]._array.size == 1

    def shapes(self) -> str:
        """The shapes, for messages."""
        return ", ".join(str(list(x._array.shape)) for x in self.tensors)


class Request:
    """One call of `caller`: derivatives of a function at a point, for a graph or not, in strict mode or not."""

    def __init__(self, caller: str, create_graph: bool, strict: bool) -> None:
        self.caller = caller
        self.graph = create_graph
        self.strict = strict

    @classmethod
    @contextmanager
    def begin(cls, caller: str, create_graph: bool, strict: bool) -> Iterator[Request]:
        """The request, for a block in which operations are recorded, whatever they are around it."""
        with enable_grad():
            yield cls(caller, create_graph, strict)

    # -- from the user's values to those that are differentiated -----------------------------------------------------

    def stand_ins(self, values: Values, track: bool = True) -> Values:
        """Tensors to work with: a continuation of the user's graph if one is wanted and there is one, else new leaves.

        `track`: whether the new leaves ask for gradients.
        """
        made: list[Tensor] = []
        for x in values.tensors:
            if self.graph and x._node is not None:
                made.append(x.view_as(x))  # pyright: ignore[reportAttributeAccessIssue]
            else:
                made.append(x.detach().requires_grad_(track))  # pyright: ignore[reportAttributeAccessIssue]
        return Values(made, values.alone)

    def point(self, inputs: Any) -> Values:
        """Where to differentiate."""
        return self.stand_ins(Values.read(inputs, "inputs", self.caller))

    def direction(self, v: Any, like: Values, missing: str) -> tuple[Tensor, ...] | None:
        """The vector of a product, which has the form and shapes of `like`; None, if only one number is multiplied."""
        if v is None:
            if not like.is_one_number():
                raise RuntimeError(f"{missing} (Give v: one tensor for each of the shapes {like.shapes()}.)")
            return None
        vectors = self.stand_ins(Values.read(v, "v", self.caller), track=False).tensors
        if len(vectors) != len(like.tensors):
            raise RuntimeError(
                f"The given v should contain a single Tensor. (It contains {len(vectors)}.)"
                if like.alone
                else f"v is a tuple of invalid length: should be {len(like.tensors)} but got {len(vectors)}."
            )
        for place, (vector, x) in enumerate(zip(vectors, like.tensors, strict=True)):
            if vector.shape != x.shape:
                entry = "" if like.alone else f"Entry {place} in "
                raise RuntimeError(f"{entry}v has invalid size: should be {x.shape} but got {vector.shape}.")
        return vectors

    # -- the function --------------------------------------------------------------------------------------------------

    def outputs(self, func: Function, point: Values) -> Values:
        """What the function returns; tracked tensors, in strict mode."""
        found = self.read(func(*point.tensors))
        self.demand(found.tensors, texts.OUTPUT_UNTRACKED)
        return found

    def read(self, returned: Any) -> Values:
        """What the function returned, checked to be tensors."""
        return Values.read(returned, "outputs of the user-provided function", self.caller)

    def number(self, func: Function, point: Values) -> Values:
        """What the function returns, which has to be one tensor with one element."""
        found = self.outputs(func, point)
        if not found.alone:
            raise RuntimeError(
                f"The function given to {self.caller} should return a single Tensor "
                f"(it returned a tuple of {len(found.tensors)})"
            )
        if not found.is_one_number():
            raise RuntimeError(
                f"The Tensor returned by the function given to {self.caller} should contain a single element "
                f"(its shape is {found.shapes()}; reduce it, for instance with .sum())"
            )
        return found

    # -- derivatives ---------------------------------------------------------------------------------------------------

    def pull(
        self,
        outputs: Sequence[Tensor | None],
        inputs: Sequence[Tensor],
        vectors: Sequence[Tensor | None] | None = None,
        again: bool = False,
        keep: bool | None = None,
    ) -> tuple[Tensor | None, ...]:
        """Σ vᵀ·∂output/∂input for each input; None for one that no tracked output depends on.

        `again`: whether the result will be differentiated, beside what the user asked for. `keep`: keep the graph.
        """
        paired = zip(outputs, vectors or (None,) * len(outputs), strict=True)
        tracked = [(y, v) for y, v in paired if y is not None and y._node is not None]
        if not tracked:
            return (None,) * len(inputs)
        ends, seeds = zip(*tracked, strict=True)
        return grad(ends, inputs, seeds, keep, self.graph or again, allow_unused=True)  # pyright: ignore

    def demand(self, found: Sequence[Tensor | None], message: str) -> None:
        """In strict mode, raise `message` for the first tensor that depends on nothing tracked."""
        if not self.strict:
            return
        for place, x in enumerate(found):
            if x is None:
                raise RuntimeError(texts.OUTPUT_INDEPENDENT.format(i=place))
            if x._node is None:
                raise RuntimeError(message.format(i=place))

    def complete(
        self, found: Sequence[Tensor | None], like: Sequence[Tensor], independent: str, constant: str
    ) -> list[Tensor]:
        """Zeros in the place of None. In strict mode: errors, `independent` for None, `constant` for no graph."""
        made: list[Tensor] = []
        for place, (g, x) in enumerate(zip(found, like, strict=True)):
            if self.strict and g is None:
                raise RuntimeError(independent.format(i=place))
            if self.strict and self.graph and g is not None and g._node is None:
                raise RuntimeError(constant.format(i=place))
            made.append(zeros_like(x) if g is None else g)
        return made

    def result(self, form: Values, tensors: Sequence[Tensor]) -> Any:
        """What the user gets, in the form of `form`: without a past, unless a graph was asked for."""
        return form.as_given(list(tensors) if self.graph else [x.detach() for x in tensors])  # pyright: ignore


def zeros_like(x: Tensor) -> Tensor:
    """Zeros of the shape and dtype of `x`."""
    return wrap(np.zeros_like(x._array))


def placeholders(tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """A tracked zero vector for each tensor, for the derivative of vᵀ·J, which is linear in v, with respect to v."""
    made: list[Tensor] = []
    for place, x in enumerate(tensors):
        if x._array.dtype.kind in "biu":
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients "
                f"(output {place} of the function is of dtype {x.dtype})"
            )
        made.append(zeros_like(x).requires_grad_())
    return tuple(made)


__all__ = ["Function", "Request", "Tensors", "Values", "placeholders", "zeros_like"]
