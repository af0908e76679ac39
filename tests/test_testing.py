"""torch.testing: what assert_close says, and what make_tensor makes."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch

t, close = torch.tensor, torch.testing.assert_close


def said(actual, expected, **options):
    with pytest.raises(AssertionError) as caught:
        close(actual, expected, **options)
    return str(caught.value)


def test_what_is_close():
    close(t([1.0]), t([1.0 + 1e-6]))
    close([1, {"a": t(2.0)}, None], [1, {"a": t(2.0)}, None])
    close(np.ones(2), np.ones(2))
    close(t([float("inf"), float("nan")]), t([float("inf"), float("nan")]), equal_nan=True)
    close(t([1.0]), torch.nn.Parameter(t([1.0])))
    close(t([1.0]), t([1]), check_dtype=False)
    close(t([1.0], requires_grad=True), t([1.1]), rtol=0, atol=0.2)


def test_what_is_said():
    assert said(t([[1.0, 2.0], [3.0, 4.0]]), t([[1.0, 2.0], [3.0, 5.0]])) == (
        "Tensor-likes are not close!\n\nMismatched elements: 1 / 4 (25.0%)\n"
        "Greatest absolute difference: 1.0 at index (1, 1) (up to 1e-05 allowed)\n"
        "Greatest relative difference: 0.20000000298023224 at index (1, 1) (up to 1.3e-06 allowed)"
    )
    assert said(t(1), t(2)) == (
        "Scalars are not equal!\n\nExpected 2 but got 1.\nAbsolute difference: 1\nRelative difference: 0.5"
    )
    assert said([1, [t(1.0)]], [1, [t(2.0)]]).endswith("\n\nThe failure occurred for item [1][0]")
    assert said(1.0, 2.0, msg="mine") == "mine"
    assert said(1.0, 2.0, msg=lambda text: f"! {text}").startswith("! Scalars are not close!")
    assert said([1], [1, 2]) == "The length of the sequences mismatch: 1 != 2"
    assert said({"a": 1}, {"b": 1}).splitlines()[1] == "Missing keys in the actual mapping: ['b']"
    assert said(True, False) == "Booleans mismatch: True is not False"


def test_what_cannot_be_compared():
    for one, other in (("a", "a"), (1, t(1)), ([1.0], 1.0), (t(1.0), np.ones(()))):
        with pytest.raises(TypeError, match="No comparison pair was able to handle inputs of type"):
            close(one, other)
    with pytest.raises(TypeError, match=r"The failure occurred for item \[0\]"):
        close(["a"], ["a"])
    with pytest.raises(ValueError, match="must be either specified or omitted, but got no atol"):
        close(1, 1, rtol=0.1)
    with pytest.raises(ValueError, match="rtol must be greater than or equal to zero, but got -1"):
        close(t([1.0]), t([2.0]), rtol=-1, atol=0)


def test_tensors_that_are_made(seed):
    torch.manual_seed(seed)
    x = torch.testing.make_tensor((50, 3), dtype=torch.float32, device="cpu", low=2, high=3, requires_grad=True)
    assert x.requires_grad
    assert 2 <= x.min() <= x.max() < 3
    assert torch.testing.make_tensor(2, dtype=torch.bfloat16, device="cpu").dtype is torch.bfloat16
    y = torch.testing.make_tensor(2, 3, dtype=torch.complex64, device="cpu", noncontiguous=True)
    assert (y.shape, y.stride()) == ((2, 3), (6, 2))
    assert (torch.testing.make_tensor(99, dtype=torch.int8, device="cpu", low=-1, high=2, exclude_zero=True) != 0).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": torch.int64, "low": 3, "high": 3}, "`low` must be less than `high`, but got 3 >= 3"),
        ({"low": float("nan")}, "`low` and `high` cannot be NaN"),
        ({"dtype": torch.int64, "requires_grad": True}, "`requires_grad=True` is not supported for boolean and int"),
        ({"noncontiguous": True, "memory_format": torch.contiguous_format}, "are mutually exclusive"),
    ],
)
def test_tensors_that_are_not_made(options, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
        torch.testing.make_tensor(2, **{"dtype": torch.float32, "device": "cpu", **options})
    assert message in str(caught.value)
