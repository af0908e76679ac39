"""Running a functional workload with JAX, HIPS/autograd or MyGrad, as their users would: `build(library, name)`.

A step differentiates the loss of the next batch, and updates the parameters where the workload trains. For JAX all of
it is one compiled function; its compilation falls before the first timing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy

from peers import ABSENT
from peers.functional import Functional, functional

Build = tuple[Callable[[], None], Callable[[], list[Any]]]


def build(library: str, name: str) -> Build:
    """The step of a workload, and its result. LookupError, with the reason, where the library cannot run it."""
    if name in ABSENT[library]:
        raise LookupError(ABSENT[library][name])
    return _BUILD[library](functional(name))


def _updated(np: Any, rule: tuple[str, float], parameters: Any, gradients: Any, state: Any, step: Any) -> Any:
    """One step of plain gradient descent, or of Adam."""
    kind, rate = rule
    if kind == "sgd":
        return [p - rate * g for p, g in zip(parameters, gradients, strict=True)], state
    first, second, after = [], [], []
    for p, g, m, v in zip(parameters, gradients, *state, strict=True):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * (g * g)
        root = np.sqrt(v) / (1 - 0.999**step) ** 0.5 + 1e-8
        after.append(p - (rate / (1 - 0.9**step)) * (m / root))
        first.append(m)
        second.append(v)
    return after, (first, second)


def _start(parameters: Any) -> Any:
    return tuple([numpy.zeros_like(p) for p in parameters] for _ in range(2))


def _listed(values: Any) -> list[Any]:
    return [numpy.asarray(value).tolist() for value in values]


def _result(workload: Functional, found: dict[str, Any]) -> list[Any]:
    """What the workload's check compares."""
    shown = _listed(found["of"][i] for i in workload.shown)
    if workload.what in ("hessian", "jacobian"):
        return _listed([found["of"]])
    if workload.what == "loss":
        loss = float(numpy.asarray(found["loss"]))
        return [[loss], *shown] if shown else [loss]
    if workload.loss.__name__ in ("large_elementwise", "large_softmax"):
        return [values[: 1000 if workload.loss.__name__ == "large_elementwise" else 4] for values in shown]
    return shown


def _jax(workload: Functional) -> Build:
    import jax
    import jax.numpy as jnp

    def loss(parameters: Any, *batch: Any) -> Any:
        return workload.loss(jnp, parameters, *batch)

    batches = cycle([tuple(jnp.asarray(array) for array in batch) for batch in workload.batches])
    parameters = [jnp.asarray(p) for p in workload.parameters]
    found: dict[str, Any] = {"of": parameters, "state": _start(parameters) if workload.update else (), "step": 0}
    if workload.what in ("hessian", "jacobian"):
        transform = jax.hessian if workload.what == "hessian" else jax.jacrev
        whole = jax.jit(transform(lambda x, *batch: loss([x], *batch)))

        def matrix() -> None:
            found["of"] = whole(parameters[0], *next(batches)).block_until_ready()

        return matrix, lambda: _result(workload, found)
    if workload.update is None:
        gradients = jax.jit(jax.grad(loss))

        def differentiate() -> None:
            found["of"] = jax.block_until_ready(gradients(parameters, *next(batches)))

        return differentiate, lambda: _result(workload, found)
    rule = workload.update

    @jax.jit
    def trained(parameters: Any, state: Any, step: Any, *batch: Any) -> Any:
        value, g = jax.value_and_grad(loss)(parameters, *batch)
        return value, *_updated(jnp, rule, parameters, g, state, step)

    def train() -> None:
        found["step"] += 1
        step = float(found["step"])
        found["loss"], found["of"], found["state"] = jax.block_until_ready(
            trained(found["of"], found["state"], step, *next(batches))
        )

    return train, lambda: _result(workload, found)


def _autograd(workload: Functional) -> Build:
    import autograd
    import autograd.numpy as anp

    batches = cycle(workload.batches)
    parameters = list(workload.parameters)
    found: dict[str, Any] = {"of": parameters, "state": _start(parameters) if workload.update else (), "step": 0}

    def loss(parameters: Any, *batch: Any) -> Any:
        return workload.loss(anp, parameters, *batch)

    if workload.what in ("hessian", "jacobian"):
        transform = autograd.hessian if workload.what == "hessian" else autograd.jacobian

        def matrix() -> None:
            batch = next(batches)
            found["of"] = transform(lambda x: loss([x], *batch))(parameters[0])

        return matrix, lambda: _result(workload, found)
    both = autograd.value_and_grad(loss)

    def step() -> None:
        value, gradients = both(found["of"] if workload.update else parameters, *next(batches))
        _finish(workload, found, value, gradients)

    return step, lambda: _result(workload, found)


def _finish(workload: Functional, found: dict[str, Any], value: Any, gradients: Any) -> None:
    """Keep the gradients, or the parameters that follow from them."""
    found["loss"] = value
    if workload.update is None:
        found["of"] = gradients
        return
    found["step"] += 1
    found["of"], found["state"] = _updated(
        numpy, workload.update, found["of"], gradients, found["state"], found["step"]
    )


def _mygrad(workload: Functional) -> Build:
    import mygrad

    batches = cycle(workload.batches)
    parameters = list(workload.parameters)
    found: dict[str, Any] = {"of": parameters, "state": _start(parameters) if workload.update else (), "step": 0}

    def step() -> None:
        tensors = [mygrad.tensor(p, copy=False) for p in (found["of"] if workload.update else parameters)]
        value = workload.loss(mygrad, tensors, *next(batches))
        value.backward()
        _finish(workload, found, value.data, [t.grad for t in tensors])

    return step, lambda: _result(workload, found)


_BUILD: dict[str, Callable[[Functional], Build]] = {"jax": _jax, "autograd": _autograd, "mygrad": _mygrad}

__all__ = ["build"]
