"""The printed form of tensors: texts that PyTorch 2.13 prints, options, errors, threads."""

from __future__ import annotations

import contextvars
import math
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradiente.tensor.printing import (
    format_scalar,
    format_tensor,
    format_with_spec,
    get_printoptions,
    printoptions,
    set_printoptions,
)

INF, NAN = math.inf, math.nan
DEFAULTS = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}


@pytest.fixture(autouse=True)
def _restored_options() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    yield
    set_printoptions(profile="default")


def text(values: Any, dtype: str | None = None, **kwargs: Any) -> str:
    array = np.asarray(values, dtype)
    if dtype is None and array.dtype.kind in "fc":
        array = array.astype(np.float32 if array.dtype.kind == "f" else np.complex64)
    return format_tensor(array, dtype_name=f"torch.{array.dtype}", **kwargs)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (1.5, "tensor(1.5000)"),
        (3.0, "tensor(3.)"),
        (-0.0, "tensor(-0.)"),
        (NAN, "tensor(nan)"),
        (1e-5, "tensor(1.0000e-05)"),
        (7, "tensor(7)"),
        (True, "tensor(True)"),
        (1 + 2j, "tensor(1.+2.j)"),
        ([1.0, 2.0], "tensor([1., 2.])"),
        ([1.0, 2.5], "tensor([1.0000, 2.5000])"),
        ([-1, 200], "tensor([ -1, 200])"),
        ([True, False], "tensor([ True, False])"),
        ([2**63 - 1, -(2**63)], "tensor([ 9223372036854775807, -9223372036854775808])"),
    ],
)
def test_values(values: Any, expected: str) -> None:
    assert text(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1e-5, 1.0], "tensor([1.0000e-05, 1.0000e+00])"),
        ([1.0001e-4], "tensor([0.0001])"),
        ([1e-4], "tensor([1.0000e-04])"),  # float32's 1e-4 lies below 1e-4
        ([1e8], "tensor([100000000.])"),
        ([1.5e8], "tensor([1.5000e+08])"),
        ([1000.0, 1.0], "tensor([1000.,    1.])"),
        ([1001.0, 1.0], "tensor([1.0010e+03, 1.0000e+00])"),
    ],
)
def test_where_an_exponent_begins(values: list[float], expected: str) -> None:
    assert text(values) == expected


def test_the_smallest_value_without_exponent_is_included() -> None:
    assert text([1e-4], "float64") == "tensor([0.0001], dtype=torch.float64)"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, INF], "tensor([1., inf])"),
        ([NAN, 1.5, -INF], "tensor([   nan, 1.5000,   -inf])"),
        ([-0.0, 1.5], "tensor([-0.0000, 1.5000])"),
        ([INF, 0.0], "tensor([inf, 0.])"),
    ],
)
def test_zeros_infinities_and_nan_do_not_widen_the_column(values: list[float], expected: str) -> None:
    assert text(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1 + 2j, 3.5 - 1j], "tensor([1.0000+2.j, 3.5000-1.j])"),
        ([1 + 2j, -3 - 1e-6j], "tensor([ 1.+2.0000e+00j, -3.-1.0000e-06j])"),
        ([1 + 2j, 1 - 200j], "tensor([1.+2.j, 1.-200.j])"),
        ([complex(1, -0.0), complex(-0.0, -3.5)], "tensor([1.-0.0000j, -0.-3.5000j])"),
        ([complex(100, INF), complex(NAN, -1000)], "tensor([100.+infj,  nan-1000.j])"),
    ],
)
def test_complex(values: list[complex], expected: str) -> None:
    assert text(values) == expected


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("float16", "tensor([1.5000, 2.0000], dtype=torch.float16)"),
        ("float64", "tensor([1.5000, 2.0000], dtype=torch.float64)"),
        ("complex128", "tensor([1.5000+0.j, 2.0000+0.j], dtype=torch.complex128)"),
        ("uint8", "tensor([1, 2], dtype=torch.uint8)"),
        ("int32", "tensor([1, 2], dtype=torch.int32)"),
        ("int64", "tensor([1, 2])"),
        ("bool", "tensor([True, True])"),
    ],
)
def test_dtypes(dtype: str, expected: str) -> None:
    assert text([1.5, 2.0], dtype) == expected


