"""Changing all parameters and buffers of a module: to another dtype or device, by a function."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NoReturn

from ...autograd.grad_mode import no_grad
from ...ops.likes import empty_like
from ...tensor.core import Tensor
from ...tensor.devices import device as Device
from ...tensor.dtypes import dtype as Dtype
from ..parameter import Parameter, is_lazy
from ._traversal import Traversal

overwrites: ContextVar[bool] = ContextVar("gradiente.overwrite_module_params", default=False)
"""Whether conversions give modules new parameters."""

swaps: ContextVar[bool] = ContextVar("gradiente.swap_module_params", default=False)
"""Whether conversions are to exchange what parameters hold, as they do anyway."""


class Conversion(Traversal):
    """The methods of a module that change its tensors. All change the module itself and return it."""

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """Replace the values of all parameters, gradients and buffers by what `fn` makes of them."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for name, parameter in self._parameters.items():
            if parameter is None:
                continue
            with no_grad():
                gradient = parameter.grad
                applied = fn(parameter)
                elsewhere = not is_lazy(parameter) and applied.is_meta != parameter.is_meta
                if elsewhere or (overwrites.get() and not swaps.get()):
                    parameter = self._parameters[name] = Parameter(applied, parameter.requires_grad)
                else:
                    parameter.data = applied
                if gradient is not None:
                    tracked, parameter.grad = gradient.requires_grad, None
                    parameter.grad = fn(gradient).requires_grad_(tracked)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def apply(self, fn: Callable[[Any], None]) -> Any:
        """Call `fn` with every descendant, then with the module itself: to initialise parameters, for instance.

        >>> import gradiente as torch
        >>> net = torch.nn.Linear(1, 1).apply(lambda m: torch.nn.init.ones_(m.weight))
        >>> net.weight.item()
        1.0
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Convert parameters and buffers: `to(dtype)`, `to(device)`, `to(device, dtype)`, `to(tensor)`.

        Only floating-point and complex tensors change their dtype. `to(memory_format=torch.channels_last)` changes the
        order in memory of those with four dimensions (or five).

        Raises:
            TypeError: a dtype that is neither.
        """
        where, dtype, _, order = wanted(args, kwargs)
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )

        if dtype is not None and dtype.is_complex:
            warnings.warn(
                "Complex modules are a new feature under active development whose design may change, and some modules "
                "might not work as expected when using complex tensors as parameters or buffers. Please file an issue "
                "at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not "
                "work as expected.",
                stacklevel=2,
            )

        def convert(x: Tensor) -> Tensor:
            floating = x.is_floating_point() or x.is_complex()
            moved = x if where is None else _moved(x, where)
            moved = moved.to(dtype) if dtype is not None and floating else moved
            return moved if order is None or x.dim() not in (4, 5) else moved.to(memory_format=order)

        return self._apply(convert)

    def type(self, dst_type: Any) -> Any:
        """Convert all parameters and buffers to one dtype."""
        return self._apply(lambda x: x.type(dst_type))

    def float(self) -> Any:
        """Convert the floating-point parameters and buffers to float32."""
        return self._apply(lambda x: x.float() if x.is_floating_point() else x)

    def double(self) -> Any:
        """Convert the floating-point parameters and buffers to float64."""
        return self._apply(lambda x: x.double() if x.is_floating_point() else x)

    def half(self) -> Any:
        """Convert the floating-point parameters and buffers to float16."""
        return self._apply(lambda x: x.half() if x.is_floating_point() else x)

    def bfloat16(self) -> Any:
        """Convert the floating-point parameters and buffers to bfloat16."""
        return self._apply(lambda x: x.bfloat16() if x.is_floating_point() else x)

    def cpu(self) -> Any:
        """Move all tensors to the CPU; those of the meta device have no values to move."""
        return self._apply(lambda x: x.cpu())

    def cuda(self, device: Any = None) -> Any:
        """Raise torch's error: there is no GPU."""
        return self._apply(lambda x: x.cuda(device))

    def xpu(self, device: Any = None) -> Any:
        """Raise torch's error: there is no such device."""
        return self._apply(lambda _: _absent("XPU"))

    def mtia(self, device: Any = None) -> Any:
        """Raise torch's error: there is no such device."""
        return self._apply(lambda _: _absent("MTIA"))

    def ipu(self, device: Any = None) -> Any:
        """Raise torch's error: there is no such device."""
        return self._apply(lambda x: x.to("ipu"))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Any:
        """Give all parameters and buffers memory of their own, without values."""
        return self._apply(lambda x: empty_like(x, device=device), recurse=recurse)

    def share_memory(self) -> Any:
        """Move all parameters and buffers to memory that child processes which are forked share."""
        return self._apply(lambda x: x.share_memory_())

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Switch recording for all parameters on, or off, which freezes them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or to zeros."""
        for parameter in self.parameters():
            gradient = parameter.grad
            if gradient is None:
                continue
            if set_to_none:
                parameter.grad = None
            else:
                gradient.detach_() if gradient.grad_fn is not None else gradient.requires_grad_(False)
                gradient.zero_()


def _moved(x: Tensor, where: Any) -> Tensor:
    try:
        return x.to(where)
    except NotImplementedError as error:
        raise NotImplementedError(
            "Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of "
            f"torch.nn.Module.to() when moving module from meta to a different device. (A tensor of shape "
            f"{list(x.shape)} has no values yet: fill it after to_empty(), or use load_state_dict(…, assign=True))"
        ) from error


def _absent(kind: str) -> NoReturn:
    raise AssertionError(f"Torch not compiled with {kind} enabled (gradiente computes on the CPU)")


def wanted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, bool, Any]:
    """What the arguments of `to` ask for: device, dtype, `non_blocking`, memory format; None for what they do not name.

    Raises:
        TypeError: an argument of another kind.
    """
    where, found, waits = kwargs.get("device"), kwargs.get("dtype"), bool(kwargs.get("non_blocking", False))
    for value in (*args, kwargs.get("tensor"), kwargs.get("other")):
        if isinstance(value, Dtype):
            found = value
        elif isinstance(value, Tensor):
            where, found = value.device, value.dtype
        elif isinstance(value, bool):
            waits = value
        elif isinstance(value, (str, int, Device)):
            where = value
        elif value is not None:
            raise TypeError(
                f"to() received an invalid combination of arguments - got ({type(value).__name__}); it takes a dtype, "
                "a device, both, or a tensor"
            )
    return where, found, waits, kwargs.get("memory_format")
