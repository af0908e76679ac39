"""torch.utils: what stands beside autograd.

`checkpoint`: computing again in the backward pass instead of keeping. `hooks`: handles of hooks. `_pytree`: nested
containers as trees of tensors.
"""

from . import checkpoint as checkpoint
from . import hooks as hooks
