"""The names of operations as torch writes them, from those of their nodes: `AvgPool2DBackward0` is of `avg_pool2d`."""

from __future__ import annotations

import re
from functools import lru_cache

_BACKWARD = re.compile(r"Backward[0-9]*$")
# Between words; but 2D, 2Deg, 2Rad and 1P go on.
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Z])(?!D(?![a-df-z])|P|Rad)")
_OTHERS = {
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
    "equal": "eq",
    "not_equal": "ne",
    "bitwise_invert": "bitwise_not",
    "to_copy": "_to_copy",
    "softmax": "_softmax",
    "log_softmax": "_log_softmax",
}


@lru_cache(maxsize=1024)
def operation_of(node: str) -> str:
    """The operation whose nodes are called `node`.

    >>> [operation_of(name) for name in ("MulBackward0", "AvgPool2DBackward0", "SmoothL1LossBackward0", "CopySlices")]
    ['mul', 'avg_pool2d', 'smooth_l1_loss', 'CopySlices']
    """
    stem = _BACKWARD.sub("", node)
    if stem == node:
        return node
    name = _WORDS.sub("_", stem).lower()
    return _OTHERS.get(name, name)


__all__ = ["operation_of"]
