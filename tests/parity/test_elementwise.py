"""The elementwise functions against torch: values, types, derivatives of first and second order, node names, errors."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest

import gradiente
from gradiente.ops import activations

from .elementwise_cases import (
    BINARY,
    BITWISE,
    COMPLEX,
    FUNCTIONAL,
    PAIRS,
    REAL,
    SPECIAL,
    TYPES,
    UNARY,
    same,
)

torch = pytest.importorskip("torch")


def both(name):
    """The function of that name, here and there."""
    if name in FUNCTIONAL:
        return getattr(activations, name), getattr(torch.nn.functional, name)
    return getattr(gradiente, name), getattr(torch, name)


def outcome(call):
    """What a call gives, or the error that it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call(), None
        except Exception as error:
            return None, error


def theirs_quietly(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return outcome(call)


HALF = "ComplexHalf"  # a type that gradiente does not have; complex64 stands for it


def compare(ours, theirs, what, text=True):
    """Equal results, or errors of one type whose text begins alike."""
    mine, my_error = outcome(ours)
    yours, your_error = theirs_quietly(theirs)
    if "complex32" in str(getattr(yours, "dtype", "")) or HALF in str(your_error):
        return None
    assert (my_error is None) == (your_error is None), f"{what}: {my_error or mine!r} against {your_error or yours!r}"
    if your_error is not None:
        assert isinstance(my_error, type(your_error)), f"{what}: {my_error!r} against {your_error!r}"
        start = str(your_error).split("\n")[0][:60].split("Float")[0]
        if text and "invalid combination" not in start:
            assert str(my_error).startswith(start), f"{what}: {my_error} against {your_error}"
        return None
    if isinstance(yours, (bool, tuple)):
        assert type(mine) is type(yours), what
    if isinstance(yours, bool):
        assert mine == yours, what
    elif isinstance(yours, tuple):
        for a, b in zip(mine, yours, strict=True):
            same(a, b, what)
    else:
        same(mine, yours, what)
        a, b = mine.grad_fn, yours.grad_fn
        assert (a and a.name()) == (b and type(b).__name__), f"{what}: {a} against {b}"
    return mine, yours


def values(dtype, special=False, count=None):
    if dtype.startswith("complex"):
        return COMPLEX[:count]
    if dtype.startswith("float"):
        return (SPECIAL if special else REAL)[:count]
    if dtype == "bool":
        return [True, False, True, True, False, True][:count]
    return ([1, 2, 3, 0, 5, 127] if dtype == "uint8" else [1, -2, 3, 0, -5, 127])[:count]


def tensors(dtype, data, grad=False):
    made = gradiente.tensor(data, dtype=getattr(gradiente, dtype)), torch.tensor(data, dtype=getattr(torch, dtype))
    return tuple(x.requires_grad_() for x in made) if grad else made


def derivatives(function, inputs, module):
    """The result, the first derivatives of a weighted sum of it, and the second ones, recorded on the way."""
    out = function(*inputs)
    if not out.requires_grad:
        return out, (), ()
    weights = (
        np.linspace(0.5, 1.5, out.numel()).reshape(tuple(out.shape)) if out.numel() else np.zeros(tuple(out.shape))
    )
    w = module.tensor(weights.tolist(), dtype=out.dtype)
    first = module.autograd.grad(out, inputs, w, create_graph=True, allow_unused=True)
    total = [(g * g.detach()).sum() for g in first if g is not None and g.requires_grad]
    if not total:
        return out, first, ()
    loss = total[0]
    for term in total[1:]:
        loss = loss + term
    second = module.autograd.grad(loss, inputs, module.ones_like(loss), allow_unused=True)
    return out, first, second


def compare_derivatives(ours, theirs, pairs, what, dtype):
    mine, my_error = outcome(lambda: derivatives(ours, [p[0] for p in pairs], gradiente))
    yours, your_error = theirs_quietly(lambda: derivatives(theirs, [p[1] for p in pairs], torch))
    if your_error is not None:
        # where torch lacks a derivative or fails inside, ours may exist
        unfinished = ("not implemented", "does not support automatic", "Could this error message be improved")
        if my_error is None and any(text in str(your_error) for text in unfinished):
            return
        assert isinstance(my_error, type(your_error)), f"{what}: {my_error!r} against {your_error!r}"
        return
    assert my_error is None, f"{what}: {my_error!r}"
    same(mine[0], yours[0], f"{what}, value")
    a, b = mine[0].grad_fn, yours[0].grad_fn
    assert (a and a.name()) == (b and type(b).__name__), f"{what}: {a} against {b}"
    for a, b in zip(mine[1], yours[1], strict=False):
        same(a, b, f"{what}, first derivative", dtype)
    # Constant derivatives: zero for torch, without a record for us, or the other way round
    for a, b in itertools.zip_longest(mine[2], yours[2]):
        if a is None or b is None:
            rest = a if b is None else b
            assert rest is None or not rest.detach().abs().sum().item() > 0, f"{what}, second: {a} against {b}"
        else:
            same(a, b, f"{what}, second derivative", dtype)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", UNARY + FUNCTIONAL)
def test_unary_values(name, dtype):
    ours, theirs = both(name)
    x, y = tensors(dtype, values(dtype, special=True))
    if name == "gelu":  # torch's vector code gives NaN at infinity
        x, y = tensors(dtype, values(dtype))
    compare(lambda: ours(x), lambda: theirs(y), f"{name}({dtype})")


DIFFERENTIABLE = [n for n in UNARY + FUNCTIONAL if not n.startswith("is") and n not in ("signbit", "logical_not")]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_unary_derivatives(name, dtype):
    ours, theirs = both(name)
    data = values(dtype)
    if name in ("acosh", "arccosh") and not dtype.startswith("complex"):
        data = [1.5, 2.0, 3.5]
    if dtype == "float16" and name in ("logit", "atanh", "arctanh", "tan", "asin", "arcsin", "acos", "arccos"):
        data = [0.25, 0.5, 0.125]
    _, error = theirs_quietly(lambda: theirs(torch.tensor(data, dtype=getattr(torch, dtype))))
    if error is not None:
        return  # test_unary_values compares the errors
    compare_derivatives(ours, theirs, [tensors(dtype, data, grad=True)], f"{name}({dtype})", dtype)


NAN_UNSETTLED = ("hardshrink", "softshrink", "hardtanh", "relu6")
"""At NaN the derivative in torch's vector code differs from that in its scalar code."""
KINKS = [n for n in DIFFERENTIABLE if n not in ("mish", "silu", "gelu", "logit")]


@pytest.mark.parametrize("name", KINKS)
def test_unary_derivatives_at_special_values(name):
    """At zeros of both signs, bounds, infinities and NaN: first derivatives as torch's."""
    ours, theirs = both(name)
    data = SPECIAL
    if name in NAN_UNSETTLED:
        data = [v for v in data if v == v]
    if name in ("acosh", "arccosh"):  # outside the domain torch has finite derivatives beside values that are NaN
        data = [1.0, 3.0, np.inf]
    x, y = tensors("float64", data, grad=True)
    a, b = ours(x), theirs(y)
    if not b.requires_grad:
        return
    single = "float32" if name == "hardsigmoid" else None  # torch multiplies by 1/6 as a float32
    same(gradiente.autograd.grad(a.sum(), x)[0], torch.autograd.grad(b.sum(), y)[0], name, single)


@pytest.mark.parametrize("name", BINARY + PAIRS + BITWISE)
def test_binary_types(name):
    """All pairs of types, as vectors and 0-d tensors: values, types and errors."""
    ours, theirs = both(name)
    for one, two in itertools.product(TYPES, TYPES):
        if name == "ldexp" and (two == "bool" or (one != two and ("float" in two or "complex" in two))):
            # torch refuses, or rounds 2**b to its type first
            continue
        a, b = values(one, count=4), values(two, count=4)
        if name in ("pow", "float_power", "floor_divide", "remainder", "fmod", "div", "bitwise_left_shift"):
            b = [abs(v) % 5 + 1 if not isinstance(v, (complex, bool)) else v for v in b]
        for data in ((a, b), (a, b[2]), (a[2], b), (a[2], b[2])):
            x, y = tensors(one, data[0])
            u, v = tensors(two, data[1])
            compare(lambda: ours(x, u), lambda: theirs(y, v), f"{name}({one} {data[0]}, {two} {data[1]})")  # noqa: B023


NUMBERS = [2, -1, 0, 3, 2.5, -0.5, 0.0, True, 1 + 2j, 300]


@pytest.mark.parametrize("name", [n for n in BINARY if n != "fmod"] + ["fmod", *BITWISE])
def test_binary_with_numbers(name):
    ours, theirs = both(name)
    for dtype, number in itertools.product(TYPES, NUMBERS):
        x, y = tensors(dtype, values(dtype))
        what = f"{name}({dtype}, {number})"
        compare(lambda: ours(x, number), lambda: theirs(y, number), what)  # noqa: B023
        if name in ("add", "sub", "mul", "pow", "remainder", "floor_divide", "xlogy"):
            what = f"{name}({number}, {dtype})"
            compare(lambda: ours(number, x), lambda: theirs(number, y), what, text=False)  # noqa: B023


OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
}


