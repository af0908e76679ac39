"""Parametrizations that networks use: weight_norm and spectral_norm here, orthogonal in a file of its own."""

from __future__ import annotations

from typing import Any

from ...autograd.grad_mode import no_grad
from ...tensor.core import Tensor
from ..functional.distances import normalize
from ..modules.module import Module
from ._norms import as_matrix, iterate_power, norm_except, output_dimension, random_unit, weight_normalised
from .orthogonal import orthogonal as orthogonal
from .parametrize import AnyModule, register_parametrization


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_normalised(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except(weight, self.dim), weight


def weight_norm(module: AnyModule, name: str = "weight", dim: int | None = 0) -> AnyModule:
    """Parametrize a weight by its length and its direction: w = g·v/‖v‖.

    Args:
        module: the module with the weight.
        name: the weight.
        dim: the dimension that has a length of its own for each index. None: one length for all.

    Returns:
        The module; g is `parametrizations.weight.original0`, v is `original1`. It loads states of the older
        `torch.nn.utils.weight_norm` too.

    Raises:
        ValueError: the module has no such tensor.

    Source: T. Salimans, D. Kingma, Weight normalization (2016).

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(20, 40))
        >>> layer.parametrizations.weight.original0.size()
        torch.Size([40, 1])
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
        old = [f"{prefix}{name}_g", f"{prefix}{name}_v"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(rename)
    return module


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        dimensions = weight.dim()
        if dim >= dimensions or dim < -dimensions:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{dimensions}, {dimensions - 1}] but got {dim})"
            )
        if dimensions > 1 and n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps = dim % dimensions, eps
        self.vector = dimensions == 1
        self.n_power_iterations = n_power_iterations
        if not self.vector:
            matrix = as_matrix(weight, self.dim)
            self.register_buffer("_u", random_unit(matrix, matrix.size(0), eps))
            self.register_buffer("_v", random_unit(matrix, matrix.size(1), eps))
            self._iterate(matrix, 15)

    def _iterate(self, matrix: Tensor, times: int) -> None:
        for _ in range(times):
            iterate_power(matrix, self._u, self._v, self.eps, left=True, right=True)

    def forward(self, weight: Tensor) -> Tensor:
        if self.vector:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._iterate(matrix, self.n_power_iterations)
        # copies, since the next call changes the buffers, and this one's graph needs them as they are
        return weight / self._u.clone().vdot(matrix.mv(self._v.clone()))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value  # the norm of what is assigned is not kept


def spectral_norm(
    module: AnyModule, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> AnyModule:
    """Parametrize a weight so that its largest singular value is 1: w/σ(w), σ being estimated by power iteration.

    In training mode each use of the weight improves the estimate. A vector is divided by its norm.

    Args:
        module: the module with the weight.
        name: the weight; its dimensions but `dim` are taken together.
        n_power_iterations: the number of steps per use.
        eps: added to norms, against division by zero.
        dim: the dimension of the outputs. None: 0, and 1 for transposed convolutions.

    Returns:
        The module; the singular vectors are the buffers `parametrizations.weight.0._u` and `_v`.

    Raises:
        ValueError: the module has no such tensor, or `n_power_iterations` is not positive.
        IndexError: no such dimension.

    Source: T. Miyato et al., Spectral normalization for generative adversarial networks (2018).

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.Linear(2, 2)
        >>> _ = torch.nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=20)
        >>> abs(torch.linalg.matrix_norm(layer.weight, 2).item() - 1) < 0.1
        True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    with no_grad():
        parametrization = _SpectralNorm(weight, n_power_iterations, output_dimension(module, dim), eps)
    return register_parametrization(module, name, parametrization)


__all__ = ["orthogonal", "spectral_norm", "weight_norm"]
