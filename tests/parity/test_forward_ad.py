"""Forward mode against PyTorch: tangents of many functions, in-place changes, views, both modes combined, errors."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

# torch's own decompositions for forward mode, loaded when the first level is entered, use what torch deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

LIBRARIES = (torch, gradiente)
X = [[0.3, -1.2, 0.7], [1.4, 0.5, -0.6]]
P = [[0.4, 0.9, 0.2], [0.6, 0.3, 0.8]]
Y = [[1.1, 0.6, -0.4], [0.8, -1.3, 0.25]]
V = [[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]]
W = [[-1.0, 0.5, 2.0], [1.5, -0.75, 0.1]]

Case = tuple[str, Callable[[Any, Any, Any], Any]]


def forward_ad(library: Any) -> Any:
    """The library's module of forward mode."""
    return importlib.import_module(f"{library.__name__}.autograd.forward_ad")


# Each is called with the library and two duals, the first between 0 and 1 where the name of the case starts with "p:".
UNARY = [
    "exp",
    "exp2",
    "expm1",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "atan",
    "asinh",
    "sigmoid",
    "erf",
    "erfc",
    "abs",
    "neg",
    "sign",
    "floor",
    "ceil",
    "round",
    "trunc",
    "frac",
    "square",
    "relu",
    "positive",
    "nan_to_num",
    "sgn",
    "deg2rad",
    "rad2deg",
    "logit",
]
POSITIVE = ["log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "asin", "acos", "atanh"]
BINARY = [
    "add",
    "sub",
    "mul",
    "div",
    "atan2",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "hypot",
    "logaddexp",
    "copysign",
    "remainder",
    "fmod",
]
CASES: list[tuple[str, Callable[..., Any]]] = [
    *((name, lambda t, x, y, name=name: getattr(t, name)(x)) for name in UNARY),
    *((f"p:{name}", lambda t, x, y, name=name: getattr(t, name)(x)) for name in POSITIVE),
    *((name, lambda t, x, y, name=name: getattr(t, name)(x, y)) for name in BINARY),
    ("p:pow", lambda t, x, y: x**y),
    ("pow number", lambda t, x, y: x**3),
    ("p:base", lambda t, x, y: 2.5**x),
    ("number arithmetic", lambda t, x, y: (2 - x) * 3 / 4 + 1),
    ("rsub", lambda t, x, y: 1 - x),
    ("add alpha", lambda t, x, y: t.add(x, y, alpha=2)),
    ("addcmul", lambda t, x, y: t.addcmul(x, x, y, value=0.5)),
    ("addcdiv", lambda t, x, y: t.addcdiv(x, x, y, value=0.5)),
    ("lerp", lambda t, x, y: t.lerp(x, y, 0.3)),
    ("lerp tensor", lambda t, x, y: t.lerp(x, y, x)),
    ("where", lambda t, x, y: t.where(x > 0, x, y)),
    ("where number", lambda t, x, y: t.where(x > 0, x, 0.5)),
    ("clamp", lambda t, x, y: x.clamp(-0.5, 0.6)),
    ("masked_fill", lambda t, x, y: x.masked_fill(x > 0.4, 2.0)),
    ("one dual only", lambda t, x, y: x * y.detach()),
    ("sum", lambda t, x, y: x.sum()),
    ("sum dim", lambda t, x, y: x.sum(1, keepdim=True)),
    ("mean", lambda t, x, y: x.mean(0)),
    ("prod", lambda t, x, y: x.prod(1)),
    ("prod all", lambda t, x, y: x.prod()),
    ("var", lambda t, x, y: x.var(1)),
    ("std", lambda t, x, y: x.std()),
    ("amax", lambda t, x, y: x.amax(1)),
    ("max", lambda t, x, y: x.max(1).values),
    ("min all", lambda t, x, y: x.min()),
    ("median", lambda t, x, y: x.median(1).values),
    ("norm", lambda t, x, y: x.norm()),
    ("norm 3", lambda t, x, y: x.norm(3, dim=1)),
    ("logsumexp", lambda t, x, y: x.logsumexp(1)),
    ("softmax", lambda t, x, y: x.softmax(1)),
    ("log_softmax", lambda t, x, y: x.log_softmax(0)),
    ("cumsum", lambda t, x, y: x.cumsum(1)),
    ("cumprod", lambda t, x, y: x.cumprod(1)),
    ("sort", lambda t, x, y: x.sort(1).values),
    ("topk", lambda t, x, y: x.topk(2, dim=1).values),
    ("matmul", lambda t, x, y: x @ y.t()),
    ("mv", lambda t, x, y: x @ y[0]),
    ("dot", lambda t, x, y: t.dot(x[0], y[1])),
    ("bmm", lambda t, x, y: t.bmm(x.unsqueeze(0), y.t().unsqueeze(0))),
    ("outer", lambda t, x, y: t.outer(x[0], y[0])),
    ("einsum", lambda t, x, y: t.einsum("ij,kj->ik", x, y)),
    ("addmm", lambda t, x, y: t.addmm(x[:, :2], x, y.t(), beta=2, alpha=0.5)),
    ("reshape", lambda t, x, y: x.reshape(3, 2)),
    ("view", lambda t, x, y: x.view(-1)),
    ("t reshape", lambda t, x, y: x.t().reshape(-1)),
    ("permute", lambda t, x, y: x.permute(1, 0) * 2),
    ("expand", lambda t, x, y: x[:, :1].expand(2, 4) * y[:, :1]),
    ("broadcast", lambda t, x, y: x + y[0]),
    ("cat", lambda t, x, y: t.cat([x, y, x], 1)),
    ("stack", lambda t, x, y: t.stack([x, y], 1)),
    ("split", lambda t, x, y: x.split(2, 1)[1]),
    ("unbind", lambda t, x, y: x.unbind(0)[1] * y.unbind(1)[0].sum()),
    ("chunk", lambda t, x, y: x.chunk(2)[0]),
    ("index", lambda t, x, y: x[1, :2]),
    ("index list", lambda t, x, y: x[[1, 0, 1]]),
    ("index mask", lambda t, x, y: x[x > 0]),
    ("gather", lambda t, x, y: x.gather(1, t.tensor([[0, 2], [1, 1]]))),
    ("scatter", lambda t, x, y: x.scatter(1, t.tensor([[0], [2]]), y)),
    ("index_select", lambda t, x, y: x.index_select(1, t.tensor([2, 0]))),
    ("flip", lambda t, x, y: x.flip(1)),
    ("roll", lambda t, x, y: x.roll(1, 1)),
    ("tril", lambda t, x, y: x.tril()),
    ("diagonal", lambda t, x, y: x.diagonal()),
    ("repeat", lambda t, x, y: x.repeat(2, 1)),
    ("clone", lambda t, x, y: x.clone()),
    ("float64", lambda t, x, y: x.to(t.float32).double()),
    ("squeeze", lambda t, x, y: x.unsqueeze(1).squeeze()),
    ("add_", lambda t, x, y: x.clone().add_(y)),
    ("mul_ view", lambda t, x, y: _changed(x.clone(), lambda z: z[0].mul_(y[1]))),
    ("setitem", lambda t, x, y: _changed(x.clone(), lambda z: z.__setitem__(0, y[1]))),
    ("setitem number", lambda t, x, y: _changed(x.clone(), lambda z: z.__setitem__((slice(None), 1), 2.0))),
    ("setitem list", lambda t, x, y: _changed(x.clone(), lambda z: z.__setitem__([1], y[0]))),
    ("into plain", lambda t, x, y: _changed(t.zeros(2, 3, dtype=t.float64), lambda z: z[1].copy_(y[0]))),
    ("masked_fill_", lambda t, x, y: x.clone().masked_fill_(x > 0.4, 2.0)),
    ("zero_", lambda t, x, y: x.clone().zero_()),
    ("fill_ tensor", lambda t, x, y: x.clone().fill_(y[0, 0])),
    ("exp_", lambda t, x, y: x.clone().exp_()),
    ("t_", lambda t, x, y: _changed(x.clone(), lambda z: z.t_())),
    ("index_add", lambda t, x, y: x.index_add(0, t.tensor([0, 0]), y)),
    ("mse_loss", lambda t, x, y: t.nn.functional.mse_loss(x, y)),
    ("cross_entropy", lambda t, x, y: t.nn.functional.cross_entropy(x, t.tensor([2, 0]))),
    ("gelu", lambda t, x, y: t.nn.functional.gelu(x)),
    ("softplus", lambda t, x, y: t.nn.functional.softplus(x)),
    ("linear", lambda t, x, y: t.nn.functional.linear(x, y, y[:, 0])),
]


def _changed(x: Any, change: Callable[[Any], Any]) -> Any:
    change(x)
    return x


def tensor(library: Any, data: Any) -> Any:
    return library.tensor(data, dtype=library.float64)


def array(x: Any) -> Any:
    return None if x is None else np.array(x.detach().tolist(), dtype=complex)


def same(found: Any, wanted: Any) -> None:
    """Equal values, shapes and presence."""
    assert (found is None) == (wanted is None)
    if found is not None:
        assert tuple(found.shape) == tuple(wanted.shape)
        assert str(found.dtype).split(".")[-1] == str(wanted.dtype).split(".")[-1]
        np.testing.assert_allclose(array(found), array(wanted), rtol=1e-7, atol=1e-9)  # float32 once, in "float64"


def push(library: Any, name: str, function: Callable[..., Any], grad: bool = False) -> tuple[Any, Any]:
    """The primal and tangent of a case."""
    fw = forward_ad(library)
    x, y = tensor(library, P if name.startswith("p:") else X), tensor(library, Y)
    if grad:
        x.requires_grad_()
        y.requires_grad_()
    with fw.dual_level():
        out = function(library, fw.make_dual(x, tensor(library, V)), fw.make_dual(y, tensor(library, W)))
        return tuple(fw.unpack_dual(out))  # type: ignore[return-value]


@pytest.mark.parametrize("grad", [False, True], ids=["plain", "tracked"])
@pytest.mark.parametrize(("name", "function"), CASES, ids=[name for name, _ in CASES])
def test_tangents(name: str, function: Callable[..., Any], grad: bool) -> None:
    wanted, found = (push(library, name, function, grad) for library in LIBRARIES)
    same(found[0], wanted[0])
    same(found[1], wanted[1])


SMOOTH: list[tuple[str, Callable[..., Any]]] = [
    ("cubes", lambda t, x: (x**3).sum()),
    ("exp out", lambda t, x: (x.exp() * x.exp().sin()).sum()),
    ("softmax", lambda t, x: (x.softmax(1) ** 2).sum()),
    ("matmul", lambda t, x: (x @ x.t()).tanh().sum()),
    ("views", lambda t, x: x.t().reshape(-1)[1:5].unbind(0)[2] * x.sum(0).prod()),
    ("in place", lambda t, x: _changed(x * x, lambda z: z[0].mul_(x[1])).sin().sum()),
    ("norm", lambda t, x: x.norm() ** 3),
    ("cat", lambda t, x: (t.cat([x, x * x]).cumsum(0) ** 2).mean()),
    ("division", lambda t, x: (x / (1 + x * x)).sum()),
]


def reversed_only(function: Callable[..., Any]) -> tuple[Any, ...]:
    """torch's gradient g, g·v by the point, and the gradient of its sum, all in reverse mode.

    Its own combinations of the modes raise errors for some of these functions.
    """
    x, v = tensor(torch, X).requires_grad_(), tensor(torch, V)
    (g,) = torch.autograd.grad(function(torch, x), x, create_graph=True)
    (product,) = torch.autograd.grad((g * v).sum(), x, create_graph=True)
    return g.detach(), product, torch.autograd.grad(product.sum(), x)[0]


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize(("name", "function"), SMOOTH, ids=[name for name, _ in SMOOTH])
def test_forward_over_reverse(name: str, function: Callable[..., Any], create_graph: bool) -> None:
    """Products of a Hessian with a vector, and their gradients."""
    wanted = reversed_only(function)
    fw = forward_ad(gradiente)
    x, v = tensor(gradiente, X).requires_grad_(), tensor(gradiente, V)
    with fw.dual_level():
        y = function(gradiente, fw.make_dual(x, v))
        (g,) = gradiente.autograd.grad(y, x, create_graph=create_graph)
        product = fw.unpack_dual(g).tangent
        assert product.requires_grad == create_graph
        third = gradiente.autograd.grad(product.sum(), x)[0] if create_graph else None
    same(g.detach(), wanted[0])
    same(product, wanted[1])
    if create_graph:
        same(third, wanted[2])


@pytest.mark.parametrize(("name", "function"), SMOOTH, ids=[name for name, _ in SMOOTH])
def test_reverse_over_forward(name: str, function: Callable[..., Any]) -> None:
    """The gradient of a directional derivative, by the point and by the direction."""
    wanted = reversed_only(function)
    fw = forward_ad(gradiente)
    x, v = tensor(gradiente, X).requires_grad_(), tensor(gradiente, V).requires_grad_()
    with fw.dual_level():
        tangent = fw.unpack_dual(function(gradiente, fw.make_dual(x, v))).tangent
        by_point, by_direction = gradiente.autograd.grad(tangent, (x, v))
    same(by_point, wanted[1])
    same(by_direction, wanted[0])


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("mul", lambda t, x: x * x),
        ("abs", lambda t, x: x.abs()),
        ("real", lambda t, x: x.real * 2),
        ("imag", lambda t, x: x.imag),
        ("conj", lambda t, x: x.conj() * x),
        ("exp", lambda t, x: x.exp()),
        ("angle", lambda t, x: x.angle()),
        ("matmul", lambda t, x: x @ x),
        ("div", lambda t, x: 1 / x),
        ("sum", lambda t, x: x.sum(0)),
    ],
)
def test_complex(name: str, function: Callable[..., Any]) -> None:
    results: list[Any] = []
    for library in LIBRARIES:
        fw = forward_ad(library)
        x = library.tensor([[1 + 2j, -0.5j], [0.3 - 1j, 2.0]], dtype=library.complex128)
        t = library.tensor([[0.5 - 1j, 2j], [1.0, -1 + 1j]], dtype=library.complex128)
        with fw.dual_level():
            results.append(tuple(fw.unpack_dual(function(library, fw.make_dual(x, t)))))
    same(results[1][0], results[0][0])
    same(results[1][1], results[0][1])


