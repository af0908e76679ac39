"""Copies of what views show: the same values, in memory of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tensor.core import Tensor
from ._arguments import need_tensor, wrap_dim
from ._define import primitive
from ._out import into
from .complexes import view_as_complex, view_as_real
from .storage import detach

_contiguous = primitive("contiguous", "CloneBackward0")


def _copy(view: Any) -> Any:
    """A copy of a view, or of each of several."""
    return tuple([_contiguous(part) for part in view]) if isinstance(view, tuple) else _contiguous(view)


def alias_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy of the tensor.

    >>> import gradiente as torch
    >>> torch.alias_copy(torch.tensor([1, 2]))
    tensor([1, 2])
    """
    if out is not None:
        return into(out, alias_copy(input), "alias_copy", input)
    return _copy(need_tensor(input, "alias_copy"))


def detach_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy of the tensor's values, without their history.

    >>> import gradiente as torch
    >>> torch.detach_copy(torch.ones(2, requires_grad=True))
    tensor([1., 1.])
    """
    if out is not None:
        return into(out, detach_copy(input), "detach_copy", input)
    return _copy(detach(need_tensor(input, "detach_copy")))


def as_strided_copy(
    input: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    storage_offset: int | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of what `as_strided` shows.

    >>> import gradiente as torch
    >>> torch.as_strided_copy(torch.arange(4), (2,), (2,))
    tensor([0, 2])
    """
    if out is not None:
        return into(out, as_strided_copy(input, size, stride, storage_offset), "as_strided_copy", input)
    x: Any = need_tensor(input, "as_strided_copy")
    return _copy(x.as_strided(size, stride, storage_offset))


