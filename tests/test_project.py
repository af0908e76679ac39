"""The package as a package: its metadata, what an import costs, which layer may know which, how long files are."""

from __future__ import annotations

import ast
import importlib.metadata as metadata
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "gradiente"

# The layers from the bottom up. A module imports from its own layer and those below, never from one above.
LAYERS = [
    {"_elsewhere", "_homes", "_missing", "_quiet", "_version", "arrays", "random", "torch_version"},
    {"graph"},
    {"rules"},
    {"tensor"},
    {"storage"},
    {"ops"},
    {"autograd"},
    {"utils"},
    {
        "_C",
        "__config__",
        "__future__",
        "_asking",
        "_dynamo",
        "_settings",
        "_symbols",
        "_tensor",
        "_tensor_str",
        "_utils",
        "_vmap_internals",
        "accelerator",
        "amp",
        "backends",
        "compiler",
        "cpu",
        "cuda",
        "distributed",
        "functional",
        "fx",
        "futures",
        "jit",
        "library",
        "hub",
        "monitor",
        "mps",
        "multiprocessing",
        "onnx",
        "overrides",
        "types",
        "version",
        "xpu",
    }
    | {
        "distributions",
        "fft",
        "func",
        "linalg",
        "masked",
        "nn",
        "optim",
        "profiler",
        "quasirandom",
        "serialization",
        "signal",
        "sparse",
        "special",
        "testing",
    },
    {"run", "__main__", "__init__"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# (importing file, imported module): why this one may look upwards.
UPWARD: dict[tuple[str, str], str] = {
    ("ops/_operators.py", "_C"): "torch.ops.aten knows functions by the names that torch._C has for them",
    ("utils/module_tracker.py", "nn"): "it watches the calls of modules",
    ("utils/_flop_products.py", "nn"): "torch does not count some of the functions there",
    ("utils/model_zoo.py", "hub"): "the older name of what torch.hub has",
    ("utils/benchmark/measurement.py", "_settings"): "a Timer sets how many threads there are, as torch's does",
    ("ops/sparse.py", "sparse"): "to_sparse of an ordinary tensor loads sparse tensors when it is first called",
    ("storage/typed.py", "serialization"): "the pickle of a storage is a file of torch.save, as torch's is",
}


def python(code: str) -> str:
    """Run code in a fresh interpreter in which warnings are errors; return what it prints."""
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


# --- metadata


def test_metadata_names_the_project_and_its_licence():
    about = metadata.metadata("gradiente")
    assert about["Name"] == "gradiente"
    assert about["License-Expression"] == "BSD-3-Clause"
    assert about["Requires-Python"] == ">=3.11"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("BSD 3-Clause License")
    assert "2026, gradiente developers" in licence


def test_numpy_is_the_one_requirement():
    requires = metadata.requires("gradiente") or []
    assert [text for text in requires if "extra ==" not in text] == ["numpy>=2.1"]
    extras = set(metadata.metadata("gradiente").get_all("Provides-Extra") or [])
    assert extras == {"special", "bfloat16", "safetensors", "demo"}


def test_version_has_one_source():
    import gradiente

    assert gradiente.__version__ == metadata.version("gradiente")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert f"## [{gradiente.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").exists()


# --- imports


def test_import_brings_numpy_and_nothing_else():
    listing = "import sys; print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    before = set(python(f"import numpy; {listing}").split())
    after = set(python(f"import gradiente; {listing}").split())
    assert after - before - sys.stdlib_module_names == {"gradiente"}


MODULES = [
    "arrays",
    "graph",
    "rules",
    "tensor",
    "ops",
    "autograd",
    "nn",
    "nn.functional",
    "optim",
    "random",
    "distributions",
    "fft",
    "func",
    "linalg",
    "signal",
    "utils",
]


@pytest.mark.parametrize("module", MODULES)
def test_module_can_be_imported_alone(module):
    assert (
        python(f"import importlib; print(importlib.import_module('gradiente.{module}').__name__)").strip()
        == f"gradiente.{module}"
    )


def layer_of(path: Path, package: Path = PACKAGE) -> str:
    """Name in LAYERS of the layer that a file belongs to: its top folder, or its own name."""
    return path.relative_to(package).parts[0].removesuffix(".py")


def imported(path: Path, package: Path = PACKAGE) -> list[tuple[int, str]]:
    """Line and layer of each import of the package in a file, also in functions; not those for type checkers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            node.body = []  # never executed
    parts = ("gradiente", *path.relative_to(package).parts)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(parts[: len(parts) - node.level]) if node.level else ""
            origin = ".".join(filter(None, [base, node.module]))
            # `from gradiente import graph` names a layer in what follows `import`, other forms in the origin.
            names = [f"gradiente.{alias.name}" for alias in node.names] if origin == "gradiente" else [origin]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            if top == "gradiente":
                # What is no layer (`import gradiente`, `from gradiente import Tensor`) comes from the top.
                layer = rest.partition(".")[0]
                found.append((node.lineno, layer if layer in RANK or is_module(layer, package) else "__init__"))
    return found


def is_module(name: str, package: Path) -> bool:
    """Tell whether the package has a module or a folder of this name."""
    return bool(name) and ((package / f"{name}.py").exists() or (package / name).is_dir())


def upward(package: Path) -> list[str]:
    """One line of text for each import that looks up the layers and is not listed in UPWARD."""
    findings = []
    for path in sorted(package.rglob("*.py")):
        own = layer_of(path, package)
        where = path.relative_to(package).as_posix()
        if own not in RANK:
            findings.append(f"{where}: '{own}' has no place in LAYERS of {Path(__file__).name}")
            continue
        for line, layer in imported(path, package):
            if RANK.get(layer, len(LAYERS)) > RANK[own] and (where, layer) not in UPWARD:
                findings.append(f"{where}:{line}: '{own}' imports from '{layer}', which is above it")
    return findings


def test_layers_import_downwards_only():
    assert upward(PACKAGE) == []


def test_listed_exceptions_are_needed():
    for where, layer in UPWARD:
        assert layer in {name for _, name in imported(PACKAGE / where)}, f"{where} no longer imports {layer}"


@pytest.mark.parametrize(
    "statement",
    [
        "from gradiente.tensor import Tensor",
        "from gradiente import tensor",
        "from gradiente import Tensor",
        "import gradiente",
        "import gradiente.ops.creation",
        "from ..tensor import Tensor",
        "from .. import ops",
        "def late():\n    from gradiente.optim import SGD",
        "if True:\n    import gradiente.nn",
    ],
)
def test_an_upward_import_is_noticed(tmp_path, statement):
    for folder in ("graph", "tensor", "ops"):
        (tmp_path / folder).mkdir()
    (tmp_path / "graph" / "engine.py").write_text(statement + "\n", encoding="utf-8")
    (finding,) = upward(tmp_path)
    assert "graph/engine.py" in finding
    assert "which is above it" in finding


@pytest.mark.parametrize(
    "statement",
    [
        "from gradiente.arrays import namespace",
        "from gradiente import arrays",
        "from .node import Node",
        "from . import node",
        "import numpy",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gradiente.tensor import Tensor",
    ],
)
def test_a_downward_import_is_accepted(tmp_path, statement):
    for folder in ("arrays", "graph", "tensor"):
        (tmp_path / folder).mkdir()
    (tmp_path / "graph" / "engine.py").write_text(statement + "\n", encoding="utf-8")
    assert upward(tmp_path) == []


def test_a_module_without_a_layer_is_noticed(tmp_path):
    (tmp_path / "stray.py").write_text("", encoding="utf-8")
    assert upward(tmp_path) == ["stray.py: 'stray' has no place in LAYERS of test_project.py"]


# --- file lengths


def check_lengths(root: Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "check_file_length.py"
    return subprocess.run([sys.executable, str(script), str(root)], capture_output=True, text=True, check=False)


def test_files_keep_to_their_length():
    run = check_lengths(ROOT)
    assert run.returncode == 0, run.stdout


def test_a_long_file_is_noticed(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "src" / "long.py").write_text("x = 1\n" * 401, encoding="utf-8")
    (tmp_path / "tests" / "test_long.py").write_text("x = 1\n" * 500, encoding="utf-8")
    run = check_lengths(tmp_path)
    assert run.returncode == 1
    assert run.stdout == f"{Path('src/long.py')}: 401 lines, the budget in src/ is 400\n"


# --- the package's own folders say what lives there


def test_every_folder_says_what_lives_there():
    silent = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("__init__.py"))
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_nothing_is_named_or_run_from_text():
    """globals(), eval and exec hide names from readers and checkers; running a user's program is what exec is for."""
    findings = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if called in ("globals", "eval") or (called == "exec" and layer_of(path) != "run"):
                findings.append(f"{path.relative_to(PACKAGE)}:{node.lineno}: {called}()")
    assert findings == []
