"""What programs ask of recurrent layers beside their results: names of parameters, shapes of states, and the checks."""

from __future__ import annotations

from typing import Any, ClassVar

from ...tensor import overriding
from ...tensor.core import Tensor
from ..parameter import Parameter
from .module import Module


def permuted(state: Tensor, order: Tensor | None) -> Tensor:
    """A state with its batch in another order."""
    return state if order is None else state.index_select(1, order)


class Recurrent(Module):
    """The sizes of a recurrent layer and what follows from them."""

    input_size: int
    hidden_size: int
    num_layers: int
    bias: bool
    batch_first: bool
    bidirectional: bool
    proj_size: int

    _states: ClassVar[int] = 1

    def _ends(self, layer: int) -> list[str]:
        """What the names of the parameters of a layer end in, one for each direction."""
        return [f"_l{layer}", f"_l{layer}_reverse"] if self.bidirectional else [f"_l{layer}"]

    @property
    def _all_weights(self) -> list[list[str]]:
        """The names of the parameters, those of each layer and direction in a list."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        wanted = [name for name in names if (self.bias or "bias" not in name) and (self.proj_size or name[-1] != "r")]
        return [[name + end for name in wanted] for layer in range(self.num_layers) for end in self._ends(layer)]

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters, those of each layer and direction in a list."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name, None) for name in self._flat_weights_names]

    def _state_shapes(self, input: Tensor, batch_sizes: Any) -> list[tuple[int, int, int]]:
        rows = self.num_layers * (2 if self.bidirectional else 1)
        batch = int(batch_sizes[0]) if batch_sizes is not None else input.size(0 if self.batch_first else 1)
        return [
            (rows, batch, width) for width in (self.proj_size or self.hidden_size, self.hidden_size)[: self._states]
        ]

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Any) -> tuple[int, int, int]:
        """The shape of the state for an input: (layers · directions, B, size)."""
        return self._state_shapes(input, batch_sizes)[0]

    def check_input(self, input: Tensor, batch_sizes: Any) -> None:
        """Raise ValueError for an input of another dtype, RuntimeError for one of another rank or size.

        Args:
            input: with a batch, (T, B, input_size) or (B, T, input_size); or the data of a packed sequence.
            batch_sizes: those of a packed sequence, else None.
        """
        known = self.weight_ih_l0.dtype
        if input.dtype != known and overriding.state().casting is None:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({known}). Convert input: "
                f"input.to({known}), or convert model: model.to({input.dtype})"
            )
        rank = 3 if batch_sizes is None else 2
        if input.dim() != rank:
            raise RuntimeError(f"input must have {rank} dimensions, got {input.dim()}")
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: Any, msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """Raise RuntimeError for a state of another shape, with both in the text."""
        if tuple(hx.shape) != tuple(expected_hidden_size):
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.shape)))

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Any) -> None:
        """Raise the errors of `check_input` and `check_hidden_size`."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """The state with its batch in another order."""
        return permuted(hx, permutation)


__all__ = ["Recurrent", "permuted"]
