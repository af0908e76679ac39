"""Which module torch has an object of gradiente in."""

from __future__ import annotations

import sys
from typing import Any

from ._missing import PACKAGE

_OWN = ("ops", "tensor", "random", "special", "linalg", "fft", "nn.functional")
"""Packages below which torch has other modules: what they define is looked for in the public ones."""

_ELSEWHERE: dict[str, str] = {
    **{f"Lazy{kind}{n}d": "nn.modules.conv" for kind in ("Conv", "ConvTranspose") for n in (1, 2, 3)},
    **{f"LazyBatchNorm{n}d": "nn.modules.batchnorm" for n in (1, 2, 3)},
    **{f"LazyInstanceNorm{n}d": "nn.modules.instancenorm" for n in (1, 2, 3)},
    "_WrappedHook": "nn.modules.module",
    "GRUCell": "nn.modules.rnn",
    "LSTMCell": "nn.modules.rnn",
    "LinearCrossEntropyLoss": "nn.modules.loss",
    **dict.fromkeys(
        (
            *("CosineEmbeddingLoss", "HingeEmbeddingLoss", "MarginRankingLoss", "MultiLabelMarginLoss"),
            *("MultiLabelSoftMarginLoss", "MultiMarginLoss", "SoftMarginLoss", "TripletMarginLoss"),
            "TripletMarginWithDistanceLoss",
        ),
        "nn.modules.loss",
    ),
    "MultiheadAttention": "nn.modules.activation",
    "ParameterDict": "nn.modules.container",
    "ParameterList": "nn.modules.container",
    "RNNCell": "nn.modules.rnn",
    "RNNCellBase": "nn.modules.rnn",
    "TransformerDecoderLayer": "nn.modules.transformer",
    "TransformerEncoderLayer": "nn.modules.transformer",
}
"""Layers that torch defines in other modules than gradiente."""

STANDING_IN: dict[str, str] = {
    **{f"{PACKAGE}.cuda.{name}": f"{PACKAGE}.cuda" for name in ("memory", "random")},
    f"{PACKAGE}._jit_internal": f"{PACKAGE}.jit",
    f"{PACKAGE}.signal.windows.windows": f"{PACKAGE}.signal.windows",
}
"""Modules that have what torch's modules of these names have, where gradiente has none of that name."""

_PUBLIC = ("", "nn.functional", "linalg", "fft", "special", "ops.return_types")

SHORTER = {f"{PACKAGE}.ops.return_types": f"{PACKAGE}.return_types"}


def torchs_home(home: str, name: str, thing: Any) -> str:
    """The module that torch has the object in: its own, or for modules that torch does not have a public one."""
    below = home[len(PACKAGE) + 1 :] + "."
    if below.startswith("optim.lr_scheduler."):  # which is a package here, and may not be complete yet
        return f"{PACKAGE}.optim.lr_scheduler"
    if below.startswith("optim._"):
        return f"{PACKAGE}.optim"
    if below == "utils.data.collate.":
        return f"{PACKAGE}.utils.data._utils.collate"
    if below.startswith("nn.modules."):
        return f"{PACKAGE}.{_ELSEWHERE[name]}" if name in _ELSEWHERE else home
    if not any(below.startswith(own + ".") for own in _OWN):
        return home
    for public in _PUBLIC:
        module = f"{PACKAGE}.{public}".rstrip(".")
        if module in sys.modules and vars(sys.modules[module]).get(name) is thing:  # nothing is loaded for it
            return SHORTER.get(module, module)
    return home


__all__ = ["SHORTER", "STANDING_IN", "torchs_home"]
