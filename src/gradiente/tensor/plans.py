"""Plans: from the table's rules to the functions that the engine calls on nodes.

For each primitive and pattern of tracked operands there is one plan. Its general form evaluates the kind's reverse mode
with the saved values by name; for the elementwise rules that need at most one saved value per operand there is a direct
form, which does the same without dictionaries (see docs/performance.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import extras_of, numpy_extras, numpy_fast
from ..graph import Node, Output, Plan, change, current, describe, set_mode
from ..rules import Primitive, sum_to_shape
from .core import Tensor, new, wrap
from .dtypes import TENSOR_TYPES


class SavedOutput:
    """A saved result: its values and version, without its node, which would be a cycle."""

    __slots__ = ("_array", "_history")

    def __init__(self, array: Any, version: Any) -> None:
        self._array = array
        self._history = version


class DualOutput(SavedOutput):
    """A saved result with its tangents, which it shares with the result."""

    __slots__ = ("tangents",)

    def __init__(self, array: Any, version: Any, tangents: Any) -> None:
        super().__init__(array, version)
        self.tangents = tangents


class Packed:
    """A saved value in the form that a saved-tensors hook gave it."""

    __slots__ = ("_history", "_node", "_packed", "_unpack", "number", "output", "tangents")

    def __init__(self, node: Node, saved: Any, pack: Callable[[Tensor], Any], unpack: Callable[[Any], Tensor]) -> None:
        self.output: bool = isinstance(saved, SavedOutput)
        self._history = None  # what the hooks keep is theirs: changes cannot be followed through them
        self._node = None if self.output else saved._node
        self.number: int = getattr(saved, "number", 0)
        meta = getattr(saved, "_meta", None)
        self.tangents: Any = getattr(saved, "tangents", None) if meta is None else meta.tangents
        shown: Any = saved
        if self.output:
            shown = wrap(saved._array)
            shown._history = saved._history
        before = 0 if shown._history is None else shown._history.count
        previous = change(grad=False)
        try:
            self._packed = pack(shown)
        finally:
            set_mode(previous)
        if (0 if shown._history is None else shown._history.count) != before:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook "
                "cannot be modified by in-place operations as this can lead to unexpected side-effects. Please open "
                "an issue if you need to perform in-place operations on the input to a pack hook."
            )
        self._unpack = unpack

    def tensor(self) -> Tensor:
        """The tensor that the unpack hook makes of it."""
        found = self._unpack(self._packed)
        if not isinstance(found, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(found).__name__}"
            )
        return found

    @property
    def _array(self) -> Any:
        return self.tensor()._array


_HINT = (
    "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
_HINT_ANOMALY = (
    "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in "
    "question was changed in there or anywhere later. Good luck!"
)


def stale(node: Node, index: int) -> RuntimeError:
    """The error for a saved value that was changed in place after it was saved."""
    tensors = node.tensors
    if tensors is None:  # by another thread, a moment ago
        return node.freed()
    saved = tensors[index]
    version, array = saved._history, saved._array
    kind = TENSOR_TYPES.get(array.dtype.name, "Tensor")
    source = node if isinstance(saved, SavedOutput) else getattr(saved, "_node", None)
    number = 0
    if isinstance(source, Output):
        source, number = source.node, source.number
    made = (
        f", which is output {number} of {re.sub('Backward[0-9]*$', '', source.name())},"
        if isinstance(source, Node) and source.plan is not None
        else ""
    )
    text = (
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[torch.{kind} {list(array.shape)}]{made} is at version {version.count}; expected version "
        f"{version.count_at(node.seq)} instead. "
    )
    text += _HINT_ANOMALY if current().anomaly else _HINT
    changed = describe(version.place_after(node.seq))
    saved_at = describe(node.place)
    name = node.plan.names[index]
    text += f"\n{node.name()} saved it (as `{name}`)" + (f" at {saved_at}" if saved_at else "")
    if changed:
        text += f"\nIt was changed at {changed}"
    return RuntimeError(text + "\nRemedy: use the out-of-place operation there, or change a .clone() of the tensor.")


def unpack_raw(node: Node, index: int) -> Any:
    """The values of a saved tensor, checked to be those that were saved."""
    return _saved(node, index)._array


def _saved(node: Node, index: int) -> Any:
    """What a node saved, checked to be unchanged."""
    tensors = node.tensors
    if tensors is None:  # by another thread, a moment ago
        raise node.freed()
    saved = tensors[index]
    version = saved._history
    if version is not None and version.stamp > node.seq:
        raise stale(node, index)
    return saved


def unpack_tensor(node: Node, index: int) -> Any:
    """A saved value as a Tensor with its place in the graph."""
    saved = _saved(node, index)
    array = saved._array
    kind = saved.__class__
    is_output = kind is SavedOutput or kind is DualOutput
    if not is_output and kind is not Packed:
        return saved
    made_by = node if is_output or saved.output else saved._node
    tangents = None if kind is SavedOutput else saved.tangents
    if made_by is not None or is_output or tangents:
        out = new(Tensor)
        out._array, out._node, out._history, out._view, out._meta = array, made_by, saved._history, None, None
        if tangents:
            out._metadata().tangents = tangents
        return out
    return wrap(array)


def border(g: Any, shape: tuple[int, ...], dtype: Any, xp: Any) -> Any:
    """What is owed once per edge: the operand's shape, its reality and its dtype."""
    if g is None:
        return None
    if g.shape != shape:
        g = numpy_fast.sum_to_shape(g, shape) if xp is np else sum_to_shape(g, shape, xp)
    array = g._array if isinstance(g, Tensor) else g
    if dtype is not None and array.dtype != dtype:
        if array.dtype.kind == "c" and dtype.kind != "c":
            g = xp.real(g)
        g = xp.astype(g, dtype)
    return g


