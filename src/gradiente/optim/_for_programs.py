"""What published optimisers take from torch.optim.optimizer beside its public names, and what its own step is made of.

PyTorch's optimisers are copied and changed by many programs, which import these helpers under PyTorch's names.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from ..graph import change, set_mode
from ..nn.parameter import Parameter
from ..ops.complexes import view_as_real
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype, float32, float64
from ..utils._foreach_utils import _get_foreach_kernels_supported_devices as _get_foreach_kernels_supported_devices
from ..utils._foreach_utils import _get_fused_kernels_supported_devices as _get_fused_kernels_supported_devices
from ..utils._foreach_utils import _group_tensors_by_device_and_dtype as _group_tensors_by_device_and_dtype
from ._hooks import Args, Kwargs
from ._options import CAPTURED_ON, check_fused_parameters, scalar_dtype

if TYPE_CHECKING:
    from .optimizer import Optimizer

StateDict = dict[str, Any]
"""What `Optimizer.state_dict` returns."""

GlobalOptimizerPreHook = Callable[["Optimizer", Args, Kwargs], tuple[Args, Kwargs] | None]
GlobalOptimizerPostHook = Callable[["Optimizer", Args, Kwargs], None]
"""The types of hooks around the steps of all optimisers."""

_DOCS = {
    "params": "params: tensors, (name, tensor) pairs, or groups of them with options",
    "foreach": "foreach: accepted; the numbers do not depend on it",
    "fused": "fused: accepted; the numbers do not depend on it",
    "capturable": "capturable: for steps in CUDA graphs; not on the CPU",
    "differentiable": "differentiable: whether autograd records steps",
    "maximize": "maximize: climb instead of descending",
}
_params_doc, _foreach_doc, _fused_doc, _capturable_doc, _differentiable_doc, _maximize_doc = _DOCS.values()


_foreach_supported_types = [Tensor, Parameter]


def _use_grad_for_differentiable(func: Callable[..., Any]) -> Callable[..., Any]:
    """A step that autograd records if the option `differentiable` says so, and does not see otherwise."""

    @wraps(func)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        previous = change(grad=bool(self.defaults["differentiable"]))
        try:
            return func(self, *args, **kwargs)
        finally:
            set_mode(previous)

    return step


def _get_value(x: Any) -> Any:
    """A tensor of one element as a number; anything else as it is."""
    return x.item() if isinstance(x, Tensor) else x


def _to_scalar(x: Any) -> Any:
    """A tensor of one element without its dimensions; anything else as it is."""
    return x.squeeze() if isinstance(x, Tensor) and x.ndim != 0 else x


def _stack_if_compiling(x: Any) -> Any:
    """What was given: nothing is compiled."""
    return x


def _disable_dynamo_if_unsupported(
    single_tensor_fn: Callable[..., object] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that changes nothing: nothing is compiled."""
    return lambda func: func


def _get_scalar_dtype(is_fused: bool | None = None) -> dtype:
    """The type of numbers in the state of an optimiser."""
    return float64 if scalar_dtype(is_fused).__name__ == "float64" else float32


def _view_as_real(params: list[Any], *state_and_grads: list[Any]) -> None:
    """Put views of their real and imaginary parts in the place of complex parameters, and of what belongs to them."""
    for i, p in enumerate(params):
        if p.is_complex():
            for tensors in (params, *state_and_grads):
                tensors[i] = view_as_real(tensors[i])


def _default_to_fused_or_foreach(
    params: list[Tensor], differentiable: bool, use_fused: bool = False
) -> tuple[bool, bool]:
    """(fused, foreach) where a program chooses neither."""
    return use_fused and not differentiable and all(p.is_floating_point() for p in params), False


def _device_dtype_check_for_fused(p: Tensor, cuda_unsupported: bool = False) -> None:
    """Raise torch's error for a parameter that no fused step is made for."""
    check_fused_parameters([p])


def _get_capturable_supported_devices(supports_xla: bool = True) -> list[str]:
    return list(CAPTURED_ON if supports_xla else CAPTURED_ON[:-1])
