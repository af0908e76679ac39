"""``python -m gradiente PROGRAM``: run a program that says ``import torch``; see `gradiente.run`."""

from __future__ import annotations

import sys

from gradiente.run.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
