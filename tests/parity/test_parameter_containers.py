"""nn.ParameterList and nn.ParameterDict, step by step in both libraries."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gradiente

LIST = [
    *("l", "len(l)", "l[-1]", "l[0:2]", "list(l.state_dict())", "[type(x).__name__ for x in l]", "l[10]", "l[-20]"),
    *("l.append(m.ones(1))", "l.extend([m.ones(3), m.nn.Parameter(m.ones(1))])", "l.extend(3)", "l['a']", "l(3)"),
    *("l.__setitem__(0, m.ones(5))", "l[0]", "l.__setitem__(2, m.ones(5))", "l", "l.__iadd__([m.zeros(1)])", "len(l)"),
    *("l", "m.nn.ParameterList()", "m.nn.ParameterList([m.nn.Linear(1, 1)])", "l.extra_repr()", "'0' in dir(l)"),
    *("[n for n, _ in l.named_parameters()]", "l.load_state_dict({**l.state_dict(), '0': m.zeros(5)})", "l[0]"),
]
DICT = [
    *("d", "len(d)", "d['a']", "'a' in d", "list(d)", "list(d.keys())", "list(d.items())", "list(d.values())"),
    *("list(d.state_dict())", "d.get('z')", "d.get('z', 1)", "d.update({'c': m.ones(1)})", "d.__delitem__('a')", "d"),
    *("d.__setitem__('e', m.nn.Parameter(m.ones(2, 1)))", "d.pop('b')", "d.setdefault('q', m.ones(1))", "d.copy()"),
    *("d | m.nn.ParameterDict({'z': m.ones(1)})", "d.popitem()", "list(reversed(d))", "d.update(3)", "d.update([1])"),
    *("m.nn.ParameterDict([(1,)])", "m.nn.ParameterDict([('x', m.ones(1)), ('y', 2)])"),
    *("m.nn.ParameterDict().fromkeys(['a'], m.ones(1))", "d['none']", "d.clear()", "d", "len(d)"),
    "d.__setitem__(1, m.ones(1))",
]


def session(module: Any, steps: list[str]) -> list[str]:
    names = {
        "m": module,
        "l": module.nn.ParameterList([module.ones(2), module.nn.Parameter(module.zeros(1, 2)), 3, "a"]),
        "d": module.nn.ParameterDict({"a": module.ones(2), "b": 3, "t": module.ones(1, 1)}),
    }
    told = []
    for step in steps:
        try:
            told.append(f"{step}: {eval(step, names)!r}")
        except Exception as error:
            told.append(f"{step}: {type(error).__name__}: {str(error).partition('. Closest')[0]}")
    return told


@pytest.mark.parametrize("steps", [LIST, DICT], ids=["list", "dict"])
def test_like_torch(steps):
    assert session(gradiente, steps) == session(torch, steps)
