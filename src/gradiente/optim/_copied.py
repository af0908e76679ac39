"""What steps call that programs copied from PyTorch's optimisers and changed."""

from __future__ import annotations

import warnings
from typing import Any

from ..tensor.core import Tensor
from ..utils._foreach_utils import _group_tensors_by_device_and_dtype as grouped


class Copied:
    """Methods of optimisers under PyTorch's names."""

    _listed: tuple[str, ...] = ()
    """The entries of the state in the order in which torch lists them for programs."""

    def _init_group(
        self: Any, group: dict[str, Any], params: list[Tensor], grads: list[Tensor], *lists: list[Any]
    ) -> Any:
        """Put the parameters of a group, their gradients and their state in lists, for steps that programs define.

        The lists are those of torch's optimisers; the state begins here. Returns whether any parameter is complex.
        """
        options = self._options(group)
        for p in group["params"]:
            if p.grad is None:
                continue
            params.append(p)
            grads.append(p.grad)
            state = self.state[p] if p in self.state else self._begin(p, options)
            if state:
                self.state[p] = state
            for name, values in zip(self._listed, lists, strict=True):
                if name in state:
                    values.append(state[name])
                elif name == "momentum_buffer" and group["momentum"] != 0:
                    values.append(None)
        return any(p.is_complex() for p in params)

    def _cuda_graph_capture_health_check(self) -> None:
        """The older name of the next one."""
        warnings.warn("Use _accelerator_graph_capture_health_check instead", DeprecationWarning, stacklevel=2)

    def _accelerator_graph_capture_health_check(self) -> None:
        """Nothing is captured on the CPU."""

    def _optimizer_step_code(self) -> None:
        """A mark for PyTorch's profiler."""

    @staticmethod
    def _group_tensors_by_device_and_dtype(tensorlistlist: list[list[Any]], with_indices: bool = False) -> Any:
        return grouped(tensorlistlist, with_indices)


__all__ = ["Copied"]
