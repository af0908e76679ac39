"""Modules as functions of their parameters: functional_call and stack_module_state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ..ops.joining import stack
from ..tensor.core import Tensor
from ..tensor.leaves import tracked


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other parameters and buffers than its own, which are left as they are.

    Args:
        module: anything with `named_parameters()` that can be called.
        parameter_and_buffer_dicts: tensors by name, or several such dictionaries, no name being in two of them.
        args: the arguments: a tuple, or the one argument.
        kwargs: the arguments by keyword.
        tie_weights: whether a parameter that the module has under several names is replaced under all of them.
        strict: whether names that are missing, or that the module does not have, are errors.

    Raises:
        ValueError: a name in two dictionaries.
        RuntimeError: with `strict`, missing or unknown names.

    Example:
        >>> import gradiente as torch
        >>> class Scale:
        ...     def __init__(self):
        ...         self.factor = torch.ones(())
        ...     def named_parameters(self):
        ...         return [("factor", self.factor)]
        ...     def __call__(self, x):
        ...         return self.factor * x
        >>> torch.func.functional_call(Scale(), {"factor": torch.tensor(3.0)}, torch.tensor(2.0))
        tensor(6.)
    """
    if isinstance(parameter_and_buffer_dicts, Mapping):
        state = dict(parameter_and_buffer_dicts)
    elif isinstance(parameter_and_buffer_dicts, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance]
        state: dict[str, Tensor] = {}
        for part in parameter_and_buffer_dicts:
            twice = sorted(set(state) & set(part))
            if twice:
                raise ValueError(f"{twice} appears in multiple dictionaries; behavior of functional call is ambiguous")
            state.update(part)
    else:
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(parameter_and_buffer_dicts)}"
        )
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, state, tie_weights, strict):
        return module(*arguments, **(kwargs or {}))  # pyright: ignore[reportUnknownArgumentType]


def _owned(module: Any) -> dict[str, Tensor]:
    """The parameters and buffers by name, those with several names under each."""
    found: dict[str, Tensor] = {}
    for method in ("named_parameters", "named_buffers"):
        named = getattr(module, method, None)
        if named is not None:
            try:
                found.update(named(remove_duplicate=False))
            except TypeError:
                found.update(named())
    return found


@contextmanager
def _replaced(module: Any, state: dict[str, Tensor], tie_weights: bool, strict: bool) -> Iterator[None]:
    owned = _owned(module)
    if strict:
        missing, unknown = sorted(set(owned) - set(state)), sorted(set(state) - set(owned))
        if missing or unknown:
            parts = [f"Missing key(s): {missing}."] if missing else []
            parts += [f"Unexpected key(s): {unknown}."] if unknown else []
            raise RuntimeError("Error(s) in functional_call: " + " ".join(parts))
    wanted = {name: value for name, value in state.items() if name in owned or not strict}
    if tie_weights:
        by_tensor = {id(owned[name]): value for name, value in state.items() if name in owned}
        for name, tensor in owned.items():
            if name not in wanted and id(tensor) in by_tensor:
                wanted[name] = by_tensor[id(tensor)]
    places = {name: _place(module, name) for name in wanted}
    saved = [(place, place[0][place[1]]) for place in places.values() if place[1] in place[0]]
    try:
        for name, value in wanted.items():
            holder, key = places[name]
            holder[key] = value
        yield
    finally:
        for (holder, key), value in saved:
            holder[key] = value


def _place(module: Any, name: str) -> tuple[dict[str, Any], str]:
    """The dictionary that holds the tensor with a dotted name, and its key there."""
    *path, key = name.split(".")
    for part in path:
        module = getattr(module, part)
    for holder in ("_parameters", "_buffers"):
        values = module.__dict__.get(holder)
        if values is not None and key in values:
            return values, key
    return module.__dict__, key


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters, and the buffers, of several modules of one kind, stacked along a new first dimension.

    `vmap` over them, with `functional_call`, runs the modules as an ensemble.

    Args:
        models: modules of the same class, all in training mode or none.

    Returns:
        Two dictionaries of tensors by name. The stacked parameters are leaves that require gradients as the modules'
        do.

    Raises:
        RuntimeError: no modules, or modules of different classes or modes.
    """
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({getattr(m, "training", True) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = [dict(m.named_parameters()) for m in models]
    buffers = [dict(m.named_buffers()) if hasattr(m, "named_buffers") else {} for m in models]
    return _stacked(parameters), _stacked(buffers)


def _stacked(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    made: dict[str, Tensor] = {}
    for name, first in states[0].items():
        together = stack([state[name].detach() for state in states])
        made[name] = tracked(together) if first.requires_grad else together
    return made


__all__ = ["functional_call", "stack_module_state"]
