"""Full backward hooks: what a module's outputs and inputs receive in the backward pass, and hooks that replace it.

The tensors that enter a module pass through one node, those that leave it through another. The second one's cotangents
are the gradients of the outputs, the first one's those of the inputs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from ...autograd.function import Function
from ...ops.creation import zeros
from ...tensor.core import Tensor


class BackwardHookFunction(Function):
    """The identity on several tensors, with one node."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> tuple[Tensor, ...]:  # pyright: ignore
        """The tensors, as views of themselves."""
        made = tuple([t.view_as(t) for t in tensors])
        ctx.mark_non_differentiable(*[m for m, t in zip(made, tensors, strict=True) if not t.requires_grad])
        return made

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:  # pyright: ignore
        """The cotangents as they are."""
        return grads


_NO_INPUT = (
    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require "
    "gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#"
    "torch.nn.Module.register_full_backward_hook for more details."
)


class PassHooks:
    """The backward hooks around one call of a module."""

    module: Any
    hooks: Sequence[Callable[..., Any]]
    before: Sequence[Callable[..., Any]]
    input_count: Any
    output_count: Any

    def __init__(self, module: Any, hooks: Sequence[Callable[..., Any]], before: Sequence[Callable[..., Any]]) -> None:
        self.module = module
        self.hooks = hooks
        self.before = before
        self.outputs: Any = None
        self.input_places: list[int] | None = None
        self.input_count = 0
        self.output_places: list[int] = []
        self.output_count = 0

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, those that are tensors behind a gate whose gradients are those of the inputs."""
        made, places, gate = _through_gate(args)
        self.input_count = len(args)
        if gate is not None:
            self.input_places = places
            kinds = [(args[i].shape, args[i].dtype, args[i].device) for i in places]
            gate.register_hook(lambda grad_input, _grad_output: self._after(grad_input, kinds))
        return made

    def watch_outputs(self, result: Any) -> Any:
        """The results, those that are tensors behind a gate whose gradients are those of the outputs."""
        alone = not isinstance(result, tuple)
        if alone and not isinstance(result, Tensor):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                f"{type(result)}",
                stacklevel=4,
            )
        results: tuple[Any, ...] = (result,) if alone else result
        made, places, gate = _through_gate(results)
        if gate is not None:
            self.output_places, self.output_count = places, len(results)
            gate.register_prehook(self._before)
        return made[0] if alone else made

    def _before(self, grad_output: tuple[Any, ...]) -> Any:
        full = _spread(grad_output, self.output_places, self.output_count)
        for hook in self.before:
            answer = hook(self.module, full)
            if answer is not None:
                full = answer if isinstance(answer, tuple) else (answer,)
                if len(full) != self.output_count:
                    raise RuntimeError(
                        "Backward pre hook returned an invalid number of grad_output, "
                        f"got {len(full)}, but expected {self.output_count}"
                    )
        self.outputs = full
        if self.input_places is None:  # nothing that enters requires gradients
            warnings.warn(_NO_INPUT, stacklevel=7)  # where `backward` is called
            for hook in self.hooks:
                answer = hook(self.module, (None,) * self.input_count, full)
                if answer is not None and not (isinstance(answer, tuple) and all(a is None for a in answer)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None "
                        "for all gradients."
                    )
            self.outputs = None
        return tuple([full[i] for i in self.output_places])

    def _after(self, grad_input: tuple[Any, ...], kinds: Sequence[tuple[Any, ...]]) -> Any:
        if self.outputs is None:  # the gradient does not pass through the module's result, as in double backward
            return None
        assert self.input_places is not None
        full = _spread(_with_zeros(grad_input, kinds), self.input_places, self.input_count)
        for hook in self.hooks:
            answer = hook(self.module, full, self.outputs)
            if answer is not None:
                full = answer if isinstance(answer, tuple) else (answer,)
                if len(full) != self.input_count:
                    raise RuntimeError(
                        "Backward hook returned an invalid number of grad_input, "
                        f"got {len(full)}, but expected {self.input_count}"
                    )
        self.outputs = None
        return tuple([None if g is None else full[i] for i, g in zip(self.input_places, grad_input, strict=True)])


def _with_zeros(grads: tuple[Any, ...], kinds: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The gradients, zeros where there is none, as torch gives them."""
    return tuple([zeros(k[0], dtype=k[1], device=k[2]) if g is None else g for g, k in zip(grads, kinds, strict=True)])


def _through_gate(values: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[int], Any]:
    places = [i for i, value in enumerate(values) if isinstance(value, Tensor)]
    if not any(values[i].requires_grad for i in places):
        return values, [], None
    passed = BackwardHookFunction.apply(*[values[i] for i in places])
    made = list(values)
    gate = None
    for i, tensor in zip(places, passed, strict=True):
        made[i] = tensor
        gate = gate or tensor.grad_fn
    if gate is None:
        warnings.warn("Error while setting up backward hooks: no output requires gradients.", stacklevel=4)
    return tuple(made), places, gate


def _spread(found: tuple[Any, ...], places: list[int], count: int) -> tuple[Any, ...]:
    """The gradients of the tensors among `count` values, and None for the others."""
    full: list[Any] = [None] * count
    for i, value in zip(places, found, strict=True):
        full[i] = value
    return tuple(full)
