"""Random streams against PyTorch: the same numbers, and the same state of the generator after every draw.

Everything is compared with ``==`` on the bits; the one tolerance is said where it stands.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gradiente import random as gr  # noqa: E402

if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
    pytest.skip("torch rounds otherwise on a CPU without FMA", allow_module_level=True)

SEEDS = [*range(14), 2**31 - 1, 2**32 + 5, 2**63 - 1, 2**64 - 1, -1, -(2**63)]
SIZES = [0, 1, 2, 7, 8, 15, 16, 17, 20, 23, 24, 31, 32, 33, 100, 156, 311, 312, 511, 512, 513, 1000, 9999, 10000]
FLOATS = ["float16", "float32", "float64"]
PARTS = {"complex64": "float32", "complex128": "float64"}


def pair(seed: int) -> tuple[gr.Generator, torch.Generator]:
    return gr.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)


def same(ours: np.ndarray, theirs: torch.Tensor, what: object) -> None:
    expected = theirs.numpy()
    assert ours.dtype == expected.dtype, what
    assert ours.shape == expected.shape, what
    different = np.flatnonzero(ours.ravel().view(np.uint8) != expected.ravel().view(np.uint8))
    assert different.size == 0, (what, ours.ravel()[:4], expected.ravel()[:4], different[:5])


def same_state(g: gr.Generator, t: torch.Generator, what: object) -> None:
    assert g.get_state_array().tobytes() == t.get_state().numpy().tobytes(), what


def empty(n: int | tuple[int, ...], dtype: str) -> torch.Tensor:
    return torch.empty(n, dtype=getattr(torch, dtype))


# name -> (ours, theirs); each takes generator, size, dtype.
DRAWS = {
    "rand": (
        lambda g, n, d: gr.uniform(g, (n,), d),
        lambda t, n, d: torch.rand(n, dtype=getattr(torch, d), generator=t),
    ),
    "uniform": (
        lambda g, n, d: gr.uniform(g, (n,), d, -0.3, 1.4),
        lambda t, n, d: empty(n, d).uniform_(-0.3, 1.4, generator=t),
    ),
    "randn": (
        lambda g, n, d: gr.normal(g, (n,), d),
        lambda t, n, d: torch.randn(n, dtype=getattr(torch, d), generator=t),
    ),
    "normal": (
        lambda g, n, d: gr.normal(g, (n,), d, 0.7, 1.3),
        lambda t, n, d: empty(n, d).normal_(0.7, 1.3, generator=t),
    ),
    "bernoulli": (
        lambda g, n, d: gr.bernoulli(g, (n,), d, 0.3),
        lambda t, n, d: empty(n, d).bernoulli_(0.3, generator=t),
    ),
    "exponential": (
        lambda g, n, d: gr.exponential(g, (n,), d, 1.7),
        lambda t, n, d: empty(n, d).exponential_(1.7, generator=t),
    ),
    "cauchy": (
        lambda g, n, d: gr.cauchy(g, (n,), d, 0.3, 1.7),
        lambda t, n, d: empty(n, d).cauchy_(0.3, 1.7, generator=t),
    ),
    "log_normal": (
        lambda g, n, d: gr.log_normal(g, (n,), d, 0.3, 1.7),
        lambda t, n, d: empty(n, d).log_normal_(0.3, 1.7, generator=t),
    ),
    "geometric": (
        lambda g, n, d: gr.geometric(g, (n,), d, 0.3),
        lambda t, n, d: empty(n, d).geometric_(0.3, generator=t),
    ),
    "random_": (
        lambda g, n, d: gr.random_(g, (n,), d),
        lambda t, n, d: empty(n, d).random_(generator=t),
    ),
    "randint": (
        lambda g, n, d: gr.randint(g, (n,), d, -5, 90),
        lambda t, n, d: torch.randint(-5, 90, (n,), dtype=getattr(torch, d), generator=t),
    ),
}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", DRAWS)
def test_floating_draws_over_seeds_and_sizes(name: str, dtype: str) -> None:
    ours, theirs = DRAWS[name]
    for seed in SEEDS:
        g, t = pair(seed)
        for n in SIZES:
            same(ours(g, n, dtype), theirs(t, n, dtype), (name, dtype, seed, n))
        same_state(g, t, (name, dtype, seed))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", DRAWS)
def test_state_after_each_size(name: str, dtype: str) -> None:
    ours, theirs = DRAWS[name]
    for n in SIZES:
        g, t = pair(3)
        same(ours(g, n, dtype), theirs(t, n, dtype), (name, dtype, n))
        same_state(g, t, (name, dtype, n))


@pytest.mark.parametrize("dtype", PARTS)
def test_complex_draws(dtype: str) -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        for n in (0, 1, 7, 8, 9, 20, 1000):
            same(gr.uniform(g, (n,), dtype), torch.rand(n, dtype=getattr(torch, dtype), generator=t), (seed, n))
            same(gr.normal(g, (n,), dtype), torch.randn(n, dtype=getattr(torch, dtype), generator=t), (seed, n))
            same(gr.normal(g, (n,), dtype, 1.0, 2.0), empty(n, dtype).normal_(1.0, 2.0, generator=t), (seed, n))
        same_state(g, t, seed)


@pytest.mark.parametrize(
    ("mean", "std"), [(0.0, 0.0), (0.0, 0.02), (5.0, 1.0), (-3.1, 0.01), (1e5, 1 / 3), (0.1, 1e30)]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_means_and_deviations(dtype: str, mean: float, std: float) -> None:
    g, t = pair(11)
    for n in (5, 16, 21, 20000):
        same(gr.normal(g, (n,), dtype, mean, std), empty(n, dtype).normal_(mean, std, generator=t), (mean, std, n))
        low, high = mean - std, mean + 2 * std
        same(gr.uniform(g, (n,), dtype, low, high), empty(n, dtype).uniform_(low, high, generator=t), (low, high, n))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", *FLOATS])
def test_whole_numbers(dtype: str) -> None:
    spans = [1, 2, 100, 127, 2**15, 2**28 - 1, 2**28, 2**31 - 1, 2**32, 2**40, 2**62, 2**63 - 1]
    base = 0 if dtype in ("bool", "uint8") else -1
    largest = {"bool": 1, "float16": 2**11, "float32": 2**24, "float64": 2**53}.get(dtype)
    largest = int(np.iinfo(dtype).max) if largest is None else largest
    for seed in SEEDS:
        g, t = pair(seed)
        for span in (s for s in spans if base + s - 1 <= largest):
            for n in (0, 1, 10, 600):
                theirs = empty(n, dtype).random_(base, base + span, generator=t)
                same(gr.randint(g, (n,), dtype, base, base + span), theirs, (dtype, seed, span, n))
        same(gr.random_(g, (70,), dtype), empty(70, dtype).random_(generator=t), (dtype, seed, "no bounds"))
        same(gr.random_(g, (70,), dtype, None, 2), empty(70, dtype).random_(2, generator=t), (dtype, seed, "to"))
        same(
            gr.random_(g, (70,), dtype, base), empty(70, dtype).random_(base, None, generator=t), (dtype, seed, "from")
        )
        if dtype in ("int64", "float32", "float64"):
            least = -(2**63)
            same(gr.random_(g, (70,), dtype, least), empty(70, dtype).random_(least, None, generator=t), (dtype, seed))
        same_state(g, t, (dtype, seed))


@pytest.mark.parametrize("dtype", ["uint16", "uint32", "uint64"])
def test_wide_unsigned_whole_numbers(dtype: str) -> None:
    g, t = pair(6)
    for span in (3, 2**16 - 4):
        same(
            gr.randint(g, (70,), dtype, 3, span + 3), empty(70, dtype).random_(3, span + 3, generator=t), (dtype, span)
        )
    if dtype != "uint64":
        same(gr.random_(g, (70,), dtype, 3), empty(70, dtype).random_(3, None, generator=t), dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("ignore:.*Due to precision limitations:UserWarning")
def test_ranges_that_a_float_cannot_hold(dtype: str) -> None:
    numbers = random.Random(7)
    for _ in range(300):
        low = numbers.randint(-(2**62), 2**62) >> numbers.randint(0, 62)
        high = low + 1 + (numbers.randint(0, 2**62) >> numbers.randint(0, 62))
        g, t = pair(3)
        try:
            theirs = empty(20, dtype).random_(low, high, generator=t)
        except RuntimeError as error:
            with pytest.raises(RuntimeError, match=str(error).split(",")[0]):
                gr.randint(g, (20,), dtype, low, high)
            continue
        same(gr.randint(g, (20,), dtype, low, high), theirs, (dtype, low, high))


@pytest.mark.parametrize("dtype", ["int64", "int32", "int16", "float32", "float64"])
def test_randperm(dtype: str) -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        for n in (0, 1, 2, 3, 10, 100, 625, 1000, 9999):
            theirs = torch.randperm(n, dtype=getattr(torch, dtype), generator=t)
            same(gr.randperm(g, n, dtype), theirs, (dtype, seed, n))
        same_state(g, t, (dtype, seed))


@pytest.mark.parametrize("p_dtype", FLOATS)
@pytest.mark.parametrize("dtype", ["bool", "int64", "float32", "float64"])
def test_bernoulli_with_an_array_of_probabilities(dtype: str, p_dtype: str) -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        for shape in ((), (3,), (4, 5), (1000,)):
            p = torch.rand(shape, dtype=getattr(torch, p_dtype), generator=t)
            q = gr.uniform(g, shape, p_dtype)
            same(gr.bernoulli(g, shape, dtype, q), empty(shape, dtype).bernoulli_(p, generator=t), (seed, shape))
        same(gr.bernoulli(g, (3, 4), dtype, q[:4]), empty((3, 4), dtype).bernoulli_(p[:4], generator=t), seed)
        same_state(g, t, seed)


@pytest.mark.parametrize("dtype", FLOATS)
def test_dropout(dtype: str) -> None:
    for seed in SEEDS:
        g = gr.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        for p in (0.0, 0.1, 0.3, 0.5, 0.9, 1.0):
            theirs = torch.nn.functional.dropout(torch.ones(5, 7, dtype=getattr(torch, dtype)), p)
            same(gr.dropout_mask(g, (5, 7), dtype, p), theirs, (seed, p))
        same_state(g, torch.default_generator, seed)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64"])
def test_geometric_whole_numbers(dtype: str) -> None:
    g, t = pair(4)
    for p in (0.9, 0.3, 0.001):
        same(gr.geometric(g, (600,), dtype, p), empty(600, dtype).geometric_(p, generator=t), (dtype, p))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal_with_arrays(dtype: str) -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        for n in (3, 20):
            mean, std = np.linspace(-1, 1, n).astype(dtype), np.linspace(0.1, 2, n).astype(dtype)
            tm, ts = torch.from_numpy(mean), torch.from_numpy(std)
            same(gr.normal_tensor(g, mean, std), torch.normal(tm, ts, generator=t), (seed, n))
            same(gr.normal_tensor(g, 0.7, std), torch.normal(0.7, ts, generator=t), (seed, n))
            same(gr.normal_tensor(g, mean, 1.3), torch.normal(tm, 1.3, generator=t), (seed, n))
            same(gr.normal_tensor(g, mean[:, None], std), torch.normal(tm[:, None], ts, generator=t), (seed, n))
        same_state(g, t, seed)


@pytest.mark.parametrize("dtype", FLOATS)
def test_multinomial(dtype: str) -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        for shape in ((50,), (6, 50), (1, 3)):
            weights = np.random.RandomState(1).rand(*shape).astype(dtype)
            for samples, replacement in ((1, False), (3, False), (shape[-1], False), (1, True), (2, True), (200, True)):
                theirs = torch.multinomial(torch.from_numpy(weights), samples, replacement, generator=t)
                if dtype == "float16":  # torch rounds the running sum otherwise, and float16 quotients tie
                    assert np.mean(gr.multinomial(g, weights, samples, replacement) == theirs.numpy()) > 0.6
                    continue
                same(gr.multinomial(g, weights, samples, replacement), theirs, (seed, shape, samples, replacement))
        same_state(g, t, seed)


@pytest.mark.parametrize("dtype", FLOATS)
def test_poisson(dtype: str) -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        for n in (0, 1, 5, 300):
            rates = (np.random.RandomState(n).rand(n) * 40).astype(dtype)
            rates[::7] = 0
            same(gr.poisson(g, rates), torch.poisson(torch.from_numpy(rates), generator=t), (seed, n))
            same_state(g, t, (seed, n))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_standard_gamma(dtype: str) -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        for n in (0, 1, 5, 300):
            shapes = (np.random.RandomState(n).rand(n) * 4).astype(dtype)
            shapes[::7] = 0
            theirs = torch._standard_gamma(torch.from_numpy(shapes), generator=t)
            same(gr.standard_gamma(g, shapes), theirs, (seed, n))
            same_state(g, t, (seed, n))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_binomial(dtype: str) -> None:
    cases = [(3, 0.2), (25, 0.4), (20, 0.5), (100, 0.9), (1e6, 0.4), (1e5, 1e-4), (3.7, 0.5), (0, 0.3), (5, 1.0)]
    for seed in SEEDS[:8]:
        for n, p in cases:
            g, t = pair(seed)
            counts, chances = np.full(30, n, dtype), np.full(30, p, dtype)
            theirs = torch.binomial(torch.from_numpy(counts), torch.from_numpy(chances), generator=t)
            same(gr.binomial(g, counts, chances), theirs, (seed, n, p))
            same_state(g, t, (seed, n, p))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dirichlet(dtype: str) -> None:
    for seed in SEEDS[:8]:
        for concentrations in ([1.0, 2.0, 3.0], [0.5, 0.5], [0.01, 0.02], [0.001, 0.001], [100.0, 3.0], [-1.0, 0.0]):
            g, t = pair(seed)
            a = np.tile(np.array(concentrations, dtype), (10, 1))
            ours, theirs = gr.dirichlet(g, a), torch._sample_dirichlet(torch.from_numpy(a), generator=t).numpy()
            np.testing.assert_array_max_ulp(ours, theirs, 2)  # the sum of the gammas is taken in another order
            same_state(g, t, (seed, concentrations))


def test_mixed_sequences_keep_step() -> None:
    for seed in SEEDS:
        numbers = random.Random(seed)
        g, t = pair(seed)
        trail = []
        for _ in range(40):
            name, dtype = numbers.choice(list(DRAWS)), numbers.choice(FLOATS)
            n = numbers.choice([0, 1, 2, 3, 5, 15, 16, 17, 40, 300, 620, 1300])
            trail.append((name, dtype, n))
            ours, theirs = DRAWS[name]
            same(ours(g, n, dtype), theirs(t, n, dtype), (seed, trail[-4:]))
            same_state(g, t, (seed, trail[-4:]))


def test_states_travel_both_ways() -> None:
    for seed in SEEDS:
        g, t = pair(seed)
        torch.randn(seed % 97 + 1, generator=t)
        g.set_state_array(t.get_state().numpy())
        same(gr.normal(g, (9,), "float64"), torch.randn(9, dtype=torch.float64, generator=t), seed)
        same(gr.uniform(g, (700,), "float32"), torch.rand(700, generator=t), seed)
        gr.normal(g, (3,), "float32")
        t.set_state(torch.from_numpy(g.get_state_array()))
        same(gr.normal(g, (9,), "float64"), torch.randn(9, dtype=torch.float64, generator=t), seed)
        same_state(g, t, seed)


def test_shapes_are_filled_in_order() -> None:
    g, t = pair(2)
    for shape in ((), (1,), (2, 3), (4, 0, 2), (3, 5, 7)):
        same(gr.normal(g, shape, "float32"), torch.randn(shape, generator=t), shape)
        same(gr.randint(g, shape, "int64", 0, 9), torch.randint(0, 9, shape, generator=t), shape)


def test_default_seed() -> None:
    assert gr.Generator().initial_seed() == torch.Generator().initial_seed()
    assert gr.Generator().get_state_array().tobytes() == torch.Generator().get_state().numpy().tobytes()
