"""Products of matrices, vectors and tensors, without PyTorch: laws that they obey, layouts, errors."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
import gradiente.nn.functional as functional


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal(shape))


def test_einsum_is_numpys(rng: np.random.Generator) -> None:
    a, b, c = rng.standard_normal((2, 3, 4)), rng.standard_normal((4, 3, 5)), rng.standard_normal((5, 2))
    for equation, arrays in (
        ("ijk,kjl->il", [a, b]),
        ("ijk,kjl->lki", [a, b]),
        ("ijk,kjl,li->j", [a, b, c]),
        ("ijk->kj", [a]),
        ("ijk,kml->ijml", [a, b]),
        ("ijk,lji->jk", [a, rng.standard_normal((6, 3, 2))]),
    ):
        ours = torch.einsum(equation, *(torch.from_numpy(x) for x in arrays))
        np.testing.assert_allclose(ours.numpy(), np.einsum(equation, *arrays), rtol=1e-12, atol=1e-12)


def test_gradient_of_a_weight_is_contiguous(rng: np.random.Generator) -> None:
    w = tensor(rng, 4, 3).requires_grad_()
    for x in (tensor(rng, 5, 3), tensor(rng, 2, 5, 3)):
        w.grad = None
        functional.linear(x, w, torch.zeros(4, dtype=torch.float64)).sum().backward()
        assert w.grad is not None
        assert w.grad.numpy().flags.c_contiguous
        np.testing.assert_allclose(w.grad.numpy(), np.tile(x.numpy().reshape(-1, 3).sum(0), (4, 1)), rtol=1e-12)


def test_changed_factor_is_noticed(rng: np.random.Generator) -> None:
    x, w = tensor(rng, 2, 5, 3), tensor(rng, 3, 4).requires_grad_()
    out = (x @ w).sum()
    x.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.backward()


def test_errors_name_the_operands() -> None:
    a, b = torch.ones(2, 3), torch.ones(4, 5)
    with pytest.raises(
        RuntimeError, match=r"cannot be multiplied \(2x3 and 4x5\).*`input` has shape \[2, 3\].*\.mT"
    ) as e:
        torch.matmul(a, b)
    assert "torch.float32" in str(e.value)
    with pytest.raises(RuntimeError, match=r"float != double.*convert one of them.*\.to\(torch\.float32\)"):
        torch.mm(a, torch.ones(3, 2, dtype=torch.float64))
    with pytest.raises(RuntimeError, match=r"must not be a floating point number.*give an integer"):
        torch.addr(torch.ones(2, 2, dtype=torch.int64), *[torch.ones(2, dtype=torch.int64)] * 2, beta=0.5)
    with pytest.raises(RuntimeError, match=r"without overflow.*complex dtype"):
        torch.addmm(*[torch.ones(2, 2)] * 3, alpha=1j)
    with pytest.raises(RuntimeError, match="Expected the output tensor to have dtype Float"):
        torch.tensordot(a, b, 0, out=torch.empty(0, dtype=torch.float64))
    with pytest.raises(RuntimeError, match="Expected one or more matrices"):
        torch.chain_matmul()


def test_float16_products_add_up_in_more_than_16_bits() -> None:
    ones = torch.ones(1, 4096, dtype=torch.float16)
    assert (ones @ ones.t()).item() == 4096


def test_addbmm_in_place_takes_the_size_of_the_result() -> None:
    """As in torch: what has to be broadcast grows; gradients reach what it was."""
    a = torch.tensor([2.0], requires_grad=True)
    b, c = torch.ones(2, 3, 4), torch.ones(2, 4, 5)
    x = a.clone()
    assert x.addbmm_(b, c) is x
    assert x.tolist() == [[10.0] * 5] * 3
    assert torch.autograd.grad(x.sum(), a)[0].tolist() == [15.0]
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        a.addbmm_(b, c)
    with pytest.raises(RuntimeError, match="expand"):
        torch.ones(2, 3, 5).addbmm_(b, c)
    plain = torch.zeros(1)
    assert plain.addbmm_(b, c, beta=0.5, alpha=2).shape == (3, 5)


def test_gradient_of_as_strided_scatter_is_what_differences_give(rng: np.random.Generator) -> None:
    """torch's gradient of the input is not."""
    x, src = (torch.tensor(rng.standard_normal(s)).requires_grad_() for s in ((3, 3), (2, 2)))
    assert torch.autograd.gradcheck(lambda x, s: torch.as_strided_scatter(x, s, (2, 2), (2, 1), 1), (x, src))


@pytest.mark.parametrize("shape", [(32, 300, 100), (4, 8, 300, 100)], ids=["matrix", "batch"])
def test_few_rows_times_a_large_weight(shape: tuple[int, ...], rng: np.random.Generator) -> None:
    """The product that is computed transposed: the values of the plain one, laid out in C's order."""
    *rows, n, k = shape
    a, b, c = rng.normal(size=(*rows, k)), rng.normal(size=(n, k)), rng.normal(size=n)
    out = torch.nn.functional.linear(torch.tensor(a), torch.tensor(b), torch.tensor(c))
    np.testing.assert_allclose(out.numpy(), a @ b.T + c, rtol=1e-12, atol=1e-12)
    assert out.is_contiguous()
