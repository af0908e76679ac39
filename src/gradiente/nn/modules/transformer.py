"""Transformers: layers one after the other. Source: A. Vaswani et al., Attention is all you need (2017)."""

from __future__ import annotations

import copy
import math
import warnings
from typing import Any, ClassVar

from ...autograd.grad_mode import is_grad_enabled
from ...ops.creation import full
from ...ops.diagonals import triu
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..functional.heads import as_numbers
from .container import ModuleList
from .module import Module
from .normalization import LayerNorm
from .transformer_layers import Activation, TransformerDecoderLayer, TransformerEncoderLayer


def _causal_mask(size: int, device: Any = None, dtype: Any = None) -> Tensor:
    return triu(full((size, size), -math.inf, device=device, dtype=dtype), diagonal=1)


def _is_causal(mask: Tensor | None, said: bool | None, size: int) -> bool:
    """Whether the mask lets each place see those before it: as `said`, or else found out."""
    if said is not None or mask is None:
        return bool(said)
    wanted = _causal_mask(size, dtype=mask.dtype if mask.is_floating_point() else None)
    return mask.shape == wanted.shape and bool((mask == wanted).all())


def _copies(layer: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


class TransformerEncoder(Module):
    """Layers of an encoder, one after the other.

    Args:
        encoder_layer: a layer; the encoder has copies of it.
        num_layers: how many.
        norm: what normalises the result.
        enable_nested_tensor: in evaluation, places that the padding mask leaves out come out as zeros, where torch's
            nested tensors would leave them out; it warns, as torch does, where they could not.
        mask_check: whether the padding has to stand at the end for that; else it is taken for granted.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16, batch_first=True)
        >>> torch.nn.TransformerEncoder(layer, num_layers=2)(torch.ones(3, 5, 8)).shape
        torch.Size([3, 5, 8])
    """

    __constants__: ClassVar[list[str]] = ["norm"]

    norm: Module | None

    def __init__(
        self,
        encoder_layer: TransformerEncoderLayer,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers: ModuleList = _copies(encoder_layer, num_layers)
        self.num_layers: int = num_layers
        self.norm = norm
        reason = _why_not_nested(encoder_layer)
        self.enable_nested_tensor: bool = enable_nested_tensor
        self.use_nested_tensor: bool = enable_nested_tensor and not reason
        self.mask_check: bool = mask_check
        if enable_nested_tensor and reason:
            warnings.warn(
                f"enable_nested_tensor is True, but self.use_nested_tensor is False because {reason}", stacklevel=2
            )

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """What the layers make of the sequence `src`, of its shape; for the arguments see `TransformerEncoderLayer`."""
        dtype = src._array.dtype
        padding = as_numbers(src_key_padding_mask, "src_key_padding_mask", mask, "mask", dtype, True)
        mask = as_numbers(mask, "mask", None, "", dtype, False)
        causal = _is_causal(mask, is_causal, src.shape[1 if self.layers[0].self_attn.batch_first else 0])
        out = src
        for layer in self.layers:
            out = layer(out, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        if padding is not None and self._leaves_out(src, mask, padding):
            out = out.masked_fill(padding.unsqueeze(-1) != 0, 0.0)
        return out if self.norm is None else self.norm(out)

    def _leaves_out(self, src: Tensor, mask: Tensor | None, padding: Tensor) -> bool:
        """Whether torch would use nested tensors here, from which the padded places come back as zeros."""
        if not self.use_nested_tensor or self.training or mask is not None or src.dim() != 3:
            return False
        if is_grad_enabled() and any(x.requires_grad for x in (src, *self.layers[0].parameters())):
            return False
        left_out = padding != 0
        return not self.mask_check or bool((left_out[:, 1:] >= left_out[:, :-1]).all())


def _why_not_nested(layer: Module) -> str:
    """Why torch would not use nested tensors with this layer; empty if it would."""
    if not isinstance(layer, TransformerEncoderLayer):
        return "encoder_layer was not TransformerEncoderLayer"
    heads = layer.self_attn
    reasons = {
        "encoder_layer.norm_first was True": layer.norm_first,
        "encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)": (
            not heads.batch_first
        ),
        "encoder_layer.self_attn._qkv_same_embed_dim was not True": not heads._qkv_same_embed_dim,
        "encoder_layer.self_attn was passed bias=False": heads.in_proj_bias is None,
        "encoder_layer.activation_relu_or_gelu was not True": not layer.activation_relu_or_gelu,
        "encoder_layer.norm1.eps was not equal to encoder_layer.norm2.eps": layer.norm1.eps != layer.norm2.eps,
        "encoder_layer.self_attn.num_heads is odd": heads.num_heads % 2 == 1,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


class TransformerDecoder(Module):
    """Layers of a decoder, one after the other.

    Args:
        decoder_layer: a layer; the decoder has copies of it.
        num_layers: how many.
        norm: what normalises the result.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)
        >>> torch.nn.TransformerDecoder(layer, num_layers=2)(torch.ones(4, 3, 8), torch.ones(5, 3, 8)).shape
        torch.Size([4, 3, 8])
    """

    __constants__: ClassVar[list[str]] = ["norm"]

    norm: Module | None

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers: ModuleList = _copies(decoder_layer, num_layers)
        self.num_layers: int = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """What the layers make of the sequence `tgt`, of its shape; for the arguments see `TransformerDecoderLayer`."""
        out = tgt
        causal = _is_causal(tgt_mask, tgt_is_causal, tgt.shape[1 if self.layers[0].self_attn.batch_first else 0])
        for layer in self.layers:
            out = layer(
                out,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return out if self.norm is None else self.norm(out)


class Transformer(Module):
    """An encoder and a decoder: what is made of the sequence `tgt` in view of the sequence `src`.

    Args:
        d_model: the width of the sequences.
        nhead: the number of heads.
        num_encoder_layers: how many layers the encoder has.
        num_decoder_layers: how many the decoder has.
        dim_feedforward: the width within the layers.
        dropout: the probability with which values are set to 0 in training.
        activation: "relu", "gelu" or a function.
        custom_encoder: an encoder to be used instead.
        custom_decoder: a decoder to be used instead.
        layer_norm_eps: added to the variances.
        batch_first: the batch is the first axis, not the second.
        norm_first: normalise what goes into each part of a layer instead of what comes out.
        bias: whether the maps and normalisations add something.
        device: where the parameters are.
        dtype: of the parameters.

    Example:
        >>> import gradiente as torch
        >>> model = torch.nn.Transformer(8, 2, 1, 1, 16, batch_first=True)
        >>> model(torch.ones(3, 5, 8), torch.ones(3, 4, 8)).shape
        torch.Size([3, 4, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        where = {"device": device, "dtype": dtype}
        of_layers = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first)
        self.encoder: Any = custom_encoder
        if custom_encoder is None:
            layer = TransformerEncoderLayer(*of_layers, bias, **where)
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
            self.encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        self.decoder: Any = custom_decoder
        if custom_decoder is None:
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
            self.decoder = TransformerDecoder(
                TransformerDecoderLayer(*of_layers, bias, **where), num_decoder_layers, norm
            )
        self._reset_parameters()
        self.d_model: int = d_model
        self.nhead: int = nhead
        self.batch_first: bool = batch_first

    def _reset_parameters(self) -> None:
        for p in self.parameters():
            if p.dim() > 1:
                init.xavier_uniform_(p)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """What the decoder makes of `tgt`, of its shape; for the masks see the layers.

        Raises:
            RuntimeError: the batches differ, or a width is not d_model.
        """
        axis = 0 if self.batch_first else 1
        if src.dim() == 3 and src.shape[axis] != tgt.shape[axis]:
            raise RuntimeError(
                f"the batch number of src and tgt must be equal (src is {list(src.shape)}, tgt is {list(tgt.shape)}, "
                f"and the batch is axis {axis})"
            )
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError(
                "the feature number of src and tgt must be equal to d_model "
                f"(src has {src.shape[-1]}, tgt has {tgt.shape[-1]}, d_model is {self.d_model})"
            )
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """The mask (sz, sz) that lets each place see itself and those before it: -∞ above the diagonal, else 0."""
        return _causal_mask(sz, device, dtype)


__all__ = ["Transformer", "TransformerDecoder", "TransformerEncoder"]
