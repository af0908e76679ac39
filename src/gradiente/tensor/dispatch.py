"""Calling primitives on Tensors: run the forward function, record the node.

`bind(primitive)` makes the function that does it for one primitive. `gradiente.tensor.elementwise` has shorter forms
for the common case; both record the same nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..arrays import extras_of, namespace_of, numpy_extras, numpy_fast
from ..arrays.batched import Batched
from ..graph import PLAIN, Kind, Node, Plan, current, moment
from ..rules import Primitive
from .core import Tensor, box, new
from .introspect import ShownNode
from .plans import general_plan
from .promotion import promoted
from .refusals import mismatch
from .refusals_unsigned import refuse_unsigned
from .saved import KEPT, SavedOutput
from .written import F4, INFERENCE_SAVED, saved_output, written_call, written_record


def kind_of(primitive: Primitive, name: str | None = None) -> Kind:
    """The kind of a primitive's nodes, with torch's name for them."""
    return Kind(primitive, name or primitive.node, ShownNode)


class Recorder:
    """Makes the nodes of one primitive, and runs it on NumPy arrays."""

    __slots__ = ("kind", "numpy", "plain", "plans", "primitive", "xp")

    def __init__(self, primitive: Primitive, name: str | None = None) -> None:
        self.primitive: Primitive = primitive
        self.kind: Kind = kind_of(primitive, name)
        self.plans: dict[Any, Plan | None] = {}
        self.plain: dict[Any, Callable[..., None]] = {}
        """What records calls with real tensors of one type, by which of them are tracked."""
        self.numpy: Callable[..., Any] = numpy_function(primitive)
        self.xp: Any = np
        """The namespace in which the nodes' rules run on bare arrays."""

    def record(
        self, out: Tensor, operands: tuple[Any, ...], arrays: tuple[Any, ...], static: dict[str, Any]
    ) -> Node | None:
        """Make `out`'s node: its edges lead to the tracked operands; it saves what their rules name."""
        edges = [o._node if isinstance(o, Tensor) else _NUMBER for o in operands]
        types = tuple([a.dtype if o is not _NUMBER else None for a, o in zip(arrays, edges, strict=True)])
        key = (tuple([None if e is None else e is not _NUMBER for e in edges]), out._array.dtype, *types)
        try:
            plan = self.plans[key]
        except KeyError:
            plan = self.plans[key] = self.plan_for(operands, out)
        if plan is None:
            return None
        mask = plan.mask
        node = Node()
        node.seq = moment()
        node.plan = plan
        reached = tuple([e for e, tracked in zip(edges, mask, strict=True) if tracked])
        if plan.pair:
            node.edges, node.other = reached
        else:
            node.edges = reached[0] if plan.single else reached
        node.tensors = tuple([operands[i] if i >= 0 else saved_output(out) for i in plan.sources])
        refuse_inference(node.tensors)
        if not node.tensors:
            node.tensors = plan.kept
        if plan.constants:
            static = {**static, **{name: operands[i] for name, i in plan.constants}}
        shapes = tuple([a.shape if e is not _NUMBER else () for a, e in zip(arrays, edges, strict=True)])
        node.facts = (static, shapes, _dtypes(operands))
        node.hooks = node.place = None
        out._node = node
        return node

    def find(self, key: tuple[Any, ...], operands: tuple[Any, ...], out: Tensor) -> Callable[..., None]:
        """What records calls with operands of this pattern, written out when it is first met."""
        refuse = self.primitive.kind not in ("elementwise", "constant") or self.primitive.name == "where"
        found = self.plain[key] = written_record(self.plan_for(operands, out), key, refuse)
        return found

    def plan_for(self, operands: tuple[Any, ...], out: Tensor) -> Plan | None:
        """The plan for this pattern of tracked, untracked and numeric operands; None if no gradient can flow."""
        primitive = self.primitive
        given = [isinstance(o, Tensor) for o in operands]
        mask = tuple(
            tensor and o._node is not None and primitive.rule_for(i) is not None
            for i, (o, tensor) in enumerate(zip(operands, given, strict=True))
        )
        if True not in mask:
            return None
        arrays = [out._array, *(o._array for o, tensor in zip(operands, given, strict=True) if tensor)]
        names, numbers, sources = primitive.saved_names(mask), (), tuple(range(len(operands)))
        if primitive.variadic:
            sources = sources if names else ()
        else:
            order = {name: i for i, name in enumerate(primitive.operands)}
            numbers = tuple((name, i) for name, i in order.items() if not given[i])
            names = tuple(n for n in names if (n, order.get(n)) not in numbers)
            sources = tuple(order.get(n, -1) for n in names)
        kinds = {a.dtype.kind for a in arrays}
        plan = general_plan(primitive, self.kind, mask, names, "c" in kinds, self.xp, "V" in kinds)
        plan.sources, plan.constants = sources, numbers
        needed = {name for i in plan.tracked for name in primitive.rule_for(i).names}  # pyright: ignore
        if primitive.name in _INDEXED or not needed.isdisjoint([name for name, _ in numbers]):
            plan.kept = KEPT
        return plan


