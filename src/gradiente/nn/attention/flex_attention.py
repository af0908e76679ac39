"""torch.nn.attention.flex_attention: attention whose scores a function changes and another masks.

Masks are functions of four indices, of batch, head, query and key, and are mapped over all of them by `vmap`. Every
score is computed: the table of blocks in a `BlockMask`, by which torch's kernels skip what is masked, is there to be
looked at.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ...func.vmap import vmap
from ...ops.choices import where
from ...ops.creation import zeros
from ...ops.exponentials import logsumexp, softmax
from ...ops.ordering import argsort
from ...ops.ranges import arange
from ...tensor.core import Tensor
from ...tensor.devices import need_cpu
from ...tensor.dtypes import bool as Bool
from ...tensor.dtypes import float32, int32

Mod = Callable[..., Tensor]
_DEFAULT_SPARSE_BLOCK_SIZE = 128


class AuxRequest(NamedTuple):
    """What `flex_attention` is to return beside its result: the logarithms of the sums of exponentials."""

    lse: bool = False
    max_scores: bool = False


class AuxOutput(NamedTuple):
    """What `flex_attention` returned beside its result; None for what was not asked for."""

    lse: Tensor | None = None
    max_scores: Tensor | None = None


FlexKernelOptions = dict
"""Settings of torch's kernels: without effect."""


def noop_mask(batch: Tensor, head: Tensor, token_q: Tensor, token_kv: Tensor) -> Tensor:
    """The mask that masks nothing."""
    return batch.new_ones(size=(), dtype=Bool)


def _combined(name: str, mods: tuple[Mod, ...], start: bool) -> Mod:
    if not all(callable(mod) for mod in mods):
        raise RuntimeError(f"All inputs should be callable mask_mods: {mods}")

    def mask(b: Tensor, h: Tensor, q: Tensor, kv: Tensor) -> Tensor:
        result = b.new_ones((), dtype=Bool) if start else b.new_zeros((), dtype=Bool)
        for mod in mods:
            result = result & mod(b, h, q, kv) if start else result | mod(b, h, q, kv)
        return result

    mask.__name__ = name
    return mask


def and_masks(*mask_mods: Mod) -> Mod:
    """The mask that lets through what all of the masks let through."""
    return _combined("and_mask", mask_mods, True)


def or_masks(*mask_mods: Mod) -> Mod:
    """The mask that lets through what one of the masks lets through."""
    return _combined("or_mask", mask_mods, False)


def _over_all(mod: Mod, has_score: bool) -> Mod:
    """The function, mapped over batch, head, query and key."""
    first = (0,) if has_score else ()
    mapped = mod
    for dims in ((None, None, None, 0), (None, None, 0, None), (None, 0, None, None), (0, None, None, None)):
        mapped = vmap(mapped, in_dims=(*first, *dims))
    return mapped


def create_mask(mod_fn: Mod, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None) -> Tensor:
    """A mask's values, or which scores a change of scores does not make -∞.

    Args:
        mod_fn: a mask, of four indices, or a change of scores, of a score and four indices.
        B: how many batches; None: 1.
        H: how many heads; None: 1.
        Q_LEN: how many queries.
        KV_LEN: how many keys.
        device: the CPU.

    Returns:
        (B, H, Q_LEN, KV_LEN), bool.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.nn.attention.flex_attention import create_mask
        >>> create_mask(lambda b, h, q, kv: q >= kv, 1, 1, 2, 3)
        tensor([[[[ True, False, False],
                  [ True,  True, False]]]])
    """
    if device is not None:
        need_cpu(device, "create_mask")
    B, H = B or 1, H or 1
    count = _count(mod_fn)
    indices = (arange(B), arange(H), arange(Q_LEN), arange(KV_LEN))
    if count == 5:
        return _over_all(mod_fn, True)(zeros(B, H, Q_LEN, KV_LEN), *indices) != -math.inf
    return _over_all(mod_fn, False)(*indices).broadcast_to(B, H, Q_LEN, KV_LEN)


