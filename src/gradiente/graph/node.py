"""Nodes and edges: the record of what was computed, seen from the results.

A node stands for one operation that was executed. Its `edges` lead to the nodes of its tracked operands, in their
order, and it is created after all of them: `seq`, its moment of creation, is a topological order for free.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any, ClassVar

from .hooks import NodeHooks, RemovableHandle, register
from .sharing import guard

_FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)


class Kind:
    """What was executed, a primitive, and torch's `name` for nodes that did it; `made` makes a class so named."""

    __slots__ = ("base", "name", "primitive")

    known: ClassVar[dict[tuple[Any, str], type[Node]]] = {}

    def __init__(self, primitive: Any, name: str, base: type[Node]) -> None:
        self.primitive: Any = primitive
        self.name: str = name
        self.base: type[Node] = base

    def made(self) -> type[Node]:
        """The class, a subclass of `base`, the same for the same primitive and name."""
        key = (self.primitive, self.name)
        found = self.known.get(key)
        if found is None:
            body = {"__slots__": (), "primitive": self.primitive, "__module__": "builtins"}
            found = self.known.setdefault(key, type(self.name, (self.base,), body))
        return found


class Plan:
    """How nodes of one kind of call run backwards: made once per primitive and pattern of tracked operands.

    `raw(node, g)` and `taped(node, g)` return one cotangent (or None) per edge: `raw` on bare values, `taped` on values
    that are recorded themselves, for higher orders. `mask[i]` tells whether operand i has an edge; `names` are those of
    the saved values, in the order of `node.tensors`; `outputs` counts the results; `kind` knows the name.
    `single`: there is one edge; `node.edges` is that edge itself, and `raw` and `taped` return its cotangent itself.
    `pair`: there are two; the second one is `node.other`. A tuple would be one object more for the garbage collector.
    `some(taped, needed, node, g)`, if there is one, does what either does, and may spare the work for edges that lead
    to none of the nodes in `needed`: None there.
    """

    __slots__ = (
        "constants",
        "kept",
        "kind",
        "mask",
        "names",
        "outputs",
        "pair",
        "raw",
        "single",
        "some",
        "sources",
        "taped",
        "tracked",
    )

    def __init__(
        self,
        raw: Callable[[Any, Any], Sequence[Any]],
        taped: Callable[[Any, Any], Sequence[Any]],
        mask: tuple[bool, ...],
        kind: Kind | type[Node],
        names: tuple[str, ...] = (),
        outputs: int = 1,
        single: bool = False,
        pair: bool = False,
    ) -> None:
        self.raw: Callable[[Any, Any], Sequence[Any]] = raw
        self.taped: Callable[[Any, Any], Sequence[Any]] = taped
        self.mask: tuple[bool, ...] = mask
        self.tracked: tuple[int, ...] = tuple(i for i, has_edge in enumerate(mask) if has_edge)
        self.kind: Kind | type[Node] = kind
        self.names: tuple[str, ...] = names
        self.outputs: int = outputs
        self.single: bool = single
        self.pair: bool = pair
        self.some: Callable[[bool, Container[Node], Any, Any], Sequence[Any]] | None = None
        self.sources: tuple[int, ...] = ()
        """Which operand each saved value is; -1 for the result."""
        self.constants: tuple[tuple[str, int], ...] = ()
        """Names and numbers of the operands that are plain numbers."""
        self.kept: tuple[Any, ...] = ()
        """Stands for the saved values of nodes that save none, but whose parameters count as such: they are freed."""


