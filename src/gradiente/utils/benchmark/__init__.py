"""torch.utils.benchmark: how long statements take, with what a single measurement leaves open.

`timing`: the `Timer`. `measurement`: what it returns. `comparing`: tables of many measurements.
"""

from ..._missing import Getter, missing_in
from .comparing import Colorize as Colorize
from .comparing import Compare as Compare
from .measurement import Measurement as Measurement
from .measurement import TaskSpec as TaskSpec
from .measurement import ordered_unique as ordered_unique
from .measurement import select_unit as select_unit
from .measurement import set_torch_threads as set_torch_threads
from .measurement import trim_sigfig as trim_sigfig
from .measurement import unit_to_english as unit_to_english
from .timing import Language as Language
from .timing import Timer as Timer
from .timing import timer as timer

__getattr__: Getter = missing_in(__name__)
