"""torch.utils.data: data sets, the order of their examples, and batches of them.

`dataset`: examples by number or one after the other. `sampler`: orders and batches of numbers. `collate`: batches of
examples. `dataloader`: all of it together. `worker`: processes that make batches ahead.
`distributed`: the part of one of several processes.
"""

from .collate import *
from .dataloader import *
from .dataset import *
from .distributed import *
from .sampler import *
from .worker import *


def __getattr__(name: str) -> object:
    from ..._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
