"""vmap: its arguments and errors, randomness, nesting, in-place changes, custom functions, the graph through it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.arrays.batched import Batched
from gradiente.func import grad, jacfwd, jacrev, jvp, linearize, vmap


def x34() -> Any:
    return torch.arange(12.0).reshape(3, 4) / 10


def close(found: Any, wanted: Any) -> None:
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.detach().numpy(), wanted.detach().numpy(), rtol=1e-6, atol=1e-7)


def identity(x: Any, *rest: Any) -> Any:
    return x


# --- arguments


def test_in_dims_and_out_dims():
    x = x34()
    close(vmap(lambda v: v.sum(), in_dims=1)(x), x.sum(0))
    close(vmap(lambda v: v * 2, in_dims=-1, out_dims=1)(x), x * 2)
    close(vmap(torch.dot, in_dims=(0, None))(x, x[0]), x @ x[0])
    a, b = vmap(lambda v: (v, v + 1), out_dims=(0, -1))(x)
    close(a, x)
    close(b, x.t() + 1)


def test_trees():
    x = x34()
    out = vmap(lambda d, n: {"s": d["a"] * d["b"], "n": [n]}, in_dims=({"a": 0, "b": None}, 0))({"a": x, "b": x[0]}, x)
    close(out["s"], x * x[0])
    close(out["n"][0], x)
    assert vmap(lambda v: {"a": v}, out_dims={"a": 1})(x)["a"].shape == (4, 3)


def test_keyword_arguments_are_the_same_for_all_examples():
    x = x34()
    assert vmap(lambda v, k: v.sum() + k)(x, k=torch.zeros(3)).shape == (3, 3)


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 5])
def test_chunks(chunk_size):
    x = x34()
    close(vmap(lambda v: v * v, out_dims=1, chunk_size=chunk_size)(x), (x * x).t())
    close(vmap(lambda v, w: v * w, in_dims=(1, None), chunk_size=chunk_size)(x, x[:, 0]), (x * x[:, :1]).t())


def test_a_result_that_is_the_same_for_all_examples_is_repeated():
    x = x34()
    close(vmap(lambda v: torch.ones(2))(x), torch.ones(3, 2))
    close(vmap(lambda v: torch.ones(2), out_dims=None)(x), torch.ones(2))


WRONG: list[tuple[Any, type[Exception], str]] = [
    (
        lambda x: vmap(identity, in_dims=(0,))(x, x),
        ValueError,
        "in_dims is not compatible with the structure of `inputs`",
    ),
    (
        lambda x: vmap(identity, in_dims=[0, 0])(x, x),
        ValueError,
        "expected `in_dims` to be int or a (potentially nested)",
    ),
    (lambda x: vmap(identity, in_dims=None)(x), ValueError, "got: <class 'NoneType'>"),
    (lambda x: vmap(identity, in_dims=3)(x), ValueError, "that input is a Tensor of dimensionality 2"),
    (lambda x: vmap(identity, in_dims=(0,))(3), ValueError, "We cannot vmap over non-Tensor arguments"),
    (lambda x: vmap(identity, in_dims=(0.5,))(x), ValueError, "in_dim must be either an integer dimension or None"),
    (lambda x: vmap(identity, in_dims=(None,))(x), ValueError, "Expected at least one Tensor to vmap over"),
    (lambda x: vmap(lambda: 1)(), ValueError, "got no inputs"),
    (lambda x: vmap(identity)(x, torch.ones(5)), ValueError, "got sizes [3, 5] for the mapped dimension"),
    (lambda x: vmap(identity, out_dims=2)(x), IndexError, "expected to be in range of [-2, 1], but got 2"),
    (lambda x: vmap(identity, out_dims=(0, 0))(x), ValueError, "out_dims is not compatible with the structure"),
    (lambda x: vmap(identity, out_dims=None)(x), ValueError, "can not return a BatchedTensor when out_dim is None"),
    (lambda x: vmap(identity, out_dims="a")(x), ValueError, "`out_dims` must be an int, None or a python collection"),
    (lambda x: vmap(lambda v: 1.0)(x), ValueError, "must only return Tensors, got type <class 'float'>"),
    (lambda x: vmap(identity, chunk_size=0), ValueError, "chunk_size should be None or greater than 0. (got 0)"),
    (lambda x: vmap(identity, randomness="some")(x), RuntimeError, "Only allowed values for randomness"),
    (lambda x: vmap(lambda v: v.sum().item())(x), RuntimeError, "It looks like you're calling .item() on a Tensor"),
    (lambda x: vmap(lambda v: v if v.sum() > 0 else -v)(x), RuntimeError, "some data-dependent control flow"),
    (lambda x: vmap(lambda v: v.numpy())(x), RuntimeError, "Cannot access data pointer of Tensor"),
    (lambda x: vmap(lambda v: v.tolist())(x), RuntimeError, "Cannot access data pointer of Tensor"),
    (lambda x: vmap(lambda v: v.nonzero())(x), RuntimeError, "Attempted to vmap over aten::nonzero"),
    (lambda x: vmap(lambda v: v[v > 0])(x), RuntimeError, "indexing with a boolean mask"),
    (lambda x: vmap(lambda v: v.requires_grad_())(x), RuntimeError, "attempting to call Tensor.requires_grad_()"),
    (
        lambda x: vmap(lambda v: v.sum().backward())(x.requires_grad_()),
        RuntimeError,
        "backward() called inside a functorch transform",
    ),
    (
        lambda x: vmap(lambda v: torch.zeros(4).add_(v))(x),
        RuntimeError,
        "output with shape [4] doesn't match the broadcast shape [3, 4]",
    ),
    (
        lambda x: vmap(lambda v: torch.zeros(4).copy_(v))(x),
        RuntimeError,
        "vmap: inplace arithmetic(self, *extra_args) is not possible",
    ),
    (
        lambda x: vmap(lambda v: torch.zeros(4).__setitem__(0, v[0]))(x),
        RuntimeError,
        "vmap: inplace arithmetic(self, *extra_args) is not possible",
    ),
    (
        lambda x: vmap(lambda v: torch.zeros(4).index_put_((torch.tensor([0]),), v[:1]))(x),
        RuntimeError,
        "vmap: index_put_(self, *extra_args) is not possible",
    ),
    (
        lambda x: vmap(lambda v: torch.zeros(4).scatter_(0, torch.tensor([0]), v[:1]))(x),
        RuntimeError,
        "vmap: aten::scatter_(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args "
        "that has more elements than `self`. This happened due to `other` being vmapped over but `self` not being "
        "vmapped over at level 1.",
    ),
    (lambda x: vmap(lambda v: v.masked_select(v > 0))(x), RuntimeError, "Attempted to vmap over `mask`"),
    (lambda x: vmap(lambda v: torch.unique(v))(x), RuntimeError, "Attempted to vmap over aten::_unique2"),
    (lambda x: vmap(lambda v: v.data)(x), RuntimeError, "accessing `data` under vmap transform is not allowed"),
    (lambda x: vmap(lambda v: v.data_ptr())(x), RuntimeError, "Cannot access data pointer of Tensor"),
    (
        lambda x: vmap(lambda v: setattr(v, "data", v))(x),
        RuntimeError,
        "mutating directly with `.data` under vmap transform is not allowed.",
    ),
    (
        lambda x: vmap(torch.nn.functional.dropout)(x),
        RuntimeError,
        "vmap: called random operation while in randomness error mode",
    ),
    (
        lambda x: vmap(lambda v: torch.bernoulli(v.sigmoid()), randomness="same")(x),
        RuntimeError,
        "Vmap does not currently support same randomness with a batched tensor input.",
    ),
    (
        lambda x: vmap(lambda v: torch.zeros(3).normal_(), randomness="different")(x),
        RuntimeError,
        "vmap: Cannot ask for different inplace randomness on an unbatched tensor.",
    ),
    (
        lambda x: vmap(lambda n: torch.repeat_interleave(x, n, 0))(torch.ones(2, 3).long()),
        NotImplementedError,
        "no batching rule for repeat_interleave with counts of each example",
    ),
    (
        lambda x: vmap(lambda v: v.scatter(0, torch.tensor([0]), 1.0, reduce="multiply"))(x),
        NotImplementedError,
        "no batching rule for scatter with reduce='multiply'",
    ),
    (lambda x: vmap(lambda v: v + torch.rand(4))(x), RuntimeError, "called random operation while in randomness error"),
]


@pytest.mark.parametrize(("call", "kind", "text"), WRONG)
def test_errors(call, kind, text):
    x = x34()
    with pytest.raises(kind) as caught:
        call(x)
    assert text in str(caught.value)
    close(x, x34())
    close(vmap(lambda v: v * 2)(x), x * 2)  # the mode is what it was


def test_what_has_no_rule_is_named():
    with pytest.raises(NotImplementedError, match="no batching rule for histogram"):
        np.histogram(Batched(np.ones((2, 3)), (1,)))
    with pytest.raises(NotImplementedError, match=r"no batching rule for numpy\.add\.reduce"):
        np.add.reduce(Batched(np.ones((2, 3)), (1,)))


# --- randomness


def test_randomness():
    x = torch.zeros(3, 4)
    same = vmap(lambda v: v + torch.rand(4), randomness="same")(x)
    close(same[0], same[1])
    torch.manual_seed(0)
    found = vmap(lambda v: v + torch.rand(4), randomness="different")(x)
    torch.manual_seed(0)
    close(found, torch.rand(3, 4))


@pytest.mark.parametrize(
    "draw",
    [
        lambda v: torch.rand_like(v),
        lambda v: torch.randn(5),
        lambda v: torch.randint(1000000, (4,)),
        lambda v: torch.randperm(50),
        lambda v: torch.bernoulli(v + 0.5),
        lambda v: v.clone().normal_(),
        lambda v: torch.multinomial(v + 1, 3),
        lambda v: torch.poisson(v + 50.0),
    ],
)
def test_examples_differ(draw):
    torch.manual_seed(0)
    found = vmap(draw, randomness="different")(torch.zeros(6, 4))
    assert found.shape[0] == 6
    assert len({tuple(row.tolist()) for row in found}) > 1


def test_distributions_of_their_own_cannot_give_the_same_numbers():
    with pytest.raises(RuntimeError, match="randomness='different'"):
        vmap(torch.bernoulli, randomness="same")(torch.full((3, 2), 0.5))


# --- nesting and the graph


def test_levels_align_whatever_the_order():
    x, y = torch.arange(3.0), torch.arange(4.0)
    outer = vmap(lambda a: vmap(lambda b: a * 10 + b)(y))(x)
    close(outer, x[:, None] * 10 + y)
    close(vmap(lambda a: vmap(lambda b: b - a)(y), out_dims=1)(x), (y - x[:, None]).t())
    close(vmap(vmap(vmap(lambda v: v * 2)))(torch.ones(2, 3, 4)), torch.full((2, 3, 4), 2.0))


def test_gradients_reach_tensors_that_the_function_only_knows():
    x, w = x34(), torch.arange(4.0).requires_grad_()
    vmap(lambda v: (v * w).sum() ** 2)(x).sum().backward()
    found, w.grad = w.grad, None
    ((x * w).sum(1) ** 2).sum().backward()
    close(found, w.grad)


def test_gradients_through_two_levels_and_a_known_tensor():
    x, w = x34(), torch.arange(4.0).requires_grad_()
    f = vmap(lambda v: vmap(lambda a: (a * w).prod() + a * w.sum())(v))
    (found,) = torch.autograd.grad(f(x).sum(), w)
    loop = sum((a * w).prod() + a * w.sum() for v in x for a in v)
    close(found, torch.autograd.grad(loop, w)[0])


def test_double_backward_through_vmap():
    x = x34().requires_grad_()
    y = vmap(lambda v: (v.sin() * v[0]).sum())(x)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (found,) = torch.autograd.grad((g * g).sum(), x)
    other = x34().requires_grad_()
    (g,) = torch.autograd.grad((other.sin() * other[:, :1]).sum(), other, create_graph=True)
    close(found, torch.autograd.grad((g * g).sum(), other)[0])


def test_a_graph_from_before_can_be_pulled_back_inside():
    x = torch.arange(3.0).requires_grad_()
    y = vmap(lambda a: a**3)(x)  # its level has ended when the next begins
    rows = vmap(lambda g: torch.autograd.grad(y, x, g, retain_graph=True)[0])(torch.eye(3))
    close(rows, torch.diag(3 * x.detach() ** 2))


def test_no_grad_inside():
    x = x34().requires_grad_()

    def f(v: Any) -> Any:
        with torch.no_grad():
            c = v * 2
        return (c * v).sum()

    vmap(f)(x).sum().backward()
    close(x.grad, 2 * x)


def test_graph_is_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x, w = x34().requires_grad_(), torch.ones(4, requires_grad=True)
        y = vmap(lambda v: (v * w).sin().sum())(x)
        alive = weakref.ref(y.grad_fn)
        del y
        assert alive() is None
    finally:
        gc.enable()


# --- in place and views


def test_in_place_on_an_argument_changes_it():
    x = torch.zeros(3, 4)
    vmap(lambda v: v.add_(1))(x)
    close(x, torch.ones(3, 4))
    y = torch.ones(3, 4, requires_grad=True)
    z = (y * x).sum()
    vmap(lambda v: v.mul_(2))(x)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward()


def test_view_then_change():
    def f(v: Any) -> Any:
        y = v.clone()
        y.view(2, 2)[0].mul_(3)
        y[2:] = v[:2]
        return y

    x = x34()
    close(vmap(f)(x), torch.stack([f(v) for v in x]))
    weight = torch.arange(4.0)
    close(
        vmap(grad(lambda v: (f(v) * weight).sum()))(x),
        torch.stack([grad(lambda v: (f(v) * weight).sum())(v) for v in x]),
    )


def test_index_with_numbers_of_each_example():
    x, i = x34(), torch.tensor([3, 0, 2])
    close(vmap(lambda v, k: v[k])(x, i), x[torch.arange(3), i])
    close(vmap(lambda v: v[v.argmax()])(x), x.amax(1))
    close(vmap(lambda k: x[0][k])(i), x[0][i])
    close(vmap(lambda k: x[:, k, None])(i), x[:, i].t()[..., None])


def test_classes_of_each_example():
    logits, target = torch.randn(5, 3, requires_grad=True), torch.tensor([0, 2, 1, 1, 0])
    loss = torch.nn.functional.cross_entropy
    close(vmap(loss)(logits, target), loss(logits, target, reduction="none"))
    weight = torch.tensor([1.0, 2.0, 0.5])
    one = vmap(lambda a, t: loss(a, t, weight=weight, reduction="sum"))
    close(one(logits, target), loss(logits, target, weight=weight, reduction="none"))
    with pytest.raises(IndexError, match="Target 3 is out of bounds"):
        vmap(loss)(logits, torch.tensor([0, 3, 1, 1, 0]))


def test_printed_inside(capsys):
    vmap(lambda v: (print(v), v)[1])(torch.zeros(2, 1))
    assert capsys.readouterr().out == "BatchedTensor(lvl=1, bdim=0, value=\n    tensor([[0.],\n            [0.]])\n)\n"


# --- custom functions


class Cube(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, g):
        return g * 3 * ctx.saved_tensors[0] ** 2


class Own(Cube):
    generate_vmap_rule = False
    told: list[Any] = []  # noqa: RUF012

    @staticmethod
    def vmap(info, in_dims, x):
        Own.told.append((info.batch_size, info.randomness, in_dims))
        return Own.apply(x.movedim(in_dims[0], 0)), 0


@pytest.mark.parametrize("function", [Cube, Own])
def test_custom_function(function):
    x = torch.tensor([1.0, 2.0, -1.0])
    Own.told.clear()
    close(vmap(function.apply)(x), x**3)
    assert Own.told == ([(3, "error", (0,))] if function is Own else [])
    close(vmap(grad(function.apply))(x), 3 * x**2)
    close(grad(lambda v: vmap(function.apply)(v).sum())(x), 3 * x**2)
    close(vmap(grad(grad(function.apply)))(x), 6 * x)
    y = x.clone().requires_grad_()
    vmap(function.apply)(y).sum().backward()
    close(y.grad, 3 * x**2)


def test_custom_functions_that_cannot_be_transformed():
    x = torch.ones(3)

    class Plain(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(RuntimeError, match="must override the setup_context staticmethod"):
        vmap(Plain.apply)(x)
    with pytest.raises(RuntimeError, match="must override the setup_context staticmethod"):
        grad(lambda v: Plain.apply(v).sum())(x)
    neither = type("Neither", (Cube,), {"generate_vmap_rule": False})
    with pytest.raises(RuntimeError, match="You tried to vmap over Neither, but it does not have vmap support"):
        vmap(neither.apply)(x)
    both = type("Both", (Own,), {"generate_vmap_rule": True})
    with pytest.raises(RuntimeError, match="it has both generate_vmap_rule=True and an overridden vmap"):
        vmap(both.apply)(x)
    wrong = type("Wrong", (Own,), {"vmap": staticmethod(lambda info, in_dims, x: x)})
    with pytest.raises(RuntimeError, match="Expected the vmap staticmethod to have two returns"):
        vmap(wrong.apply)(x)


# --- tangents


def test_in_place_changes_give_each_example_a_tangent_of_its_own():
    x = x34().double()

    def f(v: Any) -> Any:
        base = v.clone()
        row = base.view(2, 2)[0]
        row.mul_(v[2:])
        base[3] = row.sum()
        return base

    close(jacfwd(f)(x[0]), jacrev(f)(x[0]))
    close(vmap(jacfwd(f))(x), torch.stack([jacrev(f)(v) for v in x]))
    close(jacfwd(vmap(f))(x), jacrev(vmap(f))(x))
    given = torch.ones(4, dtype=torch.float64)
    close(vmap(lambda v: jvp(lambda y: y.mul_(v.detach()), (v.clone(),), (given,))[1])(x), x)
    assert given._array.__class__ is np.ndarray  # the tangent that was given is as it was
    close(given, torch.ones(4, dtype=torch.float64))


def test_third_derivatives_through_a_vmap_count_all_examples():
    x, a = torch.tensor([0.3, -0.7], dtype=torch.float64), torch.tensor([1.0, 2.0], dtype=torch.float64)
    f = lambda v: vmap(lambda s: s * v * v * v)(a).sum()  # noqa: E731
    close(grad(lambda v: grad(lambda u: grad(f)(u).sum())(v).sum())(x), torch.full((2,), 18.0, dtype=torch.float64))
    value, push = linearize(lambda v: grad(f)(v), x)
    close(push(x), 2 * value)
    assert push(x)._array.__class__ is np.ndarray
