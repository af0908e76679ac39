"""torch.backends: libraries that torch may compute with. gradiente computes with NumPy; the flags have no effect."""

from __future__ import annotations

from . import cuda as cuda
from . import cudnn as cudnn
from . import mkl as mkl
from . import mkldnn as mkldnn
from . import mps as mps
from . import openmp as openmp
from . import opt_einsum as opt_einsum


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
