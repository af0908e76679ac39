"""torch.nn.functional: the layers, activations and losses of neural networks, as functions.

`linear`: the affine map. `activations`: nonlinear functions of each element. `probabilities`: softmax and dropout.
`regression`, `binary`, `classification`: the losses; `reductions`: what they share.
"""

from __future__ import annotations

from ...ops.activations import threshold_ as threshold_
from .activations import *
from .binary import *
from .classification import *
from .linear import *
from .probabilities import *
from .regression import *


def __getattr__(name: str) -> object:
    from ...run.missing import missing_attribute

    raise missing_attribute(__name__, name, [public for public in globals() if not public.startswith("_")])
