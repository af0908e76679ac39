"""bfloat16, which NumPy lacks: computed in float32, rounded once, drawn as torch draws it."""

from __future__ import annotations

import pytest

import gradiente as torch
import gradiente.nn.functional as F

pytest.importorskip("ml_dtypes", reason="the extra `bfloat16` is not installed")


def short(*shape: int) -> torch.Tensor:
    """Numbers that bfloat16 holds."""
    return torch.randint(-8, 9, shape).float().div(4).bfloat16()


CALLS = {
    "matmul": lambda t: torch.matmul(t(2, 3), t(3, 2)),
    "matmul of batches": lambda t: t(2, 2, 3) @ t(2, 3, 2),
    "linear": lambda t: F.linear(t(2, 3), t(4, 3), t(4)),
    "einsum": lambda t: torch.einsum("ij,jk->ik", t(2, 3), t(3, 2)),
    "bilinear": lambda t: F.bilinear(t(2, 3), t(2, 3), t(2, 3, 3), t(2)),
    "baddbmm": lambda t: torch.baddbmm(t(2, 2, 2), t(2, 2, 3), t(2, 3, 2)),
    "sign": lambda t: t(5).sign(),
    "sigmoid": lambda t: t(5).sigmoid(),
    "clamp_min": lambda t: t(5).clamp_min(0.5),
    "masked_fill": lambda t: t(5).masked_fill(torch.tensor([True, False, True, False, True]), 2.0),
    "prod": lambda t: t(2, 3).prod(1),
    "softmax": lambda t: t(2, 3).softmax(1),
    "cross_entropy": lambda t: F.cross_entropy(t(2, 3), torch.tensor([0, 2])),
    "bce": lambda t: F.binary_cross_entropy_with_logits(t(3), t(3).abs()),
    "huber": lambda t: F.huber_loss(t(3), t(3)),
    "avg_pool2d": lambda t: F.avg_pool2d(t(1, 4, 4), 2),
    "conv2d": lambda t: F.conv2d(t(1, 2, 4, 4), t(3, 2, 2, 2), t(3)),
    "attention": lambda t: F.scaled_dot_product_attention(t(1, 3, 4), t(1, 3, 4), t(1, 3, 4)),
    "matrix_norm": lambda t: torch.linalg.matrix_norm(t(2, 3), float("inf")),
    "scatter_reduce": lambda t: t(3).scatter_reduce(0, torch.tensor([0, 0, 2]), t(3), "prod"),
}


@pytest.mark.parametrize("name", CALLS)
def test_is_float32_rounded(name: str, seed: int) -> None:
    call = CALLS[name]
    torch.manual_seed(seed)
    out = call(short)
    torch.manual_seed(seed)
    wide = call(lambda *shape: short(*shape).float())
    assert out.dtype is torch.bfloat16
    assert torch.testing.assert_close(out.float(), wide, rtol=2**-7, atol=2**-7) is None


@pytest.mark.parametrize("name", ["matmul", "einsum", "linear", "avg_pool2d", "conv2d", "huber", "attention", "prod"])
def test_gradients_are_those_of_float32_rounded(name: str, seed: int) -> None:
    def gradients(make: object) -> list[torch.Tensor]:
        torch.manual_seed(seed)
        leaves: list[torch.Tensor] = []

        def leaf(*shape: int) -> torch.Tensor:
            leaves.append(make(short(*shape)).requires_grad_())  # pyright: ignore
            return leaves[-1]

        CALLS[name](leaf).sum().backward()
        return [x.grad for x in leaves]  # pyright: ignore

    for narrow, wide in zip(gradients(lambda x: x), gradients(lambda x: x.float()), strict=True):
        assert narrow.dtype is torch.bfloat16
        torch.testing.assert_close(narrow.float(), wide, rtol=2**-6, atol=2**-6)


DRAWS = {
    "rand": (lambda d: torch.rand(20, dtype=d)),
    "randn": (lambda d: torch.randn(7, dtype=d)),
    "normal blocks": (lambda d: torch.randn(32, dtype=d)),
    "randint": (lambda d: torch.randint(0, 100, (9,), dtype=d)),
    "exponential": (lambda d: torch.empty(9, dtype=d).exponential_()),
    "cauchy": (lambda d: torch.empty(9, dtype=d).cauchy_()),
    "log_normal": (lambda d: torch.empty(9, dtype=d).log_normal_()),
    "geometric": (lambda d: torch.empty(9, dtype=d).geometric_(0.3)),
    "bernoulli": (lambda d: torch.empty(9, dtype=d).bernoulli_(0.3)),
    "poisson": (lambda d: torch.poisson(torch.full((9,), 4.0, dtype=d))),
    "dropout": (lambda d: F.dropout(torch.ones(9, dtype=d), 0.5)),
    "randperm": (lambda d: torch.randperm(9, dtype=d)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers_are_those_of_float32_rounded(name: str, seed: int) -> None:
    torch.manual_seed(seed)
    narrow = DRAWS[name](torch.bfloat16)
    torch.manual_seed(seed)
    assert narrow.dtype is torch.bfloat16
    assert narrow.tolist() == DRAWS[name](torch.float32).bfloat16().tolist()


def test_whole_range_has_eight_digits() -> None:
    x = torch.empty(1000, dtype=torch.bfloat16).random_()
    assert 200 < x.max().item() <= 256
    with pytest.raises(RuntimeError, match=r"^to is out of bounds for c10::BFloat16"):
        torch.empty(2, dtype=torch.bfloat16).uniform_(0, 1e39)


def test_truncated_quotient_is_rounded_first() -> None:
    a, b = torch.tensor([-3.890625, -0.216796875]).bfloat16()
    assert torch.div(a, b, rounding_mode="trunc").item() == 18.0
    assert torch.div(a.float(), b.float(), rounding_mode="trunc").item() == 17.0


VMAPPED = {
    "matmul": lambda x, y: x @ y,
    "einsum": lambda x, y: torch.einsum("ij,jk->ik", x, y),
    "linear": lambda x, y: F.linear(x, y.T),
    "dot": lambda x, y: torch.dot(x[0], y[:, 0]),
    "gelu": lambda x, y: F.gelu(x),
    "power": lambda x, y: x.abs() ** 2.5,
    "sum": lambda x, y: x.sum(),
    "mean": lambda x, y: y.mean(),
    "layer norm": lambda x, y: F.layer_norm(x, (5,)),
    "gradient of a product": lambda x, y: torch.func.grad(lambda z: (z @ y).exp().sum())(x),
    "gradient of a mean": lambda x, y: torch.func.grad(lambda z: (z * z).mean())(x),
}


@pytest.mark.parametrize("name", VMAPPED)
def test_mapped_over_a_batch(name):
    """`vmap` gives the type and, bit for bit, the values of the single calls."""
    torch.manual_seed(0)
    x, y = torch.randn(3, 4, 5).bfloat16(), torch.randn(3, 5, 6).bfloat16()
    found = torch.func.vmap(VMAPPED[name])(x, y)
    single = torch.stack([VMAPPED[name](a, b) for a, b in zip(x, y, strict=True)])
    assert found.dtype is torch.bfloat16
    assert found.tolist() == single.tolist()
