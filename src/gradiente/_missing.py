"""The errors for parts of torch that gradiente does not have: Python's own wording first, then the closest names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

PACKAGE = "gradiente"
ALIAS = "torch"
OLDER_FUNC = "functorch"


def real_name(name: str) -> str:
    """``torch.x`` → ``gradiente.x``; ``functorch``, which PyTorch brings too, is an older name of ``torch.func``."""
    if name == OLDER_FUNC:
        return PACKAGE + ".func"
    return PACKAGE + name[len(ALIAS) :]


def shown_name(name: str) -> str:
    """The name that the running program uses: ``gradiente.x`` → ``torch.x`` while the redirection is installed."""
    alias = sys.modules.get("gradiente.run.alias")  # not imported: then nothing is redirected
    if alias is not None and alias.is_installed() and (name == PACKAGE or name.startswith(PACKAGE + ".")):
        return ALIAS + name[len(PACKAGE) :]
    return name


def public_names(module_name: str) -> list[str]:
    """The public names that a module offers."""
    return [name for name in vars(sys.modules[module_name]) if not name.startswith("_")]


def missing_attribute(module_name: str, name: str, public_names: Iterable[str]) -> AttributeError:
    """Return the AttributeError for a name that a module of gradiente does not have.

    Args:
        module_name: ``__name__`` of the module, e.g. ``"gradiente"``.
        name: the name that was asked for.
        public_names: the names the module offers; the closest ones are suggested.

    Returns:
        The error, to be raised by the module's ``__getattr__``. It says ``torch`` while the redirection is installed.

    Example:
        >>> print(missing_attribute("gradiente", "matmull", ["matmul", "add"]))
        module 'gradiente' has no attribute 'matmull'. Closest names: 'matmul'
    """
    message = f"module {shown_name(module_name)!r} has no attribute {name!r}"
    if not (name.startswith("__") and name.endswith("__")):  # a probe by Python's own machinery
        closest = _closest_names(name, public_names)
        if shown_name(module_name) != module_name:
            message += f". {module_name}, which runs this program, does not provide it"
        message += closest
    # `obj` is left out: with it, Python would append a suggestion of its own to ours.
    return AttributeError(message, name=name)


def missing_submodule(fullname: str, parent: ModuleType) -> ModuleNotFoundError:
    """Return the error for ``import torch.x`` where gradiente has no module ``x`` (``fullname`` is ``"torch.x"``)."""
    prefix, _, child = fullname.rpartition(".")
    names = _submodules(parent)
    message = f"No module named {fullname!r}. gradiente provides no {real_name(fullname)!r}"
    close = _close(child, names)
    if close:
        message += ". Closest modules: " + ", ".join(repr(f"{prefix}.{name}") for name in close)
    elif names:
        message += f". Modules in {prefix!r}: " + ", ".join(repr(name) for name in names)
    return ModuleNotFoundError(message, name=fullname)


def shadowed_submodule(fullname: str, attribute: object) -> ModuleNotFoundError:
    """Return the error for ``import torch.x`` where ``torch.x`` is a function, a class or a value."""
    prefix, _, child = fullname.rpartition(".")
    kind = type(attribute).__name__
    return ModuleNotFoundError(
        f"No module named {fullname!r}. {fullname!r} is a {kind}, not a module; write `from {prefix} import {child}`",
        name=fullname,
    )


def missing_import(fullname: str, parent: ModuleType) -> ImportError:
    """Return the error for ``from torch.x import y`` (``fullname`` is ``"gradiente.x.y"``)."""
    parent_name, _, child = fullname.rpartition(".")
    origin = getattr(parent, "__file__", None) or "unknown location"
    message = f"cannot import name {child!r} from {shown_name(parent_name)!r} ({origin})"
    message += _closest_names(child, _public_names(parent))
    return ImportError(message, name=shown_name(parent_name), path=origin)


def _closest_names(name: str, names: Iterable[str]) -> str:
    close = _close(name, names)
    return ". Closest names: " + ", ".join(repr(found) for found in close) if close else ""


def _close(name: str, names: Iterable[str]) -> list[str]:
    import difflib  # only an error needs it

    return difflib.get_close_matches(name, sorted(set(names)), n=3, cutoff=0.6)


def _public_names(module: ModuleType) -> list[str]:
    return list(getattr(module, "__all__", None) or [name for name in dir(module) if not name.startswith("_")])


def _submodules(package: ModuleType) -> list[str]:
    """Names of the public modules directly below ``package``, on disk or already imported."""
    import pkgutil  # only an error needs it

    names = {info.name for info in pkgutil.iter_modules(getattr(package, "__path__", []))}
    prefix = package.__name__ + "."
    names.update(name[len(prefix) :] for name in sys.modules if name.startswith(prefix))
    # A module whose name means something else in its parent (`tensor`, a function) cannot be imported under torch.
    shadowed = {name for name in names if vars(package).get(name) is not sys.modules.get(prefix + name)}
    return sorted(name for name in names - shadowed if not name.startswith("_") and "." not in name)
