"""Views and changes in place: shared versions, histories that follow, what is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import gradiente as torch


def count(x: Any) -> int:
    return x._version


def start() -> tuple[Any, Any]:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    return w, w * 1


def test_views_share_one_version() -> None:
    _, b = start()
    v, u = b[0], b.view(3, 1)
    v.mul_(2)
    assert count(b) == count(v) == count(u) == 1
    assert b._base is None
    assert v._base is b
    assert u[0]._base is b
    assert v._is_view()


def test_detach_shares_the_version_and_data_does_not() -> None:
    _, b = start()
    b.detach().mul_(2)
    assert count(b) == 1
    b.data.mul_(2)
    assert count(b) == 1
    assert b.tolist() == [4, 8, 12]


def test_the_base_follows_its_view_and_the_views_follow_the_base() -> None:
    w, b = start()
    v, u = b[:2], b[1:]
    v.mul_(w[2])
    assert [t.grad_fn.name() for t in (b, v, u)] == [
        "torch::autograd::CopySlices",
        "AsStridedBackward0",
        "AsStridedBackward0",
    ]
    u.sum().backward()  # 3 · 2 + 3
    assert w.grad.tolist() == [0, 3, 3]


def test_an_untracked_base_becomes_tracked() -> None:
    w, _ = start()
    n = torch.zeros(3)
    v = n[1:]
    n[0] = w[0] * 2
    n[1] = w[1] * 3
    assert v.requires_grad
    v.sum().backward()
    assert w.grad.tolist() == [0, 3, 0]


@pytest.mark.parametrize("how", ["transposed", "sliced", "strided", "diagonal"])
def test_views_of_bases_that_lie_unusually(how: str) -> None:
    leaf = torch.arange(6.0).reshape(2, 3).requires_grad_()
    base = (leaf * 1).t().clone()  # strides (1, 3)
    weight = torch.arange(1.0, 7.0).reshape(3, 2)
    if how == "transposed":
        base.t().view(-1)[1:3].mul_(10)
    elif how == "sliced":
        base[1:].mul_(10)
    elif how == "strided":
        base.as_strided((2,), (1,), 1).mul_(10)
    else:
        base.diagonal().mul_(10)
    factors = base.detach() / torch.where(leaf.detach().t() == 0, 1, leaf.detach().t())
    (base * weight).sum().backward()
    factors[0, 0] = 10 if how == "diagonal" else 1
    assert leaf.grad.t().tolist() == (factors * weight).tolist()


def test_a_graph_recorded_before_a_change_is_not_rewritten() -> None:
    w, b = start()
    v = b[0]
    before = v * 1
    b.mul_(5)
    assert torch.autograd.grad(before, w, retain_graph=True)[0].tolist() == [1, 0, 0]
    assert torch.autograd.grad(v, w)[0].tolist() == [5, 0, 0]


def test_in_place_on_a_view_does_not_keep_the_views_alive() -> None:
    import gc
    import weakref

    _, b = start()
    v = b[0]
    v.mul_(2)
    gone = weakref.ref(v)
    gc.disable()
    try:
        del v
        assert gone() is None
    finally:
        gc.enable()


REFUSED = {
    "leaf": ("w.mul_(2)", "a leaf Variable that requires grad is being used in an in-place operation."),
    "view of a leaf": ("w[0].mul_(2)", "a view of a leaf Variable that requires grad is being used in an in-place"),
    "element of a leaf": ("w[0] = 1", "a view of a leaf Variable that requires grad is being used in an in-place"),
    "part": ("b.split(2)[1].mul_(2)", "Output 1 of Split is a view and is being modified inplace."),
    "view of a part": ("b.unbind()[1].view(1).mul_(2)", "Output 0 of View is a view and is being modified inplace."),
    "part of an untracked tensor": (
        "n.split(2)[0].mul_(w[0])",
        "A view was created in no_grad mode and is being modif",
    ),
    "view made without recording": (
        "silent.mul_(2)",
        "A view was created in no_grad mode and is being modified inplace",
    ),
    "detach a view": ("b[0].detach_()", "Can't detach views in-place. Use detach() instead."),
    "expanded": ("n.expand(2, 3).mul_(2)", "unsupported operation: more than one element of the written-to tensor"),
    "read-only": ("fixed.mul_(2)", "the tensor's memory is read-only"),
    "data": ("w.data = 3", "Variable data has to be a tensor, but got int"),
    "integer data": (
        "w.data = torch.tensor([1])",
        "data set to a tensor that requires gradients must be floating point",
    ),
    "stale": (
        "k = b * b; b[0] = 2; k.sum().backward()",
        "one of the variables needed for gradient computation has been",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, start_of_error = REFUSED[name]
    w, b = start()
    with torch.no_grad():
        silent = b[0]
    array = np.ones(3, dtype=np.float32)
    array.flags.writeable = False
    fixed = torch.zeros(3)
    fixed._array = array
    with pytest.raises((RuntimeError, TypeError)) as caught:
        exec(text, {"torch": torch, "w": w, "b": b, "n": torch.zeros(3), "silent": silent, "fixed": fixed})
    assert str(caught.value).startswith(start_of_error)
    assert w.tolist() == [1, 2, 3]


@pytest.mark.parametrize("which", ["no_grad", "multi"])
def test_views_that_may_not_follow(which: str) -> None:
    w, b = start()
    if which == "multi":
        v = b.unbind()[0]
    else:
        with torch.no_grad():
            v = b[0]
    b.mul_(2)
    with pytest.raises(RuntimeError, match="its base or another view of its base has been modified inplace"):
        v.grad_fn  # noqa: B018 - looking is the point
    with pytest.raises(RuntimeError, match="is being modified inplace"):
        v.mul_(2)
    with pytest.raises(RuntimeError, match="its base or another view of its base has been modified inplace"):
        v * 3
    with torch.no_grad():
        assert (v * 3).tolist() == 6
    assert v.requires_grad
    assert repr(v) == "tensor(2., grad_fn=<Invalid>)"
    b.sum().backward()
    assert w.grad.tolist() == [2, 2, 2]


def test_no_error_without_recording() -> None:
    w, _ = start()
    with torch.no_grad():
        for part in w.unbind():
            part.mul_(2)
        w[0] = 7
        w[[1]] = 8.0
        w.view(3, 1)[2].add_(1)
    assert w.tolist() == [7, 8, 7]
    assert w.requires_grad
    assert w.is_leaf


def test_set_data() -> None:
    w, b = start()
    v = w._history
    w.data = torch.zeros(2, dtype=torch.float64)
    assert w.tolist() == [0, 0]
    assert w._history is v
    assert w.requires_grad
    (w * 2).sum().backward()
    assert w.grad.tolist() == [2, 2]
    b.data = torch.ones(3)
    assert b.grad_fn is not None


def test_shape_changes_in_place_keep_the_history() -> None:
    w, b = start()
    c = torch.stack([b, b * 2])
    v = c[0]
    c.t_()
    assert c.shape == (3, 2)
    assert c.grad_fn.name() == "TBackward1"
    c[0] = 0.0
    assert v.tolist() == [0, 2, 3]
    (v.sum() + c.sum()).backward()
    assert w.grad.tolist() == [0, 4, 4]
    k = torch.ones(1, 2)
    assert k.squeeze_().shape == (2,)
    assert k.unsqueeze_(1).shape == (2, 1)
    assert k.transpose_(0, 1).shape == (1, 2)
    assert count(k) == 3


def test_detach_in_place() -> None:
    w, b = start()
    assert b.detach_() is b
    assert b.is_leaf
    assert not b.requires_grad
    b.mul_(2)
    assert w.grad is None


def test_a_view_of_no_grad_requires_gradients_but_sends_none() -> None:
    w, b = start()
    with torch.no_grad():
        v = b[1:]
    assert v.requires_grad
    assert v.is_leaf
    assert v.grad_fn is None
    y = v * 2
    assert y.grad_fn is not None
    assert y.grad_fn.next_functions[0] == (None, 0)
    y.sum().backward()
    assert w.grad is None
    with pytest.raises(RuntimeError, match="not have been used in the graph"):
        torch.autograd.grad((v * 2).sum(), v)
    with pytest.raises(RuntimeError, match=r"does not have a grad_fn \(y is a view made while recording was off"):
        v.backward(torch.ones(2, dtype=v.dtype))
    assert torch.why_no_grad(v, w).reason == "loose"


def test_a_view_follows_a_base_that_requires_gradients_later() -> None:
    b = torch.zeros(3)
    v = b[1:]
    b.requires_grad_()
    assert v.requires_grad
    assert v.grad_fn is None
    with torch.no_grad():
        v.add_(1)
    v.sum().backward()
    assert b.grad is not None
    assert b.grad.tolist() == [0, 1, 1]
    b.requires_grad_(False)
    assert not b[1:].requires_grad


@pytest.mark.parametrize("value", [1, None, "yes"])
def test_requires_grad_is_a_bool(value: Any) -> None:
    x = torch.ones(2)
    with pytest.raises(RuntimeError, match="requires_grad must be a bool"):
        x.requires_grad = value
    with pytest.raises(TypeError, match="argument 'requires_grad'"):
        x.requires_grad_(value)
    assert not x.requires_grad


def test_complex_views_are_written_through() -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    z = torch.zeros(2, dtype=torch.complex64)
    z.real = w
    torch.view_as_real(z)[:, 1].add_(w * w)
    assert z.tolist() == [1 + 1j, 2 + 4j]
    (z.real + 10 * z.imag).sum().backward()
    assert w.grad is not None
    assert w.grad.tolist() == [21, 41]
    pairs = torch.zeros(2, 2)
    torch.view_as_complex(pairs).copy_(z.detach())
    assert pairs.tolist() == [[1, 1], [2, 4]]


def test_expanded_tensors_take_one_value_only() -> None:
    x = torch.zeros(3)
    e = x.expand(2, 3)
    e.fill_(2)
    assert x.tolist() == [2, 2, 2]
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        e[:] = 1
    with pytest.warns(UserWarning, match="Use of masked_fill_ on expanded tensors is deprecated"):
        e.masked_fill_(torch.ones(2, 3, dtype=torch.bool), 5)
    assert x.tolist() == [5, 5, 5]


def test_memory_in_another_size() -> None:
    x = torch.arange(6.0)
    assert x.resize_(2, 2).tolist() == [[0, 1], [2, 3]]
    assert x.resize_(6).tolist() == [0, 1, 2, 3, 4, 5]
    with pytest.raises(RuntimeError, match="cannot resize variables that require grad"):
        torch.ones(2, requires_grad=True).resize_(3)
    y = torch.ones(2)
    x.set_(y).add_(1)
    assert y.tolist() == [2, 2]
    w = torch.arange(4.0, requires_grad=True)
    z = w * 1
    z.as_strided_((2, 2), (1, 2)).select(0, 1).mul_(3)
    z.sum().backward()
    assert w.grad is not None
    assert w.grad.tolist() == [1, 3, 1, 3]


def test_a_second_pass_through_an_assignment_or_an_index_raises_as_in_torch() -> None:
    x = torch.ones(3, requires_grad=True)
    b = torch.zeros(2, 3)
    b[0] = x
    picked = x[[0, 0]]
    for y in (b, picked):
        y.sum().backward(retain_graph=True)
        y.sum().backward()
        with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
            y.sum().backward()
    part = x[1:]
    part.sum().backward()
    part.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [6, 4, 4]


def test_the_operands_of_a_change_that_are_changed_by_it_are_stale() -> None:
    x = torch.ones(3, requires_grad=True)
    for change in (lambda y: y.mul_(y), lambda y: y[0].mul_(y[1]), lambda y: y.div_(y)):
        y = x * x
        change(y)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()
    y = x * x
    y.add_(y)
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [4, 4, 4]
    y = x + 0
    y.tanh_()
    y[0] = 5
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_hooks_of_a_view_stay_with_its_old_value() -> None:
    x = torch.ones(3, requires_grad=True)
    seen: list[str] = []
    y = x * 1
    v = y[1:]
    v.register_hook(lambda g: seen.append("old"))
    v.mul_(2)
    v.register_hook(lambda g: seen.append("new"))
    y.sum().backward()
    assert seen == []
    y = x * 1
    v = y[1:]
    v.register_hook(lambda g: seen.append("old"))
    v.mul_(2)
    v.register_hook(lambda g: seen.append("new"))
    v.sum().backward()
    assert seen == ["new"]


def test_deep_copies_of_tensors_that_share_memory_share_theirs() -> None:
    x = torch.zeros(2, 3)
    base, row, column, again = copy.deepcopy([x, x[1], x.T[2], x])
    row.fill_(5)
    assert base is again
    assert base.tolist() == [[0, 0, 0], [5, 5, 5]]
    assert column.tolist() == [0, 5]
    assert not row._is_view()
    assert x.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_errors_of_in_place_methods_have_their_name() -> None:
    with pytest.raises(TypeError, match=r"^mul_\(\): argument 'other' \(position 1\) must be Tensor, not str"):
        torch.ones(2).mul_("a")
    with pytest.raises(RuntimeError, match="result type Float can't be cast to the desired output type long int"):
        torch.ones(2, dtype=torch.int64).clamp_(0.5)
    with pytest.raises(RuntimeError, match=r"index_fill_\(\): Converting complex Scalar to non-complex type"):
        torch.ones(2).index_fill_(0, torch.tensor([0]), 1j)


def test_a_copy_into_integers_is_not_recorded() -> None:
    x = torch.ones(2, requires_grad=True)
    i = torch.zeros(2, dtype=torch.int64)
    i.copy_(x)
    assert not i.requires_grad
    with pytest.warns(UserWarning, match="Casting complex values to real discards the imaginary part"):
        torch.zeros(1).copy_(torch.tensor([1j]))


def test_a_view_that_is_found_to_be_invalid_when_it_is_printed_is_printed() -> None:
    x = torch.ones(4)
    v = x[:]
    v.requires_grad_()
    part = v.split(2)[0]
    x.mul_(3)
    assert repr(part) == "tensor([3., 3.], grad_fn=<Invalid>)"
    with torch.no_grad(), pytest.raises(RuntimeError, match="modified inplace"):
        part.grad_fn  # noqa: B018 - looking is the point
