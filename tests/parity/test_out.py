"""`out=` against PyTorch: what is written, what is refused and in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import gradiente
from outcomes import assert_same

torch = pytest.importorskip("torch")


def x(m: Any) -> Any:
    return m.tensor([[1.0, 2.0, 0.5], [0.25, 3.0, 1.5]], dtype=m.float64)


def new(m: Any, *shape: int, dtype: str = "float32") -> Any:
    return m.zeros(shape, dtype=getattr(m, dtype))


def both(m: Any, shape: tuple[int, ...], dtype: str = "float32") -> Any:
    return new(m, *shape, dtype=dtype), new(m, *shape, dtype="int64")


ONE = (
    *("abs", "acos", "angle", "ceil", "conj_physical", "cos", "deg2rad", "erf", "exp", "floor", "frac", "isneginf"),
    *("isposinf", "log", "logit", "nan_to_num", "neg", "reciprocal", "round", "sgn", "sigmoid", "sign", "signbit"),
    *("sqrt", "square", "tanh", "trunc", "triu", "tril", "msort", "argmax", "amax", "median"),
    *("all", "logical_not", "nonzero", "histc"),
)
TWO = ("add", "mul", "div", "pow", "atan2", "fmod", "maximum", "eq", "logical_and", "heaviside", "float_power", "where")
CASES: dict[str, Callable[[Any], Any]] = {
    "cat": lambda m: m.cat([x(m), x(m)], out=new(m, 4, 3)),
    "stack": lambda m: m.stack([x(m), x(m)], out=new(m, 2, 2, 3)),
    "sum": lambda m: m.sum(x(m), 0, out=new(m, 3)),
    "mean": lambda m: m.mean(x(m), 0, out=new(m, 3)),
    "std": lambda m: m.std(x(m), 0, out=new(m, 3)),
    "cumsum": lambda m: m.cumsum(x(m), 0, out=new(m, 2, 3)),
    "cummax": lambda m: m.cummax(x(m), 0, out=both(m, (2, 3))),
    "softmax": lambda m: m.softmax(x(m), 0, out=new(m, 2, 3)),
    "sort": lambda m: m.sort(x(m), out=both(m, (2, 3))),
    "topk": lambda m: m.topk(x(m), 2, out=both(m, (2, 2))),
    "kthvalue": lambda m: m.kthvalue(x(m), 2, out=both(m, (2,))),
    "mode": lambda m: m.mode(x(m), out=both(m, (2,))),
    "max along": lambda m: m.max(x(m), 1, out=both(m, (2,))),
    "mm": lambda m: m.mm(x(m), x(m).T, out=new(m, 2, 2)),
    "matmul": lambda m: m.matmul(x(m), x(m).T, out=new(m, 2, 2)),
    "mv": lambda m: m.mv(x(m), x(m)[0], out=new(m, 2)),
    "dot": lambda m: m.dot(x(m)[0], x(m)[0], out=new(m)),
    "inner": lambda m: m.inner(x(m), x(m), out=new(m, 2, 2)),
    "take": lambda m: m.take(x(m), m.tensor([0, 5]), out=new(m, 2)),
    "gather": lambda m: m.gather(x(m), 0, m.tensor([[0, 1, 0]]), out=new(m, 1, 3)),
    "index_select": lambda m: m.index_select(x(m), 0, m.tensor([0, 1]), out=new(m, 2, 3)),
    "masked_select": lambda m: m.masked_select(x(m), x(m) > 1, out=new(m, 3)),
    "quantile": lambda m: m.quantile(x(m), 0.5, out=new(m)),
    "frexp": lambda m: m.frexp(x(m), out=(new(m, 2, 3), new(m, 2, 3, dtype="int32"))),
    "complex": lambda m: m.complex(x(m), x(m), out=new(m, 2, 3, dtype="complex64")),
    "cat of out": lambda m: (lambda a: m.cat([a, a[:0]], out=a))(x(m)),
    "cat of an empty out": lambda m: (lambda a: m.cat([a, x(m)], out=a))(new(m, 0, dtype="float64")),
    "cat into a part": lambda m: (lambda a: m.cat([a[:2], a[:1]], out=a[1:]))(m.zeros(4, 3)),
    "cat into one row": lambda m: m.cat([x(m), x(m)], out=new(m, 1, 3, dtype="float64").expand(4, 3)),
    "multinomial": lambda m: m.multinomial(m.ones(3), 2, out=new(m, 2)),
    "roll": lambda m: m.roll(m.tensor(1.0), 0, 0),
    "narrow": lambda m: m.narrow(x(m), 0, m.tensor([1, 2]), 1),
    "narrow of bool": lambda m: m.narrow(x(m), 0, m.tensor(True), 1),
    "narrow_copy": lambda m: m.narrow_copy(x(m), 2, 0, 1),
    "narrow_copy of a negative length": lambda m: m.narrow_copy(x(m), 1, 0, -1),
    "masked_fill": lambda m: m.ones(2, dtype=m.int64).masked_fill(m.tensor(True), m.tensor(1j)),
    "gather into the operand": lambda m: (lambda a: m.gather(a, 0, m.zeros(2, 3, dtype=m.int64), out=a))(x(m)),
    "take from out": lambda m: (lambda a: m.take(a, m.tensor([[0, 1, 2], [2, 1, 0]]), out=a))(x(m)),
    "tril of itself": lambda m: (lambda a: m.tril(a, out=a))(x(m)),
    "cummax over a part": lambda m: (lambda a: [*m.cummax(a[:2], 0, out=(a[1:], new(m, 2, 3, dtype="int64")))])(
        m.ones(3, 3)
    ),
    "cumsum over a part": lambda m: (lambda a: m.cumsum(a[:2], 0, out=a[1:]))(m.ones(3, 3)),
    "mm into a part": lambda m: (lambda a: m.mm(a[:3], m.eye(3), out=a[1:]))(m.zeros(4, 3)),
    "no tensor": lambda m: m.sin(x(m), out=3),
    "no tensor for two": lambda m: m.add(x(m), 1, out="y"),
    "too few": lambda m: m.sort(x(m), out=(new(m, 2, 3),)),
}


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool"])
@pytest.mark.parametrize("name", ONE)
def test_one_operand(name: str, dtype: str) -> None:
    def call(m: Any) -> Any:
        shape = {"amax": (), "argmax": (), "median": (), "all": (), "nonzero": (6, 2)}
        out = new(m, *shape.get(name, (100,) if name == "histc" else (2, 3)), dtype=dtype)
        return getattr(m, name)(x(m), out=out)

    assert_same(call, torch, gradiente, warned=False)  # NumPy's warnings of NaN are silent elsewhere


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool"])
@pytest.mark.parametrize("name", TWO)
def test_two_operands(name: str, dtype: str) -> None:
    def call(m: Any) -> Any:
        first = (x(m) > 1,) if name == "where" else ()
        return getattr(m, name)(*first, x(m), x(m) - 1, out=new(m, 2, 3, dtype=dtype))

    assert_same(call, torch, gradiente, warned=False)


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    assert_same(CASES[name], torch, gradiente)
