"""torch.utils: what stands beside autograd.

`checkpoint`: computing again in the backward pass instead of keeping.
"""

from . import checkpoint as checkpoint
