"""An interpreter of pickles that does nothing but what `allowed` allows.

Python's own unpickler follows every instruction of a file: it calls whatever a file names. This one knows the
instructions that `save` writes (protocol 2), calls what is on the allow-list, and gives attributes to nothing else.
"""

from __future__ import annotations

import _compat_pickle
import pickle
import struct
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

from . import names
from .allowed import BLOCKED, CALLS, shown, user_allowed

UNSAFE = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to "
    "`True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in "
    "arbitrary code execution. Do it only if you got the file from a trusted source."
)
_CHECK = (
    "\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only "
    "https://pytorch.org/docs/stable/generated/torch.load.html."
)
_OPTIONS = (
    "Weights only load failed. This file can still be loaded, to do so you have two options, \033[1mdo those steps "
    f"only if you trust the source of the checkpoint\033[0m. \n\t(1) {UNSAFE}\n\t(2) Alternatively, to load with "
    "`weights_only=True` please check the recommended steps in the following error message.\n\tWeightsUnpickler error: "
)
_ISSUE = (
    f"Weights only load failed. {UNSAFE}\nPlease file an issue with the following so that we can make "
    "`weights_only=True` compatible with your use case: WeightsUnpickler error: \n\n"
)


def not_allowed(full: str) -> pickle.UnpicklingError:
    """The error for a name that is not on the allow-list."""
    module, name = names.split(full)
    if module.partition(".")[0] in BLOCKED:
        return pickle.UnpicklingError(
            f"Weights only load failed. {UNSAFE}\n\n\nTrying to load unsupported GLOBAL {full} whose module {module} "
            f"is blocked.{_CHECK}"
        )
    name = shown(full)
    return pickle.UnpicklingError(
        f"{_OPTIONS}Unsupported global: GLOBAL {name} was not an allowed global by default. Please use "
        f"`torch.serialization.add_safe_globals([{name}])` or the `torch.serialization.safe_globals([{name}])` context "
        f"manager to allowlist this global if you trust this class/function.{_CHECK}"
    )


def present_name(module: str, name: str) -> str:
    """The full name; pickles of protocol 2 say `__builtin__` and the like, as Python 2 did."""
    if (module, name) in _compat_pickle.NAME_MAPPING:
        module, name = _compat_pickle.NAME_MAPPING[module, name]
    else:
        module = _compat_pickle.IMPORT_MAPPING.get(module, module)
    return f"{module}.{name}"


class _Refused(Exception):
    """An instruction that is not followed."""


class _Mark:
    """Where the items of a container begin on the stack."""


_MARK = _Mark()


