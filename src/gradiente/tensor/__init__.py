"""Tensors: the class, its data types and printed form, and how primitives are called on it and recorded.

`core`: Tensor and the accumulator of leaves. `dtypes`, `limits`, `promotion`, `size`, `devices`: types, shapes, places.
`dispatch`: the general way to call a primitive; `elementwise`, `totals`: the short ones. `plans`: how nodes run back.
`views`, `inplace`: shared memory and changes to it. `namespace`: the array vocabulary on Tensors. `special`: the
unusual modes. `printing`: torch's text.
"""

from . import namespace as namespace
