"""torch.nn.parallel, as in a PyTorch without GPUs: models for several devices run on the one there is.

`data_parallel`: one process, several GPUs. `distributed`: several processes, which gradiente does not connect.
`scatter_gather`: arguments for several GPUs.
"""

from __future__ import annotations

from .data_parallel import DataParallel, data_parallel
from .distributed import DistributedDataParallel, DistributedDataParallelCPU
from .scatter_gather import gather, scatter

__all__ = [
    "DataParallel",
    "DistributedDataParallel",
    "DistributedDataParallelCPU",
    "data_parallel",
    "gather",
    "scatter",
]


def __getattr__(name: str) -> object:
    from ..._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
