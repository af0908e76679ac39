"""torch.nn.utils.stateless: the older name of torch.func.functional_call."""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager
from typing import Any

from ...tensor.core import Tensor
from ..modules.module import Module


def functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other parameters and buffers: the older name of `torch.func.functional_call`, which see."""
    from ...func.modules import functional_call

    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future "
        "version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    parameters_and_buffers.keys()  # one dictionary, where the newer function takes several too
    return functional_call(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)


def _reparametrize_module(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    tie_weights: bool = False,
    strict: bool = False,
    stack_weights: bool = False,
) -> AbstractContextManager[None]:
    """A block in which a module has other parameters and buffers; packages use torch's private function."""
    from ...func.modules import replaced

    return replaced(module, parameters_and_buffers, tie_weights, strict)


__all__ = ["functional_call"]
