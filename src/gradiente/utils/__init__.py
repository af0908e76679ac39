"""torch.utils: what stands beside autograd.

`checkpoint`: computing again in the backward pass instead of keeping. `data`: data sets and batches of them; loaded
when it is first asked for. `hooks`: handles of hooks. `_pytree`: nested containers as trees of tensors.
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import checkpoint as checkpoint
from . import hooks as hooks

if _TYPE_CHECKING:
    from . import data as data


def __getattr__(name: str) -> object:
    from importlib import import_module

    from .._missing import missing_attribute, public_names

    if name == "data":
        return import_module(f"{__name__}.data")
    raise missing_attribute(__name__, name, public_names(__name__))
