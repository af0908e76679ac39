"""Imported first in the server process of the start method ``forkserver``: installs the redirection there."""

from __future__ import annotations

import sys

from gradiente.run.alias import install_alias

# Only there: tools that import every module of a package must not change what `import torch` means.
if any("multiprocessing.forkserver" in argument for argument in sys.orig_argv):
    install_alias()
