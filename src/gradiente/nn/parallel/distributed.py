"""A model in several processes, which gradiente does not connect: the names, for programs that ask."""

from __future__ import annotations

import warnings
from typing import Any

from ...distributed import get_world_size
from ..modules.module import Module


class DistributedDataParallel(Module):
    """The class of models that several processes train together. None can be made, as no processes are connected.

    Args:
        module: the model.
        args: options.
        kwargs: options.

    Raises:
        ValueError: always; torch says the same before `init_process_group`.
    """

    def __init__(self, module: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        get_world_size()


class DistributedDataParallelCPU(DistributedDataParallel):
    """The older name of `DistributedDataParallel`.

    Args:
        module: the model.
        args: options.
        kwargs: options.

    Raises:
        ValueError: always.
    """

    def __init__(self, module: Any, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            "`torch.nn.parallel.DistributedDataParallelCPU` is deprecated, please use "
            "`torch.nn.parallel.DistributedDataParallel` instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(module, *args, **kwargs)


__all__ = ["DistributedDataParallel", "DistributedDataParallelCPU"]
