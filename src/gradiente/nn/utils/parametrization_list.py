"""ParametrizationList: the parametrizations of one tensor, and the tensors that it is computed from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ...autograd.grad_mode import no_grad
from ...tensor.core import Tensor
from ..modules.container import ModuleList
from ..modules.module import Module
from ..parameter import Parameter


def adopt(module: Module, name: str, tensor: Tensor) -> None:
    """Register a tensor as what it is: a parameter or a buffer."""
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _each_tensor(values: Any, lead: str, close: str) -> None:
    """Raise for the first element that is no tensor."""
    for i, value in enumerate(values):
        if not isinstance(value, Tensor):
            raise ValueError(lead + f" Got element {i} of {close}type {type(value).__name__}.")


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor in their order; called, it computes the tensor.

    The tensor that the first of them takes is the parameter (or buffer) `original`; if it takes several, they are
    `original0`, `original1` and so on.

    Args:
        modules: the parametrizations.
        original: the tensor's value now, to which their right inverses are applied.
        unsafe: allow that shape and dtype change.

    Raises:
        ValueError: no modules, or what they return is no tensor or has another shape or dtype.
    """

    original: Tensor
    unsafe: bool

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            first = self._first(original)
        if isinstance(first, Tensor):
            self.is_tensor, self.ntensors = True, 1
            if first.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {first.dtype}"
                )
            previous = original.detach()
            with no_grad():
                original.data = first
            adopt(self, "original", original)
        else:
            self.is_tensor, self.ntensors, previous = False, len(first), original
            for i, part in enumerate(first):
                adopt(self, f"original{i}", Parameter(part.detach(), original.requires_grad) if isinstance(original, Parameter) else part)  # noqa: E501 # fmt: skip
        if not unsafe:
            try:
                self._check(self(), shape, dtype)
            except ValueError:
                if self.is_tensor:
                    original.data = previous  # the module that holds it is left as it was
                raise

    @property
    def originals(self) -> list[str]:
        """The names of the tensors that the value is computed from."""
        return ["original"] if self.is_tensor else [f"original{i}" for i in range(self.ntensors)]

    def _first(self, value: Any) -> Any:
        """What the first parametrization is to take, so that the result is `value`."""
        for module in reversed(list(self)):
            inverse = getattr(module, "right_inverse", None)
            if inverse is not None:
                with suppress(NotImplementedError):  # it has none after all
                    value = inverse(value)
        if not isinstance(value, (Tensor, Sequence)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "
                f"{type(value).__name__}"
            )
        if not isinstance(value, Tensor):
            _each_tensor(value, "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...).", "the sequence with ")  # noqa: E501 # fmt: skip
        return value

    def _check(self, value: Any, shape: Any, dtype: Any) -> None:
        if not isinstance(value, Tensor):
            raise ValueError(f"A parametrization must return a tensor. Got {type(value).__name__}.")
        for what, before, after in (("dtype", dtype, value.dtype), ("shape", shape, value.shape)):
            if before != after:
                raise ValueError(
                    f"Registering a parametrization may not change the {what} of the tensor, unless `unsafe` flag is "
                    f"enabled.\nunparametrized {what}: {before}\nparametrized {what}: {after}"
                )

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the computed tensor is `value`: what an assignment to the tensor does.

        Raises:
            RuntimeError: a parametrization has no `right_inverse`.
            ValueError: what it returned does not fit the originals.
        """
        with no_grad():
            found: Any = value
            for module in reversed(list(self)):
                inverse = getattr(module, "right_inverse", None)
                if inverse is None:
                    raise RuntimeError(
                        f"parametrization {type(module).__name__} does not implement right_inverse."
                        " (the tensor that it computes cannot be assigned to; define the method)"
                    )
                found = inverse(found)
            if self.is_tensor:
                if not isinstance(found, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(found).__name__}")
                if found.dtype != self.original.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {found.dtype} while `original` has dtype "
                        f"{self.original.dtype}"
                    )
                self.original.data = found.detach()
            else:
                self._set_parts(found)

    def _set_parts(self, parts: Any) -> None:
        if not isinstance(parts, Sequence) or isinstance(parts, Tensor):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(parts).__name__}.")
        if len(parts) != self.ntensors:  # pyright: ignore[reportUnknownArgumentType]
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of "
                f"length {len(parts)}."  # pyright: ignore[reportUnknownArgumentType]
            )
        _each_tensor(parts, "'right_inverse' must return a sequence of tensors or reference-type opaques.", "")
        own = [getattr(self, name) for name in self.originals]
        for i, (mine, part) in enumerate(zip(own, parts, strict=True)):  # pyright: ignore[reportUnknownArgumentType]
            if mine.dtype != part.dtype:
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {part.dtype} while `original{i}` has dtype "
                    f"{mine.dtype}"
                )
        for mine, part in zip(own, parts, strict=True):  # pyright: ignore[reportUnknownArgumentType]
            mine.data = part.detach()

    def forward(self) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The tensor, computed."""
        first, *others = self
        value = first(*(getattr(self, name) for name in self.originals))
        for module in others:
            value = module(value)
        return value


__all__ = ["ParametrizationList"]
