"""torch.func without torch: derivatives nested in any order, containers, errors, Jacobians against loops, modules."""

from __future__ import annotations

import gc
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    stack_module_state,
    vjp,
    vmap,
)
from gradiente.utils._pytree import tree_flatten, tree_map, tree_unflatten


def close(found: Any, wanted: Any) -> None:
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.detach().numpy(), wanted.detach().numpy(), rtol=1e-9, atol=1e-12)


def x5() -> Any:
    return torch.tensor([0.3, -1.2, 0.7, 2.0, -0.4], dtype=torch.float64)


def f(x: Any) -> Any:
    return (torch.sin(x) * x).cumsum(0)


# --- nesting


def test_grad_of_grad():
    x = torch.tensor(2.0, dtype=torch.float64)
    assert grad(grad(grad(lambda v: v**4)))(x).item() == 48.0


def test_each_level_has_its_own_variable():
    x = torch.tensor(3.0)
    assert grad(lambda a: grad(lambda b: a * b * b)(a))(x).item() == 12.0  # d/da 2·a·b at b = a: 4a
    assert grad(lambda a: a * grad(lambda b: a)(a))(x).item() == 0.0  # the inner one does not depend on b
    assert grad(lambda a: a * grad(lambda b: a + b)(x))(x).item() == 1.0


def test_all_orders_agree():
    x = x5()
    h = hessian(lambda v: f(v).prod())(x)
    close(jacrev(grad(lambda v: f(v).prod()))(x), h)
    close(jacfwd(grad(lambda v: f(v).prod()))(x), h)
    close(jacfwd(jacfwd(lambda v: f(v).prod()))(x), h)
    loop = torch.stack([grad(lambda v, i=i: grad(lambda u: f(u).prod())(v)[i])(x) for i in range(5)])
    close(loop, h)


def test_vmap_of_everything():
    x = torch.stack([x5(), x5() * 2, x5() - 1])
    for transform in (jacrev, jacfwd, lambda g: hessian(lambda v: g(v).sum())):
        close(vmap(transform(f))(x), torch.stack([transform(f)(row) for row in x]))
    t = x * 0.5
    close(
        vmap(lambda a, b: jvp(f, (a,), (b,))[1])(x, t),
        torch.stack([jvp(f, (a,), (b,))[1] for a, b in zip(x, t, strict=True)]),
    )
    close(
        vmap(lambda a, b: vjp(f, a)[1](b)[0])(x, t),
        torch.stack([vjp(f, a)[1](b)[0] for a, b in zip(x, t, strict=True)]),
    )
    close(
        vmap(lambda a, b: linearize(f, a)[1](b))(x, t),
        torch.stack([linearize(f, a)[1](b) for a, b in zip(x, t, strict=True)]),
    )


def test_the_graph_outside_goes_on():
    x, w = x5().requires_grad_(), torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    g = grad(lambda v: (w * v**3).sum())(x)
    assert g.requires_grad
    gx, gw = torch.autograd.grad(g.sum(), (x, w))
    close(gx, 12 * x)
    close(gw, (3 * x**2).sum())
    assert x.grad is None


def test_nothing_is_recorded_where_nothing_is_tracked():
    g, value = grad_and_value(lambda v: (v**2).sum())(x5())
    assert not g.requires_grad
    assert not value.requires_grad
    with torch.no_grad():
        g = grad(lambda v: (v**2).sum())(x5().requires_grad_())
    assert not g.requires_grad
    close(g, 2 * x5())


def test_per_example_gradients_can_be_differentiated():
    x, w = torch.stack([x5(), -x5()]), x5().requires_grad_()

    def loss(w: Any, v: Any) -> Any:
        return torch.tanh(w @ v)

    each = vmap(grad(loss), in_dims=(None, 0))(w, x)
    (found,) = torch.autograd.grad((each**2).sum(), w)
    rows = torch.stack([torch.autograd.grad(loss(w, v), w, create_graph=True)[0] for v in x])
    close(found, torch.autograd.grad((rows**2).sum(), w)[0])


