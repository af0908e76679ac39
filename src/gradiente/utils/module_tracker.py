"""torch.utils.module_tracker: which modules are being called, forward or backward."""

from __future__ import annotations

import weakref
from typing import Any

from .._missing import Getter, missing_in
from ..autograd.graph import register_multi_grad_hook
from ..autograd.tasks import current_task
from ..nn.modules._calls import register_module_forward_hook, register_module_forward_pre_hook
from ..tensor.core import Tensor
from ._pytree import tree_flatten


class ModuleTracker:
    """A context manager that knows at any moment which modules are being called, or passed backward.

    `parents` holds their names, and always "Global". A module that nobody else calls has the name of its class; what
    is inside of it has its attribute's name behind that, as in `state_dict`.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.utils.module_tracker import ModuleTracker
        >>> class Model(torch.nn.Module):
        ...     def forward(self, x):
        ...         print(sorted(tracker.parents))
        ...         return x
        >>> with ModuleTracker() as tracker:
        ...     _ = torch.nn.Sequential(Model())(torch.ones(1))
        ['Global', 'Sequential', 'Sequential.0']
    """

    def __init__(self) -> None:
        self._forward: set[str] = set()
        self._backward: set[str] = set()
        self._pass: Any = None
        self._names: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._seen: weakref.WeakSet[Any] = weakref.WeakSet()
        self._hooks: list[Any] = []
        self._handles: list[Any] = []

    @property
    def is_bw(self) -> bool:
        """Whether a backward pass is under way."""
        return current_task() is not None

    @property
    def parents(self) -> set[str]:
        """The names of the modules that are being called."""
        self._renew()
        return {"Global"} | self._forward | self._backward

    def _renew(self) -> None:
        """Forget the modules of a backward pass that is over."""
        task = current_task()
        if task is not self._pass:
            self._backward.clear()
            self._pass = task

    def _name(self, module: Any) -> str:
        name = self._names.setdefault(module, type(module).__name__)
        if module not in self._seen:
            for child, inner in module.named_children():
                self._names[inner] = f"{name}.{child}"
                self._name(inner)
            self._seen.add(module)
        return name

    def _when_computed(self, values: Any, then: Any) -> None:
        """Call `then` when the gradients of the tensors among the values are computed."""
        tensors = [x for x in tree_flatten(values)[0] if isinstance(x, Tensor) and x.requires_grad]
        if tensors:

            def hook(grads: Any) -> None:
                self._renew()
                then()

            self._hooks.append(register_multi_grad_hook(tensors, hook))

    def _before(self, module: Any, args: Any) -> None:
        name = self._name(module)
        self._forward.add(name)
        self._when_computed(args, lambda: self._backward.discard(name))

    def _after(self, module: Any, args: Any, result: Any) -> None:
        name = self._name(module)
        self._forward.discard(name)
        self._when_computed(result, lambda: self._backward.add(name))

    def __enter__(self) -> ModuleTracker:
        """Begin to watch the calls of all modules."""
        self._handles = [register_module_forward_pre_hook(self._before), register_module_forward_hook(self._after)]
        return self

    def __exit__(self, *args: object) -> None:
        """End it."""
        for handle in (*self._handles, *self._hooks):
            handle.remove()
        self._handles.clear()
        self._hooks.clear()


__getattr__: Getter = missing_in(__name__)

__all__ = ["ModuleTracker"]
