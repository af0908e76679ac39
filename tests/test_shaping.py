"""Shapes, joins and splits: which results share memory, their values and gradients, and every error text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from shaping_errors import ERRORS

VIEWS = {
    "reshape": lambda x: x.reshape(6, 4),
    "view": lambda x: x.view(-1),
    "transpose": lambda x: x.transpose(0, 2),
    "permute": lambda x: x.permute(2, 0, 1),
    "movedim": lambda x: x.movedim(0, -1),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "squeeze": lambda x: x[:1].squeeze(0),
    "expand": lambda x: x.expand(5, 2, 3, 4),
    "flatten": lambda x: x.flatten(1),
    "unflatten": lambda x: x.unflatten(2, (2, 2)),
    "narrow": lambda x: x.narrow(2, 1, 2),
    "select": lambda x: x.select(0, 1),
    "diagonal": lambda x: x.diagonal(0, 1, 2),
    "as_strided": lambda x: x.as_strided((2, 2), (1, 4)),
    "unfold": lambda x: x.unfold(2, 2, 1),
    "split": lambda x: x.split(2, 2)[1],
    "unbind": lambda x: x.unbind(1)[2],
    "tensor_split": lambda x: x.tensor_split(2, 1)[1],
    "mT": lambda x: x.mT,
    "index": lambda x: x[0, 1:, None, ::2],
    "alias": lambda x: x[...],
    "detach": lambda x: x.detach(),
    "data": lambda x: x.data,
    "dtype": lambda x: x.view(torch.int64),
}
COPIES = {
    "reshape": lambda x: x.transpose(0, 1).reshape(-1),
    "flip": lambda x: x.flip(0),
    "roll": lambda x: x.roll(1),
    "rot90": lambda x: x.rot90(),
    "cat": lambda x: torch.cat([x]),
    "stack": lambda x: torch.stack([x]),
    "repeat": lambda x: x.repeat(1, 1, 1),
    "clone": lambda x: x.clone(),
    "contiguous": lambda x: x.mT.contiguous(),
    "diag": lambda x: x[0, :, :3].diag(),
    "tril": lambda x: x.tril(),
    "advanced": lambda x: x[[0, 1]],
    "mask": lambda x: x[x > -1],
    "gather": lambda x: x.gather(0, torch.zeros(1, 3, 4, dtype=torch.int64)),
    "index_select": lambda x: x.index_select(0, torch.tensor([0, 1])),
}


def cube() -> Any:
    return torch.arange(24, dtype=torch.float64).reshape(2, 3, 4).clone()


@pytest.mark.parametrize("name", VIEWS)
def test_views_share_memory(name: str) -> None:
    x = cube()
    assert np.shares_memory(VIEWS[name](x).numpy(), x.numpy())


@pytest.mark.parametrize("name", COPIES)
def test_copies_do_not(name: str) -> None:
    x = cube()
    assert not np.shares_memory(COPIES[name](x).numpy(), x.numpy())


@pytest.mark.parametrize("name", {**VIEWS, **COPIES})
def test_gradients_count_how_often_each_element_appears(name: str) -> None:
    function = {**VIEWS, **COPIES}[name]
    if name in ("detach", "data", "dtype"):
        assert function(cube()).grad_fn is None
        return
    x = cube().requires_grad_()
    function(x * 1).sum().backward()
    shown, times = np.unique(function(cube() + 1).numpy(), return_counts=True)  # distinct: they tell who appears
    expected = np.zeros(25)
    expected[shown.astype(int)] = times
    expected = expected[1:]  # zeros, as those that tril fills in, are no elements of x
    np.testing.assert_array_equal(x.grad.numpy().ravel(), expected)


def scope() -> dict[str, Any]:
    leaf = torch.arange(24, dtype=torch.float64).reshape(2, 3, 4).clone().requires_grad_()
    x = leaf * 1.0
    return {"torch": torch, "np": np, "x": x, "m": x[0].clone(), "s": x[1, :, 0].clone(), "z": x[1, 2, 3].clone()}


@pytest.mark.parametrize(("text", "error", "start"), ERRORS, ids=[text for text, _, _ in ERRORS])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_errors(text: str, error: type[Exception], start: str) -> None:
    names = scope()
    with pytest.raises(error) as caught:
        eval(text, names)
    assert str(caught.value).startswith(start)


def test_expanded_memory_is_not_written() -> None:
    x = torch.ones(3).expand(2, 3)
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor refers to a single memory"):
        x.mul_(2)
    assert x.sum().item() == 6


def test_clone_of_an_expanded_tensor_is_dense() -> None:
    assert torch.ones(3).expand(2, 3).clone().stride() == (3, 1)


def test_parts_that_get_no_gradient_count_as_zero() -> None:
    x = torch.arange(6.0).reshape(3, 2).requires_grad_()
    first, _, last = x.unbind()
    (first * 2 + last).sum().backward()
    assert x.grad.tolist() == [[2, 2], [0, 0], [1, 1]]


def test_one_node_for_all_parts() -> None:
    x = torch.ones(4, requires_grad=True)
    one, two = x.split(2)
    assert one.grad_fn is two.grad_fn
    assert (one.output_nr, two.output_nr) == (0, 1)
    assert (one + two).grad_fn.next_functions == ((one.grad_fn, 0), (one.grad_fn, 1))


def test_gradients_with_respect_to_parts() -> None:
    x = torch.arange(4.0, requires_grad=True)
    one, two = x.split(2)
    found = torch.autograd.grad((one * two).sum(), [two, one])
    assert [g.tolist() for g in found] == [[0, 1], [2, 3]]


def test_hooks_on_parts() -> None:
    x = torch.arange(4.0, requires_grad=True)
    one, two = x.unbind()[:2]
    one.register_hook(lambda g: g * 10)
    (one + two).backward()
    assert x.grad.tolist() == [10, 1, 0, 0]


def test_complex_parts() -> None:
    x = torch.tensor([1 + 2j, 3j], requires_grad=True)
    a, b = x.unbind()
    (a * b).abs().backward()
    y = torch.tensor([1 + 2j, 3j], requires_grad=True)
    (y[0] * y[1]).abs().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-6)


def test_meshgrid_warns_without_indexing() -> None:
    with pytest.warns(UserWarning, match="it will be required to pass the indexing argument"):
        torch.meshgrid(torch.ones(2), torch.ones(3))


def test_reversing_three_dimensions_warns() -> None:
    with pytest.warns(UserWarning, match="x.T. on tensors of dimension other than 2"):
        assert cube().T.shape == (4, 3, 2)


def test_memory_formats() -> None:
    x = torch.ones(2, 3).t()
    assert x.clone().stride() == (1, 3)
    assert x.clone(memory_format=torch.contiguous_format).stride() == (2, 1)
    y = torch.arange(48.0).view(2, 3, 2, 4).contiguous(memory_format=torch.channels_last)
    assert (y.stride(), y.is_contiguous(), y[1, 2, 1, 3].item()) == ((24, 1, 12, 3), False, 47.0)
    assert y.is_contiguous(memory_format=torch.channels_last)
    assert y.contiguous(memory_format=torch.channels_last) is y is y.to(memory_format=torch.channels_last)
    assert torch.empty(2, 3, 4, 5, 6, memory_format=torch.channels_last_3d).stride() == (360, 1, 90, 18, 3)


def test_gradients_flow_through_another_order_in_memory() -> None:
    x = torch.arange(48.0).view(2, 3, 2, 4).requires_grad_()
    y = x.to(memory_format=torch.channels_last)
    (y * y).sum().backward()
    assert not y._is_view()
    assert torch.equal(x.grad, 2 * x.detach())


def test_a_module_has_its_tensors_of_four_dimensions_in_another_order() -> None:
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(16, 2))
    x = torch.ones(2, 3, 4, 4)
    before = net(x)
    net.to(memory_format=torch.channels_last)
    assert net[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert net[2].weight.stride() == (16, 1)
    torch.testing.assert_close(net(x.to(memory_format=torch.channels_last)), before)


FORMATS: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "no format": (lambda x: x.clone(memory_format="channels_last"), TypeError, "must be torch.memory_format, not str"),
    "rank 4": (lambda x: x[0].contiguous(memory_format=torch.channels_last), RuntimeError, "required rank 4 tensor"),
    "rank 5": (lambda x: x.to(memory_format=torch.channels_last_3d), RuntimeError, "required rank 5 tensor"),
    "preserve": (lambda x: x.mT.contiguous(memory_format=torch.preserve_format), RuntimeError, "is unsupported by"),
    "empty": (lambda x: torch.empty(2, memory_format=torch.preserve_format), RuntimeError, "format Preserve"),
    "resize_": (lambda x: x.resize_(2, memory_format=torch.preserve_format), RuntimeError, "formatPreserve"),
    "to": (lambda x: x.to(memory_format=3), TypeError, r"got \(memory_format=int\)"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_memory_formats_that_cannot_be(name: str) -> None:
    call, error, text = FORMATS[name]
    with pytest.raises(error, match=text):
        call(torch.ones(2, 3, 4, 5))


def test_sizes_and_strides() -> None:
    x = cube()[1]
    assert (x.size(), x.size(-1), x.stride(), x.stride(0), x.storage_offset(), x.dim()) == ((3, 4), 4, (4, 1), 4, 12, 2)
    assert x.data_ptr() == x.numpy().ctypes.data
    assert x.is_contiguous()
    assert not x.t().is_contiguous()


@pytest.mark.parametrize("trial", range(20))
def test_joining_undoes_splitting(trial: int, rng: np.random.Generator) -> None:
    shape = tuple(rng.integers(1, 5, size=rng.integers(1, 4)))
    dim = int(rng.integers(-len(shape), len(shape)))
    x = torch.tensor(rng.normal(size=shape).tolist(), dtype=torch.float64)
    size = int(rng.integers(1, 4))
    assert (torch.cat(x.split(size, dim), dim) == x).all()
    assert (torch.stack(x.unbind(dim), dim) == x).all()
    assert (torch.cat(torch.tensor_split(x, size, dim), dim) == x).all()
