"""What torch does not compute of uint16, uint32 and uint64, which it has for storing and converting numbers."""

from __future__ import annotations

from typing import Any

from .dtypes import LATER_UNSIGNED, SCALAR_NAMES, dtype, from_numpy_dtype

_KERNELS: dict[str, str] = {}
"""By primitive: what torch calls the function that lacks these types."""


def _kernel(names: str, kernel: str = "{}_cpu") -> None:
    for name in names.split():
        _KERNELS[name] = kernel.format(name)


_kernel("add subtract reverse_subtract add_scaled subtract_scaled scaled_add", "add_stub")
_kernel("negative", "neg_cpu")
_kernel("abs remainder fmod gcd lcm heaviside sign")
_kernel("sgn", "sign_cpu")
_kernel("square power_scalar power_base pow", "pow")
_kernel("divide_floor floor_divide", "div_floor_cpu")
_kernel("divide_trunc", "div_trunc_cpu")
_kernel("addcmul", "addcmul_cpu_out")
_kernel("bitwise_invert", "bitwise_not_cpu")
_kernel("bitwise_left_shift", "lshift_cpu")
_kernel("bitwise_right_shift", "rshift_cpu")
_kernel("less", "lt_cpu")
_kernel("less_equal", "le_cpu")
_kernel("greater", "gt_cpu")
_kernel("greater_equal", "ge_cpu")
_kernel("maximum fmax", "maximum_cpu")
_kernel("minimum fmin", "minimum_cpu")
_kernel("clamp", "clamp_scalar_cpu")
_kernel("clamp_min relu", "clamp_min_scalar_cpu")
_kernel("clamp_max", "clamp_max_scalar_cpu")
_kernel("clamp_tensors threshold")
_kernel("hardtanh", "clamp_scalar_cpu")
_kernel("max", "max_all")
_kernel("min", "min_all")
_kernel("argmax argmin")
_kernel("median nanmedian", "median_cpu")
_kernel("argmode", "mode_cpu")
_kernel("argcummax", "cummax_cpu")
_kernel("argcummin", "cummin_cpu")
_kernel("count_nonzero", "nonzero_count_cpu")
_kernel("tril triu trace cross", "{}")
_kernel("matmul linear rows_matmul linear_map", "addmm_impl_cpu_")
_kernel("mv vecmat rows_mv", "addmv_impl_cpu")
_kernel("dot vdot", "dot")
_kernel("einsum", "bmm")
_kernel("convolution", "slow_conv2d_cpu")
_kernel("transposed_convolution", "slow_conv_transpose2d_cpu")
_kernel("masked_fill", "masked_fill")
_kernel("gather_along_axis take_along_axis scatter_add put_along_axis", "scatter_gather_tensor_cpu")
_kernel("scatter_along_axis", "scatter_gather_tensor_cpu")
_kernel("scatter_extreme", "scatter_gather_tensor_cpu_reduce_amax")
_kernel("take_places", "take_cpu")
_kernel("put_places", "take_put_cpu")


def refuse_unsigned(name: str, numpy_dtype: Any) -> None:
    """Raise torch's error if the primitive `name` is not defined for an unsigned type of more than 8 bits."""
    kernel = _KERNELS.get(name)
    if kernel is not None:
        lacking(kernel, from_numpy_dtype(numpy_dtype))


def lacking(kernel: str, found: dtype) -> None:
    """Raise torch's error, which names this function of its own, for an unsigned type of more than 8 bits."""
    if found in LATER_UNSIGNED:
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{SCALAR_NAMES[found.name]}' (torch stores and converts {found!r}, and "
            "computes little with it: convert the tensor, for instance with .long())"
        )


__all__ = ["lacking", "refuse_unsigned"]