class Node:
    """One executed operation, as the backward pass sees it.

    Note [A node gets its name when somebody looks]: the interpreter is fastest where all objects have one class, so
    nodes are created as `Node`, and `show` gives one the class with its torch name before a user sees it.

    >>> import gradiente as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> node = (x * x).grad_fn
    >>> node.name()
    'MulBackward0'
    >>> [edge.name() for edge, _ in node.next_functions]
    ['torch::autograd::AccumulateGrad', 'torch::autograd::AccumulateGrad']
    """

    __slots__ = ("__dict__", "__weakref__", "edges", "facts", "hooks", "other", "place", "plan", "seq", "tensors")

    primitive: ClassVar[Any] = None
    """What was executed; set by the subclass of each operation."""

    makes_something: ClassVar[bool] = False
    """Whether the node's step is run although no cotangent reached the node."""

    seq: int
    edges: Any
    """The targets of the cotangents, in a tuple unless the plan is `single` or `pair`: a `Node`, or an `Output` where
    the target has several results. `edges_of` returns a tuple in any case."""
    other: Any
    """The second edge, where the plan is `pair`."""
    plan: Plan
    tensors: tuple[Any, ...] | None
    """The saved values; None once they were freed."""
    facts: Any
    """What the rule needs beside them: shapes, dtypes, static parameters."""
    hooks: NodeHooks | None
    place: Any

    def name(self) -> str:
        """The name of the operation, as torch spells it."""
        return type(self.show()).__name__

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """One pair (node, number of its output) per operand; (None, 0) where an operand is not tracked."""
        edges = iter(edges_of(self))
        pairs = (split_edge(next(edges)) if tracked else (None, 0) for tracked in self.plan.mask)
        return tuple((None if node is None else node.show(), number) for node, number in pairs)

    def shown_mask(self) -> tuple[bool, ...]:
        """The plan's mask without operands that users do not count: indices, masks, numbers."""
        return self.plan.mask

    def show(self) -> Node:
        """This node, with the class that bears its name."""
        if self.__class__ is Node:
            kind = self.plan.kind
            self.__class__ = kind.made() if isinstance(kind, Kind) else kind  # pyright: ignore[reportAttributeAccessIssue]
        return self

    @property
    def metadata(self) -> dict[str, Any]:
        """A dictionary of the user's own notes about this node."""
        return self.__dict__.setdefault("_metadata", {})

    def _sequence_nr(self) -> int:
        return self.seq

    @property
    def requires_grad(self) -> bool:
        """True: what requires no gradient has no node."""
        return True

    def _all_hooks(self) -> NodeHooks:
        if self.hooks is None:
            made = NodeHooks()
            with guard:
                if self.hooks is None:
                    self.hooks = made
        return self.hooks

    def register_hook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call `fn(grad_inputs, grad_outputs)` after this node ran; a tuple that it returns replaces grad_inputs."""
        return register(self._all_hooks().post, fn)

    def register_prehook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call `fn(grad_outputs)` before this node runs; a tuple that it returns replaces grad_outputs."""
        return register(self._all_hooks().pre, fn)

    def nothing(self) -> Sequence[Any]:
        """What is handed to the edges where no cotangent reached this node: nothing, if what it saved is there."""
        if self.tensors is None:
            raise self.freed()
        return (None,) * len(edges_of(self))

    def freed(self) -> RuntimeError:
        """The error for a value that is no longer saved."""
        return RuntimeError(f"{_FREED} (The node is {self.name()}.)")

    def __repr__(self) -> str:
        return f"<{type(self.show()).__name__} object at {id(self):#x}>"


class Sink(Node):
    """A node without edges that keeps what arrives: the gradient accumulator of a leaf. Its `plan` is None."""

    __slots__ = ()

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """Nothing: a sink has no edges."""
        return ()

    def _sequence_nr(self) -> int:
        return 2**64 - 1  # torch's: whatever else is ready runs before a sink

    def receive(self, cotangent: Any, taped: bool, owned: bool) -> None:
        """Accumulate `cotangent`. `owned`: nobody else holds it, so that it may be kept without a copy."""
        raise NotImplementedError

    @property
    def variable(self) -> Any:
        """The leaf itself."""
        raise NotImplementedError


class Output:
    """An edge to one of several results of a node. Two edges to the same result are equal."""

    __slots__ = ("__weakref__", "node", "number")

    plan: ClassVar[bool] = False
    """Neither a plan nor None, as a sink's is: one look tells the engine's loop what an edge leads to."""

    def __init__(self, node: Node, number: int) -> None:
        self.node: Node = node
        self.number: int = number

    def __eq__(self, other: object) -> bool:
        return other.__class__ is Output and self.node is other.node and self.number == other.number  # pyright: ignore

    def __hash__(self) -> int:
        return hash((id(self.node), self.number))

    @property
    def seq(self) -> int:
        """That of the node."""
        return self.node.seq


def edges_of(node: Any) -> tuple[Any, ...]:
    """The edges of a node, in the order of its tracked operands."""
    plan = node.plan
    if plan is None:
        return node.edges
    return (node.edges,) if plan.single else (node.edges, node.other) if plan.pair else node.edges


def split_edge(edge: Any) -> tuple[Any, int]:
    """The node and the number of its output that an edge leads to."""
    if edge.__class__ is Output:
        return edge.node, edge.number
    return edge, 0
