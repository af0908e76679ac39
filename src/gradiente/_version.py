"""The version, in its single place: the build reads it from here."""

__version__ = "0.1.0"
FOLLOWED = "2.13.0+gradiente"
"""The version of PyTorch whose behaviour this is, as programs that import torch are told."""
