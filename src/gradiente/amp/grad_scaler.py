"""`GradScaler`: a loss is scaled up, so that small gradients in float16 do not vanish, and gradients down again."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..graph import change, set_mode
from ..tensor.core import Tensor
from ..tensor.dtypes import float16

_READY, _UNSCALED, _STEPPED = range(3)


class GradScaler:
    """Scales losses by a factor that grows while gradients are finite, and shrinks when they are not.

    Each step: `scaler.scale(loss).backward()`, `scaler.step(optimizer)`, `scaler.update()`. A step whose gradients are
    not all finite is left out. After `growth_interval` good steps in a row the scale is multiplied by `growth_factor`,
    after a bad one by `backoff_factor`.

    Args:
        device: "cpu"; "cuda": a warning, and the scaler is disabled, for there is none.
        init_scale: the scale at first.
        growth_factor: more than 1.
        backoff_factor: less than 1.
        growth_interval: good steps until the scale grows.
        enabled: False: `scale` returns its argument, `step` calls the optimiser's.

    Raises:
        AssertionError: a factor is on the wrong side of 1.

    Source: P. Micikevicius et al., Mixed precision training (2018).

    Example:
        >>> import gradiente as torch
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer, scaler = torch.optim.SGD([w], lr=0.1), torch.amp.GradScaler("cpu")
        >>> scaler.scale((w * w).sum()).backward()
        >>> w.grad
        tensor([131072.])
        >>> scaler.step(optimizer)
        >>> scaler.update()
        >>> w, scaler.get_scale()
        (tensor([0.8000], requires_grad=True), 65536.0)
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device == "cuda":
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                UserWarning,
                stacklevel=2,
            )
            enabled = False
        self._device = device
        self._enabled = enabled
        if enabled:
            assert growth_factor > 1.0, "The growth factor must be > 1.0."
            assert backoff_factor < 1.0, "The backoff factor must be < 1.0."
        self._init_scale = init_scale
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._scale: float | None = None
        self._growth_tracker = 0
        self._optimizers: dict[int, tuple[int, bool]] = {}
        """By optimiser: how far it is in this round, and whether its gradients were all finite."""

    def scale(self, outputs: Any) -> Any:
        """A tensor, or a list or tuple of them, times the scale.

        Raises:
            ValueError: it is something else.
        """
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            if self._scale is None:
                self._scale = float(self._init_scale)
            return outputs * self._scale
        if isinstance(outputs, (list, tuple)):
            return type(outputs)([self.scale(x) for x in outputs])  # pyright: ignore
        if hasattr(outputs, "__iter__"):
            return map(self.scale, outputs)
        raise ValueError(f"outputs must be a Tensor or an iterable of Tensors (it is a {type(outputs).__name__})")

    def _need_scale(self, function: str) -> float:
        assert self._scale is not None, (
            f"Attempted {function} but _scale is None.  This may indicate your script did not use scaler.scale(loss or "
            "outputs) earlier in the iteration."
        )
        return self._scale

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimiser's parameters by the scale, as before clipping them; `step` does it else.

        Raises:
            RuntimeError: it was done in this round already, or the step was.
            ValueError: a gradient is float16; parameters have to be float32.
        """
        if not self._enabled:
            return
        scale = self._need_scale("unscale_")
        stage, _ = self._optimizers.get(id(optimizer), (_READY, True))
        if stage == _UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage == _STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        given = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        if any(grad.dtype == float16 for grad in given):
            raise ValueError(
                "Attempting to unscale FP16 gradients. (Keep the parameters in float32: torch.autocast lowers them "
                "where products are computed.)"
            )
        finite, inverse, previous = True, 1.0 / scale, change(grad=False)
        try:
            for grad in given:
                finite = finite and bool(np.isfinite(grad._array).all())
                grad.mul_(inverse)
        finally:
            set_mode(previous)
        if given:
            self._optimizers[id(optimizer)] = (_UNSCALED, finite)

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the optimiser's `step`, unless a gradient is infinite or no number; what it returns, or None.

        Raises:
            RuntimeError: it was called in this round already, or there is a closure.
            AssertionError: no parameter has a gradient.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._need_scale("step")
        if self._optimizers.get(id(optimizer), (_READY,))[0] == _STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if id(optimizer) not in self._optimizers:
            self.unscale_(optimizer)
        assert id(optimizer) in self._optimizers, "No inf checks were recorded for this optimizer."
        _, finite = self._optimizers[id(optimizer)]
        result = optimizer.step(*args, **kwargs) if finite else None
        self._optimizers[id(optimizer)] = (_STEPPED, finite)
        return result

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """End a round: let the scale grow or shrink, or make it `new_scale`.

        Raises:
            AssertionError: nothing was unscaled in this round, or `new_scale` is no tensor of one element.
        """
        if not self._enabled:
            return
        scale = self._need_scale("update")
        if isinstance(new_scale, Tensor):
            usable = new_scale.numel() == 1 and not new_scale.requires_grad
            assert usable, (
                "new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with "
                "requires_grad=False."
            )
            self._scale = float(new_scale.item())
        elif new_scale is not None:
            self._scale = float(new_scale)
        else:
            assert self._optimizers, "No inf checks were recorded prior to update."
            if not all(finite for _, finite in self._optimizers.values()):
                self._scale, self._growth_tracker = scale * self._backoff_factor, 0
            elif self._growth_tracker + 1 == self._growth_interval:
                grown = np.float32(scale) * np.float32(self._growth_factor)
                self._scale, self._growth_tracker = float(grown) if np.isfinite(grown) else scale, 0
            else:
                self._growth_tracker += 1
        self._optimizers.clear()

    def get_scale(self) -> float:
        """The scale; 1.0 if the scaler is disabled."""
        return (self._init_scale if self._scale is None else self._scale) if self._enabled else 1.0

    def get_growth_factor(self) -> float:
        """What the scale is multiplied by when it grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Change what the scale is multiplied by when it grows."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """What the scale is multiplied by when it shrinks."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Change what the scale is multiplied by when it shrinks."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """Good steps in a row until the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Change how many good steps in a row let the scale grow."""
        self._growth_interval = new_interval

    def is_enabled(self) -> bool:
        """Whether losses are scaled."""
        return self._enabled

    def state_dict(self) -> dict[str, Any]:
        """The scale, the factors and the counter; nothing if the scaler is disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave; a disabled scaler ignores it.

        Raises:
            RuntimeError: it is empty.
        """
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._init_scale = state_dict["scale"]
        if self._scale is not None:
            self._scale = state_dict["scale"]
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._growth_tracker = state_dict["_growth_tracker"]

    def __getstate__(self) -> dict[str, Any]:
        assert not self._optimizers, (
            "A GradScaler instance may only be pickled at the beginning of an iteration, or at the end after "
            "scaler.update()."
        )
        return dict(self.__dict__)


__all__ = ["GradScaler"]
