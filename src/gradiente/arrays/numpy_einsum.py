"""Einstein sums for NumPy: contractions of two operands as one product of matrices, the rest by numpy.einsum.

numpy.einsum alone would add up a contraction without BLAS, and looking for the best order costs more than a small one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def einsum(subscripts: str, *operands: Any) -> Any:
    """The contraction that `subscripts`, letters of the inputs `->` letters of the output, describes.

    No letter occurs twice in one term. Three and more operands are contracted in the order that numpy.einsum finds.
    """
    if len(operands) > 2:
        return _by_pairs(subscripts, list(operands))
    inputs, output = subscripts.split("->")
    if len(operands) == 2:
        first, second = inputs.split(",")
        summed = [c for c in first if c in second and c not in output]
        if summed and operands[0].dtype.kind in "fc":
            return _contract(first, second, output, summed, *operands)
    return np.einsum(subscripts, *operands)


_ROOM = 1 << 24
"""Elements that an intermediate result may have: without it NumPy would rather loop over all letters at once."""


def _by_pairs(subscripts: str, operands: list[Any]) -> Any:
    """The contraction of many operands, two at a time, in the order that numpy.einsum finds."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    _, *steps = np.einsum_path(subscripts, *operands, optimize=("greedy", max(_ROOM, *[x.size for x in operands])))[0]
    for step in steps:
        places = sorted(step, reverse=True)
        chosen, some = [terms.pop(i) for i in places], [operands.pop(i) for i in places]
        needed = set(output).union(*terms)
        letters = "".join(dict.fromkeys(c for term in chosen for c in term if c in needed)) if terms else output
        call = einsum if len(some) <= 2 else np.einsum
        operands.append(call(",".join(chosen) + "->" + letters, *some))
        terms.append(letters)
    return operands[0]


def _contract(first: str, second: str, output: str, summed: list[str], a: Any, b: Any) -> Any:
    sizes = dict(zip(first + second, a.shape + b.shape, strict=True))
    a, first = _without(first, a, set(second) | set(output))
    b, second = _without(second, b, set(first) | set(output))
    shared = [c for c in first if c in second and c in output]
    rows = [c for c in first if c not in second]
    columns = [c for c in second if c not in first]

    def size(letters: list[str]) -> int:
        return math.prod(sizes[c] for c in letters)

    batch = [sizes[c] for c in shared]
    left = a.transpose([first.index(c) for c in (*shared, *rows, *summed)]).reshape(*batch, size(rows), size(summed))
    right = b.transpose([second.index(c) for c in (*shared, *summed, *columns)])
    right = right.reshape(*batch, size(summed), size(columns))
    product = (left @ right).reshape([sizes[c] for c in (*shared, *rows, *columns)])
    order = [*shared, *rows, *columns]
    return product.transpose([order.index(c) for c in output])


def _without(letters: str, x: Any, known: set[str]) -> tuple[Any, str]:
    """The operand summed over its letters that occur nowhere else."""
    axes = tuple(i for i, c in enumerate(letters) if c not in known)
    return (x.sum(axis=axes) if axes else x), "".join(c for c in letters if c in known)
