"""torch._C._nn: see `gradiente._C`."""

from __future__ import annotations

from typing import Any

from ..nn.modules._conversion import wanted
from ..tensor.devices import device
from ._functions import homes


def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, Any, bool, Any]:
    """Device, dtype, `non_blocking` and memory format that arguments of `to` name: modules of packages ask for them."""
    where, dtype, waits, order = wanted(args, kwargs)
    return None if where is None else device(where), dtype, waits, order


def __getattr__(name: str) -> Any:
    return homes["_nn"](name)
