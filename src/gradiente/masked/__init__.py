"""torch.masked: reductions and normalisations that look only at the elements for which a mask is True.

What is masked out is replaced by the operation's neutral element (0 in a sum, -∞ in a softmax, …), so that gradients of
it are 0. A mask is a bool tensor that is broadcast to the input; None is a mask that is True everywhere. Where a whole
slice is masked out, the result is that neutral element, or NaN.
"""

from __future__ import annotations

from .along import cumprod as cumprod
from .along import cumsum as cumsum
from .along import log_softmax as log_softmax
from .along import logaddexp as logaddexp
from .along import normalize as normalize
from .along import softmax as softmax
from .along import softmin as softmin
from .reductions import amax as amax
from .reductions import amin as amin
from .reductions import argmax as argmax
from .reductions import argmin as argmin
from .reductions import logsumexp as logsumexp
from .reductions import mean as mean
from .reductions import median as median
from .reductions import norm as norm
from .reductions import prod as prod
from .reductions import std as std
from .reductions import sum as sum
from .reductions import var as var


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute

    raise missing_attribute(__name__, name, __all__)


__all__ = [
    "amax",
    "amin",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]