class Interpreter:
    """Follows the instructions of one pickle in `data`, from `position` on."""

    def __init__(self, data: bytes, position: int, persistent: Callable[[Any], Any]) -> None:
        self._data = data
        self.position: int = position
        self._persistent = persistent
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._callable: dict[int, Any] = {}

    def run(self) -> Any:
        """What the pickle makes.

        Raises:
            pickle.UnpicklingError: an instruction that is not allowed, or none at all.
            RuntimeError: a tensor that reaches beyond its memory, or memory that the file does not have.
        """
        try:
            while True:
                code = self._take(1)[0]
                if code == 0x2E:  # STOP
                    return self._pop()
                step = _STEPS.get(code)
                if step is None:
                    raise _Refused(f"Unsupported operand {code}")
                step(self)
        except _Refused as error:
            raise pickle.UnpicklingError(f"{_ISSUE}{error}{_CHECK}") from None
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, struct.error, RecursionError) as error:
            raise pickle.UnpicklingError(
                f"{_ISSUE}{type(error).__name__}: {error} (at byte {self.position}: the file is damaged){_CHECK}"
            ) from error

    # -- reading ------------------------------------------------------------------------------------------------------

    def _take(self, count: int) -> bytes:
        end = self.position + count
        if count < 0 or end > len(self._data):
            raise _Refused("pickle data was truncated (the file ends within an instruction)")
        found = self._data[self.position : end]
        self.position = end
        return found

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _line(self) -> str:
        end = self._data.find(b"\n", self.position)
        return self._take(end + 1 - self.position)[:-1].decode("utf-8")

    def _pop(self) -> Any:
        if not self._stack:
            raise _Refused("the file takes more than it has put (it is damaged)")
        return self._stack.pop()

    def _items(self) -> list[Any]:
        """What was put since the last mark."""
        stack = self._stack
        for i in range(len(stack) - 1, -1, -1):
            if stack[i] is _MARK:
                found = stack[i + 1 :]
                del stack[i:]
                return found
        raise _Refused("the file closes a container that it did not open (it is damaged)")

    # -- instructions -------------------------------------------------------------------------------------------------

    def proto(self) -> None:
        """Protocol: 2."""
        version = self._take(1)[0]
        if version != 2:
            raise _Refused(f"Unsupported protocol {version} (save with pickle_protocol=2, the default)")

    def push(self, value: Any) -> None:
        """Put a value."""
        self._stack.append(value)

    def long(self) -> None:
        """A long integer."""
        self.push(int.from_bytes(self._take(self._take(1)[0]), "little", signed=True))

    def text(self) -> None:
        """A string."""
        self.push(self._take(self._number("<I")).decode("utf-8", "surrogatepass"))

    def short_text(self) -> None:
        """A string of Python 2."""
        self.push(self._take(self._take(1)[0]).decode("utf-8"))

    def tuple_of(self, count: int) -> None:
        """A tuple of the last values."""
        self.push(tuple(reversed([self._pop() for _ in range(count)])))

    def append(self, items: list[Any]) -> None:
        """Items for a list."""
        target = self._stack[-1]
        if type(target) is not list:
            raise _Refused(f"Can only append to lists, but got {type(target)}")
        target.extend(items)

    def set_items(self, items: list[Any]) -> None:
        """Keys and values for a dictionary."""
        target = self._stack[-1]
        if type(target) not in (dict, OrderedDict, Counter) and user_allowed(_class_name(target)) is None:
            raise _Refused(f"Can only set items of dictionaries, but got {type(target)}")
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[key] = value

    def name(self) -> None:
        """A function, class or constant."""
        full = present_name(self._line(), self._line())
        if names.split(full)[0].partition(".")[0] in BLOCKED:
            raise not_allowed(full)
        if full in CALLS:
            found = CALLS[full]
            self._callable[id(found)] = found
        elif full in names.VALUES:
            found = names.VALUES[full]
        else:
            found = user_allowed(full)
            if found is None:
                raise not_allowed(full)
            self._callable[id(found)] = found
        self.push(found)

    def reduce(self) -> None:
        """Call an allowed function."""
        args, function = self._pop(), self._pop()
        if id(function) not in self._callable:
            raise _Refused(f"Trying to call reduce for unrecognized function {function}")
        if not isinstance(args, tuple):
            raise _Refused(f"a function's arguments must be a tuple, but got {type(args)}")
        self.push(function(*args))

    def new_object(self) -> None:
        """Make an object of an allowed class."""
        args, cls = self._pop(), self._pop()
        if id(cls) not in self._callable or not isinstance(cls, type):
            raise _Refused(f"Trying to create new object for unrecognized class {cls}")
        self.push(cls.__new__(cls, *args))

    def build(self) -> None:
        """Attributes for an object."""
        state, target = self._pop(), self._stack[-1]
        if type(target) is OrderedDict:
            target.__dict__.update(state)
        elif user_allowed(_class_name(target)) is None:
            raise _Refused(
                f"Can only build Tensor, Parameter, OrderedDict or types allowlisted, but got {type(target)}"
            )
        elif hasattr(target, "__setstate__"):
            target.__setstate__(state)
        else:
            attributes, slots = state if isinstance(state, tuple) else (state, None)
            target.__dict__.update(attributes or {})
            for key, value in (slots or {}).items():
                setattr(target, key, value)

    def persistent(self) -> None:
        """Memory that lies elsewhere in the file."""
        self.push(self._persistent(self._pop()))

    def remember(self, number: int) -> None:
        """Remember the last value."""
        self._memo[number] = self._stack[-1]

    def recall(self, number: int) -> None:
        """Put a value that was remembered."""
        self.push(self._memo[number])


def _class_name(target: Any) -> str:
    from .allowed import full_name

    return full_name(type(target))


def _pushing(make: Callable[[Interpreter], Any]) -> Callable[[Interpreter], None]:
    return lambda self: self.push(make(self))


_STEPS: dict[int, Callable[[Interpreter], None]] = {
    ord(code): step
    for code, step in {
        "\x80": Interpreter.proto,
        "(": _pushing(lambda self: _MARK),
        "N": _pushing(lambda self: None),
        "\x88": _pushing(lambda self: True),
        "\x89": _pushing(lambda self: False),
        "J": _pushing(lambda self: self._number("<i")),
        "K": _pushing(lambda self: self._number("<B")),
        "M": _pushing(lambda self: self._number("<H")),
        "G": _pushing(lambda self: self._number(">d")),
        "\x8a": Interpreter.long,
        "X": Interpreter.text,
        "U": Interpreter.short_text,
        ")": _pushing(lambda self: ()),
        "]": _pushing(lambda self: []),
        "}": _pushing(lambda self: {}),
        "t": _pushing(lambda self: tuple(self._items())),
        "\x85": lambda self: self.tuple_of(1),
        "\x86": lambda self: self.tuple_of(2),
        "\x87": lambda self: self.tuple_of(3),
        "a": lambda self: self.append([self._pop()]),
        "e": lambda self: self.append(self._items()),
        "s": lambda self: self.set_items([self._pop(), self._pop()][::-1]),
        "u": lambda self: self.set_items(self._items()),
        "c": Interpreter.name,
        "R": Interpreter.reduce,
        "\x81": Interpreter.new_object,
        "b": Interpreter.build,
        "Q": Interpreter.persistent,
        "q": lambda self: self.remember(self._number("<B")),
        "r": lambda self: self.remember(self._number("<I")),
        "h": lambda self: self.recall(self._number("<B")),
        "j": lambda self: self.recall(self._number("<I")),
    }.items()
}

__all__ = ["Interpreter", "not_allowed", "present_name"]
