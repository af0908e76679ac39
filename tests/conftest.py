"""What all tests share: the seed of random tests, hypothesis' settings, the parity mark."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent
SEED = int(os.environ.get("GRADIENTE_TEST_SEED", "0"))

# The machine's speed is no property of the code, hence no deadline. In CI the examples are the same at every run, so
# that what is red there can be run again; elsewhere every run looks at new ones.
settings.register_profile("gradiente", deadline=None, print_blob=True)
settings.register_profile("gradiente-ci", deadline=None, print_blob=True, derandomize=True, database=None)
settings.load_profile("gradiente-ci" if os.environ.get("CI") else "gradiente")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that stands in tests/parity."""
    for item in items:
        if HERE / "parity" in item.path.parents:
            item.add_marker(pytest.mark.parity)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this test: its name and GRADIENTE_TEST_SEED decide it, whatever ran before. Shown if it fails."""
    value = random.Random(f"{SEED}:{request.node.name}").randrange(2**31)
    print(f"seed {value} (GRADIENTE_TEST_SEED={SEED})")
    return value


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    """A generator of random numbers started from ``seed``."""
    return np.random.default_rng(seed)
