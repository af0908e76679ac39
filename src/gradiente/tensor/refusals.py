"""Which operands elementwise primitives have no meaning for, in torch's words: types, and shapes that do not fit."""

from __future__ import annotations

from typing import Any

from .dtypes import LATER_UNSIGNED, SCALAR_NAMES, dtype
from .refusals_unsigned import refuse_unsigned

BOOLS, INTEGERS, FLOATS, COMPLEX = 0, 1, 2, 3
"""The categories of types; see `dtype.category`."""

_REFUSALS: dict[tuple[str, int], tuple[type[RuntimeError], str]] = {}
"""By primitive and category: the exception, and its text."""


def _kernel(names: str, categories: tuple[int, ...], kernel: str = "{}_cpu") -> None:
    """torch has no kernel for these types."""
    for name in names.split():
        for category in categories:
            _REFUSALS[name, category] = NotImplementedError, f'"{kernel.format(name)}" not implemented for'


def _sentence(names: str, category: int, sentence: str, kind: type[RuntimeError] = NotImplementedError) -> None:
    """torch refuses this type in words of its own."""
    for name in names.split():
        _REFUSALS[name, category] = kind, sentence.format(name)


_NOT_FLOAT = (BOOLS, INTEGERS, COMPLEX)

_kernel("floor_divide divide_floor", (BOOLS, COMPLEX), "div_floor_cpu")
_kernel("divide_trunc", (BOOLS, COMPLEX), "div_trunc_cpu")
_kernel("remainder fmod", (BOOLS, COMPLEX))
_kernel("pow", (BOOLS,), "pow")
_kernel("abs", (BOOLS,))
_kernel("less", (COMPLEX,), "lt_cpu")
_kernel("less_equal", (COMPLEX,), "le_cpu")
_kernel("greater", (COMPLEX,), "gt_cpu")
_kernel("greater_equal", (COMPLEX,), "ge_cpu")
_kernel("bitwise_and bitwise_or bitwise_xor", (FLOATS, COMPLEX))
_kernel("bitwise_left_shift", (BOOLS, FLOATS, COMPLEX), "lshift_cpu")
_kernel("bitwise_right_shift", (BOOLS, FLOATS, COMPLEX), "rshift_cpu")
_kernel("floor ceil trunc round", (BOOLS,), "{}_vml_cpu")
_kernel("round", (COMPLEX,), "round_vml_cpu")
_kernel("round_decimals", _NOT_FLOAT, "round_cpu")
_kernel("erf erfc", (COMPLEX,), "{}_vml_cpu")
_kernel("erfinv lgamma i0", (COMPLEX,), "{}_vml_cpu")
_kernel("i0e i1 i1e ndtri log_ndtr erfcx entr xlog1py zeta", (COMPLEX,))
_kernel("ndtr", (COMPLEX,), "erf_vml_cpu")
_kernel("digamma", (COMPLEX,), "digamma")
_kernel("polygamma", (COMPLEX,), "trigamma")
_kernel("gammainc", _NOT_FLOAT, "igamma_cpu")
_kernel("gammaincc", _NOT_FLOAT, "igammac_cpu")
_kernel("bessel_j0 bessel_j1 bessel_y0 bessel_y1 airy_ai spherical_bessel_j0", (COMPLEX,))
_kernel("modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1", (COMPLEX,))
_kernel("scaled_modified_bessel_k0 scaled_modified_bessel_k1", (COMPLEX,))
_kernel("chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w", (COMPLEX,))
_kernel("shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u", (COMPLEX,))
_kernel("shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w", (COMPLEX,))
_kernel("hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p", (COMPLEX,))
_kernel("gcd lcm", (BOOLS, FLOATS, COMPLEX))
_kernel("hypot frac nextafter", _NOT_FLOAT)
_kernel("logaddexp", (BOOLS, INTEGERS))
_kernel("logaddexp2", _NOT_FLOAT)
_kernel("atan2 copysign xlogy logit", (COMPLEX,))
_kernel("addcmul", (BOOLS,), "addcmul_cpu_out")
_kernel("lerp_kernel_tensor lerp_kernel_scalar", (BOOLS, INTEGERS), "{}")
_kernel("silu", (BOOLS, INTEGERS))
_kernel("softplus mish hardswish hardsigmoid leaky_relu log_sigmoid hardshrink", _NOT_FLOAT)
_kernel("elu selu celu", _NOT_FLOAT, "elu_cpu")
_kernel("gelu gelu_tanh", _NOT_FLOAT, "GeluKernelImpl")
_kernel("softshrink", _NOT_FLOAT, "softshrink_check")
_kernel("threshold", (BOOLS, COMPLEX))
_sentence(
    "negative",
    BOOLS,
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead.",
    RuntimeError,
)
_sentence(
    "sign",
    COMPLEX,
    "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead.",
)
_sentence("floor ceil trunc", COMPLEX, "{} is not supported for complex inputs")
_sentence("maximum minimum fmax fmin", COMPLEX, "{} not implemented for complex tensors.", RuntimeError)
_sentence("deg2rad rad2deg", COMPLEX, "{} is not supported for complex tensors.", RuntimeError)
_sentence("signbit", COMPLEX, "signbit is not implemented for complex tensors.")
_sentence("clamp clamp_min clamp_max clamp_tensors relu hardtanh", COMPLEX, "clamp is not supported for complex types")
_sentence("relu", BOOLS, "Boolean inputs not supported for relu", RuntimeError)
_sentence("hardtanh", BOOLS, "Bool inputs not supported for hardtanh", RuntimeError)

