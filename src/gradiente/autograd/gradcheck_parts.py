"""The single checks that `gradcheck` consists of, and what it says when one fails."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..graph import split_edge
from ..tensor.core import Tensor, wrap
from .backward import grad
from .function import BackwardCFunction
from .gradcheck_jacobians import analytical, differentiable, gradients, numerical, slope


class GradcheckError(RuntimeError):
    """What `gradcheck` and `gradgradcheck` raise when a check fails."""

    __module__ = "gradiente.autograd.gradcheck"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `gradcheck`, under shorter names."""

    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    undefined: bool
    dtypes: bool
    batched: bool
    batched_forward: bool
    forward: bool
    backward: bool
    fast: bool


_NONDETERMINISTIC = """

NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

If the test calls gradcheck or gradgradcheck, give it `nondet_tol=<tol>` as a keyword argument.
"""
_BATCHED = (
    "gradcheck or gradgradcheck failed while testing batched gradient computation.\n"
    "To leave this test out, call them with `check_batched_grad=False`."
)
_UNDEFINED = (
    'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml" (the gradient of an '
    "output that nothing was computed from is None if ctx.set_materialize_grads(False) was called)"
)
_NEW = (
    "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may break "
    "existing callers of this function. If this is true for you, you can call this function with "
    '"check_undefined_grad=False" to disable the feature'
)
FAST = """
The above quantities relating the numerical and analytical jacobians are computed{space}
in fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background{space}
about fast mode. Below, we recompute numerical and analytical jacobians in slow mode:

Numerical:
 {n}
Analytical:
{a}

The max per-element difference (slow mode) is: {d}.
"""


def tensors_of(outputs: Any) -> tuple[Any, ...]:
    """What a function returned, as a tuple; AttributeError, as in torch, for anything but tensors."""
    found: tuple[Any, ...] = tuple(outputs) if isinstance(outputs, (list, tuple)) else (outputs,)
    for i, out in enumerate(found):
        if not isinstance(out, Tensor):
            kind = type(out).__name__
            raise AttributeError(f"'{kind}' object has no attribute 'requires_grad' (output {i} must be a Tensor)")
    return found


def live(outputs: Any) -> tuple[Tensor, ...]:
    """Those outputs that require gradients."""
    return tuple(out for out in tensors_of(outputs) if out.requires_grad)


def agree(one: Sequence[Any], other: Sequence[Any], tolerance: float) -> bool:
    """Whether arrays differ by no more than `tolerance` anywhere."""
    return all(a.size == 0 or np.abs(a - b).max() <= tolerance for a, b in zip(one, other, strict=True))


def close(a: Any, n: Any, atol: float, rtol: float) -> bool:
    """Whether |a - n| ≤ atol + rtol·|n|, the same infinities counting as equal."""
    return bool(np.allclose(a, n, rtol=rtol, atol=atol))


class Part:
    """One real function to be checked: `func` itself, or the real or imaginary parts of its complex outputs."""

    def __init__(self, func: Callable[..., Any], inputs: Sequence[Any], which: str) -> None:
        self.func = func
        self.inputs = inputs
        self.which = which
        self.checked = [i for i, x in enumerate(inputs) if differentiable(x) and x.requires_grad]

    def __call__(self, *inputs: Any) -> list[Tensor]:
        """The real outputs for other inputs."""
        return [self._real(out) for out in live(self.func(*inputs)) if out.is_complex() or self.which != "imaginary"]

    def _real(self, out: Tensor) -> Tensor:
        from ..ops.parts import imag, real

        return out if not out.is_complex() else imag(out) if self.which == "imaginary" else real(out)

    def here(self) -> list[Tensor]:
        """The outputs at the given inputs."""
        return self(*self.inputs)

    def start(self, complex_output: bool) -> str:
        """How a message begins that is about an output."""
        return f"While considering the {self.which} part of complex outputs only, " if complex_output else ""


