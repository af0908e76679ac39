"""Fake quantisation: numbers, gradients, transforms, errors."""

from __future__ import annotations

import pytest

import gradiente as torch


def test_gradients_pass_where_nothing_is_clamped():
    x = torch.tensor([0.12, 0.26, 5.0, -1.0], requires_grad=True)
    y = torch.fake_quantize_per_tensor_affine(x, 0.1, 0, 0, 15)
    assert y.grad_fn.name() == "FakeQuantizePerTensorAffineCachemaskBackward0"
    torch.testing.assert_close(y.detach(), torch.tensor([0.1, 0.3, 1.5, 0.0]))
    (y * torch.arange(1.0, 5)).sum().backward()
    assert x.grad.tolist() == [1, 2, 0, 0]


def test_transforms():
    x, steps, zeros = torch.rand(3, 2, 4), torch.tensor([0.1, 0.2]), torch.zeros(2, dtype=torch.int32)

    def each(row):
        return torch.fake_quantize_per_channel_affine(row, steps, zeros, 0, 0, 3)

    assert torch.equal(torch.func.vmap(each)(x), torch.stack([each(row) for row in x]))
    assert torch.fake_quantize_per_tensor_affine(x.to("meta").requires_grad_(), 0.1, 0, 0, 3).shape == (3, 2, 4)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: torch.fake_quantize_per_tensor_affine(x, 0.1, 9, 0, 3), RuntimeError, r"must be between .*0 and 3"),
        (lambda x: torch.fake_quantize_per_tensor_affine(x, 0.1, 0, 3, 0), RuntimeError, r"They are 3, 0"),
        (lambda x: torch.fake_quantize_per_tensor_affine(x, None, 0, 0, 3), TypeError, "got .Tensor, NoneType, int"),
        (
            lambda x: torch.fake_quantize_per_channel_affine(x, torch.ones(2), torch.zeros(2), 0, 0, 3),
            RuntimeError,
            r"not consistent with input tensor \(2 numbers for dimension 0 of \[3, 1\]",
        ),
    ],
)
def test_errors(call, error, text):
    x = torch.ones(3, 1)
    with pytest.raises(error, match=text):
        call(x)
    assert x.tolist() == [[1], [1], [1]]
