"""Entry points of differentiation, nodes, saved tensors, anomalies, threads, memory."""

from __future__ import annotations

import contextlib
import gc
import re
import threading
import warnings
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.autograd import graph


def leaf(n: int = 2) -> torch.Tensor:
    return torch.ones(n, requires_grad=True)


# --- entry points


def test_several_and_equal_roots() -> None:
    x = leaf()
    y = x * 2
    torch.autograd.backward([y, y, y.sum()], [torch.ones(2), torch.ones(2), None])
    assert x.grad.tolist() == [6.0, 6.0]


def test_inputs_given_twice_and_not_leaves() -> None:
    x = leaf()
    y = x * 2
    assert [g.tolist() for g in torch.autograd.grad(y, [x, x, y], torch.ones(2))] == [[2, 2], [2, 2], [1, 1]]
    assert x.grad is None


def test_a_leaf_as_root_gets_its_own_copy() -> None:
    x, v = leaf(), torch.ones(2)
    x.backward(v)
    v.mul_(5)
    assert x.grad.tolist() == [1.0, 1.0]


def test_no_two_gradients_share_memory() -> None:
    a, b, v = leaf(), leaf(), torch.ones(2)
    y = a + b
    y.retain_grad()
    y.backward(v)
    arrays = [t.detach().numpy() for t in (a.grad, b.grad, y.grad, v)]
    assert not any(np.shares_memory(p, q) for i, p in enumerate(arrays) for q in arrays[:i])
    found = [g.numpy() for g in torch.autograd.grad(a + b, (a, b), v)]
    assert not np.shares_memory(found[0], found[1])


def test_accumulation_is_in_place_and_counted() -> None:
    x = leaf()
    x.sum().backward()
    grad = x.grad
    product = grad * leaf()
    x.sum().backward()
    assert x.grad is grad
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.sum().backward()


def test_create_graph_warns_and_replaces() -> None:
    x = leaf()
    with pytest.warns(
        UserWarning, match=re.escape("Using backward() with create_graph=True will create a reference cycle")
    ):
        (x * x).sum().backward(create_graph=True)
    assert repr(x.grad) == "tensor([2., 2.], grad_fn=<CopyBackwards>)"
    x.grad = None


def test_a_cotangent_of_another_dtype_is_cast() -> None:
    x = leaf()
    (x * 2).backward(torch.ones(2, dtype=torch.float64))
    assert x.grad.dtype is torch.float32


def test_retained_gradients_accumulate() -> None:
    y = leaf() * 2
    y.retain_grad()
    assert y.retains_grad
    z = y.sum()
    z.backward(retain_graph=True)
    first = y.grad
    z.backward()
    assert (first.tolist(), y.grad.tolist()) == ([1.0, 1.0], [2.0, 2.0])


def test_backward_to_chosen_inputs() -> None:
    a, b = leaf(), leaf()
    y = a * b
    y.sum().backward(inputs=[b])
    assert a.grad is None
    assert b.grad.tolist() == [1.0, 1.0]


def test_unused_inputs() -> None:
    x, other = leaf(), leaf(1)
    with pytest.raises(
        RuntimeError, match="The differentiated Tensor at index 1 appears to not have been used in the graph"
    ):
        torch.autograd.grad(x.sum(), [x, other])
    assert torch.autograd.grad(x.sum(), other, allow_unused=True) == (None,)
    assert torch.autograd.grad(x.sum(), other, materialize_grads=True)[0].tolist() == [0.0]
    assert torch.autograd.grad(x.sum(), other, create_graph=True, materialize_grads=True)[0].requires_grad
    with pytest.raises(ValueError, match="Expected allow_unused to be True or not passed when materialize_grads=True"):
        torch.autograd.grad(x.sum(), other, allow_unused=False, materialize_grads=True)


def test_batched_cotangents() -> None:
    x = leaf()
    y = x * torch.tensor([2.0, 3.0])
    (j,) = torch.autograd.grad(y, x, torch.eye(2), is_grads_batched=True)
    assert j.tolist() == [[2.0, 0.0], [0.0, 3.0]]


