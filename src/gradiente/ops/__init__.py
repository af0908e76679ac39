"""torch's functions, as plain Python over the primitives of the table.

One module per family (`arithmetic`, `reductions`, `shaping`, `products`, …), each with its `METHODS`: what its
functions are called as methods of Tensor. `_define`: how a function is made from the table. `_arguments`: checks that
many share.
"""

from . import methods as methods
