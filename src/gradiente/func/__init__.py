"""torch.func: transforms of functions.

`vmap`: one example's function for a batch. `derivatives`: grad, grad_and_value, vjp, jvp, linearize. `jacobians`:
jacrev, jacfwd, hessian. `modules`: functional_call and stack_module_state. `programs`: what prepares for transforms.
`_levels`: what is inside of a transform and what not.
"""

from .._missing import Getter, missing_in
from .derivatives import grad as grad
from .derivatives import grad_and_value as grad_and_value
from .derivatives import jvp as jvp
from .derivatives import linearize as linearize
from .derivatives import vjp as vjp
from .jacobians import hessian as hessian
from .jacobians import jacfwd as jacfwd
from .jacobians import jacrev as jacrev
from .modules import functional_call as functional_call
from .modules import stack_module_state as stack_module_state
from .programs import functionalize as functionalize
from .programs import replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_
from .vmap import vmap as vmap

__getattr__: Getter = missing_in(__name__)

__all__ = [
    "functional_call",
    "functionalize",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "vjp",
    "vmap",
]
