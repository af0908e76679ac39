"""Plans: from the table's rules to the functions that the engine calls on nodes.

For each primitive and pattern of tracked operands there is one plan. Its general form evaluates the kind's reverse mode
with the saved values by name; for the elementwise rules that need at most one saved value per operand there is a direct
form, which does the same without dictionaries (see docs/performance.md).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..arrays import extras_of, numpy_fast
from ..graph import Kind, Node, Plan, edges_of, split_edge
from ..rules import Primitive, sum_to_shape
from .core import Tensor
from .saved import stale, unpack_raw, unpack_tensor
from .written import compiled, written_rules


def border(g: Any, shape: tuple[int, ...], dtype: Any, xp: Any) -> Any:
    """What is owed once per edge: the operand's shape, its reality and its dtype."""
    if g is None:
        return None
    if g.shape != shape:
        g = numpy_fast.sum_to_shape(g, shape) if xp is np or xp is numpy_fast.xp else sum_to_shape(g, shape, xp)
    array = g._array if isinstance(g, Tensor) else g
    if dtype is not None and array.dtype != dtype:
        if array.dtype.kind == "c" and dtype.kind != "c":
            g = xp.real(g)
        g = xp.astype(g, dtype)
    return g


def environment(node: Node, given: dict[str, Any], unpack: Callable[[Node, int], Any]) -> dict[str, Any]:
    """What the rules of a node can name: the namespaces are `given`, everything else is in the node."""
    if node.tensors is None:
        raise node.freed()
    static, shapes, _ = node.facts
    plan = node.plan
    primitive: Primitive = plan.kind.primitive
    env: dict[str, Any] = {**given, **static}
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


def namespaces(xp: Any) -> dict[str, Any]:
    """The namespaces that rules can name, for values whose namespace is `xp`."""
    return {"xp": xp, "extras": extras_of(xp)}


def general_plan(
    primitive: Primitive,
    kind: Kind,
    mask: tuple[bool, ...],
    names: tuple[str, ...],
    is_complex: bool,
    xp: Any = np,
    short: bool = False,
) -> Plan:
    """The plan that works for every kind; on bare arrays its rules run in the namespace `xp`.

    `short` says that there is bfloat16, which NumPy lacks: its rules run in float32, and the border rounds once.
    """
    tracked = tuple(i for i, needed in enumerate(mask) if needed)
    single = len(tracked) == 1
    vjp = primitive.vjp

    def pull(
        node: Node,
        g: Any,
        given: dict[str, Any],
        unpack: Callable[[Node, int], Any],
        wanted: Sequence[bool] = (True,) * len(tracked),
    ) -> Any:
        env = environment(node, given, unpack)
        _, shapes, dtypes = node.facts
        found: list[Any] = []
        for i, here in zip(tracked, wanted, strict=True):
            cotangent = vjp(i, g, env, is_complex) if here else None
            if cotangent is not None and (dtypes is not None or cotangent.shape != shapes[i]):
                cotangent = border(cotangent, shapes[i], None if dtypes is None else dtypes[i], given["xp"])
            found.append(cotangent)
        return found[0] if single else found

    bare = namespaces(numpy_fast.xp if xp is np else xp)

    def raw(node: Node, g: Any) -> Any:
        return pull(node, _float32(g), bare, unpack_float32) if short else pull(node, g, bare, unpack_raw)

    if xp is np and not is_complex and not short and primitive.runs_rules_as_they_stand:
        raw = written_rules(primitive, names, tracked, bare, border)  # pyright: ignore - called by position only

    def taped(node: Node, g: Any) -> Any:
        return pull(node, g, namespaces(g.__array_namespace__()), unpack_tensor)

    if xp is not np:
        from .batching import on_batched

        taped = on_batched(taped)  # pyright: ignore[reportAssignmentType] - called by position only
    plan = Plan(raw, taped, mask, kind, names, single=single, pair=len(tracked) == 2)
    if xp is np and not single and not short:
        plan.some = _sparing(raw, lambda node, g, xp, *rest: pull(node, g, namespaces(xp), *rest), _is_small)
    return plan


_FEW = 1024
"""The work for fewer numbers costs less than a call that spares some of it."""


def _is_small(node: Node, g: Any) -> bool:
    """Whether a rule has little work with a cotangent and the saved values."""
    return g.size < _FEW and all(isinstance(x, Tensor) and x._array.size < _FEW for x in node.tensors or ())


def _sparing(
    raw: Callable[[Node, Any], Any], pull: Callable[..., Any], is_small: Callable[[Node, Any], bool]
) -> Callable[[bool, Container[Node], Node, Any], Any]:
    """The function `Plan.some`: `pull(node, g, xp, unpack, wanted)` runs the rules of the edges that are wanted."""

    def some(on_tensors: bool, needed: Container[Node], node: Node, g: Any) -> Any:
        if not on_tensors and is_small(node, g):
            return raw(node, g)
        wanted = _wanted(node, needed)
        if on_tensors:
            return pull(node, g, g.__array_namespace__(), unpack_tensor, wanted)
        return raw(node, g) if all(wanted) else pull(node, g, numpy_fast.xp, unpack_raw, wanted)

    return some


