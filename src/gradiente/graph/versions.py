"""Versions: who changed a value in place, how often and when.

Note [Versions are moments]
---------------------------
Nodes and in-place changes draw from one sequence of moments. A value that a node saved is stale exactly when it was
changed at a later moment than the node's own: `version.stamp > node.seq`. So saving costs nothing beyond the reference:
no version number is stored with it, and a value that was never changed in place has no `Version` at all (`None`).
Views of one base share one `Version`, which also knows the living views, because their history follows the base's.
"""

from __future__ import annotations

import weakref
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from .places import Place
from .sharing import counter, guard

moment: Callable[[], int] = counter(1)
"""The next moment of the one sequence that orders nodes and in-place changes."""

_KEPT = 1024


class Version:
    """The history of in-place changes of a base and all its views."""

    __slots__ = ("_forgotten", "loose", "places", "stamp", "stamps", "views")

    def __init__(self) -> None:
        self.stamp: int = 0
        # Most versions are those of saved results, which nobody changes or views: they get lists when they need them.
        self.stamps: Any = ()
        self.places: Any = ()
        self._forgotten = 0
        self.loose: bool = False
        """Whether there are views that have to be looked at after every change, also after one that is not recorded."""
        self.views: Any = ()

    @property
    def count(self) -> int:
        """How many in-place changes there were."""
        with guard:
            return self._forgotten + len(self.stamps)

    def bump(self, place: Place | None = None) -> None:
        """Note one in-place change, made at `place`."""
        with guard:  # else two threads could leave the stamps out of order
            if len(self.stamps) >= _KEPT:  # a parameter sees one change a step, for ever: keep the recent ones
                self._forgotten += _KEPT // 2
                del self.stamps[: _KEPT // 2]
                del self.places[: _KEPT // 2]
            elif not self.stamps:
                self.stamps, self.places = [], []
            self.stamp = moment()
            self.stamps.append(self.stamp)
            self.places.append(place)

    def count_at(self, seq: int) -> int:
        """How many in-place changes there were at the moment `seq`."""
        with guard:
            return self._forgotten + bisect_right(self.stamps, seq)

    def place_after(self, seq: int) -> Place | None:
        """Where the first change after the moment `seq` was made, if that is remembered."""
        with guard:
            index = bisect_right(self.stamps, seq)
            return self.places[index] if index < len(self.places) else None

    def add_view(self, view: Any) -> None:
        """Remember a living view of the base (weakly)."""
        views = self.views or self._first_views()
        views.append(weakref.ref(view))
        size = len(views)
        if size & (size - 1) == 0 and size >= 16:  # at each power of two: forget the dead
            self._forget_the_dead(size)

    def add_views(self, made: Sequence[Any]) -> None:
        """Remember several living views at once."""
        views = self.views or self._first_views()
        before = len(views)
        views.extend([weakref.ref(view) for view in made])
        if before + len(made) >= 16 and before.bit_length() != (before + len(made)).bit_length():
            self._forget_the_dead(before + len(made))

    def _first_views(self) -> list[weakref.ref[Any]]:
        with guard:  # two threads make one list
            views = self.views = self.views or []
        return views

    def _forget_the_dead(self, size: int) -> None:
        views = self.views
        with guard:  # what other threads append meanwhile stands behind the part that is replaced
            head = views[:size]
            views[: len(head)] = [ref for ref in head if ref() is not None]

    def living_views(self) -> list[Any]:
        """The views that are still alive."""
        return [view for ref in self.views[:] if (view := ref()) is not None]


def version_of(x: Any) -> Version:
    """The history of `x` (its `_history`), made if there is none."""
    version = x._history
    if version is None:
        made = Version()
        with guard:
            version = x._history
            if version is None:
                version = x._history = made
    return version
