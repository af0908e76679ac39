"""Einstein's convention for sums of products."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from ..tensor.core import Tensor
from ..tensor.promotion import result_type
from ._define import primitive

_contracted, _multiplied, _summed, _permuted = (
    primitive("einsum", "ViewBackward0"),
    primitive("einsum", "MulBackward0"),
    primitive("einsum", "SumBackward1"),
    primitive("einsum", "PermuteBackward0"),
)
_permute, _reshape, _getitem, _astype = (
    primitive("permute_dims"),
    primitive("reshape"),
    primitive("getitem", "DiagonalBackward0"),
    primitive("astype"),
)

LETTERS = string.ascii_uppercase + string.ascii_lowercase
"""The subscripts; in a sublist, the number i stands for the letter i."""
_SPARE = "".join(chr(0x3B1 + i) for i in range(25)) + "".join(chr(0x430 + i) for i in range(32))
"""What the dimensions of an ellipsis are called internally."""


def einsum(*args: Any) -> Tensor:
    """The sum of products that an equation describes, by Einstein's convention.

    einsum("ij,jk->ik", a, b)[i, k] = Σⱼ a[i, j] · b[j, k]: dimensions with one letter run together, and letters that
    are not in the output are summed. A letter that an operand has twice takes its diagonal; `...` stands for dimensions
    that are broadcast. Without `->`, the output has the letters that occur once, in alphabetical order.

    Args:
        args: the equation and the operands, as several arguments or as one list; or each operand followed by the list
            of its subscripts as numbers from 0 to 51 (`...` for an ellipsis), and the output's list last, if any.

    Returns:
        The result, of the operands' promoted dtype.

    Raises:
        RuntimeError: the equation is not well formed or does not fit the operands.
        ValueError: no operands, or a number out of range.
        TypeError: an operand is no tensor.

    Source: A. Einstein, Die Grundlage der allgemeinen Relativitätstheorie (1916), § 5.

    Example:
        >>> import gradiente as torch
        >>> torch.einsum("ij,j->i", torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1.0, 10.0]))
        tensor([21., 43.])
    """
    if not args or (not isinstance(args[0], str) and len(args) < 2):
        raise _nothing_given()
    if isinstance(args[0], str):
        equation: str = args[0]
        given = args[1:]
        if len(given) == 1 and isinstance(given[0], (list, tuple)):
            given = tuple(given[0])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    else:
        equation, given = _of_sublists(args)
    if not given:
        raise _nothing_given()
    for i, x in enumerate(given):
        if not isinstance(x, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 1, but got {type(x).__name__}")
    operands: tuple[Tensor, ...] = given  # pyright: ignore[reportAssignmentType]
    return _einsum(equation, operands)


def _nothing_given() -> ValueError:
    return ValueError(
        "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
        "subscripts list"
    )


def _of_sublists(args: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The equation and operands of the form operand, subscripts, operand, subscripts, …, output's subscripts."""

    def text(sublist: Any) -> str:
        letters: list[str] = []
        for s in sublist:
            if s is not ... and not (isinstance(s, int) and 0 <= s < 52):
                raise ValueError(
                    f"einsum(): subscript in subscript list is not within the valid range [0, 52) (it is {s!r})"
                )
            letters.append("..." if s is ... else LETTERS[s])
        return "".join(letters)

    pairs = len(args) // 2
    equation = ",".join(text(args[2 * i + 1]) for i in range(pairs))
    if len(args) % 2:
        equation += "->" + text(args[-1])
    return equation, tuple(args[2 * i] for i in range(pairs))


def _parse(term: str, position: int, where: str) -> list[str]:
    """The letters of one term, with "..." for an ellipsis."""
    letters: list[str] = []
    i = 0
    while i < len(term):
        c = term[i]
        if c == ".":
            if "..." in letters:
                raise RuntimeError(f"einsum(): found '.' for {where} for which an ellipsis was already found")
            if term[i : i + 3] != "...":
                raise RuntimeError(f"einsum(): found '.' for {where} that is not part of any ellipsis")
            letters.append("...")
            i += 3
            continue
        if c not in LETTERS:
            if c != " ":
                raise RuntimeError(
                    f"einsum(): invalid subscript given at index {position + i} in the equation string, "
                    f"subscripts must be "
                    f"in [a-zA-Z] (it is {c!r})"
                )
        else:
            letters.append(c)
        i += 1
    return letters


def _einsum(equation: str, operands: tuple[Tensor, ...]) -> Tensor:
    left, arrow, right = equation.partition("->")
    texts = left.split(",")
    if len(texts) != len(operands):
        few = "fewer" if len(operands) < len(texts) else "more"
        raise RuntimeError(
            f"einsum(): {few} operands were provided than specified in the equation "
            f"({len(operands)} operands, {len(texts)} terms in {equation!r})"
        )
    positions = [sum(len(text) + 1 for text in texts[:i]) for i in range(len(texts))]
    terms = [_parse(text, positions[i], f"operand {i}") for i, text in enumerate(texts)]
    sizes: dict[str, int] = {}
    widest = 0
    for i, (letters, x) in enumerate(zip(terms, operands, strict=True)):
        widest = max(widest, _check_term(letters, x._array.shape, i, sizes))
    spare = _SPARE[:widest]
    terms = [_spelled(letters, x._array.ndim, spare) for letters, x in zip(terms, operands, strict=True)]
    output = _output(right, arrow, terms, spare, len(left) + 2)
    _check_ellipsis(terms, operands, spare, sizes)
    common = result_type(*operands).numpy
    if common.kind in "biu" and _adds_alone(terms, operands, output):
        common = np.dtype("int64")
    if any(x._array.dtype != common for x in operands):
        operands = tuple(x if x._array.dtype == common else _astype(x, dtype=common) for x in operands)
    ready = [_prepared(x, letters, sizes) for x, letters in zip(operands, terms, strict=True)]
    subscripts = _latin(",".join(letters for _, letters in ready) + "->" + "".join(output))
    call = _kind(terms, output)
    return call(*(x for x, _ in ready), subscripts=subscripts)


