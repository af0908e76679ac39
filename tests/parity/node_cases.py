"""Calls whose nodes are compared with torch's: one or several per operator that has a node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Call = Callable[[Any], Any]


def real(t: Any, *shape: int, low: float = 0.2, high: float = 0.9) -> Any:
    """A tracked float64 tensor of distinct values between `low` and `high`."""
    return t.linspace(low, high, max(1, _product(shape)), dtype=t.float64).reshape(shape).clone().requires_grad_()


def _product(shape: tuple[int, ...]) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


def x3(t: Any) -> Any:
    return real(t, 3)


def x23(t: Any) -> Any:
    return real(t, 2, 3)


def other(t: Any, *shape: int) -> Any:
    """An untracked one."""
    return real(t, *shape, low=1.1, high=1.9).detach()


def square(t: Any) -> Any:
    """A well-conditioned tracked matrix of three rows."""
    return real(t, 3, 3) * t.tensor([[1.0, -1.0, 0.5], [0.3, 1.0, -1.0], [1.0, 0.2, 2.0]], dtype=t.float64)


def unary(name: str, *arguments: Any, **keywords: Any) -> Call:
    return lambda t: getattr(x3(t), name)(*arguments, **keywords)


def function(name: str, *arguments: Any, **keywords: Any) -> Call:
    return lambda t: getattr(t.nn.functional, name)(x23(t), *arguments, **keywords)


def both(name: str) -> dict[str, Call]:
    """A function of two tensors: both tracked, one of them, of several shapes."""
    return {
        f"{name} both": lambda t: getattr(t, name)(x3(t), x3(t) * 2),
        f"{name} first": lambda t: getattr(t, name)(x3(t), other(t, 3)),
        f"{name} second": lambda t: getattr(t, name)(other(t, 3), x3(t)),
        f"{name} broadcast": lambda t: getattr(t, name)(x23(t), x3(t)),
    }


UNARY = """
    neg abs square reciprocal exp exp2 expm1 log log1p log2 log10 sqrt rsqrt logit sin cos tan asin acos atan sinh cosh
    tanh asinh atanh rad2deg deg2rad erf erfc sigmoid relu floor ceil round trunc frac sign angle nan_to_num clone sgn
"""
BINARY = """
    add sub mul div maximum minimum fmax fmin hypot atan2 logaddexp logaddexp2 xlogy copysign pow remainder fmod ldexp
