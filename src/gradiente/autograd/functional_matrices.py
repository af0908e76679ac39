"""Whole matrices of derivatives: `jacobian`, `hessian`.

Note [Rows and columns]: a backward pass gives one row of a Jacobian, a pass in forward mode one column. With
`vectorize=True` there is one pass for all of them, on batched arrays: the cotangents, or tangents, of a batch are the
unit vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Literal

import numpy as np

from ..ops.joining import stack
from ..ops.permuting import movedim
from ..ops.shaping import reshape
from ..ops.splitting import split
from ..tensor.core import AccumulateGrad, Tensor, wrap
from . import functional_texts as texts
from .backward import grad
from .batched import for_each, unit_vectors
from .forward_ad import dual_level, make_dual, unpack_dual
from .functional_parts import Function, Request, Tensors, Values, zeros_like

Strategy = Literal["reverse-mode", "forward-mode"]

_STRATEGY = 'Expected strategy to be either "forward-mode" or "reverse-mode".'
_NAME = "torch.autograd.functional.jacobian: "


def jacobian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: Strategy = "reverse-mode",
) -> Any:
    """The Jacobian of a function: J[i, j] = ∂func(x)[i]/∂x[j].

    Args:
        func: takes tensors, returns a tensor or a tuple of tensors.
        inputs: what it is called with: a tensor or a tuple of tensors.
        create_graph: whether the result can be differentiated.
        strict: whether it is an error, instead of zeros, if an output does not depend on an input.
        vectorize: whether there is one pass for all rows, or columns, on batched arrays. Not together with `strict`.
        strategy: "reverse-mode" computes J by rows, one backward pass per element of the outputs; "forward-mode" by
            columns, by tangents of dual numbers, and needs `vectorize=True`.

    Returns a tensor of shape (*output.shape, *input.shape); a tuple of them if there are several inputs, or several
    outputs; a tuple, one per output, of tuples, one per input, if there are several of both. Raises TypeError for
    anything that is not a tensor; AssertionError for another strategy; NotImplementedError and RuntimeError for
    options that exclude each other; RuntimeError in strict mode and for outputs without elements.

    >>> import gradiente as torch
    >>> from gradiente.autograd.functional import jacobian
    >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor(3.0)
    >>> jacobian(lambda x, y: x * x * y, (x, y))
    (tensor([[ 6.,  0.],
            [ 0., 12.]]), tensor([1., 4.]))
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            f'{_STRATEGY} Hint: If your function has more outputs than inputs, "forward-mode" tends to be more '
            f'performant. Otherwise, prefer to use "reverse-mode". (It is {strategy!r}.)'
        )
    if strategy == "forward-mode":
        _need_for_columns(create_graph, strict, vectorize)
    with Request.begin("jacobian", create_graph, strict) as request:
        if strategy == "forward-mode":
            return _by_columns(request, func, Values.read(inputs, "inputs", "jacobian"))
        x = request.point(inputs)
        y = request.outputs(func, x)
        if strict and vectorize:
            raise RuntimeError(
                f"{_NAME}`strict=True` and `vectorized=True` are not supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        for i, out in enumerate(y.tensors):
            _need_elements(out, i, vectorize)
        if vectorize:
            blocks = _rows_at_once(request, x, y)
        else:
            blocks = [_rows(request, x, out, i) for i, out in enumerate(y.tensors)]
        return y.as_given([request.result(x, block) for block in blocks])


def _need_elements(out: Tensor, i: int, vectorize: bool) -> None:
    if out._array.size == 0:
        ours = f"(output {i} of the function given to jacobian has no elements: its shape is {list(out.shape)})"
        if vectorize:
            raise IndexError(f"index 0 is out of bounds for dimension 0 with size 0 {ours}")
        raise RuntimeError(f"stack expects a non-empty TensorList {ours}")


def _rows(request: Request, x: Values, out: Tensor, i: int) -> list[Tensor]:
    """The derivatives of output `i`, one pass per element of it."""
    if out._node is not None and out._array.dtype.kind == "c":
        raise RuntimeError(
            f"grad can be implicitly created only for real scalar outputs but got {out.dtype} "
            f"(output {i} of the function given to jacobian; use vectorize=True)"
        )
    independent = f"Output {i} of the user-provided function is independent of input {{i}}.{texts.NOT_STRICT}."
    rows: list[list[Tensor]] = []
    for k in range(out._array.size):
        unit = np.zeros(out._array.shape, out._array.dtype)
        unit.flat[k] = 1
        found = request.pull([out], x.tensors, [wrap(unit)], keep=True)
        rows.append(request.complete(found, x.tensors, independent, texts.JACOBIAN_CONSTANT))
    return [
        reshape(stack(parts), (*out.shape, *at.shape))
        for parts, at in zip(zip(*rows, strict=True), x.tensors, strict=True)
    ]


def _rows_at_once(request: Request, x: Values, y: Values) -> list[list[Tensor]]:
    """For each output, the derivatives for each input, by one batched pass from all outputs together."""
    tracked = [
        (out, rows) for out, rows in zip(y.tensors, unit_vectors(y.tensors), strict=True) if out._node is not None
    ]
    found: Sequence[Tensor | None] = [None] * len(x.tensors)
    if tracked:
        ends, seeds = zip(*tracked, strict=True)
        found = grad(ends, x.tensors, seeds, True, request.graph, allow_unused=True, is_grads_batched=True)
    sizes = [out._array.size for out in y.tensors]
    parts = [[None] * len(sizes) if g is None else split(g, sizes) for g in found]
    return [
        [_block(rows[k], out, at) for rows, at in zip(parts, x.tensors, strict=True)] for k, out in enumerate(y.tensors)
    ]


def _block(rows: Tensor | None, out: Tensor, at: Tensor) -> Tensor:
    shape = (*out._array.shape, *at._array.shape)
    return wrap(np.zeros(shape, at._array.dtype)) if rows is None else reshape(rows, shape)


def _need_for_columns(create_graph: bool, strict: bool, vectorize: bool) -> None:
    """Refuse what forward mode does not go together with."""
    both = '`strategy="forward-mode"` are not supported together (yet). Please either set'
    if create_graph:
        raise NotImplementedError(
            f'{_NAME}`create_graph=True` and {both} `create_graph=False` or `strategy="reverse-mode"`.'
        )
    if strict:
        raise RuntimeError(f'{_NAME}`strict=True` and {both} `strict=False` or `strategy="reverse-mode"`.')
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
            "`vectorize=True`."
        )


