"""The printed form of tensors against PyTorch's, on random arrays, options and suffixes."""

from __future__ import annotations

import itertools
import random
import re
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradiente.tensor.printing import format_tensor, format_with_spec, printoptions

torch = pytest.importorskip("torch")

INTEGERS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.uint32, torch.uint64]
FLOATS = [torch.float16, torch.float32, torch.float64]
COMPLEX = [torch.complex64, torch.complex128]
DTYPES = [torch.bool, *INTEGERS, *FLOATS, *COMPLEX]
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, -np.nan, 1.0, -1.0, 1e-4, 1e8, 100000001.0, 1000.0, 1001.0, 0.99995]


@pytest.fixture(autouse=True)
def _restored_options() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    default = torch.get_default_dtype()
    yield
    torch.set_printoptions(profile="default")
    torch.set_default_dtype(default)


def ours(x: Any, **kwargs: Any) -> str:
    suffixes: list[str] = []
    if x.grad_fn is not None:
        suffixes.append(f"grad_fn=<{type(x.grad_fn).__name__}>")
    elif x.requires_grad:
        suffixes.append("requires_grad=True")
    x = x.detach()
    # NumPy has no bfloat16: its values, which float32 holds exactly, are what is printed.
    array = (x.float() if x.dtype == torch.bfloat16 else x).numpy()
    default = str(torch.get_default_dtype())
    return format_tensor(array, dtype_name=str(x.dtype), suffixes=suffixes, default_float=default, **kwargs)


def check(x: Any, seed: object, **options: Any) -> None:
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**options)
    expected = repr(x)
    with printoptions(profile="default"), printoptions(**options):
        got = ours(x)
    assert got == expected, (
        f"seed {seed}, options {options}, dtype {x.dtype}, shape {tuple(x.shape)}\n{expected}\n{got}"
    )


def random_floats(rng: np.random.Generator, size: int) -> np.ndarray[Any, Any]:
    style = rng.integers(9)
    if style == 0:
        values = rng.normal(size=size)
    elif style == 1:
        values = rng.normal(size=size) * 10.0 ** rng.integers(-12, 13)
    elif style == 2:
        values = rng.normal(size=size) * 10.0 ** rng.integers(-6, 7, size=size)
    elif style == 3:
        values = np.round(rng.normal(size=size) * 10.0 ** rng.integers(0, 9))
    elif style == 4:
        values = rng.choice(SPECIAL, size=size)
    elif style == 5:
        values = rng.uniform(1, 1001.0, size=size)
    elif style == 6:
        values = np.full(size, rng.choice(SPECIAL))
    elif style == 7:
        values = rng.integers(-3, 4, size=size) / 2
    else:
        values = rng.choice([*SPECIAL, 2.5, 3.0, 4.0], size=size)
    if rng.random() < 0.2 and size:
        values[rng.integers(size)] = rng.choice(SPECIAL)
    return values


def random_tensor(rng: np.random.Generator, dtype: Any, shape: tuple[int, ...]) -> Any:
    size = int(np.prod(shape))
    if dtype == torch.bool:
        return torch.from_numpy(np.asarray(rng.random(shape) < rng.choice([0.0, 0.5, 1.0])))
    if dtype in INTEGERS:
        info = torch.iinfo(dtype)
        if rng.random() < 0.5:
            values = rng.integers(info.min, info.max, size=shape, dtype=str(dtype).split(".")[1], endpoint=True)
        else:
            values = rng.integers(max(-12, info.min), 13, size=shape).astype(str(dtype).split(".")[1])
        return torch.from_numpy(np.asarray(values))
    with np.errstate(over="ignore"):
        if dtype in COMPLEX:
            values = np.empty(size, np.complex128)
            values.real, values.imag = random_floats(rng, size), random_floats(rng, size)
        else:
            values = random_floats(rng, size)
        return torch.from_numpy(np.asarray(values.reshape(shape))).to(dtype)


def random_shape(rng: np.random.Generator) -> tuple[int, ...]:
    ndim = int(rng.integers(0, 5))
    longest = [1, 40, 14, 8, 5][ndim]
    return tuple(int(n) for n in rng.integers(0 if rng.random() < 0.1 else 1, longest + 1, size=ndim))


def random_options(rng: np.random.Generator) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if rng.random() < 0.2:
        options["profile"] = str(rng.choice(["default", "short", "full"]))
    if rng.random() < 0.4:
        options["precision"] = int(rng.integers(0, 12))
    if rng.random() < 0.5:
        options["linewidth"] = int(rng.choice([1, 10, 20, 33, 47, 60, 61, 79, 81, 120, 200]))
    if rng.random() < 0.4:
        options["threshold"] = int(rng.integers(0, 60))
        options["edgeitems"] = int(rng.integers(0, 5))
    if rng.random() < 0.3:
        options["sci_mode"] = bool(rng.integers(2))
    return options


