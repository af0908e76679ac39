"""Write src/gradiente/tensor/_methods.pyi: the types of the methods that `gradiente.ops` attaches to Tensor.

Type checkers read source and cannot see `setattr`. This script reads the functions' own signatures and writes them
down; `python scripts/make_stubs.py --check` fails if the file is not what it would write.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "src" / "gradiente" / "tensor" / "_methods.pyi"

HEADER = '''"""Written by scripts/make_stubs.py: what ops and autograd attach to Tensor."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from .core import Tensor
from .devices import device as Device
from .dtypes import dtype as Dtype
from .size import Size

Number = int | float | complex | bool

class TensorMethods:
'''

KNOWN = {
    *("Any", "Callable", "Device", "Dtype", "Iterator", "Literal", "None", "Number", "Sequence", "Size", "Tensor"),
    *("bool", "complex", "dict", "float", "int", "list", "object", "str", "tuple"),
}
RENAMED = {"dtype": "Dtype", "device": "Device", "dtypes.dtype": "Dtype"}


def annotation(text: object) -> str:
    """An annotation as the stub can say it; Any where it uses names that the stub does not import."""
    if text is inspect.Parameter.empty:
        return "Any"
    source = text if isinstance(text, str) else getattr(text, "__name__", "Any")
    source = RENAMED.get(source, source)
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError:
        return "Any"
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = any(isinstance(node, ast.Attribute) for node in ast.walk(tree))
    return "Any" if attributes or not names <= KNOWN else source


def method(name: str, function: Callable[..., Any]) -> str:
    """One method's stub."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return f"    def {name}(self, *args: Any, **kwargs: Any) -> Any: ..."
    parts: list[str] = []
    starred = slashed = False
    for i, parameter in enumerate(signature.parameters.values()):
        if i == 0 and parameter.kind is not parameter.VAR_POSITIONAL:
            parts.append("self")
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            if not parts:
                parts.append("self")
            parts.append(f"*{parameter.name}: {annotation(parameter.annotation)}")
            starred = True
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            parts.append(f"**{parameter.name}: {annotation(parameter.annotation)}")
            continue
        if parameter.name == "out":  # of functions, not of methods
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        text = f"{parameter.name}: {annotation(parameter.annotation)}"
        parts.append(text if parameter.default is parameter.empty else f"{text} = ...")
        slashed = slashed or parameter.kind is parameter.POSITIONAL_ONLY
    returns = annotation(signature.return_annotation)
    ignore = "  # type: ignore[override]" if name in ("__eq__", "__ne__") else ""
    return f"    def {name}({', '.join(parts)}) -> {returns}: ...{ignore}"


def attached() -> dict[str, Any]:
    """Everything on Tensor that its class statement does not define."""
    from gradiente import Tensor

    source = ast.parse(inspect.getsource(sys.modules["gradiente.tensor.core"]))
    statement = next(n for n in source.body if isinstance(n, ast.ClassDef) and n.name == "Tensor")
    own = {n.name for n in statement.body if isinstance(n, ast.FunctionDef)}
    ignored = {"__module__", "__doc__", "__slots__", "__dict__", "__weakref__", "__annotations__", "__hash__"}
    slots = {"_array", "_meta", "_node", "_history", "_view"}
    return {n: v for n, v in vars(Tensor).items() if n not in own | ignored | slots}


def stub() -> str:
    """The whole file."""
    lines: list[str] = []
    for name, value in sorted(attached().items()):
        if isinstance(value, property):
            getter = value.fget
            returns = annotation(inspect.signature(getter).return_annotation) if getter else "Any"
            lines.append(f"    @property\n    def {name}(self) -> {returns}: ...")
            if value.fset is not None:
                lines.append(f"    @{name}.setter\n    def {name}(self, value: Any) -> None: ...")
        elif isinstance(value, (staticmethod, classmethod)):
            lines.append(f"    @classmethod\n    def {name}(cls, *args: Any, **kwargs: Any) -> Any: ...")
        elif callable(value):
            lines.append(method(name, value))
        else:
            lines.append(f"    {name}: Any")
    return HEADER + "\n".join(lines) + "\n"


def main() -> int:
    """Write the file, or with --check compare it."""
    text = stub()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text() != text:
            print(f"{TARGET.name} is out of date: run `python scripts/make_stubs.py`", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
