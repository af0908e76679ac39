"""torch.func against torch: vmap over many functions (values, gradients inside and outside), transforms, error
texts."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),  # from torch itself
    pytest.mark.filterwarnings("ignore::UserWarning"),  # torch falls back to loops for some functions
]

SEED = 0

V, M, P, S = (5,), (3, 4), (2, 3, 4), ()


def one(*names: str, shape: Any = M, shift: float = 0.0, scale: float = 1.0, **keywords: Any) -> dict[str, Any]:
    """Cases of functions of one tensor."""
    return {name: ((shape,), lambda t, x, name=name: getattr(t, name)(x * scale + shift, **keywords)) for name in names}


CASES: dict[str, Any] = {
    **one("sin", "cos", "tan", "exp", "expm1", "tanh", "sigmoid", "sinh", "cosh", "asinh", "atan", "erf", "square"),
    **one("log_softmax", "cumsum", "cumprod", "logsumexp", "argmax", "argmin", "sort", "argsort", dim=1),
    **one("relu", "abs", "neg", "sign", "floor", "frac", "exp2", "deg2rad", "isnan", "logical_not"),
    **one("log", "sqrt", "rsqrt", "log1p", "log2", "reciprocal", scale=0.1, shift=2.0),
    **one("sum", "mean", "prod", "amax", "amin", "std", "var", "cummax", dim=0),
    **one(
        "max", "min", "median", "numel", "any", "all", "count_nonzero", "trace", "tril", "triu", "ravel", "t", "norm"
    ),
    "sum of all": ((M,), lambda t, x: t.sum(x)),
    "sum keepdim": ((P,), lambda t, x: t.sum(x, (0, -1), keepdim=True)),
    "mean of a number": ((S,), lambda t, x: t.mean(x)),
    "max dim": ((M,), lambda t, x: t.max(x, 1)),
    "min dim 0": ((M,), lambda t, x: t.min(x, 0).values),
    "kthvalue": ((M,), lambda t, x: t.kthvalue(x, 2, 1).values),
    "topk": ((M,), lambda t, x: t.topk(x, 2, 1).values),
    "add": ((M, V[:0]), lambda t, x, y: x + y),
    "sub ranks": ((M, (4,)), lambda t, x, y: x - y),
    "rsub ranks": (((4,), P), lambda t, x, y: x - 2 * y),
    "mul": ((M, M), lambda t, x, y: x * y),
    "div": ((M, M), lambda t, x, y: x / (y * y + 1)),
    "pow": ((M,), lambda t, x: x**3),
    "pow tensors": ((M, M), lambda t, x, y: (x * x + 1) ** y),
    "rpow": ((M,), lambda t, x: 2.0**x),
    "maximum": ((M, M), lambda t, x, y: t.maximum(x, y)),
    "atan2": ((M, M), lambda t, x, y: t.atan2(x, y)),
    "hypot": ((M, M), lambda t, x, y: t.hypot(x, y)),
    "logaddexp": ((M, M), lambda t, x, y: t.logaddexp(x, y)),
    "where": ((M, M), lambda t, x, y: t.where(x > 0, x, y)),
    "clamp": ((M,), lambda t, x: t.clamp(x, -0.5, 0.5)),
    "clamp min": ((M,), lambda t, x: x.clamp(min=0.1)),
    "lerp": ((M, M, M), lambda t, x, y, z: t.lerp(x, y, z)),
    "addcmul": ((M, M, M), lambda t, x, y, z: t.addcmul(x, y, z, value=0.5)),
    "addcdiv": ((M, M, M), lambda t, x, y, z: t.addcdiv(x, y, z * z + 1)),
    "fmod": ((M, M), lambda t, x, y: t.fmod(x, y)),
    "remainder": ((M, M), lambda t, x, y: t.remainder(x, y)),
    "masked_fill": ((M,), lambda t, x: x.masked_fill(x > 0, 0.5)),
    "nan_to_num": ((M,), lambda t, x: t.nan_to_num(x / 0.0)),
    "matmul": ((M, (4, 2)), lambda t, x, y: x @ y),
    "matmul vectors": ((V, V), lambda t, x, y: x @ y),
    "matmul matrix vector": ((M, (4,)), lambda t, x, y: x @ y),
    "matmul vector matrix": (((3,), M), lambda t, x, y: x @ y),
    "matmul ranks": ((P, (4, 2)), lambda t, x, y: x @ y),
    "matmul ranks 2": ((M, (2, 4, 5)), lambda t, x, y: t.matmul(x, y)),
    "bmm": ((P, (2, 4, 2)), lambda t, x, y: t.bmm(x, y)),
    "mm": ((M, (4, 2)), lambda t, x, y: t.mm(x, y)),
    "mv": ((M, (4,)), lambda t, x, y: t.mv(x, y)),
    "dot": ((V, V), lambda t, x, y: t.dot(x, y)),
    "outer": ((V, (3,)), lambda t, x, y: t.outer(x, y)),
    "einsum": ((M, (4, 2)), lambda t, x, y: t.einsum("ij,jk->ki", x, y)),
    "einsum three": ((M, (4, 2), (3,)), lambda t, x, y, z: t.einsum("ij,jk,i->k", x, y, z)),
    "addmm": (((3, 2), M, (4, 2)), lambda t, x, y, z: t.addmm(x, y, z, beta=0.5)),
    "linear": ((P, (5, 4), (5,)), lambda t, x, w, b: t.nn.functional.linear(x, w, b)),
    "reshape": ((M,), lambda t, x: x.reshape(2, -1)),
    "view": ((M,), lambda t, x: x.view(-1)),
    "flatten": ((P,), lambda t, x: x.flatten(1)),
    "squeeze": (((1, 3, 1),), lambda t, x: x.squeeze()),
    "squeeze dim": (((1, 3, 1),), lambda t, x: x.squeeze(-1)),
    "unsqueeze": ((M,), lambda t, x: x.unsqueeze(-1)),
    "permute": ((P,), lambda t, x: x.permute(2, 0, 1)),
    "transpose": ((P,), lambda t, x: x.transpose(0, -1)),
    "mT": ((P,), lambda t, x: x.mT),
    "movedim": ((P,), lambda t, x: t.movedim(x, 0, 2)),
    "expand": (((3, 1),), lambda t, x: x.expand(2, 3, 4)),
    "broadcast_to": (((4,),), lambda t, x: t.broadcast_to(x, (3, 4))),
    "repeat": ((M,), lambda t, x: x.repeat(2, 1, 2)),
    "repeat_interleave": ((M,), lambda t, x: x.repeat_interleave(2, 1)),
    "tile": ((M,), lambda t, x: t.tile(x, (2,))),
    "roll": ((M,), lambda t, x: t.roll(x, 1, 1)),
    "roll flat": ((M,), lambda t, x: t.roll(x, 2)),
    "rot90": ((M,), lambda t, x: t.rot90(x)),
    "cat": ((M, M), lambda t, x, y: t.cat([x, y, x], 1)),
    "stack": ((M, M), lambda t, x, y: t.stack([x, y], -1)),
    "split": ((M,), lambda t, x: t.split(x, [1, 3], 1)[1]),
    "chunk": ((M,), lambda t, x: x.chunk(2, 1)[0]),
    "unbind": ((M,), lambda t, x: x.unbind(0)[1]),
    "narrow": ((M,), lambda t, x: x.narrow(1, 1, 2)),
    "select": ((M,), lambda t, x: x.select(1, 2)),
    "getitem": ((P,), lambda t, x: x[1, ..., 1:]),
    "getitem none": ((M,), lambda t, x: x[:, None, ::2]),
    "getitem list": ((P,), lambda t, x: x[:, [0, 2, 0]]),
    "getitem two lists": ((P,), lambda t, x: x[[0, 1], :, [0, 3]]),
    "getitem adjacent": ((P,), lambda t, x: x[:, [0, 1], [0, 3]]),
    "getitem mask": ((M,), lambda t, x: x[t.tensor([True, False, True])]),
    "index_select": ((M,), lambda t, x: t.index_select(x, 1, t.tensor([2, 0]))),
    "take": ((M,), lambda t, x: t.take(x, t.tensor([0, 5, 5]))),
    "gather": ((M,), lambda t, x: t.gather(x, 1, x.argsort(1)[:, :2])),
    "take_along_dim": ((M,), lambda t, x: t.take_along_dim(x, x.argsort(0), 0)),
    "flip": ((M,), lambda t, x: t.flip(x, (0, 1))),
    "scatter": ((M, M), lambda t, x, y: x.scatter(1, y.argsort(1), y)),
    "scatter_add": ((M, M), lambda t, x, y: x.scatter_add(0, (y > 0).long(), y)),
    "index_add": ((M, (2, 4)), lambda t, x, y: x.index_add(0, t.tensor([1, 1]), y)),
    "index_put": ((M,), lambda t, x: x.index_put((t.tensor([0, 2]),), t.tensor(1.5, dtype=x.dtype))),
    "diagonal": ((M,), lambda t, x: x.diagonal()),
    "diag_embed": ((V,), lambda t, x: t.diag_embed(x)),
    "diag": ((V,), lambda t, x: t.diag(x)),
    "unfold": ((V,), lambda t, x: x.unfold(0, 3, 1)),
    "clone in place": ((M,), lambda t, x: x.clone().mul_(2).add_(x)),
    "setitem": ((M,), lambda t, x: _set(x)),
    "fill in place": ((M,), lambda t, x: x.clone().fill_(2.0) * x),
    "zeros_like": ((M,), lambda t, x: t.zeros_like(x) + x),
    "new_ones": ((M,), lambda t, x: x.new_ones(4) * x),
    "arange": ((V,), lambda t, x: x * t.arange(5)),
    "to": ((M,), lambda t, x: x.to(t.float32)),
    "detach": ((M,), lambda t, x: x.detach() * x),
    "complex": ((M, M), lambda t, x, y: t.complex(x, y).abs()),
    "complex product": ((M, M), lambda t, x, y: (t.complex(x, y) ** 2).real),
    "vector norm": ((M,), lambda t, x: x.norm(dim=1)),
    "norm 3": ((M,), lambda t, x: x.norm(3)),
    "softmax": ((M,), lambda t, x: t.softmax(x, 1)),
    "gelu": ((M,), lambda t, x: t.nn.functional.gelu(x)),
    "softplus": ((M,), lambda t, x: t.nn.functional.softplus(x)),
    "mse_loss": ((M, M), lambda t, x, y: t.nn.functional.mse_loss(x, y)),
    "huber_loss": ((M, M), lambda t, x, y: t.nn.functional.huber_loss(x, y)),
    "nll_loss": ((M,), lambda t, x: t.nn.functional.nll_loss(x.log_softmax(1), t.tensor([0, 3, 1]))),
    "cross_entropy": ((M,), lambda t, x: t.nn.functional.cross_entropy(x, t.tensor([0, 3, 1]))),
    "binary_cross_entropy": ((M, M), lambda t, x, y: t.nn.functional.binary_cross_entropy(x.sigmoid(), y.sigmoid())),
    "with logits": ((M,), lambda t, x: t.nn.functional.binary_cross_entropy_with_logits(x, t.full_like(x, 0.3))),
    "log_sigmoid": ((M,), lambda t, x: t.nn.functional.logsigmoid(x)),
}


def _set(x: Any) -> Any:
    y = x.clone()
    y[0] = 2.0
    y[:, 1] = x[:, 2]
    y[1:, ::2] += 1
    return y * x


def arrays_for(name: str, shapes: Any, batch: int = 4) -> list[Any]:
    """Batched arguments, the batch in front; the same for both libraries."""
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    return [rng.standard_normal((batch, *shape)) for shape in shapes]


def parts(value: Any) -> tuple[Any, ...]:
    """The results of a function as a tuple of tensors."""
    if isinstance(value, tuple):
        return tuple(value)
    return (value,)


def only_tensors(library: Any, function: Any) -> Any:
    """The function with its results as a tuple of tensors."""

    def call(*xs: Any) -> Any:
        return tuple(x if isinstance(x, library.Tensor) else library.tensor(x) for x in parts(function(library, *xs)))

    return call


def total(library: Any, function: Any) -> Any:
    """A number made of what the function returns, for gradients."""
    inner = only_tensors(library, function)

    def call(*xs: Any) -> Any:
        return (
            sum(
                (x.abs() if x.is_complex() else x * x).sum()
                for x in inner(*xs)
                if x.is_floating_point() or x.is_complex()
            )
            + (xs[0] * 0).sum()
        )

    return call


def compare(found: Any, wanted: Any, what: str) -> None:
    for f, w in zip(parts(found), parts(wanted), strict=True):
        assert tuple(f.shape) == tuple(w.shape), what
        assert str(f.dtype).split(".")[-1] == str(w.dtype).split(".")[-1], what
        np.testing.assert_allclose(f.detach().numpy(), w.detach().numpy(), rtol=1e-9, atol=1e-11, err_msg=what)


@pytest.mark.parametrize("name", CASES)
def test_vmap(name):
    shapes, function = CASES[name]
    arrays = arrays_for(name, shapes)
    ours, theirs = ([library.tensor(a) for a in arrays] for library in (gradiente, torch))
    compare(
        gradiente.vmap(only_tensors(gradiente, function))(*ours),
        torch.vmap(only_tensors(torch, function))(*theirs),
        "values",
    )
    last = tuple(-1 for _ in arrays)
    moved_ours = [x.movedim(0, -1) for x in ours]
    moved_theirs = [x.movedim(0, -1) for x in theirs]
    if name not in ("view",):  # which needs an example to be contiguous
        compare(
            gradiente.vmap(only_tensors(gradiente, function), in_dims=last)(*moved_ours),
            torch.vmap(only_tensors(torch, function), in_dims=last)(*moved_theirs),
            "values, batch last",
        )
    numbers = tuple(range(len(arrays)))
    compare(
        gradiente.vmap(gradiente.func.grad(total(gradiente, function), numbers))(*ours),
        torch.vmap(torch.func.grad(total(torch, function), numbers))(*theirs),
        "gradients of each example",
    )
    compare(
        gradiente.func.grad(lambda *xs: gradiente.vmap(total(gradiente, function))(*xs).sum(), numbers)(*ours),
        torch.func.grad(lambda *xs: torch.vmap(total(torch, function))(*xs).sum(), numbers)(*theirs),
        "gradient through vmap",
    )


@pytest.mark.parametrize("name", [name for name, (shapes, _) in CASES.items() if len(shapes) > 1])
def test_vmap_over_one_argument(name):
    shapes, function = CASES[name]
    arrays = arrays_for(name, shapes)
    for mapped in range(len(arrays)):
        given = [a if i == mapped else a[0] for i, a in enumerate(arrays)]
        dims = tuple(0 if i == mapped else None for i in range(len(arrays)))
        ours, theirs = ([library.tensor(a) for a in given] for library in (gradiente, torch))
        numbers = tuple(range(len(arrays)))
        compare(
            gradiente.vmap(only_tensors(gradiente, function), in_dims=dims)(*ours),
            torch.vmap(only_tensors(torch, function), in_dims=dims)(*theirs),
            "values",
        )
        compare(
            gradiente.vmap(gradiente.func.grad(total(gradiente, function), numbers), in_dims=dims)(*ours),
            torch.vmap(torch.func.grad(total(torch, function), numbers), in_dims=dims)(*theirs),
            "gradients of each example",
        )
        compare(
            gradiente.func.grad(
                lambda *xs, d=dims: gradiente.vmap(total(gradiente, function), in_dims=d)(*xs).sum(), numbers
            )(*ours),
            torch.func.grad(lambda *xs, d=dims: torch.vmap(total(torch, function), in_dims=d)(*xs).sum(), numbers)(
                *theirs
            ),
            "gradient through vmap",
        )


@pytest.mark.parametrize("name", [name for name, (shapes, _) in CASES.items() if len(shapes) <= 2])
def test_nested_vmap_equals_a_loop(name):
    shapes, function = CASES[name]
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    arrays = [gradiente.tensor(rng.standard_normal((2, 3, *shape))) for shape in shapes]
    call = only_tensors(gradiente, function)
    if len(arrays) == 1:
        found = gradiente.vmap(gradiente.vmap(call))(*arrays)
        rows = [[call(arrays[0][i, j]) for j in range(3)] for i in range(2)]
    else:  # one level for each argument
        inner = gradiente.vmap(call, in_dims=(None, 0))
        found = gradiente.vmap(inner, in_dims=(0, None))(arrays[0][:, 0], arrays[1][0])
        rows = [[call(arrays[0][i, 0], arrays[1][0, j]) for j in range(3)] for i in range(2)]
    for k, part in enumerate(found):
        wanted = np.array([[rows[i][j][k].numpy() for j in range(3)] for i in range(2)])
        np.testing.assert_allclose(part.numpy(), wanted, rtol=1e-12, atol=1e-13)


JACOBIANS = [
    "sin",
    "matmul",
    "softmax",
    "cumprod",
    "einsum",
    "getitem list",
    "sort",
    "setitem",
    "pow tensors",
    "gather",
]


@pytest.mark.parametrize("name", JACOBIANS)
@pytest.mark.parametrize("transform", ["jacrev", "jacfwd"])
def test_jacobians(name, transform):
    shapes, function = CASES[name]
    arrays = [a[0] for a in arrays_for(name, shapes)]
    numbers = tuple(range(len(arrays)))
    ours, theirs = ([library.tensor(a) for a in arrays] for library in (gradiente, torch))

    def real(library: Any) -> Any:
        return lambda *xs: only_tensors(library, function)(*xs)[0]

    compare(
        getattr(gradiente.func, transform)(real(gradiente), numbers)(*ours),
        getattr(torch.func, transform)(real(torch), numbers)(*theirs),
        transform,
    )


@pytest.mark.parametrize("name", JACOBIANS)
def test_hessians(name):
    shapes, function = CASES[name]
    arrays = [a[0] for a in arrays_for(name, shapes)]
    ours, theirs = ([library.tensor(a) for a in arrays] for library in (gradiente, torch))
    compare(
        gradiente.func.hessian(total(gradiente, function))(*ours),
        torch.func.hessian(total(torch, function))(*theirs),
        "the Hessian",
    )
    compare(
        gradiente.vmap(gradiente.func.hessian(total(gradiente, function)))(*[x[None] for x in ours]),
        torch.vmap(torch.func.hessian(total(torch, function)))(*[x[None] for x in theirs]),
        "the Hessian under vmap",
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda m, x: m.func.vmap(lambda a: a.sum())(x),
        lambda m, x: m.func.vmap(lambda a: a[0])(x),
        lambda m, x: m.func.vmap(m.func.vmap(lambda a: a.exp()))(x),
        lambda m, x: m.func.vmap(lambda a: a.relu(), out_dims=1)(x),
        lambda m, x: m.func.vmap(lambda a: a + 1, in_dims=1)(x),
    ],
)
def test_what_leaves_a_vmap_has_the_name_of_its_last_operation(call: Any) -> None:
    found, wanted = (repr(call(m, m.ones(3, 2, requires_grad=True))) for m in (gradiente, torch))
    assert found == wanted
