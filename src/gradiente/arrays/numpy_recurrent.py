"""Long short-term memories for NumPy arrays: what `recurrent` says, in place, in buffers that lie side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from .numpy_activations import gated
from .recurrent import Sizes, long_shapes, parts_of

Array = Any
# `np.ndarray` is namespace enough for `parts_of`: its `reshape` is NumPy's without a wrapper in Python.


def long_short_layer(x: Array, w: Array, h: Array, c: Array, sizes: Sizes) -> Array:
    """long_states: each step writes its states where the result has them."""
    steps, batch, n = sizes
    given, h, c, w = parts_of(x, long_shapes(sizes), np.ndarray)
    out = np.empty((2, steps + 1, batch, n), x.dtype)
    out[0, 0], out[1, 0] = h, c
    a, turned = np.empty((batch, 4 * n), x.dtype), w.T
    of_i, of_f, of_g, of_o = a[:, :n], a[:, n : 2 * n], a[:, 2 * n : 3 * n], a[:, 3 * n :]
    for input, h_next, c_next in zip(given, out[0, 1:], out[1, 1:], strict=True):
        np.dot(h, turned, a)
        a += input
        new = np.tanh(of_g)
        gated(a, None, a)
        np.multiply(of_f, c, c_next)
        new *= of_i
        c_next += new
        np.tanh(c_next, h_next)
        h_next *= of_o
        h, c = h_next, c_next
    return out


def long_short_slope(g: Array, x: Array, out: Array, sizes: Sizes) -> Array:
    """The cotangent of what a long short-term memory depends on, from that of its states `out`: back through time."""
    steps, batch, n = sizes
    given, _, _, w = parts_of(x, long_shapes(sizes), np.ndarray)
    before, one = out[0, :-1].reshape(steps * batch, n), np.ones((), x.dtype)
    a = before.dot(w.T).reshape(given.shape)
    a += given
    a = a.reshape(steps, batch, 4, n)
    new, shown = np.tanh(a[:, :, 2]), np.tanh(out[1, 1:])
    gated(a, None, a)
    q = one - a
    q *= a
    q[:, :, 0] *= new
    q[:, :, 1] *= out[1, :-1]
    new *= new
    np.multiply(np.subtract(one, new, new), a[:, :, 0], q[:, :, 2])
    q[:, :, 3] *= shown
    shown *= shown
    np.subtract(one, shown, shown)
    shown *= a[:, :, 3]
    rows = q.reshape(steps, batch, 4 * n)
    dh, dc = np.array(g[0, steps], order="C"), np.array(g[1, steps], order="C")
    both, steps_back = np.empty((batch, 4 * n), x.dtype), slice(None, None, -1)
    kept, backwards = a[steps_back, :, 1], (shown[steps_back], rows[steps_back], g[0, -2::-1], g[1, -2::-1])
    for through, slopes, to_h, to_c, stays in zip(*backwards, kept, strict=True):
        through *= dh
        dc += through
        np.concatenate((dc, dc, dc, dh), 1, both)
        slopes *= both
        np.dot(slopes, w, dh)
        dh += to_h
        dc *= stays
        dc += to_c
    dw = q.reshape(steps * batch, 4 * n).T.dot(before)
    return np.concatenate((q.ravel(), dh.ravel(), dc.ravel(), dw.ravel()))


__all__ = ["long_short_layer", "long_short_slope"]