def diagonal_copy(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `diagonal` shows.

    >>> import gradiente as torch
    >>> torch.diagonal_copy(torch.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    if out is not None:
        return into(out, diagonal_copy(input, offset, dim1, dim2), "diagonal_copy", input)
    x: Any = need_tensor(input, "diagonal_copy")
    return _copy(x.diagonal(offset, dim1, dim2))


def expand_copy(input: Tensor, size: Sequence[int], *, implicit: bool = False, out: Tensor | None = None) -> Tensor:
    """A copy of what `expand` shows.

    >>> import gradiente as torch
    >>> torch.expand_copy(torch.tensor([[1], [2]]), (2, 2))
    tensor([[1, 1],
            [2, 2]])
    """
    if out is not None:
        return into(out, expand_copy(input, size, implicit=implicit), "expand_copy", input)
    x: Any = need_tensor(input, "expand_copy")
    return _copy(x.expand(size))


def permute_copy(input: Tensor, dims: Sequence[int], *, out: Tensor | None = None) -> Tensor:
    """A copy of what `permute` shows.

    >>> import gradiente as torch
    >>> torch.permute_copy(torch.tensor([[1, 2]]), (1, 0))
    tensor([[1],
            [2]])
    """
    if out is not None:
        return into(out, permute_copy(input, dims), "permute_copy", input)
    x: Any = need_tensor(input, "permute_copy")
    return _copy(x.permute(dims))


def select_copy(input: Tensor, dim: int, index: int) -> Tensor:
    """A copy of what `select` shows.

    >>> import gradiente as torch
    >>> torch.select_copy(torch.tensor([[1, 2], [3, 4]]), 0, 1)
    tensor([3, 4])
    """
    x: Any = need_tensor(input, "select_copy")
    return _copy(x.select(dim, index))


def slice_copy(input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """A copy of the elements start, start + step, … before `end` along `dim`.

    >>> import gradiente as torch
    >>> torch.slice_copy(torch.arange(4), 0, 1, 3)
    tensor([1, 2])
    """
    ndim = need_tensor(input, "slice_copy")._array.ndim
    if step <= 0:
        raise RuntimeError(f"slice step must be positive (it is {step})")
    return _copy(input[(*(slice(None),) * wrap_dim(dim, ndim), slice(start, end, step))])


def squeeze_copy(input: Tensor, dim: int | Sequence[int] | None = None, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `squeeze` shows.

    >>> import gradiente as torch
    >>> torch.squeeze_copy(torch.tensor([[1, 2]]))
    tensor([1, 2])
    """
    if out is not None:
        return into(out, squeeze_copy(input, dim), "squeeze_copy", input)
    x: Any = need_tensor(input, "squeeze_copy")
    return _copy(x.squeeze() if dim is None else x.squeeze(dim))


def t_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `t` shows.

    >>> import gradiente as torch
    >>> torch.t_copy(torch.tensor([[1, 2]]))
    tensor([[1],
            [2]])
    """
    if out is not None:
        return into(out, t_copy(input), "t_copy", input)
    x: Any = need_tensor(input, "t_copy")
    return _copy(x.t())


def transpose_copy(input: Tensor, dim0: int, dim1: int, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `transpose` shows.

    >>> import gradiente as torch
    >>> torch.transpose_copy(torch.tensor([[1, 2]]), 0, 1)
    tensor([[1],
            [2]])
    """
    if out is not None:
        return into(out, transpose_copy(input, dim0, dim1), "transpose_copy", input)
    x: Any = need_tensor(input, "transpose_copy")
    return _copy(x.transpose(dim0, dim1))


def unfold_copy(input: Tensor, dimension: int, size: int, step: int, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `unfold` shows.

    >>> import gradiente as torch
    >>> torch.unfold_copy(torch.arange(4), 0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    if out is not None:
        return into(out, unfold_copy(input, dimension, size, step), "unfold_copy", input)
    x: Any = need_tensor(input, "unfold_copy")
    return _copy(x.unfold(dimension, size, step))


def unsqueeze_copy(input: Tensor, dim: int, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `unsqueeze` shows.

    >>> import gradiente as torch
    >>> torch.unsqueeze_copy(torch.tensor([1, 2]), 0)
    tensor([[1, 2]])
    """
    if out is not None:
        return into(out, unsqueeze_copy(input, dim), "unsqueeze_copy", input)
    x: Any = need_tensor(input, "unsqueeze_copy")
    return _copy(x.unsqueeze(dim))


def view_as_complex_copy(input: Tensor) -> Tensor:
    """A copy of what `view_as_complex` shows.

    >>> import gradiente as torch
    >>> torch.view_as_complex_copy(torch.tensor([[1.0, 2.0]]))
    tensor([1.+2.j])
    """
    return _copy(view_as_complex(need_tensor(input, "view_as_complex_copy")))


def view_as_real_copy(input: Tensor) -> Tensor:
    """A copy of what `view_as_real` shows.

    >>> import gradiente as torch
    >>> torch.view_as_real_copy(torch.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    return _copy(view_as_real(need_tensor(input, "view_as_real_copy")))


def view_copy(input: Tensor, size: Any = None, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """A copy of what `view` shows.

    >>> import gradiente as torch
    >>> torch.view_copy(torch.arange(4), (2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    if out is not None:
        return into(out, view_copy(input, size, dtype=dtype), "view_copy", input)
    x: Any = need_tensor(input, "view_copy")
    return _copy(x.view(dtype if dtype is not None else size))


def split_copy(input: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Copies of what `split` shows.

    >>> import gradiente as torch
    >>> torch.split_copy(torch.arange(4), 2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    x: Any = need_tensor(input, "split_copy")
    return _copy(x.split(split_size, dim))


def split_with_sizes_copy(
    input: Tensor, split_sizes: Sequence[int], dim: int = 0, *, out: tuple[Tensor, ...] | None = None
) -> tuple[Tensor, ...]:
    """Copies of what `split_with_sizes` shows.

    >>> import gradiente as torch
    >>> torch.split_with_sizes_copy(torch.arange(4), [1, 3])
    (tensor([0]), tensor([1, 2, 3]))
    """
    if out is not None:
        return into(out, split_with_sizes_copy(input, split_sizes, dim), "split_with_sizes_copy", input)
    x: Any = need_tensor(input, "split_with_sizes_copy")
    return _copy(x.split_with_sizes(split_sizes, dim))


def unbind_copy(input: Tensor, dim: int = 0, *, out: tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]:
    """Copies of what `unbind` shows.

    >>> import gradiente as torch
    >>> torch.unbind_copy(torch.tensor([1, 2]))
    (tensor(1), tensor(2))
    """
    if out is not None:
        return into(out, unbind_copy(input, dim), "unbind_copy", input)
    x: Any = need_tensor(input, "unbind_copy")
    return _copy(x.unbind(dim))


def narrow_copy(input: Tensor, dim: int, start: int | Tensor, length: int, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `narrow` shows.

    >>> import gradiente as torch
    >>> torch.narrow_copy(torch.arange(4), 0, 1, 2)
    tensor([1, 2])
    """
    if out is not None:
        return into(out, narrow_copy(input, dim, start, length), "narrow_copy", input, start)
    x: Any = need_tensor(input, "narrow_copy")
    if x.dim() and isinstance(dim, int) and dim >= x.dim():
        raise RuntimeError(
            "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false. "
            f"(dim is {dim}, of a tensor with {x.dim()} dimensions)"
        )
    if x.dim() and isinstance(length, int) and length < 0:
        size = x.size(dim)
        raise RuntimeError(f"start ({int(start)}) + length ({length}) exceeds dimension size ({size}).")
    return _copy(x.narrow(dim, start, length))


METHODS: dict[str, Any] = {"narrow_copy": narrow_copy}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "alias_copy",
    "as_strided_copy",
    "detach_copy",
    "diagonal_copy",
    "expand_copy",
    "narrow_copy",
    "permute_copy",
    "select_copy",
    "slice_copy",
    "split_copy",
    "split_with_sizes_copy",
    "squeeze_copy",
    "t_copy",
    "transpose_copy",
    "unbind_copy",
    "unfold_copy",
    "unsqueeze_copy",
    "view_as_complex_copy",
    "view_as_real_copy",
    "view_copy",
]
