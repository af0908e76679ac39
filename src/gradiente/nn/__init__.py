"""torch.nn: what neural networks are made of.

`modules`: the base class `Module`, containers and layers. `parameter`: what they learn. `functional`: layers,
activations and losses as functions. `init`: first values. `utils`: helpers.
"""

from __future__ import annotations

from . import functional as functional
from . import init as init
from . import modules as modules
from . import parameter as parameter
from . import utils as utils
from .modules import *
from .parameter import Buffer as Buffer
from .parameter import Parameter as Parameter
from .parameter import UninitializedBuffer as UninitializedBuffer
from .parameter import UninitializedParameter as UninitializedParameter


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
