"""Negative controls: every rule is broken on purpose, in several ways; the proofs must notice every time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from gradiente.rules import Primitive, table
from gradiente.rules.kinds import Rule
from gradiente.tensor import plans

from .harness import Call, call_of, cases, check_all, check_jacobians, reverse_jacobian

NAMES = [name for name, primitive in table.items() if primitive.kind != "constant"]

FULL = {("mantissa", 0), ("overwrite", 0), ("prelu", 0)}
"""Operands that always have the result's shape: there is nothing to sum."""

SAME = "the result stands on the same side of the bound as the operand"
ZEROS = "the operand decides only at 0, NaN or infinity, which test_kinks.py holds"
COPIED = "the values are in x, too"

EQUIVALENT: dict[tuple[str, str], str] = {
    ("max", "swap x"): "x == out, whichever comes first",
    ("min", "swap x"): "x == out, whichever comes first",
    ("median", "swap x"): "x == out, whichever comes first",
    ("relu", "swap out"): SAME,
    ("leaky_relu", "swap x"): SAME,
    ("hardtanh", "swap x"): SAME,
    ("hardshrink", "swap x"): SAME,
    ("threshold", "swap x"): SAME,
    ("fmax", "da: swap b"): SAME,
    ("fmax", "db: swap b"): SAME,
    ("fmin", "da: swap b"): SAME,
    ("fmin", "db: swap b"): SAME,
    ("clamp_min", "da: swap b"): SAME,
    ("clamp_max", "da: swap b"): SAME,
    ("clamp_min", "db: swap b"): SAME,
    ("clamp_max", "db: swap b"): SAME,
    ("clamp_tensors", "da: swap c"): SAME,
    ("clamp_tensors", "dc: swap c"): SAME,
    ("pow", "db: swap b"): ZEROS,
    ("xlogy", "da: swap a"): ZEROS,
    ("xlog1py", "da: swap a"): ZEROS,
    ("power_base", "swap x"): ZEROS,
    ("nan_to_num", "swap x"): ZEROS,
    ("nansum", "swap x"): ZEROS,
    **{(f"{kind}_layer", f"dx: swap {name}"): COPIED for kind in ("simple", "long_short", "gated") for name in "wh"},
    ("long_short_layer", "dx: swap c"): COPIED,
}
"""Mutants that are no mistakes, and why."""

Change = Callable[[Rule, Any, dict[str, Any]], Any]


class Mutant(Rule):
    """A rule with a mistake."""

    __slots__ = ("change", "inner")

    def __init__(self, inner: Rule, change: Change) -> None:
        super().__init__(inner.function)
        self.inner, self.change = inner, change

    def __call__(self, g: Any, env: dict[str, Any]) -> Any:
        return self.change(self.inner, g, env)


def swapped(name: str, other: str) -> Change:
    """The rule receives another operand (or the result) in place of the one that it names."""

    def change(rule: Rule, g: Any, env: dict[str, Any]) -> Any:
        # A rule sees what it saves, so the wrong value comes from where the call left it.
        return rule(g, {**env, name: env["everything"][other]})

    return change


def zero(primitive: Primitive, i: int) -> bool:
    """Whether a derivative is 0 everywhere: twice that, its negative and its square are no mistakes."""
    calls = [call_of(p, sample, dtype) for p, sample, dtype in cases([primitive.name])]
    return not any(np.any(reverse_jacobian(call, i)) for call in calls if i in call.differentiable)


def changes_of(primitive: Primitive, i: int, rule: Rule) -> Iterator[tuple[str, Change]]:
    """The mistakes that one can make in a rule."""
    if zero(primitive, i):
        yield "g itself", lambda rule, g, env: g
        yield "one", lambda rule, g, env: rule(g, env) + 1
        return
    yield "factor 2", lambda rule, g, env: 2 * rule(g, env)
    yield "sign", lambda rule, g, env: -rule(g, env)
    yield "g squared", lambda rule, g, env: rule(g * g, env)
    if not primitive.variadic:
        values = (*primitive.operands, "out")
        for name in rule.names:
            if name in values:
                which = "" if len(primitive.operands) == 1 else f"d{primitive.operands[i]}: "
                yield f"{which}swap {name}", swapped(name, values[(values.index(name) + 1) % len(values)])


