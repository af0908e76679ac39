"""Generators: torch's 32-bit Mersenne Twister, its cached normal, and its state as bytes.

Note [One lock per Generator]. One draw is several steps on shared state: it takes words from the twister, it may take
or leave the second value of a Box-Muller pair, and rejection samplers give back words that they did not need. Two
threads that interleaved these steps would repeat or lose numbers. Every draw therefore holds the lock of its Generator
from the first step to the last; different Generators never wait for each other.

Note [State bytes]. `get_state_array` gives the 5056 bytes that torch gives on a little-endian 64-bit machine: the seed,
the words left before the next twist, a "seeded" flag, the position, 624 words in 8 bytes each, the cached float64
normal with its flag and two unused numbers, and the cached float32 normal with its flag. A seeded twister that has
produced nothing stands at position 0 with 1 word left; NumPy has one position for this and for "all 624 words used",
so `get_state_array` tells the two apart by comparing the words with those of the seed.
"""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .words import WORDS, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_SEED = 67280421310721

STATE: np.dtype[np.void] = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("words", "<u8", (WORDS,)),
        ("normal_x", "<f8"),
        ("normal_y", "<f8"),
        ("normal_rho", "<f8"),
        ("normal_valid", "<i8"),
        ("next_float", "<f4"),
        ("next_float_valid", "<i4"),
    ]
)


def _check_seed(seed: int) -> int:
    """Torch's seed rule: -2**63 <= seed < 2**64, a negative seed counting from 2**64."""
    if not -(2**63) <= seed < 2**64:
        raise ValueError(
            f"Overflow when unpacking long long. The seed must lie in [-2**63, 2**64), but got seed={seed}"
        )
    return seed % 2**64


