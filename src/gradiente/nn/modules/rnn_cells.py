"""One step of a recurrent layer."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ...ops.creation import empty, zeros
from ...ops.trigonometry import tanh
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..functional import recurrent
from ..parameter import Parameter
from .module import Module


class RNNCellBase(Module):
    """What the cells share.

    Args:
        input_size: size of each input.
        hidden_size: size of the state.
        bias: whether there are biases.
        num_chunks: how many gates.
        device: where the parameters are.
        dtype: of the parameters.
    """

    input_size: int
    hidden_size: int
    bias: bool

    _step: ClassVar[Any]
    _states: ClassVar[int] = 1
    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows, options = num_chunks * hidden_size, {"device": device, "dtype": dtype}
        self.weight_ih = Parameter(empty((rows, input_size), **options))
        self.weight_hh = Parameter(empty((rows, hidden_size), **options))
        self.register_parameter("bias_ih", Parameter(empty(rows, **options)) if bias else None)
        self.register_parameter("bias_hh", Parameter(empty(rows, **options)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters uniformly from ±1/√hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and the options that are not usual."""
        text = f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text if nonlinearity == "tanh" else f"{text}, nonlinearity={nonlinearity}"

    def _extra(self) -> Any:
        return None

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """The next state: (B, input_size) or (input_size,), and the state, for an LSTM two, zeros if None."""
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        several = self._states > 1
        given: Any = hx if hx is None or several else (hx,)
        for i, s in enumerate(given or ()):
            if s.dim() not in (1, 2):
                what = f"hx[{i}]" if several else "hidden"
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {s.dim()}D instead")
        if given is None:
            start = zeros((*input.shape[:-1], self.hidden_size), dtype=input.dtype, device=input.device)
            state = (start,) * self._states
        else:
            state = tuple(given)
        x = F.linear(input, self.weight_ih, self.bias_ih)
        found = type(self)._step(x, self.weight_hh, self.bias_hh, state, self._extra())
        return found if several else found[0]


class RNNCell(RNNCellBase):
    """One step of `RNN`: tanh(W·x + b + U·h + c)."""

    nonlinearity: str

    _step = staticmethod(recurrent.simple)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def _extra(self) -> Any:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return tanh if self.nonlinearity == "tanh" else F.relu


class LSTMCell(RNNCellBase):
    """One step of `LSTM`."""

    _step, _states = staticmethod(recurrent.long_short), 2

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)


class GRUCell(RNNCellBase):
    """One step of `GRU`."""

    _step = staticmethod(recurrent.gated)

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)


__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]
