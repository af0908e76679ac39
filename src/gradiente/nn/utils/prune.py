"""torch.nn.utils.prune: parameters of which some elements are set to zero, by a mask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...ops.likes import ones_like, zeros_like
from ...ops.ordering import kthvalue, topk
from ...ops.randomness import rand, rand_like
from ...ops.spreads import norm
from ...tensor.core import Tensor
from ..modules.module import Module
from ._hooks import AnyModule
from ._pruning import BasePruningMethod as BasePruningMethod
from ._pruning import PruningContainer as PruningContainer
from ._pruning import check_amount, count
from .convert_parameters import parameters_to_vector


class Identity(BasePruningMethod):
    """Prunes nothing."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far."""
        return default_mask


class _Unstructured(BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: float) -> None:
        check_amount(amount)
        self.amount = amount

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, and 0 for what is pruned."""
        number = count(self.amount, t.nelement())
        mask = default_mask.clone()
        if number:
            mask.view(-1)[self._chosen(t, number)] = 0
        return mask

    def _chosen(self, t: Tensor, number: int) -> Tensor:
        """The places, in the flattened tensor, of the elements to prune."""
        raise NotImplementedError


class RandomUnstructured(_Unstructured):
    """Prunes elements at random.

    Args:
        amount: how many, or what share of them.
    """

    def _chosen(self, t: Tensor, number: int) -> Tensor:
        return topk(rand_like(t).view(-1), number).indices


class L1Unstructured(_Unstructured):
    """Prunes the elements with the smallest absolute values.

    Args:
        amount: how many, or what share of them.
    """

    def _chosen(self, t: Tensor, number: int) -> Tensor:
        return topk(t.abs().view(-1), number, largest=False).indices


class _Structured(BasePruningMethod):
    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        check_amount(amount)
        self.amount = amount
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far, and 0 for the slices that are pruned."""
        if t.dim() <= 1:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                f"{t.shape} with {t.dim()} dims"
            )
        if self.dim >= t.dim():
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        size = t.shape[self.dim]
        number = count(self.amount, size)
        if not number:
            return default_mask
        mask = zeros_like(t)
        index: list[Any] = [slice(None)] * t.dim()
        index[self.dim] = self._kept(t, number, size)
        mask[tuple(index)] = 1
        return mask * default_mask.to(dtype=mask.dtype)

    def _kept(self, t: Tensor, number: int, size: int) -> Tensor:
        """The index of the slices that stay."""
        raise NotImplementedError


class RandomStructured(_Structured):
    """Prunes slices at random.

    Args:
        amount: how many, or what share of them.
        dim: the dimension that counts the slices.
    """

    def _kept(self, t: Tensor, number: int, size: int) -> Tensor:
        chance = rand(size)
        return chance > kthvalue(chance, number).values


class LnStructured(_Structured):
    """Prunes the slices with the smallest norms.

    Args:
        amount: how many, or what share of them.
        n: the order of the norm, as `torch.norm` has it.
        dim: the dimension that counts the slices.
    """

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _kept(self, t: Tensor, number: int, size: int) -> Tensor:
        others = [d for d in range(t.dim()) if d != self.dim % t.dim()]
        return topk(norm(t, p=self.n, dim=others), size - number, largest=True).indices


