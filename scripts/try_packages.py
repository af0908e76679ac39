"""Run published packages that were written for PyTorch on gradiente and on PyTorch, and print how far each gets.

Each package is installed from PyPI without its requirements into two environments under build/packages: `here`, which
has gradiente and no torch, and `torch`, which sees the torch of .venv-parity. Its own tests (from its source archive)
or a program of scripts/packages, made of the examples of its documentation, run in both.

    python scripts/try_packages.py                 all packages; the table of docs/packages.md
    python scripts/try_packages.py zuko einops     these; what fails is left in build/packages/NAME.txt
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "packages"
PROGRAMS = Path(__file__).resolve().parent / "packages"
TOOLS = ("numpy==2.4.6", "scipy==1.17.1", "ml_dtypes==0.6.0", "pytest==9.2.0", "pytest-timeout==2.4.0")
SIDES = ("here", "torch")


@dataclass(frozen=True)
class Package:
    """What is installed, and what is run: tests of the source archive, or a program."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    """Files and folders of the source archive. Without any, the program scripts/packages/try_NAME.py runs."""
    options: tuple[str, ...] = ()
    """For pytest."""
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def program(self) -> Path:
        """What runs if there are no tests."""
        return PROGRAMS / f"try_{self.name.replace('-', '_')}.py"


# What several of them require.
LINEAR = ("jaxtyping", "wadler-lindig", "mpmath", "typing_extensions")
LEARNING = ("scikit-learn", "joblib", "threadpoolctl", "narwhals")
DRAWING = ("pillow", "pyparsing", "cycler", "python-dateutil", "six", "kiwisolver", "contourpy", "fonttools")
BASICS = ("packaging", "tqdm", "typing_extensions", "psutil", "pyyaml")
WEB = (
    *("aiohttp", "aiohappyeyeballs", "aiosignal", "attrs", "frozenlist", "multidict", "propcache", "yarl", "idna"),
    *("requests", "urllib3", "certifi", "charset-normalizer", "fsspec", "jinja2", "markupsafe"),
)
HUB = (
    *("huggingface_hub", "hf-xet", "tokenizers", "safetensors", "filelock", "regex", "fsspec", "typer-slim", "click"),
    *("httpx", "httpx2", "httpcore", "httpcore2", "h11", "anyio", "sniffio", "certifi", "idna", "truststore"),
)

PACKAGES = (
    Package("einops", "0.8.2", tests=("einops/tests",), environment=(("EINOPS_TEST_BACKENDS", "torch"),)),
    Package("linear-operator", "0.6.1", LINEAR, ("test",)),
    Package(
        "nflows",
        "0.14",
        (
            "umnn",
            "tqdm",
            "torchtestcase",
            "matplotlib",
            "pillow",
            "pyparsing",
            "cycler",
            "python-dateutil",
            "six",
            "kiwisolver",
            "contourpy",
            "fonttools",
        ),
        ("tests",),
    ),
    Package("normflows", "1.7.3", ("tqdm",), ("normflows",)),
    Package("opt-einsum", "3.4.0", (), ("opt_einsum/tests",)),
    Package("pytorch-minimize", "0.1.0", (), ("tests",)),
    Package("pytorch-optimizer", "4.1.0"),  # one of its tests imports torch._dynamo.testing
    Package("pytorch-warmup", "0.2.0", (), ("test",)),
    Package("schedulefree", "1.4.1", ("typing_extensions",), ("schedulefree",)),
    Package("tensorly", "0.10.0", (), ("tensorly",), environment=(("TENSORLY_BACKEND", "pytorch"),)),
    Package("torch-optimizer", "0.3.0", ("pytorch-ranger",), ("tests",)),
    Package("torchsde", "0.2.6", ("trampoline", "boltons")),
    Package("xitorch", "0.5.1", (), ("xitorch/_tests",)),
    Package("zuko", "1.6.0", (), ("tests",)),
    Package("ema-pytorch", "0.8.3", (), ("tests",)),
    Package("torchdiffeq", "0.2.5"),
    Package("lion-pytorch", "0.2.5"),
    Package("entmax", "1.3"),
    Package("rotary-embedding-torch", "0.9.1", ("einops",)),
    Package("hyper-connections", "0.4.11", ("einops", "torch-einops-utils")),
    Package("local-attention", "1.11.2", ("einops", "hyper-connections", "torch-einops-utils")),
    Package(
        "vector-quantize-pytorch",
        "1.32.0",
        ("einops", "einx", "frozendict", "torch-einops-utils", "sympy", "mpmath", "loguru"),
    ),
    Package("torch-ema", "0.3"),
    Package("prodigyopt", "1.1.2"),
    Package("dadaptation", "3.2"),
    Package("pytorch-msssim", "1.0.0"),
    Package("gpytorch", "1.15.2", (*LINEAR, "linear-operator==0.6.1", *LEARNING)),
    Package(
        "botorch",
        "0.18.1",
        (
            *("gpytorch==1.15.2", "linear-operator==0.6.1", "pyro-ppl", "pyre-extensions", "typing_inspect"),
            *("mypy_extensions", "multipledispatch", "pyro-api", "opt-einsum", "tqdm", "packaging", *LINEAR, *LEARNING),
        ),
    ),
    Package("pyro-ppl", "1.9.2", ("pyro-api", "opt-einsum", "tqdm")),
    Package("pytorch-lightning", "2.6.6", ("lightning-utilities", "torchmetrics", "fsspec", "pyyaml", *BASICS)),
    Package("torch-geometric", "2.8.1", ("xxhash", "psutil", "pyparsing", *WEB, *BASICS)),
    Package("transformers", "5.24.0", (*HUB, *BASICS)),
    Package("peft", "0.21.2", ("transformers==5.24.0", "accelerate", *HUB, *BASICS)),
    Package("accelerate", "1.15.0", (*HUB, *BASICS)),
    Package("torchmetrics", "1.9.0", ("lightning-utilities", *BASICS)),
    Package("captum", "0.9.0", ("matplotlib", *DRAWING, *BASICS)),
    Package("pytorch-ignite", "0.5.5", ("packaging",)),
    Package("skorch", "1.4.0", ("tabulate", "tqdm", *LEARNING)),
    Package("stable-baselines3", "2.9.2", ("gymnasium", "farama-notifications", "cloudpickle", "pandas", *DRAWING)),
    Package("geoopt", "0.5.1"),
    Package("higher", "0.2.1"),
    Package(
        "x-transformers", "2.31.10", ("einops", "einx", "loguru", "frozendict", "sympy", "mpmath", "torch-einops-utils")
    ),
    Package("torchinfo", "1.8.0"),
)


@dataclass
class Outcome:
    """Of one run: the names of what passed, and of everything else with its reason; or why there was no run."""

    passed: set[str]
    other: dict[str, str]
    skipped: int = 0


def run(command: list[str | Path], **options: object) -> subprocess.CompletedProcess[str]:
    """Run to the end and give back what was printed."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


