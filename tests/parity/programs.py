"""Runs small programs by torch and by gradiente, and says where what they print differs.

A program is Python text that uses `torch` and prints. Beside `torch` it has `leaf(*values)`, a tensor that requires
gradients, `grad` and `Function` of `torch.autograd`, and `attempt(call, *args)`, which prints the result of a call or
its error. What it printed, its errors and its warnings are one log, in their order. The programs stand in the text
files of the folder `programs`: a line `== title` before each, and what all of a file begin with as `== preamble`.
"""

from __future__ import annotations

import builtins
import importlib
import re
import traceback
import warnings
from pathlib import Path
from typing import Any

_ADDRESS = re.compile(r" at 0x\w+|0x[0-9a-f]{6,}")
_OWN = re.compile(r"\bgradiente\b")

Log = list[tuple[str, ...]]
"""("print", text), ("error", type, text), ("warning", category, text), ("end", type, text)"""


def programs() -> dict[str, str]:
    """All programs, by "file: title"."""
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "programs").glob("*.txt")):
        _, *parts = re.split(r"^== (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        preamble = parts[1] if parts[0] == "preamble" else ""
        for title, body in zip(parts[::2], parts[1::2], strict=True):
            if title != "preamble":
                assert f"{path.stem}: {title}" not in found, f"two programs are called {title!r}"
                found[f"{path.stem}: {title}"] = preamble + body
    return found


def play(source: str, library: Any) -> Log:
    """Run a program with `library` in the place of torch."""
    log: Log = []
    name = library.__name__

    def say(*values: Any, sep: str = " ", **_: Any) -> None:
        log.append(("print", _plain(sep.join(str(value) for value in values))))

    def attempt(call: Any, *args: Any, **keywords: Any) -> Any:
        try:
            value = call(*args, **keywords)
        except Exception as error:
            log.append(("error", type(error).__name__, _plain(str(error))))
            return None
        say(value)
        return value

    def leaf(*values: Any, dtype: Any = None) -> Any:
        data: Any = values[0] if len(values) == 1 else list(values)
        return library.tensor(data, requires_grad=True, dtype=dtype)

    def find(asked: str, *args: Any, **keywords: Any) -> Any:
        if asked.split(".")[0] != "torch":
            return builtins.__import__(asked, *args, **keywords)
        module = importlib.import_module(name + asked[5:])
        fromlist = args[2] if len(args) > 2 else keywords.get("fromlist")
        return module if fromlist else library

    def hear(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        log.append(("warning", category.__name__, _plain(str(message).split(" (Triggered")[0])))

    names: dict[str, Any] = {
        "__name__": "program",
        "__builtins__": {**vars(builtins), "__import__": find},
        "torch": library,
        "grad": library.autograd.grad,
        "Function": library.autograd.Function,
        "print": say,
        "attempt": attempt,
        "leaf": leaf,
    }
    mode = library.is_grad_enabled()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = hear
        try:
            exec(compile(source, "<program>", "exec"), names)
        except Exception as error:
            log.append(("end", type(error).__name__, _plain(str(error)), traceback.format_exc(limit=-3)))
        finally:
            library.set_grad_enabled(mode)
    return log


def _plain(text: str) -> str:
    return _OWN.sub("torch", _ADDRESS.sub("", text))


def _agree(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if ours[:1] != theirs[:1] or (ours[0] != "print" and ours[1] != theirs[1]):
        return False
    if ours[0] == "print":
        return ours == theirs
    if ours[0] == "warning":
        return ours[2][:100] == theirs[2][:100]
    return ours[2].startswith(torchs_words(theirs[2]))


def torchs_words(text: str) -> str:
    """The first line of torch's error text, without its plea to improve it and the place in its sources."""
    first = text.split("\n")[0].split("  (Could this error message")[0].split(" INTERNAL ASSERT")[0]
    return first.split("Exception raised from")[0].rstrip()


def difference(source: str, torch: Any, gradiente: Any) -> str:
    """Where the two logs of a program part, or an empty string."""
    theirs, ours = play(source, torch), play(source, gradiente)
    lines: list[str] = []
    for i in range(max(len(theirs), len(ours))):
        a = theirs[i] if i < len(theirs) else ("nothing",)
        b = ours[i] if i < len(ours) else ("nothing",)
        if "nothing" in (a[0], b[0]) or not _agree(b, a):
            lines.append(f"  torch:     {' | '.join(a[:3])}\n  gradiente: {' | '.join(b)}")
            if a[0] != b[0]:
                break
    return "\n".join(lines)
