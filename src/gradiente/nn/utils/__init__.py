"""torch.nn.utils: gradients bounded, parameters as a vector, sequences of several lengths."""

from . import rnn as rnn
from .clip_grad import *
from .convert_parameters import *


def __getattr__(name: str) -> object:
    from ..._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
