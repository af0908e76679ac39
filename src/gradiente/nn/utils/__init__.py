"""torch.nn.utils: gradients bounded, parameters as a vector, sequences of several lengths, weights computed or pruned.

`clip_grad`, `convert_parameters`, `rnn` are what most programs use. `parametrize` computes tensors of modules from
others (`parametrization_list`: what it keeps of each), `parametrizations` are ready ones (`orthogonal`: one of them);
`weight_norm`, `spectral_norm`: their older forms, as hooks (`_norms`: what both share). `prune` sets weights to zero,
`fusion` puts batch normalisation into the layer before it, `init` makes modules without first values, `memory_format`
orders weights in memory, `stateless` calls modules with others. `_LATER` lists what is loaded when it is first asked
for; the functions that are called as their modules (`weight_norm`, `spectral_norm`) are there from the start, or an
import of the module would hide them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import rnn as rnn
from .clip_grad import *
from .convert_parameters import *
from .spectral_norm import remove_spectral_norm as remove_spectral_norm
from .spectral_norm import spectral_norm as spectral_norm
from .weight_norm import remove_weight_norm as remove_weight_norm
from .weight_norm import weight_norm as weight_norm

if _TYPE_CHECKING:
    from . import fusion as fusion
    from . import init as init
    from . import memory_format as memory_format
    from . import parametrizations as parametrizations
    from . import parametrize as parametrize
    from . import prune as prune
    from . import stateless as stateless
    from .fusion import fuse_conv_bn_eval as fuse_conv_bn_eval
    from .fusion import fuse_conv_bn_weights as fuse_conv_bn_weights
    from .fusion import fuse_linear_bn_eval as fuse_linear_bn_eval
    from .fusion import fuse_linear_bn_weights as fuse_linear_bn_weights
    from .init import skip_init as skip_init
    from .memory_format import convert_conv2d_weight_memory_format as convert_conv2d_weight_memory_format
    from .memory_format import convert_conv3d_weight_memory_format as convert_conv3d_weight_memory_format

_LATER = {
    **dict.fromkeys(("fusion", "init", "memory_format", "parametrizations", "parametrize", "prune", "stateless"), ""),
    **dict.fromkeys(
        ("fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"), "fusion"
    ),
    "skip_init": "init",
    **dict.fromkeys(("convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"), "memory_format"),
}
"""What is loaded when it is first asked for: modules, and names with the module that has them."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    from ..._missing import missing_attribute, public_names

    home = _LATER.get(name)
    if home is not None:
        return getattr(import_module(f"{__name__}.{home}"), name) if home else import_module(f"{__name__}.{name}")
    raise missing_attribute(__name__, name, public_names(__name__, _LATER))