# --- arguments and results


def test_argnums_and_containers():
    x, y = x5(), x5() + 1
    a, b = grad(lambda u, v: (u * v).sum(), argnums=(0, -1))(x, y)
    close(a, y)
    close(b, x)
    d = grad(lambda d: (d["a"] * d["b"][0]).sum())({"a": x, "b": [y]})
    close(d["a"], y)
    close(d["b"][0], x)
    (g, extra), (value, aux) = (
        grad(lambda v: (v.sum(), {"twice": v * 2}), has_aux=True)(x),
        grad_and_value(lambda v: (v.sum(), v * 3), has_aux=True)(x)[1],
    )
    close(g, torch.ones_like(x))
    close(extra["twice"], 2 * x)
    close(value, x.sum())
    close(aux, 3 * x)
    assert not extra["twice"].requires_grad


def test_vjp_with_containers():
    x = x5()
    value, pull = vjp(lambda v: {"a": v * 2, "b": (v.sum(),)}, x)
    (g,) = pull({"a": torch.ones_like(x), "b": (torch.tensor(3.0, dtype=torch.float64),)})
    close(g, torch.full_like(x, 5.0))
    close(value["a"], 2 * x)
    close(pull({"a": torch.zeros_like(x), "b": (torch.ones((), dtype=torch.float64),)})[0], torch.ones_like(x))


def test_jacobian_structures():
    x, y = x5(), x5()[:2]
    j = jacrev(lambda u, v: {"s": u.sum() * v, "t": (u,)}, argnums=(0, 1))(x, y)
    assert [part.shape for part in j["s"]] == [(2, 5), (2, 2)]
    assert [part.shape for part in j["t"][0]] == [(5, 5), (5, 2)]
    forward = jacfwd(lambda u, v: {"s": u.sum() * v, "t": (u,)}, argnums=(0, 1))(x, y)
    for k in (0, 1):
        close(forward["s"][k], j["s"][k])
        close(forward["t"][0][k], j["t"][0][k])
    for chunk_size in (1, 2, 100):
        close(jacrev(f, chunk_size=chunk_size)(x), jacrev(f)(x))
    found, aux = jacrev(lambda v: (v**2, v), has_aux=True)(x)
    close(found, torch.diag(2 * x))
    close(aux, x)
    assert jacfwd(lambda v: (v**2, v), has_aux=True)(x)[1].shape == (5,)


def test_what_does_not_depend_has_zero_derivatives():
    x = x5()
    close(grad(lambda v: torch.tensor(1.0))(x), torch.zeros_like(x))
    close(jacrev(lambda v: torch.ones(2))(x), torch.zeros(2, 5, dtype=torch.float64))
    close(jacfwd(lambda v: torch.ones(2))(x), torch.zeros(2, 5))
    close(jvp(lambda v: torch.ones(2), (x,), (x,))[1], torch.zeros(2))


def test_jvp_and_linearize():
    x, t = x5(), torch.arange(5.0, dtype=torch.float64)
    value, tangent = jvp(f, (x,), (t,))
    close(value, f(x))
    close(tangent, jacrev(f)(x) @ t)
    value, push = linearize(f, x)
    close(push(t), tangent)
    close(push(2 * t), 2 * tangent)
    assert jvp(lambda v: (v, v), (x,), (t,), has_aux=True)[2].shape == (5,)


