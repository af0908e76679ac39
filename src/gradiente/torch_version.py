"""torch.torch_version: the version of PyTorch that programs are told of, which compares by its numbers."""

from __future__ import annotations

import re
from itertools import dropwhile
from typing import Any

from ._version import FOLLOWED

_FORM = re.compile(r"v?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|rc|dev|post)[-_.]?(\d*))?(?:\.(dev)(\d+))?(?:\+([\w.-]+))?$")
_RANKS = {"dev": -4, "a": -3, "b": -2, "rc": -1, None: 0, "post": 1}


class TorchVersion(str):
    """A version, a string that compares by the numbers in it with strings and with tuples of numbers.

    Text that is no version is compared as text.

    >>> from gradiente.torch_version import TorchVersion
    >>> TorchVersion("2.13.0") > "2.8", TorchVersion("2.13.0") >= (2, 13), "2.13.0" > "2.8"
    (True, True, False)
    """

    __slots__ = ()

    def _pair(self, other: Any) -> tuple[Any, Any] | None:
        """Both sides as what can be compared, or None."""
        if isinstance(other, (tuple, list)):
            other = ".".join(str(part) for part in other)
        elif not isinstance(other, str) and not hasattr(other, "public"):
            return None
        ours, theirs = _key(str(self)), _key(str(other))
        return (ours, theirs) if ours and theirs else (str(self), str(other))

    def __eq__(self, other: object) -> bool:
        pair = self._pair(other)
        return NotImplemented if pair is None else pair[0] == pair[1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        pair = self._pair(other)
        return NotImplemented if pair is None else pair[0] < pair[1]

    def __le__(self, other: Any) -> bool:
        pair = self._pair(other)
        return NotImplemented if pair is None else pair[0] <= pair[1]

    def __gt__(self, other: Any) -> bool:
        pair = self._pair(other)
        return NotImplemented if pair is None else pair[0] > pair[1]

    def __ge__(self, other: Any) -> bool:
        pair = self._pair(other)
        return NotImplemented if pair is None else pair[0] >= pair[1]

    __hash__ = str.__hash__


def _key(text: str) -> tuple[Any, ...] | None:
    """The order of versions: the numbers, before and after the release, the local part. None: no version."""
    found = _FORM.match(text)
    if found is None:
        return None
    numbers, phase, count, dev, dev_count, local = found.groups()
    release = tuple(dropwhile(lambda n: n == 0, [int(n) for n in reversed(numbers.split("."))]))[::-1]
    parts = tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"[.\-_]", local or ""))
    return release, _RANKS[phase], int(count or 0), not dev, int(dev_count or 0), parts if local else ()


__version__ = TorchVersion(FOLLOWED)
"""The version of PyTorch that is followed, whether `torch` is redirected or gradiente is imported by its own name."""

__all__ = ["TorchVersion"]
