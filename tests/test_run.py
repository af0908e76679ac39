"""``python -m gradiente``: scripts, modules and ``-c`` code behave as they do under Python itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import gradiente
from gradiente.run import install_alias, is_installed, remove_alias


def run(
    *arguments: str, cwd: Path, stdin: str = "", command: tuple[str, ...] = ("-m", "gradiente")
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *command, *arguments], cwd=cwd, input=stdin, capture_output=True, text=True
    )


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def same_as_python(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program without torch under gradiente and under Python, and compare all that can be seen."""
    ours = run(*arguments, cwd=folder, stdin=stdin)
    python = run(*arguments, cwd=folder, stdin=stdin, command=())
    assert (ours.returncode, ours.stdout, ours.stderr) == (python.returncode, python.stdout, python.stderr)
    return ours


IMPORTS = """
import sys
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.nn import functional
import torch.optim as optim2
import torch.autograd
import gradiente
assert torch is gradiente and sys.modules["torch"] is gradiente
assert F is functional is gradiente.nn.functional is sys.modules["torch.nn.functional"]
assert nn is gradiente.nn is torch.nn and optim is optim2 is gradiente.optim
assert torch.__name__ == "torch" and torch.__spec__.name == "gradiente"
assert callable(torch.tensor)
print("ok")
"""


def test_imports_give_the_same_module_objects(tmp_path: Path) -> None:
    result = run(write(tmp_path, "a.py", IMPORTS), cwd=tmp_path)
    assert (result.stdout, result.stderr, result.returncode) == ("ok\n", "", 0)


def test_torch_is_not_imported_before_the_program_asks(tmp_path: Path) -> None:
    result = run(
        "-c", "import sys; print('torch' in sys.modules); import torch; print('torch' in sys.modules)", cwd=tmp_path
    )
    assert result.stdout == "False\nTrue\n"


def test_real_torch_is_not_touched(tmp_path: Path) -> None:
    fake = tmp_path / "torch"
    fake.mkdir()
    (fake / "__init__.py").write_text("raise SystemExit('the installed torch was imported')")
    (fake / "only_there.py").write_text("")
    source = "import torch\nprint(torch.__spec__.name)\nimport torch.only_there"
    result = run(write(tmp_path, "a.py", source), cwd=tmp_path)
    assert result.stdout == "gradiente\n"
    assert "No module named 'torch.only_there'" in result.stderr


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "import torch.optin",
            "No module named 'torch.optin'. gradiente provides no 'gradiente.optin'. Closest modules: 'torch.optim'",
        ),
        (
            "import torch.qqqqqqqq",
            "No module named 'torch.qqqqqqqq'. gradiente provides no 'gradiente.qqqqqqqq'. Modules in 'torch': ",
        ),
        ("import torch.tensor", "ModuleNotFoundError: No module named 'torch.tensor'. 'torch.tensor' is a "),
        ("import torch.nn.functional.relu", "ModuleNotFoundError: No module named 'torch.nn.functional.relu'"),
        ("from torch import matmull", "ImportError: cannot import name 'matmull' from 'torch' ("),
        (
            "import torch\ntorch.matmull",
            "AttributeError: module 'torch' has no attribute 'matmull'. gradiente, which runs this program, does not "
            "provide it. Closest names: ",
        ),
    ],
)
def test_missing_parts_are_named(tmp_path: Path, statement: str, expected: str) -> None:
    result = run(write(tmp_path, "a.py", statement), cwd=tmp_path)
    assert result.returncode == 1
    assert expected in result.stderr
    assert f"gradiente{os.sep}run" not in result.stderr
    assert "importlib" not in result.stderr


def test_a_missing_part_can_be_caught(tmp_path: Path) -> None:
    source = """
import torch
try:
    import torch.optin
except ModuleNotFoundError as error:
    print(error.name)
try:
    from torch import matmull
except ImportError as error:
    print(type(error).__name__, error.name)
print(hasattr(torch, "qqqq"), getattr(torch, "qqqq", 3))
try:
    torch.qqqq
except AttributeError as error:
    print(error.name)
assert callable(torch.tensor)
"""
    result = run(write(tmp_path, "a.py", source), cwd=tmp_path)
    assert result.stdout == "torch.optin\nImportError torch\nFalse 3\nqqqq\n", result.stderr


SELF_PORTRAIT = """
import sys, os
print(__name__, __file__, __spec__, __package__, __doc__, type(__loader__).__name__)
print({name: globals().get(name) for name in ("__cached__", "__annotations__")})  # newer Pythons lack them
print(sorted(globals()))
print(sys.argv, sys.path[0], os.getcwd(), sys.modules["__main__"].__dict__ is globals(), type(__builtins__))
print(sys.stdin.read(), flush=True)
"""


def test_script_sees_what_python_shows_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path, "sub/a.py", SELF_PORTRAIT)
    same_as_python(tmp_path, "sub/a.py", "x", "-c", "--help", stdin="typed")


def test_code_module_and_stdin(tmp_path: Path) -> None:
    same_as_python(tmp_path, "-c", "import sys; print(sys.argv, sys.path[0], sorted(globals()), __name__)", "-m", "x")
    same_as_python(tmp_path, "-", "x", stdin="import sys; print(sys.argv, sys.path[0], sorted(globals()))")
    write(tmp_path, "mod.py", SELF_PORTRAIT.replace("__spec__,", "__spec__.name,"))
    same_as_python(tmp_path, "-m", "mod", "x", stdin="typed")


