"""Modules that are one function with options: what most layers without parameters are."""

from __future__ import annotations

from typing import Any, ClassVar

from .module import Module


class Configured(Module):
    """A function of tensors whose options are attributes.

    `_function` is called with the inputs and with the attributes that `_options` names, as keywords; `_shown` are those
    that the printed form has (all, if None).
    """

    _function: ClassVar[Any] = None
    _options: ClassVar[tuple[str, ...]] = ()
    _shown: ClassVar[tuple[str, ...] | None] = None

    def _set(self, **options: Any) -> None:
        for name, value in options.items():
            setattr(self, name, value)

    def forward(self, *inputs: Any) -> Any:
        """The function of the inputs."""
        return type(self)._function(*inputs, **{name: getattr(self, name) for name in self._options})

    def extra_repr(self) -> str:
        """The options."""
        names = self._options if self._shown is None else self._shown
        return ", ".join(f"{name}={getattr(self, name)}" for name in names)


__all__ = ["Configured"]
