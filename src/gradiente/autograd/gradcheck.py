"""torch.autograd.gradcheck: are gradients what finite differences say? `gradcheck`, `gradgradcheck`.

`gradcheck_parts`: the single checks and their messages. `gradcheck_jacobians`: Jacobians by differences and by passes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from ..ops.randomness import rand
from ..tensor.core import Tensor, box, wrap
from . import gradcheck_parts as parts
from .backward import grad
from .gradcheck_jacobians import analytical, differentiable, numerical
from .gradcheck_parts import GradcheckError as GradcheckError
from .gradcheck_parts import Options

Function = Callable[..., Any]


def gradcheck(
    func: Function,
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare gradients with finite differences: |analytical - numerical| ≤ atol + rtol·|numerical|.

    The numerical derivative is (f(x + eps) - f(x - eps)) / (2·eps), for which double precision is needed.

    Args:
        func: takes `inputs`, returns a tensor or a sequence of tensors.
        inputs: a tensor or a sequence; those that are to be checked require gradients.
        eps: the step.
        atol: the absolute tolerance.
        rtol: the relative tolerance.
        raise_exception: whether a failed check raises `GradcheckError`; otherwise False is returned.
        nondet_tol: how far two backward passes may differ.
        check_undefined_grad: whether custom Functions must give zeros or None for undefined gradients.
        check_grad_dtypes: whether gradients must have the dtypes of their inputs.
        check_batched_grad: whether `is_grads_batched=True` must give the rows of single passes.
        check_batched_forward_grad: whether batched tangents must give the rows of single passes; requires
            `check_forward_ad`.
        check_forward_ad: whether forward mode is checked.
        check_backward_ad: whether backward mode is checked.
        fast_mode: compare vᵀ·J·u for random u and v instead of the whole J.
        masked: has no effect: it concerns sparse tensors.

    Returns True, or False if a check failed and `raise_exception` is False. Raises ValueError if no input requires
    gradients; RuntimeError for inputs that overlap in memory; AssertionError for options that exclude each other;
    NotImplementedError for `check_forward_ad` without `torch.autograd.forward_ad`.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(lambda x: x.sin() * x, x)
    True
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    options = Options(
        eps=eps,
        atol=atol,
        rtol=rtol,
        nondet_tol=nondet_tol,
        undefined=check_undefined_grad,
        dtypes=check_grad_dtypes,
        batched=check_batched_grad,
        batched_forward=check_batched_forward_grad,
        forward=check_forward_ad,
        backward=check_backward_ad,
        fast=fast_mode,
    )
    given: tuple[Any, ...] = (inputs,) if isinstance(inputs, Tensor) else _sequence(inputs)
    _check_inputs(given)
    try:
        parts.check(func, given, options)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _sequence(inputs: Any) -> tuple[Any, ...]:
    return tuple(inputs) if isinstance(inputs, (list, tuple)) else (inputs,)


def _check_inputs(inputs: Sequence[Any]) -> None:
    found = False
    for i, x in enumerate(inputs):
        if not isinstance(x, Tensor) or not x.requires_grad:
            continue
        found = True
        if x._array.dtype.name not in ("float64", "complex128"):
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. This check "
                "will likely fail if all the inputs are not of double precision floating point or complex. ",
                UserWarning,
                stacklevel=3,
            )
        strides = zip(x._array.strides, x._array.shape, strict=True)
        if x._array.size and any(stride == 0 and size > 1 for stride, size in strides):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call "
                ".contiguous on the input before passing it to gradcheck."
            )
    if not found:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


def gradgradcheck(
    func: Function,
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Check second derivatives: `gradcheck` of the gradient, a function of inputs and cotangents.

    Args:
        func: takes `inputs`, returns a tensor or a sequence of tensors.
        inputs: a tensor or a sequence; those that are to be checked require gradients.
        grad_outputs: the cotangents, one per differentiable output; random ones by default.
        gen_non_contig_grad_outputs: whether the random ones are not contiguous in memory.
        eps: as in `gradcheck`.
        atol: as in `gradcheck`.
        rtol: as in `gradcheck`.
        raise_exception: as in `gradcheck`.
        nondet_tol: as in `gradcheck`.
        check_undefined_grad: as in `gradcheck`.
        check_grad_dtypes: as in `gradcheck`.
        check_batched_grad: as in `gradcheck`.
        check_fwd_over_rev: whether the gradient is differentiated in forward mode.
        check_rev_over_rev: whether the gradient is differentiated in backward mode.
        fast_mode: as in `gradcheck`.
        masked: as in `gradcheck`.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradgradcheck(lambda x: x.sin() * x, x)
    True
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if check_undefined_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if check_batched_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")
    given: tuple[Any, ...] = (inputs,) if isinstance(inputs, Tensor) else _sequence(inputs)
    tracked = [i for i, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad]
    if grad_outputs is None:
        outputs = parts.live(func(*given))
        weights = tuple(_random_like(out, gen_non_contig_grad_outputs) for out in outputs)
    else:
        weights = _sequence(grad_outputs)

    def gradient(*args: Any) -> tuple[Tensor, ...]:
        at, ws = args[: len(given)], args[len(given) :]
        at = tuple(x.detach().requires_grad_() if i in tracked and not x.requires_grad else x for i, x in enumerate(at))
        chosen = [at[i] for i in tracked]
        found = grad(parts.live(func(*at)), chosen, ws, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradient,
        (*given, *weights),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


def _random_like(out: Tensor, strided: bool) -> Tensor:
    """A random cotangent that requires gradients, between -1 and 1: drawn as torch draws it."""
    shape = (*out._array.shape, 2) if strided else out._array.shape
    array = box(rand(shape, dtype=out.dtype)._array * 2 - (1 + 1j if out._array.dtype.kind == "c" else 1))
    return wrap(box(array[..., 1] if strided else array)).requires_grad_()


def _deprecated(name: str) -> None:
    warnings.warn(
        f"`{name}` was part of PyTorch's private API and not meant to be exposed. We are deprecating it and it will be "
        "removed in a future version of PyTorch. If you have a specific use for this or feature request for this to be "
        "a stable API, please file us an issue at https://github.com/pytorch/pytorch/issues/new",
        FutureWarning,
        stacklevel=3,
    )


def _tracked(inputs: Any) -> list[Tensor]:
    return [x for x in _sequence(inputs) if differentiable(x) and x.requires_grad]


def _refuse(grad_out: float, outputs: Sequence[Tensor], name: str) -> None:
    if grad_out != 1.0:
        raise ValueError(f"Expected grad_out to be 1.0. {name} no longer supports values of grad_out != 1.0.")
    if any(out.is_complex() for out in outputs):
        raise ValueError(
            f"Expected output to be non-complex. {name} no longer supports functions that return complex outputs."
        )


def get_numerical_jacobian(
    fn: Function, inputs: Any, target: Any = None, eps: float = 1e-3, grad_out: float = 1.0
) -> tuple[Tensor, ...]:
    """Deprecated, as in torch: ∂fn(inputs)/∂x by finite differences, of shape (x.numel(), out.numel()).

    Args:
        fn: takes `inputs`, as one argument, and returns a tensor, or several, of which the first counts.
        inputs: a tuple of tensors.
        target: the tensors to differentiate for; by default `inputs`.
        eps: the step.
        grad_out: 1.

    Returns one Jacobian per tensor that requires gradients. Raises ValueError for complex outputs.
    """
    _deprecated("get_numerical_jacobian")
    _refuse(grad_out, parts.tensors_of(fn(inputs)), "get_numerical_jacobian")
    wanted = _tracked(inputs if target is None else target)

    def call() -> Sequence[Tensor]:
        return parts.tensors_of(fn(inputs))[:1]

    return tuple(wrap(numerical(call, x, 1, eps)[0]) for x in wanted)


def get_analytical_jacobian(
    inputs: Any, output: Tensor, nondet_tol: float = 0.0, grad_out: float = 1.0
) -> tuple[tuple[Tensor, ...], bool, bool, bool]:
    """Deprecated, as in torch: ∂output/∂x by backward passes, of shape (x.numel(), output.numel()).

    Returns the Jacobians, one per input that requires gradients; whether two passes agree up to `nondet_tol`; whether
    the gradients' shapes, and whether their dtypes, are those of the inputs. Raises ValueError for complex outputs.
    """
    _deprecated("get_analytical_jacobian")
    _refuse(grad_out, [output], "get_analytical_jacobian")
    wanted = _tracked(inputs)
    first, last = analytical(output, wanted)
    again, _ = analytical(output, wanted)
    pairs = [(g, x) for g, x in zip(last, wanted, strict=True) if g is not None]
    return (
        tuple(wrap(jacobian) for jacobian in first),
        parts.agree(first, again, nondet_tol),
        all(g.shape == x.shape for g, x in pairs),
        all(g.dtype == x.dtype for g, x in pairs),
    )
