"""torch._foreach_…: results, in-place changes and errors."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gradiente
from gradiente.ops.foreach import BINARY, FOREACH, UNARY

CALLS = [
    *[f"m._foreach_{name}{end}(a)" for name in UNARY for end in ("", "_")],
    *[f"m._foreach_{name}{end}(a, {y})" for name in BINARY for end in ("", "_") for y in ("b", "[1.5, 2.0]", "0.5")],
    *[f"m._foreach_{name}{end}(a, b, b{v})" for name in ("addcmul", "addcdiv") for end in ("", "_")
      for v in ("", ", 2", ", value=2", ", [2, 3]", ", scalars=[2, 3]", ", m.tensor([2.0, 3.0])")],
    *[f"m._foreach_lerp{end}(a, b, {w})" for end in ("", "_")
      for w in ("0.5", "weight=0.25", "b", "weights=b", "[0.5, 1]")],
    *["m._foreach_add(a, b, alpha=2)", "m._foreach_sub_(a, b, alpha=3)", "m._foreach_pow(2, a)"],
    *["m._foreach_mul(a, m.tensor(2.0))", "m._foreach_add(a, other=b)", "m._foreach_add(a, scalar=2)"],
    *["m._foreach_norm(a)", "m._foreach_norm(a, 1)", "m._foreach_norm(a, ord=float('inf'))"],
    *["m._foreach_norm(a, 2, m.float64)", "m._foreach_copy_(a, b)", "m._foreach_zero_(a)", "m._foreach_max(a)"],
    *["m._foreach_clone(tuple(a))", "m._foreach_add([m.tensor([1])], 0.5)"],
    # errors
    *["m._foreach_neg([])", "m._foreach_neg(3)", "m._foreach_neg([1])", "m._foreach_add(a, b[:1])"],
    *["m._foreach_add(a, [1.0])", "m._foreach_mul(a, m.ones(2))", "m._foreach_add(a, [m.ones(3), m.ones(1)])"],
    *["m._foreach_copy_(a, b[:1])", "m._foreach_add_([m.tensor([1])], 0.5)"],
]  # fmt: skip


def told(call: str, module: Any) -> tuple[Any, ...]:
    a = [module.tensor([0.25, 0.75]), module.tensor([0.5])]
    b = [module.tensor([2.0, 3.0]), module.tensor([5.0])]
    try:
        found = eval(call, {"m": module, "a": a, "b": b})
    except (RuntimeError, TypeError) as error:
        return type(error).__name__, str(error)
    assert type(found) is (list if "_(" in call else tuple)
    if "_(" in call:
        assert all(x is y for x, y in zip(found, a, strict=True))
    return [str(x.dtype) for x in found], [x.tolist() for x in found], [x.tolist() for x in a]


@pytest.mark.parametrize("call", CALLS)
def test_like_torch(call):
    expected, found = told(call, torch), told(call, gradiente)
    if isinstance(expected[0], str):
        assert (found[0], found[1][: len(expected[1])]) == expected
        return
    assert found[0] == expected[0]
    for ours, theirs in zip(found[1:], expected[1:], strict=True):
        for x, y in zip(ours, theirs, strict=True):
            assert x == pytest.approx(y, rel=1e-6)


def test_names_are_torchs():
    assert {name for name in FOREACH if not hasattr(torch, name)} == set()
    rest = {name for name in dir(torch) if name.startswith("_foreach_")} - set(FOREACH)
    assert rest == {"_foreach_mm", "_foreach_powsum"}


@pytest.mark.parametrize(
    "call", ["m._foreach_add(a, 'x')", "m._foreach_add(a, 2, alpha=3)", "m._foreach_div(a, b, alpha=1)"]
)
def test_arguments_that_do_not_fit(call):
    expected, found = told(call, torch), told(call, gradiente)
    assert found[0] == expected[0] == "TypeError"
    assert found[1].startswith(expected[1].partition(", but")[0])
