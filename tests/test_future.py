"""torch.__future__: whether conversions of modules make new parameters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import gradiente as torch
from gradiente import __future__ as future


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    future.set_overwrite_module_params_on_conversion(False)
    future.set_swap_module_params_on_conversion(False)


def test_choices_are_remembered() -> None:
    assert torch.__future__ is future
    assert not future.get_overwrite_module_params_on_conversion()
    assert not future.get_swap_module_params_on_conversion()
    future.set_overwrite_module_params_on_conversion(True)
    future.set_swap_module_params_on_conversion(True)
    assert future.get_overwrite_module_params_on_conversion()
    assert future.get_swap_module_params_on_conversion()


@pytest.mark.parametrize(
    ("overwrite", "swap", "same"), [(False, False, True), (True, False, False), (True, True, True)]
)
def test_conversions(overwrite: bool, swap: bool, same: bool) -> None:
    future.set_overwrite_module_params_on_conversion(overwrite)
    future.set_swap_module_params_on_conversion(swap)
    layer = torch.nn.Linear(2, 2)
    old, bias = layer.parameters()
    bias.requires_grad_(False)
    layer(torch.ones(1, 2)).sum().backward()
    layer.double()
    assert (layer.weight is old, layer.bias is bias) == (same, same)
    assert layer.weight.dtype == torch.float64
    assert layer.weight.grad is not None
    assert layer.weight.grad.dtype == torch.float64
    assert [p.requires_grad for p in layer.parameters()] == [True, False]
    assert type(layer.weight) is torch.nn.Parameter
    if not same:
        assert old.dtype == torch.float32
        assert old.grad is not None
        assert old.grad.dtype == torch.float32
