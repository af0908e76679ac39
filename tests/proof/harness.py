"""What the proofs share: calls of primitives on bare arrays, their Jacobians in three ways, the checks made of them.

Vectors of Jacobians are real: a complex array counts as its real parts followed by its imaginary parts, so that one
inner product, Re Σ conj(a)·b, serves all types (see Note [Complex rules] in rules/kinds.py).
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from gradiente.arrays import extras_of
from gradiente.rules import Primitive, table
from gradiente.rules.kinds import tangent
from gradiente.tensor import plans

from . import samples_linalg as samples_linalg
from .samples import SAMPLES, Sample

SEED = int(os.environ.get("GRADIENTE_TEST_SEED", "0"))

EXACT = 1e-12  # two ways through the same formulas: rounding only
ARBITRARY = {"eig"}
"""Primitives with complex results that are real for our samples: an imaginary part of a cotangent would ask for the
derivative of an eigenvector's phase, which is arbitrary, and be refused."""

NUMERIC = 1e-7  # differences: Ridders' extrapolation reaches about 1e-10 on these samples


def rng_for(sample: Sample) -> np.random.Generator:
    """Random numbers that depend on the sample and GRADIENTE_TEST_SEED alone."""
    return np.random.default_rng([SEED, zlib.crc32(repr(sample).encode())])


def samples_of(name: str) -> tuple[Sample, ...]:
    """The samples of a primitive; an error that says what to do if there is none."""
    found = SAMPLES.get(name)
    assert found, f"primitive {name!r} has no sample: add one line to tests/proof/samples.py"
    return found


def dtypes_of(sample: Sample) -> tuple[str, ...]:
    """The types of full precision that a sample is checked in."""
    return ("complex128",) if sample.only_complex else ("float64", "complex128") if sample.complex else ("float64",)


def cases(names: Sequence[str] | None = None) -> Iterator[tuple[Primitive, Sample, str]]:
    """All primitives with a derivative, with their samples and types."""
    for name in names or table:
        if table[name].kind != "constant":
            for sample in samples_of(name):
                for dtype in dtypes_of(sample):
                    yield table[name], sample, dtype


class Call:
    """One call of a primitive on bare arrays, ready to be differentiated in both modes."""

    def __init__(
        self, primitive: Primitive, operands: tuple[Any, ...], static: dict[str, Any], xp: Any = np, extras: Any = None
    ) -> None:
        self.primitive, self.operands, self.static, self.xp = primitive, operands, static, xp
        self.extras = extras_of(xp) if extras is None else extras
        with np.errstate(all="ignore"):
            self.out = primitive.run(xp, self.extras, operands, static)
        self.outs: tuple[Any, ...] = self.out if isinstance(self.out, tuple) else (self.out,)
        self.is_complex = any(x is not None and _is_complex(x) for x in (*operands, *self.outs))

    @property
    def differentiable(self) -> tuple[int, ...]:
        """The numbers of the operands that have a rule and a type that can have gradients."""
        return tuple(
            i
            for i, x in enumerate(self.operands)
            if x is not None and self.primitive.rule_for(i) is not None and (_is_complex(x) or "float" in str(x.dtype))
        )

    def cotangent(self, rng: np.random.Generator) -> Any:
        """A random cotangent of the result."""
        return self.allowed(random_like(self.out, rng))

    def allowed(self, g: Any) -> Any:
        """The part of a cotangent that the rules accept."""
        return tuple([part.real + 0j for part in g]) if self.primitive.name in ARBITRARY else g

    def environment(self, saved: tuple[str, ...] | None = None) -> dict[str, Any]:
        """What rules can name; with `saved`, of operands and result only what a node keeps, as in tensor/plans.py."""
        primitive, shapes = self.primitive, tuple(getattr(x, "shape", ()) for x in self.operands)
        env: dict[str, Any] = {"xp": self.xp, "extras": self.extras, "shapes": shapes, **self.static}
        if not primitive.variadic:
            values = dict(zip(primitive.operands, self.operands, strict=True)) | {"out": self.out}
            env.update({name: x for name, x in values.items() if saved is None or name in saved})
            env.update({f"{name}_shape": s for name, s in zip(primitive.operands, shapes, strict=True)})
        if primitive.variadic and saved:
            env["operands"] = self.operands
        if saved is None:
            env |= {"out": self.out, "operands": self.operands, "static": self.static}
        return env

    def vjp(self, i: int, g: Any) -> Any:
        """Reverse mode without the border: what the rule says, given only what it saves."""
        mask = tuple(j == i for j in range(len(self.operands)))
        env = self.environment(self.primitive.saved_names(mask))
        with np.errstate(all="ignore"):
            return self.primitive.vjp(i, g, env, self.is_complex)

    def pull(self, i: int, g: Any) -> Any:
        """Reverse mode: the cotangent of operand i, with the duties of the border done."""
        x = self.operands[i]
        return plans.border(self.vjp(i, g), x.shape, x.dtype, self.xp)

    def push(self, tangents: tuple[Any, ...]) -> Any:
        """Forward mode: the tangent of the result."""
        with np.errstate(all="ignore"):
            return tangent(self.primitive, tangents, self.environment())

    def push_one(self, i: int, t: Any) -> Any:
        """Forward mode from operand i alone."""
        return self.push(tuple(t if j == i else None for j in range(len(self.operands))))


