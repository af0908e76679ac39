"""Where the functions are that torch._C has: by the part of torch._C, what finds them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from .._missing import PACKAGE, missing_attribute


def _finder(part: str, home: str, prefix: str, other: dict[str, str]) -> Callable[[str], Any]:
    def find(name: str) -> Any:
        found = getattr(import_module(home), other.get(name, name.removeprefix(prefix)), None)
        if found is None or name.startswith("__"):
            raise missing_attribute(f"{PACKAGE}._C{part}", name, [])
        return found

    return find


homes: dict[str, Callable[[str], Any]] = {
    "": _finder("", PACKAGE, "", {}),
    "_nn": _finder("._nn", f"{PACKAGE}.nn.functional", "", {"log_sigmoid": "logsigmoid"}),
    "_linalg": _finder("._linalg", f"{PACKAGE}.linalg", "linalg_", {}),
    "_fft": _finder("._fft", f"{PACKAGE}.fft", "fft_", {}),
    "_special": _finder("._special", f"{PACKAGE}.special", "special_", {}),
}
