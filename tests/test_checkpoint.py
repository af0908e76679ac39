"""utils.checkpoint, without torch: gradients, what is kept, what is computed again, what is refused."""

from __future__ import annotations

import contextlib
import gc
import itertools
import weakref

import numpy as np
import pytest

import gradiente as torch
from gradiente.utils.checkpoint import (
    CheckpointError,
    check_backward_validity,
    checkpoint,
    checkpoint_sequential,
    detach_variable,
    set_checkpoint_debug_enabled,
    set_checkpoint_early_stop,
)

both = pytest.mark.parametrize("reentrant", [True, False])


def f(x):
    return (x.sin() * x).exp()


def leaf():
    return torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)


def gradient(function):
    x = leaf()
    function(x).sum().backward()
    return x.grad.numpy()


@both
def test_gradient_is_that_of_the_function(reentrant):
    np.testing.assert_array_equal(gradient(lambda x: checkpoint(f, x, use_reentrant=reentrant)), gradient(f))


@both
def test_nested(reentrant):
    def inner(x):
        return checkpoint(f, checkpoint(torch.tanh, x, use_reentrant=reentrant), use_reentrant=reentrant)

    with contextlib.ExitStack() as stack:
        if reentrant:  # inside, nothing is recorded the first time
            stack.enter_context(pytest.warns(UserWarning, match=r"None of the inputs have requires_grad=True"))
        found = gradient(lambda x: checkpoint(inner, x.sin(), use_reentrant=reentrant))
    np.testing.assert_allclose(found, gradient(lambda x: f(x.sin().tanh())), rtol=1e-15)


@both
def test_same_random_numbers_and_the_generator_goes_on(reentrant):
    def noise(x):
        return x * torch.rand(2, dtype=torch.float64)

    torch.manual_seed(1)
    x = leaf()
    y = checkpoint(noise, x, use_reentrant=reentrant)
    after = torch.get_rng_state()
    y.sum().backward()
    assert torch.equal(torch.get_rng_state(), after)
    np.testing.assert_allclose((x.grad * x.detach()).numpy(), y.detach().numpy(), rtol=1e-15)
    y = checkpoint(noise, x, use_reentrant=reentrant, preserve_rng_state=False)
    x.grad = None
    y.sum().backward()
    assert not torch.equal(x.grad * x.detach(), y.detach())


@both
def test_graph_can_be_used_twice(reentrant):
    x = leaf()
    y = checkpoint(f, x, use_reentrant=reentrant).sum()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * gradient(f))
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


@both
def test_arguments_that_are_no_tensors_and_results_that_are_none(reentrant):
    result = checkpoint(lambda x, n, none: (x * n, n, [none]), leaf(), 3, None, use_reentrant=reentrant)
    assert result[0].requires_grad
    assert result[1:] == (3, [None])


@both
def test_errors_of_the_function_come_through(reentrant):
    calls = itertools.count()

    def fails(x):
        if next(calls) == 1:
            raise ValueError("in the second computation")
        return f(x)

    y = checkpoint(fails, leaf(), use_reentrant=reentrant)
    with pytest.raises(ValueError, match="in the second computation"):
        y.sum().backward()
    assert torch.is_grad_enabled()
    np.testing.assert_array_equal(gradient(f), gradient(f))


def test_second_derivatives_and_grad():
    x = leaf()
    (g,) = torch.autograd.grad(checkpoint(f, x, use_reentrant=False).sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x)
    (g,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    np.testing.assert_allclose(h.numpy(), torch.autograd.grad(g.sum(), x)[0].numpy(), rtol=1e-14)


@pytest.mark.parametrize("way", ["grad", "inputs"])
def test_reentrant_refuses_targets(way):
    x = leaf()
    y = checkpoint(f, x, use_reentrant=True).sum()
    with pytest.raises(RuntimeError, match=r"incompatible with .grad\(\) or passing an `inputs`"):
        torch.autograd.grad(y, x) if way == "grad" else y.backward(inputs=[x])


def test_nothing_is_kept_and_everything_is_freed():
    kept = []

    def chain(x):
        for _ in range(5):
            x = x.sin()
            kept.append(weakref.ref(x))
        return x

    gc.disable()
    try:
        x = torch.ones(3, requires_grad=True)
        y = checkpoint(chain, x * 1, use_reentrant=False)
        assert sum(ref() is not None for ref in kept) == 1  # the result itself
        frame = weakref.ref(y.grad_fn)
        y.sum().backward()
        assert len(kept) == 9  # the last one is not needed
        y_ref = weakref.ref(y)
        del y, x
        assert y_ref() is None
        assert frame() is None
        assert [ref() for ref in kept if ref() is not None] == []
    finally:
        gc.enable()


def test_outer_checkpoint_does_not_keep_arguments_of_the_inner_one():
    kept = []

    def outer(x):
        middle = x.sin()
        kept.append(weakref.ref(middle))
        return checkpoint(f, middle, use_reentrant=False)

    x = leaf()
    y = checkpoint(outer, x, use_reentrant=False)
    assert kept[0]() is None
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), gradient(lambda x: f(x.sin())), rtol=1e-15)


def ends(calls):
    def function(x):
        y = f(x)
        calls.append("end")
        return y

    return function


@pytest.mark.parametrize(
    ("options", "override", "count"), [({}, None, 1), ({"early_stop": False}, None, 2), ({}, False, 2)]
)
def test_early_stop(options, override, count):
    calls = []
    with contextlib.nullcontext() if override is None else set_checkpoint_early_stop(override):
        gradient(lambda x: checkpoint(ends(calls), x, use_reentrant=False, **options))
    assert len(calls) == count