def _count(mod: Any) -> int:
    """The number of positional arguments: 4 of a mask, 5 of a change of scores."""
    if not callable(mod):
        raise TypeError(f"{mod!r} is not a callable object")
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(mod).parameters.values()
    count = sum(p.kind in kinds and p.default is inspect.Parameter.empty for p in parameters)
    if count not in (4, 5):
        raise AssertionError(f"Expected 4 or 5 positional args, got {count}")
    return count


def _table(flags: Tensor) -> tuple[Tensor, Tensor]:
    """How many flags are set in each row, and the numbers of their columns, those that are set first."""
    return flags.sum(-1).to(int32), argsort(flags.to(int32), -1, descending=True, stable=True).to(int32)


class BlockMask:
    """A mask, and which blocks of scores it lets through: made by `create_block_mask`.

    `kv_num_blocks` and `kv_indices` count and name, for each block of queries, the blocks of keys of which it lets
    through a part; `full_kv_num_blocks` and `full_kv_indices`, those that it lets through whole.
    """

    def __init__(
        self,
        seq_lengths: tuple[int, int],
        kv_num_blocks: Tensor,
        kv_indices: Tensor,
        full_kv_num_blocks: Tensor | None,
        full_kv_indices: Tensor | None,
        BLOCK_SIZE: tuple[int, int],
        mask_mod: Mod,
    ) -> None:
        self.seq_lengths: tuple[int, int] = seq_lengths
        self.kv_num_blocks: Tensor = kv_num_blocks
        self.kv_indices: Tensor = kv_indices
        self.full_kv_num_blocks: Tensor | None = full_kv_num_blocks
        self.full_kv_indices: Tensor | None = full_kv_indices
        self.BLOCK_SIZE: tuple[int, int] = BLOCK_SIZE
        self.mask_mod: Mod = mask_mod

    @classmethod
    def from_kv_blocks(
        cls,
        kv_num_blocks: Tensor,
        kv_indices: Tensor,
        full_kv_num_blocks: Tensor | None = None,
        full_kv_indices: Tensor | None = None,
        BLOCK_SIZE: int | tuple[int, int] = _DEFAULT_SPARSE_BLOCK_SIZE,
        mask_mod: Mod | None = None,
        seq_lengths: tuple[int, int] | None = None,
    ) -> BlockMask:
        """A mask of a table of blocks."""
        size = (BLOCK_SIZE, BLOCK_SIZE) if isinstance(BLOCK_SIZE, int) else BLOCK_SIZE
        rows, columns = kv_indices.shape[-2:]
        lengths = (rows * size[0], columns * size[1]) if seq_lengths is None else seq_lengths
        full = full_kv_num_blocks, full_kv_indices
        return cls(lengths, kv_num_blocks, kv_indices, *full, size, noop_mask if mask_mod is None else mask_mod)

    @property
    def shape(self) -> tuple[int, ...]:
        """Batches, heads, queries and keys."""
        return (*self.kv_num_blocks.shape[:-1], *self.seq_lengths)

    def numel(self) -> int:
        """How many scores there are."""
        return math.prod(self.shape)

    def to_dense(self) -> Tensor:
        """Which blocks are let through, in part or whole: 1, else 0; (batches, heads, rows, columns), int32."""
        dense = self._dense(self.kv_num_blocks, self.kv_indices)
        if self.full_kv_num_blocks is not None and self.full_kv_indices is not None:
            dense = dense | self._dense(self.full_kv_num_blocks, self.full_kv_indices)
        return dense.to(int32)

    @staticmethod
    def _dense(counts: Tensor, indices: Tensor) -> Tensor:
        used = arange(indices.shape[-1]) < counts[..., None]
        return zeros(indices.shape, dtype=Bool).scatter(-1, indices.long(), used)

    def sparsity(self) -> float:
        """How much of the scores lies in blocks that are masked, in per cent."""
        blocks = int(self.kv_num_blocks.sum().item())
        if self.full_kv_num_blocks is not None:
            blocks += int(self.full_kv_num_blocks.sum().item())
        return 100 * (1 - blocks * self.BLOCK_SIZE[0] * self.BLOCK_SIZE[1] / self.numel())

    def to(self, device: Any) -> BlockMask:
        """The mask on a device: itself, on the CPU."""
        need_cpu(device, "to")
        return self

    def __getitem__(self, index: Any) -> BlockMask:
        """The mask of some batches, heads and rows of blocks; its function stays the same."""
        index = index if isinstance(index, tuple) else (index,)
        index = tuple(
            slice(i, i + 1) if isinstance(i, int) and i != -1 else slice(i, None) if i == -1 else i for i in index
        )
        full = self.full_kv_num_blocks, self.full_kv_indices
        whole = (None if full[0] is None else full[0][index], None if full[1] is None else full[1][index])
        kept = self.kv_num_blocks[index], self.kv_indices[index]
        return type(self)(self.seq_lengths, *kept, *whole, self.BLOCK_SIZE, self.mask_mod)

    def __repr__(self) -> str:
        return f"BlockMask(shape={self.shape}, sparsity={self.sparsity():.2f}%, mask_mod={self.mask_mod.__name__})"


