"""Contractions of two or more tensors: over chosen or last dimensions, Kronecker's product, chains of matrices."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ..graph import current
from ..tensor.core import Tensor
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._out import into
from ._product_checks import same_dtype, scalar_name, shapes
from .einsum import LETTERS, einsum

_contracted, _multiply, _view, _kron = (
    primitive("einsum", "ViewBackward0"),
    primitive("multiply"),
    primitive("view"),
    primitive("view", "UnsafeViewBackward0"),
)
_clone, _matmul, _last = primitive("clone"), primitive("matmul"), primitive("matmul", "ViewBackward0")


def tensordot(a: Tensor, b: Tensor, dims: Any = 2, out: Tensor | None = None) -> Tensor:
    """The contraction of dimensions of two tensors: Σ a[..., k₁, k₂] · b[k₁, k₂, ...] over pairs of dimensions.

    Args:
        a: tensor.
        b: tensor of the same dtype.
        dims: how many: the last of `a` with the first of `b`; or two lists, of dimensions of `a` and of `b`.
        out: a tensor of that dtype to write the result to.

    Returns:
        Tensor with the remaining dimensions of `a`, then those of `b`.

    Raises:
        RuntimeError: sizes, dtypes or the numbers of dimensions do not fit.
        IndexError: there is no such dimension.

    Source: the function of this name in the Python array API standard.

    Example:
        >>> import gradiente as torch
        >>> torch.tensordot(torch.ones(2, 3), torch.ones(3, 4), dims=1).shape
        torch.Size([2, 4])
    """
    s, t = need_tensor(a, "tensordot", "a")._array.shape, need_tensor(b, "tensordot", "b", 2)._array.shape
    of_a, of_b = _contracted_dims(dims, s, t)
    for i, j in zip(of_a, of_b, strict=True):
        if s[i] != t[j] and 1 in (s[i], t[j]):  # one stands for all: the others are added up
            whole = {"keepdim": True, "dtype": a.dtype}
            a, b = (a, b.sum(j, **whole)) if s[i] == 1 else (a.sum(i, **whole), b)  # pyright: ignore
        elif s[i] != t[j]:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {s[i]} in dim {i} and second has size "
                f"{t[j]} in "
                f"dim {j} {shapes(a=a, b=b)})"
            )
    same_dtype("both inputs should have same dtype", a, b, a=a, b=b)
    first, second = [wrap_dim(i, len(s)) for i in of_a], [wrap_dim(j, len(t)) for j in of_b]
    if len(set(first)) < len(first) or len(set(second)) < len(second):
        twice = next(d for dims_ in (first, second) for d in dims_ if dims_.count(d) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    letters_a, letters_b = list(LETTERS[: len(s)]), list(LETTERS[26 : 26 + len(t)])
    for i, j in zip(first, second, strict=True):
        letters_b[j] = letters_a[i]
    kept = [c for i, c in enumerate(letters_a) if i not in first] + [
        c for j, c in enumerate(letters_b) if j not in second
    ]
    found = _contracted(a, b, subscripts=f"{''.join(letters_a)},{''.join(letters_b)}->{''.join(kept)}")
    return found if out is None else _copied_into(out, found)


def _copied_into(out: Tensor, found: Tensor) -> Tensor:
    """`out` with the elements of a contraction, as a part of the graph."""
    if out._array.dtype != found._array.dtype:
        raise RuntimeError(
            f"tensordot: Expected the output tensor to have dtype {scalar_name(found)}, but got an output tensor "
            f"with dtype "
            f"{scalar_name(out)}"
        )
    if found._node is None or not current().grad:
        return into(out, found, "tensordot")
    return out.resize_(found._array.shape).copy_(found)  # pyright: ignore[reportAttributeAccessIssue]


def _contracted_dims(dims: Any, s: tuple[int, ...], t: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """The dimensions of both tensors that are contracted."""
    if isinstance(dims, Tensor) and dims._array.size == 1:
        dims = int(dims._array.item())
    if isinstance(dims, (list, tuple)) and len(dims) == 2:  # pyright: ignore[reportUnknownArgumentType]
        of_a, of_b = ([d] if isinstance(d, int) else [int(k) for k in d] for d in dims)  # pyright: ignore
        if len(of_a) != len(of_b):
            raise RuntimeError(f"both dimension lists should have same length (they have {len(of_a)} and {len(of_b)})")
        for some, shape in ((of_a, s), (of_b, t)):
            for d in some:
                wrap_dim(d, len(shape))
        return of_a, of_b
    if not isinstance(dims, int) or isinstance(dims, bool):
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, "
            f"but got dims={dims}"
        )
    if dims < 0:
        raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
    if dims > min(len(s), len(t)):
        raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
    return list(range(-dims, 0)), list(range(dims))


def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of products over the last dimensions: out[..., i, ..., j] = Σₖ input[..., i, k] · other[..., j, k].

    Args:
        input: tensor (..., k); a 0-d one just multiplies.
        other: tensor (..., k) of the same dtype.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor with the dimensions of both but the last.

    Raises:
        RuntimeError: the last sizes or the dtypes differ.

    Source: any book on linear algebra.

    Example:
        >>> import gradiente as torch
        >>> torch.inner(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor(11.)
    """
    if out is not None:
        return into(out, inner(input, other), "inner", input, other)
    s, t = need_tensor(input, "inner")._array.shape, need_tensor(other, "inner", "other", 2)._array.shape
    if not s or not t:
        return _multiply(input, other)
    same_dtype("both inputs should have same dtype", input, other, input=input, other=other)
    if s[-1] != t[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(s)} and {list(t)}"
        )
    first, second = LETTERS[: len(s)], LETTERS[26 : 25 + len(t)]
    return _contracted(input, other, subscripts=f"{first},{second}{first[-1]}->{first[:-1]}{second}")


