"""What passes accumulate, keep and free in difficult places, with the numbers worked out by hand."""

from __future__ import annotations

import pickle
import warnings
from typing import Any, ClassVar

import pytest

import gradiente as torch
from gradiente.autograd.function import once_differentiable
from gradiente.utils.hooks import RemovableHandle


def leaf(*values: float) -> torch.Tensor:
    return torch.tensor(values[0] if len(values) == 1 else list(values), requires_grad=True)


class Stop(torch.autograd.Function):
    """Lets no gradient through."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x * 1

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return None


class Show(torch.autograd.Function):
    """Notes the gradients that arrive."""

    seen: ClassVar[list[Any]] = []

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, materialize: bool = True) -> torch.Tensor:
        ctx.set_materialize_grads(materialize)
        return x * 1

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        Show.seen.append(None if grads[0] is None else grads[0].item())
        return grads[0], None


# --- nothing


@pytest.mark.parametrize("materialize", [True, False])
def test_functions_below_nothing_run(materialize: bool) -> None:
    Show.seen.clear()
    x = leaf(2.0)
    Stop.apply(Show.apply(x, materialize)).backward()
    assert Show.seen == [0.0 if materialize else None]
    assert (x.grad is None) is not materialize, "undefined is not zero"


def test_hooks_are_given_none_where_nothing_arrives() -> None:
    x = leaf(1.0)
    seen: list[Any] = []
    y = x * 2
    y.register_hook(seen.append)
    x.register_hook(seen.append)
    Stop.apply(y).backward()
    assert seen == [None, None]
    assert x.grad is None


def test_a_hook_cannot_make_something_of_nothing() -> None:
    y = leaf(1.0) * 2
    y.register_hook(lambda grad: torch.ones(()))
    with pytest.raises(RuntimeError, match="can't replace a None gradient with a non-None value"):
        Stop.apply(y).backward()


def test_nothing_and_something_meet() -> None:
    Show.seen.clear()
    x = leaf(3.0)
    y = Show.apply(x)
    (Stop.apply(y) + y * 5).backward()
    assert Show.seen == [5.0]
    assert x.grad.item() == 5.0


def test_nothing_reaches_freed_nodes_as_an_error() -> None:
    y = leaf(1.0).exp()
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        Stop.apply(y).backward()


def test_what_was_saved_is_checked_also_where_nothing_arrives() -> None:
    y = leaf(1.0, 2.0) * 1
    z = y.sin()
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        Stop.apply(z).sum().backward()


# --- freeing


def test_what_grad_does_not_run_is_not_freed() -> None:
    x = leaf(2.0)
    y = x * x
    assert torch.autograd.grad(y * y, y)[0].item() == 8.0
    assert torch.autograd.grad(y, x)[0].item() == 4.0


@pytest.mark.parametrize("saves", [lambda x: x * 2, lambda x: 2 * x, lambda x: x / 2])
def test_numbers_count_as_saved(saves: Any) -> None:
    x = leaf(3.0)
    y = saves(x)
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward()
    y.detach().requires_grad_().mul(2).mul_(3).backward()  # in place, too


# --- leaves


def test_a_frozen_leaf_accumulates_nothing() -> None:
    x, w = leaf(2.0), leaf(3.0)
    y = x * w
    w.requires_grad_(False)
    y.backward(retain_graph=True)
    assert w.grad is None
    assert x.grad.item() == 3.0
    w.requires_grad_(True)
    y.backward()
    assert w.grad.item() == 2.0


def test_hooks_outlive_a_frozen_time() -> None:
    x = leaf(2.0)
    x.register_hook(lambda grad: grad * 10)
    x.requires_grad_(False)
    x.requires_grad_(True)
    x.backward()
    assert x.grad.item() == 10.0


def test_a_leaf_that_moved_into_the_graph() -> None:
    x = leaf(2.0)
    y = x * 1
    x.requires_grad_(False)
    x.mul_(y)
    with pytest.raises(RuntimeError, match="leaf variable has been moved into the graph interior"):
        y.backward()


def test_grad_dtype() -> None:
    x = leaf(1.0, 2.0)
    assert x.grad_dtype is torch.float32
    x.grad_dtype = torch.float64
    seen: list[Any] = []
    x.register_hook(lambda grad: seen.append(grad.dtype))
    (x * 2).sum().backward()
    assert x.grad.dtype is torch.float64
    assert seen == [torch.float64]
    with pytest.raises(RuntimeError, match="Cannot set grad_dtype to 'Float' because there is already a gradient"):
        x.grad_dtype = torch.float32
    x.grad = None
    with pytest.raises(RuntimeError, match="attempting to assign a gradient with dtype 'float' to a tensor with"):
        x.grad = torch.ones(2)
    x.grad_dtype = None
    x.grad = torch.ones(2, dtype=torch.float16)
    assert x.detach().grad_dtype is torch.float32
    with pytest.raises(RuntimeError, match=r"grad_dtype must be a torch.dtype or None, but got str"):
        x.grad_dtype = "float64"  # type: ignore[assignment]
    for call in (lambda: (x * 2).grad_dtype, lambda: setattr(x * 2, "grad_dtype", None)):
        with pytest.raises(RuntimeError, match=r"grad_dtype can only be .* on leaf tensors"):
            call()


def test_gradients_lie_in_memory_as_their_leaves() -> None:
    w = torch.ones(2, 3, requires_grad=True)
    (torch.arange(12.0).reshape(4, 3) @ w.t()).sum().backward()
    assert w.grad.view(-1).tolist() == [18.0, 22.0, 26.0] * 2
    v = torch.ones(2, 3).t().requires_grad_()
    (v * torch.arange(6.0).reshape(3, 2)).sum().backward()
    assert v.grad.stride() == v.stride() == (1, 3)
    assert v.grad.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]


# --- arguments


def test_a_dictionary_of_inputs() -> None:
    x, y = leaf(2.0), leaf(3.0)
    found = torch.autograd.grad(x * y, {"x": x, "y": y})
    assert {key: g.item() for key, g in found.items()} == {"x": 3.0, "y": 2.0}
    from collections import OrderedDict

    with pytest.raises(TypeError, match="must be a dict, not OrderedDict"):
        torch.autograd.grad(x * y, OrderedDict(x=x))


def test_zeros_cannot_be_made_for_an_edge() -> None:
    edge = torch.autograd.graph.get_gradient_edge(leaf(1.0) * 2)
    with pytest.raises(RuntimeError, match="materialize_grads cannot be used when the given input is a GradientEdge"):
        torch.autograd.grad(leaf(1.0) * 2, edge, materialize_grads=True)


def test_errors_of_batched_gradients() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"grad_output\[0\] has a shape of torch.Size\(\[\]\) and output\[0\] has a"):
        torch.autograd.grad(x * 2, x, torch.ones(2), is_grads_batched=True)
    with pytest.raises(IndexError, match="invalid index of a 0-dim tensor"):
        torch.autograd.grad(x * 2, x, torch.tensor(1.0), is_grads_batched=True)
    with pytest.raises(ValueError, match="input is a Tensor of dimensionality 0 so expected in_dim to satisfy"):
        torch.autograd.grad(x.sum(), x, is_grads_batched=True)


def test_the_warning_of_create_graph_comes_when_the_pass_is_over() -> None:
    x = leaf(2.0)
    log: list[str] = []
    x.register_hook(lambda grad: log.append("hook"))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda *_, **__: log.append("warning")
        (x * x).backward(create_graph=True)
    x.grad = None
    assert log == ["hook", "warning"]


# --- functions


def test_once_differentiable_leads_nowhere() -> None:
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            return x * 2

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
            return grad * 2

    x = leaf(3.0)
    (g,) = torch.autograd.grad(Twice.apply(x) * x, x, create_graph=True)
    assert g.item() == 12.0
    with pytest.raises(RuntimeError, match="trying to differentiate twice a function that was marked with @once"):
        g.backward()


@pytest.mark.parametrize("mark", ["mark_dirty", "mark_non_differentiable"])
def test_only_tensors_can_be_marked(mark: str) -> None:
    class Marks(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            getattr(ctx, mark)("x")
            return x * 1

    with pytest.raises(RuntimeError, match=f"{mark} .*accept.*argument.*of type str"):
        Marks.apply(leaf(1.0))


def test_a_leaf_may_be_dirty_where_nothing_is_recorded() -> None:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            ctx.mark_dirty(x)
            return x.mul_(2)

    x = leaf(1.0, 2.0)
    with torch.no_grad():
        y = Double.apply(x)
    assert (y.tolist(), y.requires_grad, x.requires_grad, y is x) == ([2.0, 4.0], False, True, False)
    assert y.data_ptr() == x.data_ptr()


# --- hooks


def test_post_accumulate_hooks_return_nothing() -> None:
    x = leaf(1.0, 2.0)
    for wrong, error, text in (
        (3, TypeError, "expected Variable, but hook returned 'int'"),
        (torch.ones(3), RuntimeError, "has changed the size of value"),
        (torch.ones(2), RuntimeError, "Tensor post accumulate grad hooks should return None"),
    ):
        with x.register_post_accumulate_grad_hook(lambda p, wrong=wrong: wrong), pytest.raises(error, match=text):
            x.sum().backward()
    x.register_post_accumulate_grad_hook(lambda p: p)
    x.sum().backward()


def test_multi_grad_hooks_of_what_requires_none() -> None:
    register = torch.autograd.graph.register_multi_grad_hook
    with pytest.raises(AssertionError, match=r"Expected gradient function to be set .tensor 1"):
        register((leaf(1.0), torch.ones(1)), print)
    with pytest.raises(RuntimeError, match="cannot register a hook on a tensor that doesn't require gradient"):
        register((leaf(1.0), torch.ones(1)), print, mode="any")


def test_handles_can_be_pickled() -> None:
    x = leaf(1.0)
    handle = x.register_hook(abs)
    copy = pickle.loads(pickle.dumps(handle))
    assert isinstance(copy, RemovableHandle)
    assert copy.id == handle.id
    copy.remove()
    (x * -2).backward()
    assert x.grad.item() == 2.0, "removing by the copy removes nothing"


def test_pack_hooks_see_results_as_they_are() -> None:
    x = leaf(2.0)
    seen: list[Any] = []
    with torch.autograd.graph.saved_tensors_hooks(
        lambda t: (seen.append((t.requires_grad, t.is_leaf)), t)[1], lambda t: t
    ):
        y = x.exp()
    y.backward()
    assert seen == [(True, False)]


# --- order


def test_an_older_node_waits_for_a_younger_one_with_several_results() -> None:
    x = leaf(3.0)
    m = x * x
    seen: list[float] = []
    m.register_hook(lambda grad: seen.append(grad.item()))
    (m - torch.stack([m, x]).unbind()[0] * 2).backward(retain_graph=True)
    assert seen == [-1.0]
    (m - torch.stack([m, x]).unbind()[0]).backward()  # the older one comes first among the operands
    assert seen == [-1.0, 0.0]


@pytest.mark.parametrize("count", [1, 2])
def test_a_root_that_need_not_run_calls_its_hooks_where_it_is_alone(count: int) -> None:
    x, y = leaf(1.0), leaf(2.0)
    roots = [x * 2, x * 3][:count]
    seen: list[float] = []
    roots[0].register_hook(lambda grad: seen.append(grad.item()))
    assert torch.autograd.grad(roots, y, allow_unused=True) == (None,)
    assert seen == ([1.0] if count == 1 else [])


def test_post_hooks_of_functions_see_what_nobody_needs() -> None:
    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return x + y

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            return grads[0] * 2, grads[0] * 3

    x, y = leaf(1.0), leaf(2.0)
    seen: list[Any] = []
    for z in (Pair.apply(x, y), x * y):
        z.grad_fn.register_hook(lambda gi, go: seen.append([None if g is None else g.item() for g in gi]))
        torch.autograd.grad(z, x)
    assert seen == [[2.0, 3.0], [2.0, None]]
    assert y.grad is None


def test_post_accumulate_hooks_run_where_nothing_arrives() -> None:
    x = leaf(1.0)
    seen: list[Any] = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad))
    Stop.apply(x).backward()
    assert seen == [None]


@pytest.mark.parametrize("kept", ["hooks", "checkpoint"])
def test_results_saved_by_functions_keep_their_place_where_they_are_packed(kept: str) -> None:
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            return ctx.saved_tensors[0] * grads[0]

    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    if kept == "hooks":
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
            y = Exp.apply(x * 2)
    else:
        y = torch.utils.checkpoint.checkpoint(lambda x: Exp.apply(x * 2), x, use_reentrant=False)
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert (first.item(), second.item()) == (2.0, 4.0)
