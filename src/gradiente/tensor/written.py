"""Functions written out: loops over operands, unrolled for one primitive or one plan.

Note [Functions written out]
----------------------------
How many operands there are, which of them are tracked or saved, where each argument of a rule comes from: a loop finds
it out at every call, though it is known once the primitive is bound or the plan is made. So the loop's rounds are then
written out as text, and compiled; `dataclasses` and `namedtuple` do the same. The text consists of numbers and of names
that stand in the table; everything else comes as `known` values. In it, operand i is `o0`, `o1`, …, its array `x0`, …,
its edge `e0`, …, the cotangent that flows to it `g0`, …
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ..graph import INFERENCE, NO_GRAD, PLAIN, Node, Plan, Version, current, moment
from ..rules import Primitive
from .core import Tensor, box, new
from .inference import inferred
from .saved import SavedOutput, stale

F4, F8 = np.dtype("float32"), np.dtype("float64")

INFERENCE_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
    "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in "
    "autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
)


def saved_output(out: Tensor) -> SavedOutput:
    """The result of a node in the form in which the node saves it."""
    if out._history is None:
        out._history = Version()
    return SavedOutput(out._array, out._history)


_SHARED: dict[str, Any] = {
    "F4": F4,
    "F8": F8,
    "INFERENCE": INFERENCE,
    "INFERENCE_SAVED": INFERENCE_SAVED,
    "NO_GRAD": NO_GRAD,
    "Node": Node,
    "PLAIN": PLAIN,
    "Tensor": Tensor,
    "box": box,
    "current": current,
    "inferred": inferred,
    "moment": moment,
    "ndarray": np.ndarray,
    "new": new,
    "saved_output": saved_output,
    "stale": stale,
}


def compiled(name: str, head: str, lines: Sequence[str], known: dict[str, Any]) -> Callable[..., Any]:
    """The function `def name(head)` of these lines, in which the shared and the `known` names can be used."""
    return _function(name, _code(name, head, lines), known)


def _code(name: str, head: str, lines: Sequence[str]) -> CodeType:
    # The file's name lies within the package, so that its frames are not taken for the user's; there is no such file.
    module = compile("\n    ".join([f"def {name}({head}):", *lines]), f"{__file__}:text", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _function(name: str, code: CodeType, known: dict[str, Any]) -> Callable[..., Any]:
    """A function with a copy of the code, with which the interpreter keeps what it learns about the types it meets."""
    return FunctionType(code.replace(), {"__name__": __name__, **_SHARED, **known}, name)


def _each(pattern: str, count: int) -> str:
    """The pattern for each operand, with its number in place of the sign #, as the items of a tuple."""
    return "".join(pattern.replace("#", str(i)) + ", " for i in range(count))


def written_call(count: int, first: int, others: str, constant: bool, **known: Any) -> Callable[..., Any]:
    """The function that applies a primitive of `count` operands to Tensors, and records it.

    It serves tensors of one floating-point type (beside None, and beside tensors of the kinds `others`) in the plain
    modes; operand `first` decides the type. What is left goes to `general`: numbers among the operands, other modes,
    errors that have to be explained. `function` computes; `recorded` holds, by which operands are tracked, the
    functions that record a call; `recorder` finds those that are not there yet.
    """
    return _function("call", _call_code(count, first, others, constant), known)


@lru_cache(None)
def _call_code(count: int, first: int, others: str, constant: bool) -> CodeType:
    rest = [i for i in range(count) if i != first]
    general = f"return general(({_each('o#', count)}), static)"
    lines = ["try:", f"    x{first} = o{first}._array"]
    lines += [f"    x{i} = None if o{i} is None else o{i}._array" for i in rest]
    lines += [f"    dtype = x{first}.dtype", "    mode = current()"]
    lines += ["    plain = (mode is PLAIN or mode is NO_GRAD) and (dtype is F4 or dtype is F8)"]
    for i in rest:
        lines += [f"    if x{i} is not None and x{i}.dtype is not dtype and x{i}.dtype.kind not in {others!r}:"]
        lines += ["        plain = False"]
    lines += [f"    if mode is INFERENCE and x{first}.__class__ is ndarray and dtype.char in 'fd' and ("]
    for i in rest:
        fits = f"(x{i}.dtype == dtype or x{i}.dtype.kind in {others!r})"
        lines += [f"        (x{i} is None or (x{i}.__class__ is ndarray and {fits})) and"]
    lines += ["        True):"]
    lines += [f"        return inferred(function({_each('x#', count)}**static))"]
    lines += [f"    value = function({_each('x#', count)}**static) if plain else None"]
    # Numbers among the operands, a first operand that is None, or an error that the general form explains.
    lines += ["except (AttributeError, IndexError, RuntimeWarning, ValueError):", f"    {general}"]
    lines += ["if not plain:", f"    {general}"]
    lines += ["out = new(Tensor)", "out._array = value if value.__class__ is ndarray else box(value)"]
    lines += ["out._node = out._history = out._view = out._meta = None"]
    if not constant:
        lines += [f"e{first} = o{first}._node"] + [f"e{i} = None if o{i} is None else o{i}._node" for i in rest]
        lines += [f"if mode is NO_GRAD or ({' and '.join(f'e{i} is None' for i in range(count))}):", "    return out"]
        key = "".join(
            f"e{i} is not None, " if i == first else f"None if o{i} is None else e{i} is not None, "
            for i in range(count)
        )
        lines += [f"key = ({key}None if out._array.dtype is dtype else out._array.dtype)"]
        lines += ["record = recorded.get(key)", "if record is None:"]
        lines += [f"    record = recorder.find(key, ({_each('o#', count)}), out)"]
        lines += [f"record(out, dtype, static, {_each('o#', count)}{_each('x#', count)}{_each('e#', count)})"]
    lines += ["return out"]
    return _code("call", f"{_each('o#', count)}/, **static", lines)


