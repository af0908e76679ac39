"""torch.optim: the optimisers, which change parameters in place by what their gradients say.

`optimizer`: what all share: groups of parameters, state, saving and loading. `sgd`: gradient descent with momentum.
`adam`, `adamw`, their relatives `adamax`, `nadam`, `radam`; `adagrad`, `adadelta`, `rmsprop`; `asgd`, `rprop`;
`_adafactor`, `_muon`; `lbfgs`, with its `line_search`. `sparse_adam`: says to use Adam.
Each module of an optimiser has its step as a function as well: `adam.adam`.
`lr_scheduler`: rates that change. `swa_utils`: averages of weights.
The last two are loaded when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING

from ._adafactor import Adafactor as Adafactor
from ._muon import Muon as Muon
from ._swapping import swap_in_optimizer_params_and_state as swap_in_optimizer_params_and_state
from .adadelta import Adadelta as Adadelta
from .adagrad import Adagrad as Adagrad
from .adam import Adam as Adam
from .adamax import Adamax as Adamax
from .adamw import AdamW as AdamW
from .asgd import ASGD as ASGD
from .lbfgs import LBFGS as LBFGS
from .nadam import NAdam as NAdam
from .optimizer import Optimizer as Optimizer
from .radam import RAdam as RAdam
from .rmsprop import RMSprop as RMSprop
from .rprop import Rprop as Rprop
from .sgd import SGD as SGD
from .sparse_adam import SparseAdam as SparseAdam

if _TYPE_CHECKING:
    from . import lr_scheduler as lr_scheduler
    from . import swa_utils as swa_utils


__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SparseAdam",
    "lr_scheduler",
    "swa_utils",
    "swap_in_optimizer_params_and_state",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    from .._missing import missing_attribute, public_names

    if name in ("lr_scheduler", "swa_utils"):
        return import_module(f"{__name__}.{name}")
    raise missing_attribute(__name__, name, public_names(__name__))
