"""The stream of words: NumPy's Mersenne Twister, read ahead in blocks, and uniform numbers made of its words.

Note [Words read ahead]. Asking NumPy for a few words costs as much as asking for hundreds. Small draws therefore read
from a block of words that was taken from the twister at once; `_before` is where the twister stood then. Large draws,
states and rewinding want the twister where the stream is: `_settle` puts it there and drops the block. What was
computed from the words of a block (uniform numbers, normal ones) is kept with it until it is used up. NumPy's `state`
takes 30 microseconds to read and more to set, so the twister's memory is copied instead, where it looks as in NumPy 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

WORDS = 624
SMALL = 512  # draws of fewer words read ahead
LOW24, THIRTY_TWO = np.uint32(2**24 - 1), np.uint64(32)
NOTHING: NDArray[np.uint32] = np.empty(0, np.uint32)


_FEW = 4
_spare: list[tuple[Any, Any, NDArray[np.uint32] | None]] = []
"""The twisters of generators that are gone: to make one takes 0.2 ms, and a `DataLoader` has a new one each epoch."""


class Words:
    """The 32-bit words of the twister that was seeded with `_seed`. Whoever calls a method holds the lock."""

    __slots__ = ("_at", "_before", "_block", "_floats", "_kept", "_live", "_mt", "_raw", "_rs", "_seed")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        # numpy.random takes milliseconds to import: the twister is made at the first use.
        self._mt: Any = None
        self._rs: Any = None
        self._raw: Callable[[int], NDArray[np.uint64]] = self._first_raw
        self._live: NDArray[np.uint32] | None = None
        self._drop()

    def _reseed(self, seed: int) -> None:
        self._seed = seed
        self._drop()
        if self._mt is not None:
            self._rs.seed(seed & 0xFFFFFFFF)

    def _start(self) -> None:
        if self._mt is None:
            try:
                mt, self._rs, self._live = _spare.pop()
            except IndexError:
                mt = np.random.MT19937(0)
                self._rs, self._live = np.random.RandomState(mt), _memory_of(mt)
            self._rs.seed(self._seed & 0xFFFFFFFF)
            self._mt, self._raw = mt, mt.random_raw

    def __del__(self) -> None:
        if getattr(self, "_mt", None) is not None and len(_spare) < _FEW:  # none if the constructor raised
            _spare.append((self._mt, self._rs, self._live))

    def _first_raw(self, n: int) -> NDArray[np.uint64]:
        self._start()
        return self._raw(n)

    def _drop(self) -> None:
        """Forget the block of words; the stream goes on where the twister stands."""
        self._block: NDArray[np.uint32] = NOTHING
        self._at = 0
        self._before: Any = None
        self._floats: NDArray[np.float32] | None = None
        self._kept: Any = None

    def _settle(self) -> None:
        """Put the twister where the stream is; see Note [Words read ahead]."""
        self._start()
        if self._before is not None:
            if self._at < self._block.size:
                self._go(self._before)
                self._raw(self._at)
            self._drop()

    def reserve(self, n: int) -> int:
        """Take the next `n` words, at most 624, of the block: where they begin."""
        at = self._at
        if at + n > self._block.size:
            self._settle()
            self._drop()
            self._before = self._where()
            self._block = self._raw(WORDS).astype(np.uint32)
            at = 0
        self._at = at + n
        return at

    def kept(self, make: Callable[[NDArray[np.float32]], Any]) -> Any:
        """What `make` computes from the uniform numbers of the whole block, once for each block."""
        if self._kept is None:
            self._kept = make(self._uniforms())
        return self._kept

    def _uniforms(self) -> NDArray[np.float32]:
        """The numbers k / 2**24 of all words of the block."""
        if self._floats is None:
            self._floats = _unit32(self._block & LOW24)
        return self._floats

    def position(self) -> Any:
        """Where the stream stands, for `rewind`."""
        self._settle()
        return self._where()

    def rewind(self, position: Any, used: int) -> None:
        """Go back to `position` and past the `used` 32-bit words behind it."""
        self._drop()
        self._go(position)
        self._raw(used)

    def _where(self) -> Any:
        """The state of the twister, for `_go`."""
        return self._mt.state if self._live is None else self._live.copy()

    def _go(self, state: Any) -> None:
        """Put the twister back."""
        if self._live is None:
            self._mt.state = state
        else:
            self._live[:] = state

    def words32(self, n: int) -> NDArray[np.uint32]:
        """The next `n` 32-bit words."""
        if n < SMALL:
            at = self.reserve(n)
            return self._block[at : at + n].copy()
        self._settle()
        return self._rs.randint(0, 2**32, n, dtype=np.uint32)

    def words64(self, n: int) -> NDArray[np.uint64]:
        """The next `n` 64-bit words, each of two 32-bit words, the high one first."""
        if 2 * n < SMALL:
            at = self.reserve(2 * n)
            pairs = self._block[at : at + 2 * n].astype(np.uint64)
            return (pairs[::2] << THIRTY_TWO) | pairs[1::2]
        self._settle()
        return self._rs.randint(0, 2**64, n, dtype=np.uint64)

    def doubles(self, n: int) -> NDArray[np.float64]:
        """The next `n` numbers k / 2**53 in [0, 1)."""
        words = self.words64(n)
        words &= np.uint64(2**53 - 1)
        out = words.view(np.int64).astype(np.float64)
        out *= 2.0**-53
        return out

    def floats(self, n: int) -> NDArray[np.float32]:
        """The next `n` numbers k / 2**24 in [0, 1)."""
        if n < SMALL:
            at = self.reserve(n)
            return self._uniforms()[at : at + n].copy()
        words = self.words32(n)
        words &= LOW24
        return _unit32(words)


def _memory_of(mt: Any) -> NDArray[np.uint32] | None:
    """The words and the position of NumPy's twister, where they lie; None if they do not look as expected there."""
    import ctypes

    there: Any = (ctypes.c_uint32 * (WORDS + 1)).from_address(mt.ctypes.state_address)
    memory = np.frombuffer(there, np.uint32)
    state = mt.state["state"]
    return memory if memory[WORDS] == state["pos"] and (memory[:WORDS] == state["key"]).all() else None


def _unit32(words: NDArray[np.uint32]) -> NDArray[np.float32]:
    """The numbers k / 2**24 of words k below 2**24."""
    # As int32, because the conversion from uint32 is slow without AVX-512.
    out = words.view(np.int32).astype(np.float32)
    out *= np.float32(2.0**-24)
    return out


class DoubleReader:
    """Doubles one by one, for rejection samplers: reads ahead in blocks and gives back the words not used.

    The caller holds the lock, and calls `close` in a ``finally``.
    """

    __slots__ = ("_before", "_block", "_generator", "_used")
    BLOCK = 624

    def __init__(self, generator: Words) -> None:
        self._generator = generator
        self._block: list[float] = []
        self._used = 0
        self._before: Any = None

    def __call__(self) -> float:
        """The next double."""
        used = self._used
        if used == len(self._block):
            self._before = self._generator.position()
            self._block = self._generator.doubles(self.BLOCK).tolist()
            used = 0
        self._used = used + 1
        return self._block[used]

    def close(self) -> None:
        """Put the generator right behind the last double that was read."""
        if self._used < len(self._block):
            self._generator.rewind(self._before, 2 * self._used)
        self._block, self._used = [], 0