def python(side: str) -> Path:
    """The interpreter of an environment."""
    return BUILD / side / "bin" / "python"


def install(side: str, requirements: tuple[str, ...]) -> None:
    """Install from PyPI, without what these require in their turn."""
    done = run([python(side), "-m", "pip", "install", "-q", "--no-deps", *requirements])
    if done.returncode:
        raise SystemExit(f"pip failed for {' '.join(requirements)}:\n{done.stderr}")


def prepare(side: str, torch_from: Path) -> None:
    """Make an environment, unless it is there."""
    if python(side).exists():
        return
    done = run([sys.executable, "-m", "venv", BUILD / side])
    if done.returncode:
        raise SystemExit(done.stderr)
    packages = next((BUILD / side / "lib").glob("python*/site-packages"))
    source = ROOT / "src" if side == "here" else next((torch_from / "lib").glob("python*/site-packages"))
    (packages / "zz_of_this_run.pth").write_text(f"{source}\n", encoding="utf-8")
    run([python(side), "-m", "pip", "install", "-q", *TOOLS])


def source(package: Package) -> Path:
    """The folder of the package's source archive."""
    place = BUILD / "sources" / package.name
    if not place.exists():
        place.mkdir(parents=True)
        named = f"{package.name}=={package.version}"
        done = run(
            [
                python("here"),
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--no-binary",
                package.name,
                named,
                "-d",
                place,
            ]
        )
        if done.returncode:
            place.rmdir()
            raise SystemExit(f"no source archive of {named}:\n{done.stderr}")
        with tarfile.open(next(place.glob("*.tar.gz"))) as archive:
            archive.extractall(place, filter="data")
    return next(path for path in place.iterdir() if path.is_dir())


