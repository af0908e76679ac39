"""A model on several GPUs of one process: here, there are none, and it runs where it is."""

from __future__ import annotations

from typing import Any, NoReturn

from ..modules.module import Module


class DataParallel(Module):
    """A module that would split its batches between GPUs, and without GPUs calls the given one.

    Args:
        module: what is called; it is the attribute `module`, by which the names in the state begin.
        device_ids: not used, as there are no GPUs.
        output_device: not used.
        dim: not used.

    Example:
        >>> import gradiente as torch
        >>> model = torch.nn.DataParallel(torch.nn.Linear(3, 2))
        >>> model(torch.ones(4, 3)).shape, list(model.state_dict())
        (torch.Size([4, 2]), ['module.weight', 'module.bias'])
    """

    module: Any
    device_ids: list[int]

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module gives."""
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Any = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: Any = None,
) -> NoReturn:
    """Raise RuntimeError: this would call a module on several GPUs. `DataParallel` runs without GPUs, too."""
    raise RuntimeError(
        "device type could not be determined (there is no GPU; call the module itself, or use torch.nn.DataParallel)"
    )


__all__ = ["DataParallel", "data_parallel"]
