"""The modules of torch.nn.

`module`: what all derive from. `container`: sequences, lists, dictionaries. `linear`: affine layers.
"""

from ._calls import register_module_forward_hook as register_module_forward_hook
from ._calls import register_module_forward_pre_hook as register_module_forward_pre_hook
from ._calls import register_module_full_backward_hook as register_module_full_backward_hook
from ._calls import register_module_full_backward_pre_hook as register_module_full_backward_pre_hook
from .container import *
from .linear import *
from .module import *
