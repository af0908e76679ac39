"""The graph and its engine, for values of any kind: nothing here knows arrays or operators.

`node`: nodes, plans, edges. `engine`: the backward pass. `versions`: in-place changes. `hooks`: hooks and their
handles. `modes`: what a thread or task has switched on. `places`: lines of the user's code, for errors.
`sharing`: what threads share.
"""

from .engine import run
from .hooks import HookDict, NodeHooks, RemovableHandle, register
from .modes import INFERENCE, NO_GRAD, PLAIN, Mode, change, current, grad_enabled, restore, set_mode, swap, with_grad
from .node import Kind, Node, Output, Plan, Sink, edges_of, split_edge
from .places import describe, user_place
from .sharing import HELD_ONCE, counter, guard
from .versions import Version, moment, version_of

__all__ = [
    "HELD_ONCE",
    "INFERENCE",
    "NO_GRAD",
    "PLAIN",
    "HookDict",
    "Kind",
    "Mode",
    "Node",
    "NodeHooks",
    "Output",
    "Plan",
    "RemovableHandle",
    "Sink",
    "Version",
    "change",
    "counter",
    "current",
    "describe",
    "edges_of",
    "grad_enabled",
    "guard",
    "moment",
    "register",
    "restore",
    "run",
    "set_mode",
    "split_edge",
    "swap",
    "user_place",
    "version_of",
    "with_grad",
]