def outcome_of_tests(package: Package, side: str) -> Outcome:
    """Run the package's own tests."""
    report = BUILD / f"{package.name}.{side}.xml"
    report.unlink(missing_ok=True)
    command: list[str | Path] = [python(side), *(["-m", "gradiente"] if side == "here" else [])]
    command += [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        BUILD / "pytest.ini",
        f"--rootdir={source(package)}",
        "--timeout=120",
        "--tb=short",
    ]
    command += [f"--junitxml={report}", *package.options, *package.tests]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **dict(package.environment)}
    done = run(command, cwd=source(package), env=environment)
    (BUILD / f"{package.name}.{side}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    out = Outcome(set(), {})
    if not report.exists():
        out.other["(run)"] = (done.stdout + done.stderr)[-300:]
        return out
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        bad = [child for child in case if child.tag in ("failure", "error")]
        if bad:
            out.other[name] = (bad[0].get("message") or "").splitlines()[0] if bad[0].get("message") else bad[0].tag
        elif any(child.tag == "skipped" for child in case):
            out.skipped += 1
        else:
            out.passed.add(name)
    return out


def outcome_of_program(package: Package, side: str) -> str:
    """What the program prints."""
    command: list[str | Path] = [python(side), *(["-m", "gradiente"] if side == "here" else []), package.program]
    done = run(command, cwd=BUILD, env={**os.environ, "OMP_NUM_THREADS": "1"})
    (BUILD / f"{package.name}.{side}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode and side == "torch":
        raise SystemExit(f"{package.program.name} fails with torch:\n{done.stderr}")
    return done.stdout


NUMBER = re.compile(r"[-+]?\d+\.\d*(?:e[-+]?\d+)?")


def same(a: str, b: str, tolerance: float = 2e-4) -> bool:
    """Whether two printed lines say the same, up to the rounding of their numbers."""
    if NUMBER.sub("#", a).split() != NUMBER.sub("#", b).split():
        return False
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b), strict=True)
    return all(abs(float(x) - float(y)) <= tolerance * max(1.0, abs(float(y))) for x, y in pairs)


def row(package: Package) -> str:
    """Run a package on both sides: its row of the table."""
    for side in SIDES:
        install(side, (f"{package.name}=={package.version}", *package.requires))
    if not package.tests:
        here, torch = (outcome_of_program(package, side).splitlines() for side in SIDES)
        alike = sum(same(a, b) for a, b in zip(here, torch, strict=False))
        verdict = f"{alike} of {len(torch)} lines the same"
        return f"| {package.name} | {package.version} | `scripts/packages/{package.program.name}` | {verdict} | |"
    found = {side: outcome_of_tests(package, side) for side in SIDES}
    here, torch = found["here"], found["torch"]
    lost = sorted(torch.passed - here.passed)
    lines = [f"{name}: {here.other.get(name, 'not run or skipped')}" for name in lost]
    (BUILD / f"{package.name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    both = len(torch.passed & here.passed)
    return f"| {package.name} | {package.version} | its tests | {both} | {len(torch.passed)} |"


def main() -> None:
    """Run the packages that the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="packages; all if none is named")
    parser.add_argument("--torch", type=Path, default=ROOT / ".venv-parity", help="the environment that has torch")
    options = parser.parse_args()
    unknown = set(options.names) - {package.name for package in PACKAGES}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(p.name for p in PACKAGES)}")
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")  # not the settings of this repository
    for side in SIDES:
        prepare(side, options.torch)
    print("| package | version | what ran | passed here | passed on torch |\n|---|---|---|---|---|")
    for package in PACKAGES:
        if not options.names or package.name in options.names:
            print(row(package), flush=True)


if __name__ == "__main__":
    main()
