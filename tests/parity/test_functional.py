"""torch.autograd.functional against torch: every function, structure and option, results and errors."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

import gradiente
from gradiente.autograd import functional as ours

torch = pytest.importorskip("torch")
theirs = torch.autograd.functional

FUNCTIONS = {
    "linear": lambda m, x, y: x * 2 + y * 3,
    "product": lambda m, x, y: x * x * y,
    "half detached": lambda m, x, y: x.detach() * y,
    "constant": lambda m, x, y: m.ones(2),
    "two": lambda m, x, y: (x * x * y, (x * y.exp()).sum()),
    "one input": lambda m, x, y: x**3,
    "identity": lambda m, x, y: x,
    "some elements": lambda m, x, y: m.stack([x[0] * 2, m.tensor(1.0), y[1] * y[1]]),
    "scalar": lambda m, x, y: (x**3 * y).sum(),
    "one element": lambda m, x, y: (x**3).sum()[None],
    "scalar linear": lambda m, x, y: (x + y).sum(),
    "scalar separate": lambda m, x, y: (x**3).sum() + (y**4).sum(),
    "scalar quadratic": lambda m, x, y: (x * x).sum() + (y * y).sum(),
    "scalar constant": lambda m, x, y: m.ones(()),
    "scalar in a tuple": lambda m, x, y: ((x**3).sum(),),
    "list": lambda m, x, y: [x],
    "number": lambda m, x, y: 3,
    "integer": lambda m, x, y: (x * y, y.long()),
}
VECTORS = {
    "none": lambda m: None,
    "one": lambda m: m.tensor([1.0, 3.0]),
    "two": lambda m: (m.tensor([1.0, 3.0]), m.tensor([2.0, 4.0])),
    "scalar": lambda m: m.tensor(2.0),
    "text": lambda m: "x",
    "mixed": lambda m: (m.ones(2), m.tensor(2.0)),
}


def seen(m, call, tracking=True):
    """Structure, dtypes and values of what a call returns, and whether it is tracked; or its error."""

    def look(found):
        if isinstance(found, (tuple, list)):
            return [look(part) for part in found]
        values = np.round(found.detach().numpy().astype(complex), 4).tolist()
        return tuple(found.shape), str(found.dtype), values, tracking and found.requires_grad

    try:
        return look(call())
    except Exception as error:
        return type(error), str(error)


def same(want, got):
    if isinstance(want, tuple) and isinstance(want[0], type):  # an error; ours may say more
        assert want[0] is got[0], (want, got)
        text, mine = (error[1].replace("torch.", "").replace("gradiente.", "") for error in (want, got))
        if text.startswith("The outputs given to None"):  # torch's forward mode forgot its name
            text = text[text.index("must be") :].replace("outputs", "outputs of the user-provided function")
        if text.startswith("The jacobian of"):  # torch's jacobian writes the number of the output for that of the input
            text, mine = (re.sub(r"input \d", "input", t) for t in (text, mine))
        assert text in mine, (want, got)
    else:
        assert want == got


def functions(m, name, form, tracked=False):
    f = FUNCTIONS[name]
    x, y = m.tensor([1.0, 2.0], requires_grad=tracked), m.tensor([0.5, 3.0])
    return ((lambda x, y: f(m, x, y)), (x, y)) if form == "tuple" else ((lambda x: f(m, x, y)), x)


@pytest.mark.parametrize("form", ["tuple", "single"])
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("what", ["vjp", "jvp", "vhp", "hvp"])
def test_products(what, name, form):
    for vector, create_graph, strict, tracked in itertools.product(VECTORS, *[[False, True]] * 3):
        results = []
        for m, module in [(torch, theirs), (gradiente, ours)]:
            f, inputs = functions(m, name, form, tracked)
            options = {"create_graph": create_graph, "strict": strict}

            def call(module=module, f=f, inputs=inputs, m=m, options=options, vector=vector):
                return getattr(module, what)(f, inputs, VECTORS[vector](m), **options)

            results.append(seen(m, call))
        same(*results)


@pytest.mark.parametrize("form", ["tuple", "single"])
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("what", ["jacobian", "hessian"])
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")  # torch about its own vmap and jit
def test_matrices(what, name, form):
    strategies = ["reverse-mode", "forward-mode"]
    for create_graph, strict, vectorize, tracked, strategy in itertools.product(*[[False, True]] * 4, strategies):
        results = []
        tracking = strategy == "reverse-mode"  # what torch's forward mode leaves tracked is an accident
        for m, module in [(torch, theirs), (gradiente, ours)]:
            f, inputs = functions(m, name, form, tracked)
            options = {"create_graph": create_graph, "strict": strict, "vectorize": vectorize}
            options["strategy" if what == "jacobian" else "outer_jacobian_strategy"] = strategy

            def call(module=module, f=f, inputs=inputs, options=options):
                return getattr(module, what)(f, inputs, **options)

            results.append(seen(m, call, tracking))
        same(*results)
