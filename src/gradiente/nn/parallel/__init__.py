"""torch.nn.parallel, as in a PyTorch without GPUs: models for several devices run on the one there is.

`data_parallel`: one process, several GPUs. `distributed`: several processes, which gradiente does not connect.
"""

from __future__ import annotations

from .data_parallel import DataParallel, data_parallel
from .distributed import DistributedDataParallel, DistributedDataParallelCPU

__all__ = ["DataParallel", "DistributedDataParallel", "DistributedDataParallelCPU", "data_parallel"]


def __getattr__(name: str) -> object:
    from ..._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
