"""Scripts, modules and ``-c`` code, run in a ``__main__`` module like the one that Python makes for them.

Note [The main module]
The program gets a new module under the name ``__main__`` in `sys.modules`, with the attributes that Python gives it,
so that pickle, dataclasses and multiprocessing find what the program defines. `sys.argv` and ``sys.path[0]`` are set
as ``python PROGRAM`` sets them. The working directory stays.
"""

from __future__ import annotations

import builtins
import sys
from importlib.machinery import BuiltinImporter, ModuleSpec, SourceFileLoader, SourcelessFileLoader
from os import fspath, path, strerror
from types import CodeType, ModuleType
from typing import Any, NoReturn

from gradiente.run.tracebacks import hide_own_frames


def run_file(program: str, arguments: list[str]) -> None:
    """Run a script, notebook, text export, ``.pyc`` file, or a directory or zip file with a ``__main__.py``."""
    from gradiente.run import exports, notebooks

    if program == "-":
        _run_stdin(arguments)
        return
    full = path.abspath(program)
    if path.isdir(full) or (not full.endswith((".py", ".ipynb", ".txt")) and _is_zip(full)):
        _run_container(full, program, arguments)
        return
    content = _read(full)
    sys.argv = [program, *arguments]
    _set_first_path(path.dirname(path.realpath(full)))
    if full.endswith(".pyc"):
        pyc_loader = SourcelessFileLoader("__main__", full)
        _execute(_loaded_code(pyc_loader), make_main(pyc_loader, file=full))
    elif notebooks.is_notebook(full, content):
        notebooks.run_notebook(notebooks.read_notebook(program, content), make_main(BuiltinImporter))
    elif exports.is_export(content):
        notebooks.run_notebook(exports.read_export(program, content), make_main(BuiltinImporter))
    else:
        main = make_main(SourceFileLoader("__main__", full), file=full)
        _execute(_compiled(content, full), main)


def run_code(source: str, arguments: list[str]) -> None:
    """Run ``source`` as ``python -c source arguments`` does."""
    sys.argv = ["-c", *arguments]
    _set_first_path("")
    _execute(_compiled(source, "<string>"), make_main(BuiltinImporter))


def run_module(name: str, arguments: list[str]) -> None:
    """Run the module ``name``, or ``name.__main__`` if it is a package, as ``python -m name arguments`` does."""
    sys.argv = ["-m", *arguments]
    _set_first_path(path.abspath(path.curdir))
    make_main(BuiltinImporter)  # a package imported on the way must not see this command as __main__
    try:
        spec, code = _find_module(name)
    except _NotRunnable as error:
        _fail(str(error), status=1)
    except BaseException as error:
        hide_own_frames(error)
        raise
    sys.argv[0] = fspath(spec.origin or name)
    main = make_main(spec.loader, file=spec.origin)
    main.__spec__ = spec
    main.__package__ = spec.parent
    vars(main)["__cached__"] = spec.cached
    _execute(code, main)


def make_main(loader: Any, *, file: str | None = None) -> ModuleType:
    """Put a new module ``__main__`` in place; see Note [The main module]."""
    main = ModuleType("__main__")
    namespace = vars(main)
    namespace.update(__builtins__=builtins, __loader__=loader)
    if sys.version_info < (3, 14):
        namespace["__annotations__"] = {}
    if file is not None:
        namespace.update(__file__=file, __cached__=None)
    sys.modules["__main__"] = main
    return main


class _NotRunnable(Exception):
    """A module that ``-m`` cannot run; the text is Python's own."""


def _find_module(name: str) -> tuple[ModuleSpec, CodeType]:
    """Find the module that ``-m name`` runs, with Python's messages where there is none."""
    from importlib.util import find_spec

    if name.startswith("."):
        raise _NotRunnable("Relative module names not supported")
    parent = name.rpartition(".")[0]
    if parent:
        try:
            __import__(parent)
        except ImportError as error:
            # A missing parent is reported below; one that fails while it is imported shows its own traceback.
            if error.name is None or (error.name != parent and not parent.startswith(f"{error.name}.")):
                raise
    try:
        spec = find_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        text = f"Error while finding module specification for {name!r} ({type(error).__name__}: {error})"
        if name.endswith(".py"):
            text += f". Try using '{name[:-3]}' instead of '{name}' as the module name."
        raise _NotRunnable(text) from error
    if spec is None:
        raise _NotRunnable(f"No module named {name}")
    if spec.submodule_search_locations is not None:
        if name.endswith(".__main__"):
            raise _NotRunnable("Cannot use package as __main__ module")
        try:
            return _find_module(f"{name}.__main__")
        except _NotRunnable as error:
            raise _NotRunnable(f"{error}; {name!r} is a package and cannot be directly executed") from error
    loader: Any = spec.loader
    code = loader.get_code(name) if hasattr(loader, "get_code") else None
    if code is None:
        raise _NotRunnable(f"No code object available for {name}")
    return spec, code


def _run_stdin(arguments: list[str]) -> None:
    sys.argv = ["-", *arguments]
    _set_first_path("")
    source = sys.stdin.read()
    _execute(_compiled(source, "<stdin>"), make_main(BuiltinImporter, file="<stdin>"))


def _run_container(full: str, program: str, arguments: list[str]) -> None:
    """Run the ``__main__.py`` of a directory or a zip file, which becomes ``sys.path[0]``."""
    from pkgutil import get_importer

    importer: Any = get_importer(full)
    spec = None if importer is None else importer.find_spec("__main__")
    if spec is None or spec.loader is None:
        _fail(f"can't find '__main__' module in {full!r}", status=1)
    sys.argv = [program, *arguments]
    _set_first_path(full)
    main = make_main(spec.loader, file=spec.origin)
    main.__spec__ = spec
    main.__package__ = ""
    _execute(_loaded_code(spec.loader), main)


def _execute(code: CodeType, main: ModuleType) -> None:
    try:
        exec(code, vars(main))
    except BaseException as error:
        hide_own_frames(error)
        raise


def _compiled(source: str | bytes, filename: str) -> CodeType:
    try:
        return compile(source, filename, "exec", dont_inherit=True)
    except BaseException as error:
        hide_own_frames(error)
        raise


def _loaded_code(loader: Any) -> CodeType:
    try:
        return loader.get_code("__main__")
    except BaseException as error:
        hide_own_frames(error)
        raise


def _is_zip(full: str) -> bool:
    if not path.isfile(full):
        return False
    with open(full, "rb") as file:
        start = file.read(2)
    if start not in (b"PK", b"#!"):  # a zip application starts with a line for the shell
        return False
    from zipfile import is_zipfile

    return is_zipfile(full)


def _read(full: str) -> bytes:
    try:
        with open(full, "rb") as file:
            return file.read()
    except OSError as error:
        _fail(f"can't open file {full!r}: [Errno {error.errno}] {strerror(error.errno or 0)}", status=2)


def _set_first_path(entry: str) -> None:
    """Replace ``sys.path[0]``, which ``python -m gradiente`` set to the working directory."""
    if not sys.flags.safe_path:
        sys.path[0:1] = [entry]


def _fail(text: str, *, status: int) -> NoReturn:
    """Leave with a message in the form of the interpreter's own."""
    print(f"{sys.executable}: {text}", file=sys.stderr)
    sys.exit(status)
