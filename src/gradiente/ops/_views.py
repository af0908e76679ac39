"""How the functions that return views are made: one callable per primitive and name of torch's node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dispatch import bind
from ..tensor.views import make_view


def viewing(name: str, node: str | None = None) -> Callable[..., Tensor]:
    """The function that applies the primitive `name`, whose result shares memory with its operand."""
    call = bind(table[name], node)

    def view(x: Tensor, **static: Any) -> Tensor:
        return make_view(call, x, **static)

    view.call = call  # pyright: ignore[reportFunctionMemberAccess]
    view.recorder = call.recorder  # pyright: ignore[reportFunctionMemberAccess]
    return view
