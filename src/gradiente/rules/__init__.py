"""The derivative table and the kinds that run it; mathematics only, for arrays of any namespace.

`kinds`: what elementwise, reduction, linear, bilinear, general and constant primitives mean in both directions.
`arithmetic`, `functions`, `reductions`, `shaping`, `indexing`, `products`, `linalg`, `losses`: the table by family, one
line per primitive; `_matrices`: the longer formulas of linear algebra. `table`: all of it by name. `listing`: the
table as text.
"""

from .kinds import Primitive, Rule, sum_to_shape
from .table import Table, table

__all__ = ["Primitive", "Rule", "Table", "sum_to_shape", "table"]
