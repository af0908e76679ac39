"""torch.nn: what neural networks are made of. `functional`: layers, activations and losses as functions."""

from __future__ import annotations

from . import functional as functional


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