def error(library: Any, run: Callable[[Any, Any], Any]) -> tuple[str, str]:
    try:
        run(library, forward_ad(library))
    except Exception as raised:
        return type(raised).__name__, str(raised)
    return "none", ""


def inside(function: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The function, called inside a level with a dual."""

    def run(t: Any, fw: Any) -> Any:
        with fw.dual_level():
            return function(t, fw, fw.make_dual(t.ones(3), t.ones(3)))

    return run


@pytest.mark.parametrize(
    "run",
    [
        lambda t, fw: fw.make_dual(t.ones(3), t.ones(3)),
        lambda t, fw: fw.exit_dual_level(),
        lambda t, fw: fw.exit_dual_level(level=0),
        inside(lambda t, fw, d: fw.enter_dual_level()),
        inside(lambda t, fw, d: fw.exit_dual_level(level=3)),
        inside(lambda t, fw, d: fw.make_dual(t.ones(3), t.ones(2))),
        inside(lambda t, fw, d: fw.make_dual(t.ones(2, 3), t.ones(1, 3))),
        inside(lambda t, fw, d: fw.make_dual(t.tensor([1]), t.ones(1))),
        inside(lambda t, fw, d: fw.make_dual(t.ones(1), t.tensor([1]))),
        inside(lambda t, fw, d: fw.make_dual(2.0, t.ones(1))),
        inside(lambda t, fw, d: fw.make_dual(t.ones(1), 2.0)),
        inside(lambda t, fw, d: fw.make_dual(d, t.ones(3))),
        inside(lambda t, fw, d: fw.make_dual(t.ones(3), d)),
        inside(lambda t, fw, d: fw.make_dual(t.ones(3), t.ones(3), level=1)),
        inside(lambda t, fw, d: fw.unpack_dual(2.0)),
        inside(lambda t, fw, d: fw.make_dual(t.ones(2), t.ones(2).requires_grad_()).mul_(2)),
        inside(lambda t, fw, d: fw.make_dual(t.ones(2).requires_grad_(), t.ones(2)).mul_(2)),
        inside(lambda t, fw, d: d.detach_()),
    ],
)
def test_errors(run: Callable[[Any, Any], Any]) -> None:
    wanted, found = (error(library, run) for library in LIBRARIES)
    assert found[0] == wanted[0]
    assert found[1].startswith(wanted[1].rstrip("."))


@pytest.mark.parametrize(
    "show",
    [
        lambda t, fw, d: d,
        lambda t, fw, d: d.sum(),
        lambda t, fw, d: d.reshape(3, 1),
        lambda t, fw, d: fw.unpack_dual(d),
        lambda t, fw, d: fw.unpack_dual(d.floor()).tangent,
        lambda t, fw, d: fw.unpack_dual(d > 0).tangent,
        lambda t, fw, d: fw.unpack_dual(d.argmax()).tangent,
        lambda t, fw, d: fw.unpack_dual(d.long()).tangent,
        lambda t, fw, d: d.detach(),
        lambda t, fw, d: d.data,
        lambda t, fw, d: t.zeros_like(d),
        lambda t, fw, d: fw.make_dual(t.ones(3), t.ones(3).double()) * 2,
        lambda t, fw, d: fw.make_dual(t.ones(2), t.ones(2) * 1j) * 2,
        lambda t, fw, d: fw.make_dual(t.ones(2).requires_grad_(), t.ones(2)),
        lambda t, fw, d: d.max(0),
        lambda t, fw, d: (d.numpy(), d.tolist(), d.sum().item()),
        lambda t, fw, d: (d._is_view(), d.is_leaf, fw.unpack_dual(d).tangent is fw.unpack_dual(d).tangent),
        lambda t, fw, d: d[:2].mul_(3) + d[:2],
    ],
)
def test_what_is_shown(show: Callable[..., Any]) -> None:
    results: list[str] = []
    for library in LIBRARIES:
        fw = forward_ad(library)
        with fw.dual_level():
            d = fw.make_dual(library.tensor([1.0, 2.0, 3.0]), library.tensor([0.5, -1.0, 2.0]))
            results.append(repr(show(library, fw, d)))
    assert results[1] == results[0]
