"""torch.optim: the optimisers, which change parameters in place by what their gradients say.

`optimizer`: what all share: groups of parameters, state, saving and loading. `sgd`: gradient descent with momentum.
`adam`: Adam and AdamW. `adam_relatives`: Adamax, NAdam, RAdam. `adaptive`: Adagrad, Adadelta, RMSprop.
`averaging`: ASGD, Rprop.
"""

from __future__ import annotations

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
from .optimizer import Optimizer as Optimizer
from .sgd import SGD as SGD


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