def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Kronecker's product: blocks input[i] · other, one for each element of the input.

    Args:
        input: tensor (a₀, a₁, ...).
        other: tensor (b₀, b₁, ...); the shorter shape gets ones in front; types are promoted.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Tensor (a₀·b₀, a₁·b₁, ...).

    Raises:
        TypeError: an operand is no tensor.

    Source: C. Van Loan, The ubiquitous Kronecker product (2000).

    Example:
        >>> import gradiente as torch
        >>> torch.kron(torch.tensor([1, 10]), torch.tensor([1, 2, 3]))
        tensor([ 1,  2,  3, 10, 20, 30])
    """
    s, t = need_tensor(input, "kron")._array.shape, need_tensor(other, "kron", "other", 2)._array.shape
    ndim = max(len(s), len(t))
    s, t = (1,) * (ndim - len(s)) + s, (1,) * (ndim - len(t)) + t
    a = _view(input, shape=tuple(n for size in s for n in (size, 1)))
    b = _view(other, shape=tuple(n for size in t for n in (1, size)))
    return into(
        out,
        _kron(_multiply(a, b), shape=tuple(n * m for n, m in zip(s, t, strict=True))),
        "kron",
        input,
        other,
        cast=True,
    )


def chain_matmul(*matrices: Any, out: Tensor | None = None) -> Tensor:
    """The product of several matrices, in the order of the fewest multiplications. Deprecated, as in torch.

    Use `torch.linalg.multi_dot`.

    Args:
        matrices: the matrices, of matching sizes.
        out: a tensor to write the result to; then no operand may require gradients.

    Returns:
        Matrix (rows of the first, columns of the last).

    Raises:
        RuntimeError: there are none, one is no matrix, or sizes do not match.

    Source: T. Cormen et al., Introduction to Algorithms (2009), 15.2.

    Example:
        >>> import warnings
        >>> import gradiente as torch
        >>> warnings.simplefilter("ignore")
        >>> torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 4), torch.ones(4, 1))
        tensor([[12.],
                [12.]])
    """
    if out is not None:
        return into(out, chain_matmul(*matrices), "chain_matmul", *matrices)
    if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)):
        matrices = tuple(matrices[0])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    for x in matrices:
        if need_tensor(x, "chain_matmul", "matrices")._array.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {x._array.ndim}, expected 2 instead.")
    for i in range(len(matrices) - 1):
        a, b = matrices[i], matrices[i + 1]
        if a._array.shape[1] != b._array.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(a._array.shape)} and {list(b._array.shape)} "
                "cannot be multiplied"
            )
        same_dtype("both inputs should have same dtype", a, b, a=a, b=b)
    warnings.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters.",
        UserWarning,
        stacklevel=2,
    )
    if len(matrices) == 1:
        return _clone(matrices[0])
    return product_in_order(matrices)


def product_in_order(matrices: Sequence[Tensor]) -> Tensor:
    """The product of matrices that fit, in the order of the fewest multiplications."""
    sizes = [x._array.shape[0] for x in matrices] + [matrices[-1]._array.shape[1]]
    splits = _best_splits(sizes)

    def product(i: int, j: int) -> Tensor:
        if i == j:
            return matrices[i]
        k = splits[i, j]
        return (_last if (i, j) == (0, len(matrices) - 1) else _matmul)(product(i, k), product(k + 1, j))

    return product(0, len(matrices) - 1)


def _best_splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split the product of matrices i to j for the fewest multiplications."""
    n = len(sizes) - 1
    cost: dict[tuple[int, int], float] = {(i, i): 0 for i in range(n)}
    splits: dict[tuple[int, int], int] = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j] = math.inf
            for k in range(i, j):
                found = cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                if found < cost[i, j]:
                    cost[i, j], splits[i, j] = found, k
    return splits


METHODS: dict[str, Any] = {"inner": inner, "kron": kron}
"""What these functions are called as methods of Tensor."""

__all__ = ["chain_matmul", "einsum", "inner", "kron", "tensordot"]
