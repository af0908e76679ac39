"""Checkpoints by replacing what operations save.

Note [Promises]: during the first computation every saved tensor is replaced by an empty `_Promise`. When a backward
pass asks for one, the frame computes again, with hooks that fill the promises in the order in which they were made, one
filling per pass, since a graph may be run backward several times. The arguments of a checkpoint inside another are
saved through the outer one's hooks, so that the outer one does not keep them.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from ..autograd.grad_mode import enable_grad
from ..autograd.graph import saved_tensors_hooks
from ..autograd.tasks import current_task
from ..graph import change, counter, current, set_mode, user_place
from ..graph.places import describe
from ..tensor.core import Tensor
from ..tensor.leaves import tracked
from ..tensor.saved import stale_text
from .checkpoint_random import Replay
from .checkpoint_settings import Settings, alive, current_group


class CheckpointError(RuntimeError):
    """The second computation of a checkpoint was not like the first."""

    __module__ = "gradiente.utils.checkpoint"


class _Stop(Exception):
    """Ends the second computation of `frame`: everything needed is there."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame


_TIP = (
    "\nTip: To see a more detailed error message, either pass `debug=True` to\n"
    "`torch.utils.checkpoint.checkpoint(...)` or wrap the code block\n"
    "with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to\n"
    "enable checkpoint\u2011debug mode globally.\n"
)


class _Promise:
    """Stands for a saved tensor; `values` has the recomputed one of each pass that is under way."""

    __slots__ = ("__weakref__", "frame", "values")

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.values: dict[int, Tensor] = {}


class _Argument:
    """A tensor argument: itself, or what the hooks of an outer checkpoint or of the user made of it."""

    __slots__ = ("_history", "_packed", "_requires_grad", "_unpack")

    def __init__(self, tensor: Tensor) -> None:
        hooks = current().saved_hooks
        self._unpack: Callable[[Any], Tensor] | None = None
        self._packed: Any = tensor
        self._requires_grad = tensor.requires_grad
        self._history: Any = tensor._history, 0 if tensor._history is None else tensor._history.count
        if hooks:
            pack, self._unpack = hooks[-1]
            previous = change(grad=False)
            try:
                self._packed = pack(tensor)
            finally:
                set_mode(previous)
            self._history = None

    def tensor(self) -> Tensor:
        """The argument for the second computation."""
        if self._unpack is not None:
            return tracked(self._unpack(self._packed).detach(), self._requires_grad)
        version = self._packed._history
        if version is not None and version.count != self._history[1]:
            text = stale_text(self._packed._array, self._packed._node, version, self._history[1])
            raise RuntimeError(f"{text}\nIt is an argument of a checkpoint: clone it before it is changed.")
        return self._packed


def _about(x: Tensor) -> dict[str, Any]:
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device}


_fresh = counter(-1, -2)  # odd numbers: the even ones are those of groups


class Frame:
    """One call of `checkpoint`: its arguments, and the promises that it made. Only the promises keep it alive."""

    def __init__(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], settings: Settings, again: Any
    ) -> None:
        self._function = function
        self._args = [_Argument(x) if isinstance(x, Tensor) else x for x in args]
        self._kwargs = {k: _Argument(x) if isinstance(x, Tensor) else x for k, x in kwargs.items()}
        self._check = settings.determinism_check == "default"
        self._debug = settings.debugging()
        self._stop = settings.stops()
        self._again = again
        self._replay = Replay(settings.preserve)
        self._promises: list[weakref.ref[_Promise]] = []
        self._first: list[dict[str, Any]] = []
        self._places: list[Any] = []
        self._done: set[int] = set()
        self._lock = threading.RLock()

    def hooks(self) -> saved_tensors_hooks:
        """What the first computation runs in."""
        return saved_tensors_hooks(self._promise, _keep)

    def _promise(self, x: Tensor) -> _Promise:
        promise = _Promise(self)
        self._promises.append(weakref.ref(promise))
        self._first.append(_about(x))
        if self._debug:
            self._places.append(user_place())
        return promise

    def keep(self, promise: _Promise) -> Tensor:
        """The tensor that was promised."""
        task = current_task()
        group = current_group()
        number = group if group is not None else _fresh() if task is None else task.number
        with self._lock:  # threads may run backward over parts of one checkpoint at a time
            if number not in self._done:
                self._compute(number)
            value = promise.values.pop(number, None)
        if value is None:
            overlap = (
                " Performing two backward calls that overlap (i.e. require the same saved activation in order to "
                "compute gradients) is not allowed while under the torch.utils.checkpoint.GraphExecGroup context."
            )
            raise CheckpointError(
                "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once."
                f"{'' if group is None else overlap} If you are calling ctx.saved_tensors in backward, make sure to do "
                "so only once. Otherwise please open an issue with details on your use case."
            )
        return value

    def _compute(self, number: int) -> None:
        """Compute again, for the pass `number`."""
        for promise in filter(None, (ref() for ref in self._promises)):
            for old in [n for n in promise.values if not alive(n)]:
                del promise.values[old]
        self._done = {n for n in self._done if alive(n)}
        filler = _Filler(self, number)
        args = [a.tensor() if isinstance(a, _Argument) else a for a in self._args]
        kwargs = {k: a.tensor() if isinstance(a, _Argument) else a for k, a in self._kwargs.items()}
        try:
            with self._replay, self._again, filler.hooks(), enable_grad():
                self._function(*args, **kwargs)
        except _Stop as stop:
            if stop.frame is not self:
                raise
        filler.check()
        self._done.add(number)


def _keep(promise: _Promise) -> Tensor:
    return promise.frame.keep(promise)


class _Filler:
    """The second computation of a frame, which fills its promises."""

    def __init__(self, frame: Frame, number: int) -> None:
        self.frame = frame
        self.number = number
        self.found: list[dict[str, Any]] = []
        self.places: list[Any] = []

    def hooks(self) -> saved_tensors_hooks:
        """What to compute in."""
        return saved_tensors_hooks(self._fill, lambda x: x)

    def _fill(self, x: Tensor) -> Tensor:
        frame, i = self.frame, len(self.found)
        x = x.detach()
        if i >= len(frame._promises):
            raise CheckpointError(
                "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original "
                f"forward pass.\n{self._hint(frame._places, [*self.places, user_place()])}"
            )
        self.found.append(_about(x))
        if frame._debug:
            self.places.append(user_place())
        promise = frame._promises[i]()
        if promise is not None:
            promise.values[self.number] = x
        if frame._stop and i + 1 == len(frame._promises):
            raise _Stop(frame)
        return x

    def _hint(self, first: list[Any], again: list[Any]) -> str:
        if not self.frame._debug:
            return _TIP
        lines = ["Saved in the original forward:", *map(describe, first)]
        return "\n".join([*lines, "Saved in the recomputation:", *map(describe, again)])

    def check(self) -> None:
        """Raise CheckpointError if the two computations differ."""
        first, hint = self.frame._first, self._hint(self.frame._places, self.places)
        if len(first) != len(self.found):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(first)}\n"
                f"Number of tensors saved during recomputation: {len(self.found)}.\n{hint}"
            )
        if not self.frame._check:
            return
        different = [
            f"tensor at position {i}:\nsaved metadata: {a}\nrecomputed metadata: {b}"
            for i, (a, b) in enumerate(zip(first, self.found, strict=True))
            if a != b
        ]
        if different:
            text = "\n".join(different)
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than "
                f"during the forward pass.\n{text}.\n{hint}"
            )
