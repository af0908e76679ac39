"""Memory in chosen layouts, functions called for each element, older names: compared with PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

CALLS: dict[str, Callable[[Any], Any]] = {
    "empty_strided": lambda m: m.empty_strided((2, 3), (1, 2)).stride(),
    "empty_strided of nothing": lambda m: m.empty_strided((0, 3), (1, 2)).stride(),
    "lengths": lambda m: m.empty_strided((2, 3), (1,)),
    "negative": lambda m: m.empty_strided((2, 3), (-1, 2)),
    "new_empty_strided": lambda m: m.ones(2).new_empty_strided((2, 3), (1, 2), dtype=m.int64).dtype,
    "empty_permuted": lambda m: m.empty_permuted((2, 3, 4), (0, 2, 1)).stride(),
    "duplicate": lambda m: m.empty_permuted((2, 3), (0, 0)),
    "frobenius": lambda m: m.frobenius_norm(m.arange(6.0).view(2, 3), dim=[0, 1]),
    "frobenius kept": lambda m: m.frobenius_norm(m.arange(6.0).view(2, 3), dim=1, keepdim=True),
    "nuclear": lambda m: m.nuclear_norm(m.arange(6.0).view(2, 3)),
    "nuclear of dims": lambda m: m.nuclear_norm(m.arange(24.0).view(2, 3, 4), dim=[0, 1]),
    "norm_except_dim": lambda m: m.norm_except_dim(m.arange(24.0).view(2, 3, 4), 2, 1),
    "norm_except_dim, whole": lambda m: m.norm_except_dim(m.arange(6.0).view(2, 3), 1, -1),
    "range": lambda m: m.range(1, 4, 0.5),
    "range of integers": lambda m: m.range(0, 5, 2, dtype=m.int64),
    "range down": lambda m: m.range(4, 1, -1),
    "range inconsistent": lambda m: m.range(1, 4, -1),
    "is_same_size": lambda m: m.is_same_size(m.ones(2), m.ones(3)),
    "detach_copy": lambda m: m.detach_copy(m.arange(3.0)),
    "fill_diagonal_": lambda m: m.zeros(4, 3).fill_diagonal_(2),
    "fill_diagonal_ wrapped": lambda m: m.zeros(9, 3).fill_diagonal_(2, wrap=True),
    "fill_diagonal_ wide": lambda m: m.zeros(3, 9).fill_diagonal_(2, wrap=True),
    "fill_diagonal_ barely tall": lambda m: m.zeros(4, 3).fill_diagonal_(2, wrap=True),
    "fill_diagonal_ cube": lambda m: m.zeros(2, 2, 2).fill_diagonal_(2),
    "apply_": lambda m: m.arange(4.0).view(2, 2).t().apply_(lambda v: v * v),
    "map_": lambda m: m.arange(4.0).view(2, 2).map_(m.arange(2.0), lambda a, b: a - b),
    "map2_": lambda m: m.ones(3).map2_(m.arange(3.0), m.arange(3.0), lambda a, b, c: a - b * c),
    "map_ of another dtype": lambda m: m.ones(3).map_(m.ones(3, dtype=m.float64), lambda a, b: a),
    "constant_pad_nd": lambda m: m.constant_pad_nd(m.ones(2, 3), (1, 0, -1, 2), 2.0),
    "resize_as_": lambda m: m.resize_as_(m.arange(6), m.ones(2, 2)),
    "as_strided_": lambda m: m.as_strided_(m.arange(6), (2, 2), (1, 2)),
    "addmv_": lambda m: m.addmv_(m.ones(2), m.ones(2, 3), m.ones(3), beta=2),
}


def outcome(m: Any, call: Callable[[Any], Any]) -> tuple[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = call(m)
        except (RuntimeError, TypeError) as error:
            return type(error).__name__, str(error)
    return "", str(found)


@pytest.mark.parametrize("name", CALLS)
def test_older_names(name: str) -> None:
    theirs, ours = outcome(torch, CALLS[name]), outcome(gradiente, CALLS[name])
    assert ours[0] == theirs[0], (ours, theirs)
    assert theirs[1] in ours[1]


@pytest.mark.parametrize("largest", [None, True, False])
@pytest.mark.parametrize("with_b", [False, True])
def test_lobpcg(largest: bool | None, with_b: bool) -> None:
    rng = np.random.default_rng(0)
    a, b = (x @ x.swapaxes(-1, -2) + 9 * np.eye(9) for x in rng.standard_normal((2, 2, 9, 9)))
    found: list[Any] = []
    for m in (torch, gradiente):
        m.manual_seed(0)
        options = {"B": m.from_numpy(b)} if with_b else {}
        values, vectors = m.lobpcg(m.from_numpy(a), k=2, largest=largest, niter=-1, tol=1e-10, **options)
        found.append((values.numpy(), vectors.numpy()))
    (v, x), (w, y) = found
    np.testing.assert_allclose(w, v, rtol=1e-8)
    signs = np.sign((x * y).sum(-2, keepdims=True))
    np.testing.assert_allclose(y * signs, x, atol=1e-6)  # as far as the iteration went


def test_gradients_of_lobpcg() -> None:
    rng = np.random.default_rng(1)
    a = rng.standard_normal((9, 9))
    a = a @ a.T
    found: list[Any] = []
    for m in (torch, gradiente):
        m.manual_seed(0)
        x = m.from_numpy(a).requires_grad_()
        values, vectors = m.lobpcg(x, k=2, niter=-1, tol=1e-12)
        (values.sum() + (vectors**4).sum()).backward()
        found.append(x.grad.numpy())
    np.testing.assert_allclose(found[1], found[0], atol=1e-6)


def test_errors_of_lobpcg() -> None:
    for m in (torch, gradiente):
        with pytest.raises(ValueError, match="not applicable when the number of A rows"):
            m.lobpcg(m.eye(4), k=2)


ORDERS = {
    "function": lambda m, a, v: m.addmm(2, a, 3, a, a),
    "function, no alpha": lambda m, a, v: m.addbmm(2, a, a[None], a[None]),
    "method": lambda m, a, v: a.addr(2, 3, v, v),
    "method, no alpha": lambda m, a, v: a[None].baddbmm(2, a[None], a[None]),
    "in place": lambda m, a, v: v.clone().addmv_(2, 3, a, v),
    "out": lambda m, a, v: m.addmm(2, a, 3, a, a, out=m.empty(2, 2)),
    "numbers": lambda m, a, v: m.addmm(1, 2, 3, 4, 5),
    "chain_matmul": lambda m, a, v: m.chain_matmul(a, a),
    "volatile": lambda m, a, v: m.autograd.Variable(a, volatile=True),
    "volatile with gradients": lambda m, a, v: m.autograd.Variable(a, True, True),
    "default type": lambda m, a, v: m.set_default_tensor_type(m.FloatTensor),
    "default type by name": lambda m, a, v: m.set_default_tensor_type("torch.FloatTensor"),
    "default type of integers": lambda m, a, v: m.set_default_tensor_type(m.LongTensor),
    "default type of CUDA": lambda m, a, v: m.set_default_tensor_type("torch.cuda.FloatTensor"),
    "default type that is none": lambda m, a, v: m.set_default_tensor_type(m.float32),
    "default type without a name": lambda m, a, v: m.set_default_tensor_type("torch.FooTensor"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_older_orders_warn(name: str) -> None:
    """Values, errors, and the beginning of what is warned of, up to the signatures that are proposed."""
    found: list[list[str]] = []
    always = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    for m in (torch, gradiente):
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                seen = str(ORDERS[name](m, m.ones(2, 2), m.arange(2.0)))
            except (RuntimeError, TypeError, ValueError, AttributeError) as error:
                seen = f"{type(error).__name__} {str(error).splitlines()[0]}"
        found.append([seen, *[str(w.message).split("\nConsider")[0].split(" (Trig")[0].strip() for w in heard]])
    torch.set_warn_always(always)
    (theirs, *their_warnings), (ours, *our_warnings) = found
    assert ours.replace("'gradiente'", "'torch'").startswith(theirs)
    assert their_warnings == our_warnings
