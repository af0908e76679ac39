"""torch.utils.flop_counter: counting the floating-point operations of products and convolutions.

What is counted is what PyTorch counts on its CPU: products of matrices and convolutions, and their gradients. Products
with a vector, attention that PyTorch computes by a fused kernel, and everything elementwise count nothing there either.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from .._missing import Getter, missing_in
from ..graph import Node, change, current, edges_of, split_edge
from ..ops._operators import operators
from ..tensor.core import Tensor
from ..tensor.intercepting import Interceptor, Step, Watch
from ..tensor.names import operation_of
from ._flop_formulas import PRODUCTS
from ._flop_formulas import addmm_flop as addmm_flop
from ._flop_formulas import baddbmm_flop as baddbmm_flop
from ._flop_formulas import bmm_flop as bmm_flop
from ._flop_formulas import conv_backward_flop as conv_backward_flop
from ._flop_formulas import conv_flop as conv_flop
from ._flop_formulas import conv_flop_count as conv_flop_count
from ._flop_formulas import flop_registry as flop_registry
from ._flop_formulas import get_shape as get_shape
from ._flop_formulas import mm_flop as mm_flop
from ._flop_formulas import register_flop_formula as register_flop_formula
from ._flop_formulas import sdpa_flop_count as sdpa_flop_count
from ._flop_formulas import shape_wrapper as shape_wrapper
from ._flop_products import CONVOLUTIONS, Products, needing, of_second_order, products
from .module_tracker import ModuleTracker

_SUFFIXES = ("", "K", "M", "B", "T")
_HEADS = ("Module", "FLOP", "% Total")
_ATEN: Any = operators("aten")


class FlopCounterMode:
    """Count the floating-point operations of a block, by module and by operator. A context manager.

    Args:
        mods: needs not be given.
        depth: how deep in modules the table goes that is printed at the end.
        display: whether it is printed.
        custom_mapping: formulas for operators, `{torch.ops.aten.exp: formula}`; see `register_flop_formula`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.utils.flop_counter import FlopCounterMode
        >>> model = torch.nn.Sequential(torch.nn.Linear(10, 20), torch.nn.ReLU(), torch.nn.Linear(20, 5))
        >>> with FlopCounterMode(depth=1) as counter:
        ...     model(torch.ones(8, 10)).sum().backward()
        Module            FLOP    % Total
        -------------  -------  ---------
        Sequential     11.200K    100.00%
         - aten.addmm   4.800K     42.86%
         - aten.mm      6.400K     57.14%
        >>> counter.get_total_flops()
        11200
    """

    def __init__(
        self,
        mods: Any = None,
        depth: int | None = 2,
        display: bool = True,
        custom_mapping: dict[Any, Any] | None = None,
    ) -> None:
        self.flop_counts: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
        self.depth: int | None = depth
        self.display: bool = display
        if mods is not None:
            warnings.warn("mods argument is not needed anymore, you can stop passing it", stacklevel=2)
        custom = {
            k: v if getattr(v, "_get_raw", False) else shape_wrapper(v) for k, v in (custom_mapping or {}).items()
        }
        self.flop_registry: dict[Any, Any] = {**flop_registry, **custom}
        self.mod_tracker: ModuleTracker = ModuleTracker()
        self._counter: _Counter | None = None

    def get_total_flops(self) -> int:
        """All operations."""
        return sum(self.flop_counts["Global"].values())

    def get_flop_counts(self) -> dict[str, dict[Any, int]]:
        """How many operations there were, by the name of the module and by operator; "Global" has all of them."""
        return {name: dict(counts) for name, counts in self.flop_counts.items()}

    def get_table(self, depth: int | None = None) -> str:
        """The counts as a table, of modules not deeper than `depth`."""
        depth = self.depth if depth is None else depth
        total = self.get_total_flops()
        power = max(0, min(len(_SUFFIXES) - 1, (len(str(total)) - 2) // 3))
        rows: list[tuple[str, str, str]] = []
        covered = False

        def lines(name: str, indent: int) -> list[tuple[str, str, str]]:
            counts = self.flop_counts[name]
            entries = [(name, sum(counts.values())), *[(f" - {operator}", n) for operator, n in counts.items()]]
            shares = [f"{n / total:.2%}" if total else "0%" for _, n in entries]
            return [
                (" " * indent + shown, f"{n / 1000**power:.3f}{_SUFFIXES[power]}", share)
                for (shown, n), share in zip(entries, shares, strict=True)
            ]

        for name in sorted(self.flop_counts):
            level = name.count(".")
            if name != "Global" and (depth is None or level < depth):
                covered |= sum(self.flop_counts[name].values()) >= total
                rows += lines(name, level)
        if "Global" in self.flop_counts and not covered:
            rows = lines("Global", 0) + [(f" {first}", *rest) for first, *rest in rows]  # pyright: ignore
        return _table(rows or [("Global", "0", "0%")])

    def __enter__(self) -> FlopCounterMode:
        """Begin to count, from 0."""
        self.flop_counts.clear()
        self.mod_tracker.__enter__()
        self._counter = _Counter(self)
        change(interceptors=(*current().interceptors, self._counter))
        return self

    def __exit__(self, *args: object) -> None:
        """End it, and print the table."""
        change(interceptors=tuple([each for each in current().interceptors if each is not self._counter]))
        self._counter = None
        self.mod_tracker.__exit__()
        if self.display:
            print(self.get_table(self.depth))

    def count(self, operator: Any, shapes: Sequence[Any], out: Any, times: int, parents: set[str]) -> None:
        """Add the operations of one call of an operator, if it has a formula."""
        formula = self.flop_registry.get(operator)
        if formula is not None:
            number = formula(*shapes, out_val=out) * times
            for name in parents:
                self.flop_counts[name][operator] += number


class _Counter(Interceptor):
    """What operations and steps of backward passes are shown to."""

    def __init__(self, owner: FlopCounterMode) -> None:
        self._owner = owner
        self._nodes: dict[int, tuple[Products, tuple[bool, ...], set[str], bool]] = {}
        self._counted_already = False

    def ran(self, recorder: Any, operands: Sequence[Any], static: dict[str, Any], out: Any, computed: bool) -> None:
        """A primitive has run: count it, and remember what its node will compute."""
        name: str = recorder.primitive.name
        found = products(recorder, operands, static, out)
        parents = self._owner.mod_tracker.parents
        if found is None:
            operation = operation_of(recorder.kind.name)
            if computed and operation not in PRODUCTS:
                self._owner.count(getattr(_ATEN, operation), operands, out, 1, parents)
            return
        convolution = name in CONVOLUTIONS
        if convolution and self._counted_already:
            found = of_second_order(found)
        elif computed:
            self._add(found.forward, found.times, parents)
        node = out._node
        if node is not None and node.__class__ is Node:
            self._nodes[split_edge(node)[0].seq] = found, needing(operands), parents, convolution

    def _add(self, calls: Sequence[Any], times: int, parents: set[str]) -> None:
        for name, shapes, out in calls:
            self._owner.count(getattr(_ATEN, name), shapes, out, times, parents)

    def watching(self, watch: Watch | None) -> Watch:
        """What runs the steps of a backward pass, and counts them."""

        def run(node: Node, g: Any, step: Step) -> Any:
            known = None if node.plan is None else self._nodes.get(node.seq)
            before = self._counted_already
            if known is not None:
                found, needs, parents, convolution = known
                # a step that is recorded runs primitives, which are shown; but torch has one operator for convolutions
                if convolution or not _recorded(g):
                    self._add(found.backward(_wanted(node, needs, step)), found.times, parents)
                self._counted_already = before or convolution
            try:
                return step(node, g) if watch is None else watch(node, g, step)
            finally:
                self._counted_already = before

        return run


def _wanted(node: Node, needs: tuple[bool, ...], step: Step) -> tuple[bool, ...]:
    """The operands whose gradients a step is asked for, of those that `needs` names; see `Plan.some`."""
    if not isinstance(step, partial):
        return needs
    edges = iter(edges_of(node))
    return tuple([need and split_edge(next(edges))[0] in step.args[1] for need in needs])


def _recorded(g: Any) -> bool:
    return any(isinstance(part, Tensor) for part in (g if isinstance(g, (tuple, list)) else (g,)))


def _table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Rows under their heads, in columns: the first to the left, the others to the right."""
    columns = [_plain_numbers(column) for column in zip(*rows, strict=True)]
    widths = [max(len(head) + 2, *map(len, column)) for head, column in zip(_HEADS, columns, strict=True)]
    lines = [_HEADS, tuple(["-" * width for width in widths]), *zip(*columns, strict=True)]
    return "\n".join(
        "  ".join([first.ljust(widths[0]), *[x.rjust(w) for x, w in zip(rest, widths[1:], strict=True)]]).rstrip()
        for first, *rest in lines
    )


def _plain_numbers(column: Sequence[str]) -> list[str]:
    """A column of numbers without superfluous digits, as the tables of `tabulate` show them."""
    try:
        return [f"{float(text):g}" for text in column]
    except ValueError:
        return list(column)


__getattr__: Getter = missing_in(__name__)

__all__ = ["FlopCounterMode", "register_flop_formula"]