def mutants(primitive: Primitive) -> Iterator[tuple[str, Primitive]]:
    """Copies of a primitive, each with one mistake."""
    for i, rule in enumerate(primitive.rules):
        if rule is None:
            continue
        for label, change in changes_of(primitive, i, rule):
            mutant = copy.copy(primitive)
            mutant.rules = tuple(Mutant(rule, change) if j == i else r for j, r in enumerate(primitive.rules))
            yield label, mutant
    if primitive.forward_jvp is not None:
        for label, change in (
            ("jvp factor 2", lambda r, g, env: 2 * r(g, env)),
            ("jvp sign", lambda r, g, env: -r(g, env)),
        ):
            mutant = copy.copy(primitive)
            mutant.forward_jvp = Mutant(primitive.forward_jvp, change)
            yield label, mutant


class Everything(Call):
    """A call that shows a rule, under one more name, also the values that it did not save."""

    def environment(self, saved: tuple[str, ...] | None = None) -> dict[str, Any]:
        everything = super().environment()
        return {**super().environment(saved), "everything": everything}


def noticed(mutant: Primitive) -> bool:
    """Whether the proofs fail for a broken primitive."""
    for _, sample, dtype in cases([mutant.name]):
        whole = call_of(table[mutant.name], sample, dtype)
        call = Everything(mutant, whole.operands, sample.static)
        try:
            check_all(call, sample, dtype)
        except (
            AssertionError,
            ValueError,
            IndexError,
            TypeError,
            AttributeError,
        ):  # but the first: spoilt shapes or types
            return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_every_mistake_is_noticed(name):
    survivors = [label for label, mutant in mutants(table[name]) if not noticed(mutant)]
    excused = [label for label in survivors if (name, label) in EQUIVALENT]
    assert survivors == excused, f"mistakes in {name} that no proof notices: {set(survivors) - set(excused)}"


@pytest.mark.parametrize("name", NAMES)
def test_the_unbroken_rule_passes(name):
    """The control of the control: what notices the mistakes accepts the rule itself."""
    assert not noticed(table[name])


def test_equivalent_mutants_exist():
    found = {(name, label) for name in NAMES for label, _ in mutants(table[name])}
    stale = set(EQUIVALENT) - found
    assert not stale, f"excuses for mutants that are not made any more: {stale}"


def test_a_dropped_sum_to_shape_is_noticed(monkeypatch):
    """For every elementwise primitive of several operands, and every operand."""
    border = plans.border

    def without_sum(g: Any, shape: tuple[int, ...], dtype: Any, xp: Any) -> Any:
        return border(g, g.shape, dtype, xp)

    monkeypatch.setattr(plans, "border", without_sum)
    missed = []
    for name in NAMES:
        primitive = table[name]
        if primitive.kind != "elementwise" or len(primitive.operands) == 1:
            continue
        for i, rule in enumerate(primitive.rules):
            if rule is None or (name, i) in FULL:
                continue
            alone = copy.copy(primitive)
            alone.rules = tuple(r if j == i else None for j, r in enumerate(primitive.rules))
            alone.operands = primitive.operands
            for _, sample, dtype in cases([name]):
                call = call_of(primitive, sample, dtype)
                try:
                    check_jacobians(Call(alone, call.operands, sample.static), sample, dtype)
                except (AssertionError, ValueError):
                    break
            else:
                missed.append(f"{name}, operand {i}")
    assert not missed, f"samples without broadcasting: {missed}"


REAL_COEFFICIENTS = {"conj", "real", "vdot", "imag", "abs_complex"}
"""Complex primitives of which the next test asks nothing: their rules deal with conjugates themselves."""


def test_a_dropped_conjugate_is_noticed():
    """Where a derivative is not real, reverse mode without its conjugates must fail."""
    missed = []
    for name in ("multiply", "divide", "exp", "sin", "sqrt", "tanh", "pow", "matmul", "prod", "einsum", "reciprocal"):
        primitive = copy.copy(table[name])
        plain = table[name].vjp
        primitive.vjp = lambda i, g, env, is_complex=False, plain=plain: plain(i, g, env)
        for _, sample, dtype in cases([name]):
            if "complex" in dtype:
                call = call_of(table[name], sample, dtype)
                try:
                    check_jacobians(Call(primitive, call.operands, sample.static), sample, dtype)
                except AssertionError:
                    break
        else:
            missed.append(name)
    assert not missed, missed


def test_a_kept_float64_is_noticed():
    """The border casts to the operand's type."""
    g = plans.border(np.ones((2, 3)), (3,), np.dtype("float32"), np)
    assert (g.dtype, g.shape, g.tolist()) == (np.float32, (3,), [2.0, 2.0, 2.0])
    real = plans.border(np.array([1 + 2j]), (1,), np.dtype("float64"), np)
    assert (real.dtype, real.tolist()) == (np.float64, [1.0])
