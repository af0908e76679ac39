"""torch.utils._foreach_utils: parameters of optimisers, in groups that can be updated at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def _group_tensors_by_device_and_dtype(
    tensorlistlist: Sequence[Sequence[Any]], with_indices: bool = False
) -> dict[tuple[Any, Any], tuple[list[list[Any]], list[int]]]:
    """Cut lists of the same length into groups, by the device and the type of the tensors in the first one.

    Args:
        tensorlistlist: the lists, whose items at one place belong together. All but the first may hold None.
        with_indices: give the places, too.

    Returns:
        For each device and type: the lists of its group, and the places, or none.

    Raises:
        RuntimeError: the lists differ in length.
    """
    first = tensorlistlist[0]
    if any(len(items) != len(first) for items in tensorlistlist):
        raise RuntimeError(
            f"the lists have to be of one length, not {', '.join(str(len(items)) for items in tensorlistlist)}"
        )
    places: dict[tuple[Any, Any], list[int]] = {}
    for place, tensor in enumerate(first):
        places.setdefault((tensor.device, tensor.dtype), []).append(place)
    return {
        kind: ([[items[place] for place in found] for items in tensorlistlist], found if with_indices else [])
        for kind, found in places.items()
    }


__all__: list[str] = []
