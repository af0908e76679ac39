"""Layers of torch.nn.functional against what their definitions say, computed by loops: convolutions, pooling, norms."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import gradiente as torch
import gradiente.nn.functional as functional
from gradiente.arrays import numpy_windows
from gradiente.autograd import gradcheck, gradgradcheck

GEOMETRIES = [
    {},
    {"stride": 2},
    {"padding": 1},
    {"dilation": 2},
    {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)},
    {"groups": 2, "stride": 2, "padding": 1},
]


def by_loops(x, w, stride=1, padding=0, dilation=1, groups=1):
    """The convolution of images as its definition says."""
    (sh, sw), (ph, pw), (dh, dw) = ((v, v) if isinstance(v, int) else v for v in (stride, padding, dilation))
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    n, _, height, width = x.shape
    outputs, inside, kh, kw = w.shape
    oh, ow = (height - dh * (kh - 1) - 1) // sh + 1, (width - dw * (kw - 1) - 1) // sw + 1
    out = np.zeros((n, outputs, oh, ow))
    for o, c, i, j in product(range(outputs), range(inside), range(kh), range(kw)):
        channel = o // (outputs // groups) * inside + c
        rows, columns = slice(i * dh, i * dh + (oh - 1) * sh + 1, sh), slice(j * dw, j * dw + (ow - 1) * sw + 1, sw)
        out[:, o] += w[o, c, i, j] * x[:, channel, rows, columns]
    return out


@pytest.mark.parametrize("workspace", [1 << 21, 2000, 1])
@pytest.mark.parametrize("options", GEOMETRIES, ids=str)
def test_convolution_is_what_it_says(rng, monkeypatch, options, workspace):
    """However small the workspace is: then samples, or their rows, are computed one by one."""
    monkeypatch.setattr(numpy_windows, "WORKSPACE", workspace)
    x = rng.standard_normal((2, 4, 7, 8))
    w = rng.standard_normal((6, 4 // options.get("groups", 1), 3, 2))
    out = functional.conv2d(torch.from_numpy(x), torch.from_numpy(w), **options)
    np.testing.assert_allclose(out.numpy(), by_loops(x, w, **options), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("workspace", [1 << 21, 2000, 1])
@pytest.mark.parametrize("options", GEOMETRIES, ids=str)
def test_gradients_of_convolutions(rng, monkeypatch, options, workspace):
    """⟨conv(x, w), g⟩ is linear in each: its gradients give it back."""
    monkeypatch.setattr(numpy_windows, "WORKSPACE", workspace)
    x = torch.from_numpy(rng.standard_normal((2, 4, 7, 8))).requires_grad_()
    w = torch.from_numpy(rng.standard_normal((6, 4 // options.get("groups", 1), 3, 2))).requires_grad_()
    out = functional.conv2d(x, w, **options)
    g = torch.from_numpy(rng.standard_normal(tuple(out.shape)))
    total = (out * g).sum()
    for one, gradient in zip((x, w), torch.autograd.grad(total, (x, w)), strict=True):
        torch_total, again = float(total.detach()), float((one.detach() * gradient).sum())
        assert abs(torch_total - again) < 1e-10 * (1 + abs(torch_total))


def test_transposed_convolution_is_the_transpose(rng):
    x, w = rng.standard_normal((2, 3, 7, 9)), rng.standard_normal((4, 3, 3, 2))
    options = {"stride": (2, 3), "padding": 1, "dilation": (1, 2)}
    out = functional.conv2d(torch.from_numpy(x), torch.from_numpy(w), **options)
    g = rng.standard_normal(tuple(out.shape))
    back = functional.conv_transpose2d(torch.from_numpy(g), torch.from_numpy(w), output_padding=(0, 2), **options)
    assert back.shape == x.shape
    np.testing.assert_allclose((out.numpy() * g).sum(), (back.numpy() * x).sum(), rtol=1e-12)


def test_same_padding_keeps_the_sizes(rng):
    x = torch.from_numpy(rng.standard_normal((1, 2, 6, 5)))
    for kernel, dilation in product((1, 2, 3, 4), (1, 2)):
        w = torch.from_numpy(rng.standard_normal((3, 2, kernel, 3)))
        if (kernel - 1) * dilation % 2:
            with pytest.warns(UserWarning, match="even kernel lengths"):
                out = functional.conv2d(x, w, padding="same", dilation=dilation)
        else:
            out = functional.conv2d(x, w, padding="same", dilation=dilation)
        assert out.shape == (1, 3, 6, 5)


def test_second_order_and_forward_mode(rng):
    def draw(*shape):
        return torch.from_numpy(rng.standard_normal(shape)).requires_grad_()

    x, w, b = draw(1, 2, 4, 3), draw(2, 2, 2, 2), draw(2)
    call = lambda x, w, b: functional.conv2d(x, w, b, stride=(2, 1), padding=1)  # noqa: E731
    assert gradcheck(call, (x, w, b), check_forward_ad=True)
    assert gradgradcheck(call, (x, w, b))
    scale, shift = draw(2), draw(2)
    normal = lambda x, w, b: functional.batch_norm(x, None, None, w, b, True)  # noqa: E731
    assert gradcheck(normal, (x, scale, shift), check_forward_ad=True)
    assert gradgradcheck(normal, (x, scale, shift))


def test_convolution_of_examples(rng):
    """vmap over images, over weights, and over both."""
    x, w = (
        torch.from_numpy(rng.standard_normal((3, 2, 4, 6, 5))),
        torch.from_numpy(rng.standard_normal((3, 2, 2, 3, 3))),
    )
    call = lambda x, w: functional.conv2d(x, w, stride=2, padding=1, groups=2)  # noqa: E731
    for dims in ((0, None), (None, 0), (0, 0)):
        chosen = [a if d == 0 else a[0] for a, d in zip((x, w), dims, strict=True)]
        one = [call(*[a[i] if d == 0 else a for a, d in zip(chosen, dims, strict=True)]) for i in range(3)]
        assert torch.allclose(torch.vmap(call, in_dims=dims)(*chosen), torch.stack(one))


def windows(x, kernel, stride, padding, dilation, fill):
    """For each window of the last axis the list of its elements."""
    x = np.concatenate((np.full(padding, fill), x, np.full(padding, fill)))
    count = (len(x) - dilation * (kernel - 1) - 1) // stride + 1
    return [x[i * stride : i * stride + dilation * (kernel - 1) + 1 : dilation] for i in range(count)]


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation"), [(2, 2, 0, 1), (3, 2, 1, 1), (3, 1, 1, 2), (5, 3, 2, 1)]
)
def test_pooling_of_lines(rng, kernel, stride, padding, dilation):
    x = rng.integers(-3, 4, 11).astype(np.float64)
    line = torch.from_numpy(x)[None]
    found, where = functional.max_pool1d(line, kernel, stride, padding, dilation, return_indices=True)
    assert found[0].tolist() == [w.max() for w in windows(x, kernel, stride, padding, dilation, -np.inf)]
    places = windows(np.arange(11.0), kernel, stride, padding, dilation, -1)
    first = [next(p for p in w if p >= 0 and x[int(p)] == m) for w, m in zip(places, found[0].tolist(), strict=True)]
    assert where[0].tolist() == first
    if dilation == 1:
        mean = functional.avg_pool1d(line, kernel, stride, padding)
        np.testing.assert_allclose(mean[0].numpy(), [w.mean() for w in windows(x, kernel, stride, padding, 1, 0.0)])


def test_largest_of_images_is_the_first_in_reading_order():
    x = torch.tensor([[[0.0, 5.0], [5.0, 5.0]]])
    assert functional.max_pool2d(x, 2, return_indices=True)[1].item() == 1
    x = torch.tensor([[[float("nan"), 1.0], [float("nan"), 7.0]]])
    out, where = functional.max_pool2d(x, 2, return_indices=True)
    assert out.isnan().all()
    assert where.item() == 2


def test_gradient_goes_where_the_largest_was():
    x = torch.tensor([[[1.0, 4.0, 4.0, 0.0]]], requires_grad=True)
    functional.max_pool1d(x, 3, 1).sum().backward()
    assert x.grad.tolist() == [[[0.0, 2.0, 0.0, 0.0]]]


def test_adaptive_windows(rng):
    x = rng.standard_normal((2, 3, 10))
    for count in (1, 2, 3, 4, 7, 10, 12):
        parts = [x[..., i * 10 // count : -(-(i + 1) * 10 // count)] for i in range(count)]
        mean = functional.adaptive_avg_pool1d(torch.from_numpy(x), count)
        largest = functional.adaptive_max_pool1d(torch.from_numpy(x), count)
        np.testing.assert_allclose(mean.numpy(), np.stack([p.mean(-1) for p in parts], -1), rtol=1e-12)
        np.testing.assert_array_equal(largest.numpy(), np.stack([p.max(-1) for p in parts], -1))


def test_normalisations(rng):
    x = torch.from_numpy(rng.standard_normal((4, 6, 5)) * 3 + 7)
    for out, axes in (
        (functional.batch_norm(x, None, None, training=True, eps=1e-12), (0, 2)),
        (functional.layer_norm(x, (6, 5), eps=1e-12), (1, 2)),
        (functional.instance_norm(x, eps=1e-12), (2,)),
        (functional.group_norm(x, 3, eps=1e-12).reshape(4, 3, 10), (2,)),
    ):
        np.testing.assert_allclose(out.numpy().mean(axes), 0, atol=1e-12)
        np.testing.assert_allclose(out.numpy().std(axes), 1, rtol=1e-9)


def test_running_statistics_and_evaluation(rng):
    x = torch.from_numpy(rng.standard_normal((8, 3)))
    mean, var = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    functional.batch_norm(x, mean, var, training=True, momentum=0.25)
    np.testing.assert_allclose(mean.numpy(), x.numpy().mean(0) / 4)
    np.testing.assert_allclose(var.numpy(), 0.75 + x.numpy().var(0, ddof=1) / 4)
    out = functional.batch_norm(x, mean, var, eps=0.0)
    np.testing.assert_allclose(out.numpy(), (x.numpy() - mean.numpy()) / np.sqrt(var.numpy()))


def test_nothing_is_changed_by_an_error():
    mean, var = torch.zeros(3), torch.ones(3)
    for call in (
        lambda: functional.batch_norm(torch.ones(1, 3), mean, var, training=True),
        lambda: functional.batch_norm(torch.ones(2, 3), mean, var, torch.ones(2), training=True),
        lambda: functional.instance_norm(torch.ones(2, 3, 1), mean, var),
    ):
        with pytest.raises((ValueError, RuntimeError)):
            call()
    assert mean.tolist() == [0.0] * 3
    assert var.tolist() == [1.0] * 3


ERRORS = {
    "Expected 3D (unbatched) or 4D (batched) input to conv2d": lambda: functional.conv2d(
        torch.ones(2, 2), torch.ones(1, 1, 1, 1)
    ),
    "to have 3 channels, but got 2 channels instead": lambda: functional.conv2d(
        torch.ones(1, 2, 4, 4), torch.ones(1, 3, 1, 1)
    ),
    "Kernel size can't be greater than actual input size": lambda: functional.conv1d(
        torch.ones(1, 2), torch.ones(1, 1, 3)
    ),
    "padding='same' is not supported for strided": lambda: functional.conv1d(
        torch.ones(1, 4), torch.ones(1, 1, 3), stride=2, padding="same"
    ),
    "output padding must be smaller than either stride or dilation": lambda: functional.conv_transpose1d(
        torch.ones(1, 4), torch.ones(1, 1, 3), output_padding=1
    ),
    "should be the same": lambda: functional.conv1d(torch.ones(1, 4), torch.ones(1, 1, 3, dtype=torch.float64)),
    "pad should be at most half of effective kernel size": lambda: functional.avg_pool2d(
        torch.ones(1, 4, 4), 2, padding=2
    ),
    "Output size is too small": lambda: functional.max_pool2d(torch.ones(1, 4, 4), 5),
    "divisor must be not zero": lambda: functional.avg_pool2d(torch.ones(1, 4, 4), 2, divisor_override=0),
    "output_size must be 2": lambda: functional.adaptive_avg_pool2d(torch.ones(1, 2, 4, 4), (1, 2, 3)),
    "weight should contain 3 elements not 2": lambda: functional.batch_norm(
        torch.ones(2, 3), None, None, torch.ones(2), training=True
    ),
    "Given normalized_shape=[2]": lambda: functional.layer_norm(torch.ones(2, 3), (2,)),
    "to be divisible by num_groups": lambda: functional.group_norm(torch.ones(2, 3), 2),
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors(text):
    with pytest.raises((RuntimeError, ValueError)) as caught:
        ERRORS[text]()
    assert text in str(caught.value)
