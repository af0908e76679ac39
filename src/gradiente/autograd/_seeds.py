"""The cotangents that a backward pass starts with: what was given for the outputs, checked, or ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..arrays.meta import is_meta, without_values
from ..tensor.core import Tensor, wrap
from ..tensor.dtypes import from_numpy_dtype
from ..tensor.restrictions import Untracked
from .edges import GradientEdge, Source, edge_of, like_of


def _seed(root: Source, given: Any, i: int, batched: bool) -> Tensor:
    """The cotangent that a root starts with."""
    known = like_of(root)
    if given is None:
        if known is None:
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs, and the shape of the GradientEdge {i} is "
                f"not known: "
                "give its gradient, or make the edge with torch.autograd.graph.get_gradient_edge"
            )
        shape, dtype = known
        if int(np.prod(shape)) != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs "
                f"(output {i} has shape {list(shape)}; reduce it, for instance with .sum(), or give its gradient)"
            )
        if dtype.kind == "c":
            raise RuntimeError(
                "grad can be implicitly created only for real scalar outputs but got "
                f"{from_numpy_dtype(dtype)} (output {i}; give its gradient)"
            )
        if batched:
            raise ValueError(
                "vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of "
                "dimensionality 0 so expected in_dim to satisfy 0 <= in_dim < 0. (With is_grads_batched=True every "
                f"output needs its grad_outputs; output {i} has none)"
            )
        meta = isinstance(root, Tensor) and is_meta(root._array)
        return wrap(without_values(shape, dtype) if meta else np.ones(shape, dtype))
    if not isinstance(given, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(given).__name__}")
    if known is None:
        return given
    shape, dtype = known
    array = given._array
    if (array.shape[1:] if batched else array.shape) != shape or (batched and not array.shape):
        raise _mismatch(array.shape, shape, i, batched)
    if (array.dtype.kind == "c") != (dtype.kind == "c"):
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
            f"grad_output[{i}] has a dtype of {given.dtype} and output[{i}] has a dtype of {from_numpy_dtype(dtype)}."
        )
    if array.dtype == dtype:
        return given
    if given._node is None:
        return wrap(array.astype(dtype))
    return given.to(from_numpy_dtype(dtype))  # pyright: ignore


def roots_of(outputs: Sequence[Any], gradients: Iterable[Any], batched: bool = False) -> list[tuple[Any, Tensor]]:
    """The edges of the outputs, each with the cotangent that it starts with."""
    seeds: list[Tensor] = []
    for i, (root, given) in enumerate(zip(outputs, gradients, strict=False)):
        if not isinstance(root, (Tensor, GradientEdge)):
            raise AssertionError(
                f"Expected output to be a torch.Tensor, but element {i} is of type {type(root).__name__}"
            )
        if given is None and edge_of(root) is None:
            raise _untracked(i, root)
        seeds.append(_seed(root, given, i, batched))
    if len(seeds) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(seeds)} gradients")
    roots: list[tuple[Any, Tensor]] = []
    for i, (root, seed) in enumerate(zip(outputs, seeds, strict=True)):
        edge = edge_of(root)
        if edge is None or edge.__class__ is Untracked:
            raise _untracked(i, root)
        roots.append((edge, seed))
    return roots


def _untracked(i: int, root: Any) -> RuntimeError:
    from .why import explained

    return RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn {explained(root)}")


def _mismatch(given: tuple[int, ...], wanted: tuple[int, ...], i: int, batched: bool) -> Exception:
    """The error for a gradient of another shape than its output."""
    if batched and not given:
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
            f"0-dim tensor to a number (with is_grads_batched=True, grad_output[{i}] needs a dimension of the batch)"
        )
    if batched:
        return RuntimeError(
            "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. "
            "The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a "
            f"mismatch was detected: grad_output[{i}] has a shape of torch.Size({list(given[1:])}) and output[{i}] "
            f"has a shape of torch.Size({list(wanted)}). If you only want some tensors in `grad_output` to be "
            "considered batched, consider using vmap."
        )
    return RuntimeError(
        f"Mismatch in shape: grad_output[{i}] has a shape of torch.Size({list(given)}) and output[{i}] "
        f"has a shape of torch.Size({list(wanted)})."
    )


__all__ = ["roots_of"]
