"""torch.optim: the optimisers, which change parameters in place by what their gradients say.

`optimizer`: what all share: groups of parameters, state, saving and loading. `sgd`: gradient descent with momentum.
`adam`: Adam and AdamW. `adam_relatives`: Adamax, NAdam, RAdam. `adaptive`: Adagrad, Adadelta, RMSprop.
`averaging`: ASGD, Rprop. `adafactor`. `_muon`. `lbfgs`, with its `line_search`. `sparse_adam`: says to use Adam.
`lr_scheduler`: rates that change. `swa_utils`: averages of weights.
The last two are loaded when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING

from ._muon import Muon as Muon
from .adafactor import Adafactor as Adafactor
from .adam import Adam as Adam
from .adam import AdamW as AdamW
from .adam_relatives import Adamax as Adamax
from .adam_relatives import NAdam as NAdam
from .adam_relatives import RAdam as RAdam
from .adaptive import Adadelta as Adadelta
from .adaptive import Adagrad as Adagrad
from .adaptive import RMSprop as RMSprop
from .averaging import ASGD as ASGD
from .averaging import Rprop as Rprop
from .lbfgs import LBFGS as LBFGS
from .optimizer import Optimizer as Optimizer
from .sgd import SGD as SGD
from .sparse_adam import SparseAdam as SparseAdam

if _TYPE_CHECKING:
    from . import lr_scheduler as lr_scheduler
    from . import swa_utils as swa_utils


def __getattr__(name: str) -> object:
    from importlib import import_module

    from .._missing import missing_attribute, public_names

    if name in ("lr_scheduler", "swa_utils"):
        return import_module(f"{__name__}.{name}")
    raise missing_attribute(__name__, name, public_names(__name__))
