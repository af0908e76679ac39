"""The derivative table as text: the formulas, read from the source of the rules.

A rule is a lambda whose body is the mathematics; `ast` finds the body and prints it, without the namespaces `xp` and
`extras`, which say who computes and not what. A helper of the rules stands under its name, and below its family with
the sentence that describes it. Nothing here is imported before somebody prints the table.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from ..arrays import numpy_extras
from .kinds import Primitive

if TYPE_CHECKING:
    from .table import Table

WIDTH = 120
_NAME, _KIND, _HALF = 27, 13, 40
_UNSEEN = frozenset({"xp", "extras"})

HEADER = """\
The derivative table: {count} primitives

  g            the cotangent of the result: the derivative of the final value with respect to it
  ∂a, ∂x, …    what the operand a, x, … receives, a linear map of g; operands without a formula have no derivative
  t, ∂t        a tangent of operand i, and the result's part of it, where forward mode has a line of its own
  a b c d x    operands; x_shape: only the shape. What a formula names of operands and result is saved, nothing else
  out          the result
  axis, …      parameters of the call

  elementwise  the same formula in both directions; backwards it is summed to the operand's shape
  reduction    as elementwise, then summed over axis; backwards g and out are first spread over axis again
  linear       forwards the primitive itself, on t; backwards its adjoint, the formula
  bilinear     forwards op(ta, b) + op(a, tb); backwards the formulas
  general      backwards ∂, forwards ∂t
  constant     its derivative is zero: no graph goes through it
"""


class _Used:
    """The helpers of the rules and the extras of the vocabulary that formulas name."""

    def __init__(self) -> None:
        self.helpers: dict[str, Callable[..., Any]] = {}
        self.extras: set[str] = set()


def listing(table: Table) -> str:
    """The whole table as text, by family, at most 120 columns wide."""
    used = _Used()
    parts = [HEADER.format(count=len(table))]
    parts += ["\n".join(_family(module, used)) for module in table.families]
    parts.append("\n".join(_extras(used)))
    return "\n".join(parts)


def _title(text: str) -> str:
    return f"── {text[:1].upper()}{text[1:]} ".ljust(WIDTH, "─")


def _family(module: ModuleType, used: _Used) -> Iterator[str]:
    """The lines of one family: its title, its primitives, its constants, its helpers."""
    sentence = inspect.cleandoc(module.__doc__ or module.__name__).split("\n", 1)[0]
    yield _title(sentence.removeprefix("Rules of ").removeprefix("the ").rstrip("."))
    used.helpers = {}
    constants: list[str] = []
    for primitive in {id(p): p for p in vars(module).values() if isinstance(p, Primitive)}.values():
        if primitive.kind == "constant":
            constants.append(primitive.name)
        else:
            yield from _lines(primitive, used)
    if constants:
        yield from _wrapped("".ljust(_NAME) + "constant".ljust(_KIND), ", ".join(constants))
    if used.helpers:
        yield ""
        yield from _helpers(used)
    yield ""


def _lines(primitive: Primitive, used: _Used) -> Iterator[str]:
    """A primitive's name, kind and formulas: side by side where they fit, else below one another."""
    operands = ("aᵢ",) if primitive.variadic else primitive.operands
    formulas = [
        f"∂{operand}: {formula(rule.function, used)}"
        for operand, rule in zip(operands, primitive.rules, strict=False)
        if rule is not None
    ]
    if primitive.kind == "general" and primitive.forward_jvp is not None:
        formulas.append(f"∂t: {formula(primitive.forward_jvp.function, used)}")
    room = WIDTH - _NAME - _KIND
    rows: list[str] = []
    for text in formulas:
        if rows and len(rows[-1]) < _HALF and len(text) <= room - _HALF:
            rows[-1] = rows[-1].ljust(_HALF) + text
        else:
            rows += textwrap.wrap(text, room, subsequent_indent="    ", break_long_words=False)
    if len(primitive.name) >= _NAME:
        yield primitive.name
    start = (primitive.name if len(primitive.name) < _NAME else "").ljust(_NAME) + primitive.kind.ljust(_KIND)
    for row in rows or [""]:
        yield (start + row).rstrip()
        start = " " * (_NAME + _KIND)


def _helpers(used: _Used) -> Iterator[str]:
    """What the helpers mean, and, where they are one expression, what they compute."""
    formulas: dict[str, str] = {}
    while missing := [name for name in used.helpers if name not in formulas]:  # a helper's formula may name others
        for name in missing:
            formulas[name] = _expression(used.helpers[name], used)
    for name, function in sorted(used.helpers.items()):
        text, start = _sentence(function).replace("`_", "`"), f"  {name}".ljust(_NAME)
        if not text and not formulas[name]:
            text = f"Several steps, in {function.__module__.rpartition('.')[2]}.py."
        if text:
            yield from _wrapped(start, text)
            start = " " * _NAME
        if formulas[name]:
            yield from _wrapped(start, f"= {formulas[name]}")


