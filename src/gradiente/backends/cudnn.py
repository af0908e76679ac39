"""torch.backends.cudnn: not there. The flags can be set and have no effect."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator

from .._missing import Getter, missing_in

enabled: bool = True
benchmark: bool = False
deterministic: bool = False
allow_tf32: bool = True


def is_available() -> bool:
    """Whether cuDNN is there: False.

    >>> import gradiente as torch
    >>> torch.backends.cudnn.is_available()
    False
    """
    return False


def version() -> int | None:
    """The version of cuDNN: None."""
    return None


@contextlib.contextmanager
def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
    fp32_precision: str = "none",
) -> Iterator[None]:
    """A context manager: the flags are these in it. They have no effect.

    >>> import gradiente as torch
    >>> with torch.backends.cudnn.flags(enabled=False, deterministic=True):
    ...     print(torch.backends.cudnn.enabled, torch.backends.cudnn.deterministic)
    False True
    >>> torch.backends.cudnn.enabled
    True
    """
    names = ("enabled", "benchmark", "deterministic", "allow_tf32")
    module = sys.modules[__name__]
    before = [getattr(module, name) for name in names]

    def change(values: Iterable[bool]) -> None:
        for name, value in zip(names, values, strict=True):
            setattr(module, name, value)

    change((enabled, benchmark, deterministic, allow_tf32))
    try:
        yield
    finally:
        change(before)


__getattr__: Getter = missing_in(__name__)
