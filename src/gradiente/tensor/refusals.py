"""Which operands elementwise primitives have no meaning for, in torch's words: types, and shapes that do not fit."""

from __future__ import annotations

from typing import Any

from .dtypes import SCALAR_NAMES, dtype

BOOLS, INTEGERS, FLOATS, COMPLEX = 0, 1, 2, 3
"""The categories of types; see `dtype.category`."""

_KERNELS: dict[str, tuple[str, frozenset[int]]] = {}
_SENTENCES: dict[str, tuple[str, frozenset[int]]] = {}


def _kernel(names: str, categories: tuple[int, ...], kernel: str = "{}_cpu") -> None:
    for name in names.split():
        _KERNELS[name] = (kernel.format(name), frozenset(categories))


def _sentence(names: str, categories: tuple[int, ...], sentence: str) -> None:
    for name in names.split():
        _SENTENCES[name] = (sentence.format(name), frozenset(categories))


_kernel("floor_divide divide_floor", (BOOLS, COMPLEX), "div_floor_cpu")
_kernel("divide_trunc", (BOOLS, COMPLEX), "div_trunc_cpu")
_kernel("remainder fmod", (BOOLS, COMPLEX))
_kernel("abs", (BOOLS,))
_kernel("less", (COMPLEX,), "lt_cpu")
_kernel("less_equal", (COMPLEX,), "le_cpu")
_kernel("greater", (COMPLEX,), "gt_cpu")
_kernel("greater_equal", (COMPLEX,), "ge_cpu")
_kernel("bitwise_and bitwise_or bitwise_xor", (FLOATS, COMPLEX))
_kernel("bitwise_left_shift", (FLOATS, COMPLEX), "lshift_cpu")
_kernel("bitwise_right_shift", (FLOATS, COMPLEX), "rshift_cpu")
_kernel("floor ceil trunc", (BOOLS,), "{}_vml_cpu")
_kernel("round", (BOOLS,), "round_vml_cpu")
_kernel("round_decimals", (BOOLS, INTEGERS), "round_cpu")
_kernel("erf erfc", (COMPLEX,), "{}_vml_cpu")
_kernel("hypot", (BOOLS, INTEGERS, COMPLEX))
_kernel("logaddexp logaddexp2", (BOOLS, INTEGERS))
_kernel("frac", (BOOLS, INTEGERS, COMPLEX))
_kernel("softplus silu mish hardswish hardsigmoid leaky_relu elu", (BOOLS, INTEGERS, COMPLEX))
_kernel("log_sigmoid", (BOOLS, INTEGERS, COMPLEX))
_kernel("gelu", (BOOLS, INTEGERS, COMPLEX), "GeluKernelImpl")
_kernel("softshrink hardshrink", (BOOLS, INTEGERS, COMPLEX))
_sentence(
    "negative",
    (BOOLS,),
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead.",
)
_sentence(
    "sign",
    (COMPLEX,),
    "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead.",
)
_sentence("floor ceil trunc round", (COMPLEX,), "{} is not supported for complex inputs")
_sentence("round_decimals", (COMPLEX,), "round is not supported for complex inputs")
_sentence("maximum minimum fmax fmin", (COMPLEX,), "{} not implemented for complex tensors.")
_sentence("signbit", (COMPLEX,), "signbit is not implemented for complex tensors.")
_sentence("clamp clamp_min clamp_max clamp_tensors relu", (COMPLEX,), "clamp is not supported for complex types")
_sentence("relu", (BOOLS,), "Boolean inputs not supported for relu")

_RUNTIME_ERRORS = frozenset("negative maximum minimum fmax fmin".split())
"""Where torch raises RuntimeError itself instead of its subclass NotImplementedError."""


_DIFFERENCES = frozenset("subtract reverse_subtract subtract_scaled".split())


def refuse_difference(operands: tuple[Any, ...]) -> None:
    """Raise torch's error for differences of bool tensors."""
    kinds = [getattr(getattr(operand, "dtype", None), "name", "") for operand in operands]
    if kinds.count("bool") == 2:
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator "
            "instead."
        )
    if "bool" in kinds:
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the "
            "`~` or `logical_not()` operator instead."
        )


def refuse(name: str, found: dtype, operands: tuple[Any, ...] = ()) -> None:
    """Raise torch's error if the primitive `name` is not defined for the type `found` of these operands."""
    if name in _DIFFERENCES:
        return refuse_difference(operands)
    category = found.category
    kernel = _KERNELS.get(name)
    if kernel is not None and category in kernel[1]:
        raise NotImplementedError(
            f"\"{kernel[0]}\" not implemented for '{SCALAR_NAMES[found.name]}' ({name} of {found!r} has no meaning here; "
            "convert the operands first, for instance with .to(torch.float32))"
        )
    sentence = _SENTENCES.get(name)
    if sentence is not None and category in sentence[1]:
        kind = RuntimeError if name in _RUNTIME_ERRORS or category == BOOLS else NotImplementedError
        raise kind(f"{sentence[0]} (the operands are {found!r})")


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
                    f"dimension {dim} (the shapes are {', '.join(str(list(s)) for s in shapes)}; sizes must be equal, or 1, "
                    "counted from the last dimension)"
                )
        result = tuple(n if m == 1 else m for m, n in zip(old, new, strict=True))
    return None


__all__ = ["mismatch", "refuse", "refuse_difference"]