class CustomFromMask(BasePruningMethod):
    """Prunes by a mask that is given.

    Args:
        mask: 1 for what stays; of the parameter's shape.
    """

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask, of what the mask so far left."""
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}"
            )
        return default_mask * self.mask.to(dtype=default_mask.dtype)


def identity(module: AnyModule, name: str) -> AnyModule:
    """Give a parameter the form of a pruned one, with a mask of ones."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: AnyModule, name: str, amount: float) -> AnyModule:
    """Prune elements of a parameter at random.

    The parameter becomes `name`_orig, its mask the buffer `name`_mask, and `name` their product, computed before each
    call of the module. What is pruned already stays so.

    Args:
        module: the module.
        name: the parameter.
        amount: how many elements of those that are left, or what share of them.

    Returns:
        The module.

    Raises:
        TypeError, ValueError: `amount` is no number, or out of range.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.utils.prune.random_unstructured(torch.nn.Linear(2, 3), "weight", amount=1)
        >>> torch.sum(layer.weight_mask == 0)
        tensor(1)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: AnyModule, name: str, amount: float, importance_scores: Tensor | None = None) -> AnyModule:
    """Prune the elements of a parameter with the smallest absolute values; see `random_unstructured`.

    Args:
        module: the module.
        name: the parameter.
        amount: how many elements of those that are left, or what share of them.
        importance_scores: values to choose by, in place of the parameter's.

    Returns:
        The module.

    Source: S. Han et al., Learning both weights and connections for efficient neural networks (2015).

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.utils.prune.l1_unstructured(torch.nn.Linear(2, 3), "weight", amount=0.2)
        >>> layer.state_dict().keys()
        odict_keys(['bias', 'weight_orig', 'weight_mask'])
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: AnyModule, name: str, amount: float, dim: int) -> AnyModule:
    """Prune slices of a parameter at random; see `random_unstructured`.

    Args:
        module: the module.
        name: the parameter, of two dimensions or more.
        amount: how many slices of those that are left, or what share of them.
        dim: the dimension that counts the slices.

    Returns:
        The module.

    Raises:
        ValueError: the parameter has fewer dimensions.
        IndexError: no such dimension.
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: AnyModule, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> AnyModule:
    """Prune the slices of a parameter with the smallest norms; see `random_unstructured`.

    Args:
        module: the module.
        name: the parameter, of two dimensions or more.
        amount: how many slices of those that are left, or what share of them.
        n: the order of the norm, as `torch.norm` has it.
        dim: the dimension that counts the slices.
        importance_scores: values to choose by, in place of the parameter's.

    Returns:
        The module.

    Raises:
        ValueError: the parameter has fewer dimensions.
        IndexError: no such dimension.

    Source: H. Li et al., Pruning filters for efficient ConvNets (2017).
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: AnyModule, name: str, mask: Tensor) -> AnyModule:
    """Prune a parameter by a given mask; see `random_unstructured`.

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.utils.prune.custom_from_mask(torch.nn.Linear(5, 3), "bias", torch.tensor([0, 1, 0]))
        >>> layer.bias_mask
        tensor([0., 1., 0.])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: type[BasePruningMethod],
    importance_scores: dict[tuple[Module, str], Tensor] | None = None,
    **kwargs: Any,
) -> None:
    """Prune several parameters as if they were one.

    Args:
        parameters: pairs of a module and a parameter's name.
        pruning_method: the class, of `PRUNING_TYPE` "unstructured".
        importance_scores: values to choose by, in place of the parameters' own, by pair.
        kwargs: arguments of the class.

    Raises:
        TypeError: the arguments are not of these kinds.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.nn.utils import prune
        >>> a, b = torch.nn.Linear(10, 4), torch.nn.Linear(4, 1)
        >>> prune.global_unstructured([(a, "weight"), (b, "weight")], prune.L1Unstructured, amount=10)
        >>> (a.weight == 0).sum() + (b.weight == 0).sum()
        tensor(10)
    """
    if not isinstance(parameters, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    pairs = list(parameters)
    values = [getattr(module, name) for module, name in pairs]
    important = [scores.get(pair, value) for pair, value in zip(pairs, values, strict=True)]
    masks = [
        getattr(module, name + "_mask", ones_like(value)) for (module, name), value in zip(pairs, values, strict=True)
    ]
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. '
            f"Found method {pruning_method} of type {method.PRUNING_TYPE}"
        )
    method._tensor_name = "temp"
    found = PruningContainer(method).compute_mask(
        parameters_to_vector(t.detach() for t in important if t is not None), parameters_to_vector(masks)
    )
    start = 0
    for (module, name), value in zip(pairs, values, strict=True):
        custom_from_mask(module, name, found[start : start + value.numel()].view_as(value))
        start += value.numel()


def remove(module: AnyModule, name: str) -> AnyModule:
    """Make the pruned values of a parameter the parameter itself; what was pruned stays 0.

    Returns:
        The module.

    Raises:
        ValueError: the parameter is not pruned.
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether a parameter of a module, or of a module in it, is pruned."""
    return any(
        isinstance(hook, BasePruningMethod) for part in module.modules() for hook in part._forward_pre_hooks.values()
    )
