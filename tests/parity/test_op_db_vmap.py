"""Every operator of PyTorch's own database under vmap equals a loop: its value, reverse mode, forward mode.

Over each tensor argument alone, and over all of them. What the loop gives is compared with torch in test_op_db.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradiente
from gradiente.func import jvp, vjp, vmap
from gradiente.utils._pytree import tree_flatten, tree_unflatten

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # torch's database imports it

from .op_db_access import Call, counterpart, operators, samples, seeded  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of torch, about itself

DYNAMIC = "the shape of the result depends on values"
CONTROL = "a number is taken out of the tensor"
AVERAGES = "running averages that are the same for all examples would be changed by each"
EDGES = "the intervals would differ between the examples"
UNBATCHED = {
    "argwhere": DYNAMIC,
    "index_put": DYNAMIC,  # with a mask
    "masked_select": DYNAMIC,
    "nonzero": DYNAMIC,
    "repeat_interleave": DYNAMIC,
    "unique": DYNAMIC,
    "linspace:tensor_overload": CONTROL,
    "logspace:tensor_overload": CONTROL,
    "narrow": CONTROL,
    "tensor_split": CONTROL,
    "scatter": "reduce='multiply' works by writing",
    "nn.functional.batch_norm": AVERAGES,
    "nn.functional.instance_norm": AVERAGES,
    "unique_consecutive": DYNAMIC,
    "masked_scatter": DYNAMIC,
    "nonzero_static": DYNAMIC,
    "as_strided_scatter": "a strided view of an example is a copy",
    "scatter_reduce:prod": "factors meet in another order in each example",
    "index_reduce:prod": "factors meet in another order in each example",
    "native_batch_norm": AVERAGES,
    "cov": CONTROL,
    "histogram": EDGES,
    "histogramdd": EDGES,
    "nn.functional.embedding": "max_norm changes the weight, which is the same for all examples",
    "nn.functional.embedding_bag": "bags of another size in each example",
    "nn.functional.fractional_max_pool2d": "windows at another place in each example",
    "resize_": "it gives the tensor other memory",
}
"""What is refused, in some of its samples at least, and why. Everything else must work."""

RANDOM = {"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided", "empty_permuted"}
EXAMPLES = 2


def operator_names() -> list[str]:
    return [name for name, op in operators().items() if op.name not in RANDOM and counterpart(op) is not None]


def drawn(error: Exception) -> bool:
    return "called random operation" in str(error)


def floating(x: Any) -> bool:
    return x.is_floating_point() or x.is_complex()


class Subject:
    """One sample as a function of its tensors."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.leaves, self.spec = tree_flatten((call.input, call.args, call.kwargs))
        self.places = [i for i, x in enumerate(self.leaves) if isinstance(x, gradiente.Tensor)]
        self.tensors = [self.leaves[i] for i in self.places]
        self.moving = [k for k, x in enumerate(self.tensors) if floating(x)]

    def __call__(self, *tensors: Any) -> tuple[Any, ...]:
        full = list(self.leaves)
        for i, x in zip(self.places, tensors, strict=True):
            full[i] = x
        input, args, kwargs = tree_unflatten(full, self.spec)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out = self.call.wrapper(self.call.function, input, *args, **kwargs)
        return tuple([x for x in tree_flatten(out)[0] if isinstance(x, gradiente.Tensor)])

    def partial(self, tensors: Any) -> Callable[..., tuple[Any, ...]]:
        """The differentiable results as a function of the differentiable tensors."""

        def inner(*moving: Any) -> tuple[Any, ...]:
            full = list(tensors)
            for k, x in zip(self.moving, moving, strict=True):
                full[k] = x
            return tuple([y for y in self(*full) if floating(y)])

        return inner

    def reverse(self, *tensors: Any) -> Any:
        values, pull = vjp(self.partial(tensors), *[tensors[k] for k in self.moving])
        return pull(tuple([y.detach() * 0.5 + 1 for y in values]))

    def forward(self, *tensors: Any) -> Any:
        given = tuple([tensors[k] for k in self.moving])
        return jvp(self.partial(tensors), given, tuple([x * 0.5 for x in given]))[1]

    def choices(self) -> Iterator[list[int]]:
        """Over which tensors the batch goes."""
        count = len(self.tensors)
        yield from ([k] for k in range(count))
        if count > 1:
            yield list(range(count))


def compare(subject: Subject, function: Callable[..., Any], mapped: list[int], what: str) -> None:
    rows = [
        [x * 0.9375**b if k in mapped and k in subject.moving else x for k, x in enumerate(subject.tensors)]
        for b in range(EXAMPLES)
    ]
    try:
        wanted = [function(*row) for row in rows]
    except Exception:
        return  # what does not work for one example is not this test's business
    stacked = [gradiente.stack(list(x)) if k in mapped else x[0] for k, x in enumerate(zip(*rows, strict=True))]
    try:
        found = vmap(function, in_dims=tuple(0 if k in mapped else None for k in range(len(stacked))))(*stacked)
    except Exception as error:
        if drawn(error):
            return
        raise AssertionError(f"{what} over {mapped}: {type(error).__name__}: {error}") from error
    for f, w in zip(found, zip(*wanted, strict=True), strict=True):
        together = gradiente.stack([x.to_dense() for x in w]).detach().numpy()  # of `sparse=True`, sparse ones
        assert f.dtype == w[0].dtype, f"{what} over {mapped}"
        np.testing.assert_allclose(
            f.detach().to_dense().numpy(), together, rtol=1e-7, atol=1e-9, err_msg=f"{what} over {mapped}"
        )  # other orders of summation, divided by small numbers


def problems(name: str) -> Iterator[str]:
    op = operators()[name]
    dtype = next((d for d in (torch.float64, torch.complex128, torch.int64, torch.bool) if d in op.dtypes), None)
    if dtype is None:
        return
    for sample in samples(op, dtype, False):
        try:
            subject = Subject(Call(op, sample, gradiente))
            seeded("run")
            outs = subject(*subject.tensors)
            for y in outs:
                y.detach().numpy()
        except Exception:
            continue  # not there yet, as test_op_db.py says, or of a dtype that NumPy lacks
        ways: dict[str, Any] = {"value": subject}
        if subject.moving and any(floating(y) for y in outs):
            ways |= {"reverse mode": subject.reverse, "forward mode": subject.forward}
        for mapped in subject.choices() if outs else ():
            for what, function in ways.items():
                try:
                    compare(subject, function, mapped, what)
                except AssertionError as error:
                    yield str(error)


@pytest.mark.parametrize("name", operator_names())
def test_operator_under_vmap(name: str) -> None:
    found = list(problems(name))
    if name in UNBATCHED:
        refused = [text for text in found if "Error: " in text]
        assert refused, f"{name} works: take it from the list"
        found = [text for text in found if text not in refused]
    assert not found, "\n".join(found[:5])
