"""How many floating-point operations products and convolutions take, from the shapes of their operands.

A multiplication and an addition are two operations. Formulas are kept by the operator, `torch.ops.aten.mm` and its
like; they get the shapes of the operator's arguments, and `out_shape`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from math import prod
from typing import Any

from ..ops._operators import Operator, operators
from ..tensor.core import Tensor
from ._pytree import tree_map

Shape = Sequence[int]

flop_registry: dict[Any, Callable[..., int]] = {}
"""The formula of each operator."""


def get_shape(i: Any) -> Any:
    """The shape of a tensor; anything else as it is."""
    return i.shape if isinstance(i, Tensor) else i


def shape_wrapper(f: Callable[..., int]) -> Callable[..., int]:
    """A formula of shapes as one of tensors."""

    @wraps(f)
    def of_tensors(*args: Any, out_val: Any = None, **kwargs: Any) -> int:
        args, kwargs, out_shape = tree_map(get_shape, (args, kwargs, out_val))
        return f(*args, out_shape=out_shape, **kwargs)

    return of_tensors


def register_flop_formula(targets: Any, get_raw: bool = False) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Decorate the formula of an operator, or of several.

    Args:
        targets: `torch.ops.aten.<name>`, or a list of such.
        get_raw: whether the formula takes tensors and `out_val`, instead of shapes and `out_shape`.

    Raises:
        ValueError: a target is no operator.
        RuntimeError: it has a formula.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.utils.flop_counter import FlopCounterMode, register_flop_formula
        >>> @register_flop_formula(torch.ops.aten.exp)
        ... def exp_flop(x_shape, out_shape=None, **kwargs):
        ...     return x_shape.numel()
        >>> with FlopCounterMode(display=False) as counter:
        ...     _ = torch.ones(2, 3).exp()
        >>> counter.get_total_flops()
        6
    """

    def register(formula: Callable[..., int]) -> Callable[..., int]:
        formula = formula if get_raw else shape_wrapper(formula)
        for target in targets if isinstance(targets, (list, tuple)) else [targets]:
            if not isinstance(target, Operator) or target.overloadpacket is not target:
                raise ValueError(
                    "register_flop_formula(targets): expected each target to be OpOverloadPacket (i.e. "
                    "torch.ops.mylib.foo), JitFunction, or HigherOrderOperator, got "
                    f"{target} which is of type {type(target)}"
                )
            if target in flop_registry:
                raise RuntimeError(f"duplicate registrations for {target}")
            flop_registry[target] = formula
        return formula

    return register


def mm_flop(a_shape: Shape, b_shape: Shape, *args: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """Those of a product of two matrices, (m, k) and (k, n): 2·m·n·k."""
    (m, k), (k2, n) = a_shape, b_shape
    if k != k2:
        raise AssertionError(f"matmul: inner dimensions must match (k == k2), got {k} and {k2}")
    return 2 * m * n * k


def addmm_flop(self_shape: Shape, a_shape: Shape, b_shape: Shape, out_shape: Any = None, **kwargs: Any) -> int:
    """Those of the product alone."""
    return mm_flop(a_shape, b_shape)


def bmm_flop(a_shape: Shape, b_shape: Shape, out_shape: Any = None, **kwargs: Any) -> int:
    """Those of a batch of products."""
    b, b2 = a_shape[0], b_shape[0]
    if b != b2:
        raise AssertionError(f"bmm: batch dimensions must match (b == b2), got {b} and {b2}")
    return b * mm_flop(a_shape[1:], b_shape[1:])


def baddbmm_flop(self_shape: Shape, a_shape: Shape, b_shape: Shape, out_shape: Any = None, **kwargs: Any) -> int:
    """Those of the products alone."""
    return bmm_flop(a_shape, b_shape)


def conv_flop_count(x_shape: Shape, w_shape: Shape, out_shape: Shape, transposed: bool = False) -> int:
    """Those of a convolution without its bias: each weight meets each place of the result (transposed: the input)."""
    places = prod((x_shape if transposed else out_shape)[2:])
    return 2 * x_shape[0] * places * prod(w_shape)


def conv_flop(
    x_shape: Shape,
    w_shape: Shape,
    _bias: Any,
    _stride: Any,
    _padding: Any,
    _dilation: Any,
    transposed: bool,
    *args: Any,
    out_shape: Any = None,
    **kwargs: Any,
) -> int:
    """Those of a convolution, by its operator's arguments."""
    return conv_flop_count(x_shape, w_shape, out_shape, transposed=transposed)


def conv_backward_flop(
    grad_out_shape: Shape,
    x_shape: Shape,
    w_shape: Shape,
    _bias: Any,
    _stride: Any,
    _padding: Any,
    _dilation: Any,
    transposed: bool,
    _output_padding: Any,
    _groups: Any,
    output_mask: Sequence[bool],
    out_shape: Any = None,
    **kwargs: Any,
) -> int:
    """Those of its gradients: each is a convolution again, of the input or the weights with the result's gradient."""
    count = 0
    if output_mask[0]:
        count += conv_flop_count(grad_out_shape, w_shape, x_shape, not transposed)
    if output_mask[1]:  # the batch and the channels change places
        image, kernel = (grad_out_shape, x_shape) if transposed else (x_shape, grad_out_shape)
        image, kernel, out = [(s[1], s[0], *s[2:]) for s in (image, kernel, w_shape)]
        count += conv_flop_count(image, kernel, out)
    return count


def sdpa_flop_count(query_shape: Shape, key_shape: Shape, value_shape: Shape) -> int:
    """Those of the two products of an attention, of (b, heads, length, width) each; keys may have fewer heads."""
    (b, heads, rows, width), (b2, kv_heads, columns, width2), (b3, v_heads, _, out) = (
        query_shape, key_shape, value_shape,
    )  # fmt: skip
    if not (b == b2 == b3 and kv_heads == v_heads and width == width2 and columns == value_shape[2]):
        raise AssertionError(
            f"sdpa_flop_count: query/key/value shapes are incompatible: q={query_shape}, k={key_shape}, v={value_shape}"
        )
    if heads < kv_heads or heads % kv_heads != 0:
        raise AssertionError(
            f"sdpa_flop_count: query heads ({heads}) must be a multiple of key/value heads ({kv_heads})"
        )
    return 2 * b * heads * rows * columns * (width + out)


PRODUCTS: dict[str, Callable[..., int]] = {
    "mm": mm_flop,
    "addmm": addmm_flop,
    "bmm": bmm_flop,
    "baddbmm": baddbmm_flop,
    "convolution": conv_flop,
    "_convolution": conv_flop,
    "convolution_backward": conv_backward_flop,
}
"""The formulas that are there from the start."""

_ATEN: Any = operators("aten")
for _name, _formula in PRODUCTS.items():
    register_flop_formula(getattr(_ATEN, _name))(_formula)

__all__ = ["PRODUCTS", "flop_registry", "register_flop_formula"]