def written_record(plan: Plan | None, key: tuple[Any, ...], refuse: bool) -> Callable[..., None]:
    """The function that makes the nodes of calls of `plan`.

    `key` says which operands are there, and whether the result has a type of its own, so that cotangents have to be
    cast. `refuse`: inference tensors are not saved.
    """
    *present, other_type = key
    count = len(present)
    head = f"out, dtype, static, {_each('o#', count)}{_each('x#', count)}{_each('e#', count)}"
    if plan is None:
        return compiled("record", head, ["pass"], {})
    lines: list[str] = []
    for i in (i for i in plan.sources if i >= 0 and refuse):
        lines += [f"if o{i}._meta is not None and o{i}._meta.inference:", "    raise RuntimeError(INFERENCE_SAVED)"]
    edges = "".join(f"e{i}, " for i in plan.tracked)
    saved = "".join("saved_output(out), " if i < 0 else f"o{i}, " for i in plan.sources)
    constants = "".join(f"{name!r}: o{i}, " for name, i in plan.constants)
    shapes = "".join("None, " if here is None else f"x{i}.shape, " for i, here in enumerate(present))
    types = "None" if other_type is None else f"(dtype,) * {count}"
    lines += ["out._node = node = Node()", "node.seq = moment()", "node.plan = plan"]
    lines += [f"{'node.edges,' if plan.single else 'node.edges, node.other' if plan.pair else 'node.edges'} = {edges}"]
    lines += [f"node.tensors = ({saved})" if saved else "node.tensors = plan.kept"]
    lines += [f"node.facts = ({{**static, {constants}}}, ({shapes}), {types})".replace("{**static, }", "static")]
    lines += ["node.hooks = node.place = None"]
    return compiled("record", head, lines, {"plan": plan})


def written_rules(
    primitive: Primitive,
    names: tuple[str, ...],
    tracked: tuple[int, ...],
    given: dict[str, Any],
    border: Callable[..., Any],
) -> Callable[[Node, Any], Any]:
    """Reverse mode on bare real arrays: the rules of the `tracked` operands, with the saved values `names`."""
    known: dict[str, Any] = {"border": border, "np": np, **{f"given_{name}": value for name, value in given.items()}}
    sources = {
        **{name: f"given_{name}" for name in given},
        **{name: f"shapes[{i}]" for name, i in primitive.shape_names},
    }
    sources.update((name, f"s{k}") for k, name in enumerate(names))
    lines = ["saved = node.tensors", "if saved is None:", "    raise node.freed()"]
    if names:
        lines += [f"{_each('s#', len(names))}= saved"]
    for k in range(len(names)):
        lines += [f"version = s{k}._history", "if version is not None and version.stamp > node.seq:"]
        lines += [f"    raise stale(node, {k})", f"s{k} = s{k}._array"]
    if names and primitive.kind == "elementwise":  # Note [Numbers meet numbers]
        lines += ["if g.__class__ is not ndarray:", f"    {_each('s#', len(names))}= {_each('s#[()]', len(names))}"]
    lines += ["static, shapes, dtypes = node.facts"]
    for i in tracked:
        rule = primitive.rules[i]
        assert rule is not None
        known[f"rule{i}"] = rule.function
        arguments = "".join(", " + sources.get(name, f"static[{name!r}]") for name in rule.names)
        lines += [f"g{i} = rule{i}(g{arguments})"]
        lines += [f"if g{i} is not None and (dtypes is not None or g{i}.shape != shapes[{i}]):"]
        lines += [f"    g{i} = border(g{i}, shapes[{i}], None if dtypes is None else dtypes[{i}], np)"]
    found = "".join(f"g{i}, " for i in tracked)
    lines += [f"return g{tracked[0]}" if len(tracked) == 1 else f"return ({found})"]
    return compiled("raw", "node, g", lines, known)


__all__ = ["F4", "F8", "INFERENCE_SAVED", "compiled", "saved_output", "written_call", "written_record", "written_rules"]
