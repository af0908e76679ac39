"""Counting floating-point operations: what is counted, the table, formulas of one's own."""

from __future__ import annotations

import pytest

import gradiente as torch
from gradiente import nn
from gradiente.graph import PLAIN, current
from gradiente.utils.flop_counter import FlopCounterMode, flop_registry, register_flop_formula
from gradiente.utils.module_tracker import ModuleTracker

from .flop_programs import PROGRAMS, names_for

aten = torch.ops.aten


def counts(program, **options):
    with FlopCounterMode(display=False, **options) as counter:
        exec(program, names_for(torch))
    return {str(k): v for k, v in counter.get_flop_counts().get("Global", {}).items()}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("matrices", {"aten.mm": 3 * 240}),
        ("one that needs no gradient", {"aten.mm": 2 * 240}),
        ("a matrix and a vector", {}),
        ("linear of data", {"aten.addmm": 240, "aten.mm": 240}),
        ("groups", {"aten.convolution": 36864, "aten.convolution_backward": 36864 + 73728}),
        ("attention", {}),
        ("attention with dropout", {"aten.bmm": 27648}),
        ("a checkpoint", {"aten.addmm": 240, "aten.mm": 480}),
        ("vmap", {"aten.mm": 720}),
        ("a function of its own", {"aten.mm": 3 * 240}),
    ],
)
def test_counts(name, wanted):
    assert counts(PROGRAMS[name]) == wanted


def test_meta_tensors_are_counted_without_computing():
    with FlopCounterMode(display=False) as counter, torch.device("meta"):
        nn.Linear(10_000, 10_000)(torch.empty(10_000, 10_000)).sum().backward()
    assert counter.get_total_flops() == 2 * 2 * 10**12


def test_the_table(capsys):
    with FlopCounterMode(depth=2) as counter:
        torch.ones(3, 3) @ torch.ones(3, 3)
        nn.Linear(2, 2)(torch.ones(1, 2))
    table = """\
Module            FLOP    % Total
--------------  ------  ---------
Global              62    100.00%
 - aten.mm          54     87.10%
 - aten.addmm        8     12.90%
 Linear              8     12.90%
  - aten.addmm       8     12.90%"""
    assert capsys.readouterr().out == table + "\n"
    assert counter.get_table(0).count("\n") == 4
    with counter:
        pass
    assert counter.get_table().splitlines()[1:] == ["--------  ------  ---------", "Global         0         0%"]
    with FlopCounterMode(depth=None, display=False) as counter:
        torch.ones(300, 300) @ torch.ones(300, 300)
    assert counter.get_table().splitlines()[2] == "Global      54.000M    100.00%"
    assert current() is PLAIN


def test_formulas_of_ones_own():
    assert counts(PROGRAMS["matrices"], custom_mapping={aten.mm: lambda a, b, out_shape: 1}) == {"aten.mm": 3}
    assert counts("m.ones(2, 3).exp()", custom_mapping={aten.exp: lambda x, out_shape: out_shape.numel()}) == {
        "aten.exp": 6
    }
    try:
        assert register_flop_formula(aten.sin)(lambda x, out_shape=None: 7)(torch.ones(1)) == 7
        assert counts("m.ones(2).sin()") == {"aten.sin": 7}
        with pytest.raises(RuntimeError, match=r"duplicate registrations for aten\.sin"):
            register_flop_formula([aten.sin])(lambda x: 1)
    finally:
        flop_registry.pop(aten.sin, None)
    with pytest.raises(ValueError, match=r"expected each target to be OpOverloadPacket .* got aten\.sin\.default"):
        register_flop_formula(aten.sin.default)(lambda x: 1)
    with pytest.warns(UserWarning, match="mods argument is not needed anymore"):
        FlopCounterMode(nn.Linear(1, 1), display=False)


def test_which_modules_are_called():
    seen = []

    class Inner(nn.Module):
        def forward(self, x):
            seen.append((tracker.parents, tracker.is_bw))
            y = x * 2
            y.register_hook(lambda g: seen.append((tracker.parents, tracker.is_bw)))
            return y * 3

    x = torch.ones(2, requires_grad=True)
    with ModuleTracker() as tracker:
        nn.Sequential(nn.Sequential(Inner()))(x + 1).sum().backward()
        names = {"Global", "Sequential", "Sequential.0", "Sequential.0.0"}
        assert seen == [(names, False), (names, True)]
        assert (tracker.parents, tracker.is_bw) == ({"Global"}, False)
    nn.ReLU()(x)
    assert tracker.parents == {"Global"}
