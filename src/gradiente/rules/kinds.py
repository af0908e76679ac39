"""The kinds of primitive: how one line, linear in `g`, runs forwards and backwards.

A rule is a function of `g` and of what it needs, by name: an operand (`x`, or `a`, `b`, …), the result `out`, a shape
(`x_shape`), a static parameter of the call (`axis`), the namespace `xp` or the `extras`. What it names of operands and
result is what a node saves; nothing else is saved.

Note [Complex rules]: a rule is written as the differential. Reverse mode is its adjoint, conj(rule(conj(g))), which is
torch's convention: the gradient of a real loss points in the direction of steepest ascent.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

Env = dict[str, Any]
"""What rules can name: operands, `out`, shapes, static parameters, `xp`, `extras`."""

_PROVIDED = frozenset({"xp", "extras"})


class Rule:
    """One function of the table, with the names of what it needs beside `g`."""

    __slots__ = ("_pick", "function", "names")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function: Callable[..., Any] = function
        code = function.__code__
        self.names: tuple[str, ...] = code.co_varnames[1 : code.co_argcount]
        self._pick = itemgetter(*self.names) if len(self.names) > 1 else None

    def __call__(self, g: Any, env: Env) -> Any:
        if self._pick is not None:
            return self.function(g, *self._pick(env))
        return self.function(g, env[self.names[0]]) if self.names else self.function(g)


class Primitive:
    """An operation of the table: its forward function and, per operand, its rule.

    `operands` are their names; with `variadic`, the primitive takes one sequence of operands and one rule serves all,
    called with the operand's number as `i`. `node` is the name that torch gives to its nodes.
    """

    kind: str = "general"

    def __init__(
        self,
        name: str,
        *rules: Callable[..., Any] | None,
        forward: Callable[..., Any] | None = None,
        operands: tuple[str, ...] | None = None,
        node: str | None = None,
        jvp: Callable[..., Any] | None = None,
        variadic: bool = False,
        outputs: int = 1,
    ) -> None:
        self.name: str = name
        self.rules: tuple[Rule | None, ...] = tuple(None if rule is None else Rule(rule) for rule in rules)
        self.operands: tuple[str, ...] = operands or (("x",) if len(rules) <= 1 else ("a", "b", "c", "d")[: len(rules)])
        self.node: str = node or "".join(part.capitalize() for part in name.split("_")) + "Backward0"
        self.variadic: bool = variadic
        self.outputs: int = outputs
        named = {name for rule in self.rules if rule is not None for name in rule.names}
        if self.kind == "reduction":
            named.add("x_shape")
        self.shape_names: tuple[tuple[str, int], ...] = tuple(
            (n, i) for i, o in enumerate(self.operands) if (n := f"{o}_shape") in named
        )
        self.forward: Callable[..., Any] | None = forward
        self.forward_jvp: Rule | None = None if jvp is None else Rule(jvp)
        if forward is None:
            self.forward_names: tuple[str, ...] = ()
        else:
            code = forward.__code__
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            self.forward_names = tuple(n for n in names if n in _PROVIDED)

    @property
    def runs_rules_as_they_stand(self) -> bool:
        """Whether reverse mode on real values is nothing but the operand's rule."""
        return type(self)._reverse is Primitive._reverse and not self.variadic

    def __repr__(self) -> str:
        return f"<{self.kind} primitive {self.name}>"

    def run(self, xp: Any, extras: Any, operands: tuple[Any, ...], static: Env) -> Any:
        """The result for `operands`, in the namespace `xp`."""
        if self.forward is None:
            return getattr(xp, self.name)(*operands, **static)
        given = {name: xp if name == "xp" else extras for name in self.forward_names}
        return self.forward(*operands, **given, **static)

    def rule_for(self, i: int) -> Rule | None:
        """The rule of operand `i`."""
        return self.rules[0] if self.variadic else self.rules[i]

    def saved_names(self, mask: tuple[bool, ...]) -> tuple[str, ...]:
        """The operands, and `out`, that the rules of the tracked operands name, in a fixed order."""
        wanted: set[str] = set()
        for i, tracked in enumerate(mask):
            rule = self.rule_for(i) if tracked else None
            if rule is not None:
                wanted.update(rule.names)
        if "operands" in wanted:
            return tuple(f"operands[{i}]" for i in range(len(mask)))
        return tuple(name for name in (*self.operands, "out") if name in wanted)

    def vjp(self, i: int, g: Any, env: Env, is_complex: bool = False) -> Any:
        """The cotangent of operand `i` for the cotangent `g` of the result, before the duties of the border."""
        rule = self.rule_for(i)
        if rule is None:
            return None
        if self.variadic:
            env = {**env, "i": i}
        if not is_complex:
            return self._reverse(rule, i, g, env)
        conj = env["xp"].conj
        given = tuple([None if part is None else conj(part) for part in g]) if isinstance(g, tuple) else conj(g)
        return conj(self._reverse(rule, i, given, env))

    def _reverse(self, rule: Rule, i: int, g: Any, env: Env) -> Any:
        return rule(g, env)

    def jvp(self, i: int, t: Any, env: Env) -> Any:
        """The part of the result's tangent that comes from the tangent `t` of operand `i`."""
        if self.forward_jvp is None:
            raise NotImplementedError(f"{self.name} has no forward-mode rule")
        return self.forward_jvp(t, {**env, "i": i})


