"""torch.cuda.streams: streams, events and graphs of CUDA, of which there are none: for annotations and `isinstance`."""

from __future__ import annotations

from typing import Any

_IN_ORDER = "(gradiente computes on the CPU, in order: ask torch.cuda.is_available() first)"


class _Absent:
    """A class whose instances need CUDA."""

    _why = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"{self._why} {_IN_ORDER}")


class Stream(_Absent):
    """A queue of work for a CUDA device. RuntimeError: there is none."""

    _why = "torch.cuda.Stream requires CUDA support"


class ExternalStream(Stream):
    """A stream that another library made. RuntimeError: there is none."""


class Event(_Absent):
    """A moment in a stream. RuntimeError: there is none; time with time.perf_counter."""

    _why = "Tried to instantiate dummy base class Event"


class CUDAGraph(_Absent):
    """Work for a CUDA device, recorded to be repeated. RuntimeError: there is none."""

    _why = "Tried to instantiate dummy base class CUDAGraph"


class graph(_Absent):
    """A block whose work for a CUDA device is recorded in a `CUDAGraph`. RuntimeError: there is none."""

    _why = "torch.cuda.graph requires CUDA support"


class StreamContext:
    """A block whose work goes to a stream; None stands for the one in use.

    >>> import gradiente as torch
    >>> with torch.cuda.stream(None):
    ...     torch.ones(2)
    tensor([1., 1.])
    """

    def __init__(self, stream: Stream | None) -> None:
        self.stream: Stream | None = stream

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        pass


def stream(stream: Stream | None) -> StreamContext:
    """A `StreamContext`."""
    return StreamContext(stream)


__all__ = ["CUDAGraph", "Event", "ExternalStream", "Stream", "StreamContext", "graph", "stream"]
