"""torch.testing says the same words and makes the same numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

NAN, INF = float("nan"), float("inf")

COMPARED = {
    "values": lambda t, m: (t([1.0, 2.0]), t([1.0, 3.0]), {}),
    "scalar": lambda t, m: (t(1.0), t(2.0), {}),
    "scalar zero": lambda t, m: (t(1.0), t(0.0), {}),
    "numbers": lambda t, m: (1.0, 2.0, {}),
    "integers": lambda t, m: (1, 2, {}),
    "number zero": lambda t, m: (1, 0, {}),
    "number nan": lambda t, m: (NAN, NAN, {}),
    "complex number": lambda t, m: (1 + 1j, 1 + 2j, {}),
    "number types": lambda t, m: (1.0, 1, {}),
    "integer tensors": lambda t, m: (t([1, 2, 3]), t([0, 0, 0]), {}),
    "shape": lambda t, m: (t([1.0]), t([1.0, 2.0]), {}),
    "empty shape": lambda t, m: (m.zeros(0), m.zeros(0, 2), {}),
    "dtype": lambda t, m: (t([1.0]), t([1.0], dtype=m.float64), {}),
    "no dtype": lambda t, m: (t([1.0, 2.0]).double(), t([1.0, 3.0]), {"check_dtype": False}),
    "bool": lambda t, m: (t([True]), t([False]), {}),
    "booleans": lambda t, m: (True, False, {}),
    "uint8": lambda t, m: (t([255], dtype=m.uint8), t([0], dtype=m.uint8), {}),
    "overflow": lambda t, m: (t([2**62]), t([-(2**62)]), {}),
    "half": lambda t, m: (t([1.0, 2.0]).half(), t([1.0, 3.0]).half(), {}),
    "bfloat16": lambda t, m: (t([1.0, 2.0]).to(m.bfloat16), t([1.0, 3.0]).to(m.bfloat16), {}),
    "complex": lambda t, m: (t([1 + 1j]), t([1 + 2j]), {}),
    "nan": lambda t, m: (t([NAN, 1.0]), t([NAN, 2.0]), {}),
    "equal nan": lambda t, m: (t([NAN, 1.0]), t([NAN, 2.0]), {"equal_nan": True}),
    "inf": lambda t, m: (t([INF, 2.0]), t([1.0, 2.0]), {}),
    "exact": lambda t, m: (t([1.0, 2.0]), t([3.0, 4.0]), {"rtol": 0, "atol": 0}),
    "tolerances": lambda t, m: (t([1.0, 2.0]), t([1.0, 2.1]), {"rtol": 0.01, "atol": 0.001}),
    "number tolerance": lambda t, m: (1, 2, {"rtol": 0.0, "atol": 0.5}),
    "one tolerance": lambda t, m: (1, 2, {"rtol": 0.0}),
    "stride": lambda t, m: (t([[1.0, 2], [3, 4]]).t(), t([[1.0, 3], [2, 4]]), {"check_stride": True}),
    "sequence": lambda t, m: ([1.0, t([2.0])], [1.0, t([3.0])], {}),
    "length": lambda t, m: ([1], [1, 2], {}),
    "inner length": lambda t, m: ([[1]], [[1, 2]], {}),
    "mapping": lambda t, m: ({"a": t([1.0])}, {"a": t([2.0])}, {}),
    "keys": lambda t, m: ({"b": 1, "a": 2, "c": 1}, {"b": 1, "d": 2}, {}),
    "deep": lambda t, m: ({"a": [1.0, {"b": t([1.0])}]}, {"a": [1.0, {"b": t([2.0])}]}, {}),
    "none": lambda t, m: (None, 1, {}),
    "text": lambda t, m: ("a", "a", {}),
    "text inside": lambda t, m: (["a"], ["a"], {}),
    "mixed": lambda t, m: (1, t(1), {}),
    "array": lambda t, m: (np.ones(2), np.zeros(2), {}),
    "subclass": lambda t, m: (m.nn.Parameter(t([1.0])), t([1.0]), {"allow_subclasses": False}),
    "message": lambda t, m: (1, 2, {"msg": "mine"}),
    "changed message": lambda t, m: ([1], [2], {"msg": lambda text: f"<{text}>"}),
}


@pytest.mark.parametrize("case", list(COMPARED))
def test_differences_are_told_in_torchs_words(case):
    found = []
    for module in (torch, gradiente):
        actual, expected, options = COMPARED[case](module.tensor, module)
        with pytest.raises(Exception) as caught:  # noqa: PT011 - compared below
            module.testing.assert_close(actual, expected, **options)
        found.append((type(caught.value), str(caught.value).replace("gradiente.tensor.core.Tensor", "torch.Tensor")))
    assert found[1] == found[0]


def made(module: Any, name: str, *shape: Any, **options: Any) -> Any:
    module.manual_seed(0)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        x = module.testing.make_tensor(*shape, dtype=getattr(module, name), device="cpu", **options)
    return x.tolist(), x.stride(), x.requires_grad, [str(w.message) for w in heard]


@pytest.mark.parametrize(
    "name",
    ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64"],
)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"noncontiguous": True},
        {"low": -1, "high": 2},
        {"low": 0.5, "high": 3.5},
        {"low": -500, "high": 300},
        {"low": -1, "high": 2, "exclude_zero": True},
    ],
    ids=str,
)
def test_the_same_seed_makes_the_same_tensor(name, options):
    if name == "bool" and options.get("low") == 0.5:
        pytest.skip("one value lies between")
    assert made(gradiente, name, (4, 3), **options) == made(torch, name, (4, 3), **options)


def test_limits_that_are_infinite_or_equal():
    for options in ({"low": -INF, "high": INF}, {"low": 3, "high": 3}, {"requires_grad": True}):
        assert made(gradiente, "float32", 5, **options) == made(torch, "float32", 5, **options)
