"""gradiente: PyTorch's autograd as a pure-Python library."""

from __future__ import annotations

import sys as _sys
from math import e as e
from math import inf as inf
from math import nan as nan
from math import pi as pi
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import autograd as autograd
from . import fft as fft
from . import func as func
from . import linalg as linalg
from . import masked as masked
from . import nn as nn
from . import ops as ops
from . import optim as optim
from . import random as random
from . import signal as signal
from . import special as special
from . import utils as utils
from ._quiet import keep_quiet as _keep_quiet
from ._version import __version__ as __version__
from .autograd.anomaly import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from .autograd.anomaly import is_anomaly_enabled as is_anomaly_enabled
from .autograd.grad_mode import *
from .autograd.report import graph_report as graph_report
from .autograd.why import why_no_grad as why_no_grad
from .autograd.why_nan import why_nan as why_nan
from .func.vmap import vmap as vmap
from .nn.functional.at_top import *
from .nn.functional.at_top_losses import *
from .nn.functional.bags import *
from .nn.functional.native import *
from .nn.functional.recurrent import *
from .ops import return_types as return_types
from .ops.activations import *
from .ops.allocation import *
from .ops.arithmetic import *
from .ops.choices import *
from .ops.combining import *
from .ops.comparison import *
from .ops.complexes import *
from .ops.conversion import *
from .ops.creation import *
from .ops.diagonals import *
from .ops.differences import *
from .ops.distances import *
from .ops.distributions import *
from .ops.exchange import *
from .ops.exponentials import *
from .ops.extremes import *
from .ops.fake_quantization import *
from .ops.fills import *
from .ops.fourier.short_time import *
from .ops.functions import *
from .ops.gammas import *
from .ops.gathering import *
from .ops.generators import *
from .ops.indexing import *
from .ops.indices import *
from .ops.interop import *
from .ops.joining import *
from .ops.legacy import *
from .ops.likes import *
from .ops.linalg.lowrank import *
from .ops.linalg.older import *
from .ops.linalg.removed import *
from .ops.logic import *
from .ops.masking import *
from .ops.norms import *
from .ops.ordering import *
from .ops.parts import *
from .ops.permuting import *
from .ops.powers import *
from .ops.products import *
from .ops.quantiles import *
from .ops.randomness import *
from .ops.ranges import *
from .ops.reductions import *
from .ops.replacing import *
from .ops.rounding import *
from .ops.running import *
from .ops.scalars import *
from .ops.scatter_reducing import *
from .ops.scattered import *
from .ops.searching import *
from .ops.segments import *
from .ops.shaping import *
from .ops.special_constants import *
from .ops.special_functions import *
from .ops.splitting import *
from .ops.spreads import *
from .ops.statistics import *
from .ops.storage import *
from .ops.storages import *
from .ops.trigonometry import *
from .ops.types import *
from .ops.view_copies import *
from .ops.windows import *
from .tensor.core import Tensor as Tensor
from .tensor.devices import *
from .tensor.dtypes import *
from .tensor.limits import *
from .tensor.overriding import installers as _installers
from .tensor.printing import set_printoptions as set_printoptions
from .tensor.size import Size as Size

newaxis = None

_keep_quiet()  # 0/0 and overflow give nan and inf, as in torch, where NumPy would warn


def _let_functions_ask() -> None:
    from ._asking import install

    install()


_installers.append(_let_functions_ask)

if _TYPE_CHECKING:
    from . import _C as _C
    from . import __config__ as __config__
    from . import __future__ as __future__
    from . import _dynamo as _dynamo
    from . import _tensor_str as _tensor_str
    from . import accelerator as accelerator
    from . import amp as amp
    from . import backends as backends
    from . import compiler as compiler
    from . import cpu as cpu
    from . import cuda as cuda
    from . import distributed as distributed
    from . import distributions as distributions
    from . import functional as functional
    from . import futures as futures
    from . import fx as fx
    from . import hub as hub
    from . import jit as jit
    from . import library as library
    from . import monitor as monitor
    from . import mps as mps
    from . import multiprocessing as multiprocessing
    from . import onnx as onnx
    from . import overrides as overrides
    from . import profiler as profiler
    from . import quasirandom as quasirandom
    from . import serialization as serialization
    from . import sparse as sparse
    from . import storage as storage
    from . import testing as testing
    from . import torch_version as torch_version
    from . import types as types
    from . import version as version
    from . import xpu as xpu
    from ._settings import *
    from ._symbols import *
    from .amp import GradScaler as GradScaler
    from .amp.autocast_mode import autocast as autocast
    from .amp.autocast_mode import autocast_decrement_nesting as autocast_decrement_nesting
    from .amp.autocast_mode import autocast_increment_nesting as autocast_increment_nesting
    from .amp.autocast_mode import clear_autocast_cache as clear_autocast_cache
    from .amp.autocast_mode import get_autocast_cpu_dtype as get_autocast_cpu_dtype
    from .amp.autocast_mode import get_autocast_dtype as get_autocast_dtype
    from .amp.autocast_mode import get_autocast_gpu_dtype as get_autocast_gpu_dtype
    from .amp.autocast_mode import is_autocast_cache_enabled as is_autocast_cache_enabled
    from .amp.autocast_mode import is_autocast_cpu_enabled as is_autocast_cpu_enabled
    from .amp.autocast_mode import is_autocast_enabled as is_autocast_enabled
    from .amp.autocast_mode import set_autocast_cache_enabled as set_autocast_cache_enabled
    from .amp.autocast_mode import set_autocast_cpu_dtype as set_autocast_cpu_dtype
    from .amp.autocast_mode import set_autocast_cpu_enabled as set_autocast_cpu_enabled
    from .amp.autocast_mode import set_autocast_dtype as set_autocast_dtype
    from .amp.autocast_mode import set_autocast_enabled as set_autocast_enabled
    from .amp.autocast_mode import set_autocast_gpu_dtype as set_autocast_gpu_dtype
    from .compiler import compile as compile
    from .futures import Future as Future
    from .jit import ScriptFunction as ScriptFunction
    from .jit import ScriptModule as ScriptModule
    from .serialization import load as load
    from .serialization import save as save
    from .serialization.records import PyTorchFileReader as PyTorchFileReader
    from .sparse.compressed import sparse_csr_tensor as sparse_csr_tensor
    from .sparse.creating import sparse_coo_tensor as sparse_coo_tensor
    from .sparse.functions import *
    from .storage import *

