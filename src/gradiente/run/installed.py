"""What `importlib.metadata` is told of torch while it is redirected: its name and the version that is followed."""

from __future__ import annotations

from importlib.metadata import Distribution
from pathlib import Path

from gradiente._missing import ALIAS
from gradiente._version import FOLLOWED

_METADATA = f"""Metadata-Version: 2.1
Name: {ALIAS}
Version: {FOLLOWED}
Summary: gradiente, which runs programs that import torch
Requires-Python: >=3.11
"""


class Installed(Distribution):
    """The distribution ``torch``, of which there are no files."""

    def read_text(self, filename: str) -> str | None:
        """The text of a file of metadata, of which there is one."""
        return _METADATA if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        """The place of a file relative to the one where packages are."""
        return Path(__file__).resolve().parents[2] / str(path)
