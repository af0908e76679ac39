"""The modules of torch.nn.

`module`: what all derive from. `container`: sequences, lists, dictionaries. Layers: `linear`, `conv`, `pooling`,
`padding`, `activation`, `batchnorm`, `normalization`, `dropout`, `sparse` (embeddings), `rearranging`,
`rnn` and `rnn_cells`, `attention`, `transformer_layers` and `transformer`. `loss`: losses; `linear_cross_entropy`: that
of a last layer, and its options; `distance`.
"""

from ._calls import register_module_forward_hook as register_module_forward_hook
from ._calls import register_module_forward_pre_hook as register_module_forward_pre_hook
from ._calls import register_module_full_backward_hook as register_module_full_backward_hook
from ._calls import register_module_full_backward_pre_hook as register_module_full_backward_pre_hook
from .activation import *
from .attention import *
from .batchnorm import *
from .container import *
from .conv import *
from .distance import *
from .dropout import *
from .linear import *
from .linear_cross_entropy import *
from .linear_cross_entropy_options import *
from .loss import *
from .module import *
from .normalization import *
from .padding import *
from .parameter_container import *
from .pooling import *
from .rearranging import *
from .rnn import *
from .rnn_cells import *
from .sparse import *
from .transformer import *
from .transformer_layers import *
