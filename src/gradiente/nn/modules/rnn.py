"""Recurrent layers: simple ones, LSTM and GRU, over whole sequences, padded or packed; see `functional.recurrent`."""

from __future__ import annotations

import math
import warnings
from typing import Any, ClassVar

from ...ops.creation import empty, zeros
from ...ops.trigonometry import tanh
from ...tensor import overriding
from ...tensor.core import Tensor
from .. import functional as F
from .. import init
from ..functional import recurrent
from ..parameter import Parameter
from ..utils.rnn import PackedSequence
from ._recurrent import Recurrent, permuted


class RNNBase(Recurrent):
    """What the recurrent layers share: their parameters, layers, directions and the loop over time."""

    mode: str
    dropout: Any

    _step: ClassVar[Any]
    _gates: ClassVar[int] = 1

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

    def __getstate__(self) -> dict[str, Any]:
        """What is saved; torch wants the parameters in it, and their names."""
        groups = self._all_weights
        flat = [name for group in groups for name in group]
        weights = [getattr(self, name) for name in flat]
        return {**self.__dict__, "_flat_weights_names": flat, "_all_weights": groups, "_flat_weights": weights}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({"proj_size": 0, **state})  # as modules saved by old versions were
        for name in ("_flat_weights", "_flat_weights_names", "_flat_weight_refs", "_all_weights"):
            self.__dict__.pop(name, None)

    def reset_parameters(self) -> None:
        """Draw the parameters uniformly from ±1/√hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing: it is for GPUs."""

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
            found = f"{x.dim()}D tensor" if name == "RNN" else f"{x.dim()}D"
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {found} instead")
        alone = not packed and x.dim() == 2
        if alone:
            x = x.unsqueeze(0 if self.batch_first else 1)
        sizes = input.batch_sizes if packed else None
        state = self._first_state(hx, x, sizes, alone, input.sorted_indices if packed else None)
        self.check_forward_args(x, state if self._states > 1 else state[0], sizes)
        casting = overriding.state().casting
        if casting is not None and self._states > 1:  # PyTorch computes an LSTM as a whole in the lower precision
            state = tuple([casting.cast(s, casting.dtype) for s in state])
        if not packed and self.batch_first:
            x = x.transpose(0, 1)
        counts = input.batch_sizes.tolist() if packed else None
        directions, dropout = (2 if self.bidirectional else 1), (self.dropout if self.training else 0.0)
        flat, final = recurrent.layers(type(self)._step, x, counts, state, self._weights(), directions, dropout)
        if packed:
            out: Any = PackedSequence(flat, input.batch_sizes, input.sorted_indices, input.unsorted_indices)
            final = tuple([permuted(s, input.unsorted_indices) for s in final])
        else:
            out = flat.squeeze(1) if alone else flat.transpose(0, 1) if self.batch_first else flat
            final = tuple([s.squeeze(1) for s in final]) if alone else final
        return out, final if self._states > 1 else final[0]

    def _first_state(self, hx: Any, x: Tensor, sizes: Any, alone: bool, order: Any) -> tuple[Tensor, ...]:
        if hx is None:
            return tuple([zeros(shape, dtype=x.dtype, device=x.device) for shape in self._state_shapes(x, sizes)])
        given = (hx[0], hx[1]) if self._states > 1 else (hx,)
        rank = 2 if alone else 3
        if any(s.dim() != rank for s in given):
            kind = "unbatched 2-D" if alone else "batched 3-D"
            what, found = "hx", f"{given[0].dim()}-D tensor"
            if self._states > 1:
                what, found = "hx and cx", f"({', '.join(f'{s.dim()}-D' for s in given)}) tensors"
            raise RuntimeError(f"For {kind} input, {what} should also be {rank}-D but got {found}")
        if alone:
            given = tuple([s.unsqueeze(1) for s in given])
        return tuple([permuted(s, order) for s in given])


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

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Any) -> tuple[int, int, int]:
        """The shape of the cells for an input: (layers · directions, B, hidden_size)."""
        return self._state_shapes(input, batch_sizes)[1]

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Any) -> None:
        """Raise the errors of `check_input` and `check_hidden_size`, of states and cells."""
        self.check_input(input, batch_sizes)
        expected = self.get_expected_hidden_size(input, batch_sizes), self.get_expected_cell_size(input, batch_sizes)
        for i in range(2):
            self.check_hidden_size(hidden[i], expected[i], f"Expected hidden[{i}] size {{}}, got {{}}")

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """States and cells with their batch in another order."""
        return permuted(hx[0], permutation), permuted(hx[1], permutation)


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


def apply_permutation(tensor: Tensor, permutation: Tensor, dim: int = 1) -> Tensor:
    """A tensor in another order along `dim`: the older name of `index_select`."""
    warnings.warn(
        "`apply_permutation` is deprecated, please use `tensor.index_select(dim, permutation)` instead",
        FutureWarning,
        stacklevel=2,
    )
    return tensor.index_select(dim, permutation)


def __getattr__(name: str) -> Any:
    if name in ("GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"):  # torch has them here; their file imports this one
        from . import rnn_cells

        return getattr(rnn_cells, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["GRU", "LSTM", "RNN", "RNNBase"]