def test_package_directory_zip_and_pyc(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    portrait = "import sys\nprint(__name__, __file__, __package__, __spec__.name, sys.argv, sys.path[0])"
    write(tmp_path, "pkg/__init__.py", "print('init', __name__)")
    write(tmp_path, "pkg/__main__.py", portrait)
    same_as_python(tmp_path, "-m", "pkg", "x")
    same_as_python(tmp_path, "pkg", "x")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("__main__.py", portrait)
    same_as_python(tmp_path, "app.zip", "x")
    import py_compile

    py_compile.compile(str(tmp_path / "pkg/__init__.py"), str(tmp_path / "one.pyc"))
    same_as_python(tmp_path, "one.pyc")


@pytest.mark.parametrize(
    "arguments", [("nope.py",), ("-m", "nope"), ("-m", "nope.x"), ("-m", "json"), ("-m", "json.tool.x"), (".",)]
)
def test_programs_that_are_not_there(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = same_as_python(tmp_path, *arguments)
    assert result.returncode in (1, 2)
    if arguments == ("nope.py",):
        assert "can't open file" in result.stderr
        assert "[Errno 2] No such file or directory" in result.stderr
        assert result.returncode == 2


@pytest.mark.parametrize(
    "source",
    [
        "import sys; sys.exit()",
        "import sys; sys.exit(7)",
        "import sys; sys.exit('some text')",
        "raise SystemExit([1])",
        "def f():\n    1 / 0\nf()",
        "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e",
        "raise ExceptionGroup('g', [ValueError(1)])",
        "x = = 1",
        "x = 'abc",
        "import sys\nsys.excepthook = lambda t, v, tb: print(t, v, tb.tb_lineno, tb.tb_next)\n1/0",
        "import importlib; importlib.import_module('nope_nope')",
        "import atexit, sys; atexit.register(print, 'bye'); sys.exit(3)",
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)",
        "import threading\ndef f(): 1/0\nt = threading.Thread(target=f, name='t'); t.start(); t.join()",
        "import warnings; warnings.warn('text')",
        "# -*- coding: latin-1 -*-\nprint('x')",
    ],
)
def test_exits_and_tracebacks_are_pythons(tmp_path: Path, source: str) -> None:
    same_as_python(tmp_path, write(tmp_path, "a.py", source))


def test_interrupt_ends_the_process_by_its_signal(tmp_path: Path) -> None:
    result = run("-c", "raise KeyboardInterrupt", cwd=tmp_path)
    assert result.returncode == -signal.SIGINT


def test_tracebacks_through_torch_keep_its_frames(tmp_path: Path) -> None:
    result = run(write(tmp_path, "a.py", "import torch\ntorch.qqqq"), cwd=tmp_path)
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == f'  File "{tmp_path / "a.py"}", line 2, in <module>'
    assert "runpy" not in result.stderr


PICKLES = """
import dataclasses, multiprocessing, pickle, sys
import torch

@dataclasses.dataclass
class Point:
    x: "int"

def work(n):
    import torch
    return n + 1, torch.__spec__.name

if __name__ == "__main__":
    assert pickle.loads(pickle.dumps(Point(3))) == Point(3)
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(1) as pool:
        print(pool.map(work, [1]))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pickle_dataclasses_and_multiprocessing(tmp_path: Path, method: str) -> None:
    import multiprocessing

    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot start processes by {method}")
    result = run(write(tmp_path, "a.py", PICKLES), method, cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("[(2, 'gradiente')]\n", "")


def test_pytest_as_a_module(tmp_path: Path) -> None:
    write(tmp_path, "test_it.py", "import torch\ndef test_it():\n    assert torch.__spec__.name == 'gradiente'\n")
    result = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py", cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


def test_help_version_and_usage(tmp_path: Path) -> None:
    no_arguments = run(cwd=tmp_path)
    assert (no_arguments.returncode, no_arguments.stdout) == (2, "")
    assert no_arguments.stderr.startswith("usage: python -m gradiente PROGRAM")
    shown = run("--help", cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (0, no_arguments.stderr)
    version = run("--version", cwd=tmp_path)
    assert (version.returncode, version.stdout) == (0, f"gradiente {gradiente.__version__}\n")
    for arguments, text in [
        (("--nope", "a.py"), "unknown option '--nope'"),
        (("-c",), "argument expected for the -c option"),
        (("-m",), "argument expected for the -m option"),
        (("--",), "argument expected: PROGRAM"),
    ]:
        result = run(*arguments, cwd=tmp_path)
        assert result.returncode == 2
        assert text in result.stderr
        assert result.stdout == ""


def test_the_command_imports_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys; print(*sorted(sys.modules))"
    with_runner = set(run("-c", code, cwd=tmp_path).stdout.split())
    alone = set(run("-c", "import gradiente, runpy, typing; " + code, cwd=tmp_path, command=()).stdout.split())
    extra = {name for name in with_runner - alone if not name.startswith("gradiente")}
    assert extra <= {"pkgutil", "importlib.machinery", "importlib.util", "__future__"}


def test_alias_as_context_manager() -> None:
    before = sys.modules.get("torch")
    if before is not None:
        pytest.skip("this process has imported PyTorch")
    with install_alias() as module:
        import torch

        assert torch is module is gradiente
        assert is_installed()
        with install_alias():
            pass
        assert is_installed(), "the inner call installed nothing, and must remove nothing"
    assert not is_installed()
    assert "torch" not in sys.modules
    install_alias()
    remove_alias()
    remove_alias()
    assert not is_installed()


def test_alias_refuses_if_torch_is_imported(tmp_path: Path) -> None:
    write(tmp_path, "torch.py", "")
    source = "import torch\nfrom gradiente.run import install_alias\ninstall_alias()"
    result = run("a.py", cwd=tmp_path, command=(write(tmp_path, "a.py", source),))
    assert "RuntimeError: cannot redirect 'torch' to gradiente: torch is already imported" in result.stderr
    assert "torch.py" in result.stderr
    assert "python -m gradiente" in result.stderr
