"""What programs of small research repositories were found to need, without PyTorch."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

import gradiente as torch


def test_tensors_are_compared_with_arrays() -> None:
    assert (torch.tensor([1, 2]) == np.array([1.0, 3.0])).tolist() == [True, False]
    assert (np.array([1.0, 3.0]) == torch.tensor([1, 2])).tolist() == [True, False]
    assert (torch.ones(2) == np.array(["a", "b"])) is False
    with pytest.raises(RuntimeError, match=r"The size of tensor a \(2\) must match the size of tensor b \(3\)"):
        assert torch.ones(2) == np.ones(3)


def test_arrays_are_divided_by_tensors() -> None:
    quotient: Any = np.ones(2) / torch.tensor([2.0, 4.0])
    assert quotient.tolist() == [0.5, 0.25]
    assert quotient.dtype is torch.float64


@pytest.mark.parametrize("tracked", [False, True])
def test_full_backward_hooks_see_an_entry_for_every_input(tracked: bool) -> None:
    class Scale(torch.nn.Module):
        def forward(self, x: Any, by: Any, *_: Any) -> Any:
            assert by.grad_fn is None or by.requires_grad
            return x * by

    seen: list[Any] = []
    scale, x = Scale(), torch.ones(2, requires_grad=tracked)
    scale.register_full_backward_hook(lambda _module, grad_input, _grad_output: seen.extend(grad_input))
    by = torch.full((2,), 3.0)
    if tracked:
        scale(x, by, "a word").sum().backward()
        assert [None if g is None else g.tolist() for g in seen] == [[3.0, 3.0], [0.0, 0.0], None]
        assert x.grad is not None
        assert x.grad.tolist() == [3.0, 3.0]
    else:
        linear = torch.nn.Linear(2, 2)
        linear.register_full_backward_hook(lambda _module, grad_input, _grad_output: seen.extend(grad_input))
        with pytest.warns(UserWarning, match="Full backward hook is firing when gradients are computed with respect"):
            linear(x).sum().backward()
        assert seen == [None]


class Counting(torch.utils.data.IterableDataset[Any]):
    """How often it was iterated over in this worker, which process that is, a number of NumPy's."""

    passes = 0

    def __iter__(self) -> Any:
        self.passes += 1
        return iter([[self.passes, os.getpid(), float(np.random.rand())]] * 3)


def test_persistent_workers_go_on_with_their_state() -> None:
    loader = torch.utils.data.DataLoader(Counting(), batch_size=None, num_workers=2, persistent_workers=True)
    first, second = list(loader), list(loader)
    assert {passes for passes, _, _ in first} == {1}
    assert {passes for passes, _, _ in second} == {2}
    assert {pid for _, pid, _ in first} == {pid for _, pid, _ in second}
    assert len({number for *_, number in first + second}) == 4, "workers draw different numbers, and go on drawing"


def test_persistent_workers_after_a_pass_that_was_left() -> None:
    loader = torch.utils.data.DataLoader(range(8), num_workers=2, persistent_workers=True)
    assert next(iter(loader)).tolist() == [0]
    assert [batch.item() for batch in loader] == list(range(8))


def test_workers_end_with_their_loader() -> None:
    loader = torch.utils.data.DataLoader(range(8), num_workers=1, persistent_workers=True)
    list(loader)
    (process,) = loader._iterator._workers._processes
    assert process.is_alive()
    loader._iterator = None
    assert not process.is_alive()


def test_workers_that_do_not_stay_start_anew() -> None:
    loader = torch.utils.data.DataLoader(Counting(), batch_size=None, num_workers=1)
    assert [passes for _ in range(2) for passes, *_ in loader] == [1] * 6


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.AdamW])
def test_betas_are_floats_or_tensors(kind: Any) -> None:
    with pytest.raises(ValueError, match=r"betas must be either both floats or both Tensors \(they are int and float"):
        kind([torch.ones(1, requires_grad=True)], betas=(0, 0.9))
    assert kind([torch.ones(1, requires_grad=True)], betas=[0.0, 0.9]).defaults["betas"] == (0.0, 0.9)


def test_older_orders_warn_at_the_line_of_the_program() -> None:
    x, m = torch.ones(2), torch.ones(2, 2)
    text = r"^This overload of add_ is deprecated:\n\tadd_\(Number alpha, Tensor other\)\n"
    with pytest.warns(UserWarning, match=text) as caught:
        x.add_(2, torch.ones(2))
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match=r"add\(Tensor input, Number alpha, Tensor other, \*, Tensor out") as caught:
        torch.add(x, 2, torch.ones(2))
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match=r"addmm_\(Number beta, Number alpha, Tensor mat1, Tensor mat2\)") as caught:
        m.addmm_(1, 2, m.clone(), m.clone())
    assert caught[0].filename == __file__


class Tripled(torch.utils.data.TensorDataset):
    def __getitem__(self, index: Any) -> Any:
        return tuple(3 * x for x in super().__getitem__(index))


def test_batches_of_tensors_are_made_as_one_by_one() -> None:
    data = torch.utils.data
    whole = data.TensorDataset(torch.arange(24.0).reshape(12, 2), torch.arange(12), torch.ones(12, dtype=torch.bool))
    part = data.Subset(data.Subset(whole, range(2, 12)), [7, 0, 3, 3])
    for examples in (whole, part, Tripled(*whole.tensors)):
        made = list(data.DataLoader(examples, batch_size=3))
        one_by_one = list(data.DataLoader(examples, batch_size=3, collate_fn=lambda b: data.default_collate(b)))
        for batch, expected in zip(made, one_by_one, strict=True):
            assert isinstance(batch, list)
            assert [(x.dtype, x.tolist()) for x in batch] == [(x.dtype, x.tolist()) for x in expected]
            batch[0].zero_()
    assert whole.tensors[0].sum() == sum(range(24)), "batches are copies"


def test_batches_of_tensors_that_require_gradients() -> None:
    x = torch.ones(4, 2, requires_grad=True)
    (batch,) = next(iter(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x), batch_size=4)))
    assert batch.grad_fn is not None
    assert batch.grad_fn.name() == "StackBackward0"


def test_an_example_that_is_not_there() -> None:
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4)), 2, sampler=[0, 9])
    with pytest.raises(IndexError, match="index 9 is out of bounds for dimension 0 with size 4"):
        list(loader)


def test_linspace_rounds_once() -> None:
    step = np.float32(2) / np.float32(6)
    assert torch.linspace(-1, 1, 7)[3].item() == np.float32(1 - 3 * float(step)) != 0


def test_a_dtype_is_no_device() -> None:
    with pytest.raises(RuntimeError, match=r"^Invalid device string: 'float32'"):
        torch.ones(1).to("float32")


def test_volatile_is_always_false() -> None:
    x: Any = torch.ones(1)
    with pytest.warns(UserWarning, match=r"^volatile was removed \(Variable\.volatile is always False\)$"):
        assert x.volatile is False
    with pytest.warns(UserWarning, match=r"^volatile was removed and now has no effect"):
        x.volatile = True
