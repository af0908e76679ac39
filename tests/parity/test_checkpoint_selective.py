"""Selective checkpoints give torch's gradients and errors."""

from __future__ import annotations

from typing import Any

import pytest
from tests.outcomes import assert_same

import gradiente

torch = pytest.importorskip("torch")

SETUP = """
aten, P = m.ops.aten, c.CheckpointPolicy
ops = [aten.mm.default, aten.addmm.default]
def run(f, x, policy=ops, **options):
    contexts = lambda: c.create_selective_checkpoint_contexts(policy, **options)
    return c.checkpoint(f, x, use_reentrant=False, context_fn=contexts)
w = m.full((2, 2), 0.5, requires_grad=True)
"""
PROGRAMS = {
    "kept by a list": "run(lambda z: (z @ z).exp(), w).sum().backward(); out = w.grad",
    "kept by a function": (
        "seen = []\n"
        "run(lambda z: (z @ z).exp(), w, lambda ctx, op, *a: seen.append(op) or P.MUST_SAVE).sum().backward()\n"
        "out = w.grad, [str(op) for op in seen]"
    ),
    "nothing kept": "run(lambda z: (z @ z).exp(), w, lambda *a: P.MUST_RECOMPUTE).sum().backward(); out = w.grad",
    "twice": "y = run(lambda z: (z @ z).exp(), w).sum(); y.backward(retain_graph=True); y.backward()",
    "changed": (
        "def f(z):\n    y = z @ z\n    s = y.sin()\n    y.detach().mul_(2)\n    return s\nrun(f, w).sum().backward()"
    ),
    "a number": "c.create_selective_checkpoint_contexts(3)",
    "a list of numbers": "c.create_selective_checkpoint_contexts([3])",
    "without gradients": "out = run(lambda z: (z @ z).exp(), w.detach())",
    "policies": "out = [(p.name, p.value) for p in P]",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_give_what_torch_gives(name: str) -> None:
    def call(m: Any) -> Any:
        names: dict[str, Any] = {"m": m, "c": m.utils.checkpoint, "out": None}
        exec(SETUP + PROGRAMS[name], names)
        return names["out"]

    assert_same(call, torch, gradiente)
