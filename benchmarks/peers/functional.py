"""The workloads as functions `loss(np, parameters, *batch)`, where `np` is a library's namespace of NumPy's functions.

They compute what the workloads of the same name do with torch's API, from the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy

from programs import LENET, MLP, normal
from workloads import numbers

Loss = Callable[..., Any]


@dataclass(frozen=True)
class Functional:
    """A workload for libraries that differentiate functions.

    Attributes:
        loss: function of the namespace, the list of parameters, and the arrays of a batch.
        parameters: the parameters at the start.
        batches: the batches, one for each step, over and over.
        update: "" where the gradients are the result; else "sgd" or "adam", and the rate.
        shown: which parameters or gradients are the result; for "loss", the loss of the last step comes first.
        what: "gradients", "parameters", "loss", "hessian" or "jacobian".
    """

    loss: Loss
    parameters: list[Any]
    batches: list[tuple[Any, ...]] = field(default_factory=lambda: [()])
    update: tuple[str, float] | None = None
    shown: list[int] = field(default_factory=lambda: [0])
    what: str = "gradients"


def _float(values: Any) -> Any:
    return numpy.asarray(values, numpy.float32)


def chain_constants(np: Any, parameters: Any, *factors: Any) -> Any:
    """See `workloads.chain_constants`."""
    (y,) = parameters
    for w in factors:
        y = y * w
    return np.sum(y)


def chain_power(np: Any, parameters: Any) -> Any:
    """See `workloads.chain_power`."""
    (x,) = parameters
    y = x
    for _ in range(20):
        y = y * x
    return np.sum(y)


def one_layer(np: Any, parameters: Any, x: Any) -> Any:
    """See `workloads.one_layer`; the targets are 0."""
    w, b = parameters
    z = np.matmul(x, w) + b
    return np.mean(np.logaddexp(z, 0.0))


def log_softmax(np: Any, z: Any, axis: int = -1) -> Any:
    """Logarithms of the softmax along an axis."""
    z = z - np.max(z, axis=axis, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))


def cross_entropy(np: Any, z: Any, y: Any) -> Any:
    """The mean cross entropy of logits and labels."""
    return -np.mean(log_softmax(np, z)[numpy.arange(len(y)), y])


def training_step(np: Any, parameters: Any, x: Any, y: Any) -> Any:
    """See `workloads.training_step`."""
    w1, b1, w2, b2 = parameters
    hidden = np.maximum(np.matmul(x, w1.T) + b1, 0.0)
    return cross_entropy(np, np.matmul(hidden, w2.T) + b2, y)


def sigmoid(np: Any, x: Any) -> Any:
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-x))


def scalar_expression(np: Any, parameters: Any) -> Any:
    """See `programs.scalar_expression`."""
    x, y = parameters
    a = x * y + 2.0
    b = (a * a - x) / (y + 3.0)
    c = np.sin(a) * np.cos(b) + np.exp(-x * 0.5)
    d = np.sqrt(c * c + 1.0) - np.log(y + a * a)
    e = np.tanh(d * 0.3 + b) * (x - y) + d / (1.0 + c * c)
    return e * e * 0.5 + sigmoid(np, e - a)


def runge_kutta(np: Any, parameters: Any) -> Any:
    """See `programs.runge_kutta`."""
    y, matrix = parameters
    h = 0.01
    for _ in range(1000):
        k1 = np.matmul(matrix, y)
        k2 = np.matmul(matrix, y + k1 * (h / 2))
        k3 = np.matmul(matrix, y + k2 * (h / 2))
        k4 = np.matmul(matrix, y + k3 * h)
        y = y + (k1 + 2 * k2 + 2 * k3 + k4) * (h / 6)
    return np.sum(y)


def long_graph(np: Any, parameters: Any) -> Any:
    """See `programs.long_graph`."""
    (y,) = parameters
    for _ in range(50_000):
        y = y * 0.9999 + 0.0001
    return np.sum(y)


def small_parameters(np: Any, parameters: Any) -> Any:
    """See `programs.small_parameters`."""
    total = np.sum(parameters[0])
    for p in parameters:
        total = total + np.sum(p * p)
    return total


def tanh_rnn(np: Any, parameters: Any, steps: Any) -> Any:
    """See `programs.tanh_rnn`."""
    w, u, b = parameters
    h = numpy.zeros((16, 64), numpy.float32)
    for k in range(100):
        h = np.tanh(np.matmul(steps[k], w.T) + np.matmul(h, u.T) + b)
    return np.sum(h * h)


def lstm(np: Any, parameters: Any, steps: Any) -> Any:
    """See `programs.lstm`."""
    w, u, b = parameters
    h = c = numpy.zeros((16, 64), numpy.float32)
    for k in range(50):
        gates = np.matmul(steps[k], w.T) + b + np.matmul(h, u.T)
        i, f, g, o = (gates[:, 64 * n : 64 * (n + 1)] for n in range(4))
        c = sigmoid(np, f) * c + sigmoid(np, i) * np.tanh(g)
        h = sigmoid(np, o) * np.tanh(c)
    return np.sum(h * h)


def mixture(np: Any, parameters: Any, points: Any) -> Any:
    """See `programs.mixture`."""
    means, logs, weights = parameters
    z = (points - means) * np.exp(-logs)
    each = -0.5 * np.sum(z * z, axis=-1) - np.sum(logs, axis=-1) - 4 * math.log(2 * math.pi)
    each = each + log_softmax(np, weights)
    top = np.max(each, axis=1, keepdims=True)
    return -np.mean(top[:, 0] + np.log(np.sum(np.exp(each - top), axis=1)))


def logistic_regression(np: Any, parameters: Any, x: Any, y: Any) -> Any:
    """See `programs.logistic_regression`."""
    w, b = parameters
    z = np.matmul(x, w) + b
    return np.mean(np.logaddexp(z, 0.0) - z * y)


def large_elementwise(np: Any, parameters: Any) -> Any:
    """See `programs.large_elementwise`."""
    (x,) = parameters
    return np.sum(np.tanh(x) * x + np.exp(-x * x))


def large_softmax(np: Any, parameters: Any, y: Any) -> Any:
    """See `programs.large_softmax`."""
    return cross_entropy(np, parameters[0], y)


def attention(np: Any, parameters: Any, x: Any) -> Any:
    """See `programs.attention`."""
    w, v = parameters
    q, k, values = np.transpose(np.reshape(np.matmul(x, w.T), (8, 64, 3, 4, 32)), (2, 0, 3, 1, 4))
    scores = np.matmul(q, np.swapaxes(k, -2, -1)) / math.sqrt(32)
    weights = np.exp(log_softmax(np, scores))
    out = np.reshape(np.swapaxes(np.matmul(weights, values), 1, 2), (8, 64, 128))
    return np.mean(np.matmul(out, v.T) ** 2)


def large_mlp(np: Any, parameters: Any, x: Any, y: Any) -> Any:
    """See `programs.large_mlp`."""
    w1, b1, w2, b2, w3, b3 = parameters
    h = np.maximum(np.matmul(x, w1.T) + b1, 0.0)
    h = np.maximum(np.matmul(h, w2.T) + b2, 0.0)
    return cross_entropy(np, np.matmul(h, w3.T) + b3, y)


def hessian(np: Any, parameters: Any, a: Any) -> Any:
    """See `programs.hessian`."""
    (x,) = parameters
    return np.sum(np.tanh(np.matmul(a, x)) * x) + np.sum(x**3) / 6


def jacobian(np: Any, parameters: Any, w: Any, v: Any) -> Any:
    """See `programs.jacobian`."""
    return np.matmul(v, np.tanh(np.matmul(w, parameters[0])))


def lenet_jax(np: Any, parameters: Any, images: Any, y: Any) -> Any:
    """See `programs.lenet`; of these libraries only JAX has convolutions and pooling."""
    from jax import lax

    def pooled(x: Any) -> Any:
        return lax.reduce_window(np.maximum(x, 0.0), -numpy.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    c1, d1, c2, d2, w1, b1, w2, b2, w3, b3 = parameters
    x = pooled(lax.conv(images, c1, (1, 1), "VALID") + d1[:, None, None])
    x = pooled(lax.conv(x, c2, (1, 1), "VALID") + d2[:, None, None]).reshape(64, -1)
    x = np.maximum(np.matmul(x, w1.T) + b1, 0.0)
    x = np.maximum(np.matmul(x, w2.T) + b2, 0.0)
    return cross_entropy(np, np.matmul(x, w3.T) + b3, y)


def functional(name: str) -> Functional:
    """The workload of this name, with its numbers. KeyError if it is not among them."""
    return _WORKLOADS[name]()


def _training() -> Functional:
    labels = numpy.random.default_rng(5).integers(0, 10, (8, 32))
    batches = [(_float(numbers(10 + k, 32, 784)), labels[k]) for k in (1, 2, 3, 4, 5, 6, 7, 0)]
    parameters = [
        _float(numpy.asarray(numbers(6, 128, 784)) * 0.05),
        numpy.zeros(128, numpy.float32),
        _float(numpy.asarray(numbers(7, 10, 128)) * 0.1),
        numpy.zeros(10, numpy.float32),
    ]
    return Functional(training_step, parameters, batches, ("sgd", 0.1), [1, 2, 3], "loss")


def _regression() -> Functional:
    x = normal(54, 100_000, 50)
    zeros = [numpy.zeros(n, numpy.float32) for n in (50, 1)]
    return Functional(logistic_regression, zeros, [(x, _float(x[:, 0] > 0))], shown=[0, 1])


def _labels(seed: int, classes: int, count: int) -> Any:
    return numpy.random.default_rng(seed).integers(0, classes, count)


_WORKLOADS: dict[str, Callable[[], Functional]] = {
    "chain-constants": lambda: Functional(
        chain_constants,
        [_float(numbers(0, 10))],
        [tuple(_float([1.0 + 0.1 * value for value in row]) for row in numbers(1, 20, 10))],
    ),
    "chain-power": lambda: Functional(chain_power, [_float([1.0 + 0.05 * value for value in numbers(2, 10)])]),
    "one-layer": lambda: Functional(
        one_layer, [_float(numbers(3, 5, 3)), _float(numbers(4, 3))], [(numpy.ones(5, numpy.float32),)], shown=[0, 1]
    ),
    "training-step": _training,
    "scalar-expression": lambda: Functional(scalar_expression, [_float(0.7), _float(1.3)], shown=[0, 1]),
    "runge-kutta": lambda: Functional(
        runge_kutta, [_float([1.0, 0.0]), _float([[0.0, 1.0], [-1.0, -0.1]])], shown=[0, 1]
    ),
    "long-graph": lambda: Functional(long_graph, [_float([0.5, 1.5])]),
    "small-parameters": lambda: Functional(
        small_parameters,
        [normal(30 + k, 8, 8) for k in range(200)],
        update=("adam", 1e-3),
        shown=[0, 1, 2],
        what="parameters",
    ),
    "tanh-rnn": lambda: Functional(
        tanh_rnn,
        [normal(41, 64, 32, scale=0.1), normal(42, 64, 64, scale=0.1), numpy.zeros(64, numpy.float32)],
        [(normal(40, 100, 16, 32),)],
        shown=[0, 1, 2],
    ),
    "lstm": lambda: Functional(
        lstm,
        [normal(44, 256, 32, scale=0.1), normal(45, 256, 64, scale=0.1), numpy.zeros(256, numpy.float32)],
        [(normal(43, 50, 16, 32),)],
        shown=[0, 1, 2],
    ),
    "mixture": lambda: Functional(
        mixture,
        [normal(51, 10, 8), normal(52, 10, 8, scale=0.1), normal(53, 10)],
        [(normal(50, 2000, 1, 8),)],
        shown=[0, 1, 2],
    ),
    "logistic-regression": _regression,
    "elementwise": lambda: Functional(large_elementwise, [normal(55, 1_000_000)]),
    "softmax": lambda: Functional(large_softmax, [normal(56, 4096, 4096)], [(_labels(57, 4096, 4096),)]),
    "attention": lambda: Functional(
        attention,
        [normal(59, 384, 128, scale=0.1), normal(60, 128, 128, scale=0.1)],
        [(normal(58, 8, 64, 128),)],
        shown=[0, 1],
    ),
    "lenet": lambda: Functional(
        lenet_jax,
        [normal(63 + k, *shape, scale=0.1) for k, shape in enumerate(LENET)],
        [(normal(61, 64, 1, 28, 28), _labels(62, 10, 64))],
        shown=[0, 1, 2, 3],
    ),
    "large-mlp": lambda: Functional(
        large_mlp,
        [normal(82 + k, *shape, scale=0.02) for k, shape in enumerate(MLP)],
        [(normal(80, 256, 1024), _labels(81, 10, 256))],
        ("adam", 1e-4),
        [],
        "loss",
    ),
    "hessian": lambda: Functional(hessian, [normal(90, 50)], [(normal(91, 50, 50, scale=0.1),)], what="hessian"),
    "jacobian": lambda: Functional(
        jacobian, [normal(92, 20)], [(normal(93, 64, 20, scale=0.2), normal(94, 20, 64, scale=0.2))], what="jacobian"
    ),
}

__all__ = ["Functional", "functional"]