def _wanted(node: Node, needed: Container[Node]) -> list[bool]:
    """For each edge, whether it leads to a node that is needed."""
    return [split_edge(edge)[0] in needed for edge in edges_of(node)]


def _float32(array: Any) -> Any:
    return array.astype(np.float32) if array.dtype.kind == "V" else array


def unpack_float32(node: Node, index: int) -> Any:
    """The values of a saved tensor, those of bfloat16 as float32."""
    return _float32(unpack_raw(node, index))


def direct_plan(primitive: Primitive, kind: Kind, mask: tuple[bool, ...]) -> Plan | None:
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
        values = namespaces(numpy_fast.xp)
        pulls.append((rule.function, names.index(saved[0]) if saved else None, tuple(values[n] for n in tail)))
    raw = _direct_one(*pulls[0]) if len(pulls) == 1 else _direct_two(pulls[0], pulls[1])
    if raw is None:
        return None

    tracked = tuple(i for i, needed in enumerate(mask) if needed)
    single = len(tracked) == 1

    def pull(node: Node, g: Any, xp: Any, unpack: Callable[[Node, int], Any], wanted: Sequence[bool]) -> Any:
        if node.tensors is None:
            raise node.freed()
        env = {name: unpack(node, i) for i, name in enumerate(names)}
        env["xp"], env["extras"] = xp, xp.extras
        found = tuple(primitive.vjp(i, g, env) if here else None for i, here in zip(tracked, wanted, strict=True))
        return found[0] if single else found

    def taped(node: Node, g: Any) -> Any:
        return pull(node, g, g.__array_namespace__(), unpack_tensor, (True,) * len(tracked))

    plan = Plan(raw, taped, mask, kind, names, single=single, pair=len(tracked) == 2)
    if not single:
        plan.some = _sparing(raw, pull, lambda _, g: g.size < _FEW)  # what it saved has the size of g
    return plan


class _Symbol:
    """Stands for an array while `shortest` looks at a rule; `text` is how NumPy does what the rule does with it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __mul__(self, other: Any) -> Any:
        return _Symbol(f"{self.text} * {other.text}")

    def __truediv__(self, other: Any) -> Any:
        return _Symbol(f"{self.text} / {other.text}")

    def __matmul__(self, other: Any) -> Any:
        return _Symbol(f"{self.text}.dot({other.text})")

    def __getitem__(self, key: Any) -> Any:
        names = {"slice(None, None, None)": ":", "None": "None"}
        return _Symbol(f"{self.text}[{', '.join(names[str(part)] for part in key)}]")

    @property
    def mT(self) -> Any:
        return _Symbol(f"{self.text}.T")


def shortest(rule: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A rule of g and x for arrays, and one for numbers: the rule itself, where there is no shorter form.

    NumPy's and Python's functions for `g * x` and `g / x`. For products of matrices and vectors (not of batches)
    NumPy's method `dot`, which starts in a third of the time that the operator `@` takes.

    Note [Numbers meet numbers]: what NumPy computes from arrays of no dimensions is not an array but a number. Two
    numbers are multiplied in a tenth of the time that a number and an array of no dimensions take. So where the
    cotangent is a number, an elementwise rule gets the saved values as numbers, too: `x[()]`.
    """
    try:
        text = rule(_Symbol("g"), _Symbol("x")).text
    except (TypeError, AttributeError, KeyError):
        return rule, rule
    if text in _OPERATORS:
        return _OPERATORS[text]
    return (compiled("rule", "g, x", [f"return {text}"], {}) if ".dot(" in text else rule), rule


_OPERATORS = {"g * x": (np.multiply, operator.mul), "g / x": (np.divide, operator.truediv)}


def _direct_one(rule: Callable[..., Any], index: int | None, tail: tuple[Any, ...]) -> Callable[[Node, Any], Any]:
    if index is None:
        if tail:
            return lambda node, g: rule(g, *tail)
        return (lambda node, g: g) if _is_identity(rule) else (lambda node, g: rule(g))
    short, plain = shortest(rule)

    def raw(node: Node, g: Any) -> Any:
        saved = node.tensors
        if saved is None:
            raise node.freed()
        x = saved[0]
        version = x._history
        if version is not None and version.stamp > node.seq:
            raise stale(node, 0)
        return short(g, x._array) if g.__class__ is ndarray else plain(g, x._array[()])

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
        return rule(g, x._array if g.__class__ is ndarray else x._array[()], last)

    return raw_with_namespace


def _is_identity(rule: Callable[..., Any]) -> bool:
    symbol = _Symbol("g")
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
    (rule_a, plain_a), (rule_b, plain_b) = shortest(rule_a), shortest(rule_b)

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
        if g.__class__ is ndarray:
            return rule_a(g, b._array), rule_b(g, a._array)
        return plain_a(g, b._array[()]), plain_b(g, a._array[()])

    return raw


__all__ = ["border", "direct_plan", "environment", "general_plan", "namespaces"]
