"""torch.backends.cuda: not there. The flags can be set and have no effect."""

from __future__ import annotations


class _MatMul:
    """How matrices are multiplied on CUDA devices."""

    allow_tf32: bool = False
    allow_fp16_reduced_precision_reduction: bool = True
    allow_bf16_reduced_precision_reduction: bool = True


matmul = _MatMul()


def is_built() -> bool:
    """Whether gradiente was built with CUDA: False."""
    return False
