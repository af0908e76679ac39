"""Activations as modules."""

from __future__ import annotations

import warnings
from typing import Any

from ...ops.creation import full
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..parameter import Parameter
from ._configured import Configured
from .module import Module

_OLD = "keyword argument `{0}_value` is deprecated and renamed to `{0}_val`"


class _Elementwise(Configured):
    """An activation."""

    inplace: bool

    def extra_repr(self) -> str:
        """The options."""
        parts = [f"{name}={getattr(self, name)}" for name in self._options if name != "inplace"]
        return ", ".join(parts + ["inplace=True"] * bool(getattr(self, "inplace", False)))


class _InPlace(_Elementwise):
    inplace: bool
    _options = ("inplace",)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class ReLU(_InPlace):
    """max(x, 0).

    >>> import gradiente as torch
    >>> torch.nn.ReLU()(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    _function = staticmethod(F.relu)


class SELU(_InPlace):
    """The scaled exponential linear unit. Source: G. Klambauer et al., Self-normalizing neural networks (2017)."""

    _function = staticmethod(F.selu)


class SiLU(_InPlace):
    """x·σ(x)."""

    _function = staticmethod(F.silu)


class Mish(_InPlace):
    """x·tanh(softplus(x)). Source: D. Misra, Mish (2019)."""

    _function = staticmethod(F.mish)


class Hardswish(_InPlace):
    """x·min(max(x + 3, 0), 6)/6."""

    _function = staticmethod(F.hardswish)


class Hardsigmoid(_InPlace):
    """min(max(x + 3, 0), 6)/6."""

    _function = staticmethod(F.hardsigmoid)


class Sigmoid(_Elementwise):
    """1/(1 + e⁻ˣ)."""

    _function = staticmethod(F.sigmoid)


class Tanh(_Elementwise):
    """The hyperbolic tangent."""

    _function = staticmethod(F.tanh)


class LogSigmoid(_Elementwise):
    """log σ(x)."""

    _function = staticmethod(F.logsigmoid)


class Softsign(_Elementwise):
    """x/(1 + |x|)."""

    _function = staticmethod(F.softsign)


class Tanhshrink(_Elementwise):
    """x - tanh x."""

    _function = staticmethod(F.tanhshrink)


class GELU(_Elementwise):
    """x·Φ(x), Φ being the normal distribution function; with `approximate="tanh"`, by a formula near it."""

    approximate: str

    _function = staticmethod(F.gelu)
    _options = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def extra_repr(self) -> str:
        """The option."""
        return f"approximate={self.approximate!r}"


class ELU(_Elementwise):
    """x above 0, α·(eˣ - 1) below."""

    alpha: float
    inplace: bool

    _function = staticmethod(F.elu)
    _options = ("alpha", "inplace")

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace


class CELU(_Elementwise):
    """max(x, 0) + min(0, α·(e^(x/α) - 1))."""

    alpha: float
    inplace: bool

    _function = staticmethod(F.celu)
    _options = ("alpha", "inplace")

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace


class LeakyReLU(_Elementwise):
    """x above 0, slope·x below."""

    negative_slope: float
    inplace: bool

    _function = staticmethod(F.leaky_relu)
    _options = ("negative_slope", "inplace")

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace


class Softplus(_Elementwise):
    """log(1 + e^(βx))/β, which is x where βx is above the threshold."""

    beta: float
    threshold: float

    _function = staticmethod(F.softplus)
    _options = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold


class Hardshrink(_Elementwise):
    """x outside of ±λ, 0 inside."""

    lambd: float

    _function = staticmethod(F.hardshrink)
    _options = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        """The bound."""
        return f"{self.lambd}"


class Softshrink(_Elementwise):
    """x moved towards 0 by λ, 0 inside of ±λ."""

    lambd: float

    _function = staticmethod(F.softshrink)
    _options = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        """The bound."""
        return str(self.lambd)


class Threshold(_Elementwise):
    """x above the threshold, `value` elsewhere."""

    threshold: float
    value: float
    inplace: bool

    _function = staticmethod(F.threshold)
    _options = ("threshold", "value", "inplace")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace


class Hardtanh(_Elementwise):
    """min(max(x, min_val), max_val)."""

    min_val: float
    max_val: float
    inplace: bool

    _function = staticmethod(F.hardtanh)
    _options = ("min_val", "max_val", "inplace")

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        if min_value is not None:
            warnings.warn(_OLD.format("min"), FutureWarning, stacklevel=2)
            min_val = min_value
        if max_value is not None:
            warnings.warn(_OLD.format("max"), FutureWarning, stacklevel=2)
            max_val = max_value
        if max_val <= min_val:
            raise AssertionError("max_val must be larger than min_val")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace


class ReLU6(Hardtanh):
    """min(max(x, 0), 6)."""

    _function = staticmethod(F.relu6)
    _options = ("inplace",)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)


class RReLU(_Elementwise):
    """x above 0, a·x below, a drawn from [lower, upper] in training and their mean in evaluation."""

    lower: float
    upper: float
    inplace: bool

    _options = ("lower", "upper", "inplace")

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The function of each element."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class GLU(_Elementwise):
    """a·σ(b), a and b being the halves along `dim`."""

    dim: int

    _function = staticmethod(F.glu)
    _options = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim


class PReLU(Module):
    """x above 0, weight·x below; the weight is learnt, one for all or one for each channel.

    Args:
        num_parameters: 1, or the number of channels.
        init: the first value of the weight.
        device: where the parameter is.
        dtype: of the parameter.
    """

    num_parameters: int
    init: float

    weight: Parameter

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(full((num_parameters,), init, device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Set the weight to its first value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """The number of parameters."""
        return f"num_parameters={self.num_parameters}"


class _AlongDim(Module):
    """Softmax and its relatives."""

    _function: Any = None
    dim: int | None

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The function along `dim`."""
        return type(self)._function(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """eˣ/Σeˣ along a dimension."""

    _function = staticmethod(F.softmax)


class LogSoftmax(_AlongDim):
    """log(eˣ/Σeˣ) along a dimension."""

    _function = staticmethod(F.log_softmax)


class Softmin(_AlongDim):
    """e⁻ˣ/Σe⁻ˣ along a dimension."""

    _function = staticmethod(F.softmin)


class Softmax2d(Module):
    """Softmax over the channels of images (N, C, H, W) or (C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        """The function along the third dimension from the end."""
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)


def __getattr__(name: str) -> Any:
    if name in ("MultiheadAttention", "NonDynamicallyQuantizableLinear"):  # torch has them here
        from . import attention

        return getattr(attention, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CELU", "ELU", "GELU", "GLU", "SELU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU",
    "LogSigmoid", "LogSoftmax", "Mish", "PReLU", "RReLU", "ReLU", "ReLU6", "SiLU", "Sigmoid", "Softmax", "Softmax2d",
    "Softmin", "Softplus", "Softshrink", "Softsign", "Tanh", "Tanhshrink", "Threshold",
]  # fmt: skip
