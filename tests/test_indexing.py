"""Indexing with brackets and by functions: random indices against NumPy, gradients, duplicates, kept indices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradiente as torch


def random_index(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """An index without an integer beside an array, where torch and NumPy differ."""
    index: list[Any] = []
    arrays = bool(rng.random() < 0.5)
    for size in shape[: int(rng.integers(0, len(shape) + 1))]:
        kind = rng.integers(4)
        if kind == 0 and not arrays:
            index.append(int(rng.integers(-size, size)))
        elif kind == 1:
            index.append(slice(*sorted(int(n) for n in rng.integers(-1, size + 2, size=2))))
        elif kind == 2 and arrays:
            index.append(rng.integers(-size, size, size=(2,)))
        elif kind == 3 and arrays and not any(isinstance(i, np.ndarray) for i in index):
            index.append(rng.random(size) < 0.5)
            arrays = False
        else:
            index.append(slice(None, None, int(rng.integers(1, 3))))
        if rng.random() < 0.2:
            index.append(None)
    if rng.random() < 0.3:
        index.append(Ellipsis)
    return tuple(index)


@pytest.mark.parametrize("trial", range(100))
def test_reading_and_writing_as_numpy(trial: int, rng: np.random.Generator) -> None:
    shape = tuple(int(n) for n in rng.integers(1, 5, size=rng.integers(1, 5)))
    values = rng.normal(size=shape)
    index = random_index(rng, shape)
    theirs = tuple(torch.tensor(i.tolist()) if isinstance(i, np.ndarray) else i for i in index)
    leaf = torch.tensor(values.tolist(), dtype=torch.float64, requires_grad=True)
    try:
        expected = values[index]
    except IndexError:
        with pytest.raises(IndexError):
            leaf[theirs]
        return
    got = leaf[theirs]
    np.testing.assert_array_equal(got.detach().numpy(), expected)
    weights = rng.normal(size=expected.shape)
    (got * torch.from_numpy(np.asarray(weights))).sum().backward()
    gradient = np.zeros(shape)
    np.add.at(gradient, index, weights)
    np.testing.assert_allclose(leaf.grad.numpy(), gradient, atol=1e-12)

    changed, mine = values.copy(), leaf.detach().clone()
    changed[index] = 7
    mine[theirs] = 7
    np.testing.assert_array_equal(mine.numpy(), changed)
    tracked = leaf * 1
    fill = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    tracked[theirs] = fill
    changed[index] = 3
    np.testing.assert_array_equal(tracked.detach().numpy(), changed)
    keep = torch.autograd.grad(tracked.sum(), [leaf, fill], allow_unused=True)
    np.testing.assert_array_equal(keep[0].numpy(), changed != 3)


def test_integers_beside_arrays_are_applied_first() -> None:
    x = torch.arange(24).reshape(2, 3, 4)
    assert x[0, :, [0, 1]].shape == (3, 2)  # NumPy: (2, 3)


def test_repeated_indices_add_up() -> None:
    x = torch.ones(3, requires_grad=True)
    x[[0, 0, 2, 0]].sum().backward()
    assert x.grad.tolist() == [3, 0, 1]
    y = torch.ones(3, 2, requires_grad=True)
    y[[1, 1, 0]].sum().backward()
    assert y.grad.tolist() == [[1, 1], [2, 2], [0, 0]]
    z = torch.zeros(2, 3)
    z.index_put_((torch.tensor([1, 1]), torch.tensor([0, 0])), torch.tensor([1.0, 2.0]), accumulate=True)
    assert z.tolist() == [[0, 0, 0], [3, 0, 0]]


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64, torch.complex64])
def test_many_repeated_rows_add_up(dtype: Any, rng: np.random.Generator) -> None:
    rows = rng.integers(0, 5, size=200)
    x = torch.ones(5, 3, dtype=dtype, requires_grad=True)
    x[torch.from_numpy(rows)].sum().abs().backward()
    np.testing.assert_allclose(x.grad.numpy()[:, 0].real, np.bincount(rows, minlength=5), rtol=1e-3)


@pytest.mark.parametrize("kind", ["tensor", "array", "mask", "list"])
def test_an_index_may_change_after_it_was_used(kind: str) -> None:
    index: Any = {
        "tensor": torch.tensor([0, 1]),
        "array": np.array([0, 1]),
        "mask": torch.tensor([True, True, False]),
        "list": [0, 1],
    }[kind]
    x = torch.ones(3, requires_grad=True)
    y = x[index]
    z = x * 1
    z[index] = 5.0
    index[1] = 0 if kind == "mask" else 2
    (y.sum() + z.sum()).backward()
    assert x.grad.tolist() == [1, 1, 1]


def test_a_view_by_an_integer_tensor() -> None:
    x = torch.arange(6.0).reshape(2, 3)
    x[torch.tensor(1)][0] = 9
    assert x[1, 0].item() == 9


def test_writing_where_source_and_target_overlap() -> None:
    x = torch.arange(5)
    for change in (lambda: x[1:].copy_(x[:-1]), lambda: x[1:].add_(x[:-1]), lambda: x.index_add_(0, x[:1], x[:1])):
        with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor refer"):
            change()
    with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor refer"):
        x[1:] = x[:-1]
    assert x.tolist() == [0, 1, 2, 3, 4]
    x[...] = x
    x[::2].add_(x[:3])  # torch does not look at memory with gaps; here the values are those from before
    assert x.tolist() == [0, 1, 3, 3, 6]


def test_casts_on_writing() -> None:
    x = torch.zeros(3, dtype=torch.int64)
    x[0] = 2.7
    x[1] = torch.tensor(-3.7)
    assert x.tolist() == [2, -3, 0]
    y = torch.zeros(2)
    y[:] = torch.tensor([1e300, 1.0], dtype=torch.float64)  # no warning: NumPy's overflow is torch's inf
    assert y.tolist() == [float("inf"), 1]


@pytest.mark.parametrize(
    ("index", "value", "error", "text"),
    [
        (0, float("nan"), RuntimeError, "value cannot be converted to type int8_t without overflow"),
        (0, 300, RuntimeError, "value cannot be converted to type int8_t without overflow"),
        (0, "a", TypeError, "can't assign a str to a torch.CharTensor"),
        (0, None, TypeError, "can't assign a NoneType to a torch.CharTensor"),
        (0, [1], TypeError, "can't assign a list to a torch.CharTensor"),
        (0, np.ones(1), TypeError, "can't assign a numpy.ndarray to a torch.CharTensor"),
        (5, 1, IndexError, "index 5 is out of bounds for dimension 0 with size 3"),
        ([5], 1, IndexError, "index 5 is out of bounds for dimension 0 with size 3"),
        ([0, 1], torch.ones(2), RuntimeError, "Index put requires the source and destination dtypes match, got Char"),
        ([0, 1], torch.ones(3, dtype=torch.int8), RuntimeError, "shape mismatch: value tensor of shape [3] cannot be"),
        (slice(None), torch.ones(2), RuntimeError, "The expanded size of the tensor (3) must match the existing size"),
        (0, torch.ones(2), RuntimeError, "expand(torch.FloatTensor{[2]}, size=[]): the number of sizes provided (0)"),
        (slice(None, None, -1), 1, ValueError, "step must be greater than zero"),
    ],
)
def test_refused_writes_leave_the_tensor_alone(index: Any, value: Any, error: type[Exception], text: str) -> None:
    x = torch.zeros(3, dtype=torch.int8)
    with pytest.raises(error) as caught:
        x[index] = value
    assert str(caught.value).startswith(text)
    assert x.tolist() == [0, 0, 0]
    assert x._version == 0


def test_byte_masks_warn() -> None:
    x = torch.arange(3)
    with pytest.warns(UserWarning, match="indexing with dtype torch.uint8 is now deprecated"):
        assert x[torch.tensor([1, 0, 1], dtype=torch.uint8)].tolist() == [0, 2]


def test_lists_of_lists_warn() -> None:
    x = torch.arange(4).reshape(2, 2)
    with pytest.warns(UserWarning, match="Using a non-tuple sequence for multidimensional indexing is deprecated"):
        assert x[[[0, 1], [1, 0]]].tolist() == [1, 2]


def test_saved_indices_are_checked() -> None:
    x, index = torch.ones(3, requires_grad=True), torch.tensor([0, 1])
    y = x.gather(0, index)
    index.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_finding() -> None:
    x = torch.tensor([[0, 1], [2, 0]])
    assert x.nonzero().tolist() == torch.argwhere(x).tolist() == [[0, 1], [1, 0]]
    assert [t.tolist() for t in torch.nonzero(x, as_tuple=True)] == [[0, 1], [1, 0]]
    assert torch.tensor(3).nonzero().shape == (1, 0)
    assert 2 in x
    assert 5 not in x
    assert torch.tensor(1) in x


def test_reduced_scatter() -> None:
    x = torch.ones(3)
    assert x.scatter(0, torch.tensor([0, 0]), 2.0, reduce="add").tolist() == [5, 1, 1]
    assert x.scatter(0, torch.tensor([0, 0]), torch.tensor([2.0, 3.0]), reduce="multiply").tolist() == [6, 1, 1]
    with pytest.raises(RuntimeError, match="has no derivative here"):
        x.requires_grad_().clone().scatter_(0, torch.tensor([0]), 2.0, reduce="add")
    with pytest.raises(TypeError, match='missing 1 required positional arguments: "src" or "value"'):
        x.scatter(0, torch.tensor([0]))


@pytest.mark.parametrize("trial", range(20))
def test_gather_and_scatter_add_are_adjoint(trial: int, rng: np.random.Generator) -> None:
    shape = tuple(int(n) for n in rng.integers(1, 5, size=rng.integers(1, 4)))
    dim = int(rng.integers(len(shape)))
    other = [int(rng.integers(1, n + 1)) for n in shape]
    other[dim] = int(rng.integers(1, 6))
    index = torch.from_numpy(rng.integers(0, shape[dim], size=other))
    x, y = (torch.from_numpy(rng.normal(size=size)) for size in (shape, tuple(other)))
    left = (x.gather(dim, index) * y).sum()
    right = (x * torch.zeros(shape, dtype=torch.float64).scatter_add(dim, index, y)).sum()
    np.testing.assert_allclose(left.item(), right.item(), rtol=1e-12)


def test_the_graph_of_a_change_through_a_view_is_torchs() -> None:
    x, w = torch.ones(3, requires_grad=True), torch.ones(2, requires_grad=True)
    y = x * 1
    y[1:].mul_(w)
    assert y.grad_fn is not None
    shown = [None if fn is None else type(fn).__name__ for fn, _ in y.grad_fn.next_functions]
    assert shown == ["MulBackward0", "AccumulateGrad"]
    y = x * 1
    y[0] = 5
    assert y.grad_fn is not None
    assert y.grad_fn.next_functions[1] == (None, 0)
