"""IPython's ``%magic``, ``!shell`` and ``?help`` lines in the cells of a notebook.

Magics that only set up the notebook's surroundings are skipped with a notice; ``%time`` runs its statement without
timing it; an installation command is skipped, since a program must not change the environment it runs in. Everything
else is refused: to leave it out could change what the notebook computes.
"""

from __future__ import annotations

import ast
import re

HARMLESS = frozenset(
    [
        "autoreload",
        "autosave",
        "colors",
        "config",
        "load_ext",
        "matplotlib",
        "pdb",
        "precision",
        "pprint",
        "reload_ext",
        "timeit",
        "unload_ext",
        "who",
        "whos",
        "xmode",
    ]
)
_MAGIC = re.compile(r"(?P<indent>\s*)(?P<mark>%%?|!!?|\?{1,2})\s*(?P<name>[\w.]*)\s*(?P<rest>.*)")
_ASSIGNED = re.compile(r"\s*[\w.,\s]+=\s*(?P<mark>[!%])\s*(?P<name>\w+)")
_HELP = re.compile(r"\s*[\w.]+\?{1,2}\s*")
_INSTALL = re.compile(
    r"\s*[!%]\s*((\S*python\S*|\{sys\.executable\})\s+-m\s+)?(uv\s+)?(pip3?|conda|mamba)\s+install\b.*"
)


class UnsupportedMagic(Exception):
    """A line that only IPython understands and that cannot be left out."""

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.line = line


def without_magics(source: str) -> tuple[str, list[tuple[int, str]]]:
    r"""Return a cell's source as plain Python with the same lines, and notices as pairs of line number and text.

    Raises:
        UnsupportedMagic: a line that is neither Python nor safe to skip.

    Example:
        >>> without_magics("%matplotlib inline\nx = 1")
        ('pass\nx = 1', [(1, 'skipped %matplotlib inline')])
    """
    if is_python(source):
        return source, []
    lines = source.split("\n")
    notices: list[tuple[int, str]] = []
    for index, line in enumerate(lines):
        if not _looks_like_magic(line) or _inside_literal(lines[:index]):
            continue
        lines[index] = _replacement(line, index + 1, at_top=not any(text.strip() for text in lines[:index]))
        if lines[index].strip() == "pass" or line.strip().startswith(("%", "!")):
            verb = "skipped" if lines[index].strip() == "pass" else "ran without timing:"
            notices.append((index + 1, f"{verb} {line.strip()}"))
    return "\n".join(lines), notices


def is_python(source: str) -> bool:
    """Say whether ``source`` compiles as a cell: Python, with ``await`` allowed at top level."""
    return parse_cell(source) is not None


def parse_cell(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell, or None if it is not Python."""
    import warnings

    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # compiling the cell to run it gives the warning once more
            tree = compile(source, "<cell>", "exec", flags, dont_inherit=True)
            compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    assert isinstance(tree, ast.Module)
    return tree


def _looks_like_magic(line: str) -> bool:
    return line.lstrip().startswith(("%", "!", "?")) or bool(_ASSIGNED.match(line) or _HELP.fullmatch(line))


def _replacement(line: str, number: int, *, at_top: bool) -> str:
    """Return the Python line that takes the place of a magic."""
    indent = line[: len(line) - len(line.lstrip())]
    if _INSTALL.match(line) or _HELP.fullmatch(line) or line.lstrip().startswith("?"):
        return indent + "pass"
    match = _MAGIC.match(line)
    assigned = _ASSIGNED.match(line)
    mark, name = (match or assigned or line)["mark"], (match or assigned or line)["name"]  # type: ignore[index]
    if mark.startswith("!"):
        raise UnsupportedMagic(
            f"`{line.strip()}` is a shell command of IPython, which gradiente does not run; remove the line, or use "
            "subprocess.run",
            number,
        )
    if match and mark == "%" and name == "time" and match["rest"]:
        return indent + match["rest"]
    if match and ((mark == "%" and name in HARMLESS) or (mark == "%%" and name == "time" and at_top)):
        return indent + "pass"
    raise UnsupportedMagic(
        f"`{line.strip()}` is a magic of IPython that gradiente does not know; remove the line, or write it in Python",
        number,
    )


def _inside_literal(lines: list[str]) -> bool:
    """Say whether a line after ``lines`` would lie inside a string or brackets that they leave open."""
    import io
    import tokenize

    try:
        for _ in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            pass
    except tokenize.TokenError as error:
        return "EOF in multi-line" in str(error) or "unexpected EOF" in str(error)
    except SyntaxError:
        return False
    return False
