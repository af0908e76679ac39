"""torch.distributed.optim: an optimiser whose state is spread over processes, for `isinstance`."""

from __future__ import annotations

from typing import Any, NoReturn

from .._missing import Getter, missing_in
from ..optim.optimizer import Optimizer


class ZeroRedundancyOptimizer(Optimizer):
    """An optimiser that spreads its state over connected processes. None are, so it cannot be made.

    Raises:
        RuntimeError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(
            "Default process group has not been initialized, please make sure to call init_process_group. (gradiente "
            "connects no processes: use the optimiser of torch.optim that was to be wrapped)"
        )


__getattr__: Getter = missing_in(__name__)

__all__ = ["ZeroRedundancyOptimizer"]
