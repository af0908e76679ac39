"""torch.nn.attention: the ways in which `scaled_dot_product_attention` may compute. `bias`: causal masks by name.

Every way that torch has on the CPU computes the same here; to switch one off changes which operands are refused.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import Enum
from typing import Any

from ..functional.attention import allowed

WARN_FOR_UNFUSED_KERNELS = False


class SDPBackend(Enum):
    """A way to compute attention.

    >>> import gradiente as torch
    >>> torch.nn.attention.SDPBackend.MATH
    <SDPBackend.MATH: 0>
    """

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __int__(self) -> int:
        return self.value


_KERNELS = {
    SDPBackend.MATH: "math",
    SDPBackend.FLASH_ATTENTION: "flash",
    SDPBackend.EFFICIENT_ATTENTION: "mem_efficient",
    SDPBackend.CUDNN_ATTENTION: "cudnn",
    SDPBackend.OVERRIDEABLE: "overrideable",
}


@contextlib.contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[dict[str, Any]]:
    """Allow `scaled_dot_product_attention` only some ways to compute, in a `with` block or a decorated function.

    Args:
        backends: a `SDPBackend`, or several in a list. On the CPU there are `MATH` and `FLASH_ATTENTION`.
        set_priority: has no effect: the ways compute the same.

    Raises:
        AssertionError: `backends` is something else.

    Within the block, attention raises RuntimeError where none of the allowed ways is there for its operands.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.nn.attention import SDPBackend, sdpa_kernel
        >>> with sdpa_kernel(SDPBackend.MATH):
        ...     torch.nn.functional.scaled_dot_product_attention(*[torch.ones(1, 1, 2)] * 3)
        tensor([[[1., 1.]]])
    """
    if not isinstance(backends, (SDPBackend, list)):
        raise AssertionError(
            "Backend must be an instance of SDPBackend or a list of SDPBackend instances, got "
            f"{type(backends).__name__}"
        )
    wanted: list[Any] = [backends] if isinstance(backends, SDPBackend) else backends
    before = allowed.kernels
    allowed.kernels = frozenset(_KERNELS[each] for each in wanted if each in _KERNELS)
    try:
        yield {}
    finally:
        allowed.kernels = before


__all__ = ["WARN_FOR_UNFUSED_KERNELS", "SDPBackend", "sdpa_kernel"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    from ..._missing import missing_attribute, public_names

    if name == "bias":
        return import_module(f"{__name__}.bias")
    raise missing_attribute(__name__, name, [*public_names(__name__), "bias"])
