"""Weight normalisation as a hook that computes the weight before each call: the older form."""

from __future__ import annotations

import warnings
from typing import Any

from ..modules.module import Module
from ..parameter import Parameter, is_lazy
from ._hooks import AnyModule, detach, refuse_second
from ._norms import norm_except, weight_normalised


class WeightNorm:
    """The hook: it computes `name` = g·v/‖v‖ from the parameters `name`_g and `name`_v."""

    name: str
    dim: int

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Any:
        """The weight."""
        return weight_normalised(getattr(module, self.name + "_v"), getattr(module, self.name + "_g"), self.dim)

    @staticmethod
    def apply(module: Module, name: str, dim: int | None) -> WeightNorm:
        """Put a hook on a module."""
        hook = WeightNorm(name, dim)
        refuse_second(module, hook, "weight_norm")
        weight = getattr(module, name)
        if is_lazy(weight):
            raise ValueError(
                "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy "
                "forward before applying weight normalization"
            )
        length = norm_except(weight.detach(), hook.dim)
        del module._parameters[name]
        module.register_parameter(name + "_g", Parameter(length))
        module.register_parameter(name + "_v", Parameter(weight.detach()))
        setattr(module, name, hook.compute_weight(module))
        module.register_forward_pre_hook(hook)
        return hook

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        weight = self.compute_weight(module)
        delattr(module, self.name)
        for suffix in ("_g", "_v"):
            del module._parameters[self.name + suffix]
        setattr(module, self.name, Parameter(weight.detach()))

    def __call__(self, module: Module, inputs: Any) -> None:
        """Run the hook."""
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: AnyModule, name: str = "weight", dim: int | None = 0) -> AnyModule:
    """Replace a weight by its length and its direction, w = g·v/‖v‖, computed before each call of the module.

    `torch.nn.utils.parametrizations.weight_norm` is the newer form, which loads the states of this one.

    Args:
        module: the module with the weight.
        name: the weight.
        dim: the dimension that has a length of its own for each index. None: one length for all.

    Returns:
        The module, whose parameters are now `name`_g and `name`_v.

    Raises:
        RuntimeError: the weight has such a hook.
        AttributeError: the module has no such weight.
        ValueError: the weight is not initialised yet.

    Source: T. Salimans, D. Kingma, Weight normalization (2016).

    Example:
        >>> import gradiente as torch
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore"):
        ...     layer = torch.nn.utils.weight_norm(torch.nn.Linear(20, 40))
        >>> layer.weight_g.size()
        torch.Size([40, 1])
    """
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    WeightNorm.apply(module, name, dim)
    return module


def remove_weight_norm(module: AnyModule, name: str = "weight") -> AnyModule:
    """Undo `weight_norm`; the weight keeps its value.

    Raises:
        ValueError: the weight has no such hook.
    """
    detach(module, WeightNorm, name, "weight_norm").remove(module)
    return module


__all__ = ["WeightNorm", "remove_weight_norm", "weight_norm"]
