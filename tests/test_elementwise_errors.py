"""Bad input to elementwise functions: torch's exception and text, our remedy, and no tensor changed."""

from __future__ import annotations

import pytest

import gradiente as torch
from gradiente.ops import activations

INTEGERS, BOOLS = torch.tensor([1, 2, 3]), torch.tensor([True, False])
REALS, PHASORS = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1 + 2j])

# Call, exception, beginning of torch's text, our remedy
ERRORS = [
    (lambda: torch.sin(1.0), TypeError, "sin(): argument 'input' (position 1) must be Tensor, not float", ""),
    (lambda: torch.add("a", REALS), TypeError, "add(): argument 'input' (position 1) must be Tensor, not str", ""),
    (lambda: torch.add("a", 2), TypeError, "add(): argument 'input' (position 1) must be Tensor, not str", ""),
    (lambda: torch.atan2(REALS, 1), TypeError, "atan2(): argument 'other' (position 2) must be Tensor, not int", ""),
    (lambda: torch.heaviside(REALS, 1), TypeError, "heaviside(): argument 'values' (position 2) must be Tensor", ""),
    (lambda: REALS + None, TypeError, "unsupported operand type(s) for +: 'Tensor' and 'NoneType'", ""),
    (lambda: REALS < "a", TypeError, "'<' not supported between instances of 'Tensor' and 'str'", ""),
    (lambda: pow(REALS, 2, 3), TypeError, "unsupported operand type(s) for ** or pow()", ""),
    (
        lambda: torch.pow(2, 3),
        TypeError,
        "pow() received an invalid combination of arguments - got (int, int)",
        "Tensor",
    ),
    (lambda: torch.float_power(2, 3), TypeError, "float_power() received an invalid combination", "Tensor"),
    (lambda: torch.xlogy(2, 3), TypeError, "xlogy() received an invalid combination of arguments", "Tensor"),
    (
        lambda: torch.where(True, REALS, 0),
        TypeError,
        "where() received an invalid combination of arguments",
        "condition",
    ),
    (
        lambda: torch.where(REALS > 0, REALS),
        TypeError,
        "where() received an invalid combination of arguments",
        "condition",
    ),
    (lambda: torch.clamp(REALS, "a"), TypeError, "clamp(): argument 'min' (position 2) must be Tensor or Number", ""),
    (lambda: torch.clamp(REALS, REALS, 2), TypeError, "clamp() received an invalid combination", "both as tensors"),
    (lambda: torch.add(REALS, 1, alpha="a"), TypeError, "add(): argument 'alpha' must be Number, not str", ""),
    (
        lambda: torch.addcmul(REALS, REALS, REALS, value="a"),
        TypeError,
        "addcmul(): argument 'value' must be Number",
        "",
    ),
    (lambda: torch.threshold(REALS, "a", 1), TypeError, "threshold(): argument 'threshold' (position 2) must be", ""),
    (
        lambda: ~REALS,
        TypeError,
        "~ (operator.invert) is only implemented on integer and Boolean-type tensors",
        "float32",
    ),
    (
        lambda: torch.can_cast(1, torch.int32),
        TypeError,
        "can_cast(): argument 'from_' (position 1) must be torch.dtype",
        "",
    ),
    (lambda: torch.result_type("a", 1), TypeError, "result_type() received an invalid combination", "numbers"),
    (lambda: REALS.clone().fill_("a"), TypeError, "fill_() received an invalid combination", "Number value"),
    (
        lambda: REALS + torch.ones(4),
        RuntimeError,
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0",
        "[3] and [4]",
    ),
    (lambda: torch.where(REALS > 0, REALS, torch.ones(4)), RuntimeError, "The size of tensor a (3) must match", "[4]"),
    (
        lambda: torch.lerp(torch.ones(2, 3), torch.ones(2, 2), 0.5),
        RuntimeError,
        "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1",
        "counted from the last",
    ),
    (
        lambda: torch.clamp(REALS),
        RuntimeError,
        "torch.clamp: At least one of 'min' or 'max' must not be None",
        "give one",
    ),
    (lambda: torch.where(REALS, REALS, 0), RuntimeError, "where expected condition to be a boolean tensor", "!= 0"),
    (lambda: BOOLS - BOOLS, RuntimeError, "Subtraction, the `-` operator, with two bool tensors", "logical_xor"),
    (lambda: BOOLS - 2.5, RuntimeError, "Subtraction, the `-` operator, with a bool tensor", "logical_not"),
    (lambda: 1 - BOOLS, RuntimeError, "Subtraction, the `-` operator, with a bool tensor", "logical_not"),
    (lambda: -BOOLS, RuntimeError, "Negation, the `-` operator, on a bool tensor is not supported.", "logical_not"),
    (lambda: +BOOLS, RuntimeError, "The `+` operator, on a bool tensor is not supported.", ".int()"),
    (lambda: INTEGERS // 0, RuntimeError, "ZeroDivisionError", "floats would give inf or nan"),
    (lambda: INTEGERS % 0, RuntimeError, "ZeroDivisionError", "'other'"),
    (lambda: torch.fmod(INTEGERS, INTEGERS * 0), RuntimeError, "ZeroDivisionError", "fmod()"),
    (lambda: torch.div(INTEGERS, 0, rounding_mode="trunc"), RuntimeError, "ZeroDivisionError", "div()"),
    (
        lambda: torch.div(REALS, 2, rounding_mode="up"),
        RuntimeError,
        "div expected rounding_mode to be one of None",
        "up",
    ),
    (lambda: INTEGERS**-1, RuntimeError, "Integers to negative integer powers are not allowed.", ".float()"),
    (
        lambda: torch.add(INTEGERS, 1, alpha=0.5),
        RuntimeError,
        "For integral input tensors, argument alpha must not",
        ".float()",
    ),
    (
        lambda: torch.add(REALS, 1, alpha=1j),
        RuntimeError,
        "For non-complex input tensors, argument alpha must not",
        "1j",
    ),
    (
        lambda: torch.add(REALS, 1, alpha=False),
        RuntimeError,
        "Boolean alpha only supported for Boolean results.",
        "alpha=0",
    ),
    (lambda: torch.addcdiv(INTEGERS, INTEGERS, INTEGERS), RuntimeError, "Integer division with addcdiv", ".float()"),
    (
        lambda: torch.lerp(REALS, INTEGERS, 1),
        RuntimeError,
        "expected dtype float for `end` but got dtype long int",
        "end.to",
    ),
    (lambda: torch.isclose(REALS, INTEGERS), RuntimeError, "Float did not match Long", "other.to(input.dtype)"),
    (
        lambda: torch.isclose(REALS, REALS, rtol=-1),
        RuntimeError,
        "rtol must be greater than or equal to zero, but got -1",
        "",
    ),
    (
        lambda: torch.heaviside(REALS, INTEGERS),
        RuntimeError,
        "heaviside is not yet implemented for tensors with different",
        "",
    ),
    (
        lambda: torch.imag(REALS),
        RuntimeError,
        "imag is not implemented for tensors with non-complex dtypes.",
        "float32",
    ),
    (
        lambda: torch.complex(REALS, REALS.double()),
        RuntimeError,
        "Expected object of scalar type Float but got",
        "imag",
    ),
    (
        lambda: torch.polar(INTEGERS, INTEGERS),
        RuntimeError,
        "Expected both inputs to be Half, Float or Double",
        "convert",
    ),
    (lambda: PHASORS.clone().abs_(), RuntimeError, "In-place abs is not supported for complex tensors.", "torch.abs"),
    (lambda: torch.isposinf(PHASORS), RuntimeError, "isposinf does not support complex inputs.", ".real"),
    (lambda: torch.maximum(PHASORS, PHASORS), RuntimeError, "maximum not implemented for complex tensors.", "floating"),
    (lambda: torch.celu(REALS, 0), RuntimeError, "ZeroDivisionError: alpha cannot be 0 for CELU", ""),
    (
        lambda: activations.gelu(REALS, approximate="x"),
        RuntimeError,
        "approximate argument must be either none or tanh",
        "x",
    ),
    (
        lambda: activations.softshrink(REALS, -1),
        RuntimeError,
        "lambda must be in range [0, 3.40282e+38] for input dtype Float, but found -1.",
        "",
    ),
    (
        lambda: activations.hardtanh(torch.ones(1, dtype=torch.uint8)),
        RuntimeError,
        "cannot do hardtanh on an unsigned",
        "-1",
    ),
    (lambda: REALS.clone().fill_(1j), RuntimeError, "value cannot be converted to type float without overflow", "1j"),
    (lambda: REALS.clone().fill_(REALS), RuntimeError, "fill_ only supports 0-dimension value tensor but got", "copy_"),
    (
        lambda: INTEGERS.clone().add_(1.5),
        RuntimeError,
        "result type Float can't be cast to the desired output type Long",
        ".to(",
    ),
    (
        lambda: REALS.clone().add_(torch.ones(2, 3)),
        RuntimeError,
        "output with shape [3] doesn't match the broadcast",
        "add_",
    ),
    (lambda: INTEGERS.float_power_(2), RuntimeError, "the base given to float_power_ has dtype Long but", "convert"),
    (lambda: REALS & REALS, NotImplementedError, "\"bitwise_and_cpu\" not implemented for 'Float'", "integer and bool"),
    (lambda: PHASORS < 1, NotImplementedError, "\"lt_cpu\" not implemented for 'ComplexFloat'", "floating-point"),
    (
        lambda: torch.erf(PHASORS),
        NotImplementedError,
        "\"erf_vml_cpu\" not implemented for 'ComplexFloat'",
        "floating-point",
    ),
    (lambda: torch.sign(PHASORS), NotImplementedError, "Unlike NumPy, torch.sign is not intended", "torch.sgn"),
    (
        lambda: torch.bitwise_not(REALS),
        NotImplementedError,
        '"bitwise_not_cpu" not implemented for',
        "integer and bool",
    ),
    (lambda: INTEGERS + 2**64, OverflowError, "int too big to convert", "64 bits"),
]


@pytest.mark.parametrize(("call", "kind", "text", "remedy"), ERRORS, ids=[e[2][:50] for e in ERRORS])
def test_errors(call, kind, text, remedy):
    before = [x.tolist() for x in (INTEGERS, BOOLS, REALS, PHASORS)]
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value).startswith(text)
    assert remedy in str(raised.value)
    assert [x.tolist() for x in (INTEGERS, BOOLS, REALS, PHASORS)] == before
