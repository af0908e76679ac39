"""Computing the same again: the random numbers, and the types that `torch.autocast` chooses."""

from __future__ import annotations

from typing import Any

from ..ops.generators import get_rng_state, set_rng_state
from ..tensor.overriding import WithCasts, state


class Replay:
    """Remembers what casts arguments, and with `wanted` the state of the default generator.

    In a `with` block, both are in force again.
    """

    def __init__(self, wanted: bool) -> None:
        self._state: Any = get_rng_state() if wanted else None
        self._outside: list[Any] = []
        self._casts = WithCasts(state().casting)

    def __enter__(self) -> None:
        """Go back to the state."""
        self._casts.__enter__()
        if self._state is not None:
            self._outside.append(get_rng_state())
            set_rng_state(self._state)

    def __exit__(self, *exc_info: object) -> None:
        """Go on where the block interrupted."""
        self._casts.__exit__(None, None, None)
        if self._state is not None:
            set_rng_state(self._outside.pop())


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The numbers of the devices of the tensors in `args`, beside the CPU, and their generators' states: none.

    >>> import gradiente as torch
    >>> torch.utils.checkpoint.get_device_states(torch.ones(1))
    ([], [])
    """
    return [], []


def set_device_states(devices: list[int], states: list[Any], *, device_type: str | None = None) -> None:
    """Set the states that `get_device_states` returned.

    Raises RuntimeError for devices, because there is the CPU only.
    """
    if devices or states:
        raise RuntimeError(f"there are no devices but the CPU, so {devices} have no generators whose states can be set")


__all__ = ["Replay", "get_device_states", "set_device_states"]
