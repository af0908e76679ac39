"""gradiente: PyTorch's autograd as a pure-Python library."""

from __future__ import annotations

from . import autograd as autograd
from . import nn as nn
from . import optim as optim
from . import ops as ops
from . import random as random
from . import tensor as _tensor_package  # its name is taken by torch's function below
from ._version import __version__ as __version__
from .ops.arithmetic import *
from .ops.comparison import *
from .ops.conversion import *
from .ops.creation import *
from .ops.extremes import *
from .ops.functions import *
from .ops.indexing import *
from .ops.interop import *
from .ops.joining import *
from .ops.products import *
from .ops.randomness import *
from .ops.reductions import *
from .ops.shaping import *
from .tensor.core import Tensor as Tensor
from .tensor.dtypes import *
from .tensor.printing import set_printoptions as set_printoptions
from .tensor.size import Size as Size


def __getattr__(name: str) -> object:
    from .run.missing import missing_attribute

    raise missing_attribute(__name__, name, [public for public in globals() if not public.startswith("_")])
