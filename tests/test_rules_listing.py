"""The derivative table as text: every primitive, its true formulas, the width of a page."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from gradiente.rules import Primitive, table
from gradiente.rules.arithmetic import divide
from gradiente.rules.kinds import Elementwise, General, Rule
from gradiente.rules.listing import WIDTH, formula, listing
from gradiente.rules.table import Table

TEXT = listing(table)
LINES = TEXT.splitlines()


def line_of(name: str) -> str:
    (found,) = [line for line in LINES if line.split("  ")[0] == name and not line.startswith(" ")][:1]
    return found


def test_printing_the_table_prints_the_listing() -> None:
    assert str(table) == repr(table) == TEXT


def test_no_line_is_wider_than_the_page() -> None:
    assert max(map(len, LINES)) == WIDTH == 120
    assert all(line == line.rstrip() for line in LINES)


def test_the_header_counts_the_primitives() -> None:
    assert LINES[0] == f"The derivative table: {len(table)} primitives"


@pytest.mark.parametrize("primitive", table.values(), ids=lambda p: p.name)
def test_every_primitive_is_there_with_its_kind(primitive: Primitive) -> None:
    if primitive.kind == "constant":
        assert re.search(rf"(constant|,)\s+{primitive.name}(,|\n)", TEXT)
        return
    place = next(i for i, line in enumerate(LINES) if re.match(rf"{primitive.name}(\s|$)", line))
    shown = LINES[place] if LINES[place] != primitive.name else LINES[place + 1]
    assert re.search(rf"\s{primitive.kind}\b", shown)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("multiply", ["elementwise  ∂a: g * b", "∂b: g * a"]),
        ("divide", ["∂a: g / b", "∂b: -g * (a / b) / b"]),
        ("exp", ["∂x: g * out"]),
        ("sin", ["∂x: g * cos(x)"]),
        ("tanh", ["∂x: g * (1 - out²)"]),
        ("sum", ["reduction    ∂x: g"]),
        ("matmul", ["bilinear     ∂a: g @ bᵀ", "∂b: aᵀ @ g"]),
        ("where", ["∂a: where(condition, g, 0)", "∂b: where(condition, 0, g)"]),
    ],
)
def test_the_formulas_that_everybody_knows(name: str, parts: list[str]) -> None:
    shown = line_of(name)
    assert all(part in shown for part in parts), shown


def test_operands_without_a_rule_have_no_formula() -> None:
    assert "∂condition" not in TEXT


def test_namespaces_are_not_shown() -> None:
    assert not re.search(r"\b(xp|extras|math)\.", TEXT)
    assert not re.search(r"[(,] *(xp|extras)[,)]", TEXT)


def _evaluable(text: str) -> str:
    """The shown formula as Python: signs of mathematics back into operators."""
    text = re.sub(r"(\w+)²", r"(\1 * \1)", text)
    text = re.sub(r"(\w+)³", r"(\1 * \1 * \1)", text)
    return re.sub(r"√(\w+(\.\d+)?)", r"sqrt(\1)", text).replace("π", "pi").replace("∞", "inf")


ELEMENTARY = (
    "add subtract multiply divide negative square reciprocal exp log log1p log2 sqrt rsqrt sin cos tan asin "
    "atan sinh cosh tanh asinh atanh erf logaddexp hypot maximum minimum lerp"
)


@pytest.mark.parametrize("name", ELEMENTARY.split())
def test_what_is_shown_is_what_runs(name: str, rng: np.random.Generator) -> None:
    primitive = table[name]
    from gradiente.arrays import numpy_extras

    scope: dict[str, Any] = {n: getattr(np, n) for n in ["exp", "sin", "cos", "sinh", "cosh", "sqrt", "where"]}
    scope.update(log=lambda v: np.log(v), expit=numpy_extras.expit, pi=math.pi, inf=math.inf)
    values = {n: rng.uniform(0.1, 0.9, 5) for n in ("a", "b", "c", "x", "out", "g")}
    for rule in primitive.rules:
        assert isinstance(rule, Rule)
        env = {**values, "xp": np, "extras": numpy_extras}
        shown = eval(_evaluable(formula(rule.function)), scope, dict(values))  # the text itself is under test
        np.testing.assert_allclose(shown, rule(values["g"], env), rtol=1e-14)


def test_two_lambdas_in_one_line_are_told_apart() -> None:
    first, second = divide.rules
    assert first is not None
    assert second is not None
    assert formula(first.function) == "g / b"
    assert formula(second.function) == "-g * (a / b) / b"
    pair = Elementwise("pair", lambda g, x: g * x, lambda g, x: g + x)
    assert [formula(rule.function) for rule in pair.rules if rule] == ["g * x", "g + x"]


def test_a_choice_and_a_constant_are_read_whole() -> None:
    chosen = General("chosen", lambda g, i: g * 2 if i == 0 else g * 3, jvp=lambda t: 0)
    assert chosen.rules[0] is not None
    assert chosen.forward_jvp is not None
    assert formula(chosen.rules[0].function) == "g * 2 if i == 0 else g * 3"
    assert formula(chosen.forward_jvp.function) == "0"


def test_a_named_function_stands_under_its_name() -> None:
    def _slope(g: Any, x: Any, xp: Any) -> Any:
        return g * x

    assert formula(_slope) == "slope(g, x)"


def test_a_rule_without_source_is_an_error() -> None:
    compiled = eval("lambda g: g + 1")  # code that stands in no file
    with pytest.raises((LookupError, OSError)):
        formula(compiled)


def test_every_helper_that_is_named_is_explained() -> None:
    for name in ("shared", "norm_slope", "sum_to_shape", "safe_divide"):
        assert re.search(rf"^ *{name}  +\S", TEXT, re.MULTILINE), name


def test_a_table_of_one_family() -> None:
    from gradiente.rules import products

    text = str(Table((products,)))
    assert "\n── Products of matrices and vectors ─" in text
    assert "multiply" not in text
