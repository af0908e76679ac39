"""Floating-point operations are counted as torch counts them, by operator and by module."""

from __future__ import annotations

from typing import Any

import pytest
from tests.flop_programs import PROGRAMS, names_for

import gradiente

torch = pytest.importorskip("torch")


def counted(m: Any, program: str) -> dict[str, dict[str, int]]:
    from torch.utils.flop_counter import FlopCounterMode as Theirs

    from gradiente.utils.flop_counter import FlopCounterMode as Ours

    names = names_for(m)
    with (Theirs if m is torch else Ours)(display=False) as counter:
        exec(program, names)
    found = counter.get_flop_counts()
    assert counter.get_total_flops() == sum(found.get("Global", {}).values())
    return {name: {str(k): v for k, v in counts.items()} for name, counts in found.items()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_count_what_torch_counts(name: str) -> None:
    assert counted(gradiente, PROGRAMS[name]) == counted(torch, PROGRAMS[name])


def test_modules_inside_modules() -> None:
    program = """
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Sequential(nn.Linear(16, 8), nn.Linear(8, 2)))
net(m.ones(2, 3, 4, 4)).sum().backward()
a @ b
"""
    assert counted(gradiente, program) == counted(torch, program)


def test_formulas_of_shapes() -> None:
    from torch.utils import flop_counter as theirs

    from gradiente.utils import flop_counter as ours

    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
        ("mm_flop", ((2, 3), (3, 4)), {}),
        ("mm_flop", ((2, 3), (5, 4)), {}),
        ("addmm_flop", ((4,), (2, 3), (3, 4)), {}),
        ("bmm_flop", ((7, 2, 3), (7, 3, 4)), {}),
        ("bmm_flop", ((7, 2, 3), (6, 3, 4)), {}),
        ("baddbmm_flop", ((4,), (7, 2, 3), (7, 3, 4)), {}),
        ("conv_flop_count", ((2, 3, 8, 8), (4, 3, 3, 3), (2, 4, 6, 6)), {}),
        ("conv_flop_count", ((2, 3, 8, 8), (3, 4, 3, 3), (2, 4, 10, 10), True), {}),
        ("sdpa_flop_count", ((2, 4, 5, 8), (2, 2, 6, 8), (2, 2, 6, 3)), {}),
        ("sdpa_flop_count", ((2, 4, 5, 8), (2, 3, 6, 8), (2, 3, 6, 3)), {}),
        ("sdpa_flop_count", ((2, 4, 5, 8), (2, 3, 6, 7), (2, 3, 6, 3)), {}),
    ]
    for name, args, keywords in calls:
        found: list[Any] = []
        for module in (ours, theirs):
            try:
                found.append(getattr(module, name)(*args, **keywords))
            except AssertionError as error:
                found.append(str(error))
        assert found[0] == found[1], name
