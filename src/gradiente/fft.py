"""torch.fft: Fourier transforms. The functions stand in `gradiente.ops.fourier`."""

from __future__ import annotations

from .ops.fourier.frequencies import fftfreq, fftshift, ifftshift, rfftfreq
from .ops.fourier.many import (
    fft2,
    fftn,
    hfft2,
    hfftn,
    ifft2,
    ifftn,
    ihfft2,
    ihfftn,
    irfft2,
    irfftn,
    rfft2,
    rfftn,
)
from .ops.fourier.transforms import fft, hfft, ifft, ihfft, irfft, rfft

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "hfft2",
    "hfftn",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "ihfft2",
    "ihfftn",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]


def __getattr__(name: str) -> object:
    from ._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
