"""What nodes keep alive: the golden list, one line per primitive and pattern of tracked operands.

What is saved decides the memory of every program, so a change must be seen. If it is intended, write the list anew with
`python tests/proof/test_saved.py` and look at the difference.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from gradiente.rules import table
from gradiente.tensor.core import wrap
from gradiente.tensor.dispatch import bind
from gradiente.tensor.saved import KEPT

GOLDEN = Path(__file__).with_name("golden_saved.txt")
NAMES = [name for name, primitive in table.items() if primitive.kind != "constant"]


def listing() -> list[str]:
    """The list as the table has it now."""
    lines: list[str] = []
    for name in NAMES:
        primitive = table[name]
        operands = ("x", "y") if primitive.variadic else primitive.operands
        having = [i for i in range(len(operands)) if primitive.rule_for(i) is not None]
        for chosen in product((False, True), repeat=len(having)):
            if any(chosen):
                tracked = [i for i, yes in zip(having, chosen, strict=True) if yes]
                saved = primitive.saved_names(tuple(i in tracked for i in range(len(operands))))
                lines.append(f"{name} d{','.join(operands[i] for i in tracked)}: {' '.join(saved)}".rstrip())
    return lines


def test_golden_list():
    found, wanted = listing(), GOLDEN.read_text(encoding="utf-8").splitlines()
    added, gone = [x for x in found if x not in wanted], [x for x in wanted if x not in found]
    assert [f"+ {x}" for x in added] + [f"- {x}" for x in gone] == [], (
        "what nodes save has changed; if it is intended, run `python tests/proof/test_saved.py`"
    )


@pytest.mark.parametrize("name", NAMES)
def test_nodes_save_what_their_rules_name(name):
    from .harness import call_of, dtypes_of, samples_of

    primitive = table[name]
    for sample in samples_of(name):
        call = call_of(primitive, sample, dtypes_of(sample)[0])
        tensors = [None if x is None else wrap(x) for x in call.operands]
        for i in call.differentiable:
            tensors[i].requires_grad_()
        if primitive.outputs != 1:
            continue  # their rules save nothing: see the golden list
        out = bind(primitive)(*tensors, **sample.static)
        node = out.grad_fn
        mask = tuple(i in call.differentiable for i in range(len(tensors)))
        absent = [n for n, x in zip(primitive.operands, tensors, strict=False) if x is None and not primitive.variadic]
        assert node.plan.names == tuple(n for n in primitive.saved_names(mask) if n not in absent)
        assert len([x for x in node.tensors if x is not KEPT[0]]) == len(node.plan.names)


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(listing()) + "\n", encoding="utf-8")
