"""Generators of random numbers with tensors as states, and the functions of the default one: manual_seed, ….

The numbers themselves come from `gradiente.random`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .. import random as streams
from ..graph import current
from ..random import manual_seed, seed
from ..tensor.batching import need_randomness
from ..tensor.core import Tensor, wrap
from ..tensor.devices import CPU, need_cpu
from ..tensor.devices import device as Device


class Generator(streams.Generator):
    """A source of random numbers of its own, for the argument `generator` of the random functions.

    Args:
        device: "cpu".

    Raises:
        RuntimeError: for another device.

    Example:
        >>> import gradiente as torch
        >>> g = torch.Generator().manual_seed(0)
        >>> torch.rand(2, generator=g)
        tensor([0.4963, 0.7682])
    """

    __slots__ = ()

    def __init__(self, device: Any = "cpu") -> None:
        where = Device(device)
        if where.type == "meta":
            raise RuntimeError(
                "META device type not an accelerator. (gradiente computes on the CPU: pass device='cpu')"
            )
        if where.type != "cpu":
            raise RuntimeError(
                f"Cannot get {where.type.upper()} generator without ATen_{where.type} library. "
                "(gradiente computes on the CPU: pass device='cpu')"
            )
        super().__init__("cpu")
        self.device = CPU

    def get_state(self) -> Tensor:
        """The state, as a tensor of 5056 bytes in torch's form.

        Example:
            >>> import gradiente as torch
            >>> torch.Generator().get_state().shape
            torch.Size([5056])
        """
        return wrap(self.get_state_array())

    def set_state(self, new_state: Tensor) -> Generator:
        """Go on from a state that `get_state` returned.

        Args:
            new_state: a uint8 tensor of 5056 elements.

        Returns:
            This generator.

        Raises:
            TypeError: no uint8 tensor; RuntimeError: no state.

        Example:
            >>> import gradiente as torch
            >>> g = torch.Generator().manual_seed(0)
            >>> state = g.get_state()
            >>> a = torch.rand(1, generator=g)
            >>> b = torch.rand(1, generator=g.set_state(state))
            >>> bool(a == b)
            True
        """
        self.set_state_array(_bytes(new_state))
        return self


def _bytes(state: Any) -> Any:
    if not isinstance(state, Tensor):
        raise TypeError(f"expected a torch.ByteTensor, but got {type(state).__name__} (pass what get_state() gave)")
    return state._array


def _as_torch(generator: streams.Generator) -> Generator:
    """The default generator was made where tensors are not known: give it the class that knows them."""
    generator.__class__ = Generator
    generator.device = CPU
    return generator  # pyright: ignore[reportReturnType]


default_generator: Generator = _as_torch(streams.default_generator)
"""The generator that the random functions use where none is given."""


def initial_seed() -> int:
    """The seed that the default generator started from.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(7)
        >>> torch.initial_seed()
        7
    """
    return streams.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, as a tensor of 5056 bytes in torch's form.

    Example:
        >>> import gradiente as torch
        >>> torch.get_rng_state().dtype
        torch.uint8
    """
    return wrap(streams.default_generator.get_state_array())


def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator go on from a state that `get_rng_state` returned.

    Args:
        new_state: a uint8 tensor of 5056 elements; torch's own states will do.

    Raises:
        TypeError: no uint8 tensor; RuntimeError: no state.

    Example:
        >>> import gradiente as torch
        >>> state = torch.get_rng_state()
        >>> a = torch.rand(3)
        >>> torch.set_rng_state(state)
        >>> bool((torch.rand(3) == a).all())
        True
    """
    streams.default_generator.set_state_array(_bytes(new_state))


@contextmanager
def fork_rng(devices: Iterable[Any] | None = None, enabled: bool = True, device_type: str = "cuda") -> Iterator[None]:
    """A block after which the default generator goes on as if nothing had been drawn in it: torch.random.fork_rng.

    Args:
        devices: accelerators whose generators are to be kept, too; there are none.
        enabled: False: the block changes the generator as usual.
        device_type: what `devices` are numbers of.

    Raises:
        AssertionError, RuntimeError: devices were given.

    Example:
        >>> import gradiente as torch
        >>> with torch.random.fork_rng():
        ...     a = torch.rand(3)
        >>> bool((torch.rand(3) == a).all())
        True
    """
    for each in devices or ():
        need_cpu(Device(device_type, each) if isinstance(each, int) else Device(each), "fork_rng")
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


# torch has these in torch.random, too. They make tensors, which the layer of `gradiente.random` does not know of.
for _function in (fork_rng, get_rng_state, set_rng_state):
    setattr(streams, _function.__name__, _function)


def need_generator(generator: Any, function: str) -> streams.Generator | None:
    """The generator that was given, or None for the default one. Inside a vmap, random numbers have to be allowed."""
    if current().transforms:
        need_randomness()
    if generator is None or isinstance(generator, streams.Generator):
        return generator
    raise TypeError(
        f"{function}(): argument 'generator' must be torch.Generator, not {type(generator).__name__}"
        " (make one by torch.Generator().manual_seed(0))"
    )


METHODS: dict[str, Any] = {}
__all__ = [
    "Generator",
    "default_generator",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]
