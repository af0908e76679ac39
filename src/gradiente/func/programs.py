"""What prepares programs for transforms: `functionalize`, `replace_all_batch_norm_modules_`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..nn.modules.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from ..nn.modules.module import Module

_REMOVABLE = ("mutations", "mutations_and_views")


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """The function itself: what torch removes for compilers, changes in place and views, other transforms bear here.

    Args:
        func: a function of tensors.
        remove: "mutations" or "mutations_and_views".

    Raises:
        RuntimeError: in the call, if `remove` is neither.

    Example:
        >>> import gradiente as torch
        >>> torch.func.functionalize(lambda x: x.add_(1))(torch.ones(2))
        tensor([2., 2.])
    """

    @wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        if remove not in _REMOVABLE:
            raise RuntimeError(
                f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options "
                f"are:\n     remove={_REMOVABLE[0]!r}\n     remove={_REMOVABLE[1]!r}"
            )
        return func(*args, **kwargs)

    return call


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """Let the batch normalisations of a module forget their running statistics, which `vmap` cannot change.

    Args:
        root: the module; it is changed.

    Returns:
        The module.

    Example:
        >>> import gradiente as torch
        >>> torch.func.replace_all_batch_norm_modules_(torch.nn.BatchNorm1d(2)).running_mean is None
        True
    """
    for module in root.modules():
        if isinstance(module, (BatchNorm1d, BatchNorm2d, BatchNorm3d)):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root


__all__ = ["functionalize", "replace_all_batch_norm_modules_"]
