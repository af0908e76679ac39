"""The command line ``python -m gradiente``: which program to run, and how."""

from __future__ import annotations

import sys

USAGE = "usage: python -m gradiente PROGRAM [ARGUMENT ...]"
HELP = f"""{USAGE}

Run a program that says `import torch` on gradiente, as `python PROGRAM` would run it on PyTorch.

PROGRAM is one of
  script.py        a Python script, or a directory or zip file that holds __main__.py
  notebook.ipynb   a notebook: its code cells run in order and show the value of their last line
  export.txt       a notebook exported as text, whose cells start with `In [3]:` or `In [None]:`
  -m MODULE        a module or package, e.g. `-m pytest tests`
  -c CODE          code given on the command line
  -                a script read from standard input
Which of the files it is, is decided by content. Everything after PROGRAM is passed to the program in sys.argv.

options:
  -h, --help       show this text and exit
  -V, --version    show gradiente's version and exit

An installed PyTorch is neither used nor changed. Processes that the program starts with the same Python use
gradiente, too."""


def main(arguments: list[str]) -> int:
    """Run the program that ``arguments`` (without the command's own name) ask for.

    Returns:
        The exit status if nothing else decides it: 0, or 2 for a command line that cannot be understood. `SystemExit`
        and uncaught exceptions of the program pass through.
    """
    if not arguments:
        print(HELP, file=sys.stderr)
        return 2
    first, rest = arguments[0], arguments[1:]
    if first in ("-h", "--help"):
        print(HELP)
        return 0
    if first in ("-V", "--version"):
        from gradiente._version import __version__

        print(f"gradiente {__version__}")
        return 0
    if first == "--":
        if not rest:
            return _usage_error("argument expected: PROGRAM")
        first, rest = rest[0], rest[1:]
    elif first.startswith(("-c", "-m")):  # like Python's own: `-c CODE` and `-cCODE`
        option, text = first[:2], first[2:]
        if not text:
            if not rest:
                return _usage_error(f"argument expected for the {option} option")
            text, rest = rest[0], rest[1:]
        return _run(option, text, rest)
    elif first.startswith("-") and first != "-":
        return _usage_error(f"unknown option {first!r}")
    return _run("", first, rest)


def _usage_error(text: str) -> int:
    print(f"gradiente: {text}\n{USAGE}\nTry `python -m gradiente --help` for more information.", file=sys.stderr)
    return 2


def _run(option: str, program: str, arguments: list[str]) -> int:
    from gradiente.run import programs
    from gradiente.run.alias import install_alias
    from gradiente.run.children import alias_in_children

    install_alias()
    alias_in_children()
    if option == "-c":
        programs.run_code(program, arguments)
    elif option == "-m":
        programs.run_module(program, arguments)
    else:
        programs.run_file(program, arguments)
    return 0
