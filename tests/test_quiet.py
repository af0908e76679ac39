"""NumPy's floating-point warnings stay inside, whatever filters a program sets; its own calls of NumPy still warn."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest

import gradiente as torch
from gradiente._quiet import OURS, keep_quiet


@pytest.fixture
def numpy_warns():
    """Filters as programs find them: pytest replaces the list."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.filters = list(warnings.filters)  # type: ignore[assignment]
        keep_quiet()
        yield caught


def unheard():
    x = torch.tensor([0.0, -1.0, float("inf"), 3e38], requires_grad=True)
    y = x.log() + (x * 1000).exp() + x / 0 + x**-1 + x.sqrt() + x * x
    y.sum().backward()
    m = torch.full((3, 3), float("inf"), requires_grad=True)
    (m @ (m - m)).sum().backward()
    return y


@pytest.mark.parametrize("action", ["always", "error", "default", "once"])
def test_operators_do_not_warn(numpy_warns, action):
    warnings.simplefilter(action)
    unheard()
    assert numpy_warns == []


def test_warnings_of_the_programs_own_calls(numpy_warns):
    warnings.simplefilter("always")
    np.log(np.zeros(1))
    assert [str(w.message) for w in numpy_warns] == ["divide by zero encountered in log"]
    warnings.simplefilter("error")
    with pytest.raises(RuntimeWarning, match="divide by zero"):
        np.log(np.zeros(1))


def test_the_filter_stays_the_first(numpy_warns):
    warnings.filterwarnings("error", category=RuntimeWarning)
    assert warnings.filters[0] == OURS
    warnings.resetwarnings()
    assert list(warnings.filters) == [OURS]
    del warnings.filters[:]
    assert list(warnings.filters) == [OURS]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert warnings.filters[:1] == [OURS]
        unheard()
    assert list(warnings.filters) == [OURS]
    warnings.simplefilter("ignore", append=True)
    assert warnings.filters[-1][0] == "ignore"
    assert numpy_warns == []


def test_programs_that_make_warnings_errors():
    program = (
        "import warnings, gradiente as torch\nwarnings.simplefilter('error')\n"
        "x = torch.zeros(2, requires_grad=True)\nx.log().sum().backward()\nprint(x.grad.tolist())"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[inf, inf]\n", "")
