"""torch.nn.attention beside PyTorch: which operands are refused, and what causal masks give."""

from __future__ import annotations

import importlib
import warnings

import numpy as np
import pytest
import torch

import gradiente

CASES = {
    **{
        f"{name}, {size}": lambda m, a, b, name=name, size=size: _attended(m, a, [getattr(a.SDPBackend, name)], size)
        for name in ("MATH", "FLASH_ATTENTION", "CUDNN_ATTENTION")
        for size in ((1, 1, 2, 4), (1, 2, 4))
    },
    "none": lambda m, a, b: _attended(m, a, [], (1, 1, 2, 4)),
    "number": lambda m, a, b: _attended(m, a, 3, (1, 1, 2, 4)),
    **{
        f"{name}, {options}": lambda m, a, b, name=name, options=options: m.nn.functional.scaled_dot_product_attention(
            *_operands(m, (1, 1, 2, 4)), attn_mask=getattr(b, name)(2, 2), **options
        )
        for name in ("causal_lower_right", "causal_upper_left")
        for options in ({}, {"scale": 2.0}, {"is_causal": True})
    },
    "variant": lambda m, a, b: b.CausalBias(3, 2, 2),
    "size": lambda m, a, b: b.causal_lower_right(2),
}


def _operands(m, size):
    return [m.tensor(np.random.default_rng(k).standard_normal(size).astype("f")) for k in range(3)]


def _attended(m, attention, backends, size):
    with attention.sdpa_kernel(backends):
        return m.nn.functional.scaled_dot_product_attention(*_operands(m, size))


@pytest.mark.parametrize("name", CASES)
def test_kernels_and_masks(name):
    gradiente.overrides.enable()  # as the class of the masks did, before another test's end undid it

    def outcome(m):
        attention = importlib.import_module(f"{m.__name__}.nn.attention")
        bias = importlib.import_module(f"{m.__name__}.nn.attention.bias")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return CASES[name](m, attention, bias).numpy()
            except (RuntimeError, AssertionError, ValueError) as error:
                return type(error), str(error).partition(". ")[0].partition("\n")[0].partition(" (")[0]

    ours, theirs = outcome(gradiente), outcome(torch)
    if isinstance(theirs, tuple):
        assert ours == theirs
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
