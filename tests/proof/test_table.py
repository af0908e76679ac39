"""Every rule of the table, first order: linear in g, adjoint in its two modes, equal to differences."""

from __future__ import annotations

import pytest

from gradiente.rules import table

from .harness import call_of, check_adjoint, check_jacobians, check_linear, dtypes_of, rng_for, samples_of
from .samples import SAMPLES

NAMES = [name for name, primitive in table.items() if primitive.kind != "constant"]


def calls(name):
    for sample in samples_of(name):
        for dtype in dtypes_of(sample):
            yield call_of(table[name], sample, dtype), sample, dtype


@pytest.mark.parametrize("name", NAMES)
def test_linear_in_g(name):
    for call, sample, _ in calls(name):
        check_linear(call, rng_for(sample))


@pytest.mark.parametrize("name", NAMES)
def test_adjoint(name):
    for call, sample, _ in calls(name):
        check_adjoint(call, rng_for(sample))


@pytest.mark.parametrize("name", NAMES)
def test_jacobians(name):
    for call, sample, dtype in calls(name):
        check_jacobians(call, sample, dtype)


def test_samples_are_of_primitives():
    assert set(SAMPLES) <= set(table), "a sample of a primitive that the table does not have"
