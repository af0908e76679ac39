"""Rules stay inside the array vocabulary: they run on strict arrays, and call only what the table has itself."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

from gradiente.arrays import numpy_extras
from gradiente.rules import table
from gradiente.tensor.namespace import namespace

from .harness import Call, call_of, cases, flat, random_like, rng_for, same
from .samples import Sample

strict = pytest.importorskip("array_api_strict")  # a test dependency, absent where only NumPy is installed

NAMES = [name for name, primitive in table.items() if primitive.kind != "constant"]

NOT_STRICT: dict[str, str] = {
    "imag": "its rule multiplies by the imaginary unit, which the standard refuses for real arrays",
}
"""Primitives whose rule needs more than the standard, and what."""


def to_strict(value: Any) -> Any:
    if isinstance(value, np.dtype):
        return getattr(strict, value.name)
    if isinstance(value, (np.ndarray, np.generic)):
        return strict.asarray(np.asarray(value))
    return tuple(to_strict(v) for v in value) if isinstance(value, tuple) else value


def to_numpy(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(to_numpy(v) for v in value)
    return np.asarray(value) if hasattr(value, "__array_namespace__") else value


class Strict:
    """The strict namespace, with what the standard keeps in its extension for linear algebra."""

    def __getattr__(self, name: str) -> Any:
        return strict.linalg.trace if name == "trace" else getattr(strict, name)


class StrictExtras:
    """The extras for strict arrays: NumPy's, on converted arrays. The rest of a rule stays strict."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(numpy_extras, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            found = function(*to_numpy(arguments), **{k: to_numpy(v) for k, v in keywords.items()})
            return to_strict(found)

        return call


def beyond_the_standard(sample: Sample) -> bool:
    """Whether a sample indexes with lists, which the standard does not have."""
    index = sample.static.get("index")
    return isinstance(index, tuple) and any(isinstance(part, (list, np.ndarray)) for part in index)


@pytest.mark.parametrize("name", NAMES)
def test_strict_arrays(name):
    if name in NOT_STRICT:
        pytest.skip(NOT_STRICT[name])
    for primitive, sample, dtype in cases([name]):
        if beyond_the_standard(sample):
            continue
        call = call_of(primitive, sample, dtype)
        rng = rng_for(sample)
        operands = tuple(to_strict(x) for x in call.operands)
        static = {key: to_strict(value) for key, value in sample.static.items()}
        other = Call(primitive, operands, static, Strict(), StrictExtras())
        same(flat(to_numpy(other.out)), flat(call.out), 1e-15, "the forward function")
        for i in call.differentiable:
            g, t = call.cotangent(rng), random_like(call.operands[i], rng)
            found, wanted = to_numpy(other.vjp(i, to_strict(g))), call.vjp(i, g)
            same(flat(found), flat(wanted), 1e-14, f"vjp of operand {i}")
            found, wanted = to_numpy(other.push_one(i, to_strict(t))), call.push_one(i, t)
            same(flat(found), flat(wanted), 1e-14, f"jvp of operand {i}")


# --- what rules call

CONSTANT = {"zeros_like", "ones_like", "isdtype"}
"""Functions of the vocabulary whose value does not depend on that of their argument."""

MADE_OF: dict[str, tuple[str, ...]] = {
    "expit": ("sigmoid",),
    "expand": ("broadcast_to",),
    "safe_divide": ("equal", "where", "divide"),
    "convolve": ("convolution",),
    "standardize": ("sum", "divide", "subtract", "multiply", "sqrt", "add"),
    "standardize_slope": ("sum", "divide", "subtract", "multiply", "sqrt", "add"),
    "align_slopes": (
        *("where", "maximum", "exp", "log", "divide", "multiply", "add", "subtract", "equal", "greater"),
        *("concat", "stack", "getitem", "expand_dims"),
    ),
    "clipped": ("less_equal", "greater_equal", "where"),
    "pair_slopes": ("equal", "where", "divide", "index", "subtract", "expand_dims", "multiply", "embed"),
    "row_distance_slopes": ("subtract", "sign", "multiply", "sum", "abs", "equal", "where", "expand_dims", "divide"),
    "exclusive_product": ("getitem", "multiply", "concat", "stack", "reshape"),
    "cumulative_prod_slope": ("getitem", "multiply", "add", "concat", "stack", "reshape"),
    "long_short_slope": (
        *("add", "subtract", "multiply", "matmul", "sigmoid", "tanh"),
        *("getitem", "concat", "stack", "reshape", "matrix_transpose"),
    ),
    "softmax_slope": ("multiply", "sum", "subtract"),
    "log_softmax_slope": ("exp", "sum", "multiply", "subtract"),
    "units_product_sums": ("sum", "divide", "subtract", "multiply", "sqrt", "add"),
    "take_rows": ("embedding",),
    "convolve_input": ("transposed_convolution",),
    "need_phase": (),
    "wide_sum": ("sum", "astype"),
    "wide_mean": ("mean", "astype"),
}
"""Extras that are no primitive of that name: the primitives that they are made of on Tensors."""