def test_bfloat16_shows_the_rounded_value() -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")  # an extra: without it there is no bfloat16 array to print
    array = np.array([1.1, 1e-6], ml_dtypes.bfloat16)
    expected = "tensor([1.1016e+00, 9.9838e-07], dtype=torch.bfloat16)"
    assert format_tensor(array, dtype_name="torch.bfloat16") == expected
    assert format_scalar(array[0:1]) == "1.1015625"


def test_the_default_dtype_is_not_named() -> None:
    one = np.ones(1)
    assert text(one, "float64", default_float="torch.float64") == "tensor([1.])"
    assert text(one, "float32", default_float="torch.float64") == "tensor([1.], dtype=torch.float32)"
    assert text(one, "complex128", default_float="torch.float64") == "tensor([1.+0.j])"
    assert text(one, "complex64", default_float="torch.float64") == "tensor([1.+0.j], dtype=torch.complex64)"
    assert text(one, "complex64", default_float="torch.float16") == "tensor([1.+0.j])"
    assert text([], "float64", default_float="torch.float64") == "tensor([])"


@pytest.mark.parametrize(
    ("shape", "dtype", "expected"),
    [
        ((0, 3), "float32", "tensor([], size=(0, 3))"),
        ((3, 0), "int32", "tensor([], size=(3, 0), dtype=torch.int32)"),
        ((0,), "int64", "tensor([], dtype=torch.int64)"),
        ((0,), "bool", "tensor([], dtype=torch.bool)"),
        ((2, 0, 4), "float64", "tensor([], size=(2, 0, 4), dtype=torch.float64)"),
    ],
)
def test_empties_tell_size_and_dtype(shape: tuple[int, ...], dtype: str, expected: str) -> None:
    assert text(np.empty(shape), dtype) == expected


def test_nested_brackets() -> None:
    assert text(np.arange(16.0).reshape(2, 2, 2, 2)) == (
        """\
tensor([[[[ 0.,  1.],
          [ 2.,  3.]],

         [[ 4.,  5.],
          [ 6.,  7.]]],


        [[[ 8.,  9.],
          [10., 11.]],

         [[12., 13.],
          [14., 15.]]]])"""
    )


def test_summary() -> None:
    assert text(np.arange(2000).reshape(2, 10, 100), "int64") == (
        """\
tensor([[[   0,    1,    2,  ...,   97,   98,   99],
         [ 100,  101,  102,  ...,  197,  198,  199],
         [ 200,  201,  202,  ...,  297,  298,  299],
         ...,
         [ 700,  701,  702,  ...,  797,  798,  799],
         [ 800,  801,  802,  ...,  897,  898,  899],
         [ 900,  901,  902,  ...,  997,  998,  999]],

        [[1000, 1001, 1002,  ..., 1097, 1098, 1099],
         [1100, 1101, 1102,  ..., 1197, 1198, 1199],
         [1200, 1201, 1202,  ..., 1297, 1298, 1299],
         ...,
         [1700, 1701, 1702,  ..., 1797, 1798, 1799],
         [1800, 1801, 1802,  ..., 1897, 1898, 1899],
         [1900, 1901, 1902,  ..., 1997, 1998, 1999]]])"""
    )
    assert text(np.arange(2000.0)) == (
        """\
tensor([0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.9970e+03, 1.9980e+03,
        1.9990e+03])"""
    )


def test_the_format_follows_the_elements_that_are_shown() -> None:
    array = np.ones(2000)
    array[1000] = 1e-9
    assert text(array) == "tensor([1., 1., 1.,  ..., 1., 1., 1.])"
    assert "e-09" in text(array[500:1499])


def test_rows_are_wrapped_at_the_line_width() -> None:
    assert text(np.arange(30), "int64") == (
        """\
tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])"""
    )
    set_printoptions(linewidth=20)
    assert text(np.arange(8.0).reshape(2, 4)) == (
        """\
tensor([[0., 1., 2.,
         3.],
        [4., 5., 6.,
         7.]])"""
    )
    values = np.arange(3) + 100.5j
    set_printoptions(linewidth=46)
    assert text(values) == "tensor([0.+100.5000j, 1.+100.5000j, 2.+100.5000j])"
    set_printoptions(linewidth=45)
    assert text(values) == "tensor([0.+100.5000j, 1.+100.5000j,\n        2.+100.5000j])"
    set_printoptions(linewidth=1)
    assert text([1, 2]) == "tensor([1,\n        2])"