def test_batched_cotangents_and_rows_agree():
    x = x5().requires_grad_()
    y = f(x)
    v = torch.eye(5, dtype=torch.float64)
    (batch,) = torch.autograd.grad(y, x, v, is_grads_batched=True, retain_graph=True)
    rows = torch.stack([torch.autograd.grad(y, x, row, retain_graph=True)[0] for row in v])
    close(batch, rows)
    (batch,) = torch.autograd.grad(y, x, v, is_grads_batched=True, create_graph=True)
    (second,) = torch.autograd.grad((batch**2).sum(), x)
    other = x5().requires_grad_()
    close(second, torch.autograd.grad((jacrev(f)(other) ** 2).sum(), other)[0])
    with pytest.raises(ValueError, match="Expected all tensors to have the same size in the mapped dimension"):
        torch.autograd.grad(
            (x * 2, x * 3), x, (torch.ones(2, 5).double(), torch.ones(3, 5).double()), is_grads_batched=True
        )


# --- errors

X = x5()
WRONG: list[tuple[Any, type[Exception], str]] = [
    (lambda: grad(lambda v: v)(X), RuntimeError, "Expected f(*args) to return a scalar Tensor, got tensor with 1 dims"),
    (lambda: grad(lambda v: (v.sum(), v))(X), RuntimeError, "to return a Tensor, got <class 'tuple'>"),
    (lambda: grad(lambda v: v.sum(), has_aux=True)(X), RuntimeError, "should be a tuple: (output, aux) if has_aux is"),
    (lambda: grad(lambda v: (v.sum(), 3), has_aux=True)(X), RuntimeError, "Expected tensors, got unsupported type"),
    (lambda: grad(lambda v: v.sum())(torch.arange(3)), RuntimeError, "only Tensors of floating point dtype can"),
    (lambda: grad(lambda v: v.sum(), argnums=1)(X), RuntimeError, "Got argnum=1, but only 1 positional inputs"),
    (lambda: grad(lambda v, w: v.sum(), argnums=(0, 0))(X, X), RuntimeError, "argnums elements must be unique"),
    (lambda: grad(lambda v: v.sum(), argnums=())(X), RuntimeError, "argnums must be non-empty"),
    (lambda: grad(lambda v: v.sum(), argnums="a")(X), RuntimeError, "argnums must be int or Tuple[int, ...], got"),
    (lambda: grad(lambda v: v)(3.0), ValueError, "Thing passed to transform API must be Tensor, got <class 'float'>"),
    (lambda: grad(lambda v: v.mul_(2).sum())(X.clone()), RuntimeError, "a leaf Variable that requires grad is being"),
    (lambda: grad(lambda v: v.sum().backward())(X), RuntimeError, "backward() called inside a functorch transform"),
    (lambda: vjp(lambda v: 3.0, X), RuntimeError, "expected f(*primals) to return only tensors, got unsupported"),
    (lambda: vjp(lambda v: (v, v), X)[1](X), RuntimeError, "cotangents: *, primal output: (*, *)"),
    (lambda: vjp(lambda v: v.sum(), X)[1](X), RuntimeError, "Mismatch in shape: grad_output[0] has a shape of"),
    (lambda: jvp(f, X, X), RuntimeError, "Expected primals to be a tuple"),
    (lambda: jvp(f, (X,), (X, X)), RuntimeError, "Expected primals and tangents to have the same python structure"),
    (lambda: jvp(f, (), ()), RuntimeError, "Expected primals to contain at least one Tensor"),
    (lambda: jvp(f, (X, 2.0), (X, 2.0)), RuntimeError, "Expected primals to only contain Tensors, got <class 'float'>"),
    (lambda: jvp(f, (X,), (X[:2],)), RuntimeError, "Tensor is of size [5] while the given forward gradient is of"),
    (lambda: jvp(lambda v: torch.ones(1), (X,), (X,), strict=True), RuntimeError, "independent of the inputs"),
    (lambda: linearize(f, X)[1](X[:2]), RuntimeError, "doesn't match the shape torch.Size([5])"),
    (lambda: linearize(f, X)[1](X, X), RuntimeError, "to have the same argspec as the primals"),
    (lambda: linearize(f, X)[1](X.float()), RuntimeError, "doesn't match the dtype torch.float64"),
    (lambda: jacrev(f, chunk_size=0), ValueError, "jacrev: `chunk_size` should be greater than 0."),
    (lambda: jacfwd(f)(torch.arange(3)), ValueError, "Expected primal to be floating point or complex, but got"),
]