"""
REDUCTIONS = "sum mean prod nansum amax amin max min median var std norm"

CALLS: dict[str, Call] = {name: unary(name) for name in UNARY.split()}
for _name in BINARY.split():
    CALLS |= both(_name)
for _name in REDUCTIONS.split():
    CALLS[f"{_name} all"] = lambda t, n=_name: getattr(x23(t), n)()
CALLS |= {
    "add alpha": lambda t: t.add(x3(t), x3(t), alpha=2),
    "sub alpha": lambda t: t.sub(x3(t), x3(t), alpha=3),
    "add number": lambda t: x3(t) + 2,
    "mul number": lambda t: x3(t) * 2.5,
    "div number": lambda t: x3(t) / 4,
    "number over": lambda t: 4 / x3(t),
    "rsub": lambda t: 3 - x3(t),
    "div floor": lambda t: t.div(x3(t), x3(t), rounding_mode="floor"),
    "div trunc": lambda t: t.div(x3(t), x3(t), rounding_mode="trunc"),
    "pow number": lambda t: x3(t) ** 3,
    "pow float": lambda t: x3(t) ** 2.5,
    "number pow": lambda t: 2 ** x3(t),
    "remainder number": lambda t: x3(t) % 0.3,
    "fmod number": lambda t: t.fmod(x3(t), 0.3),
    "addcmul": lambda t: t.addcmul(x3(t), x3(t), x3(t), value=2),
    "addcdiv": lambda t: t.addcdiv(x3(t), x3(t), x3(t), value=2),
    "addcmul one": lambda t: t.addcmul(x3(t), other(t, 3), other(t, 3)),
    "lerp number": lambda t: t.lerp(x3(t), x3(t), 0.3),
    "lerp tensor": lambda t: t.lerp(x3(t), x3(t), x3(t)),
    "acosh": lambda t: (x3(t) + 2).acosh(),
    "clamp": lambda t: x3(t).clamp(0.3, 0.6),
    "clamp min": lambda t: x3(t).clamp(min=0.3),
    "clamp max": lambda t: x3(t).clamp(max=0.3),
    "clamp_min": lambda t: x3(t).clamp_min(0.3),
    "clamp_min tensor": lambda t: x3(t).clamp_min(x3(t) - 1),
    "clamp_max tensor": lambda t: x3(t).clamp_max(x3(t) + 1),
    "clamp tensors": lambda t: x3(t).clamp(x3(t) - 1, x3(t) + 1),
    "logit eps": lambda t: x3(t).logit(0.1),
    "round decimals": lambda t: x3(t).round(decimals=1),
    "copysign number": lambda t: t.copysign(x3(t), -1.0),
    "xlogy number": lambda t: t.xlogy(x3(t), 2.0),
    "xlogy of number": lambda t: t.xlogy(2.0, x3(t)),
    "where": lambda t: t.where(x3(t) > 0.5, x3(t), x3(t)),
    "float32": lambda t: x3(t).float(),
    "conj": lambda t: x3(t).to(t.complex128).conj(),
    "real": lambda t: t.real(x3(t).to(t.complex128)),
    "abs complex": lambda t: x3(t).to(t.complex128).abs(),
    "complex": lambda t: t.complex(x3(t), x3(t)),
    "polar": lambda t: t.polar(x3(t), x3(t)),
    "sum dim": lambda t: x23(t).sum(1),
    "sum keepdim": lambda t: x23(t).sum(-1, keepdim=True),
    "sum dims": lambda t: x23(t).sum((0, 1)),
    "mean dim": lambda t: x23(t).mean(0),
    "prod dim": lambda t: x23(t).prod(1),
    "nansum dim": lambda t: x23(t).nansum(1),
    "amax dim": lambda t: x23(t).amax(1),
    "amin keepdim": lambda t: x23(t).amin(0, keepdim=True),
    "max dim": lambda t: x23(t).max(1)[0],
    "min dim": lambda t: x23(t).min(1)[0],
    "median dim": lambda t: x23(t).median(1)[0],
    "mode": lambda t: x23(t).mode(1)[0],
    "kthvalue": lambda t: x23(t).kthvalue(2, 1)[0],
    "topk": lambda t: x23(t).topk(2)[0],
    "sort": lambda t: x23(t).sort(1)[0],
    "sort stable": lambda t: x23(t).sort(stable=True, dim=1)[0],
    "var dim": lambda t: x23(t).var(1),
    "std dim": lambda t: x23(t).std(1, correction=0),
    "logsumexp": lambda t: x23(t).logsumexp(1),
    "vector_norm": lambda t: t.norm(x23(t), 3, dim=1),
    "cumsum": lambda t: x23(t).cumsum(1),
    "cumprod": lambda t: x23(t).cumprod(1),
    "cummax": lambda t: x23(t).cummax(1)[0],
    "softmax": lambda t: x23(t).softmax(1),
    "log_softmax": lambda t: x23(t).log_softmax(-1),
    "view": lambda t: x23(t).view(6),
    "reshape": lambda t: x23(t).t().reshape(6),
    "squeeze": lambda t: real(t, 1, 3).squeeze(),
    "squeeze dim": lambda t: real(t, 1, 3).squeeze(0),
    "unsqueeze": lambda t: x3(t).unsqueeze(0),
    "permute": lambda t: x23(t).permute(1, 0),
    "transpose": lambda t: x23(t).transpose(0, 1),
    "t": lambda t: x23(t).t(),
    "expand": lambda t: x3(t).expand(2, 3),
    "flip": lambda t: x23(t).flip(0),
    "roll": lambda t: x23(t).roll(1, 0),
    "rot90": lambda t: x23(t).rot90(1, (0, 1)),
    "cat": lambda t: t.cat([x23(t), x23(t)], 1),
    "stack": lambda t: t.stack([x3(t), x3(t)], 1),
    "tril": lambda t: x23(t).tril(1),
    "triu": lambda t: x23(t).triu(),
    "diagonal": lambda t: x23(t).diagonal(),
    "trace": lambda t: x23(t).trace(),
    "repeat": lambda t: x3(t).repeat(2, 1),
    "contiguous": lambda t: x23(t).t().contiguous(),
    "squeeze dims": lambda t: real(t, 1, 3, 1).squeeze((0, 2)),
    "unsqueeze last": lambda t: x3(t).unsqueeze(-1),
    "split sizes": lambda t: x23(t).split([1, 2], 1)[1],
    "chunk": lambda t: x23(t).chunk(3, 1)[0],
    "imag": lambda t: x3(t).to(t.complex128).imag,
    "unbind": lambda t: x23(t).unbind(1)[1],
    "split": lambda t: x23(t).split(2, 1)[1],
    "select": lambda t: x23(t)[1],
    "slice": lambda t: x23(t)[:, 1:],
    "step": lambda t: x3(t)[::2],
    "index": lambda t: x23(t)[:, t.tensor([0, 2])],
    "mask": lambda t: x3(t)[t.tensor([True, False, True])],
    "index_select": lambda t: x23(t).index_select(1, t.tensor([0, 2])),
    "gather": lambda t: x23(t).gather(1, t.tensor([[0], [1]])),
    "take": lambda t: x23(t).take(t.tensor([0, 5])),
    "masked_select": lambda t: x3(t).masked_select(t.tensor([True, False, True])),
    "masked_fill": lambda t: x3(t).masked_fill(t.tensor([True, False, True]), 2.0),
    "masked_fill tensor": lambda t: x3(t).masked_fill(t.tensor([True, False, True]), real(t)),
    "scatter": lambda t: x23(t).scatter(1, t.tensor([[0], [1]]), real(t, 2, 1)),
    "scatter_add": lambda t: x23(t).scatter_add(1, t.tensor([[0], [1]]), real(t, 2, 1)),
    "as_strided": lambda t: x23(t).as_strided((2, 2), (3, 1)),
    "unfold": lambda t: real(t, 6).unfold(0, 2, 2),
    "mm": lambda t: x23(t) @ real(t, 3, 2),
    "mm first": lambda t: x23(t) @ other(t, 3, 2),
    "mv": lambda t: x23(t) @ x3(t),
    "vector mm": lambda t: x3(t) @ real(t, 3, 2),
    "dot": lambda t: t.dot(x3(t), x3(t)),
    "vdot": lambda t: t.vdot(x3(t), x3(t)),
    "bmm": lambda t: t.bmm(real(t, 2, 2, 3), real(t, 2, 3, 2)),
    "matmul batched": lambda t: real(t, 2, 2, 3) @ real(t, 2, 3, 2),
    "addmm": lambda t: t.addmm(real(t, 2, 2), x23(t), real(t, 3, 2), beta=2, alpha=3),
    "addmv": lambda t: t.addmv(real(t, 2), x23(t), x3(t)),
    "linear": lambda t: t.nn.functional.linear(x23(t), real(t, 4, 3), real(t, 4)),
    "threshold": function("threshold", 0.3, 0.1),
    "hardtanh": function("hardtanh"),
    "leaky_relu": function("leaky_relu", 0.2),
    "elu": function("elu", 1.5),
    "selu": function("selu"),
    "celu": function("celu", 1.5),
    "softplus": function("softplus"),
    "silu": function("silu"),
    "mish": function("mish"),
    "gelu": function("gelu"),
    "gelu tanh": function("gelu", approximate="tanh"),
    "logsigmoid": function("logsigmoid"),
    "hardsigmoid": function("hardsigmoid"),
    "hardswish": function("hardswish"),
    "softshrink": function("softshrink"),
    "hardshrink": function("hardshrink"),
    "mse_loss": lambda t: t.nn.functional.mse_loss(x3(t), other(t, 3)),
    "mse_loss sum": lambda t: t.nn.functional.mse_loss(x3(t), x3(t), reduction="sum"),
    "huber_loss": lambda t: t.nn.functional.huber_loss(x3(t), other(t, 3), delta=0.5),
    "smooth_l1_loss": lambda t: t.nn.functional.smooth_l1_loss(x3(t), other(t, 3)),
    "bce": lambda t: t.nn.functional.binary_cross_entropy(x3(t), other(t, 3) - 1),
    "bce logits": lambda t: t.nn.functional.binary_cross_entropy_with_logits(x3(t), other(t, 3)),
    "soft_margin_loss": lambda t: t.nn.functional.soft_margin_loss(x3(t), other(t, 3)),
    "nll_loss": lambda t: t.nn.functional.nll_loss(x23(t), t.tensor([0, 2])),
    "cross_entropy": lambda t: t.nn.functional.cross_entropy(x23(t), t.tensor([0, 2])),
    "conv1d": lambda t: t.nn.functional.conv1d(real(t, 1, 2, 5), real(t, 3, 2, 2), real(t, 3)),
    "conv2d": lambda t: t.nn.functional.conv2d(real(t, 1, 2, 4, 4), real(t, 3, 2, 2, 2), stride=2, padding=1),
    "conv_transpose2d": lambda t: t.nn.functional.conv_transpose2d(real(t, 1, 2, 3, 3), real(t, 2, 3, 2, 2)),
    "avg_pool2d": lambda t: t.nn.functional.avg_pool2d(real(t, 1, 1, 4, 4), 2),
    "max_pool2d": lambda t: t.nn.functional.max_pool2d(real(t, 1, 1, 4, 4), 2),
    "adaptive_avg_pool2d": lambda t: t.nn.functional.adaptive_avg_pool2d(real(t, 1, 1, 4, 4), 2),
    "embedding": lambda t: t.nn.functional.embedding(t.tensor([0, 1]), x23(t)),
    "batch_norm": lambda t: t.nn.functional.batch_norm(x23(t), None, None, training=True),
    "layer_norm": lambda t: t.nn.functional.layer_norm(x23(t), (3,), x3(t), x3(t)),
    "group_norm": lambda t: t.nn.functional.group_norm(real(t, 1, 4, 3), 2),
    "pad": lambda t: t.nn.functional.pad(x23(t), (1, 1)),
    "lgamma": unary("lgamma"),
    "digamma": unary("digamma"),
    "polygamma": lambda t: t.polygamma(1, x3(t)),
    "erfinv": unary("erfinv"),
    "i0": unary("i0"),
    "sinc": unary("sinc"),
    "entr": lambda t: t.special.entr(x3(t)),
    "erfcx": lambda t: t.special.erfcx(x3(t)),
    "i0e": lambda t: t.special.i0e(x3(t)),
    "log_ndtr": lambda t: t.special.log_ndtr(x3(t)),
    "ndtri": lambda t: t.special.ndtri(x3(t)),
    "xlog1py": lambda t: t.special.xlog1py(x3(t), x3(t)),
    "zeta": lambda t: t.special.zeta(other(t, 3), x3(t)),
    "igamma": lambda t: t.special.gammainc(other(t, 3), x3(t)),
    "view_as_real": lambda t: t.view_as_real(x3(t).to(t.complex128)),
    "view_as_complex": lambda t: t.view_as_complex(real(t, 3, 2)),
    "index_put": lambda t: x3(t).index_put((t.tensor([0]),), real(t, 1)),
    "diag_embed": lambda t: t.diag_embed(x3(t), 0, 0, 1),
    "narrow": lambda t: x23(t).narrow(1, 0, 2),
    "movedim": lambda t: real(t, 2, 3, 4).movedim(0, 2),
    "det": lambda t: t.linalg.det(square(t)),
    "slogdet": lambda t: t.linalg.slogdet(square(t))[1],
    "inv": lambda t: t.linalg.inv(square(t)),
    "solve": lambda t: t.linalg.solve(square(t), real(t, 3, 2)),
    "cholesky": lambda t: t.linalg.cholesky(square(t) @ square(t).mT),
    "qr": lambda t: t.linalg.qr(square(t))[0],
    "eigh": lambda t: t.linalg.eigh(square(t) + square(t).mT)[0],
    "svdvals": lambda t: t.linalg.svdvals(square(t)),
    "svd": lambda t: t.linalg.svd(square(t))[1],
    "matrix_exp": lambda t: t.linalg.matrix_exp(square(t)),
    "solve_triangular": lambda t: t.linalg.solve_triangular(square(t), real(t, 3, 2), upper=True),
    "matrix_norm": lambda t: t.linalg.matrix_norm(square(t)),
    "pinv": lambda t: t.linalg.pinv(square(t)),
    "zero_": lambda t: x3(t).clone().zero_(),
    "fill_": lambda t: x3(t).clone().fill_(2),
    "fill_ tensor": lambda t: x3(t).clone().fill_(real(t)),
    "uniform_": lambda t: x3(t).clone().uniform_(),
    "normal_": lambda t: x3(t).clone().normal_(),
    "bernoulli_": lambda t: x3(t).clone().bernoulli_(0.5),
    "add_": lambda t: x3(t).clone().add_(2),
    "copy_": lambda t: other(t, 3).copy_(x3(t)),
    "copy slices": lambda t: (lambda y: (y[1].mul_(2), y)[1])(x23(t).clone()),
}