_LATER = {
    **dict.fromkeys(
        (
            "__config__",
            "_C",
            "__future__",
            "_dynamo",
            "_tensor_str",
            "accelerator",
            "amp",
            "backends",
            "compiler",
            "cpu",
            "cuda",
            "distributed",
            "distributions",
            "functional",
            "fx",
            "futures",
            "hub",
            "jit",
            "library",
            "monitor",
            "mps",
            "multiprocessing",
            "onnx",
            "overrides",
            "profiler",
            "quasirandom",
            "serialization",
            "sparse",
            "storage",
            "testing",
            "torch_version",
            "types",
            "version",
            "xpu",
        ),
        "",
    ),
    **dict.fromkeys(
        (
            "AcceleratorError",
            "OutOfMemoryError",
            "are_deterministic_algorithms_enabled",
            "get_deterministic_debug_mode",
            "get_device_module",
            "get_float32_matmul_precision",
            "get_num_interop_threads",
            "get_num_threads",
            "is_deterministic_algorithms_warn_only_enabled",
            "is_storage",
            "is_vulkan_available",
            "is_warn_always_enabled",
            "set_default_tensor_type",
            "set_deterministic_debug_mode",
            "set_float32_matmul_precision",
            "set_flush_denormal",
            "set_num_interop_threads",
            "set_num_threads",
            "set_warn_always",
            "typename",
            "use_deterministic_algorithms",
        ),
        "_settings",
    ),
    **dict.fromkeys(
        (
            "SymBool",
            "SymFloat",
            "SymInt",
            "cond",
            "sym_float",
            "sym_int",
            "sym_ite",
            "sym_max",
            "sym_min",
            "sym_not",
            "sym_sqrt",
            "sym_sum",
            "while_loop",
        ),
        "_symbols",
    ),
    **dict.fromkeys(
        (
            "BFloat16Storage",
            "BoolStorage",
            "ByteStorage",
            "CharStorage",
            "ComplexDoubleStorage",
            "ComplexFloatStorage",
            "DoubleStorage",
            "FloatStorage",
            "HalfStorage",
            "IntStorage",
            "LongStorage",
            "ShortStorage",
            "Storage",
            "TypedStorage",
            "UntypedStorage",
        ),
        "storage",
    ),
    "sparse_coo_tensor": "sparse.creating",
    "sparse_csr_tensor": "sparse.compressed",
    **dict.fromkeys(("dsmm", "hspmm", "smm", "spmm", "sspaddmm"), "sparse.functions"),
    "_convert_indices_from_coo_to_csr": "sparse.functions",
    "_convert_indices_from_csr_to_coo": "sparse.functions",
    "GradScaler": "amp",
    "_standard_gamma": "distributions._draws",
    **dict.fromkeys(
        (
            "autocast",
            "autocast_decrement_nesting",
            "autocast_increment_nesting",
            "clear_autocast_cache",
            "get_autocast_cpu_dtype",
            "get_autocast_dtype",
            "get_autocast_gpu_dtype",
            "is_autocast_cache_enabled",
            "is_autocast_cpu_enabled",
            "is_autocast_enabled",
            "set_autocast_cache_enabled",
            "set_autocast_cpu_dtype",
            "set_autocast_cpu_enabled",
            "set_autocast_dtype",
            "set_autocast_enabled",
            "set_autocast_gpu_dtype",
        ),
        "amp.autocast_mode",
    ),
    "compile": "compiler",
    "PyTorchFileReader": "serialization.records",
    "Future": "futures",
    "ScriptFunction": "jit",
    "ScriptModule": "jit",
    "load": "serialization",
    "save": "serialization",
}
"""What is loaded when it is first asked for: modules, and names with the module that has them."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    from ._missing import PACKAGE, missing_attribute, public_names

    home = _LATER.get(name)
    if home is not None:
        return getattr(import_module(f"{PACKAGE}.{home}"), name) if home else import_module(f"{PACKAGE}.{name}")
    if name == "__all__":  # what `from torch import *` takes: no modules, as with torch
        return _exported()
    if name.startswith("_foreach_"):
        from .ops.foreach import FOREACH

        if name in FOREACH:
            return FOREACH[name]
    raise missing_attribute(PACKAGE, name, public_names(PACKAGE, _LATER))


def __dir__() -> list[str]:
    return sorted({*vars(_sys.modules["gradiente"]), *_LATER})


def _exported() -> list[str]:
    own = vars(_sys.modules["gradiente"])
    names = [name for name, value in own.items() if type(value) not in (type(_sys), type(annotations))]
    return sorted(name for name in [*names, *filter(_LATER.get, _LATER)] if not name.startswith("_"))
