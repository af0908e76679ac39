"""Jacobians and Hessians of functions: one derivative along each unit vector, all at once by vmap."""

from __future__ import annotations

import functools
from collections.abc import Callable
from math import prod
from typing import Any

from ..autograd.batched import unit_vectors
from ..ops.permuting import movedim
from ..ops.shaping import reshape
from ..ops.splitting import split
from ..tensor.core import Tensor
from ..utils._pytree import tree_flatten, tree_unflatten
from ._levels import chosen
from .derivatives import ArgNums, push_forward, vjp_of
from .vmap import vmap


def jacrev(
    func: Callable[..., Any],
    argnums: ArgNums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that computes the Jacobian of `func` row by row: J[i, j] = ∂func(x)[i] / ∂x[j].

    Args:
        func: returns tensors, in nested containers if need be; with `has_aux`, a pair of that and anything else.
        argnums: with respect to which arguments; an int or a tuple of ints.
        has_aux: whether `func` returns such a pair; the result is then a pair as well.
        chunk_size: how many rows are computed at once; None for all.

    Returns:
        A function of the same arguments. For each result of `func`, in its structure, it returns the Jacobian for
        each argument, in the structure of the arguments; its shape is that of the result followed by the argument's.

    Raises:
        ValueError: a chunk size below 1, or an argument that holds something that is no tensor.
        RuntimeError: the results hold such a thing, or the numbers do not fit.

    Example:
        >>> import gradiente as torch
        >>> torch.func.jacrev(torch.square)(torch.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        inner = functools.partial(func, **kwargs) if kwargs else func
        chosen(args, argnums)
        value, vjp_fn, *aux = vjp_of(inner, args, argnums, has_aux)
        outputs, out_spec = tree_flatten(value)
        picked = _picked(args, argnums)
        inputs, in_spec = tree_flatten(picked)
        rows = vmap(lambda *g: tree_flatten(vjp_fn(tree_unflatten(list(g), out_spec)))[0], chunk_size=chunk_size)
        found = rows(*unit_vectors(outputs))
        sizes = [prod(y.shape) for y in outputs]
        columns = [
            [reshape(part, (*y.shape, *x.shape)) for part, y in zip(split(j, sizes), outputs, strict=True)]
            for j, x in zip(found, inputs, strict=True)
        ]
        per_output = [tree_unflatten([column[i] for column in columns], in_spec) for i in range(len(outputs))]
        result = tree_unflatten(per_output, out_spec)
        return (result, aux[0]) if has_aux else result

    return wrapped


def _picked(args: tuple[Any, ...], argnums: Any) -> Any:
    return args[argnums] if isinstance(argnums, int) else tuple([args[i] for i in argnums])


def jacfwd(
    func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """The function that computes the Jacobian of `func` column by column: J[i, j] = ∂func(x)[i] / ∂x[j].

    It suits functions with fewer inputs than outputs. Arguments, result and errors are those of `jacrev`.

    Args:
        func: returns tensors, in nested containers if need be; with `has_aux`, a pair of that and anything else.
        argnums: with respect to which arguments; an int or a tuple of ints.
        has_aux: whether `func` returns such a pair; the result is then a pair as well.
        randomness: as in `vmap`.

    Example:
        >>> import gradiente as torch
        >>> torch.func.jacfwd(torch.square)(torch.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        inner = functools.partial(func, **kwargs) if kwargs else func
        chosen(args, argnums)
        inputs, in_spec = tree_flatten(_picked(args, argnums))
        for x in inputs:
            if isinstance(x, Tensor) and x._array.dtype.kind not in "fcV":
                raise ValueError(f"Expected primal to be floating point or complex, but got: {x.dtype}")
        basis = unit_vectors(inputs)
        about: list[Any] = []

        def column(*tangents: Tensor) -> tuple[list[Tensor], list[Any]]:
            value, found, aux = push_forward(inner, args, argnums, list(tangents), has_aux=has_aux)
            rest, rest_spec = tree_flatten(aux if has_aux else ())
            about[:] = [value, rest_spec]
            return tree_flatten(found)[0], rest

        columns, rest = vmap(column, randomness=randomness)(*basis)
        outputs, out_spec = tree_flatten(about[0])
        aux = tree_unflatten([x[0] for x in rest], about[1])
        sizes = [prod(x.shape) for x in inputs]
        per_output: list[Any] = []
        for found, y in zip(columns, outputs, strict=True):
            parts = [
                reshape(movedim(part, 0, -1), (*y.shape, *x.shape))
                for part, x in zip(split(found, sizes), inputs, strict=True)
            ]
            per_output.append(tree_unflatten(parts, in_spec))
        result = tree_unflatten(per_output, out_spec)
        return (result, aux) if has_aux else result

    return wrapped


def hessian(func: Callable[..., Any], argnums: ArgNums = 0) -> Callable[..., Any]:
    """The function that computes the Hessian of `func`: H[i, j] = ∂²func(x) / ∂x[i] ∂x[j].

    Args:
        func: returns a tensor with one element, or several: then there is a Hessian for each.
        argnums: with respect to which arguments; an int or a tuple of ints.

    Returns:
        A function of the same arguments, which returns the second derivatives in the structure of the arguments, twice.

    Example:
        >>> import gradiente as torch
        >>> torch.func.hessian(lambda x: (x**3).sum())(torch.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


__all__ = ["hessian", "jacfwd", "jacrev"]
