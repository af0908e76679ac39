"""The losses of torch.nn.functional against PyTorch: values, gradients of two orders, nodes, warnings, errors."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente

torch = pytest.importorskip("torch")

Call = Callable[..., Any]


def caught(call: Callable[[], Any]) -> tuple[Any, list[str], tuple[str, str]]:
    """The result, the warnings' texts, and the error's type and text."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            result, error = call(), ("", "")
        except Exception as raised:
            result, error = None, (type(raised).__name__, str(raised).split("\nException raised")[0].rstrip())
    # NumPy's own warnings are filtered out in ordinary use, not under "always"
    return result, [str(w.message) for w in found if not issubclass(w.category, RuntimeWarning)], error


def run(module: Any, call: Call, arrays: list[Any], tracked: int) -> tuple[str, list[Any]]:
    tensors = [module.from_numpy(array.copy()) for array in arrays]
    for x in tensors[:tracked]:
        x.requires_grad_()
    out = call(module, module.nn.functional, *tensors)
    weights = module.from_numpy(
        np.asarray(np.cos(np.arange(out.numel()))).reshape(tuple(out.shape)).astype(arrays[0].dtype)
    )
    first = module.autograd.grad((out * out * weights).sum(), tensors[:tracked], create_graph=True)
    again = sum((g * g).sum() for g in first)
    second = module.autograd.grad(again, tensors[:tracked], materialize_grads=True) if again.requires_grad else ()
    return out.grad_fn.name(), [x.detach().numpy() for x in (out, *first, *second)]


def compare(call: Call, arrays: list[Any], tracked: int = 1, second: bool = True, node: bool = True) -> None:
    (ours, our_warnings, our_error) = caught(lambda: run(gradiente, call, arrays, tracked))
    (theirs, their_warnings, their_error) = caught(lambda: run(torch, call, arrays, tracked))
    assert our_error == their_error == ("", "")
    assert our_warnings == their_warnings
    assert ours[0] == theirs[0] or not node  # without a reduction torch reshapes the result of 3 and 5 dimensions
    for i, (a, b) in enumerate(zip(ours[1], theirs[1], strict=True)):
        if i > tracked and not second:
            break
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        tolerance = 2e-6 if a.dtype == np.float32 else 1e-10
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def compare_failure(call: Call, arrays: list[Any]) -> None:
    def attempt(module: Any) -> tuple[str, str]:
        tensors = [module.from_numpy(array.copy()) for array in arrays]
        return caught(lambda: call(module, module.nn.functional, *tensors))[2]

    ours, theirs = attempt(gradiente), attempt(torch)
    assert theirs[0], "torch accepts this"
    assert ours[0] == theirs[0]
    assert ours[1].startswith(theirs[1]), (ours, theirs)


def normal(*shape: int, seed: int = 0, dtype: str = "float64") -> Any:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def classes(*shape: int, seed: int = 1, high: int = 3) -> Any:
    return np.random.default_rng(seed).integers(0, high, shape)


def shares(*shape: int, seed: int = 2) -> Any:
    return np.random.default_rng(seed).uniform(0.05, 0.95, shape)