_DIFFERENCES = frozenset(["subtract", "reverse_subtract", "subtract_scaled"])


def refuse_difference(operands: tuple[Any, ...]) -> None:
    """Raise torch's error for differences of bool tensors."""
    kinds = ["bool" if o.__class__ is bool else getattr(getattr(o, "dtype", None), "name", "") for o in operands]
    if kinds.count("bool") == 2:
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator "
            "instead."
        )
    if "bool" in kinds:
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, "
            "use the "
            "`~` or `logical_not()` operator instead."
        )


def refuse(name: str, found: dtype, operands: tuple[Any, ...] = ()) -> None:
    """Raise torch's error if the primitive `name` is not defined for the type `found` of these operands."""
    if name in _DIFFERENCES:
        refuse_difference(operands)
    if found in LATER_UNSIGNED:
        refuse_unsigned(name, found.numpy)
    refusal = _REFUSALS.get((name, found.category))
    if refusal is not None:
        kind, text = refusal
        if text.endswith("not implemented for"):
            text += f" '{SCALAR_NAMES[found.name]}'"
        remedy = (
            "integer and bool tensors"
            if found.category == FLOATS
            else "floating-point tensors, after .float() for instance,"
        )
        raise kind(f"{text} ({name} of {found!r}; {remedy} have it)")


def mismatch(arrays: tuple[Any, ...]) -> RuntimeError | None:
    """torch's error for operands whose shapes cannot be broadcast together; None if they can."""
    shapes = [array.shape for array in arrays if hasattr(array, "shape")]
    result: tuple[int, ...] = ()
    for shape in shapes:
        ndim = max(len(result), len(shape))
        old, new = (1,) * (ndim - len(result)) + result, (1,) * (ndim - len(shape)) + shape
        for dim in reversed(range(ndim)):
            if old[dim] != new[dim] and old[dim] != 1 and new[dim] != 1:
                return RuntimeError(
                    f"The size of tensor a ({old[dim]}) must match the size of tensor b ({new[dim]}) at non-singleton "
                    f"dimension {dim} (the shapes are {', '.join(str(list(s)) for s in shapes)}; sizes must be "
                    "equal, or 1, "
                    "counted from the last dimension)"
                )
        result = tuple(n if m == 1 else m for m, n in zip(old, new, strict=True))
    return None


__all__ = ["mismatch", "refuse", "refuse_difference"]
