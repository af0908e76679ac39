"""What programs of small research repositories were found to do differently, against PyTorch."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from outcomes import assert_same

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402


def arrays_beside_tensors(module: Any) -> Any:
    """Outcomes of operators of a tensor and an array, in either order."""
    found: list[Any] = []
    for array in (np.ones(2), np.ones((2, 2), dtype=np.float32), np.array([True, False]), np.array(["a", "b"])):
        for tensor in (module.ones(2), module.tensor([1, 2]), module.tensor([1j, 1])):
            for operate in (operator.eq, operator.ne, operator.truediv):
                for operands in ((tensor, array), (array, tensor)):
                    if operate is operator.truediv and operands[0] is tensor:
                        continue  # NumPy divides, and says the same of both
                    try:
                        found.append(operate(*operands))
                    except TypeError as error:
                        found.append(str(error))
    return found


def gradients_seen(module: Any, *args: Any, **keywords: Any) -> Any:
    """What the full backward hooks of a module of these arguments see."""
    seen: list[Any] = []

    class Layer(module.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = module.nn.Parameter(module.ones(2))

        def forward(self, a: Any, b: Any = None, unused: Any = None) -> Any:
            self.passed = (a.requires_grad, b is not None and b.requires_grad)
            return self.weight * a, module.arange(2), module.ones(2)

    layer = Layer()
    layer.register_full_backward_hook(lambda _m, grad_input, grad_output: seen.extend((grad_input, grad_output)))
    outs = layer(*args, **keywords)
    outs[0].sum().backward()
    return seen, layer.passed, [out.requires_grad for out in outs], layer.weight.grad


def states_of_schedulers(module: Any) -> Any:
    """The states of schedulers that keep functions or other schedulers: what is in them, in which order."""
    schedulers = module.optim.lr_scheduler
    optimizer = module.optim.SGD([module.ones(1, requires_grad=True)], 0.1, momentum=0.9)
    made = [
        schedulers.ReduceLROnPlateau(optimizer),
        schedulers.LambdaLR(optimizer, lambda epoch: 0.5),
        schedulers.CyclicLR(optimizer, 0.1, 1.0),
        schedulers.SequentialLR(optimizer, [schedulers.ConstantLR(optimizer), schedulers.StepLR(optimizer, 2)], [2]),
        schedulers.ChainedScheduler([schedulers.StepLR(optimizer, 2)]),
    ]
    return [scheduler.state_dict() for scheduler in made]


def replaced_gradient(module: Any) -> Any:
    layer = module.nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda *_: (module.ones(1, 2),))
    layer(module.ones(1, 2)).sum().backward()


def drawn_by_workers(module: Any, persistent: bool) -> Any:
    """What workers draw from torch's, Python's and NumPy's generators in two passes."""

    class Draws(module.utils.data.Dataset):
        def __len__(self) -> int:
            return 4

        def __getitem__(self, i: int) -> Any:
            return i, module.rand(1).item(), random.random(), float(np.random.rand())

    module.manual_seed(0)
    loader = module.utils.data.DataLoader(
        Draws(), batch_size=None, shuffle=True, num_workers=2, persistent_workers=persistent
    )
    drawn = [list(loader), list(loader), module.rand(1), type(loader._iterator).__name__]
    del loader
    return drawn


def changed_output_of_a_hooked_module(module: Any) -> Any:
    layer = module.nn.Sequential(module.nn.Linear(2, 2), module.nn.ReLU(inplace=True))
    layer[0].register_full_backward_hook(lambda *_: None)
    layer(module.ones(1, 2))


def adam(kind: str, betas: Any) -> Callable[[Any], Any]:
    return lambda m: getattr(m.optim, kind)([m.ones(1, requires_grad=True)], betas=betas).defaults["betas"]


CASES: dict[str, Callable[[Any], Any]] = {
    "tensors equal arrays": lambda m: (m.ones(2) == np.ones(2), np.zeros(2) == m.ones(2), m.ones(2) == np.ones((2, 2))),
    "tensors equal arrays of other sizes": lambda m: m.ones(2) == np.ones(3),
    "arrays over tensors": lambda m: (np.ones(2) / m.full((2,), 4.0), np.array(3.0) / m.ones(2, 2)),
    "arrays over tracked tensors": lambda m: np.ones(2) / m.ones(2, requires_grad=True),
    "hooks without tracked inputs": lambda m: gradients_seen(m, m.ones(2)),
    "hooks without positional inputs": lambda m: gradients_seen(m, a=m.ones(2)),
    "hooks of tracked and other inputs": lambda m: gradients_seen(m, m.ones(2, requires_grad=True), m.ones(3), "x"),
    "hooks of unused inputs": lambda m: gradients_seen(m, m.ones(2), m.ones(3, requires_grad=True)),
    "hooks of integers": lambda m: gradients_seen(m, m.ones(2, requires_grad=True), m.arange(2)),
    "hooks that answer without tracked inputs": replaced_gradient,
    "a dtype in place of a device": lambda m: m.ones(1).to("float32"),
    "no such device": lambda m: m.device("gpu:1"),
    "no device's name": lambda m: m.device("gpu1"),
    "draws of workers": lambda m: drawn_by_workers(m, persistent=False),
    "draws of workers that stay": lambda m: drawn_by_workers(m, persistent=True),
    "hooks and changes in place": changed_output_of_a_hooked_module,
    "states of schedulers": states_of_schedulers,
    "Adam's betas of int": adam("Adam", (0, 0.9)),
    "AdamW's betas of int": adam("AdamW", (0, 0.9)),
    "Adam's betas as a list": adam("Adam", [0.5, 0.9]),
    "Adamax's betas of int": adam("Adamax", (0, 0.9)),
    "SparseAdam's betas of int": adam("SparseAdam", (0, 0.9)),
}


@pytest.mark.parametrize("name", CASES)
def test_as_torch(name: str) -> None:
    assert_same(CASES[name], torch, gradiente, warned="arrays" not in name)  # torch's __array_wrap__ is of old NumPy


@pytest.mark.filterwarnings("ignore:__array")
def test_arrays_beside_tensors() -> None:
    found, expected = arrays_beside_tensors(gradiente), arrays_beside_tensors(torch)
    assert [repr(x) for x in found] == [repr(x) for x in expected]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("bounds", [(-1, 1), (0, 1), (2, 7.5)])
def test_linspace_to_the_last_bit(bounds: tuple[float, float], dtype: str) -> None:
    for n in [*range(2, 70), 1000]:
        expected, found = [m.linspace(*bounds, n, dtype=getattr(m, dtype)).numpy() for m in (torch, gradiente)]
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("align_corners", [False, True])
def test_affine_grid_to_the_last_bit(align_corners: bool) -> None:
    """Where places lie on pixels, the slopes of `grid_sample` depend on the last bit."""
    for size in ([1, 1, 28, 28], [1, 1, 7, 2], [1, 1, 5, 6, 7]):
        axes = len(size) - 2
        expected, found = [
            m.nn.functional.affine_grid(m.eye(axes, axes + 1)[None], size, align_corners=align_corners).numpy()
            for m in (torch, gradiente)
        ]
        np.testing.assert_array_equal(found, expected)
