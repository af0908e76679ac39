"""torch.distributed.rpc: calls between connected processes, of which there are none. It is imported before asking."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    from .._missing import missing_attribute

    raise missing_attribute(__name__, name, ())