def _extras(used: _Used) -> Iterator[str]:
    """What the extras mean."""
    yield _title("What is not in the array API standard")
    for name in sorted(used.extras):
        function = getattr(numpy_extras, name)
        text = _sentence(function) if inspect.isfunction(function) else f"NumPy's {name}."
        yield from _wrapped(name.ljust(_NAME), text)


def _sentence(function: Callable[..., Any]) -> str:
    return inspect.cleandoc(function.__doc__ or "").split("\n\n", 1)[0].replace("\n", " ")


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False)


# -- formulas ----------------------------------------------------------------------------------------------------------

_parsed: dict[str, list[ast.Lambda | ast.FunctionDef]] = {}
"""The functions in the source files that were read."""


def formula(function: Callable[..., Any], used: _Used | None = None) -> str:
    """What a rule computes, as text. What it calls is added to `used`.

    >>> from gradiente.rules import table
    >>> formula(table["divide"].rules[0].function)
    'g / b'
    """
    code = function.__code__
    if code.co_name == "<lambda>":
        body, scope = _lambda(code), function.__globals__
    else:
        names = code.co_varnames[: code.co_argcount]
        body = ast.Call(ast.Name(code.co_name), [ast.Name(name) for name in names], [])
        scope = {code.co_name: function}
    return _text(body, scope, used or _Used())


def _text(body: ast.expr, scope: dict[str, Any], used: _Used) -> str:
    copy = ast.parse(ast.unparse(body), mode="eval").body  # the transformer works in place
    return ast.unparse(_Mathematics(scope, used).visit(copy)).replace(" ** ", "**")


def _functions(code: CodeType) -> list[ast.Lambda | ast.FunctionDef]:
    """All functions in the source file of `code`."""
    found = _parsed.get(code.co_filename)
    if found is None:
        with open(code.co_filename, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        found = [node for node in ast.walk(tree) if isinstance(node, (ast.Lambda, ast.FunctionDef))]
        _parsed[code.co_filename] = found
    return found


def _lambda(code: CodeType) -> ast.expr:
    """The body of a lambda in the source: of those in its line, the one that holds the places its code notes down."""
    places = [
        (a, c, b, d) for a, b, c, d in code.co_positions() if a and b and c is not None and d and (a, c) != (b, d)
    ]
    start, end = min(place[:2] for place in places), max(place[2:] for place in places)
    names = code.co_varnames[: code.co_argcount]
    for node in _functions(code):
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
            body = node.body
            last = (body.end_lineno or 0, body.end_col_offset or 0)
            same = tuple(argument.arg for argument in node.args.args) == names
            if same and (body.lineno, body.col_offset) <= start and end <= last:
                return body
    raise LookupError(f"the source of the rule at {code.co_filename}:{code.co_firstlineno} was not found")


def _expression(function: Callable[..., Any], used: _Used) -> str:
    """The formula of a helper that is one `return`; empty for the others."""
    code = function.__code__
    for node in _functions(code):
        if isinstance(node, ast.FunctionDef) and node.lineno == code.co_firstlineno:
            steps = [step for step in node.body if not isinstance(step, ast.Expr)]
            if len(steps) == 1 and isinstance(steps[0], ast.Return) and steps[0].value is not None:
                return _text(steps[0].value, function.__globals__, used)
    return ""


class _Mathematics(ast.NodeTransformer):
    """Leaves out what is no mathematics: namespaces, the module `math`, underscores before names; x * x becomes x²."""

    def __init__(self, scope: dict[str, Any], used: _Used) -> None:
        self.scope = scope
        self.used = used

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id in (*_UNSEEN, "math"):
            if node.value.id == "extras":
                self.used.extras.add(node.attr)
            return ast.Name({"pi": "π", "inf": "∞"}.get(node.attr, node.attr))
        node.value = self.visit(node.value)
        return ast.Name(f"{ast.unparse(node.value)}ᵀ") if node.attr == "mT" else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if ast.unparse(node.func) == "xp.matmul":
            return self.visit(ast.BinOp(node.args[0], ast.MatMult(), node.args[1]))
        node.args = [argument for argument in node.args if not _unseen(argument)]
        for keyword in list(node.keywords):
            if isinstance(keyword.value, ast.Name) and keyword.value.id == keyword.arg:
                node.args.append(keyword.value)
                node.keywords.remove(keyword)
        self.generic_visit(node)
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in ("zeros_like", "ones_like"):
            return ast.Constant(0 if called == "zeros_like" else 1)
        if called == "sqrt" and len(node.args) == 1 and isinstance(node.args[0], (ast.Name, ast.Constant)):
            return ast.Name(f"√{ast.unparse(node.args[0])}")
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left, right = node.left, node.right
        if isinstance(node.op, ast.Mult) and isinstance(left, ast.Name) and isinstance(right, ast.Name):
            if left.id == right.id:
                return ast.Name(f"{left.id}²")
            if left.id == f"{right.id}²":
                return ast.Name(f"{right.id}³")
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        found = self.scope.get(node.id)
        name = node.id.lstrip("_")
        if inspect.isfunction(found) and found.__module__.startswith(__name__.rpartition(".")[0]):
            self.used.helpers[name] = found
        return ast.Name(name)


def _unseen(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Name) and argument.id in _UNSEEN