def _by_columns(request: Request, func: Function, x: Values) -> Any:
    """The Jacobian in forward mode: one pass, whose tangents are batched; tracked, as torch's, if the inputs are."""
    seen: list[Values] = []

    def push(*tangents: Tensor) -> list[Tensor]:
        duals = [make_dual(at, t) for at, t in zip(x.tensors, tangents, strict=True)]
        seen.append(request.read(func(*duals)))
        found = [unpack_dual(out).tangent for out in seen[-1].tensors]
        return [zeros_like(out) if t is None else t for t, out in zip(found, seen[-1].tensors, strict=True)]

    with dual_level():
        columns = for_each(push, unit_vectors(x.tensors))
    y, sizes = seen[-1], [prod(at.shape) for at in x.tensors]
    blocks = [
        [
            reshape(movedim(part, 0, -1), (*out.shape, *at.shape))
            for part, at in zip(split(found, sizes), x.tensors, strict=True)
        ]
        for found, out in zip(columns, y.tensors, strict=True)
    ]
    return y.as_given([x.as_given(block) for block in blocks])


def hessian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: Strategy = "reverse-mode",
) -> Any:
    """The Hessian of a scalar function, the Jacobian of its gradient: H[i, j] = ∂²func(x)/∂x[i]∂x[j].

    Args:
        func: takes tensors, returns a tensor with one element.
        inputs: what it is called with: a tensor or a tuple of tensors.
        create_graph: whether the result can be differentiated.
        strict: whether it is an error, instead of zeros, if the gradient does not depend on an input.
        vectorize: as in `jacobian`.
        outer_jacobian_strategy: how the gradient is differentiated: the `strategy` of `jacobian`.

    Returns a tensor of shape (*input.shape, *input.shape), or a tuple of tuples of them, [i][j] having the shape
    (*inputs[i].shape, *inputs[j].shape), if `inputs` is a tuple. Raises what `jacobian` raises, and RuntimeError if
    `func` returns more than one number.

    >>> import gradiente as torch
    >>> from gradiente.autograd.functional import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1], torch.tensor([2.0, 3.0]))
    tensor([[6., 4.],
            [4., 0.]])
    """
    form = Values.read(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f"{_STRATEGY} (outer_jacobian_strategy is {outer_jacobian_strategy!r}.)")

    def gradient(*tensors: Tensor) -> Any:
        with Request.begin("hessian", create_graph, strict) as request:
            x = Values([_variable(t) for t in tensors], form.alone)
            y = request.number(func, x)
            found = request.pull(y.tensors, x.tensors, again=outer_jacobian_strategy == "reverse-mode")
            filled = [zeros_like(at) if g is None else g for g, at in zip(found, x.tensors, strict=True)]
            request.demand(filled, texts.NOT_TWICE)
        return form.as_given(filled)

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def _variable(x: Tensor) -> Tensor:
    """A view of `x`, with its tangents, that asks for gradients."""
    out: Tensor = x.view_as(x)  # pyright: ignore[reportAttributeAccessIssue]
    if out._node is None:
        out._node = AccumulateGrad(out)
    return out


__all__ = ["hessian", "jacobian"]
