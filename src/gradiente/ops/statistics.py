"""Statistics: covariances and correlations, histograms, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays.batched import examples
from ..arrays.batched_each import each_example
from ..arrays.batched_errors import no_meta_kernel
from ..arrays.meta import is_meta, without_values
from ..tensor.core import Tensor, wrap
from . import return_types
from ._arguments import need_tensor
from ._numbers import need_int
from ._out import into
from ._reducing import array_of, type_name


def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariance matrix of variables (rows) from observations (columns): Σₖ wₖ·(xᵢₖ - x̄ᵢ)·conj(xⱼₖ - x̄ⱼ) / norm.

    Args:
        input: a tensor of at most two dimensions; one dimension or none is one variable.
        correction: what is subtracted from the number of observations in the norm; 1 by default.
        fweights: how often each observation was made, integers.
        aweights: how much each observation counts, floating-point.

    RuntimeError for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.cov(torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    array = array_of(input, "cov")
    if array.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {array.ndim} dimensions"
        )
    if array.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input (convert the tensor with .float())")
    x: Any = input.reshape(1, -1) if array.ndim < 2 else input  # pyright: ignore[reportAttributeAccessIssue]
    count = x._array.shape[1]
    weights = _weights(fweights, aweights, count)
    if weights is None:
        mean, total, norm = (x.sum(1) / count) if count else x.sum(1) / 0.0, None, max(count - correction, 0)
    else:
        total = weights.sum()
        if count and total.item() == 0:
            raise RuntimeError("cov(): weights sum to zero, can't be normalized")
        mean = (x * weights).sum(1) / total
        norm = total - correction
        if aweights is not None and correction:
            scale = (weights * aweights).sum() / total
            norm = total - correction * scale
        norm = norm.clamp(min=0)
    centred = x - mean.unsqueeze(1)
    other = (centred if weights is None else centred * weights).mT
    found = centred @ (other.conj() if array.dtype.kind == "c" else other) / norm
    return found.squeeze() if array.ndim < 2 or found.numel() == 1 else found


def _weights(fweights: Tensor | None, aweights: Tensor | None, count: int) -> Any:
    """The product of the weights that are given; None for none."""
    weights: Any = None
    for name, given, kinds, what in (("fweights", fweights, "iu", "integral"), ("aweights", aweights, "f", "")):
        if given is None:
            continue
        array = need_tensor(given, "cov", name)._array
        if array.ndim > 1:
            raise RuntimeError(
                f"cov(): expected {name} to have one or fewer dimensions but got {name} with {array.ndim} dimensions"
            )
        if array.dtype.kind not in kinds:
            raise RuntimeError(
                f"cov(): expected {name} to have {what or 'floating point'} dtype but got {name} with "
                f"{type_name(array)} dtype"
            )
        if array.size != count:
            raise RuntimeError(
                f"cov(): expected {name} to have the same numel as there are observations in the input but got "
                f"{array.size} != {count}"
            )
        numbers = examples(array)
        if numbers.size and numbers.min() < 0:
            raise RuntimeError(f"cov(): {name} cannot be negative")
        weights = given if weights is None else weights * given
    return weights


def corrcoef(input: Tensor) -> Tensor:
    """The correlation matrix of variables (rows) from observations (columns): covᵢⱼ / √(covᵢᵢ·covⱼⱼ), within [-1, 1].

    >>> import gradiente as torch
    >>> torch.corrcoef(torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    array = array_of(input, "corrcoef")
    if array.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {array.ndim} dimensions"
        )
    found: Any = cov(input)
    if not found._array.ndim:
        return found / found
    spread = found.diagonal()
    spread = (spread.real if array.dtype.kind == "c" else spread).sqrt()
    found = found / spread.unsqueeze(-1) / spread.unsqueeze(0)
    if array.dtype.kind != "c":
        return found.clamp(-1, 1)
    from .complexes import complex as _complex

    return _complex(found.real.clamp(-1, 1), found.imag.clamp(-1, 1))


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each number 0, 1, … occurs, or the sum of the weights where it does.

    Args:
        input: one dimension of integers that are not negative.
        weights: what each element counts; without them 1.
        minlength: the least length of the result.

    The result is int64, or with weights of their floating-point type. RuntimeError for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.bincount(torch.tensor([1, 3, 1]))
    tensor([0, 2, 0, 1])
    """
    array = array_of(input, "bincount")
    if minlength < 0:
        raise RuntimeError(f"minlength should be >= 0 (it is {minlength})")
    if array.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{type_name(array)}' (integers have it)")
    if is_meta(array):
        raise no_meta_kernel("bincount")
    if array.ndim != 1 or (array.size and examples(array).min() < 0):
        raise RuntimeError(
            f"bincount only supports 1-d non-negative integral inputs. (This one has shape {list(array.shape)}.)"
        )
    if weights is None:
        return wrap(each_example(np.bincount, array, minlength=minlength).astype(np.int64))
    values = need_tensor(weights, "bincount", "weights", 2)._array
    if values.shape != array.shape:
        raise RuntimeError(
            f"weights should be 1-d and have the same length as input (the shapes are {list(values.shape)} and "
            f"{list(array.shape)})"
        )
    dtype = np.float32 if values.dtype == np.float32 else np.float64
    found = each_example(np.bincount, array, values.real.astype(np.float64), minlength=minlength)
    return wrap(found.astype(dtype))


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0, *, out: Tensor | None = None) -> Tensor:
    """How many elements lie in each of `bins` intervals of equal width between `min` and `max`.

    Args:
        input: a floating-point tensor.
        bins: the number of intervals.
        min: the lower end. If the ends are equal, the least and the largest element are taken.
        max: the upper end. Elements outside do not count.
        out: a tensor to write the result to; then no operand may require gradients.

    The result has the input's type. RuntimeError for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    if out is not None:
        return into(out, histc(input, bins, min, max), "histc", input)
    array = array_of(input, "histc")
    bins = need_int(bins, "histc", "bins", 2)
    if array.dtype.kind not in "fV":
        name = "aminmax_cpu" if array.dtype.kind == "c" else "histogram_cpu"
        raise NotImplementedError(f"\"{name}\" not implemented for '{type_name(array)}'")
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    low, high = float(min), float(max)
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    if is_meta(array):
        return wrap(without_values((bins,), array.dtype))
    return wrap(each_example(_histc, array, bins=bins, low=low, high=high))


