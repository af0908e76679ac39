"""The values behind torch's `_saved_*` attributes, where they are not simply what a node keeps."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import numpy_extras
from ..graph import Node
from .core import Tensor, box, wrap
from .metadata import likes
from .saved import unpack_raw, unpack_tensor

_REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}
_MAXIMUM = 2**63 - 1
"""Where torch says that a slice without an end ends."""


def value(node: Node, ours: str) -> Any:
    """What the node keeps under our name for it; None if this pattern of operands does not need it."""
    if ours.startswith("@"):
        return COMPUTED[ours[1:]](node)
    plan, index = node.plan, saved_index(node, ours)
    if index is not None:
        if node.tensors is None:
            raise node.freed()
        return unpack_tensor(node, index)
    facts = node.facts
    if isinstance(facts, tuple):
        if ours == "x_shape":
            return tuple(facts[1][0])
        return facts[0].get(ours)
    operands = type(node).primitive.operands
    if facts is not None and ours in operands and not plan.mask[operands.index(ours)]:
        if node.tensors is None:
            raise node.freed()
        return wrap(np.asarray(facts))  # the number of the short form
    return None


def saved_index(node: Node, ours: str) -> int | None:
    """Where among its saved values a node has what we call `ours`; None if it is not saved."""
    name, _, number = ours.partition("#")
    found = [i for i, saved in enumerate(node.plan.names) if saved == name]
    return found[int(number or 0)] if found else None


def _static(node: Node, name: str, default: Any = None) -> Any:
    facts = node.facts
    return facts[0].get(name, default) if isinstance(facts, tuple) else default


def _shape(node: Node, i: int = 0) -> tuple[int, ...]:
    if node.facts is None:  # of a product both of whose operands are saved
        if node.tensors is None:
            raise node.freed()
        return tuple(node.tensors[i]._array.shape)
    return tuple(node.facts[1][i])


def _dims(node: Node) -> Any:
    """The axes of a reduction as torch has them: a tuple; of all axes None, for amax and amin ()."""
    axis = _static(node, "axis")
    if axis is None:
        return () if type(node).__name__ in ("AmaxBackward0", "AminBackward0") else None
    return tuple(axis) if isinstance(axis, tuple) else (axis,)


def _correction(node: Node) -> Any:
    """torch keeps None where nothing was said."""
    correction = _static(node, "correction")
    return None if correction == 1 and _static(node, "axis") is None else correction


def _result(node: Node) -> Tensor | None:
    """The result, computed again from the operands, if all of them are saved."""
    plan, primitive = node.plan, type(node).primitive
    if node.tensors is None:
        raise node.freed()
    if any(name not in plan.names for name in primitive.operands):
        return None
    arrays = tuple([unpack_raw(node, plan.names.index(name)) for name in primitive.operands])
    static = node.facts[0] if isinstance(node.facts, tuple) else {}
    out = wrap(box(primitive.run(np, numpy_extras, arrays, static)))
    out._node = node
    return out


def _number(name: str) -> Callable[[Node], Any]:
    """A number that the general form keeps as a 0-d tensor."""

    def get(node: Node) -> Any:
        found = value(node, name)
        return found._array.item() if isinstance(found, Tensor) else found

    return get


def _strides(name: str, transposed: bool = False) -> Callable[[Node], tuple[int, ...]]:
    """The strides of a tracked operand that is saved; else ()."""

    def get(node: Node) -> tuple[int, ...]:
        mask = node.plan.mask[type(node).primitive.operands.index(name)]
        if not mask or name not in node.plan.names or node.tensors is None:
            return ()
        array = unpack_raw(node, node.plan.names.index(name))
        strides = tuple([s // array.itemsize for s in array.strides])
        return strides[::-1] if transposed else strides

    return get


def _transposed(node: Node) -> Tensor | None:
    found = value(node, "b")
    return None if found is None else found.t()


def _cut(node: Node) -> tuple[int, Any]:
    """The first axis that an index does more with than take it whole, and what it does there."""
    for i, part in enumerate(_static(node, "index")):
        if part is not Ellipsis and not (isinstance(part, slice) and part == slice(None)):
            return i, part
    return 0, slice(None)


def _cut_value(node: Node) -> Any:
    part = _cut(node)[1]
    return wrap(part) if isinstance(part, np.ndarray) else part


def _bound(which: str) -> Callable[[Node], int]:
    """One of the bounds of a slice, as torch has it: an end that was not given is the largest number."""

    def get(node: Node) -> int:
        found = getattr(_cut(node)[1], which, None)
        return {"start": 0, "stop": _MAXIMUM, "step": 1}[which] if found is None else found

    return get


def _indices(node: Node) -> tuple[Any, ...]:
    """What a general index has per axis: a tensor, or None for an axis that is taken whole."""
    parts = [p for p in _static(node, "index") if p is not Ellipsis]
    return tuple([wrap(p) if isinstance(p, np.ndarray) else None for p in parts])


def _moved(which: int) -> Callable[[Node], int]:
    """The first or last axis that a transposition moves."""
    return lambda node: [i for i, axis in enumerate(_static(node, "axes")) if axis != i][which]


def _squeezed(node: Node) -> list[int]:
    """The axes of one element that a squeeze took away; which of several neighbours it was cannot be told."""
    given, left = _shape(node), list(_static(node, "shape"))
    gone: list[int] = []
    for i, n in enumerate(given):
        if left and n == left[0]:
            left.pop(0)
        else:
            gone.append(i)
    return gone


def _unsqueezed(node: Node) -> int:
    given, made = _shape(node), _static(node, "shape")
    return next((i for i, n in enumerate(given) if n != made[i]), len(given))


def _buffer(node: Node) -> Tensor | None:
    x = value(node, "x")
    return None if x is None else wrap(np.exp(-np.abs(x._array)))


def _total(node: Node) -> Tensor:
    return wrap(np.asarray(_static(node, "total"), dtype=likes(node)[0][1]))  # pyright: ignore[reportOptionalSubscript]


def _constant(given: Any) -> Callable[[Node], Any]:
    return lambda node: given


def _grid(name: str) -> Callable[[Node], Any]:
    return lambda node: getattr(_static(node, "grid"), name)


def _output_padding(node: Node) -> tuple[int, ...]:
    """What a transposed convolution's result has beyond what its windows cover."""
    grid, given, made = _static(node, "grid"), _shape(node)[2:], _static(node, "shape")[2:]
    covered = zip(given, grid.step, grid.before, grid.dilation, grid.size, strict=True)
    least = [(n - 1) * step - 2 * pad + gap * (size - 1) + 1 for n, step, pad, gap, size in covered]
    return tuple([n - m for n, m in zip(made, least, strict=True)])


