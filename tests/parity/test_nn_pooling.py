"""Pooling against PyTorch: values, derivatives of two orders in two modes, ties, indices, errors."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from .nn_harness import compare, compare_failure, normal, whole  # noqa: E402 (after the check for torch)

LINE, IMAGE, VOLUME = (2, 3, 9), (2, 3, 7, 6), (2, 2, 5, 6, 7)
SHAPES = {1: LINE, 2: IMAGE, 3: VOLUME}
OPTIONS = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True},
    {"kernel_size": (2,), "stride": (1,)},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_max(axes, options):
    shape = SHAPES[axes]
    call = lambda m, f, x: getattr(f, f"max_pool{axes}d")(x, **options)  # noqa: E731
    # a line that needs no gradient goes through another function of torch's, hence `node`
    compare(call, [normal(*shape)])
    compare(call, [whole(*shape)], second=False)
    compare(call, [normal(*shape[1:], dtype="float32")])
    both = lambda m, f, x: getattr(f, f"max_pool{axes}d")(x, **options, return_indices=True)  # noqa: E731
    compare(both, [whole(*shape)], second=False, forward=False)
    if axes > 1:
        compare(call, [whole(*shape, dtype="int64")], 0)


def test_max_dilation():
    for options in (
        {"dilation": 2},
        {"dilation": 2, "padding": 1},
        {"dilation": (1, 3), "stride": 1, "padding": (0, 1)},
    ):
        compare(
            lambda m, f, x, o=options: f.max_pool2d(x, 2, return_indices=True, **o), [whole(2, 3, 7, 8)], forward=False
        )


def test_max_of_nan_and_infinity():
    x = whole(1, 2, 6, 6)
    x[x == 2] = np.nan
    x[x == -3] = -np.inf
    x[0, 1, :3, :3] = -np.inf
    for padding in (0, 1):
        compare(lambda m, f, x, p=padding: f.max_pool2d(x, 3, 2, p, return_indices=True), [x], 0)
        compare(lambda m, f, x: f.adaptive_max_pool2d(x, (4, 5), return_indices=True), [x], 0)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_mean(axes, options):
    shape = SHAPES[axes]
    for included in (True, False):
        call = lambda m, f, x: getattr(f, f"avg_pool{axes}d")(x, **options, count_include_pad=included)  # noqa: B023, E731
        compare(call, [normal(*shape)], node=False)
        compare(call, [normal(*shape[1:], dtype="float32")], node=False)


def test_mean_of_other_types():
    compare(lambda m, f, x: f.avg_pool2d(x, 2), [normal(2, 3, 4, 4)])
    compare(lambda m, f, x: f.avg_pool2d(x, 3, 2, divisor_override=5), [normal(2, 3, 5, 7)])
    compare(lambda m, f, x: f.avg_pool3d(x, 2, divisor_override=-3), [normal(2, 3, 5, 4, 4)])
    compare(lambda m, f, x: f.avg_pool2d(x, 2, 1, 1), [whole(2, 3, 4, 4, dtype="int64")], 0)
    compare(lambda m, f, x: f.avg_pool2d(x, 2), [normal(2, 3, 4, 4, dtype="float16")], second=False, forward=False)


SIZES = [1, 2, 3, 5, (4,), 11]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_adaptive(axes, size):
    shape = SHAPES[axes]
    if size == (4,):
        size = size * axes
    for kind in ("avg", "max"):
        call = lambda m, f, x: getattr(f, f"adaptive_{kind}_pool{axes}d")(x, size)  # noqa: B023, E731
        compare(call, [normal(*shape)])
        compare(call, [whole(*shape[1:], dtype="float32")], second=kind == "avg")
    both = lambda m, f, x: getattr(f, f"adaptive_max_pool{axes}d")(x, size, return_indices=True)  # noqa: E731
    compare(both, [whole(*shape)], second=False, forward=False)


def test_adaptive_keeps_axes():
    compare(lambda m, f, x: f.adaptive_avg_pool2d(x, (None, 4)), [normal(*IMAGE)])
    compare(lambda m, f, x: f.adaptive_max_pool2d(x, (4, None)), [normal(*IMAGE)])
    compare(lambda m, f, x: f.adaptive_avg_pool3d(x, (None, 2, None)), [normal(*VOLUME)])
    compare(lambda m, f, x: f.adaptive_avg_pool2d(x, 0), [normal(*IMAGE)], 0)
    compare(lambda m, f, x: f.adaptive_max_pool2d(x, 0), [normal(*IMAGE)], 0)


FAILURES = {
    "max rank": lambda m, f, x: f.max_pool2d(x[0, 0], 2),
    "max 1d rank": lambda m, f, x: f.max_pool1d(x, 2),
    "max 3d rank": lambda m, f, x: f.max_pool3d(x[0], 2),
    "max padding": lambda m, f, x: f.max_pool2d(x, 2, padding=2),
    "max 1d padding": lambda m, f, x: f.max_pool1d(x[0], 2, padding=2),
    "max negative": lambda m, f, x: f.max_pool2d(x, 2, padding=-1),
    "max 1d negative": lambda m, f, x: f.max_pool1d(x[0], 2, padding=-1),
    "max kernel": lambda m, f, x: f.max_pool2d(x, 9),
    "max 1d kernel": lambda m, f, x: f.max_pool1d(x[0], 9),
    "max 3d kernel": lambda m, f, x: f.max_pool3d(x, 9),
    "max stride": lambda m, f, x: f.max_pool2d(x, 2, 0),
    "max 1d stride": lambda m, f, x: f.max_pool1d(x[0], 2, 0),
    "max no kernel": lambda m, f, x: f.max_pool2d(x, 0),
    "max 1d no kernel": lambda m, f, x: f.max_pool1d(x[0], 0),
    "max dilation": lambda m, f, x: f.max_pool2d(x, 2, dilation=0),
    "max three": lambda m, f, x: f.max_pool2d(x, (2, 2, 2)),
    "max 1d three": lambda m, f, x: f.max_pool1d(x[0], (2, 2, 2)),
    "max three strides": lambda m, f, x: f.max_pool2d(x, 2, (2, 2, 2)),
    "max three paddings": lambda m, f, x: f.max_pool2d(x, 2, padding=(1, 1, 1)),
    "max three dilations": lambda m, f, x: f.max_pool2d(x, 2, dilation=(1, 1, 1)),
    "max bool": lambda m, f, x: f.max_pool2d(x.bool(), 2),
    "max 1d long": lambda m, f, x: f.max_pool1d(x[0].long(), 2),
    "max complex": lambda m, f, x: f.max_pool2d(x.cfloat(), 2),
    "max no channels": lambda m, f, x: f.max_pool2d(x[:, :0], 2),
    "max no rows": lambda m, f, x: f.max_pool2d(x[:, :, :0], 2),
    "max list": lambda m, f, x: f.max_pool2d([1], 2),
    "avg 1d rank": lambda m, f, x: f.avg_pool1d(x, 2),
    "avg 3d rank": lambda m, f, x: f.avg_pool3d(x[0], 2),
    "avg padding": lambda m, f, x: f.avg_pool2d(x, 2, padding=2),
    "avg 1d padding": lambda m, f, x: f.avg_pool1d(x[0], 2, padding=2),
    "avg negative": lambda m, f, x: f.avg_pool2d(x, 2, padding=-1),
    "avg kernel": lambda m, f, x: f.avg_pool2d(x, 9),
    "avg stride": lambda m, f, x: f.avg_pool2d(x, 2, 0),
    "avg three": lambda m, f, x: f.avg_pool2d(x, (2, 2, 2)),
    "avg three strides": lambda m, f, x: f.avg_pool2d(x, 2, (2, 2, 2)),
    "avg three paddings": lambda m, f, x: f.avg_pool2d(x, 2, padding=(1, 1, 1)),
    "avg 1d two": lambda m, f, x: f.avg_pool1d(x[0], (2, 2)),
    "avg divisor": lambda m, f, x: f.avg_pool2d(x, 2, divisor_override=0),
    "avg complex": lambda m, f, x: f.avg_pool2d(x.cfloat(), 2),
    "adaptive avg rank": lambda m, f, x: f.adaptive_avg_pool2d(x[0, 0], 2),
    "adaptive avg 1d rank": lambda m, f, x: f.adaptive_avg_pool1d(x[0, 0, 0], 2),
    "adaptive avg 3d rank": lambda m, f, x: f.adaptive_avg_pool3d(x[0], 2),
    "adaptive avg three": lambda m, f, x: f.adaptive_avg_pool2d(x, (2, 2, 2)),
    "adaptive avg negative": lambda m, f, x: f.adaptive_avg_pool2d(x, -1),
    "adaptive avg long": lambda m, f, x: f.adaptive_avg_pool2d(x.long(), 2),
    "adaptive avg None": lambda m, f, x: f.adaptive_avg_pool1d(x[0], None),
    "adaptive max rank": lambda m, f, x: f.adaptive_max_pool2d(x[0, 0], 2),
    "adaptive max negative": lambda m, f, x: f.adaptive_max_pool2d(x, -1),
    "adaptive max three": lambda m, f, x: f.adaptive_max_pool2d(x, (2, 2, 2)),
    "adaptive max long": lambda m, f, x: f.adaptive_max_pool2d(x.long(), 2),
    "adaptive empty": lambda m, f, x: f.adaptive_avg_pool2d(x[:, :, :0], 2),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], [normal(2, 4, 5, 5)])