_INDEXED = frozenset({"index", "put_index", "put_view"})
"""Primitives whose static parameter counts as saved."""


def refuse_inference(saved: tuple[Any, ...]) -> None:
    """Raise torch's error if one of the tensors to be saved was made in inference mode."""
    for tensor in saved:
        if tensor.__class__ is not SavedOutput and (meta := tensor._meta) is not None and meta.inference:
            raise RuntimeError(INFERENCE_SAVED)


_NUMBER = object()
"""Stands for the edge of an operand that is not a tensor."""


def numpy_function(primitive: Primitive) -> Callable[..., Any]:
    """The primitive's forward function for NumPy arrays: numpy's own function where there is no other."""
    short = numpy_fast.FORMS.get(primitive.name)
    if short is not None:
        return short
    if primitive.forward is None:
        return getattr(np, primitive.name)
    forward, given = primitive.forward, {"xp": numpy_fast.xp, "extras": numpy_extras}
    keywords = {name: given[name] for name in primitive.forward_names}
    return partial(forward, **keywords) if keywords else forward


def _dtypes(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(o._array.dtype if isinstance(o, Tensor) else None for o in operands)


def bind(primitive: Primitive, name: str | None = None) -> Callable[..., Tensor]:
    """The function that applies `primitive` to Tensors; `name` is that of its nodes, if not the primitive's own."""
    recorder = Recorder(primitive, name)
    elementwise = primitive.kind in ("elementwise", "constant")
    constant = primitive.kind == "constant"

    # The operand that decides the type, and which kinds of type the others may have beside that one: masks, indices.
    first = next((i for i, rule in enumerate(primitive.rules) if rule is not None), 0)
    others = "b" if primitive.name == "where" else "" if elementwise else "biu"

    general = partial(_general, recorder, elementwise, constant)  # a closure's cells are work for the collector
    known = {"general": general, "function": recorder.numpy, "recorded": recorder.plain, "recorder": recorder}

    def call_for(count: int) -> Callable[..., Tensor]:
        return written_call(count, first, others, constant, **known)

    call: Any = _for_any_number(call_for, general) if primitive.variadic else call_for(len(primitive.operands))
    call.__name__ = call.__qualname__ = primitive.name
    call.primitive = primitive
    call.recorder = recorder
    return call


def _general(
    recorder: Recorder, elementwise: bool, constant: bool, operands: tuple[Any, ...], static: dict[str, Any]
) -> Tensor:
    """A call of any operands, in any mode."""
    arrays = tuple([o._array if isinstance(o, Tensor) else o for o in operands])
    if elementwise and not _alike(arrays):
        arrays = promoted(recorder.primitive.name, operands)
    return run(recorder, operands, arrays, static, constant)


_MOST = 8


def _for_any_number(call_for: Callable[[int], Callable[..., Tensor]], general: Callable[..., Tensor]) -> Any:
    """What applies a primitive of any number of operands; up to eight of them have a function written out."""
    calls: list[Callable[..., Tensor] | None] = [None] * (_MOST + 1)

    def call(*operands: Any, **static: Any) -> Tensor:
        count = len(operands)
        if not 0 < count <= _MOST:
            return general(operands, static)
        found = calls[count]
        if found is None:
            found = calls[count] = call_for(count)
        return found(*operands, **static)

    return call


def _alike(arrays: tuple[Any, ...]) -> bool:
    """Whether two operands are arrays of one floating-point type, so that there is nothing to promote."""
    if len(arrays) != 2:
        return False
    a, b = arrays
    if a.__class__ is not b.__class__ or (a.__class__ is not np.ndarray and a.__class__ is not Batched):
        return False
    return a.dtype is b.dtype and a.dtype.kind == "f"


def run(
    recorder: Recorder,
    operands: tuple[Any, ...],
    arrays: tuple[Any, ...],
    static: dict[str, Any],
    constant: bool = False,
    shown: bool = False,
) -> Tensor:
    """Run a primitive's forward function on `arrays` and record it for `operands`; the interceptors are shown it."""
    mode = current()
    if mode is not PLAIN and mode.interceptors and not shown:
        from . import special

        return special.shown_run(mode, recorder, operands, arrays, static, constant)
    foreign = BATCHED if mode.transforms else None
    short = None
    for array in arrays:
        if array.__class__ is np.ndarray or array.__class__ is Batched:
            dtype = array.dtype
            if array.__class__ is Batched:
                if not array.levels[0] and not mode.transforms:
                    return _on_meta(recorder, operands, arrays, static, constant)
                foreign = array
            if dtype.kind == "V":
                short = dtype
            elif dtype.kind == "u" and dtype.itemsize > 1:
                refuse_unsigned(recorder.primitive.name, dtype)
        elif hasattr(array, "__array_namespace__") and not isinstance(array, np.generic):
            foreign = array
    function = recorder.numpy if foreign is None else _function_for(namespace_of(foreign), recorder.primitive)
    if short is not None and computes_in_float32(recorder.primitive):
        function = partial(_in_float32, function, short)
    try:
        value = function(*arrays, **static)
    except RuntimeWarning:
        value = quietly(function, *arrays, **static)
    except ValueError as error:
        raise (mismatch(arrays) if recorder.primitive.kind in ("elementwise", "constant") else None) or error from None
    out = new(Tensor)
    out._array = value if value.__class__ is np.ndarray else box(value)
    out._node = out._history = out._view = out._meta = None
    node = None
    if mode.transforms:
        from . import batching

        recorder, operands = batching.recorder_now(recorder), batching.lifted(operands)
    if mode.grad and not constant:
        for operand in operands:
            if isinstance(operand, Tensor) and operand._node is not None:
                node = recorder.record(out, operands, arrays, static)
                break
    if mode is not PLAIN:
        from . import special  # the unusual modes: loaded when one is first used

        return special.after(mode, node, out, recorder, operands, arrays, static)
    return out


def _on_meta(
    recorder: Recorder, operands: tuple[Any, ...], arrays: tuple[Any, ...], static: dict[str, Any], constant: bool
) -> Tensor:
    """A primitive of tensors on the meta device."""
    from ..arrays.meta import settled
    from .batching import on_meta
    from .meta_device import need_one_device

    need_one_device(operands, recorder.primitive.kind not in ("elementwise", "constant"))
    out = on_meta(run, recorder, operands, arrays, static, constant, True)
    out._array = settled(out._array)
    return out


def _function_for(xp: Any, primitive: Primitive) -> Callable[..., Any]:
    """The primitive's forward function for arrays whose namespace is `xp`."""
    extras = extras_of(xp)
    return lambda *arrays, **static: primitive.run(xp, extras, arrays, static)


def computes_in_float32(primitive: Primitive) -> bool:
    """Whether a primitive of bfloat16 does arithmetic, for which NumPy is to see float32."""
    return primitive.kind != "linear" or primitive.name in _ADDING


_ADDING = frozenset({"blend", "cumulative_sum", "fold_image", "fold_windows", "sum_windows", "trace", "unblend"})
"""Linear primitives that do arithmetic; the others move elements."""


def _in_float32(function: Callable[..., Any], short: Any, /, *arrays: Any, **static: Any) -> Any:
    """A function of bfloat16 arrays, computed in float32 and rounded once, as torch does: NumPy lacks the type."""
    asked = static.get("dtype")
    if asked == short:
        static = {**static, "dtype": F4}
    value = function(*[a.astype(F4) if getattr(a, "dtype", None) == short else a for a in arrays], **static)
    if value.__class__ is not Batched:
        value = np.asarray(value)
    return value.astype(short) if value.dtype.kind == "f" and asked in (None, short) else value


BATCHED = Batched(np.zeros(1), (0,))
"""Stands for the arrays in a vmapped function: whatever they are, the primitives run on batched arrays there."""


def quietly(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Call `function`; where the program turned NumPy's floating-point warnings into errors, again without them."""
    try:
        return function(*arguments, **keywords)
    except RuntimeWarning:
        with np.errstate(all="ignore"):
            return function(*arguments, **keywords)


__all__ = ["Recorder", "bind", "kind_of", "quietly", "run"]
