"""Run programs that say ``import torch``, unmodified.

What lives here:

- `alias`: the import redirection (``torch.x.y`` is the module object ``gradiente.x.y``);
- `classes`: notices classes that define `__torch_function__`;
- `command`: the command line ``python -m gradiente``;
- `programs`: scripts, modules, ``-c`` code, and the ``__main__`` module that they run in;
- `notebooks`: notebook files, and how a cell runs and echoes its last value;
- `exports`: plain text exports of notebooks, and where a cell's code ends in them;
- `magics`: IPython's ``%magic`` and ``!shell`` lines;
- `tracebacks`: uncaught exceptions, shown without the frames of this package;
- `children`, `child`, `site/sitecustomize`: the redirection in processes that the program starts;
- `installed`: what `importlib.metadata` is told of torch.
"""

from __future__ import annotations

from gradiente.run.alias import Alias, install_alias, is_installed, remove_alias

__all__ = ["Alias", "install_alias", "is_installed", "remove_alias"]
