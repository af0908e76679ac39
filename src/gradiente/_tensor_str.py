"""torch._tensor_str: how tensors are printed, in the pieces that packages use for subclasses of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .tensor.core import Tensor
from .tensor.printing import format_elements, get_printoptions, with_suffixes
from .tensor.printing import printoptions as printoptions
from .tensor.printing import set_printoptions as set_printoptions


class _Options:
    """The settings of `set_printoptions`, as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return get_printoptions()[name]
        except KeyError:
            raise AttributeError(f"there is no print option {name!r}") from None


PRINT_OPTS: Any = _Options()


def _tensor_str(self: Tensor, indent: int) -> str:
    """The elements in brackets; lines after the first begin at column `indent`."""
    return format_elements(self.detach()._array, indent)


def _add_suffixes(tensor_str: str, suffixes: Sequence[str], indent: int, force_newline: bool) -> str:
    """A text such as `tensor([1.`, with further parts and the closing bracket."""
    if force_newline and suffixes:
        return f"{tensor_str},\n{' ' * indent}{', '.join(suffixes)})"
    return with_suffixes(tensor_str, suffixes, indent)


def _str(self: Tensor, *, tensor_contents: str | None = None) -> str:
    """What is printed of a tensor; `tensor_contents` in place of its elements."""
    text = Tensor.__repr__(self)
    if tensor_contents is None:
        return text
    return text.replace(format_elements(self.detach()._array, text.index("(") + 1), tensor_contents, 1)


_str_intern = _str

__all__ = ["PRINT_OPTS", "get_printoptions", "printoptions", "set_printoptions"]
