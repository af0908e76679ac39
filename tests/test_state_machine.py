"""Random programs of creating, viewing, changing in place, detaching and differentiating, against a naive reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import gradiente as torch
import naive_graph as naive
from gradiente.tensor.core import wrap

SHAPE = (2, 3)
VIEWS: dict[str, Any] = {
    "row": lambda x: x[0, ...],
    "columns": lambda x: x[..., 1:],
    "step": lambda x: x[..., ::2],
    "transposed": lambda x: x.T,
    "flattened": lambda x: x.reshape(-1),
    "element": lambda x: x[(0,) * x.ndim + (...,)],
}
index = st.integers(0, 1000)
numbers = st.lists(st.sampled_from([-1.5, -1.0, -0.5, 0.25, 0.5, 1.0, 1.25]), min_size=6, max_size=6)
operations = st.sampled_from(["add", "mul", "sin", "tanh"])


def array_of(x: Any) -> Any:
    return x.detach().numpy()


def largest(x: naive.Tensor) -> float:
    return float(np.max(np.abs(x.value), initial=0.0))


def refused(function: Any, *arguments: Any, **keywords: Any) -> bool:
    """Whether the call raises RuntimeError."""
    try:
        function(*arguments, **keywords)
    except RuntimeError:
        return True
    return False


class Programs(RuleBasedStateMachine):
    """Each step is done by the library and by the reference; afterwards everything visible is equal."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Any, naive.Tensor]] = []
        self.leaves: list[tuple[Any, naive.Tensor]] = []
        self.grad = True
        self.guard: Any = None

    def teardown(self) -> None:
        if self.guard is not None:
            self.guard.__exit__(None, None, None)

    def pick(self, number: int) -> tuple[Any, naive.Tensor]:
        return self.pairs[number % len(self.pairs)]

    def partner(self, a: naive.Tensor, number: int, same: bool) -> tuple[Any, naive.Tensor]:
        """An operand that broadcasts with `a`; if `same`, to the shape of `a`."""
        fits = []
        for pair in self.pairs:
            try:
                shape = np.broadcast_shapes(a.value.shape, pair[1].value.shape)
            except ValueError:
                continue
            if not same or shape == a.value.shape:
                fits.append(pair)
        return fits[number % len(fits)]

    @rule(values=numbers, requires_grad=st.booleans())
    def create(self, values: list[float], requires_grad: bool) -> None:
        array = np.array(values).reshape(SHAPE)
        x = wrap(array.copy())
        if requires_grad:
            x.requires_grad_()
        pair = (x, naive.leaf(array, requires_grad))
        self.pairs.append(pair)
        if requires_grad:
            self.leaves.append(pair)

    @precondition(lambda self: self.pairs)
    @rule(name=operations, i=index, j=index)
    def operate(self, name: str, i: int, j: int) -> None:
        x, a = self.pick(i)
        y, b = self.partner(a, j, same=False)
        if naive.unusable(a, self.grad) or (name in ("add", "mul") and naive.unusable(b, self.grad)):
            assert refused(getattr(torch, name), *((x, y) if name in ("add", "mul") else (x,)))
        elif name in ("sin", "tanh"):
            self.pairs.append((getattr(torch, name)(x), naive.apply(name, a, None, self.grad)))
        elif largest(a) * largest(b) < 1e3:  # no program has to overflow
            self.pairs.append((getattr(torch, name)(x, y), naive.apply(name, a, b, self.grad)))

    @precondition(lambda self: self.pairs)
    @rule(name=st.sampled_from(sorted(VIEWS)), i=index)
    def look_at(self, name: str, i: int) -> None:
        x, a = self.pick(i)
        both = (a.value, array_of(x))  # a sum of transposed tensors lies in memory as they do, the naive one may not
        if a.value.ndim == 0 or (name == "flattened" and not all(v.flags.c_contiguous for v in both)):
            return  # there reshape copies
        if (name == "transposed" and a.value.ndim == 1) or (name in ("row", "element") and a.value.size == 0):
            return
        if naive.unusable(a, self.grad):
            assert refused(VIEWS[name], x), "a view of a view that may not be used"
            return
        self.pairs.append((VIEWS[name](x), naive.view(a, VIEWS[name], self.grad)))

    @precondition(lambda self: self.pairs)
    @rule(name=operations, i=index, j=index)
    def change(self, name: str, i: int, j: int) -> None:
        x, a = self.pick(i)
        y, b = self.partner(a, j, same=True)
        if largest(a) * largest(b) >= 1e3:
            return
        two = name in ("add", "mul")
        arguments = (y,) if two else ()
        shared = two and naive.partly_shared(array_of(x), array_of(y))
        if shared or naive.in_place_refused(a, self.grad, b if two else None):
            assert refused(getattr(x, f"{name}_"), *arguments), "a change in place that has to be refused"
            return
        assert getattr(x, f"{name}_")(*arguments) is x
        naive.apply_in_place(name, a, b if two else None, self.grad)

    @precondition(lambda self: self.pairs)
    @rule(i=index)
    def detach(self, i: int) -> None:
        x, a = self.pick(i)
        self.pairs.append((x.detach(), naive.detach(a)))

    @rule()
    def switch_recording(self) -> None:
        if self.guard is None:
            self.guard = torch.no_grad()
            self.guard.__enter__()
        else:
            self.guard.__exit__(None, None, None)
            self.guard = None
        self.grad = not self.grad

    @precondition(lambda self: self.pairs)
    @rule(i=index, keep=st.booleans())
    def backward(self, i: int, keep: bool) -> None:
        x, a = self.pick(i)
        seed = wrap(np.ones(a.value.shape))
        if a.node is None:
            assert refused(x.backward, seed), "backward from what is not recorded"
        elif naive.will_fail(a):  # a pass that fails may have freed part of its way: keep all
            assert refused(x.backward, seed, retain_graph=True), "backward through changed or freed values"
        else:
            x.backward(seed, retain_graph=keep)
            naive.backward(a, keep)

    @precondition(lambda self: self.leaves)
    @rule(i=index)
    def clear(self, i: int) -> None:
        x, a = self.leaves[i % len(self.leaves)]
        x.grad = a.grad = None

    @precondition(lambda self: len(self.pairs) > 1)
    @rule(i=index)
    def delete(self, i: int) -> None:
        self.pairs.pop(i % len(self.pairs))

    @invariant()
    def everything_visible_is_equal(self) -> None:
        for x, a in self.pairs:
            np.testing.assert_allclose(array_of(x), a.value, rtol=1e-12, atol=1e-12)
            assert x.requires_grad == a.requires_grad
            assert refused(lambda x=x: x.is_leaf) if a.forbidden else x.is_leaf == a.is_leaf
        for x, a in self.leaves:
            assert (x.grad is None) == (a.grad is None), "undefined is not zero"
            if a.grad is not None:
                np.testing.assert_allclose(array_of(x.grad), a.grad, rtol=1e-9, atol=1e-9)


