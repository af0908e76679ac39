"""Quantiles, histograms, searches, differences, covariances, special functions: unusual calls and wrong ones.

The database of operators has few of these: values at the edges, types, empty tensors, and errors.
"""

from __future__ import annotations

import pytest

import gradiente
from outcomes import assert_same

torch = pytest.importorskip("torch")

inf, nan = float("inf"), float("nan")


def seq(t):
    return t.tensor([1.0, 3.0, 5.0])


def grid(t):
    return t.tensor([[3.0, 1.0, 2.0, 4.0], [4.0, 5.0, 6.0, 7.0]])


def holes(t):
    return t.tensor([[3.0, 1.0, 2.0, nan], [4.0, 5.0, 6.0, 7.0]])


# fmt: off
CALLS = [
    # medians and quantiles
    lambda t: t.nanmedian(holes(t)),
    lambda t: t.nanmedian(holes(t), 1),
    lambda t: t.nanmedian(t.tensor([])),
    lambda t: t.nanmedian(t.tensor([nan, nan]), 0),
    lambda t: t.nanmedian(t.tensor([1, 2, 3])),
    lambda t: t.nanmedian(t.tensor([True])),
    lambda t: t.quantile(grid(t), 1.5),
    lambda t: t.quantile(grid(t), t.tensor([0.5, 1.5])),
    lambda t: t.quantile(grid(t), t.tensor([[0.5]])),
    lambda t: t.quantile(grid(t).int(), 0.5),
    lambda t: t.quantile(grid(t), t.tensor([0.5], dtype=t.float64)),
    lambda t: t.quantile(grid(t), 0.5, interpolation="cubic"),
    lambda t: t.quantile(t.tensor([]), 0.5),
    lambda t: t.quantile(t.ones(0, 2), 0.5, dim=0),
    lambda t: t.quantile(grid(t), 0.5, dim=3),
    lambda t: t.quantile(grid(t), 2),
    lambda t: t.quantile(grid(t), t.tensor([0.0, 0.3]), keepdim=True),
    lambda t: t.quantile(t.tensor(3.0), 0.5),
    lambda t: t.quantile(t.tensor(3.0), t.tensor([0.5]), dim=0),
    *[lambda t, i=i: t.quantile(grid(t), t.tensor([0.0, 0.3, 0.5, 1.0]), dim=1, interpolation=i)
      for i in ("linear", "lower", "higher", "midpoint", "nearest")],
    *[lambda t, i=i: t.nanquantile(holes(t), t.tensor([0.0, 0.3, 0.5, 1.0]), dim=1, interpolation=i)
      for i in ("linear", "lower", "higher", "midpoint", "nearest")],
    lambda t: t.quantile(holes(t), 0.4, dim=1),
    # norms and running totals
    lambda t: t.renorm(grid(t), 2, 0, 3.0),
    lambda t: t.renorm(grid(t), 0, 0, 3.0),
    lambda t: t.renorm(grid(t), 2, 2, 3.0),
    lambda t: t.renorm(grid(t), 2, 0, -3.0),
    lambda t: t.renorm(t.ones(2), 2, 0, 3.0),
    lambda t: t.renorm(grid(t).int(), 2, 0, 3.0),
    lambda t: t.logcumsumexp(holes(t), 1),
    lambda t: t.logcumsumexp(t.ones(2).int(), 0),
    lambda t: t.logcumsumexp(t.tensor([-inf, -inf, 1.0, inf, 2.0]), 0),
    lambda t: t.logcumsumexp(t.ones(2), 1),
    lambda t: t.logcumsumexp(t.tensor(1.0), 0),
    lambda t: t.logcumsumexp(t.tensor([1 + 4j, 2 - 1j]), 0),
    lambda t: t.cumsum(t.ones(2, dtype=t.uint8), 0),
    lambda t: t.ones(3, dtype=t.int32).cumsum_(0),
    # differences
    lambda t: t.diff(grid(t), n=2),
    lambda t: t.diff(grid(t), n=-1),
    lambda t: t.diff(t.tensor(1.0)),
    lambda t: t.diff(grid(t), dim=3),
    lambda t: t.diff(grid(t), prepend=t.ones(2)),
    lambda t: t.diff(grid(t), prepend=t.ones(3, 1)),
    lambda t: t.diff(grid(t), prepend=t.ones(2, 1), append=t.ones(2, 1), n=2),
    lambda t: t.diff(t.tensor([True, False, True])),
    lambda t: t.diff(grid(t), n=9),
    lambda t: t.trapezoid(grid(t), t.tensor([1.0, 2.0, 4.0, 8.0])),
    lambda t: t.trapezoid(grid(t), t.tensor([1.0, 2.0, 4.0])),
    lambda t: t.trapezoid(grid(t), grid(t), dim=0),
    lambda t: t.trapezoid(t.tensor(1.0)),
    lambda t: t.trapezoid(t.tensor([True, False])),
    lambda t: t.trapezoid(t.ones(0, 3), dim=0),
    lambda t: t.trapezoid(t.tensor([1, 2, 3])),
    lambda t: t.trapezoid(t.tensor([1, 2, 3]), t.tensor([1, 2, 4])),
    lambda t: t.trapz(grid(t), dx=2.0),
    lambda t: t.cumulative_trapezoid(grid(t), dim=0),
    lambda t: t.cumulative_trapezoid(t.tensor([1])),
    lambda t: t.cumulative_trapezoid(t.tensor(1)),
    lambda t: t.gradient(grid(t)),
    lambda t: t.gradient(grid(t), spacing=2.0, dim=1, edge_order=2),
    lambda t: t.gradient(grid(t), spacing=(t.tensor([1.0, 2, 4, 8]),), dim=1, edge_order=2),
    lambda t: t.gradient(grid(t), spacing=(t.tensor([1.0, 2, 4, 8]),), dim=1),
    lambda t: t.gradient(grid(t), spacing=[1.0, 2.0]),
    lambda t: t.gradient(grid(t), edge_order=3),
    lambda t: t.gradient(t.ones(1, 4)),
    lambda t: t.gradient(grid(t), spacing=[1.0, 2.0, 3.0]),
    lambda t: t.gradient(grid(t), dim=(0, 0)),
    lambda t: t.gradient(grid(t), dim=5),
    lambda t: t.gradient(t.ones(4).byte()),
    # covariances
    lambda t: t.cov(grid(t)),
    lambda t: t.cov(grid(t), correction=0, fweights=t.tensor([1, 2, 3, 4]), aweights=t.ones(4)),
    lambda t: t.cov(t.ones(2, 2, 2)),
    lambda t: t.cov(grid(t), fweights=t.ones(4)),
    lambda t: t.cov(grid(t), fweights=t.ones(3).int()),
    lambda t: t.cov(grid(t), fweights=t.ones(2, 2).int()),
    lambda t: t.cov(grid(t), fweights=t.tensor([-1, 1, 1, 1])),
    lambda t: t.cov(grid(t), aweights=t.tensor([-1.0, 1, 1, 1])),
    lambda t: t.cov(grid(t), aweights=t.ones(4).int()),
    lambda t: t.cov(grid(t), aweights=t.zeros(4)),
    lambda t: t.cov(t.tensor([True, False])),
    lambda t: t.cov(t.tensor([1, 2])),
    lambda t: t.corrcoef(grid(t)),
    lambda t: t.corrcoef(t.ones(2, 2, 2)),
    # histograms
    lambda t: t.histc(seq(t), bins=4),
    lambda t: t.histc(seq(t), bins=0),
    lambda t: t.histc(seq(t), bins=2, min=4, max=1),
    lambda t: t.histc(seq(t).int(), 4),
    lambda t: t.histc(t.tensor([1.0, 1.0]), 4),
    lambda t: t.histc(t.tensor([1.0, nan]), 4, 0, 2),
    lambda t: t.histc(t.tensor([1.0, inf]), 4),
    lambda t: t.histc(t.tensor([1.0, inf]), 4, min=0, max=2),
    lambda t: t.histc(t.ones(0), 4),
    lambda t: t.histc(t.tensor([1j]), 4),
    lambda t: t.histc(seq(t), 4.0),
    lambda t: t.histogram(seq(t), 4),
    lambda t: t.histogram(seq(t), t.tensor([0.0, 2.0, 4.0])),
    lambda t: t.histogram(seq(t), 4, range=(0.0, 2.0)),
    lambda t: t.histogram(seq(t), 4, weight=t.tensor([1.0, 2, 3]), density=True),
    lambda t: t.histogram(seq(t), 0),
    lambda t: t.histogram(seq(t).int(), 4),
    lambda t: t.histogram(seq(t), t.ones(2, 2)),
    lambda t: t.histogram(seq(t), 4, range=(2.0, 1.0)),
    lambda t: t.histogram(seq(t), 4, weight=t.ones(2)),
    lambda t: t.histogram(seq(t), t.tensor([0.0, 2.0]).double()),
    lambda t: t.histogram(seq(t), 4, range=(1.0,)),
    lambda t: t.histogram(t.tensor([nan, 1.0]), 4),
    lambda t: t.histogram(t.ones(0), 4),
    lambda t: t.histogram(t.ones(3), 2),
    lambda t: t.histogramdd(t.tensor([[1.0, 2.0], [3.0, 4.0]]), [2, 2]),
    lambda t: t.histogramdd(t.tensor([[1.0, 2.0], [3.0, 4.0]]), 2),
    lambda t: t.histogramdd(t.tensor([[1.0, 2.0], [3.0, 4.0]]), [2, 2], range=[0.0, 4.0, 0.0, 4.0], density=True),
    lambda t: t.histogramdd(t.tensor([1.0]), [2]),
    lambda t: t.histogramdd(t.ones(2, 3), [2]),
    lambda t: t.bincount(t.tensor([1, 3, 1]), t.tensor([0.5, 1, 2])),
    lambda t: t.bincount(t.tensor([1, 3, 1]), minlength=6),
    lambda t: t.bincount(t.tensor([-1])),
    lambda t: t.bincount(t.tensor([1.0])),
    lambda t: t.bincount(t.tensor([[1]])),
    lambda t: t.bincount(t.tensor([1, 2]), t.ones(3)),
    lambda t: t.bincount(t.tensor([1, 2]), minlength=-1),
    lambda t: t.bincount(t.tensor([1, 2]), t.ones(2).int()),
    lambda t: t.bincount(t.tensor([], dtype=t.int64)),
    lambda t: t.bincount(t.tensor([True])),
    # searching
    lambda t: t.searchsorted(seq(t), 2.0),
    lambda t: t.searchsorted(seq(t), t.tensor([1.0, 3.0, 6.0]), right=True),
    lambda t: t.searchsorted(seq(t), t.tensor([1.0, 3.0]), side="right", out_int32=True),
    lambda t: t.searchsorted(seq(t), 2.0, side="middle"),
    lambda t: t.searchsorted(seq(t), 2.0, right=True, side="left"),
    lambda t: t.searchsorted(seq(t).expand(2, 3), t.tensor([1.0, 3.0])),
    lambda t: t.searchsorted(seq(t).expand(2, 3), 2.0),
    lambda t: t.searchsorted(seq(t).expand(2, 3), t.ones(3, 1)),
    lambda t: t.searchsorted(seq(t).expand(2, 3), t.ones(2, 1)),
    lambda t: t.searchsorted(t.tensor(1.0), 1.0),
    lambda t: t.searchsorted(seq(t).flip(0), 2.0, sorter=t.tensor([2, 1, 0])),
    lambda t: t.searchsorted(seq(t), 2.0, sorter=t.tensor([0, 1])),
    lambda t: t.searchsorted(seq(t), 2.0, sorter=t.tensor([0.0, 1, 2])),
    lambda t: t.searchsorted(seq(t), 2.0, sorter=t.tensor([0, 1, 5])),
    lambda t: t.searchsorted(t.tensor([1j]), 1.0),
    lambda t: t.searchsorted(seq(t), t.tensor([nan, inf, -inf])),
    lambda t: t.searchsorted(t.tensor([True, False]), t.tensor([True])),
    lambda t: t.searchsorted(t.ones(2, 0), t.ones(2, 3)),
    lambda t: t.bucketize(2.0, seq(t)),
    lambda t: t.bucketize(t.ones(2, 2), seq(t), right=True),
    lambda t: t.bucketize(seq(t), t.ones(2, 2)),
    lambda t: t.isin(t.tensor([1.0, nan]), t.tensor([nan])),
    lambda t: t.isin(1, t.tensor([1.0])),
    lambda t: t.isin(t.tensor([1.0, 2]), 2, invert=True),
    lambda t: t.isin(t.tensor([True]), t.tensor([2])),
    lambda t: t.isin(t.tensor([1j]), t.tensor([2])),
    lambda t: t.unique_consecutive(t.tensor([1, 1, 2, 1]), return_inverse=True, return_counts=True),
    lambda t: t.unique_consecutive(t.tensor([[1, 1], [1, 1], [2, 1]]), dim=0, return_counts=True),
    lambda t: t.unique_consecutive(t.tensor([nan, nan])),
    lambda t: t.unique_consecutive(t.tensor([1j, 1j])),
    lambda t: t.unique_consecutive(t.tensor([])),
    lambda t: t.unique_consecutive(t.ones(2, 0), dim=0),
    lambda t: t.msort(t.tensor([[2.0, 1.0], [1.0, 3.0]])),
    # single elements
    lambda t: t.frexp(t.tensor([0.0, 8.0, inf, -3.0])),
    lambda t: t.frexp(t.tensor([1])),
    lambda t: t.gcd(t.tensor([4, -6, 0]), t.tensor([6, 0, 0])),
    lambda t: t.lcm(t.tensor([4, -6, 0]), t.tensor([6, 0, 0])),
    lambda t: t.gcd(t.tensor([4.0]), t.tensor([6.0])),
    lambda t: t.lcm(t.tensor([True]), t.tensor([True])),
    lambda t: t.nextafter(t.ones(2).int(), t.ones(2).int()),
    lambda t: t.nextafter(t.ones(2), 1.0),
    lambda t: t.fill(t.ones(2), t.ones(2)),
    lambda t: t.fill(t.ones(2).int(), 2.5),
]
# fmt: on


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_call(number):
    assert_same(CALLS[number], torch, gradiente, warned=False)  # torch warns of its own copies


