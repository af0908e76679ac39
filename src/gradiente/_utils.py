"""torch._utils: what torch's pickles name; see `gradiente.serialization`."""

from __future__ import annotations

import sys

from ._missing import PACKAGE
from .serialization.names import FUNCTIONS

torch = sys.modules[PACKAGE]
"""Pickles say of memory formats that they are `torch.contiguous_format` in this module."""

_rebuild_meta_tensor_no_storage = FUNCTIONS["torch._utils._rebuild_meta_tensor_no_storage"]
_rebuild_tensor_v2 = FUNCTIONS["torch._utils._rebuild_tensor_v2"]
_rebuild_tensor_v3 = FUNCTIONS["torch._utils._rebuild_tensor_v3"]
_rebuild_sparse_tensor = FUNCTIONS["torch._utils._rebuild_sparse_tensor"]
_rebuild_parameter = FUNCTIONS["torch._utils._rebuild_parameter"]
_rebuild_parameter_with_state = FUNCTIONS["torch._utils._rebuild_parameter_with_state"]

__all__ = ["torch"]
