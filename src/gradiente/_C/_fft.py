"""torch._C._fft: see `gradiente._C`."""

from __future__ import annotations

from typing import Any

from ._functions import homes


def __getattr__(name: str) -> Any:
    return homes["_fft"](name)
