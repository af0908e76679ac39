"""torch.library: operators of one's own by name, with their derivatives.

An operator is a Python function here, called as it is, or under `torch.ops.<library>.<name>`. Without a derivative that
was registered, backward passes through it are refused. There are no operators in C++ to be declared or overridden.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from ._missing import Getter, missing_in
from .autograd.function import Function
from .ops._operators import CUSTOM


class CustomOpDef:
    """An operator of one's own, which `custom_op` made: calling it calls the function.

    `register_autograd` gives it a derivative; `register_kernel` another function; `register_fake` is for compilers.
    """

    def __init__(self, library: str, name: str, function: Callable[..., Any]) -> None:
        self._namespace: str = library
        self._name: str = name
        self._set_kernel(function)
        self._recorded: Any = _function_for(self, None, None)

    @property
    def _qualname(self) -> str:
        return f"{self._namespace}::{self._name}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the operator; its result is recorded where an argument requires gradients."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return self._recorded.apply(*bound.args, *bound.kwargs.values())

    def _set_kernel(self, function: Callable[..., Any]) -> None:
        self._function: Callable[..., Any] = function
        self._signature = inspect.signature(function)  # which takes longer than a small kernel
        kinds = self._signature.parameters.items()
        self._keywords = [name for name, one in kinds if one.kind is inspect.Parameter.KEYWORD_ONLY]

    def _parted(self, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments as the kernel takes them: those by position, and those by keyword alone."""
        by_position = len(args) - len(self._keywords)
        return args[:by_position], dict(zip(self._keywords, args[by_position:], strict=True))

    @property
    def default(self) -> CustomOpDef:
        """The operator itself: it has no overloads."""
        return self

    def register_autograd(
        self, backward: Callable[..., Any], /, *, setup_context: Callable[..., Any] | None = None
    ) -> None:
        """Give the operator its derivative.

        Args:
            backward: a function of a context and of the cotangents of the results, which returns one cotangent, or
                None, for each argument.
            setup_context: a function of `ctx`, the context, `inputs`, a tuple of the arguments, and `output`, the
                result, which saves what `backward` needs; and of `keyword_only_inputs`, those by name, if there are.
        """
        self._recorded = _function_for(self, backward, setup_context)

    def register_kernel(self, device_types: Any, fn: Callable[..., Any] | None = None, /) -> Any:
        """Compute by another function on these types of devices; a decorator if there is no function."""

        def register(fn: Callable[..., Any]) -> Callable[..., Any]:
            kinds = (device_types,) if isinstance(device_types, str) else device_types
            if kinds is None or "cpu" in kinds:
                self._set_kernel(fn)
            return fn

        return register if fn is None else register(fn)

    def register_fake(self, fn: Callable[..., Any], /) -> Callable[..., Any]:
        """Say what shape results have, which compilers ask: nothing is compiled, so nothing happens."""
        return fn

    def __repr__(self) -> str:
        return f"<CustomOpDef({self._qualname})>"


def _function_for(op: CustomOpDef, backward: Any, setup_context: Any) -> type[Function]:
    """The Function that records calls of the operator."""

    def refuse(ctx: Any, *gs: Any) -> Any:
        raise RuntimeError(
            f"Trying to backward through {op._namespace}.{op._name}.default but no autograd formula was registered. "
            "Please use register_autograd to add one."
        )

    def forward(*args: Any) -> Any:
        by_position, by_keyword = op._parted(args)
        return op._function(*by_position, **by_keyword)

    def save(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        by_position, by_keyword = op._parted(inputs)
        if setup_context is not None and any(ctx.needs_input_grad):
            known = {"keyword_only_inputs": by_keyword} if by_keyword else {}
            setup_context(ctx=ctx, inputs=by_position, output=output, **known)

    def derive(ctx: Any, *gs: Any) -> Any:
        found = (backward or refuse)(ctx, *gs)
        without = (None,) * len(op._keywords)
        return (*(found if isinstance(found, tuple) else (found,)), *without) if without else found

    body = {"forward": staticmethod(forward), "setup_context": staticmethod(save), "backward": staticmethod(derive)}
    return type(f"GeneratedBackwardFor_{op._namespace}_{op._name}_default", (Function,), body)


def custom_op(
    name: str,
    fn: Callable[..., Any] | None = None,
    /,
    *,
    mutates_args: str | Iterable[str],
    device_types: Any = None,
    schema: str | None = None,
    tags: Any = None,
) -> Any:
    """Make an operator of a function.

    Args:
        name: `library::name`; `torch.ops.library.name` is the operator from then on.
        fn: the function of tensors and other values; a decorator is returned if there is none.
        mutates_args: the names of arguments that the function changes: for compilers.
        device_types: for which types of devices the function is; None: all.
        schema: accepted; Python's own annotations say what the arguments are.
        tags: accepted; for compilers.

    Returns:
        The `CustomOpDef`.

    Raises:
        ValueError: the name has no library.

    Example:
        >>> import gradiente as torch
        >>> @torch.library.custom_op("doc::double", mutates_args=())
        ... def double(x: torch.Tensor) -> torch.Tensor:
        ...     return torch.from_numpy(2 * x.numpy())
        >>> double.register_autograd(lambda ctx, g: 2 * g)
        >>> x = torch.ones(2, requires_grad=True)
        >>> torch.ops.doc.double(x).sum().backward()
        >>> x.grad
        tensor([2., 2.])
    """

    def make(function: Callable[..., Any]) -> CustomOpDef:
        library, _, own = name.partition("::")
        if not own:
            raise ValueError(f"custom_op(): expected the name to be of the form 'library::name', got {name!r}")
        op = CUSTOM[name] = CustomOpDef(library, own, function)
        return op

    return make if fn is None else make(fn)


def _found(op: Any, function: str) -> CustomOpDef:
    if isinstance(op, CustomOpDef):
        return op
    found = CUSTOM.get(str(op))
    if found is None:
        library, _, name = str(op).partition("::")
        raise AttributeError(
            f"'_OpNamespace' '{library}' object has no attribute '{name}' ({function}() knows what "
            "torch.library.custom_op made)"
        )
    return found


def register_autograd(
    op: Any, backward: Callable[..., Any], /, *, setup_context: Callable[..., Any] | None = None, lib: Any = None
) -> None:
    """Give an operator, or that of a name, its derivative: see `CustomOpDef.register_autograd`."""
    _found(op, "register_autograd").register_autograd(backward, setup_context=setup_context)


def register_kernel(op: Any, device_types: Any, func: Callable[..., Any] | None = None, /, *, lib: Any = None) -> Any:
    """Compute an operator, or that of a name, by another function: see `CustomOpDef.register_kernel`."""
    return _found(op, "register_kernel").register_kernel(device_types, func)


def register_fake(op: Any, func: Callable[..., Any] | None = None, /, *, lib: Any = None, **options: Any) -> Any:
    """Say what shape the results of an operator have, which compilers ask: nothing happens."""
    return (lambda func: func) if func is None else func


impl_abstract = register_fake
"""The older name of `register_fake`."""

__getattr__: Getter = missing_in(__name__)

__all__ = ["CustomOpDef", "custom_op", "impl_abstract", "register_autograd", "register_fake", "register_kernel"]
