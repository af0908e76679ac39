"""Spreading arguments over several GPUs and collecting results, where there are none: tensors are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...tensor.core import Tensor


def scatter(inputs: Any, target_gpus: Sequence[Any], dim: int = 0) -> Any:
    """The parts of tensors, and the same other objects, for each GPU.

    Args:
        inputs: tensors, lists, tuples and dictionaries of them, other objects.
        target_gpus: one for each part.
        dim: the dimension of tensors that is cut.

    Raises:
        AssertionError: there is a tensor: no GPU takes its parts.
    """

    def refuse(x: Tensor) -> list[Any]:
        raise AssertionError(
            "Torch not compiled with CUDA enabled (scatter() was given a tensor; gradiente computes on the CPU: call "
            "the module itself)"
        )

    return _mapped(inputs, refuse, len(target_gpus))


def scatter_kwargs(
    inputs: tuple[Any, ...], kwargs: dict[str, Any] | None, target_gpus: Sequence[Any], dim: int = 0
) -> tuple[tuple[Any, ...], tuple[dict[str, Any], ...]]:
    """`scatter` for positional and keyword arguments: a tuple and a dictionary for each GPU."""
    parts = scatter(inputs, target_gpus, dim) if inputs else []
    named = scatter(kwargs, target_gpus, dim) if kwargs else []
    count = max(len(parts), len(named))
    parts = [*parts, *[()] * (count - len(parts))]
    named = [*named, *({} for _ in range(count - len(named)))]
    return tuple(parts), tuple(named)


def gather(outputs: Any, target_device: Any, dim: int = 0) -> Any:
    """The results of several GPUs, joined.

    Raises:
        AssertionError: the results are tensors, which are on the CPU.
    """
    first = outputs[0]
    if isinstance(first, Tensor):
        raise AssertionError(
            "Gather function not implemented for CPU tensors (gradiente computes on the CPU: join them with torch.cat)"
        )
    if first is None:
        return None
    if isinstance(first, dict):
        return type(first)((key, gather([out[key] for out in outputs], target_device, dim)) for key in first)  # pyright: ignore
    return type(first)(gather(each, target_device, dim) for each in zip(*outputs, strict=True))


def _mapped(value: Any, cut: Callable[[Tensor], list[Any]], count: int) -> list[Any]:
    """The parts of a nest of tensors for each of `count` places."""
    if isinstance(value, Tensor):
        return cut(value)
    if isinstance(value, tuple) and value:
        parts = zip(*(_mapped(each, cut, count) for each in value), strict=True)
        return [type(value)(*part) if hasattr(value, "_fields") else tuple(part) for part in parts]  # pyright: ignore
    if isinstance(value, list) and value:
        return [list(part) for part in zip(*(_mapped(each, cut, count) for each in value), strict=True)]
    if isinstance(value, dict) and value:
        return [type(value)(part) for part in zip(*(_mapped(pair, cut, count) for pair in value.items()), strict=True)]
    return [value for _ in range(count)]


__all__ = ["gather", "scatter", "scatter_kwargs"]