def test_contexts_surround_the_two_computations():
    log = []

    @contextlib.contextmanager
    def noted(name):
        log.append(f"{name} begins")
        yield
        log.append(f"{name} ends")

    gradient(
        lambda x: checkpoint(
            f, x, use_reentrant=False, early_stop=False, context_fn=lambda: (noted("first"), noted("second"))
        )
    )
    assert log == ["first begins", "first ends", "second begins", "second ends"]
    with pytest.raises(RuntimeError, match="suppressed an exception"):
        checkpoint(
            lambda x: 1 / 0,
            leaf(),
            use_reentrant=False,
            context_fn=lambda: (contextlib.suppress(ZeroDivisionError), contextlib.nullcontext()),
        )


def alternating(first, then):
    calls = itertools.count()
    return lambda x: (then if next(calls) else first)(x)


DIFFERENT = [
    (
        "(?s)different number .*forward: 3\nNumber of .* recomputation: 2",
        lambda x: x.sin().exp().exp(),
        lambda x: x.sin().exp(),
        {},
    ),
    ("trying to save more tensors", lambda x: x.sin(), lambda x: x.sin().exp(), {"early_stop": False}),
    (
        r"(?s)different metadata.*position 0:.*\[2\].*\[4\]",
        lambda x: x.sin().sum(),
        lambda x: torch.cat([x, x]).sin().sum(),
        {},
    ),
    (
        "(?s)Saved in the original forward:.*test_checkpoint.py",
        lambda x: x.sin().sin(),
        lambda x: x.sin(),
        {"debug": True},
    ),
    ("debug=True", lambda x: x.sin().sin(), lambda x: x.sin(), {}),
]


@pytest.mark.parametrize("case", range(len(DIFFERENT)))
def test_differences_are_found(case):
    text, first, then, options = DIFFERENT[case]
    with pytest.raises(CheckpointError, match=text):
        gradient(lambda x: checkpoint(alternating(first, then), x, use_reentrant=False, **options))
    assert issubclass(CheckpointError, RuntimeError)


def test_debug_for_all():
    with set_checkpoint_debug_enabled(True), pytest.raises(CheckpointError, match="Saved in the recomputation"):
        gradient(lambda x: checkpoint(alternating(lambda x: x.sin().sin(), torch.sin), x, use_reentrant=False))


def test_changed_argument_is_found():
    x = leaf()
    middle = x * 1
    y = checkpoint(f, middle, use_reentrant=False)
    middle.add_(1)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation[\s\S]*argument of a checkpoint"):
        y.sum().backward()


def test_inside_hooks_of_the_user():
    with torch.autograd.graph.save_on_cpu():
        np.testing.assert_array_equal(gradient(lambda x: checkpoint(f, x, use_reentrant=False)), gradient(f))


@both
def test_without_recording(reentrant):
    with torch.no_grad():
        assert not checkpoint(f, leaf(), use_reentrant=reentrant).requires_grad


@both
@pytest.mark.parametrize("segments", [1, 2, 3])
def test_sequential(reentrant, segments):
    steps = [torch.sin, torch.exp, lambda x: x * x]
    found = gradient(lambda x: checkpoint_sequential(steps, segments, x, use_reentrant=reentrant))
    np.testing.assert_allclose(found, gradient(lambda x: x.sin().exp() ** 2), rtol=1e-14)


ERRORS = [
    (ValueError, "Unexpected keyword arguments: n", lambda: checkpoint(f, leaf(), use_reentrant=True, n=1)),
    (
        ValueError,
        "only supported when use_reentrant=False",
        lambda: checkpoint(f, leaf(), use_reentrant=True, debug=True),
    ),
    (
        ValueError,
        "determinism_check should be one of",
        lambda: checkpoint(f, leaf(), use_reentrant=False, determinism_check="x"),
    ),
    (
        ValueError,
        "debug=True is incompatible",
        lambda: checkpoint(f, leaf(), use_reentrant=False, debug=True, context_fn=lambda: None),
    ),
    (
        RuntimeError,
        "none of output has requires_grad=True",
        lambda: checkpoint(torch.detach, leaf(), use_reentrant=True).sum().backward(),
    ),
    (
        ValueError,
        "Unexpected keyword arguments: n",
        lambda: checkpoint_sequential([f], 1, leaf(), use_reentrant=True, n=1),
    ),
    (ValueError, "3 segments", lambda: checkpoint_sequential([f], 3, leaf(), use_reentrant=True)),
    (ZeroDivisionError, "by zero", lambda: checkpoint_sequential([f], 0, leaf(), use_reentrant=True)),
    (RuntimeError, "Only tuple of tensors is supported.*list", lambda: detach_variable([leaf()])),
]


@pytest.mark.parametrize("case", range(len(ERRORS)))
def test_errors(case):
    error, text, call = ERRORS[case]
    with pytest.raises(error, match=text):
        call()


def test_warnings():
    with pytest.warns(UserWarning, match="checkpoint: the use_reentrant parameter should be passed explicitly"):
        checkpoint(f, leaf())
    with pytest.warns(UserWarning, match="checkpoint_sequential: the use_reentrant parameter"):
        checkpoint_sequential([f], 1, leaf())
    with pytest.warns(UserWarning, match=r"None of the inputs have requires_grad=True"):
        check_backward_validity([torch.ones(1), 3])