def _bias_shape(node: Node) -> tuple[int, ...]:
    """The shape of the third operand; (0,), as in torch, if there is none."""
    return (0,) if "c" in node.facts[0] else _shape(node, 2)


def _pad(node: Node) -> tuple[int, ...]:
    """How much padding each axis got before and after, the last axis first, as far as there is any."""
    pairs = [
        (part.start, n - part.stop) for part, n in zip(_static(node, "index"), _static(node, "shape"), strict=True)
    ]
    while len(pairs) > 1 and pairs[0] == (0, 0):
        pairs.pop(0)
    return tuple([n for pair in reversed(pairs) for n in pair])


def _view(name: str) -> Callable[[Node], Any]:
    return lambda node: getattr(_static(node, "view"), name)


def _plane(name: str) -> Callable[[Node], Any]:
    return lambda node: getattr(_static(node, "plane"), name)


def _storage_offset(node: Node) -> int | None:
    """torch keeps None where none was given."""
    layout = _static(node, "layout")
    return layout.before + layout.offset if layout.offset else None


def _layout(name: str) -> Callable[[Node], Any]:
    return lambda node: getattr(_static(node, "layout"), name)


COMPUTED: dict[str, Callable[[Node], Any]] = {
    "none": _constant(None),
    "false": _constant(False),
    "true": _constant(True),
    "zero": _constant(0),
    "one": _constant(1),
    "two": _constant(2),
    "exactly": _constant("none"),
    "by_tanh": _constant("tanh"),
    "selu_alpha": _constant(1.6732632423543772),
    "selu_scale": _constant(1.0507009873554805),
    "alpha": lambda node: _static(node, "alpha", 1),
    "rounding": lambda node: type(node).primitive.name.removeprefix("divide_"),
    "reduction": lambda node: _REDUCTIONS[_static(node, "reduction")],
    "dims": _dims,
    "correction": _correction,
    "numel": lambda node: math.prod(_shape(node)),
    "ndim": lambda node: len(_shape(node)),
    "pairs": lambda node: (*_shape(node), 2),
    "result": _result,
    "a_number": _number("a"),
    "b_number": _number("b"),
    "a_shape": lambda node: _shape(node, 0),
    "b_shape": lambda node: _shape(node, 1),
    "b_shape_transposed": lambda node: _shape(node, 1)[::-1],
    "a_strides": _strides("a"),
    "b_strides": _strides("b"),
    "b_strides_transposed": _strides("b", True),
    "b_transposed": _transposed,
    "folded": lambda node: (math.prod(_shape(node)[:-2]), _shape(node)[-2], _shape(node, 1)[-1]),
    "last": lambda node: len(_shape(node)) - 1,
    "last_but_one": lambda node: len(_shape(node)) - 2,
    "row": lambda node: (1, _shape(node, 1)[-1]),
    "cut_dim": lambda node: _cut(node)[0],
    "cut": _cut_value,
    "start": _bound("start"),
    "end": _bound("stop"),
    "step": _bound("step"),
    "indices": _indices,
    "first_moved": _moved(0),
    "last_moved": _moved(-1),
    "squeezed": lambda node: next(iter(_squeezed(node)), 0),
    "all_squeezed": lambda node: tuple(_squeezed(node)),
    "unsqueezed": _unsqueezed,
    "split_size": lambda node: _static(node, "sizes")[0],
    "offset": _plane("offset"),
    "axis1": _plane("axis1"),
    "axis2": _plane("axis2"),
    "size": _layout("size"),
    "stride": _layout("stride"),
    "storage_offset": lambda node: (lambda at: None if at == 0 else at)(
        _layout("offset")(node) + _layout("before")(node)
    ),
    "buffer": _buffer,
    "kernel_size": _grid("size"),
    "strides": _grid("step"),
    "padding": _grid("before"),
    "dilation": _grid("dilation"),
    "no_padding": lambda node: (0,) * len(_grid("size")(node)),
    "output_padding": _output_padding,
    "bias_shape": _bias_shape,
    "rows": lambda node: _shape(node)[0],
    "channels": lambda node: _shape(node)[1],
    "places": lambda node: math.prod(_shape(node)[2:]),
    "group": lambda node: _static(node, "groups")[1],
    "pad": _pad,
    "view_offset": _view("offset"),
    "view_axis1": _view("axis1"),
    "view_axis2": _view("axis2"),
    "total": _total,
}
"""What the lines of `saved_names` refer to by @name."""


__all__ = ["COMPUTED", "saved_index", "value"]