def test_suffixes_go_to_a_new_line_where_the_last_is_full() -> None:
    wide = [0.6752, 0.6656, 0.4089, 0.7296, -0.8525, -1.3650, 0.4701, 1.0909]
    assert text(wide, suffixes=["requires_grad=True"]) == (
        """\
tensor([ 0.6752,  0.6656,  0.4089,  0.7296, -0.8525, -1.3650,  0.4701,  1.0909],
       requires_grad=True)"""
    )
    assert text(wide[:7], "float64", suffixes=["requires_grad=True"]) == (
        """\
tensor([ 0.6752,  0.6656,  0.4089,  0.7296, -0.8525, -1.3650,  0.4701],
       dtype=torch.float64, requires_grad=True)"""
    )
    assert text([wide[:1], wide[1:2]], suffixes=["grad_fn=<MulBackward0>"]) == (
        """\
tensor([[0.6752],
        [0.6656]], grad_fn=<MulBackward0>)"""
    )


def test_the_last_column_of_a_line_with_suffixes_stays_free() -> None:
    one_line = "tensor([0, 1, 2, 3, 4, 5, 6], dtype=torch.int32)"
    set_printoptions(linewidth=len(one_line) + 1)
    assert text(np.arange(7), "int32") == one_line
    set_printoptions(linewidth=len(one_line))
    assert text(np.arange(7), "int32") == "tensor([0, 1, 2, 3, 4, 5, 6],\n       dtype=torch.int32)"


def test_prefix_and_indent_shift_the_following_lines() -> None:
    two = np.ones((2, 1))
    assert text(two, prefix="Mine(") == "Mine([[1.],\n      [1.]])"
    parameter = text(two, prefix="Parameter containing:\ntensor(", suffixes=["requires_grad=True"])
    assert parameter == "Parameter containing:\ntensor([[1.],\n        [1.]], requires_grad=True)"
    assert text(two, indent=4) == "tensor([[1.],\n            [1.]])"


@pytest.mark.parametrize(
    ("options", "values", "expected"),
    [
        ({"precision": 2}, [0.125, 3.0], "tensor([0.12, 3.00])"),
        ({"precision": 0}, [1.5, 2.0], "tensor([2, 2])"),
        ({"precision": 10}, [1e-7, 1e9], "tensor([1.0000000117e-07, 1.0000000000e+09])"),
        ({"sci_mode": True}, [1.0, 2.0], "tensor([1.0000e+00, 2.0000e+00])"),
        ({"sci_mode": True}, [0.0, NAN], "tensor([0., nan])"),
        ({"sci_mode": False}, [1e-7, 1e9], "tensor([         0.0000, 1000000000.0000])"),
        ({"threshold": 3, "edgeitems": 1}, [1, 2, 3, 4], "tensor([1,  ..., 4])"),
        ({"threshold": 3, "edgeitems": 2}, [1, 2, 3, 4], "tensor([1, 2, 3, 4])"),
        ({"threshold": 4, "edgeitems": 1}, [1, 2, 3, 4], "tensor([1, 2, 3, 4])"),
        ({"threshold": 3, "edgeitems": 0}, [[1, 2], [3, 4]], "tensor([...], size=(2, 2))"),
        ({"profile": "short", "threshold": 4}, [1.5] * 5, "tensor([1.50, 1.50,  ..., 1.50, 1.50])"),
    ],
)
def test_options(options: dict[str, Any], values: Any, expected: str) -> None:
    set_printoptions(**options)
    assert text(values) == expected


def test_the_full_profile_never_summarises() -> None:
    set_printoptions(profile="full")
    assert "..." not in text(np.ones(2000))


def test_options_are_kept_until_changed_but_sci_mode_is_not() -> None:
    set_printoptions(precision=7, sci_mode=True, linewidth=100)
    assert get_printoptions() == {**DEFAULTS, "precision": 7, "sci_mode": True, "linewidth": 100}
    set_printoptions(edgeitems=5)
    assert get_printoptions() == {**DEFAULTS, "precision": 7, "linewidth": 100, "edgeitems": 5}
    set_printoptions(profile="short", precision=8)
    assert get_printoptions() == {**DEFAULTS, "precision": 8, "edgeitems": 2}
    set_printoptions(profile="full")
    assert get_printoptions() == {**DEFAULTS, "threshold": INF}


