"""Pruning, fusion, modules without first values and the older functional_call against PyTorch."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import gradiente
import gradiente.nn.utils.prune

torch = pytest.importorskip("torch")
pytest.importorskip("torch.nn.utils.prune")  # torch does not load it by itself

Call = Callable[[Any], Any]


def pruned(m: Any, times: int, name: str, *args: Any, **kwargs: Any) -> Any:
    """A layer pruned several times by one function, and all that this leaves in it."""
    layer = m.nn.Conv2d(3, 2, 2) if name.endswith("_conv") else m.nn.Linear(4, 3)
    for _ in range(times):
        getattr(m.nn.utils.prune, name.removesuffix("_conv"))(layer, "weight", *args, **kwargs)
    hooks = list(layer._forward_pre_hooks.values())
    kinds = [(type(hook).__name__, hook._tensor_name) for hook in hooks]
    return layer.state_dict(), layer.weight, kinds, list(layer._parameters), layer


METHODS: list[tuple[Any, ...]] = [
    ("identity",),
    ("random_unstructured", 0.3),
    ("random_unstructured", 3),
    ("l1_unstructured", 0.3),
    ("l1_unstructured", 3),
    ("random_structured", 1, 0),
    ("random_structured", 0.25, 1),
    ("random_structured", 1, -1),
    ("ln_structured", 1, 2, 0),
    ("ln_structured", 0.5, 1, 1),
    ("ln_structured", 1, float("inf"), -1),
    ("ln_structured_conv", 0.3, float("-inf"), 1),
    ("random_unstructured", 0),
    ("random_unstructured", 1.0),
    ("random_structured", 0, 0),
    ("ln_structured", 0, 2, 0),
    ("ln_structured", 1.0, 2, 0),
    ("random_unstructured", -1),
    ("random_unstructured", 1.5),
    ("random_unstructured", "a"),
    ("random_unstructured", 100),
    ("random_structured", 1, 2),
    ("random_structured", 1, -5),
    ("random_structured", 10, 0),
    ("ln_structured", 1, 2, 5),
]


def several(m: Any) -> Any:
    prune, layer = m.nn.utils.prune, m.nn.Linear(4, 3)
    prune.random_unstructured(layer, "weight", 0.3)
    prune.ln_structured(layer, "weight", 1, 2, 0)
    prune.custom_from_mask(layer, "weight", m.eye(3, 4))
    prune.random_unstructured(layer, "bias", 1)
    (chain,) = [hook for hook in layer._forward_pre_hooks.values() if hook._tensor_name == "weight"]
    layer(m.ones(2, 4)).sum().backward()
    kinds = [type(hook).__name__ for hook in chain], len(chain), type(chain[0]).__name__
    return layer.state_dict(), kinds, layer.weight_orig.grad, prune.is_pruned(m.nn.Sequential(layer))


def overall(m: Any) -> Any:
    prune, layer = m.nn.utils.prune, m.nn.Linear(4, 3)
    both = [(layer, "weight"), (layer, "bias")]
    states = []
    for pairs, kind, scores, amount in (
        (both, prune.L1Unstructured, None, 0.4),
        (both, prune.RandomUnstructured, None, 3),
        (both[:1], prune.L1Unstructured, {both[0]: m.arange(12.0).view(3, 4)}, 3),
    ):
        prune.global_unstructured(pairs, kind, scores, amount=amount)
        states.append(copy.copy(layer.state_dict()))
    return states


def removed(m: Any) -> Any:
    prune, layer = m.nn.utils.prune, m.nn.Linear(4, 3)
    original = layer.weight
    prune.random_unstructured(layer, "weight", 0.4)
    prune.remove(layer, "weight")
    return layer.state_dict(), layer.weight is original, prune.is_pruned(layer), list(layer._parameters)


def custom(m: Any, kind: str, dim: bool = True) -> Any:
    base = m.nn.utils.prune.BasePruningMethod
    members = {"PRUNING_TYPE": kind, "compute_mask": lambda self, t, default_mask: default_mask * 0}
    made = type("Custom", (base,), {**members, **({"dim": 1} if dim else {})})
    layer = m.nn.utils.prune.identity(m.nn.Linear(2, 2), "weight")
    made.apply(layer, "weight")
    return layer.weight


def ready(m: Any, layer: Any, normalisation: Any) -> tuple[Any, Any]:
    normalisation.running_mean.normal_()
    normalisation.running_var.uniform_(0.5, 2)
    if normalisation.affine:
        m.nn.init.normal_(normalisation.weight)
        m.nn.init.normal_(normalisation.bias)
    return layer.eval(), normalisation.eval()


def fused(m: Any, layer: Any, normalisation: Any, **kwargs: Any) -> Any:
    utils = m.nn.utils
    fuse = utils.fuse_linear_bn_eval if isinstance(layer, m.nn.Linear) else utils.fuse_conv_bn_eval
    made = fuse(*ready(m, layer, normalisation), **kwargs)
    return made, made.state_dict(), type(made.weight).__name__, made.weight.requires_grad, made.weight.is_leaf


CALLS: list[Call] = [
    *(lambda m, case=case, times=times: pruned(m, times, *case) for case in METHODS for times in (1, 2, 3)),
    several,
    overall,
    removed,
    *(lambda m, kind=kind: custom(m, kind) for kind in ("unstructured", "structured", "global", "other")),
    lambda m: custom(m, "structured", dim=False),
    lambda m: pruned(m, 1, "l1_unstructured", 2, importance_scores=m.arange(12.0).view(3, 4)),
    lambda m: pruned(m, 1, "l1_unstructured", 2, importance_scores=m.ones(2)),
    lambda m: pruned(m, 2, "ln_structured", 1, 2, 0, importance_scores=m.arange(12.0).view(3, 4)),
    lambda m: pruned(m, 2, "custom_from_mask", m.tensor([[1, 0, 1, 1]] * 3)),
    lambda m: pruned(m, 1, "custom_from_mask", m.ones(2, 2)),
    lambda m: m.nn.utils.prune.random_unstructured(m.nn.Linear(2, 2), "foo", 1),
    lambda m: m.nn.utils.prune.random_structured(m.nn.Linear(2, 2), "bias", 1, 0),
    lambda m: m.nn.utils.prune.remove(m.nn.Linear(2, 2), "weight"),
    lambda m: m.nn.utils.prune.is_pruned(m.nn.Linear(2, 2)),
    lambda m: m.nn.utils.prune.global_unstructured(3, m.nn.utils.prune.L1Unstructured),
    lambda m: m.nn.utils.prune.global_unstructured([], m.nn.utils.prune.L1Unstructured, 3),
    lambda m: m.nn.utils.prune.PruningContainer(3),
    lambda m: len(m.nn.utils.prune.PruningContainer()),
    lambda m: m.nn.utils.prune.BasePruningMethod(),
    lambda m: m.nn.utils.prune.L1Unstructured(3).prune(m.arange(6.0)),
    lambda m: m.nn.utils.prune.L1Unstructured(3).prune(m.arange(6.0), m.tensor([0, 0, 0, 1.0, 1, 1])),
    lambda m: m.nn.utils.prune.L1Unstructured(3).prune(m.arange(6.0), importance_scores=-m.arange(6.0)),
    lambda m: m.nn.utils.prune.L1Unstructured(3).prune(m.arange(6.0), importance_scores=m.ones(2)),
    lambda m: m.nn.utils.prune.L1Unstructured(3).apply_mask(m.nn.Linear(2, 2)),
    lambda m: copy.deepcopy(m.nn.utils.prune.identity(m.nn.Linear(2, 2), "weight")),
    lambda m: fused(m, m.nn.Conv2d(2, 3, 2), m.nn.BatchNorm2d(3)),
    lambda m: fused(m, m.nn.Conv2d(2, 3, 2, bias=False), m.nn.BatchNorm2d(3, affine=False)),
    lambda m: fused(m, m.nn.ConvTranspose2d(2, 3, 2), m.nn.BatchNorm2d(3), transpose=True),
    lambda m: fused(m, m.nn.Conv1d(2, 3, 2).requires_grad_(False), m.nn.BatchNorm1d(3)),
    lambda m: fused(m, m.nn.Linear(2, 3), m.nn.BatchNorm1d(3)),
    lambda m: fused(m, m.nn.Linear(2, 3, bias=False), m.nn.BatchNorm1d(3)),
    lambda m: fused(m, m.nn.Linear(2, 3, dtype=m.float64), m.nn.BatchNorm1d(3)),
    lambda m: fused(m, m.nn.Linear(2, 3), m.nn.BatchNorm1d(1)),
    lambda m: fused(m, m.nn.Linear(2, 3), m.nn.BatchNorm1d(2)),
    lambda m: fused(m, m.nn.Linear(2, 3), m.nn.BatchNorm1d(3, affine=False)),
    lambda m: m.nn.utils.fuse_conv_bn_eval(m.nn.Conv2d(2, 3, 2), m.nn.BatchNorm2d(3)),
    lambda m: m.nn.utils.fuse_linear_bn_eval(m.nn.Linear(2, 3), m.nn.BatchNorm1d(3)),
    lambda m: m.nn.utils.fuse_conv_bn_eval(
        m.nn.Conv2d(2, 3, 2).eval(), m.nn.BatchNorm2d(3, track_running_stats=False).eval()
    ),
    lambda m: m.nn.utils.fuse_linear_bn_eval(
        m.nn.Linear(2, 3).eval(), m.nn.BatchNorm1d(3, track_running_stats=False).eval()
    ),
    lambda m: (m.nn.utils.skip_init(m.nn.Linear, 3, 4).weight.shape, m.rand(2)),
    lambda m: (m.nn.utils.skip_init(m.nn.LSTM, 3, 4, device="cpu"), m.rand(2), m.nn.Linear(2, 2).weight),
    lambda m: (m.nn.utils.skip_init(m.nn.Embedding, 3, 4), m.rand(2)),
    lambda m: m.nn.utils.skip_init(m.nn.ReLU),
    lambda m: m.nn.utils.skip_init(3),
    lambda m: m.nn.utils.skip_init(dict),
    lambda m: m.nn.utils.stateless.functional_call(m.nn.Linear(3, 3), {"weight": m.zeros(3, 3)}, m.ones(3)),
    lambda m: m.nn.utils.stateless.functional_call(
        m.nn.Linear(3, 3), {"weight": m.zeros(3, 3)}, m.ones(3), strict=True
    ),
    lambda m: m.nn.utils.stateless.functional_call(m.nn.Linear(3, 3), {"foo": m.zeros(3, 3)}, m.ones(3)),
    lambda m: m.nn.utils.stateless.functional_call(m.nn.Linear(3, 3), ({},), m.ones(3)),
]


def outcome(call: Call, m: Any) -> tuple[str, str, list[str]]:
    m.manual_seed(0)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", FutureWarning)
        try:
            text = ("", str(call(m)))
        except Exception as error:
            text = (type(error).__name__, str(error).replace("gradiente", "torch"))
    return (*text, [str(w.message) for w in found])


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.__name__}{call.__code__.co_firstlineno}")
def test_like_torch(call: Call) -> None:
    ours, theirs = outcome(call, gradiente), outcome(call, torch)
    assert ours[0] == theirs[0], ours[1]
    assert ours[1].startswith(theirs[1]) if theirs[0] else ours[1] == theirs[1]
    assert ours[2] == theirs[2]