def environment(node: Node, xp: Any, unpack: Callable[[Node, int], Any]) -> dict[str, Any]:
    """What the rules of a node can name."""
    if node.tensors is None:
        raise node.freed()
    static, shapes, _ = node.facts
    plan = node.plan
    primitive: Primitive = plan.node_class.primitive
    env: dict[str, Any] = dict(static)
    env["xp"], env["extras"] = xp, extras_of(xp)
    if primitive.variadic:
        env["shapes"] = shapes
        if plan.names:
            env["operands"] = tuple([unpack(node, i) for i in range(len(plan.names))])
    else:
        for i, name in enumerate(plan.names):
            env[name] = unpack(node, i)
        for name, i in primitive.shape_names:
            env[name] = shapes[i]
    return env


def general_plan(
    primitive: Primitive,
    node_class: type[Node],
    mask: tuple[bool, ...],
    names: tuple[str, ...],
    is_complex: bool,
    xp: Any = np,
) -> Plan:
    """The plan that works for every kind; on bare arrays its rules run in the namespace `xp`."""
    tracked = tuple(i for i, needed in enumerate(mask) if needed)
    single = len(tracked) == 1
    vjp = primitive.vjp

    def pull(node: Node, g: Any, xp: Any, unpack: Callable[[Node, int], Any]) -> Any:
        env = environment(node, xp, unpack)
        _, shapes, dtypes = node.facts
        found: list[Any] = []
        for i in tracked:
            cotangent = vjp(i, g, env, is_complex)
            if cotangent is not None and (dtypes is not None or cotangent.shape != shapes[i]):
                cotangent = border(cotangent, shapes[i], None if dtypes is None else dtypes[i], xp)
            found.append(cotangent)
        return found[0] if single else found

    def raw(node: Node, g: Any) -> Any:
        return pull(node, g, xp, unpack_raw)

    def taped(node: Node, g: Any) -> Any:
        return pull(node, g, g.__array_namespace__(), unpack_tensor)

    if xp is not np:
        from .batching import on_batched

        taped = on_batched(taped)  # pyright: ignore[reportAssignmentType] - called by position only
    return Plan(raw, taped, mask, node_class, names, single=single)


