"""The mistakes that this field is known for. Each family is a class of tests that stays for ever."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente as torch

F8 = torch.float64


def leaf(*values: Any) -> Any:
    return torch.tensor(values if len(values) > 1 else values[0], dtype=F8, requires_grad=True)


def grads(out: Any, *inputs: Any, **keywords: Any) -> list[Any]:
    """The gradients of Σ out, as nested lists."""
    found = torch.autograd.grad(out.sum(), inputs, **keywords)
    return [None if g is None else g.tolist() for g in found]


class TestViewsAndInPlace:
    def test_a_change_through_a_view_reaches_the_base(self) -> None:
        x = leaf(1.0, 2.0, 3.0)
        y = x * 1
        y[1:].mul_(10)
        assert grads(y, x) == [[1.0, 10.0, 10.0]]

    def test_a_change_of_the_base_reaches_the_view(self) -> None:
        x = leaf(1.0, 2.0, 3.0)
        y = x * 1
        view = y[1:]
        y.mul_(x)
        assert view.tolist() == [4.0, 9.0]
        assert grads(view, x) == [[0.0, 4.0, 6.0]]

    def test_a_change_of_a_view_reaches_its_sibling(self) -> None:
        x = leaf(1.0, 2.0, 3.0)
        y = x * 1
        left, right = y[:2], y[1:]
        left.mul_(x[:2])
        assert right.tolist() == [4.0, 3.0]
        assert grads(right, x) == [[0.0, 4.0, 1.0]]

    def test_views_of_views(self) -> None:
        x = leaf([[1.0, 2.0], [3.0, 4.0]])
        y = x * 1
        y.t()[1].mul_(5)
        assert y.tolist() == [[1.0, 10.0], [3.0, 20.0]]
        assert grads(y, x) == [[[1.0, 5.0], [1.0, 5.0]]]

    def test_a_tracked_value_put_into_an_untracked_base(self) -> None:
        x = leaf(3.0)
        base = torch.zeros(3, dtype=F8)
        base[1] = x * x
        assert base.requires_grad
        assert grads(base * torch.tensor([1.0, 2.0, 4.0], dtype=F8), x) == [12.0]

    def test_overwritten_elements_have_no_gradient(self) -> None:
        x = leaf(1.0, 2.0)
        y = x * 3
        y[0] = 7.0
        assert grads(y, x) == [[0.0, 3.0]]

    def test_leaves_and_their_views_are_protected(self) -> None:
        x = leaf(1.0, 2.0)
        with pytest.raises(
            RuntimeError, match="a leaf Variable that requires grad is being used in an in-place operation"
        ):
            x.add_(1)
        with pytest.raises(
            RuntimeError, match="a view of a leaf Variable that requires grad is being used in an in-place"
        ):
            x[0].add_(1)
        assert x.tolist() == [1.0, 2.0]
        with torch.no_grad():
            x[0].add_(1)
        assert x.tolist() == [2.0, 2.0]

    def test_an_operand_that_is_the_target(self) -> None:
        x = leaf(1.0, 2.0, 3.0)
        y = x * 1
        y.add_(y)
        y[:].add_(y)
        assert y.tolist() == [4.0, 8.0, 12.0]
        assert grads(y, x) == [[4.0, 4.0, 4.0]]


class TestVersionChecks:
    @pytest.mark.parametrize("target", ["operand", "view of the operand", "base of the operand", "detached", "data"])
    def test_a_changed_operand_is_noticed(self, target: str) -> None:
        x = leaf(1.0, 2.0)
        base = x * 2
        y = base[:]
        z = y * y
        changed = {
            "operand": lambda: y.add_(1),
            "view of the operand": lambda: y[0].add_(1),
            "base of the operand": lambda: base.add_(1),
            "detached": lambda: y.detach().add_(1),
            "data": None,
        }[target]
        if changed is None:
            y.data.add_(1)  # .data is the way around the check, on purpose
            assert grads(z, x) == [[12.0, 20.0]]
            return
        changed()
        with pytest.raises(
            RuntimeError, match="one of the variables needed for gradient computation has been modified by an"
        ):
            z.sum().backward()
        assert x.grad is None

    def test_a_changed_result_is_noticed(self) -> None:
        x = leaf(1.0, 2.0)
        y = x.exp()
        y.mul_(2)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()

    def test_a_changed_value_that_nobody_needs_is_no_error(self) -> None:
        x = leaf(1.0, 2.0)
        y = x + 1
        z = y + 1
        y.mul_(5)
        assert grads(z, x) == [[1.0, 1.0]]

    def test_an_index_that_changes_later(self) -> None:
        """Indexing keeps the index it was given (PyTorch raises here); gather checks that it is the same."""
        x = leaf(1.0, 2.0, 3.0)
        index = torch.tensor([0, 0])
        y, z = x[index], torch.gather(x, 0, index)
        index.add_(1)
        assert grads(y, x) == [[2.0, 0.0, 0.0]]
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            z.sum().backward()

    def test_an_optimiser_step_between_forward_and_backward_is_noticed(self) -> None:
        w = leaf(1.0, 2.0)
        loss = (w * w).sum()
        with torch.no_grad():
            w.sub_(0.1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()

    def test_the_second_pass_is_refused(self) -> None:
        x = leaf(1.0, 2.0)
        y = (x * x).sum()
        y.backward()
        with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
            y.backward()
        assert x.grad.tolist() == [2.0, 4.0]


class TestSharedBuffers:
    def test_numpy_and_tensor_share_memory_and_values_follow(self) -> None:
        array = np.array([1.0, 2.0])
        x = torch.from_numpy(array)
        array[0] = 5.0
        assert x.tolist() == [5.0, 2.0]
        x.mul_(2)
        assert array.tolist() == [10.0, 4.0]

    def test_tensor_copies(self) -> None:
        array = np.array([1.0, 2.0])
        x = torch.tensor(array)
        array[0] = 5.0
        assert x.tolist() == [1.0, 2.0]

    def test_results_of_operations_own_their_memory(self) -> None:
        """What looks like a copy must be one, also where NumPy could return its argument."""
        x = torch.tensor([1.0, 2.0], dtype=F8)
        for out in (x + 0, x * 1, x.clone(), x.sum(0, keepdim=True), x.abs(), torch.cat([x]), torch.where(x > 0, x, x)):
            assert not np.shares_memory(out.numpy(), x.numpy())

    def test_a_gradient_does_not_change_with_the_cotangent_it_came_from(self) -> None:
        x = leaf(1.0, 2.0)
        v = torch.tensor([1.0, 1.0], dtype=F8)
        (x + 0).backward(v)
        v.mul_(100)
        assert x.grad.tolist() == [1.0, 1.0]


class TestAliasedGradients:
    def test_two_leaves_of_one_sum(self) -> None:
        x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
        v = torch.tensor([1.0, 10.0], dtype=F8)
        (x + y).backward(v)
        assert not np.shares_memory(x.grad.numpy(), y.grad.numpy())
        assert not np.shares_memory(x.grad.numpy(), v.numpy())
        x.grad.mul_(5)
        assert (y.grad.tolist(), v.tolist()) == ([1.0, 10.0], [1.0, 10.0])

    def test_a_leaf_as_root(self) -> None:
        x = leaf(1.0, 2.0)
        v = torch.tensor([1.0, 1.0], dtype=F8)
        x.backward(v)
        x.backward(v)
        assert (x.grad.tolist(), v.tolist()) == ([2.0, 2.0], [1.0, 1.0])

    def test_accumulation_does_not_change_returned_gradients(self) -> None:
        x = leaf(1.0, 2.0)
        y = x * 1
        y.retain_grad()
        y.sum().backward()
        (x * 3).sum().backward()
        assert (x.grad.tolist(), y.grad.tolist()) == ([4.0, 4.0], [1.0, 1.0])

    def test_grad_returns_memory_of_its_own(self) -> None:
        x, y = leaf(1.0, 2.0), leaf(1.0, 2.0)
        v = torch.tensor([1.0, 1.0], dtype=F8)
        gx, gy = torch.autograd.grad(x + y, (x, y), v)
        gx.mul_(7)
        assert (gy.tolist(), v.tolist()) == ([1.0, 1.0], [1.0, 1.0])

    def test_an_expanded_gradient_can_be_changed(self) -> None:
        x = leaf(1.0, 2.0)
        x.sum().backward()
        x.grad[0] = 5.0
        assert x.grad.tolist() == [5.0, 1.0]

    def test_a_hook_that_keeps_the_gradient_sees_it_unchanged_later(self) -> None:
        x = leaf(1.0, 2.0)
        kept: list[Any] = []
        x.register_hook(lambda g: kept.append(g))
        x.sum().backward()
        x.sum().backward()
        assert x.grad.tolist() == [2.0, 2.0]
        assert [k.tolist() for k in kept] == [[1.0, 1.0], [1.0, 1.0]]


class TestDuplicateIndices:
    def test_picking_an_element_twice_adds_up(self) -> None:
        x = leaf(1.0, 2.0, 3.0)
        assert grads(x[[0, 0, 2]] * torch.tensor([1.0, 10.0, 100.0], dtype=F8), x) == [[11.0, 0.0, 100.0]]
        assert grads(x[torch.tensor([1, 1, 1])], x) == [[0.0, 3.0, 0.0]]

    def test_gather_and_index_select(self) -> None:
        x = leaf([[1.0, 2.0], [3.0, 4.0]])
        index = torch.tensor([[0, 0], [1, 0]])
        assert grads(torch.gather(x, 1, index), x) == [[[2.0, 0.0], [1.0, 1.0]]]
        assert grads(torch.index_select(x, 0, torch.tensor([1, 1])), x) == [[[0.0, 0.0], [2.0, 2.0]]]

    def test_scatter_add(self) -> None:
        source = leaf(1.0, 2.0, 3.0)
        out = torch.zeros(2, dtype=F8).scatter_add(0, torch.tensor([0, 0, 1]), source)
        assert out.tolist() == [3.0, 3.0]
        assert grads(out * torch.tensor([1.0, 5.0], dtype=F8), source) == [[1.0, 1.0, 5.0]]

    def test_second_order(self) -> None:
        x = leaf(1.0, 2.0)
        (g,) = torch.autograd.grad((x[[0, 0]] ** 3).sum(), x, create_graph=True)
        assert grads(g, x) == [[12.0, 0.0]]


class TestBroadcastingAndEmpty:
    @pytest.mark.parametrize(
        ("a", "b"), [((), (3,)), ((1,), (2, 3)), ((2, 1), (1, 3)), ((0,), (1,)), ((2, 0), ()), ((1, 1), ()), ((), ())]
    )
    def test_gradients_have_the_operands_shape(self, a: Any, b: Any) -> None:
        x = torch.ones(a, dtype=F8, requires_grad=True)
        y = torch.full(b, 2.0, dtype=F8, requires_grad=True)
        out = x * y
        gx, gy = torch.autograd.grad(out.sum(), (x, y))
        assert (tuple(gx.shape), tuple(gy.shape)) == (a, b)
        n = int(np.prod(out.shape))
        assert float(gx.sum()) == 2.0 * n
        assert float(gy.sum()) == 1.0 * n

    def test_zero_dimensional_results_are_tensors(self) -> None:
        x = leaf(2.0)
        for out in (x * x, x.exp(), x + 1, x.sum(), -x, x @ x if x.ndim else x / x):
            assert isinstance(out, torch.Tensor)
            assert isinstance(out.numpy() if not out.requires_grad else out.detach().numpy(), np.ndarray)
            assert tuple(out.shape) == ()

    def test_reductions_of_nothing(self) -> None:
        x = torch.ones(0, dtype=F8, requires_grad=True)
        assert grads(x.sum(), x) == [[]]
        assert grads(x.prod(), x) == [[]]
        assert grads(x.mean(), x) == [[]]
        y = torch.ones((2, 0), dtype=F8, requires_grad=True)
        assert y.sum(1).tolist() == [0.0, 0.0]
        assert grads(y.sum(1), y) == [[[], []]]

    def test_products_of_nothing(self) -> None:
        a = torch.ones((2, 0), dtype=F8, requires_grad=True)
        b = torch.ones((0, 3), dtype=F8, requires_grad=True)
        assert (a @ b).tolist() == [[0.0] * 3] * 2
        ga, gb = torch.autograd.grad((a @ b).sum(), (a, b))
        assert (tuple(ga.shape), tuple(gb.shape)) == ((2, 0), (0, 3))

    def test_a_cotangent_that_lies_backwards_in_memory(self) -> None:
        """NumPy's views have strides of any sign; whatever spreads a cotangent has to take them."""
        x = leaf([[1.0, 2.0], [3.0, 4.0]])
        weights = torch.tensor([1.0, 10.0], dtype=F8)
        assert grads(x.sum(0).flip(0) * weights, x) == [[[10.0, 1.0], [10.0, 1.0]]]
        assert grads(x.mean(1, keepdim=True).t().flip(1) * weights, x) == [[[5.0, 5.0], [0.5, 0.5]]]

    def test_an_empty_slice(self) -> None:
        x = leaf(1.0, 2.0)
        assert grads(x[2:], x) == [[0.0, 0.0]]


