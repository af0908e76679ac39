"""How types of this package print: under torch's names, as programs that print `type(x)` expect it."""

from __future__ import annotations

_PACKAGE = __name__.partition(".")[0] + "."
_HERE = _PACKAGE + "tensor."


class ShownAsTorchs(type):
    """The type of types that print as torch's: `<class 'torch.Tensor'>`, `<class 'torch.nn.parameter.Parameter'>`.

    Types that programs derive from them print as usual.
    """

    def __repr__(cls) -> str:
        module = cls.__module__
        if not module.startswith(_PACKAGE):
            return super().__repr__()
        if module.startswith(_HERE):  # what stands directly in torch
            return f"<class 'torch.{next(base.__name__ for base in cls.__mro__ if not base.__name__.startswith('_'))}'>"
        return f"<class 'torch.{module[len(_PACKAGE) :]}.{cls.__qualname__}'>"


__all__ = ["ShownAsTorchs"]
