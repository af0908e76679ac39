"""torch._C, where PyTorch's own functions are written in C++: the names of it that programs and pickles use.

Pickles know functions by it: `_nn`, `_linalg`, `_fft` and `_special` hold those of torch.nn.functional, torch.linalg,
…. Programs use the contexts in which `__torch_function__` is not asked.
"""

from __future__ import annotations

from typing import Any

from ..random.generator import Generator as Generator
from ..serialization.records import PyTorchFileReader as PyTorchFileReader
from ..tensor.core import Tensor as TensorBase
from ..tensor.overriding import DisableTorchFunction as DisableTorchFunction
from ..tensor.overriding import DisableTorchFunctionSubclass as DisableTorchFunctionSubclass
from ..tensor.overriding import disabled_torch_function_impl as _disabled_torch_function_impl
from ._functions import homes

__all__ = [
    "DisableTorchFunction",
    "DisableTorchFunctionSubclass",
    "Generator",
    "PyTorchFileReader",
    "TensorBase",
    "_TensorMeta",
    "_disabled_torch_function_impl",
    "_get_tracing_state",
    "_log_api_usage_once",
]


_TensorMeta = type(TensorBase)


def _get_tracing_state() -> None:
    """What a program that is being traced is recorded in: nothing is traced."""


def _log_api_usage_once(event: str) -> None:
    """Tell a logger that a function is used: there is none."""


class _FunctionsType(type):
    """Finds torch's functions as attributes of the class."""

    def __getattr__(cls, name: str) -> Any:
        return homes[""](name)


class _VariableFunctionsClass(metaclass=_FunctionsType):
    """What a pickle of torch.sigmoid names: `getattr(torch._C._VariableFunctionsClass, "sigmoid")`."""


_VariableFunctions = _VariableFunctionsClass


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from .._missing import missing_attribute

    if name in homes:
        return import_module(f"{__name__}.{name}")
    raise missing_attribute(__name__, name, [*__all__, *homes])