@pytest.mark.parametrize("sign", OPERATORS)
def test_operators(sign):
    """With tensors, numbers on either side, and strangers."""
    operator = OPERATORS[sign]
    for dtype in ("bool", "uint8", "int64", "float32", "complex64"):
        x, y = tensors(dtype, values(dtype))
        compare(lambda: operator(x, x), lambda: operator(y, y), f"{dtype} {sign} {dtype}")  # noqa: B023
        for other in (2, 2.5, True, 1j, np.float64(2.5), np.int64(3), None, "a", [1, 2]):
            if not (isinstance(other, str) and sign == "%"):  # Python's own formatting of strings
                what = f"{other!r} {sign} {dtype}"
                compare(lambda: operator(other, x), lambda: operator(other, y), what, text=False)  # noqa: B023
            compare(lambda: operator(x, other), lambda: operator(y, other), f"{dtype} {sign} {other!r}")  # noqa: B023


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "//", "%", "**"])
def test_operators_on_tracked_tensors(sign):
    operator = OPERATORS[sign]
    for other in (2, 3, -1, 0.5, 0, 1, -2, 2.5):
        if sign == "**" and other == 0:  # 0**x: torch's second derivative is NaN; tests/test_elementwise.py has ours
            continue
        x, y = tensors("float64", [0.5, 1.5, 2.0], grad=True)
        for call, what in (
            (lambda a: operator(a, other), f"x {sign} {other}"),  # noqa: B023
            (lambda a: operator(other, a), f"{other} {sign} x"),  # noqa: B023
        ):
            compare_derivatives(call, call, [(x, y)], what, "float64")


