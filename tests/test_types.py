"""How types print: under torch's names, which programs expect."""

from __future__ import annotations

import pickle

import gradiente as torch


class Mine(torch.Tensor):
    """A type of a program."""


def test_types_print_as_torchs() -> None:
    x = torch.ones(1)
    shown = [repr(t) for t in (type(x), type(x.shape), type(x.dtype), type(x.device), torch.nn.Parameter)]
    names = ["Tensor", "Size", "dtype", "device", "nn.parameter.Parameter"]
    assert shown == [f"<class 'torch.{name}'>" for name in names]


def test_types_of_programs_print_as_usual() -> None:
    assert repr(Mine) == f"<class '{__name__}.Mine'>"


def test_tensors_can_still_be_pickled() -> None:
    x = pickle.loads(pickle.dumps(torch.ones(2, requires_grad=True)))
    assert type(x) is torch.Tensor
    assert x.requires_grad