class TestConjugates:
    def test_the_gradient_of_a_real_loss_points_uphill(self) -> None:
        z = torch.tensor([1 + 2j, -3j], dtype=torch.complex128, requires_grad=True)
        (g,) = torch.autograd.grad((z * z.conj()).real.sum(), z)
        assert g.tolist() == [2 + 4j, -6j]
        (g,) = torch.autograd.grad(z.abs().pow(2).sum(), z)
        assert np.allclose(g.numpy(), [2 + 4j, -6j])

    def test_products_conjugate_the_other_operand(self) -> None:
        a = torch.tensor([1 + 2j], dtype=torch.complex128, requires_grad=True)
        b = torch.tensor([3 - 1j], dtype=torch.complex128)
        (g,) = torch.autograd.grad((a * b).real.sum(), a)
        assert g.tolist() == [3 + 1j]
        (g,) = torch.autograd.grad((a * b).imag.sum(), a)
        assert g.tolist() == [-1 + 3j], "i · conj(b)"

    def test_a_real_operand_has_a_real_gradient(self) -> None:
        x = leaf(2.0)
        z = torch.tensor(1 + 5j, dtype=torch.complex128)
        (g,) = torch.autograd.grad((x * z).imag, x)
        assert (g.dtype, g.item()) == (F8, 5.0)
        (g,) = torch.autograd.grad((z * x).real, x)
        assert (g.dtype, g.item()) == (F8, 1.0)

    def test_vdot_conjugates_the_first(self) -> None:
        a = torch.tensor([1 + 2j], dtype=torch.complex128, requires_grad=True)
        b = torch.tensor([3 - 1j], dtype=torch.complex128, requires_grad=True)
        ga, gb = torch.autograd.grad(torch.vdot(a, b).imag, (a, b))
        assert (ga.tolist(), gb.tolist()) == ([-1 - 3j], [-2 + 1j])


