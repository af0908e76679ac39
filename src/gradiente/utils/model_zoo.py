"""torch.utils.model_zoo: the older name of what `torch.hub` has."""

from .._missing import Getter, missing_in
from ..hub import load_state_dict_from_url as load_url

__getattr__: Getter = missing_in(__name__)

__all__ = ["load_url"]