SPECIAL = [
    lambda t: t.special.zeta(3, 4),
    lambda t: t.special.xlog1py(2, 4),
    lambda t: t.special.legendre_polynomial_p(2, 4),
    lambda t: t.special.gammainc(t.ones(2), 4),
    lambda t: t.special.i1(3),
    lambda t: t.special.bessel_j0(3),
    lambda t: t.special.airy_ai(t.ones(2) * 1j),
    lambda t: t.special.ndtr(t.ones(2) * 1j),
    lambda t: t.special.multigammaln(t.ones(2), 0),
    lambda t: t.polygamma(-1, t.ones(2)),
    lambda t: t.polygamma(1.5, t.ones(2)),
    lambda t: t.mvlgamma(t.ones(2), 2.0),
    lambda t: t.special.chebyshev_polynomial_t(t.tensor([0.5, 2.0, 1.0, -1.0, inf]), -1),
    lambda t: t.special.chebyshev_polynomial_t(t.tensor([0.5, 2.0, 1.0, -1.0, inf]), 2.7),
    lambda t: t.special.spherical_bessel_j0(t.tensor([0.0, inf, nan])),
    lambda t: t.special.modified_bessel_k0(t.tensor([0.0, -1.0, inf])),
    lambda t: t.special.entr(t.tensor([0.0, -1.0, nan, inf])),
    lambda t: t.lgamma(t.tensor([0.0, -1.0, inf, -inf, nan])),
    lambda t: t.digamma(t.tensor([0.0, -0.0, -1.0, inf, nan])),
    lambda t: t.special.ndtri(t.tensor([0.0, 1.0, -1.0, 2.0])),
    lambda t: t.erfinv(t.tensor([0.0, 1.0, -1.0, 2.0])),
]


