"""torch.__future__ against PyTorch."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

import gradiente
from outcomes import assert_same

torch: Any = pytest.importorskip("torch")


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_conversions(overwrite: bool, swap: bool, dtype: str) -> None:
    def run(m: Any) -> Any:
        future = import_module(f"{m.__name__}.__future__")
        before = future.get_overwrite_module_params_on_conversion(), future.get_swap_module_params_on_conversion()
        future.set_overwrite_module_params_on_conversion(overwrite)
        future.set_swap_module_params_on_conversion(swap)
        try:
            net = m.nn.Sequential(m.nn.Linear(2, 2), m.nn.BatchNorm1d(2))
            first = net[0]
            net(m.tensor([[1.0, 2.0], [0.5, 3.0]])).sum().backward()
            old = list(net.parameters())
            first.bias.requires_grad_(False)
            net.to(getattr(m, dtype))
            new = list(net.parameters())
            seen = [
                (a is b, a.dtype, b.dtype, a.grad.dtype, b.grad.dtype, b.requires_grad, b.is_leaf)
                for a, b in zip(old, new, strict=True)
            ]
            return before, seen, [b.dtype for b in net.buffers()]
        finally:
            future.set_overwrite_module_params_on_conversion(False)
            future.set_swap_module_params_on_conversion(False)

    assert_same(run, torch, gradiente)
