"""Selective checkpoints: what is kept, what is computed again, and what is refused."""

from __future__ import annotations

import functools
import gc
import weakref

import pytest

import gradiente as torch
from gradiente import nn
from gradiente.graph import PLAIN, current
from gradiente.utils.checkpoint import (
    CheckpointPolicy,
    SelectiveCheckpointContext,
    checkpoint,
    create_selective_checkpoint_contexts,
)
from gradiente.utils.flop_counter import FlopCounterMode

aten = torch.ops.aten
PRODUCTS = [aten.mm.default, aten.addmm.default]


def run(function, *args, policy=PRODUCTS, **options):
    contexts = functools.partial(create_selective_checkpoint_contexts, policy, **options)
    return checkpoint(function, *args, use_reentrant=False, context_fn=contexts)


@pytest.fixture
def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4), nn.Dropout(0.3), nn.LayerNorm(4))


def gradients(net, x, compute):
    torch.manual_seed(1)
    return torch.autograd.grad(compute().square().sum(), (x, *net.parameters()))


@pytest.mark.parametrize("policy", [PRODUCTS, lambda ctx, op, *args: True, lambda ctx, op, *args: False])
def test_gradients_are_the_same(net, policy):
    x = torch.randn(3, 4, requires_grad=True)
    wanted = gradients(net, x, lambda: net(x))
    found = gradients(net, x, lambda: run(net, x, policy=policy))
    assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))
    assert current() is PLAIN


def test_kept_products_are_not_computed_again():
    x = torch.ones(4, 4, requires_grad=True)

    def f(x):
        return ((x @ x).exp() @ x).sin()

    def flops(compute):
        with FlopCounterMode(display=False) as counter:
            compute().sum().backward()
        return counter.get_total_flops()

    plain, product = flops(lambda: f(x)), 2 * 4**3
    assert plain == 6 * product
    assert flops(lambda: checkpoint(f, x, use_reentrant=False)) == plain + 2 * product
    for policy in CheckpointPolicy:
        again = 2 * product if "RECOMPUTE" in policy.name else 0
        assert flops(functools.partial(run, f, x, policy=lambda ctx, op, *args, policy=policy: policy)) == plain + again


def test_what_a_policy_is_told(net):
    seen = []

    def policy(ctx, op, *args):
        assert isinstance(ctx, SelectiveCheckpointContext)
        seen.append((str(op), ctx.is_recompute, tuple(ctx.op_output.shape), args[0].shape[-1]))
        return CheckpointPolicy.PREFER_RECOMPUTE

    x = torch.ones(3, 4, requires_grad=True)
    run(net[:2], x, policy=policy).sum().backward()
    assert seen == [("aten.addmm.default", False, (3, 8), 4), ("aten.gelu.default", False, (3, 8), 8)]


def test_names_of_operators():
    seen = []
    x = torch.ones(2, 2, requires_grad=True)
    run(lambda x: (x * x + x).exp().sum(), x, policy=lambda ctx, op, *args: bool(seen.append(op))).backward()
    assert seen == [aten.mul.Tensor, aten.add.Tensor, aten.exp.default, aten.sum.default]


def test_refused():
    w = torch.ones(2, 2, requires_grad=True)
    y = run(lambda z: (z @ z).exp(), w).sum()
    y.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match=r"Trying to backward an extra time.*checkpoint\. \(What was"):
        y.backward()

    def changes(z):
        y = z @ z
        s = y.sin()
        y.detach().mul_(2)
        return s

    with pytest.raises(RuntimeError, match=r"has been mutated \(clone it"):
        run(changes, w).sum().backward()
    run(changes, w, allow_cache_entry_mutation=True).sum().backward()
    calls = []

    def longer(z):
        calls.append(1)
        return (z @ z @ z).exp() if len(calls) > 1 else (z @ z).exp()

    with pytest.raises(RuntimeError, match=r"aten\.mm\.default invocation index 1 encountered during backward but not"):
        run(longer, w).sum().backward()
    with pytest.raises(ValueError, match=r"got: aten\.mm of type .* change it to `torch.ops.aten.mm.default`"):
        create_selective_checkpoint_contexts([aten.mm])
    with pytest.raises(ValueError, match="to be an OpOverload but got: 3"):
        create_selective_checkpoint_contexts([3])
    with pytest.raises(TypeError, match="must be either a function or a list of ops"):
        create_selective_checkpoint_contexts(3)


def test_what_was_kept_is_freed():
    gc.disable()
    try:
        x = torch.ones(3, 3, requires_grad=True)
        held = []

        def policy(ctx, op, *args):
            held.append(weakref.ref(ctx.op_output))
            return True

        y = run(lambda z: (z @ z).exp(), x, policy=policy)
        del y
        assert [ref() for ref in held] == [None] * len(held)
    finally:
        gc.enable()