REDUCTIONS = ("mean", "sum", "none")
PAIRS: dict[str, Call] = {
    "mse": lambda m, f, a, b, r: f.mse_loss(a, b, reduction=r),
    "mse weighted": lambda m, f, a, b, r: f.mse_loss(a, b, reduction=r, weight=m.ones_like(a) * 2),
    "l1": lambda m, f, a, b, r: f.l1_loss(a, b, reduction=r),
    "l1 weighted": lambda m, f, a, b, r: f.l1_loss(a, b, reduction=r, weight=m.ones_like(a) * 2),
    "smooth l1": lambda m, f, a, b, r: f.smooth_l1_loss(a, b, reduction=r),
    "smooth l1 narrow": lambda m, f, a, b, r: f.smooth_l1_loss(a, b, reduction=r, beta=0.3),
    "smooth l1 0": lambda m, f, a, b, r: f.smooth_l1_loss(a, b, reduction=r, beta=0.0),
    "huber": lambda m, f, a, b, r: f.huber_loss(a, b, reduction=r),
    "huber wide": lambda m, f, a, b, r: f.huber_loss(a, b, reduction=r, delta=1.7),
    "huber weighted": lambda m, f, a, b, r: f.huber_loss(a, b, reduction=r, weight=m.ones_like(a) * 2),
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", PAIRS)
def test_regression(name: str, reduction: str) -> None:
    call = PAIRS[name]
    pair = [normal(2, 3), normal(2, 3, seed=1)]
    compare(lambda m, f, a, b: call(m, f, a, b, reduction), pair, 2)
    compare(lambda m, f, a, b: call(m, f, a, b, reduction), pair, 1)
    if "weighted" not in name:
        compare(lambda m, f, a, b: call(m, f, a, b, reduction), [normal(2, 3), normal(3)], 2)


def test_kinks() -> None:
    a, b = np.array([0.0, 1.0, -1.0, 2.0, -3.0, 0.5]), np.zeros(6)
    for call in PAIRS.values():
        compare(lambda m, f, a, b, call=call: call(m, f, a, b, "none"), [a, b], 2, second=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits(reduction: str, dtype: str) -> None:
    x, y = (4 * normal(4, 3)).astype(dtype), shares(4, 3).astype(dtype)
    w = shares(3, seed=4).astype(dtype)
    name = "binary_cross_entropy_with_logits"
    compare(lambda m, f, x, y: getattr(f, name)(x, y, reduction=reduction), [x, y], 1)
    compare(lambda m, f, x, y: getattr(f, name)(x, y, reduction=reduction), [x, y], 2)
    compare(lambda m, f, x, y, w: getattr(f, name)(x, y, w, reduction=reduction), [x, y, w], 2)
    compare(lambda m, f, x, y, w: getattr(f, name)(x, y, reduction=reduction, pos_weight=w), [x, y, w], 2)
    compare(lambda m, f, x, y, w: getattr(f, name)(x, y, w, reduction=reduction, pos_weight=w), [x, y, w], 1)


def test_logits_far_out() -> None:
    x = np.array([-1000.0, -90, -1e-30, 0, 1e-30, 90, 1000])
    for y in (0.0, 1.0):
        call = lambda m, f, x, y: f.binary_cross_entropy_with_logits(x, y, reduction="none")  # noqa: E731
        compare(call, [x, np.full(7, y)], 1, second=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_probabilities(reduction: str) -> None:
    x, y, w = shares(4, 3), shares(4, 3, seed=3), shares(3, seed=4)
    call = lambda m, f, x, y: f.binary_cross_entropy(x, y, reduction=reduction)  # noqa: E731
    compare(call, [x, y], 1)
    compare(call, [x, y], 2)
    compare(lambda m, f, x, y, w: f.binary_cross_entropy(x, y, w, reduction=reduction), [x, y, w], 1)
    certain = [np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])]
    compare(call, certain, 1, second=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_signs(reduction: str) -> None:
    signs = np.sign(normal(4, 3, seed=5))
    compare(lambda m, f, x, y: f.soft_margin_loss(x, y, reduction=reduction), [normal(4, 3), signs], 1)


INPUTS: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((4, 3), (4,)),
    ((3,), ()),
    ((4, 3, 5), (4, 5)),
    ((4, 3, 5, 2), (4, 5, 2)),
    ((4, 3, 5, 2, 2), (4, 5, 2, 2)),
]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("shape", "target"), INPUTS, ids=str)
def test_classes(shape: tuple[int, ...], target: tuple[int, ...], reduction: str) -> None:
    x, y, w = normal(*shape), np.asarray(classes(*target)), shares(3, seed=6)
    compare(lambda m, f, x, y: f.cross_entropy(x, y, reduction=reduction), [x, y], 1, node=len(shape) not in (3, 5))
    compare(lambda m, f, x, y: f.nll_loss(x, y, reduction="sum"), [x, y], 1)
    compare(lambda m, f, x, y, w: f.cross_entropy(x, y, w), [x, y, w], 1)
    compare(lambda m, f, x, y, w: f.cross_entropy(x, y, w, ignore_index=1, reduction="sum"), [x, y, w], 1)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignored", [-100, 1])
def test_smoothing(reduction: str, smoothing: float, weighted: bool, ignored: int) -> None:
    x, y, w = normal(6, 3), classes(6), shares(3, seed=6)

    def call(m: Any, f: Any, x: Any, y: Any, w: Any) -> Any:
        weight = w if weighted else None
        return f.cross_entropy(x, y, weight, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing)

    compare(call, [x, y, w], 1)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(4, 3), (3,), (4, 3, 5)], ids=str)
def test_probabilities_of_classes(shape: tuple[int, ...], reduction: str) -> None:
    x, y, w = normal(*shape), shares(*shape), shares(3, seed=6)
    compare(lambda m, f, x, y: f.cross_entropy(x, y, reduction=reduction), [x, y], 2)
    compare(lambda m, f, x, y, w: f.cross_entropy(x, y, w, reduction=reduction, label_smoothing=0.3), [x, y, w], 1)


def test_one_sample_in_two_forms() -> None:
    x, y = normal(3), classes(1)  # torch's backward refuses this pair of shapes, which its forward takes
    ours, theirs = (m.nn.functional.cross_entropy(m.from_numpy(x), m.from_numpy(y)) for m in (gradiente, torch))
    assert str(ours) == str(theirs)


