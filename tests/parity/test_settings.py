"""Settings, names and devices that are not there, as a CPU build of torch has them."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch

import gradiente

CALLS = [
    "m.cuda.is_available()",
    "m.cuda.device_count()",
    "m.cuda.is_initialized()",
    "m.cuda.is_bf16_supported()",
    "m.cuda.memory_allocated()",
    "m.cuda.max_memory_allocated()",
    "m.cuda.memory_reserved()",
    "m.cuda.empty_cache()",
    "m.cuda.manual_seed(1)",
    "m.cuda.manual_seed_all(1)",
    "m.cuda.current_device()",
    "m.cuda.synchronize()",
    "m.cuda.get_device_name(0)",
    "m.cuda.get_device_capability()",
    "m.cuda.get_device_properties(0)",
    "m.backends.cudnn.is_available()",
    "m.backends.cudnn.version()",
    "m.backends.cudnn.enabled",
    "m.backends.cudnn.benchmark",
    "m.backends.cudnn.deterministic",
    "m.backends.cudnn.allow_tf32",
    "m.backends.cuda.is_built()",
    "m.backends.cuda.matmul.allow_tf32",
    "m.backends.mps.is_available()",
    "m.backends.mps.is_built()",
    "m.mps.is_available()",
    "m.xpu.is_available()",
    "m.accelerator.is_available()",
    "m.accelerator.current_accelerator()",
    "m.accelerator.device_count()",
    "m.version.cuda",
    "m.version.hip",
    "m.version.debug",
    "m.set_num_threads(0)",
    "m.set_num_threads(1.5)",
    "m.use_deterministic_algorithms(3)",
    "m.get_deterministic_debug_mode()",
    "m.set_deterministic_debug_mode('x')",
    "m.get_float32_matmul_precision()",
    "m.set_float32_matmul_precision('x')",
    "m.is_storage(1)",
    "m.is_storage(m.ones(1))",
    "m.jit.is_scripting()",
    "m.jit.is_tracing()",
    "m.compiler.is_compiling()",
    "m.is_autocast_enabled()",
    "m.autocast('cuda').device",
    "m.autocast('cpu', dtype=m.float32).fast_dtype",
    "m.autocast('nope')",
    "m.autocast(3)",
    "m.amp.GradScaler().get_scale()",
    "m.amp.GradScaler(enabled=False).state_dict()",
    *[f"m.typename({x})" for x in ("1", "'a'", "list", "m.ones(1)", "m.nn.ReLU()", "m.nn.ReLU", "m.float32")],
    "m.typename(m.nn.Parameter(m.ones(1, dtype=m.float64)))",
    "m.typename(m.Size([1]))",
]


def told(module: Any, call: str) -> tuple[Any, ...]:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            found = ("", repr(eval(call, {"m": module})))
        except Exception as error:
            found = (type(error).__name__, str(error))
    return *found, [(w.category, str(w.message).split(" (Triggered")[0]) for w in heard]


@pytest.mark.parametrize("call", CALLS)
def test_answers_are_torchs(call):
    kind, text, heard = told(torch, call)
    own_kind, own_text, own_heard = told(gradiente, call)
    assert (own_kind, own_heard) == (kind, heard)
    assert own_text.startswith(text) if kind else own_text == text