class Generator(Words):
    """A source of torch's CPU random numbers: the Mersenne Twister MT19937 with torch's seeding and caches.

    Args:
        device: ``"cpu"`` (the default), or an object whose text is that.

    Raises:
        RuntimeError: for another device, for a seed that is no int, for a state of the wrong size or content.

    Source: Matsumoto and Nishimura, Mersenne Twister, ACM TOMACS 8 (1998).

    Example:
        >>> from gradiente.random import Generator, uniform
        >>> g = Generator().manual_seed(0)
        >>> uniform(g, (2,), "float32")
        array([0.4962566, 0.7682218], dtype=float32)
    """

    __slots__ = ("__weakref__", "_float_cache", "_lock", "device", "next_normal")

    device: Any
    """Where the numbers are made: ``"cpu"``."""

    def __init__(self, device: Any = "cpu") -> None:
        text = "cpu" if device is None else str(device)
        if text not in ("cpu", "cpu:0"):
            raise RuntimeError(f"Generator: device must be 'cpu', but got {text!r}. Pass device='cpu'")
        self.device = "cpu"
        self._lock = threading.Lock()
        super().__init__(DEFAULT_SEED)
        self.next_normal: float | None = None
        self._float_cache: tuple[float, int] = (0.0, 0)

    @property
    def lock(self) -> threading.Lock:
        """The lock that every draw holds; see Note [One lock per Generator]."""
        return self._lock

    # Seeds

    def manual_seed(self, seed: object) -> Generator:
        """Start the stream of `seed` (an int in [-2**63, 2**64)) and return the generator.

        Raises:
            RuntimeError: `seed` is no int.
            ValueError: `seed` is out of range.

        Example:
            >>> from gradiente.random import Generator
            >>> Generator().manual_seed(-1).initial_seed()
            18446744073709551615
        """
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            kind = type(seed).__name__
            raise RuntimeError(f"manual_seed expected a long, but got {kind}. Pass an int, for example int(seed)")
        value = _check_seed(int(cast("int", seed)))
        with self._lock:
            self._restart(value)
        return self

    def seed(self) -> int:
        """Start a stream from 64 bits of the operating system's entropy, and return that seed.

        Example:
            >>> from gradiente.random import Generator
            >>> g = Generator()
            >>> g.seed() == g.initial_seed()
            True
        """
        value = secrets.randbits(64)
        with self._lock:
            self._restart(value)
        return value

    def initial_seed(self) -> int:
        """The seed that the stream started from; 67280421310721 if none was set.

        Example:
            >>> from gradiente.random import Generator
            >>> Generator().initial_seed()
            67280421310721
        """
        return self._seed

    def _restart(self, seed: int) -> None:
        self.next_normal = None
        self._float_cache = (0.0, 0)
        self._reseed(seed)

    # States

    def get_state_array(self) -> NDArray[np.uint8]:
        """The state as torch's 5056 bytes (a uint8 array); see Note [State bytes].

        Example:
            >>> from gradiente.random import Generator
            >>> Generator().get_state_array().shape
            (5056,)
        """
        with self._lock:
            self._settle()
            inner = self._mt.state["state"]
            key, position = inner["key"], int(inner["pos"])
            record = np.zeros((), STATE)
            record["seed"], record["seeded"], record["words"] = self._seed, 1, key
            record["left"] = WORDS - position + 1
            fresh = position == WORDS and self._is_seeding_of(self._seed, key)
            record["next"] = 0 if fresh else position
            if self.next_normal is not None:
                record["normal_y"], record["normal_valid"] = self.next_normal, 1
            record["next_float"], record["next_float_valid"] = self._float_cache
        return np.frombuffer(record.tobytes(), np.uint8).copy()

    @staticmethod
    def _is_seeding_of(seed: int, key: NDArray[np.uint32]) -> bool:
        if int(key[0]) != seed & 0xFFFFFFFF:
            return False
        return bool((np.random.RandomState(seed & 0xFFFFFFFF).get_state(legacy=False)["state"]["key"] == key).all())

    def set_state_array(self, state: Any) -> None:
        """Take up a state from `get_state_array` or from torch's ``Generator.get_state().numpy()``.

        Raises:
            TypeError: `state` is no uint8 array.
            RuntimeError: its size or its content is no such state; the generator is left as it was.

        Example:
            >>> from gradiente.random import Generator, uniform
            >>> g = Generator().manual_seed(5)
            >>> before = g.get_state_array()
            >>> first = uniform(g, (3,), "float64")
            >>> g.set_state_array(before)
            >>> bool((uniform(g, (3,), "float64") == first).all())
            True
        """
        if not isinstance(state, np.ndarray):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(state).__module__}.{type(state).__name__}")
        given = cast("NDArray[Any]", state)
        if given.dtype != np.uint8:
            raise TypeError(f"RNG state must be a torch.ByteTensor, but its dtype is {given.dtype}")
        if not state.flags.c_contiguous:
            raise RuntimeError("RNG state must be contiguous. Pass state.contiguous()")
        if state.size != STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE.itemsize} "
                f"but found the input RNG state size to be {state.size}"
            )
        record = np.frombuffer(state.tobytes(), STATE)[0]
        left, position = int(record["left"]), int(record["next"])
        words = record["words"]
        consistent = 1 <= left <= WORDS and position in ((0, WORDS) if left == 1 else (WORDS - left + 1,))
        if not record["seeded"] or not consistent or (words >> 32).any():
            raise RuntimeError("Invalid mt19937 state. Pass what get_state() returned")
        with self._lock:
            self._start()
            self._drop()
            key = words.astype(np.uint32)
            position = WORDS if left == 1 else position
            self._mt.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": position}}
            self._seed = int(record["seed"])
            self.next_normal = float(record["normal_y"]) if record["normal_valid"] else None
            self._float_cache = (float(record["next_float"]), int(record["next_float_valid"]))

    def clone_state(self) -> Generator:
        """A new Generator with the same state; drawing from one does not move the other.

        Example:
            >>> from gradiente.random import Generator
            >>> Generator().manual_seed(3).clone_state().initial_seed()
            3
        """
        return _from_state(type(self), self.get_state_array())

    def __reduce__(self) -> tuple[Any, ...]:
        return _from_state, (type(self), self.get_state_array())


def _from_state(cls: type[Generator], state: NDArray[np.uint8]) -> Generator:
    out = cls()
    out.set_state_array(state)
    return out


default_generator: Generator = Generator()
"""The Generator that draws use when none is passed."""


def manual_seed(seed: int) -> Generator:
    """Start `default_generator`'s stream of ``int(seed)`` and return it.

    Raises:
        ValueError: `seed` is out of [-2**63, 2**64), or no text of an int.
        TypeError: `seed` is no number.

    Example:
        >>> from gradiente.random import manual_seed
        >>> manual_seed(7).initial_seed()
        7
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start `default_generator`'s stream from the operating system's entropy, and return the seed.

    Example:
        >>> import gradiente.random
        >>> gradiente.random.seed() == gradiente.random.initial_seed()
        True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of `default_generator`.

    Example:
        >>> import gradiente.random
        >>> _ = gradiente.random.manual_seed(7)
        >>> gradiente.random.initial_seed()
        7
    """
    return default_generator.initial_seed()
