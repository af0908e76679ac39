"""Causal masks for `scaled_dot_product_attention` that say at which corner they are aligned."""

from __future__ import annotations

import warnings
from enum import IntEnum
from typing import Any

import numpy as np

from ...tensor.core import Tensor, new
from ...tensor.overriding import disabled_torch_function_impl
from ..functional.attention import scaled_dot_product_attention


class CausalVariant(IntEnum):
    """Where queries and keys of unequal numbers meet.

    UPPER_LEFT: the first query sees the first key only. LOWER_RIGHT: the last query sees all keys.
    """

    UPPER_LEFT = 1
    LOWER_RIGHT = 2


class CausalBias(Tensor):
    """A causal mask: a bool tensor (seq_len_q, seq_len_kv), True where the query sees the key.

    Args:
        variant: where it is aligned.
        seq_len_q: number of queries.
        seq_len_kv: number of keys.

    It is the `attn_mask` of `scaled_dot_product_attention`; results of other functions are usual tensors.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.nn.attention.bias import causal_lower_right
        >>> causal_lower_right(2, 3)
        tensor([[ True,  True, False],
                [ True,  True,  True]])
    """

    variant: CausalVariant
    seq_len_q: int
    seq_len_kv: int

    def __new__(cls, variant: CausalVariant, seq_len_q: int, seq_len_kv: int) -> Any:
        """The mask."""
        if not isinstance(variant, CausalVariant):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise AssertionError(
                f"variant must be a CausalVariant, got {type(variant).__name__} (take CausalVariant.LOWER_RIGHT)"
            )
        made = new(cls)
        made._array = _causal(variant, seq_len_q, seq_len_kv)
        made._node = made._history = made._view = made._meta = None
        return made

    def __init__(self, variant: CausalVariant, seq_len_q: int, seq_len_kv: int) -> None:
        self.variant, self.seq_len_q, self.seq_len_kv = variant, seq_len_q, seq_len_kv
        if seq_len_q > seq_len_kv and variant == CausalVariant.LOWER_RIGHT:
            warnings.warn(
                "Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!", stacklevel=2
            )

    def _materialize(self, device: Any = None) -> Tensor:
        """The mask as a usual tensor."""
        return self.as_subclass(Tensor)

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return repr(self._materialize())

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.variant, self.seq_len_q, self.seq_len_kv)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self  # nothing changes it

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given: dict[str, Any] = {} if kwargs is None else kwargs
        if func is scaled_dot_product_attention and (given.get("is_causal") or (len(args) > 5 and args[5])):
            raise ValueError("CausalBias should not be used with causal=True (it is the mask)")
        return disabled_torch_function_impl(func, types, args, given)


def _causal(variant: CausalVariant, rows: int, columns: int) -> Any:
    if min(rows, columns) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(rows, columns)}: [{rows}, {columns}]")
    return np.tri(rows, columns, columns - rows if variant == CausalVariant.LOWER_RIGHT else 0, dtype=np.bool_)


def causal_upper_left(*size: int) -> CausalBias:
    """The causal mask (queries, keys) whose first query sees the first key only. AssertionError unless two sizes."""
    if len(size) != 2:
        raise AssertionError("causal_upper_left only supports 2D tensors")
    return CausalBias(CausalVariant.UPPER_LEFT, *size)


def causal_lower_right(*size: int) -> CausalBias:
    """The causal mask (queries, keys) whose last query sees all keys. AssertionError unless two sizes."""
    if len(size) != 2:
        raise AssertionError("causal_lower_right only supports 2D tensors")
    return CausalBias(CausalVariant.LOWER_RIGHT, *size)


__all__ = ["CausalBias", "CausalVariant", "causal_lower_right", "causal_upper_left"]