def _adds_alone(terms: list[list[str]], operands: tuple[Tensor, ...], output: list[str]) -> bool:
    """Whether one operand is added along a summed letter before any product: in torch such a sum of integers is int64.

    This is so where the other operands lack the letter or repeat a single element along it.
    """
    if len(terms) == 1:
        return not set(terms[0]) <= set(output)
    shapes = (x._array.shape for x in operands)
    sizes = [dict(zip(letters, shape, strict=True)) for letters, shape in zip(terms, shapes, strict=True)]
    summed = set().union(*terms).difference(output)
    return any(sum(size.get(letter, 1) != 1 for size in sizes) == 1 for letter in summed)


def _check_term(letters: list[str], shape: tuple[int, ...], i: int, sizes: dict[str, int]) -> int:
    """Note the sizes of a term's letters; the number of dimensions that its ellipsis stands for."""
    dots = "..." in letters
    named = len(letters) - dots
    if named > len(shape) or (not dots and named != len(shape)):
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation ({named}) "
            f"{'is more than' if dots else 'does not match'} "
            f"the number of dimensions ({len(shape)}) for operand {i}{'' if dots else ' and no ellipsis was given'}"
        )
    covered = len(shape) - named
    axis = 0
    own: dict[str, int] = {}
    for c in letters:
        if c == "...":
            axis += covered
            continue
        n = shape[axis]
        axis += 1
        if own.setdefault(c, n) != n:
            raise RuntimeError(
                f"einsum(): subscript {c} is repeated for operand {i} but the sizes don't match, {n} != {own[c]}"
            )
        if sizes.get(c, 1) != 1 and n not in (1, sizes[c]):
            raise RuntimeError(
                f"einsum(): subscript {c} has size {n} for operand {i} which does not broadcast with previously "
                f"seen size "
                f"{sizes[c]}"
            )
        if sizes.get(c, 1) == 1:
            sizes[c] = n
    return covered if dots else 0


def _spelled(letters: list[str], ndim: int, spare: str) -> list[str]:
    """The letters of a term with those of its ellipsis' dimensions, which are aligned at the right."""
    if "..." not in letters:
        return letters
    covered = ndim - len(letters) + 1
    i = letters.index("...")
    return [*letters[:i], *spare[len(spare) - covered :], *letters[i + 1 :]]


def _output(right: str, arrow: str, terms: list[list[str]], spare: str, position: int) -> list[str]:
    """The letters of the result."""
    every = [c for letters in terms for c in letters]
    if not arrow:
        return [*spare, *sorted(c for c in set(every) if every.count(c) == 1 and c not in spare)]
    letters = _parse(right, position, "the output")
    for c in letters:
        if c == "...":
            continue
        if letters.count(c) > 1:
            raise RuntimeError(f"einsum(): output subscript {c} appears more than once in the output")
        if c not in every:
            raise RuntimeError(f"einsum(): output subscript {c} does not appear in the equation for any input operand")
    return [d for c in letters for d in (spare if c == "..." else c)]


def _check_ellipsis(terms: list[list[str]], operands: tuple[Tensor, ...], spare: str, sizes: dict[str, int]) -> None:
    for i, (letters, x) in enumerate(zip(terms, operands, strict=True)):
        for c, n in zip(letters, x._array.shape, strict=True):
            if c not in spare:
                continue
            if sizes.get(c, 1) != 1 and n not in (1, sizes[c]):
                raise RuntimeError(
                    f"einsum(): dimension {spare.index(c)} covered by ellipsis in operand {i}has size {n} which "
                    f"does not "
                    f"broadcast with previously seen ellipsis with size {sizes[c]} for the respective dimension"
                )
            if sizes.get(c, 1) == 1:
                sizes[c] = n


def _prepared(x: Tensor, letters: list[str], sizes: dict[str, int]) -> tuple[Tensor, str]:
    """The operand with the diagonal of each repeated letter taken, and without dimensions that are broadcast."""
    letters = list(letters)
    for c in sorted(set(letters)):
        while letters.count(c) > 1:
            first = letters.index(c)
            second = letters.index(c, first + 1)
            rest = [k for k in range(len(letters)) if k not in (first, second)]
            n = x._array.shape[first]
            x = _permute(x, axes=(first, second, *rest))
            x = _reshape(x, shape=(n * n, *x._array.shape[2:]))
            x = _getitem(x, index=(slice(None, None, n + 1),))
            letters = [c, *(letters[k] for k in rest)]
    stretched = [c for c, n in zip(letters, x._array.shape, strict=True) if n == 1 and sizes[c] != 1]
    if stretched:
        kept = [(c, n) for c, n in zip(letters, x._array.shape, strict=True) if c not in stretched]
        x = _reshape(x, shape=tuple(n for _, n in kept))
        letters = [c for c, _ in kept]
    return x, "".join(letters)


def _latin(subscripts: str) -> str:
    """The subscripts with free Latin letters for those of ellipses."""
    free = iter([c for c in LETTERS if c not in subscripts])
    names = {c: next(free) for c in dict.fromkeys(subscripts) if c in _SPARE}
    return "".join(names.get(c, c) for c in subscripts)


def _kind(terms: list[list[str]], output: list[str]) -> Any:
    """The primitive under the name of the node that torch's last step would have."""
    sums = any(c not in output for letters in terms for c in letters)
    if len(terms) == 1:
        return _summed if sums else _permuted
    return _contracted if sums else _multiplied


__all__ = ["einsum"]