def test_changing_the_returned_options_sets_nothing() -> None:
    get_printoptions()["precision"] = 9
    assert get_printoptions() == DEFAULTS


def test_printoptions_restores_after_an_exception() -> None:
    def fail() -> None:
        with printoptions(precision=1, sci_mode=True):
            raise KeyError(text([2.5]))

    set_printoptions(precision=3)
    with pytest.raises(KeyError, match=r"tensor\(\[2\.5e\+00\]\)"):
        fail()
    assert get_printoptions() == {**DEFAULTS, "precision": 3}


def test_options_are_per_thread_and_per_context() -> None:
    set_printoptions(precision=1)
    seen: list[str] = []

    def other() -> None:
        seen.append(text([2.5]))
        set_printoptions(precision=2)
        seen.append(text([2.5]))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    contextvars.copy_context().run(set_printoptions, precision=6)
    assert seen == ["tensor([2.5000])", "tensor([2.50])"]
    assert text([2.5]) == "tensor([2.5])"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"precision": -1}, ValueError, r"^Format specifier missing precision: precision must be .* got -1"),
        ({"precision": 2.5}, ValueError, r"^Format specifier missing precision: precision must be .* got 2\.5"),
        ({"threshold": "many"}, TypeError, r"^threshold must be a number .*got 'many'"),
        ({"threshold": NAN}, TypeError, r"^threshold must be a number .*got nan"),
        ({"edgeitems": -1}, ValueError, r"^edgeitems must be an int of 0 or more, got -1"),
        ({"edgeitems": 1.5}, TypeError, r"^edgeitems must be an int of 0 or more, got 1\.5"),
        ({"linewidth": "wide"}, TypeError, r"^linewidth must be a number of characters, got 'wide'"),
        ({"linewidth": INF}, OverflowError, r"^cannot convert float infinity to integer: .*sys\.maxsize.*got inf"),
        ({"linewidth": NAN}, ValueError, r"^cannot convert float NaN to integer: .*got nan"),
        ({"sci_mode": "on"}, TypeError, r"^sci_mode must be True, False or None, got 'on'"),
        ({"profile": "long"}, ValueError, r"^profile must be one of 'default', 'short', 'full', got 'long'"),
    ],
)
def test_bad_options_are_refused_and_change_nothing(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    arguments: dict[str, Any] = {"precision": 6, "linewidth": 40, **options}
    with pytest.raises(error, match=message):
        set_printoptions(**arguments)
    assert get_printoptions() == DEFAULTS


def test_arrays_of_other_things_are_refused() -> None:
    for array in (np.array([object()]), np.array(["1.5"]), np.zeros(1, [("a", "i4")])):
        with pytest.raises(TypeError, match=r"^can't print numpy\.ndarray of type .*bool, int, float or complex"):
            format_tensor(array, dtype_name="torch.float32")


@pytest.mark.parametrize(
    ("value", "spec", "expected"),
    [
        (np.float32(1.1), "", "1.100000023841858"),
        (np.int64(3), "5d", "    3"),
        (np.bool_(True), "", "True"),
        (np.complex64(1 + 2j), ".1f", "1.0+2.0j"),
    ],
)
def test_a_single_number_is_formatted_as_python_does(value: Any, spec: str, expected: str) -> None:
    array = np.asarray(value)
    assert format_scalar(array, spec) == expected
    assert format_with_spec(array, spec, lambda: "unused") == expected


def test_format_of_others_is_the_printed_form() -> None:
    assert format_with_spec(np.ones(2), "", lambda: "printed") == "printed"
    assert format_with_spec(np.ones(()), "", lambda: "printed", type_name="Parameter") == "printed"
    with pytest.raises(ValueError, match="Unknown format code 'd' for object of type 'float'"):
        format_with_spec(np.ones(()), "d", lambda: "printed")
    message = r"^unsupported format string passed to Tensor\.__format__: '\.3f' .*shape \(2,\)"
    with pytest.raises(TypeError, match=message):
        format_with_spec(np.ones(2), ".3f", lambda: "printed")


def test_the_array_is_not_changed() -> None:
    array = np.array([[3.0, NAN], [-0.0, 1e9]])[:, ::-1]
    before = array.copy()
    array.flags.writeable = False
    text(array, "float64")
    np.testing.assert_array_equal(array, before)
