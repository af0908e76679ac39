"""torch.autograd: gradients of what was recorded.

`backward`: the entry points. `grad_mode`: switching recording on and off. `function`: functions with a backward of
one's own. `forward_ad`: derivatives computed along with the values. `graph`: nodes, edges, what is saved. `anomaly`:
finding the operation that made a NaN. `profiler`: what takes how long; loaded when it is first asked for.
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from ..tensor.introspect import SavedTensor as SavedTensor
from . import anomaly as anomaly
from . import anomaly_mode as anomaly_mode
from . import forward_ad as forward_ad
from . import function as function
from . import functional as functional
from . import grad_mode as grad_mode
from . import graph as graph
from .anomaly import detect_anomaly as detect_anomaly
from .anomaly import set_detect_anomaly as set_detect_anomaly
from .backward import backward as backward
from .backward import grad as grad
from .function import Function as Function
from .function import NestedIOFunction as NestedIOFunction
from .grad_mode import enable_grad as enable_grad
from .grad_mode import enforce_grad_layout_policy as enforce_grad_layout_policy
from .grad_mode import inference_mode as inference_mode
from .grad_mode import is_multithreading_enabled as is_multithreading_enabled
from .grad_mode import no_grad as no_grad
from .grad_mode import set_grad_enabled as set_grad_enabled
from .grad_mode import set_multithreading_enabled as set_multithreading_enabled
from .gradcheck import GradcheckError as GradcheckError
from .gradcheck import gradcheck as gradcheck
from .gradcheck import gradgradcheck as gradgradcheck
from .variable import Variable as Variable

if _TYPE_CHECKING:
    from . import profiler as profiler
    from . import profiler_util as profiler_util
    from .profiler_util import DeviceType as DeviceType


def __getattr__(name: str) -> object:
    from importlib import import_module

    from .._missing import missing_attribute, public_names

    if name in ("profiler", "profiler_util"):
        return import_module(f"{__name__}.{name}")
    if name == "DeviceType":
        return import_module(f"{__name__}.profiler_util").DeviceType
    raise missing_attribute(__name__, name, public_names(__name__))