def check(func: Callable[..., Any], inputs: Sequence[Any], options: Options) -> None:
    """All checks. Raises GradcheckError."""
    outputs = live(func(*inputs))
    if not outputs:
        _constant(func, inputs, options)
        return
    for which in ("imaginary", "real") if any(out.is_complex() for out in outputs) else ("real",):
        kinds = [out.is_complex() for out in outputs if out.is_complex() or which != "imaginary"]
        numbers = [i for i, out in enumerate(outputs) if out.is_complex() or which != "imaginary"]
        part = Part(func, inputs, which)
        if options.backward:
            _jacobians(part, numbers, kinds, options)
    if options.forward:
        from .gradcheck_forward import check_forward

        check_forward(func, inputs, options)
    if not options.backward:
        return
    tracked = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
    for out in outputs:
        _attributes(out, tracked, options)
        if options.batched:
            _batched(out, tracked)
    _multiplied(outputs, tracked)
    if options.undefined:
        _undefined(func(*inputs))


def _constant(func: Callable[..., Any], inputs: Sequence[Any], options: Options) -> None:
    """Where no output requires gradients, none may depend on the inputs."""
    for x in inputs:
        if differentiable(x) and x.requires_grad:

            def call() -> Sequence[Tensor]:
                return [out for out in tensors_of(func(*inputs)) if differentiable(out)]

            for jacobian in numerical(call, x, len(call()), options.eps):
                if not close(jacobian, 0, options.eps, 0):
                    raise GradcheckError("Numerical gradient for function expected to be zero")


def mismatch(start: str, forwards: bool, out: int, at: int, n: Any, a: Any) -> str:
    """The message about an output and an input whose numerical and analytical derivatives differ."""
    how = "Jacobian computed with forward mode mismatch" if forwards else "Jacobian mismatch"
    return f"{start}{how} for output {out} with respect to input {at},\nnumerical:{n}\nanalytical:{a}\n"


def _jacobians(part: Part, numbers: Sequence[int], kinds: Sequence[bool], options: Options) -> None:
    """Compare what backward passes give."""
    outputs = part.here()
    for number, at in enumerate(part.checked):
        x = part.inputs[at]
        if options.fast:
            _fast(part, outputs, numbers, kinds, at, options)
            continue
        wanted = numerical(part.here, x, len(outputs), options.eps)
        for o, out in enumerate(outputs):
            (found,), _ = analytical(out, [x])
            if not close(found, wanted[o], options.atol, options.rtol):
                shown = wrap(wanted[o]), wrap(found)
                raise GradcheckError(mismatch(part.start(kinds[o]), False, numbers[o], number, *shown))


