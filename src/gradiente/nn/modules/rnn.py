"""Recurrent layers: simple ones, LSTM and GRU, over whole sequences, padded or packed; see `functional.recurrent`."""

from __future__ import annotations

import math
import warnings
from typing import Any, ClassVar

from ...ops.creation import empty, zeros
from ...ops.trigonometry import tanh
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..functional import recurrent
from ..parameter import Parameter
from ..utils.rnn import PackedSequence
from .module import Module


class RNNBase(Module):
    """What the recurrent layers share: their parameters, layers, directions and the loop over time."""

    mode: str
    input_size: int
    hidden_size: int
    num_layers: int
    bias: bool
    batch_first: bool
    dropout: Any
    bidirectional: bool
    proj_size: int

    _step: ClassVar[Any]
    _gates: ClassVar[int] = 1
    _states: ClassVar[int] = 1

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._check_options(dropout)
        gates, out = self._gates * hidden_size, proj_size or hidden_size
        directions = 2 if bidirectional else 1
        options = {"device": device, "dtype": dtype}
        for layer in range(num_layers):
            width = input_size if layer == 0 else out * directions
            for end in self._ends(layer):
                shapes = {"weight_ih": (gates, width), "weight_hh": (gates, out)}
                if bias:
                    shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}
                if proj_size:
                    shapes |= {"weight_hr": (proj_size, hidden_size)}
                for name, shape in shapes.items():
                    setattr(self, name + end, Parameter(empty(shape, **options)))
        self.reset_parameters()

    def _check_options(self, dropout: Any) -> None:
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and self.num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={self.num_layers}",
                stacklevel=4,
            )
        if not isinstance(self.hidden_size, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"hidden_size should be of type int, got: {type(self.hidden_size).__name__}")
        if self.hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    def _ends(self, layer: int) -> list[str]:
        """What the names of the parameters of a layer end in, one for each direction."""
        return [f"_l{layer}", f"_l{layer}_reverse"] if self.bidirectional else [f"_l{layer}"]

    def reset_parameters(self) -> None:
        """Draw the parameters uniformly from ±1/√hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing: it is for GPUs."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters, those of each layer and direction in a list."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        return [
            [getattr(self, name + end) for name in names if name + end in self._parameters]
            for layer in range(self.num_layers)
            for end in self._ends(layer)
        ]

    def extra_repr(self) -> str:
        """The sizes, and the options that are not usual."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        for name in ("batch_first", "bidirectional"):
            if name == "bidirectional" and self.dropout != 0:
                text += f", dropout={self.dropout}"
            if getattr(self, name):
                text += f", {name}={getattr(self, name)}"
        return text if self.bias else text.replace(f", {self.hidden_size}", f", {self.hidden_size}, bias=False", 1)

    # -- the computation ----------------------------------------------------------------------------------------------

    def _extra(self, end: str) -> Any:
        """What the step takes beside the state: an activation or a projection."""
        return getattr(self, "weight_hr" + end, None)

    def _weights(self) -> list[recurrent.Weights]:
        found: list[recurrent.Weights] = []
        for layer in range(self.num_layers):
            for end in self._ends(layer):
                biases = getattr(self, "bias_ih" + end, None), getattr(self, "bias_hh" + end, None)
                weights = getattr(self, "weight_ih" + end), getattr(self, "weight_hh" + end)
                found.append((*weights, *biases, self._extra(end)))
        return found

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The outputs of the last layer at all times, and the states at the end.

        Args:
            input: (T, B, input_size), with `batch_first` (B, T, input_size); (T, input_size); or a PackedSequence.
            hx: the states at the start: (layers · directions, B, hidden_size), for an LSTM two of them. None: zeros.
        """
        packed = isinstance(input, PackedSequence)
        x: Tensor = input.data if packed else input
        if not packed and x.dim() not in (2, 3):
            name = self.mode.partition("_")[0]
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {x.dim()}D tensor instead")
        alone = not packed and x.dim() == 2
        if not packed:
            x = x.unsqueeze(1) if alone else x.transpose(0, 1) if self.batch_first else x
        if x.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {x.shape[-1]}"
            )
        if x.dtype != self.weight_ih_l0.dtype:
            raise ValueError(
                f"input dtype {x.dtype} and the parameters' dtype {self.weight_ih_l0.dtype} do not match; convert one "
                "with .to(...)"
            )
        batch = input.batch_sizes[0].item() if packed else x.shape[1]
        state = self._first_state(hx, batch, x, alone, input.sorted_indices if packed else None)
        sizes = input.batch_sizes.tolist() if packed else None
        directions, dropout = (2 if self.bidirectional else 1), (self.dropout if self.training else 0.0)
        flat, final = recurrent.layers(type(self)._step, x, sizes, state, self._weights(), directions, dropout)
        if packed:
            out: Any = PackedSequence(flat, input.batch_sizes, input.sorted_indices, input.unsorted_indices)
            if input.unsorted_indices is not None:
                final = tuple([s.index_select(1, input.unsorted_indices) for s in final])
        else:
            out = flat.squeeze(1) if alone else flat.transpose(0, 1) if self.batch_first else flat
            final = tuple([s.squeeze(1) for s in final]) if alone else final
        return out, final if self._states > 1 else final[0]

    def _first_state(self, hx: Any, batch: int, x: Tensor, alone: bool, order: Any) -> tuple[Tensor, ...]:
        rows = self.num_layers * (2 if self.bidirectional else 1)
        widths = [self.proj_size or self.hidden_size, self.hidden_size][: self._states]
        if hx is None:
            return tuple([zeros((rows, batch, width), dtype=x.dtype) for width in widths])
        given = tuple(hx) if self._states > 1 else (hx,)
        if any(s.dim() != (2 if alone else 3) for s in given):
            kind = "unbatched 2-D" if alone else "batched 3-D"
            raise RuntimeError(
                f"For {kind} input, hx should also be {2 if alone else 3}-D but got {given[0].dim()}-D tensor"
            )
        if alone:
            given = tuple([s.unsqueeze(1) for s in given])
        for i, (s, width) in enumerate(zip(given, widths, strict=True)):
            if tuple(s.shape) != (rows, batch, width):
                name = "hidden" if self._states == 1 else f"hidden[{i}]"
                raise RuntimeError(f"Expected {name} size {(rows, batch, width)}, got {list(s.shape)}")
        return given if order is None else tuple([s.index_select(1, order) for s in given])


class RNN(RNNBase):
    """A simple recurrent network: h ← tanh(W·x + b + U·h + c).

    Args:
        input_size: size of each input.
        hidden_size: size of the state.
        num_layers: how many layers, each on the outputs of the one before.
        nonlinearity: "tanh" or "relu".
        bias: whether there are biases.
        batch_first: whether inputs are (B, T, …).
        dropout: probability of the dropout between the layers.
        bidirectional: whether a second network runs backwards.
        device: where the parameters are.
        dtype: of the parameters.

    Example:
        >>> import gradiente as torch
        >>> out, last = torch.nn.RNN(3, 5)(torch.zeros(7, 2, 3))
        >>> out.shape, last.shape
        (torch.Size([7, 2, 5]), torch.Size([1, 2, 5]))
    """

    nonlinearity: Any

    _step = staticmethod(recurrent.simple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) > 3:
            self_nonlinearity, args = args[3], args[:3] + args[4:]
        else:
            self_nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self_nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{self_nonlinearity}'. Select from 'tanh' or 'relu'.")
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__(f"RNN_{self_nonlinearity.upper()}", *args, **kwargs)
        self.nonlinearity = self_nonlinearity

    def _extra(self, end: str) -> Any:
        return tanh if self.nonlinearity == "tanh" else F.relu


class LSTM(RNNBase):
    """A long short-term memory. Source: S. Hochreiter and J. Schmidhuber (1997).

    Args:
        input_size: size of each input.
        hidden_size: size of the state.
        num_layers: how many layers.
        bias: whether there are biases.
        batch_first: whether inputs are (B, T, …).
        dropout: probability of the dropout between the layers.
        bidirectional: whether a second network runs backwards.
        proj_size: size to which the outputs are projected; 0: they are not.
        device: where the parameters are.
        dtype: of the parameters.

    Example:
        >>> import gradiente as torch
        >>> out, (h, c) = torch.nn.LSTM(3, 5, num_layers=2)(torch.zeros(7, 2, 3))
        >>> out.shape, c.shape
        (torch.Size([7, 2, 5]), torch.Size([2, 2, 5]))
    """

    _step, _gates, _states = staticmethod(recurrent.long_short), 4, 2

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """A gated recurrent unit. Source: K. Cho et al. (2014).

    Args:
        input_size: size of each input.
        hidden_size: size of the state.
        num_layers: how many layers.
        bias: whether there are biases.
        batch_first: whether inputs are (B, T, …).
        dropout: probability of the dropout between the layers.
        bidirectional: whether a second network runs backwards.
        device: where the parameters are.
        dtype: of the parameters.
    """

    _step, _gates = staticmethod(recurrent.gated), 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


__all__ = ["GRU", "LSTM", "RNN", "RNNBase"]
