"""torch.__config__: what the library was built with. Here that is NumPy."""

from __future__ import annotations

import os
import platform
from typing import Any

import numpy as np

from ._version import FOLLOWED, __version__


def _blas() -> str:
    """The library that multiplies NumPy's matrices, and its version."""
    built: Any = np.show_config(mode="dicts")
    found = built.get("Build Dependencies", {}).get("blas", {})
    return f"{found.get('name', 'unknown')} {found.get('version', '')}".rstrip()


def show() -> str:
    """What computes, in the form of torch's text.

    >>> import gradiente as torch
    >>> torch.__config__.show().splitlines()[0]
    'gradiente built with:'
    >>> "USE_CUDA=0" in torch.__config__.show()
    True
    """
    return "\n".join(
        (
            "gradiente built with:",
            f"  - Python {platform.python_version()}",
            f"  - NumPy {np.__version__}",
            f"  - BLAS and LAPACK of NumPy: {_blas()}",
            f"  - Build settings: GRADIENTE_VERSION={__version__}, TORCH_VERSION={FOLLOWED}, "
            "USE_CUDA=0, USE_CUDNN=OFF, USE_MKL=OFF, USE_MKLDNN=OFF, USE_MPI=OFF, USE_NCCL=OFF, USE_OPENMP=OFF, "
            "USE_ROCM=OFF, USE_XPU=OFF",
            "",
        )
    )


_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def parallel_info() -> str:
    """How many threads compute, and what says so."""
    from ._settings import get_num_interop_threads, get_num_threads

    return "\n".join(
        (
            "gradiente:",
            f"\ttorch.get_num_threads() : {get_num_threads()}, in products of matrices",
            f"\ttorch.get_num_interop_threads() : {get_num_interop_threads()}",
            f"os.cpu_count() : {os.cpu_count()}",
            "Environment variables:",
            *(f"\t{name} : {os.environ.get(name, '[not set]')}" for name in _VARIABLES),
            "",
        )
    )


__all__ = ["parallel_info", "show"]
