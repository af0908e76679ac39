"""Programs run statement by statement, so that two libraries can be compared line by line.

A program is Python source. What each of its top-level statements prints, shows (an expression's value, as the
interactive interpreter does), raises and warns makes its transcript. An error ends the statement, not the program.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import io
import re
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from outcomes import torchs_words

_ADDRESS = re.compile(r" at 0x\w+|0x[0-9a-f]{6,}")

_OWN = re.compile(r"\bgradiente\b")


@dataclass
class Step:
    """What one statement did."""

    source: str
    shown: str = ""
    error: str = ""
    warned: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"> {self.source}", self.shown.rstrip("\n"), *self.warned, self.error]
        return "\n".join(line for line in lines if line)


def scope_of(library: Any) -> dict[str, Any]:
    """The names that every program may use."""
    autograd = library.autograd
    return {
        "__name__": "program",
        "torch": library,
        "np": np,
        "autograd": autograd,
        "Function": autograd.Function,
        "fwAD": autograd.forward_ad,
    }


def transcript(source: str, library: Any) -> list[Step]:
    """Run the program with `library` as its torch."""
    names = scope_of(library)
    steps = []
    try:
        for node in ast.parse(source).body:
            steps.append(_step(node, ast.unparse(node), names))
    finally:
        library.set_grad_enabled(True)
        library.autograd.set_multithreading_enabled(True)
    return steps


def _step(node: ast.stmt, text: str, names: dict[str, Any]) -> Step:
    step = Step(text)
    out = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", ".*torch.jit.script")  # when torch first loads its forward mode
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"gradiente\.")  # as importing it does
        try:
            if isinstance(node, ast.Expr):
                value = eval(compile(ast.Expression(node.value), "<program>", "eval"), names)
                if value is not None:
                    print(repr(value))
                del value
            else:
                exec(compile(ast.Module([node], []), "<program>", "exec"), names)
        except Exception as error:
            step.error = f"{type(error).__name__}: {error}"
            del error
    step.shown = _OWN.sub("torch", _ADDRESS.sub("", out.getvalue()))
    # torch adds where in its sources a warning was raised
    step.warned = [f"{w.category.__name__}: {str(w.message).split(' (Triggered')[0]}" for w in caught]
    return step


_MADE = re.compile(r", which is output \d+ of [\w:]+,")
"""Which node made a value that was changed too late: after several changes torch names another one than expected."""


def same(ours: Step, theirs: Step) -> bool:
    """Whether the statement did the same: an error of ours may go on where torch's ends."""
    return (
        ours.shown == theirs.shown
        and bool(ours.error) == bool(theirs.error)
        and _MADE.sub("", ours.error).startswith(torchs_words(_MADE.sub("", theirs.error)))
        and len(ours.warned) == len(theirs.warned)
        and all(a[:100] == b[:100] for a, b in zip(ours.warned, theirs.warned, strict=True))
    )


def differences(source: str, ours: Any, theirs: Any) -> str:
    """The statements that do not do the same with both libraries, as text; empty if all do."""
    pairs = zip(transcript(source, ours), transcript(source, theirs), strict=True)
    return "\n\n".join(_difference(a, b) for a, b in pairs if not same(a, b))


def _difference(ours: Step, theirs: Step) -> str:
    lines = difflib.ndiff(str(theirs).splitlines(), str(ours).splitlines())
    changed = [line for line in lines if line[0] in "-+"]  # "-" is torch's
    return "\n".join([f"> {ours.source.splitlines()[0]}", *changed])
