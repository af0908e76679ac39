"""What models with masks made by `vmap` import: a mode that lets `x[i]` be mapped over i, which it is anyhow."""

from __future__ import annotations

from ..overrides import TorchFunctionMode


class TransformGetItemToIndex(TorchFunctionMode):
    """A block in which `x[i]` may be mapped over i by `vmap`: here it may everywhere, so nothing changes.

    >>> import gradiente as torch
    >>> from gradiente._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex
    >>> x = torch.tensor([3.0, 5.0, 7.0])
    >>> with TransformGetItemToIndex():
    ...     torch.vmap(lambda i: x[i])(torch.tensor([2, 0]))
    tensor([7., 3.])
    """

    def __enter__(self) -> TransformGetItemToIndex:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


__all__ = ["TransformGetItemToIndex"]
