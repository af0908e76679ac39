"""torch.backends.cuda: not there. Its flags have no effect, but those of attention, which the CPU has as well, do."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

from ..nn.functional.attention import allowed


class _MatMul:
    """How matrices are multiplied on CUDA devices."""

    allow_tf32: bool = False
    allow_fp16_reduced_precision_reduction: bool = True
    allow_bf16_reduced_precision_reduction: bool = True


matmul = _MatMul()


def is_built() -> bool:
    """Whether gradiente was built with CUDA: False."""
    return False


def _enable(kernel: str, enabled: bool) -> None:
    allowed.kernels = allowed.kernels | {kernel} if enabled else allowed.kernels - {kernel}


def flash_sdp_enabled() -> bool:
    """Whether `scaled_dot_product_attention` may use the fused way to compute."""
    return "flash" in allowed.kernels


def enable_flash_sdp(enabled: bool) -> None:
    """Allow `scaled_dot_product_attention` the fused way, or not; see `torch.nn.attention.sdpa_kernel`."""
    _enable("flash", enabled)


def math_sdp_enabled() -> bool:
    """Whether `scaled_dot_product_attention` may use its formula."""
    return "math" in allowed.kernels


def enable_math_sdp(enabled: bool) -> None:
    """Allow `scaled_dot_product_attention` its formula, or not."""
    _enable("math", enabled)


def mem_efficient_sdp_enabled() -> bool:
    """The flag of a way that CUDA has."""
    return "mem_efficient" in allowed.kernels


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Set the flag of a way that CUDA has."""
    _enable("mem_efficient", enabled)


def cudnn_sdp_enabled() -> bool:
    """The flag of a way that CUDA has."""
    return "cudnn" in allowed.kernels


def enable_cudnn_sdp(enabled: bool) -> None:
    """Set the flag of a way that CUDA has."""
    _enable("cudnn", enabled)


def is_flash_attention_available() -> bool:
    """Whether CUDA's fused kernel is there: False."""
    return False


@contextlib.contextmanager
def _only(kernels: frozenset[str]) -> Iterator[dict[str, object]]:
    before, allowed.kernels = allowed.kernels, kernels
    try:
        yield {}
    finally:
        allowed.kernels = before


def sdp_kernel(
    enable_flash: bool = True,
    enable_math: bool = True,
    enable_mem_efficient: bool = True,
    enable_cudnn: bool = True,
) -> contextlib.AbstractContextManager[dict[str, object]]:
    """The older form of `torch.nn.attention.sdpa_kernel`: a context manager, with a warning.

    >>> import warnings
    >>> import gradiente as torch
    >>> with warnings.catch_warnings(action="ignore"), torch.backends.cuda.sdp_kernel(enable_flash=False):
    ...     torch.backends.cuda.flash_sdp_enabled()
    False
    """
    warnings.warn(
        "`torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be removed. Please "
        "see `torch.nn.attention.sdpa_kernel()` for the new context manager, with updated signature.",
        FutureWarning,
        stacklevel=2,
    )
    flags = {"flash": enable_flash, "mem_efficient": enable_mem_efficient, "math": enable_math, "cudnn": enable_cudnn}
    return _only(frozenset(name for name, on in flags.items() if on))
