"""Executed by every Python that a redirected program starts: has ``import torch`` give gradiente there, too.

Note [Processes that a program starts]
``python -m gradiente`` puts this folder in front of PYTHONPATH, and Python imports a module of this name when it
starts. Gradiente itself is imported when the process imports torch, and not before: most commands never do. Another
installation of Python gets what it asks for: the variable below names the one that is meant. A `sitecustomize` of
the user's own runs as if this one were not there.
"""

from __future__ import annotations

import os
import sys
from typing import Any

INHERITED = "GRADIENTE_REDIRECTS"
"""The environment variable that holds the prefix of the Python whose processes are redirected."""


class LateAlias:
    """Meta path finder that makes way for the redirection when torch is asked for the first time."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Find torch's modules."""
        if fullname.partition(".")[0] not in ("torch", "functorch"):
            return None
        self._make_way()
        from gradiente.run.alias import AliasFinder

        return AliasFinder().find_spec(fullname, path, target)

    def find_distributions(self, *context: Any) -> Any:
        """Find what is said to be installed as torch."""
        if getattr(context[0] if context else None, "name", None) != "torch":
            return ()
        self._make_way()
        from gradiente.run.alias import AliasFinder

        return AliasFinder().find_distributions(*context)

    def _make_way(self) -> None:
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
        added = "gradiente" not in sys.modules and root not in sys.path
        if added:
            sys.path.append(root)
        try:
            from gradiente.run.alias import install_alias
            from gradiente.run.children import alias_in_children
        finally:
            if added:
                sys.path.remove(root)
        if "torch" not in sys.modules:
            install_alias()
            alias_in_children()


def _run_other() -> None:
    """Run the `sitecustomize` that is found without this folder."""
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if not entry or os.path.abspath(entry) != folder]
    own = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # type: ignore[import-not-found] # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        if own is not None:
            sys.modules.setdefault("sitecustomize", own)


if __name__ == "sitecustomize":
    if os.environ.get(INHERITED) == sys.prefix:
        sys.meta_path.insert(0, LateAlias())
    _run_other()