def test_gradient_edges_as_roots_and_inputs() -> None:
    x = leaf()
    y = x * 2
    edge = graph.get_gradient_edge(y)
    total = (y * 3).sum()
    root = graph.get_gradient_edge(total)
    del y, total
    assert torch.autograd.grad(root, [edge, x])[0].tolist() == [3.0, 3.0]
    torch.autograd.backward(graph.get_gradient_edge(x.sum()))
    assert x.grad.tolist() == [1.0, 1.0]
    with pytest.raises(
        RuntimeError, match="It is not possible to get the gradient edge for a Tensor that does not require"
    ):
        graph.get_gradient_edge(torch.ones(2))


X = leaf()
WRONG: list[tuple[Any, type[Exception], str]] = [
    (
        lambda: torch.ones(1).backward(),
        RuntimeError,
        "element 0 of tensors does not require grad and does not have a grad_fn",
    ),
    (lambda: (X * 2).backward(), RuntimeError, "grad can be implicitly created only for scalar outputs"),
    (
        lambda: (X * (1 + 1j)).sum().backward(),
        RuntimeError,
        "grad can be implicitly created only for real scalar outputs but got torch.complex64",
    ),
    (
        lambda: (X * 2).backward(torch.ones(3)),
        RuntimeError,
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of "
        "torch.Size([2]).",
    ),
    (
        lambda: (X * 2).backward(torch.ones(2) * 1j),
        RuntimeError,
        "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
        "grad_output[0] has a dtype of torch.complex64 and output[0] has a dtype of torch.float32.",
    ),
    (lambda: (X * 2).backward(3.0), TypeError, "'float' object is not iterable"),
    (lambda: (X * 2).backward([1.0, 1.0]), TypeError, "gradients can be either Tensors or None, but got float"),
    (lambda: torch.autograd.backward(3), TypeError, "'int' object is not iterable"),
    (lambda: torch.autograd.backward([3]), AssertionError, "Expected output to be a torch.Tensor"),
    (lambda: X.sum().backward(inputs=[]), RuntimeError, "`inputs` argument to `backward()` cannot be empty."),
    (
        lambda: X.sum().backward(inputs=[torch.ones(2)]),
        RuntimeError,
        "can't retain_grad on Tensor that has requires_grad=False",
    ),
    (lambda: torch.autograd.grad(X.sum(), []), RuntimeError, "`inputs` argument to `grad()` cannot be empty."),
    (
        lambda: torch.autograd.grad(X.sum(), torch.ones(1)),
        RuntimeError,
        "One of the differentiated Tensors does not require grad",
    ),
    (
        lambda: torch.autograd.grad(X.sum(), [3]),
        RuntimeError,
        "all inputs have to be Tensors or GradientEdges, but got int",
    ),
    (lambda: torch.autograd.backward([X, X], [torch.ones(2)]), RuntimeError, "got 2 tensors and 1 gradients"),
]