def test_samples_left_out() -> None:
    x = normal(3, 3)
    left_out = np.full(3, -100)
    for y in (left_out, np.array([0, -100, 2])):
        for reduction in ("sum", "none"):
            compare(lambda m, f, x, y, r=reduction: f.cross_entropy(x, y, reduction=r), [x, y], 1)
    for m in (gradiente, torch):
        assert np.isnan(m.nn.functional.cross_entropy(m.from_numpy(x), m.from_numpy(left_out)).item())
        assert np.isnan(m.nn.functional.nll_loss(m.zeros(0, 3), m.zeros(0, dtype=m.int64)).item())
    far = np.array([[-np.inf, 0.0], [0.0, -np.inf]])
    compare(lambda m, f, x, y: f.nll_loss(x, y), [far, np.array([-100, 0])], 1)


def test_older_arguments() -> None:
    pair = [shares(2, 3), shares(2, 3, seed=1)]
    for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"):
        for options in ({"size_average": False}, {"reduce": False}, {"size_average": True}):
            compare(lambda m, f, a, b, n=name, o=options: getattr(f, n)(a, b, **o), pair, 1)


BAD: list[tuple[Call, list[Any]]] = [
    (lambda m, f, a, b: f.mse_loss(a, b), [normal(2, 3), normal(4)]),
    (lambda m, f, a, b: f.mse_loss(a, b, reduction="x"), [normal(2, 3), normal(2, 3)]),
    (lambda m, f, a, b: f.l1_loss(a, b, weight=b), [normal(2, 3), normal(3)]),
    (lambda m, f, a, b: f.smooth_l1_loss(a, b, beta=-1), [normal(2, 3), normal(2, 3)]),
    (lambda m, f, a, b: f.huber_loss(a, b, delta=0), [normal(2, 3), normal(2, 3)]),
    (lambda m, f, a, b: f.binary_cross_entropy(a, b), [shares(2, 3), shares(3)]),
    (lambda m, f, a, b: f.binary_cross_entropy(a, b), [shares(2, 3) + 1, shares(2, 3)]),
    (lambda m, f, a, b: f.binary_cross_entropy(a, b), [shares(2, 3), shares(2, 3) - 1]),
    (lambda m, f, a, b: f.binary_cross_entropy(a, b), [shares(2, 3), classes(2, 3)]),
    (lambda m, f, a, b: f.binary_cross_entropy(a, b, m.ones(3, requires_grad=True)), [shares(2, 3), shares(2, 3)]),
    (lambda m, f, a, b: f.binary_cross_entropy_with_logits(a, b), [shares(2, 3), shares(3)]),
    (lambda m, f, a, b: f.binary_cross_entropy_with_logits(a, b), [shares(2, 3), classes(2, 3)]),
    (lambda m, f, a, b: f.binary_cross_entropy_with_logits(a, b, pos_weight=3), [shares(2, 3), shares(2, 3)]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3), classes(3)]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3), classes(2, 2)]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(3), classes(2)]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3, 4), classes(2, 5)]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3, 4, 5), classes(2, 4, 6)]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3), np.array([0, 3])]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3), np.array([0, -1])]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3), np.array([0, 1], "int32")]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3), np.array([0.0, 1.0])]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [normal(2, 3), classes(2, 3)]),
    (lambda m, f, a, b: f.cross_entropy(a, b), [classes(2, 3), classes(2)]),
    (lambda m, f, a, b: f.cross_entropy(a, b, m.ones(2)), [normal(2, 3), classes(2)]),
    (lambda m, f, a, b: f.cross_entropy(a, b, m.ones(3)), [normal(2, 3), classes(2)]),
    (lambda m, f, a, b: f.cross_entropy(a, b, m.ones(2)), [normal(2, 3), shares(2, 3)]),
    (lambda m, f, a, b: f.cross_entropy(a, b, label_smoothing=1.5), [normal(2, 3), classes(2)]),
    (lambda m, f, a, b: f.cross_entropy(a, b, ignore_index=1), [normal(2, 3), shares(2, 3)]),
    (lambda m, f, a, b: f.cross_entropy(a, b, reduction="foo"), [normal(2, 3), classes(2)]),
    (lambda m, f, a, b: f.cross_entropy(1, b), [normal(2, 3), classes(2)]),
    (lambda m, f, a, b: f.cross_entropy(a, 1), [normal(2, 3), classes(2)]),
    (lambda m, f, a, b: f.nll_loss(a, b, 3), [normal(2, 3), classes(2)]),
]


@pytest.mark.parametrize("i", range(len(BAD)))
def test_losses_refuse(i: int) -> None:
    compare_failure(*BAD[i])
