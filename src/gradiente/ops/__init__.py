"""torch's functions, as plain Python over the primitives of the table.

One module per family (`arithmetic`, `reductions`, `shaping`, `products`, …), each with its `METHODS`: what its
functions are called as methods of Tensor. `_define`: how a function is made from the table. `_arguments`: checks that
many share. `_operators`: torch.ops.aten.
"""

from typing import Any

from . import methods as methods
from ._operators import operators as _operators


def __getattr__(name: str) -> Any:
    return _operators(name)
