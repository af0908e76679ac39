"""Names of torch._C that programs use: contexts in which `__torch_function__` is not asked."""

from __future__ import annotations

from .tensor.overriding import DisableTorchFunction, DisableTorchFunctionSubclass
from .tensor.overriding import disabled_torch_function_impl as _disabled_torch_function_impl

__all__ = ["DisableTorchFunction", "DisableTorchFunctionSubclass", "_disabled_torch_function_impl"]
