"""torch.signal.windows: window functions of M values, symmetric (`sym`) or for a periodic signal."""

from __future__ import annotations

from .cosines import blackman, general_cosine, general_hamming, hamming, hann, nuttall
from .curves import bartlett, cosine, exponential, gaussian, kaiser

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]
