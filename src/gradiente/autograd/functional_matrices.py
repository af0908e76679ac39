"""Whole matrices of derivatives: `jacobian`, `hessian`.

Note [Row by row]: reverse mode gives one row of a Jacobian per pass, forward mode one column. `vectorize=True` asks for
all of them in one call of `grad(is_grads_batched=True)`; the passes themselves are still one after another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from ..tensor.core import Tensor, wrap
from ..tensor.namespace import namespace
from .backward import grad
from .functional_parts import (
    FIXED_JACOBIAN,
    LINEAR,
    OUTPUT_FIXED,
    STRICT,
    Bundle,
    Function,
    Tensors,
    bundle,
    complete,
    need_tracked,
    one_number,
    outputs_of,
    prepared,
    pull,
    released,
)
from .grad_mode import enable_grad

Strategy = Literal["reverse-mode", "forward-mode"]

_xp: Any = namespace  # its functions are found by name

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
        vectorize: whether all rows are asked for in one batched call. Not together with `strict`.
        strategy: "reverse-mode" computes J by rows, one backward pass per element of the outputs; "forward-mode" by
            columns, one call of `func` with dual numbers per element of the inputs, and needs `vectorize=True`.

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
        return _by_columns(func, inputs, create_graph, strict, vectorize)
    with enable_grad():
        point = bundle(inputs, "inputs", "jacobian")
        xs = prepared(point.tensors, create_graph)
        outputs = outputs_of(func, xs, "jacobian")
        need_tracked(outputs.tensors, strict, OUTPUT_FIXED)
        if strict and vectorize:
            raise RuntimeError(
                f"{_NAME}`strict=True` and `vectorized=True` are not supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        blocks: list[Any] = []
        for i, out in enumerate(outputs.tensors):
            _has_elements(out, i, vectorize)
            rows = _all_rows(out, xs, create_graph) if vectorize else _rows(out, i, xs, create_graph, strict)
            blocks.append(point.like(released(rows, create_graph)))
    return outputs.like(blocks)


def _has_elements(out: Tensor, i: int, vectorize: bool) -> None:
    if out._array.size == 0:
        ours = f"(output {i} of the function given to jacobian has no elements: its shape is {list(out.shape)})"
        if vectorize:
            raise IndexError(f"index 0 is out of bounds for dimension 0 with size 0 {ours}")
        raise RuntimeError(f"stack expects a non-empty TensorList {ours}")


def _directions(x: Tensor) -> Iterator[Any]:
    """One array per element of `x`, 1 there and 0 elsewhere."""
    for j in range(x._array.size):
        direction = np.zeros(x._array.shape, x._array.dtype)
        direction.flat[j] = 1
        yield direction


def _zeros(out: Tensor, x: Tensor, dtype: Any) -> Tensor:
    return wrap(np.zeros(out._array.shape + x._array.shape, dtype))


def _joined(parts: Sequence[Any], shape: tuple[int, ...]) -> Tensor:
    """Rows as one tensor of the given shape."""
    return _xp.reshape(_xp.stack(parts), shape)


def _rows(out: Tensor, i: int, xs: Sequence[Tensor], create_graph: bool, strict: bool) -> list[Tensor]:
    """The derivatives of output `i`, one pass per element of it."""
    if out._node is not None and out._array.dtype.kind == "c":
        raise RuntimeError(
            f"grad can be implicitly created only for real scalar outputs but got {out.dtype} "
            f"(output {i} of the function given to jacobian; use vectorize=True)"
        )
    unused = f"Output {i} of the user-provided function is independent of input {{i}}." + STRICT + "."
    columns: list[list[Tensor]] = [[] for _ in xs]
    for direction in _directions(out):
        found = pull((out,), xs, (wrap(direction),), create_graph, retain_graph=True)
        filled = complete(found, xs, strict, create_graph, unused, FIXED_JACOBIAN)
        for g, column in zip(filled, columns, strict=True):
            column.append(g)
    return [_joined(c, out._array.shape + x._array.shape) for c, x in zip(columns, xs, strict=True)]


def _all_rows(out: Tensor, xs: Sequence[Tensor], create_graph: bool) -> list[Tensor]:
    """The same in one batched call."""
    if out._node is None:
        return [_zeros(out, x, x._array.dtype) for x in xs]
    basis = wrap(np.stack(list(_directions(out))))
    found: Sequence[Tensor | None] = grad(
        out, xs, basis, retain_graph=True, create_graph=create_graph, allow_unused=True, is_grads_batched=True
    )
    return [
        _zeros(out, x, x._array.dtype) if g is None else _xp.reshape(g, out._array.shape + x._array.shape)
        for g, x in zip(found, xs, strict=True)
    ]


def _by_columns(func: Function, inputs: Tensors, create_graph: bool, strict: bool, vectorize: bool) -> Any:
    """The Jacobian in forward mode: one call of `func` per element of the inputs."""
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
    forward_ad = need_forward_ad('torch.autograd.functional.jacobian(strategy="forward-mode")', '"reverse-mode"')
    point = bundle(inputs, "inputs", "jacobian")
    xs = prepared(point.tensors, create_graph=False, track=False)
    outputs: Bundle | None = None
    columns: list[list[list[Any]]] = []
    for at, x in enumerate(xs):
        columns.append([])
        for direction in _directions(x):
            with forward_ad.dual_level():
                duals = list(xs)
                duals[at] = forward_ad.make_dual(x, wrap(direction))
                outputs = outputs_of(func, duals, "jacobian")
                found = [forward_ad.unpack_dual(out) for out in outputs.tensors]
            columns[-1].append(
                [
                    np.zeros(dual.primal._array.shape, dual.primal._array.dtype)
                    if dual.tangent is None
                    else dual.tangent._array
                    for dual in found
                ]
            )
    if outputs is None:
        raise RuntimeError(
            f"stack expects a non-empty TensorList ({_NAME}the inputs have no elements to differentiate for)"
        )
    return outputs.like(
        [
            point.like([_block(column, i, out, x) for column, x in zip(columns, xs, strict=True)])
            for i, out in enumerate(outputs.tensors)
        ]
    )


def _block(column: Sequence[Sequence[Any]], i: int, out: Tensor, x: Tensor) -> Tensor:
    """The derivatives of output `i` for one input, whose columns are given."""
    if not column:
        return _zeros(out, x, out._array.dtype)
    return wrap(np.stack([parts[i] for parts in column], axis=-1).reshape(out._array.shape + x._array.shape))


def need_forward_ad(what: str, instead: str) -> Any:
    """The module `forward_ad`; NotImplementedError, saying what to use instead, if it is not there."""
    import importlib

    try:
        return importlib.import_module(".forward_ad", __package__)
    except ModuleNotFoundError as error:
        raise NotImplementedError(
            f"{what} needs forward-mode differentiation (torch.autograd.forward_ad), which this version of gradiente "
            f"does not have; use {instead}"
        ) from error


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
        vectorize: whether all rows are asked for in one batched call. Not together with `strict`.
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
    point = bundle(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f"{_STRATEGY} (outer_jacobian_strategy is {outer_jacobian_strategy!r}.)")

    def gradient(*tensors: Tensor) -> Any:
        with enable_grad():
            xs = tuple(x.view_as(x).requires_grad_() for x in tensors)  # a view keeps tangents, detach drops them
            outputs = one_number(func, xs, "hessian", strict)
            found = complete(pull(outputs.tensors, xs, create_graph=True), xs, False, True, "", "")
            need_tracked(found, strict, LINEAR)
        return point.like(found)

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)
