"""The softmax over very many classes of unequal frequency."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ...ops.joining import cat
from ...tensor.core import Tensor
from .. import functional as F
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])


class AdaptiveLogSoftmaxWithLoss(Module):
    """The log softmax over classes sorted by frequency, and its loss, in less time than over all classes at once.

    The most frequent classes, the shortlist, have a row of their own in `head`; the others fall into clusters, each
    with one row there, and are told apart by a map of their own, `tail`, over fewer features:
    log p(c) = log p(cluster) + log p(c | cluster). Only the clusters of the targets are computed.

    Args:
        in_features: size of each input.
        n_classes: number of classes, which must be sorted from the most to the least frequent.
        cutoffs: the first classes of the clusters, in increasing order; those before the first are the shortlist.
        div_value: how many times fewer features each cluster has than the one before.
        head_bias: whether `head` has a bias.
        device: where the parameters are.
        dtype: of the parameters.

    Raises:
        ValueError: cutoffs that are not increasing numbers from 1 to n_classes - 1.

    Source: E. Grave et al., Efficient softmax approximation for GPUs (2017).

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 10, cutoffs=[4, 7], div_value=2.0)
        >>> layer(torch.ones(3, 8), torch.tensor([0, 5, 9])).output.shape
        torch.Size([3])
    """

    in_features: int
    n_classes: int
    cutoffs: list[int]
    div_value: float
    head_bias: bool
    head: Linear
    tail: ModuleList

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        ends = list(cutoffs)
        if not ends:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        increasing = all(a < b for a, b in pairwise(ends))
        if not increasing or min(ends) <= 0 or max(ends) > n_classes - 1 or any(int(c) != c for c in ends):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                f"value is between 1 and n_classes-1 (they are {ends}, n_classes is {n_classes})"
            )
        self.in_features, self.n_classes = in_features, n_classes
        self.cutoffs, self.div_value, self.head_bias = [*ends, n_classes], div_value, head_bias
        self.shortlist_size: int = ends[0]
        self.n_clusters: int = len(ends)
        self.head_size: int = self.shortlist_size + self.n_clusters
        where = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **where)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            width = int(in_features // (div_value ** (i + 1)))
            classes = self.cutoffs[i + 1] - self.cutoffs[i]
            down = Linear(in_features, width, bias=False, **where)
            self.tail.append(Sequential(down, Linear(width, classes, bias=False, **where)))

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        self.head.reset_parameters()
        for down, up in self.tail:
            down.reset_parameters()
            up.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> Any:
        """The log probabilities of the targets, and the loss.

        Args:
            input_: (N, in_features), or (in_features,).
            target_: (N,), classes; or (), for one input.

        Returns:
            A named tuple: `output`, (N,) or (), and `loss`, minus its mean.

        Raises:
            RuntimeError: sizes that do not fit, or targets that are no classes.
        """
        self._check(input_, target_)
        alone = target_.dim() == 0
        x = input_.unsqueeze(0) if alone else input_
        target = target_.unsqueeze(0) if alone else target_
        if target.numel():
            low, high = int(target.min()), int(target.max())
            if low < 0 or high >= self.n_classes:
                raise RuntimeError(
                    f"Target values should be in [0, {self.n_classes - 1}], but values in range [{low}, {high}] were "
                    "found. "
                )
        place = target.clone()  # the target's column in the head
        within = x.new_zeros(target.shape)  # its log probability within its cluster
        for i, (low, high) in enumerate(pairwise(self.cutoffs)):
            rows = ((target >= low) & (target < high)).nonzero().squeeze(1)
            if rows.numel():
                place.index_fill_(0, rows, self.shortlist_size + i)
                inside = F.log_softmax(self.tail[i](x.index_select(0, rows)), dim=1)
                chosen = (target.index_select(0, rows) - low).unsqueeze(1)
                within = within.index_copy(0, rows, inside.gather(1, chosen).squeeze(1))
        output = within + F.log_softmax(self.head(x), dim=1).gather(1, place.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output.squeeze(0) if alone else output, loss)

    def _check(self, input: Tensor, target: Tensor) -> None:
        if target.dim() > 1:
            raise RuntimeError(
                "0D or 1D target tensor expected, multi-target not supported "
                f"(the target has shape {list(target.shape)})"
            )
        if target.dim() == 1 and input.shape[:1] != target.shape:
            raise RuntimeError(
                "Input and target should have the same size in the batch dimension. "
                f"(the shapes are {list(input.shape)} and {list(target.shape)})"
            )
        if input.dim() != target.dim() + 1:
            raise RuntimeError(
                f"{target.dim()}D target tensor expects {target.dim() + 1}D input tensors, but found inputs with size "
                f"{input.size()}"
            )

    def _get_full_log_prob(self, input: Tensor, head_output: Tensor) -> Tensor:
        """All log probabilities, for what `head` made of the input."""
        head = F.log_softmax(head_output, dim=1)
        parts = [head[:, : self.shortlist_size]]
        for i, cluster in enumerate(self.tail):
            parts.append(F.log_softmax(cluster(input), dim=1) + head[:, self.shortlist_size + i].unsqueeze(1))
        return cat(parts, 1)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log probabilities of all classes: (N, in_features) → (N, n_classes)."""
        return self._get_full_log_prob(input, self.head(input))

    def predict(self, input: Tensor) -> Tensor:
        """The most probable classes: (N, in_features) → (N,).

        It is that of `log_prob`; the clusters are computed only for inputs whose largest entry of `head` is one.
        """
        head = self.head(input)
        best = head.argmax(dim=1)
        rows = (best >= self.shortlist_size).nonzero().squeeze(1)
        if not rows.numel():
            return best
        full = self._get_full_log_prob(input.index_select(0, rows), head.index_select(0, rows))
        return best.index_copy(0, rows, full.argmax(dim=1))


__all__ = ["AdaptiveLogSoftmaxWithLoss"]
