"""Rules of the special functions: gamma, error, Bessel and zeta functions, and the entropy's terms."""

from __future__ import annotations

import math
from typing import Any

from .kinds import Constant as constant
from .kinds import Elementwise as elementwise
from .kinds import Primitive

erf: Primitive = elementwise(
    "erf", lambda g, x, xp: g * ((2 / math.sqrt(math.pi)) * xp.exp(-(x * x))), forward=lambda x, extras: extras.erf(x)
)
erfc: Primitive = elementwise(
    "erfc",
    lambda g, x, xp: g * ((-2 / math.sqrt(math.pi)) * xp.exp(-(x * x))),
    forward=lambda x, extras: extras.erfc(x),
)
erfcx: Primitive = elementwise(
    "erfcx",
    lambda g, x, extras: g * (2 * x * extras.erfcx(x) - 2 / math.sqrt(math.pi)),
    forward=lambda x, extras: extras.erfcx(x),
    node="SpecialErfcxBackward0",
)
erfinv: Primitive = elementwise(
    "erfinv",
    lambda g, out, xp: g * ((math.sqrt(math.pi) / 2) * xp.exp(out * out)),
    forward=lambda x, extras: extras.erfinv(x),
)
ndtr: Primitive = elementwise(
    "ndtr",
    lambda g, x, xp: g * (xp.exp(-0.5 * (x * x)) / math.sqrt(2 * math.pi)),
    forward=lambda x, extras: extras.ndtr(x),
    node="MulBackward1",
)
ndtri: Primitive = elementwise(
    "ndtri",
    lambda g, out, xp: g * (math.sqrt(2 * math.pi) * xp.exp(0.5 * (out * out))),
    forward=lambda x, extras: extras.ndtri(x),
    node="SpecialNdtriBackward0",
)
log_ndtr: Primitive = elementwise(
    "log_ndtr",
    lambda g, x, extras: g * (math.sqrt(2 / math.pi) / extras.erfcx(x * -math.sqrt(0.5))),
    forward=lambda x, extras: extras.log_ndtr(x),
    node="SpecialLogNdtrBackward0",
)
lgamma: Primitive = elementwise(
    "lgamma", lambda g, x, extras: g * extras.digamma(x), forward=lambda x, extras: extras.lgamma(x)
)
digamma: Primitive = elementwise(
    "digamma", lambda g, x, extras: g * extras.polygamma(x, n=1), forward=lambda x, extras: extras.digamma(x)
)
polygamma: Primitive = elementwise(
    "polygamma",
    lambda g, x, n, extras: g * extras.polygamma(x, n=n + 1),
    forward=lambda x, n, extras: extras.polygamma(x, n),
)
zeta: Primitive = elementwise(
    "zeta",
    None,
    lambda g, a, b, extras: g * (-a * extras.zeta(a + 1, b)),
    forward=lambda a, b, extras: extras.zeta(a, b),
    node="SpecialZetaBackward0",
)
gammainc: Primitive = elementwise(
    "gammainc",
    None,
    lambda g, a, b, xp, extras: g * xp.exp((a - 1) * xp.log(b) - b - extras.lgamma(a)),
    forward=lambda a, b, extras: extras.gammainc(a, b),
    node="IgammaBackward0",
)
gammaincc: Primitive = elementwise(
    "gammaincc",
    None,
    lambda g, a, b, xp, extras: g * -xp.exp((a - 1) * xp.log(b) - b - extras.lgamma(a)),
    forward=lambda a, b, extras: extras.gammaincc(a, b),
    node="IgammacBackward0",
)


def _bessel_slope(x: Any, order: int, function: Any) -> Any:
    """The derivative of the modified Bessel function: half the sum of its neighbours, so that it is exact at 0 too."""
    if order == 0:
        return function(x, order=1)
    return 0.5 * (function(x, order=order - 1) + function(x, order=order + 1))


bessel_i: Primitive = elementwise(
    "bessel_i",
    lambda g, x, order, extras: g * _bessel_slope(x, order, extras.bessel_i),
    forward=lambda x, order, extras: extras.bessel_i(x, order),
    node="I0Backward0",
)
scaled_bessel_i: Primitive = elementwise(
    "scaled_bessel_i",
    lambda g, x, out, order, xp, extras: g * (_bessel_slope(x, order, extras.scaled_bessel_i) - xp.sign(x) * out),
    forward=lambda x, order, extras: extras.scaled_bessel_i(x, order),
    node="SpecialI0EBackward0",
)
sinc: Primitive = elementwise(
    "sinc",
    lambda g, x, order, extras: g * extras.sinc(x, order=order + 1),
    forward=lambda x, order, extras: extras.sinc(x, order),
)
entr: Primitive = elementwise(
    "entr",
    lambda g, x, xp: g * (-xp.log(x) - 1),
    forward=lambda x, xp: xp.where(x > 0, -x * xp.log(x), xp.where(x == 0, 0, xp.where(x < 0, -math.inf, x))),
    node="SpecialEntrBackward0",
)
xlog1py: Primitive = elementwise(
    "xlog1py",
    lambda g, a, b, xp: g * xp.log1p(xp.where((a == 0) & (b <= -1), 0, b)),
    lambda g, a, b: g * (a / (b + 1)),
    forward=lambda a, b, xp: xp.where(a == 0, xp.where(b != b, b, 0), a * xp.log1p(b)),
    node="SpecialXlog1PyBackward0",
)

bessel_other: Primitive = constant(
    "bessel_other", None, forward=lambda x, name, extras: extras.bessel_other(x, name), operands=("x",)
)
orthogonal: Primitive = constant(
    "orthogonal", None, None, forward=lambda a, b, family, extras: extras.orthogonal(a, b, family)
)