class TestUndefinedAndZero:
    def test_a_leaf_that_is_not_reached_has_none(self) -> None:
        x, y = leaf(1.0, 2.0), leaf(1.0, 2.0)
        (x * 2).sum().backward()
        assert y.grad is None
        assert grads(x * 2, x, y, allow_unused=True) == [[2.0, 2.0], None]
        assert grads(x * 2, x, y, materialize_grads=True) == [[2.0, 2.0], [0.0, 0.0]]
        with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
            grads(x * 2, x, y)

    def test_a_leaf_that_is_reached_with_zero_has_zeros(self) -> None:
        x = leaf(1.5, 2.5)
        x.floor().sum().backward()
        assert x.grad.tolist() == [0.0, 0.0]

    def test_an_unused_output_counts_as_zero(self) -> None:
        x = leaf(1.0, 2.0, 3.0)
        first, _, third = x.unbind(0)
        assert grads(first + 2 * third, x) == [[1.0, 0.0, 2.0]]

    def test_none_is_not_accumulated(self) -> None:
        x = leaf(1.0, 2.0)
        x.sum().backward()
        x.grad = None
        (x * 3).sum().backward()
        assert x.grad.tolist() == [3.0, 3.0]

    def test_zero_times_infinity_stays_where_it_belongs(self) -> None:
        x = leaf(0.0, 4.0)
        assert grads(torch.where(x > 0, x.sqrt(), x), x)[0][1] == 0.25
        assert grads(x.sqrt()[1:], x)[0][1] == 0.25
        assert grads(x.norm(), leaf(1.0), allow_unused=True) == [None]
        zero = leaf(0.0, 0.0)
        assert grads(zero.norm(), zero) == [[0.0, 0.0]]


