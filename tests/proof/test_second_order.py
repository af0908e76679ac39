"""Rules applied to Tensors: the engine gives the table's gradients, recorded or not, and gradients of gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradiente.autograd import grad
from gradiente.rules import table
from gradiente.tensor.core import wrap
from gradiente.tensor.dispatch import bind
from gradiente.tensor.multiple import bind_many

from .harness import EXACT, Call, call_of, dtypes_of, flat, random_like, ridders, rng_for, same, samples_of

NAMES = [name for name, primitive in table.items() if primitive.kind != "constant"]
SECOND = 1e-7  # differences of exact first-order gradients, extrapolated


def calls(name):
    for sample in samples_of(name):
        for dtype in dtypes_of(sample):
            yield call_of(table[name], sample, dtype), rng_for(sample), sample


def tensors_of(call: Call, dtype: str | None = None) -> list[Any]:
    """The operands as leaves, their floating-point values in another type if one is given."""
    tensors: list[Any] = [
        None if x is None else wrap(np.array(x, dtype=dtype if dtype and x.dtype.kind in "fc" else x.dtype))
        for x in call.operands
    ]
    for i in call.differentiable:
        tensors[i].requires_grad_()
    return tensors


def applied(primitive, tensors, static):
    """The results of a primitive on Tensors, as a list."""
    if primitive.outputs != 1:
        return list(bind_many(primitive)(*tensors, (), **static))
    return [bind(primitive)(*tensors, **static)]


def listed(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_gives_the_tables_gradients(name):
    for call, rng, _ in calls(name):
        tensors = tensors_of(call)
        out = applied(table[name], tensors, call.static)
        same(flat([o._array for o in out]), flat(call.out), EXACT, "the value")
        g = call.cotangent(rng)
        seeds = [wrap(part) for part in listed(g)]
        inputs = [tensors[i] for i in call.differentiable]
        raw = grad(out, inputs, seeds, retain_graph=True)
        taped = grad(out, inputs, seeds, create_graph=True)
        for i, x, bare, recorded in zip(call.differentiable, inputs, raw, taped, strict=True):
            wanted = flat(call.pull(i, g))
            for found in (bare, recorded):
                same(flat(found._array), wanted, EXACT, f"gradient of operand {i}")
                assert found._array.dtype == x._array.dtype
                assert found._array.shape == x._array.shape


def slope_along(call, g, vs, i, delta):
    """h ↦ Σ ⟨gradient of operand j, v_j⟩ with operand i moved by h · delta."""

    def at(h):
        moved = tuple(x + h * delta if j == i else x for j, x in enumerate(call.operands))
        there = Call(call.primitive, moved, call.static)
        return sum(flat(there.pull(j, g)) @ flat(v) for j, v in zip(call.differentiable, vs, strict=True))

    return at


@pytest.mark.parametrize("name", NAMES)
def test_second_order(name):
    for call, rng, sample in calls(name):
        tensors = tensors_of(call)
        out = applied(table[name], tensors, call.static)
        g = call.cotangent(rng)
        seeds = [wrap(part).requires_grad_() for part in listed(g)]
        inputs = [tensors[i] for i in call.differentiable]
        vs = [random_like(x._array, rng) for x in inputs]
        first = [
            (gradient, wrap(v))
            for gradient, v in zip(grad(out, inputs, seeds, create_graph=True), vs, strict=True)
            if gradient.requires_grad  # a rule that returns zeros depends on nothing
        ]
        if not first:
            continue
        gradients, directions = zip(*first, strict=True)
        found = grad(gradients, [*inputs, *seeds], directions, allow_unused=True)
        parts = [
            np.zeros_like(x._array) if f is None else f._array for f, x in zip(found, [*inputs, *seeds], strict=True)
        ]
        second, of_seeds = parts[: len(inputs)], parts[len(inputs) :]
        tangents: list[object] = [None] * len(call.operands)
        for i, v in zip(call.differentiable, vs, strict=True):
            tangents[i] = v
        same(flat(of_seeds), flat(call.push(tuple(tangents))), EXACT, "with respect to g: the other mode")
        for number, i in enumerate(call.differentiable):
            delta = sample.projected(i, random_like(call.operands[i], rng))
            wanted, error = ridders(slope_along(call, g, vs, i, delta))
            assert error < SECOND * (1 + abs(wanted)), f"differences too rough: {error}"
            value = flat(second[number]) @ flat(delta)
            assert abs(value - wanted) <= SECOND * (1 + abs(wanted)), f"operand {i}: {value} against {wanted}"


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex64"])
@pytest.mark.parametrize("name", NAMES)
def test_shape_and_dtype_are_kept(name, dtype):
    """The border: a gradient has its operand's shape and type, in the types of lower precision too."""
    for sample in samples_of(name):
        if ("complex" in dtype) is not (sample.complex or sample.only_complex) and (
            "complex" in dtype or sample.only_complex
        ):
            continue
        call = call_of(table[name], sample, "complex128" if "complex" in dtype else "float64")
        tensors = tensors_of(call, dtype)
        out = applied(table[name], tensors, call.static)
        seeds = [wrap(np.ones_like(o._array)) for o in out]
        inputs = [tensors[i] for i in call.differentiable]
        for taped in (False, True):
            found = grad(out, inputs, seeds, retain_graph=True, create_graph=taped)
            for x, gradient in zip(inputs, found, strict=True):
                assert gradient._array.dtype == dtype, f"{gradient._array.dtype} for {dtype} (taped: {taped})"
                assert gradient._array.shape == x._array.shape
