"""Muon, SparseAdam, the hooks of optimisers and DistributedSampler, compared with PyTorch's."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

import gradiente
from outcomes import assert_same

torch: Any = pytest.importorskip("torch")

OPTIONS: list[dict[str, Any]] = [
    {},
    {"nesterov": False},
    {"adjust_lr_fn": "match_rms_adamw", "weight_decay": 0.0},
    {"adjust_lr_fn": "original", "momentum": 0.5, "ns_steps": 3},
    {"ns_coefficients": (2.0, -1.5, 0.5), "eps": 1e-3},
]


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (1, 7), (40, 30)])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_muon(options: dict[str, Any], shape: tuple[int, int], rng: np.random.Generator) -> None:
    start = rng.standard_normal(shape).astype("float32")
    targets = rng.standard_normal((8, *shape)).astype("float32")

    def run(m: Any) -> tuple[Any, Any]:
        w = m.from_numpy(start.copy()).requires_grad_()
        optimizer = m.optim.Muon([w], lr=0.05, **options)
        for target in targets:
            optimizer.zero_grad()
            ((w - m.from_numpy(target)) ** 2).sum().backward()
            optimizer.step()
        return w.detach().numpy(), optimizer.state_dict()["state"][0]["momentum_buffer"].numpy()

    (ours, buffer), (theirs, expected) = run(gradiente), run(torch)
    moved = np.abs(theirs - start).max()
    np.testing.assert_allclose(ours, theirs, atol=0.02 * moved)  # a few roundings to bfloat16 (three digits) differ
    np.testing.assert_allclose(buffer, expected, atol=0.02 * np.abs(expected).max())


CALLS = [
    *("m.optim.Muon([b])", "m.optim.Muon([w])", "m.optim.Muon([w], lr=-1)", "m.optim.Muon([w], momentum=-1)"),
    *("m.optim.Muon([w], weight_decay=-1)", "m.optim.Muon([w], adjust_lr_fn='x')", "m.optim.Muon([w], lr=m.ones(2))"),
    *("m.optim.Muon([w], ns_steps=100).step()", "m.optim.Muon([w], ns_coefficients=(1, 2)).step()", "m.optim.Muon([])"),
    *("m.optim.SparseAdam([w])", "m.optim.SparseAdam([w], lr=-1)", "m.optim.SparseAdam([w], eps=-1)"),
    *("m.optim.SparseAdam([w], betas=(2, 0.1))", "m.optim.SparseAdam(w)", "m.optim.SparseAdam([w]).step()"),
    *("d.DistributedSampler(range(7), 3, 3)", "d.DistributedSampler(range(7), 3, -1)"),
    *[
        f"list(d.DistributedSampler(range({n}), {k}, {rank}, shuffle={shuffle}, seed=4, drop_last={drop}))"
        for n in (7, 6, 2)
        for k, rank in ((3, 0), (3, 2), (1, 0), (5, 4))
        for shuffle in (False, True)
        for drop in (False, True)
    ],
    "len(d.DistributedSampler(range(7), 3, 1)), len(d.DistributedSampler(range(7), 3, 1, drop_last=True))",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_calls(call: str) -> None:
    def run(m: Any) -> Any:
        w, b = m.ones(2, 3, requires_grad=True), m.ones(3, requires_grad=True)
        w.sum().backward()
        return eval(call, {"m": m, "w": w, "b": b, "d": import_module(f"{m.__name__}.utils.data.distributed")})

    assert_same(run, torch, gradiente)


def test_epochs_of_distributed_samplers() -> None:
    def run(m: Any) -> list[Any]:
        sampler = m.utils.data.DistributedSampler(range(9), num_replicas=2, rank=1)
        seen = []
        for epoch in range(3):
            sampler.set_epoch(epoch)
            seen.append(list(sampler))
        return seen

    torch.utils.data.DistributedSampler = import_module("torch.utils.data.distributed").DistributedSampler
    assert run(gradiente) == run(torch)


def test_hooks() -> None:
    def run(m: Any) -> list[Any]:
        seen: list[Any] = []
        w = m.tensor([1.0], requires_grad=True)
        optimizer = m.optim.SGD([w], lr=0.5, momentum=0.5)
        every = import_module(f"{m.__name__}.optim.optimizer")
        handles = [
            every.register_optimizer_step_pre_hook(lambda o, args, kw: seen.append(("all", len(args), list(kw)))),
            every.register_optimizer_step_post_hook(lambda o, args, kw: seen.append(("end", len(args), list(kw)))),
            optimizer.register_step_pre_hook(lambda o, args, kw: seen.append(("before", o is optimizer))),
            optimizer.register_step_post_hook(lambda o, args, kw: seen.append(("after", o is optimizer))),
            optimizer.register_state_dict_pre_hook(lambda o: seen.append("saving")),
            optimizer.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True),
            optimizer.register_state_dict_post_hook(lambda o, d: {**d, "more": 1}),
            optimizer.register_state_dict_post_hook(lambda o, d: seen.append(sorted(d))),
            optimizer.register_load_state_dict_pre_hook(lambda o, d: seen.append(sorted(d))),
            optimizer.register_load_state_dict_pre_hook(lambda o, d: {k: d[k] for k in ("state", "param_groups")}),
            optimizer.register_load_state_dict_post_hook(lambda o: seen.append(o.param_groups[0]["lr"])),
        ]
        try:
            w.sum().backward()
            optimizer.step()
            optimizer.step(closure=lambda: w.sum())
            saved = optimizer.state_dict()
            saved["param_groups"][0]["lr"] = 0.25
            optimizer.load_state_dict(saved)
            for handle in handles[2:]:
                handle.remove()
            optimizer.step()
            seen.append(sorted(optimizer.state_dict()))

            class Own(m.optim.Optimizer):
                def __init__(self, params: Any) -> None:
                    super().__init__(params, {"lr": 1.0})

                def step(self, closure: Any = None) -> Any:
                    """One step."""
                    seen.append("own step")
                    return 5

            own = Own([w])
            own.register_step_pre_hook(lambda o, args, kw: ((o,), {}))
            seen += [own.step(3), Own.step.__doc__, Own.step.__name__]
            own.register_step_pre_hook(lambda o, args, kw: 3)
            try:
                own.step()
            except RuntimeError as error:
                seen.append(str(error).split(" must return")[1])
        finally:
            for handle in handles:
                handle.remove()
        return [*seen, w.tolist()]

    assert run(gradiente) == run(torch)
