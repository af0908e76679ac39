"""vmap: from a function of one example to a function of a batch."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..arrays.batched import Batched
from ..graph import change, current, set_mode
from ..ops.joining import cat
from ..ops.splitting import split
from ..tensor.batching import Frame, enter, leave
from ..tensor.core import Tensor
from ..utils._pytree import TreeSpec, broadcast_prefix, tree_flatten, tree_unflatten

Dims = Any
"""An int, None, or a nested container of them."""


def vmap(
    func: Callable[..., Any],
    in_dims: Dims = 0,
    out_dims: Dims = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that applies `func`, written for one example, to all examples of a batch at once.

    out[b] = func(x[b], …), computed by operations on whole batches: there is no loop over the examples.

    Args:
        func: takes and returns tensors, in nested tuples, lists and dictionaries if need be.
        in_dims: for each argument, which dimension counts the examples; None for what is the same for all of them. One
            int for all arguments, or a tuple in the structure of the arguments.
        out_dims: for each result, where the batch dimension is to be; one int for all of them.
        randomness: whether random numbers raise an error ("error"), differ between examples ("different"), or are the
            same for all ("same").
        chunk_size: how many examples are computed at once; None for all.

    Returns:
        A function of batches. Its results have one dimension more than those of `func`.

    Raises:
        ValueError: dimensions that do not fit the arguments or the results, or batches of different sizes.
        RuntimeError: values that decide over control flow, shapes that depend on values, random numbers unless allowed.
        NotImplementedError: an operator without a batching rule, which the text names.

    Example:
        >>> import gradiente as torch
        >>> a = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> torch.vmap(torch.dot)(a, a)
        tensor([ 5., 25.])
    """
    if chunk_size is not None and not chunk_size > 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if randomness not in ("error", "different", "same"):
            raise RuntimeError(
                f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
            )
        leaves, dims, spec = _inputs(func, in_dims, args)
        size = _batch_size(leaves, dims)
        if chunk_size is None or chunk_size >= size:
            return _join(func, [_call(func, size, leaves, dims, spec, out_dims, randomness, kwargs)])
        sizes = [min(chunk_size, size - start) for start in range(0, size, chunk_size)]
        parts = [[x] * len(sizes) if d is None else split(x, sizes, d) for x, d in zip(leaves, dims, strict=True)]
        found = [
            _call(func, n, list(chunk), dims, spec, out_dims, randomness, kwargs)
            for n, chunk in zip(sizes, zip(*parts, strict=True), strict=True)
        ]
        return _join(func, found)

    return wrapped


def name_of(func: Any) -> str:
    """What errors call a function."""
    return getattr(func, "__name__", None) or repr(func)


def _inputs(func: Any, in_dims: Dims, args: tuple[Any, ...]) -> tuple[list[Any], list[int | None], TreeSpec]:
    """The leaves of the arguments, the batch dimension of each, from 0 on, and the structure."""
    where = f"vmap({name_of(func)}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{where}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name_of(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to "
            "vmap over a function with no inputs. The latter is unsupported."
        )
    leaves, spec = tree_flatten(args)
    given = broadcast_prefix(in_dims, spec)
    if given is None:
        raise ValueError(
            f"{where}in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{tree_flatten(in_dims)[1]} but inputs has structure {spec}."
        )
    dims: list[int | None] = []
    for x, dim in zip(leaves, given, strict=True):
        if dim is not None and not isinstance(dim, int):
            raise ValueError(
                f"{where}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if dim is not None and not isinstance(x, Tensor):
            raise ValueError(
                f"{where}Got in_dim={dim} for an input but the input is of type {type(x)}. We cannot vmap over "
                "non-Tensor arguments, please use None as the respective in_dim"
            )
        if dim is not None and not -x.ndim <= dim < x.ndim:
            raise ValueError(
                f"{where}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {x.ndim} so "
                f"expected in_dim to satisfy -{x.ndim} <= in_dim < {x.ndim}."
            )
        dims.append(None if dim is None else dim % x.ndim)
    return leaves, dims, spec


def _batch_size(leaves: Sequence[Any], dims: Sequence[int | None]) -> int:
    sizes = [x._array.shape[d] for x, d in zip(leaves, dims, strict=True) if d is not None]
    if not sizes:
        raise ValueError(
            "vmap: Expected at least one Tensor to vmap over (all in_dims are None; call the function itself)"
        )
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return sizes[0]


Outputs = tuple[list[Any], list[int | None], TreeSpec]


def _call(
    func: Any,
    size: int,
    leaves: Sequence[Any],
    dims: Sequence[int | None],
    spec: TreeSpec,
    out_dims: Dims,
    randomness: str,
    kwargs: dict[str, Any],
) -> Outputs:
    """The results for one batch, as leaves with their batch dimensions."""
    frame = Frame(size, randomness)
    entered = [x if d is None else enter(x, d, frame.level, size) for x, d in zip(leaves, dims, strict=True)]
    args = tree_unflatten(entered, spec)
    mode = current()
    previous = change(transforms=(*mode.transforms, frame))
    try:
        output = func(*args, **kwargs)
    finally:
        set_mode(previous)
    found, out_spec = tree_flatten(output)
    places = _places(func, out_dims, output, out_spec)
    made: list[Any] = []
    for i, (x, dim) in enumerate(zip(found, places, strict=True)):
        made.append(_left(func, x, dim, frame))
        if dim is not None:
            places[i] = dim % made[-1].ndim
    return made, places, out_spec


def _places(func: Any, out_dims: Dims, output: Any, spec: TreeSpec) -> list[int | None]:
    """The batch dimension of each result."""
    where = f"vmap({name_of(func)}, ..., out_dims={out_dims})"
    given = broadcast_prefix(out_dims, spec)
    if given is None and isinstance(out_dims, tuple) and len(out_dims) == 1 and isinstance(output, Tensor):
        given = list(out_dims)  # a tuple of one for one result
    if given is None:
        raise ValueError(
            f"{where}(<inputs>): out_dims is not compatible with the structure of `outputs`. out_dims has structure "
            f"{tree_flatten(out_dims)[1]} but outputs has structure {spec}."
        )
    if not all(dim is None or isinstance(dim, int) for dim in given):
        raise ValueError(
            f"{where}: `out_dims` must be an int, None or a python collection of ints representing where in the "
            f"outputs "
            "the vmapped dimension should appear."
        )
    return given


def _left(func: Any, x: Any, dim: int | None, frame: Frame) -> Any:
    """A result, outside of the vmapped function."""
    name = name_of(func)
    if dim is None:
        if isinstance(x, Tensor) and x._array.__class__ is Batched and frame.level in x._array.levels:
            raise ValueError(
                f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None (the result differs "
                "between examples)"
            )
        return x
    if not isinstance(x, Tensor):
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(x)}. Did you mean to set "
            f"out_dims= to "
            "None for output?"
        )
    ndim = x.ndim + 1
    if not -ndim <= dim < ndim:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {dim})")
    return leave(x, dim % ndim, frame.level, frame.size)


def _join(func: Any, parts: list[Outputs]) -> Any:
    """The results of all chunks as one."""
    leaves, places, spec = parts[0]
    if len(parts) == 1:
        return tree_unflatten(leaves, spec)
    joined = [
        pieces[0] if dim is None else cat(pieces, dim)
        for pieces, dim in zip(zip(*[part[0] for part in parts], strict=True), places, strict=True)
    ]
    return tree_unflatten(joined, spec)


__all__ = ["name_of", "vmap"]
