"""Tables whose rows are picked by number: embeddings, bags of them, and one-hot vectors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...arrays.batched_errors import META_ITEM
from ...arrays.meta import is_meta, without_values
from ...autograd.grad_mode import no_grad
from ...graph import NO_GRAD, PLAIN, current
from ...ops._arguments import need_tensor
from ...ops._define import primitive
from ...ops._product_checks import scalar_name
from ...ops.arithmetic import mul
from ...ops.choices import where
from ...ops.shaping import reshape, unsqueeze
from ...tensor.core import Tensor, wrap
from ...tensor.meta_device import need_one_device

_embedding, _rows = primitive("embedding"), primitive("embedding", "EmbeddingBagBackward0")
_bag_sums = primitive("put_rows", "EmbeddingBagBackward0")
_gather = primitive("gather_along_axis", "EmbeddingBagBackward0")
_divide = primitive("divide", "EmbeddingBagBackward0")
_least: Any = np.minimum.reduce
_most: Any = np.maximum.reduce


def _need_numbers(x: Tensor, function: str) -> None:
    if x._array.dtype not in (np.int64, np.int32):
        name = "CPUBoolType" if x._array.dtype.kind == "b" else f"torch.{scalar_name(x)}Tensor"
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{name} instead (while checking arguments for {function})"
        )


def _sparse_rows(weight: Tensor, numbers: Any, padding: Any, by_frequency: bool, name: str) -> Tensor:
    """The rows of a table, which receives a sparse gradient."""
    from ...sparse import rows_of  # loaded when somebody needs it

    if by_frequency:
        raise RuntimeError(
            "embedding_backward: scale_grad_by_freq not supported with sparse gradients (leave out one of the two)"
        )
    return rows_of(weight, numbers, padding, name)


def _is_sparse(sparse: bool, weight: Tensor) -> bool:
    """Whether the gradient of the table is to be sparse. Within transforms, it is dense, of the same value."""
    mode = current()
    return sparse and weight._node is not None and mode.grad and not mode.transforms and not mode.levels


def renormalize(weight: Tensor, numbers: Any, max_norm: float, norm_type: float) -> None:
    """Scale, in place, those of the picked rows down to `max_norm` whose norm is larger."""
    rows = np.unique(numbers)
    picked = weight._array[rows]
    norms = np.linalg.norm(picked, norm_type, axis=1)
    large = norms > max_norm
    if large.any():
        factor = (max_norm / (norms[large] + 1e-7)).astype(picked.dtype)
        with no_grad():
            weight[wrap(rows[large])] = wrap(picked[large] * factor[:, None])


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of a table that are named by number: weight[input].

    Args:
        input: row numbers, int64 or int32, of any shape.
        weight: the table, (V, D).
        padding_idx: a row that receives no gradient; negative ones count from the end.
        max_norm: rows that are picked and whose norm is larger are first scaled down to it, in place.
        norm_type: which norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was picked.
        sparse: give the table a sparse gradient, of the rows alone that are named.

    Returns:
        (*input.shape, D), of the table's dtype.

    Raises:
        IndexError: there is no such row.
        RuntimeError: the dtype of `input`, or the rank of `weight`.
        AssertionError: there is no row `padding_idx`.

    Source: Y. Bengio et al., A neural probabilistic language model (2003).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.embedding(torch.tensor([1, 0, 1]), torch.tensor([[0.5, 1.0], [2.0, 3.0]]))
        tensor([[2.0000, 3.0000],
                [0.5000, 1.0000],
                [2.0000, 3.0000]])
    """
    x = need_tensor(input, "embedding")._array
    table = need_tensor(weight, "embedding", "weight", 2)._array
    count = table.shape[0] if table.ndim else 0
    if padding_idx is None:
        padding_idx = -1
    elif not -count <= padding_idx < count:
        raise AssertionError(f"Padding_idx must be within num_embeddings ({padding_idx} of {count})")
    elif padding_idx < 0:
        padding_idx += count
    if table.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D (it has shape {list(table.shape)})")
    _need_numbers(input, "embedding")
    numbers = examples(x)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= count):
        wrong = numbers[(numbers < 0) | (numbers >= count)].flat[0]
        raise IndexError(f"index out of range in self (`input` has the number {wrong}, `weight` {count} rows)")
    if max_norm is not None:
        renormalize(weight, numbers, max_norm, norm_type)
    if _is_sparse(sparse, weight):
        return _sparse_rows(weight, numbers, padding_idx, scale_grad_by_freq, "EmbeddingBackward0")
    return _embedding(weight, input, padding=padding_idx, by_frequency=scale_grad_by_freq)


