"""The layers of transformers. Source: A. Vaswani et al., Attention is all you need (2017)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from ...tensor.core import Tensor
from .. import functional as F
from ..functional.heads import as_numbers
from .attention import MultiheadAttention
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

Activation = str | Callable[[Tensor], Tensor]


def _activation(given: Activation) -> Callable[[Tensor], Tensor]:
    if not isinstance(given, str):
        return given
    if given not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {given}")
    return F.relu if given == "relu" else F.gelu


class _Layer(Module):
    """What the layers of encoders and decoders share: parts that are added to what they were given, normalised."""

    __constants__: ClassVar[list[str]] = ["norm_first"]

    norm_first: bool
    activation: Callable[[Tensor], Tensor]

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({"activation": F.relu, **state})

    def _add(self, x: Tensor, norm: Module, part: Callable[[Tensor], Tensor]) -> Tensor:
        return x + part(norm(x)) if self.norm_first else norm(x + part(x))


class TransformerEncoderLayer(_Layer):
    """A layer of an encoder: x ← norm₁(x + attention(x, x, x)), then x ← norm₂(x + W₂·activation(W₁·x)).

    Args:
        d_model: the width of the input.
        nhead: the number of heads.
        dim_feedforward: the number of rows of W₁.
        dropout: the probability with which values are set to 0 in training.
        activation: "relu", "gelu" or a function.
        layer_norm_eps: added to the variances.
        batch_first: the batch is the first axis, not the second.
        norm_first: normalise what goes into attention and W₁ instead of what comes out.
        bias: whether the maps and normalisations add something.
        device: where the parameters are.
        dtype: of the parameters.

    Raises:
        RuntimeError: no such activation.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16, batch_first=True)
        >>> layer(torch.ones(3, 5, 8)).shape
        torch.Size([3, 5, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        where = {"device": device, "dtype": dtype}
        self.self_attn: MultiheadAttention = MultiheadAttention(
            d_model, nhead, dropout=dropout, bias=bias, batch_first=batch_first, **where
        )
        self.linear1: Linear = Linear(d_model, dim_feedforward, bias=bias, **where)
        self.dropout: Dropout = Dropout(dropout)
        self.linear2: Linear = Linear(dim_feedforward, d_model, bias=bias, **where)
        self.norm_first = norm_first
        self.norm1: LayerNorm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
        self.norm2: LayerNorm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
        self.dropout1: Dropout = Dropout(dropout)
        self.dropout2: Dropout = Dropout(dropout)
        chosen = _activation(activation)
        self.activation_relu_or_gelu: int = 1 if chosen is F.relu else 2 if chosen is F.gelu else 0
        self.activation = chosen

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """The next representation of the sequence `src`, of its shape.

        Args:
            src: (S, N, d_model), or (N, S, d_model) with `batch_first`, or (S, d_model).
            src_mask: (S, S) or (N·nhead, S, S): bool, True where a place must not see another, or numbers to be added.
            src_key_padding_mask: ([N,] S): likewise, for all places alike.
            is_causal: a hint that `src_mask` lets each place see those before it; the mask must be given.
        """
        padding = as_numbers(src_key_padding_mask, "src_key_padding_mask", src_mask, "src_mask", src._array.dtype, True)
        mask = as_numbers(src_mask, "src_mask", None, "", src._array.dtype, False)
        x = self._add(src, self.norm1, lambda x: self._sa_block(x, mask, padding, is_causal=is_causal))
        return self._add(x, self.norm2, self._ff_block)

    def _sa_block(
        self, x: Tensor, attn_mask: Tensor | None, key_padding_mask: Tensor | None, is_causal: bool = False
    ) -> Tensor:
        options = {"attn_mask": attn_mask, "key_padding_mask": key_padding_mask, "is_causal": is_causal}
        return self.dropout1(self.self_attn(x, x, x, need_weights=False, **options)[0])

    def _ff_block(self, x: Tensor) -> Tensor:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerDecoderLayer(_Layer):
    """A layer of a decoder: attention within the sequence, attention to what the encoder found, and two maps.

    Args:
        d_model: the width of the input.
        nhead: the number of heads.
        dim_feedforward: the number of rows of the first map.
        dropout: the probability with which values are set to 0 in training.
        activation: "relu", "gelu" or a function, between the two maps.
        layer_norm_eps: added to the variances.
        batch_first: the batch is the first axis, not the second.
        norm_first: normalise what goes into each part instead of what comes out.
        bias: whether the maps and normalisations add something.
        device: where the parameters are.
        dtype: of the parameters.

    Raises:
        RuntimeError: no such activation.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)
        >>> layer(torch.ones(4, 3, 8), torch.ones(5, 3, 8)).shape
        torch.Size([4, 3, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        where = {"device": device, "dtype": dtype}
        heads = {"dropout": dropout, "bias": bias, "batch_first": batch_first, **where}
        self.self_attn: MultiheadAttention = MultiheadAttention(d_model, nhead, **heads)
        self.multihead_attn: MultiheadAttention = MultiheadAttention(d_model, nhead, **heads)
        self.linear1: Linear = Linear(d_model, dim_feedforward, bias=bias, **where)
        self.dropout: Dropout = Dropout(dropout)
        self.linear2: Linear = Linear(dim_feedforward, d_model, bias=bias, **where)
        self.norm_first = norm_first
        self.norm1: LayerNorm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
        self.norm2: LayerNorm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
        self.norm3: LayerNorm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
        self.dropout1: Dropout = Dropout(dropout)
        self.dropout2: Dropout = Dropout(dropout)
        self.dropout3: Dropout = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The next representation of the sequence `tgt`, of its shape, in view of `memory`.

        Args:
            tgt: (T, N, d_model), or (N, T, d_model) with `batch_first`, or (T, d_model).
            memory: what the encoder found, (S, N, d_model), likewise.
            tgt_mask: (T, T) or (N·nhead, T, T): bool, True where a place must not see another, or numbers to be added.
            memory_mask: (T, S) or (N·nhead, T, S): likewise, for places of `memory`.
            tgt_key_padding_mask: ([N,] T): likewise, for all places alike.
            memory_key_padding_mask: ([N,] S): likewise.
            tgt_is_causal: a hint that `tgt_mask` lets each place see those before it; the mask must be given.
            memory_is_causal: likewise for `memory_mask`.
        """
        x = self._add(tgt, self.norm1, lambda x: self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))
        x = self._add(
            x,
            self.norm2,
            lambda x: self._mha_block(x, memory, memory_mask, memory_key_padding_mask, memory_is_causal),
        )
        return self._add(x, self.norm3, self._ff_block)

    def _sa_block(
        self, x: Tensor, attn_mask: Tensor | None, key_padding_mask: Tensor | None, is_causal: bool = False
    ) -> Tensor:
        options = {"attn_mask": attn_mask, "key_padding_mask": key_padding_mask, "is_causal": is_causal}
        return self.dropout1(self.self_attn(x, x, x, need_weights=False, **options)[0])

    def _mha_block(
        self,
        x: Tensor,
        mem: Tensor,
        attn_mask: Tensor | None,
        key_padding_mask: Tensor | None,
        is_causal: bool = False,
    ) -> Tensor:
        options = {"attn_mask": attn_mask, "key_padding_mask": key_padding_mask, "is_causal": is_causal}
        return self.dropout2(self.multihead_attn(x, mem, mem, need_weights=False, **options)[0])

    def _ff_block(self, x: Tensor) -> Tensor:
        return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))


__all__ = ["TransformerDecoderLayer", "TransformerEncoderLayer"]
