"""Adafactor: the second moments of a matrix from the means of its rows and columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor.core import Tensor, wrap
from ._applied import Tensors, apply
from ._options import number, scalar
from ._ruled import toward
from .optimizer import Optimizer, Params


class Adafactor(Optimizer):
    """Adafactor: p ← p - α·u/max(1, RMS(u)/d) with u = g/√v, α = max(ε₂, RMS(p))·min(lr, 1/√t).

    For matrices v = r·c/mean(r), where r and c follow the mean squares of rows and columns; for vectors v follows g².
    Both with the share 1 - t^β of the old value.

    Args:
        params: the parameters: tensors, (name, tensor) pairs or groups.
        lr: the largest relative step.
        beta2_decay: β, not positive.
        eps: ε₁, under which no mean square falls (None: the dtype's), and ε₂.
        d: what the root of the mean square of u is clipped at.
        weight_decay: λ, with p ← (1 - lr·λ)·p first.
        foreach: accepted for torch's sake; the numbers do not depend on it.
        maximize: climb instead.

    Raises:
        ValueError: an option is out of its range.
        RuntimeError: a parameter is complex, at the first step.

    Source: N. Shazeer and M. Stern, Adafactor: adaptive learning rates with sublinear memory cost (2018).

    Example:
        >>> import gradiente as torch
        >>> w = torch.ones(3, requires_grad=True)
        >>> optimizer = torch.optim.Adafactor([w])
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9900, 0.9900, 0.9900], requires_grad=True)
    """

    _numbers = ("step",)

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not number(lr) >= 0.0:
            raise ValueError(f"Learning rate should be >= 0 but is: {lr}")
        if not beta2_decay <= 0.0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        for i, epsilon in enumerate(eps, 1):
            if epsilon is not None and not epsilon >= 0.0:
                raise ValueError(f"epsilon{i} should be >= 0 but is: {epsilon}")
        if not d >= 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        if not weight_decay >= 0.0:
            raise ValueError(f"weight_decay should be >= 0 but is: {weight_decay}")
        options = {"lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay}
        super().__init__(params, {**options, "foreach": foreach, "maximize": maximize})

    def _options(self, group: dict[str, Any]) -> Any:
        return {**group, "lr": number(group["lr"])}

    def _update(self, p: Tensor, g: Any, options: Any) -> None:
        x, state = p._array, self.state[p]
        if x.dtype.kind == "c":
            raise RuntimeError("Adafactor does not support complex parameters (optimise torch.view_as_real of them)")
        if not state:
            state.update(_first(x))
        state["step"]._array[...] += 1
        self._move(x, g, state, float(state["step"]._array), options)

    def _move(self, x: Any, g: Any, state: dict[str, Any], t: float, options: Any) -> None:
        lr, (least, least_size) = options["lr"], options["eps"]
        if least is None:
            least = float(np.finfo(x.dtype).eps)
        g = -g if options["maximize"] else g
        step = max(least_size, _size(x)) * min(lr, 1 / t**0.5)
        if options["weight_decay"]:
            x *= 1 - lr * options["weight_decay"]
        share = t ** options["beta2_decay"]
        squares = g * g
        if x.ndim > 1:
            rows, columns = state["row_var"]._array, state["col_var"]._array
            toward(rows, squares.mean(-1, keepdims=True), share)
            toward(columns, squares.mean(-2, keepdims=True), share)
            moments = rows @ columns / np.maximum(rows.mean(-2, keepdims=True), least)
        else:
            moments = state["variance"]._array
            moments[...] += share * (squares - moments)
        u = g / np.sqrt(np.maximum(moments, least * least))
        x -= (step / max(1.0, _size(u) / options["d"])) * u


def _size(x: Any) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(x * x)))


def _first(x: Any) -> dict[str, Any]:
    """The state before the first step."""
    step = scalar(0)
    if x.ndim < 2:
        return {"step": step, "variance": wrap(np.zeros_like(x))}
    rows, columns = np.zeros((*x.shape[:-1], 1), x.dtype), np.zeros((*x.shape[:-2], 1, x.shape[-1]), x.dtype)
    return {"step": step, "row_var": wrap(rows), "col_var": wrap(columns)}


def adafactor(
    params: Tensors,
    grads: Tensors,
    row_vars: list[Tensor | None],
    col_vars: list[Tensor | None],
    variances: list[Tensor | None],
    state_steps: Tensors,
    foreach: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    *,
    d: float,
    lr: float | Tensor,
    beta2_decay: float,
    weight_decay: float,
    eps1: float | None,
    eps2: float,
    maximize: bool,
) -> None:
    """Take a step of `Adafactor` for each parameter; the tensors of the lists change in place. It is not recorded.

    Lists:
        params: the parameters.
        grads: their gradients.
        row_vars: the mean squares of the rows of matrices, None for vectors.
        col_vars: those of the columns.
        variances: those of the elements of vectors, None for matrices.
        state_steps: the numbers of steps so far, tensors of one element.

    The other arguments are the options of `Adafactor`; `has_complex` is accepted for torch's sake. `grad_scale` and
    `found_inf` are None, as the step is not fused. `eps1` and `eps2` are the two of `eps`.

    Raises:
        IndexError: a list is too short.
        RuntimeError: a number of steps is no tensor, or autograd is on and a tensor requires a gradient.
        AssertionError: `grad_scale` or `found_inf`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.optim._adafactor import adafactor
        >>> w, step = torch.ones(2), torch.tensor(0.0)
        >>> options = dict(d=1.0, lr=0.1, beta2_decay=-0.8, weight_decay=0, eps1=None, eps2=1e-3, maximize=False)
        >>> adafactor([w], [torch.tensor([0.5, -0.5])], [None], [None], [torch.zeros(2)], [step], **options)
        >>> w, step
        (tensor([0.9000, 1.1000]), tensor(1.))
    """
    apply(
        Adafactor,
        params,
        grads,
        {"row_var": row_vars, "col_var": col_vars, "variance": variances},
        state_steps,
        grad_scale=grad_scale,
        found_inf=found_inf,
        foreach=foreach,
        d=d,
        lr=lr,
        beta2_decay=beta2_decay,
        weight_decay=weight_decay,
        eps=(eps1, eps2),
        maximize=maximize,
    )


__all__ = ["Adafactor", "adafactor"]