@pytest.mark.parametrize("dtype", [*DTYPES, torch.bfloat16], ids=str)
def test_random_arrays(dtype: Any) -> None:
    base = random.randrange(2**32)
    print("seed", base)
    for number in range(60):
        rng = np.random.default_rng([base, number])
        x = random_tensor(rng, dtype, random_shape(rng))
        check(x, (base, number))
        check(x, (base, number), **random_options(rng))


@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX, torch.bfloat16], ids=str)
def test_suffixes(dtype: Any) -> None:
    base = random.randrange(2**32)
    print("seed", base)
    for number in range(40):
        rng = np.random.default_rng([base, number])
        x = random_tensor(rng, dtype, random_shape(rng)).requires_grad_()
        options = random_options(rng)
        for y in (x, x * 2, x.reshape(x.shape), x.exp()):
            check(y, (base, number), **options)


@pytest.mark.parametrize("length", range(1, 30))
def test_every_length_of_the_last_line(length: int) -> None:
    for dtype, make in itertools.product(
        (torch.float32, torch.float64), (lambda x: x, lambda x: x.requires_grad_(), lambda x: x.requires_grad_() * 1)
    ):
        for shape in ((length,), (2, length), (1, 1, length)):
            for linewidth in (80, 60, 30):
                check(make(torch.ones(shape, dtype=dtype)), None, linewidth=linewidth)


SUMMARISED = [(2000,), (1001,), (1000,), (40, 40), (7, 11, 14), (3, 7, 7, 8), (1, 1200), (1200, 1)]


@pytest.mark.parametrize("shape", SUMMARISED, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.bool, torch.complex64], ids=str)
def test_summaries(shape: tuple[int, ...], dtype: Any) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    x = random_tensor(np.random.default_rng(seed), dtype, shape)
    check(x, seed)
    check(x, seed, profile="short")
    check(x, seed, edgeitems=1)
    check(x, seed, edgeitems=0)
    check(x, seed, edgeitems=6, linewidth=40)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4), (0, 0)], ids=str)
@pytest.mark.parametrize("dtype", [*DTYPES, torch.bfloat16], ids=str)
@pytest.mark.parametrize("default", [torch.float32, torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_default_dtypes_and_empties(shape: tuple[int, ...], dtype: Any, default: Any) -> None:
    torch.set_default_dtype(default)
    check(torch.empty(shape, dtype=dtype), None)
    check(torch.empty(shape, dtype=dtype), None, edgeitems=0)
    check(torch.ones((), dtype=dtype), None)
    check(torch.ones(2, dtype=dtype), None)
    check(torch.ones(3, dtype=dtype), None, threshold=0, edgeitems=0)


@pytest.mark.parametrize("dtype", [*FLOATS, torch.bfloat16], ids=str)
def test_borders_of_the_exponent(dtype: Any) -> None:
    for border in (1e-4, 1e8, 1e3, 999.5, 1001.0, 0.001):
        x = torch.tensor([border], dtype=dtype)
        for near in (x, torch.nextafter(x, x * 2), torch.nextafter(x, x * 0)):
            check(near, None)
            for other in (1.0, 2.5, 0.0, 0.5, float("inf")):
                check(torch.cat([near, torch.tensor([other], dtype=dtype)]), None)


def test_prefixes() -> None:
    class Subclass(torch.Tensor):
        pass

    for shape in ((3,), (2, 30), (2, 2, 2), (0, 2), ()):
        x = torch.ones(shape)
        assert ours(x, prefix="Subclass(") == repr(x.as_subclass(Subclass))
        p = torch.nn.Parameter(x)
        assert ours(p, prefix="Parameter containing:\ntensor(") == repr(p)


@pytest.mark.parametrize("spec", ["", ".3f", "10", ">12", "d", "e", "zz"])
@pytest.mark.parametrize("value", [1.5, 1.1, 3, True, 1 + 2j, [1.5], [[1, 2]], []], ids=str)
def test_format(value: Any, spec: str) -> None:
    x = torch.tensor(value)
    expected, error = None, None
    try:
        expected = format(x, spec)
    except (ValueError, TypeError) as refused:
        error = refused
    if error is None:
        assert format_with_spec(x.numpy(), spec, lambda: ours(x)) == expected
    else:
        with pytest.raises(type(error), match=f"^{re.escape(str(error))}"):
            format_with_spec(x.numpy(), spec, lambda: ours(x))


def test_tangent_as_the_last_suffix() -> None:
    with torch.autograd.forward_ad.dual_level(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, from loading its decompositions
        for primal in (torch.ones(3), torch.ones(2, 30), torch.ones(1, 14)):
            tangent = primal + 0.5
            dual = torch.autograd.forward_ad.make_dual(primal, tangent)
            got = format_tensor(primal.numpy(), dtype_name="torch.float32", suffixes=[f"tangent={ours(tangent)}"])
            assert got == str(dual)