def _histc(array: Any, bins: int, low: float, high: float) -> Any:
    if low == high:
        low, high = _span(array.reshape(-1))
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{low:g}, {high:g}] is not finite")
    if low == high:
        low, high = low - 1, high + 1
    points = array.astype(np.float32) if array.dtype.kind == "V" else array  # bfloat16, which NumPy cannot search
    edges = np.linspace(low, high, bins + 1).astype(points.dtype)
    if points.size > 1 << 12 and bins < 1 << 16 and points.dtype.char in "fd" and np.isfinite(edges[-1] - edges[0]):
        inside = points[(points >= edges[0]) & (points <= edges[-1])]
        return np.bincount(_even_places(inside, edges), minlength=bins).astype(array.dtype)
    return _counts(points.reshape(-1, 1), [edges], None).astype(array.dtype)


def _even_places(points: Any, edges: Any) -> Any:
    """The numbers of the intervals in which points lie; by division, which is at most one beside the truth."""
    bins = len(edges) - 1
    places = np.minimum((points - edges[0]) * (bins / (edges[-1] - edges[0])), bins - 1).astype(np.int64)
    places -= points < edges.take(places)
    places += (points >= edges.take(places + 1)) & (places < bins - 1)
    return places


def _span(values: Any) -> tuple[float, float]:
    if is_meta(values):
        raise no_meta_kernel("histogramdd")
    if not values.size:
        return 0.0, 0.0
    return float(values.min()), float(values.max())


def _counts(points: Any, edges: list[Any], weights: Any) -> Any:
    """The histogram of points (N, D); an interval contains its lower end, the last one both."""
    inside = np.ones(len(points), np.bool_)
    places: list[Any] = []
    for column, edge in zip(points.T, edges, strict=True):
        inside &= (column >= edge[0]) & (column <= edge[-1])
        place = np.searchsorted(edge, column, side="right") - 1
        places.append(np.where(column == edge[-1], len(edge) - 2, place))
    shape = tuple(len(edge) - 1 for edge in edges)
    flat = np.ravel_multi_index([p[inside] for p in places], shape) if inside.any() else np.zeros(0, np.int64)
    chosen = None if weights is None else weights.reshape(-1)[inside]
    return np.bincount(flat, weights=chosen, minlength=int(np.prod(shape))).reshape(shape)


def _edges(column: Any, bins: int, ends: tuple[float, float] | None, i: int) -> Any:
    """The ends of `bins` intervals of equal width over the range of a column of points."""
    low, high = _span(column) if ends is None else ends
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.histogramdd: dimension {i}'s range [{low:g}, {high:g}] is not finite")
    if low > high:
        raise RuntimeError(
            f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for dimension {i}"
        )
    if low == high:
        low, high = (0.0, 1.0) if not column.size and ends is None else (low - 0.5, high + 0.5)
    return np.linspace(low, high, bins + 1).astype(column.dtype)