class TestHooksAndMemory:
    @pytest.fixture(autouse=True)
    def _without_collector(self) -> Any:
        gc.collect()
        gc.disable()
        yield
        gc.enable()

    def test_a_graph_with_hooks_is_freed(self) -> None:
        x = leaf(1.0, 2.0)
        y = x * x
        node = weakref.ref(y.grad_fn)
        y.register_hook(lambda g: g * 2)
        y.grad_fn.register_hook(lambda gi, go: None)
        y.retain_grad()
        y.sum().backward()
        del y
        assert node() is None

    def test_a_hook_on_a_leaf_does_not_keep_the_graph(self) -> None:
        x = leaf(1.0, 2.0)
        seen: list[Any] = []
        handle = x.register_hook(lambda g: seen.append(1))
        y = (x * x).exp()
        node = weakref.ref(y.grad_fn)
        y.sum().backward()
        del y
        assert node() is None
        handle.remove()
        x.sum().backward()
        assert seen == [1]

    def test_a_leaf_with_hooks_is_freed(self) -> None:
        x = leaf(1.0, 2.0)
        ref = weakref.ref(x)
        x.register_hook(lambda g: None)
        x.register_post_accumulate_grad_hook(lambda t: None)
        x.sum().backward()
        del x
        assert ref() is None

    def test_create_graph_leaves_no_cycle(self) -> None:
        x = leaf(1.0, 2.0)
        (g,) = torch.autograd.grad((x.exp() * x).sum(), x, create_graph=True)
        node = weakref.ref(g.grad_fn)
        (second,) = torch.autograd.grad(g.sum(), x, create_graph=True)
        del g, second
        assert node() is None

    def test_a_failed_pass_leaves_nothing_behind(self) -> None:
        x = leaf(1.0, 2.0)
        y = x * 1
        z = y * y
        node = weakref.ref(z.grad_fn)
        y.add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            z.sum().backward()
        del z
        gc.collect()  # the traceback that pytest keeps is the one cycle here
        assert node() is None
        assert torch.is_grad_enabled()

    def test_a_result_saved_by_its_own_node_is_freed(self) -> None:
        x = leaf(1.0, 2.0)
        y = x.exp().sigmoid().tanh()
        ref, node = weakref.ref(y), weakref.ref(y.grad_fn)
        del y
        assert (ref(), node()) == (None, None)


class TestThreads:
    def test_threads_add_into_one_leaf(self) -> None:
        w = leaf(1.0, 2.0)
        failures: list[Any] = []

        def work() -> None:
            try:
                for _ in range(50):
                    (w * w).sum().backward()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert w.grad.tolist() == [400.0, 800.0]

    def test_an_error_restores_the_modes_of_its_thread(self) -> None:
        x = leaf(1.0, 2.0)
        y = x.exp()
        y.register_hook(lambda g: 1 / 0)
        for recording in (True, False):
            with torch.set_grad_enabled(recording):
                with pytest.raises(ZeroDivisionError):
                    y.sum().backward() if recording else torch.autograd.backward(y, torch.ones_like(y))
                assert torch.is_grad_enabled() is recording
        with pytest.raises(ZeroDivisionError):
            torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)
        assert torch.is_grad_enabled()