@pytest.mark.parametrize("number", range(len(SPECIAL)))
def test_special(number):
    assert_same(SPECIAL[number], torch, gradiente, warned=False)


def some(t):
    return t.tensor([[True, False], [False, False]])


# fmt: off
MASKED = [
    *[lambda t, name=name, x=x: getattr(t.masked, name)(x(t), 1, mask=some(t))
      for name in ("sum", "prod", "amax", "amin", "mean", "var", "std", "argmax", "argmin", "cumsum", "median",
                   "softmax")
      for x in (lambda t: t.tensor([[1, 2], [3, 4]]), lambda t: t.tensor([[1.0, 2.0], [3.0, 4.0]]))],
    *[lambda t, p=p: t.masked.norm(t.ones(2, 2), p, 1, mask=some(t)) for p in (0, 1, -1, inf, -inf, 0.5)],
    lambda t: t.masked.amax(some(t), mask=some(t)),
    lambda t: t.masked.sum(t.ones(2, 2), mask=t.ones(3, dtype=t.bool)),
    lambda t: t.masked.sum(t.ones(2, 2), mask=t.ones(2, 2, 2, dtype=t.bool)),
    lambda t: t.masked.sum(t.ones(2, 2), 5),
    lambda t: t.masked.normalize(t.ones(2, 2).int(), 2.0, 1),
]
# fmt: on


@pytest.mark.parametrize("number", range(len(MASKED)))
def test_masked(number):
    assert_same(MASKED[number], torch, gradiente, warned=False)