def one_hot(input: Tensor, num_classes: int = -1) -> Tensor:
    """Vectors with a 1 at the place that a number names, and 0 elsewhere.

    Args:
        input: class numbers, int64, of any shape.
        num_classes: the length of the vectors; -1 for the largest number and one more.

    Returns:
        (*input.shape, num_classes), int64.

    Raises:
        RuntimeError: another dtype, a number out of range, or nothing to infer the length from.

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.one_hot(torch.tensor([0, 2]))
        tensor([[1, 0, 0],
                [0, 0, 1]])
    """
    x = need_tensor(input, "one_hot")._array
    if x.dtype != np.int64:
        raise RuntimeError(
            f"one_hot is only applicable to index tensor of type LongTensor. (`input` has dtype {input.dtype!r}: "
            "convert it with .long())"
        )
    if is_meta(x) and num_classes <= 0:
        raise RuntimeError(META_ITEM)
    if is_meta(x):
        return wrap(without_values((*x.shape, num_classes), np.int64))
    numbers = examples(x)
    if not numbers.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor. (Pass num_classes.)")
    if numbers.size and (least := _least(numbers, None)) < 0:
        raise RuntimeError(f"Class values must be non-negative. (The least is {least}.)")
    if num_classes == -1:
        num_classes = int(_most(numbers, None)) + 1
    elif numbers.size and _most(numbers, None) >= num_classes:
        raise RuntimeError(
            f"Class values must be smaller than num_classes. (The largest is {numbers.max()}, num_classes is "
            f"{num_classes}.)"
        )
    if x.__class__ is np.ndarray and ((mode := current()) is PLAIN or mode is NO_GRAD):
        out = np.zeros((x.size, num_classes), np.int64)
        out[np.arange(x.size), x.reshape(-1)] = 1
        return wrap(out.reshape(*x.shape, num_classes))
    return (unsqueeze(input, -1) == wrap(np.arange(num_classes))).long()


