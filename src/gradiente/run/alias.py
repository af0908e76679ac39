"""The import redirection: ``import torch`` gives the module ``gradiente``, ``torch.x.y`` gives ``gradiente.x.y``.

Note [Import redirection]
A finder at the front of `sys.meta_path` answers for ``torch`` and everything below it. Its loader imports the module
of gradiente and puts that same object into `sys.modules` under torch's name, so that ``torch.nn is gradiente.nn`` and
a class has one identity under both names. Libraries that serve several kinds of arrays tell them apart by the module
that a class names, and pickles consist of such names: classes name torch's while the redirection is used. Others ask
for torch's version, and get the one that gradiente follows. Nothing happens before a program imports torch: libraries
that only look whether ``"torch" in sys.modules`` see the truth. An installed PyTorch is neither imported nor changed; a
part of torch that gradiente lacks is an error and is never taken from it, because tensors of the two cannot be mixed.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from gradiente._homes import STANDING_IN
from gradiente._missing import (
    ALIAS,
    OLDER_FUNC,
    PACKAGE,
    missing_import,
    missing_submodule,
    real_name,
    shadowed_submodule,
)
from gradiente.run.presenting import Presenting, have_misses_asked_for, is_presented, present_all, present_no_more

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ALIAS_PREFIX = ALIAS + "."
_PACKAGE_PREFIX = PACKAGE + "."


class AliasLoader:
    """Loads ``torch.x`` by importing ``gradiente.x``, or where that is, and handing out that module object."""

    def __init__(self, real: str | None = None) -> None:
        self.real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the import system to make a module."""
        # A placeholder is made and replaced below: returning gradiente's own module here would have the import system
        # overwrite that module's __spec__ with the alias's.
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Import the real module and put it in the place of ``module``."""
        name = module.__name__
        real = self.real or real_name(name)
        __import__(real)
        sys.modules[name] = sys.modules[real]
        have_misses_asked_for(sys.modules[real])
        if name == ALIAS:
            _present_as_torch()

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of the real module, which is what ``-m torch.x`` executes."""
        spec = _find_real_spec(real_name(fullname))
        loader: Any = None if spec is None else spec.loader
        return loader.get_code(real_name(fullname)) if hasattr(loader, "get_code") else None


class AliasFinder:
    """Meta path finder for ``torch`` and its submodules; see Note [Import redirection]."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find torch's modules; for gradiente's own, only check what ``from torch import name`` asks for."""
        if fullname in (ALIAS, OLDER_FUNC) or fullname.startswith(_ALIAS_PREFIX):
            if _asked_by("_handle_fromlist"):
                _check_from_import(real_name(fullname))
            try:
                return _alias_spec(fullname)
            except ModuleNotFoundError:
                if _asked_by("_find_and_load_unlocked"):
                    raise
                return None  # `importlib.util.find_spec` only wants to know
        if fullname.startswith(_PACKAGE_PREFIX):
            if _asked_by("_handle_fromlist"):
                _check_from_import(fullname)
            if ALIAS in sys.modules:
                return _presenting_spec(fullname)
        return None

    def find_distributions(self, *context: Any) -> Iterator[Any]:
        """Answer ``importlib.metadata.version("torch")``, by which packages decide what they use."""
        if getattr(context[0] if context else None, "name", None) == ALIAS:
            from gradiente.run.installed import Installed

            yield Installed()


class Alias:
    """The redirection that `install_alias` set up; as a context manager it undoes on exit what that call did."""

    def __init__(self, installed_here: bool) -> None:
        self.installed_here = installed_here

    def __enter__(self) -> ModuleType:
        return __import__(PACKAGE)

    def __exit__(self, *exc_info: object) -> None:
        if self.installed_here:
            remove_alias()


def is_installed() -> bool:
    """Say whether ``import torch`` gives gradiente now.

    Example:
        >>> import gradiente.run
        >>> with gradiente.run.install_alias():
        ...     gradiente.run.is_installed()
        True
    """
    return any(isinstance(finder, AliasFinder) for finder in sys.meta_path)


def install_alias() -> Alias:
    """Make ``import torch`` and ``import torch.x.y`` give gradiente's modules from now on.

    Returns:
        A handle that can be used as a context manager: leaving it undoes this call. A second call while the
        redirection stands changes nothing, and its handle undoes nothing.

    Raises:
        RuntimeError: PyTorch itself is already imported in this process.

    Example:
        >>> import gradiente
        >>> from gradiente.run import install_alias
        >>> with install_alias():
        ...     import torch
        >>> torch is gradiente
        True
    """
    present: Any = sys.modules.get(ALIAS)
    if present is not None and present is not sys.modules.get(PACKAGE):
        origin = getattr(present, "__file__", None) or repr(present)
        raise RuntimeError(
            f"cannot redirect 'torch' to gradiente: torch is already imported in this process (from {origin}), and "
            "modules that hold it would go on using it; call install_alias() before anything imports torch, run the "
            "program with `python -m gradiente`, or write `import gradiente as torch`"
        )
    if is_installed():
        return Alias(installed_here=False)
    sys.meta_path.insert(0, AliasFinder())
    return Alias(installed_here=True)