class Elementwise(Primitive):
    """Diagonal in each operand: forwards Σ rule_i(t_i), backwards the same, summed to the operand's shape."""

    kind: str = "elementwise"

    def jvp(self, i: int, t: Any, env: Env) -> Any:
        rule = self.rules[i]
        return None if rule is None else rule(t, env)


class Reduction(Primitive):
    """Diagonal, then summed over `axis`: forwards sum(rule(t)), backwards rule(g) with g spread over `axis` again."""

    kind: str = "reduction"

    def _reverse(self, rule: Rule, i: int, g: Any, env: Env) -> Any:
        shape = env["x_shape"]
        env = dict(env)
        if "out" in rule.names:
            env["out"] = spread(env["out"], env)
        g = rule(spread(g, env), env)
        return g if g.shape == shape else env["extras"].expand(g, shape)

    def jvp(self, i: int, t: Any, env: Env) -> Any:
        rule, xp = self.rules[0], env["xp"]
        if rule is None:
            return None
        inner = dict(env)
        if "out" in rule.names:
            inner["out"] = spread(env["out"], env)
        return xp.sum(rule(t, inner), axis=env["axis"], keepdims=env["keepdims"])


class Linear(Primitive):
    """out = A·x: forwards the primitive itself on t, backwards rule(g) = Aᵀ·g."""

    kind: str = "linear"

    def jvp(self, i: int, t: Any, env: Env) -> Any:
        return self.image(tuple(t if j == i else None for j in range(len(env["operands"]))), env)

    def image(self, tangents: tuple[Any, ...], env: Env) -> Any:
        """The tangent of the result for all tangents at once; None if none is one of a variable of the map."""
        xp, operands = env["xp"], env["operands"]
        # An operand without a rule (indices) is no variable of the linear map: it stays.
        fixed = [self.rule_for(j) is None or x is None for j, x in enumerate(operands)]
        if all(t is None or kept for t, kept in zip(tangents, fixed, strict=True)):
            return None
        inputs = tuple(
            x if kept else xp.zeros_like(x) if t is None else t
            for x, t, kept in zip(operands, tangents, fixed, strict=True)
        )
        return self.run(xp, env["extras"], inputs, env["static"])


class Bilinear(Primitive):
    """Linear in a and in b: forwards op(ta, b) + op(a, tb), backwards rule_i(g)."""

    kind: str = "bilinear"

    def jvp(self, i: int, t: Any, env: Env) -> Any:
        operands = tuple(t if name == self.operands[i] else env[name] for name in self.operands)
        return self.run(env["xp"], env["extras"], operands, env["static"])


class General(Primitive):
    """Anything else: reverse mode by its rules, forward mode by its own `jvp`."""

    kind: str = "general"


class Constant(Primitive):
    """A zero Jacobian: floor, sign, argmax, comparisons. No graph goes through it."""

    kind: str = "constant"

    def jvp(self, i: int, t: Any, env: Env) -> Any:
        return None


def tangent(primitive: Primitive, tangents: tuple[Any, ...], env: Env) -> Any:
    """The tangent of the result for one tangent, or None, per operand; None if it does not depend on those given.

    Beside all that rules name, saved or not, `env` holds `operands` (all of them) and `static` (the static parameters).
    """
    if isinstance(primitive, Linear):
        total, tangents = primitive.image(tangents, env), ()
    else:
        total = None
    for i, t in enumerate(tangents):
        part = None if t is None else primitive.jvp(i, t, env)
        if part is not None:
            total = part if total is None else total + part
    shape = getattr(env["out"], "shape", None)
    if total is None or shape is None or total.shape == shape:
        return total
    return env["xp"].broadcast_to(total, shape)  # where the operands with a tangent were broadcast


def spread(reduced: Any, env: Env) -> Any:
    """A reduced array with the reduced axes back, of size 1."""
    if env["keepdims"]:
        return reduced
    shape, axis = env["x_shape"], env["axis"]
    if axis is None:
        kept = (1,) * len(shape)
    else:
        axes = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))} if shape else set()
        kept = tuple(1 if a in axes else n for a, n in enumerate(shape))
    return env["xp"].reshape(reduced, kept)


def sum_to_shape(g: Any, shape: tuple[int, ...], xp: Any) -> Any:
    """The sum of `g` over the axes along which an operand of `shape` was broadcast."""
    extra = len(g.shape) - len(shape)
    axes = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1)
    if axes:
        g = xp.sum(g, axis=axes, keepdims=True)
    return xp.reshape(g, shape) if g.shape != shape else g