def _histogram(points: Any, bins: Any, range: Any, weight: Tensor | None, density: bool) -> tuple[Any, list[Any]]:
    """The histogram of points (…, D) and the ends of its intervals."""
    lead, count = points.shape[:-1], points.shape[-1]
    if points.dtype.name not in ("float32", "float64"):
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{type_name(points)}'")
    if weight is not None and weight._array.shape != lead:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor "
            f"excluding its innermost dimension, but got input with shape {list(points.shape)} and weight with shape "
            f"{list(weight._array.shape)}"
        )
    if weight is not None and weight._array.dtype != points.dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same "
            f"dtype, but got input(points) {wrap(points).dtype!r}, and weight {weight.dtype!r}"
        )
    if range is not None and len(range) != 2 * count:
        raise RuntimeError(
            f"torch.histogramdd: for a {count}-dimensional histogram range should have {2 * count} elements, but got "
            f"{len(range)}"
        )
    flat = points.reshape(-1, count)
    edges: list[Any] = []
    for i, given in enumerate(bins):
        column = flat[:, i]
        if isinstance(given, Tensor):
            edges.append(_given_edges(given, points, i))
            continue
        if given <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {given} for dimension {i}")
        ends = None if range is None else (float(range[2 * i]), float(range[2 * i + 1]))
        edges.append(_edges(column, given, ends, i))
    found = _counts(flat, edges, None if weight is None else weight._array)
    if density:
        volume: Any = 1.0
        for edge in edges:
            volume = np.multiply.outer(volume, np.diff(edge))
        found = found / volume / found.sum()
    return found.astype(points.dtype), edges


def _given_edges(given: Tensor, points: Any, i: int) -> Any:
    edge = given._array
    if edge.ndim != 1:
        raise RuntimeError(
            f"torch.histogramdd: bins tensor should have one dimension, but got {edge.ndim} dimensions in the bins "
            f"tensor for dimension {i}"
        )
    if not edge.size:
        raise RuntimeError(
            f"torch.histogramdd: bins tensor should have at least 1 element, but got 0 for dimension {i}"
        )
    if edge.dtype != points.dtype:
        raise RuntimeError(
            "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype "
            f"{_c_name(points)} and bins for dimension {i} with dtype {_c_name(edge)}"
        )
    return edge


def _c_name(array: Any) -> str:
    names = {"float32": "float", "float64": "double", "int64": "long int", "int32": "int"}
    return names[array.dtype.name] if array.dtype.name in names else str(array.dtype)


def histogram(
    input: Tensor,
    bins: int | Tensor,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
    out: tuple[Tensor, ...] | None = None,
) -> return_types.histogram:
    """How many elements lie in each of several intervals, and the ends of these.

    Args:
        input: a float32 or float64 tensor.
        bins: the number of intervals of equal width, or an ascending tensor with their ends.
        range: the ends of the whole; the least and the largest element by default.
        weight: what each element counts, of the input's shape and type.
        density: whether the result is scaled so that its integral is 1.
        out: a tensor to write the result to; then no operand may require gradients.

    The result is a named tuple `(hist, bin_edges)`. RuntimeError for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.histogram(torch.tensor([1.0, 2.0, 1.0]), bins=2, range=(0.0, 3.0)).hist
    tensor([2., 1.])
    """
    if out is not None:
        return into(
            out, histogram(input, bins, range=range, weight=weight, density=density), "histogram", input, bins, weight
        )
    points = array_of(input, "histogram")[..., None]
    found, edges = _histogram(points, [bins], range, weight, density)
    return return_types.histogram((wrap(found), wrap(edges[0])))  # pyright: ignore[reportReturnType]


def histogramdd(
    input: Tensor,
    bins: Any,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> return_types.histogramdd:
    """The histogram of points in several dimensions: how many lie in each box, and the ends of the boxes.

    Args:
        input: the points, (…, D), float32 or float64.
        bins: the number of intervals, one for all dimensions or one for each; or a tensor per dimension with the ends.
        range: two ends for each dimension, one after the other.
        weight: what each point counts.
        density: whether the result is scaled so that its integral is 1.

    The result is a named tuple `(hist, bin_edges)`. RuntimeError for arguments that do not fit.

    >>> import gradiente as torch
    >>> torch.histogramdd(torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), bins=[2, 2]).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    points = array_of(input, "histogramdd")
    if points.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    bins = [bins] * points.shape[-1] if isinstance(bins, int) else list(bins)
    if len(bins) != points.shape[-1]:
        raise RuntimeError(
            "histogramdd: The size of bins must be equal to the innermost dimension of the input. "
            f"(They are {len(bins)} and {points.shape[-1]}.)"
        )
    found, edges = _histogram(points, bins, range, weight, density)
    return return_types.histogramdd((wrap(found), tuple([wrap(edge) for edge in edges])))  # pyright: ignore


METHODS: dict[str, Any] = {
    "bincount": bincount,
    "corrcoef": corrcoef,
    "cov": cov,
    "histc": histc,
    "histogram": histogram,
}
"""What these functions are called as methods of Tensor."""

__all__ = ["bincount", "corrcoef", "cov", "histc", "histogram", "histogramdd"]
