"""Random numbers without PyTorch: recorded numbers, states, threads, errors."""

from __future__ import annotations

import copy
import hashlib
import pickle
import threading
from collections.abc import Callable

import numpy as np
import pytest

import gradiente as torch
from gradiente import random as gr
from gradiente.random import words


def seeded(seed: int = 0) -> gr.Generator:
    return gr.Generator().manual_seed(seed)


# Recorded from PyTorch 2.13.0 (CPU) with seed 0: the hexadecimal bits of the first, middle and last element.
GOLDEN: dict[str, tuple[Callable[[gr.Generator], np.ndarray], str]] = {
    "rand float32 5": (lambda g: gr.uniform(g, (5,), "float32"), "5815fe3ea833b53d86669d3e"),
    "randn float32 5": (lambda g: gr.normal(g, (5,), "float32"), "5c3fc53f49710bc0a1d18abf"),
    "rand float32 100": (lambda g: gr.uniform(g, (100,), "float32"), "5815fe3e20dd513f302e593e"),
    "randn float32 100": (lambda g: gr.normal(g, (100,), "float32"), "851b90bff415873f22826e3e"),
    "normal float32": (lambda g: gr.normal(g, (1000,), "float32", 0.7, 1.3), "bf7a43bf0319f93e950c7ebd"),
    "exponential float32": (lambda g: gr.exponential(g, (50,), "float32", 1.7), "02140440500ff63ed36e9f3f"),
    "rand float64 5": (lambda g: gr.uniform(g, (5,), "float64"), "2faac497ac0aef3ff6a544b78766dd3fd3dea19f09a4e43f"),
    "randn float64 5": (lambda g: gr.normal(g, (5,), "float64"), "3abe0289eba7f83fe50ea720296e01c036e18719345af1bf"),
    "rand float64 100": (
        lambda g: gr.uniform(g, (100,), "float64"),
        "2faac497ac0aef3faa3fd609796ae83f18357d251eb9e33f",
    ),
    "randn float64 100": (
        lambda g: gr.normal(g, (100,), "float64"),
        "dc62922eb97b02c025415336a523fb3f867d1cbeb037e73f",
    ),
    "normal float64": (
        lambda g: gr.normal(g, (1000,), "float64", 0.7, 1.3),
        "524dbeefa36d02c061549a727a62f2bfcdeff6b4d819e13f",
    ),
    "exponential float64": (
        lambda g: gr.exponential(g, (50,), "float64", 1.7),
        "59b1454e8082004016625909eac1de3f3adb395cdaedf33f",
    ),
    "randn float16": (lambda g: gr.normal(g, (20,), "float16"), "81bc76b5c0ba"),
    "randn complex64": (lambda g: gr.normal(g, (20,), "complex64"), "7dcc4bbf779950bf94cdd83e4ac08cbf61188fbfbc779a3f"),
    "randint": (lambda g: gr.randint(g, (9,), "int64", 0, 1000), "2c00000000000000c303000000000000f101000000000000"),
    "randint wide": (
        lambda g: gr.randint(g, (9,), "int64", 0, 2**40),
        "2faac497ac000000d3dea19f090000008ccdcc4558000000",
    ),
    "randperm": (lambda g: gr.randperm(g, 1000), "2c000000000000002e010000000000006201000000000000"),
    "bernoulli": (lambda g: gr.bernoulli(g, (9,), "int64", 0.4), "000000000000000000000000000000000000000000000000"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_recorded_numbers(name: str) -> None:
    draw, expected = GOLDEN[name]
    values = draw(seeded())
    assert values[[0, values.size // 2, -1]].tobytes().hex() == expected


def test_recorded_state() -> None:
    g = seeded()
    gr.normal(g, (5,), "float32")
    assert (
        hashlib.sha256(g.get_state_array().tobytes()).hexdigest()
        == "3d9bb8ca5dee2d3e5a8efad18fd09f85c53e5a8b6f82aaf0b02dc37c9c20f497"
    )


def test_the_default_seed_and_the_default_generator() -> None:
    assert gr.Generator().initial_seed() == 67280421310721
    before = gr.default_generator.get_state_array()
    try:
        assert gr.manual_seed(5) is gr.default_generator
        assert gr.initial_seed() == 5
        first = gr.uniform(None, (3,), "float32")
        assert (first == gr.uniform(seeded(5), (3,), "float32")).all()
        assert gr.seed() == gr.initial_seed()
    finally:
        gr.default_generator.set_state_array(before)


def test_seeds_use_64_bits_of_which_32_start_the_stream() -> None:
    assert seeded(-1).initial_seed() == 2**64 - 1
    assert (gr.uniform(seeded(-1), (3,), "float32") == gr.uniform(seeded(2**32 - 1), (3,), "float32")).all()


def test_seed_differs_from_call_to_call() -> None:
    g = gr.Generator()
    assert g.seed() != g.seed()


@pytest.mark.parametrize("taken", [0, 1, 5, 623, 624, 625, 3000])
def test_states_round_trip_with_the_cached_normal(taken: int) -> None:
    g = seeded(3)
    gr.uniform(g, (taken,), "float32")
    gr.normal(g, (taken % 3,), "float32")
    state = g.get_state_array()
    assert state.shape == (5056,)
    assert state.dtype == np.uint8
    expected = gr.normal(g, (9,), "float64")
    other = gr.Generator()
    other.set_state_array(state)
    assert (other.get_state_array() == state).all()
    assert (gr.normal(other, (9,), "float64") == expected).all()


SIZES = [0, 1, 16, 20, 3, 300, 64, 1000, 17, 511, 512, 40, 256, 257, 624, 5]


def stream(g: gr.Generator, between: Callable[[gr.Generator], object]) -> str:
    parts = [between(g)]
    for n in SIZES:
        for draw in (gr.normal, gr.uniform):
            parts += [draw(g, (n,), "float32").tobytes(), between(g), draw(g, (n // 2,), "float64").tobytes()]
        parts.append(gr.standard_gamma(g, np.ones(n % 5 + 1)).tobytes())
    return hashlib.sha256(b"".join(p for p in parts if isinstance(p, bytes))).hexdigest()


def test_reading_ahead_is_not_seen() -> None:
    """Note [Words read ahead]: asking for the state, or taking it up, between the draws changes nothing."""
    expected = stream(seeded(), lambda g: None)
    assert stream(seeded(), lambda g: g.get_state_array()) == expected
    assert stream(seeded(), lambda g: g.set_state_array(g.get_state_array())) == expected
    slow = seeded()
    gr.uniform(slow, (3,), "float32")
    slow._live = None  # as where the memory of NumPy's twister looks otherwise
    assert stream(slow.manual_seed(0), lambda g: g.get_state_array()) == expected
    fast = seeded()
    gr.uniform(fast, (3,), "float32")
    assert fast._live is not None


def test_a_drawn_array_is_the_callers_own() -> None:
    g, other = seeded(), seeded()
    for draw in (gr.uniform, gr.normal):
        draw(g, (20,), "float32").fill(0)
        draw(other, (20,), "float32")
    assert (gr.normal(g, (20,), "float32") == gr.normal(other, (20,), "float32")).all()


def test_seeding_drops_the_cached_normal() -> None:
    g = seeded()
    first = gr.normal(g, (1,), "float32")
    assert (gr.normal(g.manual_seed(0), (1,), "float32") == first).all()


@pytest.mark.parametrize(
    "duplicate", [gr.Generator.clone_state, copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))]
)
def test_copies_go_their_own_way(duplicate: Callable[[gr.Generator], gr.Generator]) -> None:
    g = seeded(4)
    gr.normal(g, (3,), "float32")
    other = duplicate(g)
    expected = gr.normal(g, (3,), "float64")
    gr.uniform(g, (100,), "float64")
    assert (gr.normal(other, (3,), "float64") == expected).all()


def test_empty_draws_leave_the_state() -> None:
    g = seeded()
    before = g.get_state_array()
    for draw in (gr.uniform, gr.normal, gr.bernoulli, gr.exponential, gr.cauchy, gr.log_normal, gr.random_):
        assert draw(g, (3, 0), "float32").shape == (3, 0)
    assert gr.randperm(g, 0).shape == (0,)
    assert gr.randperm(g, 1).tolist() == [0]
    assert (g.get_state_array() == before).all()


def test_threads_share_one_stream_without_loss() -> None:
    """Four threads draw from one Generator; together they must get each number of the stream once."""
    draws, size, threads = 200, 7, 4
    expected = gr.normal(seeded(8), (15,), "float64")
    g = seeded(8)
    assert (np.concatenate([gr.normal(g, (5,), "float64") for _ in range(3)]) == expected).all()
    g = seeded(8)
    seen: list[np.ndarray] = []
    barrier = threading.Barrier(threads)

    def work() -> None:
        barrier.wait()
        for _ in range(draws):
            seen.append(gr.normal(g, (size,), "float64"))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    alone = seeded(8)
    stream = [gr.normal(alone, (size,), "float64") for _ in range(draws * threads)]
    assert sorted(a.tobytes() for a in seen) == sorted(a.tobytes() for a in stream)
    assert (g.get_state_array() == alone.get_state_array()).all()


@pytest.mark.parametrize("n", [2, 3, 10, 4999, 5000, 60000])
def test_permutations_hold_every_number_once(n: int) -> None:
    order = gr.randperm(seeded(n), n)
    assert (np.sort(order) == np.arange(n)).all()
    assert n < 4 or (order != np.arange(n)).any()


def test_permutations_follow_the_exchanges_one_by_one() -> None:
    for n in (2, 7, 300, 30000):
        words = seeded(n).words32(n - 1).tolist()
        order = list(range(n))
        for i, word in enumerate(words):
            j = i + word % (n - i)
            order[i], order[j] = order[j], order[i]
        assert gr.randperm(seeded(n), n).tolist() == order, n


def test_moments() -> None:
    """Six standard errors around the closed form; the seed is fixed, so this is no lottery."""
    n, g = 40000, seeded(12)
    cases = [
        (gr.uniform(g, (n,), "float64", -1.0, 3.0), 1.0, 4 / 12**0.5),
        (gr.normal(g, (n,), "float32", 2.0, 3.0), 2.0, 3.0),
        (gr.normal(g, (n,), "float64", 2.0, 3.0), 2.0, 3.0),
        (gr.exponential(g, (n,), "float64", 0.5), 2.0, 2.0),
        (gr.log_normal(g, (n,), "float64", 0.0, 0.5), np.exp(0.125), np.exp(0.125) * np.expm1(0.25) ** 0.5),
        (gr.geometric(g, (n,), "float64", 0.25), 4.0, 12**0.5),
        (gr.bernoulli(g, (n,), "float64", 0.3), 0.3, 0.21**0.5),
        (gr.poisson(g, np.full(n, 3.5)), 3.5, 3.5**0.5),
        (gr.poisson(g, np.full(n, 30.0)), 30.0, 30**0.5),
        (gr.standard_gamma(g, np.full(n, 0.7)), 0.7, 0.7**0.5),
        (gr.multinomial(g, np.array([1.0, 2.0, 1.0]), n, True), 1.0, 0.5**0.5),
    ]
    for k, (values, mean, deviation) in enumerate(cases):
        assert abs(float(np.mean(values)) - mean) < 6 * deviation / n**0.5, k
    cauchy = gr.cauchy(g, (n,), "float64", 2.0, 3.0)
    assert np.allclose(np.quantile(cauchy, [0.25, 0.5, 0.75]), [-1.0, 2.0, 5.0], atol=0.2)


FAILURES: dict[str, tuple[Callable[[gr.Generator], object], type[Exception], str]] = {
    "device": (lambda g: gr.Generator("cuda"), RuntimeError, "device must be 'cpu'"),
    "seed type": (lambda g: g.manual_seed(1.5), RuntimeError, "manual_seed expected a long, but got float"),  # type: ignore[arg-type]
    "seed range": (lambda g: g.manual_seed(2**64), ValueError, "Overflow when unpacking long long"),
    "state type": (lambda g: g.set_state_array([1]), TypeError, "expected a torch.ByteTensor, but got builtins.list"),  # type: ignore[arg-type]
    "state dtype": (lambda g: g.set_state_array(np.zeros(5056)), TypeError, "RNG state must be a torch.ByteTensor"),  # type: ignore[arg-type]
    "state strides": (
        lambda g: g.set_state_array(np.zeros(10112, np.uint8)[::2]),
        RuntimeError,
        "RNG state must be contiguous",
    ),
    "state size": (lambda g: g.set_state_array(np.zeros(9, np.uint8)), RuntimeError, "size 5056 but found .* to be 9"),
    "state words": (lambda g: g.set_state_array(np.zeros(5056, np.uint8)), RuntimeError, "Invalid mt19937 state"),
    "uniform order": (lambda g: gr.uniform(g, (2,), "float32", 2, 1), RuntimeError, "found from=2 > to=1"),
    "uniform bound": (lambda g: gr.uniform(g, (2,), "float32", 0, 1e39), RuntimeError, "to is out of bounds for float"),
    "uniform width": (
        lambda g: gr.uniform(g, (2,), "float32", -3e38, 3e38),
        RuntimeError,
        "to-from to exceed the limit",
    ),
    "uniform dtype": (lambda g: gr.uniform(g, (2,), "int64"), NotImplementedError, "not implemented for 'Long'"),
    "shape": (lambda g: gr.normal(g, (2, -1), "float32"), RuntimeError, "negative dimension -1"),
    "normal std": (lambda g: gr.normal(g, (2,), "float32", 0, -1), RuntimeError, "normal expects std >= 0.0"),
    "normal dtype": (lambda g: gr.normal(g, (2,), "bool"), NotImplementedError, '"normal_kernel_cpu" not implemented'),
    "normal stds": (
        lambda g: gr.normal_tensor(g, 0.0, np.array([-1.0])),
        RuntimeError,
        "normal expects all elements of std >= 0.0",
    ),
    "bernoulli p": (lambda g: gr.bernoulli(g, (2,), "bool", 1.5), RuntimeError, r"p to be in \[0, 1\], but got p=1.5"),
    "bernoulli ps": (lambda g: gr.bernoulli(g, (1,), "bool", np.array([2.0])), RuntimeError, "Expected p_in >= 0"),
    "bernoulli shape": (lambda g: gr.bernoulli(g, (3,), "bool", np.zeros(2)), RuntimeError, "does not broadcast"),
    "bernoulli dtype": (lambda g: gr.bernoulli(g, (2,), "uint16"), NotImplementedError, "bernoulli_scalar_cpu_"),
    "bernoulli self": (lambda g: gr.bernoulli(g, (2,), "uint16", np.ones(2)), NotImplementedError, "bernoulli_tensor"),
    "bernoulli p dtype": (
        lambda g: gr.bernoulli(g, (2,), "bool", np.ones(2, int)),
        NotImplementedError,
        "bernoulli_tensor_cpu_p_",
    ),
    "dropout p": (
        lambda g: gr.dropout_mask(g, (2,), "float32", 2),
        RuntimeError,
        "dropout probability has to be between",
    ),
    "randint order": (lambda g: gr.randint(g, (2,), "int64", 5, 5), RuntimeError, "got from=5 >= to=5"),
    "randint low": (
        lambda g: gr.randint(g, (2,), "uint8", -1, 5),
        RuntimeError,
        "from is out of bounds for unsigned char",
    ),
    "randint high": (lambda g: gr.randint(g, (2,), "int8", 0, 200), RuntimeError, "to - 1 is out of bounds for signed"),
    "randint long": (lambda g: gr.randint(g, (2,), "int64", 0, 2**63), ValueError, "Overflow when unpacking"),
    "randint dtype": (
        lambda g: gr.randint(g, (2,), "complex64", 0, 2),
        RuntimeError,
        "check_random_bounds handles only",
    ),
    "randint rounded": (
        lambda g: gr.randint(g, (2,), "float64", 93473658521832681, 93473658521832683),
        RuntimeError,
        "'from' casted to dtype to be less than 'to' casted to dtype",
    ),
    "random_ dtype": (lambda g: gr.random_(g, (2,), "uint32"), NotImplementedError, "random_kernel_cpu"),
    "random_ least": (
        lambda g: gr.random_(g, (2,), "int32", -(2**63)),
        RuntimeError,
        "random_full_64_bits_range_kernel",
    ),
    "random_ from": (lambda g: gr.random_(g, (2,), "float32", 2**25), RuntimeError, "less than or equal to 'to_inc'"),
    "random_ uint64": (lambda g: gr.random_(g, (2,), "uint64", 3), RuntimeError, "bounds for long unsigned int"),
    "randperm size": (lambda g: gr.randperm(g, -1), RuntimeError, r"negative dimension -1: \[-1\]"),
    "randperm int": (lambda g: gr.randperm(g, 257, "uint8"), RuntimeError, "type uint8_t without overflow"),
    "randperm float": (lambda g: gr.randperm(g, 2050, "float16"), RuntimeError, "greater than 2049 for Half type"),
    "randperm dtype": (lambda g: gr.randperm(g, 2, "bool"), NotImplementedError, '"randperm" not implemented'),
    "randperm huge": (lambda g: gr.randperm(g, 2**31), RuntimeError, "n must be below 214748364"),
    "exponential": (lambda g: gr.exponential(g, (2,), "float32", 0), RuntimeError, "lambda > 0.0, but found lambda=0"),
    "exponential dtype": (
        lambda g: gr.exponential(g, (2,), "int64"),
        RuntimeError,
        "floating point but you specified Long",
    ),
    "cauchy": (lambda g: gr.cauchy(g, (2,), "float32", 0, 0), RuntimeError, "sigma > 0.0, but found sigma=0"),
    "cauchy dtype": (lambda g: gr.cauchy(g, (2,), "int64"), RuntimeError, "floating point but you specified long int"),
    "log_normal": (lambda g: gr.log_normal(g, (2,), "float32", 0, 0), RuntimeError, "log_normal_ expects std > 0.0"),
    "log_normal dtype": (lambda g: gr.log_normal(g, (2,), "int64"), NotImplementedError, "log_normal_cpu"),
    "geometric": (lambda g: gr.geometric(g, (2,), "float32", 1), RuntimeError, r"p to be in \(0, 1\), but got p=1"),
    "geometric dtype": (lambda g: gr.geometric(g, (2,), "bool", 0.5), NotImplementedError, "geometric_cpu"),
    "multinomial dtype": (lambda g: gr.multinomial(g, np.ones(2, int), 1), RuntimeError, "for input, got: Long"),  # type: ignore[arg-type]
    "multinomial cube": (lambda g: gr.multinomial(g, np.ones((1, 1, 1)), 1), RuntimeError, "must be 1 or 2 dim"),
    "multinomial none": (lambda g: gr.multinomial(g, np.ones(2), 0), RuntimeError, "n_sample <= 0 samples"),
    "multinomial many": (lambda g: gr.multinomial(g, np.ones(2), 3), RuntimeError, "samples without replacement"),
    "multinomial wide": (
        lambda g: gr.multinomial(g, np.ones(2**24 + 1, np.float16), 1),
        RuntimeError,
        "number of categories cannot exceed",
    ),
    "multinomial nan": (lambda g: gr.multinomial(g, np.array([1, np.nan]), 1), RuntimeError, "contains either `inf`"),
    "multinomial zero": (lambda g: gr.multinomial(g, np.zeros(2), 1), RuntimeError, "sum of probabilities <= 0"),
    "multinomial minus": (
        lambda g: gr.multinomial(g, np.array([1.0, -1]), 5, True),
        RuntimeError,
        "probability entry < 0",
    ),
    "multinomial inf": (
        lambda g: gr.multinomial(g, np.array([1.0, np.inf]), 5, True),
        RuntimeError,
        "probability entry = infinity or NaN",
    ),
    "poisson": (lambda g: gr.poisson(g, np.array([-1.0])), RuntimeError, "expected rate to be non-negative"),
    "poisson inf": (lambda g: gr.poisson(g, np.array([np.inf])), RuntimeError, "expected rate to be finite"),
    "poisson dtype": (lambda g: gr.poisson(g, np.array([1])), NotImplementedError, "poisson_cpu"),  # type: ignore[arg-type]
    "gamma dtype": (lambda g: gr.standard_gamma(g, np.array([1])), NotImplementedError, "gamma_cpu"),  # type: ignore[arg-type]
}


@pytest.mark.filterwarnings("ignore:.*Due to precision limitations:UserWarning")
@pytest.mark.parametrize("name", FAILURES)
def test_errors_leave_the_generator_as_it_was(name: str) -> None:
    call, kind, text = FAILURES[name]
    g = seeded(2)
    before = g.get_state_array()
    with pytest.raises(kind, match=text):
        call(g)
    assert (g.get_state_array() == before).all()


def test_a_range_that_a_float_cannot_hold_warns() -> None:
    with pytest.warns(UserWarning, match="to - 1 is out of bounds"):
        gr.randint(seeded(), (3,), "float32", 0, 2**26)


def test_negative_and_nan_gamma_parameters_give_the_least_normal_number() -> None:
    out = gr.standard_gamma(seeded(), np.array([0.0, -1.0, np.nan], np.float32))
    assert (out == np.finfo(np.float32).tiny).all()


def test_binomial_numbers_of_nan() -> None:
    counts, chances = np.array([np.nan, 5.0, np.nan, 0.0]), np.array([0.3, np.nan, 1.0, np.nan])
    drawn = gr.binomial(seeded(), counts, chances)
    assert np.isnan(drawn).tolist() == [True, True, True, False]


def test_a_new_generator_knows_nothing_of_the_one_whose_twister_it_has():
    def numbers(generator: torch.Generator) -> list[float]:
        return [*torch.randn(3, generator=generator).tolist(), *torch.randn(700, generator=generator)[:3].tolist()]

    expected = [numbers(g) for g in [torch.Generator().manual_seed(k) for k in range(6)]]  # all live at once
    found = [numbers(torch.Generator().manual_seed(k)) for k in range(6)]
    assert expected == found == [numbers(torch.Generator().manual_seed(k)) for k in range(6)]
    assert 0 < len(words._spare) <= 4