@pytest.mark.parametrize(("call", "error", "text"), WRONG)
def test_wrong_calls_raise_and_accumulate_nothing(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        call()
    assert X.grad is None


def test_second_backward_where_something_was_saved_only() -> None:
    y = (leaf() + 2).sum()
    y.backward()
    y.backward()
    z = (leaf() * 2).sum()
    z.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        z.backward()  # the number counts as saved
    z = leaf().exp().sum()
    z.backward(retain_graph=True)
    z.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        z.backward()


def test_variables_of_old_programs() -> None:
    x = torch.ones(2)
    v = torch.autograd.Variable(x, requires_grad=True)
    assert v.requires_grad
    assert not x.requires_grad
    assert isinstance(x, torch.autograd.Variable)
    assert not isinstance(3, torch.autograd.Variable)
    with pytest.raises(TypeError, match="Variable data has to be a tensor, but got list"):
        torch.autograd.Variable([1.0])  # type: ignore[arg-type]


# --- nodes


def test_nodes_introspect() -> None:
    x = leaf()
    y = x * 2
    node: Any = y.grad_fn
    assert node is y.grad_fn
    assert isinstance(node, graph.Node)
    assert not isinstance(x, graph.Node)
    assert node.next_functions[0][0] is node.next_functions[0][0]
    assert node.next_functions[0][0].variable is x
    assert node.next_functions[1] == (None, 0)
    node.metadata["note"] = 1
    assert y.grad_fn.metadata == {"note": 1}
    with pytest.raises(AttributeError, match="'MulBackward0' object has no attribute 'mine'"):
        node.mine = 2
    with pytest.raises(AttributeError, match="attribute 'metadata' of 'MulBackward0' objects is not writable"):
        node.metadata = {}
    assert node(torch.ones(2))[0].tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda x: x * x.detach(), {"_saved_self", "_saved_other"}),
        (lambda x: x.exp(), {"_saved_result"}),
        (lambda x: x.sin(), {"_saved_self"}),
        (lambda x: x**3, {"_saved_self", "_saved_exponent"}),
        (lambda x: x.sum(0), {"_saved_dim", "_saved_keepdim", "_saved_self_sym_sizes"}),
        (lambda x: x.sum(), {"_saved_self_sym_sizes"}),
    ],
)
def test_saved_values_have_torchs_names(make: Any, expected: set[str]) -> None:
    node = make(leaf()).grad_fn
    assert {name for name in dir(node) if name.startswith("_saved_")} == expected


def test_saved_values() -> None:
    x = leaf()
    y = x.exp()
    assert y.grad_fn._saved_result.tolist() == y.tolist()
    assert y.grad_fn._saved_result.grad_fn is y.grad_fn
    assert (x**3).grad_fn._saved_exponent == 3
    assert (x * 2).grad_fn._saved_self is None
    assert x.sum(0).grad_fn._saved_dim == (0,)
    y.sum().backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        _ = y.grad_fn._saved_result
    with pytest.raises(AttributeError, match="'MulBackward0' object has no attribute 'qwe'"):
        _ = (x * 2).grad_fn.qwe


def test_increment_version() -> None:
    y = leaf() * 2
    z = y * y
    graph.increment_version(y)
    with pytest.raises(RuntimeError, match="is at version 1; expected version 0 instead"):
        z.sum().backward()
    with pytest.raises(RuntimeError, match=re.escape("increment_version expect a Iterable[Tensor] as input")):
        graph.increment_version(3)  # type: ignore[arg-type]


# --- saved tensors


def test_hooks_pack_and_unpack_each_saved_tensor() -> None:
    log: list[str] = []

    def pack(t: torch.Tensor) -> Any:
        log.append("pack")
        return t.numpy().copy()

    def unpack(a: Any) -> torch.Tensor:
        log.append("unpack")
        return torch.from_numpy(a)

    x = leaf()
    with graph.saved_tensors_hooks(pack, unpack):
        y = x * x
    y.sum().backward()
    assert log == ["pack", "pack", "unpack", "unpack"]
    assert x.grad.tolist() == [2.0, 2.0]


def test_the_innermost_hooks_are_used() -> None:
    log: list[str] = []

    def hooks(name: str) -> Any:
        return graph.saved_tensors_hooks(lambda t: log.append(name) or t, lambda t: t)

    with hooks("outer"):
        with hooks("inner"):
            leaf().exp()
        leaf().exp()
    leaf().exp()
    assert log == ["inner", "outer"]


def test_second_order_through_hooks() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        y = x * x * x
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (g,) = torch.autograd.grad(g, x)
    assert g.item() == 12.0


