"""What programs do with ``import torch`` beyond the statement: metadata, processes, tools, stars, pickles."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import gradiente
from gradiente.run import install_alias


def run(*arguments: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """Run under gradiente, with warnings as errors; what is printed."""
    command = [sys.executable, "-W", "error", "-m", "gradiente", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def test_find_spec_and_metadata() -> None:
    with install_alias():
        assert importlib.util.find_spec("torch") is not None
        assert importlib.util.find_spec("torch.nn.functional") is not None
        assert importlib.util.find_spec("torch.foo") is None
        assert importlib.import_module("torch.nn.functional") is gradiente.nn.functional
        assert importlib.metadata.version("torch") == "2.13.0+gradiente"
        assert importlib.metadata.metadata("torch")["Name"] == "torch"
        assert importlib.metadata.requires("torch") is None
        assert importlib.metadata.version("pytest")
    if importlib.util.find_spec("torch") is None:
        with pytest.raises(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version("torch")


def test_the_followed_version_has_a_name_under_both_imports() -> None:
    assert gradiente.torch_version.__version__ >= (2, 13)
    assert str(gradiente.torch_version.__version__) == "2.13.0+gradiente"
    with install_alias():
        torch = importlib.import_module("torch")
        assert torch.torch_version.__version__ == torch.__version__


def test_the_star_takes_what_is_loaded_later_too() -> None:
    names: dict[str, object] = {}
    with install_alias():
        exec("from torch import *", names)
    taken = {"tensor", "load", "save", "compile", "autocast", "float32", "Tensor", "pi", "no_grad", "set_num_threads"}
    assert taken <= names.keys()
    assert not {"nn", "ops", "sys", "annotations", "_LATER"} & names.keys()
    assert {"save", "nn", "cuda", "relu"} <= set(dir(gradiente))


@pytest.mark.parametrize(
    "name", ["nn.Linear", "nn.functional.relu", "optim.SGD", "float32", "sin", "Size", "utils.data.DataLoader"]
)
def test_classes_and_functions_are_pickled(name: str) -> None:
    value: object = gradiente
    for part in name.split("."):
        value = getattr(value, part)
    assert pickle.loads(pickle.dumps(value)) is value


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("torch.nn.modules.linear", "Linear"),
        ("torch.nn.functional", "relu"),
        ("torch.optim.sgd", "SGD"),
        ("torch.utils.data.dataloader", "DataLoader"),
        ("torch", "float32"),
    ],
)
def test_pickles_by_torchs_names_are_read(module: str, name: str) -> None:
    with install_alias():
        found = pickle.loads(f"c{module}\n{name}\n.".encode())
        assert found is getattr(importlib.import_module(module), name)


def test_the_places_of_classes_are_known() -> None:
    source = """
import inspect, typing
import torch
print(torch.nn.Linear.__module__, inspect.getsource(torch.nn.Linear).splitlines()[0])
print(sorted(typing.get_type_hints(torch.nn.Linear.__init__)), "in_features" in typing.get_type_hints(torch.nn.Linear))
import torch.nn.modules.linear as place
print(place is torch.nn.modules.linear, torch.optim.AdamW.__module__)
"""
    assert run("-c", source, cwd=Path.cwd()).splitlines() == [
        "torch.nn.modules.linear class Linear(Module):",
        "['bias', 'device', 'dtype', 'in_features', 'out_features', 'return'] True",
        "True torch.optim.adamw",
    ]


CHILD = """
import sys
late = "gradiente" not in sys.modules
import importlib.metadata
version = importlib.metadata.version("torch")
import torch.nn.functional as F
import torch
print(late, version, torch.__version__ >= (2, 13), F.__name__, [p for p in sys.path if "gradiente/run" in p])
"""

COMMANDS = """
import os, subprocess, sys
import torch
def out(*command, **options):
    print(subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout, end="")
