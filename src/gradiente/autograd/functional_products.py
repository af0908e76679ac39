"""Products of Jacobians and Hessians with vectors: `vjp`, `jvp`, `vhp`, `hvp`."""

from __future__ import annotations

from typing import Any

from .functional_parts import (
    FIXED_HESSIAN,
    FIXED_JACOBIAN,
    GRADIENT_FIXED,
    LINEAR,
    OUTPUT_FIXED,
    QUADRATIC,
    STRICT,
    UNUSED,
    Function,
    Tensors,
    bundle,
    complete,
    given,
    need_tracked,
    one_number,
    only_one,
    outputs_of,
    prepared,
    pull,
    released,
    weights_for,
)
from .grad_mode import enable_grad

_V_FOR_OUTPUT = (
    "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
)
_V_FOR_INPUT = (
    "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."
)
_TRICK = (
    "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double "
    "backward trick to compute forward mode gradients." + STRICT + "."
)
_HESSIAN_UNUSED = "The jacobian of the user-provided function is independent of input {i}." + STRICT + "."
_HESSIAN_TRICK = (
    "The hessian of the user-provided function is independent of entry {i} in the grad_jacobian." + STRICT + " as it "
    "prevents from using the double backward trick to replace forward mode AD."
)


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
    with enable_grad():
        point = bundle(inputs, "inputs", "vjp")
        xs = prepared(point.tensors, create_graph)
        outputs = outputs_of(func, xs, "vjp")
        need_tracked(outputs.tensors, strict, OUTPUT_FIXED)
        if v is None:
            only_one(outputs, _V_FOR_OUTPUT)
            vectors = None
        else:
            vectors = given(v, outputs, create_graph, "vjp")
        found = pull(outputs.tensors, xs, vectors, create_graph)
        product = complete(found, xs, strict, create_graph, UNUSED, FIXED_JACOBIAN)
    return outputs.like(released(outputs.tensors, create_graph)), point.like(released(product, create_graph))


def jvp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function and the product of its Jacobian with a vector: func(x) and J·v.

    The product is computed with two backward passes (wᵀ·J is linear in w, and its derivative is J).
    `torch.autograd.forward_ad` does it in one forward pass.

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
    with enable_grad():
        point = bundle(inputs, "inputs", "jvp")
        xs = prepared(point.tensors, create_graph)
        if v is None:
            only_one(point, _V_FOR_INPUT)
            vectors = None
        else:
            vectors = given(v, point, create_graph, "jvp")
        outputs = outputs_of(func, xs, "jvp")
        need_tracked(outputs.tensors, strict, OUTPUT_FIXED)
        weights = weights_for(outputs.tensors)
        pulled = pull(outputs.tensors, xs, weights, create_graph=True)
        need_tracked(pulled, strict, GRADIENT_FIXED)
        found = pull(pulled, weights, vectors, create_graph)
        product = complete(found, outputs.tensors, strict, create_graph, _TRICK, FIXED_JACOBIAN)
    return outputs.like(released(outputs.tensors, create_graph)), outputs.like(released(product, create_graph))


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
    with enable_grad():
        point = bundle(inputs, "inputs", "vhp")
        xs = prepared(point.tensors, create_graph)
        if v is None:
            only_one(point, _V_FOR_INPUT)
            vectors = None
        else:
            vectors = given(v, point, create_graph, "vhp")
        outputs = one_number(func, xs, "vhp", strict)
        gradient = pull(outputs.tensors, xs, create_graph=True)
        need_tracked(gradient, strict, LINEAR)
        found = pull(gradient, xs, vectors, create_graph)
        product = complete(found, xs, strict, create_graph, _HESSIAN_UNUSED, FIXED_HESSIAN)
    return outputs.like(released(outputs.tensors, create_graph)), point.like(released(product, create_graph))


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
    with enable_grad():
        point = bundle(inputs, "inputs", "hvp")
        xs = prepared(point.tensors, create_graph)
        if v is None:
            only_one(point, _V_FOR_INPUT)
            vectors = None
        else:
            vectors = given(v, point, create_graph, "hvp")
        outputs = one_number(func, xs, "hvp", strict)
        gradient = pull(outputs.tensors, xs, create_graph=True)
        need_tracked(gradient, strict, LINEAR)
        weights = weights_for(xs)
        weighted = pull(gradient, xs, weights, create_graph=True)
        need_tracked(weighted, strict, QUADRATIC)
        found = pull(weighted, weights, vectors, create_graph)
        product = complete(found, xs, strict, create_graph, _HESSIAN_TRICK, FIXED_HESSIAN)
    return outputs.like(released(outputs.tensors, create_graph)), point.like(released(product, create_graph))
