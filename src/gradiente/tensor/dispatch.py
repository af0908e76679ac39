"""Calling primitives on Tensors: run the forward function, record the node.

`bind(primitive)` makes the function that does it for one primitive. `gradiente.tensor.elementwise` has shorter forms for
the common case; both record the same nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of
from ..graph import PLAIN, Mode, Node, Plan, current, moment, user_place
from ..rules import Primitive
from .core import Tensor, box, new, wrap
from .plans import SavedOutput, general_plan
from .promotion import promoted

Special = Callable[[Mode, Node | None, Tensor, Primitive, tuple[Any, ...], dict[str, Any]], Tensor]


def node_class(primitive: Primitive, name: str | None = None) -> type[Node]:
    """The class of a primitive's nodes, which bears torch's name for them."""
    name = name or primitive.node
    return type(name, (Node,), {"__slots__": (), "primitive": primitive, "__module__": "gradiente.autograd.graph"})


class Recorder:
    """Makes the nodes of one primitive."""

    __slots__ = ("cls", "plans", "primitive")

    def __init__(self, primitive: Primitive, name: str | None = None) -> None:
        self.primitive = primitive
        self.cls = node_class(primitive, name)
        self.plans: dict[Any, Plan] = {}

    def record(self, out: Tensor, operands: tuple[Any, ...], arrays: tuple[Any, ...], static: dict[str, Any]) -> Node | None:
        """Make `out`'s node: its edges lead to the tracked operands; it saves what their rules name."""
        primitive = self.primitive
        mask: list[bool] = []
        given: list[bool] = []
        is_complex = out._array.dtype.kind == "c"
        for i, operand in enumerate(operands):
            tensor = isinstance(operand, Tensor)
            given.append(tensor)
            tracked = tensor and operand._node is not None and primitive.rule_for(i) is not None
            mask.append(tracked)
            is_complex = is_complex or (tensor and operand._array.dtype.kind == "c")
        key = (tuple(mask), tuple(given), is_complex)
        plan = self.plans.get(key)
        if plan is None:
            if True not in key[0]:
                return None
            names = primitive.saved_names(key[0])
            if not primitive.variadic:
                constant = {n for n, tensor in zip(primitive.operands, given, strict=True) if not tensor}
                names = tuple(n for n in names if n not in constant)
            plan = self.plans[key] = general_plan(primitive, self.cls, key[0], names, is_complex)
        node = new(Node)
        node.seq = moment()
        node.plan = plan
        node.edges = tuple(o._node for o, tracked in zip(operands, mask, strict=True) if tracked)
        if primitive.variadic:
            node.tensors = operands if plan.names else ()
        else:
            by_name = dict(zip(primitive.operands, operands, strict=True))
            node.tensors = tuple(_saved(by_name, out, name) for name in plan.names)
            if False in given:
                static = {**static, **{n: o for n, o in by_name.items() if not isinstance(o, Tensor)}}
        node.facts = (static, tuple(getattr(a, "shape", ()) for a in arrays), _dtypes(operands))
        node.hooks = node.place = None
        out._node = node
        return node


def _saved(by_name: dict[str, Any], out: Tensor, name: str) -> Any:
    if name != "out":
        return by_name[name]
    if out._version is None:
        out._version = version()
    return SavedOutput(out._array, out._version)


def version() -> Any:
    """A new history of in-place changes."""
    from ..graph import Version

    return Version()


def _dtypes(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(o._array.dtype if isinstance(o, Tensor) else None for o in operands)


def bind(primitive: Primitive, name: str | None = None) -> Callable[..., Tensor]:
    """The function that applies `primitive` to Tensors; `name` is that of its nodes, if not the primitive's own."""
    recorder = Recorder(primitive, name)
    elementwise = primitive.kind in ("elementwise", "constant") and len(primitive.operands) > 1
    constant = primitive.kind == "constant"

    def call(*operands: Any, **static: Any) -> Tensor:
        if elementwise and primitive.name != "where":
            arrays = promoted(primitive.name, operands)
        else:
            arrays = tuple([o._array if isinstance(o, Tensor) else o for o in operands])
        return run(recorder, operands, arrays, static, constant)

    call.__name__ = call.__qualname__ = primitive.name
    call.primitive = primitive  # pyright: ignore[reportFunctionMemberAccess]
    call.recorder = recorder  # pyright: ignore[reportFunctionMemberAccess]
    return call


def run(
    recorder: Recorder, operands: tuple[Any, ...], arrays: tuple[Any, ...], static: dict[str, Any], constant: bool = False
) -> Tensor:
    """Run a primitive's forward function on `arrays` and record it for `operands`."""
    primitive = recorder.primitive
    first = next((a for a in arrays if hasattr(a, "dtype")), None)
    xp = namespace_of(first) if first is not None else np
    value = quietly(primitive.run, xp, extras_of(xp), arrays, static)
    out = wrap(box(value))
    mode = current()
    node = None
    if mode.grad and not constant and any(isinstance(o, Tensor) and o._node is not None for o in operands):
        node = recorder.record(out, operands, arrays, static)
    if mode is not PLAIN:
        from . import special  # the unusual modes: loaded when one is first used

        return special.after(mode, node, out, recorder, operands, arrays, static)
    return out


def quietly(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Call `function`; where the program turned NumPy's floating-point warnings into errors, again without them."""
    try:
        return function(*arguments, **keywords)
    except RuntimeWarning:
        with np.errstate(all="ignore"):
            return function(*arguments, **keywords)


__all__ = ["Recorder", "bind", "node_class", "quietly", "run", "user_place"]