out(sys.executable, "child.py")
print(torch.__spec__.name, flush=True)
subprocess.run(f'"{sys.executable}" child.py', shell=True, check=True)
out(sys.executable, "-c", "import subprocess, sys; subprocess.run([sys.executable, 'child.py'], check=True)")
out(sys.executable, "-m", "gradiente", "-c", "import torch; print(torch.__spec__.name, end='.')")
out(sys.executable, "-c", "import sys; print('gradiente' in sys.modules)")
"""


def test_commands_inherit_the_redirection(tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text(CHILD)
    (tmp_path / "main.py").write_text(COMMANDS)
    line = "True 2.13.0+gradiente True gradiente.nn.functional []\n"
    expected = f"{line}gradiente\n{line}{line}gradiente.False\n"
    assert run("main.py", cwd=tmp_path) == expected


def test_commands_run_the_users_own_sitecustomize(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("import builtins\nbuiltins.MARK = 'own'\n")
    path = os.pathsep.join([str(tmp_path / "own"), os.environ.get("PYTHONPATH", "")])
    code = "import sys, torch; print(MARK, torch.__spec__.name, sys.modules['sitecustomize'].__file__.split('/')[-2])"
    source = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}], check=True)"
    assert run("-c", source, cwd=tmp_path, environment={"PYTHONPATH": path}) == "own gradiente own\n"


def test_other_pythons_and_plain_ones_get_what_they_ask_for(tmp_path: Path) -> None:
    fake = tmp_path / "torch"
    fake.mkdir()
    (fake / "__init__.py").write_text("__version__ = 'the real one'\n")
    ask = "import torch; print(torch.__version__, flush=True)"
    command = f"subprocess.run([sys.executable, '-c', {ask!r}], check=True)"
    other = f"import os, subprocess, sys; os.environ['GRADIENTE_REDIRECTS'] = '/another/prefix'; {command}"
    assert run("-c", other, cwd=tmp_path) == "the real one\n"
    assert run("-c", f"import subprocess, sys; {ask}; {command}", cwd=tmp_path) == "2.13.0+gradiente\n" * 2
    plain = subprocess.run(
        [sys.executable, "-c", f"import gradiente; {ask}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (plain.stdout, plain.stderr) == ("the real one\n", "")


POOLS = """
import concurrent.futures, inspect, multiprocessing, runpy, sys
import torch

def square(x):
    import torch
    return (torch.tensor(x) ** 2).item(), torch.__spec__.name

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        print(list(pool.map(square, [3.0])))
    print(inspect.getsource(square).splitlines()[0], inspect.getsource(torch.nn.Linear).splitlines()[0])
    print(runpy.run_path("helper.py")["f"](torch.ones(1)))
"""

HELPER = '''
import torch

def f(x):
    """
    >>> f(torch.zeros(1))
    tensor([1.])
    """
    return x + 1
'''


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_sources_and_runpy(tmp_path: Path, method: str) -> None:
    (tmp_path / "main.py").write_text(POOLS)
    (tmp_path / "helper.py").write_text(HELPER)
    first, second, third = run("main.py", method, cwd=tmp_path).splitlines()
    assert first == "[(9.0, 'gradiente')]"
    assert second == "def square(x): class Linear(Module):"
    assert third == "tensor([2.])"


TESTS = """
import torch
def test_name():
    assert torch.__spec__.name == "gradiente"
def test_fails():
    x = torch.ones(1)
    assert x.item() == 2
"""


@pytest.mark.parametrize("options", [["-n0"], ["-n2"]])
def test_pytest_with_workers_doctests_and_rewritten_assertions(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "helper.py").write_text(HELPER)
    command = ["-m", "gradiente", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", *options]
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True)
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "where 1.0 = item()" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-m", "doctest", "helper.py"], ""),
        (["-m", "timeit", "-n1", "-r1", "-s", "import torch", "torch.ones(1)"], "1 loop"),
        (["-m", "cProfile", "helper.py"], "function calls"),
        (["-m", "trace", "--trace", "--ignore-dir=/", "helper.py"], "--- modulename: helper"),
    ],
)
def test_tools_of_the_standard_library(tmp_path: Path, arguments: list[str], expected: str) -> None:
    (tmp_path / "helper.py").write_text(HELPER)
    assert expected in run(*arguments, cwd=tmp_path)
