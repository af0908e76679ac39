"""How far values and slopes are from the truth, at hard points: what is measured, and against what.

A case is a function by its path in torch, the same function in mpmath, and points. Each number is a double, taken
exactly; the truth has 60 digits. An error is relative, in units of 2⁻⁵² (of the smallest normal number, where the truth
is smaller). `bound` is what the test holds it to, for values and for slopes: the measured one, rounded up. Where a
formula must lose digits, the bound is large, and `because` says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np
from mpmath import mp

EPS, TINY = 2.0**-52, 2.0**-1022

SMALL = (1e-100, 1e-20, 1e-8, 1e-3)
MIDDLE = (0.1, 0.5, 0.9, 1.0, 1.5, 2.0, 3.7)
LARGE = (10.0, 20.5, 36.0, 50.0)
HUGE = (100.0, 700.0)


def both(*parts: Any) -> tuple[float, ...]:
    """The points of the parts, with both signs."""
    points = [x for part in parts for x in (part if isinstance(part, tuple) else (part,))]
    return (*points, *[-x for x in points])


LINE = both(SMALL, MIDDLE, LARGE)
POSITIVE = (*SMALL, *MIDDLE, *LARGE, *HUGE, 1e10, 1e300)
UNIT = (1e-100, 1e-16, 1e-5, 0.3, 0.5, 0.7, 1 - 1e-5, 1 - 1e-12)
INSIDE = both(1e-100, 1e-16, 1e-5, 0.3, 0.5, 0.7, 1 - 1e-5, 1 - 1e-12)
PAIRS = ((1.5, 2.5), (1e-8, 1.0), (3.0, 1e-8), (20.0, 20.0), (0.3, 40.0), (1e3, 1e3 + 1e-7))


class Case(NamedTuple):
    """A function, the truth, the points, and the errors that are allowed for values and slopes."""

    path: str
    truth: Callable[..., Any]
    points: tuple[Any, ...]
    bound: tuple[float, float]
    arguments: tuple[Any, ...] = ()
    because: str = ""
    first: bool = False
    """Whether `arguments` come before the operand."""
    slopes: tuple[int, ...] | None = None
    """The operands whose slopes are measured; None for all."""

    @property
    def name(self) -> str:
        given = ", ".join(str(a) for a in self.arguments)
        return f"{self.path}({given}, x)" if self.first else f"{self.path}(x, {given})" if given else self.path


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def _ndtr(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def _ndtri(p: Any) -> Any:
    if p < 0.5:  # erfinv of a number that rounds to -1 is the hard one
        return mp.findroot(lambda x: mp.log(_ndtr(x)) - mp.log(p), -mp.sqrt(-2 * mp.log(p)) + 0.1)
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def _sinc(x: Any) -> Any:
    return mp.sin(mp.pi * x) / (mp.pi * x)


def _elu(x: Any, alpha: Any = 1) -> Any:
    return x if x > 0 else alpha * mp.expm1(x)


def _bessel_e(n: int) -> Callable[[Any], Any]:
    return lambda x: mp.besseli(n, x) * mp.exp(-abs(x))


def _polynomial(function: Any, n: int) -> Callable[[Any], Any]:
    return lambda x: function(n, x)


SELU = (mp.mpf("1.6732632423543772848170429916717"), mp.mpf("1.0507009873554804934193349852946"))
CANCELS = "two large terms cancel"
LOGS = "exp of a sum of large logarithms"
TAILS = "1 + erf loses what is below 2⁻⁵³"

# fmt: off
CASES: tuple[Case, ...] = (
    Case("exp", mp.exp, both(LINE, 700.0), (1, 1)),
    Case("exp2", lambda x: mp.mpf(2) ** x, LINE, (1, 2)),
    Case("expm1", mp.expm1, LINE, (1, 8e15), because="(e^x - 1) + 1 is 0 below x = -37"),
    Case("log", mp.log, POSITIVE, (1, 1)),
    Case("log2", lambda x: mp.log(x, 2), POSITIVE, (1, 1)),
    Case("log10", lambda x: mp.log(x, 10), POSITIVE, (1, 2)),
    Case("log1p", mp.log1p, (*POSITIVE, -0.5, -1e-8, -1 + 1e-10), (1, 2)),
    Case("sqrt", mp.sqrt, POSITIVE, (1, 1)),
    Case("rsqrt", lambda x: 1 / mp.sqrt(x), POSITIVE[1:-1], (1, 3)),
    Case("reciprocal", lambda x: 1 / x, both(POSITIVE[1:-1]), (1, 2)),
    Case("sin", mp.sin, both(LINE, 1e5), (1, 1)),
    Case("cos", mp.cos, both(LINE, 1e5), (1, 1)),
    Case("tan", mp.tan, both(LINE, 1e5, 1.5707963), (1, 2)),
    Case("asin", mp.asin, INSIDE, (1, 2000), because="1 - x² rounds near 1"),
    Case("acos", mp.acos, INSIDE, (1, 2000), because="1 - x² rounds near 1"),
    Case("atan", mp.atan, both(POSITIVE[:-1]), (1, 1)),
    Case("sinh", mp.sinh, LINE, (1, 2)),
    Case("cosh", mp.cosh, LINE, (2, 1)),
    Case("tanh", mp.tanh, both(SMALL, MIDDLE), (1, 500), because="1 - tanh² rounds in the tails"),
    Case("asinh", mp.asinh, both(POSITIVE[:-1]), (1, 1)),
    Case("acosh", mp.acosh, (1 + 1e-10, 1.1, 2.0, 50.0, 1e10), (1, 1)),
    Case("atanh", mp.atanh, INSIDE, (1, 5000), because="1 - x² rounds near 1"),
    Case("sigmoid", _sigmoid, LINE, (2, 8e15), because="1 - σ is 0 from x = 37 on"),
    Case("erf", mp.erf, both(SMALL, MIDDLE), (1, 1)),
    Case("erfc", mp.erfc, (*both(SMALL, MIDDLE), 10.0, 26.0), (5, 1), because="x² rounds before exp"),
    Case("erfinv", mp.erfinv, INSIDE, (2, 8)),
    Case("special.erfcx", lambda x: mp.exp(x * x) * mp.erfc(x), (*SMALL, *MIDDLE, *LARGE, -1.0, -5.0), (5, 2000),
         because=CANCELS),
    Case("special.ndtr", _ndtr, (*both(SMALL, MIDDLE), 10.0, -10.0, -20.5, -37.0), (1200, 2),
         because="x² rounds before exp"),
    Case("special.ndtri", _ndtri, UNIT, (2, 300), because="exp of a large square"),
    Case("special.log_ndtr", lambda x: mp.log(_ndtr(x)), (*both(MIDDLE), -10.0, -37.0, -100.0), (5, 3)),
    Case("lgamma", lambda x: mp.log(abs(mp.gamma(x))), (*POSITIVE[:-1], -0.5, -1.5, -3.7), (50, 8),
         because="near its zeros"),
    Case("digamma", mp.digamma, (*SMALL[1:], *MIDDLE, *LARGE, *HUGE, -0.5, -1.25, -3.7), (8, 3)),
    Case("polygamma", lambda x: mp.polygamma(1, x), (*SMALL[2:], *MIDDLE, *LARGE), (3, 5), (1,), first=True),
    Case("polygamma", lambda x: mp.polygamma(3, x), (*SMALL[3:], *MIDDLE, *LARGE), (5, 8), (3,), first=True),
    Case("i0", lambda x: mp.besseli(0, x), both(SMALL, MIDDLE, LARGE, HUGE), (3, 3)),
    Case("special.i0e", _bessel_e(0), both(SMALL, MIDDLE, LARGE, HUGE), (2, 2000), because=CANCELS),
    Case("special.i1", lambda x: mp.besseli(1, x), both(SMALL, MIDDLE, LARGE, HUGE), (3, 5)),
    Case("special.i1e", _bessel_e(1), both(SMALL, MIDDLE, LARGE, HUGE), (3, 500), because=CANCELS),
    Case("sinc", _sinc, both(SMALL, 0.3, 0.5, 0.9, 1.5, 3.7, 10.25), (30, 50), because="π·x rounds before sin"),
    Case("special.entr", lambda x: -x * mp.log(x), (*SMALL, *MIDDLE, *LARGE), (2, 1)),
    Case("logit", lambda x: mp.log(x / (1 - x)), UNIT, (1, 1)),
    Case("nn.functional.logsigmoid", lambda x: mp.log(_sigmoid(x)), LINE, (2, 2)),
    Case("nn.functional.softplus", lambda x: mp.log1p(mp.exp(x)), both(SMALL, MIDDLE, 10.0, 19.0), (1, 2)),
    Case("nn.functional.silu", lambda x: x * _sigmoid(x), LINE, (2, 3)),
    Case("nn.functional.mish", lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), both(SMALL, MIDDLE), (2, 8)),
    Case("nn.functional.gelu", lambda x: x * _ndtr(x), both(SMALL, MIDDLE), (2000, 200), because=TAILS),
    Case("nn.functional.elu", _elu, LINE, (1, 1)),
    Case("nn.functional.selu", lambda x: SELU[1] * _elu(x, SELU[0]), LINE, (1, 2)),
    Case("logaddexp", lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), PAIRS, (1, 30), because="a - b rounds"),
    Case("hypot", mp.hypot, (*PAIRS, (1e200, 1e200), (3e-200, 4e-200)), (1, 2)),
    Case("atan2", mp.atan2, (*PAIRS, (1.0, -1.0), (-1e-8, -1.0)), (1, 1)),
    Case("pow", lambda a, b: a**b, PAIRS[:5], (1, 2)),
    Case("xlogy", lambda a, b: a * mp.log(b), PAIRS, (1, 1)),
    Case("special.xlog1py", lambda a, b: a * mp.log1p(b), PAIRS, (1, 1)),
    Case("special.zeta", mp.zeta, ((1.5, 2.5), (2.0, 1.0), (20.0, 0.3), (3.0, 1e3), (1.0001, 1.0)), (2, 2),
         slopes=(1,)),
    Case("igamma", lambda a, x: mp.gammainc(a, 0, x, regularized=True),
         ((1.5, 2.5), (1e-3, 1.0), (20.0, 20.0), (0.3, 4.0), (100.0, 80.0)), (12, 500), slopes=(1,), because=LOGS),
    Case("igammac", lambda a, x: mp.gammainc(a, x, regularized=True),
         ((1.5, 2.5), (1e-3, 1.0), (20.0, 20.0), (0.3, 40.0), (100.0, 120.0)), (20, 100), slopes=(1,), because=LOGS),
    Case("special.bessel_j0", lambda x: mp.besselj(0, x), both(SMALL, MIDDLE, LARGE), (50, 0), slopes=(),
         because="near its zeros"),
    Case("special.bessel_j1", lambda x: mp.besselj(1, x), both(SMALL, MIDDLE, LARGE), (12, 0), slopes=()),
    Case("special.bessel_y0", lambda x: mp.bessely(0, x), (*SMALL[1:], *MIDDLE, *LARGE), (30, 0), slopes=()),
    Case("special.modified_bessel_k0", lambda x: mp.besselk(0, x), (*SMALL[1:], *MIDDLE, *LARGE), (3, 0), slopes=()),
    Case("special.airy_ai", mp.airyai, (*both(SMALL, MIDDLE), 10.0, -10.0), (300, 0), slopes=(),
         because="near its zeros"),
    Case("special.legendre_polynomial_p", _polynomial(mp.legendre, 12), INSIDE, (50, 0), (12,), slopes=(),
         because="a recurrence"),
    Case("special.hermite_polynomial_h", _polynomial(mp.hermite, 12), both(MIDDLE), (8, 0), (12,), slopes=()),
    Case("special.chebyshev_polynomial_t", _polynomial(mp.chebyt, 12), INSIDE, (8, 0), (12,), slopes=()),
)
# fmt: on


def function_at(library: Any, path: str) -> Any:
    """The function of a library at a dotted path."""
    for part in path.split("."):
        library = getattr(library, part)
    return library


def measured(case: Case, library: Any) -> tuple[float, float]:
    """The worst errors of the values and of the slopes, in units of EPS."""
    function, worst = function_at(library, case.path), [0.0, 0.0]
    for point in case.points:
        at = point if isinstance(point, tuple) else (point,)
        operands = [library.tensor(x, dtype=library.float64, requires_grad=True) for x in at]
        before, after = (case.arguments, ()) if case.first else ((), case.arguments)
        out = function(*before, *operands, *after)
        exact, slopes = truth(case, at)
        worst[0] = max(worst[0], error(out.item(), exact))
        wanted = range(len(at)) if case.slopes is None else case.slopes
        for i in wanted:
            operands = [x.detach().requires_grad_(i == j) for j, x in enumerate(operands)]
            (found,) = library.autograd.grad(function(*before, *operands, *after), operands[i])
            worst[1] = max(worst[1], error(found.item(), slopes[i]))
    return worst[0], worst[1]


def truth(case: Case, at: tuple[float, ...]) -> tuple[Any, list[Any]]:
    """The value and the slopes, with 60 digits at least, also where 1 + x² is to be told from 1."""
    digits = max([0.0, *[-math.log10(abs(x)) for x in at]])
    with mp.workdps(100 + math.ceil(2 * digits)):
        exact = [mpmath.mpf(x) for x in at]
        slopes: list[Any] = []
        for i, x in enumerate(exact):
            h = abs(x) * mp.mpf(10) ** -20
            moved = [[*exact[:i], x + s * h, *exact[i + 1 :]] for s in (1, -1)]
            differentiate = case.slopes is None or i in case.slopes
            slopes.append((case.truth(*moved[0]) - case.truth(*moved[1])) / (2 * h) if differentiate else None)
        return case.truth(*exact), slopes


def error(found: float, exact: Any) -> float:
    """The relative error in units of EPS; infinite for a wrong infinity or a NaN."""
    if not math.isfinite(found):
        return 0.0 if np.isinf(found) and abs(exact) > 1.7e308 else math.inf
    with mp.workdps(60):
        return float(abs(mpmath.mpf(found) - exact) / max(abs(exact), TINY) / EPS)
