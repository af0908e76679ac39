"""Shape and order: views, permutations, joining, splitting."""

from __future__ import annotations

from typing import Any

from ..tensor.core import Tensor
from ..tensor.views import make_view
from ._arguments import need_tensor
from ._define import primitive

_t = primitive("permute_dims", "TBackward0")


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors and 0-d tensors as they are. The result is a view.

    >>> import gradiente as torch
    >>> torch.t(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    ndim = need_tensor(input, "t")._array.ndim
    if ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D")
    return make_view(_t, input, axes=(1, 0) if ndim == 2 else tuple(range(ndim)))


METHODS: dict[str, Any] = {"t": t}
__all__ = ["t"]
