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
        state = parameter_and_buffer_dicts
    elif isinstance(parameter_and_buffer_dicts, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance]
        state = {}
        for part in parameter_and_buffer_dicts:
            twice = [name for name in state if name in part]
            if twice:
                raise ValueError(f"{twice} appeared in multiple dictionaries; behavior of functional call is ambiguous")
            state.update(part)
    else:
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(parameter_and_buffer_dicts)}"
        )
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with replaced(module, state, tie_weights, strict):
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
def replaced(module: Any, state: Mapping[str, Tensor], tie_weights: bool, strict: bool) -> Iterator[None]:
    """A block in which a module has these parameters and buffers."""
    module.named_parameters  # noqa: B018 - what has none is no module
    owned = _owned(module)
    wanted = _tied(owned, state) if tie_weights else dict(state)
    if strict:
        _need_all(type(module).__name__, set(owned) - set(wanted), set(state) - set(owned))
    for value in wanted.values():
        if not isinstance(value, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{value} is not an instance of torch.Tensor")
    places = {name: _place(module, name) for name in wanted}
    saved = [(place, place[0][place[1]]) for place in places.values() if place[1] in place[0]]
    added = [name for name, (holder, key) in places.items() if key not in holder]
    try:
        for name, value in wanted.items():
            holder, key = places[name]
            holder[key] = value
        yield
    finally:
        for name, (holder, key) in places.items():
            found = holder.get(key)
            if name in state and found is not wanted[name] and isinstance(state, dict) and isinstance(found, Tensor):
                state[name] = found  # the module has another one now, such as a counter: the caller's state goes on
            if name in added:
                holder.pop(key, None)
        for (holder, key), value in saved:
            holder[key] = value


def _tied(owned: dict[str, Tensor], state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state, under all names of each of the module's tensors."""
    names: dict[int, list[str]] = {}
    for name, tensor in owned.items():
        names.setdefault(id(tensor), []).append(name)
    wanted = dict(state)
    for group in names.values():
        given = [name for name in group if name in state]
        if not given:
            continue
        if any(state[name] is not state[given[0]] for name in given):
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(given)}, which are tied. Consider using "
                "tie_weights=False"
            )
        wanted.update(dict.fromkeys(group, state[given[0]]))
    return wanted


def _need_all(kind: str, missing: set[str], unknown: set[str]) -> None:
    if missing or unknown:
        text = f"Error(s) in reparametrizing for {kind}:"
        for what, names in (("Unexpected", unknown), ("Missing", missing)):
            if names:
                text += f"\n\t{what} key(s): {', '.join(map(repr, sorted(names)))}."
        raise RuntimeError(text)


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
