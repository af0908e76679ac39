"""Checkpoints that keep the results of some operations, and compute only the others again.

Note [Kept results]: the first computation is watched by an interceptor, which keeps the arrays that the policy chooses.
The second one is watched by another, which knows them: the operation is recorded with the kept array as its result,
instead of being computed. Operations are the primitives of the table that have one result, under the names of torch's
operators; those with several results, and changes in place, are always done again.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from ..graph import change, current, version_of
from ..ops._operators import Operator, operators
from ..tensor.core import Tensor
from ..tensor.intercepting import Interceptor
from ..tensor.names import operation_of

_OVERLOADS = {
    **dict.fromkeys(("add", "sub", "mul", "div", "remainder", "floor_divide", "slice", "index"), "Tensor"),
    **dict.fromkeys(("select", "transpose", "unbind", "softmax", "log_softmax"), "int"),
    "where": "self",
}
"""The overloads of torch's operators that are not the default one."""


class CheckpointPolicy(enum.Enum):
    """What becomes of an operation's result in a selective checkpoint: it is kept, or computed again.

    Results are on the CPU already: to move them there is to keep them.
    """

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


_KEPT = (
    CheckpointPolicy.MUST_SAVE,
    CheckpointPolicy.PREFER_SAVE,
    CheckpointPolicy.MUST_CPU_OFFLOAD,
    CheckpointPolicy.PREFER_CPU_OFFLOAD,
)


class SelectiveCheckpointContext:
    """What a policy is told beside the operation: `op_output`, its result. `is_recompute` is always False."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute: bool = is_recompute
        self.op_output: Any = op_output


class _Kept:
    """An array, and how often it had been changed when it was kept."""

    __slots__ = ("array", "count", "version")

    def __init__(self, x: Tensor) -> None:
        self.array: Any = x._array
        self.version = version_of(x)
        self.count = self.version.count


_AGAIN, _USED = object(), object()
_Results = dict[str, list[Any]]
"""The results of each operation, in order."""


class _Watching(Interceptor, AbstractContextManager[None]):
    """An interceptor of one computation; a context manager."""

    def __enter__(self) -> None:
        self.begin()
        change(interceptors=(*current().interceptors, self))

    def __exit__(self, *args: object) -> None:
        change(interceptors=tuple([each for each in current().interceptors if each is not self]))

    def begin(self) -> None:
        """A computation begins."""


class _Keeping(_Watching):
    """The first computation."""

    def __init__(self, policy: Callable[..., Any], results: _Results) -> None:
        self._policy = policy
        self._results = results

    def ran(self, recorder: Any, operands: Sequence[Any], static: dict[str, Any], out: Any, computed: bool) -> None:
        """Keep the result, if the policy says so."""
        answer = self._policy(
            SelectiveCheckpointContext(is_recompute=False, op_output=out), _operator(recorder), *operands
        )
        keep = answer if isinstance(answer, bool) else answer in _KEPT
        self._results[recorder.kind.name].append(_Kept(out) if keep else _AGAIN)


class _Giving(_Watching):
    """The second computation."""

    def __init__(self, results: _Results, changes: bool) -> None:
        self._results = results
        self._changes = changes
        self._places: defaultdict[str, int] = defaultdict(int)

    def begin(self) -> None:
        """Count from the start."""
        self._places.clear()

    def known(self, recorder: Any, operands: Sequence[Any]) -> Any:
        """The result that was kept."""
        name = recorder.kind.name
        results, place = self._results.get(name, []), self._places[name]
        self._places[name] += 1
        if place >= len(results):
            raise RuntimeError(
                f"{_operator(recorder)} invocation index {place} encountered during backward but not found in storage. "
                "This can happen if the operations in the checkpointed region are nondeterministic or depend on global "
                "state that changed between forward and backward."
            )
        found = results[place]
        if found is _AGAIN:
            return None
        if found is _USED:
            raise RuntimeError(
                "Trying to backward an extra time. You are only allowed to backward once on any region computed under "
                "selective activation checkpoint. (What was kept is let go of when it is used)"
            )
        if found.version.count != found.count and not self._changes:
            raise RuntimeError(
                "Tensor cached during selective activation checkpoint has been mutated (clone it before it is changed, "
                "or choose to compute it again)"
            )
        results[place] = _USED
        return found.array


def _operator(recorder: Any) -> Any:
    """torch's operator for a primitive."""
    name = operation_of(recorder.kind.name)
    return getattr(getattr(operators("aten"), name), _OVERLOADS.get(name, "default"))


def create_selective_checkpoint_contexts(
    policy_fn_or_list: Callable[..., Any] | list[Any], allow_cache_entry_mutation: bool = False
) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
    """The context managers of a checkpoint that keeps the results of some operations: its `context_fn`.

    Args:
        policy_fn_or_list: the operations to keep, such as `torch.ops.aten.mm.default`; or a function
            `policy(ctx, op, *args)` that returns a `CheckpointPolicy`, or whether to keep the result.
        allow_cache_entry_mutation: whether what was kept may have been changed in place since.

    Returns:
        A context manager for the first computation, and one for the second.

    Raises:
        ValueError: the list holds something else than overloads of operators.
        TypeError: neither a function nor a list.
        RuntimeError: in the backward pass, if the computations differ, something kept was changed, or it is the second
            pass.

    Example:
        >>> import functools
        >>> import gradiente as torch
        >>> from gradiente.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts
        >>> keep = functools.partial(create_selective_checkpoint_contexts, [torch.ops.aten.mm.default])
        >>> x = torch.ones(2, 2, requires_grad=True)
        >>> checkpoint(lambda x: (x @ x).exp(), x, use_reentrant=False, context_fn=keep).sum().backward()
        >>> x.grad
        tensor([[29.5562, 29.5562],
                [29.5562, 29.5562]])
    """
    if isinstance(policy_fn_or_list, list):
        for op in policy_fn_or_list:
            if not isinstance(op, Operator) or op.overloadpacket is op:
                more = (
                    "Please update the OpOverloadPacket to a specific OpOverload.For example, if you have "
                    "`torch.ops.aten.mm`, change it to `torch.ops.aten.mm.default`."
                )
                raise ValueError(
                    f"Expected op in `op_list` to be an OpOverload but got: {op} of type {type(op)}. "
                    f"{more if isinstance(op, Operator) else ''}"
                )
        chosen = list(policy_fn_or_list)

        def policy(ctx: Any, op: Any, *args: Any) -> bool:
            return op in chosen

    elif callable(policy_fn_or_list):
        policy = policy_fn_or_list
    else:
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    results: _Results = defaultdict(list)
    return _Keeping(policy, results), _Giving(results, allow_cache_entry_mutation)


__all__ = ["CheckpointPolicy", "SelectiveCheckpointContext", "create_selective_checkpoint_contexts"]
