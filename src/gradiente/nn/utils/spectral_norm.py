"""Spectral normalisation as a hook that computes the weight before each call: the older form."""

from __future__ import annotations

from typing import Any

from ...autograd.grad_mode import no_grad
from ...ops.linalg.inverses import pinv
from ...tensor.core import Tensor
from ..modules.module import Module
from ..parameter import Parameter, is_lazy
from ._hooks import AnyModule, detach, refuse_second
from ._norms import as_matrix, iterate_power, output_dimension, random_unit


class SpectralNorm:
    """The hook: it computes `name` = w/σ(w) from the parameter w, `name`_orig, and improves the estimate of σ."""

    _version: int = 1
    name: str
    dim: int
    n_power_iterations: int
    eps: float

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name = name
        self.dim = dim
        self.n_power_iterations = n_power_iterations
        self.eps = eps

    def reshape_weight_to_matrix(self, weight: Tensor) -> Tensor:
        """The weight as a matrix of one row per output."""
        return as_matrix(weight, self.dim)

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """The weight, after power iteration or without it."""
        weight, u, v = (getattr(module, self.name + suffix) for suffix in ("_orig", "_u", "_v"))
        matrix = self.reshape_weight_to_matrix(weight)
        if do_power_iteration:
            for _ in range(self.n_power_iterations):
                iterate_power(matrix, u, v, self.eps, left=False, right=True)
                iterate_power(matrix, u, v, self.eps, left=True, right=False)
            u, v = u.clone(), v.clone()  # the next call changes the buffers, which this one's graph needs as they are
        return weight / u.dot(matrix.mv(v))

    @staticmethod
    def apply(module: Module, name: str, n_power_iterations: int, dim: int, eps: float) -> SpectralNorm:
        """Put a hook on a module."""
        hook = SpectralNorm(name, n_power_iterations, dim, eps)
        refuse_second(module, hook, "spectral_norm")
        weight = module._parameters[name]
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
        if is_lazy(weight):
            raise ValueError(
                "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy "
                "forward before applying spectral normalization"
            )
        with no_grad():
            matrix = hook.reshape_weight_to_matrix(weight)
            u, v = (random_unit(matrix, size, eps) for size in matrix.shape)
        del module._parameters[name]
        module.register_parameter(name + "_orig", weight)
        setattr(module, name, weight.detach())  # a plain attribute: neither parameter nor buffer
        module.register_buffer(name + "_u", u)
        module.register_buffer(name + "_v", v)
        module.register_forward_pre_hook(hook)
        module._register_state_dict_hook(SpectralNormStateDictHook(hook))
        module._register_load_state_dict_pre_hook(SpectralNormLoadStateDictPreHook(hook))
        return hook

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for suffix in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + suffix)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Module, inputs: Any) -> None:
        """Run the hook."""
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


class SpectralNormStateDictHook:
    """Notes the version of the hook in saved states."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn

    def __call__(self, module: Module, state_dict: Any, prefix: str, local_metadata: dict[str, Any]) -> None:
        """Run the hook."""
        local_metadata.setdefault("spectral_norm", {})[self.fn.name + ".version"] = self.fn._version


class SpectralNormLoadStateDictPreHook:
    """Completes states that torch saved before version 1.0, which have the quotient w/σ and no v."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn

    def __call__(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Run the hook."""
        version = local_metadata.get("spectral_norm", {}).get(self.fn.name + ".version")
        key = prefix + self.fn.name
        new = all(key + suffix in state_dict for suffix in ("_orig", "_u", "_v")) and key not in state_dict
        if (version is not None and version >= 1) or (version is None and new):
            return
        missing = [key + suffix for suffix in ("_orig", "", "_u") if key + suffix not in state_dict]
        if missing:
            missing_keys.extend(missing if strict else [])
            return
        with no_grad():
            original, quotient, u = state_dict[key + "_orig"], state_dict.pop(key), state_dict[key + "_u"]
            matrix = self.fn.reshape_weight_to_matrix(original)
            # The v with u·Wv = σ, whatever its length: the least squares solution of Wv = u, scaled.
            v = pinv(matrix.t().mm(matrix)).mm(matrix.t()).mv(u)
            state_dict[key + "_v"] = v * ((original / quotient).mean() / u.dot(matrix.mv(v)))


def spectral_norm(
    module: AnyModule, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> AnyModule:
    """Divide a weight by its largest singular value, estimated by power iteration, before each call of the module.

    `torch.nn.utils.parametrizations.spectral_norm` is the newer form.

    Args:
        module: the module with the weight.
        name: the weight; its dimensions but `dim` are taken together.
        n_power_iterations: the number of steps per call in training mode.
        eps: added to norms, against division by zero.
        dim: the dimension of the outputs. None: 0, and 1 for transposed convolutions.

    Returns:
        The module; its parameter is now `name`_orig, the singular vectors are the buffers `name`_u and `name`_v.

    Raises:
        ValueError: `n_power_iterations` is not positive, or the weight is None.
        RuntimeError: the weight has such a hook.
        KeyError: the module has no such parameter.

    Source: T. Miyato et al., Spectral normalization for generative adversarial networks (2018).

    Example:
        >>> import gradiente as torch
        >>> torch.nn.utils.spectral_norm(torch.nn.Linear(20, 40)).weight_u.size()
        torch.Size([40])
    """
    SpectralNorm.apply(module, name, n_power_iterations, output_dimension(module, dim), eps)
    return module


def remove_spectral_norm(module: AnyModule, name: str = "weight") -> AnyModule:
    """Undo `spectral_norm`; the weight keeps the value that its last estimate gives.

    Raises:
        ValueError: the weight has no such hook.
    """
    detach(module, SpectralNorm, name, "spectral_norm").remove(module)
    kinds = (SpectralNormStateDictHook, SpectralNormLoadStateDictPreHook)
    for hooks in (module._state_dict_hooks, module._load_state_dict_pre_hooks):
        for number, hook in list(hooks.items()):
            if isinstance(hook, kinds) and hook.fn.name == name:
                del hooks[number]
    return module


__all__ = [
    "SpectralNorm",
    "SpectralNormLoadStateDictPreHook",
    "SpectralNormStateDictHook",
    "remove_spectral_norm",
    "spectral_norm",
]
