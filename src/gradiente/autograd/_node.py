"""What users see of a `Function`'s node, as of every node: its saved values as they are kept, shapes, operands."""

from __future__ import annotations

from ..graph import Node
from ..tensor.core import Tensor
from ..tensor.introspect import SavedTensor, saved_tensor
from ..tensor.metadata import InputMetadata, tell
from ._outputs import restored


class ContextNode(Node):
    """A node whose `facts` are those of a `Function`'s call."""

    @property
    def _raw_saved_tensors(self) -> tuple[SavedTensor, ...]:
        if self.tensors is None:
            raise self.freed()
        return tuple([saved_tensor(self, i) for i in range(len(self.tensors))])

    def _unpacked(self, index: int) -> Tensor | None:
        return restored(self, index)

    @property
    def _input_metadata(self) -> tuple[InputMetadata | None, ...]:
        return tuple([None if like is None else InputMetadata(*like) for like in self.facts.outputs])

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """One pair (node, number of its output) per tensor among the arguments; (None, 0) for an untracked one."""
        pairs = super().next_functions
        given = [like for like in self.facts.inputs if like is not None]
        for (node, number), like in zip(pairs, given, strict=True):
            if node is not None:
                tell(node, number, like)
        return pairs


__all__ = ["ContextNode"]