def remove_alias() -> None:
    """Undo `install_alias`: later imports of ``torch`` find an installed PyTorch, or nothing.

    Modules that have imported the redirected ``torch`` keep what they have. Without a redirection it does nothing.

    Example:
        >>> from gradiente.run import install_alias, is_installed, remove_alias
        >>> _ = install_alias()
        >>> remove_alias()
        >>> is_installed()
        False
    """
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, AliasFinder)]
    if ALIAS in sys.modules and sys.modules[ALIAS] is sys.modules.get(PACKAGE):
        _present_as_gradiente()
    aliases = (ALIAS, OLDER_FUNC)
    for name in [name for name in sys.modules if name in aliases or name.startswith(_ALIAS_PREFIX)]:
        if getattr(sys.modules[name], "__name__", "").partition(".")[0] == PACKAGE:
            del sys.modules[name]


def _present_as_torch() -> None:
    """Let the module and the classes of tensors say what programs ask of torch's."""
    from gradiente import version
    from gradiente._version import FOLLOWED
    from gradiente.run import classes
    from gradiente.torch_version import TorchVersion

    classes.watch()
    present_all()
    sys.modules[PACKAGE].__version__ = version.__version__ = TorchVersion(FOLLOWED)  # type: ignore[attr-defined]
    sys.modules[PACKAGE].__name__ = ALIAS


def _present_as_gradiente() -> None:
    from gradiente import version
    from gradiente._version import __version__
    from gradiente.run import classes

    classes.unwatch()
    present_no_more()
    sys.modules[PACKAGE].__version__ = version.__version__ = __version__  # type: ignore[attr-defined]
    sys.modules[PACKAGE].__name__ = PACKAGE


def _alias_spec(fullname: str) -> ModuleSpec:
    real = real_name(fullname)
    if real in STANDING_IN and _find_real_spec(real) is None:
        real = STANDING_IN[real]
    parent_name, _, child = real.rpartition(".")
    if parent_name:
        parent = sys.modules.get(parent_name) or __import__(parent_name, fromlist=["__name__"])
        attribute = vars(parent).get(child)
        if attribute is not None and not isinstance(attribute, ModuleType):
            # gradiente.tensor is a package and torch.tensor a function: importing the first under the name of the
            # second would overwrite the function in its parent.
            raise shadowed_submodule(fullname, attribute)
        if attribute is not None and _find_real_spec(real) is None:
            real = attribute.__name__  # torch.return_types is gradiente.ops.return_types
        if real not in sys.modules and _find_real_spec(real) is None:
            raise missing_submodule(fullname, parent)
    module = sys.modules.get(real)
    real_spec = module.__spec__ if module is not None else _find_real_spec(real)
    origin = None if real_spec is None else real_spec.origin
    locations = None if real_spec is None else real_spec.submodule_search_locations
    loader: Any = AliasLoader(real)
    spec = ModuleSpec(fullname, loader, origin=origin)
    spec.submodule_search_locations = None if locations is None else list(locations)
    return spec


def _presenting_spec(fullname: str) -> ModuleSpec | None:
    """The spec of a module of gradiente that is loaded while the redirection is used."""
    spec = _find_real_spec(fullname) if is_presented(fullname) else None
    if spec is not None and spec.loader is not None:
        loader: Any = Presenting(spec.loader)
        spec.loader = loader
    return spec


def _find_real_spec(real: str) -> ModuleSpec | None:
    """Ask the other finders where gradiente's module ``real`` is; its parent is imported already."""
    parent_name = real.rpartition(".")[0]
    path: Any = None
    if parent_name:
        path = getattr(sys.modules.get(parent_name), "__path__", None)
        if path is None:
            return None
    for finder in list(sys.meta_path):
        if isinstance(finder, AliasFinder):
            continue
        spec = finder.find_spec(real, path)
        if spec is not None:
            return spec
    return None


def _check_from_import(fullname: str) -> None:
    """Raise ImportError if ``from torch.x import y`` asks for a name that is neither attribute nor submodule.

    Python's own message would say ``from 'gradiente'``, which the program never mentions, and offer no close names.
    """
    parent_name = fullname.rpartition(".")[0]
    parent = sys.modules.get(parent_name)
    if parent is None or getattr(parent.__spec__, "_initializing", False):
        return  # a circular import: Python's own message explains it
    if _find_real_spec(fullname) is None:
        raise missing_import(fullname, parent)


def _asked_by(function: str) -> bool:
    """Whether a function of the import system, that an import statement has called, asks."""
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        if frame.f_code.co_name == function:
            return True
        frame = frame.f_back
    return False