def _is_complex(x: Any) -> bool:
    return "complex" in str(x.dtype)


def call_of(primitive: Primitive, sample: Sample, dtype: str) -> Call:
    """A sample's call."""
    return Call(primitive, sample.arrays(rng_for(sample), dtype), sample.static)


# --- arrays as real vectors


def flat(x: Any) -> Any:
    """The real vector of an array, or of several."""
    if isinstance(x, (tuple, list)):
        return np.concatenate([flat(part) for part in x])
    x = np.asarray(x)
    return np.concatenate((x.real.ravel(), x.imag.ravel())) if x.dtype.kind == "c" else x.ravel()


def shaped(vector: Any, like: Any) -> Any:
    """The array, or the several, of which `vector` is the real vector."""
    if isinstance(like, (tuple, list)):
        sizes = np.cumsum([flat(part).size for part in like])[:-1]
        return tuple(shaped(v, part) for v, part in zip(np.split(vector, sizes), like, strict=True))
    like = np.asarray(like)
    if like.dtype.kind == "c":
        real, imag = np.split(vector, 2)
        return (real + 1j * imag).reshape(like.shape).astype(like.dtype)
    return vector.reshape(like.shape).astype(like.dtype)


def random_like(like: Any, rng: np.random.Generator) -> Any:
    """Random values with the shape and type of an array, or of several."""
    return shaped(rng.standard_normal(flat(like).size), like)


# --- Jacobians: rows belong to the result, columns to the operand


def reverse_jacobian(call: Call, i: int) -> Any:
    """By reverse mode, row by row."""
    n = flat(call.out).size
    return np.array([flat(call.pull(i, call.allowed(shaped(row, call.out)))) for row in np.eye(n)]).reshape(n, -1)


def forward_jacobian(call: Call, i: int) -> Any:
    """By forward mode, column by column."""
    x, n = call.operands[i], flat(call.out).size
    columns = [flat(call.push_one(i, shaped(column, x))) for column in np.eye(flat(x).size)]
    return np.array(columns).reshape(-1, n).T


def ridders(function: Callable[[float], Any], start: float = 4e-3, rounds: int = 6) -> tuple[Any, float]:
    """The derivative at 0 and its error: central differences at several steps, extrapolated (Ridders 1982)."""
    shrink = 2.0
    best, error = None, np.inf
    previous: list[Any] = []
    for k in range(rounds):
        h = start / shrink**k
        row = [(function(h) - function(-h)) / (2 * h)]
        for j, old in enumerate(previous):
            factor = shrink ** (2 * (j + 1))
            row.append((factor * row[j] - old) / (factor - 1))
            estimate = max(np.max(np.abs(row[-1] - row[j]), initial=0.0), np.max(np.abs(row[-1] - old), initial=0.0))
            if estimate <= error:
                best, error = row[-1], float(estimate)
        previous = row
    return best, error


