"""The gamma function's family: its logarithm and its derivatives, incomplete gamma functions, the zeta function.

They need SciPy, the extra `special`; it is imported when the first of them is called. Those that `torch.special` has
under another name than `torch` stand here under both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..rules import table
from ..tensor.core import Tensor
from ..tensor.dispatch import kind_of
from ._arguments import need_tensor
from ._define import inplace, primitive, unary
from ._factory import constant
from ._numbers import Number, is_integer
from ._out import into
from ._pairs import mixed, refusing


@unary("lgamma")
def lgamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the absolute value of the gamma function of each element: ln |Γ(input)|.

    Source: DLMF 5.2.1. The derivative is `digamma`.

    >>> import gradiente as torch
    >>> torch.lgamma(torch.tensor([0.5, 3.0]))
    tensor([0.5724, 0.6931])
    """
    ...


@unary("lgamma")
def special_gammaln(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """`torch.lgamma`, under the name that it has in `torch.special`.

    >>> import gradiente as torch
    >>> torch.special.gammaln(torch.tensor([0.5, 3.0]))
    tensor([0.5724, 0.6931])
    """
    ...


@unary("digamma")
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of the logarithm of the gamma function of each element: Γ′(input) / Γ(input).

    Source: DLMF 5.2.2. At 0 it is -∞, at the other poles NaN.

    >>> import gradiente as torch
    >>> torch.digamma(torch.tensor([1.0, 0.5]))
    tensor([-0.5772, -1.9635])
    """
    ...


@unary("digamma")
def special_psi(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """`torch.digamma`, under the name that it has in `torch.special`.

    >>> import gradiente as torch
    >>> torch.special.psi(torch.tensor([1.0, 0.5]))
    tensor([-0.5772, -1.9635])
    """
    ...


_polygamma = primitive("polygamma")


def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The n-th derivative of `digamma` of each element: dⁿ/dxⁿ ψ(x). Source: DLMF 5.15.1.

    Args:
        n: the order, an integer that is not negative.
        input: a real tensor.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for a negative order.

    >>> import gradiente as torch
    >>> torch.polygamma(1, torch.tensor([1.0, 0.5]))
    tensor([1.6449, 4.9348])
    """
    if out is not None:
        return into(out, polygamma(n, input), "polygamma", input, cast=True)
    if not is_integer(n):
        raise TypeError(f"polygamma(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    need_tensor(input, "polygamma", "input", 2)
    if n < 0:
        raise RuntimeError(f"polygamma(n, x) does not support negative n. (n is {n})")
    return _polygamma(input, n=int(n))


def _polygamma_method(self: Tensor, n: int) -> Tensor:
    """`torch.polygamma(n, self)`."""
    return polygamma(n, self)


def mvlgamma(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the multivariate gamma function: p·(p - 1)/4·ln π + Σᵢ ln Γ(input - i/2), i from 0 to p - 1.

    Args:
        input: a real tensor.
        p: the dimension, at least 1.
        out: a tensor to write the result to; then no operand may require gradients.

    Raises RuntimeError for p below 1. Source: DLMF 35.3.4.

    >>> import gradiente as torch
    >>> torch.mvlgamma(torch.tensor([2.0, 3.0]), 2)
    tensor([0.4516, 1.5502])
    """
    if out is not None:
        return into(out, mvlgamma(input, p), "mvlgamma", input, cast=True)
    need_tensor(input, "mvlgamma")
    if not is_integer(p):
        raise TypeError(f"mvlgamma(): argument 'p' (position 2) must be int, not {type(p).__name__}")
    if p < 1:
        raise RuntimeError(f"p has to be greater than or equal to 1 (it is {p})")
    halves = constant(input, np.arange(0, -p, -1, dtype=np.float64).astype(_float_type(input)) / 2)
    return lgamma(input.unsqueeze(-1) + halves).sum(-1) + p * (p - 1) / 4 * math.log(math.pi)  # pyright: ignore


def _float_type(input: Tensor) -> Any:
    return input._array.dtype if input._array.dtype.kind not in "biu" else np.float32


def special_multigammaln(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """`torch.mvlgamma`, under the name that it has in `torch.special`.

    >>> import gradiente as torch
    >>> torch.special.multigammaln(torch.tensor([2.0, 3.0]), 2)
    tensor([0.4516, 1.5502])
    """
    return mvlgamma(input, p, out=out)


def _refusing(name: str, what: str, number: int = 0) -> Any:
    """The primitive, whose derivative by its first operand does not exist, in torch's words."""
    kind = kind_of(table[name], table[name].node[:-1] + str(number))
    text = (
        f"the derivative for '{what}' is not implemented. (Of its two operands only the second has one; .detach() the "
        "first)"
    )
    return refusing(primitive(name, kind.name), kind, lambda: NotImplementedError(text), name, (True, False))


_zeta, _zeta_of_number, _zeta_at_number = (_refusing("zeta", "zeta", i) for i in range(3))
_gammainc, _gammaincc = _refusing("gammainc", "igamma: input"), _refusing("gammaincc", "igammac: input")


def special_zeta(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The Hurwitz zeta function: Σₖ (other + k)^-input, k from 0. TypeError if neither is a tensor.

    It has a derivative by `other` only: NotImplementedError in the backward pass for that by `input`. Source: DLMF
    25.11.1.

    >>> import gradiente as torch
    >>> torch.special.zeta(torch.tensor([2.0, 4.0]), torch.tensor([1.0]))
    tensor([1.6449, 1.0823])
    """
    if out is not None:
        return into(out, special_zeta(input, other), "special_zeta", input, other, cast=True)
    return mixed(input, other, "special_zeta", (_zeta, _zeta_of_number, _zeta_at_number), ("input", "other"))


def igamma(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularised lower incomplete gamma function P(input, other). Source: DLMF 8.2.4.

    It has a derivative by `other` only: NotImplementedError in the backward pass for that by `input`.

    >>> import gradiente as torch
    >>> torch.igamma(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 1.0]))
    tensor([0.6321, 0.2642])
    """
    if out is not None:
        return into(out, igamma(input, other), "igamma", input, other, cast=True)
    return _incomplete(_gammainc, input, other, "igamma")


def igammac(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularised upper incomplete gamma function Q(input, other) = 1 - P(input, other). Source: DLMF 8.2.4.

    It has a derivative by `other` only: NotImplementedError in the backward pass for that by `input`.

    >>> import gradiente as torch
    >>> torch.igammac(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 1.0]))
    tensor([0.3679, 0.7358])
    """
    if out is not None:
        return into(out, igammac(input, other), "igammac", input, other, cast=True)
    return _incomplete(_gammaincc, input, other, "igammac")


def _incomplete(call: Any, input: Any, other: Any, name: str) -> Tensor:
    return call(need_tensor(input, name), need_tensor(other, name, "other", 2))


def special_gammainc(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """`torch.igamma`, under the name that it has in `torch.special`.

    >>> import gradiente as torch
    >>> torch.special.gammainc(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 1.0]))
    tensor([0.6321, 0.2642])
    """
    found = _incomplete(_gammainc, input, other, "special_gammainc")
    return into(out, found, "special_gammainc", input, other, cast=True)


def special_gammaincc(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """`torch.igammac`, under the name that it has in `torch.special`.

    >>> import gradiente as torch
    >>> torch.special.gammaincc(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 1.0]))
    tensor([0.3679, 0.7358])
    """
    found = _incomplete(_gammaincc, input, other, "special_gammaincc")
    return into(out, found, "special_gammaincc", input, other, cast=True)


METHODS: dict[str, Any] = {
    "digamma": digamma,
    "digamma_": inplace(digamma),
    "igamma": igamma,
    "igamma_": inplace(igamma),
    "igammac": igammac,
    "igammac_": inplace(igammac),
    "lgamma": lgamma,
    "lgamma_": inplace(lgamma),
    "mvlgamma": mvlgamma,
    "mvlgamma_": inplace(mvlgamma),
    "polygamma": _polygamma_method,
    "polygamma_": inplace(_polygamma_method),
}
"""What these functions are called as methods of Tensor."""

__all__ = [
    "digamma",
    "igamma",
    "igammac",
    "lgamma",
    "mvlgamma",
    "polygamma",
    "special_gammainc",
    "special_gammaincc",
    "special_gammaln",
    "special_multigammaln",
    "special_psi",
    "special_zeta",
]