@pytest.mark.parametrize(("call", "kind", "text"), WRONG)
def test_errors(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert text in str(caught.value)
    close(grad(lambda v: (v * v).sum())(X), 2 * X)


# --- modules


class Affine:
    """The least that functional_call needs: parameters by name."""

    def __init__(self, scale: float) -> None:
        self.training = True
        self.weight = torch.full((2,), scale, requires_grad=True)
        self.tied = self.weight

    def named_parameters(self, remove_duplicate: bool = True) -> Any:
        return [("weight", self.weight)] if remove_duplicate else [("weight", self.weight), ("tied", self.tied)]

    def __call__(self, x: Any) -> Any:
        return self.weight * x + self.tied


def test_functional_call():
    model, x = Affine(1.0), torch.tensor([1.0, 2.0])
    before = model.weight
    new = torch.tensor([3.0, 4.0])
    close(functional_call(model, {"weight": new}, x), new * x + new)
    close(functional_call(model, {"weight": new}, (x,), tie_weights=False), new * x + 1)
    assert model.weight is before
    assert model.tied is before
    close(grad(lambda p: functional_call(model, p, x).sum())({"weight": new})["weight"], x + 1)
    with pytest.raises(ValueError, match="appeared in multiple dictionaries"):
        functional_call(model, [{"weight": new}, {"weight": new}], x)
    with pytest.raises(RuntimeError, match=r":\n\tUnexpected key\(s\): 'other'.\n\tMissing key\(s\): 'tied'."):
        functional_call(model, {"weight": new, "other": new}, x, strict=True, tie_weights=False)
    with pytest.raises(ValueError, match=r"multiple values for keys \['tied', 'weight'\], which are tied"):
        functional_call(model, {"weight": new, "tied": new + 1}, x)
    with pytest.raises(TypeError, match="3 is not an instance of"):
        functional_call(model, {"weight": 3}, x)
    with pytest.raises(ValueError, match="Expected parameter_and_buffer_dicts to be a dict"):
        functional_call(model, 3, x)  # pyright: ignore[reportArgumentType]


def test_stack_module_state():
    models, x = [Affine(1.0), Affine(2.0), Affine(3.0)], torch.tensor([1.0, 2.0])
    parameters, buffers = stack_module_state(models)
    assert parameters["weight"].shape == (3, 2)
    assert parameters["weight"].is_leaf
    assert parameters["weight"].requires_grad
    assert buffers == {}
    close(vmap(lambda p: functional_call(models[0], p, x))(parameters), torch.stack([m(x) for m in models]))
    with pytest.raises(RuntimeError, match="Expected at least one model, got 0"):
        stack_module_state([])
    with pytest.raises(RuntimeError, match="to be of the same class"):
        stack_module_state([Affine(1.0), type("Other", (Affine,), {})(1.0)])
    models[0].training = False
    with pytest.raises(RuntimeError, match="to have the same training/eval mode"):
        stack_module_state(models)


# --- trees


def test_trees():
    Pair = namedtuple("Pair", "a b")
    tree = {"x": [1, (2, 3)], "y": Pair(4, None)}
    leaves, spec = tree_flatten(tree)
    assert leaves == [1, 2, 3, 4, None]
    assert tree_unflatten(leaves, spec) == tree
    assert tree_map(lambda v: v, tree) == tree
    assert spec == tree_flatten({"x": [0, (0, 0)], "y": Pair(0, 0)})[1]
    assert spec != tree_flatten({"x": [0, (0, 0)], "z": Pair(0, 0)})[1]
    with pytest.raises(ValueError, match="has length 1 but the spec refers to a pytree that holds 5 items"):
        tree_unflatten([1], spec)


# --- what is not allowed, and what works with it


@pytest.mark.parametrize(
    "transformed",
    [
        lambda f: grad(lambda v: f(v).sum()),
        lambda f: lambda x: jvp(f, (x,), (x,))[1],
        lambda f: lambda x: vmap(f)(x[None])[0],
    ],
)
def test_nothing_is_switched_on_inside(transformed):
    for switch in (True, False):
        with pytest.raises(RuntimeError, match=r"attempting to call Tensor.requires_grad_\(\) \(or perhaps using"):
            transformed(lambda v, s=switch: torch.ones(5, dtype=torch.float64).requires_grad_(s) * v)(x5())
    with pytest.raises(RuntimeError, match="attempting to call"):
        transformed(lambda v: torch.autograd.functional.jacobian(torch.sin, v).sum(0))(x5())
    close(
        transformed(lambda v: torch.ones(5, dtype=torch.float64, requires_grad=True) * v)(x5()).detach() * 0, x5() * 0
    )


def test_duals_and_transforms():
    import gradiente.autograd.forward_ad as fwAD

    x = x5()
    with fwAD.dual_level():
        dual = fwAD.make_dual(x, torch.ones_like(x))
        for transform in (jacfwd, jacrev, lambda g: lambda v: jvp(g, (v,), (torch.ones_like(x),))[1]):
            found = fwAD.unpack_dual(transform(lambda v: v**3)(dual)).tangent
            close(found if found.ndim == 1 else found.sum(0), 6 * x)
        close(fwAD.unpack_dual(grad(lambda v: (v**3).sum())(dual)).tangent, 6 * x)
        close(fwAD.unpack_dual(vmap(lambda v: v * v)(dual)).tangent, 2 * x)

    def inner(v: Any) -> Any:
        with fwAD.dual_level():
            return fwAD.unpack_dual(fwAD.make_dual(v, torch.ones_like(v)) * v.detach() ** 2).tangent

    close(vmap(inner)(torch.stack([x, x])), torch.stack([x * x, x * x]))
    with pytest.raises(RuntimeError, match="Nested forward mode AD is not supported"):
        jvp(inner, (x,), (x,))


def test_each_example_has_its_own_gradient_of_a_tensor_from_outside():
    w, x = torch.ones(5, dtype=torch.float64, requires_grad=True), torch.stack([x5(), x5() * 2])
    found = vmap(lambda v: torch.autograd.grad((v * w * w).sum(), w)[0])(x)
    close(found, 2 * x)
    found = vmap(lambda v: torch.autograd.grad(w * w, w, v)[0])(x)
    close(found, 2 * x)
    vmap(lambda v: torch.autograd.grad((v * w**3).sum(), w, create_graph=True)[0])(x).sum().backward()
    close(w.grad, 6 * x.sum(0))


# --- memory


FREED = {
    "jvp": lambda x: jvp(f, (x,), (x,)),
    "jacfwd": lambda x: jacfwd(f)(x),
    "jacrev": lambda x: jacrev(f)(x),
    "hessian": lambda x: hessian(lambda v: f(v).sum())(x),
    "linearize": lambda x: linearize(f, x)[1](x),
    "jvp of grad": lambda x: jvp(grad(lambda v: f(v).sum()), (x,), (x,)),
    "vmap of jvp": lambda x: vmap(lambda v: jvp(f, (v,), (v,))[1])(x[None]),
    "vmap of hessian": lambda x: vmap(hessian(lambda v: f(v).sum()))(x[None]),
    "jacfwd of vmap": lambda x: jacfwd(vmap(lambda v: v.exp() * v.sin()))(x),
    "hessian of hessian": lambda x: hessian(lambda v: hessian(lambda u: f(u).sum())(v).sum())(x[:2]),
}


@pytest.mark.parametrize("name", FREED)
def test_freed_without_the_collector(name):
    x = x5()
    FREED[name](x)  # what is made once
    gc.collect()
    gc.disable()
    try:
        FREED[name](x)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        assert not [o for o in gc.garbage if type(o).__module__.startswith("gradiente")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
