"""Special functions without a derivative, as in torch: Bessel and Airy functions, orthogonal polynomials.

Their results are constants, whatever the operands. Bessel's and Airy's need SciPy, the extra `special`.
"""

from __future__ import annotations

from ..tensor.core import Tensor
from ..tensor.promotion import result_type
from ..tensor.refusals import refuse
from ._arguments import need_tensor
from ._define import primitive
from ._numbers import Number
from ._out import into
from ._pairs import mixed
from ._reducing import float_of

_other, _orthogonal = primitive("bessel_other"), primitive("orthogonal")


def _bessel(input: Tensor, function: str, scipy: str, argument: str = "input") -> Tensor:
    """SciPy's function `scipy`, for a type that torch has `function` for."""
    need_tensor(input, f"special_{function}", argument)
    refuse(function, input.dtype)
    return _other(input, name=scipy)


def special_airy_ai(x: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Airy's function Ai of each element: the solution of y″ = x·y that vanishes at ∞. Source: DLMF 9.2.2.

    >>> import gradiente as torch
    >>> torch.special.airy_ai(torch.tensor([0.0, 1.0]))
    tensor([0.3550, 0.1353])
    """
    if out is not None:
        return into(out, special_airy_ai(x), "special_airy_ai", x, cast=True)
    return _bessel(x, "airy_ai", "airy", "x")


def special_bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind of order 0 of each element. Source: DLMF 10.2.2.

    >>> import gradiente as torch
    >>> torch.special.bessel_j0(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.7652])
    """
    if out is not None:
        return into(out, special_bessel_j0(input), "special_bessel_j0", input, cast=True)
    return _bessel(input, "bessel_j0", "j0")


def special_bessel_j1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind of order 1 of each element. Source: DLMF 10.2.2.

    >>> import gradiente as torch
    >>> torch.special.bessel_j1(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.4401])
    """
    if out is not None:
        return into(out, special_bessel_j1(input), "special_bessel_j1", input, cast=True)
    return _bessel(input, "bessel_j1", "j1")


def special_bessel_y0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind of order 0 of each element; NaN below 0. Source: DLMF 10.2.3.

    >>> import gradiente as torch
    >>> torch.special.bessel_y0(torch.tensor([1.0, 2.0]))
    tensor([0.0883, 0.5104])
    """
    if out is not None:
        return into(out, special_bessel_y0(input), "special_bessel_y0", input, cast=True)
    return _bessel(input, "bessel_y0", "y0")


def special_bessel_y1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind of order 1 of each element; NaN below 0. Source: DLMF 10.2.3.

    >>> import gradiente as torch
    >>> torch.special.bessel_y1(torch.tensor([1.0, 2.0]))
    tensor([-0.7812, -0.1070])
    """
    if out is not None:
        return into(out, special_bessel_y1(input), "special_bessel_y1", input, cast=True)
    return _bessel(input, "bessel_y1", "y1")


def special_modified_bessel_i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0, as a constant. Source: DLMF 10.25.2.

    >>> import gradiente as torch
    >>> torch.special.modified_bessel_i0(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    if out is not None:
        return into(out, special_modified_bessel_i0(input), "special_modified_bessel_i0", input, cast=True)
    return _bessel(input, "modified_bessel_i0", "i0")


def special_modified_bessel_i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 1, as a constant. Source: DLMF 10.25.2.

    >>> import gradiente as torch
    >>> torch.special.modified_bessel_i1(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.5652])
    """
    if out is not None:
        return into(out, special_modified_bessel_i1(input), "special_modified_bessel_i1", input, cast=True)
    return _bessel(input, "modified_bessel_i1", "i1")


def special_modified_bessel_k0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 0; ∞ at 0. Source: DLMF 10.25.3.

    >>> import gradiente as torch
    >>> torch.special.modified_bessel_k0(torch.tensor([1.0, 2.0]))
    tensor([0.4210, 0.1139])
    """
    if out is not None:
        return into(out, special_modified_bessel_k0(input), "special_modified_bessel_k0", input, cast=True)
    return _bessel(input, "modified_bessel_k0", "k0")


def special_modified_bessel_k1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 1; ∞ at 0. Source: DLMF 10.25.3.

    >>> import gradiente as torch
    >>> torch.special.modified_bessel_k1(torch.tensor([1.0, 2.0]))
    tensor([0.6019, 0.1399])
    """
    if out is not None:
        return into(out, special_modified_bessel_k1(input), "special_modified_bessel_k1", input, cast=True)
    return _bessel(input, "modified_bessel_k1", "k1")


