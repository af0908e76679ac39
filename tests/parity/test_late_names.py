"""Names that programs meet now and then, against torch: removed functions, symbols, weak keys, formats."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)
from outcomes import assert_same  # noqa: E402


@pytest.mark.parametrize("name", ["symeig", "eig", "solve", "lstsq", "matrix_rank"])
def test_removed_functions_raise_with_torchs_words_first(name: str) -> None:
    texts = []
    for m in (torch, gradiente):
        with pytest.raises(RuntimeError) as error:
            getattr(m, name)(*[m.eye(2)] * (1 + (name in ("solve", "lstsq"))))
        texts.append(str(error.value)[:60])
        assert hasattr(m.Tensor, name) == (name != "matrix_rank")
    assert texts[0] == texts[1]


NAMES = [
    "m.amp.is_autocast_available('cuda'), m.amp.is_autocast_available('meta'), m.amp.is_autocast_available('hip')",
    *(f"m.get_autocast_dtype('{d}')" for d in ("cpu", "cuda", "xla", "hpu", "mps", "xpu", "meta", "opencl")),
    "m.autocast('mps')(lambda: m.is_autocast_enabled('mps'))()",
    "m.autocast('meta')",
    "m.autocast('hip', dtype=m.float16)",
    "m.get_device_module('cpu').__name__.split('.')[-1], m.get_device_module().__name__.split('.')[-1]",
    "m.get_device_module(3)",
    "m.get_device_module(m.device('cuda')).is_available()",
    "m.cuda.OutOfMemoryError is m.OutOfMemoryError, m.OutOfMemoryError.__mro__[1], m.AcceleratorError.__mro__[1]",
    "isinstance(m.ones(2).shape[0], m.SymInt), isinstance(0.5, m.SymFloat), isinstance(True, m.SymBool)",
    "m.func.replace_all_batch_norm_modules_(m.nn.Sequential(m.nn.BatchNorm1d(2), m.nn.Linear(1, 1)))",
    "m.func.functionalize(lambda x: x.add_(1))(m.ones(2))",
    "m.nn.utils.convert_conv2d_weight_memory_format(m.nn.Conv2d(2, 3, 3), m.channels_last).weight.stride()",
    "m.nn.utils.convert_conv2d_weight_memory_format(m.nn.ConvTranspose2d(2, 3, 3), m.channels_last).weight.stride()",
    "m.nn.utils.convert_conv3d_weight_memory_format(m.nn.Conv3d(2, 3, 3), m.channels_last_3d).weight.stride()",
    "m.nn.utils.convert_conv2d_weight_memory_format(m.nn.Linear(2, 3), m.channels_last)",
]


@pytest.mark.parametrize("call", NAMES)
def test_names(call: str) -> None:
    assert_same(lambda m: eval(call, {"m": m}), torch, gradiente)


def told(call: str) -> list[Any]:
    """What a call gives and warns of, in both libraries."""
    found = []
    for m in (torch, gradiente):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                value: Any = str(eval(call, {"m": m, "nan": float("nan")}))
            except (AssertionError, ValueError) as error:
                value = type(error), str(error)
        texts = [(w.category, str(w.message).split(" (Triggered")[0].split(" You can find")[0]) for w in caught]
        found.append((value, texts))
    return found


@pytest.mark.parametrize(
    "call",
    [
        "m.get_autocast_gpu_dtype()",
        "m.set_autocast_gpu_dtype(m.float16)",
        "m.set_autocast_cpu_dtype(m.bfloat16)",
        "m.set_autocast_cpu_enabled(False)",
        "m.autocast('mps', dtype=m.float64)._enabled",
        "m.testing.assert_allclose(m.ones(2), m.ones(2).double() + 1e-5)",
        "m.testing.assert_allclose(m.ones(2), m.ones(2) + 1)",
        "m.testing.assert_allclose(m.ones(2).half(), m.ones(2).half() + 1e-3)",
        "m.testing.assert_allclose([1.0, nan], [1.0, nan])",
        "m.testing.assert_allclose(m.ones(2), 1.0)",
        "m.testing.assert_allclose(m.ones(2), m.ones(2), rtol=1e-2)",
        "m.testing.assert_allclose(m.ones(2), m.zeros(2), msg='mine')",
        "m.testing.assert_allclose(m.tensor([1, 2]), m.tensor([1, 3]))",
    ],
)
def test_older_spellings(call: str) -> None:
    first, second = told(call)
    assert first == second
    assert first[1]


def test_functionalize_refuses_what_it_cannot_remove() -> None:
    texts = []
    for m in (torch, gradiente):
        with pytest.raises(RuntimeError) as error:
            m.func.functionalize(lambda x: x, remove="views")(m.ones(1))
        texts.append(str(error.value)[:100])
    assert texts[0] == texts[1]


def test_dictionaries_with_weak_keys() -> None:
    def run(m: Any, weak: Any) -> list[Any]:
        x, y = m.ones(2), m.zeros(3)
        d = weak.WeakTensorKeyDictionary({x: 1})
        d[y] = 2
        seen = [len(d), d[x], x in d, m.ones(2) in d, 3 in d, [v for _, v in d.items()], d.get(m.ones(2)), d.pop(x)]
        other = d | {x: 5}
        seen += [len(d), len(other), other[x], other == d, d.copy() == d, d.setdefault(y, 7), len(d.keyrefs())]
        del y
        return [*seen, len(d), len(other), bool(weak.WeakIdRef(x) == weak.WeakIdRef(x)), weak.TensorWeakRef(x)() is x]

    import torch.utils.weak as torchs

    import gradiente.utils.weak as ours

    assert run(torch, torchs) == run(gradiente, ours)
