"""What holds for all tests and examples: those of tests/, of the documentation, and of the sources."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradiente.tensor.overriding import installers


@pytest.fixture(autouse=True)
def _functions_as_they_were() -> Iterator[None]:
    """Classes derived from Tensor change the bodies of functions (Note [Overriding functions]): here for one test."""
    yield
    if not installers:
        from gradiente._asking import uninstall

        uninstall()