def special_scaled_modified_bessel_k0(x: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 0, scaled: e^x·K₀(x).

    >>> import gradiente as torch
    >>> torch.special.scaled_modified_bessel_k0(torch.tensor([1.0, 2.0]))
    tensor([1.1445, 0.8416])
    """
    if out is not None:
        return into(out, special_scaled_modified_bessel_k0(x), "special_scaled_modified_bessel_k0", x, cast=True)
    return _bessel(x, "scaled_modified_bessel_k0", "k0e", "x")


def special_scaled_modified_bessel_k1(x: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 1, scaled: e^x·K₁(x).

    >>> import gradiente as torch
    >>> torch.special.scaled_modified_bessel_k1(torch.tensor([1.0, 2.0]))
    tensor([1.6362, 1.0335])
    """
    if out is not None:
        return into(out, special_scaled_modified_bessel_k1(x), "special_scaled_modified_bessel_k1", x, cast=True)
    return _bessel(x, "scaled_modified_bessel_k1", "k1e", "x")


def special_spherical_bessel_j0(x: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The spherical Bessel function of order 0 of each element: sin(x)/x, 1 at 0. Source: DLMF 10.49.3.

    >>> import gradiente as torch
    >>> torch.special.spherical_bessel_j0(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.8415])
    """
    if out is not None:
        return into(out, special_spherical_bessel_j0(x), "special_spherical_bessel_j0", x, cast=True)
    return _bessel(x, "spherical_bessel_j0", "spherical_j0", "x")


def _polynomial(x: Tensor | Number, n: Tensor | Number, function: str, family: str, shifted: bool = False) -> Tensor:
    """The polynomials of a family at x, or, `shifted`, at 2x - 1; one of the operands may be a number."""

    def call(x: Tensor, n: Tensor) -> Tensor:
        refuse(function, result_type(x, n))
        return _orthogonal(2 * float_of(x) - 1 if shifted else x, n, family=family)

    return mixed(x, n, f"special_{function}", (call, call, call), ("x", "n"))


def special_chebyshev_polynomial_t(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Chebyshev's polynomials of the first kind: cos(n·arccos x). 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.5.1.

    >>> import gradiente as torch
    >>> torch.special.chebyshev_polynomial_t(torch.tensor([0.25, 0.5]), 3)
    tensor([-0.6875, -1.0000])
    """
    if out is not None:
        return into(out, special_chebyshev_polynomial_t(x, n), "special_chebyshev_polynomial_t", x, n, cast=True)
    return _polynomial(x, n, "chebyshev_polynomial_t", "chebyshev_t")


def special_chebyshev_polynomial_u(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Chebyshev's polynomials of the second kind: sin((n + 1)·θ)/sin θ with x = cos θ. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.5.2.

    >>> import gradiente as torch
    >>> torch.special.chebyshev_polynomial_u(torch.tensor([0.25, 0.5]), 3)
    tensor([-0.8750, -1.0000])
    """
    if out is not None:
        return into(out, special_chebyshev_polynomial_u(x, n), "special_chebyshev_polynomial_u", x, n, cast=True)
    return _polynomial(x, n, "chebyshev_polynomial_u", "chebyshev_u")


def special_chebyshev_polynomial_v(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Chebyshev's polynomials of the third kind: cos((n + ½)·θ)/cos(θ/2) with x = cos θ. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.5.3.

    >>> import gradiente as torch
    >>> torch.special.chebyshev_polynomial_v(torch.tensor([0.25, 0.5]), 3)
    tensor([-0.1250, -1.0000])
    """
    if out is not None:
        return into(out, special_chebyshev_polynomial_v(x, n), "special_chebyshev_polynomial_v", x, n, cast=True)
    return _polynomial(x, n, "chebyshev_polynomial_v", "chebyshev_v")


def special_chebyshev_polynomial_w(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Chebyshev's polynomials of the fourth kind: sin((n + ½)·θ)/sin(θ/2) with x = cos θ. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.5.4.

    >>> import gradiente as torch
    >>> torch.special.chebyshev_polynomial_w(torch.tensor([0.25, 0.5]), 3)
    tensor([-1.6250, -1.0000])
    """
    if out is not None:
        return into(out, special_chebyshev_polynomial_w(x, n), "special_chebyshev_polynomial_w", x, n, cast=True)
    return _polynomial(x, n, "chebyshev_polynomial_w", "chebyshev_w")


def special_hermite_polynomial_h(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Hermite's polynomials, the physicists': Hₙ₊₁ = 2x·Hₙ - 2n·Hₙ₋₁. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.9.1.

    >>> import gradiente as torch
    >>> torch.special.hermite_polynomial_h(torch.tensor([0.25, 0.5]), 3)
    tensor([-2.8750, -5.0000])
    """
    if out is not None:
        return into(out, special_hermite_polynomial_h(x, n), "special_hermite_polynomial_h", x, n, cast=True)
    return _polynomial(x, n, "hermite_polynomial_h", "hermite_h")


def special_hermite_polynomial_he(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Hermite's polynomials, the probabilists': Heₙ₊₁ = x·Heₙ - n·Heₙ₋₁. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.9.1.

    >>> import gradiente as torch
    >>> torch.special.hermite_polynomial_he(torch.tensor([0.25, 0.5]), 3)
    tensor([-0.7344, -1.3750])
    """
    if out is not None:
        return into(out, special_hermite_polynomial_he(x, n), "special_hermite_polynomial_he", x, n, cast=True)
    return _polynomial(x, n, "hermite_polynomial_he", "hermite_he")


def special_laguerre_polynomial_l(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Laguerre's polynomials: (n + 1)·Lₙ₊₁ = (2n + 1 - x)·Lₙ - n·Lₙ₋₁. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.9.1.

    >>> import gradiente as torch
    >>> torch.special.laguerre_polynomial_l(torch.tensor([0.25, 0.5]), 3)
    tensor([ 0.3411, -0.1458])
    """
    if out is not None:
        return into(out, special_laguerre_polynomial_l(x, n), "special_laguerre_polynomial_l", x, n, cast=True)
    return _polynomial(x, n, "laguerre_polynomial_l", "laguerre")


def special_legendre_polynomial_p(x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Legendre's polynomials: (n + 1)·Pₙ₊₁ = (2n + 1)·x·Pₙ - n·Pₙ₋₁. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.9.1.

    >>> import gradiente as torch
    >>> torch.special.legendre_polynomial_p(torch.tensor([0.25, 0.5]), 3)
    tensor([-0.3359, -0.4375])
    """
    if out is not None:
        return into(out, special_legendre_polynomial_p(x, n), "special_legendre_polynomial_p", x, n, cast=True)
    return _polynomial(x, n, "legendre_polynomial_p", "legendre")


def special_shifted_chebyshev_polynomial_t(
    x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomials of the first kind at 2x - 1. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.7.7.

    >>> import gradiente as torch
    >>> torch.special.shifted_chebyshev_polynomial_t(torch.tensor([0.25, 0.5]), 3)
    tensor([1., -0.])
    """
    if out is not None:
        return into(
            out, special_shifted_chebyshev_polynomial_t(x, n), "special_shifted_chebyshev_polynomial_t", x, n, cast=True
        )
    return _polynomial(x, n, "shifted_chebyshev_polynomial_t", "chebyshev_t", shifted=True)


def special_shifted_chebyshev_polynomial_u(
    x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomials of the second kind at 2x - 1. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.7.8.

    >>> import gradiente as torch
    >>> torch.special.shifted_chebyshev_polynomial_u(torch.tensor([0.25, 0.5]), 3)
    tensor([1., -0.])
    """
    if out is not None:
        return into(
            out, special_shifted_chebyshev_polynomial_u(x, n), "special_shifted_chebyshev_polynomial_u", x, n, cast=True
        )
    return _polynomial(x, n, "shifted_chebyshev_polynomial_u", "chebyshev_u", shifted=True)


def special_shifted_chebyshev_polynomial_v(
    x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomials of the third kind at 2x - 1. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.5.3.

    >>> import gradiente as torch
    >>> torch.special.shifted_chebyshev_polynomial_v(torch.tensor([0.25, 0.5]), 3)
    tensor([1., 1.])
    """
    if out is not None:
        return into(
            out, special_shifted_chebyshev_polynomial_v(x, n), "special_shifted_chebyshev_polynomial_v", x, n, cast=True
        )
    return _polynomial(x, n, "shifted_chebyshev_polynomial_v", "chebyshev_v", shifted=True)


def special_shifted_chebyshev_polynomial_w(
    x: Tensor | Number, n: Tensor | Number, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomials of the fourth kind at 2x - 1. 0 for negative n.

    TypeError if neither is a tensor. Source: DLMF 18.5.4.

    >>> import gradiente as torch
    >>> torch.special.shifted_chebyshev_polynomial_w(torch.tensor([0.25, 0.5]), 3)
    tensor([ 1., -1.])
    """
    if out is not None:
        return into(
            out, special_shifted_chebyshev_polynomial_w(x, n), "special_shifted_chebyshev_polynomial_w", x, n, cast=True
        )
    return _polynomial(x, n, "shifted_chebyshev_polynomial_w", "chebyshev_w", shifted=True)


__all__ = [
    "special_airy_ai",
    "special_bessel_j0",
    "special_bessel_j1",
    "special_bessel_y0",
    "special_bessel_y1",
    "special_chebyshev_polynomial_t",
    "special_chebyshev_polynomial_u",
    "special_chebyshev_polynomial_v",
    "special_chebyshev_polynomial_w",
    "special_hermite_polynomial_h",
    "special_hermite_polynomial_he",
    "special_laguerre_polynomial_l",
    "special_legendre_polynomial_p",
    "special_modified_bessel_i0",
    "special_modified_bessel_i1",
    "special_modified_bessel_k0",
    "special_modified_bessel_k1",
    "special_scaled_modified_bessel_k0",
    "special_scaled_modified_bessel_k1",
    "special_shifted_chebyshev_polynomial_t",
    "special_shifted_chebyshev_polynomial_u",
    "special_shifted_chebyshev_polynomial_v",
    "special_shifted_chebyshev_polynomial_w",
    "special_spherical_bessel_j0",
]
