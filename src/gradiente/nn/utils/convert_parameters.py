"""Parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable

from ...ops.joining import cat
from ...tensor.core import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, one after the other, in a vector.

    >>> import gradiente as torch
    >>> torch.nn.utils.parameters_to_vector([torch.ones(2), torch.zeros(1, 1)])
    tensor([1., 1., 0.])
    """
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give the parameters the values in a vector: the inverse of `parameters_to_vector`."""
    if not isinstance(vec, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"expected torch.Tensor, but got: {type(vec)}")
    place = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.data = vec[place : place + count].view_as(parameter).data
        place += count


__all__ = ["parameters_to_vector", "vector_to_parameters"]
