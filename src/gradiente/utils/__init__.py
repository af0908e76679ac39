"""torch.utils: what stands beside autograd.

`checkpoint`: computing again in the backward pass instead of keeping. `hooks`: handles of hooks. `_pytree`: nested
containers as trees of tensors. Loaded when they are first asked for: `benchmark`, how long statements take; `data`,
data sets and batches of them; `dlpack`, tensors in other hands; `model_zoo`, files from addresses; `serialization`,
settings of files; `weak`, weak references.
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import checkpoint as checkpoint
from . import hooks as hooks

if _TYPE_CHECKING:
    from . import benchmark as benchmark
    from . import collect_env as collect_env
    from . import data as data
    from . import deterministic as deterministic
    from . import dlpack as dlpack
    from . import model_zoo as model_zoo
    from . import serialization as serialization
    from . import weak as weak
    from .swapping import swap_tensors as swap_tensors


_LATER = (
    "benchmark", "collect_env", "data", "deterministic", "dlpack", "flop_counter", "model_zoo", "module_tracker",
    "serialization", "weak",
)  # fmt: skip


def __getattr__(name: str) -> object:
    from importlib import import_module

    from .._missing import missing_attribute, public_names

    if name in _LATER:
        return import_module(f"{__name__}.{name}")
    if name == "swap_tensors":
        return import_module(f"{__name__}.swapping").swap_tensors
    raise missing_attribute(__name__, name, public_names(__name__))
