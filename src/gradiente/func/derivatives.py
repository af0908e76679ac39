"""Derivatives of functions: grad, grad_and_value, vjp, jvp, linearize."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..autograd.backward import grad as gradients
from ..graph import current
from ..ops.likes import zeros_like
from ..tensor.core import Tensor
from ..utils._pytree import TreeSpec, tree_flatten, tree_unflatten, treespec_pprint
from ._levels import Forward, Inside, chosen, need_tensors

ArgNums = int | tuple[int, ...]


def grad(func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that computes the gradient of `func`, ∂func/∂x.

    Args:
        func: returns a tensor with one element; with `has_aux`, a pair of it and anything else.
        argnums: with respect to which arguments; an int or a tuple of ints. An argument may be a nested container.
        has_aux: whether `func` returns such a pair.

    Returns:
        A function of the same arguments. It returns the gradient in the structure of the argument; a tuple of them
        for a tuple of numbers; with `has_aux`, a pair of it and what else `func` returned.

    Raises:
        RuntimeError: the result is no tensor or has more than one element, or the numbers do not fit.
        ValueError: an argument to differentiate by holds something that is no tensor.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.func import grad
        >>> grad(torch.sin)(torch.tensor(0.0))
        tensor(1.)
        >>> grad(grad(lambda x: x**3))(torch.tensor(2.0))
        tensor(12.)
    """
    compute = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        found, value = compute(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return wrapped


def grad_and_value(func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that computes the gradient of `func`, and its value: the pair (∂func/∂x, func(x)).

    Arguments and errors are those of `grad`. With `has_aux` the value is the pair that `func` returned.

    Example:
        >>> import gradiente as torch
        >>> torch.func.grad_and_value(lambda x: x**2)(torch.tensor(3.0))
        (tensor(6.), tensor(9.))
    """

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        numbers = chosen(args, argnums)
        with Inside() as inside:
            args, variables, spec = _variables(inside.fresh, args, numbers, argnums)
            output = func(*args, **kwargs)
            aux = None
            if has_aux:
                output, aux = _pair(output, "grad_and_value(f)(*args)")
            if not isinstance(output, Tensor):
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(output)}"
                )
            if output.ndim != 0:
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                    f"{output.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            if has_aux:
                need_tensors(aux, _aux_only_tensors)
            taped = inside.leads_outside((output,))
            keep = taped or bool(has_aux and inside.leads_outside(tree_flatten(aux)[0]))
            found = pull([output], variables, [None], keep=keep, taped=taped)
        result = tree_unflatten(found, spec)
        value = inside.outward(output)
        return result, ((value, inside.outward(aux)) if has_aux else value)

    return wrapped


def _variables(
    fresh: Callable[[Tensor], Tensor], args: tuple[Any, ...], numbers: tuple[int, ...], argnums: Any
) -> tuple[tuple[Any, ...], list[Tensor], TreeSpec]:
    """The arguments with fresh variables, the variables, and the structure that the derivatives have."""
    picked = tuple([args[i] for i in numbers])
    need_tensors(picked, lambda x: ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}"))
    leaves, spec = tree_flatten(picked)
    variables = [fresh(x) for x in leaves]
    given = list(args)
    for i, part in zip(numbers, tree_unflatten(variables, spec), strict=True):
        given[i] = part
    return tuple(given), variables, (spec if isinstance(argnums, tuple) else spec.child(0))


def _pair(output: Any, where: str) -> tuple[Any, Any]:
    if not isinstance(output, tuple) or len(output) != 2:  # pyright: ignore[reportUnknownArgumentType]
        raise RuntimeError(f"{where}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return output  # pyright: ignore[reportUnknownVariableType]


def pull(
    outputs: list[Tensor], variables: list[Tensor], cotangents: list[Tensor | None], *, keep: bool, taped: bool
) -> list[Tensor]:
    """The cotangents of the variables; zeros for those that no output depends on."""
    pairs = [(y, g) for y, g in zip(outputs, cotangents, strict=True) if y._node is not None]
    if not pairs:
        return [zeros_like(x).detach() for x in variables]
    tensors, given = [y for y, _ in pairs], [g for _, g in pairs]
    found = gradients(tensors, variables, given, retain_graph=keep, create_graph=taped, allow_unused=True)
    return [zeros_like(x).detach() if g is None else g for x, g in zip(variables, found, strict=True)]  # pyright: ignore


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of `func`, and the function of a cotangent v that computes vᵀ·∂func/∂primals.

    Args:
        func: returns tensors, in nested containers if need be; with `has_aux`, a pair of that and anything else.
        primals: its arguments: tensors, or nested containers of them.
        has_aux: whether `func` returns such a pair.

    Returns:
        The pair (func(*primals), vjp_fn); with `has_aux` a triple, what else was returned coming last. vjp_fn takes a
        cotangent in the structure of the value and returns a tuple with one derivative per primal; it may be called
        any number of times.

    Raises:
        ValueError: a primal holds something that is no tensor.
        RuntimeError: the value holds such a thing, or the cotangent does not fit the value.

    Example:
        >>> import gradiente as torch
        >>> value, vjp_fn = torch.func.vjp(torch.sin, torch.zeros(2))
        >>> vjp_fn(torch.tensor([1.0, 2.0]))
        (tensor([1., 2.]),)
    """
    return vjp_of(func, primals, tuple(range(len(primals))), has_aux)


def vjp_of(func: Callable[..., Any], args: tuple[Any, ...], argnums: Any, has_aux: bool) -> Any:
    """`vjp` with respect to some of the arguments."""
    numbers = chosen(args, argnums) if args else ()
    with Inside() as inside:
        args, variables, in_spec = _variables(inside.fresh, args, numbers, argnums)
        output = func(*args)
        aux = None
        if has_aux:
            output, aux = _pair(output, "vjp(f, *primals)")
            need_tensors(aux, _aux_only_tensors)
        outputs, out_spec = _outputs(output, "vjp(f, *primals)")
        for y in outputs:
            if y._array.dtype.kind not in "fcV":
                raise RuntimeError(
                    "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype "
                    f"{y.dtype}"
                )
    outside = inside.leads_outside(outputs)

    def vjp_fn(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given, spec = tree_flatten(cotangents)
        if spec != out_spec:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                "function. "
                f"cotangents: {treespec_pprint(spec)}, primal output: {treespec_pprint(out_spec)}"
            )
        taped = create_graph
        if taped is None:
            tracked = any(isinstance(g, Tensor) and g._node is not None for g in given)
            taped = current().grad and (outside or tracked)
        return tree_unflatten(pull(outputs, variables, given, keep=retain_graph, taped=taped), in_spec)

    value = inside.outward(output)
    return (value, vjp_fn, inside.outward(aux)) if has_aux else (value, vjp_fn)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of `func`, and its linear approximation there: the function t → ∂func/∂primals·t of tangents.

    Args:
        func: returns tensors, in nested containers if need be.
        primals: its arguments: tensors, or nested containers of them.

    Returns:
        The pair (func(*primals), jvp_fn); jvp_fn takes one tangent per primal, in its structure, and may be called any
        number of times without computing `func` again.

    Raises:
        RuntimeError: the tangents do not have the structure or the shapes of the primals.
        ValueError: a primal holds something that is no tensor.

    Example:
        >>> import gradiente as torch
        >>> value, jvp_fn = torch.func.linearize(torch.sin, torch.tensor(0.0))
        >>> jvp_fn(torch.tensor(2.0))
        tensor(2.)
    """
    value, push = linear_part(func, primals)
    known, spec = tree_flatten(primals)

    def jvp_fn(*tangents: Any) -> Any:
        given, found = tree_flatten(tangents)
        if found != spec:
            raise RuntimeError(f"Expected the tangents {found} to have the same argspec as the primals {spec}")
        for i, (t, x) in enumerate(zip(given, known, strict=True)):
            if t.shape != x.shape:
                raise RuntimeError(
                    f"tangent:{i} with shape {t.shape!r} in flattened pytree doesn't match the shape {x.shape!r} of "
                    f"the "
                    "corresponding primal."
                )
            if t.dtype != x.dtype:
                raise RuntimeError(
                    f"tangent:{i} with dtype {t.dtype} in flattened pytree doesn't match the dtype {x.dtype} of the "
                    "corresponding primal."
                )
        return push(given)

    return value, jvp_fn


def linear_part(func: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, Callable[[list[Tensor]], Any]]:
    """The value, and the function of the list of tangents.

    The derivative vᵀ·J is linear in v, so its own derivative with respect to v, along t, is J·t.
    """
    with Inside() as inside:
        args, variables, _ = _variables(inside.fresh, args, tuple(range(len(args))), ())
        output = func(*args)
        outputs, spec = _outputs(output, "jvp(f, primals, tangents)")
        seeds = [inside.fresh(zeros_like(y).detach()) if y._array.dtype.kind in "fcV" else None for y in outputs]
        live = [(y, u) for y, u in zip(outputs, seeds, strict=True) if u is not None]
        transposed = pull([y for y, _ in live], variables, [u for _, u in live], keep=True, taped=True)
    outside = inside.leads_outside([*outputs, *transposed])

    def push(tangents: list[Tensor]) -> Any:
        seeded = [u for _, u in live]
        taped = current().grad and (outside or any(t._node is not None for t in tangents))
        found = iter(pull(transposed, seeded, list(tangents), keep=True, taped=taped)) if live else iter(())
        return tree_unflatten(
            [zeros_like(y).detach() if u is None else next(found) for y, u in zip(outputs, seeds, strict=True)], spec
        )

    return inside.outward(output), push


def _outputs(output: Any, where: str) -> tuple[list[Tensor], TreeSpec]:
    """The results, which have to be tensors, at least one, and their structure."""
    found, spec = tree_flatten(output)
    if not found or output is None:
        raise RuntimeError(f"{where}: Expected f to be a function that has non-empty output (got output = {found})")
    need_tensors(
        output,
        lambda x: RuntimeError(f"{where}: expected f(*primals) to return only tensors, got unsupported type {type(x)}"),
    )
    return found, spec


def _aux_only_tensors(x: Any) -> RuntimeError:
    return RuntimeError(f"Expected tensors, got unsupported type {type(x)}")


def push_forward(
    func: Callable[..., Any],
    args: tuple[Any, ...],
    argnums: Any,
    tangents: list[Tensor],
    strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, Any, Any]:
    """The value, its tangent in the same structure, and what else `func` returned: one pass in forward mode."""
    numbers = chosen(args, argnums)
    with Forward() as inside:
        along = iter(tangents)
        args, _, _ = _variables(lambda x: inside.dual(x, next(along)), args, numbers, argnums)
        output = func(*args)
        aux = None
        if has_aux:
            output, aux = _pair(output, "jvp(f, primals, tangents)")
            need_tensors(aux, _aux_only_tensors)
        outputs, spec = _outputs(output, "jvp(f, primals, tangents)")
        found = [inside.tangent(y) for y in outputs]
    if strict and None in found:
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not "
            "allowed with strict=True."
        )
    found = [zeros_like(y).detach() if t is None else t for y, t in zip(outputs, found, strict=True)]
    return output, tree_unflatten(found, spec), aux


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """The value of `func` and its derivative along the tangents: the pair (func(*primals), ∂func/∂primals · tangents).

    Args:
        func: returns tensors, in nested containers if need be; with `has_aux`, a pair of that and anything else.
        primals: the tuple of its arguments, tensors or nested containers of them.
        tangents: a tangent for each primal, in the same structure.
        strict: whether it is an error if the value does not depend on the primals.
        has_aux: whether `func` returns such a pair; what else it returned then comes third.

    Raises:
        RuntimeError: primals and tangents whose structures or shapes differ, or which hold no tensors.

    Example:
        >>> import gradiente as torch
        >>> torch.func.jvp(torch.sin, (torch.tensor(0.0),), (torch.tensor(2.0),))
        (tensor(0.), tensor(2.))
    """
    where = "jvp(f, primals, tangents): "
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{where}Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    known, spec = tree_flatten(primals)
    given, found = tree_flatten(tangents)
    if spec != found:
        raise RuntimeError(
            f"{where}Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple "
            f"of 3 tensors, tangents also must be. Got primals with structure {spec} and tangents with structure "
            f"{found}"
        )
    for values, name in ((known, "primals"), (given, "tangents")):
        if not values:
            raise RuntimeError(f"{where}Expected {name} to contain at least one Tensor.")
        for x in values:
            if not isinstance(x, Tensor):
                raise RuntimeError(f"{where}Expected {name} to only contain Tensors, got {type(x)}")
    for x, t in zip(known, given, strict=True):
        for tensor, name in ((x, "primal"), (t, "tangent")):
            if tensor._array.dtype.kind not in "fcV":
                raise ValueError(f"Expected {name} to be floating point or complex, but got: {tensor.dtype}")
        if x.shape != t.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is "
                f"not supported. Tensor is of size {list(x.shape)} while the given forward gradient is of size "
                f"{list(t.shape)}."
            )
    value, result, aux = push_forward(func, primals, tuple(range(len(primals))), given, strict, has_aux)
    return (value, result, aux) if has_aux else (value, result)


__all__ = ["grad", "grad_and_value", "jvp", "linearize", "vjp"]
