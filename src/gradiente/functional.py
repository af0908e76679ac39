"""torch.functional: functions that torch defines in Python; they are those of the top level."""

from __future__ import annotations

from .ops.combining import block_diag, cartesian_prod
from .ops.contractions import chain_matmul, tensordot
from .ops.distances import cdist
from .ops.einsum import einsum
from .ops.fourier.short_time import istft, stft
from .ops.indices import unravel_index
from .ops.joining import atleast_1d, atleast_2d, atleast_3d, meshgrid
from .ops.linalg.lowrank import pca_lowrank, svd_lowrank
from .ops.linalg.lu import lu
from .ops.searching import unique, unique_consecutive
from .ops.shaping import broadcast_shapes, broadcast_tensors
from .ops.splitting import split
from .ops.spreads import norm

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "istft",
    "lu",
    "meshgrid",
    "norm",
    "pca_lowrank",
    "split",
    "stft",
    "svd_lowrank",
    "tensordot",
    "unique",
    "unique_consecutive",
    "unravel_index",
]