def test_saved_tensor_hooks_refuse() -> None:
    with graph.saved_tensors_hooks(lambda t: t, lambda t: 3):  # type: ignore[arg-type, return-value]
        y = leaf().exp()
    with pytest.raises(
        TypeError, match="Output of saved tensor unpack_hook expected to be a Tensor but got result of type"
    ):
        y.sum().backward()
    with (
        pytest.raises(RuntimeError, match="A saved tensor pack hook is modifying its input in place"),
        graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda t: t),
    ):
        leaf().exp()
    with pytest.raises(RuntimeError, match=r"^nope$"), graph.disable_saved_tensors_hooks("nope"), graph.save_on_cpu():
        pass
    with pytest.raises(RuntimeError, match=r"^nope$"), graph.save_on_cpu(), graph.disable_saved_tensors_hooks("nope"):
        pass
    with pytest.raises(TypeError, match="pack_hook and unpack_hook must be callable"), graph.saved_tensors_hooks(3, 4):
        pass
    with graph.saved_tensors_hooks(lambda t: 1 / 0, lambda t: t), pytest.raises(ZeroDivisionError):
        leaf().exp()
    leaf().exp().sum().backward()


# --- anomalies


def test_a_nan_names_its_operation_and_line() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", UserWarning)
        with torch.autograd.detect_anomaly():
            y = torch.sqrt(torch.tensor([-1.0, 1.0], requires_grad=True))
            with pytest.raises(RuntimeError, match="returned nan values in its 0th output"):
                y.sum().backward()
    texts = [str(w.message) for w in seen if w.category is UserWarning]
    assert texts[0].startswith("Anomaly Detection has been enabled.")
    assert texts[1].startswith("Error detected in SqrtBackward0. Traceback of forward call that caused the error:")
    assert "y = torch.sqrt(" in texts[1]
    assert not torch.is_anomaly_enabled()


def test_nodes_from_before_have_no_line() -> None:
    y = torch.sqrt(torch.tensor([-1.0], requires_grad=True))
    with (
        torch.autograd.set_detect_anomaly(True),
        pytest.warns(UserWarning, match=r"Error detected in SqrtBackward0\. No forward pass information available\."),
        pytest.raises(RuntimeError, match="returned nan values"),
    ):
        y.backward()


def test_nan_is_allowed_without_check() -> None:
    x = torch.tensor([-1.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        torch.sqrt(x).backward()
    assert np.isnan(x.grad.item())


def test_double_backward_names_what_induced_it() -> None:
    x = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        (g,) = torch.autograd.grad(x**1.5, x, create_graph=True)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always", UserWarning)
            with pytest.raises(RuntimeError, match="returned nan values"):
                torch.autograd.grad(g * 0, x)
    texts = "".join(str(w.message) for w in seen)
    assert "Previous calculation was induced by PowBackward0." in texts


# --- threads


def test_threads_run_backward_into_one_leaf() -> None:
    x = torch.ones(1000, requires_grad=True)
    shared = x + 2
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(50):
                (shared * 3).sum().backward()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert x.grad.tolist() == [3.0 * 200] * 1000


def test_threads_run_one_retained_graph() -> None:
    x = leaf()
    y = (x.exp() * x).sum()
    y.backward(retain_graph=True)
    once = x.grad.clone()
    threads = [threading.Thread(target=lambda: y.backward(retain_graph=True)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.allclose(x.grad.numpy(), 5 * once.numpy())


# --- memory


def test_graphs_are_freed_without_the_collector() -> None:
    gc.disable()
    try:
        x = leaf()
        y = (x.exp() * x).sum()
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        (h,) = torch.autograd.grad(g.sum(), x, create_graph=True)
        refs = [weakref.ref(t) for t in (y, g, h, y.grad_fn, g.grad_fn, h.grad_fn)]
        del y, g, h
        assert [ref() for ref in refs] == [None] * 6
        ref = weakref.ref(x)
        del x
        assert ref() is None
    finally:
        gc.enable()


def test_a_failed_backward_leaves_nothing_alive() -> None:
    gc.disable()
    try:
        x = leaf()
        y = (x * 2).exp()
        y.register_hook(lambda g: 1 / 0)
        with contextlib.suppress(ZeroDivisionError):
            y.sum().backward()
        ref = weakref.ref(y)
        del y
        assert ref() is None
    finally:
        gc.enable()


def test_a_chain_of_a_million_nodes() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    middle = weakref.ref(y.grad_fn)
    y.backward()
    assert x.grad.item() == 1.0
    del y
    assert middle() is None