OPERATORS = {
    "__add__": "add",
    "__radd__": "add",
    "__sub__": "subtract",
    "__rsub__": "subtract",
    "__mul__": "multiply",
    "__rmul__": "multiply",
    "__truediv__": "divide",
    "__rtruediv__": "divide",
    "__pow__": "pow",
    "__matmul__": "matmul",
    "__neg__": "negative",
    "__eq__": "equal",
    "__ne__": "not_equal",
    "__lt__": "less",
    "__le__": "less_equal",
    "__gt__": "greater",
    "__ge__": "greater_equal",
    "__and__": "bitwise_and",
    "__or__": "bitwise_or",
    "__xor__": "bitwise_xor",
    "__invert__": "bitwise_invert",
    "__getitem__": "getitem",
}


class Traced:
    """An array that notes what is done to it, and can do nothing but what Tensors can."""

    def __init__(self, array: Any, called: set[str]) -> None:
        self.array, self.called = np.asarray(array), called

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> Any:
        return self.array.dtype

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def mT(self) -> Traced:
        self.called.add("matrix_transpose")
        return Traced(self.array.mT, self.called)

    def __bool__(self) -> bool:
        raise TypeError("a rule must not depend on the values of arrays")


def _note(dunder: str, name: str) -> Any:
    plain = getattr(operator, dunder.replace("__r", "__") if dunder != "__rshift__" else dunder)

    def method(self: Traced, *arguments: Any) -> Traced:
        self.called.add(name)
        values = [unwrapped(a) for a in (self, *arguments)]
        return Traced(plain(*(reversed(values) if dunder.startswith("__r") else values)), self.called)

    return method


for _dunder, _name in OPERATORS.items():
    setattr(Traced, _dunder, _note(_dunder, _name))


def unwrapped(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(unwrapped(v) for v in value)
    return value.array if isinstance(value, Traced) else value


class Recording:
    """A namespace that notes which of its functions are called."""

    def __init__(self, module: Any, called: set[str], names: set[str]) -> None:
        self._module, self._called, self._names = module, called, names

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._module, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            self._names.add(name)
            found = function(*unwrapped(arguments), **{k: unwrapped(v) for k, v in keywords.items()})
            return found if isinstance(found, bool) else traced(found, self._called)

        return call


def traced(value: Any, called: set[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(traced(v, called) for v in value)
    return None if value is None else Traced(value, called)


@pytest.mark.parametrize("name", NAMES)
def test_rules_call_what_the_table_has(name):
    functions: set[str] = set()
    extras: set[str] = set()
    for primitive, sample, dtype in cases([name]):
        call = call_of(primitive, sample, dtype)
        rng = rng_for(sample)
        mirror = Call(primitive, call.operands, sample.static)
        mirror.xp, mirror.extras = Recording(np, functions, functions), Recording(numpy_extras, functions, extras)
        mirror.operands, mirror.out = traced(call.operands, functions), traced(call.out, functions)
        for i in call.differentiable:
            g = call.cotangent(rng)
            found = unwrapped(mirror.vjp(i, traced(g, functions)))
            same(flat(found), flat(call.vjp(i, g)), 0.0, "the recording namespace changes nothing")
    unknown = {f for f in functions - CONSTANT if f not in table}
    assert not unknown, f"the rule calls {unknown}: a primitive of the table, or one more name in CONSTANT"
    missing = {f for f in functions if not hasattr(namespace, f)}
    assert not missing, f"the Tensor namespace lacks {missing}"
    for extra in extras:
        assert extra in numpy_extras.NAMES, f"{extra} is no extra of the vocabulary"
        assert hasattr(namespace.extras, extra), f"{extra} is missing in the extras on Tensors"
        for part in MADE_OF.get(extra, (extra,)):
            assert part in table, f"the extra {extra} is neither a primitive nor made of primitives in MADE_OF"
