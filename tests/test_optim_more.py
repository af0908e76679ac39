"""Muon, SparseAdam, the hooks of optimisers, DistributedSampler."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.optim._muon import bfloat16, orthogonal
from gradiente.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from gradiente.utils.data import DistributedSampler


def test_muon_steps_are_nearly_orthogonal(rng: np.random.Generator):
    for shape in ((5, 8), (8, 5)):
        step = orthogonal(rng.standard_normal(shape), (3.4445, -4.7750, 2.0315), 5, 1e-7)
        singular = np.linalg.svd(step, compute_uv=False)
        assert step.shape == shape
        assert singular.min() > 0.3
        assert singular.max() < 1.6


def test_muon_trains(rng: np.random.Generator):
    w = torch.zeros(4, 3, requires_grad=True)
    target = torch.from_numpy(rng.standard_normal((4, 3)).astype("float32"))
    optimizer = torch.optim.Muon([w], lr=0.1, weight_decay=0.0)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = ((w - target) ** 2).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 * losses[0]


def test_rounding_to_bfloat16(rng: np.random.Generator):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = np.concatenate(
        [rng.standard_normal(1000) * 10.0 ** rng.integers(-30, 30, 1000), [np.inf, -np.inf, np.nan, 0.0]]
    )
    x = np.concatenate([x.astype(np.float32), np.float32(1) + np.arange(64, dtype=np.float32) / 1024])
    np.testing.assert_array_equal(bfloat16(x), x.astype(ml_dtypes.bfloat16).astype(np.float32))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"lr": -1}, "Learning rate should be >= 0 but is: -1"),
        ({"momentum": -1}, "momentum should be >= 0 but is: -1"),
        ({"weight_decay": -1}, "weight decay should be >= 0 but is: -1"),
        ({"adjust_lr_fn": "x"}, "Adjust learning rate function x is not supported"),
        ({"lr": torch.ones(2)}, "Tensor lr must be 1-element"),
        ({"ns_steps": 100}, "Number of steps must be less than 100"),
        ({"ns_coefficients": (1, 2)}, "Coefficients must be a tuple of exactly 3 values"),
    ],
)
def test_muon_refuses(options: dict[str, Any], text: str):
    w = torch.ones(2, 2, requires_grad=True)
    w.sum().backward()
    with pytest.raises(ValueError, match=text):
        torch.optim.Muon([w], **options).step()


def test_muon_is_for_matrices():
    with pytest.raises(ValueError, match=r"Muon only supports 2D parameters .* torch\.Size\(\[3\]\)"):
        torch.optim.Muon([torch.ones(3, requires_grad=True)])
    w = torch.ones(2, 2, dtype=torch.complex64, requires_grad=True)
    w.abs().sum().backward()
    with pytest.raises(RuntimeError, match="Muon does not support complex parameters"):
        torch.optim.Muon([w]).step()


def test_sparse_adam_refuses_dense_gradients():
    w = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SparseAdam([w])
    optimizer.step()
    w.sum().backward()
    with pytest.raises(RuntimeError, match="does not support dense gradients, please consider Adam instead"):
        optimizer.step()
    with pytest.raises(ValueError, match="Invalid beta parameter at index 1"):
        torch.optim.SparseAdam([w], betas=(0.5, 1.5))


def test_hooks_of_saving_and_loading():
    w = torch.ones(1, requires_grad=True)
    optimizer, seen = torch.optim.SGD([w], lr=0.5), []
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("second"))
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda o, d: {**d, "more": 1})
    optimizer.register_load_state_dict_pre_hook(lambda o, d: d.pop("more"))
    optimizer.register_load_state_dict_pre_hook(lambda o, d: {"state": {}, "param_groups": d["param_groups"]})
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append(o.param_groups[0]["lr"]))
    saved = optimizer.state_dict()
    assert saved["more"] == 1
    with pytest.raises(TypeError):  # the first hook returned 1, which the second cannot take apart
        optimizer.load_state_dict(saved)
    assert saved["more"] == 1
    assert seen == ["first", "second"]


def test_hooks_of_every_optimiser_and_of_ones_own():
    seen: list[Any] = []
    handles = [
        register_optimizer_step_pre_hook(lambda o, args, kwargs: seen.append(type(o).__name__)),
        register_optimizer_step_post_hook(lambda o, args, kwargs: seen.append(kwargs)),
    ]

    class Own(torch.optim.Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {})

        def step(self, closure: Any = None) -> Any:
            """One step."""
            return closure

    w = torch.ones(1, requires_grad=True)
    own = Own([w])
    assert own.step(closure=3) == 3
    torch.optim.SGD([w], lr=0.1).step()
    for handle in handles:
        handle.remove()
    own.step()
    assert seen == ["Own", {"closure": 3}, "SGD", {}]
    own.register_step_pre_hook(lambda o, args, kwargs: ((o, 7), {}))
    assert own.step() == 7
    own.register_step_pre_hook(lambda o, args, kwargs: 5)
    with pytest.raises(RuntimeError, match=r"must return None or a tuple of \(new_args, new_kwargs\), but got 5"):
        own.step()
    assert Own.step.__doc__ == "One step."


def test_the_parts_of_a_data_set():
    parts = [list(DistributedSampler(range(10), 3, rank)) for rank in range(3)]
    assert {len(part) for part in parts} == {4}
    assert {i for part in parts for i in part} == set(range(10))
    fewer = [list(DistributedSampler(range(10), 3, rank, drop_last=True)) for rank in range(3)]
    assert len({i for part in fewer for i in part}) == 9
    sampler = DistributedSampler(range(100), 2, 0)
    first = list(sampler)
    sampler.set_epoch(1)
    assert list(sampler) != first
    assert len(sampler) == 50
    with pytest.raises(RuntimeError, match="give num_replicas and rank"):
        DistributedSampler(range(3))
    with pytest.raises(ValueError, match=r"Invalid rank 3, rank should be in the interval \[0, 2\]"):
        DistributedSampler(range(3), 3, 3)


@pytest.mark.parametrize("name", ["Adagrad", "Adadelta", "RMSprop", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"])
def test_a_complex_parameter_moves_like_a_pair_of_real_ones(name: str, rng: np.random.Generator) -> None:
    pairs = rng.standard_normal((5, 2))
    ends = []
    for p in (torch.view_as_complex(torch.tensor(pairs)), torch.tensor(pairs)):
        p.requires_grad_()
        optimizer = getattr(torch.optim, name)([p], lr=0.1)
        for _ in range(5):
            real = torch.view_as_real(p.detach()) if p.is_complex() else p.detach()
            g = real * real.abs().sum()
            p.grad = torch.view_as_complex(g) if p.is_complex() else g
            optimizer.step()
        ends.append(torch.view_as_real(p.detach()) if p.is_complex() else p.detach())
    np.testing.assert_array_equal(*[end.numpy() for end in ends])