DERIVABLE = [
    n for n in BINARY + PAIRS if n not in ("eq", "ne", "lt", "le", "gt", "ge", "copysign") and "logical" not in n
]
TYPE_PAIRS = [("float64", "float64"), ("float32", "float64"), ("complex128", "complex128"), ("float64", "complex128")]
SHAPES = {(2, 1): lambda v: [[v[0]], [v[1]]], (3,): lambda v: v[:3], (): lambda v: v[2]}
SHAPE_PAIRS = [((3,), (3,)), ((2, 1), (3,)), ((), (3,)), ((3,), ()), ((), ())]


def with_constant(function, pair, tracked):
    """The function of the tracked operands alone."""

    def call(*given):
        rest = iter(given)
        return function(*(next(rest) if mine else x for x, mine in zip(pair, tracked, strict=True)))

    return call


@pytest.mark.parametrize("dtypes", TYPE_PAIRS, ids=str)
@pytest.mark.parametrize("name", DERIVABLE)
def test_binary_derivatives(name, dtypes):
    """With both operands tracked, and one of them; with operands that are broadcast."""
    ours, theirs = both(name)
    numbers = [COMPLEX, COMPLEX[1:]] if "complex" in dtypes[0] else [[1.7, 0.4, 0.9], [0.7, 1.3, 2.1]]
    if "complex" in dtypes[1]:
        numbers[1] = COMPLEX[1:]
    loose = "float32" if "float32" in dtypes else dtypes[0]
    for shapes in SHAPE_PAIRS:
        data = [SHAPES[shape](values) for shape, values in zip(shapes, numbers, strict=True)]
        plain = [tensors(d, v) for d, v in zip(dtypes, data, strict=True)]
        if theirs_quietly(lambda: theirs(plain[0][1], plain[1][1]))[1] is not None:  # noqa: B023
            return  # test_binary_types compares the errors
        for tracked in ((True, True), (True, False), (False, True)):
            pairs = [tensors(d, v, grad=mine) for d, v, mine in zip(dtypes, data, tracked, strict=True)]
            calls = [with_constant(f, [p[k] for p in pairs], tracked) for k, f in enumerate((ours, theirs))]
            chosen = [p for p, mine in zip(pairs, tracked, strict=True) if mine]
            compare_derivatives(*calls, chosen, f"{name}{dtypes} {shapes} {tracked}", loose)


TIES = ([0.0, 0.0, 1.0, np.nan, 1.0, 2.0, -3.0, 1.0], [0.0, 1.0, 0.0, 1.0, np.nan, 2.0, -3.0, -0.0])


TIED = """maximum minimum fmax fmin atan2 pow xlogy copysign mul sub remainder fmod clamp_min clamp_max div"""


@pytest.mark.parametrize("name", TIED.split())
def test_binary_derivatives_at_ties(name):
    ours, theirs = both(name)
    data = [TIES[0][:3] + TIES[0][5:], TIES[1][:3] + TIES[1][5:]] if name == "copysign" else TIES  # torch: NaN at NaN
    pairs = [tensors("float64", row, grad=True) for row in data]
    mine = gradiente.autograd.grad(ours(*(p[0] for p in pairs)).sum(), [p[0] for p in pairs])
    yours = torch.autograd.grad(theirs(*(p[1] for p in pairs)).sum(), [p[1] for p in pairs])
    for a, b in zip(mine, yours, strict=True):
        same(a, b, name)
