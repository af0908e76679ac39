"""Random programs of functions, changes in place, saved-tensor hooks and checkpoints: values, errors, two orders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente
import gradiente.utils.checkpoint

oracle: Any = pytest.importorskip("torch")
pytest.importorskip("torch.utils.checkpoint")


def functions(torch: Any) -> dict[str, Any]:
    """Functions of one's own: saving operands and results, changing in place, returning views, with a second output."""

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 3 * x * x * g

    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            y = (x * 0.5).exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (y,) = ctx.saved_tensors
            return y * g * 0.5

    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.mark_dirty(x)
            return x.mul_(1.5)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 1.5

    class Flip(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.view_as(x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return -g

    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            x, y = ctx.saved_tensors
            return g * y + h, (g * x + h if ctx.needs_input_grad[1] else None)

    return {"cube": Cube.apply, "exp": Exp.apply, "scale": Scale.apply, "flip": Flip.apply, "both": Both.apply}


def step(torch: Any, own: dict[str, Any], xs: list[Any], r: np.random.Generator, depth: int) -> Any:
    """One statement of a program, over the tensors that there are."""
    a, b = (xs[int(i)] for i in r.integers(len(xs), size=2))
    kind, k = int(r.integers(16)), int(r.integers(3))
    if kind < 3:
        return own[("cube", "exp", "flip")[kind]](a)
    if kind == 3:
        return own["both"](a, b)[k % 2]
    if kind == 4:
        return own["scale"](a)
    if kind == 5:
        return a.mul_(b[0].detach() * 0.5)
    if kind == 6:
        a[k] = b[0]
        return a
    if kind == 7:
        return a.add_(b)
    if kind == 8:
        return (a * b).tanh()
    if kind == 9:
        return torch.cat([a[1:], b[:1]])
    if kind == 10:
        return a.sin() + b.sum()
    if kind == 11:
        return a.detach() * b
    if kind == 12 and depth:
        pack = (lambda t: t, lambda t: t.clone(), lambda t: t.detach().numpy().copy())[k]
        unpack = torch.from_numpy if k == 2 else lambda t: t
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
            return several(torch, own, list(xs), r, depth - 1)
    if kind in (13, 14) and depth:
        seed = int(r.integers(2**31))

        def body(*given: Any) -> Any:  # it has to do the same when it is run again
            inner = np.random.default_rng(seed)
            # PyTorch forbids views of untracked tensors that a Function returned after a refused change: no views here
            return several(torch, own, [x * 1 for x in given], inner, depth - 1) * 1

        return torch.utils.checkpoint.checkpoint(body, *xs[-3:], use_reentrant=kind == 13)
    with torch.no_grad():
        c = a * 2
    return c * b


def several(torch: Any, own: dict[str, Any], xs: list[Any], r: np.random.Generator, depth: int) -> Any:
    for _ in range(int(r.integers(2, 5))):
        xs.append(step(torch, own, xs, r, depth))
    return xs[-1]


def play(torch: Any, seed: int) -> list[Any]:
    r = np.random.default_rng(seed)
    own = functions(torch)
    leaves = [torch.tensor(v.tolist(), dtype=torch.float64, requires_grad=True) for v in r.uniform(0.3, 0.9, (3, 3))]
    xs = [x * 1.0 for x in leaves]
    log: list[Any] = []
    for _ in range(6):
        try:
            xs.append(step(torch, own, xs, r, 2))
        except RuntimeError:
            log.append("refused")
    log.extend(x.detach().numpy().copy() for x in xs)
    order = int(r.integers(3))
    try:
        loss = sum((x * (i + 1)).sum() for i, x in enumerate(xs[-3:]))
        if order == 0:
            loss.backward()
            log.extend(None if x.grad is None else x.grad.numpy() for x in leaves)
            return log
        first = torch.autograd.grad(loss, leaves, create_graph=order == 2, allow_unused=True)
        log.extend(None if g is None else g.detach().numpy() for g in first)
        if order == 2:
            total = sum((g * g).sum() for g in first if g is not None)
            log.append(total.requires_grad)
            second = torch.autograd.grad(total, leaves, allow_unused=True)
            log.extend(None if g is None else g.numpy() for g in second)
    except RuntimeError:
        log.append("refused")
    return log


@pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")
@pytest.mark.parametrize("number", range(150))
def test_random_programs(number: int, seed: int) -> None:
    theirs, ours = play(oracle, seed), play(gradiente, seed)
    assert len(ours) == len(theirs), (ours, theirs)
    for mine, other in zip(ours, theirs, strict=True):
        if isinstance(other, np.ndarray) and isinstance(mine, np.ndarray):
            np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-9)
        else:
            assert mine == other
