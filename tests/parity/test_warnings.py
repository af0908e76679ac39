"""Warnings that torch gives in Python: the same kind, the same words."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from tests.outcomes import assert_same

import gradiente

torch = pytest.importorskip("torch")

HOOKED = """
class M(nn.Module):
    def forward(self, x):
        return RESULT
layer = M()
layer.REGISTER(lambda *a: None)
y = layer(GIVEN)
while not isinstance(y, m.Tensor):
    y = y["a"] if isinstance(y, dict) else y[0]
y.sum().backward()
"""


def hooked(result: str, register: str = "register_backward_hook", given: str = "ones * 1") -> str:
    return HOOKED.replace("RESULT", result).replace("REGISTER", register).replace("GIVEN", given)


PROGRAMS = {
    "step before step": "m.optim.lr_scheduler.StepLR(sgd, 1).step()",
    "get_lr": "s = m.optim.lr_scheduler.StepLR(sgd, 1); sgd.step(); s.step(); s.get_lr()",
    "an overridden step": "s = m.optim.lr_scheduler.StepLR(sgd, 1); sgd.step = lambda: None; s.step()",
    "an epoch": "s = m.optim.lr_scheduler.StepLR(sgd, 1); sgd.step(); s.step(3)",
    "grid_sample": "F.grid_sample(m.ones(1, 1, 2, 2), m.zeros(1, 2, 2, 2))",
    "affine_grid": "F.affine_grid(m.ones(1, 2, 3), (1, 1, 2, 2))",
    "the old order of embedding_bag": "out = F.embedding_bag(m.ones(3, 2), m.tensor([[0, 1]]))",
    "the old names of Hardtanh": "nn.Hardtanh(min_value=-1, max_value=2)",
    "complex modules": "nn.Linear(2, 2).to(m.complex64)",
    "one node": hooked("x * 2"),
    "two nodes": hooked("x * 2 + 1"),
    "a list beside a tensor": hooked("(x * 2, [x * 3])"),
    "two results": hooked("(x * 2, x * 3)"),
    "a dictionary": hooked("{'a': x * 2}"),
    "a list that is given": hooked("x[0] * 2", given="[ones]"),
    "full hooks and a dictionary": hooked("{'a': x * 2}", "register_full_backward_hook"),
    "full hooks and two results": hooked("(x * 2, x * 3)", "register_full_backward_hook"),
    "full hooks and no gradients before": hooked("x * p", "register_full_backward_hook", "m.ones(2)"),
    "a state by position": "out = list(nn.Linear(1, 1).state_dict({}, 'a.'))",
    "an empty generator": "out = nn.utils.clip_grad_norm_((p for p in []), 1.0)",
    "an empty list": "out = nn.utils.clip_grad_norm_([], 1.0)",
    "sizes of mse_loss": "F.mse_loss(m.ones(2, 1), m.ones(2))",
    "sizes of l1_loss": "F.l1_loss(m.ones(2, 1), m.ones(2))",
    "sizes of smooth_l1_loss": "F.smooth_l1_loss(m.ones(2, 1), m.ones(2))",
    "sizes of huber_loss": "F.huber_loss(m.ones(2, 1), m.ones(2))",
    "kl_div": "F.kl_div(m.ones(2), m.ones(2))",
    "size_average": "nn.NLLLoss(size_average=True)",
    "elementwise_mean": "out = F.nll_loss(m.ones(2, 3), m.tensor([0, 1]), reduction='elementwise_mean')",
    "softmax": "F.softmax(m.ones(2, 2))",
    "Softmax": "nn.Softmax()(m.ones(2, 2))",
    "upsample": "F.upsample(m.ones(1, 1, 2, 2), scale_factor=2)",
    "dropout of LSTM": "nn.LSTM(2, 2, dropout=0.5)",
    "layers of a transformer": "nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 1), 1)",
    "workers": "m.utils.data.DataLoader([1, 2], num_workers=5000)",
    "pinned memory": "out = list(m.utils.data.DataLoader([1, 2], pin_memory=True, pin_memory_device='cuda'))",
    "InstanceNorm1d": "nn.InstanceNorm1d(3)(m.ones(2, 4, 5))",
    "Dropout2d": "nn.Dropout2d(0.0)(m.ones(2, 3, 4))",
    "sdp_kernel": "with m.backends.cuda.sdp_kernel(enable_flash=False): out = m.backends.cuda.flash_sdp_enabled()",
    "weight_norm": "nn.utils.weight_norm(nn.Linear(2, 2))",
    "checkpoint": "m.utils.checkpoint.checkpoint(lambda x: x * 2, m.ones(2))",
    "GradScaler": "m.cuda.amp.GradScaler()",
    "SWALR": "m.optim.swa_utils.SWALR(sgd, 0.1).get_lr()",
    "LazyLinear": "nn.LazyLinear(2)",
    "duplicates": "p = m.ones(1, requires_grad=True); m.optim.SGD([p, p], lr=0.1)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_warned_as_by_torch(name: str) -> None:
    def run(m: Any) -> Any:
        given = {"ones": m.ones(2, requires_grad=True), "p": m.ones(2, requires_grad=True), "out": None}
        names = {"m": m, "nn": m.nn, "F": m.nn.functional, **given}
        names["sgd"] = m.optim.SGD([m.ones(1, requires_grad=True)], lr=0.1)
        exec(PROGRAMS[name], names)
        return names["out"]

    assert_same(run, torch, gradiente)


def test_hooks_of_modules_that_are_passed_by() -> None:
    def run(m: Any) -> Any:
        seen: list[Any] = []
        layer = m.nn.Tanh()
        layer.register_full_backward_hook(lambda module, given, taken: seen.append((given, taken)))
        x = m.ones(2, requires_grad=True)
        y = layer(x)
        (g,) = m.autograd.grad(y.sum(), x, create_graph=True)
        g.sum().backward()
        return [[t.detach() for part in call for t in part] for call in seen], x.grad

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_same(run, torch, gradiente, warned=False)
