"""Gamma and Poisson numbers drawn many at a time: the numbers, and the state, of drawing them one by one."""

from __future__ import annotations

import numpy as np
import pytest

from gradiente.distributions import _draws
from gradiente.random import Generator, _at_once, discrete, gamma, poisson, standard_gamma
from gradiente.random._at_once import gammas


def _one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (gamma, discrete):
        monkeypatch.setattr(module, "MANY", 10**9)


GAMMAS = [np.full(n, a, kind) for n in (100, 777) for a in (1.3, 2.5, 80.0, 1e6) for kind in ("float32", "float64")]
MIXED = [np.tile([1.5, 2.5], 300), np.tile([2.0, 9.0, 1.4, 50.0], (40, 2)), np.full(300, 1.0), np.full(300, 0.4)]


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("shapes", [*GAMMAS, *MIXED], ids=lambda a: f"{a.flat[0]:g}-{a.size}-{a.dtype}")
def test_gammas(shapes: np.ndarray, before: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one shape, of a few, and of shapes so small that they are drawn one by one anyway."""
    seeds = range(5)
    found = [_gamma_numbers(seed, shapes, before) for seed in seeds]
    _one_by_one(monkeypatch)
    for seed, numbers in zip(seeds, found, strict=True):
        for one, other in zip(numbers, _gamma_numbers(seed, shapes, before), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=f"seed {seed}")


def _gamma_numbers(seed: int, shapes: np.ndarray, before: bool) -> list[np.ndarray]:
    generator = Generator().manual_seed(seed)
    if before:  # leaves a normal number for the next one
        standard_gamma(generator, np.array([2.0]))
    found = [standard_gamma(generator, shapes), standard_gamma(generator, np.array([3.0, 4.0]))]
    return [*found, generator.doubles(3), np.array([generator.next_normal], float)]


@pytest.mark.parametrize("rate", [1e-3, 0.5, 4.0, 9.99, 10.0, 40.0, 1e4, 1e8])
@pytest.mark.parametrize("count", [100, 3000])
def test_poissons_of_one_rate(rate: float, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [_poisson_numbers(seed, rate, count) for seed in range(4)]
    _one_by_one(monkeypatch)
    for seed, numbers in enumerate(found):
        for one, other in zip(numbers, _poisson_numbers(seed, rate, count), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=f"seed {seed}")


def _poisson_numbers(seed: int, rate: float, count: int) -> list[np.ndarray]:
    generator = Generator().manual_seed(seed)
    return [poisson(generator, np.full((2, count // 2), rate)), generator.doubles(3)]


def test_in_small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the attempts of several portions follow each other."""
    cases = [(_gamma_numbers, (1, np.full(2000, 5.0), False)), (_gamma_numbers, (2, np.tile([2.0, 3.0], 700), True)),
             (_poisson_numbers, (3, 3.0, 2000)), (_poisson_numbers, (4, 30.0, 2000))]  # fmt: skip
    whole = [draw(*given) for draw, given in cases]
    monkeypatch.setattr(_at_once, "_MOST", 150)
    for (draw, given), wanted in zip(cases, whole, strict=True):
        for one, other in zip(draw(*given), wanted, strict=True):
            np.testing.assert_array_equal(one, other)


def test_attempts_that_take_fewer_doubles() -> None:
    """With c so large that one in six attempts has 1 + c·x below 0, each such attempt is made by itself."""
    generator, calls = Generator().manual_seed(0), 0

    def one(i: int) -> float:
        nonlocal calls
        calls += 1
        generator.next_normal = None
        return -float(i)

    with generator.lock:
        found = gammas(generator, np.zeros(400, np.int64), np.array([2.0]), np.array([1.0]), 0.0331, one)
    assert found.shape == (400,)
    assert calls == np.count_nonzero(found <= 0)
    assert calls > 100


def test_gradients_of_gamma_numbers_do_not_depend_on_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the quadrature is found to a few per cent only: that of other nodes gives the same slopes."""
    a, x = np.meshgrid([0.05, 0.7, 3.0, 40.0, 3e3], [1e-3, 0.3, 2.0, 50.0, 2.9e3])
    found = _draws.gamma_slope(a, x)
    nodes = _draws._quadrature(193)
    monkeypatch.setattr(_draws, "_quadrature", lambda: nodes)
    usable = np.isfinite(found) & (np.abs(found) > 1e-250)
    np.testing.assert_allclose(found[usable], _draws.gamma_slope(a, x)[usable], rtol=1e-10)
