"""torch.autograd: gradients of what was recorded."""

from .backward import backward as backward
from .backward import grad as grad
