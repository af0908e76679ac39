"""torch.version: what gradiente was built with, which is neither CUDA nor ROCm."""

from __future__ import annotations

from ._version import __version__ as __version__

cuda: str | None = None
hip: str | None = None
xpu: str | None = None
debug: bool = False
