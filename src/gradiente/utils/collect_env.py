"""torch.utils.collect_env: what is installed, in the form that reports of faults show.

`python -m gradiente.utils.collect_env` prints it. Compilers and drivers are asked for their versions, where there are
any; gradiente uses none of them.
"""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from typing import Any, NamedTuple

_RELEVANT = ("gradiente", "torch", "numpy", "scipy", "ml-dtypes", "safetensors", "triton", "optree", "onnx")


class SystemEnv(NamedTuple):
    """What `get_env_info` finds; None for what cannot be found out."""

    torch_version: str
    is_debug_build: str
    cuda_compiled_version: str | None
    gcc_version: str | None
    clang_version: str | None
    cmake_version: str | None
    os: str | None
    libc_version: str
    python_version: str
    python_platform: str
    is_cuda_available: str
    cuda_runtime_version: str | None
    cuda_module_loading: str
    nvidia_driver_version: str | None
    nvidia_gpu_models: str | None
    cudnn_version: str | None
    is_xpu_available: str
    pip_version: str
    pip_packages: str
    conda_packages: str | None
    hip_compiled_version: str
    hip_runtime_version: str
    miopen_runtime_version: str
    caching_allocator_config: str
    is_xnnpack_available: str
    cpu_info: str | None


def run(command: str | Iterable[str]) -> tuple[int, str, str]:
    """(return code, output, error output) of a command; the code is 127 where there is no such program."""
    words = command.split() if isinstance(command, str) else list(command)
    if shutil.which(words[0]) is None:
        return 127, "", f"{words[0]}: not found"
    try:
        done = subprocess.run(words, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return 126, "", str(error)
    code = locale.getpreferredencoding(False)
    return done.returncode, done.stdout.decode(code, "replace").strip(), done.stderr.decode(code, "replace").strip()


def _said(command: str, pattern: str = r"(.*)") -> str | None:
    """The first group of the pattern in what the command prints, or None."""
    code, out, _ = run(command)
    found = re.search(pattern, out) if code == 0 else None
    return found.group(1) if found else None


def get_os() -> str | None:
    """The operating system and the machine."""
    machine = platform.machine()
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]} ({machine})"
    if sys.platform == "win32":
        return f"{platform.system()} {platform.version()} ({machine})"
    try:
        name: str = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name} ({machine})"


def get_pip_packages() -> tuple[str, str]:
    """The name of pip, and a line for each installed package that has to do with tensors."""
    lines = {f"{d.name}=={d.version}" for d in metadata.distributions() if (d.name or "").lower() in _RELEVANT}
    return f"pip{sys.version_info.major}", "\n".join(sorted(lines, key=str.lower))


def get_cpu_info() -> str | None:
    """What the system says about the processor."""
    if sys.platform == "darwin":
        return _said("sysctl -n machdep.cpu.brand_string")
    code, out, _ = run("lscpu") if sys.platform == "linux" else (127, "", "")
    return out if code == 0 else platform.processor() or None


def get_env_info() -> SystemEnv:
    """What is installed.

    Returns:
        A named tuple with torch's fields. `torch_version` names the release of PyTorch that gradiente follows; its own
        version stands among the packages.

    Example:
        >>> import gradiente as torch
        >>> torch.utils.collect_env.get_env_info().is_cuda_available
        'False'
    """
    from .._version import FOLLOWED

    pip, packages = get_pip_packages()
    models = _said("nvidia-smi -L", r"(?s)(.*)")
    bits = 64 if sys.maxsize > 2**32 else 32
    return SystemEnv(
        torch_version=FOLLOWED,
        is_debug_build="False",
        cuda_compiled_version=None,
        gcc_version=_said("gcc --version", r"gcc (.*)"),
        clang_version=_said("clang --version", r"clang version (.*)"),
        cmake_version=_said("cmake --version", r"cmake (.*)"),
        os=get_os(),
        libc_version="-".join(platform.libc_ver()) if sys.platform == "linux" else "N/A",
        python_version=f"{' '.join(sys.version.splitlines())} ({bits}-bit runtime)",
        python_platform=platform.platform(),
        is_cuda_available="False",
        cuda_runtime_version=_said("nvcc --version", r"release .+ V(.*)"),
        cuda_module_loading="N/A",
        nvidia_driver_version=_said("nvidia-smi", r"Driver Version: (.*?) "),
        nvidia_gpu_models=re.sub(r" \(UUID: .+?\)", "", models) if models else None,
        cudnn_version=None,
        is_xpu_available="False",
        pip_version=pip,
        pip_packages=packages,
        conda_packages=None if "CONDA_PREFIX" not in os.environ else run("conda list")[1] or None,
        hip_compiled_version="N/A",
        hip_runtime_version="N/A",
        miopen_runtime_version="N/A",
        caching_allocator_config="N/A",
        is_xnnpack_available="False",
        cpu_info=get_cpu_info(),
    )


_LINES = (
    ("PyTorch version", "torch_version"),
    ("Is debug build", "is_debug_build"),
    ("CUDA used to build PyTorch", "cuda_compiled_version"),
    ("ROCM used to build PyTorch", "hip_compiled_version"),
    ("", ""),
    ("OS", "os"),
    ("GCC version", "gcc_version"),
    ("Clang version", "clang_version"),
    ("CMake version", "cmake_version"),
    ("Libc version", "libc_version"),
    ("", ""),
    ("Python version", "python_version"),
    ("Python platform", "python_platform"),
    ("Is CUDA available", "is_cuda_available"),
    ("CUDA runtime version", "cuda_runtime_version"),
    ("CUDA_MODULE_LOADING set to", "cuda_module_loading"),
    ("GPU models and configuration", "nvidia_gpu_models"),
    ("Nvidia driver version", "nvidia_driver_version"),
    ("cuDNN version", "cudnn_version"),
    ("Is XPU available", "is_xpu_available"),
    ("HIP runtime version", "hip_runtime_version"),
    ("MIOpen runtime version", "miopen_runtime_version"),
    ("Is XNNPACK available", "is_xnnpack_available"),
    ("Caching allocator config", "caching_allocator_config"),
)
"""The lines of the report, in torch's order and words."""


def pretty_str(envinfo: SystemEnv) -> str:
    """What was found, as text."""
    found: dict[str, Any] = {k: "Could not collect" if v is None else v for k, v in envinfo._asdict().items()}
    for name in ("is_cuda_available", "is_debug_build", "is_xpu_available", "is_xnnpack_available"):
        found[name] = str(found[name])
    models = str(found["nvidia_gpu_models"])
    found["nvidia_gpu_models"] = f"\n{models}" if "\n" in models else models
    lines = [f"{shown}: {found[name]}" if shown else "" for shown, name in _LINES]
    lines += ["", "CPU:", found["cpu_info"], "", "Versions of relevant libraries:"]
    for name, tag in (("pip_packages", found["pip_version"]), ("conda_packages", "conda")):
        lines += [f"[{tag}] {line}" for line in found[name].splitlines() or ["No relevant packages"]]
    return "\n".join(lines)


def get_pretty_env_info() -> str:
    """What is installed, as text.

    >>> import gradiente as torch
    >>> "numpy==" in torch.utils.collect_env.get_pretty_env_info()
    True
    """
    return pretty_str(get_env_info())


def main() -> None:
    """Print what is installed."""
    print("Collecting environment information...")
    print(get_pretty_env_info())


if __name__ == "__main__":
    main()