@cache
def numeric_jacobian(name: str, sample: Sample, dtype: str, i: int) -> Any:
    """By differences of the forward function at several steps."""
    call = call_of(table[name], sample, dtype)
    x = call.operands[i]

    def moved(direction: Any) -> Callable[[float], Any]:
        def at(h: float) -> Any:
            operands = tuple(
                o + h * sample.projected(i, direction) if j == i else o for j, o in enumerate(call.operands)
            )
            return flat(Call(call.primitive, operands, call.static).out)

        return at

    columns: list[Any] = []
    for column in np.eye(flat(x).size):
        derivative, error = ridders(moved(shaped(column, x)))
        assert error < NUMERIC / 10 * (1 + np.max(np.abs(derivative), initial=0.0)), f"differences too rough: {error}"
        columns.append(derivative)
    return np.array(columns).reshape(-1, flat(call.out).size).T


def _directions(sample: Sample, i: int, x: Any) -> Any:
    """The directions in which operand i is moved: all, or their parts for which the primitive is differentiated."""
    return np.array([flat(sample.projected(i, shaped(column, x))) for column in np.eye(flat(x).size)]).T


# --- the checks: each raises AssertionError


def same(found: Any, wanted: Any, tolerance: float, what: str) -> None:
    """Equal up to a tolerance relative to the largest value."""
    assert found.shape == wanted.shape, f"{what}: shapes {found.shape} and {wanted.shape}"
    scale = 1.0 + np.max(np.abs(wanted), initial=0.0)
    error = np.max(np.abs(found - wanted), initial=0.0) / scale
    assert error <= tolerance, f"{what}: relative error {error:.2e} > {tolerance:.0e}\n{found}\n{wanted}"


def check_linear(call: Call, rng: np.random.Generator) -> None:
    """Every rule is linear in g, in both modes, and 0 for g = 0."""
    alpha, beta = 1.7, -0.6
    for i in call.differentiable:
        x = call.operands[i]
        for kind, rule, like, draw in (
            ("vjp", call.pull, call.out, lambda: call.cotangent(rng)),
            ("jvp", call.push_one, x, lambda x=x: random_like(x, rng)),
        ):
            one, two = (flat(draw()) for _ in range(2))
            results = [flat(rule(i, shaped(v, like))) for v in (alpha * one + beta * two, one, two, 0 * one)]
            same(results[0], alpha * results[1] + beta * results[2], EXACT, f"{kind} of operand {i} is not linear in g")
            assert not np.any(results[3]), f"{kind} of operand {i} is not 0 for g = 0"


def check_adjoint(call: Call, rng: np.random.Generator) -> None:
    """⟨t, vjp g⟩ = ⟨jvp t, g⟩, operand by operand, for random t and g."""
    for i in call.differentiable:
        t, g = random_like(call.operands[i], rng), call.cotangent(rng)
        back, forth = flat(call.pull(i, g)), flat(call.push_one(i, t))
        scale = 1 + np.linalg.norm(flat(t)) * np.linalg.norm(back) + np.linalg.norm(flat(g)) * np.linalg.norm(forth)
        gap = abs(flat(t) @ back - flat(g) @ forth)
        assert gap <= EXACT * scale, f"operand {i}: ⟨t, vjp g⟩ and ⟨jvp t, g⟩ differ by {gap / scale:.2e}"


def check_jacobians(call: Call, sample: Sample, dtype: str) -> None:
    """Both modes give the Jacobian that differences of the forward function give."""
    for i in call.differentiable:
        wanted = numeric_jacobian(call.primitive.name, sample, dtype, i)
        directions = _directions(sample, i, call.operands[i])
        reverse, forward = reverse_jacobian(call, i) @ directions, forward_jacobian(call, i) @ directions
        same(reverse, wanted, NUMERIC, f"vjp of operand {i} against differences")
        same(forward, wanted, NUMERIC, f"jvp of operand {i} against differences")
        same(forward, reverse, EXACT, f"forward against reverse, operand {i}")


def check_all(call: Call, sample: Sample, dtype: str) -> None:
    """Every first-order property."""
    rng = rng_for(sample)
    check_linear(call, rng)
    check_adjoint(call, rng)
    check_jacobians(call, sample, dtype)
