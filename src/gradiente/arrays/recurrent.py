"""The formulas of recurrent layers: all steps, forwards, backwards, and for a tangent.

`x` holds, in one vector, what the layer depends on: the products with the inputs (T, B, ·) with their biases, the
states at the start (B, H), and the weights of the state; `sizes` is (T, B, H). `out` holds the states before the first
step and after each, (T + 1, B, H) for every kind of state: one product for all times tells what the gates were.
"""

from __future__ import annotations

import math
from typing import Any

Sizes = tuple[int, int, int]


def parts_of(x: Any, shapes: tuple[tuple[int, ...], ...], xp: Any) -> list[Any]:
    """The arrays of these shapes that lie in the vector x one behind the other."""
    found: list[Any] = []
    start = 0
    for shape in shapes:
        stop = start + math.prod(shape)
        found.append(xp.reshape(x[start:stop], shape))
        start = stop
    return found


def _together(parts: tuple[Any, ...], xp: Any) -> Any:
    return xp.concat([xp.reshape(part, (-1,)) for part in parts], axis=0)


def _product(rows: Any, w: Any, xp: Any) -> Any:
    """rows · wᵀ, of the rows (T, B, H) of all times."""
    steps, batch, width = rows.shape
    return xp.reshape(xp.matmul(xp.reshape(rows, (steps * batch, width)), w.mT), (steps, batch, -1))


def _weight_slope(q: Any, before: Any, xp: Any) -> Any:
    """The cotangent of w in before · wᵀ."""
    return xp.matmul(xp.reshape(q, (-1, q.shape[2])).mT, xp.reshape(before, (-1, before.shape[2])))


# -- simple networks: h ← tanh(x + w·h)


def _simple_shapes(sizes: Sizes) -> tuple[tuple[int, ...], ...]:
    steps, batch, width = sizes
    return (steps, batch, width), (batch, width), (width, width)


def simple_states(x: Any, sizes: Sizes, xp: Any) -> Any:
    """The states of a simple network with tanh."""
    x, h, w = parts_of(x, _simple_shapes(sizes), xp)
    found, turned = [h], w.mT
    for k in range(sizes[0]):
        h = xp.tanh(x[k, ...] + xp.matmul(h, turned))
        found.append(h)
    return xp.stack(found, axis=0)


def simple_slope(g: Any, x: Any, out: Any, sizes: Sizes, xp: Any) -> Any:
    """The cotangent of x, back through time."""
    w = parts_of(x, _simple_shapes(sizes), xp)[2]
    slope, dh, found = 1 - out[1:, ...] * out[1:, ...], g[-1, ...], []
    for k in range(sizes[0] - 1, -1, -1):
        q = dh * slope[k, ...]
        found.append(q)
        dh = g[k, ...] + xp.matmul(q, w)
    q = xp.stack(found[::-1], axis=0)
    return _together((q, dh, _weight_slope(q, out[:-1, ...], xp)), xp)


def simple_tangent(t: Any, x: Any, out: Any, sizes: Sizes, xp: Any) -> Any:
    """The tangent of the states."""
    shapes = _simple_shapes(sizes)
    turned, (tx, th, tw) = parts_of(x, shapes, xp)[2].mT, parts_of(t, shapes, xp)
    given, slope, found = tx + _product(out[:-1, ...], tw, xp), 1 - out[1:, ...] * out[1:, ...], [th]
    for k in range(sizes[0]):
        th = slope[k, ...] * (given[k, ...] + xp.matmul(th, turned))
        found.append(th)
    return xp.stack(found, axis=0)


# -- long short-term memories: c ← σ(f)·c + σ(i)·tanh(g), h ← σ(o)·tanh(c)


def long_shapes(sizes: Sizes) -> tuple[tuple[int, ...], ...]:
    """What x holds: the products with the inputs, h, c, w."""
    steps, batch, width = sizes
    return (steps, batch, 4 * width), (batch, width), (batch, width), (4 * width, width)


def long_states(x: Any, sizes: Sizes, xp: Any, extras: Any) -> Any:
    """The states h and c of a long short-term memory: (2, T + 1, B, H)."""
    steps, batch, n = sizes
    x, h, c, w = parts_of(x, long_shapes(sizes), xp)
    hs, cs, turned = [h], [c], w.mT
    for k in range(steps):
        a = x[k, ...] + xp.matmul(h, turned)
        s = extras.expit(a)
        c = s[:, n : 2 * n] * c + s[:, :n] * xp.tanh(a[:, 2 * n : 3 * n])
        h = s[:, 3 * n :] * xp.tanh(c)
        hs.append(h)
        cs.append(c)
    return xp.reshape(xp.stack(hs + cs, axis=0), (2, steps + 1, batch, n))


def _long_slopes(x: Any, out: Any, sizes: Sizes, xp: Any, extras: Any) -> tuple[Any, ...]:
    """w, the derivatives of each c by the c before, of h by its c, of c by i, f, g, and of h by o, at all times."""
    n = sizes[2]
    x, _, _, w = parts_of(x, long_shapes(sizes), xp)
    a = x + _product(out[0, :-1, ...], w, xp)
    s = extras.expit(a)
    slope = s * (1 - s)
    g, c = xp.tanh(a[..., 2 * n : 3 * n]), xp.tanh(out[1, 1:, ...])
    of_gates = g * slope[..., :n], out[1, :-1, ...] * slope[..., n : 2 * n], s[..., :n] * (1 - g * g)
    return w, s[..., n : 2 * n], s[..., 3 * n :] * (1 - c * c), *of_gates, c * slope[..., 3 * n :]


