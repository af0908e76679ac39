"""Sizes given once for all dimensions or for each, as layers outside of this library use them; names of states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ._sizes import each


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple[Any, ...]]:
    """The function that makes `n` of one value, and a tuple of several."""

    def parse(x: Any) -> tuple[Any, ...]:
        return each(x, n)

    parse.__name__ = name
    return parse


_single: Callable[[Any], tuple[Any, ...]] = _ntuple(1, "_single")
_pair: Callable[[Any], tuple[Any, ...]] = _ntuple(2, "_pair")
_triple: Callable[[Any], tuple[Any, ...]] = _ntuple(3, "_triple")
_quadruple: Callable[[Any], tuple[Any, ...]] = _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t: Sequence[int], n: int) -> tuple[int, ...]:
    """Each element `n` times, from the last to the first: as `pad` takes what convolutions call padding."""
    return tuple(x for x in reversed(t) for _ in range(n))


def _list_with_default(out_size: Any, defaults: Sequence[int]) -> Any:
    """The sizes, with those of the last `defaults` where they are None."""
    if isinstance(out_size, (int, float)):
        return out_size
    if len(defaults) <= len(out_size):
        raise ValueError(f"Input dimension should be at least {len(out_size) + 1}")
    return [d if v is None else v for v, d in zip(out_size, defaults[-len(out_size) :], strict=True)]


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Take a prefix off the names in a state, in place: such as the "module." of those that `DataParallel` saved.

    Args:
        state_dict: the state; names without the prefix stay as they are.
        prefix: what to take off.

    Example:
        >>> import gradiente as torch
        >>> state = torch.nn.DataParallel(torch.nn.Linear(1, 1)).state_dict()
        >>> torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
        >>> list(state)
        ['weight', 'bias']
    """
    for key in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[key[len(prefix) :]] = state_dict.pop(key)
    metadata: Any = getattr(state_dict, "_metadata", None)
    if metadata is not None:
        for key in [key for key in metadata if key and (key + ".").startswith(prefix)]:
            metadata[key[len(prefix) :]] = metadata.pop(key)


__all__ = ["consume_prefix_in_state_dict_if_present"]
