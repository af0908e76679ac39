"""The errors for parts of torch that gradiente does not have: Python's own wording first, then the closest names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

Getter = Callable[[str], object]
"""A module's ``__getattr__``."""

PACKAGE = "gradiente"
ALIAS = "torch"
OLDER_FUNC = "functorch"
LISTED = "gradiente's docs/coverage.md and docs/compared.md list what is there"


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


def public_names(module_name: str, later: Iterable[str] = ()) -> Iterable[str]:
    """The public names that a module offers, and those that it loads later; listed when they are asked for."""
    for name in (*vars(sys.modules[module_name]), *later):
        if not name.startswith("_"):
            yield name


def missing_in(module_name: str) -> Getter:
    """A module's ``__getattr__`` that raises `missing_attribute`."""

    def __getattr__(name: str) -> object:
        raise MissingName(module_name, name, public_names(module_name))

    return __getattr__


class MissingName(AttributeError):
    """An AttributeError whose text is worked out when it is shown.

    `hasattr` and `getattr` with a default ask for missing names all the time, and the search for close ones takes a
    thousand times as long as the question. Its names are those of AttributeError, which tracebacks then print.
    """

    def __init__(self, module_name: str, name: str, public_names: Iterable[str]) -> None:
        # `obj` is left out: with it, Python would append a suggestion of its own to ours.
        super().__init__(name=name)
        self._asked = (module_name, shown_name(module_name), name, public_names)

    def __str__(self) -> str:
        if not self.args:
            self.args = (_missing_text(*self._asked),)
        return str(self.args[0])

    def __repr__(self) -> str:
        return f"AttributeError({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return AttributeError, (str(self),)


MissingName.__module__ = "builtins"
MissingName.__name__ = MissingName.__qualname__ = "AttributeError"


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
        module 'gradiente' has no attribute 'matmull'. Closest names: 'matmul'. gradiente's docs/...
    """
    return MissingName(module_name, name, public_names)


def _missing_text(module_name: str, shown: str, name: str, public_names: Iterable[str]) -> str:
    message = f"module {shown!r} has no attribute {name!r}"
    if name.startswith("__") and name.endswith("__"):  # a probe by Python's own machinery
        return message
    if shown != module_name:
        message += f". {module_name}, which runs this program, does not provide it"
    return f"{message}{_remedy(torch_name(module_name, name), name, public_names)}"


def torch_name(module_name: str, name: str) -> str:
    """``gradiente.x`` and ``y`` → ``torch.x.y``."""
    return f"{ALIAS}{module_name[len(PACKAGE) :]}.{name}"


def _remedy(full: str, name: str, names: Iterable[str]) -> str:
    """What to use instead, the closest names, and where to read more, to be appended to a message."""
    advice = instead(full)
    if advice:
        return f": {advice}{_closest_names(name, names, 0.8)}. {LISTED}"
    return f"{_closest_names(name, names)}. {LISTED}"


def missing_submodule(fullname: str, parent: ModuleType) -> ModuleNotFoundError:
    """Return the error for ``import torch.x`` where gradiente has no module ``x`` (``fullname`` is ``"torch.x"``)."""
    prefix, _, child = fullname.rpartition(".")
    names = _submodules(parent)
    message = f"No module named {fullname!r}. gradiente provides no {real_name(fullname)!r}"
    advice = instead(fullname)
    if advice:
        message += f": {advice}"
    close = _close(child, names, 0.8 if advice else 0.6)
    if close:
        message += ". Closest modules: " + ", ".join(repr(f"{prefix}.{name}") for name in close)
    elif names and not advice:
        message += f". Modules in {prefix!r}: " + ", ".join(repr(name) for name in names)
    return ModuleNotFoundError(f"{message}. {LISTED}", name=fullname)


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
    message += _remedy(torch_name(parent_name, child), child, _public_names(parent))
    return ImportError(message, name=shown_name(parent_name), path=origin)


def instead(full: str) -> str:
    """What to use instead of a part of torch that is outside of gradiente, or ""."""
    from gradiente import _elsewhere  # only an error that is shown needs it

    return _elsewhere.instead(full)


def _closest_names(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    close = _close(name, names, cutoff)
    return ". Closest names: " + ", ".join(repr(found) for found in close) if close else ""


def _close(name: str, names: Iterable[str], cutoff: float = 0.6) -> list[str]:
    import difflib  # only an error needs it

    return difflib.get_close_matches(name, sorted(set(names)), n=3, cutoff=cutoff)


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
    own = shadowed if prefix != PACKAGE + "." else shadowed | {"arrays", "graph", "rules", "run"}  # torch has none
    return sorted(name for name in names - own if not name.startswith("_") and "." not in name)
