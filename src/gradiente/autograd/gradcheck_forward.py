"""What `gradcheck` checks of forward mode: tangents against differences, batched tangents against single ones.

A complex input is checked in two passes, with tangents of its imaginary and of its real part. Outputs may be complex.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from . import forward_ad
from .batched import for_each
from .gradcheck_jacobians import differentiable, pushed, slope, stacked, steps
from .gradcheck_parts import FAST, GradcheckError, Options, close, live, mismatch, unit_vector

_BATCHED = (
    "gradcheck failed while testing batched gradient computation with forward-mode AD.\n"
    "To leave this test out, call it with `check_batched_forward_grad=False`."
)


class Subject:
    """The function, with tangents of one kind: real (`unit` is 1), or imaginary ones of its complex inputs."""

    def __init__(self, func: Callable[..., Any], inputs: Sequence[Any], unit: complex) -> None:
        self.func = func
        self.inputs = inputs
        self.unit = unit
        self.checked = [i for i, x in enumerate(inputs) if differentiable(x) and x.requires_grad]
        self.split = any(inputs[i].is_complex() for i in self.checked)

    def __call__(self, *inputs: Any) -> list[Tensor]:
        """The outputs that are checked."""
        return list(live(self.func(*inputs)))

    def here(self) -> list[Tensor]:
        """They at the given inputs."""
        return self(*self.inputs)

    def unit_for(self, at: int) -> complex:
        """The number by which directions of an input are multiplied: a real input has none but real ones."""
        return self.unit if self.inputs[at].is_complex() else 1

    def start(self, at: int) -> str:
        """How a message begins that is about an input."""
        if not self.inputs[at].is_complex():
            return ""
        which = "real" if self.unit == 1 else "imaginary"
        return f"While considering the {which} part of complex inputs only, "

    def slopes(self, at: int, step: Any, eps: float, where: str = "") -> list[Any]:
        """Central differences of all outputs along a step of an input."""
        return slope(self.here, self.inputs[at]._array, eps * step, eps, where)

    def matrices(self, at: int, eps: float) -> tuple[list[Any], list[Any]]:
        """The Jacobians of all outputs for an input: by differences, and by tangents."""
        array, outs = self.inputs[at]._array, self.here()
        numerical: list[list[Any]] = []
        analytical: list[list[Any]] = []
        for where, step in steps(array, self.unit_for(at)):
            numerical.append(self.slopes(at, step, eps, where))
            analytical.append(pushed(self, self.inputs, at, step))
        return stacked(numerical, outs, array.dtype), stacked(analytical, outs, array.dtype)


def check_forward(func: Callable[..., Any], inputs: Sequence[Any], options: Options) -> None:
    """All checks of forward mode. Raises GradcheckError."""
    for unit in (1j, 1) if Subject(func, inputs, 1).split else (1,):
        subject = Subject(func, inputs, unit)
        for number, at in enumerate(subject.checked):
            if options.fast:
                _fast(subject, number, at, options)
            else:
                _whole(subject, number, at, options)
    if options.batched_forward:
        subject = Subject(func, inputs, 1)
        for number, at in enumerate(subject.checked):
            _batched(subject, number, at)


def _whole(subject: Subject, number: int, at: int, options: Options) -> None:
    for o, (n, a) in enumerate(zip(*subject.matrices(at, options.eps), strict=True)):
        if not close(a, n, options.atol, options.rtol):
            raise GradcheckError(mismatch(subject.start(at), True, o, number, wrap(n), wrap(a)))


def _fast(subject: Subject, number: int, at: int, options: Options) -> None:
    """Compare J·u for one random direction u. The tolerance is what the elements' tolerances add up to."""
    array = subject.inputs[at]._array
    u = unit_vector(np.random.default_rng(0), array.shape)
    step = (subject.unit_for(at) * u).astype(array.dtype)
    numerical, analytical = subject.slopes(at, step, options.eps), pushed(subject, subject.inputs, at, step)
    for o, (n, a) in enumerate(zip(numerical, analytical, strict=True)):
        if not close(a, n, options.atol * float(u.sum()), options.rtol):
            whole_n, whole_a = (matrices[o] for matrices in subject.matrices(at, options.eps))
            difference = float(np.abs(whole_a - whole_n).max())
            raise GradcheckError(
                mismatch(subject.start(at), True, o, number, wrap(n), wrap(a))
                + FAST.format(n=wrap(whole_n), a=wrap(whole_a), d=difference, space=" ")
            )


def _batched(subject: Subject, number: int, at: int) -> None:
    """Compare one pass with batched tangents with passes for each of them."""
    array = subject.inputs[at]._array
    batch = np.random.default_rng(0).uniform(size=(2, *array.shape)).astype(array.dtype)
    single = [pushed(subject, subject.inputs, at, row) for row in batch]

    def push(tangent: Tensor) -> list[Tensor]:
        with forward_ad.dual_level():
            duals = list(subject.inputs)
            duals[at] = forward_ad.make_dual(duals[at], tangent)
            pairs = [forward_ad.unpack_dual(out) for out in subject(*duals)]
        return [wrap(np.zeros_like(p.primal._array)) if p.tangent is None else p.tangent for p in pairs]

    try:
        together = for_each(push, [wrap(batch)])
    except (RuntimeError, NotImplementedError) as error:
        raise GradcheckError(f"While computing batched gradients, got: {error}\n\n{_BATCHED}") from error
    for o, (whole, rows) in enumerate(zip(together, zip(*single, strict=True), strict=True)):
        expected = np.stack(rows)
        if not np.allclose(whole._array, expected):
            raise GradcheckError(
                f"For output {o} and input {number}:\n\n{_BATCHED}\n\nGot:\n{whole}\n\nExpected:\n{wrap(expected)}\n\n"
            )


__all__ = ["check_forward"]
