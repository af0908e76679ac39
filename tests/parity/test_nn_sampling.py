"""Grids, pooling by norms and at random places, and unpooling, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from .nn_harness import compare, compare_failure, normal  # noqa: E402 (after the check for torch)

X, GRID = normal(2, 3, 4, 5), normal(2, 3, 6, 2, seed=1)
VOLUME, SPACE = normal(1, 2, 3, 4, 5), normal(1, 2, 3, 3, 3, seed=1)


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_grid_sample(mode, padding, aligned):
    call = lambda m, f, x, g: f.grid_sample(x, g, mode, padding, aligned)  # noqa: E731
    options = {"second": False, "forward": False}  # torch has neither
    compare(call, [X, GRID], 2, **options)
    compare(call, [X.astype("float32"), GRID.astype("float32")], 2, tolerance=1e-4, **options)
    compare(call, [X, 3 * GRID], 2, **options)
    if mode != "bicubic":
        compare(call, [VOLUME, SPACE], 2, **options)


def test_grid_sample_at_whole_places():
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 4)), axis=-1)[None].repeat(2, 0)
    for padding in ("zeros", "border", "reflection"):
        call = lambda m, f, x, g: f.grid_sample(x, g, "bilinear", padding, True)  # noqa: B023, E731
        compare(call, [X, grid], 1, second=False, forward=False)


@pytest.mark.parametrize("aligned", [None, False, True])
def test_affine_grid(aligned):
    compare(lambda m, f, t: f.affine_grid(t, (2, 3, 4, 5), aligned), [normal(2, 2, 3)])
    compare(lambda m, f, t: f.affine_grid(t, (2, 3, 1, 5, 2), aligned), [normal(2, 3, 4)])


def test_warning_of_grid_sample():
    compare(lambda m, f, x, g: f.grid_sample(x, g), [X, GRID], 2, second=False, forward=False)


@pytest.mark.parametrize("p", [1.0, 2, 3.5])
def test_lp_pool(p):
    compare(lambda m, f, x: f.lp_pool1d(x, p, 2), [np.abs(normal(2, 3, 7)) + 0.1])
    compare(lambda m, f, x: f.lp_pool2d(x, p, (2, 3), 1, True), [np.abs(X) + 0.1])
    compare(lambda m, f, x: f.lp_pool3d(x, p, 2, 2), [np.abs(normal(1, 2, 4, 4, 5)) + 0.1])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fractional(dtype):
    def drawn(name, **options):
        def call(m, f, x):
            m.manual_seed(2)
            out = getattr(f, name)(x, 2, **options)
            return (*out, m.rand(1)) if isinstance(out, tuple) else (out, m.rand(1))

        return call

    image, volume = normal(2, 3, 9, 8, dtype=dtype), normal(2, 2, 5, 6, 7, dtype=dtype)
    for options in (
        {"output_size": 4},
        {"output_size": (4, 1)},
        {"output_ratio": (0.6, 0.5)},
        {"output_size": 4, "return_indices": True},
    ):
        compare(drawn("fractional_max_pool2d", **options), [image], second=False, forward=False)
        compare(drawn("fractional_max_pool2d", **options), [image[0]], second=False, forward=False)
    for options in ({"output_size": 3}, {"output_size": (3, 4, 2), "return_indices": True}):
        compare(drawn("fractional_max_pool3d", **options), [volume], second=False, forward=False)
    compare(
        lambda m, f, x, u: f.fractional_max_pool2d(x, 2, 4, _random_samples=u),
        [image, np.full((2, 3, 2), 0.3, dtype)],
        second=False,
        forward=False,
    )


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_unpool(axes):
    shape = {1: (2, 3, 8), 2: (2, 3, 6, 8), 3: (2, 2, 4, 4, 6)}[axes]

    def call(m, f, x, **options):
        out, where = getattr(f, f"max_pool{axes}d")(x, 2, return_indices=True)
        return getattr(f, f"max_unpool{axes}d")(out, where, 2, **options)

    compare(call, [normal(*shape)])
    compare(call, [normal(*shape[1:])])
    larger = [n + 1 for n in shape[2:]]
    compare(lambda m, f, x: call(m, f, x, output_size=larger), [normal(*shape)])
    compare(lambda m, f, x: call(m, f, x, output_size=[2, 3, *larger]), [normal(*shape)])


POOLED = np.ones((1, 1, 2, 2))
FAILURES = {
    "mode": lambda m, f, x, g: f.grid_sample(x, g, "foo", align_corners=False),
    "padding": lambda m, f, x, g: f.grid_sample(x, g, padding_mode="foo", align_corners=False),
    "cubic volume": lambda m, f, x, g: f.grid_sample(
        x[:1, None], m.ones(1, 3, 3, 3, 3).double(), "bicubic", align_corners=False
    ),
    "batch": lambda m, f, x, g: f.grid_sample(x, g[:1], align_corners=False),
    "last": lambda m, f, x, g: f.grid_sample(x, g.repeat(1, 1, 1, 2), align_corners=False),
    "rank": lambda m, f, x, g: f.grid_sample(x, g[:, :, 0], align_corners=False),
    "dtype": lambda m, f, x, g: f.grid_sample(x, g.float(), align_corners=False),
    "empty": lambda m, f, x, g: f.grid_sample(x[:, :, :0], g, align_corners=False),
    "maps": lambda m, f, x, g: f.affine_grid(x[:, 0, :2, :4], (2, 3, 4, 5), False),
    "maps of volumes": lambda m, f, x, g: f.affine_grid(x[:, 0, :2, :3], (2, 3, 4, 5, 6), False),
    "sizes": lambda m, f, x, g: f.affine_grid(x[:, 0, :2, :3], (2, 3, 4), False),
    "integers": lambda m, f, x, g: f.affine_grid(x[:, 0, :2, :3].long(), (2, 3, 4, 5), False),
    "no rows": lambda m, f, x, g: f.affine_grid(x[:, 0, :2, :3], (2, 3, 0, 5), False),
    "other batch": lambda m, f, x, g: f.affine_grid(x[:, 0, :2, :3], (3, 3, 4, 5), False),
    "fractional": lambda m, f, x, g: f.fractional_max_pool2d(x, 2),
    "fractional large": lambda m, f, x, g: f.fractional_max_pool2d(x, 2, 5),
    "fractional ratio": lambda m, f, x, g: f.fractional_max_pool2d(x, 2, output_ratio=(1.5, 0.5)),
    "fractional volume": lambda m, f, x, g: f.fractional_max_pool3d(x, 2, output_size=(3, 3, 3)),
    "fractional rank": lambda m, f, x, g: f.fractional_max_pool2d(x[0, 0], 2, 3),
    "fractional samples": lambda m, f, x, g: f.fractional_max_pool2d(x, 2, 3, _random_samples=x[:, :, 0, :3]),
    "fractional kernel": lambda m, f, x, g: f.fractional_max_pool2d(x, (2, 2, 2), 3),
    "fractional sizes": lambda m, f, x, g: f.fractional_max_pool2d(x, 2, (3, 3, 3)),
    "unpool size": lambda m, f, x, g: f.max_unpool2d(x, x.long(), 2, output_size=(90, 90)),
    "unpool sizes": lambda m, f, x, g: f.max_unpool2d(x, x.long(), 2, output_size=(5, 5, 5, 5, 5)),
    "unpool dtype": lambda m, f, x, g: f.max_unpool2d(x, x, 2),
    "unpool range": lambda m, f, x, g: f.max_unpool2d(x, x.long() * 0 + 999, 2),
    "unpool shape": lambda m, f, x, g: f.max_unpool2d(x, x.long()[:1], 2),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name):
    compare_failure(FAILURES[name], [X, GRID])


LOCATED = {
    "max_pool1d_with_indices": lambda f, x: f.max_pool1d_with_indices(x[0], 2),
    "max_pool2d_with_indices": lambda f, x: f.max_pool2d_with_indices(x, 2, padding=1),
    "max_pool3d_with_indices": lambda f, x: f.max_pool3d_with_indices(x, 2),
    "adaptive_max_pool2d_with_indices": lambda f, x: f.adaptive_max_pool2d_with_indices(x, (3, 2)),
}


@pytest.mark.parametrize("name", LOCATED)
def test_located(name):
    compare(lambda m, f, x: LOCATED[name](f, x), [X])


NATIVE = {
    "batch": lambda m, x, w, b: m.native_batch_norm(x, w, b, None, None, True, 0.1, 1e-5),
    "layer": lambda m, x, w, b: m.native_layer_norm(x, (4, 5), None, None, 1e-5),
    "group": lambda m, x, w, b: m.native_group_norm(x, w, b, 2, 3, 20, 3, 1e-5),
    "grid": lambda m, x, w, b: m.grid_sampler(x, x[:, 0, :, :4].unflatten(-1, (2, 2)), 0, 1, False),
    "places": lambda m, x, w, b: m.affine_grid_generator(x[:, 0, :2, :3], (2, 1, 3, 3), False),
    "top batch": lambda m, x, w, b: m.batch_norm(x, w, b, None, None, True, 0.1, 1e-5, False),
    "top instance": lambda m, x, w, b: m.instance_norm(x, w, b, None, None, True, 0.1, 1e-5, False),
    "top layer": lambda m, x, w, b: m.layer_norm(x, (4, 5)),
    "top group": lambda m, x, w, b: m.group_norm(x, 3, w, b),
    "top embedding": lambda m, x, w, b: m.embedding(x[0, 0], m.tensor([1, 2, 1]), 1),
    "top max": lambda m, x, w, b: m.adaptive_max_pool1d(x[0], 2),
    "top dropout": lambda m, x, w, b: m.dropout(x, 0.5, False),
    "time": lambda m, x, w, b: m.conv_tbc(x[0], x[:, 0, :1, :].transpose(1, 2) * w[:1], w[:1], 1),
}


@pytest.mark.parametrize("name", NATIVE)
def test_native(name):
    arrays = [X, normal(3, seed=5), normal(3, seed=6)]
    options = {"second": False, "forward": False, "node": name.startswith("top ") and "max" not in name}
    compare(lambda m, f, x, w, b: NATIVE[name](m, x, w, b), arrays, 3, **options)
