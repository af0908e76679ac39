"""The workloads for libraries without torch's API.

- `functional`: the workloads as functions of parameters, written once with the names that `jax.numpy`,
  `autograd.numpy` and `mygrad` share;
- `adapters`: how each of these libraries differentiates such a function, and a step of training with it.

candle-python has torch's API and runs `workloads` and `programs` as they stand.
"""

from __future__ import annotations

FUNCTIONAL = ("jax", "autograd", "mygrad")
"""Libraries that differentiate functions: `adapters` runs `functional` with them."""

ABSENT: dict[str, dict[str, str]] = {
    "torch.compile": {
        "small-parameters": "compiling takes two minutes",
        "runge-kutta": "compiling 17,000 operations",
        "long-graph": "compiling 100,000 operations",
        "tanh-rnn": "compiling takes more than a minute",
        "lstm": "compiling takes more than a minute",
    },
    "candle": {"long-graph": "a minute a step"},
    "jax": {
        "long-graph": "compiling 100,000 operations",
        "runge-kutta": "compiling 17,000 operations; lax.scan is another program",
    },
    "autograd": {"lenet": "no pooling"},
    "mygrad": {
        "hessian": "no second derivatives",
        "jacobian": "no Jacobians",
        "lenet": "another interface",
        "long-graph": "its backward pass is recursive",
    },
}
"""What a library cannot run as it stands, or is not made to run here, and why."""
