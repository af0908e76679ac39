"""Convolutions against PyTorch: values, derivatives of two orders in two modes, errors."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from .nn_harness import compare, compare_failure, normal, whole  # noqa: E402 (after the check for torch)

PLAIN = {
    "1d": (lambda m, f, x, w: f.conv1d(x, w), (2, 3, 7), (4, 3, 3)),
    "1d stride": (lambda m, f, x, w: f.conv1d(x, w, None, 2, 1, 2), (2, 3, 9), (4, 3, 3)),
    "1d same": (lambda m, f, x, w: f.conv1d(x, w, padding="same", dilation=2), (2, 3, 9), (4, 3, 3)),
    "1d unbatched": (lambda m, f, x, w: f.conv1d(x, w, groups=3), (3, 7), (3, 1, 2)),
    "2d": (lambda m, f, x, w: f.conv2d(x, w), (2, 3, 5, 6), (4, 3, 3, 2)),
    "2d padding": (lambda m, f, x, w: f.conv2d(x, w, padding=(2, 1)), (2, 3, 5, 6), (4, 3, 3, 2)),
    "2d stride": (lambda m, f, x, w: f.conv2d(x, w, None, (2, 3), 1), (2, 3, 5, 6), (4, 3, 3, 2)),
    "2d dilation": (lambda m, f, x, w: f.conv2d(x, w, dilation=(2, 1)), (2, 3, 7, 6), (4, 3, 3, 2)),
    "2d groups": (lambda m, f, x, w: f.conv2d(x, w, None, 2, 1, 2, 2), (2, 4, 7, 6), (6, 2, 3, 2)),
    "2d depthwise": (lambda m, f, x, w: f.conv2d(x, w, None, 2, 1, 1, 3), (2, 3, 7, 6), (6, 1, 3, 2)),
    "2d same": (lambda m, f, x, w: f.conv2d(x, w, padding="same"), (2, 3, 5, 6), (4, 3, 3, 3)),
    "2d even": (lambda m, f, x, w: f.conv2d(x, w, padding="same"), (2, 3, 5, 6), (4, 3, 2, 4)),
    "2d valid": (lambda m, f, x, w: f.conv2d(x, w, padding="valid"), (2, 3, 5, 6), (4, 3, 3, 3)),
    "2d pointwise": (lambda m, f, x, w: f.conv2d(x, w), (2, 3, 5, 6), (4, 3, 1, 1)),
    "2d unbatched": (lambda m, f, x, w: f.conv2d(x, w), (3, 5, 6), (4, 3, 3, 2)),
    "2d empty": (lambda m, f, x, w: f.conv2d(x, w), (0, 3, 5, 6), (4, 3, 3, 2)),
    "3d": (lambda m, f, x, w: f.conv3d(x, w), (2, 2, 4, 5, 3), (3, 2, 2, 3, 2)),
    "3d all": (lambda m, f, x, w: f.conv3d(x, w, None, (1, 2, 1), 1, (2, 1, 1), 2), (2, 4, 4, 5, 3), (4, 2, 2, 3, 2)),
    "T 1d": (lambda m, f, x, w: f.conv_transpose1d(x, w), (2, 3, 7), (3, 4, 3)),
    "T 1d all": (lambda m, f, x, w: f.conv_transpose1d(x, w, None, 3, 1, 2, 1, 2), (2, 3, 7), (3, 4, 3)),
    "T 2d": (lambda m, f, x, w: f.conv_transpose2d(x, w), (2, 3, 4, 5), (3, 4, 3, 2)),
    "T 2d all": (
        lambda m, f, x, w: f.conv_transpose2d(x, w, None, (2, 3), 1, (1, 0), 2, 2),
        (2, 4, 4, 5),
        (4, 3, 3, 2),
    ),
    "T 2d depthwise": (lambda m, f, x, w: f.conv_transpose2d(x, w, None, 2, 0, 0, 4), (2, 4, 3, 3), (4, 1, 3, 2)),
    "T 2d unbatched": (lambda m, f, x, w: f.conv_transpose2d(x, w, padding=1), (3, 4, 5), (3, 4, 3, 2)),
    "T 3d": (lambda m, f, x, w: f.conv_transpose3d(x, w, None, 2, 1, 1), (1, 2, 3, 2, 3), (2, 3, 2, 3, 2)),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain(name):
    call, x, w = PLAIN[name]
    compare(call, [normal(*x), normal(*w, seed=1)], 2)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128", "float16"])
def test_bias(dtype):
    x, w, b = normal(2, 4, 5, 5, dtype=dtype), normal(4, 2, 3, 3, seed=1, dtype=dtype), normal(4, seed=2, dtype=dtype)
    half, whole_node = dtype == "float16", "complex" not in dtype  # of complex numbers torch convolves the parts
    tolerance = {"float16": 2e-2, "float32": 5e-5, "complex64": 5e-4}.get(dtype)
    options = {"second": not half, "forward": not half, "node": whole_node, "tolerance": tolerance}
    compare(lambda m, f, x, w, b: f.conv2d(x, w, b, padding=1, groups=2), [x, w, b], 3, **options)
    compare(lambda m, f, x, w, b: f.conv_transpose2d(x, w, b[:2].repeat(2), 2, groups=2), [x, w, b], 3, **options)


def test_only_one_operand():
    x, w, b = normal(2, 3, 5, 5), normal(4, 3, 3, 3, seed=1), normal(4, seed=2)
    compare(lambda m, f, x, w, b: f.conv2d(x, w, b), [x, w, b], 1)
    compare(lambda m, f, w, x, b: f.conv2d(x, w, b), [w, x, b], 1)
    compare(lambda m, f, b, x, w: f.conv2d(x, w, b), [b, x, w], 1)


def test_integers():
    x, w = whole(2, 3, 5, 5, dtype="int64"), whole(4, 3, 3, 3, dtype="int64", seed=1)
    compare(lambda m, f, x, w: f.conv2d(x, w), [x, w], 0)
    compare(lambda m, f, x, w: f.conv_transpose2d(x, w), [x[:, :2].repeat(2, 1), w], 0)


def test_memory_order():
    """Images and weights whose axes lie in another order in memory."""
    x, w = normal(5, 2, 6, 3), normal(3, 4, 3, 2, seed=1)
    compare(lambda m, f, x, w: f.conv2d(x.permute(1, 3, 0, 2), w.permute(1, 0, 3, 2)), [x, w], 2)


X, W = (2, 4, 5, 5), (3, 4, 3, 3)
FAILURES = {
    "rank": (lambda m, f, x, w: f.conv2d(x[0, 0], w), X, W),
    "rank 5": (lambda m, f, x, w: f.conv2d(x[None], w), X, W),
    "weight's rank": (lambda m, f, x, w: f.conv2d(x, w[0]), X, W),
    "channels": (lambda m, f, x, w: f.conv2d(x, w), X, (3, 5, 3, 3)),
    "channels of groups": (lambda m, f, x, w: f.conv2d(x, w, groups=2), X, (4, 3, 3, 3)),
    "groups": (lambda m, f, x, w: f.conv2d(x, w, groups=2), X, W),
    "no groups": (lambda m, f, x, w: f.conv2d(x, w, groups=0), X, W),
    "no outputs": (lambda m, f, x, w: f.conv2d(x, w), X, (0, 4, 3, 3)),
    "large kernel": (lambda m, f, x, w: f.conv2d(x, w, dilation=4), X, W),
    "large kernel 1d": (lambda m, f, x, w: f.conv1d(x[0, 0], w[0]), X, (1, 3, 5, 9)),
    "padding": (lambda m, f, x, w: f.conv2d(x, w, padding=-1), X, W),
    "stride": (lambda m, f, x, w: f.conv2d(x, w, stride=0), X, W),
    "dilation": (lambda m, f, x, w: f.conv2d(x.float(), w.float(), dilation=0), X, W),
    "dtype": (lambda m, f, x, w: f.conv2d(x.float(), w), X, W),
    "bias's dtype": (lambda m, f, x, w: f.conv2d(x, w, m.ones(3)), X, W),
    "bias's shape": (lambda m, f, x, w: f.conv2d(x, w, m.ones(4, dtype=m.float64)), X, W),
    "bias's rank": (lambda m, f, x, w: f.conv2d(x, w, m.ones(3, 1, dtype=m.float64)), X, W),
    "same and stride": (lambda m, f, x, w: f.conv2d(x, w, stride=2, padding="same"), X, W),
    "unknown padding": (lambda m, f, x, w: f.conv2d(x, w, padding="foo"), X, W),
    "three strides": (lambda m, f, x, w: f.conv2d(x, w, stride=(1, 2, 3)), X, W),
    "three paddings": (lambda m, f, x, w: f.conv2d(x, w, padding=(1, 2, 3)), X, W),
    "three dilations": (lambda m, f, x, w: f.conv2d(x, w, dilation=(1, 2, 3)), X, W),
    "bool": (lambda m, f, x, w: f.conv2d(x.bool(), w.bool()), X, W),
    "nothing to see": (lambda m, f, x, w: f.conv2d(x[:, :, :0], w, padding=3), X, W),
    "T channels": (lambda m, f, x, w: f.conv_transpose2d(x, w), X, (5, 3, 3, 3)),
    "T rank": (lambda m, f, x, w: f.conv_transpose2d(x[0, 0], w), X, (4, 3, 3, 3)),
    "T output padding": (lambda m, f, x, w: f.conv_transpose2d(x, w, output_padding=1), X, (4, 3, 3, 3)),
    "T negative": (lambda m, f, x, w: f.conv_transpose2d(x, w, output_padding=-1), X, (4, 3, 3, 3)),
    "T bias": (lambda m, f, x, w: f.conv_transpose2d(x, w, w[0, 0, 0]), X, (4, 4, 3, 3)),
    "T padding": (lambda m, f, x, w: f.conv_transpose2d(x, w, padding="same"), X, (4, 3, 3, 3)),
    "T groups": (lambda m, f, x, w: f.conv_transpose2d(x, w, groups=3), X, (4, 3, 3, 3)),
    "no tensor": (lambda m, f, x, w: f.conv2d([1.0], w), X, W),
    "no weight": (lambda m, f, x, w: f.conv2d(x, 3), X, W),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    call, x, w = FAILURES[name]
    compare_failure(call, [normal(*x), normal(*w, seed=1)])
