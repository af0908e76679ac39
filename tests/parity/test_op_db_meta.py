"""Operators of PyTorch's own database on the meta device find the shapes and dtypes that they give on the CPU.

Those of their results, and those of the gradients. What the CPU gives is compared with torch in test_op_db.py. Making
the samples takes long: one operator of four is tried, and all of them where GRADIENTE_ALL_OPERATORS is set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

import gradiente

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # torch's database imports it

from .op_db_access import Call, operators, samples, seeded  # noqa: E402
from .test_op_db_vmap import Subject, operator_names  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of torch, about itself

NUMBER = "a number is taken out of the tensor"
DYNAMIC = "the shape of the result depends on values"
REFUSED = {
    "allclose": NUMBER,
    "argwhere": DYNAMIC,
    "as_strided_scatter": "a strided view is a copy there",
    "bincount": DYNAMIC,
    "cov": NUMBER,
    "equal": NUMBER,
    "geqrf": "torch has no rule for it either",
    "histogram": NUMBER,
    "histogramdd": NUMBER,
    "index_put": DYNAMIC,  # the gradient by the values, with a mask
    "istft": NUMBER,
    "item": NUMBER,
    "linspace:tensor_overload": NUMBER,
    "logspace:tensor_overload": NUMBER,
    "masked_select": DYNAMIC,
    "narrow": NUMBER,
    "nn.functional.one_hot": NUMBER,
    "nonzero": DYNAMIC,
    "tensor_split": NUMBER,
    "unique": DYNAMIC,
    "unique_consecutive": DYNAMIC,
}
"""What is refused, in some of its samples at least, and why. Everything else must work."""

SAMPLES = 3
NAMES = operator_names()[:: 1 if os.environ.get("GRADIENTE_ALL_OPERATORS") else 4]


def described(tensors: Any) -> list[tuple[Any, ...]]:
    return [(tuple(x.shape), x.dtype) for x in tensors]


def gradients(subject: Subject, tensors: list[Any]) -> list[Any]:
    """The gradients of the sum of all results by the tensors that can have them."""
    leaves = [x.clone().requires_grad_() if k in subject.moving else x for k, x in enumerate(tensors)]
    outs = [y for y in subject(*leaves) if y.requires_grad]
    if not outs:
        return []
    asked = [leaves[k] for k in subject.moving]
    total: Any = sum((y.abs() if y.is_complex() else y).sum() for y in outs)
    return [g for g in gradiente.autograd.grad(total, asked, allow_unused=True) if g is not None]


def problems(name: str) -> Iterator[str]:
    op = operators()[name]
    dtype = next((d for d in (torch.float32, torch.complex64, torch.int64, torch.bool) if d in op.dtypes), None)
    if dtype is None:
        return
    for sample in samples(op, dtype, False)[:SAMPLES]:
        for what, function in (("results", lambda subject, tensors: subject(*tensors)), ("gradients", gradients)):
            try:
                subject = Subject(Call(op, sample, gradiente))
                seeded("run")
                wanted = function(subject, subject.tensors)
            except Exception:
                continue  # what does not work on the CPU is not this test's business
            subject = Subject(Call(op, sample, gradiente))
            try:
                found = function(subject, [x.to("meta") for x in subject.tensors])
            except Exception as error:
                yield f"{what}: {type(error).__name__}: {error}"
                continue
            if described(found) != described(wanted):
                yield f"{what}: {described(found)} instead of {described(wanted)}"
            elif wanted and subject.tensors and not any(x.is_meta for x in found):
                yield f"{what}: they are not on the meta device"


@pytest.mark.parametrize("name", NAMES)
def test_operator_on_the_meta_device(name: str) -> None:
    found = list(problems(name))
    if name in REFUSED:
        refused = [text for text in found if "Error: " in text]
        assert refused, f"{name} works: take it from the list"
        found = [text for text in found if text not in refused]
    assert not found, "\n".join(found[:5])
