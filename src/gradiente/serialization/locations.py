"""Where the memory of files belongs: tags of places, and who brings memory there; see `register_package`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Tagger = Callable[[Any], str | None]
Deserializer = Callable[[Any, str], Any]


def _cpu_tag(storage: Any) -> str | None:
    return "cpu" if storage.device.type == "cpu" else None


def _cpu_deserialize(storage: Any, location: str) -> Any:
    return storage if location.partition(":")[0] == "cpu" else None


def _meta_tag(storage: Any) -> str | None:
    return "meta" if storage.device.type == "meta" else None


def _meta_deserialize(storage: Any, location: str) -> Any:
    return storage.to(device="meta") if location == "meta" else None


def validate_cuda_device(location: str) -> int:
    """Raise torch's error for memory of a CUDA device, of which there is none."""
    raise RuntimeError(
        "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running "
        "on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to "
        f"the CPU. (The file says {location!r})"
    )


def _cuda_deserialize(storage: Any, location: str) -> Any:
    if location.startswith("cuda"):
        validate_cuda_device(location)


_package_registry: list[tuple[int, Tagger, Deserializer]] = [
    (10, _cpu_tag, _cpu_deserialize),
    (20, lambda storage: None, _cuda_deserialize),
    (22, _meta_tag, _meta_deserialize),
]


def register_package(priority: int, tagger: Tagger, deserializer: Deserializer) -> None:
    """Let storages be tagged with a place when they are saved, and be brought there when they are loaded.

    Args:
        priority: those with the smallest numbers are asked first; the CPU has 10.
        tagger: a function of a storage that returns the name of its place, or None.
        deserializer: a function of a storage and a name that returns the storage in that place, or None.

    Example:
        >>> import gradiente as torch
        >>> torch.serialization.register_package(30, lambda storage: None, lambda storage, place: None)
        >>> torch.serialization.location_tag(torch.ones(2).untyped_storage())
        'cpu'
    """
    _package_registry.append((priority, tagger, deserializer))
    _package_registry.sort(key=lambda entry: entry[0])


def location_tag(storage: Any) -> str:
    """The name of the place where a storage is: "cpu", unless a registered tagger says otherwise."""
    for _, tagger, _ in _package_registry:
        found = tagger(storage)
        if found:
            return found
    raise RuntimeError(f"don't know how to determine data location of {type(storage).__name__}")


def default_restore_location(storage: Any, location: str) -> Any:
    """The storage in the place of this name.

    RuntimeError for places that nobody knows, and for CUDA devices.

    >>> import gradiente as torch
    >>> storage = torch.ones(2).untyped_storage()
    >>> torch.serialization.default_restore_location(storage, "cpu") is storage
    True
    """
    for _, _, deserializer in _package_registry:
        found = deserializer(storage, location)
        if found is not None:
            return found
    raise RuntimeError(
        f"don't know how to restore data location of torch.storage.UntypedStorage (tagged with {location}). gradiente "
        "computes on the CPU: use torch.load with map_location='cpu'"
    )


__all__ = ["default_restore_location", "location_tag", "register_package", "validate_cuda_device"]
