"""Images in another size, and sampled along grids, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from .nn_harness import compare, compare_failure, normal  # noqa: E402 (after the check for torch)

SHAPES = {1: (2, 3, 7), 2: (2, 3, 5, 4), 3: (1, 2, 3, 4, 5)}
MODES = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
TARGETS = [
    {"size": 9},
    {"size": 3},
    {"scale_factor": 1.7},
    {"scale_factor": 0.6},
    {"scale_factor": 1.7, "recompute_scale_factor": True},
]


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "area"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_nearest(axes, mode, target):
    compare(lambda m, f, x: f.interpolate(x, mode=mode, **target), [normal(*SHAPES[axes])])


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("aligned", [None, False, True])
@pytest.mark.parametrize("mode", MODES)
def test_interpolated(mode, aligned, target):
    call = lambda m, f, x: f.interpolate(x, mode=mode, align_corners=aligned, **target)  # noqa: E731
    compare(call, [normal(*SHAPES[MODES[mode]])], tolerance=1e-6)  # torch's places are rounded to float32
    compare(call, [normal(*SHAPES[MODES[mode]], dtype="float32")], second=False, forward=False)


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_smooth(mode, target):
    call = lambda m, f, x: f.interpolate(x, mode=mode, antialias=True, **target)  # noqa: E731
    compare(call, [normal(*SHAPES[2])], tolerance=1e-6)


def test_nearest_places():
    """Which element is nearest, for many sizes: roundings decide."""
    x = np.arange(97.0).reshape(1, 1, 97)
    for size in range(1, 250):
        for mode in ("nearest", "nearest-exact"):
            ours = compare_values(lambda m, f, x, s=size, mode=mode: f.interpolate(x, size=s, mode=mode), x)
            assert ours
    for factor in np.linspace(0.1, 3.3, 97):
        for mode in ("nearest", "nearest-exact"):
            assert compare_values(lambda m, f, x, s=factor, mode=mode: f.interpolate(x, scale_factor=s, mode=mode), x)


def compare_values(call, x):
    import gradiente

    a, b = (call(m, m.nn.functional, m.from_numpy(x)).numpy() for m in (gradiente, torch))
    return np.array_equal(a, b)


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_bytes(mode, smooth):
    x = np.random.default_rng(0).integers(0, 256, (2, 3, 9, 8)).astype("uint8")
    for size in ((5, 6), (20, 17), (9, 3)):
        assert compare_values(lambda m, f, x, s=size: f.interpolate(x, size=s, mode=mode, antialias=smooth), x)


def test_older_names():
    x = normal(2, 3, 5, 4)
    compare(lambda m, f, x: f.upsample(x, scale_factor=2), [x])
    compare(lambda m, f, x: f.upsample_nearest(x, 7), [x])
    compare(lambda m, f, x: f.upsample_bilinear(x, scale_factor=(2, 1)), [x], tolerance=1e-6)


FAILURES = {
    "both": lambda m, f, x: f.interpolate(x, size=3, scale_factor=2),
    "neither": lambda m, f, x: f.interpolate(x),
    "sizes": lambda m, f, x: f.interpolate(x, size=(1, 2, 3)),
    "factors": lambda m, f, x: f.interpolate(x, scale_factor=(1, 2, 3)),
    "mode": lambda m, f, x: f.interpolate(x, size=3, mode="foo"),
    "linear": lambda m, f, x: f.interpolate(x, size=3, mode="linear"),
    "bilinear": lambda m, f, x: f.interpolate(x[0], size=3, mode="bilinear"),
    "trilinear": lambda m, f, x: f.interpolate(x, size=3, mode="trilinear"),
    "aligned": lambda m, f, x: f.interpolate(x, size=3, align_corners=True),
    "smooth": lambda m, f, x: f.interpolate(x, size=3, antialias=True),
    "rank": lambda m, f, x: f.interpolate(x[0, 0], size=3),
    "recomputed": lambda m, f, x: f.interpolate(x, size=3, recompute_scale_factor=True),
    "small": lambda m, f, x: f.interpolate(x, scale_factor=0.1),
    "zero": lambda m, f, x: f.interpolate(x, size=0),
    "integers": lambda m, f, x: f.interpolate(x.long(), size=3),
    "no channels": lambda m, f, x: f.interpolate(x[:, :0], size=3),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], [normal(2, 3, 4, 5)])
