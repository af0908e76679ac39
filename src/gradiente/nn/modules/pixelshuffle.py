"""Channels as pixels and pixels as channels."""

from __future__ import annotations

from .. import functional as F
from ._configured import Configured


class PixelShuffle(Configured):
    """Channels become pixels: (N, C·r², H, W) → (N, C, H·r, W·r)."""

    upscale_factor: int

    _function = staticmethod(F.pixel_shuffle)
    _options = ("upscale_factor",)

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor


class PixelUnshuffle(Configured):
    """Pixels become channels: the inverse of `PixelShuffle`."""

    downscale_factor: int

    _function = staticmethod(F.pixel_unshuffle)
    _options = ("downscale_factor",)

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor


__all__ = ["PixelShuffle", "PixelUnshuffle"]