def unit_vector(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """A random vector of length 1 without negative entries, so that errors do not cancel by sign."""
    values = rng.uniform(size=shape)
    norm = np.linalg.norm(values)
    return values / norm if norm else values


def _fast(
    part: Part, outputs: Sequence[Tensor], numbers: Sequence[int], kinds: Sequence[bool], at: int, options: Options
) -> None:
    """Compare vᵀ·J·u, with random u and v. The tolerance is what the elements' tolerances add up to."""
    rng = np.random.default_rng(0)
    x = part.inputs[at]
    u, w = unit_vector(rng, x._array.shape), unit_vector(rng, x._array.shape)
    slopes = slope(part.here, x._array, (options.eps * u).astype(x._array.dtype), options.eps)
    turned = None
    if x.is_complex():
        turned = slope(part.here, x._array, (1j * options.eps * w).astype(x._array.dtype), options.eps)
    for o, out in enumerate(outputs):
        v = unit_vector(rng, out._array.shape)
        (g,) = gradients(out, [x], v.astype(out._array.dtype))
        array = np.zeros_like(x._array) if g is None else g._array
        n, a = (v * slopes[o]).sum(), (array.real * u).sum()
        if turned is not None:
            n, a = n + 1j * (v * turned[o]).sum(), a + 1j * (array.imag * w).sum()
        atol = options.atol * float(v.sum()) * float(u.sum() + (w.sum() if turned is not None else 0))
        if not close(a, n, atol, options.rtol):
            wanted = numerical(part.here, x, len(outputs), options.eps)[o]
            (found,), _ = analytical(out, [x])
            number = part.checked.index(at)
            difference = float(np.abs(found - wanted).max())
            raise GradcheckError(
                mismatch(part.start(kinds[o]), False, numbers[o], number, n.item(), a.item())
                + FAST.format(n=wrap(wanted), a=wrap(found), d=difference, space=" ")
            )


def _attributes(out: Tensor, inputs: Sequence[Tensor], options: Options) -> None:
    """Dtypes and shapes of the gradients; the same gradients twice."""
    if out.is_complex() or out._array.size == 0:
        directions: list[Any] = [np.ones_like(out._array)] * 2
    else:
        directions = [unit_vector(np.random.default_rng(0), out._array.shape).astype(out._array.dtype)] * 2
    first, second = (gradients(out, inputs, direction) for direction in directions)
    for i, (g, again, x) in enumerate(zip(first, second, inputs, strict=True)):
        if g is None or again is None:
            continue
        if options.dtypes and g.dtype != x.dtype:
            raise GradcheckError(f"Gradient has dtype mismatch (input {i} is {x.dtype}, its gradient {g.dtype})")
        if g.shape != x.shape:
            raise GradcheckError(
                f"Analytical gradient has incorrect size (input {i}: {list(x.shape)}, its gradient: {list(g.shape)})"
            )
        if not agree([g._array], [again._array], options.nondet_tol):
            raise GradcheckError(
                "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                "gives different values, although analytical gradient matches numerical gradient."
                f"The tolerance for nondeterminism was {options.nondet_tol}." + _NONDETERMINISTIC
            )


def _batched(out: Tensor, inputs: Sequence[Tensor]) -> None:
    """Compare a batched pass with single passes."""
    rng = np.random.default_rng(0)
    batch = rng.uniform(size=(2, *out._array.shape)).astype(out._array.dtype)
    single = [gradients(out, inputs, row) for row in batch]
    try:
        together = grad(out, inputs, wrap(batch), retain_graph=True, allow_unused=True, is_grads_batched=True)
    except RuntimeError as error:
        raise GradcheckError(f"While computing batched gradients, got: {error}\n\n{_BATCHED}") from error
    for i, (rows, whole) in enumerate(zip(zip(*single, strict=True), together, strict=True)):
        expected: Any = None if rows[0] is None else np.stack([row._array for row in rows])  # pyright: ignore
        if (whole is None) != (expected is None) or (whole is not None and not np.allclose(whole._array, expected)):
            raise GradcheckError(
                f"For output 0 and input {i}:\n\n{_BATCHED}\n\nGot:\n{whole}\n\nExpected:\n{expected}\n\n"
            )


def _multiplied(outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> None:
    """A zero cotangent must give zero gradients."""
    zeros = [wrap(np.zeros_like(out._array)) for out in outputs]
    found = grad(outputs, inputs, zeros, retain_graph=True, allow_unused=True)
    if any(g is not None and g._array.any() for g in found):
        raise GradcheckError("backward not multiplied by grad_output")


def _undefined(outputs: Any) -> None:
    """Functions of the user's own, asked with no gradient at all, must answer None or zeros.

    Elsewhere a node that no gradient reaches does not run.
    """
    for out in live(outputs):
        node = split_edge(out._node)[0]
        if isinstance(node, BackwardCFunction):
            none = None if node.plan.outputs == 1 else [None] * node.plan.outputs
            try:
                found = node.plan.raw(node, none)
            except RuntimeError as error:
                raise GradcheckError(
                    f"Expected backward function to handle undefined output grads. {_UNDEFINED}"
                ) from error
            if any(g is not None and np.any(g) for g in found):
                warnings.warn(_NEW, UserWarning, stacklevel=5)
                raise GradcheckError(
                    "Expected all input grads to be undefined or zero when all output grads are undefined or zero. "
                    + _UNDEFINED
                )