Programs.TestCase.settings = settings(
    max_examples=120, stateful_step_count=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
TestPrograms = Programs.TestCase


def test_the_reference_itself() -> None:
    """The reference against numbers worked out by hand: y = (x with row 0 squared) · x, for one leaf."""
    x = naive.leaf(np.array([[1.0, 2.0, 3.0]]), True)
    w0 = naive.apply("sin", x, None, True)
    y = naive.apply("mul", x, naive.leaf(np.ones((1, 3)), False), True)
    naive.apply_in_place("mul", naive.view(y, lambda v: v[0, 1:], True), naive.view(x, lambda v: v[0, 1:], True), True)
    z = naive.apply("mul", y, x, True)
    assert z.value.tolist() == [[1.0, 8.0, 27.0]]
    naive.backward(z, keep=False)
    assert x.grad.tolist() == [[2.0, 12.0, 27.0]]
    assert naive.will_fail(z), "its saved values are freed"
    assert naive.in_place_refused(x, True)
    assert not naive.in_place_refused(x, False)
    v = naive.view(w0, lambda v: v[0], False)
    assert v.requires_grad
    assert v.is_leaf
    assert not v.forbidden
    naive.apply_in_place("sin", w0, None, False)
    assert v.forbidden
    w = naive.apply("mul", x, x, True)
    naive.apply_in_place("add", naive.detach(x), x, False)
    assert naive.will_fail(w), "x was changed after w saved it"


@pytest.mark.parametrize("name", ["add", "mul", "sin", "tanh"])
def test_the_references_derivatives_are_those_of_differences(name: str, rng: np.random.Generator) -> None:
    x = naive.leaf(rng.standard_normal(SHAPE), True)
    y = naive.leaf(rng.standard_normal(SHAPE), True)
    out = naive.apply(name, x, y, True)
    h = 1e-6
    for k, direction in enumerate(np.eye(6).reshape(6, *SHAPE)):
        ends = [naive.apply(name, naive.leaf(x.value + s * direction, False), y, True).value for s in (h, -h)]
        np.testing.assert_allclose(out.slope(x)[k], (ends[0] - ends[1]) / (2 * h), atol=1e-8)
