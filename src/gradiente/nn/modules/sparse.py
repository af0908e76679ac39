"""Embeddings: rows of a matrix, chosen by numbers."""

from __future__ import annotations

from typing import Any

from ...autograd.grad_mode import no_grad
from ...ops.creation import empty
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..parameter import Parameter
from .module import Module


class _Table(Module):
    """What both kinds share."""

    num_embeddings: Any
    embedding_dim: Any

    weight: Parameter
    padding_idx: int | None

    def _set_up(self, sizes: tuple[int, int], padding_idx: int | None, weight: Any, freeze: bool, options: Any) -> None:
        rows = sizes[0]
        if padding_idx is not None:
            if padding_idx > 0:
                if padding_idx >= rows:
                    raise AssertionError("Padding_idx must be within num_embeddings")
            elif padding_idx < 0:
                if padding_idx < -rows:
                    raise AssertionError("Padding_idx must be within num_embeddings")
                padding_idx += rows
        self.num_embeddings, self.embedding_dim = sizes
        self.padding_idx = padding_idx
        if weight is None:
            self.weight = Parameter(empty(sizes, **options), requires_grad=not freeze)
            self.reset_parameters()
            return
        if tuple(weight.shape) != sizes:
            raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
        self.weight = Parameter(weight, requires_grad=not freeze)

    def reset_parameters(self) -> None:
        """Draw the rows anew; that of `padding_idx` is 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)


class Embedding(_Table):
    """A row of a matrix for each number.

    Args:
        num_embeddings: how many rows.
        embedding_dim: their size.
        padding_idx: a row that is not learnt, 0 at first.
        max_norm: rows with a larger norm are scaled down to it when they are looked up.
        norm_type: which norm.
        scale_grad_by_freq: whether gradients are divided by how often a row is looked up in a batch.
        sparse: give the table a sparse gradient, of the rows alone that are named.
        _weight: the matrix.
        _freeze: whether it is not learnt at all.
        device: where the matrix is.
        dtype: of the matrix.

    Example:
        >>> import gradiente as torch
        >>> torch.nn.Embedding(10, 3)(torch.tensor([1, 4])).shape
        torch.Size([2, 3])
    """

    max_norm: float | None
    norm_type: float
    scale_grad_by_freq: bool
    sparse: bool

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        options = {"device": device, "dtype": dtype}
        self._set_up((num_embeddings, embedding_dim), padding_idx, _weight, _freeze, options)

    def forward(self, input: Tensor) -> Tensor:
        """(...) → (..., embedding_dim)."""
        return F.embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self) -> str:
        """The options that are not usual."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        return text + (", sparse=True" if self.sparse else "")

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Any:
        """An embedding of given rows, which are learnt further only with `freeze=False`."""
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        return cls(
            embeddings.shape[0],
            embeddings.shape[1],
            padding_idx,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
            embeddings,
            freeze,
        )


class EmbeddingBag(_Table):
    """Sums, means or maxima of rows of a matrix, one for each bag of numbers.

    Args:
        num_embeddings: how many rows.
        embedding_dim: their size.
        max_norm: rows with a larger norm are scaled down to it.
        norm_type: which norm.
        scale_grad_by_freq: whether gradients are divided by how often a row is looked up in a batch.
        mode: "sum", "mean" or "max".
        sparse: give the table a sparse gradient, of the rows alone that are named.
        _weight: the matrix.
        include_last_offset: whether the offsets end with the number of numbers.
        padding_idx: numbers that do not count.
        device: where the matrix is.
        dtype: of the matrix.
    """

    max_norm: float | None
    norm_type: float
    mode: str
    scale_grad_by_freq: bool
    sparse: bool
    include_last_offset: bool

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.max_norm, self.norm_type, self.mode = max_norm, norm_type, mode
        self.scale_grad_by_freq, self.sparse, self.include_last_offset = scale_grad_by_freq, sparse, include_last_offset
        options = {"device": device, "dtype": dtype}
        self._set_up((num_embeddings, embedding_dim), padding_idx, _weight, False, options)

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """(B, N), or (N) with offsets (B) → (B, embedding_dim)."""
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        """The options that are not usual."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        text += f", mode={self.mode!r}"
        return text + (f", padding_idx={self.padding_idx}" if self.padding_idx is not None else "")

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Any:
        """An embedding of given rows, which are learnt further only with `freeze=False`."""
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, size = embeddings.shape
        made = cls(
            rows, size, max_norm, norm_type, scale_grad_by_freq, mode, sparse, embeddings, include_last_offset,
            padding_idx,
        )  # fmt: skip
        made.weight.requires_grad = not freeze
        return made


__all__ = ["Embedding", "EmbeddingBag"]