def _offsets(input: Tensor, offsets: Tensor | None, include_last: bool) -> tuple[Any, Any]:
    """The row numbers in one line, and where each bag ends and begins."""
    x = input._array
    if x.ndim == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {type(offsets)}"
            )
        return x.reshape(-1), np.arange(x.shape[0] + 1) * x.shape[1]
    if x.ndim != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {x.ndim}")
    if not isinstance(offsets, Tensor):
        raise ValueError(f"offsets has to be a 1D Tensor but got {offsets}")
    at = offsets._array
    if at.ndim != 1:
        raise ValueError(f"offsets has to be a 1D Tensor (it has shape {list(at.shape)})")
    _need_numbers(offsets, "embedding_bag")
    if is_meta(at) or is_meta(x):
        need_one_device((input, offsets))
        return x, range(at.size + (not include_last))  # as many edges, wherever they are
    if at.size and at[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, "
            f"got {at[0]}"
        )
    if at.size and at[-1] > x.size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {x.size} but got offsets[-1] of {at[-1]}"
        )
    return x, at if include_last else np.append(at, x.size)


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Sums, means or maxima of bags of rows of a table; an empty bag gives zeros.

    Args:
        input: row numbers, int64 or int32: (B, n), a bag in each line, or (n,) with `offsets`.
        weight: the table, (V, D).
        offsets: where each bag begins in `input`; (B,), the first is 0.
        max_norm: rows that are picked and whose norm is larger are first scaled down to it, in place.
        norm_type: which norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was picked; not for "max".
        mode: "sum", "mean" or "max".
        sparse: give the table a sparse gradient, of the rows alone that are named.
        per_sample_weights: factors of the rows, of the input's shape; only for "sum".
        include_last_offset: `offsets` has one more element, where the last bag ends.
        padding_idx: rows of this number are left out.

    Returns:
        (B, D), of the table's dtype.

    Raises:
        ValueError: ranks, shapes or the mode are not as described.
        RuntimeError: a dtype, an offset or a row number is out of range.
        NotImplementedError: weights with another mode than "sum".

    Source: A. Joulin et al., Bag of tricks for efficient text classification (2017).

    Example:
        >>> import gradiente as torch
        >>> import gradiente.nn.functional as F
        >>> F.embedding_bag(torch.tensor([[0, 1]]), torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
        tensor([[2., 4.]])
    """
    need_tensor(input, "embedding_bag")
    if input.is_floating_point() and need_tensor(weight, "embedding_bag", "weight", 2).dtype.name == "int64":
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            "deprecated, and should now be `embedding_bag(input, weight, ...)`.",
            stacklevel=2,
        )
        input, weight = weight, input
    table = need_tensor(weight, "embedding_bag", "weight", 2)._array
    factors = per_sample_weights
    if factors is not None and factors._array.shape != input._array.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({factors.shape}) is not None, then it must have the same shape as "
            f"the input ({input.shape})"
        )
    numbers, edges = _offsets(input, offsets, include_last_offset)
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"mode has to be one of sum, mean or max (it is {mode!r})")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if factors is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )
    _need_numbers(input, "embedding_bag")
    count, width = table.shape
    if padding_idx is not None:
        if not -count <= padding_idx < count:
            raise RuntimeError(
                f"padding_idx must be within the number of embeddings, {-count} through {count - 1}, but got "
                f"{padding_idx}"
            )
        padding_idx %= count
    values = examples(numbers).reshape(-1)
    wrong = (values < 0) | (values >= count)
    if wrong.any():
        at = int(wrong.argmax())
        raise RuntimeError(
            f"embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be {values[at]} "
            f"(element {at} of `input`; `weight` has {count} rows)"
        )
    if factors is not None and factors._array.dtype != table.dtype:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 "
            f"'per_sample_weights'; but type torch.{scalar_name(weight)}Tensor does not equal "
            f"torch.{scalar_name(factors)}Tensor (while checking arguments for embedding_bag)"
        )
    if max_norm is not None:
        renormalize(weight, numbers, max_norm, norm_type)
    bags = len(edges) - 1
    if is_meta(numbers):
        return _bags_of_one(weight, bags, factors)
    bag = np.repeat(np.arange(bags), np.maximum(np.diff(edges), 0))
    numbers = numbers[: len(bag)]
    kept = slice(None) if padding_idx is None else numbers != padding_idx
    numbers, bag = numbers[kept], bag[kept]
    if _is_sparse(sparse, weight):
        rows = _sparse_rows(weight, numbers, -1, scale_grad_by_freq, "EmbeddingBagBackward0")
    else:
        rows = _rows(weight, wrap(numbers), padding=-1, by_frequency=scale_grad_by_freq)
    if mode == "max":
        return _maxima(rows, bag, bags)
    if factors is not None:
        chosen = reshape(factors, (-1,))[: numbers.size] if padding_idx is None else reshape(factors, (-1,))[wrap(kept)]
        rows = mul(rows, unsqueeze(chosen, 1))
    sums = _bag_sums(rows, wrap(bag), shape=(bags, width))
    if mode == "sum":
        return sums
    sizes = np.maximum(np.bincount(bag, minlength=bags), 1).astype(table.dtype)
    return _divide(sums, wrap(sizes[:, None]))


def _bags_of_one(weight: Tensor, bags: int, factors: Tensor | None) -> Any:
    """A tensor of the meta device like the result, which depends on the same tensors."""
    rows: Any = _rows(weight, wrap(without_values((bags,), np.int64)), padding=-1, by_frequency=False)
    return rows if factors is None else rows * factors.sum()


def _maxima(rows: Tensor, bag: Any, bags: int) -> Tensor:
    """The largest elements of each bag's rows, by column; the first of equal ones."""
    values = rows._array
    width = values.shape[1]
    which = np.zeros((bags, width), np.int64)
    found = np.bincount(bag, minlength=bags) > 0
    starts = np.searchsorted(bag, np.arange(bags + 1))
    for i in np.flatnonzero(found):
        which[i] = starts[i] + values[starts[i] : starts[i + 1]].argmax(axis=0)
    if not len(bag):
        return mul(_bag_sums(rows, wrap(bag), shape=(bags, width)), 0)
    picked = _gather(rows, wrap(which), axis=0)
    return picked if found.all() else where(wrap(found[:, None]), picked, 0.0)


__all__ = ["embedding", "embedding_bag", "one_hot"]
