"""Every primitive under vmap: over each operand alone and over all of them, it equals the loop over the examples.

Five ways: the value, reverse mode, reverse mode twice, forward mode, and gradients that go through vmap from outside.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.func import grad, jvp, vjp, vmap
from gradiente.rules import Primitive, table
from gradiente.tensor.core import wrap
from gradiente.tensor.dispatch import bind
from gradiente.tensor.multiple import bind_many

from .harness import Call, _is_complex, call_of, dtypes_of, flat, random_like, rng_for, same
from .samples import SAMPLES, Draw, Sample

BATCH = 3
TOLERANCE = 1e-12  # the same formulas; sums may be taken in another order

CASES = [(p, s, d) for name, p in table.items() for s in SAMPLES.get(name, ()) for d in dtypes_of(s)]
IDS = [f"{p.name}-{i}-{dtype}" for i, (p, _, dtype) in enumerate(CASES)]


def applied(primitive: Primitive, static: dict[str, Any]) -> Callable[..., tuple[Any, ...]]:
    """The primitive on Tensors; its results as a tuple."""
    if primitive.name == "unbind":
        return lambda x: torch.unbind(x, static["axis"])
    if primitive.name == "split":
        return lambda x: torch.split(x, static["sizes"], static["axis"])
    if primitive.outputs > 1:
        many = bind_many(primitive)
        return lambda x: many(x, **static)
    call = bind(primitive)
    return lambda *operands: (call(*operands, **static),)


class Batch:
    """The examples of a sample, of which some operands differ and others are the same for all."""

    def __init__(self, primitive: Primitive, sample: Sample, dtype: str, mapped: Sequence[int], dim: int = 0) -> None:
        self.rng = rng_for(sample)
        drawn = [sample.arrays(self.rng, dtype) for _ in range(BATCH)]
        self.first: Call = call_of(primitive, sample, dtype)
        self.mapped = mapped
        self.function = applied(primitive, sample.static)
        self.dim = dim
        fixed = [isinstance(o, Draw) for o in sample.operands]
        self.examples = [
            [
                None if x is None else drawn[b if i in mapped else 0][i] if fixed[i] else self._other(x, b, i)
                for i, x in enumerate(drawn[0])
            ]
            for b in range(BATCH)
        ]
        self.wanted = list(self.first.differentiable)
        self.real = not any(x is not None and _is_complex(x) for x in (*drawn[0], *self.first.outs))

    def _other(self, x: Any, b: int, i: int) -> Any:
        """A fixed array in another order, so that indices and masks differ between the examples."""
        return np.flip(x) if b == 1 and i in self.mapped else x

    @property
    def in_dims(self) -> tuple[int | None, ...]:
        return tuple(self.dim if i in self.mapped else None for i in range(len(self.examples[0])))

    @property
    def batched(self) -> list[Any]:
        """The operands as vmap gets them."""
        return [
            None
            if self.examples[0][i] is None
            else self.stacked([e[i] for e in self.examples])
            if i in self.mapped
            else wrap(np.array(self.examples[0][i]))
            for i in range(len(self.examples[0]))
        ]

    def stacked(self, arrays: Sequence[Any]) -> Any:
        return wrap(np.array(np.moveaxis(np.stack(arrays), 0, self.dim)))

    def row(self, b: int) -> list[Any]:
        """The operands of one example."""
        return [None if x is None else wrap(np.array(x)) for x in self.examples[b]]

    def of_wanted(self, operands: Sequence[Any]) -> Callable[..., tuple[Any, ...]]:
        """The results as a function of the differentiable operands, the others being what they are."""

        def call(*xs: Any) -> tuple[Any, ...]:
            full = list(operands)
            for i, x in zip(self.wanted, xs, strict=True):
                full[i] = x
            return self.function(*full)

        return call

    def check(self, function: Callable[..., tuple[Any, ...]], more: Sequence[Sequence[Any]], what: str) -> None:
        """`function(operands, *more)` under vmap against the loop; `more`: arrays for each example."""
        dims = (list(self.in_dims), *(0 for _ in more))
        found = vmap(function, in_dims=dims)(self.batched, *[wrap(np.stack(m)) for m in more])
        rows = [function(self.row(b), *[wrap(np.array(m[b])) for m in more]) for b in range(BATCH)]
        for f, wanted in zip(found, zip(*rows, strict=True), strict=True):
            stacked = np.stack([w.numpy() for w in wanted])
            assert f._array.dtype == stacked.dtype, f"{what}: {f._array.dtype}"
            same(flat(f._array) * 1, flat(stacked) * 1, TOLERANCE, what)  # numbers, where they were booleans

    def cotangents(self) -> list[list[Any]]:
        """For each result, a cotangent for each example."""
        drawn = [self.first.cotangent(self.rng) for _ in range(BATCH)]
        return [list(of_one) for of_one in zip(*[g if isinstance(g, tuple) else (g,) for g in drawn], strict=True)]

    def tangents(self) -> list[list[Any]]:
        """For each differentiable operand, a tangent for each example."""
        return [[random_like(self.first.operands[i], self.rng) for _ in range(BATCH)] for i in self.wanted]


def batches(primitive: Primitive, sample: Sample, dtype: str) -> list[Batch]:
    """One batch for each operand alone, and two for all together: the examples along the first and the last axis."""
    numbers = [i for i, x in enumerate(sample.operands) if x is not None]
    make = functools.partial(Batch, primitive, sample, dtype)
    alone = [make([i]) for i in numbers] if len(numbers) > 1 else []
    return [*alone, make(numbers), make(numbers, -1)]


def reverse(batch: Batch) -> Callable[..., tuple[Any, ...]]:
    return lambda operands, *gs: vjp(batch.of_wanted(operands), *[operands[i] for i in batch.wanted])[1](tuple(gs))


def twice(batch: Batch) -> Callable[..., tuple[Any, ...]]:
    """The gradient, with respect to operands and cotangents, of a number made from the gradient."""
    n = len(batch.wanted)

    def call(operands: Any, *gs: Any) -> tuple[Any, ...]:
        def number(*xs: Any) -> Any:
            found = vjp(batch.of_wanted(operands), *xs[:n])[1](tuple(xs[n:]))
            return sum((torch.real(f * f.conj()) if f.is_complex() else f * f).sum() for f in found)

        return grad(number, tuple(range(n + len(gs))))(*[operands[i] for i in batch.wanted], *gs)

    return call


def forward(batch: Batch) -> Callable[..., tuple[Any, ...]]:
    return lambda operands, *ts: jvp(batch.of_wanted(operands), tuple(operands[i] for i in batch.wanted), tuple(ts))[1]


@pytest.mark.parametrize(("primitive", "sample", "dtype"), CASES, ids=IDS)
def test_examples_are_independent(primitive: Primitive, sample: Sample, dtype: str) -> None:
    for batch in batches(primitive, sample, dtype):
        where = f"over operands {batch.mapped}, axis {batch.dim}"
        batch.check(lambda operands, batch=batch: batch.function(*operands), [], f"the value {where}")
        if primitive.kind == "constant":
            continue
        cotangents, tangents = batch.cotangents(), batch.tangents()
        batch.check(reverse(batch), cotangents, f"reverse mode {where}")
        batch.check(twice(batch), cotangents, f"second order {where}")
        batch.check(forward(batch), tangents, f"forward mode {where}")


@pytest.mark.parametrize(
    ("primitive", "sample", "dtype"),
    [case for case in CASES if case[0].kind != "constant"],
    ids=[name for name, case in zip(IDS, CASES, strict=True) if case[0].kind != "constant"],
)
def test_rows_columns_and_gradients_from_outside(primitive: Primitive, sample: Sample, dtype: str) -> None:
    """Cotangents or tangents alone differ, as for Jacobians; gradients through vmap are sums of those of the rows."""
    nothing = Batch(primitive, sample, dtype, [])
    for function, more, what in (
        (reverse(nothing), nothing.cotangents(), "rows"),
        (twice(nothing), nothing.cotangents(), "second order of rows"),
        (forward(nothing), nothing.tangents(), "columns"),
    ):
        operands = nothing.row(0)
        found = vmap(lambda *m, f=function, o=operands: f(o, *m))(*[wrap(np.stack(m)) for m in more])
        rows = [function(operands, *[wrap(np.array(m[b])) for m in more]) for b in range(BATCH)]
        for f, wanted in zip(found, zip(*rows, strict=True), strict=True):
            same(flat(f._array), flat(np.stack([w.numpy() for w in wanted])), TOLERANCE, what)
    for batch in batches(primitive, sample, dtype):
        leaves = batch.batched
        for i in batch.wanted:
            leaves[i].requires_grad_()
        gs = [wrap(np.stack(g)) for g in batch.cotangents()]
        outs = vmap(batch.function, in_dims=batch.in_dims)(*leaves)
        found = torch.autograd.grad(outs, [leaves[i] for i in batch.wanted], gs)
        pulled = [reverse(batch)(batch.row(b), *[g[b] for g in gs]) for b in range(BATCH)]
        for i, f, parts in zip(batch.wanted, found, zip(*pulled, strict=True), strict=True):
            arrays = [p.numpy() for p in parts]
            wanted = np.moveaxis(np.stack(arrays), 0, batch.dim) if i in batch.mapped else sum(arrays)
            same(flat(f._array), flat(wanted), TOLERANCE, f"operand {i} from outside, over {batch.mapped}")
