"""Channels in another order."""

from __future__ import annotations

from .. import functional as F
from ._configured import Configured


class ChannelShuffle(Configured):
    """Channels of groups, mixed."""

    groups: int

    _function = staticmethod(F.channel_shuffle)
    _options = ("groups",)

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups


__all__ = ["ChannelShuffle"]