def long_slope(g: Any, x: Any, out: Any, sizes: Sizes, xp: Any, extras: Any) -> Any:
    """The cotangent of x, back through time."""
    w, kept, shown, of_i, of_f, of_g, of_o = _long_slopes(x, out, sizes, xp, extras)
    dh, dc, found = g[0, -1, ...], g[1, -1, ...], []
    for k in range(sizes[0] - 1, -1, -1):
        dc = dc + dh * shown[k, ...]
        q = xp.concat((dc * of_i[k, ...], dc * of_f[k, ...], dc * of_g[k, ...], dh * of_o[k, ...]), axis=1)
        found.append(q)
        dh, dc = g[0, k, ...] + xp.matmul(q, w), g[1, k, ...] + dc * kept[k, ...]
    q = xp.stack(found[::-1], axis=0)
    return _together((q, dh, dc, _weight_slope(q, out[0, :-1, ...], xp)), xp)


def long_tangent(t: Any, x: Any, out: Any, sizes: Sizes, xp: Any, extras: Any) -> Any:
    """The tangent of the states."""
    steps, batch, n = sizes
    w, kept, shown, of_i, of_f, of_g, of_o = _long_slopes(x, out, sizes, xp, extras)
    tx, th, tc, tw = parts_of(t, long_shapes(sizes), xp)
    given, turned, hs, cs = tx + _product(out[0, :-1, ...], tw, xp), w.mT, [th], [tc]
    for k in range(steps):
        a = given[k, ...] + xp.matmul(th, turned)
        tc = kept[k, ...] * tc + of_i[k, ...] * a[:, :n] + of_f[k, ...] * a[:, n : 2 * n]
        tc = tc + of_g[k, ...] * a[:, 2 * n : 3 * n]
        th = shown[k, ...] * tc + of_o[k, ...] * a[:, 3 * n :]
        hs.append(th)
        cs.append(tc)
    return xp.reshape(xp.stack(hs + cs, axis=0), (2, steps + 1, batch, n))


# -- gated recurrent units: y = w·h + b, n = tanh(x_n + σ(x_r + y_r)·y_n), z = σ(x_z + y_z), h ← (h - n)·z + n


def _gated_shapes(sizes: Sizes) -> tuple[tuple[int, ...], ...]:
    steps, batch, width = sizes
    return (steps, batch, 3 * width), (batch, width), (3 * width, width), (3 * width,)


def gated_states(x: Any, sizes: Sizes, xp: Any, extras: Any) -> Any:
    """The states of a gated recurrent unit."""
    steps, _, n = sizes
    x, h, w, b = parts_of(x, _gated_shapes(sizes), xp)
    given, found, turned, b = x[..., : 2 * n] + b[: 2 * n], [h], w.mT, b[2 * n :]
    for k in range(steps):
        y = xp.matmul(h, turned)
        s = extras.expit(given[k, ...] + y[:, : 2 * n])
        new = xp.tanh(x[k, :, 2 * n :] + s[:, :n] * (y[:, 2 * n :] + b))
        h = (h - new) * s[:, n:] + new
        found.append(h)
    return xp.stack(found, axis=0)


def _gated_slopes(x: Any, out: Any, sizes: Sizes, xp: Any, extras: Any) -> tuple[Any, ...]:
    """w, and the derivatives of each h by the h before (with the gates as they are), by x and by y, at all times."""
    n = sizes[2]
    x, _, w, b = parts_of(x, _gated_shapes(sizes), xp)
    before = out[:-1, ...]
    y = _product(before, w, xp) + b
    s = extras.expit(x[..., : 2 * n] + y[..., : 2 * n])
    r, z, last = s[..., :n], s[..., n:], y[..., 2 * n :]
    new = xp.tanh(x[..., 2 * n :] + r * last)
    of_n = (1 - z) * (1 - new * new)
    of_r, of_z = of_n * last * (r * (1 - r)), (before - new) * (z * (1 - z))
    return w, z, xp.stack((of_r, of_z, of_n), axis=2), xp.stack((of_r, of_z, of_n * r), axis=2)


def gated_slope(g: Any, x: Any, out: Any, sizes: Sizes, xp: Any, extras: Any) -> Any:
    """The cotangent of x, back through time."""
    steps, batch, n = sizes
    w, kept, of_x, of_y = _gated_slopes(x, out, sizes, xp, extras)
    dh, found = g[-1, ...], []
    for k in range(steps - 1, -1, -1):
        found.append(dh)
        q = xp.reshape(dh[:, None, :] * of_y[k, ...], (batch, 3 * n))
        dh = g[k, ...] + dh * kept[k, ...] + xp.matmul(q, w)
    each = xp.stack(found[::-1], axis=0)[:, :, None, :]
    q = xp.reshape(each * of_y, (steps, batch, 3 * n))
    return _together((each * of_x, dh, _weight_slope(q, out[:-1, ...], xp), xp.sum(q, axis=(0, 1))), xp)


def gated_tangent(t: Any, x: Any, out: Any, sizes: Sizes, xp: Any, extras: Any) -> Any:
    """The tangent of the states."""
    steps, batch, n = sizes
    w, kept, of_x, of_y = _gated_slopes(x, out, sizes, xp, extras)
    tx, th, tw, tb = parts_of(t, _gated_shapes(sizes), xp)
    ty, turned, found = _product(out[:-1, ...], tw, xp) + tb, w.mT, [th]
    tx = xp.sum(xp.reshape(tx, of_x.shape) * of_x, axis=2)
    for k in range(steps):
        y = xp.reshape(ty[k, ...] + xp.matmul(th, turned), (batch, 3, n))
        th = kept[k, ...] * th + tx[k, ...] + xp.sum(y * of_y[k, ...], axis=1)
        found.append(th)
    return xp.stack(found, axis=0)
