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
    from . import data as data
    from . import dlpack as dlpack
    from . import model_zoo as model_zoo
    from . import serialization as serialization
    from . import weak as weak


def __getattr__(name: str) -> object:
    from importlib import import_module

    from .._missing import missing_attribute, public_names

    if name in ("benchmark", "data", "dlpack", "model_zoo", "serialization", "weak"):
        return import_module(f"{__name__}.{name}")
    raise missing_attribute(__name__, name, public_names(__name__))
