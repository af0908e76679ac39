"""Transforms, and distributions made by them, against PyTorch: values, Jacobians, shapes, gradients, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente

from .test_distributions import answer, made, same, seeded

torch = pytest.importorskip("torch")

TRANSFORMS: dict[str, str] = {
    "abs": "D.AbsTransform()",
    "affine": "D.AffineTransform(1.0, -2.0)",
    "affine of tensors": (
        "D.AffineTransform(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.5, -1.0, 2.0]), event_dim=1)"
    ),
    "cumulative": "D.CumulativeDistributionTransform(D.Normal(0.0, 2.0))",
    "exp": "D.ExpTransform()",
    "power": "D.PowerTransform(torch.tensor([0.5, -1.0, 2.0]))",
    "sigmoid": "D.SigmoidTransform()",
    "softplus": "D.SoftplusTransform()",
    "tanh": "D.TanhTransform(cache_size=1)",
    "softmax": "D.SoftmaxTransform()",
    "stick": "D.StickBreakingTransform()",
    "correlation": "D.CorrCholeskyTransform()",
    "tril": "D.LowerCholeskyTransform()",
    "definite": "D.PositiveDefiniteTransform()",
    "independent": "D.IndependentTransform(D.ExpTransform(), 1)",
    "reshape": "D.ReshapeTransform((3,), (3, 1))",
    "stack": "D.StackTransform([D.ExpTransform(), D.SigmoidTransform(), D.identity_transform], dim=-1)",
    "cat": "D.CatTransform([D.ExpTransform(), D.AffineTransform(0.0, 3.0)], dim=-1, lengths=[1, 2])",
    "cat of vectors": "D.CatTransform([D.StickBreakingTransform(), D.ExpTransform().inv.inv], dim=0, lengths=[1, 2])",
    "compose": "D.ComposeTransform([D.AffineTransform(0.0, 0.5), D.ExpTransform(), D.AffineTransform(1.0, 3.0)])",
    "compose of vectors": (
        "D.ComposeTransform([D.ExpTransform(), D.StickBreakingTransform(), D.AffineTransform(1.0, 3.0)])"
    ),
    "inverse": "D.ExpTransform().inv",
    "identity": "D.identity_transform",
}

BASES: dict[str, str] = {
    "number": "D.Normal(0.0, 1.0)",
    "numbers": "D.Normal(torch.zeros(3), 1.0)",
    "matrix of numbers": "D.Normal(torch.zeros(2, 3), torch.ones(3))",
    "vector": "D.MultivariateNormal(torch.zeros(3), torch.eye(3))",
    "vectors": "D.Independent(D.Normal(torch.zeros(2, 3), 1.0), 1)",
    "matrices": "D.Independent(D.Normal(torch.zeros(2, 3, 3), 1.0), 2)",
    "positive": "D.Exponential(torch.ones(2, 3))",
}

INPUTS = [np.linspace(0.2, 1.4, 3), np.linspace(0.1, 1.1, 6).reshape(2, 3), np.linspace(0.1, 0.9, 9).reshape(3, 3)]


def applied(module: Any, call: str, array: Any) -> list[Any]:
    """All that a transform gives for an input: image, inverse, Jacobian, gradient, shapes, domains."""
    t = made(module, call)
    x = module.tensor(array.tolist(), requires_grad=True)
    y = answer(t, x)
    found = [y, answer(lambda: t.forward_shape(tuple(x.shape))), answer(lambda: t.inverse_shape(tuple(x.shape)))]
    found += [repr(t), answer(lambda: repr(t.domain)), answer(lambda: repr(t.codomain)), t.bijective, repr(t.inv)]
    if isinstance(y, str):
        return found
    found += [answer(t.inv, y), answer(t.log_abs_det_jacobian, x, y), answer(t.inv, y.detach())]
    found.append(answer(lambda: module.autograd.grad((y * y.detach().cos()).sum(), x)[0]))
    found.append(answer(lambda: module.autograd.grad(t.log_abs_det_jacobian(x, t(x)).sum(), x, allow_unused=True)[0]))
    return found


@pytest.mark.parametrize("array", INPUTS, ids=["vector", "matrix", "square"])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms(name: str, array: Any) -> None:
    ours, theirs = applied(gradiente, TRANSFORMS[name], array), applied(torch, TRANSFORMS[name], array)
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        same(tuple(a) if isinstance(a, tuple) else a, tuple(b) if isinstance(b, tuple) else b, i)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transformed_distributions(name: str, base: str, seed: int) -> None:
    call = f"D.TransformedDistribution({BASES[base]}, [{TRANSFORMS[name]}])"
    ours, theirs = answer(made, gradiente, call), answer(made, torch, call)
    if isinstance(theirs, str):
        assert ours == theirs
        return
    for what in (
        *(lambda d: tuple(d.batch_shape), lambda d: tuple(d.event_shape), lambda d: repr(d.support)),
        *(lambda d: d.has_rsample, lambda d: d.mean, lambda d: tuple(d.expand((2, *d.batch_shape)).batch_shape)),
    ):
        same(answer(what, ours), answer(what, theirs))
    mine, other = seeded(gradiente, seed, ours.sample, (4,)), seeded(torch, seed, theirs.sample, (4,))
    same(mine, other)
    if not isinstance(other, str):
        value = gradiente.from_numpy(other.numpy())
        same(answer(ours.log_prob, value), answer(theirs.log_prob, other), "log_prob", 2e-3)
        same(answer(ours.cdf, value), answer(theirs.cdf, other), "cdf", 1e-4)
