"""What the functions of torch do with sparse tensors, by the names of the functions.

A handler is a method of sparse tensors as well as what a function does that is given one; see `install`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

from ..tensor.core import Tensor
from ..tensor.overriding import DisableTorchFunctionSubclass, takes_over
from ..tensor.sparse import SparseTensor

F = TypeVar("F", bound=Callable[..., Any])

HANDLERS: dict[str, Callable[..., Any]] = {}
"""What a function does, by its name, that is given a sparse tensor in any place."""

AS_THEY_ARE = frozenset(
    {
        *(
            "backward",
            "dim",
            "element_size",
            "get_device",
            "is_complex",
            "is_floating_point",
            "is_inference",
            "is_conj",
        ),
        *("is_conj", "is_neg", "is_same_size", "is_signed", "ndimension", "nelement", "numel", "register_hook"),
        *(
            "requires_grad_",
            "register_post_accumulate_grad_hook",
            "retain_grad",
            "size",
            "cuda",
            "cpu",
            "is_pinned",
            "result_type",
        ),
        *("is_tensor", "typename", "__hash__", "_metadata", "_is_view", "__get__", "__set__", "is_shared"),
    }
)
"""Functions and methods that see nothing of how a tensor is stored."""

KEPT = frozenset({"__init_subclass__", "__new__", "__array_namespace__", "_make_subclass"})


def handles(*names: str) -> Callable[[F], F]:
    """Let the function be what the functions and methods of these names do with sparse tensors."""

    def register(function: F) -> F:
        for name in names:
            HANDLERS[name] = function
        return function

    return register


def is_sparse(x: Any) -> bool:
    """Whether `x` is a tensor in coordinates."""
    return isinstance(x, SparseTensor)


_FUNCTIONS_ONLY = frozenset({"cat", "concat", "concatenate", "empty_like", "linear", "stack", "zeros_like", "dropout"})

_OPERATORS = {"__mod__": "remainder", "__and__": "bitwise_and", "__or__": "bitwise_or", "__xor__": "bitwise_xor"}


def refused(name: str, backend: str = "SparseCPU") -> NotImplementedError:
    """The error for what sparse tensors cannot do."""
    if name.startswith("__"):
        name = _OPERATORS.get(name, name.strip("_"))
    return NotImplementedError(
        f"Could not run 'aten::{name}' with arguments from the '{backend}' backend. This could be because the operator "
        f"doesn't exist for this backend (it needs the elements that are not stored as well: convert the tensor with "
        ".to_dense() first, and the result back with .to_sparse(), or compute with x.coalesce().values())"
    )


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(*arguments: Any, **keywords: Any) -> Any:
        raise refused(name)

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


def _torch_function(cls: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """What `func` does with a sparse tensor among its arguments."""
    name = getattr(func, "__name__", "")
    handler = HANDLERS.get(name)
    if handler is not None:
        return handler(*args, **(kwargs or {}))
    if any(takes_over(kind) and not issubclass(kind, SparseTensor) for kind in types):
        return NotImplemented
    if name in AS_THEY_ARE:
        with DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))
    raise refused(name)


def install() -> None:
    """Give sparse tensors their methods."""
    names = {name: value for cls in reversed(Tensor.__mro__[:-1]) for name, value in vars(cls).items()}
    kind: Any = SparseTensor
    for name, value in names.items():
        if isinstance(value, property):
            if name not in vars(kind):
                setattr(kind, name, property(value.fget, value.fset, value.fdel, value.__doc__))
        elif isinstance(value, FunctionType) and name not in AS_THEY_ARE | KEPT and name not in HANDLERS:
            setattr(kind, name, _refusing(name))
    for name, handler in HANDLERS.items():
        if name not in _FUNCTIONS_ONLY:
            setattr(kind, name, handler)
    kind.__torch_function__ = classmethod(_torch_function)


__all__ = ["AS_THEY_ARE", "HANDLERS", "KEPT", "handles", "install", "is_sparse", "refused"]
