"""L-BFGS: Newton's method with curvature that the last steps showed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.grad_mode import enable_grad, no_grad
from ..ops.complexes import view_as_real
from ..ops.joining import cat
from ..tensor.core import Tensor
from ._options import check_options, number
from .line_search import _cubic_interpolate as _cubic_interpolate
from .line_search import strong_wolfe
from .optimizer import Optimizer, Params

_strong_wolfe = strong_wolfe  # torch's name for it, which published packages import


def _value(loss: Any) -> float:
    return loss.item() if isinstance(loss, Tensor) else float(loss)


class LBFGS(Optimizer):
    """L-BFGS: p ← p - t·H·g, where H estimates the inverse of the second derivatives from the last steps.

    Args:
        params: the parameters, in one group.
        lr: the step t, or with a line search the first one that it tries.
        max_iter: the most steps in one call of `step`.
        max_eval: the most calls of the closure in one call of `step`; 1.25·max_iter by default.
        tolerance_grad: where no element of the gradient is larger, `step` ends.
        tolerance_change: where neither a parameter nor the loss changes by more, `step` ends.
        history_size: how many steps are remembered.
        line_search_fn: None or "strong_wolfe".

    Raises:
        ValueError: the learning rate is negative, or there are several groups of parameters.
        RuntimeError: another line search, at the first step.

    Source: D. C. Liu and J. Nocedal, On the limited memory BFGS method for large scale optimization (1989).

    Example:
        >>> import gradiente as torch
        >>> w = torch.tensor([-1.2, 1.0], requires_grad=True)
        >>> optimizer = torch.optim.LBFGS([w], line_search_fn="strong_wolfe", max_iter=100)
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
        ...     loss.backward()
        ...     return loss
        >>> _ = optimizer.step(closure)
        >>> torch.allclose(w, torch.ones(2), atol=1e-3)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_options(lr, 0)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Callable[[], Any]) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take up to `max_iter` steps.

        Args:
            closure: a function that computes the loss and its gradients again and returns the loss.

        Returns:
            The loss before the first of them.
        """
        with no_grad():
            return self._steps(enable_grad()(closure))

    def _steps(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        state = self.state[group["params"][0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first = closure()
        loss, evaluations = _value(first), 1
        state["func_evals"] += 1
        g = self._gradient()
        small = bool(g.abs().max() <= group["tolerance_grad"])
        for k in range(1, group["max_iter"] + 1):
            if k == 1 and small:
                return first
            state["n_iter"] += 1
            d = self._direction(state, g, group["history_size"])
            state["d"] = d
            previous = loss
            state["prev_flat_grad"], state["prev_loss"] = g.clone(), loss
            t: Any = number(group["lr"])
            if state["n_iter"] == 1:
                t = min(1.0, 1.0 / float(g.abs().sum())) * t
            state["t"] = t
            slope = float(g.dot(d))
            if slope > -group["tolerance_change"]:
                break
            calls = 0
            if group["line_search_fn"] is not None:
                loss, g, t, calls = self._searched(closure, t, d, loss, g, slope, group["max_eval"] - evaluations)
                state["t"] = t
                self._along(d, t)
                small = bool(g.abs().max() <= group["tolerance_grad"])
            else:
                self._along(d, t)
                if k != group["max_iter"]:  # else the loss after the last step is not needed
                    loss, calls = _value(closure()), 1
                    g = self._gradient()
                    small = bool(g.abs().max() <= group["tolerance_grad"])
            evaluations += calls
            state["func_evals"] += calls
            least = group["tolerance_change"]
            if evaluations >= group["max_eval"] or small:
                break
            if float((d * t).abs().max()) <= least or abs(loss - previous) < least:
                break
        return first

    def _direction(self, state: dict[str, Any], g: Tensor, size: int) -> Tensor:
        """-H·g, by two loops over what is remembered: changes of gradients and parameters, 1 / their products."""
        if state["n_iter"] == 1:
            state.update({"old_dirs": [], "old_stps": [], "ro": [], "H_diag": 1})
            return g.neg()
        changes, moves, shares = state["old_dirs"], state["old_stps"], state["ro"]
        y, s = g.sub(state["prev_flat_grad"]), state["d"].mul(state["t"])
        product = y.dot(s)
        if product > 1e-10:
            if len(changes) == size:
                for remembered in (changes, moves, shares):
                    remembered.pop(0)
            changes.append(y)
            moves.append(s)
            shares.append(1.0 / product)
            state["H_diag"] = product / y.dot(y)
        if "al" not in state:
            state["al"] = [None] * size
        weights = state["al"]
        q = g.neg()
        for i in reversed(range(len(changes))):
            weights[i] = moves[i].dot(q) * shares[i]
            q.sub_(changes[i] * weights[i])
        q = q * state["H_diag"]
        for i in range(len(changes)):
            q.add_(moves[i] * (weights[i] - changes[i].dot(q) * shares[i]))
        return q

    def _searched(
        self, closure: Callable[[], Any], t: float, d: Tensor, loss: float, g: Tensor, slope: float, most: int
    ) -> tuple[float, Tensor, float, int]:
        """The step that the line search finds with at most so many trials; the parameters are as before."""
        name = self.param_groups[0]["line_search_fn"]
        if name != "strong_wolfe":
            raise RuntimeError("only 'strong_wolfe' is supported" + f" (line_search_fn is {name!r})")
        start = [p.clone() for p in self._parameters()]

        def objective(x: Any, step: float, direction: Tensor) -> tuple[float, Tensor]:
            self._along(direction, step)
            value = _value(closure())
            gradient = self._gradient()
            for p, old in zip(self._parameters(), x, strict=True):
                p.copy_(old)
            return value, gradient

        return strong_wolfe(objective, start, t, d, loss, g, slope, max_ls=min(25, most))

    # -- all parameters as one vector ---------------------------------------------------------------------------------

    def _parameters(self) -> list[Tensor]:
        return self.param_groups[0]["params"]

    def _gradient(self) -> Tensor:
        parts: list[Tensor] = []
        for p in self._parameters():
            g = p.new_zeros(p.shape) if p.grad is None else p.grad.to_dense()
            parts.append((view_as_real(g) if g.is_complex() else g).reshape(-1))
        return cat(parts, 0)

    def _along(self, d: Tensor, t: float) -> None:
        start = 0
        for p in self._parameters():
            real = view_as_real(p) if p.is_complex() else p
            count = real.numel()
            real.add_(d[start : start + count].view(real.shape), alpha=t)
            start += count


__all__ = ["LBFGS"]
