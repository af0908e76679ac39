"""What all ways of pruning share: the hook that masks a parameter, and the chain of several."""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

from ...ops.likes import ones_like
from ...tensor.core import Tensor
from ..modules.module import Module


class BasePruningMethod(ABC):
    """A way of pruning: a hook that, before each call of a module, computes a parameter as its original times a mask.

    A subclass defines `compute_mask` and the class attribute `PRUNING_TYPE`: "unstructured" if single elements are
    pruned, "structured" if slices along the attribute `dim` are, "global" if it looks at all elements whenever a
    parameter is pruned again; the others then look at what is left.
    """

    PRUNING_TYPE: str
    _tensor_name: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask, 1 for what stays.

        Args:
            t: how important each element is, by its absolute value.
            default_mask: the mask so far, of the same shape.
        """

    def apply_mask(self, module: Module) -> Tensor:
        """The pruned parameter."""
        name = self._tensor_name
        original = getattr(module, name + "_orig")
        return getattr(module, name + "_mask").to(dtype=original.dtype) * original

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> Any:
        """Prune a parameter: put the hook on the module.

        The parameter `name` becomes `name`_orig, `name` a plain attribute, and the mask the buffer `name`_mask. If it
        is pruned already, what is left is pruned further.

        Args:
            module: the module.
            name: the parameter.
            args: arguments of the class.
            importance_scores: how important each element is. None: the parameter.
            kwargs: arguments of the class by keyword.

        Returns:
            The hook: an instance of the class, or a `PruningContainer` of several.
        """
        method: BasePruningMethod = cls(*args, **kwargs)
        method._tensor_name = name
        numbered = {
            number: hook
            for number, hook in module._forward_pre_hooks.items()
            if isinstance(hook, BasePruningMethod) and hook._tensor_name == name
        }
        first = not numbered
        for hook in numbered.values():  # one; a new chain, since the hook in use stays as it is if this one fails
            method = PruningContainer(*(hook if isinstance(hook, PruningContainer) else [hook]), method)
        value = getattr(module, name)
        scores = _scores(importance_scores, value, f"parameter {name} of {module}")
        before = ones_like(value) if first else getattr(module, name + "_mask").detach().clone()
        mask = method.compute_mask(scores.detach(), before.detach())
        if first:
            del module._parameters[name]
            module.register_parameter(name + "_orig", value)
        for number in numbered:
            del module._forward_pre_hooks[number]
        module.register_buffer(name + "_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """The tensor `t` times the mask that is computed for it.

        Args:
            t: the tensor.
            default_mask: the mask so far. None: ones.
            importance_scores: how important each element is. None: `t`.
        """
        scores = _scores(importance_scores, t, "tensor t")
        return t * self.compute_mask(scores, ones_like(t) if default_mask is None else default_mask).to(t.dtype)

    def remove(self, module: Module) -> None:
        """Make the pruned values the parameter; nothing holds the mask any longer."""
        name = self._tensor_name
        pruned = self.apply_mask(module)
        original: Any = module._parameters[name + "_orig"]
        original.data = pruned.detach()
        delattr(module, name)
        del module._parameters[name + "_orig"]
        del module._buffers[name + "_mask"]
        setattr(module, name, original)


def _scores(given: Tensor | None, t: Tensor, what: str) -> Tensor:
    if given is None:
        return t
    if given.shape != t.shape:
        raise AssertionError(f"importance_scores should have the same shape as {what}, got {given.shape} vs {t.shape}")
    return given


class PruningContainer(BasePruningMethod):
    """Several ways of pruning, each applied to what the ones before left.

    Args:
        args: the first hook, which says what parameter is meant, and others for the same.

    Raises:
        TypeError: something else than a pruning method.
        ValueError: a method for another parameter.
    """

    def __init__(self, *args: Any) -> None:
        self._pruning_methods: tuple[Any, ...] = ()
        given = args if len(args) != 1 or not isinstance(args[0], Iterable) else tuple(args[0])  # pyright: ignore
        if given:
            self._tensor_name = given[0]._tensor_name
        for method in given:  # pyright: ignore[reportUnknownVariableType]
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """Add a pruning method for the same parameter."""
        if not isinstance(method, BasePruningMethod):
            if method is not None:
                raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        elif self._tensor_name != method._tensor_name:
            raise ValueError(
                "Can only add pruning methods acting on the parameter named "
                f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, with what the last method prunes of the rest as well."""
        method = self._pruning_methods[-1]
        mask = default_mask.to(t.dtype).clone()
        part = _left(method, t, mask)
        mask[part] = method.compute_mask(t[part], default_mask=mask[part]).to(mask.dtype)
        return mask


def _left(method: Any, t: Tensor, mask: Tensor) -> Any:
    """The index of what a method looks at."""
    if method.PRUNING_TYPE == "unstructured":
        return mask == 1
    if method.PRUNING_TYPE == "structured":
        if not hasattr(method, "dim"):
            raise AttributeError(
                'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.'
            )
        if not -t.dim() <= method.dim < t.dim():
            raise IndexError(f"Index is out of bounds for tensor with dimensions {t.dim()}")
        dim = method.dim % t.dim()
        channels = mask.sum(dim=[d for d in range(t.dim()) if d != dim]) != 0
        return tuple(channels if d == dim else slice(None) for d in range(t.dim()))
    if method.PRUNING_TYPE == "global":
        return (slice(None),) * t.dim()
    raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")


def check_amount(amount: Any) -> None:
    """Raise unless `amount` can be a number of elements, or a share of them.

    Raises:
        TypeError: no number.
        ValueError: a negative one, or a share greater than 1.
    """
    number: Any = amount
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if number < 0 or (not isinstance(amount, numbers.Integral) and number > 1):
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


def count(amount: Any, size: int) -> int:
    """The number of elements that `amount` of `size` are.

    Raises:
        ValueError: more than there are.
    """
    if not isinstance(amount, numbers.Integral):
        return round(amount * size)
    if int(amount) > size:
        raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
    return int(amount)


__all__ = ["BasePruningMethod", "PruningContainer", "check_amount", "count"]
