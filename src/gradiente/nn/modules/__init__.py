"""The modules of torch.nn.

`module`: what all derive from. `container`: sequences, lists, dictionaries. Layers: `linear`, `conv`, `pooling`,
`padding`, `activation`, `batchnorm`, `instancenorm`, `normalization`, `dropout`, `sparse` (embeddings), `flatten`,
`fold`, `pixelshuffle`, `channelshuffle`, `upsampling`, `rnn` and `rnn_cells`, `attention`, `transformer_layers` and
`transformer`. `loss`: losses, those of
`margin_loss` among them; `linear_cross_entropy`: that of a last layer, and its options; `distance`. `lazy`: what
layers have that take sizes from their first input, such as those in `lazy_conv` and `lazy_norm`.
"""

from ._calls import register_module_backward_hook as register_module_backward_hook
from ._calls import register_module_forward_hook as register_module_forward_hook
from ._calls import register_module_forward_pre_hook as register_module_forward_pre_hook
from ._calls import register_module_full_backward_hook as register_module_full_backward_hook
from ._calls import register_module_full_backward_pre_hook as register_module_full_backward_pre_hook
from ._registry import register_module_buffer_registration_hook as register_module_buffer_registration_hook
from ._registry import register_module_module_registration_hook as register_module_module_registration_hook
from ._registry import register_module_parameter_registration_hook as register_module_parameter_registration_hook
from .activation import *
from .adaptive import *
from .attention import *
from .batchnorm import *
from .channelshuffle import *
from .container import *
from .conv import *
from .distance import *
from .dropout import *
from .flatten import *
from .fold import *
from .instancenorm import *
from .lazy_conv import *
from .lazy_norm import *
from .linear import *
from .linear_cross_entropy import *
from .linear_cross_entropy_options import *
from .loss import *
from .margin_loss import *
from .module import *
from .normalization import *
from .padding import *
from .parameter_container import *
from .pixelshuffle import *
from .pooling import *
from .rnn import *
from .rnn_cells import *
from .sparse import *
from .transformer import *
from .transformer_layers import *
from .upsampling import *


def __getattr__(name: str) -> object:
    from importlib import import_module

    from ..._missing import missing_attribute, public_names

    if name == "utils":  # later, or `from .modules import *` would bring it into `torch.nn`, which has another
        return import_module(f"{__name__}.utils")
    raise missing_attribute(__name__, name, [*public_names(__name__), "utils"])
