"""nn.ParameterList and nn.ParameterDict."""

from __future__ import annotations

import copy
import pickle

import pytest

import gradiente as torch


def test_a_module_counts_the_parameters_of_its_lists_and_dictionaries():
    class Scaled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.scales = torch.nn.ParameterList([torch.ones(1), torch.full((1,), 2.0)])
            self.shifts = torch.nn.ParameterDict({"left": torch.zeros(1)})

        def forward(self, x):
            for scale in self.scales:
                x = x * scale
            return x + self.shifts["left"]

    model = Scaled()
    model(torch.tensor(3.0)).backward()
    assert {name: p.grad.tolist() for name, p in model.named_parameters()} == {
        "scales.0": [6],
        "scales.1": [3],
        "shifts.left": [1],
    }
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model.scales)), model.shifts.copy()):
        assert "Parameter containing" in repr(other)


def test_changes_and_errors():
    numbers = torch.nn.ParameterList([torch.ones(1)])
    numbers.append(torch.zeros(2)).extend([3])
    numbers[2] = torch.ones(3)
    assert [tuple(p.shape) for p in numbers] == [(1,), (2,), (3,)]
    assert len(numbers[1:]) == 2
    with pytest.raises(IndexError, match="index 3 is out of range"):
        _ = numbers[3]
    with pytest.raises(TypeError, match=r"ParameterList\.extend should be called with an iterable, but got int"):
        numbers.extend(3)
    with pytest.raises(RuntimeError, match="ParameterList should not be called"):
        numbers(1)
    named = torch.nn.ParameterDict([("a", torch.ones(1))])
    with pytest.raises(TypeError, match="cannot be used as a key as it is not a string"):
        named[1] = torch.ones(1)
    with pytest.raises(TypeError, match="should be called with an iterable of key/value pairs, but got int"):
        named.update(1)
    with pytest.raises(RuntimeError, match="ParameterDict should not be called"):
        named(1)
    assert (named.popitem()[0], len(named)) == ("a", 0)
