"""What a call gives, so that two libraries can be compared: its printed result or its error, and its warnings."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

_ADDRESS = re.compile(r" at 0x\w+")


def outcome(call: Callable[[Any], Any], library: Any) -> tuple[str, str, list[tuple[str, str]]]:
    """The kind of result ("value" or the error's type), its text, and the warnings' types and texts."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            kind, text = "value", _ADDRESS.sub("", repr(call(library)))
        except Exception as error:
            kind, text = type(error).__name__, str(error)
    # torch adds where in its sources a warning was raised, and gives some of its warnings once per process
    heard = [(w.category.__name__, str(w.message).split(" (Triggered")[0]) for w in caught]
    return kind, text, heard


def torchs_words(text: str) -> str:
    """The first line of torch's error text, without its plea to improve it."""
    return text.split("\n")[0].split("  (Could this error message")[0].rstrip()


def assert_same(call: Callable[[Any], Any], torch: Any, gradiente: Any, warned: bool = True) -> None:
    """The call gives the same printed value, or an error of the same type whose text begins with torch's words."""
    kind, text, heard = outcome(call, torch)
    our_kind, our_text, our_heard = outcome(call, gradiente)
    assert our_kind == kind, f"{our_text!r} instead of {text!r}"
    if kind == "value":
        assert our_text == text
    else:
        assert our_text.startswith(torchs_words(text)), f"{our_text!r} does not begin with {torchs_words(text)!r}"
    if warned:
        assert [category for category, _ in our_heard] == [category for category, _ in heard]
        for (_, ours), (_, theirs) in zip(our_heard, heard, strict=True):
            assert ours[:100] == theirs[:100]
