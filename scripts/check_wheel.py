"""Build the wheel, install it into an empty environment, and import it there.

What the tests import is the source tree. This checks what a user gets: a pure wheel whose one requirement is NumPy,
which holds every module of the source tree and can be imported with nothing else installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Runs inside the empty environment. pip is what venv puts there.
PROBE = """
import importlib.metadata as metadata
import gradiente
installed = sorted(d.name.lower() for d in metadata.distributions())
assert set(installed) - {"pip", "setuptools"} == {"gradiente", "numpy"}, installed
assert gradiente.__version__ == metadata.version("gradiente"), gradiente.__version__
x = gradiente.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
assert x.grad.tolist() == [2.0, 4.0], x.grad
print("wheel: gradiente", gradiente.__version__, "with numpy", metadata.version("numpy"), "and nothing else")
"""


def check_contents(wheel: Path) -> None:
    """Stop unless the wheel is pure and holds exactly the files of ``src/gradiente`` and its metadata."""
    if not wheel.name.endswith("-py3-none-any.whl"):
        sys.exit(f"{wheel.name}: not a pure Python wheel")
    source = ROOT / "src"
    expected = {p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file() and p.suffix != ".pyc"}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    if packed != expected:
        sys.exit(f"the wheel lacks {sorted(expected - packed)} and has too much: {sorted(packed - expected)}")
    print(f"wheel: {wheel.name}, {len(packed)} files, {wheel.stat().st_size / 1e3:.0f} kB")


def main() -> None:
    """Build, check, install and import, all in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "-qq"]
        subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, str(ROOT)], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        check_contents(wheel)
        home = Path(folder) / "venv"
        venv.create(home, with_pip=False)
        python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([*pip, "--python", str(python), "install", str(wheel)], check=True)
        # -I: neither the working directory nor PYTHONPATH may lend the source tree.
        probe = subprocess.run([str(python), "-I", "-W", "error", "-c", PROBE], check=False, cwd=folder)
        if probe.returncode:
            sys.exit("the installed wheel does not work where there is only NumPy, see above")


if __name__ == "__main__":
    main()
