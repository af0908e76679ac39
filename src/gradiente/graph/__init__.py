"""The graph and its engine, for values of any kind: nothing here knows arrays or operators.

`node`: nodes, plans, edges. `engine`: the backward pass. `versions`: in-place changes. `hooks`: hooks and their
handles. `modes`: what a thread or task has switched on. `places`: lines of the user's code, for errors.
"""

from .engine import run
from .hooks import NodeHooks, RemovableHandle, register
from .modes import NO_GRAD, PLAIN, Mode, change, current, grad_enabled, restore, set_mode, swap, with_grad
from .node import Node, Output, Plan, Sink, split_edge
from .places import describe, user_place
from .versions import Version, moment

__all__ = [
    "NO_GRAD",
    "PLAIN",
    "Mode",
    "Node",
    "NodeHooks",
    "Output",
    "Plan",
    "RemovableHandle",
    "Sink",
    "Version",
    "change",
    "current",
    "describe",
    "grad_enabled",
    "moment",
    "register",
    "restore",
    "run",
    "set_mode",
    "split_edge",
    "swap",
    "user_place",
    "with_grad",
]
