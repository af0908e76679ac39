"""Forward mode on Tensors, for every primitive: the tangents of duals are those of the rules on bare arrays."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente.autograd.forward_ad as fwAD
from gradiente.rules import Primitive
from gradiente.tensor.core import Tensor, wrap
from gradiente.tensor.dispatch import bind

from .harness import call_of, cases, flat, random_like, rng_for, same
from .samples import Sample

CASES = [case for case in cases() if case[0].outputs == 1]
IDS = [f"{p.name}-{i}-{dtype}" for i, (p, _, dtype) in enumerate(CASES)]
TOLERANCE = 1e-12  # the same formulas in another order of operations


def tensor(x: Any) -> Any:
    return wrap(np.array(x)) if isinstance(x, (np.ndarray, np.generic)) else x


@pytest.mark.parametrize(("primitive", "sample", "dtype"), CASES, ids=IDS)
def test_tangents_of_duals(primitive: Primitive, sample: Sample, dtype: str) -> None:
    call, rng = call_of(primitive, sample, dtype), rng_for(sample)
    tangents: list[Any] = [None] * len(call.operands)
    for i in call.differentiable:
        tangents[i] = random_like(call.operands[i], rng)
    wanted = call.push(tuple(tangents))
    with fwAD.dual_level():
        duals = [
            tensor(x) if t is None else fwAD.make_dual(tensor(x), tensor(t))
            for x, t in zip(call.operands, tangents, strict=True)
        ]
        out = bind(primitive)(*duals, **call.static)
        primal, found = fwAD.unpack_dual(out)
        assert found is not None
        assert found.dtype == primal.dtype, "a tangent has the type of its tensor"
        assert found.shape == primal.shape
        same(flat(found._array), flat(wanted), TOLERANCE, "tangent of the dual")


@pytest.mark.parametrize(("primitive", "sample", "dtype"), CASES, ids=IDS)
def test_tangents_are_dropped_with_the_level(primitive: Primitive, sample: Sample, dtype: str) -> None:
    """Also where primal and tangent are tracked; no cycle outlives the level."""
    call, rng = call_of(primitive, sample, dtype), rng_for(sample)
    kept: list[weakref.ref[Tensor]] = []
    gc.disable()
    try:
        with fwAD.dual_level():
            duals: list[Any] = []
            for i, x in enumerate(call.operands):
                if i in call.differentiable:
                    tracked = tensor(x).requires_grad_()
                    duals.append(fwAD.make_dual(tracked, tensor(random_like(x, rng)).requires_grad_()))
                else:
                    duals.append(tensor(x))
            out = bind(primitive)(*duals, **call.static)
            found = fwAD.unpack_dual(out).tangent
            assert found is not None
            kept.append(weakref.ref(found))
            del duals, found
        assert fwAD.unpack_dual(out).tangent is None
        del out
        assert kept[0]() is None
    finally:
        gc.enable()
