"""Products of Jacobians and Hessians with vectors: `vjp`, `jvp`, `vhp`, `hvp`.

Note [Forward products by reverse mode]: vᵀ·J is linear in v, so its derivative with respect to v, along t, is J·t: two
backward passes give what one pass in forward mode gives, and its graph can be differentiated. `jvp` and `hvp` do that.
"""

from __future__ import annotations

from typing import Any

from . import functional_texts as texts
from .functional_parts import Function, Request, Tensors, placeholders


def vjp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function and the product of a vector with its Jacobian: func(x) and vᵀ·J.

    Args:
        func: takes tensors, returns a tensor or a tuple of tensors.
        inputs: what it is called with: a tensor or a tuple of tensors.
        v: a vector of the form and shapes of the outputs; it may be left out if there is one output of one element.
        create_graph: whether value and product can be differentiated.
        strict: whether it is an error, instead of zeros, if the outputs do not depend on an input.

    Returns (outputs, product): outputs as `func` returned them, the product with the form and shapes of `inputs`.
    Raises TypeError for anything that is not a tensor, RuntimeError for a `v` that does not fit and in strict mode.

    >>> import gradiente as torch
    >>> from gradiente.autograd.functional import vjp
    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> vjp(lambda x: (x * x).sum(dim=1), x, torch.tensor([1.0, 10.0]))
    (tensor([ 5., 25.]), tensor([[ 2.,  4.],
            [60., 80.]]))
    """
    with Request.begin("vjp", create_graph, strict) as request:
        x = request.point(inputs)
        y = request.outputs(func, x)
        found = request.pull(y.tensors, x.tensors, request.direction(v, y, texts.V_FOR_OUTPUT))
        product = request.complete(found, x.tensors, texts.OUTPUT_INDEPENDENT, texts.JACOBIAN_CONSTANT)
        return request.result(y, y.tensors), request.result(x, product)


def jvp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function and the product of its Jacobian with a vector: func(x) and J·v.

    See Note [Forward products by reverse mode]; `torch.func.jvp` does it in one pass in forward mode.

    Args:
        func: takes tensors, returns a tensor or a tuple of tensors.
        inputs: what it is called with: a tensor or a tuple of tensors.
        v: a vector of the form and shapes of the inputs; it may be left out if there is one input of one element.
        create_graph: whether value and product can be differentiated.
        strict: whether it is an error, instead of zeros, if an output does not depend on the inputs.

    Returns (outputs, product): both with the form and shapes of what `func` returns.
    Raises TypeError for anything that is not a tensor, RuntimeError for a `v` that does not fit and in strict mode.

    >>> import gradiente as torch
    >>> from gradiente.autograd.functional import jvp
    >>> x = torch.tensor([1.0, 2.0, 3.0])
    >>> jvp(lambda x: x * x, x, torch.tensor([1.0, 0.0, 10.0]))
    (tensor([1., 4., 9.]), tensor([ 2.,  0., 60.]))
    """
    with Request.begin("jvp", create_graph, strict) as request:
        x = request.point(inputs)
        along = request.direction(v, x, texts.V_FOR_INPUT)
        y = request.outputs(func, x)
        cotangents = placeholders(y.tensors)
        pulled = request.pull(y.tensors, x.tensors, cotangents, again=True)
        request.demand(pulled, texts.GRADIENT_INDEPENDENT)
        found = request.pull(pulled, cotangents, along)
        product = request.complete(found, y.tensors, texts.TRICK_FAILS, texts.JACOBIAN_CONSTANT)
        return request.result(y, y.tensors), request.result(y, product)


def vhp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a scalar function and the product of a vector with its Hessian: func(x) and vᵀ·H.

    Args:
        func: takes tensors, returns a tensor with one element.
        inputs: what it is called with: a tensor or a tuple of tensors.
        v: a vector of the form and shapes of the inputs; it may be left out if there is one input of one element.
        create_graph: whether value and product can be differentiated.
        strict: whether it is an error, instead of zeros, if the gradient does not depend on an input.

    Returns (output, product): the product with the form and shapes of `inputs`.
    Raises TypeError for anything that is not a tensor; RuntimeError if `func` returns more than one number, for a
    `v` that does not fit, and in strict mode.

    >>> import gradiente as torch
    >>> from gradiente.autograd.functional import vhp
    >>> x = torch.tensor([1.0, 2.0])
    >>> vhp(lambda x: (x ** 3).sum(), x, torch.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    with Request.begin("vhp", create_graph, strict) as request:
        x = request.point(inputs)
        along = request.direction(v, x, texts.V_FOR_INPUT)
        y = request.number(func, x)
        gradient = request.pull(y.tensors, x.tensors, again=True)
        request.demand(gradient, texts.NOT_TWICE)
        found = request.pull(gradient, x.tensors, along)
        product = request.complete(found, x.tensors, texts.JACOBIAN_INDEPENDENT, texts.HESSIAN_CONSTANT)
        return request.result(y, y.tensors), request.result(x, product)


def hvp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a scalar function and the product of its Hessian with a vector: func(x) and H·v.

    H is symmetric where `func` is smooth, and `vhp`, which then gives the same, needs one backward pass less.

    Args:
        func: takes tensors, returns a tensor with one element.
        inputs: what it is called with: a tensor or a tuple of tensors.
        v: a vector of the form and shapes of the inputs; it may be left out if there is one input of one element.
        create_graph: whether value and product can be differentiated.
        strict: whether it is an error, instead of zeros, if the gradient or the Hessian does not depend on an input.

    Returns (output, product): the product with the form and shapes of `inputs`.
    Raises TypeError for anything that is not a tensor; RuntimeError if `func` returns more than one number, for a
    `v` that does not fit, and in strict mode.

    >>> import gradiente as torch
    >>> from gradiente.autograd.functional import hvp
    >>> x = torch.tensor([1.0, 2.0])
    >>> hvp(lambda x: (x ** 3).sum(), x, torch.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    with Request.begin("hvp", create_graph, strict) as request:
        x = request.point(inputs)
        along = request.direction(v, x, texts.V_FOR_INPUT)
        y = request.number(func, x)
        gradient = request.pull(y.tensors, x.tensors, again=True)
        request.demand(gradient, texts.NOT_TWICE)
        cotangents = placeholders(x.tensors)
        weighted = request.pull(gradient, x.tensors, cotangents, again=True)
        request.demand(weighted, texts.NOT_THRICE)
        found = request.pull(weighted, cotangents, along)
        product = request.complete(found, x.tensors, texts.HESSIAN_TRICK_FAILS, texts.HESSIAN_CONSTANT)
        return request.result(y, y.tensors), request.result(x, product)


__all__ = ["hvp", "jvp", "vhp", "vjp"]
