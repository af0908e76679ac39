"""The redirection in processes that a program starts.

Commands inherit the environment, see Note [Processes that a program starts] in `site/sitecustomize.py`. A forked child
has the redirection already. A child of the start methods ``spawn`` and ``forkserver`` of `multiprocessing` is a fresh
interpreter which imports the main script again, and needs the redirection before that, also where it ignores its
environment. There is no option for it, so the two modules are adjusted when, and only when, the program imports them.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_INSTALL = "from gradiente.run.alias import install_alias; install_alias(); "


def alias_in_children() -> None:
    """Let the Python processes that this one starts redirect torch, too."""
    _in_environment()
    for name, adjust in _ADJUSTMENTS.items():
        if name in sys.modules:
            adjust(sys.modules[name])
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _in_environment() -> None:
    """Let Python, when it starts as a command, find `site/sitecustomize.py`."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if folder not in entries:
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, *filter(None, entries)])
    os.environ["GRADIENTE_REDIRECTS"] = sys.prefix


class _Finder:
    """Finds the modules in `_ADJUSTMENTS` as usual, and has them adjusted once they are loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        adjust = _ADJUSTMENTS.get(fullname)
        if adjust is None:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        load: Callable[[ModuleType], None] = loader.exec_module

        def load_and_adjust(module: ModuleType) -> None:
            load(module)
            adjust(module)

        loader.exec_module = load_and_adjust
        return spec


def _adjust_spawn(spawn: Any) -> None:
    original = spawn.get_command_line

    def get_command_line(**kwds: Any) -> list[str]:
        command: list[str] = original(**kwds)
        if "-c" in command:  # absent in frozen executables
            position = command.index("-c") + 1
            command[position] = _INSTALL + command[position]
        return command

    spawn.get_command_line = get_command_line


def _adjust_forkserver(forkserver: Any) -> None:
    original = forkserver.set_forkserver_preload

    def set_forkserver_preload(modules_names: list[str], **kwds: Any) -> None:
        original(["gradiente.run.child", *modules_names], **kwds)

    forkserver.set_forkserver_preload = set_forkserver_preload
    # Without "__main__", Python's default: newer versions import it before every other name in the list.
    set_forkserver_preload([])


_ADJUSTMENTS: dict[str, Callable[[Any], None]] = {
    "multiprocessing.spawn": _adjust_spawn,
    "multiprocessing.forkserver": _adjust_forkserver,
}
