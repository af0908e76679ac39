"""Views, joins, splits and indices against PyTorch: values, strides, shared memory, nodes, gradients of two orders."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import gradiente
from parity.shape_cases import VALUES
from parity.shape_errors import ERRORS

oracle: Any = pytest.importorskip("torch")
BASE = np.sin(np.arange(24.0)).reshape(2, 3, 4) * 5


def setting(torch: Any) -> tuple[Any, dict[str, Any]]:
    leaf = torch.tensor(BASE.tolist(), dtype=torch.float64, requires_grad=True)
    x = leaf * 1.0
    names = {"torch": torch, "np": np, "x": x, "m": (leaf * 1.0)[0].clone(), "s": (leaf * 1.0)[1, :, 0].clone()}
    names["z"] = (leaf * 1.0)[1, 2, 3].clone()
    return leaf, names


def node_name(t: Any) -> str | None:
    return None if t.grad_fn is None else t.grad_fn.name()


def facts(torch: Any, text: str) -> dict[str, Any]:
    """What is compared of one expression."""
    leaf, names = setting(torch)
    out = eval(text, names)
    found: dict[str, Any] = {
        "value": out.detach().numpy().copy(),
        "shape": tuple(out.shape),
        "stride": tuple(s for s, n in zip(out.stride(), out.shape, strict=True) if n > 1) if out.numel() else (),
        "view": out._is_view(),
        "node": node_name(out),
        "number": out.output_nr,
    }
    if out.dtype in (torch.float64,) and out.grad_fn is not None:
        weight = torch.tensor(
            np.cos(np.arange(1.0, out.numel() + 1)).reshape(tuple(out.shape)).tolist(), dtype=torch.float64
        )
        weight = weight.reshape(out.shape)
        (first,) = torch.autograd.grad((out * out * weight).sum(), leaf, create_graph=True)
        (second,) = torch.autograd.grad((first * first).sum(), leaf)
        found["first"], found["second"] = first.detach().numpy(), second.numpy()
    return found


@pytest.mark.parametrize("text", VALUES)
def test_values_memory_nodes_and_gradients(text: str) -> None:
    ours, theirs = facts(gradiente, text), facts(oracle, text)
    for key in ("value", "first", "second"):
        if key in theirs:
            np.testing.assert_allclose(ours.pop(key), theirs.pop(key), rtol=1e-12, atol=1e-12, err_msg=key)
    assert ours == theirs


@pytest.mark.parametrize("text", ERRORS)
def test_errors(text: str) -> None:
    raised: list[BaseException] = []
    for torch in (oracle, gradiente):
        _, names = setting(torch)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is compared below
                eval(text, names)
        raised.append(caught.value)
    theirs, ours = raised
    assert type(ours) is type(theirs), f"{type(theirs).__name__}: {theirs}"
    assert str(ours).startswith(str(theirs).splitlines()[0].rstrip(".")), f"{theirs!s}"
