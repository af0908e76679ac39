"""What the functions of `torch.autograd.functional` share: bundles of tensors, products with what is there, zeros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..tensor.core import Tensor, wrap
from .backward import grad

Tensors = Tensor | tuple[Tensor, ...]
Function = Callable[..., Any]

STRICT = " This is not allowed in strict mode"
UNUSED = "The output of the user-provided function is independent of input {i}." + STRICT + "."
FIXED_JACOBIAN = (
    "The jacobian of the user-provided function is independent of input {i}." + STRICT + " when create_graph=True."
)
FIXED_HESSIAN = (
    "The hessian of the user-provided function is independent of input {i}." + STRICT + " when create_graph=True."
)


class Bundle(NamedTuple):
    """One tensor or a tuple of them, as a tuple that remembers which it was."""

    tensors: tuple[Tensor, ...]
    single: bool

    def like(self, values: Sequence[Any]) -> Any:
        """`values` in the form that was given."""
        return values[0] if self.single else tuple(values)


def bundle(value: Any, what: str, function: str) -> Bundle:
    """`value` as a tuple of tensors; TypeError, naming `what` of which `function`, if it holds anything else."""
    single = not isinstance(value, tuple)
    parts: tuple[Any, ...] = (value,) if single else value
    for i, part in enumerate(parts):
        if not isinstance(part, Tensor):
            culprit = f"given {what}" if single else f"value at index {i}"
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the {culprit} has "
                f"type {type(part)}."
            )
    return Bundle(parts, single)


def outputs_of(function: Function, inputs: Sequence[Tensor], caller: str) -> Bundle:
    """What the user's function returns, as a bundle."""
    return bundle(function(*inputs), "outputs of the user-provided function", caller)


def one_number(function: Function, inputs: Sequence[Tensor], caller: str, strict: bool) -> Bundle:
    """What the user's function returns, which has to be one tensor with one element, in strict mode a tracked one."""
    outputs = outputs_of(function, inputs, caller)
    need_tracked(outputs.tensors, strict, OUTPUT_FIXED)
    if not outputs.single:
        raise RuntimeError(
            f"The function given to {caller} should return a single Tensor "
            f"(it returned a tuple of {len(outputs.tensors)})"
        )
    shape = outputs.tensors[0]._array.shape
    if outputs.tensors[0]._array.size != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {caller} should contain a single element "
            f"(its shape is {list(shape)}; reduce it, for instance with .sum())"
        )
    return outputs


def prepared(tensors: Sequence[Tensor], create_graph: bool, track: bool = True) -> tuple[Tensor, ...]:
    """Stand-ins for the user's tensors: linked to their past if a graph is wanted, else leaves of their own.

    `track`: whether the leaves require gradients.
    """
    return tuple(
        x.view_as(x) if create_graph and x._node is not None else x.detach().requires_grad_(track) for x in tensors
    )


def released(tensors: Sequence[Tensor], create_graph: bool) -> tuple[Tensor, ...]:
    """Results as the user gets them: without a past, unless a graph was asked for."""
    return tuple(tensors) if create_graph else tuple(x.detach() for x in tensors)


def given(v: Any, like: Bundle, create_graph: bool, function: str) -> tuple[Tensor, ...]:
    """The vector `v`, checked to have the form of `like`."""
    vectors = prepared(bundle(v, "v", function).tensors, create_graph, track=False)
    if len(vectors) != len(like.tensors):
        if like.single:
            raise RuntimeError(f"The given v should contain a single Tensor. (It contains {len(vectors)}.)")
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(like.tensors)} but got {len(vectors)}.")
    for i, (vector, x) in enumerate(zip(vectors, like.tensors, strict=True)):
        if vector.shape != x.shape:
            which = "" if like.single else f"Entry {i} in "
            raise RuntimeError(f"{which}v has invalid size: should be {x.shape} but got {vector.shape}.")
    return vectors


def only_one(like: Bundle, message: str) -> None:
    """Refuse a missing vector where more than one number is to be combined."""
    if len(like.tensors) != 1 or like.tensors[0]._array.size != 1:
        shapes = ", ".join(str(list(x.shape)) for x in like.tensors)
        raise RuntimeError(f"{message} (Give v: one tensor for each of the shapes {shapes}.)")


def zeros_like(x: Tensor) -> Tensor:
    """Zeros of the shape and dtype of `x`."""
    return wrap(np.zeros(x._array.shape, x._array.dtype))


def weights_for(tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Zeros to weight `tensors` with, as the double-backward trick needs them; RuntimeError for integers."""
    for i, x in enumerate(tensors):
        if x._array.dtype.kind in "biu":
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients "
                f"(output {i} of the function is of dtype {x.dtype})"
            )
    return tuple(zeros_like(x).requires_grad_() for x in tensors)


def pull(
    outputs: Sequence[Tensor | None],
    inputs: Sequence[Tensor],
    vectors: Sequence[Tensor | None] | None = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> tuple[Tensor | None, ...]:
    """vᵀ·J of those outputs that depend on anything; None for an input that none of them depends on."""
    pairs = zip(outputs, vectors or [None] * len(outputs), strict=True)
    live = [(out, v) for out, v in pairs if out is not None and out._node is not None]
    if not live:
        return (None,) * len(inputs)
    return grad(
        [out for out, _ in live],
        inputs,
        [v for _, v in live],
        retain_graph=retain_graph,
        create_graph=create_graph,
        allow_unused=True,
    )


def complete(
    found: Sequence[Tensor | None],
    like: Sequence[Tensor],
    strict: bool,
    create_graph: bool,
    missing: str,
    fixed: str,
) -> tuple[Tensor, ...]:
    """`found` with zeros for None. In strict mode an error instead, `missing`, or `fixed` if a graph has no use."""
    result: list[Tensor] = []
    for i, (g, x) in enumerate(zip(found, like, strict=True)):
        if strict and g is None:
            raise RuntimeError(missing.format(i=i))
        if strict and create_graph and g is not None and g._node is None:
            raise RuntimeError(fixed.format(i=i))
        result.append(zeros_like(x) if g is None else g)
    return tuple(result)


def need_tracked(tensors: Sequence[Tensor | None], strict: bool, message: str) -> None:
    """In strict mode: refuse the first that is None or does not require gradients."""
    if strict:
        for i, x in enumerate(tensors):
            if x is None:
                raise RuntimeError(UNUSED.format(i=i))
            if x._node is None:
                raise RuntimeError(message.format(i=i))


OUTPUT_FIXED = (
    "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a "
    "differentiable manner from the input when running in strict mode."
)
GRADIENT_FIXED = (
    "The gradient with respect to input {i} is independent of the inputs of the user-provided function." + STRICT + "."
)
LINEAR = (
    "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is "
    "independent of the input." + STRICT + ". You should ensure that your function is twice differentiable and that "
    "the jacobian depends on the inputs (this would be violated by a linear function for example)."
)
QUADRATIC = (
    "The hessian of the user-provided function with respect to input {i} is independent of the input." + STRICT + ". "
    "You should ensure that your function is thrice differentiable and that the hessian depends on the inputs."
)