def direct_plan(primitive: Primitive, node_class: type[Node], mask: tuple[bool, ...]) -> Plan | None:
    """The plan for real operands of equal shape and dtype, if the rules are simple enough; else None."""
    names = primitive.saved_names(mask)
    pulls: list[tuple[Callable[..., Any], int | None, tuple[Any, ...]]] = []
    for i, needed in enumerate(mask):
        if not needed:
            continue
        rule = primitive.rule_for(i)
        if rule is None:
            return None
        saved = [name for name in rule.names if name in names]
        tail = rule.names[len(saved) :]
        if len(saved) > 1 or list(rule.names[: len(saved)]) != saved or tail not in ((), ("xp",), ("extras",)):
            return None
        values = {"xp": np, "extras": numpy_extras}
        pulls.append((rule.function, names.index(saved[0]) if saved else None, tuple(values[n] for n in tail)))
    raw = _direct_one(*pulls[0]) if len(pulls) == 1 else _direct_two(pulls[0], pulls[1])
    if raw is None:
        return None

    tracked = tuple(i for i, needed in enumerate(mask) if needed)

    def taped(node: Node, g: Any) -> Any:
        if node.tensors is None:
            raise node.freed()
        xp = g.__array_namespace__()
        env = {name: unpack_tensor(node, i) for i, name in enumerate(names)}
        env["xp"], env["extras"] = xp, xp.extras
        cotangents = tuple(primitive.vjp(i, g, env) for i in tracked)
        return cotangents[0] if len(tracked) == 1 else cotangents

    return Plan(raw, taped, mask, node_class, names, single=len(tracked) == 1)


class _Symbol:
    """Stands for an array while `shortest` looks at a rule."""

    def __mul__(self, other: Any) -> Any:
        return np.multiply, self, other

    def __truediv__(self, other: Any) -> Any:
        return np.divide, self, other


def shortest(rule: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy's own function for a rule that is nothing but `g * x` or `g / x`; the rule itself for all others."""
    g, x = _Symbol(), _Symbol()
    try:
        found = rule(g, x)
    except (TypeError, AttributeError):
        return rule
    return found[0] if isinstance(found, tuple) and found[1:] == (g, x) else rule


def _direct_one(rule: Callable[..., Any], index: int | None, tail: tuple[Any, ...]) -> Callable[[Node, Any], Any]:
    if index is None:
        if tail:
            return lambda node, g: rule(g, *tail)
        return (lambda node, g: g) if _is_identity(rule) else (lambda node, g: rule(g))
    if not tail:
        rule = shortest(rule)

    def raw(node: Node, g: Any) -> Any:
        saved = node.tensors
        if saved is None:
            raise node.freed()
        x = saved[0]
        version = x._history
        if version is not None and version.stamp > node.seq:
            raise stale(node, 0)
        return rule(g, x._array)

    if not tail:
        return raw
    last = tail[0]

    def raw_with_namespace(node: Node, g: Any) -> Any:
        saved = node.tensors
        if saved is None:
            raise node.freed()
        x = saved[0]
        version = x._history
        if version is not None and version.stamp > node.seq:
            raise stale(node, 0)
        return rule(g, x._array, last)

    return raw_with_namespace


def _is_identity(rule: Callable[..., Any]) -> bool:
    symbol = _Symbol()
    try:
        return rule(symbol) is symbol
    except (TypeError, AttributeError):
        return False


def _direct_two(one: tuple[Any, ...], two: tuple[Any, ...]) -> Callable[[Node, Any], Any] | None:
    (rule_a, index_a, tail_a), (rule_b, index_b, tail_b) = one, two
    if tail_a or tail_b:
        return None
    if index_a is None and index_b is None:
        both = _is_identity(rule_a) and _is_identity(rule_b)
        return (lambda node, g: (g, g)) if both else (lambda node, g: (rule_a(g), rule_b(g)))
    if index_a != 1 or index_b != 0:
        return None
    rule_a, rule_b = shortest(rule_a), shortest(rule_b)

    def raw(node: Node, g: Any) -> tuple[Any, Any]:
        saved = node.tensors
        if saved is None:
            raise node.freed()
        a, b = saved
        version = a._history
        if version is not None and version.stamp > node.seq:
            raise stale(node, 0)
        version = b._history
        if version is not None and version.stamp > node.seq:
            raise stale(node, 1)
        return rule_a(g, b._array), rule_b(g, a._array)

    return raw


__all__ = [
    "SavedOutput",
    "border",
    "direct_plan",
    "environment",
    "general_plan",
    "stale",
    "unpack_raw",
    "unpack_tensor",
    "wrap",
]
