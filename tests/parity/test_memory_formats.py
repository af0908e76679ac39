"""Memory formats against PyTorch: strides of what is made, copied, converted, resized; which errors are raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import gradiente

torch = pytest.importorskip("torch")

Call = Callable[[Any, Any], Any]
SHAPES = [(2, 3, 2, 4), (2, 1, 3, 4), (1, 3, 1, 1), (2, 3, 1, 4), (5,), (2, 3, 4, 5, 2)]


def layer(m: Any, where: Any = None, **to: Any) -> list[tuple[int, ...]]:
    """The strides of a small network's parameters after `to`."""
    net = m.nn.Sequential(m.nn.Conv2d(3, 4, 3), m.nn.BatchNorm2d(4), m.nn.Linear(2, 2))
    return [p.stride() for p in net.to(*([] if where is None else [where]), **to).parameters()]


STRIDES: dict[str, Call] = {
    "contiguous": lambda m, x: x.contiguous(memory_format=m.channels_last),
    "contiguous 3d": lambda m, x: x.contiguous(memory_format=m.channels_last_3d),
    "contiguous preserve": lambda m, x: x.contiguous(memory_format=m.preserve_format),
    "contiguous no format": lambda m, x: x.contiguous(memory_format=3),
    "transposed preserve": lambda m, x: x.transpose(0, -1)[1:].contiguous(memory_format=m.preserve_format),
    "back": lambda m, x: x.clone(memory_format=m.channels_last).contiguous(),
    "clone": lambda m, x: x.clone(memory_format=m.channels_last),
    "clone of it": lambda m, x: x.clone(memory_format=m.channels_last).clone(),
    "clone no format": lambda m, x: x.clone(memory_format="channels_last"),
    "to": lambda m, x: x.to(memory_format=m.channels_last),
    "to 3d": lambda m, x: x.to(memory_format=m.channels_last_3d),
    "to and dtype": lambda m, x: x.to(m.float64, memory_format=m.channels_last),
    "to no format": lambda m, x: x.to(memory_format=3),
    "to and back": lambda m, x: x.to(memory_format=m.channels_last).to(memory_format=m.contiguous_format),
    "double": lambda m, x: x.double(memory_format=m.channels_last),
    "cpu": lambda m, x: x.cpu(memory_format=m.channels_last),
    "float no format": lambda m, x: x.float(memory_format=3),
    "zeros_like": lambda m, x: m.zeros_like(x, memory_format=m.channels_last),
    "randn_like": lambda m, x: m.randn_like(x, memory_format=m.channels_last),
    "empty_like of it": lambda m, x: m.empty_like(x.clone(memory_format=m.channels_last)),
    "empty": lambda m, x: m.empty(x.shape, memory_format=m.channels_last),
    "empty 3d": lambda m, x: m.empty(x.shape, memory_format=m.channels_last_3d),
    "empty preserve": lambda m, x: m.empty(x.shape, memory_format=m.preserve_format),
    "resize_": lambda m, x: m.empty(0).resize_(x.shape, memory_format=m.channels_last),
    "resize_ of values": lambda m, x: x.resize_(x.shape, memory_format=m.channels_last),
    "resize_ preserve": lambda m, x: x.resize_(x.shape, memory_format=m.preserve_format),
    "resize_as_": lambda m, x: m.empty(0).resize_as_(x, memory_format=m.channels_last),
    "resize_as_ preserve": lambda m, x: m.empty(0).resize_as_(x, memory_format=m.preserve_format),
    "arithmetic": lambda m, x: x.clone(memory_format=m.channels_last) * 2 + 1,
    "vmap": lambda m, x: m.vmap(lambda row: row.contiguous())(x),
}


def seen(m: Any, call: Callable[[], Any]) -> Any:
    """What is to agree: the strides of dimensions of more than one element, or the error's type and its text."""
    try:
        out = call()
    except (RuntimeError, TypeError) as error:
        return type(error).__name__, str(error).split("\n")[0].replace("int, )", "int)").split(" (")[0]
    return [(n, stride) for n, stride in zip(out.shape, out.stride(), strict=True) if n > 1]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", STRIDES)
def test_strides(name: str, shape: tuple[int, ...]) -> None:
    ours, theirs = (
        seen(m, lambda m=m: STRIDES[name](m, m.arange(float(m.Size(shape).numel())).view(shape)))
        for m in (gradiente, torch)
    )
    assert ours == theirs


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_is_in_a_format(shape: tuple[int, ...]) -> None:
    found = []
    for m in (gradiente, torch):
        x = m.ones(shape)
        found.append([])
        for form in (m.channels_last, m.channels_last_3d, m.contiguous_format, m.preserve_format):
            found[-1] += [y.is_contiguous(memory_format=form) for y in (x, x.transpose(0, -1))]
        if len(shape) == 4:
            y = x.to(memory_format=m.channels_last)
            found[-1] += [y is x, y.is_contiguous(), y.is_contiguous(memory_format=m.channels_last)]
            found[-1] += [x.contiguous(memory_format=m.channels_last) is x, y.to(memory_format=m.channels_last) is y]
    assert found[0] == found[1]


def test_modules() -> None:
    for to in ({"memory_format": "channels_last"}, {"memory_format": "contiguous_format"}, {}):
        ours, theirs = (
            layer(m, m.float64, **{key: getattr(m, value) for key, value in to.items()}) for m in (gradiente, torch)
        )
        assert ours == theirs


def test_values_and_gradients() -> None:
    found = []
    for m in (gradiente, torch):
        x = m.arange(48.0).view(2, 3, 2, 4).requires_grad_()
        y = x.contiguous(memory_format=m.channels_last)
        (y * y).sum().backward()
        found.append((y.tolist(), x.grad.stride(), x.grad.tolist(), type(y.grad_fn).__name__, y._is_view()))
    assert found[0] == found[1]