def create_block_mask(
    mask_mod: Mod,
    B: int | None,
    H: int | None,
    Q_LEN: int,
    KV_LEN: int,
    device: Any = None,
    BLOCK_SIZE: int | tuple[int, int] = _DEFAULT_SPARSE_BLOCK_SIZE,
    _compile: bool = False,
    separate_full_blocks: bool = True,
) -> BlockMask:
    """A mask with the table of its blocks.

    Args:
        mask_mod: a function of the indices of batch, head, query and key, whose result says whether the score counts.
        B: how many batches; None: the mask is the same for all.
        H: how many heads; None: the mask is the same for all.
        Q_LEN: how many queries.
        KV_LEN: how many keys.
        device: the CPU.
        BLOCK_SIZE: the size of the blocks, for queries and keys.
        separate_full_blocks: whether blocks that are let through whole are listed apart.

    Raises:
        TypeError, AssertionError: `mask_mod` is no function of four indices.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.nn.attention.flex_attention import create_block_mask
        >>> mask = create_block_mask(lambda b, h, q, kv: q >= kv, None, None, 4, 4, BLOCK_SIZE=2)
        >>> mask.to_dense()
        tensor([[[[1, 0],
                  [1, 1]]]], dtype=torch.int32)
    """
    size = (BLOCK_SIZE, BLOCK_SIZE) if isinstance(BLOCK_SIZE, int) else BLOCK_SIZE
    mask = create_mask(mask_mod, B, H, Q_LEN, KV_LEN, device)
    rows, columns = -(-Q_LEN // size[0]), -(-KV_LEN // size[1])
    padded = zeros(*mask.shape[:2], rows * size[0], columns * size[1], dtype=Bool)
    padded[..., :Q_LEN, :KV_LEN] = mask
    counts = padded.reshape(*mask.shape[:2], rows, size[0], columns, size[1]).sum((3, 5))
    full = counts == size[0] * size[1]
    if not separate_full_blocks:
        return BlockMask((Q_LEN, KV_LEN), *_table(counts > 0), None, None, size, mask_mod)
    return BlockMask((Q_LEN, KV_LEN), *_table((counts > 0) & ~full), *_table(full), size, mask_mod)


def flex_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    score_mod: Mod | None = None,
    block_mask: BlockMask | None = None,
    scale: float | None = None,
    enable_gqa: bool = False,
    return_lse: bool = False,
    kernel_options: Any = None,
    *,
    return_aux: AuxRequest | None = None,
) -> Any:
    """Attention: softmax(score_mod(query·keyᵀ·scale)) · value, where the mask lets a score count.

    Args:
        query: (batches, heads, queries, width).
        key: (batches, heads of keys, keys, width).
        value: (batches, heads of keys, keys, width of values).
        score_mod: a function of a score and of the indices of batch, head, query and key, that gives another score.
        block_mask: what `create_block_mask` made; None: all scores count.
        scale: the factor of the scores; None: 1/√width.
        enable_gqa: whether several heads of queries may share one of keys.
        return_lse: whether to return the logarithms of the sums of exponentials, too.
        kernel_options: accepted; there are no kernels.
        return_aux: the same as `return_lse`, as an `AuxRequest`.

    Returns:
        (batches, heads, queries, width of values); with `return_lse`, a pair with (batches, heads, queries). Rows of
        which all scores are masked are 0.

    Raises:
        NotImplementedError: the tensors have not four dimensions, or `max_scores` is asked for.
        ValueError: dtypes, heads or the sizes of the mask do not fit.

    Source: J. Dong et al., Flex Attention: a programming model for generating optimized attention kernels (2024).

    Example:
        >>> import gradiente as torch
        >>> from gradiente.nn.attention.flex_attention import flex_attention
        >>> x = torch.ones(1, 1, 2, 2)
        >>> flex_attention(x, x, x, score_mod=lambda score, b, h, q, kv: score - (q - kv).abs())
        tensor([[[[1., 1.],
                  [1., 1.]]]])
    """
    _check(query, key, value, block_mask, enable_gqa)
    if return_aux is not None and return_aux.max_scores:
        raise NotImplementedError("Returning max scores is not supported on CPU/MPS.")
    heads, shared = query.shape[1], key.shape[1]
    if heads != shared:
        key, value = (x.repeat_interleave(heads // shared, 1) for x in (key, value))
    scores = query @ key.transpose(-2, -1)
    scores = scores.float() if scores.dtype.itemsize < float32.itemsize else scores
    scores = scores * (query.shape[-1] ** -0.5 if scale is None else scale)
    indices = tuple(arange(size) for size in scores.shape)
    if score_mod is not None:
        scores = _over_all(score_mod, True)(scores, *indices)
    if block_mask is not None:
        kept = _over_all(block_mask.mask_mod, False)(*indices)
        scores = where(kept, scores, -math.inf)
    lse = logsumexp(scores, -1) if return_lse or return_aux is not None else None
    weights = softmax(scores, -1)
    if block_mask is not None:  # a row without scores has no softmax
        weights = where((scores == -math.inf).all(-1, keepdim=True), 0.0, weights)
    out = weights.to(value.dtype) @ value
    if return_aux is not None:
        return out, AuxOutput(lse if return_aux.lse else None)
    return (out, lse) if return_lse else out


def _check(query: Tensor, key: Tensor, value: Tensor, mask: BlockMask | None, shared: bool) -> None:
    if not query.dim() == key.dim() == value.dim() == 4:
        raise NotImplementedError("NYI: query, key, and value must be 4D tensors")
    if not query.dtype == key.dtype == value.dtype:
        raise ValueError(
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {query.dtype}, key.dtype: "
            f"{key.dtype}, and value.dtype: {value.dtype} instead."
        )
    heads, others = query.shape[1], key.shape[1]
    if not shared and heads != others:
        raise ValueError(
            f"Expect query and key/value to have the same number of heads but got Hq={heads} and Hkv={others}. Try "
            "setting enable_gqa=True for GQA."
        )
    if heads % others:
        raise ValueError(
            f"Expect number of query heads to be a multiple of kv heads for GQA but got Hq={heads} and Hkv={others}."
        )
    lengths = (query.shape[-2], key.shape[-2])
    if mask is not None and mask.seq_lengths != lengths:
        raise ValueError(
            f"block_mask was created for block_mask.shape={mask.shape} but got q_len={lengths[0]} and "
            f"kv_len={lengths[1]}. Create a new block mask with the correct length."
        )


__all__ = [
    "AuxOutput",
    "AuxRequest",
    "BlockMask",
    "FlexKernelOptions",
    "and_masks",
    "create_block_mask",
    "create_mask",
    "flex_attention",
    "noop_mask",
    "or_masks",
]
