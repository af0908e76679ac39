"""The parametrization of orthogonal and unitary matrices."""

from __future__ import annotations

from typing import Any

from ...autograd.grad_mode import no_grad
from ...ops.creation import eye
from ...ops.joining import cat
from ...ops.linalg.householder import geqrf, householder_product
from ...ops.linalg.powers import matrix_exp
from ...ops.linalg.systems import solve
from ...ops.randomness import randn
from ...tensor.core import Tensor
from ...tensor.limits import finfo
from ..modules.module import Module
from .parametrize import AnyModule, register_parametrization

_MAPS = ("matrix_exp", "cayley", "householder")


def _is_orthogonal(q: Tensor) -> bool:
    """Whether the columns are orthonormal, up to rounding."""
    rows, columns = q.shape[-2:]
    identity = eye(columns, dtype=q.dtype)
    gram = q.mH @ q
    return bool(((gram - identity).abs() <= 10 * rows * finfo(q.dtype).eps + 1e-5 * identity.abs()).all())


def _orthogonalised(a: Tensor) -> Tensor:
    """The factor Q of A = Q·R, with a positive diagonal of R."""
    packed, tau = geqrf(a)
    return householder_product(packed, tau) * packed.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


class _Orthogonal(Module):
    base: Tensor

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    @property
    def wide(self) -> bool:
        """Whether there are more columns than rows: then the rows are orthonormal, and all is done transposed."""
        return self.shape[-2] < self.shape[-1]

    def forward(self, x: Tensor) -> Tensor:
        x = x.mT if self.wide else x
        q = self._reflected(x) if self.orthogonal_map == "householder" else self._mapped(x)
        if "base" in self._buffers:
            q = self.base @ q
        return q.mT if self.wide else q

    def _mapped(self, x: Tensor) -> Tensor:
        """Of a skew-symmetric A the exponential, or Cayley's (I - A/2)⁻¹·(I + A/2); its first columns."""
        n, k = x.shape[-2:]
        lower = x.tril()
        if n != k:
            lower = cat([lower, lower.new_zeros(n, n - k).expand(*lower.shape[:-2], -1, -1)], dim=-1)
        a = lower - lower.mH
        if self.orthogonal_map == "matrix_exp":
            q = matrix_exp(a)
        else:
            identity = eye(n, dtype=a.dtype)
            q = solve(identity - a / 2, identity + a / 2)
        return q[..., :k] if n != k else q

    def _reflected(self, x: Tensor) -> Tensor:
        """The product of the reflections along the columns below the diagonal, which holds the columns' signs."""
        a = x.tril(-1)
        tau = 2.0 / (1.0 + (a * a).sum(dim=-2))
        signs = x.detach().diagonal(dim1=-2, dim2=-1).int()
        return householder_product(a, tau) * signs.unsqueeze(-2)

    def right_inverse(self, value: Tensor) -> Tensor:
        with no_grad():
            if value.shape != self.shape:
                raise ValueError(
                    f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape "
                    f"{value.shape}."
                )
            q = value.mT if self.wide else value
            x = self._begin_at(q) if "base" in self._buffers else self._coordinates(q)
            return x.mT if self.wide else x

    def _coordinates(self, q: Tensor) -> Tensor:
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                "use_trivialization=False."
            )
        packed, tau = geqrf(q)
        signs = packed.diagonal(dim1=-2, dim2=-1)
        signs.sign_()
        signs[tau == 0.0] *= -1  # where there is no reflection, ours along the unit vector changes the sign
        return packed

    def _begin_at(self, q: Tensor) -> Tensor:
        """Make `q` (orthogonalised) the base, completed to a square matrix; minus the identity stands for no change."""
        n, k = q.shape[-2:]
        square = q.clone() if _is_orthogonal(q) else _orthogonalised(q)
        if n != k:
            square = _orthogonalised(cat([square, randn(*q.shape[:-2], n, n - k, dtype=q.dtype)], dim=-1))
        self.base = square
        start: Any = q.new_zeros(q.shape)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def orthogonal(
    module: AnyModule, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> AnyModule:
    """Parametrize a matrix, or a batch of them, so that it stays orthogonal, or unitary if it is complex.

    Its columns are orthonormal, or its rows if it has fewer of those. By `orthogonal_map` it is computed from X as
    "matrix_exp": exp(A), "cayley": (I - A/2)⁻¹·(I + A/2), both with the skew-symmetric A = L - Lᴴ of the lower triangle
    L of X, or "householder": a product of reflections.

    Args:
        module: the module with the matrix (..., m, n).
        name: the matrix. If it is not orthogonal, its QR factorization gives the first value.
        orthogonal_map: the map. None: "matrix_exp" for square or complex matrices, "householder" for others.
        use_trivialization: multiply by a fixed matrix, the buffer `parametrizations.weight.0.base`, so that X begins
            with no change and any orthogonal matrix can be assigned.

    Returns:
        The module.

    Raises:
        ValueError: the module has no such tensor, it is no matrix, the map is unknown or does not take complex numbers.

    Source: M. Lezcano-Casado, Trivializations for gradient-based optimization on manifolds (2019).

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(2, 4, dtype=torch.float64))
        >>> torch.allclose(layer.weight.mT @ layer.weight, torch.eye(2, dtype=torch.float64))
        True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.size(-2) == weight.size(-1) or weight.is_complex() else "householder"
    if orthogonal_map not in _MAPS:
        names = ", ".join(f'"{known}"' for known in _MAPS)
        raise ValueError(f"orthogonal_map has to be one of {names}. Got: {orthogonal_map}")
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)


__all__ = ["orthogonal"]
